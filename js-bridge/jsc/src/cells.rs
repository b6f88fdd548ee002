//! Cells read where they lie: the bytes of a `Uint8Array`, the characters of a flat string.
//!
//! The C API takes five locked calls to find a view's bytes, and the first of them moves a small
//! view's storage out of the collected heap. Where the layout of cells is the known one, tried on
//! samples when it is first asked for, two reads do. Views of resizable buffers, other kinds of
//! views and strings still in pieces take the C API.

use std::{
    ffi::{CStr, c_void},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use dx_jsc_sys as sys;

use crate::{
    fast::{self, Characters, Probe, StringImpl, cell_type},
    value::Type,
};

/// Values with one of these bits are no cells.
const NOT_CELL_MASK: u64 = fast::NUMBER_TAG | 2;

/// A typed array's cell.
#[repr(C)]
struct ViewCell {
    header: u64,
    butterfly: u64,
    vector: *mut u8,
    length: usize,
    offset: usize,
    mode: u8,
}

/// A string's cell.
#[repr(C)]
struct StringCell {
    header: u64,
    fiber: usize,
}

/// Set in the fiber of a string that is still in pieces.
const IN_PIECES: usize = 1;

/// How cells of this engine are told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Layout {
    bytes_type: u8,
    string_type: u8,
    /// The modes of views with storage of their own, small and large, and of views of buffers
    /// that cannot be resized.
    modes: [u8; 3],
}

fn is_cell(value: sys::JSValueRef) -> bool {
    let bits = value as u64;
    bits != 0 && bits & NOT_CELL_MASK == 0
}

/// Questions that the C API answers before the layout is tried: that takes as long as some hundred
/// of them, which a program that ends at once would pay for nothing.
const ANSWERED_WITHOUT: u32 = 16;

static LAYOUT: OnceLock<Option<Layout>> = OnceLock::new();

/// The layout of cells, if it is the known one. Tried once a process.
pub(crate) fn layout(context: sys::JSContextRef) -> Option<Layout> {
    static ASKED: AtomicU32 = AtomicU32::new(0);
    if let Some(layout) = LAYOUT.get() {
        return *layout;
    }
    if ASKED.fetch_add(1, Ordering::Relaxed) < ANSWERED_WITHOUT {
        return None;
    }
    *LAYOUT.get_or_init(|| {
        let known = fast::fast_paths().string_layout && fast::fast_paths().number_encoding;
        known.then(|| find(context)).flatten()
    })
}

/// Where the bytes of a `Uint8Array` lie and how many there are; `None` for any other value.
/// Valid until JavaScript runs.
///
/// # Safety
/// `value` is a live value of the machine that `layout` was asked of.
pub(crate) unsafe fn bytes(layout: Layout, value: sys::JSValueRef) -> Option<(*mut u8, usize)> {
    // SAFETY: a cell of this type has the verified layout.
    unsafe {
        if !is_cell(value) || cell_type(value) != layout.bytes_type {
            return None;
        }
        let cell = &*value.cast::<ViewCell>();
        layout.modes.contains(&cell.mode).then_some((cell.vector, cell.length))
    }
}

/// The characters of a string, whose pieces are put together first; `None` for any other value,
/// and where that takes the C API. Valid as long as the value is.
///
/// # Safety
/// As [`bytes`]; the value outlives `'a`.
pub(crate) unsafe fn text<'a>(
    layout: Layout,
    context: sys::JSContextRef,
    value: sys::JSValueRef,
) -> Option<Characters<'a>> {
    // SAFETY: as `bytes`; a fiber that is not marked points to the implementation, and what is in
    // pieces is a rope, whose function leaves it as it was where memory is short.
    unsafe {
        if !is_cell(value) || cell_type(value) != layout.string_type {
            return None;
        }
        let cell = value.cast::<StringCell>();
        if (&raw const (*cell).fiber).read_volatile() & IN_PIECES != 0 {
            fast::fast_paths().resolve_rope?(value, context.cast());
        }
        let fiber = (&raw const (*cell).fiber).read_volatile();
        if fiber & IN_PIECES != 0 || fiber == 0 {
            return None;
        }
        Some(fast::characters_of(fiber as *const StringImpl))
    }
}

/// The type of a value that is no cell, or a string; `None` where the engine is to be asked.
pub(crate) fn type_of(value: sys::JSValueRef) -> Option<Type> {
    let layout = (*LAYOUT.get()?)?;
    if is_cell(value) {
        // SAFETY: a cell has a type.
        return (unsafe { cell_type(value) } == layout.string_type).then_some(Type::String);
    }
    Some(match value as u64 {
        fast::ENCODED_UNDEFINED => Type::Undefined,
        fast::ENCODED_NULL => Type::Null,
        fast::ENCODED_TRUE | fast::ENCODED_FALSE => Type::Boolean,
        encoded => return fast::decode(encoded).map(|_| Type::Number),
    })
}

/// Whether a value is a string, in pieces or not.
///
/// # Safety
/// As [`bytes`].
pub(crate) unsafe fn is_string(layout: Layout, value: sys::JSValueRef) -> bool {
    // SAFETY: a cell has a type.
    is_cell(value) && unsafe { cell_type(value) } == layout.string_type
}

const SAMPLES: &CStr = c"(() => {
    const buffer = new ArrayBuffer(16);
    const small = new Uint8Array(8), large = new Uint8Array(5000);
    const view = new Uint8Array(buffer, 4, 8);
    class Derived extends Uint8Array {}
    for (const array of [small, large, view]) array[3] = 77;
    const gone = new Uint8Array(8);
    gone.buffer.transfer();
    const tail = String(small.length) + ' is a piece of its own';
    return [small, large, view, new Derived(8), gone,
        new Uint8Array(new ArrayBuffer(8, { maxByteLength: 16 })),
        new Uint8Array(new SharedArrayBuffer(8, { maxByteLength: 16 })),
        'dx narrow', 'dx \\u20ac wide', 'a piece, and ' + tail,
        new Int8Array(8), new Uint8ClampedArray(8), new DataView(buffer), buffer, [], {},
        Symbol(), 1n];
})()";
const OTHERS: std::ops::Range<usize> = 10..18;

fn samples(context: sys::JSContextRef) -> Option<Vec<sys::JSValueRef>> {
    // SAFETY: the context is alive and locked. The global property keeps the samples alive.
    unsafe {
        let source = sys::JSStringCreateWithUTF8CString(SAMPLES.as_ptr());
        let (this, url) = (std::ptr::null_mut(), std::ptr::null_mut());
        let mut exception = std::ptr::null();
        let array = sys::JSEvaluateScript(context, source, this, url, 1, &mut exception);
        sys::JSStringRelease(source);
        if array.is_null() {
            return None;
        }
        sys::JSValueProtect(context, array);
        let sample = |index| {
            let none = std::ptr::null_mut();
            sys::JSObjectGetPropertyAtIndex(context, array.cast_mut(), index, none)
        };
        let list = (0..OTHERS.end as u32).map(sample).collect();
        Some(list)
    }
}

/// Whether a view's cell reads as expected: 77 at index 3.
fn view_holds(probe: &Probe, value: sys::JSValueRef, length: usize) -> bool {
    // SAFETY: each step is readable before it is read.
    unsafe {
        if !is_cell(value) || !probe.readable(value.cast(), size_of::<ViewCell>()) {
            return false;
        }
        let cell = &*value.cast::<ViewCell>();
        cell.length == length
            && !cell.vector.is_null()
            && probe.readable(cell.vector.cast(), length)
            && *cell.vector.add(3) == 77
    }
}

fn string_holds(probe: &Probe, value: sys::JSValueRef) -> bool {
    // SAFETY: each step is readable before it is read.
    unsafe {
        if !is_cell(value) || !probe.readable(value.cast(), size_of::<StringCell>()) {
            return false;
        }
        let fiber = (*value.cast::<StringCell>()).fiber;
        fiber & IN_PIECES == 0
            && probe.readable(fiber as *const c_void, size_of::<StringImpl>())
            && (*(fiber as *const StringImpl)).length < 64
            && match fast::characters_of(fiber as *const StringImpl) {
                Characters::Latin1(bytes) => bytes == b"dx narrow",
                Characters::Utf16(units) => String::from_utf16_lossy(units) == "dx \u{20ac} wide",
            }
    }
}

/// Whether a string in pieces is put together as expected, where that is done here at all.
///
/// # Safety
/// The value is a live string in pieces of the machine of `context`.
unsafe fn rope_resolves(probe: &Probe, context: sys::JSContextRef, value: sys::JSValueRef) -> bool {
    let Some(resolve) = fast::fast_paths().resolve_rope else { return true };
    // SAFETY: the function's name holds its parameters; each step is readable before it is read.
    unsafe {
        resolve(value, context.cast());
        let fiber = (&raw const (*value.cast::<StringCell>()).fiber).read_volatile();
        fiber & IN_PIECES == 0
            && probe.readable(fiber as *const c_void, size_of::<StringImpl>())
            && matches!(fast::characters_of(fiber as *const StringImpl), Characters::Latin1(bytes)
                if bytes == b"a piece, and 8 is a piece of its own")
    }
}

fn find(context: sys::JSContextRef) -> Option<Layout> {
    let probe = Probe::new()?;
    let list = samples(context)?;
    let reads = view_holds(&probe, list[0], 8)
        && view_holds(&probe, list[1], 5000)
        && view_holds(&probe, list[2], 8)
        && string_holds(&probe, list[7])
        && string_holds(&probe, list[8])
        && list.iter().all(|&value| is_cell(value));
    if !reads {
        return None;
    }
    // SAFETY: all are live cells; the first seven are views.
    unsafe {
        let view = |index: usize| &*list[index].cast::<ViewCell>();
        let kind = |index: usize| cell_type(list[index]);
        let found = Layout {
            bytes_type: kind(0),
            string_type: kind(7),
            modes: [view(0).mode, view(1).mode, view(2).mode],
        };
        let holds = (1..7).all(|index| kind(index) == found.bytes_type)
            && (8..10).all(|index| kind(index) == found.string_type)
            && OTHERS
                .clone()
                .all(|index| ![found.bytes_type, found.string_type].contains(&kind(index)))
            && view(2).offset == 4
            && view(4).length == 0
            && !found.modes.contains(&view(5).mode)
            && !found.modes.contains(&view(6).mode)
            && (*list[9].cast::<StringCell>()).fiber & IN_PIECES != 0
            && rope_resolves(&probe, context, list[9]);
        holds.then_some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::layout;
    use crate::Vm;

    /// Says when a new engine has moved its cells; nothing else breaks when one does.
    #[test]
    fn the_layout_of_cells_is_known_on_this_engine() {
        if std::env::var_os("DX_ENGINE_FAST").is_some_and(|value| value == "0") {
            return;
        }
        let vm = Vm::new().expect("the thread has no machine yet");
        vm.enter(|context| {
            let found = (0..=super::ANSWERED_WITHOUT).find_map(|_| layout(context.raw));
            assert!(found.is_some());
        });
    }
}
