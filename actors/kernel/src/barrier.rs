//! A barrier that a failing shard can break, so that the others do not wait for ever.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

#[derive(Default)]
struct State {
    arrived: usize,
    round: usize,
    broken: bool,
}

pub(crate) struct Barrier {
    parties: usize,
    state: Mutex<State>,
    changed: Condvar,
}

impl Barrier {
    pub(crate) fn new(parties: usize) -> Self {
        Self { parties, state: Mutex::default(), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until every party has come; whether they all did.
    pub(crate) fn wait(&self) -> bool {
        let mut state = self.lock();
        state.arrived += 1;
        if state.arrived == self.parties {
            state.arrived = 0;
            state.round += 1;
            self.changed.notify_all();
            return !state.broken;
        }
        let round = state.round;
        while state.round == round && !state.broken {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        !state.broken
    }

    /// A party will not come any more: everyone goes on, and is told so.
    pub(crate) fn break_open(&self) {
        self.lock().broken = true;
        self.changed.notify_all();
    }
}
