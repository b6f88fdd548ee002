//! Limits that a program sets to calls of its own, as node:vm does: time, and `SIGINT`.
//!
//! The engine can end a program as a whole only: what it has terminated once it terminates again,
//! until JavaScript has been left altogether. So the called code asks whether it is over.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use dx_jsc::{Context, Invocation, Local, NativeResult};
use dx_sys::signal::Caught;

use crate::core::Core;

/// Number of `SIGINT`.
const INTERRUPT: i32 = 2;

/// The limits of the innermost call that has any.
#[derive(Default)]
pub(crate) struct CallLimits {
    deadline: Cell<Option<Instant>>,
    /// Where an interrupt ends the call.
    interrupt: RefCell<Option<Caught>>,
}

/// Why a limited call has ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ended {
    ByItself = 0,
    OverTime = 1,
    Interrupted = 2,
}

impl CallLimits {
    fn verdict(&self) -> Ended {
        if self.interrupt.borrow().as_ref().is_some_and(Caught::has_come) {
            return Ended::Interrupted;
        }
        match self.deadline.get() {
            Some(deadline) if Instant::now() >= deadline => Ended::OverTime,
            _ => Ended::ByItself,
        }
    }
}

/// A function about limits of calls.
type LimitFunction = for<'vm> fn(&Core, &mut Invocation<'vm>) -> NativeResult<'vm>;

/// Adds the functions to the module `runtime/engine`.
pub(crate) fn install<'vm>(
    context: Context<'vm>,
    engine: Local<'vm>,
    core: &Rc<Core>,
) -> Result<(), Local<'vm>> {
    let functions = [("runLimited", run_limited as LimitFunction), ("isOver", is_over)];
    for (name, run) in functions {
        let core = Rc::clone(core);
        let function = context.function(name, move |invocation| run(&core, invocation));
        context.set(engine, name, function)?;
    }
    Ok(())
}

/// `runLimited(function, milliseconds, isInterruptible)`: calls the function; 0 where it came to
/// its end in time, 1 where its time is over, 2 where `SIGINT` has come. What it throws is thrown
/// where it ended by itself. A time that is not finite is no limit.
fn run_limited<'vm>(core: &Core, invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let context = invocation.context;
    let limits = &core.call_limits;
    let time = context.as_number(invocation.argument(1)).filter(|time| time.is_finite());
    let time = time.map(|milliseconds| Duration::from_secs_f64(milliseconds.max(0.0) / 1e3));
    let own = time.and_then(|time| Instant::now().checked_add(time));
    let outer = limits.deadline.get();
    limits.deadline.set(own.into_iter().chain(outer).min());
    let is_interruptible = context.to_boolean(invocation.argument(2));
    let outer_interrupt =
        is_interruptible.then(|| limits.interrupt.replace(dx_sys::signal::catch(INTERRUPT).ok()));
    let outcome = context.call(invocation.argument(0), &[]);
    let ended = match limits.verdict() {
        // An outer call's, whose turn comes.
        Ended::OverTime if own.is_none_or(|own| Instant::now() < own) => Ended::ByItself,
        ended => ended,
    };
    limits.deadline.set(outer);
    if let Some(outer) = outer_interrupt {
        // The own one goes first: what was before it is put back.
        drop(limits.interrupt.take());
        *limits.interrupt.borrow_mut() = outer;
    }
    if ended == Ended::ByItself {
        outcome?;
    }
    Ok(context.number(f64::from(ended as u8)))
}

/// `isOver()`: whether the innermost limited call is over.
fn is_over<'vm>(core: &Core, invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    Ok(invocation.context.boolean(core.call_limits.verdict() != Ended::ByItself))
}
