//! One side of a connection: its streams, windows and settings.

mod receive;
mod received_headers;
mod send;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::ops::Range;

use crate::frame::code;
use crate::hpack::{Decoder, Encoder, Fields};
use crate::settings::Settings;
use receive::Reading;
use stream::Stream;

const WINDOW_BYTES: i64 = 65_535;

/// Answers to the peer's frames that may wait to be taken. A peer that asks on and on without
/// reading would fill the memory otherwise; one read of a socket asks for fewer.
const ANSWERS_MAX: u32 = 10_000;

/// Streams of the peer's that may be given up beyond those that end as they should. A peer that
/// opens streams and resets them on and on, or makes this side reset them, causes work and never
/// has more than a few open (CVE-2023-44487).
const RESETS_MAX: u32 = 1_000;

/// Streams remembered behind their end.
const ENDED_KEPT: usize = 16;

/// Which side this is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // named after the standard's words
pub enum Role {
    Server,
    Client,
}

/// What has come.
#[derive(Debug)]
pub enum Event {
    /// A stream's fields: of a request or response, or, where those have come, of an
    /// informational response or trailers.
    Headers {
        /// The stream.
        stream: u32,
        /// Whether the stream is new.
        is_new: bool,
        /// Whether nothing follows.
        is_end: bool,
        /// The fields.
        fields: Fields,
    },
    /// A response is announced nobody has asked for.
    Promise {
        /// The stream that brings the announcement.
        stream: u32,
        /// The stream that will bring the response.
        promised: u32,
        /// The fields of the request it answers.
        fields: Fields,
    },
    /// Content, where it lies in the input.
    Data {
        /// The stream.
        stream: u32,
        /// Its bytes.
        range: Range<usize>,
    },
    /// The peer's content has ended.
    End {
        /// The stream.
        stream: u32,
    },
    /// Both sides have ended, or one has given up.
    Closed {
        /// The stream.
        stream: u32,
        /// With which code.
        code: u32,
    },
    /// All that was given for the stream is in the output.
    Drained {
        /// The stream.
        stream: u32,
    },
    /// The peer has said its settings; those it said that this crate does not know follow.
    Settings {
        /// All that it allows now.
        settings: Settings,
        /// Number and value of each unknown one.
        unknown: Vec<(u16, u32)>,
    },
    /// The peer has taken the oldest settings it was sent: what this side allows now.
    SettingsAck(Settings),
    /// The peer asks, or answers, whether the connection lives.
    Ping {
        /// What it says.
        payload: [u8; 8],
        /// Whether it answers.
        is_ack: bool,
    },
    /// The peer takes no new streams.
    GoAway {
        /// The last stream it has taken.
        last: u32,
        /// Why.
        code: u32,
        /// What else it says.
        opaque: Vec<u8>,
    },
    /// An alternative service (RFC 7838).
    AltSvc {
        /// The stream, or 0.
        stream: u32,
        /// The origin.
        origin: Vec<u8>,
        /// The service.
        value: Vec<u8>,
    },
    /// Origins the connection is good for (RFC 8336), each followed by a line feed.
    Origins(Vec<u8>),
    /// A frame was refused, though the connection goes on.
    Refused {
        /// The stream.
        stream: u32,
        /// Why.
        refusal: Refusal,
    },
    /// The connection has to end.
    Failed {
        /// With which code.
        code: u32,
        /// Whether a list of fields was too long to be read.
        is_list_too_long: bool,
    },
}

/// Why a frame, and its stream with it, is refused.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// The message or frame is malformed.
    Malformed,
    /// There is less or more content than its fields announce.
    Length,
    /// The list of fields is too long.
    ListTooLong,
    /// A window was overrun.
    Window,
    /// The stream had ended.
    Ended,
    /// There are as many streams as are allowed.
    TooMany,
}

impl Refusal {
    fn code(self) -> u32 {
        match self {
            Self::Malformed | Self::Length => code::PROTOCOL_ERROR,
            Self::ListTooLong => code::ENHANCE_YOUR_CALM,
            Self::Window => code::FLOW_CONTROL_ERROR,
            Self::Ended => code::STREAM_CLOSED,
            Self::TooMany => code::REFUSED_STREAM,
        }
    }
}

/// A stream, for those who ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct StreamState {
    /// The state's number in nghttp2.
    pub state: u32,
    /// Bytes the peer may still send.
    pub local_window: i64,
    /// Whether this side has ended.
    pub is_local_closed: bool,
    /// Whether the peer has ended.
    pub is_remote_closed: bool,
    /// Bytes that wait for room in the windows.
    pub waiting: usize,
}

/// A connection, for those who ask.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SessionState {
    /// Bytes the peer may send before this side says more.
    pub effective_local_window: i64,
    /// Bytes received and not yet given back.
    pub effective_received: i64,
    /// The stream opened next.
    pub next_stream: u32,
    /// Bytes the peer may still send.
    pub local_window: i64,
    /// The last stream of the peer's.
    pub last_peer_stream: u32,
    /// Bytes this side may still send.
    pub remote_window: i64,
    /// Bytes of the writing side's table.
    pub deflate_table: usize,
    /// Bytes of the reading side's table.
    pub inflate_table: usize,
}

/// The windows of what the peer sends.
#[derive(Clone, Copy, Debug)]
struct Window {
    /// Bytes this side allows at a time.
    size: i64,
    /// Bytes the peer may still send.
    left: i64,
    /// Bytes used up here and not given back yet.
    used: i64,
}

impl Window {
    fn new(size: i64) -> Self {
        Self { size, left: size, used: 0 }
    }

    /// Bytes to give back now that so many more are used up.
    fn consume(&mut self, bytes: i64) -> Option<u32> {
        self.used += bytes;
        if self.used * 2 < self.size || self.used == 0 {
            return None;
        }
        let increment = self.used;
        self.left += increment;
        self.used = 0;
        Some(increment as u32)
    }
}

/// One side of a connection.
#[derive(Debug)]
pub struct Connection {
    role: Role,
    /// What this side allows, as far as the peer has agreed.
    local: Settings,
    /// What the peer allows.
    remote: Settings,
    /// Settings the peer has not agreed to yet.
    unagreed: VecDeque<Vec<u8>>,
    decoder: Decoder,
    encoder: Encoder,
    reading: Reading,
    streams: HashMap<u32, Stream>,
    /// Streams with bytes to send, in turn.
    waiting: VecDeque<u32>,
    /// Streams whose fields wait until the peer takes another stream.
    unopened: VecDeque<u32>,
    next_stream: u32,
    last_peer_stream: u32,
    peer_open: u32,
    own_open: u32,
    send_window: i64,
    window: Window,
    /// Streams above it are nobody's: the peer has said it takes no more.
    goaway_last: u32,
    failed: Option<u32>,
    output: Vec<u8>,
    /// Answers among the output.
    answers: u32,
    /// Streams of the peer's given up, less those that ended as they should.
    resets: u32,
    /// The streams that have ended last, so that content behind an end is noticed.
    ended: VecDeque<u32>,
    events: Vec<Event>,
    /// Fields a list may have.
    pairs_max: usize,
}

impl Connection {
    /// A connection that has said nothing yet. Say the settings first.
    #[must_use]
    pub fn new(role: Role) -> Self {
        let output = match role {
            Role::Client => crate::frame::PREFACE.to_vec(),
            Role::Server => Vec::new(),
        };
        Self {
            role,
            local: Settings::default(),
            remote: Settings::default(),
            unagreed: VecDeque::new(),
            decoder: Decoder::new(Settings::default().header_table_size as usize),
            encoder: Encoder::default(),
            reading: Reading::new(role),
            streams: HashMap::new(),
            waiting: VecDeque::new(),
            unopened: VecDeque::new(),
            next_stream: if role == Role::Client { 1 } else { 2 },
            last_peer_stream: 0,
            peer_open: 0,
            own_open: 0,
            send_window: WINDOW_BYTES,
            window: Window::new(WINDOW_BYTES),
            goaway_last: u32::MAX,
            failed: None,
            output,
            answers: 0,
            resets: 0,
            ended: VecDeque::new(),
            events: Vec::new(),
            pairs_max: 128,
        }
    }

    /// Fields a list may have; more are answered with ENHANCE_YOUR_CALM.
    pub fn set_pairs_max(&mut self, pairs_max: usize) {
        self.pairs_max = pairs_max;
    }

    /// What has happened since this was asked last.
    pub fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// What this side allows and the peer has agreed to.
    #[must_use]
    pub fn local_settings(&self) -> &Settings {
        &self.local
    }

    /// What the peer allows.
    #[must_use]
    pub fn remote_settings(&self) -> &Settings {
        &self.remote
    }

    /// How the connection stands.
    #[must_use]
    pub fn state(&self) -> SessionState {
        SessionState {
            effective_local_window: self.window.size,
            effective_received: self.window.size - self.window.left,
            next_stream: self.next_stream,
            local_window: self.window.left,
            last_peer_stream: self.last_peer_stream,
            remote_window: self.send_window,
            deflate_table: self.encoder.table_used(),
            inflate_table: self.decoder.table_used(),
        }
    }

    /// How a stream stands; `None` once it is closed.
    #[must_use]
    pub fn stream_state(&self, stream: u32) -> Option<StreamState> {
        self.streams.get(&stream).map(Stream::state)
    }

    /// The id of the next stream this side opens.
    pub fn set_next_stream(&mut self, stream: u32) {
        self.next_stream = stream;
    }

    fn is_own(&self, stream: u32) -> bool {
        (stream % 2 == 1) == (self.role == Role::Client)
    }

    fn fail(&mut self, code: u32) {
        if self.failed.is_none() {
            self.failed = Some(code);
            self.events.push(Event::Failed { code, is_list_too_long: false });
        }
    }

    /// Forgets a stream and says so.
    fn close(&mut self, stream: u32, code: u32) {
        let Some(closed) = self.streams.remove(&stream) else { return };
        if closed.counts {
            if self.is_own(stream) {
                self.own_open -= 1;
            } else {
                self.peer_open -= 1;
            }
        }
        self.events.push(Event::Closed { stream, code });
        self.open_waiting();
    }

    /// Counts an answer to a frame of the peer's.
    fn answered(&mut self) {
        self.answers += 1;
        if self.answers > ANSWERS_MAX {
            self.fail(code::ENHANCE_YOUR_CALM);
        }
    }

    /// Refuses what a peer does on one stream.
    fn refuse(&mut self, stream: u32, refusal: Refusal) {
        self.answered();
        self.given_up(stream);
        self.events.push(Event::Refused { stream, refusal });
        self.write_reset(stream, refusal.code());
        self.close(stream, refusal.code());
    }

    /// Counts a stream that the peer has given up, or made this side give up.
    fn given_up(&mut self, stream: u32) {
        if self.is_own(stream) || !self.streams.contains_key(&stream) {
            return;
        }
        self.resets += 1;
        if self.resets > RESETS_MAX {
            self.fail(code::ENHANCE_YOUR_CALM);
        }
    }

    fn close_if_done(&mut self, stream: u32) {
        if self.streams.get(&stream).is_some_and(Stream::is_done) {
            if !self.is_own(stream) {
                self.resets = self.resets.saturating_sub(1);
            }
            if self.ended.len() == ENDED_KEPT {
                self.ended.pop_front();
            }
            self.ended.push_back(stream);
            self.close(stream, code::NO_ERROR);
        }
    }
}
