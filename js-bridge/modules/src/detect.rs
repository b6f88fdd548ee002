//! ES module or CommonJS, as Bun decides it.

use std::path::Path;

use memchr::memmem;
use oxc_ast::ast::{Class, Function, Program, Statement, ThisExpression, WithStatement};
use oxc_ast_visit::{Visit, walk::walk_with_statement};
use oxc_semantic::Scoping;
use oxc_syntax::{module_record::ModuleRecord, scope::ScopeFlags};

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
    /// Whether the file has module syntax.
    pub(crate) declared: bool,
}

const MODULE: Detected = Detected { format: Format::EsModule, declared: true };
const COMMON_JS: Detected = Detected { format: Format::CommonJs, declared: false };
/// Neither imports nor exports, nor anything that only CommonJS has: as strict as an ES module.
const PLAIN: Detected = Detected { format: Format::EsModule, declared: false };

/// A file with module syntax is an ES module, one that uses `module`, `exports` or the `this` of
/// CommonJS is that; the extension does not count. Where neither is so, its package.json says it,
/// and what else it uses only where that says nothing.
pub(crate) fn detect(
    program: &Program<'_>,
    record: &ModuleRecord<'_>,
    scoping: &Scoping,
    input: Input<'_>,
) -> Result<Detected, BuildError> {
    match input.forced {
        Some(Format::EsModule) => return Ok(MODULE),
        Some(Format::CommonJs) => return Ok(COMMON_JS),
        None => {}
    }
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
    let extension = input.path.extension().and_then(|extension| extension.to_str());
    // TypeScript counts as a module wherever it could be one.
    let is_module = program.source_type.is_module() && extension != Some("cts");
    if record.has_module_syntax || is_module {
        return Ok(MODULE);
    }
    let strict = program.directives.iter().any(|directive| directive.directive == "use strict");
    let common = matches!(extension, Some("cjs" | "cts"))
        || returns(program)
        || Sloppy::is_needed(program)
        || match input.package {
            Some(Format::EsModule) => false,
            Some(Format::CommonJs) => !input.source.trim_ascii().is_empty(),
            None => strict || uses(&["require", "__dirname", "__filename"]),
        };
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

/// Looks for what an ES module cannot have: the `this` of CommonJS, and `with`.
#[derive(Default)]
struct Sloppy {
    is_found: bool,
    /// Functions around the current place that have a `this` of their own.
    functions: usize,
}

impl Sloppy {
    fn is_needed(program: &Program<'_>) -> bool {
        let mut sloppy = Self::default();
        sloppy.visit_program(program);
        sloppy.is_found
    }
}

impl<'a> Visit<'a> for Sloppy {
    fn visit_this_expression(&mut self, _: &ThisExpression) {
        self.is_found |= self.functions == 0;
    }

    fn visit_with_statement(&mut self, statement: &WithStatement<'a>) {
        self.is_found = true;
        walk_with_statement(self, statement);
    }

    fn visit_function(&mut self, function: &Function<'a>, flags: ScopeFlags) {
        self.functions += 1;
        oxc_ast_visit::walk::walk_function(self, function, flags);
        self.functions -= 1;
    }

    fn visit_class(&mut self, class: &Class<'a>) {
        self.functions += 1;
        oxc_ast_visit::walk::walk_class(self, class);
        self.functions -= 1;
    }
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

/// Whether a file can go to the engine without being parsed: CommonJS whose text neither awaits
/// nor makes promises nor imports nor reads stacks, nor, outside packages, what caught errors
/// say. What else the engine does not know is a syntax error there,
/// after which the file is transformed.
pub(crate) fn passes_unparsed(input: Input<'_>) -> bool {
    if !is_script_file(input) || is_wrapped(input.source) {
        return false;
    }
    let bytes = input.source.as_bytes();
    let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
    let has_any = |words: &[&str]| words.iter().any(|word| has(word));
    let needs_rewriting = words(bytes, "await").next().is_some()
        || words(bytes, "import").any(|start| imports(bytes, start))
        || words(bytes, "async").next().is_some()
        || has("new Promise")
        || has("extends Promise")
        || has(".stack")
        || (has("catch") && has_any(&[".message", ".code"]) && !is_of_package(input.path));
    // Of a package of modules it has to be known whether it uses anything of these.
    let asks = match input.package {
        Some(Format::EsModule) => false,
        _ => has("exports") || has("require"),
    };
    !needs_rewriting && asks && !words(bytes, "export").any(|start| begins_statement(bytes, start))
}

fn is_of_package(path: &Path) -> bool {
    path.components().any(|part| part.as_os_str() == "node_modules")
}

/// Whether a file is JavaScript whose kind its text decides.
pub(crate) fn is_script_file(input: Input<'_>) -> bool {
    let extension = input.path.extension().and_then(|extension| extension.to_str());
    input.forced.is_none()
        && input.loader == Loader::JavaScript
        && matches!(extension, Some("js" | "cjs"))
}

/// Whether a file is what Bun's bundler makes for CommonJS: its first line says so, and all of it
/// is one function, the module's wrapper.
pub(crate) fn is_wrapped(source: &str) -> bool {
    let hashbang =
        if source.starts_with("#!") { source.find('\n').map_or(0, |end| end + 1) } else { 0 };
    let source = &source[hashbang..];
    source.starts_with("// @bun ")
        && source.lines().next().is_some_and(|line| line.split(' ').any(|word| word == "@bun-cjs"))
}

/// Where a word stands that is no part of a longer one.
fn words<'b>(bytes: &'b [u8], word: &'b str) -> impl Iterator<Item = usize> + 'b {
    let is_part = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$'))
    };
    memmem::find_iter(bytes, word.as_bytes()).filter(move |&start| {
        let before = start.checked_sub(1).and_then(|index| bytes.get(index));
        !is_part(before) && !is_part(bytes.get(start + word.len()))
    })
}

/// Whether the word `import` at `start` may be one of the language rather than of a comment.
fn imports(bytes: &[u8], start: usize) -> bool {
    let rest = &bytes[start + "import".len()..];
    let next = rest.iter().find(|byte| !byte.is_ascii_whitespace());
    matches!(next, Some(b'(' | b'.' | b'/')) || begins_statement(bytes, start)
}

/// Whether a statement may begin at `start`.
fn begins_statement(bytes: &[u8], start: usize) -> bool {
    let before = bytes[..start].trim_ascii_end();
    let newline = bytes[before.len()..start].contains(&b'\n');
    newline || before.ends_with(b"*/") || matches!(before.last(), None | Some(b';' | b'}' | b')'))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::settings::Settings;

    #[test]
    fn only_plain_commonjs_passes_unparsed() {
        let settings = Settings::default();
        let cases = [
            ("exports.a = 1;", true),
            ("// import x from 'y'\nmodule.exports = important;", true),
            ("exports.a = import('x');", false),
            ("exports.a = import.meta;", false),
            ("import x from 'y'; require(x);", false),
            ("require(x);import y from 'y';", false),
            ("exports.a = async () => { await 1; };", false),
            ("exports.a = async function* () { yield 1; };", false),
            ("exports.a = async (query) => query;", false),
            ("const exports = 1;\nexport { exports };", false),
            ("exports.a = (error) => error.stack;", false),
            ("exports.a = new Promise((resolve) => resolve(b));", false),
            ("try { exports.a() } catch (e) { e.code }", false),
            ("var x = 1;", false),
        ];
        for (source, passes) in cases {
            let path = Path::new("a.js");
            let loader = Loader::JavaScript;
            let input = Input::new(path, source, loader, &settings);
            assert_eq!(passes_unparsed(input), passes, "{source}");
        }
    }
}
