//! Start lines and header lines.

use super::{Fault, Kind, Parser, State, lenient, method};
use crate::text;

const OVERFLOW: Fault = Fault::new("HPE_HEADER_OVERFLOW", "Header overflow");
const LINE_FEED: Fault = Fault::new("HPE_LF_EXPECTED", "Missing expected LF after CR");
pub(super) const CHUNKED_IS_NOT_LAST: Fault =
    Fault::new("HPE_INVALID_TRANSFER_ENCODING", "Request has invalid `Transfer-Encoding`");
const CONSTANT: Fault = Fault::new("HPE_INVALID_CONSTANT", "Expected HTTP/, RTSP/ or ICE/");

const fn is_target(byte: u8) -> bool {
    matches!(byte, 0x21..=0x7e | 0x80..)
}

const fn is_value(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}

// How many bytes from `at` on `accepts`.
fn run(input: &[u8], at: usize, accepts: impl Fn(u8) -> bool) -> usize {
    let rest = &input[at..];
    rest.iter().position(|byte| !accepts(*byte)).unwrap_or(rest.len())
}

impl Parser {
    pub(super) fn start(&mut self, input: &[u8], at: &mut usize) -> Result<(), Fault> {
        *at += run(input, *at, |byte| matches!(byte, b'\r' | b'\n'));
        if *at == input.len() {
            return Ok(());
        }
        if self.state == State::Closed && !self.allows(lenient::KEEP_ALIVE) {
            if self.allows(lenient::DATA_AFTER_CLOSE) {
                *at = input.len();
                return Ok(());
            }
            return Err(Fault::new("HPE_CLOSED_CONNECTION", "Data after `Connection: close`"));
        }
        self.head.clear();
        self.is_trailer = false;
        self.state = match self.kind {
            Kind::Request => State::Method,
            Kind::Response => State::Protocol(0),
        };
        Ok(())
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        if self.head.text.len() + bytes.len() >= self.text_bytes_max as usize {
            return Err(OVERFLOW);
        }
        self.head.text.extend_from_slice(bytes);
        Ok(())
    }

    pub(super) fn start_line(&mut self, input: &[u8], at: &mut usize) -> Result<(), Fault> {
        let byte = input[*at];
        self.state = match (self.state, byte) {
            (State::Method, _) => return self.method(input, at),
            (State::TargetStart, b' ') => State::TargetStart,
            (State::TargetStart, _) if is_target(byte) => return self.target(input, at),
            (State::Target, _) if is_target(byte) => return self.target(input, at),
            (State::Target, b' ') => {
                self.head.first_len = self.head.text.len() as u32;
                State::Protocol(0)
            }
            (State::Target, b'\r' | b'\n') => return Err(CONSTANT),
            (State::TargetStart | State::Target, _) => {
                return Err(Fault::new("HPE_INVALID_URL", "Invalid characters in url"));
            }
            (State::Protocol(0), b' ') if self.kind == Kind::Request => State::Protocol(0),
            (State::Protocol(seen), _) if byte == b"HTTP/"[seen as usize] => match seen {
                4 => State::Major,
                _ => State::Protocol(seen + 1),
            },
            (State::Protocol(_), _) => return Err(CONSTANT),
            (State::Major | State::Dot | State::Minor | State::VersionEnd, _) => {
                self.version(byte)?
            }
            (State::StartLineFeed, b'\n') => State::FieldStart,
            (State::StartLineFeed, _) => return self.without_line_feed(),
            _ => self.status_line(input, at)?,
        };
        *at += 1;
        Ok(())
    }

    fn method(&mut self, input: &[u8], at: &mut usize) -> Result<(), Fault> {
        let is_name = |byte: u8| byte.is_ascii_uppercase() || byte == b'-';
        let before = self.head.text.len();
        let count = run(input, *at, is_name);
        self.put(&input[*at..*at + count])?;
        let is_ended = *at + count < input.len();
        let known = method::place(&self.head.text).filter(|_| is_ended);
        let Some(place) = known else {
            let shared = method::longest_prefix(&self.head.text);
            if is_ended || shared < self.head.text.len() {
                *at += shared.saturating_sub(before).min(count);
                return Err(method::INVALID);
            }
            *at += count;
            return Ok(());
        };
        *at += count;
        if input[*at] != b' ' {
            return Err(Fault::new("HPE_INVALID_METHOD", "Expected space after method"));
        }
        *at += 1;
        self.head.method = place;
        self.head.text.clear();
        self.state = State::TargetStart;
        Ok(())
    }

    fn target(&mut self, input: &[u8], at: &mut usize) -> Result<(), Fault> {
        let count = run(input, *at, is_target);
        let target = &input[*at..*at + count];
        *at += count;
        self.state = State::Target;
        self.put(target)
    }

    fn version(&mut self, byte: u8) -> Result<State, Fault> {
        const CODE: &str = "HPE_INVALID_VERSION";
        let digit = byte.wrapping_sub(b'0');
        match (self.state, byte) {
            (State::Major, b'0'..=b'9') => {
                self.head.version.0 = digit;
                Ok(State::Dot)
            }
            (State::Major, _) => Err(Fault::new(CODE, "Invalid major version")),
            (State::Dot, b'.') => Ok(State::Minor),
            (State::Dot, _) => Err(Fault::new(CODE, "Expected dot")),
            (State::Minor, b'0'..=b'9') => {
                self.head.version.1 = digit;
                let known = matches!(self.head.version, (0, 9) | (1, 0 | 1) | (2, 0));
                if !known && !self.allows(lenient::VERSION) {
                    return Err(Fault::new(CODE, "Invalid HTTP version"));
                }
                Ok(State::VersionEnd)
            }
            (State::Minor, _) => Err(Fault::new(CODE, "Invalid minor version")),
            (_, b' ') if self.kind == Kind::Response => Ok(State::Status(0)),
            (_, b'\r') if self.kind == Kind::Request => Ok(State::StartLineFeed),
            (_, b'\n') if self.kind == Kind::Request => self.bare_line_feed(),
            (..) if self.kind == Kind::Response => {
                Err(Fault::new(CODE, "Expected space after version"))
            }
            (..) => Err(Fault::new(CODE, "Expected CRLF after version")),
        }
    }

    fn status_line(&mut self, input: &[u8], at: &mut usize) -> Result<State, Fault> {
        const CODE: &str = "HPE_INVALID_STATUS";
        let byte = input[*at];
        match (self.state, byte) {
            (State::Status(seen), b'0'..=b'9') => {
                self.head.status = self.head.status * 10 + u16::from(byte - b'0');
                Ok(if seen == 2 { State::StatusEnd } else { State::Status(seen + 1) })
            }
            (State::Status(_), _) => Err(Fault::new(CODE, "Invalid status code")),
            (State::StatusEnd, b' ') => Ok(State::Reason),
            (State::StatusEnd | State::Reason, b'\r') => {
                self.head.first_len = self.head.text.len() as u32;
                Ok(State::StartLineFeed)
            }
            (State::StatusEnd | State::Reason, b'\n') => {
                self.head.first_len = self.head.text.len() as u32;
                self.bare_line_feed()
            }
            (State::Reason, _) => {
                let count = run(input, *at, |byte| !matches!(byte, b'\r' | b'\n'));
                self.put(&input[*at..*at + count])?;
                *at += count - 1;
                Ok(State::Reason)
            }
            _ => Err(Fault::new(CODE, "Invalid response status")),
        }
    }

    fn bare_line_feed(&self) -> Result<State, Fault> {
        match self.allows(lenient::OPTIONAL_CR_BEFORE_LF) {
            true => Ok(State::FieldStart),
            false => Err(Fault::new("HPE_CR_EXPECTED", "Missing expected CR after start line")),
        }
    }

    fn without_line_feed(&mut self) -> Result<(), Fault> {
        if !self.allows(lenient::OPTIONAL_LF_AFTER_CR) {
            return Err(LINE_FEED);
        }
        self.state = State::FieldStart;
        Ok(())
    }

    pub(super) fn field(&mut self, input: &[u8], at: &mut usize) -> Result<(), Fault> {
        const TOKEN: Fault = Fault::new("HPE_INVALID_HEADER_TOKEN", "Invalid header token");
        const VALUE: Fault = Fault::new("HPE_INVALID_HEADER_TOKEN", "Invalid header value char");
        let byte = input[*at];
        self.state = match (self.state, byte) {
            (State::FieldStart, b'\r') => State::LastLineFeed,
            (State::FieldStart, b'\n') if self.allows(lenient::OPTIONAL_CR_BEFORE_LF) => {
                *at += 1;
                return self.fields_ended();
            }
            (State::FieldStart | State::FieldName, _) if text::is_token(&[byte]) => {
                return self.field_name(input, at);
            }
            (State::FieldName, b':') => {
                self.name_ended()?;
                State::ValueStart
            }
            (State::FieldStart | State::FieldName, _) => return Err(TOKEN),
            (State::ValueStart, b' ' | b'\t') => State::ValueStart,
            (State::ValueStart | State::Value, b'\r') => State::ValueLineFeed,
            (State::ValueStart | State::Value, b'\n') => {
                if !self.allows(lenient::OPTIONAL_CR_BEFORE_LF) {
                    let reason = "Missing expected CR after header value";
                    return Err(Fault::new("HPE_CR_EXPECTED", reason));
                }
                State::ValueEnd
            }
            (State::ValueStart | State::Value, _) if self.takes_in_value(byte) => {
                return self.value(input, at);
            }
            (State::ValueStart | State::Value, _) => return Err(VALUE),
            (State::ValueLineFeed, b'\n') => State::ValueEnd,
            (State::ValueLineFeed, _) if self.allows(lenient::OPTIONAL_LF_AFTER_CR) => {
                self.state = State::ValueEnd;
                return Ok(());
            }
            (State::ValueLineFeed, _) => {
                let reason = "Missing expected LF after header value";
                return Err(Fault::new("HPE_LF_EXPECTED", reason));
            }
            (State::ValueEnd, _) => return self.value_line_ended(byte, at),
            (_, b'\n') => {
                *at += 1;
                return self.fields_ended();
            }
            _ => return Err(LINE_FEED),
        };
        *at += 1;
        Ok(())
    }

    fn takes_in_value(&self, byte: u8) -> bool {
        is_value(byte) || (self.allows(lenient::HEADERS) && !matches!(byte, b'\r' | b'\n' | 0))
    }

    fn field_name(&mut self, input: &[u8], at: &mut usize) -> Result<(), Fault> {
        if self.state == State::FieldStart {
            self.put(b"\n")?;
            self.name_start = self.head.text.len() as u32;
            self.state = State::FieldName;
        }
        let count = run(input, *at, |byte| text::is_token(&[byte]));
        let name = &input[*at..*at + count];
        *at += count;
        self.put(name)
    }

    fn name_ended(&mut self) -> Result<(), Fault> {
        self.put(b"\n")?;
        self.value_start = self.head.text.len() as u32;
        Ok(())
    }

    fn value(&mut self, input: &[u8], at: &mut usize) -> Result<(), Fault> {
        let count = match self.allows(lenient::HEADERS) {
            true => run(input, *at, |byte| self.takes_in_value(byte)),
            false => run(input, *at, is_value),
        };
        let value = &input[*at..*at + count];
        *at += count;
        self.state = State::Value;
        self.put(value)
    }

    /// A line has ended, and `byte` begins the next.
    fn value_line_ended(&mut self, byte: u8, at: &mut usize) -> Result<(), Fault> {
        if matches!(byte, b' ' | b'\t') {
            if !self.allows(lenient::HEADERS) {
                let reason = "Unexpected whitespace after header value";
                return Err(Fault::new("HPE_INVALID_HEADER_TOKEN", reason));
            }
            *at += 1;
            self.put(b" ")?;
            self.state = State::ValueStart;
            return Ok(());
        }
        let start = self.value_start as usize;
        let kept = self.head.text[start..].trim_ascii_end().len();
        self.head.text.truncate(start + kept);
        self.head.lines += 1;
        self.state = State::FieldStart;
        if self.is_trailer { Ok(()) } else { self.note() }
    }

    /// Takes the line that has ended into account.
    fn note(&mut self) -> Result<(), Fault> {
        let head = &mut self.head;
        let name = &head.text[self.name_start as usize..self.value_start as usize - 1];
        let value = &head.text[self.value_start as usize..];
        match (name.len(), name[0] | 0x20) {
            (4, b'h') if name.eq_ignore_ascii_case(b"host") => head.has_host = true,
            (6, b'e') if name.eq_ignore_ascii_case(b"expect") => head.has_expect = true,
            (7, b'u') if name.eq_ignore_ascii_case(b"upgrade") => head.has_upgrade = true,
            (10, b'c') if name.eq_ignore_ascii_case(b"connection") => {
                for option in text::list(value) {
                    head.says_close |= option.eq_ignore_ascii_case(b"close");
                    head.says_keep_alive |= option.eq_ignore_ascii_case(b"keep-alive");
                    head.says_upgrade |= option.eq_ignore_ascii_case(b"upgrade");
                }
            }
            (14, b'c') if name.eq_ignore_ascii_case(b"content-length") => {
                return self.note_length();
            }
            (17, b't') if name.eq_ignore_ascii_case(b"transfer-encoding") => {
                let is_strict =
                    self.kind == Kind::Request && self.lenient & lenient::TRANSFER_ENCODING == 0;
                for coding in text::list(value).filter(|coding| !coding.is_empty()) {
                    // What another reader takes for the end of the content may be no end here.
                    if head.is_chunked && is_strict {
                        return Err(CHUNKED_IS_NOT_LAST);
                    }
                    head.has_coding = true;
                    head.is_chunked = coding.eq_ignore_ascii_case(b"chunked");
                }
                if head.has_coding
                    && head.content_length.is_some()
                    && !self.allows(lenient::CHUNKED_LENGTH)
                {
                    let reason = "Transfer-Encoding can't be present with Content-Length";
                    return Err(Fault::new("HPE_INVALID_TRANSFER_ENCODING", reason));
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn note_length(&mut self) -> Result<(), Fault> {
        const INVALID: &str = "HPE_INVALID_CONTENT_LENGTH";
        const UNEXPECTED: &str = "HPE_UNEXPECTED_CONTENT_LENGTH";
        let value = &self.head.text[self.value_start as usize..];
        if self.head.content_length.is_some() {
            return Err(Fault::new(UNEXPECTED, "Content-Length already present"));
        }
        if self.head.has_coding && !self.allows(lenient::CHUNKED_LENGTH) {
            let reason = "Content-Length can't be present with Transfer-Encoding";
            return Err(Fault::new(UNEXPECTED, reason));
        }
        if value.is_empty() {
            return Err(Fault::new(INVALID, "Empty Content-Length"));
        }
        if !value.iter().all(u8::is_ascii_digit) {
            return Err(Fault::new(INVALID, "Invalid character in Content-Length"));
        }
        let length = text::parse_decimal(value);
        self.head.content_length = length;
        length.map(drop).ok_or(Fault::new(INVALID, "Content-Length overflow"))
    }

    /// The empty line behind the fields has ended.
    fn fields_ended(&mut self) -> Result<(), Fault> {
        if self.is_trailer {
            self.state = State::Complete;
            return Ok(());
        }
        self.state = State::Between;
        Ok(())
    }

    /// A request whose content has no end that can be told.
    pub(super) fn is_endless(&self) -> bool {
        let head = &self.head;
        let is_open = head.has_coding && !head.is_chunked && self.kind == Kind::Request;
        is_open && !self.allows(lenient::TRANSFER_ENCODING)
    }
}
