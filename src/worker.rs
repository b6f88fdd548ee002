//! Threads of workers: each a shard of its own, inline, with an isolate on it.
//!
//! A worker has its own reactor and network actor, and its isolate ends with its thread. Where
//! the program's shards are pinned, workers take the processors in turn. The last thing a thread
//! does is to tell its starter the exit code.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicI32, AtomicUsize, Ordering},
    },
};

use dx_compat_node::StartedWith;
use dx_compat_web::worker::{Delivery, Launcher, Start, Workers};
use dx_driver::{DriverKind, probe_and_open};
use dx_kernel::{BoxError, CpuSet, Plan, Shard, ShardSet, Topology};
use dx_modules::{ModuleStore, Wishes};
use dx_runtime::IsolateOptions;

use crate::start::{isolate_on, isolate_options, serve_network};

/// Stack of a worker's thread, in bytes: as much as a main thread commonly has.
const STACK_BYTES: usize = 8 << 20;

/// Exit code of a worker whose isolate could not be made.
const FAILED: i32 = 1;

/// What all workers of a process have from it.
pub(crate) struct Surroundings {
    /// Which driver its shards use.
    pub(crate) driver: Option<DriverKind>,
    /// What it was started with.
    pub(crate) started: StartedWith,
    /// How modules are found and read.
    pub(crate) wishes: Wishes,
    /// The processors it may use, where its shards are pinned.
    pub(crate) processors: Option<CpuSet>,
}

/// What starts the workers of a process.
pub(crate) fn launcher(surroundings: Surroundings) -> Launcher {
    launcher_of(Arc::new(surroundings))
}

fn launcher_of(surroundings: Arc<Surroundings>) -> Launcher {
    Arc::new(move |start| {
        let surroundings = Arc::clone(&surroundings);
        // Here, because the engine's main loop is that of the thread which makes it.
        dx_runtime::initialize_main_loop();
        std::thread::Builder::new()
            .name(format!("dx-worker-{}", start.thread))
            .stack_size(STACK_BYTES)
            .spawn(move || run(&surroundings, start))
    })
}

fn run(surroundings: &Arc<Surroundings>, start: Start) {
    if let Some(processors) = &surroundings.processors {
        pin(processors);
    }
    let code = Arc::new(AtomicI32::new(FAILED));
    // Held to the end, so that the code comes before the channel's close.
    let control = Arc::clone(&start.control);
    let plan = Plan { topology: Topology::Inline, pin: false };
    let choice = surroundings.driver;
    let drivers = move |_index: usize| -> io::Result<_> { Ok(probe_and_open(choice)?.0) };
    let body = {
        let (surroundings, code) = (Arc::clone(surroundings), Arc::clone(&code));
        move |shard: &Shard| run_worker(shard, &surroundings, &start, &code)
    };
    if let Err(error) = ShardSet::run(&plan, drivers, body) {
        eprintln!("error: a worker failed: {error}");
    }
    if let Some(parent) = control.peer() {
        parent.deliver(Delivery::Ended(code.load(Ordering::Relaxed)));
    }
}

fn run_worker(
    shard: &Shard,
    surroundings: &Arc<Surroundings>,
    start: &Start,
    code: &AtomicI32,
) -> Result<(), BoxError> {
    serve_network(shard, 0);
    shard.synchronize()?;
    let options = IsolateOptions { interrupt: Some(start.stop.flag()), ..isolate_options() };
    let isolate = isolate_on(shard, options, [0])?;
    let host = isolate.host();
    surroundings.started.clone().install(host);
    host.state::<ModuleStore>().resolver().configure(surroundings.wishes.clone());
    let workers = launcher_of(Arc::clone(surroundings));
    host.state::<Workers>().install(workers, Some(start.clone()));
    isolate.call_prelude("web/worker/scope", "start", &[]);
    code.store(isolate.run(), Ordering::Relaxed);
    Ok(())
}

/// Pins the thread to the next processor of those the process may use.
fn pin(set: &CpuSet) {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed) % set.len().max(1);
    if let Some(cpu) = set.nth(next) {
        // Unpinned is slower, not wrong.
        let _ = CpuSet::pin(cpu);
    }
}
