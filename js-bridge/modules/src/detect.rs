//! ES module or CommonJS, as Bun decides it.

use memchr::memmem;
use oxc_ast::ast::{Program, Statement};
use oxc_semantic::Scoping;
use oxc_syntax::module_record::ModuleRecord;

use crate::{error::BuildError, kind::Loader, transform::Input};

/// The two kinds of module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// Linked before it runs.
    EsModule,
    /// A function of `exports`, `require` and `module`.
    CommonJs,
}

/// What a file was found to be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Detected {
    pub(crate) format: Format,
    /// Whether the file has module syntax, which makes it strict.
    pub(crate) strict: bool,
}

const MODULE: Detected = Detected { format: Format::EsModule, strict: true };
const COMMON_JS: Detected = Detected { format: Format::CommonJs, strict: false };
/// Neither imports nor exports: evaluated like an ES module, but sloppy.
const PLAIN: Detected = Detected { format: Format::EsModule, strict: false };

/// A file with module syntax is an ES module, one that uses what only CommonJS has is that; the
/// extension and package.json do not count.
pub(crate) fn detect(
    program: &Program<'_>,
    record: &ModuleRecord<'_>,
    scoping: &Scoping,
    input: Input<'_>,
) -> Result<Detected, BuildError> {
    if program.body.iter().any(is_export) {
        return Ok(MODULE);
    }
    let uses = |names: &[&str]| {
        let free = scoping.root_unresolved_references();
        names.iter().any(|name| free.contains_key(*name))
    };
    let exports = program.body.iter().any(|it| matches!(it, Statement::TSExportAssignment(_)));
    if exports || uses(&["module", "exports"]) {
        let import = program.body.iter().find_map(|statement| match statement {
            Statement::ImportDeclaration(import) if import.import_kind.is_value() => Some(import),
            _ => None,
        });
        return match import {
            Some(import) if input.loader == Loader::JavaScript => {
                Err(mixed(input.source, import.source.span.start, import.source.span.size()))
            }
            // TypeScript may drop the import.
            _ => Ok(COMMON_JS),
        };
    }
    if record.has_module_syntax || program.source_type.is_module() {
        return Ok(MODULE);
    }
    let strict = program.directives.iter().any(|directive| directive.directive == "use strict");
    let common = strict || uses(&["require", "__dirname", "__filename"]) || returns(program);
    Ok(if common { COMMON_JS } else { PLAIN })
}

fn mixed(source: &str, offset: u32, length: u32) -> BuildError {
    let message = "Cannot use import statement with CommonJS-only features";
    BuildError::at(message, source, offset as usize, length as usize)
}

fn is_export(statement: &Statement<'_>) -> bool {
    matches!(
        statement,
        Statement::ExportAllDeclaration(_)
            | Statement::ExportDefaultDeclaration(_)
            | Statement::ExportDeclaration(_)
            | Statement::ExportNamedDeclaration(_)
            | Statement::ExportFromDeclaration(_)
    )
}

/// A `return` at top level, also below blocks and conditions.
fn returns(program: &Program<'_>) -> bool {
    fn returning(statement: &Statement<'_>) -> bool {
        match statement {
            Statement::ReturnStatement(_) => true,
            Statement::BlockStatement(block) => block.body.iter().any(returning),
            Statement::IfStatement(branch) => {
                returning(&branch.consequent) || branch.alternate.as_ref().is_some_and(returning)
            }
            _ => false,
        }
    }
    program.body.iter().any(returning)
}

/// Words whose absence means that CommonJS runs as it stands. What else this runtime's engine
/// does not know is a syntax error there, after which the file is transformed.
const WORDS: [&str; 2] = ["await", "import"];

/// Whether a file can go to the engine without being parsed.
pub(crate) fn passes_unparsed(input: Input<'_>) -> bool {
    let extension = input.path.extension().and_then(|extension| extension.to_str());
    if input.loader != Loader::JavaScript || !matches!(extension, Some("js" | "cjs")) {
        return false;
    }
    let bytes = input.source.as_bytes();
    let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
    let needs_rewriting =
        WORDS.iter().any(|word| has(word)) || (has("async") && has("yield"));
    !needs_rewriting
        && (has("exports") || has("require"))
        && !(input.module_package && has("export "))
}
