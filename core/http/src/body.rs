//! Message content: where it ends, and which bytes of the input it is.
//!
//! The decoder keeps its place between calls, so input may be cut anywhere, and never copies
//! content. Framing is held to the letter of RFC 9112 section 7.1, with bounds on everything a
//! peer could make arbitrarily long.

use std::ops::Range;

use crate::{rejection::Rejection, text};

/// How the content of a message is delimited (RFC 9112 section 6).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyLength {
    /// There is none.
    None,
    /// This many bytes.
    Length(u64),
    /// The chunked transfer coding.
    Chunked,
    /// Everything until the connection closes; responses only.
    UntilClose,
}

/// Bounds on content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BodyLimits {
    /// Bytes of content; more is [`Rejection::CONTENT_TOO_LARGE`].
    pub content_bytes: u64,
    /// Bytes of chunk extensions, all chunks together.
    pub extension_bytes: u32,
    /// Bytes of the trailer section.
    pub trailer_bytes: u32,
}

impl Default for BodyLimits {
    /// No limit on content, 16 KiB of extensions (as Node), 16 KiB of trailers.
    fn default() -> Self {
        Self { content_bytes: u64::MAX, extension_bytes: 16 * 1024, trailer_bytes: 16 * 1024 }
    }
}

/// What the next bytes of the input are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum BodyEvent {
    /// Content: this range of the input. Everything up to its end has been taken.
    Data(Range<usize>),
    /// All of the input has been taken; more is needed.
    Need,
    /// The message is over, `consumed` bytes into the input; what follows is the next message.
    End {
        /// Bytes of this input that still belonged to the message.
        consumed: usize,
    },
    /// The framing is broken; the connection cannot be used further.
    Reject(Rejection),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    /// Content of known length; in the chunked coding, of one chunk.
    Content,
    UntilClose,
    SizeStart,
    Size,
    /// White space after the size, which only an extension may follow.
    SizeSpace,
    Extension,
    SizeLineFeed,
    ContentReturn,
    ContentLineFeed,
    TrailerStart,
    Trailer,
    TrailerLineFeed,
    EndLineFeed,
    Done,
}

/// Finds the content of one message in its bytes.
#[derive(Debug)]
pub struct BodyDecoder {
    state: State,
    chunked: bool,
    /// Hexadecimal digits of the chunk size so far.
    digits: u8,
    extension_left: u32,
    trailer_left: u32,
    /// Content bytes still to come, of the chunk where chunked.
    remaining: u64,
    /// Content bytes still allowed.
    content_left: u64,
    trailers: Vec<u8>,
}

impl BodyDecoder {
    /// A decoder for one message's content.
    #[must_use]
    pub fn new(length: BodyLength, limits: &BodyLimits) -> Self {
        let (state, remaining) = match length {
            BodyLength::None => (State::Done, 0),
            BodyLength::Length(length) => (State::Content, length),
            BodyLength::Chunked => (State::SizeStart, 0),
            BodyLength::UntilClose => (State::UntilClose, 0),
        };
        Self {
            state,
            chunked: length == BodyLength::Chunked,
            digits: 0,
            extension_left: limits.extension_bytes,
            trailer_left: limits.trailer_bytes,
            remaining,
            content_left: limits.content_bytes,
            trailers: Vec::new(),
        }
    }

    /// Whether the end of the message has been seen.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Whether the connection's end is this message's regular end: it is over already, or is
    /// delimited by the close (RFC 9112 section 8). Otherwise the message is incomplete.
    #[must_use]
    pub fn may_end_here(&self) -> bool {
        matches!(self.state, State::Done | State::UntilClose)
    }

    /// Whether the last chunk has been seen, and the trailer section has not ended.
    #[must_use]
    pub fn is_in_trailers(&self) -> bool {
        matches!(
            self.state,
            State::TrailerStart | State::Trailer | State::TrailerLineFeed | State::EndLineFeed
        )
    }

    /// The trailer section's lines as received, each with its CRLF; empty where there was none.
    /// Checked to be well-formed once [`BodyEvent::End`] has been returned.
    #[must_use]
    pub fn trailers(&self) -> &[u8] {
        &self.trailers
    }

    /// Looks at the next bytes. Call again with what follows a [`BodyEvent::Data`] range until
    /// the answer is another one.
    pub fn next(&mut self, input: &[u8]) -> BodyEvent {
        let mut position = 0;
        loop {
            match self.state {
                State::Done => return BodyEvent::End { consumed: position },
                State::Content if self.remaining == 0 => self.content_ended(),
                _ if position == input.len() => return BodyEvent::Need,
                State::Content | State::UntilClose => return self.take_content(input, position),
                _ => match self.framing_byte(input[position]) {
                    Ok(()) => position += 1,
                    Err(rejection) => return BodyEvent::Reject(rejection),
                },
            }
        }
    }

    fn content_ended(&mut self) {
        self.state = if self.chunked { State::ContentReturn } else { State::Done };
    }

    fn take_content(&mut self, input: &[u8], start: usize) -> BodyEvent {
        let available = (input.len() - start) as u64;
        let taken = match self.state {
            State::UntilClose => available,
            _ => {
                let taken = available.min(self.remaining);
                self.remaining -= taken;
                taken
            }
        };
        if taken > self.content_left {
            return BodyEvent::Reject(Rejection::CONTENT_TOO_LARGE);
        }
        self.content_left -= taken;
        BodyEvent::Data(start..start + taken as usize)
    }

    fn framing_byte(&mut self, byte: u8) -> Result<(), Rejection> {
        const SIZE: Rejection = Rejection::bad("invalid chunk size");
        const END: Rejection = Rejection::bad("chunk not followed by CRLF");
        const LINE: Rejection = Rejection::bad("bare CR or LF");
        self.state = match (self.state, byte) {
            (State::SizeStart | State::Size, b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F') => {
                return self.size_digit(byte);
            }
            (State::Size, b'\r') => State::SizeLineFeed,
            (State::Size | State::SizeSpace, b';') => State::Extension,
            (State::Size | State::SizeSpace, b' ' | b'\t') => {
                self.spend_extension()?;
                State::SizeSpace
            }
            (State::SizeStart | State::Size | State::SizeSpace, _) => return Err(SIZE),
            (State::Extension, b'\r') => State::SizeLineFeed,
            (State::Extension, b'\t' | b' '..=b'~' | 0x80..) => {
                self.spend_extension()?;
                State::Extension
            }
            (State::Extension, _) => return Err(Rejection::bad("invalid chunk extension")),
            (State::SizeLineFeed, b'\n') => return self.size_ended(),
            (State::ContentReturn, b'\r') => State::ContentLineFeed,
            (State::ContentLineFeed, b'\n') => State::SizeStart,
            (State::ContentReturn | State::ContentLineFeed, _) => return Err(END),
            (State::TrailerStart, b'\r') => State::EndLineFeed,
            (State::EndLineFeed, b'\n') => return self.trailers_ended(),
            (State::Trailer, b'\r') => State::TrailerLineFeed,
            (State::TrailerStart | State::Trailer, b'\n') => return Err(LINE),
            (State::TrailerStart | State::Trailer, _) => {
                self.keep_trailer(&[byte])?;
                State::Trailer
            }
            (State::TrailerLineFeed, b'\n') => {
                self.keep_trailer(b"\r\n")?;
                State::TrailerStart
            }
            _ => return Err(LINE),
        };
        Ok(())
    }

    /// Sixteen digits are 64 bits: a longer size, or one that overflows, is refused.
    fn size_digit(&mut self, byte: u8) -> Result<(), Rejection> {
        const DIGITS_MAX: u8 = 16;
        if self.state == State::SizeStart {
            (self.digits, self.remaining) = (0, 0);
            self.state = State::Size;
        }
        self.digits += 1;
        if self.digits > DIGITS_MAX {
            return Err(Rejection::bad("chunk size too large"));
        }
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            _ => (byte | 0x20) - b'a' + 10,
        };
        self.remaining = self.remaining << 4 | u64::from(digit);
        Ok(())
    }

    fn size_ended(&mut self) -> Result<(), Rejection> {
        if self.remaining > self.content_left {
            return Err(Rejection::CONTENT_TOO_LARGE);
        }
        self.state = if self.remaining == 0 { State::TrailerStart } else { State::Content };
        Ok(())
    }

    fn spend_extension(&mut self) -> Result<(), Rejection> {
        let left = self.extension_left.checked_sub(1);
        self.extension_left = left.ok_or(Rejection::bad("chunk extensions over the limit"))?;
        Ok(())
    }

    fn keep_trailer(&mut self, bytes: &[u8]) -> Result<(), Rejection> {
        let left = self.trailer_left.checked_sub(bytes.len() as u32);
        self.trailer_left = left.ok_or(Rejection::HEAD_TOO_LARGE)?;
        self.trailers.extend_from_slice(bytes);
        Ok(())
    }

    /// Checks the trailer lines as header lines (RFC 9112 section 7.1.2).
    fn trailers_ended(&mut self) -> Result<(), Rejection> {
        self.state = State::Done;
        for line in self.trailers.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let colon = line.iter().position(|byte| *byte == b':');
            let name = &line[..colon.ok_or(Rejection::bad("invalid trailer"))?];
            let value = &line[name.len() + 1..line.len() - 1];
            let value_is_valid =
                value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..));
            if !text::is_token(name) || !value_is_valid {
                return Err(httparse::Error::HeaderName.into());
            }
        }
        Ok(())
    }
}
