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
use dx_net::{NET_ACTOR, NetActor};
use dx_ops::Extension;
use dx_runtime::{Isolate, IsolateOptions};

use crate::{
    command::{Entry, RunOptions},
    worker,
};

/// Runs a program to its end.
pub(crate) fn run(options: &RunOptions) -> ExitCode {
    if let Some(directory) = &options.directory
        && let Err(error) = std::env::set_current_dir(directory)
    {
        eprintln!("error: could not change directory to {directory}: {error}");
        return ExitCode::FAILURE;
    }
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
    let directory = tests.directory.clone();
    run(&RunOptions { entry: Entry::Tests(tests), directory, ..RunOptions::default() })
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
    let started = started_with(options);
    let program = Program {
        entry: entry_of(options)?,
        preload: options.preload.clone(),
        graceful: options.graceful,
        workers: worker::launcher(worker::Surroundings {
            driver: choice,
            started: started.clone(),
            processors: CpuSet::current().filter(|_| topology.shards() > 1),
        }),
        started,
        code: Arc::clone(&code),
    };
    let plan = Plan { topology, pin: topology.shards() > 1 };
    ShardSet::run(&plan, drivers, move |shard| run_shard(shard, &program))?;
    Ok(code.load(Ordering::Relaxed))
}

/// The entry, with the code of standard input read.
fn entry_of(options: &RunOptions) -> Result<Entry, BoxError> {
    match &options.entry {
        Entry::File(file) if file == "-" => {
            let mut text = String::new();
            std::io::Read::read_to_string(&mut std::io::stdin(), &mut text)?;
            Ok(Entry::Code { text, prints: false })
        }
        other => Ok(other.clone()),
    }
}

/// What every script shard runs.
struct Program {
    entry: Entry,
    preload: Vec<String>,
    graceful: bool,
    started: StartedWith,
    workers: Launcher,
    code: Arc<AtomicI32>,
}

/// What `process.argv` and its relatives say: the program by its whole path.
fn started_with(options: &RunOptions) -> StartedWith {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let executable = text(std::env::current_exe().unwrap_or_default());
    let mut argv = vec![executable.clone()];
    match &options.entry {
        Entry::File(file) if file == "-" => argv.push(file.clone()),
        Entry::File(file) => {
            argv.push(std::fs::canonicalize(file).map_or_else(|_| file.clone(), text));
        }
        Entry::Tests(_) => argv.push(String::new()),
        Entry::Code { .. } => {}
    }
    argv.extend(options.arguments.iter().cloned());
    StartedWith {
        argv,
        argv0: std::env::args().next().unwrap_or_default(),
        exec_path: executable,
        exec_argv: options.own_arguments.clone(),
        eval: match &options.entry {
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

/// Everything a program can ask of its isolate.
pub(crate) fn extensions() -> Vec<Extension> {
    let apis = [
        dx_compat_web::EXTENSIONS,
        dx_compat_bun::EXTENSIONS,
        dx_compat_node::EXTENSIONS,
        dx_compat_shell::EXTENSIONS,
        dx_compat_test::EXTENSIONS,
    ];
    [dx_modules::EXTENSION, dx_napi::EXTENSION].into_iter().chain(apis.concat()).collect()
}

fn run_script(
    shard: &Shard,
    program: &Program,
    net_shards: impl IntoIterator<Item = usize>,
) -> Result<(), BoxError> {
    let options = IsolateOptions {
        extensions: extensions(),
        ends_process: true,
        ..IsolateOptions::default()
    };
    let isolate = isolate_on(shard, options, net_shards)?;
    let host = isolate.host();
    program.started.clone().install(host);
    host.state::<Workers>().install(Arc::clone(&program.workers), None);
    if program.graceful {
        isolate.call_prelude("bun/serve-graceful", "install", &[]);
    }
    begin(&isolate, program)?;
    let code = isolate.run();
    program.code.store(code, Ordering::Relaxed);
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
    for kind in 0..=u8::MAX {
        if !(dx_net::kind::FIRST..=dx_net::kind::LAST).contains(&kind) {
            let host = std::rc::Rc::downgrade(host);
            shard.route_events_to(kind, move |event| {
                if let Some(host) = host.upgrade() {
                    host.handle_event(event);
                }
            });
        }
    }
    dx_compat_bun::serve::install(host, shard, net_shards)?;
    let driven = shard.clone();
    isolate.drive_with(move |timeout| match driven.turn(timeout)? {
        RunState::Stopped => Err(std::io::Error::other("the shards have been stopped")),
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
    if flags.iter().any(|flag| flag.starts_with("--expose")) {
        let flags: Vec<_> = flags.iter().map(String::as_str).collect();
        isolate.call_prelude("node/internals/exposed", "expose", &flags);
    }
    match &program.entry {
        Entry::File(file) => {
            let mut arguments = vec![file.as_str(), &directory];
            arguments.extend(program.preload.iter().map(String::as_str));
            isolate.call_prelude("runtime/main", "runMain", &arguments);
        }
        Entry::Code { text, prints } => {
            let path = format!("{}/[eval]", directory.trim_end_matches('/'));
            let text = if *prints { dx_modules::keep_last_value(text) } else { text.clone() };
            isolate.host().state::<dx_modules::ModuleStore>().provide(&path, text);
            let arguments = [path.as_str(), "print"];
            let count = if *prints { 2 } else { 1 };
            isolate.call_prelude("runtime/modules", "runCode", &arguments[..count]);
        }
        Entry::Tests(tests) => {
            dx_compat_test::install(isolate.host(), tests)?;
            isolate.call_prelude("test/main", "start", &[]);
        }
    }
    Ok(())
}
