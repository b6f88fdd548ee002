//! Native data held by JavaScript objects: callbacks of functions, externals, wrapped pointers.

use std::{ffi::c_void, ptr, sync::Arc, sync::OnceLock};

use dx_jsc::Local;
use dx_jsc_sys as sys;

use crate::{
    env::{Answer, Callback, Env, Finalize, RawEnv},
    isolate::Freed,
    status::Status,
};

/// A finalizer that is due, with its arguments.
pub(crate) struct Finalizer {
    pub(crate) env: RawEnv,
    pub(crate) run: Finalize,
    pub(crate) data: *mut c_void,
    pub(crate) hint: *mut c_void,
}

// SAFETY: the pointers are the addon's and are only passed back, on the isolate's thread.
unsafe impl Send for Finalizer {}

impl Finalizer {
    /// Runs it, on the isolate's thread.
    pub(crate) fn run(self) -> Result<(), Local<'static>> {
        // SAFETY: environments live as long as the process.
        let env = unsafe { &*self.env };
        // SAFETY: the addon gave the function and its arguments.
        env.run(|| unsafe { (self.run)(self.env, self.data, self.hint) })
    }
}

/// What a holder holds.
pub(crate) enum Native {
    /// The code behind a function.
    Function { env: RawEnv, callback: Callback, data: *mut c_void },
    /// A pointer of the addon's, with what is to run when its object is freed.
    Data { data: *mut c_void, finalizer: Option<(Finalizer, Arc<Freed>)> },
}

struct Class(sys::JSClassRef);

// SAFETY: a class is immutable and reference-counted by the engine under its lock.
unsafe impl Send for Class {}
// SAFETY: as above.
unsafe impl Sync for Class {}

fn class() -> sys::JSClassRef {
    static CLASS: OnceLock<Class> = OnceLock::new();
    CLASS
        .get_or_init(|| {
            let definition = sys::JSClassDefinition {
                version: 0,
                attributes: sys::kJSClassAttributeNoAutomaticPrototype,
                className: c"Object".as_ptr(),
                parentClass: ptr::null_mut(),
                staticValues: ptr::null(),
                staticFunctions: ptr::null(),
                initialize: ptr::null(),
                finalize: Some(finalize),
                hasProperty: None,
                getProperty: None,
                setProperty: None,
                deleteProperty: None,
                getPropertyNames: None,
                callAsFunction: None,
                callAsConstructor: ptr::null(),
                hasInstance: ptr::null(),
                convertToType: ptr::null(),
            };
            // SAFETY: the definition is read during the call only.
            Class(unsafe { sys::JSClassCreate(&definition) })
        })
        .0
}

unsafe extern "C" fn finalize(object: sys::JSObjectRef) {
    // SAFETY: the private data is the box that `holder` leaked; an object is finalised once.
    let native = unsafe { Box::from_raw(sys::JSObjectGetPrivate(object).cast::<Native>()) };
    if let Native::Data { finalizer: Some((finalizer, freed)), .. } = *native {
        freed.push(finalizer);
    }
}

/// An object that holds `native` until it is collected.
pub(crate) fn holder(env: &Env, native: Native) -> Local<'static> {
    let native = Box::into_raw(Box::new(native));
    // SAFETY: the class takes over the box.
    unsafe { Local::from_raw_parts(sys::JSObjectMake(env.js(), class(), native.cast())) }
}

/// A holder of the addon's data.
pub(crate) fn data_holder(
    env: &Env,
    data: *mut c_void,
    finalizer: Option<Finalize>,
    hint: *mut c_void,
) -> Local<'static> {
    let finalizer = finalizer.map(|run| {
        let finalizer = Finalizer { env: env.raw(), run, data, hint };
        (finalizer, Arc::clone(&env.isolate.freed))
    });
    holder(env, Native::Data { data, finalizer })
}

/// Whether a value is a holder.
pub(crate) fn is_holder(js: sys::JSContextRef, value: Local<'_>) -> bool {
    // SAFETY: the value belongs to the engine.
    unsafe { sys::JSValueIsObjectOfClass(js, value.as_raw(), class()) }
}

/// What a holder holds; `None` for any other value.
pub(crate) fn held<'a>(js: sys::JSContextRef, value: Local<'_>) -> Option<&'a mut Native> {
    if !is_holder(js, value) {
        return None;
    }
    // SAFETY: objects of the class hold a `Native`; the caller uses it before JavaScript runs.
    unsafe { sys::JSObjectGetPrivate(value.as_raw().cast_mut()).cast::<Native>().as_mut() }
}

/// The data of a holder.
pub(crate) fn data_of(env: &Env, value: Local<'_>) -> Answer<*mut c_void> {
    match held(env.js(), value) {
        Some(Native::Data { data, .. }) => Ok(*data),
        _ => Err(Status::InvalidArgument),
    }
}
