//! The memory of `SharedArrayBuffer`s, handed from one machine to another.
//!
//! The C API knows nothing of shared memory. The library exports the function by which its own
//! structured clone lets a second buffer share the contents of a first; what no name can tell
//! (where a buffer object keeps its contents, and these their count of references) is checked on
//! a buffer of known size the first time, and where it does not hold nothing is shared.

#![allow(unsafe_code)]

use std::{
    ffi::c_void,
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use dx_jsc_sys as sys;

use crate::{
    context::Context,
    fast::symbol,
    value::{Local, Type},
};

/// Words of a native copy of `JSC::ArrayBufferContents`, more than it has.
const CONTENTS_WORDS: usize = 16;
/// Where a `JSArrayBuffer` points to its `ArrayBuffer`, in words.
const CELL_BUFFER: usize = 2;
/// Where an `ArrayBuffer` has its contents, in words.
const BUFFER_CONTENTS: usize = 2;
/// Where contents have their first byte, what is shared, and their length.
const CONTENTS_DATA: usize = 0;
const CONTENTS_SHARED: usize = 2;
const CONTENTS_LENGTH: usize = 4;

/// Length of the buffer the layout is checked on.
const PROBE_BYTES: usize = 12_344;

/// `bool JSC::ArrayBuffer::shareWith(ArrayBufferContents&)`
type ShareBuffer = unsafe extern "C" fn(this: *mut c_void, into: *mut c_void) -> bool;
/// `void JSC::ArrayBufferContents::shareWith(ArrayBufferContents&)`
type ShareContents = unsafe extern "C" fn(this: *mut c_void, into: *mut c_void);
type IsShared = unsafe extern "C" fn(cell: *const c_void) -> bool;
type Release = unsafe extern "C" fn(what: *mut c_void);

struct Functions {
    share_buffer: ShareBuffer,
    share_contents: ShareContents,
    is_shared: IsShared,
    destroy: Release,
    free: Release,
}

/// The contents of a shared buffer, alive as long as this is.
pub struct SharedContents {
    words: Box<[u64; CONTENTS_WORDS]>,
}

// SAFETY: the words are written once; what they point to is counted atomically and meant to be
// shared between threads.
unsafe impl Send for SharedContents {}
// SAFETY: as above.
unsafe impl Sync for SharedContents {}

macro_rules! find {
    ($type:ty, $name:literal) => {
        symbol(concat!($name, "\0")).map(|found| {
            // SAFETY: the mangled name holds the parameter types of the function pointer type.
            unsafe { std::mem::transmute::<*mut c_void, $type>(found) }
        })
    };
}

fn find() -> Option<Functions> {
    Some(Functions {
        share_buffer: find!(
            ShareBuffer,
            "_ZN3JSC11ArrayBuffer9shareWithERNS_19ArrayBufferContentsE"
        )?,
        share_contents: find!(ShareContents, "_ZN3JSC19ArrayBufferContents9shareWithERS0_")?,
        is_shared: find!(IsShared, "_ZNK3JSC13JSArrayBuffer8isSharedEv")?,
        destroy: find!(Release, "_ZN3JSC25SharedArrayBufferContentsD1Ev")?,
        free: find!(Release, "_ZN3WTF8fastFreeEPv")?,
    })
}

/// The functions, where they and the layout hold.
fn functions(context: Context<'_>) -> Option<&'static Functions> {
    static FUNCTIONS: OnceLock<Option<Functions>> = OnceLock::new();
    FUNCTIONS.get_or_init(|| find().filter(|found| layout_holds(context, found))).as_ref()
}

/// Contents of a buffer object that is known to be shared.
///
/// # Safety
/// `cell` is a live `JSArrayBuffer` of the layout that was checked.
unsafe fn share(found: &Functions, cell: *const u64) -> Option<SharedContents> {
    let mut words = Box::new([0_u64; CONTENTS_WORDS]);
    // SAFETY: the caller vouches for the cell; empty contents are all zero.
    let shared = unsafe {
        let buffer = *cell.add(CELL_BUFFER) as *mut c_void;
        (found.share_buffer)(buffer, words.as_mut_ptr().cast())
    };
    let contents = SharedContents { words };
    (shared && contents.words[CONTENTS_SHARED] != 0).then_some(contents)
}

/// Makes a shared buffer of a known length and looks for it where it should be.
fn layout_holds(context: Context<'_>, found: &Functions) -> bool {
    let source = format!("new SharedArrayBuffer({PROBE_BYTES})");
    let Ok(probe) = context.evaluate(&source, "dx:shared-memory", 1) else { return false };
    if context.type_of(probe) != Type::Object || !is_buffer(context, probe) {
        return false;
    }
    let mut exception = std::ptr::null();
    // SAFETY: a buffer object, alive on the stack; its first words are read as the engine itself
    // lays out every object, and each pointer is compared before it is followed.
    unsafe {
        let object = probe.raw.cast_mut();
        let bytes =
            sys::JSObjectGetArrayBufferBytesPtr(context.raw, object, &raw mut exception) as u64;
        let cell = probe.raw.cast::<u64>();
        let buffer = *cell.add(CELL_BUFFER);
        if bytes == 0 || buffer == 0 || buffer % 8 != 0 || !(found.is_shared)(cell.cast()) {
            return false;
        }
        let contents = (buffer as *const u64).add(BUFFER_CONTENTS);
        let expected = *contents.add(CONTENTS_DATA) == bytes
            && *contents.add(CONTENTS_LENGTH) == PROBE_BYTES as u64;
        if !expected {
            return false;
        }
        let Some(shared) = share(found, cell) else { return false };
        let counted = shared.words[CONTENTS_SHARED];
        let count = (*(counted as *const AtomicU32)).load(Ordering::Relaxed);
        shared.words[CONTENTS_DATA] == bytes
            && shared.words[CONTENTS_LENGTH] == PROBE_BYTES as u64
            && counted == *contents.add(CONTENTS_SHARED)
            && count == 2
    }
}

/// Whether a value is a buffer object, shared or not.
fn is_buffer(context: Context<'_>, value: Local<'_>) -> bool {
    let mut exception = std::ptr::null();
    // SAFETY: the value is alive.
    let kind = unsafe { sys::JSValueGetTypedArrayType(context.raw, value.raw, &raw mut exception) };
    kind == sys::kJSTypedArrayTypeArrayBuffer
}

impl<'vm> Context<'vm> {
    /// The contents of a `SharedArrayBuffer`; `None` for anything else, and where the engine's
    /// library is not the one this was written for.
    #[must_use]
    pub fn shared_contents(self, value: Local<'vm>) -> Option<SharedContents> {
        let found = functions(self)?;
        if self.type_of(value) != Type::Object || !is_buffer(self, value) {
            return None;
        }
        // SAFETY: a buffer object, alive, of the layout that was checked.
        unsafe {
            (found.is_shared)(value.raw.cast())
                .then(|| share(found, value.raw.cast::<u64>()))
                .flatten()
        }
    }

    /// A `SharedArrayBuffer` over contents of another machine's.
    #[must_use]
    pub fn shared_buffer(self, contents: &SharedContents) -> Option<Local<'vm>> {
        let found = functions(self)?;
        let made = self.evaluate("new SharedArrayBuffer(0)", "dx:shared-memory", 1).ok()?;
        if self.type_of(made) != Type::Object || !is_buffer(self, made) {
            return None;
        }
        // SAFETY: a buffer object that nobody else has seen, of the layout that was checked; the
        // contents it had are released by the assignment.
        unsafe {
            let cell = made.raw.cast::<u64>();
            if !(found.is_shared)(cell.cast()) {
                return None;
            }
            let into = (*cell.add(CELL_BUFFER) as *mut u64).add(BUFFER_CONTENTS);
            let own = contents.words.as_ptr().cast_mut().cast();
            (found.share_contents)(own, into.cast());
            (*into.add(CONTENTS_SHARED) == contents.words[CONTENTS_SHARED]).then_some(made)
        }
    }
}

impl Drop for SharedContents {
    fn drop(&mut self) {
        let shared = self.words[CONTENTS_SHARED];
        let found = find();
        let (Some(found), true) = (found, shared != 0) else { return };
        // SAFETY: this holds one of the references counted in the first word, as was checked; who
        // takes the last one away destroys what is counted.
        unsafe {
            if (*(shared as *const AtomicU32)).fetch_sub(1, Ordering::AcqRel) == 1 {
                (found.destroy)(shared as *mut c_void);
                (found.free)(shared as *mut c_void);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::Vm;

    #[test]
    fn two_machines_see_one_memory_that_outlives_the_first() {
        let (to_other, from_first) = std::sync::mpsc::channel();
        let first = std::thread::spawn(move || {
            let vm = Vm::new().unwrap();
            vm.enter(|context| {
                let source = "const s = new SharedArrayBuffer(16); new Int32Array(s)[1] = 42; s";
                let Ok(buffer) = context.evaluate(source, "first.js", 1) else { panic!("thrown") };
                to_other.send(context.shared_contents(buffer)).unwrap();
            });
        });
        first.join().unwrap();
        let contents = from_first.recv().unwrap();
        let vm = Vm::new().unwrap();
        vm.enter(|context| {
            let contents = contents.expect("the engine's library is the one known");
            let buffer = context.shared_buffer(&contents).expect("a buffer");
            context.set(context.global(), "shared", buffer).ok().unwrap();
            drop(contents);
            let source = "new Int32Array(shared)[1] + shared.byteLength";
            let sum = context.evaluate(source, "second.js", 1).ok();
            assert_eq!(sum.and_then(|sum| context.as_number(sum)), Some(58.0));
        });
    }
}
