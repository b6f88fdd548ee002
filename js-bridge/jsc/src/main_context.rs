//! The GLib main context a machine's timers run on.
//!
//! FinalizationRegistry callbacks, `WebAssembly.compile` and the collector's timers are sources
//! of the main context that was the thread's default when the machine was made. It is polled
//! within the shard's own wait: [`MainContext::prepare`] says what to wait for and how long,
//! [`MainContext::dispatch`] runs what has become ready.

use std::{marker::PhantomData, time::Duration};

use dx_jsc_sys as sys;

use crate::options;

/// Descriptors a main context may name at once; the engine's has one (its wake-up eventfd).
const DESCRIPTORS_MAX: usize = 8;

/// A descriptor the context waits for, with `poll(2)` event bits.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interest {
    /// The descriptor.
    pub descriptor: i32,
    /// `POLLIN` and friends.
    pub events: u16,
}

/// An own main context, pushed as the thread's default until dropped.
pub struct MainContext {
    raw: *mut sys::GMainContext,
    polled: [sys::GPollFD; DESCRIPTORS_MAX],
    count: usize,
    priority: i32,
    _thread: PhantomData<*const ()>,
}

impl MainContext {
    /// A new context, made the thread's default.
    #[must_use]
    pub fn new() -> Self {
        // SAFETY: plain constructors; the context is acquired by this thread, which keeps it.
        let raw = unsafe {
            let raw = sys::g_main_context_new();
            sys::g_main_context_push_thread_default(raw);
            sys::g_main_context_acquire(raw);
            raw
        };
        let polled = [sys::GPollFD::default(); DESCRIPTORS_MAX];
        Self { raw, polled, count: 0, priority: 0, _thread: PhantomData }
    }

    /// What to wait for: calls `visit` for each descriptor and returns how long the wait may
    /// last (`None`: without end; zero when something is ready already).
    pub fn prepare(&mut self, mut visit: impl FnMut(Interest)) -> Option<Duration> {
        let mut timeout_ms = -1;
        // SAFETY: the context is acquired by this thread; the array holds DESCRIPTORS_MAX.
        let (ready, wanted) = unsafe {
            let ready = sys::g_main_context_prepare(self.raw, &mut self.priority);
            let wanted = sys::g_main_context_query(
                self.raw,
                self.priority,
                &mut timeout_ms,
                self.polled.as_mut_ptr(),
                DESCRIPTORS_MAX as i32,
            );
            (ready != 0, wanted)
        };
        self.count = usize::try_from(wanted).unwrap_or(0).min(DESCRIPTORS_MAX);
        for polled in &self.polled[..self.count] {
            visit(Interest { descriptor: polled.fd, events: polled.events });
        }
        if ready {
            return Some(Duration::ZERO);
        }
        u64::try_from(timeout_ms).ok().map(Duration::from_millis)
    }

    /// Runs what has become ready since [`MainContext::prepare`]. Returns whether anything ran.
    pub fn dispatch(&mut self) -> bool {
        let count = self.count as libc::nfds_t;
        // SAFETY: GPollFD has the layout of pollfd; a zero timeout does not block; check and
        // dispatch follow prepare and query on the same thread.
        unsafe {
            if count > 0 {
                libc::poll(self.polled.as_mut_ptr().cast(), count, 0);
            }
            let ready = sys::g_main_context_check(
                self.raw,
                self.priority,
                self.polled.as_mut_ptr(),
                self.count as i32,
            );
            if ready != 0 {
                options::initialize_main_loop();
                sys::g_main_context_dispatch(self.raw);
            }
            ready != 0
        }
    }
}

impl Default for MainContext {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for MainContext {
    fn drop(&mut self) {
        // SAFETY: undoes what `new` did, in reverse order, on the same thread.
        unsafe {
            sys::g_main_context_release(self.raw);
            sys::g_main_context_pop_thread_default(self.raw);
            sys::g_main_context_unref(self.raw);
        }
    }
}
