//! Engine options and signals: process-wide, set once before the first machine is made.

use std::sync::Once;

use dx_jsc_sys as sys;

/// The real-time signal the collector suspends threads with, out of the way of `SIGUSR1` and
/// `SIGUSR2`, which belong to programs.
const COLLECTOR_SIGNAL_OFFSET: i32 = 8;

static INITIALIZED: Once = Once::new();

/// What the heap takes before its first collection, and at least between two, in bytes. The
/// engine's own figure, 1 MiB, has a program that loads a few dozen modules collect several times
/// before it begins.
const HEAP_BEFORE_COLLECTION: u32 = 4 << 20;

/// Sets the engine's options; the first call counts, later ones do nothing.
pub fn initialize() {
    INITIALIZED.call_once(|| {
        // SAFETY: no machine exists yet, which is all these calls ask for; the option name is a
        // C string, and an unknown option is refused with a return value.
        unsafe {
            sys::JSConfigureSignalForGC(libc::SIGRTMIN() + COLLECTOR_SIGNAL_OFFSET);
            sys::jsc_options_set_boolean(c"useSharedArrayBuffer".as_ptr(), 1);
            sys::jsc_options_set_uint(c"smallHeapSize".as_ptr(), HEAP_BEFORE_COLLECTION);
        }
    });
}

/// Gives the engine its main run loop, on this thread and its default main context.
///
/// A full collection started by the engine's own timer looks at the memory pressure handler,
/// which takes the main run loop for granted; the C API never makes one, and the process would
/// end with a segmentation fault. Called after the first machine's context has been pushed.
pub(crate) fn initialize_main_loop() {
    static MAIN_LOOP: Once = Once::new();
    MAIN_LOOP.call_once(|| {
        // SAFETY: the mangled name is that of a function without parameters or result, which
        // may be called once per process; where it is missing nothing is called.
        unsafe {
            let name = c"_ZN3WTF20initializeMainThreadEv";
            let found = libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr());
            if !found.is_null() {
                std::mem::transmute::<*mut libc::c_void, unsafe extern "C" fn()>(found)();
            }
        }
    });
}
