//! Starts the shards of a run and says how it ended.

use std::{
    io::Write as _,
    path::PathBuf,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicI32, Ordering},
    },
};

use dx_compat_node::StartedWith;
use dx_compat_test::TestOptions;
use dx_compat_web::worker::{Launcher, Workers};
use dx_driver::{DriverKind, probe_and_open};
use dx_kernel::{
    ActorOptions, BoxError, CpuSet, Plan, RunState, Shard, ShardRole, ShardSet, Topology,
};
use dx_modules::Wishes;
use dx_net::{NET_ACTOR, NetActor};
use dx_ops::{Extension, globals_length, globals_text};
use dx_runtime::{Isolate, IsolateOptions};

use crate::{
    bunfig,
    command::{Entry, Reload, RunOptions},
    orphans, scripts,
    watch::{self, Watcher},
    worker,
};

/// Runs what the options name: a program, a script of package.json or another program.
pub(crate) fn run_entry(mut options: RunOptions) -> ExitCode {
    if !enter(options.directory.as_deref()) {
        return ExitCode::FAILURE;
    }
    if let Err(message) = bunfig::fill(&mut options) {
        eprintln!("error: {message}");
        return ExitCode::FAILURE;
    }
    if options.no_orphans {
        let _ = orphans::forbid();
    }
    match scripts::interpret(&options) {
        scripts::Meaning::File(found) => {
            // Node's program is called what it was called, found or not.
            let called = match &options.entry {
                Entry::File(name) if options.scripts.as_node => std::path::absolute(name).ok(),
                _ => None,
            };
            options.called = called.map(|path| path.to_string_lossy().into_owned());
            if let Some(file) = found {
                options.entry = Entry::File(file.to_string_lossy().into_owned());
            }
            run(&options)
        }
        scripts::Meaning::Done(code) => dx_sys::exit::now(code),
    }
}

/// Changes the working directory; answers whether that went well.
fn enter(directory: Option<&str>) -> bool {
    let Some(directory) = directory else { return true };
    let changed = std::env::set_current_dir(directory);
    if let Err(error) = &changed {
        eprintln!("error: could not change directory to {directory}: {error}");
    }
    changed.is_ok()
}

/// Runs a program to its end.
fn run(options: &RunOptions) -> ExitCode {
    // Where these cannot be had, limits stay what they were.
    let _ = dx_sys::signal::ignore_file_size_limit();
    let _ = dx_sys::limit::raise_open_files();
    match start(options) {
        Ok(code) => {
            let _ = std::io::stdout().flush();
            dx_sys::exit::now(code)
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs tests. They see `NODE_ENV=test` and the time zone UTC unless the environment says
/// otherwise, as under Bun.
pub(crate) fn run_tests(tests: Box<TestOptions>) -> ExitCode {
    for (name, value) in [("NODE_ENV", "test"), ("TZ", "Etc/UTC")] {
        if !dx_sys::environment::set_default(name, value) {
            eprintln!("error: {name} could not be set");
            return ExitCode::FAILURE;
        }
    }
    if !enter(tests.directory.as_deref()) {
        return ExitCode::FAILURE;
    }
    if tests.no_orphans {
        let _ = orphans::forbid();
    }
    let reload = tests.watch.then_some(Reload::Process);
    let keeps_screen = tests.keeps_screen;
    let wishes = tests.wishes.clone();
    let own_arguments = tests.runtime_flags.clone();
    let entry = Entry::Tests(tests);
    let options =
        RunOptions { entry, reload, keeps_screen, wishes, own_arguments, ..RunOptions::default() };
    run(&options)
}

fn start(options: &RunOptions) -> Result<i32, BoxError> {
    let processors = CpuSet::current().map_or(1, |set| set.len());
    let topology = Topology::choose(options.threads, options.topology, processors)?;
    let choice = DriverKind::from_environment()?;
    let verbose = options.verbose;
    let drivers = move |index: usize| {
        let (driver, reason) = probe_and_open(choice)?;
        if verbose && index == 0 {
            eprintln!("driver: {reason}");
        }
        Ok(driver)
    };
    let code = Arc::new(AtomicI32::new(0));
    let entry = entry_of(options)?;
    let started = started_with(options, &entry);
    let program = Program {
        entry,
        preload: options.preload.clone(),
        preconnect: options.preconnect.clone(),
        offers_http2: options.offers_http2,
        graceful: options.graceful,
        workers: worker::launcher(worker::Surroundings {
            driver: choice,
            started: started.clone(),
            wishes: options.wishes.clone(),
            processors: CpuSet::current().filter(|_| topology.shards() > 1),
        }),
        watcher: watcher_of(options)?,
        wishes: options.wishes.clone(),
        console_depth: options.console_depth,
        is_hot: options.reload == Some(Reload::Modules),
        started,
        code: Arc::clone(&code),
    };
    let plan = Plan { topology, pin: topology.shards() > 1 };
    ShardSet::run(&plan, drivers, move |shard| run_shard(shard, &program))?;
    if options.reload == Some(Reload::Process) {
        watch::park();
    }
    Ok(code.load(Ordering::Relaxed))
}

/// What restarts the process when a file changes, where that is asked for.
fn watcher_of(options: &RunOptions) -> std::io::Result<Option<Watcher>> {
    match options.reload {
        Some(Reload::Process) => Watcher::start(!options.keeps_screen).map(Some),
        Some(Reload::Modules) | None => Ok(None),
    }
}

/// The entry, with the code of standard input read.
fn entry_of(options: &RunOptions) -> Result<Entry, BoxError> {
    match &options.entry {
        Entry::File(file) if file == "-" => {
            let mut text = String::new();
            std::io::Read::read_to_string(&mut std::io::stdin(), &mut text)?;
            Ok(Entry::Code { text, prints: false, is_input: true })
        }
        other => Ok(other.clone()),
    }
}

/// What every script shard runs.
struct Program {
    entry: Entry,
    preload: Vec<String>,
    preconnect: Vec<String>,
    offers_http2: bool,
    graceful: bool,
    watcher: Option<Watcher>,
    wishes: Wishes,
    console_depth: Option<u32>,
    is_hot: bool,
    started: StartedWith,
    workers: Launcher,
    code: Arc<AtomicI32>,
}

/// What `process.argv` and its relatives say: the program by its whole path.
fn started_with(options: &RunOptions, entry: &Entry) -> StartedWith {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let executable = text(std::env::current_exe().unwrap_or_default());
    let mut argv = vec![executable.clone()];
    match &options.entry {
        Entry::File(file) if file == "-" => argv.push(file.clone()),
        Entry::File(_) if options.called.is_some() => argv.extend(options.called.clone()),
        Entry::File(file) => {
            argv.push(std::fs::canonicalize(file).map_or_else(|_| file.clone(), text));
        }
        Entry::Tests(_) => argv.push(String::new()),
        Entry::Shell(script) => argv.push(script.clone()),
        Entry::Code { .. } => {}
    }
    argv.extend(options.arguments.iter().cloned());
    StartedWith {
        argv,
        argv0: std::env::args().next().unwrap_or_default(),
        exec_path: executable,
        exec_argv: options.own_arguments.clone(),
        eval: match entry {
            Entry::Code { text, .. } => Some(text.clone()),
            _ => None,
        },
        environment_files: options.environment_files.clone(),
    }
}

fn run_shard(shard: &Shard, program: &Program) -> Result<(), BoxError> {
    let own = shard.index();
    let script_shard = match shard.role() {
        ShardRole::Everything => own,
        _ => 0,
    };
    if shard.role() != ShardRole::JavaScript {
        serve_network(shard, script_shard);
    }
    shard.synchronize()?;
    match shard.role() {
        ShardRole::Io => Ok(shard.run()?),
        ShardRole::Everything => run_script(shard, program, [own]),
        ShardRole::JavaScript => run_script(shard, program, 1..shard.topology().shards()),
    }
}

/// Starts the network actor of a shard, for the isolate on `script_shard`.
pub(crate) fn serve_network(shard: &Shard, script_shard: usize) {
    let net = shard.spawn(&ActorOptions::named(NET_ACTOR), {
        let shard = shard.clone();
        move |_context| NetActor::new(&shard, script_shard)
    });
    NetActor::route(shard, &net);
}

/// Everything a program can ask of its isolate, the runtime's own first.
const EXTENSIONS: [&[Extension]; 9] = [
    &[dx_runtime::EXTENSION],
    &[dx_modules::EXTENSION, dx_napi::EXTENSION],
    dx_compat_web::EXTENSIONS,
    dx_compat_bun::EXTENSIONS,
    dx_compat_node::EXTENSIONS,
    dx_compat_shell::EXTENSIONS,
    &[dx_compat_html::EXTENSION],
    &[dx_compat_sqlite::EXTENSION],
    dx_compat_test::EXTENSIONS,
];

/// The names of all globals.
static GLOBALS: [u8; globals_length(&EXTENSIONS)] = globals_text(&EXTENSIONS);

/// What every isolate is made from.
pub(crate) fn isolate_options() -> IsolateOptions {
    IsolateOptions {
        extensions: EXTENSIONS[1..].concat(),
        globals: std::str::from_utf8(&GLOBALS).ok(),
        ..IsolateOptions::default()
    }
}

fn run_script(
    shard: &Shard,
    program: &Program,
    net_shards: impl IntoIterator<Item = usize>,
) -> Result<(), BoxError> {
    let options = IsolateOptions { ends_process: true, ..isolate_options() };
    let isolate = isolate_on(shard, options, net_shards)?;
    let host = isolate.host();
    program.started.clone().install(host);
    host.state::<Workers>().install(Arc::clone(&program.workers), None);
    let modules = host.state::<dx_modules::ModuleStore>();
    let mut wishes = program.wishes.clone();
    wishes.preserve_symlinks |=
        std::env::var_os("NODE_PRESERVE_SYMLINKS").is_some_and(|value| value == "1");
    modules.resolver().configure(wishes);
    if let Some(watcher) = program.watcher.clone() {
        modules.listen(Box::new(move |path| watcher.add(path)));
    }
    if let Some(depth) = program.console_depth {
        isolate.call_prelude("web/console", "setDepthInWords", &[&depth.to_string()]);
    }
    if program.graceful {
        isolate.call_prelude("bun/serve-graceful", "install", &[]);
    }
    begin(&isolate, program)?;
    let code = isolate.run();
    // Of several replicas, the first that ends badly says how the process does.
    let _ = program.code.compare_exchange(0, code, Ordering::Relaxed, Ordering::Relaxed);
    // The process ends next: taking the engine's heap apart object by object would only delay it.
    std::mem::forget(isolate);
    Ok(())
}

/// An isolate that lives on a shard and waits with it.
pub(crate) fn isolate_on(
    shard: &Shard,
    options: IsolateOptions,
    net_shards: impl IntoIterator<Item = usize>,
) -> Result<Isolate, BoxError> {
    let isolate = Isolate::new(shard.reactor().clone(), options)?;
    let host = isolate.host();
    let of_network = dx_net::kind::FIRST..=dx_net::kind::LAST;
    let kinds = (0..=u8::MAX).filter(|kind| !of_network.contains(kind));
    let weak = std::rc::Rc::downgrade(host);
    shard.route_events_to(kinds, move |event| {
        if let Some(host) = weak.upgrade() {
            host.handle_event(event);
        }
    });
    dx_compat_bun::serve::install(host, shard, net_shards)?;
    let driven = shard.clone();
    isolate.drive_with(move |timeout| match driven.turn(timeout)? {
        RunState::Stopped => {
            let failure = driven.set().failure();
            let why = failure.unwrap_or_else(|| "the shards have been stopped".to_owned());
            Err(std::io::Error::other(why))
        }
        RunState::Running | RunState::Stopping => Ok(()),
    });
    Ok(isolate)
}

/// Starts what the isolate runs.
fn begin(isolate: &Isolate, program: &Program) -> Result<(), BoxError> {
    // Removed meanwhile: what a program names in full is found all the same.
    let directory = std::env::current_dir().unwrap_or_else(|_| PathBuf::from("/"));
    let directory = directory.to_string_lossy();
    if std::env::var_os("NODE_UNIQUE_ID").is_some() {
        isolate.call_prelude("node/cluster-child", "_setupWorker", &[]);
    }
    let flags = &program.started.exec_argv;
    let is_exposing = |flag: &String| {
        flag.starts_with("--expose") || flag == "--disallow-code-generation-from-strings"
    };
    if flags.iter().any(is_exposing) {
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        isolate.call_prelude("node/internals/exposed", "expose", &flags);
    }
    if program.offers_http2 {
        isolate.call_prelude("fetch/index", "offerHttp2", &[]);
    }
    if !program.preconnect.is_empty() {
        let urls: Vec<_> = program.preconnect.iter().map(String::as_str).collect();
        isolate.call_prelude("fetch/index", "preconnectTo", &urls);
    }
    match &program.entry {
        Entry::File(file) if file.ends_with(".sh") => {
            isolate.call_prelude("shell/script", "run", &[file.as_str()]);
        }
        Entry::Shell(script) => isolate.call_prelude("shell/script", "runText", &[script.as_str()]),
        Entry::File(file) if program.is_hot => {
            let mut arguments = vec![file.as_str(), &directory];
            arguments.extend(program.preload.iter().map(String::as_str));
            isolate.call_prelude("runtime/hot", "run", &arguments);
        }
        Entry::File(file) => {
            if program.watcher.is_some() {
                isolate.call_prelude("runtime/hot", "outlastErrors", &[]);
            }
            let modules = isolate.host().state::<dx_modules::ModuleStore>();
            let is_first = program.preload.is_empty();
            let alone = is_first.then(|| modules.load_alone(file, &directory)).flatten();
            // One that the engine refuses is looked at again, for what Bun says of it.
            let runs = alone.is_some_and(|it| isolate.run_alone(&it.id, it.code, it.declared));
            if !runs {
                let mut arguments = vec![file.as_str(), &directory];
                arguments.extend(program.preload.iter().map(String::as_str));
                isolate.call_prelude("runtime/modules", "runMain", &arguments);
            }
        }
        Entry::Code { text, prints, is_input } => {
            let name = if *is_input { "[stdin]" } else { "[eval]" };
            let path = format!("{}/{name}", directory.trim_end_matches('/'));
            let text = if *prints { dx_modules::keep_last_value(text) } else { text.clone() };
            isolate.host().state::<dx_modules::ModuleStore>().provide(&path, text);
            let arguments = [path.as_str(), "print"];
            let count = if *prints { 2 } else { 1 };
            isolate.call_prelude("runtime/modules", "runCode", &arguments[..count]);
        }
        Entry::Tests(tests) => {
            if let Err(message) = dx_compat_test::install(isolate.host(), tests) {
                eprintln!("{message}");
                dx_sys::exit::now(1);
            }
            isolate.call_prelude("test/main", "start", &[]);
        }
    }
    Ok(())
}
