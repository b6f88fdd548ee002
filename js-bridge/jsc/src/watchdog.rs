//! A time limit on JavaScript that runs without coming back.
//!
//! The engine calls back when a script has used its share of processor time; the limit must be
//! set again in that call-back, or the script runs on without one.

use std::{ffi::c_void, time::Duration};

use dx_jsc_sys as sys;

use crate::{context::Context, vm::Vm};

/// Processor time that a program which has ended may still use.
const SOON_SECONDS: f64 = 1e-5;

/// What to do with a script that has reached its limit.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// Let it run for another period.
    Continue,
    /// Throw an exception that cannot be caught.
    Terminate,
}

pub(crate) struct Watchdog {
    group: sys::JSContextGroupRef,
    period_seconds: f64,
    judge: Box<dyn FnMut(Context<'_>) -> Verdict>,
}

unsafe extern "C" fn should_terminate(context: sys::JSContextRef, data: *mut c_void) -> bool {
    // SAFETY: the data is the machine's watchdog, alive until the limit is cleared; the engine
    // calls from the machine's own thread, and never recursively.
    let watchdog = unsafe { &mut *data.cast::<Watchdog>() };
    let judge = std::panic::AssertUnwindSafe(|| (watchdog.judge)(Context::from_raw(context)));
    let verdict = std::panic::catch_unwind(judge).unwrap_or(Verdict::Terminate);
    // SAFETY: as above; setting the limit from its own call-back is allowed.
    unsafe { arm(data.cast()) };
    verdict == Verdict::Terminate
}

/// # Safety
/// `watchdog` stays where it is until the limit is cleared.
unsafe fn arm(watchdog: *mut Watchdog) {
    // SAFETY: the group is alive.
    unsafe {
        sys::JSContextGroupSetExecutionTimeLimit(
            (*watchdog).group,
            (*watchdog).period_seconds,
            Some(should_terminate),
            watchdog.cast(),
        );
    }
}

unsafe extern "C" fn terminate(_context: sys::JSContextRef, _data: *mut c_void) -> bool {
    true
}

impl Context<'_> {
    /// Terminates the JavaScript that runs, as soon as the engine looks at its limits. For a
    /// program that has ended: the watchdog is not asked any more.
    pub fn terminate_soon(self) {
        // SAFETY: the group is alive, and the call-back needs no data.
        unsafe {
            let group = sys::JSContextGetGroup(self.raw);
            sys::JSContextGroupSetExecutionTimeLimit(
                group,
                SOON_SECONDS,
                Some(terminate),
                std::ptr::null_mut(),
            );
        }
    }

    /// Lets JavaScript run again after [`Context::terminate_soon`].
    pub fn stop_terminating(self) {
        // SAFETY: the group is alive; after this the engine forgets the call-back.
        unsafe { sys::JSContextGroupClearExecutionTimeLimit(sys::JSContextGetGroup(self.raw)) };
    }
}

impl Vm {
    /// Has `judge` asked every `period` of processor time that JavaScript runs without coming
    /// back to its event loop. Must be set before the code it guards is first called. The judge
    /// may look at the heap, and must not run JavaScript.
    pub fn set_watchdog(
        &self,
        period: Duration,
        judge: impl FnMut(Context<'_>) -> Verdict + 'static,
    ) {
        self.clear_watchdog();
        let mut watchdog = Box::new(Watchdog {
            group: self.group(),
            period_seconds: period.as_secs_f64(),
            judge: Box::new(judge),
        });
        // SAFETY: boxed, and kept by the machine until cleared.
        unsafe { arm(&raw mut *watchdog) };
        *self.watchdog.borrow_mut() = Some(watchdog);
    }

    /// Takes the limit away.
    pub fn clear_watchdog(&self) {
        if self.watchdog.borrow().is_some() {
            // SAFETY: the group is alive; after this the engine forgets the call-back.
            unsafe { sys::JSContextGroupClearExecutionTimeLimit(self.group()) };
            *self.watchdog.borrow_mut() = None;
        }
    }
}
