//! The request parser: httparse for the syntax, the rules of RFC 9112 on top.

use std::mem::MaybeUninit;

use httparse::{Header, Status};

use crate::{
    fields::Fields,
    head::{HeaderSpan, Limits, MAX_HEADERS, Span, Version},
    method::Method,
    rejection::Rejection,
    request_head::RequestHead,
    scratch::HeadScratch,
    target::parse_target,
};

/// What the bytes received so far are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Parsed {
    /// The beginning of a request.
    Partial,
    /// A request head; its content, and perhaps further requests, follow at `head_len`.
    Complete(RequestHead),
    /// Nothing that may be served.
    Reject(Rejection),
}

/// Parses the request at the start of `buffer`.
///
/// Empty lines before the request line are skipped (RFC 9112 section 2.2) and counted in
/// `head_len`. Bytes after [`Limits::head_bytes`] are never looked at, which keeps the answer the
/// same however the bytes arrive. On [`Parsed::Complete`] the scratch holds the header lines.
pub fn parse_request(buffer: &[u8], limits: &Limits, scratch: &mut HeadScratch) -> Parsed {
    if let Some(head) = scratch.recent.find(buffer, limits) {
        return Parsed::Complete(head);
    }
    let allowed = &buffer[..buffer.len().min(limits.head_bytes)];
    match parse_allowed(allowed, limits, scratch) {
        Ok(Some((head, has_credentials))) => {
            if !has_credentials {
                scratch.recent.keep(buffer, &head, limits);
            }
            Parsed::Complete(head)
        }
        Ok(None) if buffer.len() >= limits.head_bytes => Parsed::Reject(too_large(allowed)),
        Ok(None) => Parsed::Partial,
        Err(rejection) => Parsed::Reject(rejection),
    }
}

/// 414 where not even the request line fits, otherwise 431.
fn too_large(allowed: &[u8]) -> Rejection {
    match skip_empty_lines(allowed) {
        Ok(Some(start)) if !allowed[start..].contains(&b'\n') => Rejection::TARGET_TOO_LONG,
        _ => Rejection::HEAD_TOO_LARGE,
    }
}

/// Where the request line starts; `None` until that is known.
fn skip_empty_lines(bytes: &[u8]) -> Result<Option<usize>, Rejection> {
    let mut start = 0;
    loop {
        match &bytes[start..] {
            [b'\r', b'\n', ..] => start += 2,
            [] | [b'\r'] => return Ok(None),
            [b'\r' | b'\n', ..] => return Err(Rejection::bad("bare CR or LF")),
            _ => return Ok(Some(start)),
        }
    }
}

/// The head, and whether it carries credentials.
fn parse_allowed(
    bytes: &[u8],
    limits: &Limits,
    scratch: &mut HeadScratch,
) -> Result<Option<(RequestHead, bool)>, Rejection> {
    let Some(start) = skip_empty_lines(bytes)? else {
        return Ok(None);
    };
    let mut table = [const { MaybeUninit::<Header<'_>>::uninit() }; MAX_HEADERS];
    let table = &mut table[..limits.headers.min(MAX_HEADERS)];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(&bytes[start..], table) {
        Ok(Status::Complete(length)) => {
            let head = &bytes[..start + length];
            finish(head, start, &request, scratch).map(Some)
        }
        Ok(Status::Partial) => Ok(None),
        Err(httparse::Error::Version) => other_version(bytes, start, limits, scratch),
        Err(error) => Err(error.into()),
    }
}

/// A request whose version is neither 1.0 nor 1.1: a later 1.x is served as 1.1 (RFC 9110 section
/// 2.5), another major version is a 505, anything else is malformed.
#[cold]
fn other_version(
    bytes: &[u8],
    start: usize,
    limits: &Limits,
    scratch: &mut HeadScratch,
) -> Result<Option<(RequestHead, bool)>, Rejection> {
    const VERSION_BYTES: usize = "HTTP/1.1".len();
    let spaces = bytes.iter().enumerate().skip(start).filter(|(_, byte)| **byte == b' ');
    let Some((space, _)) = spaces.take(2).last() else {
        return Err(Rejection::bad("invalid request line"));
    };
    let version = &bytes[space + 1..];
    if version.len() <= VERSION_BYTES && !version.contains(&b'\n') {
        return Ok(None);
    }
    match version {
        [b'H', b'T', b'T', b'P', b'/', b'1', b'.', b'2'..=b'9', b'\r', ..] => {
            let mut as_1_1 = bytes.to_vec();
            as_1_1[space + VERSION_BYTES] = b'1';
            parse_allowed(&as_1_1, limits, scratch)
        }
        [b'H', b'T', b'T', b'P', b'/', major, b'.', minor, b'\r' | b'\n', ..]
            if major.is_ascii_digit() && minor.is_ascii_digit() =>
        {
            Err(Rejection { status: 505, reason: "not HTTP/1" })
        }
        _ => Err(Rejection::bad("invalid version")),
    }
}

/// Applies what httparse leaves open: line ends, Host, framing, the target's form.
fn finish(
    head: &[u8],
    start: usize,
    request: &httparse::Request<'_, '_>,
    scratch: &mut HeadScratch,
) -> Result<(RequestHead, bool), Rejection> {
    let fields = note_headers(head, request.headers, scratch)?;
    if !head.ends_with(b"\r\n\r\n") {
        return Err(Rejection::bad("bare CR or LF"));
    }
    let version = match request.version {
        Some(0) => Version::Http10,
        _ => Version::Http11,
    };
    if fields.host.is_none() && version == Version::Http11 {
        return Err(Rejection::bad("no Host"));
    }
    let method_len = request.method.map_or(0, str::len);
    let method = Method::from_bytes(&head[start..start + method_len]);
    let target = Span::new(start + method_len + 1, request.path.map_or(0, str::len));
    let parts = parse_target(head, target, method)?;
    let parsed = RequestHead {
        method,
        method_span: Span::new(start, method_len),
        target,
        target_form: parts.form,
        path: parts.path,
        host: parts.authority.or(fields.host),
        host_field: fields.host,
        version,
        keep_alive: fields.persists(version),
        body: fields.request_body(version)?,
        expect_continue: fields.expect_continue && version == Version::Http11,
        upgrade: fields.upgrade(version),
        head_len: head.len() as u32,
    };
    Ok((parsed, fields.has_credentials))
}

/// Fills the scratch and gathers the fields that matter here. httparse takes a lone LF for a line
/// end; RFC 9112 section 2.2 lets a recipient do so, but two servers that differ on it can be
/// played against each other, so the byte before each LF is checked.
fn note_headers(
    head: &[u8],
    headers: &[Header<'_>],
    scratch: &mut HeadScratch,
) -> Result<Fields, Rejection> {
    let mut fields = Fields::default();
    scratch.start(headers.len());
    for header in headers {
        let line = header_span(head, header);
        if head[line.name.start as usize - 2] != b'\r' {
            return Err(Rejection::bad("bare CR or LF"));
        }
        fields.note(head, line)?;
        scratch.headers.push(line);
    }
    Ok(fields)
}

/// Where a header that httparse found lies in the head.
#[inline]
pub(crate) fn header_span(head: &[u8], header: &Header<'_>) -> HeaderSpan {
    let base = head.as_ptr().addr();
    let name = Span::new(header.name.as_ptr().addr() - base, header.name.len());
    // Measured from the name: an empty value need not point into the buffer.
    let value_start = match header.value {
        [] => name.start as usize + header.name.len() + 1,
        value => value.as_ptr().addr() - base,
    };
    HeaderSpan { name, value: Span::new(value_start, header.value.len()) }
}
