//! The beginning of an exchange: from the arguments of the operation to a request, and from the
//! head of the response to what JavaScript gets.

use std::{path::PathBuf, rc::Rc};

use dx_client::{ClientError, Content, Flow, Head, Proxy, Request, Target, Versions};
use dx_http::Method;
use dx_ops::{Call, Deferred, Exception, Value, ValueKind};

use super::{Fetches, failure::exception};

/// The bits of the argument `flags`; `apis/web/js/fetch/exchange.js` has the same.
mod flag {
    pub(super) const SECURE: u32 = 1;
    pub(super) const KEEP_ALIVE: u32 = 1 << 1;
    pub(super) const DECODE: u32 = 1 << 2;
    /// The content comes in pieces.
    pub(super) const PIECES: u32 = 1 << 3;
    /// The pieces are sent as chunks.
    pub(super) const CHUNKED: u32 = 1 << 4;
    /// A Content-Length is written also where there is no content.
    pub(super) const LENGTH: u32 = 1 << 5;
    pub(super) const UPGRADE: u32 = 1 << 6;
    pub(super) const PROXY_SECURE: u32 = 1 << 7;
    pub(super) const INSPECTS: u32 = 1 << 8;
    pub(super) const TUNNEL: u32 = 1 << 9;
    pub(super) const RAW: u32 = 1 << 10;
    /// HTTP/2 is offered.
    pub(super) const HTTP2: u32 = 1 << 11;
    /// Nothing else is.
    pub(super) const HTTP2_ONLY: u32 = 1 << 12;
}

/// Places of the arguments.
mod argument {
    pub(super) const NUMBER: usize = 0;
    pub(super) const FLAGS: usize = 1;
    pub(super) const HOST: usize = 2;
    pub(super) const PORT: usize = 3;
    pub(super) const METHOD: usize = 4;
    /// Request line and header lines, without the empty one.
    pub(super) const HEAD: usize = 5;
    /// A string, bytes, or nothing.
    pub(super) const CONTENT: usize = 6;
    /// Milliseconds of silence; 0: any.
    pub(super) const SILENCE: usize = 7;
    /// The number of the TLS settings.
    pub(super) const TLS: usize = 8;
    /// The path of a socket, or nothing.
    pub(super) const PATH: usize = 9;
    pub(super) const PROXY_HOST: usize = 10;
    pub(super) const PROXY_PORT: usize = 11;
    pub(super) const PROXY_FIELDS: usize = 12;
}

/// `fetchStart(...)`: the head of the response, with its content where that came with it. A
/// string where head and content are 8-bit text, else the head and, in this order of choice, the
/// content, its length, or -1.
pub(super) fn start(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let fetches = call.host.state::<Fetches>();
    let request = request(call, &fetches)?;
    let number = call.arguments.number(argument::NUMBER) as u32;
    let flow = Flow::new();
    fetches.flows.borrow_mut().insert(number, Rc::clone(&flow));
    let client = fetches.client(call.host);
    call.host.spawn(async move {
        let on_head = |head: Result<Head, ClientError>| {
            // An upgraded connection is still to be taken.
            if head.as_ref().map_or(true, |head| head.whole.is_some()) {
                fetches.forget(number);
            }
            deferred.settle(head.map(head_value).map_err(exception));
        };
        client.exchange(request, flow, on_head).await;
    });
    Ok(())
}

fn head_value(head: Head) -> Value {
    let Head { mut text, whole, length, .. } = head;
    match whole {
        Some(content) if content.is_ascii() => {
            text.extend_from_slice(&content);
            Value::Latin1(text)
        }
        Some(content) => Value::Array(vec![Value::Latin1(text), Value::Bytes(content)]),
        None => {
            let length = length.map_or(-1.0, |length| length as f64);
            Value::Array(vec![Value::Latin1(text), Value::Number(length)])
        }
    }
}

fn request(call: &Call<'_>, fetches: &Fetches) -> Result<Request, Exception> {
    let arguments = &call.arguments;
    let flags = arguments.number(argument::FLAGS) as u32;
    let has = |bit: u32| flags & bit != 0;
    let mut head = latin1(&call.expect_string(argument::HEAD, "head")?);
    let content = content(call, flags, &mut head)?;
    head.extend_from_slice(b"\r\n");
    let method = call.expect_string(argument::METHOD, "method")?;
    Ok(Request {
        target: target(call, fetches)?,
        method: Method::from_bytes(method.as_bytes()),
        head,
        content,
        keep_alive: has(flag::KEEP_ALIVE),
        decode: has(flag::DECODE),
        inspects: has(flag::INSPECTS),
        upgrade: has(flag::UPGRADE),
        raw: has(flag::RAW),
        silence_ns: (arguments.number(argument::SILENCE) * 1e6) as u64,
    })
}

fn content(call: &Call<'_>, flags: u32, head: &mut Vec<u8>) -> Result<Content, Exception> {
    if flags & flag::PIECES != 0 {
        return Ok(Content::Pieces { chunked: flags & flag::CHUNKED != 0 });
    }
    let content = match call.arguments.kind(argument::CONTENT) {
        ValueKind::String => call.expect_string(argument::CONTENT, "body")?.into_bytes(),
        ValueKind::Bytes => call.expect_bytes(argument::CONTENT, "body")?.to_vec(),
        _ => Vec::new(),
    };
    if flags & flag::LENGTH != 0 || !content.is_empty() {
        head.extend_from_slice(format!("Content-Length: {}\r\n", content.len()).as_bytes());
    }
    Ok(Content::Whole(content.into()))
}

pub(super) fn target(call: &Call<'_>, fetches: &Fetches) -> Result<Target, Exception> {
    let arguments = &call.arguments;
    let flags = arguments.number(argument::FLAGS) as u32;
    let settings = || fetches.settings(arguments.number(argument::TLS) as u32);
    let proxy = arguments.string(argument::PROXY_HOST).map(|host| Proxy {
        host,
        port: arguments.number(argument::PROXY_PORT) as u16,
        tls: (flags & flag::PROXY_SECURE != 0).then(settings),
        fields: latin1(&arguments.string(argument::PROXY_FIELDS).unwrap_or_default()),
        tunnels: flags & flag::TUNNEL != 0,
    });
    Ok(Target {
        host: call.expect_string(argument::HOST, "host")?,
        port: arguments.number(argument::PORT) as u16,
        tls: (flags & flag::SECURE != 0).then(settings),
        path: arguments.string(argument::PATH).map(PathBuf::from),
        proxy,
        versions: match (flags & flag::HTTP2 != 0, flags & flag::HTTP2_ONLY != 0) {
            (_, true) => Versions::Http2,
            (true, false) => Versions::Either,
            (false, false) => Versions::Http1,
        },
    })
}

/// A byte for each character; those above 255, which JavaScript has refused, become `?`.
fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect()
}
