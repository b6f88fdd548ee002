//! Which loader a file takes: by its extension, or by an import attribute.

use std::path::Path;

/// How a file becomes a module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Loader {
    /// JavaScript; JSX is allowed, as in Bun.
    JavaScript,
    /// TypeScript without JSX.
    TypeScript,
    /// TypeScript with JSX.
    Tsx,
    /// JSON, comments and trailing commas allowed.
    Json,
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
    /// JSON5.
    Json5,
    /// Markdown, which becomes the text of its HTML.
    Markdown,
    /// A style sheet, which is an empty object outside bundles.
    Css,
    /// The text of the file.
    Text,
    /// A native addon.
    Addon,
    /// The path of the file.
    File,
}

impl Loader {
    /// The loader of a file. Names without an extension are JavaScript, unknown ones are files.
    #[must_use]
    pub fn of_path(path: &Path) -> Self {
        let Some(extension) = path.extension().and_then(|extension| extension.to_str()) else {
            return Self::TypeScript;
        };
        match extension {
            "js" | "mjs" | "cjs" | "jsx" => Self::JavaScript,
            "ts" | "mts" | "cts" => Self::TypeScript,
            "tsx" => Self::Tsx,
            "json" | "jsonc" | "map" => Self::Json,
            "toml" => Self::Toml,
            "yaml" | "yml" => Self::Yaml,
            "json5" => Self::Json5,
            "md" | "markdown" => Self::Markdown,
            "css" => Self::Css,
            "txt" | "text" => Self::Text,
            "node" => Self::Addon,
            _ => Self::File,
        }
    }

    /// Whether a path alone says that a file is no JavaScript, although only its path is told: Bun
    /// has loaders for these.
    #[must_use]
    pub fn is_file_by_name(path: &Path) -> bool {
        let extension = path.extension().and_then(|extension| extension.to_str());
        matches!(extension, Some("html" | "wasm"))
    }

    /// The loader that `with { type: name }` asks for.
    #[must_use]
    pub fn of_attribute(name: &str) -> Option<Self> {
        Some(match name {
            "js" | "jsx" => Self::JavaScript,
            "ts" => Self::TypeScript,
            "tsx" => Self::Tsx,
            "json" | "jsonc" => Self::Json,
            "toml" => Self::Toml,
            "yaml" => Self::Yaml,
            "json5" => Self::Json5,
            "md" => Self::Markdown,
            "css" => Self::Css,
            "text" => Self::Text,
            "napi" => Self::Addon,
            "file" => Self::File,
            _ => return None,
        })
    }

    /// Whether the file is a program rather than data.
    #[must_use]
    pub fn is_script(self) -> bool {
        matches!(self, Self::JavaScript | Self::TypeScript | Self::Tsx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_choose_loaders() {
        let cases = [
            ("a.ts", Loader::TypeScript),
            ("a.d.mts", Loader::TypeScript),
            ("a.tsx", Loader::Tsx),
            ("a.cjs", Loader::JavaScript),
            ("tsconfig.json", Loader::Json),
            ("a.yml", Loader::Yaml),
            ("a.json5", Loader::Json5),
            ("README.md", Loader::Markdown),
            ("a.css", Loader::Css),
            ("a.node", Loader::Addon),
            ("a.png", Loader::File),
            ("bin", Loader::TypeScript),
        ];
        for (path, loader) in cases {
            assert_eq!(Loader::of_path(Path::new(path)), loader, "{path}");
        }
        assert_eq!(Loader::of_attribute("text"), Some(Loader::Text));
        assert_eq!(Loader::of_attribute("css"), Some(Loader::Css));
        assert_eq!(Loader::of_attribute("bytes"), None);
    }
}
