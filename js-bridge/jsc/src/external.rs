//! 8-bit strings that keep the vector they came in: `WTF::ExternalStringImpl`.
//!
//! The engine takes a `WTF::Function`, a pointer to an object with a C++ virtual table, and calls
//! it once, on whatever thread drops the last reference, to free the characters. The table is
//! built here. Tried on a known value the first time; where that fails, strings are copied.

use std::{
    ffi::c_void,
    sync::atomic::{AtomicU8, Ordering},
};

use dx_jsc_sys as sys;

use crate::{
    fast::{self, Characters, StringImpl},
    large::Owned,
};

/// A C++ virtual table in the Itanium ABI, from its address point on.
#[repr(C)]
struct VirtualTable {
    destroy: unsafe extern "C" fn(*mut Release),
    destroy_and_free: unsafe extern "C" fn(*mut Release),
    call: unsafe extern "C" fn(*mut Release, *mut c_void, *mut c_void, u32),
}

/// The callable object: frees the vector when destroyed.
#[repr(C)]
struct Release {
    table: &'static VirtualTable,
    bytes: Option<Owned>,
}

static TABLE: VirtualTable = VirtualTable { destroy, destroy_and_free, call };

unsafe extern "C" fn destroy(release: *mut Release) {
    // SAFETY: the engine destroys the object once; its memory stays.
    unsafe { (*release).bytes = None };
}

unsafe extern "C" fn destroy_and_free(release: *mut Release) {
    // SAFETY: the object was boxed here, and the engine deletes it once.
    drop(unsafe { Box::from_raw(release) });
}

/// The request to free the characters; the object's destruction follows and does it.
unsafe extern "C" fn call(_: *mut Release, _: *mut c_void, _: *mut c_void, _: u32) {}

const UNTRIED: u8 = 0;
const WORKS: u8 = 1;
const FAILS: u8 = 2;
static STATE: AtomicU8 = AtomicU8::new(UNTRIED);

/// A string implementation over `bytes`, with one reference; gives them back where that cannot
/// be.
pub(crate) fn implementation(bytes: Vec<u8>) -> Result<*const StringImpl, Vec<u8>> {
    if is_known() { create(bytes) } else { Err(bytes) }
}

/// An API string over Latin-1 text that lives for ever; null where that cannot be.
pub(crate) fn immortal_api_string(text: &'static [u8]) -> sys::JSStringRef {
    let made = is_known().then(|| create_over(text.as_ptr(), text.len(), || None)).flatten();
    made.map_or(std::ptr::null_mut(), api_string)
}

/// Whether such strings can be made, tried when first asked for.
fn is_known() -> bool {
    if STATE.load(Ordering::Relaxed) == UNTRIED {
        let state = if works() { WORKS } else { FAILS };
        STATE.store(state, Ordering::Relaxed);
    }
    STATE.load(Ordering::Relaxed) == WORKS
}

/// An API string that takes over the implementation's reference; null where memory is short.
pub(crate) fn api_string(mut implementation: *const StringImpl) -> sys::JSStringRef {
    let mut string = std::ptr::null_mut();
    if let Some((_, opaque)) = fast::fast_paths().external_latin1 {
        // SAFETY: the signature was verified by its name; the reference passes into the string.
        unsafe { opaque(&mut string, &mut implementation) };
    }
    string
}

fn works() -> bool {
    let sample = b"dx \xe9 external".to_vec();
    let address = sample.as_ptr();
    let Ok(string) = create(sample).map(api_string) else { return false };
    if string.is_null() {
        return false;
    }
    // SAFETY: the string was just made and is released once.
    unsafe {
        let holds = matches!(fast::characters(string), Characters::Latin1(bytes)
            if bytes == b"dx \xe9 external" && bytes.as_ptr() == address);
        sys::JSStringRelease(string);
        holds
    }
}

fn create(bytes: Vec<u8>) -> Result<*const StringImpl, Vec<u8>> {
    let (start, length) = (bytes.as_ptr(), bytes.len());
    let mut given = Some(bytes);
    let made = create_over(start, length, || given.take().map(Owned::new));
    made.ok_or_else(|| given.unwrap_or_default())
}

/// A string implementation over characters that live as long as what `owner` answers, which is
/// asked only where there is one.
fn create_over(
    start: *const u8,
    length: usize,
    owner: impl FnOnce() -> Option<Owned>,
) -> Option<*const StringImpl> {
    let (create, _) = fast::fast_paths().external_latin1?;
    i32::try_from(length).ok()?;
    let mut function: *mut c_void =
        Box::into_raw(Box::new(Release { table: &TABLE, bytes: owner() })).cast();
    let mut implementation = std::ptr::null();
    // SAFETY: the signature was verified by its name; the engine takes the callable over.
    unsafe { create(&mut implementation, start, length, &mut function) };
    Some(implementation)
}
