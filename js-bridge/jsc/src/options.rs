//! Engine options and signals: process-wide, set once before the first machine is made.

use std::{
    ffi::{CStr, OsStr, c_int},
    os::unix::ffi::OsStrExt as _,
    sync::Once,
};

use dx_jsc_sys as sys;

/// The real-time signal the collector suspends threads with, out of the way of `SIGUSR1` and
/// `SIGUSR2`, which belong to programs.
const COLLECTOR_SIGNAL_OFFSET: i32 = 8;

/// How long the engine's allocator keeps a page it does not use, in nanoseconds, as the library
/// has it.
const PAGES_KEPT_BY_DEFAULT: u64 = 300_000_000;

/// The same, as it is here. A program that compiles or collects comes back to most of its pages
/// within seconds: giving them away before cost a run of the TypeScript compiler a third more page
/// faults and a tenth of its time.
const PAGES_KEPT: u64 = 5_000_000_000;

static INITIALIZED: Once = Once::new();

/// Up to how many processors the optimizing compilers are held back. Their threads are no help
/// to a program that has to give way to them.
const FEW_PROCESSORS: i32 = 2;

/// How often a function runs, loops counted, before the optimizing compilers take it up where
/// processors are few: twice the engine's own figures for the first of them, four times for the
/// other. A program that ends within seconds, such as a compiler or a linter, does not get back
/// what they cost from what runs less often; one that goes on is there a moment later.
const THRESHOLDS: [(&CStr, c_int); 3] = [
    (c"thresholdForOptimizeAfterWarmUp", 2_000),
    (c"thresholdForOptimizeAfterLongWarmUp", 2_000),
    (c"thresholdForFTLOptimizeAfterWarmUp", 256_000),
];

/// What the heap takes before its first collection, and at least between two, in bytes. The
/// engine's own figure, 1 MiB, has a program that loads a few dozen modules collect several times
/// before it begins.
const HEAP_BEFORE_COLLECTION: u32 = 4 << 20;

/// What the engine has and keeps to itself unless asked: shared memory, `Iterator.concat`, `chunks`
/// and `windows`. Of what else it has, `Temporal` is an old draft's, without `ZonedDateTime`, and
/// `ShadowRealm` crashes in contexts of the C API.
const PROPOSALS: [&CStr; 3] =
    [c"useSharedArrayBuffer", c"useIteratorSequencing", c"useIteratorChunking"];

/// Sets the engine's options; the first call counts, later ones do nothing.
pub fn initialize() {
    INITIALIZED.call_once(|| {
        // SAFETY: no machine exists yet, which is all these calls ask for; the option name is a
        // C string, and an unknown option is refused with a return value.
        unsafe {
            sys::JSConfigureSignalForGC(libc::SIGRTMIN() + COLLECTOR_SIGNAL_OFFSET);
            for name in PROPOSALS {
                sys::jsc_options_set_boolean(name.as_ptr(), 1);
            }
            sys::jsc_options_set_uint(c"smallHeapSize".as_ptr(), HEAP_BEFORE_COLLECTION);
        }
        hold_compilers_back();
        mark_alone();
        keep_pages();
    });
}

/// Has the optimizing compilers take up less where processors are few, by [`THRESHOLDS`]; a figure
/// that the environment gives counts.
fn hold_compilers_back() {
    if processors() > FEW_PROCESSORS {
        return;
    }
    for (name, value) in THRESHOLDS {
        let variable = [b"JSC_", name.to_bytes()].concat();
        if std::env::var_os(OsStr::from_bytes(&variable)).is_none() {
            // SAFETY: no machine exists yet; the name is a C string, and an unknown one is refused
            // with a return value.
            unsafe { sys::jsc_options_set_int(name.as_ptr(), value) };
        }
    }
}

/// Has the collector mark without helpers where there is one processor, which they would only have
/// to give way to each other on.
fn mark_alone() {
    if processors() == 1 && std::env::var_os("JSC_numberOfGCMarkers").is_none() {
        // SAFETY: as `hold_compilers_back`.
        unsafe { sys::jsc_options_set_uint(c"numberOfGCMarkers".as_ptr(), 1) };
    }
}

/// How many processors this process may run on.
fn processors() -> c_int {
    // SAFETY: a set of zeros is a value of the type; the call writes no more than its size.
    unsafe {
        let mut set: libc::cpu_set_t = std::mem::zeroed();
        match libc::sched_getaffinity(0, size_of_val(&set), &mut set) {
            0 => libc::CPU_COUNT(&set),
            _ => c_int::MAX,
        }
    }
}

/// Has the engine's allocator wait longer before it gives pages back to the system; leaves it alone
/// where the library does not export the figure, or has another than the one known.
fn keep_pages() {
    // SAFETY: the name is that of a variable of eight bytes, which only the allocator's own thread
    // reads, once in a tenth of a second; that thread does not run before there is a machine.
    unsafe {
        let name = c"pas_scavenger_max_epoch_delta";
        let found = libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()).cast::<u64>();
        if !found.is_null() && found.is_aligned() && found.read() == PAGES_KEPT_BY_DEFAULT {
            found.write(PAGES_KEPT);
        }
    }
}

/// Gives the engine its main run loop, on this thread and its default main context.
///
/// A full collection started by the engine's own timer looks at the memory pressure handler,
/// which takes the main run loop for granted; the C API never makes one, and the process would
/// end with a segmentation fault. Called on the first machine's thread once its context has been
/// pushed, but not before it is needed, which most short programs never do: by the first of the
/// engine's timers, or before a second machine is made.
pub fn initialize_main_loop() {
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

#[cfg(test)]
mod tests {
    use super::{PAGES_KEPT, initialize};

    /// Says when a new engine's allocator is another; nothing else breaks when it is.
    #[test]
    fn the_allocator_keeps_pages_as_long_as_it_is_told() {
        initialize();
        // SAFETY: a variable of eight bytes, which nothing writes any more.
        let kept = unsafe {
            let name = c"pas_scavenger_max_epoch_delta";
            libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()).cast::<u64>().as_ref().copied()
        };
        assert_eq!(kept, Some(PAGES_KEPT));
    }
}
