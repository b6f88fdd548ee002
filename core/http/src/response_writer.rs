//! The response writer: everything is appended to the connection's out buffer.
//!
//! The writer owns the framing. It decides between Content-Length, chunked and close (RFC 9112
//! section 6), writes Date and Connection, and ignores what the program said about those, except
//! where its word has a meaning of its own: `Connection: close`, its own Date, the length a HEAD
//! or 304 response speaks of.

use crate::{date::HttpDate, head::Version, status::reason_phrase, text};

/// The interim response that lets a waiting client send its content (RFC 9110 section 15.2.1).
pub const CONTINUE: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
/// The end of chunked content without trailers.
pub const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

/// What the program has for content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ResponseBody {
    /// This many bytes.
    Length(u64),
    /// A stream whose length is not known yet.
    Stream,
}

/// One response's head, and what the request asked for.
#[derive(Clone, Copy, Debug)]
pub struct ResponseOptions<'a> {
    /// 100 to 999.
    pub status: u16,
    /// The reason phrase; empty: the standard one.
    pub status_text: &'a [u8],
    /// What follows the head.
    pub body: ResponseBody,
    /// The current time, formatted once a second by the caller.
    pub date: &'a HttpDate,
    /// The request's version.
    pub version: Version,
    /// Whether the request's method is HEAD.
    pub head_request: bool,
    /// Whether the request and the server both want the connection to stay.
    pub keep_alive: bool,
}

/// How the content must be sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyCoding {
    /// Not at all: nothing follows the head.
    None,
    /// As it is.
    Raw,
    /// In chunks ([`write_chunk`]), ended by [`write_last_chunk`].
    Chunked,
}

/// What the written head promised.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Delivery {
    /// How the content must be sent.
    pub coding: BodyCoding,
    /// Whether the connection stays open after the content.
    pub keep_alive: bool,
}

/// What a program asked to be written that would break the message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum HeaderError {
    /// A field name is not a token.
    Name,
    /// A field value has CR, LF or NUL in it.
    Value,
    /// The reason phrase or request line has such a character in it.
    Line,
    /// The status is not from 100 to 999.
    Status,
}

impl std::fmt::Display for HeaderError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Name => "header name is not a token",
            Self::Value => "header value has CR, LF or NUL in it",
            Self::Line => "first line has CR, LF or NUL in it",
            Self::Status => "status is not from 100 to 999",
        })
    }
}

impl std::error::Error for HeaderError {}

/// What the program's own header lines said.
#[derive(Default)]
struct Own {
    date: bool,
    close: bool,
    connection: bool,
    length: bool,
}

/// Appends a response head.
///
/// # Errors
/// [`HeaderError`] if a line cannot be written safely; `out` is then as it was.
pub fn write_response_head<'h>(
    out: &mut Vec<u8>,
    options: &ResponseOptions<'_>,
    headers: impl IntoIterator<Item = (&'h [u8], &'h [u8])>,
) -> Result<Delivery, HeaderError> {
    let before = out.len();
    let result = write_parts(out, options, headers);
    if result.is_err() {
        out.truncate(before);
    }
    result
}

fn write_parts<'h>(
    out: &mut Vec<u8>,
    options: &ResponseOptions<'_>,
    headers: impl IntoIterator<Item = (&'h [u8], &'h [u8])>,
) -> Result<Delivery, HeaderError> {
    write_status_line(out, options)?;
    let mut own = Own::default();
    for (name, value) in headers {
        if keep_header(options, name, value, &mut own) {
            write_header(out, name, value)?;
        }
    }
    if !own.date {
        out.extend_from_slice(b"Date: ");
        out.extend_from_slice(options.date);
        out.extend_from_slice(b"\r\n");
    }
    let delivery = write_framing(out, options, &own);
    write_connection(out, options, delivery.keep_alive, &own);
    out.extend_from_slice(b"\r\n");
    Ok(delivery)
}

fn write_status_line(out: &mut Vec<u8>, options: &ResponseOptions<'_>) -> Result<(), HeaderError> {
    if options.status == 200 && options.status_text.is_empty() {
        out.extend_from_slice(b"HTTP/1.1 200 OK\r\n");
        return Ok(());
    }
    if !(100..=999).contains(&options.status) {
        return Err(HeaderError::Status);
    }
    let reason = match options.status_text {
        [] => reason_phrase(options.status).as_bytes(),
        text => text,
    };
    if !text::is_writable(reason) {
        return Err(HeaderError::Line);
    }
    out.extend_from_slice(b"HTTP/1.1 ");
    text::push_decimal(out, u64::from(options.status));
    out.push(b' ');
    out.extend_from_slice(reason);
    out.extend_from_slice(b"\r\n");
    Ok(())
}

/// Appends `name: value` and a line end.
pub(crate) fn write_header(
    out: &mut Vec<u8>,
    name: &[u8],
    value: &[u8],
) -> Result<(), HeaderError> {
    if !text::is_token(name) {
        return Err(HeaderError::Name);
    }
    if !text::is_writable(value) {
        return Err(HeaderError::Value);
    }
    out.reserve(name.len() + value.len() + 4);
    out.extend_from_slice(name);
    out.extend_from_slice(b": ");
    out.extend_from_slice(value);
    out.extend_from_slice(b"\r\n");
    Ok(())
}

/// Whether one of the program's header lines is written as it is.
fn keep_header(options: &ResponseOptions<'_>, name: &[u8], value: &[u8], own: &mut Own) -> bool {
    match name.len() {
        4 if name.eq_ignore_ascii_case(b"date") => {
            own.date = true;
            true
        }
        10 if name.eq_ignore_ascii_case(b"connection") => {
            let close = text::list(value).any(|option| option.eq_ignore_ascii_case(b"close"));
            own.close |= close;
            own.connection |= !close;
            !close
        }
        14 if name.eq_ignore_ascii_case(b"content-length") => {
            // Only where no content follows can the program know better than the writer.
            let known = matches!(options.body, ResponseBody::Length(1..));
            let speaks = options.status == 304 || options.head_request && !known;
            let kept = speaks && !own.length && text::parse_decimal(value).is_some();
            own.length |= kept;
            kept
        }
        17 => !name.eq_ignore_ascii_case(b"transfer-encoding"),
        _ => true,
    }
}

/// RFC 9110 section 6.4.1: these never have content, whatever the program gave.
fn status_forbids_content(status: u16) -> bool {
    matches!(status, 100..=199 | 204 | 205 | 304)
}

fn write_framing(out: &mut Vec<u8>, options: &ResponseOptions<'_>, own: &Own) -> Delivery {
    let mut keep_alive = options.keep_alive && !own.close;
    if status_forbids_content(options.status) {
        if options.status == 205 {
            out.extend_from_slice(b"Content-Length: 0\r\n");
        }
        return Delivery { coding: BodyCoding::None, keep_alive };
    }
    let coding = match options.body {
        ResponseBody::Length(length) => {
            if !own.length {
                out.extend_from_slice(b"Content-Length: ");
                text::push_decimal(out, length);
                out.extend_from_slice(b"\r\n");
            }
            if length == 0 { BodyCoding::None } else { BodyCoding::Raw }
        }
        ResponseBody::Stream if options.version == Version::Http10 => {
            keep_alive &= options.head_request;
            BodyCoding::Raw
        }
        ResponseBody::Stream => {
            if !own.length {
                out.extend_from_slice(b"Transfer-Encoding: chunked\r\n");
            }
            BodyCoding::Chunked
        }
    };
    let coding = if options.head_request { BodyCoding::None } else { coding };
    Delivery { coding, keep_alive }
}

/// `close` where the connection ends, `keep-alive` where a 1.0 client must be told that it does
/// not (RFC 9112 section 9.3).
fn write_connection(out: &mut Vec<u8>, options: &ResponseOptions<'_>, keep_alive: bool, own: &Own) {
    if !keep_alive && options.status != 101 {
        out.extend_from_slice(b"Connection: close\r\n");
    } else if options.version == Version::Http10 && !own.connection {
        out.extend_from_slice(b"Connection: keep-alive\r\n");
    }
}

/// Appends one chunk. Nothing is appended for no bytes: an empty chunk would end the content.
pub fn write_chunk(out: &mut Vec<u8>, content: &[u8]) {
    if content.is_empty() {
        return;
    }
    write_chunk_start(out, content.len());
    out.extend_from_slice(content);
    write_chunk_end(out);
}

/// Appends the size line of a chunk whose `length` bytes the caller sends by itself.
pub fn write_chunk_start(out: &mut Vec<u8>, length: usize) {
    text::push_hexadecimal(out, length as u64);
    out.extend_from_slice(b"\r\n");
}

/// Appends what follows a chunk's content.
pub fn write_chunk_end(out: &mut Vec<u8>) {
    out.extend_from_slice(b"\r\n");
}

/// Appends the end of chunked content, with trailer fields where there are any.
///
/// # Errors
/// [`HeaderError`] if a trailer cannot be written safely; `out` is then as it was.
pub fn write_last_chunk<'h>(
    out: &mut Vec<u8>,
    trailers: impl IntoIterator<Item = (&'h [u8], &'h [u8])>,
) -> Result<(), HeaderError> {
    let before = out.len();
    out.extend_from_slice(b"0\r\n");
    for (name, value) in trailers {
        if let Err(error) = write_header(out, name, value) {
            out.truncate(before);
            return Err(error);
        }
    }
    out.extend_from_slice(b"\r\n");
    Ok(())
}
