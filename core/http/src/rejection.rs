//! Requests that are refused before any handler sees them.

use crate::{date::HttpDate, status::reason_phrase};

/// Why bytes are not a request that may be served. The connection closes after the answer: what
/// follows on it cannot be trusted to start a request (RFC 9112 section 9.6, section 11.2).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rejection {
    /// 400, 413, 414, 431, 501 or 505.
    pub status: u16,
    /// What was wrong, for logs and for the programmer at the other end.
    pub reason: &'static str,
}

impl Rejection {
    /// Content over the limit (RFC 9110 section 15.5.14).
    pub const CONTENT_TOO_LARGE: Self = Self { status: 413, reason: "content over the limit" };
    /// A request line over the limit (RFC 9110 section 15.5.15).
    pub const TARGET_TOO_LONG: Self = Self { status: 414, reason: "request line over the limit" };
    /// A head over the limit (RFC 6585 section 5).
    pub const HEAD_TOO_LARGE: Self = Self { status: 431, reason: "head over the limit" };
    /// More header lines than allowed (RFC 6585 section 5).
    pub const TOO_MANY_HEADERS: Self = Self { status: 431, reason: "too many header lines" };

    /// A malformed request (RFC 9110 section 15.5.1).
    pub(crate) const fn bad(reason: &'static str) -> Self {
        Self { status: 400, reason }
    }
}

impl From<httparse::Error> for Rejection {
    /// What a syntax error found by httparse is called.
    fn from(error: httparse::Error) -> Self {
        use httparse::Error;
        match error {
            Error::HeaderName => Self::bad("invalid header name"),
            Error::HeaderValue => Self::bad("invalid header value"),
            Error::NewLine => Self::bad("bare CR or LF"),
            Error::Status => Self::bad("invalid status"),
            Error::Token => Self::bad("invalid request line"),
            Error::TooManyHeaders => Self::TOO_MANY_HEADERS,
            Error::Version => Self { status: 505, reason: "not HTTP/1" },
        }
    }
}

/// Appends the whole answer to a refused request: no content, `Connection: close`.
pub fn write_rejection(out: &mut Vec<u8>, rejection: Rejection, date: &HttpDate) {
    out.extend_from_slice(b"HTTP/1.1 ");
    crate::text::push_decimal(out, u64::from(rejection.status));
    out.push(b' ');
    out.extend_from_slice(reason_phrase(rejection.status).as_bytes());
    out.extend_from_slice(b"\r\nConnection: close\r\nDate: ");
    out.extend_from_slice(date);
    out.extend_from_slice(b"\r\nContent-Length: 0\r\n\r\n");
}

#[cfg(test)]
mod tests {
    use super::{Rejection, write_rejection};

    #[test]
    fn the_answer_is_a_whole_response_that_closes() {
        let mut out = Vec::new();
        let date = b"Sun, 06 Nov 1994 08:49:37 GMT";
        write_rejection(&mut out, Rejection::HEAD_TOO_LARGE, date);
        assert_eq!(
            String::from_utf8_lossy(&out),
            "HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\
             Date: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n\r\n"
        );
    }
}
