//! One wait point a shard: driver, timer wheel and local tasks.
//!
//! A shard runs `turn` in a loop and then takes the events the turn brought. A turn hands what
//! was submitted to the driver, waits once, and sorts what came back: completions of the shard's
//! own state machines and due timers become [`Event`]s, completions of tasks wake the tasks,
//! which run before the turn ends. Nothing of the shard is called from inside the wait.
//!
//! Invariants:
//! - a turn does not wait while there is an event to take or a task to run;
//! - no part of the reactor is borrowed while a task or a [`WaitSource`] runs, so both may use
//!   every method but [`Reactor::turn`] and [`Reactor::block_on`];
//! - an operation whose future is dropped is cancelled, and what it may still bring (a socket,
//!   an opened file) is closed.
//!
//! The reactor belongs to the thread that made it. Other threads reach it through
//! [`Reactor::doorbell`] and the wakers of its tasks.

#![forbid(unsafe_code)]

mod lookout;
mod operations;
mod sources;
mod statistics;
mod tasks;
mod wheel;

pub use lookout::Lookout;
pub use operations::{Operating, Steps};
pub use sources::WaitSource;
pub use statistics::Statistics;
pub use tasks::TASK_POLLS_MAX;
pub use wheel::TimerKey;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    future::poll_fn,
    io,
    rc::Rc,
    sync::Arc,
    task::{Poll, Waker},
    time::Duration,
};

use dx_driver::{Completion, Doorbell, Driver, Operation, Token};

use crate::{
    operations::Operations, sources::Sources, statistics::Counters, tasks::Tasks, wheel::Wheel,
};

/// What a turn of the reactor yields to its shard.
#[derive(Debug)]
pub enum Event {
    /// A completion of an operation submitted with [`Reactor::submit`].
    Completion(Completion),
    /// A timer set with [`Reactor::set_timer`] is due.
    Timer(Token),
}

/// Granularity of timers.
pub const TICK_NS: u64 = 1_000_000;

/// What a timer does when it is due.
enum Due {
    Event(Token),
    Wake(Waker),
}

/// A handle to the shard's reactor; clones share it. Never leaves its thread.
#[derive(Clone)]
pub struct Reactor(Rc<Inner>);

struct Inner {
    driver: RefCell<Box<dyn Driver>>,
    /// The shard's completions, not yet taken.
    completions: RefCell<VecDeque<Completion>>,
    /// The shard's timers that are due, not yet taken.
    due: RefCell<VecDeque<Token>>,
    /// What a wait brings, while some of it may be for tasks.
    unsorted: RefCell<VecDeque<Completion>>,
    wheel: RefCell<Wheel<Due>>,
    start_ns: u64,
    now_ns: Cell<u64>,
    doorbell: Arc<dyn Doorbell>,
    tasks: Tasks,
    operations: RefCell<Operations>,
    sources: RefCell<Sources>,
    /// Operations of tasks and sources the driver has.
    reserved_in_flight: Cell<usize>,
    /// Closings nobody waits for so far, to tell their tokens apart.
    closings: Cell<u32>,
    /// Whether the turn under way has made something that is to be looked at at once.
    hurried: Cell<bool>,
    counters: Counters,
}

impl Reactor {
    /// A reactor on `driver`, which has to belong to this thread.
    #[must_use]
    pub fn new(driver: Box<dyn Driver>) -> Self {
        let doorbell = driver.doorbell();
        let start_ns = driver.now_ns();
        Self(Rc::new(Inner {
            driver: RefCell::new(driver),
            completions: RefCell::default(),
            due: RefCell::default(),
            unsorted: RefCell::default(),
            wheel: RefCell::new(Wheel::new()),
            start_ns,
            now_ns: Cell::new(start_ns),
            tasks: Tasks::new(doorbell.clone()),
            doorbell,
            operations: RefCell::default(),
            sources: RefCell::default(),
            reserved_in_flight: Cell::new(0),
            closings: Cell::new(0),
            hurried: Cell::new(false),
            counters: Counters::default(),
        }))
    }

    /// Runs `action` on the driver (to listen, to make sockets, to ask addresses). The action
    /// must not use the reactor.
    pub fn with_driver<R>(&self, action: impl FnOnce(&mut dyn Driver) -> R) -> R {
        action(&mut **self.0.driver.borrow_mut())
    }

    /// Queues an operation whose completion comes back as [`Event::Completion`]. The kind of
    /// `token` has to be below [`Token::RESERVED_KINDS`].
    #[inline]
    pub fn submit(&self, token: Token, operation: Operation) {
        debug_assert!(token.kind() < Token::RESERVED_KINDS);
        self.0.counters.submissions.add(1);
        self.0.driver.borrow_mut().submit(token, operation);
    }

    /// As [`Driver::submit_unhurried`].
    #[inline]
    pub fn submit_unhurried(&self, token: Token, operation: Operation) {
        debug_assert!(token.kind() < Token::RESERVED_KINDS);
        self.0.counters.submissions.add(1);
        self.0.driver.borrow_mut().submit_unhurried(token, operation);
    }

    /// As [`Driver::hurry_sends`].
    pub fn hurry_sends(&self) {
        self.0.driver.borrow_mut().hurry_sends();
    }

    /// As [`Driver::cancel`].
    pub fn cancel(&self, token: Token) {
        self.0.driver.borrow_mut().cancel(token);
    }

    /// Waits once, for at most `timeout`, and not at all where there are events to take or tasks
    /// to run, or one has just ended; then runs the tasks that became ready and queues events. May
    /// return early with neither.
    ///
    /// # Errors
    /// As [`Driver::wait`].
    pub fn turn(&self, timeout: Option<Duration>) -> io::Result<()> {
        let ended = self.0.tasks.ended();
        self.0.hurried.set(false);
        self.run_tasks();
        // A task that ended may have left its caller something to do, who is not kept waiting.
        let hurried = self.0.hurried.get() || self.0.tasks.ended() != ended;
        let timeout = if hurried { Some(Duration::ZERO) } else { timeout };
        let mut timeout = self.timeout(timeout);
        self.prepare_sources(&mut timeout);
        self.wait(timeout)?;
        self.fire_timers();
        self.dispatch_sources();
        self.run_tasks();
        self.0.counters.turns.add(1);
        Ok(())
    }

    /// Keeps the turn under way from waiting: for tasks that leave something to whoever turns the
    /// reactor.
    pub fn hurry(&self) {
        self.0.hurried.set(true);
    }

    /// The next event of the last turn: completions in the order of their arrival, then timers.
    #[inline]
    #[must_use]
    pub fn next_event(&self) -> Option<Event> {
        if let Some(completion) = self.0.completions.borrow_mut().pop_front() {
            return Some(Event::Completion(completion));
        }
        self.0.due.borrow_mut().pop_front().map(Event::Timer)
    }

    /// The time at the last turn in nanoseconds, as [`Driver::now_ns`].
    #[inline]
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        self.0.now_ns.get()
    }

    /// Reads the clock: unlike [`Reactor::now_ns`] it sees time pass within a turn.
    #[must_use]
    pub fn clock_ns(&self) -> u64 {
        self.0.driver.borrow().now_ns()
    }

    /// Fires [`Event::Timer`] with `token` once `deadline_ns` has come, never before it and
    /// within [`TICK_NS`] after it where the shard is idle.
    pub fn set_timer(&self, deadline_ns: u64, token: Token) -> TimerKey {
        self.0.set_due(deadline_ns, Due::Event(token))
    }

    /// Forgets a timer; one that has fired is ignored.
    pub fn cancel_timer(&self, timer: TimerKey) {
        drop(self.0.wheel.borrow_mut().cancel(timer));
    }

    /// Runs a future on this shard; it starts in the next turn.
    pub fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.0.tasks.spawn(Box::pin(task));
    }

    /// Runs `future` as a task and turns until it is done.
    ///
    /// # Errors
    /// As [`Reactor::turn`].
    pub fn block_on<R: 'static>(&self, future: impl Future<Output = R> + 'static) -> io::Result<R> {
        let result = Rc::new(Cell::new(None));
        let slot = result.clone();
        self.spawn(async move { slot.set(Some(future.await)) });
        loop {
            if let Some(result) = result.take() {
                return Ok(result);
            }
            self.turn(None)?;
        }
    }

    /// Submits one operation from a task and waits for its last completion. For operations with
    /// many (accept, receive) see [`Reactor::steps`]. Dropping the future cancels it.
    pub fn operate(&self, operation: Operation) -> Operating {
        Operating::new(self.steps(operation))
    }

    /// Submits one operation from a task, whose completions are taken one by one. Dropping the
    /// steps cancels it.
    pub fn steps(&self, operation: Operation) -> Steps {
        Steps::new(self.clone(), operation)
    }

    /// Waits for `duration`.
    pub async fn sleep(&self, duration: Duration) {
        let nanoseconds = u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX);
        let deadline = self.clock_ns().saturating_add(nanoseconds);
        self.sleep_until(deadline).await;
    }

    /// Waits until [`Reactor::now_ns`] has reached `deadline_ns`.
    pub async fn sleep_until(&self, deadline_ns: u64) {
        let mut timer = operations::SleepTimer::new(self.clone());
        poll_fn(move |context| {
            if self.now_ns() >= deadline_ns {
                return Poll::Ready(());
            }
            timer.set(deadline_ns, context.waker().clone());
            Poll::Pending
        })
        .await;
    }

    /// Lets `source` share the wait from the next turn on.
    pub fn add_source(&self, source: Box<dyn WaitSource>) {
        self.0.sources.borrow_mut().add(source);
    }

    /// A handle by which other threads make the current or next turn return.
    #[must_use]
    pub fn doorbell(&self) -> Arc<dyn Doorbell> {
        self.0.doorbell.clone()
    }

    /// What the reactor has done so far.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.0.counters.read()
    }

    /// Timers set and not yet due, those of sleeping tasks included.
    #[must_use]
    pub fn timers(&self) -> usize {
        self.0.wheel.borrow().len()
    }

    /// Tasks that have not ended.
    #[must_use]
    pub fn tasks(&self) -> usize {
        self.0.tasks.len()
    }

    /// Drops tasks, timers and sources, cancels every operation and waits until the driver has
    /// none in flight. The shard's own completions remain to be taken with
    /// [`Reactor::next_event`]; sockets among them are the shard's to close.
    ///
    /// # Errors
    /// As [`Driver::shutdown`].
    pub fn shutdown(&self) -> io::Result<()> {
        let mut result = Ok(());
        self.0.tasks.clear();
        drop(std::mem::take(&mut *self.0.sources.borrow_mut()));
        *self.0.wheel.borrow_mut() = Wheel::new();
        // Twice: what the first finds may have to be closed.
        for _ in 0..2 {
            let mut unsorted = self.0.unsorted.take();
            result = result.and(self.0.driver.borrow_mut().shutdown(&mut unsorted));
            self.sort(&mut unsorted);
            self.0.unsorted.replace(unsorted);
            let mut last = VecDeque::new();
            result = result.and(self.0.driver.borrow_mut().wait(Some(Duration::ZERO), &mut last));
            self.sort(&mut last);
        }
        result
    }

    /// Queues an operation of the reactor's own.
    fn submit_reserved(&self, token: Token, operation: Operation) {
        self.0.reserved_in_flight.set(self.0.reserved_in_flight.get() + 1);
        self.0.counters.submissions.add(1);
        self.0.driver.borrow_mut().submit(token, operation);
    }

    /// How long this turn may wait.
    fn timeout(&self, asked: Option<Duration>) -> Option<Duration> {
        let inner = &*self.0;
        let busy = !inner.completions.borrow().is_empty()
            || !inner.due.borrow().is_empty()
            || inner.tasks.has_ready();
        if busy || asked == Some(Duration::ZERO) {
            return Some(Duration::ZERO);
        }
        let Some(tick) = inner.wheel.borrow().next_tick() else { return asked };
        let due_ns = inner.start_ns.saturating_add(tick.saturating_mul(TICK_NS));
        let left = Duration::from_nanos(due_ns.saturating_sub(self.clock_ns()));
        Some(asked.map_or(left, |asked| asked.min(left)))
    }

    fn wait(&self, timeout: Option<Duration>) -> io::Result<()> {
        let inner = &*self.0;
        let mut driver = inner.driver.borrow_mut();
        let result = if inner.reserved_in_flight.get() == 0 {
            let mut completions = inner.completions.borrow_mut();
            let before = completions.len();
            let result = driver.wait(timeout, &mut completions);
            inner.counters.completions.add((completions.len() - before) as u64);
            result
        } else {
            let mut unsorted = inner.unsorted.take();
            let result = driver.wait(timeout, &mut unsorted);
            inner.counters.completions.add(unsorted.len() as u64);
            drop(driver);
            self.sort(&mut unsorted);
            driver = inner.driver.borrow_mut();
            inner.unsorted.replace(unsorted);
            result
        };
        inner.now_ns.set(driver.now_ns());
        if timeout != Some(Duration::ZERO) {
            inner.counters.waits.add(1);
        }
        result
    }

    /// Gives each completion to whom it belongs.
    fn sort(&self, unsorted: &mut VecDeque<Completion>) {
        for completion in unsorted.drain(..) {
            match completion.token.kind() {
                kind if kind < Token::RESERVED_KINDS => {
                    self.0.completions.borrow_mut().push_back(completion);
                }
                kind => {
                    if !completion.more {
                        let in_flight = &self.0.reserved_in_flight;
                        in_flight.set(in_flight.get() - 1);
                    }
                    match kind {
                        operations::KIND => self.operation_stepped(completion),
                        sources::KIND => self.0.sources.borrow_mut().fired(completion.token),
                        _ => {}
                    }
                }
            }
        }
    }

    fn fire_timers(&self) {
        let inner = &*self.0;
        let now = inner.now_ns.get().saturating_sub(inner.start_ns) / TICK_NS;
        let mut wheel = inner.wheel.borrow_mut();
        let mut due = inner.due.borrow_mut();
        let before = wheel.len();
        // Waking only queues a task: nothing runs while the wheel is borrowed.
        wheel.advance(now, |what| match what {
            Due::Event(token) => due.push_back(token),
            Due::Wake(waker) => waker.wake(),
        });
        inner.counters.timers.add((before - wheel.len()) as u64);
    }

    fn run_tasks(&self) {
        let polls = self.0.tasks.run();
        self.0.counters.polls.add(polls);
    }
}

impl Inner {
    fn set_due(&self, deadline_ns: u64, what: Due) -> TimerKey {
        let tick = deadline_ns.saturating_sub(self.start_ns).div_ceil(TICK_NS);
        self.wheel.borrow_mut().set(tick, what)
    }
}

impl std::fmt::Debug for Reactor {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Reactor").field("statistics", &self.statistics()).finish()
    }
}
