//! Bytes: array buffers, typed arrays, views, Buffers.

use std::{ffi::c_void, ptr, sync::Arc};

use dx_jsc::Local;
use dx_jsc_sys as sys;

use crate::{
    env::{Answer, Env, Finalize, Helper, RawEnv, Value, answer, enter, local, put, put_optional},
    isolate::Freed,
    native::Finalizer,
    status::Status,
};

fn is_array_buffer(env: &Env, value: Local<'_>) -> bool {
    kind(env, value) == sys::kJSTypedArrayTypeArrayBuffer
}

fn kind(env: &Env, value: Local<'_>) -> sys::JSTypedArrayType {
    // SAFETY: the value belongs to the engine.
    unsafe { sys::JSValueGetTypedArrayType(env.js(), value.as_raw(), ptr::null_mut()) }
}

fn is_view(env: &Env, value: Local<'_>) -> bool {
    !matches!(kind(env, value), sys::kJSTypedArrayTypeNone | sys::kJSTypedArrayTypeArrayBuffer)
}

/// Where an array buffer's bytes lie, and how many there are.
fn bytes_of_buffer(env: &Env, value: Local<'_>) -> Answer<(*mut c_void, usize)> {
    if !is_array_buffer(env, value) {
        return Err(Status::InvalidArgument);
    }
    let (object, mut exception) = (value.as_raw().cast_mut(), ptr::null());
    // SAFETY: the value is an array buffer.
    let found = unsafe {
        let start = sys::JSObjectGetArrayBufferBytesPtr(env.js(), object, &mut exception);
        (start, sys::JSObjectGetArrayBufferByteLength(env.js(), object, &mut exception))
    };
    if exception.is_null() { Ok(found) } else { Err(Status::GenericFailure) }
}

/// What an external buffer gives back once the engine is done with its bytes.
struct External {
    finalizer: Option<Finalizer>,
    freed: Arc<Freed>,
}

unsafe extern "C" fn release_external(_bytes: *mut c_void, external: *mut c_void) {
    // SAFETY: boxed by `external_buffer`, and released once; any thread may do so.
    let external = unsafe { Box::from_raw(external.cast::<External>()) };
    if let Some(finalizer) = external.finalizer {
        external.freed.push(finalizer);
    }
}

fn external_buffer(
    env: &Env,
    data: *mut c_void,
    length: usize,
    finalizer: Option<Finalize>,
    hint: *mut c_void,
) -> Answer<Local<'static>> {
    let finalizer = finalizer.map(|run| Finalizer { env: env.raw(), run, data, hint });
    let freed = Arc::clone(&env.isolate.freed);
    let external = Box::into_raw(Box::new(External { finalizer, freed }));
    let mut exception = ptr::null();
    // SAFETY: the addon keeps the bytes until its finalizer has run.
    let made = unsafe {
        sys::JSObjectMakeArrayBufferWithBytesNoCopy(
            env.js(),
            data,
            length,
            Some(release_external),
            external.cast(),
            &mut exception,
        )
    };
    if let Ok(exception) = local(exception) {
        return env.check(Err(exception));
    }
    local(made)
}

fn numbers(env: &Env, list: &[usize]) -> Vec<Local<'static>> {
    list.iter().map(|number| env.number(*number as f64)).collect()
}

/// What `viewDetails` of napi.js tells of a view.
struct View {
    kind: i32,
    length: usize,
    buffer: Local<'static>,
    offset: usize,
}

fn view(env: &Env, value: Value) -> Answer<View> {
    let list = env.help(Helper::ViewDetails, &[local(value)?])?;
    let at = |index| env.check(env.context().get_index(list, index));
    let number = |index| Ok(env.context().as_number(at(index)?).unwrap_or(0.0));
    Ok(View {
        kind: number(0)? as i32,
        length: number(1)? as usize,
        buffer: at(2)?,
        offset: number(3)? as usize,
    })
}

impl View {
    /// Where the view's bytes begin.
    fn start(&self, env: &Env) -> Answer<*mut c_void> {
        let (start, _) = bytes_of_buffer(env, self.buffer)?;
        Ok(start.cast::<u8>().wrapping_add(self.offset).cast())
    }
}

exported! {
    fn napi_create_arraybuffer(
        env: RawEnv, length: usize, data: *mut *mut c_void, result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            let made = env.help(Helper::MakeArrayBuffer, &numbers(env, &[length]))?;
            put_optional(data, bytes_of_buffer(env, made)?.0);
            Ok(made)
        })
    }

    fn napi_create_external_arraybuffer(
        env: RawEnv, data: *mut c_void, length: usize, finalizer: Option<Finalize>,
        hint: *mut c_void, result: *mut Value,
    ) {
        answer(env, result, |env| external_buffer(env, data, length, finalizer, hint))
    }

    fn napi_is_arraybuffer(env: RawEnv, value: Value, result: *mut bool) {
        enter(env, |env| put(result, is_array_buffer(env, local(value)?)))
    }

    fn napi_get_arraybuffer_info(
        env: RawEnv, value: Value, data: *mut *mut c_void, length: *mut usize,
    ) {
        enter(env, |env| {
            let (start, count) = bytes_of_buffer(env, local(value)?)?;
            put_optional(data, start);
            put_optional(length, count);
            Ok(())
        })
    }

    fn napi_detach_arraybuffer(env: RawEnv, value: Value) {
        enter(env, |env| {
            let value = local(value)?;
            if !is_array_buffer(env, value) {
                return Err(Status::ArrayBufferExpected);
            }
            env.help(Helper::Detach, &[value]).map(|_| ())
        })
    }

    fn napi_is_detached_arraybuffer(env: RawEnv, value: Value, result: *mut bool) {
        enter(env, |env| {
            let value = local(value)?;
            let detached = is_array_buffer(env, value)
                && env.context().to_boolean(env.help(Helper::IsDetached, &[value])?);
            put(result, detached)
        })
    }

    fn napi_create_typedarray(
        env: RawEnv, kind: u32, length: usize, buffer: Value, offset: usize, result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            let buffer = local(buffer)?;
            if !is_array_buffer(env, buffer) {
                return Err(Status::InvalidArgument);
            }
            let rest = numbers(env, &[offset, length]);
            let kind = env.number(f64::from(kind));
            env.help(Helper::TypedArray, &[kind, buffer, rest[0], rest[1]])
        })
    }

    fn napi_is_typedarray(env: RawEnv, value: Value, result: *mut bool) {
        enter(env, |env| put(result, is_view(env, local(value)?)))
    }

    fn napi_get_typedarray_info(
        env: RawEnv, value: Value, kind: *mut i32, length: *mut usize, data: *mut *mut c_void,
        buffer: *mut Value, offset: *mut usize,
    ) {
        enter(env, |env| {
            if !is_view(env, local(value)?) {
                return Err(Status::InvalidArgument);
            }
            let view = view(env, value)?;
            put_optional(kind, view.kind);
            put_optional(length, view.length);
            put_optional(data, view.start(env)?);
            put_optional(buffer, env.handle(view.buffer));
            put_optional(offset, view.offset);
            Ok(())
        })
    }

    fn napi_create_dataview(
        env: RawEnv, length: usize, buffer: Value, offset: usize, result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            let rest = numbers(env, &[offset, length]);
            env.help(Helper::DataView, &[local(buffer)?, rest[0], rest[1]])
        })
    }

    fn napi_get_dataview_info(
        env: RawEnv, value: Value, length: *mut usize, data: *mut *mut c_void,
        buffer: *mut Value, offset: *mut usize,
    ) {
        enter(env, |env| {
            if !crate::values::truth(env, Helper::IsDataView, value)? {
                return Err(Status::InvalidArgument);
            }
            let view = view(env, value)?;
            put_optional(length, view.length);
            put_optional(data, view.start(env)?);
            put_optional(buffer, env.handle(view.buffer));
            put_optional(offset, view.offset);
            Ok(())
        })
    }

    fn napi_create_buffer(
        env: RawEnv, length: usize, data: *mut *mut c_void, result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            let made = env.help(Helper::MakeBuffer, &numbers(env, &[length]))?;
            put_optional(data, view(env, made.as_raw())?.start(env)?);
            Ok(made)
        })
    }

    fn napi_create_buffer_copy(
        env: RawEnv, length: usize, from: *const c_void, data: *mut *mut c_void,
        result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            let made = env.help(Helper::MakeBuffer, &numbers(env, &[length]))?;
            let start = view(env, made.as_raw())?.start(env)?;
            if length > 0 {
                // SAFETY: the addon passes `length` bytes, and the Buffer has as many.
                unsafe { ptr::copy_nonoverlapping(from.cast::<u8>(), start.cast(), length) };
            }
            put_optional(data, start);
            Ok(made)
        })
    }

    fn napi_create_external_buffer(
        env: RawEnv, length: usize, data: *mut c_void, finalizer: Option<Finalize>,
        hint: *mut c_void, result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            let buffer = external_buffer(env, data, length, finalizer, hint)?;
            let rest = numbers(env, &[0, length]);
            env.help(Helper::BufferOver, &[buffer, rest[0], rest[1]])
        })
    }

    fn node_api_create_buffer_from_arraybuffer(
        env: RawEnv, buffer: Value, offset: usize, length: usize, result: *mut Value,
    ) {
        answer(env, result, |env| {
            env.ready()?;
            let buffer = local(buffer)?;
            if !is_array_buffer(env, buffer) {
                return Err(Status::ArrayBufferExpected);
            }
            let rest = numbers(env, &[offset, length]);
            env.help(Helper::BufferOver, &[buffer, rest[0], rest[1]])
        })
    }

    // As Node's: every view of bytes is taken for a Buffer.
    fn napi_is_buffer(env: RawEnv, value: Value, result: *mut bool) {
        enter(env, |env| {
            let is_data_view = || crate::values::truth(env, Helper::IsDataView, value);
            put(result, is_view(env, local(value)?) || is_data_view()?)
        })
    }

    fn napi_get_buffer_info(
        env: RawEnv, value: Value, data: *mut *mut c_void, length: *mut usize,
    ) {
        enter(env, |env| {
            if !is_view(env, local(value)?) {
                return Err(Status::InvalidArgument);
            }
            let value = local(value)?;
            let mut exception = ptr::null();
            // SAFETY: the value is a view.
            let count = unsafe {
                let object = value.as_raw().cast_mut();
                sys::JSObjectGetTypedArrayByteLength(env.js(), object, &mut exception)
            };
            put_optional(data, view(env, value.as_raw())?.start(env)?);
            put_optional(length, count);
            Ok(())
        })
    }
}
