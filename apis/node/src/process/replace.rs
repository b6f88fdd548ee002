//! `process.execve`, and what reports and limits are made of.

use std::ffi::CString;

use dx_ops::{Call, Exception, Value};

use super::facts::system_error;

fn items(text: &str) -> Vec<CString> {
    // The parts hold no NUL, so none is lost.
    text.split('\0').filter_map(|item| CString::new(item).ok()).collect()
}

/// `execute(path, arguments, environment)`, lists parted by NUL. Returns only by throwing.
pub(crate) fn execute(call: &mut Call<'_>) -> Result<Value, Exception> {
    let path = call.expect_string(0, "The path")?;
    let arguments = items(&call.expect_string(1, "The arguments")?);
    let environment = call.expect_string(2, "The environment")?;
    let environment = if environment.is_empty() { Vec::new() } else { items(&environment) };
    let name = CString::new(path.as_str())
        .map_err(|_| Exception::type_error("The path holds a null byte"))?;
    let error = dx_sys::process::replace(&name, &arguments, &environment);
    Err(system_error(&error, "execve", &format!(" '{path}'")))
}

/// `readText(path)`: a small file of the system's, or `undefined`.
pub(crate) fn read_text(call: &mut Call<'_>) -> Result<Value, Exception> {
    let path = call.expect_string(0, "The path")?;
    let bytes = std::fs::read(path).ok();
    Ok(Value::from(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())))
}

/// `threadUsage()`: user and system time of the thread in us.
pub(crate) fn thread_usage(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let usage = dx_sys::usage::of_thread();
    Ok(Value::Array([usage.user_us, usage.system_us].map(|us| Value::Number(us as f64)).into()))
}

/// `errorText(errno)`: what the C library says of a system error.
pub(crate) fn error_text(call: &mut Call<'_>) -> Result<Value, Exception> {
    let error = std::io::Error::from_raw_os_error(call.arguments.number(0) as i32);
    let text = error.to_string();
    Ok(Value::from(text.split(" (os error").next().unwrap_or_default()))
}
