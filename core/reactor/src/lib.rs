//! One wait point a shard: driver, timer wheel and local tasks.

use std::{io, time::Duration};

use dx_driver::{Completion, Driver, Operation, Token};

/// What a turn of the reactor yields to its shard.
#[derive(Debug)]
pub enum Event {
    /// A completion of an operation submitted with [`Reactor::submit`].
    Completion(Completion),
    /// A timer set with [`Reactor::set_timer`] is due.
    Timer(Token),
}

/// A handle to the shard's reactor; clones share it. Never leaves its thread.
#[derive(Clone)]
pub struct Reactor {}

/// Names a timer, to cancel it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TimerKey(u64);

impl Reactor {
    /// A reactor on `driver`.
    #[must_use]
    pub fn new(_driver: Box<dyn Driver>) -> Self {
        Self {}
    }
    /// Runs `action` on the driver (to listen, to make sockets, to ask addresses).
    pub fn with_driver<R>(&self, _action: impl FnOnce(&mut dyn Driver) -> R) -> R {
        unimplemented!()
    }
    /// Queues an operation whose completion comes back as [`Event::Completion`].
    pub fn submit(&self, _token: Token, _operation: Operation) {}
    /// As [`Driver::cancel`].
    pub fn cancel(&self, _token: Token) {}
    /// Waits once, runs the tasks that became ready, queues events.
    ///
    /// # Errors
    /// As [`Driver::wait`].
    pub fn turn(&self, _timeout: Option<Duration>) -> io::Result<()> {
        Ok(())
    }
    /// The next event of the last turn.
    #[must_use]
    pub fn next_event(&self) -> Option<Event> {
        None
    }
    /// The time at the last turn, as [`Driver::now_ns`].
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        0
    }
    /// Fires [`Event::Timer`] with `token` once `deadline_ns` has come (granularity 1 ms).
    pub fn set_timer(&self, _deadline_ns: u64, _token: Token) -> TimerKey {
        TimerKey(0)
    }
    /// Forgets a timer; one that has fired is ignored.
    pub fn cancel_timer(&self, _timer: TimerKey) {}
    /// Runs a future on this shard.
    pub fn spawn(&self, _task: impl Future<Output = ()> + 'static) {}
    /// Submits one operation from a task and waits for its last completion.
    pub async fn operate(&self, _operation: Operation) -> Completion {
        unimplemented!()
    }
    /// Waits for `duration`.
    pub async fn sleep(&self, _duration: Duration) {}
}
