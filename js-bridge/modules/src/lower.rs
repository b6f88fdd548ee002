//! What the engine does not read: TypeScript, JSX, decorators, `using`.

use std::borrow::Cow;

use memchr::memmem;
use oxc_allocator::Allocator;
use oxc_ast::ast::{
    AccessorProperty, Decorator, JSXElement, JSXFragment, Program, VariableDeclaration,
};
use oxc_ast_visit::{Visit, walk::walk_variable_declaration};
use oxc_semantic::Scoping;
use oxc_syntax::module_record::ModuleRecord;
use oxc_transformer::{
    ClassPropertiesOptions, CompilerAssumptions, DecoratorOptions, ES2022Options, ES2026Options,
    EnvOptions, HelperLoaderMode, HelperLoaderOptions, JsxOptions, JsxRuntime, Module,
    TransformOptions, TypeScriptOptions,
};

use crate::{
    classes,
    detect::{Detected, Format, detect},
    error::BuildError,
    kind::Loader,
    settings::Settings,
    transform::{Input, run_transformer, scoping_of},
};

/// Whether the program holds something to lower. TypeScript always does; JavaScript is looked
/// through where one of these texts stands outside its comments.
pub(crate) fn is_needed(program: &Program<'_>, input: Input<'_>) -> bool {
    const TEXTS: [&str; 5] = ["using ", "accessor ", "@", "</", "/>"];
    if input.loader != Loader::JavaScript {
        return true;
    }
    let mut unread = Unread::default();
    if TEXTS.iter().any(|text| has(program, text)) {
        unread.visit_program(program);
    }
    unread.is_found
}

/// Looks for what the engine does not read.
#[derive(Default)]
struct Unread {
    is_found: bool,
}

impl<'a> Visit<'a> for Unread {
    fn visit_jsx_element(&mut self, _: &JSXElement<'a>) {
        self.is_found = true;
    }

    fn visit_jsx_fragment(&mut self, _: &JSXFragment<'a>) {
        self.is_found = true;
    }

    fn visit_decorator(&mut self, _: &Decorator<'a>) {
        self.is_found = true;
    }

    fn visit_accessor_property(&mut self, _: &AccessorProperty<'a>) {
        self.is_found = true;
    }

    fn visit_variable_declaration(&mut self, declaration: &VariableDeclaration<'a>) {
        self.is_found |= declaration.kind.is_using();
        walk_variable_declaration(self, declaration);
    }
}

/// Whether a text stands outside the comments of a program.
fn has(program: &Program<'_>, text: &str) -> bool {
    memmem::find_iter(program.source_text.as_bytes(), text.as_bytes()).any(|offset| {
        let comments = &program.comments;
        let after = comments.partition_point(|comment| comment.span.start as usize <= offset);
        let comment = after.checked_sub(1).and_then(|index| comments.get(index));
        comment.is_none_or(|comment| comment.span.end as usize <= offset)
    })
}

/// A program whose kind is known and which holds nothing the engine does not read.
pub(crate) struct Lowered {
    pub(crate) detected: Detected,
    /// The bindings.
    pub(crate) scoping: Scoping,
    /// Whether the tree is another one than the file's.
    pub(crate) changed: bool,
}

/// Finds out what a program is and lowers it.
pub(crate) fn lower<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    record: &ModuleRecord<'a>,
    input: Input<'_>,
) -> Result<Lowered, BuildError> {
    let changed = is_needed(program, input);
    if changed && (has(program, "@") || has(program, "accessor")) {
        classes::lower(allocator, program, input.settings.legacy_decorators);
    }
    let scoping = scoping_of(program, input.source, changed)?;
    let detected = detect(program, record, &scoping, input)?;
    if !changed {
        return Ok(Lowered { detected, scoping, changed });
    }
    let source_type = program.source_type;
    program.source_type = match detected {
        Detected { format: Format::CommonJs, .. } => source_type.with_script(true),
        Detected { .. } => source_type.with_module(true),
    };
    let directives = program.directives.len();
    run_transformer(allocator, program, scoping, input)?;
    // It makes everything strict, which CommonJS is only where it says so.
    program.directives.truncate(directives);
    let scoping = scoping_of(program, input.source, false)?;
    Ok(Lowered { detected, scoping, changed })
}

pub(crate) fn transform_options(input: Input<'_>) -> TransformOptions {
    let settings = input.settings;
    let asks_for_classic = input.source.contains("@jsxRuntime classic");
    let assign = settings.assign_fields;
    TransformOptions {
        assumptions: CompilerAssumptions {
            set_public_class_fields: assign,
            ..CompilerAssumptions::default()
        },
        typescript: TypeScriptOptions {
            jsx_pragma: Cow::Owned(settings.jsx.factory.clone().unwrap_or("React".to_owned())),
            only_remove_type_imports: settings.verbatim_imports,
            remove_class_fields_without_initializer: assign,
            ..TypeScriptOptions::default()
        },
        decorator: DecoratorOptions {
            legacy: settings.legacy_decorators,
            emit_decorator_metadata: settings.decorator_metadata,
            strict_null_checks: settings.strict_null_checks,
        },
        jsx: jsx_options(settings, asks_for_classic),
        env: EnvOptions {
            module: Module::CommonJS,
            es2026: ES2026Options { explicit_resource_management: true },
            es2022: ES2022Options {
                class_properties: assign.then_some(ClassPropertiesOptions { loose: true }),
                ..ES2022Options::default()
            },
            ..EnvOptions::default()
        },
        helper_loader: HelperLoaderOptions {
            mode: HelperLoaderMode::External,
            ..HelperLoaderOptions::default()
        },
        ..TransformOptions::default()
    }
}

/// `asks_for_classic`: a comment of the file does, for which the settings cannot speak.
fn jsx_options(settings: &Settings, asks_for_classic: bool) -> JsxOptions {
    let jsx = &settings.jsx;
    let runtime = if jsx.classic { JsxRuntime::Classic } else { JsxRuntime::Automatic };
    JsxOptions {
        runtime,
        development: jsx.development && !jsx.classic && !asks_for_classic,
        display_name_plugin: false,
        import_source: jsx.import_source.clone().filter(|_| !jsx.classic),
        pragma: jsx.factory.clone().filter(|_| jsx.classic),
        pragma_frag: jsx.fragment_factory.clone().filter(|_| jsx.classic),
        ..JsxOptions::enable()
    }
}
