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
            let head_knows = options.head_request && !status_forbids_content(options.status);
            let speaks = options.status == 304 || head_knows && !known;
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
    if options.status < 200 {
        return; // interim: the final response says it, or a new protocol takes over
    }
    if !keep_alive {
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

#[cfg(test)]
mod tests {
    use super::{
        BodyCoding, Delivery, HeaderError, ResponseBody, ResponseOptions, write_chunk,
        write_last_chunk, write_response_head,
    };
    use crate::head::Version;

    const DATE: &[u8; 29] = b"Sun, 06 Nov 1994 08:49:37 GMT";
    const PLAIN: ResponseOptions<'_> = ResponseOptions {
        status: 200,
        status_text: b"",
        body: ResponseBody::Length(5),
        date: DATE,
        version: Version::Http11,
        head_request: false,
        keep_alive: true,
    };

    fn write(
        options: &ResponseOptions<'_>,
        headers: &[(&str, &str)],
    ) -> Result<(String, Delivery), HeaderError> {
        let mut out = b"before ".to_vec();
        let headers = headers.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
        let result = write_response_head(&mut out, options, headers);
        let text =
            String::from_utf8_lossy(&out).replace("Date: Sun, 06 Nov 1994 08:49:37 GMT", "D");
        let text = text.strip_prefix("before ").map(str::to_owned).unwrap_or_default();
        assert!(result.is_ok() || text.is_empty(), "left behind: {text}");
        result.map(|delivery| (text, delivery))
    }

    /// Options, the program's headers; the head with bars for line ends, coding, keep-alive.
    type Case<'a> = (ResponseOptions<'a>, &'a [(&'a str, &'a str)], &'a str, BodyCoding, bool);

    fn check(cases: &[Case<'_>]) {
        for (options, headers, expected, coding, keep_alive) in cases {
            let expected = format!("HTTP/1.1 {}\r\n\r\n", expected.replace('|', "\r\n"));
            let delivery = Delivery { coding: *coding, keep_alive: *keep_alive };
            assert_eq!(write(options, headers), Ok((expected, delivery)));
        }
    }

    #[test]
    fn heads_as_they_go_out() {
        use BodyCoding::{Chunked, Raw};
        let old = ResponseOptions { version: Version::Http10, ..PLAIN };
        let stream = ResponseOptions { body: ResponseBody::Stream, ..PLAIN };
        let old_stream = ResponseOptions { body: ResponseBody::Stream, ..old };
        let close = ResponseOptions { keep_alive: false, ..PLAIN };
        let custom = ResponseOptions { status: 299, status_text: b"Fine", ..PLAIN };
        let closing = "200 OK|D|Content-Length: 5|Connection: close";
        let chunked = "200 OK|D|Transfer-Encoding: chunked";
        check(&[
            (PLAIN, &[("a", "b")], "200 OK|a: b|D|Content-Length: 5", Raw, true),
            (PLAIN, &[("content-length", "9")], "200 OK|D|Content-Length: 5", Raw, true),
            (PLAIN, &[("Date", "x")], "200 OK|Date: x|Content-Length: 5", Raw, true),
            (PLAIN, &[("Connection", "a, Close")], closing, Raw, false),
            (close, &[], closing, Raw, false),
            (custom, &[], "299 Fine|D|Content-Length: 5", Raw, true),
            (old, &[], "200 OK|D|Content-Length: 5|Connection: keep-alive", Raw, true),
            (stream, &[], chunked, Chunked, true),
            (stream, &[("transfer-encoding", "gzip")], chunked, Chunked, true),
            (old_stream, &[], "200 OK|D|Connection: close", Raw, false),
        ]);
    }

    #[test]
    fn heads_without_content() {
        use BodyCoding::None;
        let length: &[(&str, &str)] = &[("content-length", "9")];
        let no_content = ResponseOptions { status: 204, ..PLAIN };
        let reset = ResponseOptions { status: 205, ..PLAIN };
        let not_modified = ResponseOptions { status: 304, ..PLAIN };
        let head = ResponseOptions { head_request: true, ..PLAIN };
        let empty = ResponseOptions { body: ResponseBody::Length(0), ..head };
        let upgrade = ResponseOptions { status: 101, keep_alive: false, ..PLAIN };
        let upgraded = "101 Switching Protocols|connection: Upgrade|D";
        check(&[
            (no_content, length, "204 No Content|D", None, true),
            (reset, length, "205 Reset Content|D|Content-Length: 0", None, true),
            (not_modified, &[], "304 Not Modified|D", None, true),
            (not_modified, length, "304 Not Modified|content-length: 9|D", None, true),
            (head, length, "200 OK|D|Content-Length: 5", None, true),
            (empty, length, "200 OK|content-length: 9|D", None, true),
            (empty, &[], "200 OK|D|Content-Length: 0", None, true),
            (upgrade, &[("connection", "Upgrade")], upgraded, None, false),
        ]);
    }

    #[test]
    fn nothing_can_be_injected() {
        for (headers, error) in [
            (("a", "b\r\nSet-Cookie: x"), HeaderError::Value),
            (("a", "b\nc"), HeaderError::Value),
            (("a", "b\0"), HeaderError::Value),
            (("a\r\nb", "c"), HeaderError::Name),
            (("a b", "c"), HeaderError::Name),
            (("a:", "c"), HeaderError::Name),
            (("", "c"), HeaderError::Name),
        ] {
            assert_eq!(write(&PLAIN, &[("x", "y"), headers]), Err(error), "{headers:?}");
        }
        let split = ResponseOptions { status_text: b"OK\r\nx: y", ..PLAIN };
        assert_eq!(write(&split, &[]), Err(HeaderError::Line));
        for status in [0, 99, 1_000] {
            assert_eq!(write(&ResponseOptions { status, ..PLAIN }, &[]), Err(HeaderError::Status));
        }
    }

    #[test]
    fn chunks() {
        let mut out = Vec::new();
        write_chunk(&mut out, b"");
        write_chunk(&mut out, &[b'a'; 26]);
        assert_eq!(write_last_chunk(&mut out, [(&b"a"[..], &b"\n"[..])]), Err(HeaderError::Value));
        assert_eq!(write_last_chunk(&mut out, [(&b"a"[..], &b"b"[..])]), Ok(()));
        assert_eq!(out, b"1a\r\naaaaaaaaaaaaaaaaaaaaaaaaaa\r\n0\r\na: b\r\n\r\n");
    }
}
