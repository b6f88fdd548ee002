//! The simulation: a driver whose network, files and clock are made up, and whose faults follow
//! from a seed.
//!
//! Everything happens inside [`Driver::wait`]: operations that can go on do, in an order the
//! dice decide; completions come when their time has come; where there is nothing else to do,
//! simulated time jumps to what happens next. The outside acts between waits through a
//! [`SimHandle`]: it connects, sends at whatever boundaries it likes, reads, resets.
//!
//! Invariants:
//! - the same seed, options and sequence of calls give the same run, to the last completion
//!   ([`SimStatistics::trace`] is equal);
//! - the completions of one operation keep their order, those of different ones need not;
//! - a descriptor number is above every real one, so that the two are never mistaken.
//!
//! It belongs to one thread, the handle too. Waiting for ever for nothing returns at once and is
//! counted, unless there is something outside ([`SimOptions::outside`]); then simulated time
//! keeps pace with real time.

mod disk;
mod faults;
mod gate;
mod handle;
mod network;
mod operate;
mod reality;
mod world;

pub use faults::Faults;
pub use handle::{SimClient, SimHandle, SimListener};
pub use world::SimStatistics;

use std::{
    cell::RefCell,
    collections::VecDeque,
    io,
    net::SocketAddr,
    rc::Rc,
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant},
};

use dx_mem::PoolOptions;

use crate::{
    Completion, Descriptor, Doorbell, Driver, DriverKind, ListenOptions, Operation, Token,
};
use world::World;

/// The environment variable with the seed of a simulation that is not given one.
pub(crate) const SEED_VARIABLE: &str = "DX_SIM_SEED";
/// The environment variable with the faults of such a simulation: `none`, `gentle` or `harsh`.
pub(crate) const FAULTS_VARIABLE: &str = "DX_SIM_FAULTS";
/// The environment variable that says whose files it has: `simulated` or `real`.
pub(crate) const FILES_VARIABLE: &str = "DX_SIM_FILES";

/// How long a wait itself takes, in simulated time.
const WAIT_NS: u64 = 1_000;
/// What a wait for ever for nothing takes before it returns.
const IDLE: Duration = Duration::from_millis(1);

/// What a simulation is like.
#[derive(Clone, Copy, Debug)]
pub struct SimOptions {
    /// Where the dice start.
    pub seed: u64,
    /// What goes wrong.
    pub faults: Faults,
    /// Receive buffers.
    pub pool: PoolOptions,
    /// Bytes that may be on their way to one end of a connection.
    pub pipe_bytes: usize,
    /// Operations that start in one wait; later ones start in the next.
    pub submissions_a_wait: usize,
    /// Completions that one wait brings.
    pub completions_a_wait: usize,
    /// Open descriptors at most; one more is `EMFILE`.
    pub descriptors: usize,
    /// Bytes that all files together may hold; more is `ENOSPC`.
    pub disk_bytes: u64,
    /// What there is beside the simulation; `None` for nothing.
    pub outside: Option<Outside>,
}

/// What there is beside a simulation that a whole program runs on: other threads, which may ring
/// the doorbell; real descriptors, such as pipes; the machine's network, which reaches simulated
/// listeners and is reached where the simulated one has nobody at an address.
#[derive(Clone, Copy, Debug)]
pub struct Outside {
    /// Whether paths name the machine's files instead of simulated ones. They suffer delays,
    /// interruptions and short reads.
    pub real_files: bool,
}

impl SimOptions {
    /// A simulation with this seed in which nothing goes wrong.
    #[must_use]
    pub fn calm(seed: u64) -> Self {
        Self {
            seed,
            faults: Faults::none(),
            pool: PoolOptions { buffers: 512, buffer_bytes: 4096 },
            pipe_bytes: 256 * 1024,
            submissions_a_wait: 1024,
            completions_a_wait: 4096,
            descriptors: 1 << 16,
            disk_bytes: 1 << 30,
            outside: None,
        }
    }

    /// A simulation with small and full queues and [`Faults::gentle`].
    #[must_use]
    pub fn gentle(seed: u64) -> Self {
        Self {
            faults: Faults::gentle(),
            pool: PoolOptions { buffers: 64, buffer_bytes: 4096 },
            pipe_bytes: 16 * 1024,
            submissions_a_wait: 16,
            completions_a_wait: 32,
            ..Self::calm(seed)
        }
    }

    /// As [`SimOptions::gentle`] with [`Faults::harsh`].
    #[must_use]
    pub fn harsh(seed: u64) -> Self {
        Self { faults: Faults::harsh(), ..Self::gentle(seed) }
    }

    /// What the environment asks for.
    ///
    /// # Errors
    /// `InvalidInput` with a message for the user.
    pub(crate) fn from_environment() -> io::Result<Self> {
        let refuse = |text: String| Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        let seed = match std::env::var(SEED_VARIABLE) {
            Err(_) => 0,
            Ok(text) => match text.parse() {
                Ok(seed) => seed,
                Err(_) => return refuse(format!("{SEED_VARIABLE} is '{text}', not a number")),
            },
        };
        let options = match std::env::var(FAULTS_VARIABLE).as_deref() {
            Err(_) | Ok("" | "none") => Self::calm(seed),
            Ok("gentle") => Self::gentle(seed),
            Ok("harsh") => Self::harsh(seed),
            Ok(text) => {
                let values = "none, gentle or harsh";
                return refuse(format!("{FAULTS_VARIABLE} is '{text}', but must be {values}"));
            }
        };
        let real_files = match std::env::var(FILES_VARIABLE).as_deref() {
            Err(_) | Ok("" | "simulated") => false,
            Ok("real") => true,
            Ok(text) => {
                let values = "simulated or real";
                return refuse(format!("{FILES_VARIABLE} is '{text}', but must be {values}"));
            }
        };
        let pool = PoolOptions::default();
        Ok(Self { outside: Some(Outside { real_files }), pool, ..options })
    }
}

/// Wakes a simulation that waits for the outside.
#[derive(Default)]
struct SimBell {
    rung: Mutex<bool>,
    changed: Condvar,
}

impl SimBell {
    fn take(&self) -> bool {
        std::mem::take(&mut *self.rung.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits in real time until rung; how long.
    fn wait(&self, longest: Duration) -> Duration {
        let start = Instant::now();
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.changed.wait_timeout_while(rung, longest, |rung| !*rung);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
        start.elapsed().min(longest)
    }
}

impl Doorbell for SimBell {
    fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }
}

/// The simulated driver of one shard.
pub struct Sim {
    world: Rc<RefCell<World>>,
    bell: Arc<SimBell>,
    has_outside: bool,
    has_own_files: bool,
}

impl Sim {
    /// A simulation.
    ///
    /// # Errors
    /// As `mmap(2)` for its receive buffers; `EINVAL` for a pool out of bounds.
    pub fn new(options: SimOptions) -> io::Result<Self> {
        let world = Rc::new(RefCell::new(World::new(&options)?));
        let bell = Arc::default();
        let has_own_files = options.outside.is_none_or(|outside| !outside.real_files);
        Ok(Self { world, bell, has_outside: options.outside.is_some(), has_own_files })
    }

    /// A simulation with [`SimOptions::gentle`].
    ///
    /// # Errors
    /// As [`Sim::new`].
    pub fn from_seed(seed: u64) -> io::Result<Self> {
        Self::new(SimOptions::gentle(seed))
    }

    /// What acts as the outside.
    #[must_use]
    pub fn handle(&self) -> SimHandle {
        SimHandle::new(Rc::clone(&self.world))
    }

    /// Lets time pass until `until_ns`, or the bell rings; whether it rang.
    fn pass_time(&self, until_ns: u64) -> bool {
        let mut world = self.world.borrow_mut();
        if !self.has_outside {
            world.now_ns = world.now_ns.max(until_ns);
            return false;
        }
        let left = Duration::from_nanos(until_ns.saturating_sub(world.now_ns));
        // Descriptors of the real system may become ready meanwhile.
        let step = if world.watches_reality() { left.min(IDLE) } else { left };
        drop(world);
        let passed = self.bell.wait(step);
        self.world.borrow_mut().now_ns += passed.as_nanos() as u64;
        self.bell.take()
    }
}

impl Driver for Sim {
    fn kind(&self) -> DriverKind {
        DriverKind::Sim
    }

    fn listen(&mut self, address: SocketAddr, options: &ListenOptions) -> io::Result<Descriptor> {
        self.world.borrow_mut().listen(address, options)
    }

    fn socket(&mut self, _peer: SocketAddr) -> io::Result<Descriptor> {
        self.world.borrow_mut().socket()
    }

    fn local_address(&self, socket: Descriptor) -> io::Result<SocketAddr> {
        self.world.borrow().addresses(socket).map(|(local, _)| local)
    }

    fn peer_address(&self, socket: Descriptor) -> io::Result<SocketAddr> {
        let peer = self.world.borrow().addresses(socket)?.1;
        peer.ok_or_else(|| io::Error::from_raw_os_error(libc::ENOTCONN))
    }

    fn submit(&mut self, token: Token, operation: Operation) {
        self.world.borrow_mut().submit(token, operation);
    }

    fn cancel(&mut self, token: Token) {
        self.world.borrow_mut().cancel(token);
    }

    fn wait(
        &mut self,
        timeout: Option<Duration>,
        completions: &mut VecDeque<Completion>,
    ) -> io::Result<()> {
        let mut world = self.world.borrow_mut();
        if world.begin_wait(WAIT_NS) {
            return Ok(());
        }
        let deadline_ns = timeout.map(|timeout| {
            world.now_ns.saturating_add(timeout.as_nanos().try_into().unwrap_or(u64::MAX))
        });
        drop(world);
        loop {
            let mut world = self.world.borrow_mut();
            let progress = world.look_outside()? | world.attempt_all();
            let delivered = world.deliver(completions);
            let now_ns = world.now_ns;
            let due = deadline_ns.is_some_and(|deadline_ns| now_ns >= deadline_ns);
            if delivered > 0 || due || self.bell.take() {
                return Ok(());
            }
            if progress {
                continue;
            }
            let next_ns = match (world.next_event_ns(), deadline_ns) {
                (Some(event_ns), Some(deadline_ns)) => event_ns.min(deadline_ns),
                (Some(next_ns), None) | (None, Some(next_ns)) => next_ns,
                (None, None) => now_ns + IDLE.as_nanos() as u64,
            };
            let for_nothing = deadline_ns.is_none() && world.next_event_ns().is_none();
            world.statistics.idle_waits += u64::from(for_nothing);
            drop(world);
            if self.pass_time(next_ns) || (for_nothing && !self.has_outside) {
                return Ok(());
            }
        }
    }

    fn in_flight(&self) -> usize {
        self.world.borrow().in_flight()
    }

    fn buffers_free(&self) -> usize {
        self.world.borrow().buffers_free()
    }

    fn has_own_files(&self) -> bool {
        self.has_own_files
    }

    fn doorbell(&self) -> Arc<dyn Doorbell> {
        Arc::clone(&self.bell) as Arc<dyn Doorbell>
    }

    fn now_ns(&self) -> u64 {
        self.world.borrow().now_ns
    }

    fn shutdown(&mut self, completions: &mut VecDeque<Completion>) -> io::Result<()> {
        self.world.borrow_mut().shut_down(completions)
    }
}

impl std::fmt::Debug for Sim {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let world = self.world.borrow();
        formatter.debug_struct("Sim").field("statistics", &world.statistics).finish()
    }
}
