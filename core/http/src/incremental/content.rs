//! Where content is and where a message ends.

use super::{Event, Fault, Follows, Kind, Parser, State, lenient};

/// Bytes of extensions a chunk may have, as Node.
const EXTENSION_BYTES_MAX: u32 = 16 * 1024;

const INVALID_SIZE: &str = "HPE_INVALID_CHUNK_SIZE";
const STRICT: &str = "HPE_STRICT";

impl Parser {
    /// A status that never has content.
    fn is_bare(&self) -> bool {
        self.kind == Kind::Response && matches!(self.head.status, 100..=199 | 204 | 304)
    }

    pub(super) fn ends_with_connection(&self) -> bool {
        let head = &self.head;
        let is_framed = head.is_chunked || (head.content_length.is_some() && !head.has_coding);
        self.kind == Kind::Response && !self.is_bare() && !is_framed
    }

    /// Whether content follows the head given out.
    #[must_use]
    pub fn has_content(&self) -> bool {
        let head = &self.head;
        let has_length = head.content_length.is_some_and(|length| length > 0);
        !self.is_bare() && (head.is_chunked || has_length || self.ends_with_connection())
    }

    pub(super) fn begin_content(&mut self, follows: Follows) {
        self.remaining = self.head.content_length.unwrap_or(0);
        self.extension_bytes = 0;
        self.state = match follows {
            Follows::Tunnel => State::Upgraded,
            Follows::Nothing => State::Complete,
            Follows::Content if !self.has_content() => State::Complete,
            Follows::Content if self.head.is_chunked => State::ChunkSizeStart,
            Follows::Content if self.ends_with_connection() => State::UntilClose,
            Follows::Content => State::Content,
        };
        self.persists = match follows {
            Follows::Nothing => self.persists_by_fields(),
            _ => self.keeps_alive(),
        };
        self.is_trailer = true;
        self.head.clear_lines();
    }

    pub(super) fn complete(&mut self) -> Event {
        self.state = if self.persists { State::Start } else { State::Closed };
        Event::Complete
    }

    pub(super) fn take_content(&mut self, input: &[u8], at: &mut usize) -> Event {
        let start = *at;
        let available = (input.len() - start) as u64;
        let taken = match self.state {
            State::UntilClose => available,
            _ => available.min(self.remaining),
        };
        *at += taken as usize;
        if self.state != State::UntilClose {
            self.remaining -= taken;
        }
        self.state = match self.state {
            State::Content if self.remaining == 0 => State::Complete,
            State::ChunkContent if self.remaining == 0 => State::ChunkEnd,
            state => state,
        };
        Event::Content(start..*at)
    }
}

impl Parser {
    pub(super) fn framing(&mut self, input: &[u8], at: &mut usize) -> Result<(), Fault> {
        const CHARACTER: Fault = Fault::new(INVALID_SIZE, "Invalid character in chunk size");
        const EXTENSION: Fault = Fault::new(STRICT, "Invalid character in chunk extensions");
        const RETURN: &str = "HPE_CR_EXPECTED";
        let byte = input[*at];
        self.state = match (self.state, byte) {
            (State::ChunkSizeStart | State::ChunkSize, _) if byte.is_ascii_hexdigit() => {
                self.size_digit(byte)?
            }
            (State::ChunkSizeStart, _) => return Err(CHARACTER),
            (State::ChunkSize | State::ChunkSpace | State::ChunkExtension, b'\r') => {
                State::ChunkSizeLineFeed
            }
            (State::ChunkSize | State::ChunkSpace | State::ChunkExtension, b'\n') => {
                if !self.allows(lenient::OPTIONAL_CR_BEFORE_LF) {
                    return Err(Fault::new(RETURN, "Missing expected CR after chunk size"));
                }
                self.size_ended()
            }
            (State::ChunkSize | State::ChunkSpace, b';') => State::ChunkExtension,
            (State::ChunkSize | State::ChunkSpace, b' ' | b'\t')
                if self.allows(lenient::SPACES_AFTER_CHUNK_SIZE) =>
            {
                State::ChunkSpace
            }
            (State::ChunkSize | State::ChunkSpace, _) => return Err(CHARACTER),
            (State::ChunkExtension, b'\t' | b' '..=b'~' | 0x80..) => {
                self.extension_bytes += 1;
                if self.extension_bytes > EXTENSION_BYTES_MAX {
                    let code = "HPE_CHUNK_EXTENSIONS_OVERFLOW";
                    return Err(Fault::new(code, "Chunk extensions overflow"));
                }
                State::ChunkExtension
            }
            (State::ChunkExtension, _) => return Err(EXTENSION),
            (State::ChunkSizeLineFeed, b'\n') => self.size_ended(),
            (State::ChunkSizeLineFeed, _) => {
                return Err(Fault::new(STRICT, "Expected LF after chunk size"));
            }
            (State::ChunkEnd, b'\r') => State::ChunkEndLineFeed,
            (State::ChunkEnd, b'\n') if self.allows(lenient::OPTIONAL_CR_BEFORE_LF) => {
                State::ChunkSizeStart
            }
            (State::ChunkEndLineFeed, b'\n') => State::ChunkSizeStart,
            _ if self.allows(lenient::OPTIONAL_CRLF_AFTER_CHUNK) => {
                self.state = State::ChunkSizeStart;
                return Ok(());
            }
            _ => return Err(Fault::new(STRICT, "Expected LF after chunk data")),
        };
        *at += 1;
        Ok(())
    }

    /// Sixteen digits are 64 bits.
    fn size_digit(&mut self, byte: u8) -> Result<State, Fault> {
        const DIGITS_MAX: u8 = 16;
        if self.state == State::ChunkSizeStart {
            (self.size_digits, self.remaining) = (0, 0);
        }
        self.size_digits += 1;
        if self.size_digits > DIGITS_MAX {
            return Err(Fault::new(INVALID_SIZE, "Chunk size overflow"));
        }
        let digit = (byte as char).to_digit(16).unwrap_or(0);
        self.remaining = self.remaining << 4 | u64::from(digit);
        Ok(State::ChunkSize)
    }

    fn size_ended(&mut self) -> State {
        self.extension_bytes = 0;
        if self.remaining == 0 { State::FieldStart } else { State::ChunkContent }
    }
}
