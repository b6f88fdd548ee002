//! Counters of a reactor.

use std::cell::Cell;

/// What a reactor has done since it was made.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Statistics {
    /// Turns taken.
    pub turns: u64,
    /// Turns that were allowed to wait.
    pub waits: u64,
    /// Operations submitted, those of tasks included.
    pub submissions: u64,
    /// Completions received, those of tasks included.
    pub completions: u64,
    /// Timers that came due.
    pub timers: u64,
    /// Times a task was polled.
    pub polls: u64,
}

#[derive(Default)]
pub(crate) struct Counter(Cell<u64>);

impl Counter {
    #[inline]
    pub(crate) fn add(&self, count: u64) {
        self.0.set(self.0.get() + count);
    }
}

#[derive(Default)]
pub(crate) struct Counters {
    pub(crate) turns: Counter,
    pub(crate) waits: Counter,
    pub(crate) submissions: Counter,
    pub(crate) completions: Counter,
    pub(crate) timers: Counter,
    pub(crate) polls: Counter,
}

impl Counters {
    pub(crate) fn read(&self) -> Statistics {
        Statistics {
            turns: self.turns.0.get(),
            waits: self.waits.0.get(),
            submissions: self.submissions.0.get(),
            completions: self.completions.0.get(),
            timers: self.timers.0.get(),
            polls: self.polls.0.get(),
        }
    }
}
