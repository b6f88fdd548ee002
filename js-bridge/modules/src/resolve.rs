//! From a specifier to a file, as Bun resolves it.
//!
//! One cache for all kinds of requests, made when the first module is resolved. Extension order
//! and conditions are Bun's: they differ by who asks (node_modules or not, import or require).

use std::{
    cell::OnceCell,
    collections::HashMap,
    path::{Path, PathBuf},
};

use oxc_resolver::{
    FileSystem as _, PackageJson, PackageType, ResolveError, ResolveOptions, ResolverGeneric,
    TsconfigDiscovery, TsconfigOptions, TsconfigReferences,
};

use crate::{detect::Format, files::Files, settings::Settings, wishes::Wishes};

type Resolver = ResolverGeneric<Files>;

/// Who asks for a module.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum RequestKind {
    /// An import statement or expression.
    Import,
    /// `require`.
    Require,
}

/// A module's file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Resolved {
    /// The file, symbolic links followed.
    pub path: PathBuf,
    /// `?query` and `#fragment`, which make a module of its own.
    pub suffix: String,
}

/// Why there is no such module.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ResolveFailure {
    /// The package's name where the specifier names one, else the specifier.
    pub subject: String,
    /// Whether a package, rather than a file, was asked for.
    pub is_package: bool,
}

const EXTENSIONS: [&str; 10] =
    [".tsx", ".ts", ".jsx", ".cts", ".cjs", ".js", ".mjs", ".mts", ".json", ".node"];
const PACKAGE_EXTENSIONS: [&str; 10] =
    [".jsx", ".cjs", ".js", ".mjs", ".mts", ".tsx", ".ts", ".cts", ".json", ".node"];
const MAIN_FIELDS: [&str; 3] = ["main", "module", "jsnext:main"];
/// A file that is asked for by its compiled name may be there in TypeScript.
const EXTENSION_ALIASES: [(&str, &[&str]); 4] = [
    (".js", &[".js", ".ts", ".tsx"]),
    (".jsx", &[".jsx", ".tsx", ".ts"]),
    (".mjs", &[".mjs", ".mts"]),
    (".cjs", &[".cjs", ".cts"]),
];

/// The name of the file, which there is not, that asks for the program.
const ENTRY: &str = "[entry]";

/// Resolves specifiers and finds each file's settings.
#[derive(Default)]
pub struct ModuleResolver {
    /// By kind of request, then by whether the referrer is in node_modules.
    resolvers: [[OnceCell<Resolver>; 2]; 2],
    /// With the tsconfig.json named, by that file and the kind of request.
    configured: std::cell::RefCell<HashMap<(PathBuf, RequestKind), std::rc::Rc<Resolver>>>,
    settings: std::cell::RefCell<HashMap<Option<PathBuf>, std::rc::Rc<Settings>>>,
    /// What the package.json of a folder, or of one above it, says of the format of files.
    formats: std::cell::RefCell<HashMap<PathBuf, Option<Format>>>,
    wishes: OnceCell<Wishes>,
}

fn options(kind: RequestKind, in_package: bool, wishes: &Wishes) -> ResolveOptions {
    let by_kind = match kind {
        RequestKind::Import => "import",
        RequestKind::Require => "require",
    };
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let extensions = if in_package { &PACKAGE_EXTENSIONS } else { &EXTENSIONS };
    let mut condition_names = owned(&["bun", "node", by_kind, "node-addons"]);
    condition_names.extend_from_slice(&wishes.conditions);
    let tsconfig = wishes.tsconfig.clone().map_or(TsconfigDiscovery::Auto, manual);
    ResolveOptions {
        tsconfig: Some(tsconfig),
        condition_names,
        symlinks: !wishes.preserve_symlinks,
        extensions: owned(extensions),
        extension_alias: EXTENSION_ALIASES
            .iter()
            .map(|(from, to)| ((*from).to_owned(), owned(to)))
            .collect(),
        main_fields: owned(&MAIN_FIELDS),
        ..ResolveOptions::default()
    }
}

fn manual(config_file: PathBuf) -> TsconfigDiscovery {
    let references = TsconfigReferences::Disabled;
    TsconfigDiscovery::Manual(TsconfigOptions { config_file, references })
}

impl ModuleResolver {
    /// Does as the user wishes; before anything is resolved.
    pub fn configure(&self, wishes: Wishes) {
        let _first = self.wishes.set(wishes);
    }

    pub(crate) fn wishes(&self) -> &Wishes {
        self.wishes.get_or_init(Wishes::default)
    }

    fn resolver(&self, kind: RequestKind, in_package: bool) -> &Resolver {
        let place = &self.resolvers[kind as usize][usize::from(in_package)];
        place.get_or_init(|| {
            let options = options(kind, in_package, self.wishes());
            let made = self.resolvers.iter().flatten().find_map(OnceCell::get);
            match made {
                Some(other) => other.clone_with_options(options),
                None => Resolver::new(options),
            }
        })
    }

    /// The file of the program that is called `specifier` in `folder`. Where it is called by the
    /// whole name of a file, nothing but that file is looked at: making a resolver would be a good
    /// part of a short program's start.
    pub(crate) fn entry(&self, specifier: &str, folder: &Path) -> Option<PathBuf> {
        let path = folder.join(specifier);
        if path.extension().is_some() && !specifier.contains(['?', '#', ':']) {
            let real = path.canonicalize().ok().filter(|path| path.is_file());
            if real.is_some() {
                return real;
            }
        }
        let wanted =
            if is_path(specifier) { specifier.to_owned() } else { format!("./{specifier}") };
        let found = self.resolve(&wanted, &folder.join(ENTRY), RequestKind::Import).ok()?;
        found.suffix.is_empty().then_some(found.path)
    }

    /// The file that `specifier` means in the file `referrer` (absolute, need not exist).
    ///
    /// # Errors
    /// Where there is none.
    pub fn resolve(
        &self,
        specifier: &str,
        referrer: &Path,
        kind: RequestKind,
    ) -> Result<Resolved, ResolveFailure> {
        let path = path_of_url(specifier).or_else(|| lexical(specifier));
        let specifier = path.as_deref().unwrap_or(specifier);
        let in_package = is_in_package(referrer);
        let resolver = self.resolver(kind, in_package);
        let mut found = match resolver.resolve_file(referrer, specifier) {
            Err(error) if is_tsconfig_trouble(&error) => {
                resolver.resolve(referrer.parent().unwrap_or(referrer), specifier)
            }
            other => other,
        };
        if found.is_err() && has_appeared(specifier, referrer) {
            resolver.clear_cache();
            found = resolver.resolve(referrer.parent().unwrap_or(referrer), specifier);
        }
        if found.is_err()
            && is_path(specifier)
            && let Some(path) = referrer.parent().and_then(|it| in_other_case(&it.join(specifier)))
        {
            found = resolver.resolve(path.parent().unwrap_or(&path), &path.to_string_lossy());
        }
        if found.is_err() && !in_package && !specifier.starts_with(['.', '/']) {
            let configured = self.resolve_by_nearest_config(specifier, referrer, kind);
            found = configured.unwrap_or(found);
        }
        match found {
            Ok(resolution) => {
                let query = resolution.query().unwrap_or_default();
                let fragment = resolution.fragment().unwrap_or_default();
                let suffix = [query, fragment].concat();
                let package = resolution.package_json().cloned();
                let path = resolution.into_path_buf();
                self.keep_format(&path, package.as_deref());
                // The program itself is where its link leads, whatever is said of links.
                let follows = self.wishes().preserve_symlinks && referrer.ends_with(ENTRY);
                let real = if follows { path.canonicalize().ok() } else { None };
                Ok(Resolved { path: real.unwrap_or(path), suffix })
            }
            Err(_) => Err(failure(specifier)),
        }
    }

    /// By the paths of the nearest tsconfig.json, whether or not that includes the file, as Bun
    /// does. `None` where there is no such file.
    fn resolve_by_nearest_config(
        &self,
        specifier: &str,
        referrer: &Path,
        kind: RequestKind,
    ) -> Option<Result<oxc_resolver::Resolution, ResolveError>> {
        if self.wishes().tsconfig.is_some() {
            return None;
        }
        let folder = referrer.parent()?;
        let config = folder.ancestors().find_map(|folder| {
            let names = ["tsconfig.json", "jsconfig.json"];
            names.iter().map(|name| folder.join(name)).find(|path| path.is_file())
        })?;
        let resolver = {
            let mut known = self.configured.borrow_mut();
            let made = known.entry((config.clone(), kind)).or_insert_with(|| {
                let tsconfig = Some(manual(config));
                let options = ResolveOptions { tsconfig, ..options(kind, false, self.wishes()) };
                // With a cache of its own: a named configuration is kept in it.
                std::rc::Rc::new(Resolver::new(options))
            });
            std::rc::Rc::clone(made)
        };
        Some(resolver.resolve(folder, specifier))
    }

    /// What the package.json of a file that was resolved says of the files in its folder.
    fn keep_format(&self, path: &Path, package: Option<&PackageJson>) {
        let (Some(folder), Some(package)) = (path.parent(), package) else { return };
        let mut formats = self.formats.borrow_mut();
        if !formats.contains_key(folder) {
            let format = package.r#type().map(|it| match it {
                PackageType::CommonJs => Format::CommonJs,
                PackageType::Module => Format::EsModule,
            });
            formats.insert(folder.to_path_buf(), format);
        }
    }

    /// The format that the nearest package.json gives files which show none themselves.
    pub(crate) fn package_format(&self, path: &Path) -> Option<Format> {
        let folder = path.parent()?;
        if let Some(format) = self.formats.borrow().get(folder) {
            return *format;
        }
        // The program itself, or a file that was found without being resolved.
        let scope = folder.ancestors().take_while(|folder| !folder.ends_with("node_modules"));
        let found = scope.map(|folder| folder.join("package.json")).find_map(|path| {
            let bytes = Files::new().read(&path).ok()?;
            let said = serde_json::from_slice::<serde_json::Value>(&bytes).ok();
            Some(said.as_ref().and_then(|said| said["type"].as_str()).and_then(|said| match said {
                "commonjs" => Some(Format::CommonJs),
                "module" => Some(Format::EsModule),
                _ => None,
            }))
        });
        let format = found.flatten();
        self.formats.borrow_mut().insert(folder.to_path_buf(), format);
        format
    }

    /// The settings of a file: those of its tsconfig.json, unless it is in node_modules.
    pub fn settings(&self, path: &Path, development: bool) -> std::rc::Rc<Settings> {
        let tsconfig = if is_in_package(path) || self.sees_no_config(path) {
            None
        } else {
            self.resolver(RequestKind::Import, false).find_tsconfig(path).ok().flatten()
        };
        let key = tsconfig.as_ref().map(|tsconfig| tsconfig.path.clone());
        let mut known = self.settings.borrow_mut();
        let made = || {
            let mut settings = Settings::of_tsconfig(tsconfig.as_deref(), development);
            self.wishes().apply(&mut settings);
            settings
        };
        std::rc::Rc::clone(known.entry(key).or_insert_with(|| std::rc::Rc::new(made())))
    }

    /// Whether no folder above the file has a tsconfig.json. Looked for by hand as long as nothing
    /// else has needed a resolver.
    fn sees_no_config(&self, path: &Path) -> bool {
        self.wishes().tsconfig.is_none()
            && self.resolvers.iter().flatten().all(|made| made.get().is_none())
            && path.ancestors().skip(1).all(|folder| !folder.join("tsconfig.json").exists())
    }
}

fn is_path(specifier: &str) -> bool {
    specifier.starts_with(['.', '/'])
}

/// Whether a file that was not found is there: what the resolver keeps of folders is out of date
/// where a program has written files since.
fn has_appeared(specifier: &str, referrer: &Path) -> bool {
    if !is_path(specifier) {
        return false;
    }
    let Some(folder) = referrer.parent() else { return false };
    let path = folder.join(specifier);
    let extended = |extension: &str| {
        let mut name = path.clone().into_os_string();
        name.push(extension);
        Path::new(&name).is_file()
    };
    path.exists() || EXTENSIONS.iter().any(|extension| extended(extension))
}

/// The file beside which a path would lie, with a name that differs from the path's by the case of
/// its letters only: Bun finds it too.
#[must_use]
pub fn in_other_case(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?;
    let mut entries = path.parent()?.read_dir().ok()?.flatten();
    let entry = entries.find(|entry| entry.file_name().eq_ignore_ascii_case(name))?;
    Some(entry.path()).filter(|path| path.is_file())
}

/// A path whose steps upwards are taken by its text alone, as for URLs: what they lead out of need
/// not exist, and the end is a folder. `None` where there are none.
fn lexical(specifier: &str) -> Option<String> {
    let is_up = |part: &str| part == "..";
    if !is_path(specifier) || !specifier.split('/').skip(1).any(is_up) {
        return None;
    }
    let mut parts: Vec<&str> = Vec::new();
    for part in specifier.split('/') {
        match (part, parts.last()) {
            ("." | "", Some(_)) => {}
            ("..", Some(&last)) if !["", ".", ".."].contains(&last) => drop(parts.pop()),
            ("..", Some(&"")) => {}
            ("..", Some(&".")) => *parts.last_mut()? = "..",
            _ => parts.push(part),
        }
    }
    if specifier.ends_with("/..") || specifier.ends_with('/') {
        parts.push("");
    }
    Some(parts.join("/"))
}

fn is_in_package(path: &Path) -> bool {
    path.components().any(|component| component.as_os_str() == "node_modules")
}

fn is_tsconfig_trouble(error: &ResolveError) -> bool {
    matches!(
        error,
        ResolveError::TsconfigNotFound(_)
            | ResolveError::TsconfigSelfReference(_)
            | ResolveError::TsconfigCircularExtend(_)
            | ResolveError::TsconfigLoadFailed { .. }
            | ResolveError::Json(_)
    )
}

fn failure(specifier: &str) -> ResolveFailure {
    let is_file = specifier.starts_with('.') || specifier.starts_with('/');
    if is_file || specifier.is_empty() {
        return ResolveFailure { subject: specifier.to_owned(), is_package: false };
    }
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let subject = specifier.split('/').take(parts).collect::<Vec<_>>().join("/");
    ResolveFailure { subject, is_package: true }
}

/// The path of a `file:` URL, escapes decoded; its query stays.
pub(crate) fn path_of_url(specifier: &str) -> Option<String> {
    let rest = specifier.strip_prefix("file:")?;
    let rest = rest.strip_prefix("//localhost").or_else(|| rest.strip_prefix("//")).unwrap_or(rest);
    let end = rest.find(['?', '#']).unwrap_or(rest.len());
    Some(percent_decoded(&rest[..end]) + &rest[end..])
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut index = 0;
    while index < bytes.len() {
        let escape = bytes.get(index + 1..index + 3).filter(|_| bytes[index] == b'%');
        let value = escape
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(value.unwrap_or(bytes[index]));
        index += if value.is_some() { 3 } else { 1 };
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_become_paths() {
        assert_eq!(path_of_url("file:///a%20b/c.ts?x=1").as_deref(), Some("/a b/c.ts?x=1"));
        assert_eq!(path_of_url("./a"), None);
    }

    #[test]
    fn a_file_is_found_whatever_the_case_of_its_name() {
        let found = in_other_case(Path::new("SRC/Resolve.RS"));
        assert_eq!(found, None, "folders are not looked for");
        let found = in_other_case(Path::new("src/Resolve.RS"));
        assert_eq!(found.as_deref(), Some(Path::new("src/resolve.rs")));
        assert_eq!(in_other_case(Path::new("src/absent.rs")), None);
    }

    #[test]
    fn steps_upwards_are_taken_by_text() {
        let cases = [
            ("/a/absent/../b.js", Some("/a/b.js")),
            ("/a/inner/absent/..", Some("/a/inner/")),
            ("./a/../b", Some("./b")),
            ("./../b", Some("../b")),
            ("../../b", Some("../../b")),
            ("../../", Some("../../")),
            ("/../b", Some("/b")),
            ("./b", None),
            ("package/../b", None),
        ];
        for (specifier, expected) in cases {
            assert_eq!(lexical(specifier).as_deref(), expected, "{specifier}");
        }
    }

    #[test]
    fn failures_name_the_package() {
        let cases =
            [("./x", "./x", false), ("@a/b/c", "@a/b", true), ("p/q", "p", true), ("", "", false)];
        for (specifier, subject, is_package) in cases {
            let failure = failure(specifier);
            assert_eq!((failure.subject.as_str(), failure.is_package), (subject, is_package));
        }
    }
}
