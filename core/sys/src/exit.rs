//! The end of the process.

/// Ends the process at once: no destructors, no handlers of `atexit`, threads as they stand.
/// What is still in user-space buffers is lost, so the caller has flushed them. Only the low
/// eight bits of `code` reach the parent. A terminal that was set raw is put back.
///
/// The ordinary way out would run the destructors of libraries under their own live threads, and
/// take a runtime apart piece by piece that the kernel frees in one go.
pub fn now(code: i32) -> ! {
    crate::terminal::restore();
    // SAFETY: `_exit` takes any number and does not return.
    unsafe { libc::_exit(code) }
}
