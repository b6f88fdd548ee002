//! One addon's environment: its open handles, its pending exception, what it has registered.
//!
//! Invariants: an environment belongs to the thread of its isolate and lives as long as the
//! process, as the addon's code does; every value handed to the addon is protected until the
//! handle scope it was made in closes, because the addon may keep it where the collector does
//! not look.

use std::{
    cell::{Cell, RefCell, UnsafeCell},
    ffi::{CStr, CString, c_char, c_void},
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
};

use dx_jsc::{Context, Global, Local};
use dx_jsc_sys as sys;

use crate::{isolate::Isolate, status::Status};

/// `napi_value`: a value of the engine.
pub(crate) type Value = sys::JSValueRef;
/// `napi_env`.
pub(crate) type RawEnv = *mut Env;
/// `napi_callback`.
pub(crate) type Callback = unsafe extern "C" fn(RawEnv, *mut CallbackInfo) -> Value;
/// `napi_finalize`.
pub(crate) type Finalize = unsafe extern "C" fn(RawEnv, *mut c_void, *mut c_void);
/// The result of a function of Node-API before it becomes a status.
pub(crate) type Answer<T = ()> = Result<T, Status>;

/// `napi_callback_info`: one call of a native function.
pub(crate) struct CallbackInfo {
    pub(crate) this: Value,
    pub(crate) new_target: Value,
    pub(crate) arguments: Vec<Value>,
    pub(crate) data: *mut c_void,
}

/// `napi_extended_error_info`.
#[repr(C)]
pub(crate) struct ErrorInfo {
    message: *const c_char,
    reserved: *mut c_void,
    engine_code: u32,
    status: Status,
}

/// What napi.js does for native code, in the order of its list `helpers`.
#[derive(Clone, Copy)]
pub(crate) enum Helper {
    MakeFunction,
    DefineProperty,
    PropertyNames,
    Wrap,
    Unwrap,
    AddFinalizer,
    SetTag,
    HasTag,
    CreateError,
    BigIntFromWords,
    BigIntToWords,
    TypedArray,
    DataView,
    ViewDetails,
    Freeze,
    InstanceOf,
    ToObject,
    MakeSymbol,
    SymbolFor,
    MakePromise,
    IsError,
    IsPromise,
    IsDataView,
    Detach,
    IsDetached,
    MakeBuffer,
    BufferOver,
    HasOwn,
    Has,
    Delete,
    ReportUncaught,
    MakeDate,
    NodeVersion,
    AtExit,
    MakeArray,
    MakeArrayBuffer,
}

/// The function and data that run at exit.
pub(crate) type CleanupHook = (unsafe extern "C" fn(*mut c_void), *mut c_void);

/// One addon's environment (`napi_env`).
pub(crate) struct Env {
    context: Context<'static>,
    pub(crate) isolate: Rc<Isolate>,
    handles: RefCell<Vec<Value>>,
    /// How many handles there were when each open scope began.
    pub(crate) scopes: RefCell<Vec<usize>>,
    exception: RefCell<Option<Global>>,
    last_error: UnsafeCell<ErrorInfo>,
    pub(crate) instance_data: Cell<*mut c_void>,
    pub(crate) cleanup_hooks: RefCell<Vec<CleanupHook>>,
    pub(crate) file: CString,
}

impl Env {
    pub(crate) fn new(context: Context<'_>, isolate: Rc<Isolate>, file: CString) -> &'static Self {
        // SAFETY: the context lives as long as the isolate's thread, and no addon runs after it.
        let context = unsafe { Context::from_raw_parts(context.as_raw()) };
        Box::leak(Box::new(Self {
            context,
            isolate,
            handles: RefCell::default(),
            scopes: RefCell::default(),
            exception: RefCell::default(),
            last_error: UnsafeCell::new(ErrorInfo {
                message: std::ptr::null(),
                reserved: std::ptr::null_mut(),
                engine_code: 0,
                status: Status::Ok,
            }),
            instance_data: Cell::new(std::ptr::null_mut()),
            cleanup_hooks: RefCell::default(),
            file,
        }))
    }

    pub(crate) fn raw(&self) -> RawEnv {
        std::ptr::from_ref(self).cast_mut()
    }

    pub(crate) fn context(&self) -> Context<'static> {
        self.context
    }

    pub(crate) fn js(&self) -> sys::JSContextRef {
        self.context.as_raw()
    }

    // ---- Handles ------------------------------------------------------------------------------

    /// Keeps a value until the innermost scope closes.
    pub(crate) fn handle(&self, value: Local<'_>) -> Value {
        let raw = value.as_raw();
        // SAFETY: the value belongs to the engine; immediates are ignored by it.
        unsafe { sys::JSValueProtect(self.js(), raw) };
        self.handles.borrow_mut().push(raw);
        raw
    }

    pub(crate) fn open_scope(&self) -> usize {
        let mark = self.handles.borrow().len();
        let mut scopes = self.scopes.borrow_mut();
        scopes.push(mark);
        scopes.len()
    }

    /// Closes the scope that [`Env::open_scope`] numbered, and those inside it.
    pub(crate) fn close_scope(&self, scope: usize) -> Answer {
        let mark = {
            let mut scopes = self.scopes.borrow_mut();
            let mark = *scopes.get(scope.wrapping_sub(1)).ok_or(Status::HandleScopeMismatch)?;
            scopes.truncate(scope - 1);
            mark
        };
        let closed: Vec<Value> = self.handles.borrow_mut().drain(mark..).collect();
        for value in closed {
            // SAFETY: protected by `handle`, once for each entry.
            unsafe { sys::JSValueUnprotect(self.js(), value) };
        }
        Ok(())
    }

    /// Moves a value out of a scope that is still open into the one around it.
    pub(crate) fn escape(&self, scope: usize, value: Value) -> Answer {
        let mut scopes = self.scopes.borrow_mut();
        let mark = *scopes.get(scope.wrapping_sub(1)).ok_or(Status::HandleScopeMismatch)?;
        // SAFETY: as `handle`.
        unsafe { sys::JSValueProtect(self.js(), value) };
        self.handles.borrow_mut().insert(mark, value);
        for inner in &mut scopes[scope - 1..] {
            *inner += 1;
        }
        Ok(())
    }

    /// Runs native code in a scope of its own; what it left pending is the error.
    pub(crate) fn run<R>(&self, native: impl FnOnce() -> R) -> Result<R, Local<'static>> {
        let scope = self.open_scope();
        let result = native();
        // Only a scope that the addon closed too often is missing, which is its own fault.
        let _ = self.close_scope(scope);
        match self.take_exception() {
            Some(exception) => Err(exception),
            None => Ok(result),
        }
    }

    // ---- Exceptions ---------------------------------------------------------------------------

    pub(crate) fn set_exception(&self, exception: Local<'_>) {
        // SAFETY: as the context, the value lives at least until it is protected here.
        let exception: Local<'static> = unsafe { Local::from_raw_parts(exception.as_raw()) };
        *self.exception.borrow_mut() = Some(exception.protect(self.context));
    }

    pub(crate) fn take_exception(&self) -> Option<Local<'static>> {
        let exception = self.exception.borrow_mut().take()?;
        Some(exception.get(self.context))
    }

    pub(crate) fn is_exception_pending(&self) -> bool {
        self.exception.borrow().is_some()
    }

    /// Turns a thrown value into the pending exception.
    pub(crate) fn check<T>(&self, outcome: Result<T, Local<'_>>) -> Answer<T> {
        outcome.map_err(|exception| {
            self.set_exception(exception);
            Status::PendingException
        })
    }

    /// Fails while an exception is pending: no JavaScript may run then.
    pub(crate) fn ready(&self) -> Answer {
        if self.is_exception_pending() { Err(Status::PendingException) } else { Ok(()) }
    }

    pub(crate) fn last_error(&self) -> *const ErrorInfo {
        self.last_error.get()
    }

    fn remember(&self, status: Status) {
        // SAFETY: only this thread touches the environment, and no reference is kept.
        unsafe {
            let info = self.last_error.get();
            (*info).status = status;
            (*info).message = status.message().map_or(std::ptr::null(), CStr::as_ptr);
        }
    }

    // ---- Helpers ------------------------------------------------------------------------------

    /// Calls a function of napi.js.
    pub(crate) fn help(
        &self,
        helper: Helper,
        arguments: &[Local<'static>],
    ) -> Answer<Local<'static>> {
        let helpers = self.isolate.helpers.get().ok_or(Status::GenericFailure)?;
        let list = helpers.get(self.context);
        let function = self.check(self.context.get_index(list, helper as u32))?;
        self.check(self.context.call(function, arguments))
    }

    pub(crate) fn number(&self, number: f64) -> Local<'static> {
        self.context.number(number)
    }

    pub(crate) fn undefined(&self) -> Local<'static> {
        self.context.undefined()
    }
}

/// The value behind a `napi_value`.
pub(crate) fn local(value: Value) -> Answer<Local<'static>> {
    if value.is_null() {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: the addon got the value from a function of Node-API, which protected it.
    Ok(unsafe { Local::from_raw_parts(value) })
}

/// The value behind a `napi_value` that may be left out.
pub(crate) fn optional(env: &Env, value: Value) -> Local<'static> {
    local(value).unwrap_or_else(|_| env.undefined())
}

/// Writes a result where the addon asked for it.
pub(crate) fn put<T>(place: *mut T, value: T) -> Answer {
    if place.is_null() {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: the addon passes a place of this type.
    unsafe { place.write(value) };
    Ok(())
}

/// The same, for a place that may be left out.
pub(crate) fn put_optional<T>(place: *mut T, value: T) {
    let _ = put(place, value);
}

/// Runs one function of Node-API: checks the environment, remembers the status, and lets no
/// panic into the addon.
pub(crate) fn enter(raw: RawEnv, action: impl FnOnce(&'static Env) -> Answer) -> Status {
    // SAFETY: environments live as long as the process; the addon passes the one it was given.
    let Some(env) = (unsafe { raw.cast_const().as_ref() }) else {
        return Status::InvalidArgument;
    };
    let answer = catch_unwind(AssertUnwindSafe(|| action(env)));
    let status = match answer {
        Ok(Ok(())) => Status::Ok,
        Ok(Err(status)) => status,
        Err(_) => Status::GenericFailure,
    };
    env.remember(status);
    status
}

/// As [`enter`], for what answers a value.
pub(crate) fn answer(
    raw: RawEnv,
    result: *mut Value,
    action: impl FnOnce(&'static Env) -> Answer<Local<'static>>,
) -> Status {
    enter(raw, |env| {
        if result.is_null() {
            return Err(Status::InvalidArgument);
        }
        let value = action(env)?;
        put(result, env.handle(value))
    })
}

/// A C string of the addon's; `NAPI_AUTO_LENGTH` is `usize::MAX`.
///
/// # Safety
/// `text` points to `length` bytes, or to a string that ends in NUL.
pub(crate) unsafe fn bytes_of<'a>(text: *const c_char, length: usize) -> Answer<&'a [u8]> {
    if text.is_null() {
        return if length == 0 { Ok(&[]) } else { Err(Status::InvalidArgument) };
    }
    // SAFETY: the caller's promise.
    Ok(unsafe {
        if length == usize::MAX {
            CStr::from_ptr(text).to_bytes()
        } else {
            std::slice::from_raw_parts(text.cast(), length)
        }
    })
}
