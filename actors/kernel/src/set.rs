//! Starts the shards of a topology, each on its thread, and joins them.

use std::{
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use dx_driver::Driver;

use crate::{
    ActorSnapshot, CpuSet, Job, Shard, Topology,
    barrier::Barrier,
    directory::Directory,
    mesh::{Bell, Port, mesh},
};

/// An error of a shard's body.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Makes the driver of the shard it is called on.
type DriverFactory = Arc<dyn Fn(usize) -> io::Result<Box<dyn Driver>> + Send + Sync>;
/// What a shard does: set up its actors, [`Shard::synchronize`], [`Shard::run`].
type Body = Arc<dyn Fn(&Shard) -> Result<(), BoxError> + Send + Sync>;

/// How a set is started.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Which shards.
    pub topology: Topology,
    /// Pin each thread to its own processor, where there are at least as many as shards and
    /// more than one shard.
    pub pin: bool,
}

/// Why a set ended badly.
#[derive(Debug)]
pub enum SetError {
    /// A thread could not be started.
    Thread(io::Error),
    /// The driver of this shard could not be made.
    Driver(usize, io::Error),
    /// The body of this shard failed.
    Body(usize, BoxError),
    /// The body of this shard panicked.
    Panicked(usize),
}

impl fmt::Display for SetError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Thread(error) => write!(formatter, "a shard's thread did not start: {error}"),
            Self::Driver(shard, error) => {
                write!(formatter, "the I/O driver of shard {shard} did not start: {error}")
            }
            Self::Body(shard, error) => write!(formatter, "shard {shard} failed: {error}"),
            Self::Panicked(shard) => write!(formatter, "shard {shard} panicked"),
        }
    }
}

impl std::error::Error for SetError {}

/// What the shards of a set share.
pub(crate) struct SetState {
    pub(crate) topology: Topology,
    pub(crate) directory: Directory,
    pub(crate) barrier: Barrier,
    stopping: AtomicBool,
    grace_ms: AtomicU64,
    bells: Vec<Arc<Bell>>,
    first_error: Mutex<Option<SetError>>,
}

impl SetState {
    pub(crate) fn new(topology: Topology, ports: &[Port]) -> Arc<Self> {
        Arc::new(Self {
            topology,
            directory: Directory::default(),
            barrier: Barrier::new(topology.shards()),
            stopping: AtomicBool::new(false),
            grace_ms: AtomicU64::new(0),
            bells: ports.iter().map(|port| Arc::clone(&port.bell)).collect(),
            first_error: Mutex::default(),
        })
    }

    /// The grace period, once the set stops.
    #[inline]
    pub(crate) fn stop_requested(&self) -> Option<Duration> {
        if !self.stopping.load(Ordering::Acquire) {
            return None;
        }
        Some(Duration::from_millis(self.grace_ms.load(Ordering::Relaxed)))
    }

    pub(crate) fn stop(&self, grace: Duration) {
        self.grace_ms.store(grace.as_millis() as u64, Ordering::Relaxed);
        self.stopping.store(true, Ordering::Release);
        self.bells.iter().for_each(|bell| bell.ring());
    }

    fn fail(&self, error: SetError) {
        let mut first = self.first_error.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
        drop(first);
        self.break_off();
    }

    /// Ends the set although not every shard has started.
    fn break_off(&self) {
        self.barrier.break_open();
        self.stop(Duration::ZERO);
    }
}

/// Speaks to a set from any thread.
#[derive(Clone)]
pub struct SetHandle {
    pub(crate) state: Arc<SetState>,
}

impl SetHandle {
    /// Asks every shard to stop: actors hear [`crate::Actor::stopping`], and work that holds a
    /// [`crate::DrainGuard`] may go on for `grace`.
    pub fn stop(&self, grace: Duration) {
        self.state.stop(grace);
    }

    /// What went wrong first on any shard, if anything did: why a set that nobody has stopped
    /// stops.
    #[must_use]
    pub fn failure(&self) -> Option<String> {
        let first = self.state.first_error.lock().unwrap_or_else(PoisonError::into_inner);
        first.as_ref().map(ToString::to_string)
    }

    /// Counters of every actor.
    #[must_use]
    pub fn snapshot(&self) -> Vec<ActorSnapshot> {
        self.state.directory.snapshot()
    }

    /// Runs `job` on shard `index`.
    ///
    /// # Errors
    /// The job, when the shard's queue for outside jobs is full or the shard has ended.
    pub fn post(&self, index: usize, job: Job) -> Result<(), Job> {
        let bell = &self.state.bells[index];
        if bell.outside.is_closed() {
            return Err(job);
        }
        bell.outside.try_push(job)?;
        bell.ring_if_asleep();
        Ok(())
    }
}

/// Running shards.
pub struct ShardSet {
    handle: SetHandle,
    threads: Vec<JoinHandle<()>>,
}

impl ShardSet {
    /// Starts every shard on a thread of its own.
    ///
    /// # Errors
    /// When a thread cannot be started; those that were are stopped and joined.
    pub fn start(
        plan: &Plan,
        drivers: impl Fn(usize) -> io::Result<Box<dyn Driver>> + Send + Sync + 'static,
        body: impl Fn(&Shard) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Result<Self, SetError> {
        let (launch, ports) = Launch::new(plan, Arc::new(drivers), Arc::new(body));
        launch.spawn_all(ports)
    }

    /// Runs shard 0 on the calling thread, which takes its name, and the others on threads of
    /// their own; when shard 0's body returns, all are stopped and joined. Replicas are not
    /// stopped: none serves another, and each ends when its own work does.
    ///
    /// # Errors
    /// The first that went wrong on any shard.
    pub fn run(
        plan: &Plan,
        drivers: impl Fn(usize) -> io::Result<Box<dyn Driver>> + Send + Sync + 'static,
        body: impl Fn(&Shard) -> Result<(), BoxError> + Send + Sync + 'static,
    ) -> Result<(), SetError> {
        let (launch, mut ports) = Launch::new(plan, Arc::new(drivers), Arc::new(body));
        let first = ports.remove(0);
        let set = launch.spawn_all(ports)?;
        if let Ok(name) = std::ffi::CString::new(plan.topology.thread_name(0)) {
            // A name is a help to observers; running without it does no harm.
            let _ = rustix::thread::set_name(&name);
        }
        launch.run_shard(first);
        if !matches!(plan.topology, Topology::Replicated { .. }) {
            set.handle.stop(Duration::ZERO);
        }
        set.join()
    }

    /// Speaks to the set from any thread.
    #[must_use]
    pub fn handle(&self) -> SetHandle {
        self.handle.clone()
    }

    /// Waits until every shard has ended.
    ///
    /// # Errors
    /// The first that went wrong on any shard.
    pub fn join(self) -> Result<(), SetError> {
        for thread in self.threads {
            // A shard's panic is caught on its thread and kept as the set's error.
            let _ = thread.join();
        }
        let state = &self.handle.state;
        match state.first_error.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }
}

/// What a shard's thread needs to start.
#[derive(Clone)]
struct Launch {
    state: Arc<SetState>,
    drivers: DriverFactory,
    body: Body,
    /// Where to pin, when pinning was asked for and makes sense.
    processors: Option<CpuSet>,
}

impl Launch {
    fn new(plan: &Plan, drivers: DriverFactory, body: Body) -> (Self, Vec<Port>) {
        let shards = plan.topology.shards();
        let ports = mesh(shards);
        let state = SetState::new(plan.topology, &ports);
        let processors = CpuSet::current().filter(|set| {
            let enough = set.len() >= shards && shards > 1;
            plan.pin && enough
        });
        (Self { state, drivers, body, processors }, ports)
    }

    fn spawn_all(&self, ports: Vec<Port>) -> Result<ShardSet, SetError> {
        let handle = SetHandle { state: Arc::clone(&self.state) };
        let mut threads = Vec::with_capacity(ports.len());
        for port in ports {
            let launch = self.clone();
            let name = self.state.topology.thread_name(port.index);
            match std::thread::Builder::new().name(name).spawn(move || launch.run_shard(port)) {
                Ok(thread) => threads.push(thread),
                Err(error) => {
                    self.state.break_off();
                    ShardSet { handle, threads }.join()?;
                    return Err(SetError::Thread(error));
                }
            }
        }
        Ok(ShardSet { handle, threads })
    }

    fn run_shard(&self, port: Port) {
        let index = port.index;
        if let Some(cpu) = self.processors.as_ref().and_then(|set| set.nth(index)) {
            // Unpinned is slower, not wrong.
            let _ = CpuSet::pin(cpu);
        }
        let driver = match (self.drivers)(index) {
            Ok(driver) => driver,
            Err(error) => return self.state.fail(SetError::Driver(index, error)),
        };
        let shard = Shard::new(driver, port, Arc::clone(&self.state));
        let outcome = catch_unwind(AssertUnwindSafe(|| (self.body)(&shard)));
        let torn_down = catch_unwind(AssertUnwindSafe(|| shard.tear_down()));
        match (outcome, torn_down) {
            (Ok(Ok(())), Ok(())) => {}
            (Ok(Err(error)), _) => self.state.fail(SetError::Body(index, error)),
            (Err(_), _) | (_, Err(_)) => self.state.fail(SetError::Panicked(index)),
        }
    }
}
