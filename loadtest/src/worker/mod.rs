//! One generator thread: its reactor, its connections, its share of the load.
//!
//! Everything here runs on one thread and never blocks but in the reactor's turn. Each turn
//! handles what arrived, sends what became due, and ten times a second looks for what took too
//! long. The clock is read once a turn, so handling many responses costs no further readings.

mod connecting;
mod traffic;

use std::{
    collections::VecDeque,
    io,
    net::SocketAddr,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use dx_driver::{Completion, Driver, DriverKind, Epoll, Patience, Token, Uring};
use dx_http::Method;
use dx_mem::PoolOptions;
use dx_reactor::{Event, Reactor};
use dx_sys::clock;

use crate::{
    connection::Connection,
    phase::{Phase, Timeline, nanoseconds},
    reader::HeadCache,
    saturation::{ThreadUsage, Usage},
    schedule::Schedule,
    statistics::Statistics,
};

/// Kinds of this crate's tokens.
const CONNECT: u8 = 1;
const RECEIVE: u8 = 2;
const SEND: u8 = 3;
const CLOSE: u8 = 4;

/// How often timeouts are looked for and progress is told.
const SWEEP_NS: u64 = 100_000_000;

/// What one thread is to do.
#[derive(Clone, Debug)]
pub(crate) struct Share {
    pub(crate) address: SocketAddr,
    pub(crate) method: Method,
    pub(crate) request: Vec<u8>,
    pub(crate) thread: usize,
    pub(crate) threads: usize,
    /// This thread's connections.
    pub(crate) connections: usize,
    pub(crate) pipeline: u32,
    pub(crate) keep_alive: bool,
    /// Requests a second of all threads together.
    pub(crate) rate: Option<f64>,
    pub(crate) warm_up: Duration,
    pub(crate) duration: Option<Duration>,
    /// This thread's requests.
    pub(crate) requests: Option<u64>,
    pub(crate) timeout: Duration,
    pub(crate) driver: Option<DriverKind>,
}

/// What the live line shows; one a thread, written by it ten times a second.
#[derive(Debug, Default)]
pub(crate) struct Progress {
    pub(crate) answered: AtomicU64,
    pub(crate) failed: AtomicU64,
}

/// What one thread did.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) statistics: Statistics,
    pub(crate) usage: ThreadUsage,
    pub(crate) measured_ns: u64,
    pub(crate) driver: DriverKind,
}

/// Opens a driver with a receive buffer for each connection and no more: buffers are used in
/// turn, so a pool larger than needed is a pool that is never in the processor's caches.
fn open_driver(choice: Option<DriverKind>, connections: usize) -> io::Result<Box<dyn Driver>> {
    const BUFFERS_MIN: usize = 16;
    let buffers = connections.clamp(BUFFERS_MIN, usize::from(PoolOptions::BUFFERS));
    let buffers = buffers.next_power_of_two() as u16;
    let pool = PoolOptions { buffers, buffer_bytes: PoolOptions::BUFFER_BYTES };
    match choice {
        Some(DriverKind::Uring) => Ok(Box::new(Uring::with_pool(pool)?)),
        Some(DriverKind::Epoll) => Ok(Box::new(Epoll::with_pool(pool)?)),
        Some(DriverKind::Sim) => Err(io::Error::new(
            io::ErrorKind::Unsupported,
            "the simulation has no servers to load: use DX_DRIVER=uring or epoll",
        )),
        None => match Uring::with_pool(pool) {
            Ok(driver) => Ok(Box::new(driver)),
            Err(_) => Ok(Box::new(Epoll::with_pool(pool)?)),
        },
    }
}

pub(crate) struct Worker<'a> {
    share: Share,
    progress: &'a Progress,
    reactor: Reactor,
    driver: DriverKind,
    /// As many requests as may be sent at once.
    batch: Bytes,
    connections: Vec<Connection>,
    /// Open loop: connections that can take a request, longest free first.
    free: VecDeque<u32>,
    /// Connections to be tried again.
    resting: Vec<u32>,
    schedule: Option<Schedule>,
    timeline: Timeline,
    phase: Phase,
    /// Requests that may still be sent, where their number is given.
    allowance: u64,
    statistics: Statistics,
    cache: HeadCache,
    usage_at_start: Usage,
    usage: ThreadUsage,
    now_ns: u64,
    next_sweep_ns: u64,
    last_answer_ns: u64,
    /// The latency of the answer that came last.
    recent_latency_ns: u64,
    cpu_at_sweep_ns: u64,
    /// Whether the thread was busy enough to wait for several answers at once.
    patient: bool,
}

impl<'a> Worker<'a> {
    /// Opens the driver and, where they are kept, the connections.
    pub(crate) fn new(share: Share, progress: &'a Progress) -> io::Result<Self> {
        let driver = open_driver(share.driver, share.connections)?;
        let kind = driver.kind();
        let reactor = Reactor::new(driver);
        let now_ns = reactor.clock_ns();
        let usage = Usage::now();
        let mut worker = Self {
            progress,
            driver: kind,
            batch: Bytes::from(share.request.repeat(share.pipeline as usize)),
            connections: (0..share.connections).map(|_| Connection::new()).collect(),
            free: VecDeque::new(),
            resting: Vec::new(),
            schedule: None,
            timeline: Timeline::default(),
            phase: Phase::Connecting,
            allowance: u64::MAX,
            statistics: Statistics::new(),
            cache: HeadCache::new(share.method),
            usage_at_start: usage,
            usage: usage.since(usage),
            now_ns,
            next_sweep_ns: now_ns + SWEEP_NS,
            last_answer_ns: now_ns,
            recent_latency_ns: 0,
            cpu_at_sweep_ns: clock::thread_cpu_ns(),
            patient: false,
            reactor,
            share,
        };
        if worker.share.keep_alive {
            worker.open_all()?;
        }
        Ok(worker)
    }

    /// Runs the load to its end.
    pub(crate) fn run(mut self) -> io::Result<Outcome> {
        self.now_ns = self.reactor.clock_ns();
        self.last_answer_ns = self.now_ns;
        self.timeline = Timeline::new(self.now_ns, self.share.warm_up, self.share.duration);
        self.schedule = self
            .share
            .rate
            .map(|rate| Schedule::new(self.now_ns, rate, self.share.thread, self.share.threads));
        self.phase = Phase::WarmUp;
        self.advance_phase();
        self.begin_all();
        while self.phase != Phase::Done {
            self.send_due();
            self.note_turn_time();
            self.turn(self.patience())?;
            self.advance_phase();
        }
        self.finish()
    }

    /// Waits once and handles what came.
    fn turn(&mut self, patience: Duration) -> io::Result<()> {
        self.reactor.turn(Some(patience))?;
        self.now_ns = self.reactor.now_ns();
        while let Some(event) = self.reactor.next_event() {
            if let Event::Completion(completion) = event {
                self.handle(completion);
            }
        }
        if self.now_ns >= self.next_sweep_ns {
            self.next_sweep_ns = self.now_ns + SWEEP_NS;
            self.sweep();
            self.adapt_patience();
            self.tell_progress();
        }
        Ok(())
    }

    /// Closed loop: a busy generator waits for several answers at once, as far as it does not
    /// show in what is measured. One that is faster than the server would otherwise fall asleep
    /// and wake for each answer, which costs more processor time than handling it. The wait is a
    /// small share of the latency seen; where the server is the limit, the answers would have
    /// queued there for as long. A generator with time to spare never waits so.
    fn adapt_patience(&mut self) {
        const BUSY_FROM: f64 = 0.4;
        const BUSY_UNTIL: f64 = 0.25;
        const LATENCY_SHARE: u64 = 16; // 6 % at most, and half of that on average
        const PATIENCE_NS_MAX: u64 = 64_000;
        const CONNECTIONS_SHARE: usize = 8;
        let cpu_ns = clock::thread_cpu_ns();
        let used_ns = cpu_ns - std::mem::replace(&mut self.cpu_at_sweep_ns, cpu_ns);
        let busy = used_ns as f64 / SWEEP_NS as f64;
        let events = (self.connections.len() / CONNECTIONS_SHARE) as u32;
        self.patient = busy > if self.patient { BUSY_UNTIL } else { BUSY_FROM };
        let patience = match self.patient && self.schedule.is_none() && events > 1 {
            true => {
                let longest_ns = (self.recent_latency_ns / LATENCY_SHARE).min(PATIENCE_NS_MAX);
                Patience { events, longest: Duration::from_nanos(longest_ns) }
            }
            false => Patience::NONE,
        };
        self.reactor.with_driver(|driver| driver.set_patience(patience));
    }

    /// How long the next turn may wait.
    fn patience(&self) -> Duration {
        let mut until_ns = self.next_sweep_ns.min(self.timeline.next_ns(self.phase));
        if let Some(schedule) = self.schedule.as_ref().filter(|_| self.phase.sends()) {
            // With every connection busy the next event is an answer, not the schedule.
            if !self.free.is_empty() {
                until_ns = until_ns.min(schedule.next_ns());
            }
        }
        Duration::from_nanos(until_ns.saturating_sub(self.reactor.clock_ns()))
    }

    /// Closed loop: the time it took to handle this turn's responses is time the next waited.
    fn note_turn_time(&mut self) {
        if self.phase == Phase::Measuring && self.schedule.is_none() {
            let lag_ns = self.reactor.clock_ns().saturating_sub(self.now_ns);
            self.statistics.lag.saturating_record(lag_ns.max(1));
        }
    }

    fn advance_phase(&mut self) {
        loop {
            self.phase = match self.phase {
                Phase::WarmUp if self.now_ns >= self.timeline.measure_from_ns => {
                    self.start_measuring();
                    Phase::Measuring
                }
                Phase::Measuring if self.has_measured() => {
                    self.send_due(); // what became due since the last turn is still to be sent
                    self.timeline.drain_from(self.now_ns, self.share.timeout);
                    self.usage = Usage::now().since(self.usage_at_start);
                    Phase::Draining
                }
                Phase::Draining if self.has_drained() => Phase::Done,
                _ => return,
            };
        }
    }

    fn start_measuring(&mut self) {
        self.timeline.measure_from(self.now_ns, self.share.duration);
        self.statistics = Statistics::new();
        if let Some(requests) = self.share.requests {
            // What the warm-up left under way is answered while measuring, and counted.
            self.allowance = requests.saturating_sub(self.in_flight());
        }
        self.usage_at_start = Usage::now();
    }

    fn in_flight(&self) -> u64 {
        self.connections.iter().map(|connection| u64::from(connection.in_flight)).sum()
    }

    fn has_measured(&self) -> bool {
        self.now_ns >= self.timeline.measure_until_ns
            || self.allowance == 0 && self.in_flight() == 0
            || self.share.duration.is_none() && self.is_hopeless()
    }

    /// A run for a number of requests would never end if the server went away.
    fn is_hopeless(&self) -> bool {
        const GRACE_NS: u64 = 1_000_000_000;
        let patience_ns = nanoseconds(self.share.timeout).saturating_add(GRACE_NS);
        self.now_ns.saturating_sub(self.last_answer_ns) > patience_ns
    }

    /// A closed loop leaves what is under way; an open loop waits for it, since leaving it would
    /// leave out the slowest answers.
    fn has_drained(&self) -> bool {
        self.schedule.is_none()
            || self.now_ns >= self.timeline.drain_until_ns
            || self.in_flight() == 0
    }

    fn finish(mut self) -> io::Result<Outcome> {
        self.note_unfinished();
        self.tell_progress();
        for index in 0..self.connections.len() as u32 {
            self.close(index);
        }
        self.reactor.shutdown()?;
        let Timeline { measure_from_ns, measured_until_ns, .. } = self.timeline;
        Ok(Outcome {
            statistics: self.statistics,
            usage: self.usage,
            measured_ns: measured_until_ns.saturating_sub(measure_from_ns),
            driver: self.driver,
        })
    }

    /// Counts what was due and never answered. In an open loop its age is a lower bound of its
    /// latency, and recorded as such.
    fn note_unfinished(&mut self) {
        self.statistics.unfinished = self.in_flight();
        let Some(schedule) = &mut self.schedule else { return };
        let latency = &mut self.statistics.latency;
        for flight in self.connections.iter().flat_map(|connection| &connection.flights) {
            let age_ns = self.now_ns.saturating_sub(flight.due_ns).max(1);
            latency.saturating_record_n(age_ns, u64::from(flight.count));
        }
        if self.share.requests.is_some() {
            return;
        }
        let Timeline { measure_until_ns, measured_until_ns, .. } = self.timeline;
        let last_ns = measure_until_ns.min(measured_until_ns).saturating_sub(1);
        while let Some(due_ns) = schedule.take(last_ns) {
            latency.saturating_record(self.now_ns.saturating_sub(due_ns).max(1));
            self.statistics.unfinished += 1;
        }
    }

    fn tell_progress(&self) {
        let failed = self.statistics.errors.total();
        self.progress.answered.store(self.statistics.requests, Ordering::Relaxed);
        self.progress.failed.store(failed, Ordering::Relaxed);
    }

    fn token(&self, kind: u8, index: u32) -> Token {
        Token::new(kind, self.connections[index as usize].generation, index)
    }

    fn handle(&mut self, completion: Completion) {
        let index = completion.token.index();
        let current = self.connections[index as usize].generation % Token::GENERATIONS;
        if completion.token.generation() != current {
            return; // of a socket that is closed already
        }
        match completion.token.kind() {
            CONNECT => self.connected(index, &completion.result),
            RECEIVE => self.received(index, completion),
            SEND => self.sent(index, &completion.result),
            _ => {}
        }
    }
}
