//! What `dx run NAME` means: a file, a script of package.json or a program; and running the
//! latter two. A process that runs scripts has no engine.

mod exit;
mod filtered;
mod foreground;
mod jobs;
mod package;
mod rename;
mod surroundings;
mod together;
mod workspaces;

use std::path::{Path, PathBuf};

use self::{package::Package, surroundings::Surroundings};
use crate::command::{Entry, RunOptions};

/// What is to be done.
pub(crate) enum Meaning {
    /// Run a file as a program: this one, or the entry as it is named.
    File(Option<PathBuf>),
    /// Nothing more: end with this code.
    Done(i32),
}

/// Extensions of files that are tried where a name has none, first ones first.
const TRIED_EXTENSIONS: [&str; 8] = ["tsx", "jsx", "mts", "ts", "mjs", "js", "cts", "cjs"];
const RUNNABLE_EXTENSIONS: [&str; 10] =
    ["tsx", "jsx", "mts", "ts", "mjs", "js", "cts", "cjs", "json", "wasm"];

fn extension(name: &str) -> &str {
    Path::new(name).extension().and_then(|it| it.to_str()).unwrap_or_default()
}

pub(crate) fn has_runnable_extension(name: &str) -> bool {
    RUNNABLE_EXTENSIONS.contains(&extension(name))
}

/// Finds out what the options' entry means, and does it where it is no file.
pub(crate) fn interpret(options: &RunOptions) -> Meaning {
    let Entry::File(name) = &options.entry else { return Meaning::File(None) };
    let scripts = &options.scripts;
    let directory = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    if scripts.parallel || scripts.sequential {
        let names = std::iter::once(name).chain(&options.arguments);
        let names: Vec<String> = names.filter(|name| !name.is_empty()).cloned().collect();
        return Meaning::Done(together::run(&names, &directory, scripts));
    }
    if scripts.workspaces || !scripts.filters.is_empty() {
        return Meaning::Done(filtered::run(name, &directory, &options.arguments, scripts));
    }
    if name == "-" {
        return Meaning::File(None);
    }
    let is_path = name.starts_with(['.', '/']);
    if scripts.as_node {
        return Meaning::File(find_file(&directory, name, is_path));
    }
    let found = find_file(&directory, name, is_path);
    if (is_path || !scripts.is_run && has_runnable_extension(name))
        && let Some(file) = found
    {
        return Meaning::File(Some(file));
    }
    let package = Package::enclosing(&directory);
    if !is_path
        && let Some(package) = package.as_ref().filter(|package| package.script(name).is_some())
    {
        let arguments = &options.arguments;
        let code = foreground::run_script(name, package, &directory, arguments, scripts);
        return Meaning::Done(code);
    }
    if let Some(file) = found {
        return Meaning::File(Some(file));
    }
    if is_in_node_modules(&directory, name) || name.contains(':') {
        return Meaning::File(None);
    }
    let surroundings = Surroundings::new(&directory, package.as_ref(), scripts.force_own_node);
    if !is_path && let Some(program) = surroundings.program(name, &directory, scripts.is_run) {
        let arguments = &options.arguments;
        let silent = scripts.silent;
        let code = foreground::run_program(&program, name, arguments, &surroundings, silent);
        return Meaning::Done(code);
    }
    if scripts.if_present {
        return Meaning::Done(0);
    }
    Meaning::Done(not_found(&directory, name, is_path))
}

/// The file that a name stands for, perhaps without its extension or as a folder.
fn find_file(directory: &Path, name: &str, is_path: bool) -> Option<PathBuf> {
    let whole = directory.join(name);
    let whole: PathBuf = whole.components().collect();
    if whole.is_file() {
        // By its path, data is loaded as a module and then nothing runs.
        return (is_path || data_kind(extension(name)).is_none()).then_some(whole);
    }
    // A compiled name may stand for its source.
    let source = match extension(name) {
        "js" => ["ts", "tsx"].iter().map(|it| whole.with_extension(it)).find(|it| it.is_file()),
        "mjs" => Some(whole.with_extension("mts")).filter(|it| it.is_file()),
        "cjs" => Some(whole.with_extension("cts")).filter(|it| it.is_file()),
        _ => None,
    };
    if let Some(file) = source.or_else(|| extended(&whole)) {
        return Some(file);
    }
    if !whole.is_dir() {
        let found = dx_modules::in_other_case(&whole);
        return found.filter(|_| has_runnable_extension(name));
    }
    let main = Package::read(&whole).and_then(|package| package.main);
    let main = main.map(|main| whole.join(main)).and_then(|main| {
        let is_file = main.is_file().then(|| main.clone());
        is_file.or_else(|| extended(&main)).or_else(|| extended(&main.join("index")))
    });
    main.or_else(|| extended(&whole.join("index")))
}

/// The first file that is the path with an extension.
fn extended(path: &Path) -> Option<PathBuf> {
    let candidates = TRIED_EXTENSIONS.iter().map(|extension| {
        let mut file = path.as_os_str().to_owned();
        file.push(format!(".{extension}"));
        PathBuf::from(file)
    });
    candidates.into_iter().find(|file| file.is_file())
}

/// Packages of node_modules can be run by their names.
fn is_in_node_modules(directory: &Path, name: &str) -> bool {
    let folders = directory.ancestors().map(|folder| folder.join("node_modules").join(name));
    !name.starts_with(['.', '/']) && folders.into_iter().any(|path| path.exists())
}

/// What Bun calls a file that holds data, by its extension; none where it can be run, as what is of
/// no known kind can be.
fn data_kind(extension: &str) -> Option<&'static str> {
    match extension {
        "json" => Some("json"),
        "jsonc" => Some("jsonc"),
        "json5" => Some("json5"),
        "toml" => Some("toml"),
        "yaml" | "yml" => Some("yaml"),
        "txt" | "text" => Some("text"),
        "css" => Some("css"),
        "node" => Some("napi"),
        _ => None,
    }
}

fn not_found(directory: &Path, name: &str, is_path: bool) -> i32 {
    let data: PathBuf = directory.join(name).components().collect();
    let is_data = data_kind(extension(name)).is_some();
    let data = if is_data { data } else { data.with_extension("json") };
    if let Some(kind) = data.extension().and_then(|it| data_kind(it.to_str()?))
        && data.is_file()
    {
        eprintln!("error: Cannot run \"{}\"", data.display());
        eprintln!("note: Bun cannot run {kind} files directly");
        return 1;
    }
    let what = match extension(name) {
        _ if is_path || has_runnable_extension(name) => "Module",
        "" => "Script",
        _ => "File",
    };
    let [red, dim, bold, end] = exit::inks(["\x1b[31m", "\x1b[2m", "\x1b[1m", "\x1b[0m"]);
    eprintln!("{red}error{end}{dim}:{end} {bold}{what} not found \"{bold}{name}{end}\"");
    1
}
