//! What all parts of one isolate share.

use std::{
    cell::{Cell, OnceCell},
    rc::Rc,
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use dx_jsc::Global;
use dx_ops::{Extension, Host};

use crate::{
    queue::Queue,
    state::{Slot, State},
};

/// The JavaScript functions that native code calls, from bootstrap.js.
pub(crate) struct Entry {
    pub(crate) require: Global,
    pub(crate) settle: Global,
    pub(crate) invoke: Global,
    pub(crate) run_ticks: Global,
    pub(crate) process_rejections: Global,
    pub(crate) report_uncaught: Global,
    pub(crate) run_timers: Global,
    pub(crate) run_immediates: Global,
    pub(crate) make_error: Global,
    pub(crate) before_exit: Global,
    pub(crate) exit_event: Global,
}

/// What an isolate's parts share.
pub(crate) struct Core {
    pub(crate) host: Rc<Host>,
    pub(crate) queue: Rc<Queue>,
    pub(crate) state: State,
    pub(crate) extensions: Vec<Extension>,
    pub(crate) entry: OnceCell<Entry>,
    /// Set when the program asked to end, with its exit code.
    pub(crate) exit: Rc<Exit>,
    /// Set when the engine's own timers have run, which may have queued work.
    pub(crate) engine_timers_ran: Rc<Cell<bool>>,
    clock: Clock,
}

/// Where a program's request to end is noted.
pub(crate) struct Exit {
    pub(crate) code: Cell<Option<i32>>,
    pub(crate) ends_process: bool,
}

/// The loop's time: milliseconds on the monotonic clock, aligned with `Date.now()` at the start.
struct Clock {
    start: Instant,
    start_wall_ms: f64,
}

impl Core {
    pub(crate) fn new(host: Rc<Host>, extensions: Vec<Extension>, ends_process: bool) -> Self {
        Self {
            host,
            queue: Rc::default(),
            state: State::new(),
            extensions,
            entry: OnceCell::new(),
            exit: Rc::new(Exit { code: Cell::new(None), ends_process }),
            engine_timers_ran: Rc::default(),
            clock: Clock { start: Instant::now(), start_wall_ms: wall_ms() },
        }
    }

    /// The loop's time now, in milliseconds.
    pub(crate) fn now_ms(&self) -> f64 {
        self.clock.start.elapsed().as_secs_f64().mul_add(1e3, self.clock.start_wall_ms.fract())
    }

    /// Lets JavaScript compute the loop's time from `Date.now()`, whatever was done to the
    /// wall clock meanwhile. Corrections below two milliseconds are noise and left out.
    pub(crate) fn align_clock(&self) {
        let skew = wall_ms() - self.now_ms();
        let known = self.state.get(Slot::ClockSkew);
        if (skew - known).abs() >= 2.0 {
            self.state.set(Slot::ClockSkew, skew.round());
        }
    }
}

fn wall_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
}
