//! The response parser, for clients.
//!
//! More forgiving than the request parser where a client may be: a lone LF ends a line (RFC 9112
//! section 2.2) and a reason phrase may be missing. Framing is held to the same rules.

use std::mem::MaybeUninit;

use httparse::{Header, Status};

use crate::{
    body::BodyLength,
    fields::Fields,
    head::{Limits, MAX_HEADERS, Span, Version},
    method::Method,
    rejection::Rejection,
    request::header_span,
    scratch::HeadScratch,
};

/// What the bytes received so far are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParsedResponse {
    /// The beginning of a response.
    Partial,
    /// A response head; its content follows at `head_len`.
    Complete(ResponseHead),
    /// Not a response; the status of the rejection has no meaning here.
    Reject(Rejection),
}

/// A response head. Spans are relative to the start of the buffer it was parsed from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ResponseHead {
    /// 100 to 999. A 1xx other than 101 is interim: another head follows.
    pub status: u16,
    /// The reason phrase.
    pub reason: Span,
    /// The protocol version.
    pub version: Version,
    /// Whether the server keeps the connection open after the content.
    pub keep_alive: bool,
    /// How the content is delimited.
    pub body: BodyLength,
    /// The protocol of the Upgrade field, where the connection changes to one.
    pub upgrade: Option<Span>,
    /// Bytes up to and including the empty line.
    pub head_len: u32,
}

/// Parses the response at the start of `buffer` to a request of `method`, which decides whether
/// content follows (RFC 9112 section 6.3).
pub fn parse_response(
    buffer: &[u8],
    method: Method,
    limits: &Limits,
    scratch: &mut HeadScratch,
) -> ParsedResponse {
    let allowed = &buffer[..buffer.len().min(limits.head_bytes)];
    let mut table = [const { MaybeUninit::<Header<'_>>::uninit() }; MAX_HEADERS];
    let table = &mut table[..limits.headers.min(MAX_HEADERS)];
    let mut response = httparse::Response::new(&mut []);
    let config = httparse::ParserConfig::default();
    match config.parse_response_with_uninit_headers(&mut response, allowed, table) {
        Ok(Status::Complete(length)) => {
            match finish(&allowed[..length], &response, method, scratch) {
                Ok(head) => ParsedResponse::Complete(head),
                Err(rejection) => ParsedResponse::Reject(rejection),
            }
        }
        Ok(Status::Partial) if buffer.len() >= limits.head_bytes => {
            ParsedResponse::Reject(Rejection::HEAD_TOO_LARGE)
        }
        Ok(Status::Partial) => ParsedResponse::Partial,
        Err(error) => ParsedResponse::Reject(error.into()),
    }
}

fn finish(
    head: &[u8],
    response: &httparse::Response<'_, '_>,
    method: Method,
    scratch: &mut HeadScratch,
) -> Result<ResponseHead, Rejection> {
    let mut fields = Fields::default();
    scratch.start(response.headers.len());
    let mut length: Option<&[u8]> = None;
    for header in response.headers.iter() {
        let line = header_span(head, header);
        // The same length said twice is one length (RFC 9110 section 8.6).
        let is_length = header.name.eq_ignore_ascii_case("content-length");
        let is_repeated = is_length && length == Some(header.value);
        if is_length {
            length = length.or(Some(header.value));
        }
        // A Host field has no meaning in a response.
        if !is_repeated && !header.name.eq_ignore_ascii_case("host") {
            fields.note(head, line)?;
        }
        scratch.headers.push(line);
    }
    let status = response.code.unwrap_or(0);
    if status < 100 {
        return Err(Rejection::bad("invalid status"));
    }
    let version = match response.version {
        Some(0) => Version::Http10,
        _ => Version::Http11,
    };
    let tunnel = method == Method::Connect && (200..300).contains(&status);
    let bodiless = method == Method::Head || tunnel || matches!(status, 100..=199 | 204 | 304);
    let body = match bodiless {
        true => BodyLength::None,
        false => fields.response_body(version)?,
    };
    let reason =
        response.reason.filter(|reason| !reason.is_empty()).map_or(Span::default(), |reason| {
            Span::new(reason.as_ptr().addr() - head.as_ptr().addr(), reason.len())
        });
    Ok(ResponseHead {
        status,
        reason,
        version,
        keep_alive: fields.persists(version) && body != BodyLength::UntilClose,
        body,
        upgrade: fields.upgrade(version),
        head_len: head.len() as u32,
    })
}
