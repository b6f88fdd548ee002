//! The operations `apis/web/js/websocket/*.js` calls.

use std::time::Duration;

use dx_client::{Message, Socket, SocketEvent, SocketOptions};
use dx_ops::{Call, Deferred, Exception, Op, Value, ValueKind};
use dx_ws::{Extension, Role, accept_key};

use super::Sockets;
use crate::fetch::Fetches;

pub(super) const OPS: &[Op] = &[
    Op::sync("wsMake", make),
    Op::sync("wsAttach", attach),
    Op::asynchronous("wsEvents", events),
    Op::sync("wsSend", send),
    Op::sync("wsClose", close),
    Op::sync("wsTerminate", terminate),
    Op::sync("wsBuffered", buffered),
    Op::sync("wsWantDrain", want_drain),
    Op::sync("wsAcceptKey", accept),
    Op::sync("wsNegotiate", negotiate),
];

/// Kinds of events, as JavaScript has them.
mod kind {
    pub(super) const TEXT: f64 = 0.0;
    pub(super) const BINARY: f64 = 1.0;
    pub(super) const PING: f64 = 2.0;
    pub(super) const PONG: f64 = 3.0;
    pub(super) const DRAINED: f64 = 4.0;
    pub(super) const CLOSED: f64 = 5.0;
}

fn number(call: &Call<'_>) -> u32 {
    call.arguments.number(0) as u32
}

/// `wsMake(number, isServer, messageBytesMax, extension, idleMilliseconds)`
fn make(call: &mut Call<'_>) -> Result<Value, Exception> {
    let milliseconds = call.arguments.number(4).max(0.0);
    let socket = Socket::new(SocketOptions {
        role: if call.arguments.boolean(1) { Role::Server } else { Role::Client },
        message_bytes_max: call.arguments.number(2) as usize,
        extension: call.arguments.string(3).as_deref().and_then(Extension::parse),
        idle: Duration::from_millis(milliseconds as u64),
    });
    call.host.state::<Sockets>().0.borrow_mut().insert(number(call), socket);
    Ok(Value::Undefined)
}

/// `wsAttach(number, exchange)`: the connection of a fetch that was answered with 101.
fn attach(call: &mut Call<'_>) -> Result<Value, Exception> {
    let exchange = call.arguments.number(1) as u32;
    let fetches = call.host.state::<Fetches>();
    let upgraded = fetches.flow(exchange).and_then(|flow| flow.take_upgraded());
    fetches.forget(exchange);
    let sockets = call.host.state::<Sockets>();
    sockets.attach(call.host.reactor(), number(call), upgraded, Vec::new());
    Ok(Value::Undefined)
}

/// `wsEvents(number, keepsAlive)`: what happens next, two by two: kind and value.
fn events(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let sockets = call.host.state::<Sockets>();
    let number = number(call);
    if !call.arguments.boolean(1) {
        deferred.let_loop_end();
    }
    let Some(socket) = sockets.get(number) else {
        deferred.settle(Ok(Value::Array(Vec::new())));
        return Ok(());
    };
    socket.next_events(move |events| {
        let is_end = |event: &SocketEvent| matches!(event, SocketEvent::Closed(..));
        if events.last().is_some_and(is_end) {
            sockets.0.borrow_mut().remove(&number);
        }
        deferred.settle(Ok(Value::Array(events.into_iter().flat_map(pair).collect())));
    });
    Ok(())
}

fn pair(event: SocketEvent) -> [Value; 2] {
    let (kind, value) = match event {
        SocketEvent::Text(text) if text.is_ascii() => (kind::TEXT, Value::Latin1(text.into())),
        SocketEvent::Text(text) => (kind::TEXT, Value::String(text)),
        SocketEvent::Binary(bytes) => (kind::BINARY, Value::Bytes(bytes)),
        SocketEvent::Ping(bytes) => (kind::PING, Value::Bytes(bytes)),
        SocketEvent::Pong(bytes) => (kind::PONG, Value::Bytes(bytes)),
        SocketEvent::Drained => (kind::DRAINED, Value::Undefined),
        SocketEvent::Closed(code, reason, clean) => {
            let parts = vec![Value::from(u32::from(code)), reason.into(), clean.into()];
            (kind::CLOSED, Value::Array(parts))
        }
    };
    [Value::Number(kind), value]
}

/// `wsSend(number, kind, data, compress)`: bytes that wait behind it, -1 where it was not taken.
/// The kinds are those of events.
fn send(call: &mut Call<'_>) -> Result<Value, Exception> {
    let socket = call.host.state::<Sockets>().get(number(call));
    let message = match call.arguments.number(1) as u32 {
        0 => Message::Text,
        1 => Message::Binary,
        2 => Message::Ping,
        _ => Message::Pong,
    };
    let compress = call.arguments.boolean(3);
    let Some(socket) = socket else { return Ok(Value::Number(-1.0)) };
    let taken = match call.arguments.kind(2) {
        ValueKind::String => {
            socket.send(message, call.expect_string(2, "data")?.as_bytes(), compress)
        }
        ValueKind::Undefined => socket.send(message, &[], compress),
        _ => socket.send(message, call.expect_bytes(2, "data")?, compress),
    };
    Ok(Value::Number(if taken { socket.buffered_bytes() as f64 } else { -1.0 }))
}

/// `wsClose(number, code, reason)`
fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(socket) = call.host.state::<Sockets>().get(number(call)) {
        let named = call.arguments.kind(1) == ValueKind::Number;
        let code = named.then(|| call.arguments.number(1) as u16);
        socket.close(code, &call.arguments.string(2).unwrap_or_default());
    }
    Ok(Value::Undefined)
}

/// `wsTerminate(number)`
fn terminate(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(socket) = call.host.state::<Sockets>().get(number(call)) {
        socket.terminate();
    }
    Ok(Value::Undefined)
}

/// `wsBuffered(number)`: bytes that are not sent yet.
fn buffered(call: &mut Call<'_>) -> Result<Value, Exception> {
    let socket = call.host.state::<Sockets>().get(number(call));
    Ok(Value::Number(socket.map_or(0.0, |socket| socket.buffered_bytes() as f64)))
}

/// `wsWantDrain(number)`: a drain event when everything is sent.
fn want_drain(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(socket) = call.host.state::<Sockets>().get(number(call)) {
        socket.want_drain();
    }
    Ok(Value::Undefined)
}

/// `wsAcceptKey(key)`
fn accept(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::String(accept_key(call.expect_string(0, "key")?.as_bytes())))
}

/// `wsNegotiate(offer)`: the answer to an offer of extensions, or undefined.
fn negotiate(call: &mut Call<'_>) -> Result<Value, Exception> {
    let offer = call.expect_string(0, "offer")?;
    Ok(Value::from(Extension::parse(&offer).map(Extension::to_field)))
}
