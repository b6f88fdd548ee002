//! The modules of one isolate on the native side: reading and transforming them, and finding
//! the way back from positions in their code.

use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashMap,
    path::{Path, PathBuf},
    rc::Rc,
};

use crate::{
    cache::{self, Cache, Entry},
    data,
    detect::Format,
    error::BuildError,
    kind::Loader,
    observe::{Counts, Observed, Observing, Shifts, observe},
    position::{LineColumn, PositionMap},
    resolve::ModuleResolver,
    settings::Settings,
    transform::{Input, Output, mistake, transform},
};

/// A file made ready for the registry.
#[derive(Debug)]
pub enum Loaded {
    /// A program.
    Script(Output),
    /// JSON text, as strict or relaxed as the file has it.
    Json(String),
    /// Data as a JavaScript expression.
    Expression(String),
    /// JSON5 text.
    Json5(String),
    /// An empty object: what a style sheet is outside bundles.
    Css,
    /// The text of the file.
    Text(String),
    /// Nothing but the path counts.
    File {
        /// Whether a flag, an attribute or its extension says so; another file of no known
        /// extension may still be code.
        is_known: bool,
    },
    /// The file is a native addon, loaded by its path.
    Addon,
}

/// A program that needs no other module and is needed by none.
#[derive(Debug)]
pub struct Alone {
    /// The path of its file.
    pub id: String,
    /// The expression whose value is its function.
    pub code: String,
    /// Whether it is declared to be an ES module.
    pub declared: bool,
}

/// Why a file could not be loaded.
#[derive(Debug)]
pub enum LoadError {
    /// It cannot be read.
    Read(std::io::Error),
    /// It cannot be understood.
    Build(BuildError),
}

/// What is kept of a script whose code differs from its file.
struct Script {
    path: PathBuf,
    source: Rc<str>,
    loader: Loader,
    settings: Rc<Settings>,
    unparsed: bool,
    forced: Option<Format>,
    package: Option<Format>,
    /// Where it differs from the file because it is under test.
    shifts: Option<Shifts>,
    positions: OnceCell<Option<PositionMap>>,
}

/// How a program is read.
struct Reading {
    loader: Loader,
    unparsed: bool,
    forced: Option<Format>,
}

/// What is told of paths.
type Listener = Box<dyn Fn(&Path)>;

/// The modules of one isolate.
#[derive(Default)]
pub struct ModuleStore {
    resolver: ModuleResolver,
    scripts: RefCell<HashMap<String, Rc<Script>>>,
    /// Programs that are no files, by the path they stand for.
    provided: RefCell<HashMap<String, String>>,
    /// What was loaded ahead, by its id.
    kept: RefCell<Option<(String, Result<Loaded, LoadError>)>>,
    observing: Cell<Observing>,
    /// Told of every file that is loaded.
    listener: OnceCell<Listener>,
    counted: RefCell<Vec<(PathBuf, Counts)>>,
    /// What long programs were made into before, where there is a place for that.
    cache: OnceCell<Option<Cache>>,
}

impl ModuleStore {
    /// The resolver.
    #[must_use]
    pub fn resolver(&self) -> &ModuleResolver {
        &self.resolver
    }

    /// Has module `path` be this program (TypeScript with JSX) rather than a file.
    pub fn provide(&self, path: &str, text: String) {
        self.provided.borrow_mut().insert(path.to_owned(), text);
    }

    /// Keeps what was loaded as module `id` for the next [`ModuleStore::load`], if that asks for
    /// the same.
    fn keep_for_next(&self, id: &str, loaded: Result<Loaded, LoadError>) {
        *self.kept.borrow_mut() = Some((id.to_owned(), loaded));
    }

    /// The program at `specifier`, in `folder` or by its whole path, if it is an ES module that
    /// imports and exports nothing and asks nothing of its module's object. Anything else is kept
    /// for the next [`ModuleStore::load`].
    #[must_use]
    pub fn load_alone(&self, specifier: &str, folder: &str) -> Option<Alone> {
        let found = self.resolver.entry(specifier, Path::new(folder))?;
        let id = found.to_string_lossy().into_owned();
        match self.load(&id, &found, None, true) {
            Ok(Loaded::Script(output)) if output.stands_alone() => {
                Some(Alone { id, code: output.code, declared: output.record.declared })
            }
            other => {
                self.keep_for_next(&id, other);
                None
            }
        }
    }

    /// Has `listener` told of every file that is loaded, or should have been; once.
    pub fn listen(&self, listener: Listener) {
        let _first = self.listener.set(listener);
    }

    /// Tells who listens of a file that matters without being loaded.
    pub fn notice(&self, path: &Path) {
        if let Some(listener) = self.listener.get() {
            listener(path);
        }
    }

    /// What is put into the programs loaded from now on, those of packages excepted.
    pub fn observe(&self, observing: Observing) {
        self.observing.set(observing);
    }

    /// What the counters of programs mean, from the one at `first`, in the order of loading.
    #[must_use]
    pub fn counted(&self, first: usize) -> Vec<(PathBuf, Counts)> {
        self.counted.borrow().get(first..).unwrap_or_default().to_vec()
    }

    /// The program with what is put into programs under test, where there is any.
    fn observed(&self, path: &Path, text: &str, loader: Loader) -> Option<Observed> {
        let observing = self.observing.get();
        if path.components().any(|part| part.as_os_str() == "node_modules") {
            return None;
        }
        let mut counted = self.counted.borrow_mut();
        let mut observed = observe(text, loader, observing, counted.len() as u32)?;
        counted.extend(observed.counts.take().map(|counts| (path.to_path_buf(), counts)));
        Some(observed)
    }

    /// Reads and transforms the file of module `id`, which is `path` and possibly a query.
    /// `unparsed` allows CommonJS to pass without being parsed.
    ///
    /// # Errors
    /// When the file cannot be read or has a syntax error.
    pub fn load(
        &self,
        id: &str,
        path: &Path,
        loader: Option<Loader>,
        unparsed: bool,
    ) -> Result<Loaded, LoadError> {
        if let Some((kept, loaded)) = self.kept.take()
            && kept == id
            && loader.is_none()
            && unparsed
        {
            return loaded;
        }
        if let Some(text) = self.provided.borrow().get(id) {
            let how = Reading { loader: Loader::Tsx, unparsed: false, forced: None };
            return self.load_script(id, path, text, how).map_err(LoadError::Build);
        }
        self.notice(path);
        let chosen = loader.or_else(|| self.resolver.wishes().loader_for(path));
        let loader = chosen.unwrap_or_else(|| Loader::of_path(path));
        if loader == Loader::Addon {
            return Ok(Loaded::Addon);
        }
        if loader == Loader::File {
            let is_known = chosen.is_some() || Loader::is_file_by_name(path);
            return Ok(Loaded::File { is_known });
        }
        if loader == Loader::Css {
            return Ok(Loaded::Css);
        }
        let bytes = std::fs::read(path).map_err(LoadError::Read)?;
        let text = String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned());
        if !loader.is_script() {
            return self.load_data(text, loader);
        }
        let how = Reading { loader, unparsed, forced: None };
        self.load_script(id, path, &text, how).map_err(LoadError::Build)
    }

    /// Transforms a program that is in no file: module `id` as if it were at `path`.
    ///
    /// # Errors
    /// When it has a syntax error.
    pub fn load_text(
        &self,
        id: &str,
        path: &Path,
        text: &str,
        loader: Loader,
        forced: Option<Format>,
    ) -> Result<Loaded, LoadError> {
        let how = Reading { loader, unparsed: false, forced };
        let loaded = self.load_script(id, path, text, how).map_err(LoadError::Build);
        // No file to read it again from.
        if let Some(script) = self.scripts.borrow_mut().get_mut(id)
            && let Some(script) = Rc::get_mut(script)
        {
            script.source = Rc::from(text);
        }
        loaded
    }

    /// The value of a data file's text.
    ///
    /// # Errors
    /// When it cannot be understood.
    pub fn load_data(&self, text: String, loader: Loader) -> Result<Loaded, LoadError> {
        match loader {
            Loader::Toml => expression(data::toml_expression(&text)),
            Loader::Yaml => expression(data::yaml_expression(&text)),
            Loader::Json => Ok(Loaded::Json(text)),
            Loader::Json5 => Ok(Loaded::Json5(text)),
            Loader::Css => Ok(Loaded::Css),
            Loader::Markdown => Ok(Loaded::Text(data::html_of_markdown(&text))),
            _ => Ok(Loaded::Text(text)),
        }
    }

    fn load_script(
        &self,
        id: &str,
        path: &Path,
        text: &str,
        Reading { loader, unparsed, forced }: Reading,
    ) -> Result<Loaded, BuildError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let observed = self.observed(path, text, loader);
        let (changed, shifts) = observed.map(|it| (it.text, it.shifts)).unzip();
        let text = changed.as_deref().unwrap_or(text);
        let development = std::env::var_os("NODE_ENV").is_none_or(|value| value != "production");
        let script = Script {
            path: path.to_path_buf(),
            source: Rc::from(text),
            loader,
            settings: self.resolver.settings(path, development),
            unparsed,
            forced,
            package: self.resolver.package_format(path),
            shifts,
            positions: OnceCell::new(),
        };
        let mut output = self.transform(&script)?;
        if let Some(positions) = output.positions.take() {
            // The file is evaluated as it stands: its text can be read again.
            let script = Script { source: Rc::from(""), ..script };
            let _fresh = script.positions.set(Some(positions));
            self.scripts.borrow_mut().insert(id.to_owned(), Rc::new(script));
        } else {
            self.scripts.borrow_mut().insert(id.to_owned(), Rc::new(script));
        }
        Ok(Loaded::Script(output))
    }

    /// What a program becomes, which the cache may know.
    fn transform(&self, script: &Script) -> Result<Output, BuildError> {
        let (input, unparsed) = (script.input(), script.unparsed);
        // What is put into programs under test differs from run to run.
        let is_kept = input.source.len() >= cache::LENGTH_MIN && script.shifts.is_none();
        let entry = is_kept
            .then(|| self.cache.get_or_init(Cache::of_environment).as_ref())
            .flatten()
            .map(|cache| cache.entry(input, unparsed));
        if let Some(output) = entry.as_ref().and_then(Entry::read) {
            return Ok(output);
        }
        let output = transform(input, unparsed, false)?;
        if let Some(entry) = entry {
            entry.write(&output);
        }
        Ok(output)
    }

    /// The place in the file of module `url` that a place in its evaluated code came from.
    /// `None` where the module is unknown or the place is its wrapper's.
    #[must_use]
    pub fn original(&self, url: &str, place: LineColumn) -> Option<LineColumn> {
        let script = Rc::clone(self.scripts.borrow().get(url)?);
        let positions = script.positions.get_or_init(|| {
            let output = transform(script.input(), script.unparsed, true).ok();
            output.and_then(|output| output.positions)
        });
        let place = positions.as_ref()?.original(place)?;
        Some(script.shifts.as_ref().map_or(place, |shifts| shifts.original(place)))
    }

    /// What Bun's parser would have said of module `url`, which the engine refuses.
    #[must_use]
    pub fn mistake(&self, url: &str) -> Option<BuildError> {
        let script = Rc::clone(self.scripts.borrow().get(url)?);
        let source = self.lines(url, 1, u32::MAX).join("\n");
        mistake(Input { source: &source, ..script.input() })
    }

    /// Lines of the file of module `url`, for a code frame: `count` of them from `first`
    /// (from 1), fewer at the end of the file.
    #[must_use]
    pub fn lines(&self, url: &str, first: u32, count: u32) -> Vec<String> {
        let known = self.scripts.borrow().get(url).map(Rc::clone);
        let source = match &known {
            Some(script) if !script.source.is_empty() && script.shifts.is_none() => {
                Rc::clone(&script.source)
            }
            Some(_) if self.provided.borrow().contains_key(url) => {
                Rc::from(self.provided.borrow()[url].as_str())
            }
            Some(script) => read(&script.path),
            None => read(Path::new(url)),
        };
        let skipped = first.saturating_sub(1) as usize;
        source.lines().skip(skipped).take(count as usize).map(str::to_owned).collect()
    }
}

fn read(path: &Path) -> Rc<str> {
    Rc::from(std::fs::read_to_string(path).unwrap_or_default())
}

fn expression(made: Result<String, BuildError>) -> Result<Loaded, LoadError> {
    made.map(|code| Loaded::Expression(format!("({code})"))).map_err(LoadError::Build)
}

impl Script {
    fn input(&self) -> Input<'_> {
        Input {
            path: &self.path,
            source: &self.source,
            loader: self.loader,
            settings: &self.settings,
            forced: self.forced,
            package: self.package,
        }
    }
}
