//! Errors: making, throwing, catching, and ending the process.

use std::ffi::c_char;

use dx_jsc::{Local, Type};

use crate::{
    env::{Answer, Env, ErrorInfo, Helper, RawEnv, Value, answer, bytes_of, enter, local, put},
    status::Status,
    strings::from_utf8,
    values::expect,
};

// The kinds of errors, by their place in napi.js.
const ERROR: f64 = 0.0;
const TYPE_ERROR: f64 = 1.0;
const RANGE_ERROR: f64 = 2.0;
const SYNTAX_ERROR: f64 = 3.0;

fn create(env: &'static Env, kind: f64, code: Value, message: Value) -> Answer<Local<'static>> {
    let message = expect(env, message, Type::String, Status::StringExpected)?;
    let code = if code.is_null() {
        env.undefined()
    } else {
        expect(env, code, Type::String, Status::StringExpected)?
    };
    env.help(Helper::CreateError, &[env.number(kind), code, message])
}

fn throw(env: RawEnv, kind: f64, code: *const c_char, message: *const c_char) -> Status {
    enter(env, |env| {
        env.ready()?;
        let text = |text: *const c_char| {
            if text.is_null() { Ok(env.undefined()) } else { from_utf8(env, text, usize::MAX) }
        };
        let arguments = [env.number(kind), text(code)?, text(message)?];
        let error = env.help(Helper::CreateError, &arguments)?;
        env.set_exception(error);
        Ok(())
    })
}

exported! {
    fn napi_create_error(env: RawEnv, code: Value, message: Value, result: *mut Value) {
        answer(env, result, |env| create(env, ERROR, code, message))
    }

    fn napi_create_type_error(env: RawEnv, code: Value, message: Value, result: *mut Value) {
        answer(env, result, |env| create(env, TYPE_ERROR, code, message))
    }

    fn napi_create_range_error(env: RawEnv, code: Value, message: Value, result: *mut Value) {
        answer(env, result, |env| create(env, RANGE_ERROR, code, message))
    }

    fn node_api_create_syntax_error(
        env: RawEnv, code: Value, message: Value, result: *mut Value,
    ) {
        answer(env, result, |env| create(env, SYNTAX_ERROR, code, message))
    }

    fn napi_throw(env: RawEnv, error: Value) {
        enter(env, |env| {
            env.ready()?;
            env.set_exception(local(error)?);
            Ok(())
        })
    }

    fn napi_throw_error(env: RawEnv, code: *const c_char, message: *const c_char) {
        throw(env, ERROR, code, message)
    }

    fn napi_throw_type_error(env: RawEnv, code: *const c_char, message: *const c_char) {
        throw(env, TYPE_ERROR, code, message)
    }

    fn napi_throw_range_error(env: RawEnv, code: *const c_char, message: *const c_char) {
        throw(env, RANGE_ERROR, code, message)
    }

    fn node_api_throw_syntax_error(env: RawEnv, code: *const c_char, message: *const c_char) {
        throw(env, SYNTAX_ERROR, code, message)
    }

    fn napi_is_exception_pending(env: RawEnv, result: *mut bool) {
        enter(env, |env| put(result, env.is_exception_pending()))
    }

    fn napi_get_and_clear_last_exception(env: RawEnv, result: *mut Value) {
        answer(env, result, |env| Ok(env.take_exception().unwrap_or_else(|| env.undefined())))
    }

    fn napi_fatal_exception(env: RawEnv, error: Value) {
        enter(env, |env| env.help(Helper::ReportUncaught, &[local(error)?]).map(|_| ()))
    }
}

/// `napi_get_last_error_info`: unlike all others it leaves the last error as it was.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn napi_get_last_error_info(
    env: RawEnv,
    result: *mut *const ErrorInfo,
) -> Status {
    // SAFETY: environments live as long as the process.
    let Some(env) = (unsafe { env.cast_const().as_ref() }) else {
        return Status::InvalidArgument;
    };
    put(result, env.last_error()).err().unwrap_or(Status::Ok)
}

/// `napi_fatal_error`: says where and what, and aborts.
///
/// # Safety
/// The texts are of the lengths given, or end in NUL where that is `NAPI_AUTO_LENGTH`.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn napi_fatal_error(
    location: *const c_char,
    location_length: usize,
    message: *const c_char,
    message_length: usize,
) -> ! {
    // SAFETY: the caller's promise.
    let (location, message) =
        unsafe { (bytes_of(location, location_length), bytes_of(message, message_length)) };
    let text = |bytes: Answer<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or(&[])).into_owned();
    eprintln!("FATAL ERROR: {} {}", text(location), text(message));
    std::process::abort()
}
