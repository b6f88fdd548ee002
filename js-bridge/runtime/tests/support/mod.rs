//! What the runtime's tests share: an extension that collects output, and isolates with it.
#![allow(dead_code)] // each test file uses a part

use std::{cell::RefCell, rc::Rc};

use dx_ops::{
    Call, Deferred, Dispatch, Exception, Extension, Global, Handle, KeepAlive, Op, PreludeModule,
    Value, prelude_module,
};
use dx_reactor::Reactor;
use dx_runtime::{Isolate, IsolateOptions, Limits};

const MODULES: &[PreludeModule] =
    &[prelude_module!("test/log", "js-bridge/runtime/tests/support/log.js")];

/// The globals `log`, `ops`, `engine`, `asyncContext`.
pub(crate) const EXTENSION: Extension = Extension {
    name: "test",
    modules: MODULES,
    ops: &[
        Op::sync("echo", echo),
        Op::sync("kinds", kinds),
        Op::sync("text", text),
        Op::sync("fill", fill),
        Op::sync("callLater", call_later),
        Op::sync("feed", feed),
        Op::sync("panic", panic),
        Op::asynchronous("later", later),
        Op::asynchronous("never", never),
        Op::asynchronous("abandon", abandon),
    ],
    globals: &[
        Global { name: "log", module: "test/log" },
        Global { name: "ops", module: "test/log" },
        Global { name: "engine", module: "test/log" },
        Global { name: "asyncContext", module: "test/log" },
    ],
    builtins: &[],
};

fn echo(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::String(call.expect_string(0, "The text")?))
}

fn kinds(call: &mut Call<'_>) -> Result<Value, Exception> {
    let count = call.arguments.count();
    let kinds = (0..count).map(|index| format!("{:?}", call.arguments.kind(index)).into());
    Ok(Value::Array(kinds.collect()))
}

/// `text(length, unit)`: a string of that many units, by the cheapest way it fits.
fn text(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (length, unit) = (call.arguments.number(0) as usize, call.arguments.number(1) as u32);
    Ok(match u8::try_from(unit) {
        Ok(byte) => Value::Latin1(vec![byte; length]),
        Err(_) => Value::Utf16(vec![unit as u16; length]),
    })
}

fn fill(call: &mut Call<'_>) -> Result<Value, Exception> {
    let byte = call.arguments.number(1) as u8;
    match call.arguments.bytes_mut(0) {
        Some(bytes) => bytes.fill(byte),
        None => return Err(Exception::type_error("no bytes").with_code("ERR_NO_BYTES")),
    }
    Ok(Value::Undefined)
}

fn call_later(call: &mut Call<'_>) -> Result<Value, Exception> {
    let function = call.arguments.hold(0);
    call.host.call(&function, vec![Value::from(1_u32), Value::from("two")]);
    Ok(Value::Undefined)
}

/// Hands out three batches of growing size, keeping the loop alive until then.
struct Feed(RefCell<(u32, Option<KeepAlive>)>);

impl Dispatch for Feed {
    fn take(&self) -> u32 {
        let mut state = self.0.borrow_mut();
        state.0 += 1;
        if state.0 > 3 {
            state.1 = None;
            return 0;
        }
        state.0
    }
}

fn feed(call: &mut Call<'_>) -> Result<Value, Exception> {
    let function: Handle = call.arguments.hold(0);
    let source = Feed(RefCell::new((0, Some(call.host.keep_alive()))));
    call.host.register_dispatch(function, Rc::new(source));
    Ok(Value::Undefined)
}

fn panic(_call: &mut Call<'_>) -> Result<Value, Exception> {
    panic!("on purpose")
}

fn later(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let text = call.expect_string(0, "The text")?;
    let reactor = call.host.reactor().clone();
    call.host.spawn(async move {
        reactor.sleep(std::time::Duration::from_millis(1)).await;
        deferred.settle(Ok(Value::String(text)));
    });
    Ok(())
}

fn never(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    deferred.let_loop_end();
    call.host.spawn(async move {
        std::future::pending::<()>().await;
        drop(deferred);
    });
    Ok(())
}

fn abandon(_call: &mut Call<'_>, _deferred: Deferred) -> Result<(), Exception> {
    Ok(())
}

/// An isolate with the real extensions beside the test's.
pub(crate) fn isolate(limits: Limits) -> Isolate {
    let (driver, _) = dx_driver::probe_and_open(None).expect("a driver");
    let apis = [dx_compat_web::EXTENSIONS, dx_compat_bun::EXTENSIONS, dx_compat_node::EXTENSIONS];
    let extensions = [EXTENSION].into_iter().chain(apis.concat()).collect();
    let options = IsolateOptions { extensions, limits, ..IsolateOptions::default() };
    Isolate::new(Reactor::new(driver), options).expect("the prelude evaluates")
}

/// Runs a script and its event loop; what it logged, line by line, and the exit code.
pub(crate) fn run_with(limits: Limits, source: &str) -> (String, i32) {
    let isolate = isolate(limits);
    isolate.run_script(source, "program.js");
    let code = isolate.run();
    (isolate.evaluate_to_text("log.lines.join('\\n')").expect("a log"), code)
}

/// As [`run_with`], without limits.
pub(crate) fn run(source: &str) -> (String, i32) {
    run_with(Limits::default(), source)
}
