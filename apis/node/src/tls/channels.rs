//! Channels: fed, written to, and asked about what they have agreed on.

use std::io::IoSlice;

use dx_ops::{Call, Exception, Value, ValueKind};
use dx_tls::channel::{Channel, ChannelOptions, Progress, verification_error};

use super::{Tls, closed, contexts::exception, library_exception};
use crate::net::{encode, key_of, sockets, written};

/// What has come of feeding, in bits that `apis/node/js/tls/handle.js` reads.
mod bit {
    pub(super) const HELLO: u32 = 1;
    pub(super) const AGREED: u32 = 2;
    pub(super) const ENDED: u32 = 4;
    pub(super) const FAILED: u32 = 8;
    pub(super) const SESSIONS: u32 = 16;
    pub(super) const KEY_LINES: u32 = 32;
}

fn bits(progress: Progress) -> Value {
    let of = |is: bool, bit: u32| if is { bit } else { 0 };
    Value::from(
        of(progress.has_hello, bit::HELLO)
            | of(progress.has_agreed, bit::AGREED)
            | of(progress.has_ended, bit::ENDED)
            | of(progress.has_failed, bit::FAILED)
            | of(progress.has_sessions, bit::SESSIONS)
            | of(progress.has_key_lines, bit::KEY_LINES),
    )
}

/// Runs `act` on the channel that the first argument names.
fn with<R>(call: &Call<'_>, act: impl FnOnce(&mut Channel) -> R) -> Result<R, Exception> {
    let tls = call.host.state::<Tls>();
    let number = call.arguments.number(0) as u32;
    let mut channels = tls.channels.borrow_mut();
    channels.open.get_mut(&number).map(act).ok_or_else(closed)
}

/// Options of the arguments from `at` on: `asks, requires, serverName, protocols`.
fn options(call: &Call<'_>, is_server: bool, at: usize) -> ChannelOptions {
    ChannelOptions {
        is_server,
        asks: call.arguments.boolean(at),
        requires: call.arguments.boolean(at + 1),
        server_name: call.arguments.string(at + 2),
        protocols: call.arguments.bytes(at + 3).map(<[u8]>::to_vec).unwrap_or_default(),
    }
}

/// `tlsOpen(context, isServer, asks, requires, serverName, protocols)`: a channel's number.
pub(super) fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let tls = call.host.state::<Tls>();
    let number = call.arguments.number(0) as u32;
    let contexts = tls.contexts.borrow();
    let context = contexts.open.get(&number).ok_or_else(closed)?;
    let options = options(call, call.arguments.boolean(1), 2);
    let channel = Channel::new(context, &options).map_err(|error| exception(&error))?;
    Ok(Value::from(tls.channels.borrow_mut().keep(channel)))
}

/// `tlsClose(channel)`
pub(super) fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    let number = call.arguments.number(0) as u32;
    call.host.state::<Tls>().channels.borrow_mut().open.remove(&number);
    Ok(Value::Undefined)
}

/// `tlsFeed(channel, records)`: what has come of it, in bits.
pub(super) fn feed(call: &mut Call<'_>) -> Result<Value, Exception> {
    let records = call.expect_bytes(1, "records")?;
    with(call, |channel| bits(channel.feed(records)))
}

/// `tlsAdvance(channel)`: as `tlsFeed`, with nothing new.
pub(super) fn advance(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |channel| bits(channel.advance()))
}

/// `tlsHello(channel)`: `[serverName, ...protocols]`.
pub(super) fn hello(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |channel| {
        let Some(hello) = channel.hello() else { return Value::Undefined };
        let protocols = hello
            .protocols
            .iter()
            .map(|name| Value::from(String::from_utf8_lossy(name).into_owned()));
        let name = Value::from(hello.server_name.clone());
        Value::Array(std::iter::once(name).chain(protocols).collect())
    })
}

/// `tlsAnswer(channel, context or zero, asks, requires, unused, protocols)`: a server goes on.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Value, Exception> {
    let tls = call.host.state::<Tls>();
    let number = call.arguments.number(1) as u32;
    let contexts = tls.contexts.borrow();
    let context = contexts.open.get(&number);
    let options = options(call, true, 2);
    let protocols = call.arguments.bytes(5).map(<[u8]>::to_vec);
    let answered = with(call, |channel| channel.answer(context, protocols, &options))?;
    answered.map_err(|error| exception(&error))?;
    Ok(Value::Undefined)
}

fn some_bytes(bytes: Vec<u8>) -> Value {
    if bytes.is_empty() { Value::Undefined } else { Value::Bytes(bytes) }
}

/// `tlsText(channel)`: text that has come; undefined where none has.
pub(super) fn text(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |channel| some_bytes(channel.take_text()))
}

/// `tlsRecords(channel)`: records to be sent; undefined where there are none.
pub(super) fn records(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |channel| some_bytes(channel.take_records()))
}

/// `tlsFlush(channel, socket)`: sends records: zero where all is sent, one where the rest will
/// be, an error below zero.
pub(super) fn flush(call: &mut Call<'_>) -> Result<Value, Exception> {
    let records = with(call, Channel::take_records)?;
    if records.is_empty() {
        return Ok(Value::from(0));
    }
    let sockets = sockets(call.host);
    let key = key_of(call, 1);
    written(key.and_then(|key| sockets.write(key, &[IoSlice::new(&records)])))
}

/// `tlsWrite(channel, bytes or text, asLatin1)`: whether the channel has taken it.
pub(super) fn write(call: &mut Call<'_>) -> Result<Value, Exception> {
    if call.arguments.kind(1) != ValueKind::String {
        let bytes = call.expect_bytes(1, "chunk")?;
        return Ok(with(call, |channel| channel.write(bytes))?.into());
    }
    let as_latin1 = call.arguments.boolean(2);
    let mut bytes = Vec::new();
    call.arguments.text(1, &mut |text| bytes = encode(text, as_latin1));
    Ok(with(call, |channel| channel.write(&bytes))?.into())
}

/// `tlsEnd(channel)`: the peer will hear that nothing more comes.
pub(super) fn end(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, Channel::close)?;
    Ok(Value::Undefined)
}

/// `tlsError(channel)`: why the two sides do not agree.
pub(super) fn error(call: &mut Call<'_>) -> Result<Value, Exception> {
    let error = with(call, Channel::take_error)?;
    Ok(error.map_or(Value::Undefined, |error| Value::Error(library_exception(&error))))
}

/// `tlsSessions(channel)`: sessions to be taken up again later.
pub(super) fn sessions(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |channel| {
        Value::Array(channel.take_sessions().into_iter().map(Value::Bytes).collect())
    })
}

/// `tlsKeyLines(channel)`: lines of a key log.
pub(super) fn key_lines(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |channel| {
        Value::Array(channel.take_key_lines().into_iter().map(Value::from).collect())
    })
}

/// `tlsVerification(channel)`: `[code, text]` of what is wrong with the peer's certificate, true
/// where nothing is, undefined where it has shown none.
pub(super) fn verification(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |channel| match channel.verification() {
        None => Value::Undefined,
        Some(0) => Value::Boolean(true),
        Some(number) => {
            let (code, text) = verification_error(number);
            Value::Array(vec![code.into(), text.into()])
        }
    })
}

/// `tlsPeerChain(channel)`: the peer's certificates in DER, its own first.
pub(super) fn peer_chain(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |channel| Value::Array(channel.peer_chain().into_iter().map(Value::Bytes).collect()))
}

/// `tlsOwnCertificate(channel)`: in DER.
pub(super) fn own_certificate(call: &mut Call<'_>) -> Result<Value, Exception> {
    with(call, |channel| channel.own_certificate().map_or(Value::Undefined, Value::Bytes))
}

/// `tlsSay(channel, what)`: what both sides have agreed on.
pub(super) fn say(call: &mut Call<'_>) -> Result<Value, Exception> {
    let what = call.expect_string(1, "what")?;
    with(call, |channel| match what.as_str() {
        "version" => channel.version().into(),
        "protocol" => channel.protocol().into(),
        "serverName" => channel.server_name().into(),
        "resumed" => channel.is_resumed().into(),
        "session" => channel.session().map_or(Value::Undefined, Value::Bytes),
        "cipher" => channel.cipher().map_or(Value::Undefined, |(name, standard)| {
            Value::Array(vec![name.into(), standard.into()])
        }),
        _ => channel.exchange_key().map_or(Value::Undefined, |(kind, name, bits)| {
            Value::Array(vec![kind.into(), name.into(), bits.into()])
        }),
    })
}

/// `tlsSetServerName(channel, name)`: whether there was still time for it.
pub(super) fn set_server_name(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = call.expect_string(1, "name")?;
    with(call, |channel| channel.set_server_name(&name).into())
}

/// `tlsFinished(channel, ofPeer)`: the last message of the handshake.
pub(super) fn finished(call: &mut Call<'_>) -> Result<Value, Exception> {
    let of_peer = call.arguments.boolean(1);
    with(call, |channel| some_bytes(channel.finished(of_peer)))
}

/// `tlsExport(channel, length, label, context)`: keying material; undefined where there is none.
pub(super) fn export(call: &mut Call<'_>) -> Result<Value, Exception> {
    let length = call.arguments.number(1) as usize;
    let label = call.expect_string(2, "label")?;
    let context = call.arguments.bytes(3);
    let material = with(call, |channel| channel.export(length, &label, context))?;
    Ok(material.map_or(Value::Undefined, Value::Bytes))
}
