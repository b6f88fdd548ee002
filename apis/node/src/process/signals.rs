//! Signals: sent by `process.kill`, received through a self-pipe on the reactor.
//!
//! The handler writes the signal's number into a pipe of each isolate that watches it, so that
//! every replica of a program hears it. Waiting for a signal does not keep the event loop alive.

use std::{cell::OnceCell, io, rc::Rc};

use dx_driver::{Descriptor, Interest, Operation};
use dx_ops::{Call, Deferred, ErrorClass, Exception, Host, Value};

use super::facts::system_error;
use dx_sys::{errno::describe, signal::Listener};

/// The listener of an isolate, once it has watched a signal.
#[derive(Default)]
struct Listening(OnceCell<Rc<Listener>>);

fn listener(host: &Host) -> io::Result<Rc<Listener>> {
    let listening = host.state::<Listening>();
    if let Some(listener) = listening.0.get() {
        return Ok(Rc::clone(listener));
    }
    let listener = Rc::new(Listener::new()?);
    Ok(Rc::clone(listening.0.get_or_init(|| listener)))
}

/// `kill(pid, signal)`: `undefined`, or what the kernel said.
pub(crate) fn kill(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (pid, signal) = (call.arguments.number(0) as i32, call.arguments.number(1) as i32);
    match dx_sys::signal::send(pid, signal) {
        Ok(()) => Ok(Value::Undefined),
        Err(error) => {
            let errno = error.raw_os_error().unwrap_or(0);
            let (code, _) = describe(errno);
            let text = error.to_string();
            let text = text.split(" (os error").next().unwrap_or_default();
            Ok(Value::Object(vec![
                ("code", code.into()),
                ("text", text.into()),
                ("errno", Value::from(errno)),
            ]))
        }
    }
}

/// `watchSignal(signal)`
pub(crate) fn watch(call: &mut Call<'_>) -> Result<Value, Exception> {
    let signal = call.arguments.number(0) as i32;
    listener(call.host)
        .and_then(|listener| listener.watch(signal))
        .map_err(|error| system_error(&error, "uv_signal_start", ""))?;
    Ok(Value::Undefined)
}

/// `unwatchSignal(signal)`
pub(crate) fn unwatch(call: &mut Call<'_>) -> Result<Value, Exception> {
    let signal = call.arguments.number(0) as i32;
    // One that cannot be watched was never watched.
    let _ = listener(call.host).and_then(|listener| listener.unwatch(signal));
    Ok(Value::Undefined)
}

/// `nextSignal()`: the number of the next watched signal.
pub(crate) fn next(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let listener = listener(call.host).map_err(|error| system_error(&error, "pipe", ""))?;
    deferred.let_loop_end();
    let reactor = call.host.reactor().clone();
    call.host.spawn(async move {
        loop {
            if let Some(signal) = listener.take() {
                deferred.settle(Ok(Value::from(u32::from(signal))));
                return;
            }
            let interest = Interest { readable: true, writable: false };
            let descriptor = Descriptor(listener.descriptor());
            let poll = Operation::Poll { descriptor, interest };
            if let Err(error) = reactor.operate(poll).await.result {
                let message = format!("signals cannot be received: {error}");
                deferred.settle(Err(Exception::new(ErrorClass::Error, message)));
                return;
            }
        }
    });
    Ok(())
}
