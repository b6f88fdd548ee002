//! What a user wants done otherwise with every module of a process: the command line and
//! bunfig.toml say so before the first one is resolved.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    kind::Loader,
    replace::Replacements,
    settings::{JsxSettings, Settings},
};

/// What a user wants done otherwise.
#[derive(Clone, Debug, Default)]
pub struct Wishes {
    /// More conditions of packages' exports.
    pub conditions: Vec<String>,
    /// The tsconfig.json that counts for every file.
    pub tsconfig: Option<PathBuf>,
    /// A module is where its link is, not where that leads.
    pub preserve_symlinks: bool,
    /// What stands in place of names and calls.
    replacements: Arc<Replacements>,
    /// Loaders by extension, with its dot.
    loaders: Vec<(String, Loader)>,
    jsx: JsxWishes,
}

/// What `--jsx-...` says; the rest is a tsconfig.json's to say.
#[derive(Clone, Debug, Default)]
struct JsxWishes {
    classic: Option<bool>,
    factory: Option<String>,
    fragment: Option<String>,
    import_source: Option<String>,
}

impl Wishes {
    /// Takes a flag of the command line; false where it is none of these. `value` gives what
    /// belongs to it.
    ///
    /// # Errors
    /// A message for the user.
    pub fn take_flag(
        &mut self,
        name: &str,
        value: impl FnOnce() -> Result<String, String>,
    ) -> Result<bool, String> {
        match name {
            "--conditions" => {
                self.conditions.extend(value()?.split(',').map(str::to_owned));
            }
            "--tsconfig-override" => self.tsconfig = std::path::absolute(value()?).ok(),
            "--preserve-symlinks" => self.preserve_symlinks = true,
            "-d" | "--define" => self.define(&value()?)?,
            "--drop" => self.replaced().drop_calls(&value()?),
            "--feature" => self.replaced().enable(&value()?),
            "-l" | "--loader" => self.map_loader(&value()?)?,
            "--jsx-runtime" => self.choose_jsx_runtime(&value()?)?,
            "--jsx-factory" => self.jsx.factory = Some(value()?),
            "--jsx-fragment" => self.jsx.fragment = Some(value()?),
            "--jsx-import-source" => self.jsx.import_source = Some(value()?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes what bunfig.toml says, where the command line is silent.
    ///
    /// # Errors
    /// A message for the user.
    pub fn take_table(&mut self, table: &toml::Table) -> Result<(), String> {
        let text = |name: &str| table.get(name).and_then(toml::Value::as_str);
        let pairs = |name: &str| {
            let section = table.get(name).and_then(toml::Value::as_table).into_iter().flatten();
            section.filter_map(|(key, value)| Some((key, value.as_str()?)))
        };
        for (name, value) in pairs("define") {
            self.define_or_warn(name, value);
        }
        for (extension, loader) in pairs("loader") {
            self.loaders.push((extension.clone(), loader_named(loader)?));
        }
        if self.jsx.classic.is_none() && text("jsx") == Some("react") {
            self.jsx.classic = Some(true);
        }
        let own =
            |wish: &mut Option<String>, name| *wish = wish.take().or(text(name).map(str::to_owned));
        own(&mut self.jsx.factory, "jsxFactory");
        own(&mut self.jsx.fragment, "jsxFragment");
        own(&mut self.jsx.import_source, "jsxImportSource");
        Ok(())
    }

    /// The loader that is wished for a file.
    pub(crate) fn loader_for(&self, path: &Path) -> Option<Loader> {
        let name = path.to_str().filter(|_| !self.loaders.is_empty())?;
        let mapped = self.loaders.iter().find(|(extension, _)| name.ends_with(extension.as_str()));
        mapped.map(|(_, loader)| *loader)
    }

    /// Puts the wishes over what a tsconfig.json says.
    pub(crate) fn apply(&self, settings: &mut Settings) {
        settings.replacements = Arc::clone(&self.replacements);
        self.apply_jsx(&mut settings.jsx);
    }

    fn apply_jsx(&self, settings: &mut JsxSettings) {
        let JsxWishes { classic, factory, fragment, import_source } = &self.jsx;
        let names = [factory, fragment, import_source];
        if classic.is_none() && names.iter().all(|name| name.is_none()) {
            return;
        }
        settings.development = false;
        settings.classic = classic.unwrap_or(settings.classic);
        let over = |place: &mut Option<String>, wish: &Option<String>| {
            if wish.is_some() {
                place.clone_from(wish);
            }
        };
        over(&mut settings.factory, factory);
        over(&mut settings.fragment_factory, fragment);
        over(&mut settings.import_source, import_source);
    }

    fn replaced(&mut self) -> &mut Replacements {
        Arc::make_mut(&mut self.replacements)
    }

    fn define(&mut self, given: &str) -> Result<(), String> {
        let Some((name, value)) = given.split_once([':', '=']) else {
            return Err(format!(
                "--define \"{given}\" is missing a \":\" or \"=\" separator. Expected --define \
                 key=value, for example --define process.env.NODE_ENV='\"production\"'"
            ));
        };
        self.define_or_warn(name, value);
        Ok(())
    }

    /// A name that is none is told and otherwise passed over.
    fn define_or_warn(&mut self, name: &str, value: &str) {
        if let Err(message) = self.replaced().define(name, value) {
            eprintln!("error: {message}");
        }
    }

    fn map_loader(&mut self, given: &str) -> Result<(), String> {
        let Some((extension, name)) = given.split_once(':') else {
            return Err(format!(
                "--loader \"{given}\" is missing a \":\" separator. Expected --loader \
                 .ext:loader, for example --loader .md:text"
            ));
        };
        if !extension.starts_with('.') {
            return Err(format!(
                "file extension must start with a '.' (while mapping loader \"{given}\")"
            ));
        }
        let loader = loader_named(name)?;
        self.loaders.insert(0, (extension.to_owned(), loader));
        Ok(())
    }

    fn choose_jsx_runtime(&mut self, name: &str) -> Result<(), String> {
        self.jsx.classic = Some(match name {
            "automatic" => false,
            "classic" => true,
            _ => {
                return Err(format!(
                    "Invalid --jsx-runtime: \"{name}\", expected \"automatic\" or \"classic\""
                ));
            }
        });
        Ok(())
    }
}

/// Loaders that leave a file where it is.
const OF_FILES: [&str; 3] = ["wasm", "base64", "dataurl"];

fn loader_named(name: &str) -> Result<Loader, String> {
    let known =
        if OF_FILES.contains(&name) { Some(Loader::File) } else { Loader::of_attribute(name) };
    known.ok_or_else(|| {
        let names = [
            "jsx", "js", "ts", "tsx", "css", "file", "json", "jsonc", "toml", "wasm", "napi",
            "base64", "dataurl", "text", "yaml", "json5", "md",
        ];
        format!("invalid loader \"{name}\", expected one of:\n-  {}", names.join("\n-  "))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(words: &[(&str, &str)]) -> Result<Wishes, String> {
        let mut wishes = Wishes::default();
        for (name, value) in words {
            assert!(wishes.take_flag(name, || Ok((*value).to_owned()))?, "{name} is a flag");
        }
        Ok(wishes)
    }

    #[test]
    fn the_last_loader_of_an_extension_counts() {
        let wishes = taken(&[("--loader", ".md:text"), ("-l", ".md:json")]).unwrap();
        assert_eq!(wishes.loader_for(Path::new("/a.md")), Some(Loader::Json));
        assert_eq!(wishes.loader_for(Path::new("/a.ts")), None);
    }

    #[test]
    fn mistakes_are_named() {
        for (name, value, part) in [
            ("--define", "A", "separator"),
            ("--loader", "md", "separator"),
            ("--loader", "md:text", "start with a '.'"),
            ("--loader", ".md:bogus", "invalid loader \"bogus\""),
            ("--jsx-runtime", "x", "Invalid --jsx-runtime: \"x\""),
        ] {
            let message = taken(&[(name, value)]).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn the_command_line_wins_over_the_file() {
        let table = "jsxFactory = 'a'\njsxFragment = 'b'\n[loader]\n'.md' = 'text'\n";
        let mut wishes = taken(&[("--jsx-factory", "h"), ("--loader", ".md:json")]).unwrap();
        wishes.take_table(&table.parse().unwrap()).unwrap();
        let mut jsx = JsxSettings::default();
        wishes.apply_jsx(&mut jsx);
        assert_eq!(jsx.factory.as_deref(), Some("h"));
        assert_eq!(jsx.fragment_factory.as_deref(), Some("b"));
        assert_eq!(wishes.loader_for(Path::new("/a.md")), Some(Loader::Json));
    }
}
