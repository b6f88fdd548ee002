//! The operations of the extension `runtime`.

use std::io::Write;

use dx_ops::{Call, Exception, Extension, Op, Value};

/// The extension that every isolate has before all others.
pub const EXTENSION: Extension = Extension {
    name: "runtime",
    modules: dx_prelude::MODULES,
    ops: &[Op::sync("writeError", write_error), Op::sync("exit", exit)],
    globals: dx_prelude::GLOBALS,
    builtins: dx_prelude::BUILTINS,
};

/// `writeError(text)`: to the terminal, all of it.
fn write_error(call: &mut Call<'_>) -> Result<Value, Exception> {
    let text = call.expect_string(0, "The text")?;
    // Nobody is left to tell when the terminal is gone.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
    Ok(Value::Undefined)
}

/// `exit(code)`: ends the process, or in an isolate that does not own it, the isolate.
fn exit(call: &mut Call<'_>) -> Result<Value, Exception> {
    call.host.exit(call.arguments.number(0) as i32);
    Ok(Value::Undefined)
}
