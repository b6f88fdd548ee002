//! Numbers that JavaScript and native code share without calls: a `Float64Array` over cells.
//!
//! The slots are named again in js-bridge/prelude/js (bootstrap.js, timers.js, errors.js).

use std::{cell::Cell, rc::Rc};

/// A slot of the shared state.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(usize)]
pub(crate) enum Slot {
    /// What to subtract from `Date.now()` to get the loop's time, in milliseconds.
    ClockSkew = 0,
    /// When the next timer is due, in the loop's time; infinite while there is none.
    Deadline = 1,
    /// Timers that keep the loop alive.
    TimerReferences = 2,
    /// Immediates that wait.
    Immediates = 3,
    /// 1 while the nextTick queue holds something.
    Ticks = 4,
    /// 1 while rejections wait to be reported.
    Rejections = 5,
    /// 1 once an uncaught error was printed.
    #[allow(dead_code)] // JavaScript alone uses it
    Failed = 6,
    /// Immediates that keep the loop alive.
    ImmediateReferences = 7,
    /// 1 once the program has ended: no further call-back may run.
    Ended = 8,
}

/// Number of slots.
const SLOTS: usize = 9;

/// The shared numbers.
#[derive(Clone)]
pub(crate) struct State {
    cells: Rc<[Cell<f64>]>,
}

impl State {
    pub(crate) fn new() -> Self {
        let cells: Rc<[Cell<f64>]> = (0..SLOTS).map(|_| Cell::new(0.0)).collect();
        let state = Self { cells };
        state.set(Slot::Deadline, f64::INFINITY);
        state
    }

    pub(crate) fn cells(&self) -> Rc<[Cell<f64>]> {
        Rc::clone(&self.cells)
    }

    pub(crate) fn get(&self, slot: Slot) -> f64 {
        self.cells[slot as usize].get()
    }

    pub(crate) fn set(&self, slot: Slot, value: f64) {
        self.cells[slot as usize].set(value);
    }

    pub(crate) fn is_set(&self, slot: Slot) -> bool {
        self.get(slot) != 0.0
    }
}
