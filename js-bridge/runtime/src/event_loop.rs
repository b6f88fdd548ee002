//! The event loop: immediates, timers, answers, batches, then the reactor's wait.
//!
//! Every call-back is followed by the nextTick queue, microtasks, and the reports of rejections
//! nobody handled, in this order. Immediates and timers run theirs inside JavaScript, one call
//! of native code for all; answers of operations are delivered together and followed once.

use std::time::Duration;

use dx_jsc::{Context, Global, Local};

use crate::{
    convert::Outcome,
    core::{Core, Late},
    isolate::Isolate,
    queue::Answer,
    state::Slot,
};

/// Answers delivered in one call of JavaScript; three values each lie on the stack.
const ANSWERS_A_CALL: usize = 32;

/// Batches taken from one source in a turn before others have theirs.
const BATCHES_A_TURN: usize = 8;

/// How a turn of the event loop left it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// More is to come.
    Alive,
    /// Nothing keeps the loop alive.
    Idle,
    /// The program asked to end with this code.
    Exited(i32),
}

impl Isolate {
    /// Runs the event loop until nothing keeps it alive or the program ends itself, with the
    /// events `beforeExit` and `exit`. Returns the exit code.
    #[must_use]
    pub fn run(&self) -> i32 {
        loop {
            match self.turn() {
                Turn::Alive => {}
                Turn::Exited(code) => return code,
                Turn::Idle => {
                    if let Some(code) = self.before_exit() {
                        return code;
                    }
                }
            }
        }
    }

    /// The loop has run dry: `beforeExit` may add work; otherwise the program ends.
    fn before_exit(&self) -> Option<i32> {
        // A program that never asked for more than the first script has no events.
        if let Some(late) = self.core.late.get() {
            self.vm.enter(|context| {
                if let Err(error) = context.call(late.before_exit.get(context), &[]) {
                    self.report(context, error);
                }
                self.after_callback(context);
            });
        }
        if let Some(code) = self.core.queue.exit_code() {
            return Some(code);
        }
        (!self.is_alive()).then(|| self.exit_event())
    }

    fn exit_event(&self) -> i32 {
        let Some(late) = self.core.late.get() else { return 0 };
        self.vm.enter(|context| match context.call(late.exit_event.get(context), &[]) {
            Ok(code) => context.as_number(code).map_or(0, |code| code as i32),
            Err(_) => 1,
        })
    }

    /// One turn: runs what is due, then waits for the reactor.
    #[must_use]
    pub fn turn(&self) -> Turn {
        if let Some(code) = self.core.queue.exit_code() {
            return Turn::Exited(code);
        }
        self.core.align_clock();
        self.vm.enter(|context| self.run_due(context));
        if let Some(code) = self.core.queue.exit_code() {
            return Turn::Exited(code);
        }
        let alive = self.is_alive();
        let mut timeout = if alive { self.timeout() } else { Some(Duration::ZERO) };
        // Free memory that is kept for a while goes back in time, whatever the program waits for.
        if dx_sys::heap::has_unused() {
            let kept_for = dx_sys::heap::KEPT_FOR;
            timeout = Some(timeout.map_or(kept_for, |timeout| timeout.min(kept_for)));
        }
        self.wait(timeout);
        dx_sys::heap::release_unused();
        if alive || self.is_alive() { Turn::Alive } else { Turn::Idle }
    }

    fn run_due(&self, context: Context<'_>) {
        let core = &self.core;
        core.turn_start.mark();
        // Immediates that keep nothing alive are not run for their own sake.
        if core.state.is_set(Slot::Immediates) && self.is_held() {
            self.run_list(context, |late| &late.run_immediates);
        }
        if core.now_ms() >= core.state.get(Slot::Deadline) {
            self.run_list(context, |late| &late.run_timers);
        }
        for deliver in [Self::deliver_answers, Self::deliver_calls, Self::deliver_batches] {
            if self.core.queue.exit_code().is_none() {
                deliver(self, context);
            }
        }
    }

    /// Calls a function that runs a list of call-backs; as long as it answers `false`, it needs
    /// native code to run the microtasks between two of them.
    fn run_list(&self, context: Context<'_>, which: fn(&Late) -> &Global) {
        loop {
            match self.call_late(context, which, &[]) {
                Ok(finished) if context.to_boolean(finished) => return,
                Ok(_) => self.after_callback(context),
                Err(error) => {
                    self.report(context, error);
                    self.after_callback(context);
                    return;
                }
            }
            if self.core.queue.exit_code().is_some() {
                return;
            }
        }
    }

    fn deliver_answers(&self, context: Context<'_>) {
        let answers = self.core.queue.take_answers();
        if answers.is_empty() {
            return;
        }
        let mut answers = answers.into_iter();
        while answers.len() > 0 {
            let mut arguments = [context.undefined(); ANSWERS_A_CALL * 3];
            let mut count = 0;
            for Answer { id, answer } in answers.by_ref().take(ANSWERS_A_CALL) {
                let (ok, value) = answer_value(&self.core, context, answer);
                arguments[count] = context.number(f64::from(id));
                arguments[count + 1] = context.boolean(ok);
                arguments[count + 2] = value;
                count += 3;
            }
            let settled = self.call_late(context, |late| &late.settle, &arguments[..count]);
            if let Err(error) = settled {
                self.report(context, error);
            }
        }
        self.after_callback(context);
    }

    fn deliver_calls(&self, context: Context<'_>) {
        for call in self.core.queue.take_calls() {
            let mut arguments = [context.undefined(); ARGUMENTS_MAX + 1];
            arguments[0] = self.core.queue.held(context, &call.function);
            let count = call.arguments.len().min(ARGUMENTS_MAX);
            for (place, value) in arguments[1..].iter_mut().zip(call.arguments) {
                *place = self.core.to_local(context, value).unwrap_or_else(|error| error);
            }
            let invoked = self.call_late(context, |late| &late.invoke, &arguments[..=count]);
            if let Err(error) = invoked {
                self.report(context, error);
            }
            self.after_callback(context);
        }
    }

    fn deliver_batches(&self, context: Context<'_>) {
        let mut index = 0;
        while let Some(registration) = self.core.host.registration(index) {
            index += 1;
            for _ in 0..BATCHES_A_TURN {
                let count = registration.source.take();
                if count == 0 {
                    break;
                }
                let function = self.core.queue.held(context, &registration.function);
                if let Err(error) = context.call(function, &[context.number(f64::from(count))]) {
                    self.report(context, error);
                }
                self.after_callback(context);
                registration.source.flush();
            }
            // What other call-backs of this turn have written leaves with it.
            registration.source.flush();
        }
    }

    /// What follows a call-back: nextTicks, microtasks, reports of rejections.
    pub(crate) fn after_callback(&self, context: Context<'_>) {
        let state = &self.core.state;
        while self.core.queue.exit_code().is_none() {
            if state.is_set(Slot::Ticks) {
                self.run_ticks(context);
            }
            self.drain_microtasks(context);
            if state.is_set(Slot::Ticks) {
                continue;
            }
            if !state.is_set(Slot::Rejections) {
                return;
            }
            let reported = self.call_late(context, |late| &late.process_rejections, &[]);
            if let Err(error) = reported {
                self.report(context, error);
            }
        }
    }

    /// Calls a function of core.js.
    fn call_late<'vm>(
        &self,
        context: Context<'vm>,
        which: fn(&Late) -> &Global,
        arguments: &[Local<'vm>],
    ) -> Outcome<'vm> {
        let late = self.core.late(context)?;
        context.call(which(late).get(context), arguments)
    }

    /// Runs the nextTick queue and microtasks; the first script knows of the latter only.
    fn run_ticks(&self, context: Context<'_>) {
        let late = self.core.late.get().map(|late| &late.run_ticks);
        let run = late.unwrap_or(&self.entry().run_ticks);
        if let Err(error) = context.call(run.get(context), &[]) {
            self.report(context, error);
        }
    }

    /// Runs microtasks, inside a call of JavaScript: the engine would set itself up anew for each
    /// that runs by itself (its dates too), several times the work of an `await`. Under limits its
    /// clock would also start anew, and endless ones would never be over time.
    fn drain_microtasks(&self, context: Context<'_>) {
        self.run_ticks(context);
        if !context.drain_microtasks() {
            self.vm.release_briefly();
        }
    }

    /// Whether anything keeps the loop alive.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.is_held() || !self.core.queue.is_empty()
    }

    /// Whether it stays alive behind what is queued for this turn.
    fn is_held(&self) -> bool {
        let state = &self.core.state;
        state.is_set(Slot::TimerReferences)
            || state.is_set(Slot::ImmediateReferences)
            || state.is_set(Slot::Ticks)
            || self.core.queue.awaited() > 0
            || self.core.host.kept_alive() > 0
    }

    /// How long the wait may last; `None` for as long as it takes.
    fn timeout(&self) -> Option<Duration> {
        let state = &self.core.state;
        if state.is_set(Slot::Immediates) || !self.core.queue.is_empty() {
            return Some(Duration::ZERO);
        }
        let deadline = state.get(Slot::Deadline);
        if deadline.is_infinite() {
            return None;
        }
        let left_ms = (deadline - self.core.now_ms()).max(0.0);
        Some(Duration::try_from_secs_f64(left_ms / 1e3).unwrap_or(Duration::from_secs(3600)))
    }

    /// Waits by the shard that drives the isolate, or by the reactor alone.
    fn turn_shard(&self, timeout: Option<Duration>) -> std::io::Result<()> {
        if let Some(turn) = self.core.turn.get() {
            return turn(timeout);
        }
        let reactor = self.core.host.reactor();
        reactor.turn(timeout)?;
        while let Some(event) = reactor.next_event() {
            self.core.host.handle_event(event);
        }
        Ok(())
    }

    /// Has the isolate wait by `turn` (a round of the shard it lives on) instead of by its
    /// reactor alone; whoever gives it hands the host the events that are the host's. The first
    /// one given stays.
    pub fn drive_with(&self, turn: impl Fn(Option<Duration>) -> std::io::Result<()> + 'static) {
        let _ = self.core.turn.set(Box::new(turn));
    }

    fn wait(&self, timeout: Option<Duration>) {
        if let Err(error) = self.turn_shard(timeout) {
            eprintln!("error: the I/O driver failed: {error}");
            self.core.host.exit(1);
            return;
        }
        if self.core.engine_timers_ran.replace(false) {
            self.vm.enter(|context| self.after_callback(context));
        }
    }
}

/// Arguments of a queued call that reach JavaScript.
const ARGUMENTS_MAX: usize = 16;

fn answer_value<'vm>(
    core: &Core,
    context: Context<'vm>,
    answer: Result<dx_ops::Value, dx_ops::Exception>,
) -> (bool, Local<'vm>) {
    match answer {
        Ok(value) => match core.to_local(context, value) {
            Ok(value) => (true, value),
            Err(error) => (false, error),
        },
        Err(exception) => (false, core.error(context, &exception)),
    }
}
