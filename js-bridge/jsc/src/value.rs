//! Values: on the stack, and protected.

use std::{marker::PhantomData, rc::Rc};

use dx_jsc_sys as sys;

use crate::{context::Context, vm::VmInner};

/// A value that lies on the machine stack, where the collector finds it. Must not be stored on
/// the Rust heap; keep a [`Global`] there.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct Local<'vm> {
    pub(crate) raw: sys::JSValueRef,
    pub(crate) _vm: PhantomData<&'vm VmInner>,
}

/// What `typeof` tells, with `null` told apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // named after the JavaScript types
pub enum Type {
    Undefined,
    Null,
    Boolean,
    Number,
    String,
    Object,
    Symbol,
    BigInt,
}

/// The state of a promise.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PromiseState {
    /// Not settled.
    Pending,
    /// Settled with a value.
    Fulfilled,
    /// Settled with a reason.
    Rejected,
    /// The engine does not let it be known.
    Unknown,
}

impl<'vm> Local<'vm> {
    pub(crate) fn new(raw: sys::JSValueRef) -> Self {
        Self { raw, _vm: PhantomData }
    }

    /// The engine's own pointer, for calls of its C API.
    #[must_use]
    pub fn as_raw(self) -> sys::JSValueRef {
        self.raw
    }

    /// The value behind a pointer of the engine's.
    ///
    /// # Safety
    /// The value is one of the thread's machine, and alive for as long as this is used.
    #[must_use]
    pub unsafe fn from_raw_parts(raw: sys::JSValueRef) -> Self {
        Self::new(raw)
    }

    pub(crate) fn object(self) -> sys::JSObjectRef {
        self.raw.cast_mut()
    }

    /// Keeps the value alive beyond the stack.
    #[must_use]
    pub fn protect(self, context: Context<'vm>) -> Global {
        // SAFETY: the value belongs to the context's machine.
        unsafe { sys::JSValueProtect(context.raw, self.raw) };
        Global { raw: self.raw, vm: context.inner() }
    }
}

/// A protected value: lives until dropped, and keeps its machine's memory accounted for.
pub struct Global {
    raw: sys::JSValueRef,
    vm: Rc<VmInner>,
}

impl Global {
    /// The value, to use now.
    #[must_use]
    pub fn get<'vm>(&self, _context: Context<'vm>) -> Local<'vm> {
        Local::new(self.raw)
    }
}

impl Drop for Global {
    fn drop(&mut self) {
        if let Some(context) = self.vm.live_context() {
            // SAFETY: protected when made; the machine still lives.
            unsafe { sys::JSValueUnprotect(context, self.raw) };
        }
    }
}
