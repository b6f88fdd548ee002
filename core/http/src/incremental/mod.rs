//! The parser of node:http: messages of either side, byte for byte as they come.
//!
//! Programs written for Node see which bytes were refused and why, may relax single rules, and
//! are given heads without the judgement [`crate::parse_request`] passes on hosts and targets. So
//! this is a parser of its own: a state machine that keeps its place between calls and names what
//! it refuses with llhttp's codes. Belongs to one connection.
//!
//! Invariants: input may be cut anywhere; content is never copied; a head's text holds no line
//! feed but those that separate its parts; after a fault nothing more is read.

mod content;
mod head;
mod method;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use method::METHODS;

/// Whose messages are read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // what they are called everywhere
pub enum Kind {
    Request,
    Response,
}

/// Rules that may be relaxed, a bit each, numbered as llhttp numbers them.
pub mod lenient {
    /// Control characters and folded lines in header values.
    pub const HEADERS: u32 = 1;
    /// A Content-Length beside the chunked coding.
    pub const CHUNKED_LENGTH: u32 = 2;
    /// Messages behind one that announced the end of the connection.
    pub const KEEP_ALIVE: u32 = 4;
    /// Requests whose last transfer coding is not chunked.
    pub const TRANSFER_ENCODING: u32 = 8;
    /// Any version of one digit each.
    pub const VERSION: u32 = 16;
    /// Bytes behind the last message.
    pub const DATA_AFTER_CLOSE: u32 = 32;
    /// A carriage return that no line feed follows.
    pub const OPTIONAL_LF_AFTER_CR: u32 = 64;
    /// Chunks that no line end follows.
    pub const OPTIONAL_CRLF_AFTER_CHUNK: u32 = 128;
    /// A line feed that no carriage return precedes.
    pub const OPTIONAL_CR_BEFORE_LF: u32 = 256;
    /// Spaces behind the size of a chunk.
    pub const SPACES_AFTER_CHUNK_SIZE: u32 = 512;
}

/// Why bytes were refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Fault {
    /// llhttp's name: `HPE_INVALID_METHOD`.
    pub code: &'static str,
    /// The reason in words.
    pub reason: &'static str,
}

impl Fault {
    const fn new(code: &'static str, reason: &'static str) -> Self {
        Self { code, reason }
    }
}

/// What became of a head, said by whoever was given it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Follows {
    /// What its fields say.
    #[default]
    Content,
    /// No content, whatever its fields say: it answers a HEAD request.
    Nothing,
    /// Another protocol.
    Tunnel,
}

/// What the next bytes are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// All of the input has been taken.
    Need,
    /// A head has ended: [`Parser::head`].
    Head,
    /// Content: this range of the input.
    Content(Range<usize>),
    /// A message has ended; trailers are in [`Parser::head`].
    Complete,
    /// What follows is of another protocol.
    Upgrade,
    /// Nothing more is read.
    Fault(Fault),
}

/// The head of a message, or its trailers once it is complete.
#[derive(Debug, Default)]
pub struct Head {
    /// Target or reason phrase, then name and value of each line, a line feed between any two.
    pub text: Vec<u8>,
    /// Bytes of the target or reason phrase.
    pub first_len: u32,
    /// Header lines.
    pub lines: u32,
    /// The method's place in [`METHODS`].
    pub method: u8,
    /// The protocol's major and minor version.
    pub version: (u8, u8),
    /// The status of a response.
    pub status: u16,
    /// Whether there is a Host field.
    pub has_host: bool,
    /// Whether there is an Expect field.
    pub has_expect: bool,
    content_length: Option<u64>,
    has_coding: bool,
    is_chunked: bool,
    says_close: bool,
    says_keep_alive: bool,
    says_upgrade: bool,
    has_upgrade: bool,
}

impl Head {
    fn clear(&mut self) {
        let mut text = std::mem::take(&mut self.text);
        text.clear();
        *self = Self { text, ..Self::default() };
    }

    fn clear_lines(&mut self) {
        self.text.clear();
        (self.first_len, self.lines) = (0, 0);
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum State {
    Start,
    Method,
    TargetStart,
    Target,
    /// So many characters of `HTTP/` have been seen.
    Protocol(u8),
    Major,
    Dot,
    Minor,
    VersionEnd,
    /// So many digits have been seen.
    Status(u8),
    StatusEnd,
    Reason,
    StartLineFeed,
    FieldStart,
    FieldName,
    ValueStart,
    Value,
    ValueLineFeed,
    /// Behind a line's end: white space would continue the value.
    ValueEnd,
    LastLineFeed,
    /// The head has been given out.
    Between,
    Content,
    UntilClose,
    ChunkSizeStart,
    ChunkSize,
    ChunkSpace,
    ChunkExtension,
    ChunkSizeLineFeed,
    ChunkContent,
    ChunkEnd,
    ChunkEndLineFeed,
    Complete,
    Closed,
    Upgraded,
    Failed(Fault),
}

/// Reads one connection's messages.
#[derive(Debug)]
pub struct Parser {
    kind: Kind,
    lenient: u32,
    text_bytes_max: u32,
    state: State,
    head: Head,
    is_trailer: bool,
    /// Whether another message may follow the one whose content is read.
    persists: bool,
    value_start: u32,
    name_start: u32,
    /// Content bytes still to come, of the chunk where chunked.
    remaining: u64,
    size_digits: u8,
    extension_bytes: u32,
}

impl Parser {
    /// A parser at the start of a connection. `text_bytes_max` bounds targets, names and values
    /// of one head together; `lenient` is of the bits of [`lenient`].
    #[must_use]
    pub fn new(kind: Kind, lenient: u32, text_bytes_max: u32) -> Self {
        Self {
            kind,
            lenient,
            text_bytes_max,
            state: State::Start,
            head: Head::default(),
            is_trailer: false,
            persists: true,
            value_start: 0,
            name_start: 0,
            remaining: 0,
            size_digits: 0,
            extension_bytes: 0,
        }
    }

    /// The head given out last, or the trailers.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// Whether a message has begun and not ended.
    #[must_use]
    pub fn is_within(&self) -> bool {
        !matches!(self.state, State::Start | State::Closed | State::Upgraded | State::Failed(_))
    }

    /// Looks at `input` from `at`, which moves behind what was taken; on a fault it is at the byte
    /// refused. `follows` is what the answer to [`Event::Head`] was, and counts only then.
    pub fn next(&mut self, input: &[u8], at: &mut usize, follows: Follows) -> Event {
        loop {
            match self.state {
                State::Between if self.is_endless() && follows == Follows::Content => {
                    self.state = State::Failed(head::CHUNKED_IS_NOT_LAST);
                }
                State::Between => self.begin_content(follows),
                State::Complete => return self.complete(),
                State::Upgraded => return Event::Upgrade,
                State::Failed(fault) => return Event::Fault(fault),
                _ if *at >= input.len() => return Event::Need,
                State::Content | State::ChunkContent | State::UntilClose => {
                    return self.take_content(input, at);
                }
                _ => match self.step(input, at) {
                    Ok(()) if self.state == State::Between => return Event::Head,
                    Ok(()) => {}
                    Err(fault) => {
                        self.state = State::Failed(fault);
                        return Event::Fault(fault);
                    }
                },
            }
        }
    }

    fn step(&mut self, input: &[u8], at: &mut usize) -> Result<(), Fault> {
        match self.state {
            State::Start | State::Closed => self.start(input, at),
            State::FieldStart
            | State::FieldName
            | State::ValueStart
            | State::Value
            | State::ValueLineFeed
            | State::ValueEnd
            | State::LastLineFeed => self.field(input, at),
            State::ChunkSizeStart
            | State::ChunkSize
            | State::ChunkSpace
            | State::ChunkExtension
            | State::ChunkSizeLineFeed
            | State::ChunkEnd
            | State::ChunkEndLineFeed => self.framing(input, at),
            _ => self.start_line(input, at),
        }
    }

    /// Whether the message is over without another byte, unless the head's reader says otherwise.
    #[must_use]
    pub fn ends_here(&self) -> bool {
        match self.state {
            State::Complete => !self.is_trailer || self.head.lines == 0,
            State::Between => !(self.has_content() || self.asks_upgrade() || self.is_endless()),
            _ => false,
        }
    }

    /// The connection has ended: whether a message has, or why it may not end here.
    ///
    /// # Errors
    /// When a message is cut short. What was refused before is not told again.
    pub fn finish(&mut self) -> Result<bool, Fault> {
        match self.state {
            State::UntilClose => {
                self.state = State::Closed;
                Ok(true)
            }
            State::Start | State::Closed | State::Upgraded | State::Failed(_) => Ok(false),
            _ => {
                let fault = Fault::new("HPE_INVALID_EOF_STATE", "Invalid EOF state");
                self.state = State::Failed(fault);
                Err(fault)
            }
        }
    }

    /// Whether the head given out asks for, or grants, another protocol.
    #[must_use]
    pub fn asks_upgrade(&self) -> bool {
        let both = self.head.has_upgrade && self.head.says_upgrade;
        match self.kind {
            Kind::Request => both || METHODS[self.head.method as usize] == "CONNECT",
            Kind::Response => both && self.head.status == 101,
        }
    }

    /// Whether the connection may carry another message behind this one.
    #[must_use]
    pub fn keeps_alive(&self) -> bool {
        self.persists_by_fields() && !self.ends_with_connection()
    }

    fn persists_by_fields(&self) -> bool {
        let head = &self.head;
        match head.version {
            (1, 1..) | (2.., _) => !head.says_close,
            _ => head.says_keep_alive && !head.says_close,
        }
    }

    fn allows(&self, rule: u32) -> bool {
        self.lenient & rule != 0
    }
}
