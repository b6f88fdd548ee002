//! From the text of a file to the text of a function that the engine evaluates.
//!
//! Parse, TypeScript/JSX/decorators/`using` by the transformer where the file needs it, then the
//! module statements and expressions, then print. CommonJS that needs nothing is passed on as it
//! is, and mostly without being parsed: should it not compile, it is transformed after all.
//!
//! Fails with [`BuildError`] on syntax errors; nothing else fails.

use std::path::Path;

use memchr::memmem;
use oxc_allocator::Allocator;
use oxc_ast::ast::{IdentifierReference, Program};
use oxc_ast_visit::Visit;
use oxc_codegen::{Codegen, CodegenOptions, CodegenReturn, CommentOptions};
use oxc_diagnostics::OxcDiagnostic;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::SourceType;
use oxc_transformer::Transformer;

use crate::{
    detect::{self, Format},
    edits,
    error::BuildError,
    kind::Loader,
    lower::{self, Lowered},
    names,
    position::PositionMap,
    record::ModuleRecord,
    rewrite::{COMMON_JS_NAMES, ES_MODULE_NAMES, Needs, Rewriter},
    settings::Settings,
    statements::Collector,
    wrapper,
};

/// A file to transform.
#[derive(Clone, Copy, Debug)]
pub struct Input<'s> {
    /// Where it is, for its extension and messages.
    pub path: &'s Path,
    /// Its text.
    pub source: &'s str,
    /// How it is read; one of the script loaders.
    pub loader: Loader,
    /// What its tsconfig.json says.
    pub settings: &'s Settings,
    /// The kind of module it is taken for, whatever it looks like.
    pub forced: Option<Format>,
    /// What the `type` of its package.json says.
    pub package: Option<Format>,
}

impl<'s> Input<'s> {
    /// A file whose kind its text decides, in a package that says nothing of it.
    #[must_use]
    pub fn new(path: &'s Path, source: &'s str, loader: Loader, settings: &'s Settings) -> Self {
        Self { path, source, loader, settings, forced: None, package: None }
    }
}

/// What the engine evaluates: an expression whose value is the module's function.
#[derive(Debug)]
pub struct Output {
    /// ES module or CommonJS.
    pub format: Format,
    /// The expression.
    pub code: String,
    /// Imports and exports of an ES module.
    pub record: ModuleRecord,
    /// Where in the code of an ES module linking ends, in bytes.
    pub link_end: usize,
    /// Whether the file was passed on without being parsed.
    pub unparsed: bool,
    /// Where the code came from, if asked for or free.
    pub positions: Option<PositionMap>,
}

impl Output {
    /// Whether it is an ES module that needs neither others nor its module's own object, and
    /// that no other could import anything from.
    #[must_use]
    pub(crate) fn stands_alone(&self) -> bool {
        let record = &self.record;
        let body = &self.code.as_bytes()[self.link_end..];
        self.format == Format::EsModule
            && record.requests.is_empty()
            && record.locals.is_empty()
            && !record.asynchronous
            && memmem::find(body, names::MODULE.as_bytes()).is_none()
    }
}

/// Transforms a file; `unparsed` allows passing CommonJS on without parsing it, `with_positions`
/// makes the map.
///
/// # Errors
/// The first syntax error, or a mix of module kinds that Bun refuses.
pub fn transform(
    input: Input<'_>,
    unparsed: bool,
    with_positions: bool,
) -> Result<Output, BuildError> {
    let replaces = input.settings.replacements.concern(input.source);
    if unparsed && !replaces && detect::passes_unparsed(input) {
        return Ok(verbatim(input.source, true));
    }
    let allocator = Allocator::with_capacity(input.source.len() * 8);
    let parsed = parse(&allocator, input)?;
    let mut program = parsed.program;
    let record = &parsed.module_record;
    if replaces {
        input.settings.replacements.apply(&allocator, &mut program, input.source)?;
    } else if let Some(output) = edited(&program, record, input, unparsed, with_positions) {
        return Ok(output);
    }
    let Lowered { detected, scoping, changed } =
        lower::lower(&allocator, &mut program, record, input)?;
    let changed = changed || replaces;
    let transforming =
        Transforming { allocator: &allocator, scoping, changed, input, with_positions };
    Ok(match detected.format {
        Format::EsModule => transforming.es_module(program, detected.declared),
        Format::CommonJs => transforming.common_js(program),
    })
}

/// Parses a file that may be of either kind. What is an error in a script, such as a `for await`
/// at top level, may be fine in a module.
fn parse<'a>(allocator: &'a Allocator, input: Input<'a>) -> Result<ParserReturn<'a>, BuildError> {
    let options = ParseOptions { allow_return_outside_function: true, ..ParseOptions::default() };
    let parsed_as = |source_type| {
        Parser::new(allocator, input.source, source_type).with_options(options).parse()
    };
    let parsed = parsed_as(match input.forced {
        Some(Format::EsModule) => source_type(input).with_module(true),
        Some(Format::CommonJs) | None => source_type(input),
    });
    let error = parsed.diagnostics.errors().next();
    if error.is_none() && (input.forced.is_some() || !names_await(&parsed.program, input.source)) {
        return Ok(parsed);
    }
    let as_module = parsed_as(source_type(input).with_module(true));
    if as_module.diagnostics.errors().next().is_none() {
        return Ok(as_module);
    }
    match error {
        Some(error) => Err(BuildError::from_diagnostic(error, input.source)),
        None => Ok(parsed),
    }
}

/// Whether a script takes `await` for a name: then `await (...)`, which reads as a call, may be
/// the operator of a module.
fn names_await(program: &Program<'_>, source: &str) -> bool {
    #[derive(Default)]
    struct Names(bool);
    impl<'a> Visit<'a> for Names {
        fn visit_identifier_reference(&mut self, name: &IdentifierReference<'a>) {
            self.0 |= name.name == "await";
        }
    }
    let may = !program.source_type.is_module();
    if !may || memmem::find(source.as_bytes(), b"await").is_none() {
        return false;
    }
    let mut names = Names::default();
    names.visit_program(program);
    names.0
}

fn source_type(input: Input<'_>) -> SourceType {
    let base = SourceType::unambiguous();
    match input.loader {
        Loader::TypeScript => base.with_typescript(true),
        Loader::Tsx => base.with_typescript(true).with_jsx(true),
        _ => base.with_jsx(true),
    }
}

/// The bindings of a program, or its first error.
pub(crate) fn scoping_of(
    program: &Program<'_>,
    source: &str,
    for_transformer: bool,
) -> Result<Scoping, BuildError> {
    let excess = if for_transformer { 2.0 } else { 0.0 };
    let built = SemanticBuilder::new()
        .with_enum_eval(for_transformer)
        .with_excess_capacity(excess)
        .build(program);
    match built.diagnostics.errors().next() {
        Some(error) => Err(BuildError::from_diagnostic(error, source)),
        None => Ok(built.semantic.into_scoping()),
    }
}

/// What is wrong with a file that the engine refuses, where Bun's parser would have said so.
pub(crate) fn mistake(input: Input<'_>) -> Option<BuildError> {
    let allocator = Allocator::default();
    let parsed = match parse(&allocator, input) {
        Ok(parsed) => parsed,
        Err(error) => return Some(error),
    };
    let built = SemanticBuilder::new().with_check_syntax_error(true).build(&parsed.program);
    built.diagnostics.errors().find_map(|error| BuildError::from_ruled(error, input.source))
}

/// Runs the transformer over a program.
pub(crate) fn run_transformer<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    scoping: Scoping,
    input: Input<'_>,
) -> Result<(), BuildError> {
    let options = lower::transform_options(input);
    let done =
        Transformer::new(allocator, input.path, &options).build_with_scoping(scoping, program);
    let error: Option<&OxcDiagnostic> = done.diagnostics.errors().next();
    error.map_or(Ok(()), |error| Err(BuildError::from_diagnostic(error, input.source)))
}

/// What the last steps share.
struct Transforming<'a, 's> {
    allocator: &'a Allocator,
    scoping: Scoping,
    changed: bool,
    input: Input<'s>,
    with_positions: bool,
}

impl<'a> Transforming<'a, '_> {
    fn es_module(&self, mut program: Program<'a>, declared: bool) -> Output {
        let (allocator, scoping) = (self.allocator, &self.scoping);
        let mut statements = Collector::new(allocator, scoping).run(&mut program);
        let imports = std::mem::take(&mut statements.imports);
        let needs = Rewriter::new(allocator, scoping, imports, ES_MODULE_NAMES).run(&mut program);
        let mut record = std::mem::take(&mut statements.record);
        record.asynchronous = needs.top_level_await;
        record.declared = declared;
        let (head, link_end) = wrapper::module_head(&statements, &record, needs);
        record.locals = statements.locals.into_iter().map(|(exported, _)| exported).collect();
        let printed = print(&mut program, self.input, self.with_positions);
        let positions = printed.map.as_ref().map(|map| PositionMap::printed(1, 0, map));
        let code = [head.as_str(), &printed.code, wrapper::TAIL].concat();
        Output { format: Format::EsModule, code, record, link_end, unparsed: false, positions }
    }

    fn common_js(&self, mut program: Program<'a>) -> Output {
        let names = COMMON_JS_NAMES;
        let rewriter = Rewriter::new(self.allocator, &self.scoping, Default::default(), names);
        let needs = rewriter.run(&mut program);
        if !needs.parameters && !self.changed {
            return verbatim(self.input.source, false);
        }
        let head = wrapper::common_js_head(needs);
        let printed = print(&mut program, self.input, self.with_positions);
        let columns = u32::try_from(head.len()).unwrap_or(u32::MAX);
        let positions = printed.map.as_ref().map(|map| PositionMap::printed(0, columns, map));
        let code = [head.as_str(), &printed.code, wrapper::TAIL].concat();
        let record = ModuleRecord::default();
        Output { format: Format::CommonJs, code, record, link_end: 0, unparsed: false, positions }
    }
}

/// CommonJS that needs nothing but insertions into its text.
fn edited(
    program: &Program<'_>,
    record: &oxc_syntax::module_record::ModuleRecord<'_>,
    input: Input<'_>,
    unparsed: bool,
    with_positions: bool,
) -> Option<Output> {
    // In a package of modules, names of CommonJS do not say enough.
    let may_be = input.package != Some(Format::EsModule) && !record.has_module_syntax;
    let is_script = unparsed && may_be && detect::is_script_file(input);
    if !is_script || program.source_type.is_module() || lower::is_needed(program, input) {
        return None;
    }
    let edited = edits::edit(program, input.source)?;
    let head = wrapper::common_js_head(Needs { parameters: edited.changed, ..Needs::default() });
    let columns = u32::try_from(head.len()).unwrap_or(u32::MAX);
    let positions = with_positions
        .then(|| PositionMap::Edited { columns, insertions: edited.places(input.source) });
    // A hashbang line would not be one behind the head; the comment takes its place.
    let (comment, rest) = match edited.code.strip_prefix("#!") {
        Some(rest) => ("//", rest),
        None => ("", edited.code.as_str()),
    };
    let code = [head.as_str(), comment, rest, wrapper::TAIL].concat();
    let record = ModuleRecord::default();
    let format = Format::CommonJs;
    Some(Output { format, code, record, link_end: 0, unparsed: true, positions })
}

/// CommonJS as it stands in the file.
fn verbatim(source: &str, unparsed: bool) -> Output {
    let head = wrapper::COMMON_JS_HEAD;
    let (comment, rest) = match source.strip_prefix("#!") {
        Some(rest) => ("//", rest),
        None => ("", source),
    };
    let columns = u32::try_from(head.len()).unwrap_or(u32::MAX);
    Output {
        format: Format::CommonJs,
        code: [head, comment, rest, wrapper::TAIL].concat(),
        record: ModuleRecord::default(),
        link_end: 0,
        unparsed,
        positions: Some(PositionMap::Shifted { columns }),
    }
}

fn print<'a>(
    program: &mut Program<'a>,
    input: Input<'_>,
    with_positions: bool,
) -> CodegenReturn<'a> {
    program.hashbang = None;
    let options = CodegenOptions {
        comments: CommentOptions { normal: false, jsdoc: false, ..CommentOptions::default() },
        source_map_path: with_positions.then(|| input.path.to_path_buf()),
        ..CodegenOptions::default()
    };
    Codegen::new().with_options(options).build(program)
}
