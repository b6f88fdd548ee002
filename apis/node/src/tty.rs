//! node:tty: which descriptors are terminals, their size, and raw mode.

use dx_ops::{Call, Exception, Extension, Op, PreludeModule, Value, prelude_module};
use dx_sys::terminal;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-tty",
    modules: MODULES,
    ops: OPS,
    globals: &[],
    builtins: &[("node:tty", "node/tty")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/tty", "apis/node/js/tty/index.js"),
    prelude_module!("node/tty/color-depth", "apis/node/js/tty/color-depth.js"),
    prelude_module!("node/tty/streams", "apis/node/js/tty/streams.js"),
    prelude_module!("node/tty-wrap", "apis/node/js/tty/wrap.js"),
];

const OPS: &[Op] = &[
    Op::sync("isTerminal", is_terminal),
    Op::sync("windowSize", window_size),
    Op::sync("setRawMode", set_raw_mode),
];

/// A descriptor; what is no whole number in its range names none.
fn descriptor(call: &Call<'_>) -> i32 {
    let number = call.arguments.number(0);
    let whole = number as i32;
    if f64::from(whole) == number { whole } else { -1 }
}

/// `isTerminal(descriptor)`.
fn is_terminal(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::Boolean(terminal::is_terminal(descriptor(call))))
}

/// `windowSize(descriptor)`: columns and rows, or undefined for what is no terminal.
fn window_size(call: &mut Call<'_>) -> Result<Value, Exception> {
    let Ok((columns, rows)) = terminal::window_size(descriptor(call)) else {
        return Ok(Value::Undefined);
    };
    Ok(Value::Array(vec![Value::from(u32::from(columns)), Value::from(u32::from(rows))]))
}

/// `setRawMode(descriptor, raw)`: zero, or the number of the error.
fn set_raw_mode(call: &mut Call<'_>) -> Result<Value, Exception> {
    let raw = call.arguments.boolean(1);
    let errno = match terminal::set_raw(descriptor(call), raw) {
        Ok(()) => 0,
        Err(error) => error.raw_os_error().unwrap_or(0),
    };
    Ok(Value::Number(f64::from(errno)))
}
