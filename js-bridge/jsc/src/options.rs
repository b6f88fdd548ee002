//! Engine options and signals: process-wide, set once before the first machine is made.

use std::sync::Once;

use dx_jsc_sys as sys;

/// The real-time signal the collector suspends threads with, out of the way of `SIGUSR1` and
/// `SIGUSR2`, which belong to programs.
const COLLECTOR_SIGNAL_OFFSET: i32 = 8;

static INITIALIZED: Once = Once::new();

/// Sets the engine's options; the first call counts, later ones do nothing.
pub fn initialize() {
    INITIALIZED.call_once(|| {
        // SAFETY: no machine exists yet, which is all these calls ask for; the option name is a
        // C string, and an unknown option is refused with a return value.
        unsafe {
            sys::JSConfigureSignalForGC(libc::SIGRTMIN() + COLLECTOR_SIGNAL_OFFSET);
            sys::jsc_options_set_boolean(c"useSharedArrayBuffer".as_ptr(), 1);
        }
    });
}
