//! node:http2: the protocol's state of its sessions, by numbers that JavaScript holds.
//!
//! What has come is told in one flat array of kinds and their parts, in the order that
//! `apis/node/js/http2/native.js` takes them apart. Belongs to the script's shard.

use std::cell::RefCell;

use dx_http2::hpack::Fields;
use dx_http2::{Connection, Event, Role, Settings};
use dx_ops::{Call, Exception, Extension, Op, PreludeModule, Text, Value, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-http2",
    modules: MODULES,
    ops: &[
        Op::sync("open", open),
        Op::sync("free", free),
        Op::sync("receive", receive),
        Op::sync("take", take),
        Op::sync("events", events),
        Op::sync("settings", settings),
        Op::sync("settingsOf", settings_of),
        Op::sync("request", request),
        Op::sync("headers", headers),
        Op::sync("promise", promise),
        Op::sync("data", data),
        Op::sync("reset", reset),
        Op::sync("consume", consume),
        Op::sync("ping", ping),
        Op::sync("goAway", go_away),
        Op::sync("setWindow", set_window),
        Op::sync("setNextStream", set_next_stream),
        Op::sync("frame", frame),
        Op::sync("state", state),
        Op::sync("streamState", stream_state),
    ],
    globals: &[],
    builtins: &[("node:http2", "node/http2")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/http2", "apis/node/js/http2/index.js"),
    prelude_module!("node/http2/channels", "apis/node/js/http2/channels.js"),
    prelude_module!("node/http2/client-session", "apis/node/js/http2/client-session.js"),
    prelude_module!("node/http2/compat", "apis/node/js/http2/compat.js"),
    prelude_module!("node/http2/compat-request", "apis/node/js/http2/compat-request.js"),
    prelude_module!("node/http2/compat-response", "apis/node/js/http2/compat-response.js"),
    prelude_module!("node/http2/constants", "apis/node/js/http2/constants.js"),
    prelude_module!("node/http2/errors", "apis/node/js/http2/errors.js"),
    prelude_module!("node/http2/headers", "apis/node/js/http2/headers.js"),
    prelude_module!("node/http2/native", "apis/node/js/http2/native.js"),
    prelude_module!("node/http2/respond-file", "apis/node/js/http2/respond-file.js"),
    prelude_module!("node/http2/server", "apis/node/js/http2/server.js"),
    prelude_module!("node/http2/server-session", "apis/node/js/http2/server-session.js"),
    prelude_module!("node/http2/server-stream", "apis/node/js/http2/server-stream.js"),
    prelude_module!("node/http2/session", "apis/node/js/http2/session.js"),
    prelude_module!("node/http2/settings", "apis/node/js/http2/settings.js"),
    prelude_module!("node/http2/socket-proxy", "apis/node/js/http2/socket-proxy.js"),
    prelude_module!("node/http2/stream", "apis/node/js/http2/stream.js"),
];

// Kinds of events.
const HEADERS: u32 = 0;
const PROMISE: u32 = 1;
const DATA: u32 = 2;
const END: u32 = 3;
const CLOSED: u32 = 4;
const DRAINED: u32 = 5;
const SETTINGS: u32 = 6;
const SETTINGS_ACK: u32 = 7;
const PING: u32 = 8;
const GOAWAY: u32 = 9;
const ALTSVC: u32 = 10;
const ORIGINS: u32 = 11;
const REFUSED: u32 = 12;
const FAILED: u32 = 13;

// What else is true of headers, a bit each.
const IS_NEW: u32 = 1;
const IS_END: u32 = 2;

/// The sessions of an isolate.
#[derive(Default)]
struct Sessions {
    open: RefCell<Vec<Option<Box<Connection>>>>,
    free: RefCell<Vec<usize>>,
}

/// Runs `act` on the session whose number is the first argument; nothing on one that is gone.
fn with<T: Default>(call: &Call<'_>, act: impl FnOnce(&mut Connection, &Call<'_>) -> T) -> T {
    let number = call.arguments.number(0) as usize;
    let sessions = call.host.state::<Sessions>();
    let mut open = sessions.open.borrow_mut();
    match open.get_mut(number).and_then(Option::as_mut) {
        Some(connection) => act(connection, call),
        None => T::default(),
    }
}

fn word(call: &Call<'_>, index: usize) -> u32 {
    call.arguments.number(index) as u32
}

fn latin1(call: &Call<'_>, index: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    call.arguments.text(index, &mut |text| match text {
        Text::Latin1(units) => bytes.extend_from_slice(units),
        Text::Utf16(units) => bytes.extend(units.iter().map(|unit| *unit as u8)),
    });
    bytes
}

/// The fields of a text, and the names of those that no table may keep, each followed by a
/// line feed.
fn fields(call: &Call<'_>, text: usize, sensitive: usize) -> Fields {
    let names = latin1(call, sensitive);
    let is_sensitive =
        |name: &[u8]| !names.is_empty() && names.split(|b| *b == b'\n').any(|each| each == name);
    Fields::of_text(&latin1(call, text), is_sensitive)
}

fn texts(fields: Fields) -> [Value; 2] {
    let mut names = Vec::new();
    for field in fields.iter().filter(|field| field.is_sensitive) {
        names.extend_from_slice(field.name);
        names.push(b'\n');
    }
    let sensitive = if names.is_empty() { Value::Undefined } else { Value::Latin1(names) };
    [Value::Latin1(fields.into_text()), sensitive]
}

fn put_event(event: Event, list: &mut Vec<Value>) {
    let mut words = |words: &[u32]| list.extend(words.iter().map(|word| Value::from(*word)));
    match event {
        Event::Headers { stream, is_new, is_end, fields } => {
            let flags = if is_new { IS_NEW } else { 0 } | if is_end { IS_END } else { 0 };
            words(&[HEADERS, stream, flags]);
            list.extend(texts(fields));
        }
        Event::Promise { stream, promised, fields } => {
            words(&[PROMISE, stream, promised]);
            list.extend(texts(fields));
        }
        Event::Data { stream, range } => {
            words(&[DATA, stream, range.start as u32, range.end as u32]);
        }
        Event::End { stream } => words(&[END, stream]),
        Event::Closed { stream, code } => words(&[CLOSED, stream, code]),
        Event::Drained { stream } => words(&[DRAINED, stream]),
        Event::Settings { settings, unknown } => {
            words(&[SETTINGS]);
            list.push(numbers(&settings));
            let flat = unknown.into_iter().flat_map(|(number, value)| [number.into(), value]);
            list.push(Value::Array(flat.map(|word: u32| Value::from(word)).collect()));
        }
        Event::SettingsAck(settings) => {
            words(&[SETTINGS_ACK]);
            list.push(numbers(&settings));
        }
        Event::Ping { payload, is_ack } => {
            words(&[PING]);
            list.extend([Value::Bytes(payload.to_vec()), Value::Boolean(is_ack)]);
        }
        Event::GoAway { last, code, opaque } => {
            words(&[GOAWAY, last, code]);
            list.push(Value::Bytes(opaque));
        }
        Event::AltSvc { stream, origin, value } => {
            words(&[ALTSVC, stream]);
            list.extend([Value::Latin1(origin), Value::Latin1(value)]);
        }
        Event::Origins(origins) => {
            words(&[ORIGINS]);
            list.push(Value::Latin1(origins));
        }
        Event::Refused { stream, .. } => words(&[REFUSED, stream]),
        Event::Failed { code, .. } => words(&[FAILED, code]),
    }
}

fn flat(connection: &mut Connection) -> Value {
    let events = connection.take_events();
    if events.is_empty() {
        return Value::Undefined;
    }
    let mut list = Vec::with_capacity(events.len() * 5);
    for event in events {
        put_event(event, &mut list);
    }
    Value::Array(list)
}

/// `open(isServer, pairsMax)`: a session's number.
fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let role = if call.arguments.boolean(0) { Role::Server } else { Role::Client };
    let mut connection = Connection::new(role);
    connection.set_pairs_max(word(call, 1) as usize);
    let sessions = call.host.state::<Sessions>();
    let mut open = sessions.open.borrow_mut();
    let number = sessions.free.borrow_mut().pop().unwrap_or_else(|| {
        open.push(None);
        open.len() - 1
    });
    open[number] = Some(Box::new(connection));
    Ok(Value::Number(number as f64))
}

/// `free(number)`
fn free(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as usize;
    let sessions = call.host.state::<Sessions>();
    if sessions.open.borrow_mut().get_mut(number).and_then(Option::take).is_some() {
        sessions.free.borrow_mut().push(number);
    }
    Ok(Value::Undefined)
}

/// `receive(number, bytes)`: the events.
fn receive(call: &mut Call<'_>) -> Result<Value, Exception> {
    call.expect_bytes(1, "bytes")?;
    Ok(with(call, |connection, call| {
        connection.receive(call.arguments.bytes(1).unwrap_or_default());
        flat(connection)
    }))
}

/// `take(number)`: bytes for the socket.
fn take(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(with(call, |connection, _| {
        let output = connection.take_output();
        if output.is_empty() { Value::Undefined } else { Value::Bytes(output) }
    }))
}

/// `events(number)`: those of what was sent.
fn events(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(with(call, |connection, _| flat(connection)))
}

/// `settings(number, parameters)`
fn settings(call: &mut Call<'_>) -> Result<Value, Exception> {
    call.expect_bytes(1, "parameters")?;
    with(call, |connection, call| {
        connection.send_settings(call.arguments.bytes(1).unwrap_or_default());
    });
    Ok(Value::Undefined)
}

fn numbers(settings: &Settings) -> Value {
    let words = [
        settings.header_table_size,
        u32::from(settings.enable_push),
        settings.max_concurrent_streams,
        settings.initial_window_size,
        settings.max_frame_size,
        settings.max_header_list_size,
        u32::from(settings.enable_connect_protocol),
    ];
    Value::Array(words.iter().map(|word| Value::from(*word)).collect())
}

/// `settingsOf(number, isRemote)`: seven numbers.
fn settings_of(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(with(call, |connection, call| {
        let is_remote = call.arguments.boolean(1);
        let remote = connection.remote_settings();
        numbers(if is_remote { remote } else { connection.local_settings() })
    }))
}

fn number_or_none(number: Option<u32>) -> Value {
    number.map_or(Value::Number(-1.0), Value::from)
}

/// `request(number, fields, sensitive, isEnd)`: the stream, or -1.
fn request(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(with(call, |connection, call| {
        let is_end = call.arguments.boolean(3);
        number_or_none(connection.request(fields(call, 1, 2), is_end))
    }))
}

/// `headers(number, stream, fields, sensitive, isEnd)`
fn headers(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |connection, call| {
        let is_end = call.arguments.boolean(4);
        connection.send_headers(word(call, 1), &fields(call, 2, 3), is_end);
    });
    Ok(Value::Undefined)
}

/// `promise(number, stream, fields, sensitive)`: the promised stream, or -1.
fn promise(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(with(call, |connection, call| {
        number_or_none(connection.promise(word(call, 1), &fields(call, 2, 3)))
    }))
}

/// `data(number, stream, bytes, isEnd)`
fn data(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |connection, call| {
        let content = call.arguments.bytes(2).unwrap_or_default();
        connection.send_data(word(call, 1), content, call.arguments.boolean(3));
    });
    Ok(Value::Undefined)
}

/// `reset(number, stream, code)`
fn reset(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |connection, call| connection.reset(word(call, 1), word(call, 2)));
    Ok(Value::Undefined)
}

/// `consume(number, stream, bytes)`
fn consume(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |connection, call| connection.consume(word(call, 1), word(call, 2)));
    Ok(Value::Undefined)
}

/// `ping(number, payload)`: asks with eight bytes.
fn ping(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |connection, call| {
        let payload = call.arguments.bytes(1).and_then(|bytes| bytes.first_chunk());
        connection.ping(payload.copied().unwrap_or_default(), false);
    });
    Ok(Value::Undefined)
}

/// `goAway(number, code, last, opaque)`
fn go_away(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |connection, call| {
        let opaque = call.arguments.bytes(3).unwrap_or_default();
        connection.go_away(word(call, 1), word(call, 2), opaque);
    });
    Ok(Value::Undefined)
}

/// `setWindow(number, size)`
fn set_window(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |connection, call| connection.set_window(word(call, 1)));
    Ok(Value::Undefined)
}

/// `setNextStream(number, stream)`
fn set_next_stream(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |connection, call| connection.set_next_stream(word(call, 1)));
    Ok(Value::Undefined)
}

/// `frame(number, kind, flags, stream, payload)`: a frame of an extension.
fn frame(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |connection, call| {
        let payload = call.arguments.bytes(4).unwrap_or_default();
        connection.send_frame_of(word(call, 1) as u8, word(call, 2) as u8, word(call, 3), payload);
    });
    Ok(Value::Undefined)
}

/// `state(number)`: eight numbers.
fn state(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(with(call, |connection, _| {
        let state = connection.state();
        let numbers = [
            state.effective_local_window as f64,
            state.effective_received as f64,
            f64::from(state.next_stream),
            state.local_window as f64,
            f64::from(state.last_peer_stream),
            state.remote_window as f64,
            state.deflate_table as f64,
            state.inflate_table as f64,
        ];
        Value::Array(numbers.map(Value::Number).into())
    }))
}

/// `streamState(number, stream)`: state, window, whether either side has ended, bytes that wait.
fn stream_state(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(with(call, |connection, call| {
        let Some(state) = connection.stream_state(word(call, 1)) else { return Value::Undefined };
        let numbers = [
            f64::from(state.state),
            state.local_window as f64,
            f64::from(u8::from(state.is_local_closed)),
            f64::from(u8::from(state.is_remote_closed)),
            state.waiting as f64,
        ];
        Value::Array(numbers.map(Value::Number).into())
    }))
}
