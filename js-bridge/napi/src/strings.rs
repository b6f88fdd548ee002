//! Strings in and out, in UTF-8, Latin-1 and UTF-16.

use std::ffi::{c_char, c_void};

use dx_jsc::{Local, Type};

use crate::{
    env::{Answer, Env, Finalize, RawEnv, Value, answer, bytes_of, enter, put, put_optional},
    status::Status,
    values::expect,
};

/// A string from the addon's UTF-8; what is not UTF-8 becomes U+FFFD.
pub(crate) fn from_utf8(env: &Env, text: *const c_char, length: usize) -> Answer<Local<'static>> {
    // SAFETY: the addon passes a string of this length, or one that ends in NUL.
    let bytes = unsafe { bytes_of(text, length) }?;
    Ok(env.context().string(&String::from_utf8_lossy(bytes)))
}

fn from_latin1(env: &Env, text: *const c_char, length: usize) -> Answer<Local<'static>> {
    // SAFETY: as `from_utf8`.
    Ok(env.context().latin1(unsafe { bytes_of(text, length) }?))
}

fn from_utf16(env: &Env, text: *const u16, length: usize) -> Answer<Local<'static>> {
    if text.is_null() {
        return if length == 0 {
            Ok(env.context().utf16(&[]))
        } else {
            Err(Status::InvalidArgument)
        };
    }
    // SAFETY: the addon passes `length` units, or a string that ends in a zero unit.
    let units = unsafe {
        let length = if length == usize::MAX {
            (0..).take_while(|at| *text.add(*at) != 0).count()
        } else {
            length
        };
        std::slice::from_raw_parts(text, length)
    };
    Ok(env.context().utf16(units))
}

fn string(env: &Env, value: Value) -> Answer<Local<'static>> {
    expect(env, value, Type::String, Status::StringExpected)
}

/// Copies what fits of `units` and a terminating zero into the addon's buffer. Without a buffer
/// it answers the length only.
fn copy_out<T: Copy + Default>(
    units: &[T],
    buffer: *mut T,
    room: usize,
    written: *mut usize,
    fits: impl Fn(usize) -> usize,
) -> Answer {
    if buffer.is_null() {
        return put(written, units.len());
    }
    if room == 0 {
        put_optional(written, 0);
        return Ok(());
    }
    let count = fits(units.len().min(room - 1));
    // SAFETY: the addon has place for `room` units, and `count` is less.
    unsafe {
        std::ptr::copy_nonoverlapping(units.as_ptr(), buffer, count);
        buffer.add(count).write(T::default());
    }
    put_optional(written, count);
    Ok(())
}

exported! {
    fn napi_create_string_utf8(
        env: RawEnv, text: *const c_char, length: usize, result: *mut Value,
    ) {
        answer(env, result, |env| from_utf8(env, text, length))
    }

    fn napi_create_string_latin1(
        env: RawEnv, text: *const c_char, length: usize, result: *mut Value,
    ) {
        answer(env, result, |env| from_latin1(env, text, length))
    }

    fn napi_create_string_utf16(
        env: RawEnv, text: *const u16, length: usize, result: *mut Value,
    ) {
        answer(env, result, |env| from_utf16(env, text, length))
    }

    fn node_api_create_property_key_utf8(
        env: RawEnv, text: *const c_char, length: usize, result: *mut Value,
    ) {
        answer(env, result, |env| from_utf8(env, text, length))
    }

    fn node_api_create_property_key_latin1(
        env: RawEnv, text: *const c_char, length: usize, result: *mut Value,
    ) {
        answer(env, result, |env| from_latin1(env, text, length))
    }

    fn node_api_create_property_key_utf16(
        env: RawEnv, text: *const u16, length: usize, result: *mut Value,
    ) {
        answer(env, result, |env| from_utf16(env, text, length))
    }

    // The engine owns its strings: the text is copied, and the addon's released at once.
    fn node_api_create_external_string_latin1(
        env: RawEnv, text: *mut c_char, length: usize, finalizer: Option<Finalize>,
        hint: *mut c_void, result: *mut Value, copied: *mut bool,
    ) {
        answer(env, result, |env| {
            let made = from_latin1(env, text, length)?;
            release(env, text.cast(), finalizer, hint, copied);
            Ok(made)
        })
    }

    fn node_api_create_external_string_utf16(
        env: RawEnv, text: *mut u16, length: usize, finalizer: Option<Finalize>,
        hint: *mut c_void, result: *mut Value, copied: *mut bool,
    ) {
        answer(env, result, |env| {
            let made = from_utf16(env, text, length)?;
            release(env, text.cast(), finalizer, hint, copied);
            Ok(made)
        })
    }

    fn napi_get_value_string_utf8(
        env: RawEnv, value: Value, buffer: *mut u8, room: usize, written: *mut usize,
    ) {
        enter(env, |env| {
            let text = env.check(env.context().to_string(string(env, value)?))?;
            let whole = |count| text.floor_char_boundary(count);
            copy_out(text.as_bytes(), buffer, room, written, whole)
        })
    }

    fn napi_get_value_string_latin1(
        env: RawEnv, value: Value, buffer: *mut u8, room: usize, written: *mut usize,
    ) {
        enter(env, |env| {
            let units = env.check(env.context().to_utf16(string(env, value)?))?;
            let bytes: Vec<u8> = units.into_iter().map(|unit| unit as u8).collect();
            copy_out(&bytes, buffer, room, written, |count| count)
        })
    }

    fn napi_get_value_string_utf16(
        env: RawEnv, value: Value, buffer: *mut u16, room: usize, written: *mut usize,
    ) {
        enter(env, |env| {
            let units = env.check(env.context().to_utf16(string(env, value)?))?;
            copy_out(&units, buffer, room, written, |count| count)
        })
    }
}

fn release(
    env: &Env,
    text: *mut c_void,
    finalizer: Option<Finalize>,
    hint: *mut c_void,
    copied: *mut bool,
) {
    put_optional(copied, true);
    if let Some(run) = finalizer {
        // SAFETY: the addon gave the function and its arguments.
        unsafe { run(env.raw(), text, hint) };
    }
}
