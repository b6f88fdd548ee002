//! Messages between JavaScript and the ends of channels: what is posted, and what has arrived.
//!
//! A plain value (a number, a string and the like) crosses as it is, and one that JSON holds
//! without loss as JSON, which the engine reads and writes itself. Any other is bytes that the
//! serializer wrote, one text with all its strings, and what moves or is shared with it. Arrivals
//! are taken many at a time; the bytes of those that carry nothing else lie in one array.

use dx_ops::{Call, ErrorClass, Exception, Text, Value, ValueKind};

use super::{
    ops::{Ends, ends},
    port::{Characters, Delivery, End, Message, Plain},
};

/// Arrivals handed to JavaScript in one call.
const TAKEN_AT_ONCE: usize = 64;

/// What follows in the answer of [`take`].
#[derive(Clone, Copy)]
enum Arrival {
    /// A value.
    Plain = 0,
    /// A text; bytes in the common array, by their count.
    Small = 1,
    /// An array of bytes, text, ends, shared memories and buffers.
    Whole = 2,
    /// Nothing: the peer has closed.
    Closed = 3,
    /// A code: the worker there has ended.
    Ended = 4,
    /// A text: JSON of a value.
    Json = 5,
}

impl Arrival {
    fn value(self) -> Value {
        Value::Number(f64::from(self as u8))
    }
}

/// `portTake(end, count)`: `undefined` where there is nothing; else the bytes of all small
/// messages, then each arrival, at most `count` of them and nothing behind a close.
pub(super) fn take(call: &mut Call<'_>) -> Result<Value, Exception> {
    let ends = ends(call);
    let Some(end) = ends.get(call.arguments.number(0)) else { return Ok(Value::Undefined) };
    let Some(first) = end.take() else { return Ok(Value::Undefined) };
    let limit = (call.arguments.number(1) as usize).min(TAKEN_AT_ONCE);
    let mut bytes = Vec::new();
    let mut parts = vec![Value::Undefined];
    let mut next = Some(first);
    let mut count = 0;
    while let Some(delivery) = next {
        let is_last = matches!(delivery, Delivery::Closed | Delivery::Ended(_));
        present(call, &ends, delivery, &mut bytes, &mut parts);
        count += 1;
        next = if is_last || count >= limit { None } else { end.take() };
    }
    if !bytes.is_empty() {
        parts[0] = Value::Bytes(bytes);
    }
    Ok(Value::Array(parts))
}

fn present(
    call: &Call<'_>,
    ends: &Ends,
    delivery: Delivery,
    bytes: &mut Vec<u8>,
    parts: &mut Vec<Value>,
) {
    match delivery {
        Delivery::Plain(Plain::Json(text)) => {
            parts.extend([Arrival::Json.value(), text_value(text)]);
        }
        Delivery::Plain(plain) => parts.extend([Arrival::Plain.value(), plain_value(plain)]),
        Delivery::Message(message) if is_small(&message) => {
            bytes.extend_from_slice(&message.bytes);
            let count = Value::Number(message.bytes.len() as f64);
            parts.extend([Arrival::Small.value(), text_value(message.text), count]);
        }
        Delivery::Message(message) => {
            parts.extend([Arrival::Whole.value(), whole(call, ends, *message)]);
        }
        Delivery::Closed => parts.push(Arrival::Closed.value()),
        Delivery::Ended(code) => parts.extend([Arrival::Ended.value(), code.into()]),
    }
}

/// Longer ones get an array of their own, which takes their bytes over without a copy.
const SMALL_BYTES_MAX: usize = 4096;

fn is_small(message: &Message) -> bool {
    message.bytes.len() <= SMALL_BYTES_MAX
        && message.ends.is_empty()
        && message.shared.is_empty()
        && message.buffers.is_empty()
}

fn whole(call: &Call<'_>, ends: &Ends, message: Message) -> Value {
    let mut parts = vec![Value::Bytes(message.bytes), text_value(message.text)];
    let moved = message.ends.into_iter().map(|end| ends.adopt(call.host, end)).collect();
    parts.push(Value::Array(moved));
    parts.push(Value::Array(message.shared.into_iter().map(Value::SharedMemory).collect()));
    parts.extend(message.buffers.into_iter().map(Value::ArrayBuffer));
    Value::Array(parts)
}

fn plain_value(plain: Plain) -> Value {
    match plain {
        Plain::Undefined => Value::Undefined,
        Plain::Null => Value::Null,
        Plain::Boolean(value) => Value::Boolean(value),
        Plain::Number(value) => Value::Number(value),
        Plain::Text(characters) | Plain::Json(characters) => text_value(characters),
    }
}

fn text_value(characters: Characters) -> Value {
    match characters {
        Characters::Latin1(bytes) => Value::Latin1(bytes),
        Characters::Utf16(units) => Value::Utf16(units),
    }
}

fn text_of(call: &Call<'_>, index: usize) -> Characters {
    let mut text = Characters::Latin1(Vec::new());
    call.arguments.text(index, &mut |characters| {
        text = match characters {
            Text::Latin1(bytes) => Characters::Latin1(bytes.to_vec()),
            Text::Utf16(units) => Characters::Utf16(units.to_vec()),
        };
    });
    text
}

/// The plain value at `index`; `None` where it is none.
fn plain_of(call: &Call<'_>, index: usize) -> Option<Plain> {
    Some(match call.arguments.kind(index) {
        ValueKind::Undefined => Plain::Undefined,
        ValueKind::Null => Plain::Null,
        ValueKind::Boolean => Plain::Boolean(call.arguments.boolean(index)),
        ValueKind::Number => Plain::Number(call.arguments.number(index)),
        ValueKind::String => Plain::Text(text_of(call, index)),
        _ => return None,
    })
}

/// The bytes of a call's message: as many of the array at 1 as the number at 2 says.
fn bytes_of(call: &Call<'_>) -> Result<Vec<u8>, Exception> {
    let bytes = call.expect_bytes(1, "The message")?;
    let length = call.arguments.number(2) as usize;
    Ok(bytes.get(..length).unwrap_or(bytes).to_vec())
}

/// The message of a call: `(_, bytes, length, text, ends, shared, ...)`, the numbers of ends and
/// of shared memories, then these, then buffers.
pub(super) fn message_of(call: &mut Call<'_>, ends: &Ends) -> Result<Message, Exception> {
    let bytes = bytes_of(call)?;
    let text = text_of(call, 3);
    let first_shared = 6 + call.arguments.number(4) as usize;
    let first_buffer = first_shared + call.arguments.number(5) as usize;
    let mut shared = Vec::new();
    for index in first_shared..first_buffer {
        let memory = call.arguments.shared_memory(index);
        shared.push(memory.ok_or_else(|| not_cloneable("SharedArrayBuffer"))?);
    }
    let mut buffers = Vec::new();
    for index in first_buffer..call.arguments.count() {
        buffers.push(call.expect_bytes(index, "The buffer")?.to_vec());
    }
    let moved = (6..first_shared).filter_map(|index| ends.release(call.arguments.number(index)));
    Ok(Message { bytes, text, buffers, shared, ends: moved.collect() })
}

fn not_cloneable(what: &str) -> Exception {
    Exception::new(ErrorClass::DomException, format!("The {what} can not be cloned."))
        .with_code("DataCloneError")
}

/// The message of a call whose last argument is a name; nothing moves with it.
pub(super) fn channel_message(call: &mut Call<'_>) -> Result<Message, Exception> {
    let last = call.arguments.count().saturating_sub(1);
    let shared = (6..last).filter_map(|index| call.arguments.shared_memory(index)).collect();
    let (bytes, text) = (bytes_of(call)?, text_of(call, 3));
    Ok(Message { bytes, text, buffers: Vec::new(), shared, ends: Vec::new() })
}

/// `portPost(end, bytes, length, text, ends, shared, ...)`: sends to the peer of an end.
pub(super) fn post(call: &mut Call<'_>) -> Result<Value, Exception> {
    send(call, |end, delivery| {
        if let Some(peer) = end.peer() {
            peer.deliver(delivery);
        }
    })
}

/// The same, back into the end itself: what was taken from it and not handed out.
pub(super) fn put_back(call: &mut Call<'_>) -> Result<Value, Exception> {
    send(call, End::put_back)
}

fn send(call: &mut Call<'_>, deliver: impl Fn(&End, Delivery)) -> Result<Value, Exception> {
    let ends = ends(call);
    let message = message_of(call, &ends)?;
    if let Some(end) = ends.get(call.arguments.number(0)) {
        deliver(&end, Delivery::Message(Box::new(message)));
    }
    Ok(Value::Undefined)
}

/// `portPostPlain(end, value)`: sends `undefined`, `null`, a boolean, a number or a string to the
/// peer of an end.
pub(super) fn post_plain(call: &mut Call<'_>) -> Result<Value, Exception> {
    let plain = plain_of(call, 1).ok_or_else(|| Exception::type_error("Not a plain value"))?;
    Ok(send_plain(call, plain))
}

/// `portPostJson(end, text)`: sends what the text is the JSON of.
pub(super) fn post_json(call: &mut Call<'_>) -> Result<Value, Exception> {
    let plain = Plain::Json(text_of(call, 1));
    Ok(send_plain(call, plain))
}

fn send_plain(call: &Call<'_>, plain: Plain) -> Value {
    let end = ends(call).get(call.arguments.number(0));
    if let Some(peer) = end.and_then(|end| end.peer()) {
        peer.deliver(Delivery::Plain(plain));
    }
    Value::Undefined
}
