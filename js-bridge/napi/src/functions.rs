//! Functions, classes, and native data tied to objects.

use std::ffi::{c_char, c_void};

use dx_jsc::{Invocation, Local, NativeResult};

use crate::{
    env::{
        Answer, Callback, CallbackInfo, Env, Finalize, Helper, RawEnv, Value, answer, bytes_of,
        enter, local, optional, put, put_optional,
    },
    native::{self, Native, data_holder, data_of, held, holder},
    objects::{self, PropertyDescriptor, STATIC},
    references::Reference,
    status::Status,
    values::object,
};

/// A JavaScript function that runs `callback`; it can be constructed, too.
pub(crate) fn make(
    env: &'static Env,
    name: &str,
    callback: Callback,
    data: *mut c_void,
) -> Answer<Local<'static>> {
    let code = holder(env, Native::Function { env: env.raw(), callback, data });
    env.help(Helper::MakeFunction, &[code, env.context().string(name)])
}

/// `invoke(callback, this, new.target, ...arguments)` of napi.js: a call of native code.
pub(crate) fn invoke<'vm>(invocation: &mut Invocation<'vm>) -> NativeResult<'vm> {
    let context = invocation.context;
    let Some(Native::Function { env, callback, data }) =
        held(context.as_raw(), invocation.argument(0))
    else {
        return Err(context.error("Not a native function"));
    };
    let (raw, callback, data) = (*env, *callback, *data);
    let target = invocation.argument(2);
    let constructs = context.type_of(target) == dx_jsc::Type::Object;
    let mut info = CallbackInfo {
        this: invocation.argument(1).as_raw(),
        new_target: if constructs { target.as_raw() } else { std::ptr::null() },
        // The values lie in the call's frame, where the collector sees them.
        arguments: (3..invocation.count()).map(|at| invocation.argument(at).as_raw()).collect(),
        data,
    };
    // SAFETY: environments live as long as the process.
    let env = unsafe { &*raw };
    // SAFETY: the addon gave the function for such calls.
    let result = env.run(|| unsafe { callback(raw, &raw mut info) });
    match result {
        Ok(value) if value.is_null() => Ok(context.undefined()),
        // SAFETY: the value is the addon's result, on this stack from here on.
        Ok(value) => Ok(unsafe { Local::from_raw_parts(value) }),
        Err(exception) => Err(exception),
    }
}

fn function(env: &Env, value: Value) -> Answer<Local<'static>> {
    let value = local(value)?;
    if env.context().is_function(value) { Ok(value) } else { Err(Status::FunctionExpected) }
}

/// The values an addon passes.
///
/// # Safety
/// `values` points to `count` of them.
unsafe fn values(count: usize, values: *const Value) -> Answer<Vec<Local<'static>>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    if values.is_null() {
        return Err(Status::InvalidArgument);
    }
    // SAFETY: the caller's promise. The handles keep the values alive.
    unsafe { std::slice::from_raw_parts(values, count) }.iter().map(|value| local(*value)).collect()
}

/// Calls a function with a `this` of the addon's choice.
pub(crate) fn call(
    env: &Env,
    this: Value,
    function: Local<'static>,
    arguments: &[Local<'static>],
) -> Answer<Local<'static>> {
    env.ready()?;
    let context = env.context();
    env.check(context.call_with(function, optional(env, this), arguments))
}

exported! {
    fn napi_create_function(
        env: RawEnv, name: *const c_char, length: usize, callback: Option<Callback>,
        data: *mut c_void, result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            let callback = callback.ok_or(Status::InvalidArgument)?;
            let name = if name.is_null() {
                &[]
            } else {
                // SAFETY: the addon passes a string of this length, or one that ends in NUL.
                unsafe { bytes_of(name, length) }?
            };
            make(env, &String::from_utf8_lossy(name), callback, data)
        })
    }

    fn napi_get_cb_info(
        env: RawEnv, info: *mut CallbackInfo, count: *mut usize, arguments: *mut Value,
        this: *mut Value, data: *mut *mut c_void,
    ) {
        enter(env, |env| {
            // SAFETY: the addon passes what its callback got.
            let info = unsafe { info.as_ref() }.ok_or(Status::InvalidArgument)?;
            if !count.is_null() {
                // SAFETY: the addon says how many places there are, and gets how many were passed.
                unsafe {
                    if !arguments.is_null() {
                        for at in 0..*count {
                            let missing = || env.undefined().as_raw();
                            let value = info.arguments.get(at).copied().unwrap_or_else(missing);
                            arguments.add(at).write(value);
                        }
                    }
                    *count = info.arguments.len();
                }
            }
            put_optional(this, info.this);
            put_optional(data, info.data);
            Ok(())
        })
    }

    fn napi_get_new_target(env: RawEnv, info: *mut CallbackInfo, result: *mut Value) {
        enter(env, |_| {
            // SAFETY: the addon passes what its callback got.
            let info = unsafe { info.as_ref() }.ok_or(Status::InvalidArgument)?;
            put(result, info.new_target)
        })
    }

    fn napi_call_function(
        env: RawEnv, this: Value, callee: Value, count: usize, arguments: *const Value,
        result: *mut Value,
    ) {
        enter(env, |env| {
            // SAFETY: the addon passes `count` values.
            let arguments = unsafe { values(count, arguments) }?;
            let value = call(env, this, function(env, callee)?, &arguments)?;
            put_optional(result, env.handle(value));
            Ok(())
        })
    }

    fn napi_new_instance(
        env: RawEnv, constructor: Value, count: usize, arguments: *const Value,
        result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            // SAFETY: the addon passes `count` values.
            let arguments = unsafe { values(count, arguments) }?;
            env.check(env.context().construct(function(env, constructor)?, &arguments))
        })
    }

    fn napi_define_class(
        env: RawEnv, name: *const c_char, length: usize, constructor: Option<Callback>,
        data: *mut c_void, count: usize, properties: *const PropertyDescriptor,
        result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            let constructor = constructor.ok_or(Status::InvalidArgument)?;
            // SAFETY: the addon passes a string of this length, or one that ends in NUL.
            let name = String::from_utf8_lossy(unsafe { bytes_of(name, length) }?);
            let class = make(env, &name, constructor, data)?;
            let prototype = env.check(env.context().get(class, "prototype"))?;
            // SAFETY: the addon passes `count` descriptors.
            for property in unsafe { objects::descriptors(count, properties) }? {
                let is_static = property.attributes & STATIC != 0;
                objects::define(env, if is_static { class } else { prototype }, property)?;
            }
            Ok(class)
        })
    }

    fn napi_create_external(
        env: RawEnv, data: *mut c_void, finalizer: Option<Finalize>, hint: *mut c_void,
        result: *mut Value,
    ) {
        answer(env, result, |env| Ok(data_holder(env, data, finalizer, hint)))
    }

    fn napi_get_value_external(env: RawEnv, value: Value, result: *mut *mut c_void) {
        enter(env, |env| put(result, data_of(env, local(value)?)?))
    }

    fn napi_wrap(
        env: RawEnv, target: Value, data: *mut c_void, finalizer: Option<Finalize>,
        hint: *mut c_void, result: *mut *mut Reference,
    ) {
        enter(env, |env| {
            let target = object(env, target)?;
            let data = data_holder(env, data, finalizer, hint);
            let wrapped = env.help(Helper::Wrap, &[target, data])?;
            if !env.context().to_boolean(wrapped) {
                return Err(Status::InvalidArgument);
            }
            put_optional(result, Reference::make(env, target, 0));
            Ok(())
        })
    }

    fn napi_unwrap(env: RawEnv, target: Value, result: *mut *mut c_void) {
        enter(env, |env| {
            let remove = env.context().boolean(false);
            let data = env.help(Helper::Unwrap, &[object(env, target)?, remove])?;
            put(result, data_of(env, data)?)
        })
    }

    fn napi_remove_wrap(env: RawEnv, target: Value, result: *mut *mut c_void) {
        enter(env, |env| {
            let remove = env.context().boolean(true);
            let wrapped = env.help(Helper::Unwrap, &[object(env, target)?, remove])?;
            let Some(Native::Data { data, finalizer }) = held(env.js(), wrapped) else {
                return Err(Status::InvalidArgument);
            };
            *finalizer = None;
            put_optional(result, *data);
            Ok(())
        })
    }

    fn napi_add_finalizer(
        env: RawEnv, target: Value, data: *mut c_void, finalizer: Option<Finalize>,
        hint: *mut c_void, result: *mut *mut Reference,
    ) {
        enter(env, |env| {
            let target = object(env, target)?;
            let finalizer = Some(finalizer.ok_or(Status::InvalidArgument)?);
            let data = data_holder(env, data, finalizer, hint);
            env.help(Helper::AddFinalizer, &[target, data])?;
            put_optional(result, Reference::make(env, target, 0));
            Ok(())
        })
    }

    fn node_api_post_finalizer(
        env: RawEnv, finalizer: Option<Finalize>, data: *mut c_void, hint: *mut c_void,
    ) {
        enter(env, |env| {
            let run = finalizer.ok_or(Status::InvalidArgument)?;
            env.isolate.freed.push(native::Finalizer { env: env.raw(), run, data, hint });
            Ok(())
        })
    }
}
