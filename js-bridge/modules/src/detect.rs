//! ES module or CommonJS, as Bun decides it.

use memchr::memmem;
use oxc_ast::ast::{Program, Statement};
use oxc_syntax::module_record::ModuleRecord;

use crate::{error::BuildError, kind::Loader, transform::Input};

/// The two kinds of module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Format {
    /// With import and export, strict.
    EsModule,
    /// A function of `exports`, `require` and `module`.
    CommonJs,
}

/// A file with module syntax is an ES module, any other is CommonJS, whatever its extension and
/// its package.json say.
pub(crate) fn format(
    program: &Program<'_>,
    record: &ModuleRecord<'_>,
    input: Input<'_>,
) -> Result<Format, BuildError> {
    let exports = program.body.iter().any(is_export);
    if exports {
        return Ok(Format::EsModule);
    }
    if assigns_exports(program) {
        return match program.body.iter().find(|statement| is_import(statement)) {
            Some(Statement::ImportDeclaration(import)) if input.loader == Loader::JavaScript => {
                Err(mixed(input.source, import.source.span.start, import.source.span.size()))
            }
            _ => Ok(Format::CommonJs),
        };
    }
    let module = record.has_module_syntax || program.source_type.is_module();
    Ok(if module { Format::EsModule } else { Format::CommonJs })
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

fn is_import(statement: &Statement<'_>) -> bool {
    matches!(statement, Statement::ImportDeclaration(_))
}

/// `export =`, or a statement of the top level that assigns to `module.exports` or `exports.x`.
fn assigns_exports(program: &Program<'_>) -> bool {
    program.body.iter().any(|statement| match statement {
        Statement::TSExportAssignment(_) => true,
        Statement::ExpressionStatement(statement) => {
            let start = statement.span.start as usize;
            let text = program.source_text.get(start..).unwrap_or_default();
            text.starts_with("module.exports") || text.starts_with("exports.")
        }
        _ => false,
    })
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
    !WORDS.iter().any(|word| has(word))
        && !(has("async") && has("yield"))
        && (has("exports") || has("require"))
        && !(input.module_package && has("export "))
}
