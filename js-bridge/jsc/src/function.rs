//! Native functions that JavaScript calls.
//!
//! A function is a Rust closure kept by its machine until teardown; the number of functions is
//! bounded by what the extensions declare. On the fast path each takes one of a fixed table of
//! trampolines, whose index finds the closure; past the table, and without the fast path, it is
//! an object of a class with a call-back. Both catch panics and turn them into exceptions.

use std::{
    any::Any,
    ffi::c_void,
    panic::{AssertUnwindSafe, catch_unwind},
};

use dx_jsc_sys as sys;

use crate::{
    context::Context,
    fast::{self, FRAME_ARGUMENTS, FRAME_COUNT, HostFunction},
    value::Local,
    vm::{self, VmInner},
};

/// What a native function answers: a value, or an exception to throw.
pub type NativeResult<'vm> = Result<Local<'vm>, Local<'vm>>;

/// One call of a native function.
pub struct Invocation<'vm> {
    /// The context of the call.
    pub context: Context<'vm>,
    arguments: *const sys::JSValueRef,
    count: usize,
}

impl<'vm> Invocation<'vm> {
    /// How many arguments were passed.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The argument at `index`; `undefined` past the end.
    #[must_use]
    pub fn argument(&self, index: usize) -> Local<'vm> {
        if index < self.count {
            // SAFETY: within the frame, which lives as long as the call.
            Local::new(unsafe { *self.arguments.add(index) })
        } else {
            self.context.undefined()
        }
    }
}

pub(crate) type Closure = Box<dyn for<'vm> Fn(&mut Invocation<'vm>) -> NativeResult<'vm>>;

/// Functions that get a trampoline; more are possible, and slower to call.
const TRAMPOLINES: usize = 1024;

unsafe extern "C" fn trampoline<const INDEX: usize>(global: *mut c_void, frame: *const u64) -> u64 {
    // SAFETY: called by the engine with its own frame, whose layout `verify` has checked.
    unsafe { host_call(INDEX, global, frame) }
}

macro_rules! sixteen {
    ($base:expr) => {
        [
            trampoline::<{ $base * 16 }>,
            trampoline::<{ $base * 16 + 1 }>,
            trampoline::<{ $base * 16 + 2 }>,
            trampoline::<{ $base * 16 + 3 }>,
            trampoline::<{ $base * 16 + 4 }>,
            trampoline::<{ $base * 16 + 5 }>,
            trampoline::<{ $base * 16 + 6 }>,
            trampoline::<{ $base * 16 + 7 }>,
            trampoline::<{ $base * 16 + 8 }>,
            trampoline::<{ $base * 16 + 9 }>,
            trampoline::<{ $base * 16 + 10 }>,
            trampoline::<{ $base * 16 + 11 }>,
            trampoline::<{ $base * 16 + 12 }>,
            trampoline::<{ $base * 16 + 13 }>,
            trampoline::<{ $base * 16 + 14 }>,
            trampoline::<{ $base * 16 + 15 }>,
        ]
    };
}

macro_rules! table {
    ($($row:literal)+) => { [$(sixteen!($row)),+] };
}

static TABLE: [[HostFunction; 16]; TRAMPOLINES / 16] = table!(
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31
    32 33 34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61
    62 63
);

/// Serves a call of trampoline `index`.
///
/// # Safety
/// `global` and `frame` come from the engine's call of a host function.
unsafe fn host_call(index: usize, global: *mut c_void, frame: *const u64) -> u64 {
    // SAFETY: the slot holds the count, `this` included, in its low half.
    let count = unsafe { *frame.add(FRAME_COUNT) } as u32 as usize;
    let context = Context::from_raw(global.cast());
    let mut invocation = Invocation {
        context,
        // SAFETY: arguments follow `this`.
        arguments: unsafe { frame.add(FRAME_ARGUMENTS) }.cast(),
        count: count.saturating_sub(1),
    };
    let outcome = vm::with_function(index, |closure| run(closure, &mut invocation));
    match outcome {
        Ok(value) => value.raw as u64,
        Err(exception) => {
            let vm = vm::group(context).cast();
            if let Some((_, throw)) = fast::fast_paths().functions {
                // SAFETY: on the thread that holds the lock, inside a host call.
                unsafe { throw(vm, global, exception.raw) };
            }
            0
        }
    }
}

/// What the closure answers leaves in two words of their own: a result of two words that is
/// written one by one and read as a whole would wait for the processor's store buffer.
fn run<'vm>(closure: &Closure, invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let (mut value, mut is_thrown) = (std::ptr::null(), false);
    let caught = catch_unwind(AssertUnwindSafe(|| match closure(invocation) {
        Ok(answer) => value = answer.raw,
        Err(exception) => (value, is_thrown) = (exception.raw, true),
    }));
    if let Err(panic) = caught {
        return Err(panicked(invocation.context, panic.as_ref()));
    }
    if is_thrown { Err(Local::new(value)) } else { Ok(Local::new(value)) }
}

#[cold]
fn panicked<'vm>(context: Context<'vm>, panic: &dyn Any) -> Local<'vm> {
    let text = panic
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "unknown".to_owned());
    context.error(&format!("A native operation panicked: {text}"))
}

unsafe extern "C" fn class_call(
    raw: sys::JSContextRef,
    function: sys::JSObjectRef,
    _this: sys::JSObjectRef,
    count: usize,
    arguments: *const sys::JSValueRef,
    exception: *mut sys::JSValueRef,
) -> sys::JSValueRef {
    let context = Context::from_raw(raw);
    // SAFETY: the private data of this class is an index; the engine has dropped its lock for
    // the call-back, so it is taken again.
    let index = unsafe {
        sys::JSLock(raw);
        sys::JSObjectGetPrivate(function) as usize
    };
    let mut invocation = Invocation { context, arguments, count };
    let outcome = vm::with_function(index, |closure| run(closure, &mut invocation));
    // SAFETY: taken above.
    unsafe { sys::JSUnlock(raw) };
    match outcome {
        Ok(value) => value.raw,
        Err(error) => {
            // SAFETY: the engine passes a place for the exception.
            unsafe { *exception = error.raw };
            context.undefined().raw
        }
    }
}

/// A class whose objects are called through [`class_call`].
pub(crate) fn function_class() -> sys::JSClassRef {
    let definition = sys::JSClassDefinition {
        version: 0,
        attributes: sys::kJSClassAttributeNoAutomaticPrototype,
        className: c"Function".as_ptr(),
        parentClass: std::ptr::null_mut(),
        staticValues: std::ptr::null(),
        staticFunctions: std::ptr::null(),
        initialize: std::ptr::null(),
        finalize: None,
        hasProperty: None,
        getProperty: None,
        setProperty: None,
        deleteProperty: None,
        getPropertyNames: None,
        callAsFunction: Some(class_call),
        callAsConstructor: std::ptr::null(),
        hasInstance: std::ptr::null(),
        convertToType: std::ptr::null(),
    };
    // SAFETY: the definition is read during the call only.
    unsafe { sys::JSClassCreate(&definition) }
}

/// Makes the JavaScript function of the machine's closure `index`.
pub(crate) fn make_function<'vm>(
    context: Context<'vm>,
    inner: &VmInner,
    name: &str,
    index: usize,
) -> Local<'vm> {
    if let (Some((create, _)), true) = (fast::fast_paths().functions, index < TRAMPOLINES) {
        let entry = TABLE[index / 16][index % 16];
        return context.with_api_string(name, |string| {
            // SAFETY: the lock is held; the name is alive; the layout of API strings and the
            // signature were verified.
            let function = unsafe {
                let name = fast::implementation(string);
                let vm: *const c_void = inner.group().cast();
                create(vm, context.raw.cast(), 0, &name, entry, 0, 0, entry, std::ptr::null())
            };
            Local::new(function)
        });
    }
    // SAFETY: the class is alive as long as the machine.
    let object =
        unsafe { sys::JSObjectMake(context.raw, inner.function_class(), index as *mut c_void) };
    Local::new(object)
}
