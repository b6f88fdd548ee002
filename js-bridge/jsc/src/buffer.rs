//! Array buffers and views, without copying.

use std::{cell::Cell, ffi::c_void, rc::Rc, sync::Arc};

use dx_jsc_sys as sys;
use dx_mem::External;

use crate::{
    cells,
    context::{Context, Outcome},
    function::Invocation,
    large::Owned,
    value::{Local, Type},
};

/// The element type of a view over native memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // named after the JavaScript constructors without `Array`
pub enum TypedArrayKind {
    Uint8,
    Int32,
    Uint32,
    Float64,
}

impl TypedArrayKind {
    fn raw(self) -> sys::JSTypedArrayType {
        match self {
            Self::Uint8 => sys::kJSTypedArrayTypeUint8Array,
            Self::Int32 => sys::kJSTypedArrayTypeInt32Array,
            Self::Uint32 => sys::kJSTypedArrayTypeUint32Array,
            Self::Float64 => sys::kJSTypedArrayTypeFloat64Array,
        }
    }
}

/// A number type that typed arrays hold.
pub trait Element: Copy + 'static {
    /// The typed array's type.
    const KIND: TypedArrayKind;
}

impl Element for u8 {
    const KIND: TypedArrayKind = TypedArrayKind::Uint8;
}

impl Element for i32 {
    const KIND: TypedArrayKind = TypedArrayKind::Int32;
}

impl Element for u32 {
    const KIND: TypedArrayKind = TypedArrayKind::Uint32;
}

impl Element for f64 {
    const KIND: TypedArrayKind = TypedArrayKind::Float64;
}

/// Frees a vector given to the engine; may run on a thread of the collector's.
unsafe extern "C" fn release_vector(_bytes: *mut c_void, vector: *mut c_void) {
    // SAFETY: `vector` was leaked by `leak`, and is freed once.
    drop(unsafe { Box::from_raw(vector.cast::<Owned>()) });
}

/// Lets go of shared memory; may run on a thread of the collector's.
unsafe extern "C" fn release_owner(_bytes: *mut c_void, owner: *mut c_void) {
    // SAFETY: `owner` was boxed by `external_buffer`, and is freed once.
    drop(unsafe { Box::from_raw(owner.cast::<Arc<dyn Send + Sync>>()) });
}

/// Leaves memory to whoever owns it.
unsafe extern "C" fn release_nothing(_bytes: *mut c_void, _context: *mut c_void) {}

fn leak(bytes: Vec<u8>) -> (*mut c_void, usize, *mut c_void) {
    let mut boxed = Box::new(Owned::new(bytes));
    let bytes = boxed.as_mut_slice();
    let (start, length) = (bytes.as_mut_ptr().cast(), bytes.len());
    (start, length, Box::into_raw(boxed).cast())
}

impl<'vm> Context<'vm> {
    /// A `Uint8Array` that takes over `bytes`.
    ///
    /// # Errors
    /// The engine's exception when it is too long.
    pub fn uint8_array(self, bytes: Vec<u8>) -> Outcome<'vm> {
        self.make_room_for(bytes.len());
        let (start, length, vector) = leak(bytes);
        let mut exception = std::ptr::null();
        // SAFETY: the bytes live until the deallocator runs, which frees them once.
        let array = unsafe {
            sys::JSObjectMakeTypedArrayWithBytesNoCopy(
                self.raw,
                sys::kJSTypedArrayTypeUint8Array,
                start,
                length,
                Some(release_vector),
                vector,
                &mut exception,
            )
        };
        Self::outcome(array, exception)
    }

    /// An `ArrayBuffer` that takes over `bytes`.
    ///
    /// # Errors
    /// The engine's exception when it is too long.
    pub fn array_buffer(self, bytes: Vec<u8>) -> Outcome<'vm> {
        self.make_room_for(bytes.len());
        let (start, length, vector) = leak(bytes);
        let mut exception = std::ptr::null();
        // SAFETY: as `uint8_array`.
        let buffer = unsafe {
            sys::JSObjectMakeArrayBufferWithBytesNoCopy(
                self.raw,
                start,
                length,
                Some(release_vector),
                vector,
                &mut exception,
            )
        };
        Self::outcome(buffer, exception)
    }

    /// An `ArrayBuffer` over memory shared with native code, kept as long as the buffer lives.
    ///
    /// # Errors
    /// The engine's exception when it is too long.
    pub fn external_buffer(self, external: External) -> Outcome<'vm> {
        let (start, length) = (external.start(), external.length());
        let owner = Box::into_raw(Box::new(external.into_owner()));
        let mut exception = std::ptr::null();
        // SAFETY: the owner keeps the memory valid until the deallocator drops it.
        let buffer = unsafe {
            sys::JSObjectMakeArrayBufferWithBytesNoCopy(
                self.raw,
                start.as_ptr().cast(),
                length,
                Some(release_owner),
                owner.cast(),
                &mut exception,
            )
        };
        Self::outcome(buffer, exception)
    }

    /// A typed array over cells that native code reads and writes too. The machine keeps the
    /// cells until it is torn down.
    ///
    /// # Errors
    /// The engine's exception when it is too long.
    pub fn shared_array<T: Element>(self, cells: Rc<[Cell<T>]>) -> Outcome<'vm> {
        let start = cells.as_ptr().cast_mut().cast();
        let byte_length = size_of_val::<[Cell<T>]>(&cells);
        self.inner().keep(Rc::new(cells));
        let mut exception = std::ptr::null();
        // SAFETY: the machine keeps the memory until its teardown; both sides only copy single
        // elements in and out, on one thread, so no reference into the cells is ever invalid.
        let array = unsafe {
            sys::JSObjectMakeTypedArrayWithBytesNoCopy(
                self.raw,
                T::KIND.raw(),
                start,
                byte_length,
                Some(release_nothing),
                std::ptr::null_mut(),
                &mut exception,
            )
        };
        Self::outcome(array, exception)
    }

    /// The bytes a `DataView` shows: the C API knows nothing of them, so they are found through
    /// its properties, and checked against its buffer whatever those say.
    fn bytes_of_view(self, value: Local<'vm>) -> Option<(*mut u8, usize)> {
        let constructor = self.get(self.global(), "DataView").ok()?;
        let mut exception = std::ptr::null();
        // SAFETY: both are objects of the machine.
        let is_view = unsafe {
            let constructor = constructor.object();
            sys::JSValueIsInstanceOfConstructor(self.raw, value.raw, constructor, &mut exception)
        };
        if !is_view || !exception.is_null() {
            return None;
        }
        let buffer = self.get(value, "buffer").ok()?;
        let figure = |name| self.as_number(self.get(value, name).ok()?);
        let (offset, length) = (figure("byteOffset")? as usize, figure("byteLength")? as usize);
        if self.proxy_target(buffer).is_some() || !self.is_array_buffer(buffer) {
            return None;
        }
        let (start, whole) = self.bytes_of(buffer)?;
        let inside = offset.checked_add(length).is_some_and(|end| end <= whole);
        if !inside || start.is_null() {
            return Some((std::ptr::null_mut(), 0));
        }
        // SAFETY: the offset lies inside the buffer.
        Some((unsafe { start.add(offset) }, length))
    }

    fn is_array_buffer(self, value: Local<'vm>) -> bool {
        if self.type_of(value) != Type::Object {
            return false;
        }
        let mut exception = std::ptr::null();
        // SAFETY: the value is an object of the machine.
        let kind = unsafe { sys::JSValueGetTypedArrayType(self.raw, value.raw, &mut exception) };
        kind == sys::kJSTypedArrayTypeArrayBuffer
    }

    /// Whether a value is an `ArrayBuffer`, a typed array or a `DataView`.
    #[must_use]
    pub fn is_bytes(self, value: Local<'vm>) -> bool {
        self.bytes_of(value).is_some()
    }

    /// Where the bytes of a buffer or view lie; valid until JavaScript runs again.
    fn bytes_of(self, value: Local<'vm>) -> Option<(*mut u8, usize)> {
        if let Some(layout) = cells::layout(self.raw) {
            // SAFETY: the value is alive and of this machine.
            if let Some(found) = unsafe { cells::bytes(layout, value.raw) } {
                return Some(found);
            }
        }
        if self.type_of(value) != Type::Object {
            return None;
        }
        let mut exception = std::ptr::null();
        let object = value.object();
        // SAFETY: the value is an object of the machine.
        let kind = unsafe { sys::JSValueGetTypedArrayType(self.raw, value.raw, &mut exception) };
        match kind {
            sys::kJSTypedArrayTypeNone => self.bytes_of_view(value),
            // SAFETY: as above; the pointer is to the buffer's start.
            sys::kJSTypedArrayTypeArrayBuffer => unsafe {
                let length =
                    sys::JSObjectGetArrayBufferByteLength(self.raw, object, &mut exception);
                let start = sys::JSObjectGetArrayBufferBytesPtr(self.raw, object, &mut exception);
                Some((start.cast(), length))
            },
            // SAFETY: as above; the pointer is to the start of the buffer, so the view's offset
            // is added.
            _ => unsafe {
                let length = sys::JSObjectGetTypedArrayByteLength(self.raw, object, &mut exception);
                let offset = sys::JSObjectGetTypedArrayByteOffset(self.raw, object, &mut exception);
                let start = sys::JSObjectGetTypedArrayBytesPtr(self.raw, object, &mut exception);
                if start.is_null() {
                    return Some((std::ptr::null_mut(), 0));
                }
                Some((start.cast::<u8>().add(offset), length))
            },
        }
    }
}

impl Invocation<'_> {
    /// The bytes of the buffer or view passed at `index`; `None` where it is none. Valid as
    /// long as JavaScript does not run, which could detach or resize the buffer: the caller of
    /// [`Context::function`] promises not to run any while it holds the slice.
    #[must_use]
    pub fn bytes(&self, index: usize) -> Option<&[u8]> {
        let (start, length) = self.context.bytes_of(self.argument(index))?;
        if start.is_null() || length == 0 {
            return Some(&[]);
        }
        // SAFETY: the engine's own bounds, inside the call that keeps the argument alive.
        Some(unsafe { std::slice::from_raw_parts(start, length) })
    }

    /// The same, to be written to.
    #[must_use]
    pub fn bytes_mut(&mut self, index: usize) -> Option<&mut [u8]> {
        let (start, length) = self.context.bytes_of(self.argument(index))?;
        if start.is_null() || length == 0 {
            return Some(&mut []);
        }
        // SAFETY: as `bytes`; the exclusive borrow of the call keeps other slices away.
        Some(unsafe { std::slice::from_raw_parts_mut(start, length) })
    }
}
