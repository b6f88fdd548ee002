//! What all parts of one isolate share.

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell},
    rc::Rc,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use dx_jsc::{Context, Global, Local};
use dx_ops::{Extension, Host};

use crate::{
    call_limits::CallLimits,
    isolate::IsolateOptions,
    limits::TurnStart,
    operations,
    queue::Queue,
    state::{Slot, State},
};

/// The JavaScript functions that native code calls, from bootstrap.js.
pub(crate) struct Entry {
    pub(crate) need: Global,
    pub(crate) run_alone: Global,
    pub(crate) run_ticks: Global,
}

/// Those of core.js.
pub(crate) struct Late {
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
    /// Names and modules of the globals in turn, each followed by a space.
    pub(crate) globals: Cow<'static, str>,
    pub(crate) entry: OnceCell<Entry>,
    /// Set when something first needs it: see [`Core::late`].
    pub(crate) late: OnceCell<Late>,
    /// Set when the engine's own timers have run, which may have queued work.
    pub(crate) engine_timers_ran: Rc<Cell<bool>>,
    /// The round of the shard that drives the isolate, where one does.
    pub(crate) turn: OnceCell<Box<DriveTurn>>,
    /// When JavaScript began to run, for the watchdog.
    pub(crate) turn_start: TurnStart,
    /// The limits of the call that runs.
    pub(crate) call_limits: CallLimits,
    clock: Clock,
}

/// Waits once, at most as long as it is told, and handles what has come.
pub(crate) type DriveTurn = dyn Fn(Option<Duration>) -> std::io::Result<()>;

/// The loop's time: milliseconds on the monotonic clock, aligned with `Date.now()` at the start.
struct Clock {
    start: Instant,
    start_wall_ms: f64,
}

impl Core {
    pub(crate) fn new(host: Rc<Host>, options: IsolateOptions) -> Self {
        let mut extensions = vec![operations::EXTENSION];
        extensions.extend(options.extensions);
        let globals = options.globals.map_or_else(|| gathered(&extensions).into(), Cow::Borrowed);
        let state = State::new();
        let reactor = host.reactor().clone();
        Self {
            host,
            queue: Rc::new(Queue::new(state.clone(), reactor, options.ends_process)),
            state,
            extensions,
            globals,
            entry: OnceCell::new(),
            late: OnceCell::new(),
            engine_timers_ran: Rc::default(),
            turn: OnceCell::new(),
            turn_start: TurnStart::new(),
            call_limits: CallLimits::default(),
            clock: Clock { start: Instant::now(), start_wall_ms: wall_ms() },
        }
    }

    /// The functions of core.js, which is evaluated first where it has not been yet.
    pub(crate) fn late<'vm>(&self, context: Context<'vm>) -> Result<&Late, Local<'vm>> {
        if self.late.get().is_none()
            && let Some(entry) = self.entry.get()
        {
            context.call(entry.need.get(context), &[])?;
        }
        self.late.get().ok_or_else(|| context.error("The runtime has not been set up"))
    }

    /// The globals by name, each with its module.
    pub(crate) fn global_words(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut words = self.globals.split_terminator(' ');
        std::iter::from_fn(move || words.next().zip(words.next()))
    }

    /// The loop's time now, in milliseconds.
    pub(crate) fn now_ms(&self) -> f64 {
        // Not a fused multiplication: where the processor may lack one, a function does it.
        self.clock.start.elapsed().as_secs_f64() * 1e3 + self.clock.start_wall_ms.fract()
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

/// What [`dx_ops::globals_text`] makes, of extensions that are known at run time only.
fn gathered(extensions: &[Extension]) -> String {
    let globals = extensions.iter().flat_map(|extension| extension.globals);
    globals.flat_map(|global| [global.name, " ", global.module, " "]).collect()
}

fn wall_ms() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1e3)
}
