//! The smallest programs: evaluation, timers, order of callbacks.

use dx_ops::{Call, Exception, Extension, Op, PreludeModule, Value, prelude_module};
use dx_reactor::Reactor;
use dx_runtime::{Isolate, IsolateOptions};

const MODULES: &[PreludeModule] =
    &[prelude_module!("test/log", "log.js", "js-bridge/runtime/tests/log.js")];

const EXTENSION: Extension = Extension {
    name: "test",
    modules: MODULES,
    ops: &[Op::sync("echo", echo), Op::asynchronous("later", later)],
    globals: &[
        dx_ops::Global { name: "log", module: "test/log" },
        dx_ops::Global { name: "ops", module: "test/log" },
    ],
    builtins: &[],
};

fn echo(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::String(call.expect_string(0, "The text")?))
}

fn later(call: &mut Call<'_>, deferred: dx_ops::Deferred) -> Result<(), Exception> {
    let text = call.expect_string(0, "The text")?;
    deferred.settle(Ok(Value::String(text)));
    Ok(())
}

fn isolate() -> Isolate {
    let (driver, _) = dx_driver::probe_and_open(None).expect("a driver");
    let reactor = Reactor::new(driver);
    let options = IsolateOptions { extensions: vec![EXTENSION], ends_process: false };
    Isolate::new(reactor, options).expect("the prelude evaluates")
}

fn run(source: &str) -> (String, i32) {
    let isolate = isolate();
    isolate.run_script(source, "test.js");
    let code = isolate.run();
    (isolate.evaluate_to_text("log.lines.join(' ')").expect("a log"), code)
}

#[test]
fn evaluates() {
    assert_eq!(isolate().evaluate_to_text("1 + 1"), Ok("2".to_owned()));
    assert_eq!(isolate().evaluate_to_text("null.x").is_err(), true);
}

#[test]
fn operations_answer_and_throw() {
    let (lines, code) = run("log(ops.echo('a\\xe9\\u20ac'));
        try { ops.echo(1) } catch (e) { log(e.name, e.message) }
        ops.later('p').then(log); ops.later(2).catch(e => log(e.constructor.name));");
    assert_eq!(lines, "aé€ TypeError The text must be a string TypeError p");
    assert_eq!(code, 0);
}

#[test]
fn callbacks_come_in_nodes_order() {
    let (lines, _) = run("
        setTimeout(() => { log('t'); Promise.resolve().then(() => log('tm')) });
        setTimeout(() => log('u'));
        setImmediate(() => log('i'));
        queueMicrotask(() => log('q'));
        Promise.resolve().then(() => log('p'));
        log('m');");
    assert_eq!(lines, "m q p i t tm u");
}
