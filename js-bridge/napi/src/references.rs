//! References that outlive a call, and handle scopes.

use std::ffi::c_void;

use dx_jsc::{Local, Type};
use dx_jsc_sys as sys;

use crate::{
    env::{Answer, Env, RawEnv, Value, enter, local, put, put_optional},
    status::Status,
};

/// `napi_ref`: strong while its count is above zero, weak at zero.
pub(crate) struct Reference {
    value: Value,
    weak: Option<sys::JSWeakRef>,
    count: u32,
}

impl Reference {
    pub(crate) fn make(env: &Env, value: Local<'_>, count: u32) -> *mut Self {
        let raw = value.as_raw();
        let is_object = env.context().type_of(value) == Type::Object;
        // SAFETY: the value belongs to the engine, and its group is that of the context.
        let weak = is_object.then(|| unsafe {
            sys::JSWeakCreate(sys::JSContextGetGroup(env.js()), raw.cast_mut())
        });
        // Only objects can be held weakly: all else is kept for good.
        if count > 0 || !is_object {
            // SAFETY: as above.
            unsafe { sys::JSValueProtect(env.js(), raw) };
        }
        Box::into_raw(Box::new(Self { value: raw, weak, count }))
    }

    fn value(&self) -> Value {
        match self.weak {
            Some(weak) if self.count == 0 => {
                // SAFETY: the weak reference lives as long as this one.
                unsafe { sys::JSWeakGetObject(weak) }.cast_const()
            }
            _ => self.value,
        }
    }
}

/// # Safety
/// `reference` is null or one that [`Reference::make`] made and nobody deleted.
unsafe fn reference<'a>(reference: *mut Reference) -> Answer<&'a mut Reference> {
    // SAFETY: the caller's promise.
    unsafe { reference.as_mut() }.ok_or(Status::InvalidArgument)
}

exported! {
    fn napi_create_reference(
        env: RawEnv, value: Value, count: u32, result: *mut *mut Reference,
    ) {
        enter(env, |env| put(result, Reference::make(env, local(value)?, count)))
    }

    fn napi_delete_reference(env: RawEnv, deleted: *mut Reference) {
        enter(env, |env| {
            // SAFETY: the addon deletes a reference once.
            unsafe {
                let Reference { value, weak, count } = *Box::from_raw(reference(deleted)?);
                if count > 0 || weak.is_none() {
                    sys::JSValueUnprotect(env.js(), value);
                }
                if let Some(weak) = weak {
                    sys::JSWeakRelease(sys::JSContextGetGroup(env.js()), weak);
                }
            }
            Ok(())
        })
    }

    fn napi_reference_ref(env: RawEnv, held: *mut Reference, result: *mut u32) {
        enter(env, |env| {
            // SAFETY: the addon passes a reference of its own.
            let held = unsafe { reference(held) }?;
            if held.count == 0 && held.weak.is_some() {
                let value = held.value();
                if value.is_null() {
                    put_optional(result, 0);
                    return Ok(());
                }
                // SAFETY: the value is alive.
                unsafe { sys::JSValueProtect(env.js(), value) };
            }
            held.count += 1;
            put_optional(result, held.count);
            Ok(())
        })
    }

    fn napi_reference_unref(env: RawEnv, held: *mut Reference, result: *mut u32) {
        enter(env, |env| {
            // SAFETY: the addon passes a reference of its own.
            let held = unsafe { reference(held) }?;
            held.count = held.count.checked_sub(1).ok_or(Status::GenericFailure)?;
            if held.count == 0 && held.weak.is_some() {
                // SAFETY: protected when the count left zero.
                unsafe { sys::JSValueUnprotect(env.js(), held.value) };
            }
            put_optional(result, held.count);
            Ok(())
        })
    }

    fn napi_get_reference_value(env: RawEnv, held: *mut Reference, result: *mut Value) {
        enter(env, |env| {
            // SAFETY: the addon passes a reference of its own.
            let value = unsafe { reference(held) }?.value();
            put(result, local(value).map_or(std::ptr::null(), |value| env.handle(value)))
        })
    }

    fn napi_open_handle_scope(env: RawEnv, result: *mut *mut c_void) {
        enter(env, |env| put(result, std::ptr::without_provenance_mut(env.open_scope())))
    }

    fn napi_close_handle_scope(env: RawEnv, scope: *mut c_void) {
        enter(env, |env| env.close_scope(scope.addr()))
    }

    fn napi_open_escapable_handle_scope(env: RawEnv, result: *mut *mut EscapableScope) {
        enter(env, |env| {
            let scope = EscapableScope { scope: env.open_scope(), escaped: false };
            put(result, Box::into_raw(Box::new(scope)))
        })
    }

    fn napi_close_escapable_handle_scope(env: RawEnv, scope: *mut EscapableScope) {
        enter(env, |env| {
            if scope.is_null() {
                return Err(Status::InvalidArgument);
            }
            // SAFETY: the addon closes a scope once.
            let scope = unsafe { Box::from_raw(scope) };
            env.close_scope(scope.scope)
        })
    }

    fn napi_escape_handle(
        env: RawEnv, scope: *mut EscapableScope, value: Value, result: *mut Value,
    ) {
        enter(env, |env| {
            // SAFETY: the addon passes a scope that is open.
            let scope = unsafe { scope.as_mut() }.ok_or(Status::InvalidArgument)?;
            if std::mem::replace(&mut scope.escaped, true) {
                return Err(Status::EscapeCalledTwice);
            }
            env.escape(scope.scope, local(value)?.as_raw())?;
            put(result, value)
        })
    }

    // Callbacks run in a turn of their own here, so a scope around one has nothing to do.
    fn napi_open_callback_scope(
        env: RawEnv, _resource: Value, _context: *mut c_void, result: *mut *mut c_void,
    ) {
        enter(env, |env| put(result, env.raw().cast()))
    }

    fn napi_close_callback_scope(env: RawEnv, _scope: *mut c_void) {
        enter(env, |_| Ok(()))
    }
}

/// `napi_escapable_handle_scope`
pub(crate) struct EscapableScope {
    scope: usize,
    escaped: bool,
}
