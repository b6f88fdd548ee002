//! What the engine does not read: TypeScript, JSX, decorators, `using`.

use std::borrow::Cow;

use memchr::memmem;
use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_semantic::Scoping;
use oxc_transformer::{
    ClassPropertiesOptions, CompilerAssumptions, DecoratorOptions, ES2022Options, ES2026Options,
    EnvOptions, HelperLoaderMode, HelperLoaderOptions, JsxOptions, JsxRuntime, Module,
    TransformOptions, TypeScriptOptions,
};

use crate::{
    detect::Format,
    error::BuildError,
    kind::Loader,
    settings::Settings,
    transform::{Input, run_transformer, scoping_of},
};

/// Whether the file may hold something to lower. TypeScript always does; JavaScript when it has
/// one of these texts.
pub(crate) fn is_needed(input: Input<'_>) -> bool {
    const TEXTS: [&str; 5] = ["using ", "accessor ", "@", "</", "/>"];
    input.loader != Loader::JavaScript
        || TEXTS.iter().any(|text| memmem::find(input.source.as_bytes(), text.as_bytes()).is_some())
}

/// Lowers a program; answers its bindings afterwards.
pub(crate) fn lower<'a>(
    allocator: &'a Allocator,
    program: &mut Program<'a>,
    input: Input<'_>,
    format: Format,
) -> Result<Scoping, BuildError> {
    let source_type = program.source_type;
    program.source_type = match format {
        Format::EsModule => source_type.with_module(true),
        Format::CommonJs => source_type.with_script(true),
    };
    if is_needed(input) {
        let scoping = scoping_of(program, input.source, true)?;
        run_transformer(allocator, program, scoping, input)?;
    }
    scoping_of(program, input.source, false)
}

pub(crate) fn transform_options(settings: &Settings) -> TransformOptions {
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
        jsx: jsx_options(settings),
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

fn jsx_options(settings: &Settings) -> JsxOptions {
    let jsx = &settings.jsx;
    let runtime = if jsx.classic { JsxRuntime::Classic } else { JsxRuntime::Automatic };
    JsxOptions {
        runtime,
        development: jsx.development && !jsx.classic,
        display_name_plugin: false,
        import_source: jsx.import_source.clone().filter(|_| !jsx.classic),
        pragma: jsx.factory.clone().filter(|_| jsx.classic),
        pragma_frag: jsx.fragment_factory.clone().filter(|_| jsx.classic),
        ..JsxOptions::enable()
    }
}
