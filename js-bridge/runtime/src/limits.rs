//! Limits on a program: how long it may run without coming back to its event loop, and how much
//! its heap may hold.
//!
//! The engine asks a judge every [`PERIOD`] of processor time while JavaScript runs; a program
//! over a limit is ended with an exception it cannot catch, and its isolate's loop with it, while
//! other isolates go on. The heap's limit is soft: it is looked at now and then, so a program can
//! pass it for a moment; a heap that is truly exhausted aborts the process inside the engine.

use std::{
    cell::Cell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use dx_jsc::{Context, Verdict, Vm};

use crate::queue::Queue;

/// How often the judge is asked, in processor time of the program.
const PERIOD: Duration = Duration::from_millis(50);

/// Looking at the heap walks all of it: at most this part of the time goes into that.
const HEAP_LOOK_SHARE: u32 = 20;

/// Exit code of a program that was ended.
const EXIT_CODE: i32 = 1;

/// What a program may use. Without limits nothing is watched, and nothing costs.
#[derive(Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Longest time JavaScript may run without coming back to the event loop.
    pub time: Option<Duration>,
    /// Most bytes the heap and the buffers it owns may hold.
    pub heap_bytes: Option<usize>,
}

/// When the current turn of JavaScript began; shared with the judge.
#[derive(Clone)]
pub(crate) struct TurnStart(Rc<Cell<Instant>>);

impl TurnStart {
    pub(crate) fn new() -> Self {
        Self(Rc::new(Cell::new(Instant::now())))
    }

    /// JavaScript begins to run.
    pub(crate) fn mark(&self) {
        self.0.set(Instant::now());
    }
}

struct Judge {
    limits: Limits,
    queue: Rc<Queue>,
    start: TurnStart,
    next_heap_look: Instant,
    interrupt: Option<Arc<AtomicBool>>,
}

impl Limits {
    /// Whether anything is limited.
    pub(crate) fn are_set(&self) -> bool {
        self.time.is_some() || self.heap_bytes.is_some()
    }

    /// Watches the programs of `vm`, which `interrupt` ends.
    pub(crate) fn watch(
        self,
        vm: &Vm,
        queue: &Rc<Queue>,
        start: &TurnStart,
        interrupt: Option<Arc<AtomicBool>>,
    ) {
        if !self.are_set() && interrupt.is_none() {
            return;
        }
        let mut judge = Judge {
            limits: self,
            queue: Rc::clone(queue),
            start: start.clone(),
            next_heap_look: Instant::now(),
            interrupt,
        };
        let period = self.time.map_or(PERIOD, |time| time.min(PERIOD));
        vm.set_watchdog(period, move |context| judge.verdict(context));
    }
}

impl Judge {
    fn verdict(&mut self, context: Context<'_>) -> Verdict {
        if self.queue.is_terminated() {
            return Verdict::Terminate;
        }
        if self.interrupt.as_ref().is_some_and(|flag| flag.load(Ordering::Acquire)) {
            self.queue.terminate(EXIT_CODE);
            return Verdict::Terminate;
        }
        let Some(reason) = self.over_time().or_else(|| self.over_heap(context)) else {
            return Verdict::Continue;
        };
        eprintln!("error: {reason}");
        self.queue.terminate(EXIT_CODE);
        Verdict::Terminate
    }

    fn over_time(&self) -> Option<String> {
        let limit = self.limits.time?;
        (self.start.0.get().elapsed() > limit)
            .then(|| format!("The program ran for more than {limit:?} without a pause"))
    }

    fn over_heap(&mut self, context: Context<'_>) -> Option<String> {
        let limit = self.limits.heap_bytes?;
        let begin = Instant::now();
        if begin < self.next_heap_look {
            return None;
        }
        let heap = context.heap_statistics();
        self.next_heap_look = Instant::now() + begin.elapsed() * HEAP_LOOK_SHARE;
        let held = heap.size + heap.extra;
        (held > limit).then(|| {
            format!("The program's heap holds {held} bytes, more than its limit of {limit}")
        })
    }
}
