//! The header fields that decide where a message ends and what becomes of its connection.

use crate::{
    body::BodyLength,
    head::{HeaderSpan, Span, Version},
    rejection::Rejection,
    text,
};

/// What the header lines of one head said.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    pub(crate) host: Option<Span>,
    pub(crate) upgrade: Option<Span>,
    pub(crate) expect_continue: bool,
    pub(crate) has_credentials: bool,
    content_length: Option<u64>,
    transfer_encoding: bool,
    chunked: bool,
    close: bool,
    keep_alive: bool,
    connection_upgrade: bool,
}

impl Fields {
    /// Takes one header line into account. Most lines are told apart by length and first letter.
    #[inline]
    pub(crate) fn note(&mut self, head: &[u8], line: HeaderSpan) -> Result<(), Rejection> {
        let name = line.name.of(head);
        let first = name.first().map_or(0, |byte| byte | 0x20);
        match (name.len(), first) {
            (4, b'h') if name.eq_ignore_ascii_case(b"host") => self.note_host(head, line.value),
            (6, b'e') if name.eq_ignore_ascii_case(b"expect") => {
                let value = line.value.of(head);
                self.expect_continue |= value.eq_ignore_ascii_case(b"100-continue");
                Ok(())
            }
            (6, b'c') if name.eq_ignore_ascii_case(b"cookie") => {
                self.has_credentials = true;
                Ok(())
            }
            (7, b'u') if name.eq_ignore_ascii_case(b"upgrade") => {
                self.upgrade = Some(line.value).filter(|value| !value.is_empty());
                Ok(())
            }
            (10, b'c') if name.eq_ignore_ascii_case(b"connection") => {
                self.note_connection(line.value.of(head));
                Ok(())
            }
            (13, b'a') if name.eq_ignore_ascii_case(b"authorization") => {
                self.has_credentials = true;
                Ok(())
            }
            (14, b'c') if name.eq_ignore_ascii_case(b"content-length") => {
                self.note_content_length(line.value.of(head))
            }
            (17, b't') if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                self.note_transfer_encoding(line.value.of(head))
            }
            (19, b'p') if name.eq_ignore_ascii_case(b"proxy-authorization") => {
                self.has_credentials = true;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// RFC 9112 section 3.2: more than one Host, or an invalid one, is a 400.
    fn note_host(&mut self, head: &[u8], value: Span) -> Result<(), Rejection> {
        if self.host.is_some() {
            return Err(Rejection::bad("more than one Host"));
        }
        if !text::is_authority(value.of(head)) {
            return Err(Rejection::bad("invalid Host"));
        }
        self.host = Some(value);
        Ok(())
    }

    /// RFC 9110 section 7.6.1.
    fn note_connection(&mut self, value: &[u8]) {
        for option in text::list(value) {
            self.close |= option.eq_ignore_ascii_case(b"close");
            self.keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
            self.connection_upgrade |= option.eq_ignore_ascii_case(b"upgrade");
        }
    }

    /// RFC 9110 section 8.6: a second value, even an equal one, may be refused, and is.
    fn note_content_length(&mut self, value: &[u8]) -> Result<(), Rejection> {
        if self.content_length.is_some() {
            return Err(Rejection::bad("more than one Content-Length"));
        }
        let length = text::parse_decimal(value).ok_or(Rejection::bad("invalid Content-Length"))?;
        self.content_length = Some(length);
        Ok(())
    }

    /// RFC 9112 section 6.1: codings other than chunked are not understood here (501), and
    /// chunked is applied once. Empty list members, a favourite of smugglers, are refused.
    fn note_transfer_encoding(&mut self, value: &[u8]) -> Result<(), Rejection> {
        self.transfer_encoding = true;
        for coding in text::list(value) {
            if coding.is_empty() {
                return Err(Rejection::bad("empty transfer coding"));
            }
            if !coding.eq_ignore_ascii_case(b"chunked") {
                return Err(Rejection { status: 501, reason: "unknown transfer coding" });
            }
            if self.chunked {
                return Err(Rejection::bad("chunked applied twice"));
            }
            self.chunked = true;
        }
        Ok(())
    }

    /// Whether the connection may carry another message (RFC 9112 section 9.3).
    pub(crate) fn persists(&self, version: Version) -> bool {
        match version {
            Version::Http10 => self.keep_alive && !self.close,
            Version::Http11 => !self.close,
        }
    }

    /// The protocol asked for or granted, where the Connection field announces one (RFC 9110
    /// section 7.8); ignored in HTTP/1.0.
    pub(crate) fn upgrade(&self, version: Version) -> Option<Span> {
        self.upgrade.filter(|_| self.connection_upgrade && version == Version::Http11)
    }

    /// How the content of a request is delimited (RFC 9112 section 6.3).
    pub(crate) fn request_body(&self, version: Version) -> Result<BodyLength, Rejection> {
        self.check_framing(version)?;
        Ok(match (self.chunked, self.content_length) {
            (true, _) => BodyLength::Chunked,
            (false, Some(0) | None) => BodyLength::None,
            (false, Some(length)) => BodyLength::Length(length),
        })
    }

    /// How the content of a response is delimited, where it may have any (RFC 9112 section 6.3).
    pub(crate) fn response_body(&self, version: Version) -> Result<BodyLength, Rejection> {
        self.check_framing(version)?;
        Ok(match (self.chunked, self.content_length) {
            (true, _) => BodyLength::Chunked,
            (false, Some(0)) => BodyLength::None,
            (false, Some(length)) => BodyLength::Length(length),
            (false, None) => BodyLength::UntilClose,
        })
    }

    fn check_framing(&self, version: Version) -> Result<(), Rejection> {
        if !self.transfer_encoding {
            return Ok(());
        }
        if self.content_length.is_some() {
            return Err(Rejection::bad("Content-Length with Transfer-Encoding"));
        }
        if version == Version::Http10 {
            return Err(Rejection::bad("Transfer-Encoding in HTTP/1.0"));
        }
        Ok(())
    }
}
