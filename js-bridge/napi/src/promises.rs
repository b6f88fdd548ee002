//! Promises, scripts, versions, instance data, cleanup hooks.

use std::ffi::{c_char, c_void};

use dx_jsc::{Global, Type};

use crate::{
    env::{Env, Finalize, Helper, RawEnv, Value, answer, enter, local, put, put_optional},
    status::Status,
    values::expect,
};

/// The version of Node-API that is offered, as `process.versions.napi` says.
const VERSION: u32 = 10;

/// `napi_deferred`: the object that `Promise.withResolvers` made.
pub(crate) struct Deferred(Global);

/// `napi_node_version`
#[repr(C)]
pub(crate) struct NodeVersion {
    major: u32,
    minor: u32,
    patch: u32,
    release: *const c_char,
}

fn settle(env: RawEnv, deferred: *mut Deferred, how: &str, value: Value) -> Status {
    enter(env, |env| {
        if deferred.is_null() {
            return Err(Status::InvalidArgument);
        }
        // SAFETY: the addon settles a deferred once, which frees it.
        let Deferred(resolvers) = *unsafe { Box::from_raw(deferred) };
        let context = env.context();
        let function = env.check(context.get(resolvers.get(context), how))?;
        env.check(context.call(function, &[local(value)?])).map(|_| ())
    })
}

exported! {
    fn napi_create_promise(env: RawEnv, deferred: *mut *mut Deferred, promise: *mut Value) {
        answer(env, promise, |env| {
            env.ready()?;
            let context = env.context();
            let resolvers = env.help(Helper::MakePromise, &[])?;
            let made = env.check(context.get(resolvers, "promise"))?;
            put(deferred, Box::into_raw(Box::new(Deferred(resolvers.protect(context)))))?;
            Ok(made)
        })
    }

    fn napi_resolve_deferred(env: RawEnv, deferred: *mut Deferred, value: Value) {
        settle(env, deferred, "resolve", value)
    }

    fn napi_reject_deferred(env: RawEnv, deferred: *mut Deferred, value: Value) {
        settle(env, deferred, "reject", value)
    }

    fn napi_run_script(env: RawEnv, script: Value, result: *mut Value) {
        answer(env, result, |env| {
            env.ready()?;
            let script = expect(env, script, Type::String, Status::StringExpected)?;
            env.check(env.context().evaluate_string(script, ""))
        })
    }

    fn napi_get_version(env: RawEnv, result: *mut u32) {
        enter(env, |_| put(result, VERSION))
    }

    fn napi_get_node_version(env: RawEnv, result: *mut *const NodeVersion) {
        enter(env, |env| {
            let list = env.help(Helper::NodeVersion, &[])?;
            let part = |index| {
                let part = env.check(env.context().get_index(list, index))?;
                Ok(env.context().as_number(part).unwrap_or(0.0) as u32)
            };
            let (major, minor, patch) = (part(0)?, part(1)?, part(2)?);
            let release = c"node".as_ptr();
            // Kept for good: addons ask once, and may keep the pointer.
            put(result, Box::leak(Box::new(NodeVersion { major, minor, patch, release })))
        })
    }

    fn node_api_get_module_file_name(env: RawEnv, result: *mut *const c_char) {
        enter(env, |env| put(result, env.file.as_ptr()))
    }

    fn napi_set_instance_data(
        env: RawEnv, data: *mut c_void, finalizer: Option<Finalize>, hint: *mut c_void,
    ) {
        enter(env, |env| {
            env.instance_data.set(data);
            if let Some(run) = finalizer {
                at_exit(env, Box::new(move |env: &Env| {
                    // SAFETY: the addon gave the function and its arguments.
                    unsafe { run(env.raw(), data, hint) };
                }))?;
            }
            Ok(())
        })
    }

    fn napi_get_instance_data(env: RawEnv, result: *mut *mut c_void) {
        enter(env, |env| put(result, env.instance_data.get()))
    }

    fn napi_add_env_cleanup_hook(
        env: RawEnv, hook: Option<unsafe extern "C" fn(*mut c_void)>, data: *mut c_void,
    ) {
        enter(env, |env| {
            let hook = hook.ok_or(Status::InvalidArgument)?;
            let is_first = env.cleanup_hooks.borrow().is_empty();
            env.cleanup_hooks.borrow_mut().push((hook, data));
            if is_first { at_exit(env, Box::new(run_hooks)) } else { Ok(()) }
        })
    }

    fn napi_remove_env_cleanup_hook(
        env: RawEnv, hook: Option<unsafe extern "C" fn(*mut c_void)>, data: *mut c_void,
    ) {
        enter(env, |env| {
            let hook = hook.ok_or(Status::InvalidArgument)?;
            env.cleanup_hooks
                .borrow_mut()
                .retain(|(kept, of)| !(std::ptr::fn_addr_eq(*kept, hook) && *of == data));
            Ok(())
        })
    }

    fn napi_add_async_cleanup_hook(
        env: RawEnv, hook: Option<unsafe extern "C" fn(*mut c_void, *mut c_void)>,
        data: *mut c_void, handle: *mut *mut c_void,
    ) {
        enter(env, |env| {
            let hook = hook.ok_or(Status::InvalidArgument)?;
            let token = Box::into_raw(Box::new(env.raw())).cast::<c_void>();
            put_optional(handle, token);
            at_exit(env, Box::new(move |_| {
                // SAFETY: the addon gave the function and its argument.
                unsafe { hook(token, data) };
            }))
        })
    }

    fn napi_adjust_external_memory(env: RawEnv, change: i64, result: *mut i64) {
        enter(env, |env| {
            if let Ok(grown) = usize::try_from(change) {
                env.context().report_extra_memory(grown);
            }
            put(result, change.max(0))
        })
    }

    // The event loop is not libuv's.
    fn napi_get_uv_event_loop(env: RawEnv, _result: *mut *mut c_void) {
        enter(env, |_| Err(Status::GenericFailure))
    }
}

/// `napi_remove_async_cleanup_hook`: nothing waits for it, so that it only has to be allowed.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn napi_remove_async_cleanup_hook(handle: *mut c_void) -> Status {
    if handle.is_null() { Status::InvalidArgument } else { Status::Ok }
}

fn run_hooks(env: &Env) {
    // The last one added runs first; each may remove others.
    loop {
        let last = env.cleanup_hooks.borrow_mut().pop();
        let Some((hook, data)) = last else { return };
        // SAFETY: the addon gave the function and its argument.
        unsafe { hook(data) };
    }
}

/// Has something run when the program ends.
fn at_exit(env: &'static Env, run: Box<dyn Fn(&Env)>) -> crate::env::Answer {
    let function = env.context().function("cleanUp", move |invocation| {
        run(env);
        Ok(invocation.context.undefined())
    });
    env.help(Helper::AtExit, &[function]).map(|_| ())
}
