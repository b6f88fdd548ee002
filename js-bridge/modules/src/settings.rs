//! Settings of the transform, mostly from a tsconfig.json.

use std::sync::Arc;

use oxc_resolver::TsConfig;

use crate::replace::Replacements;

/// How JSX is compiled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct JsxSettings {
    /// `React.createElement` calls rather than imports of the runtime.
    pub classic: bool,
    /// The development runtime (`jsxDEV`).
    pub development: bool,
    /// What the automatic runtime is imported from.
    pub import_source: Option<String>,
    /// The classic runtime's function.
    pub factory: Option<String>,
    /// The classic runtime's fragment.
    pub fragment_factory: Option<String>,
}

impl Default for JsxSettings {
    fn default() -> Self {
        Self {
            classic: false,
            development: true,
            import_source: None,
            factory: None,
            fragment_factory: None,
        }
    }
}

/// Settings of the transform of one file.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// JSX.
    pub jsx: JsxSettings,
    /// TypeScript's legacy decorators rather than the standard's.
    pub legacy_decorators: bool,
    /// `design:type` and the like for legacy decorators.
    pub decorator_metadata: bool,
    /// Whether `null` is part of a type for the metadata.
    pub strict_null_checks: bool,
    /// Keep imports that are only used as types, unless marked so.
    pub verbatim_imports: bool,
    /// Fields are assigned, not defined (`useDefineForClassFields: false`).
    pub assign_fields: bool,
    /// What stands in place of names and calls.
    pub replacements: Arc<Replacements>,
}

impl Settings {
    /// What a tsconfig.json asks for; `development` chooses the JSX runtime where it is silent.
    #[must_use]
    pub fn of_tsconfig(tsconfig: Option<&TsConfig>, development: bool) -> Self {
        let mut settings = Self::default();
        settings.jsx.development = development;
        let Some(tsconfig) = tsconfig else { return settings };
        let options = &tsconfig.compiler_options;
        let on = |option: Option<bool>| option.unwrap_or(false);
        match options.jsx.as_deref() {
            Some("react") => settings.jsx.classic = true,
            Some("react-jsx") => settings.jsx.development = false,
            Some("react-jsxdev") => settings.jsx.development = true,
            _ => {}
        }
        settings.jsx.import_source.clone_from(&options.jsx_import_source);
        settings.jsx.factory.clone_from(&options.jsx_factory);
        settings.jsx.fragment_factory.clone_from(&options.jsx_fragment_factory);
        settings.decorator_metadata = on(options.emit_decorator_metadata);
        // Only decorators of the older kind have metadata of their types.
        settings.legacy_decorators =
            on(options.experimental_decorators) || settings.decorator_metadata;
        settings.strict_null_checks = on(options.strict_null_checks.or(options.strict));
        settings.verbatim_imports =
            on(options.verbatim_module_syntax) || on(options.preserve_value_imports);
        settings.assign_fields = options.use_define_for_class_fields == Some(false);
        settings
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use oxc_resolver::TsConfig;

    use super::Settings;

    fn settings(options: &str) -> Settings {
        let text = format!("{{\"compilerOptions\": {{{options}}}}}");
        let path = Path::new("/tsconfig.json");
        let config = TsConfig::parse(true, path, path, text).unwrap();
        Settings::of_tsconfig(Some(&config), false)
    }

    #[test]
    fn metadata_asks_for_decorators_of_the_older_kind() {
        assert!(!settings("").legacy_decorators);
        let given = settings("\"emitDecoratorMetadata\": true");
        assert!(given.legacy_decorators && given.decorator_metadata);
        let given = settings("\"experimentalDecorators\": true");
        assert!(given.legacy_decorators && !given.decorator_metadata);
    }
}
