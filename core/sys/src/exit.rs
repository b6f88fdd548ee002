//! The end of the process.

use std::sync::OnceLock;

static LAST: OnceLock<fn()> = OnceLock::new();

/// Has `last` called before the process ends by [`now`]; the first one given stays.
pub fn set_last(last: fn()) {
    let _first = LAST.set(last);
}

/// Ends the process at once: no destructors, no handlers of `atexit`, threads as they stand.
/// What is still in user-space buffers is lost, so the caller has flushed them. Only the low
/// eight bits of `code` reach the parent. A terminal that was set raw is put back.
///
/// The ordinary way out would run the destructors of libraries under their own live threads, and
/// take a runtime apart piece by piece that the kernel frees in one go.
pub fn now(code: i32) -> ! {
    if let Some(last) = LAST.get() {
        last();
    }
    crate::terminal::restore();
    // SAFETY: `_exit` takes any number and does not return.
    unsafe { libc::_exit(code) }
}
