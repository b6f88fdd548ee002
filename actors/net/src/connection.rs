//! The state of one connection and of one exchange on it: data, no behaviour of their own.
//!
//! A connection that is idle owns no buffer: bytes wait in `input` only between the pieces of a
//! request, and in `out` only between the replies of a turn and the send that takes them.

use std::{collections::VecDeque, net::SocketAddr};

use dx_driver::{Descriptor, LastSeen};
use dx_http::{BodyCoding, BodyDecoder, HeadProgress, Version};
use dx_ring::Key;

use crate::{
    secure::Secured,
    shard::{LARGE_PIPELINE_MAX, OUTPUT_WINDOW, PIPELINE_MAX},
};

/// How far a connection is on its way out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Closing {
    /// It is not.
    No,
    /// What is queued is sent, nothing more is read as a request.
    AfterSend,
    /// Our side has ended; the peer's last bytes are read and dropped, so that the kernel does
    /// not answer them with a reset that could overtake our reply (RFC 9112 section 9.6).
    Lingering,
    /// Waiting for operations in flight, then closed.
    Now,
}

/// One accepted connection.
pub(crate) struct Connection {
    pub(crate) socket: Descriptor,
    pub(crate) listener: Key,
    pub(crate) peer: SocketAddr,
    /// TLS, where it is spoken.
    pub(crate) secured: Option<Box<Secured>>,
    /// Bytes of an unfinished head or content not yet wanted.
    pub(crate) input: Vec<u8>,
    pub(crate) progress: HeadProgress,
    /// Whether `input` begins with a head that was found incomplete.
    pub(crate) partial: bool,
    /// Replies of this turn, sent as one at its end.
    pub(crate) out: Vec<u8>,
    /// Where in `out` they begin.
    pub(crate) out_start: usize,
    /// Buffers to send before `out`, each from its offset; empty where `out` is.
    pub(crate) full: VecDeque<(Vec<u8>, usize)>,
    /// Exchanges whose reply is not complete, in the order of their requests.
    pub(crate) exchanges: VecDeque<Key>,
    /// The exchange whose content is being received.
    pub(crate) uploading: Option<Key>,
    pub(crate) closing: Closing,
    pub(crate) receiving: bool,
    /// Receiving has been asked to stop, or has stopped, for lack of demand.
    pub(crate) paused: bool,
    pub(crate) sending: bool,
    /// The exchange for which the connection leaves, once nothing of it is in flight.
    pub(crate) detaching: Option<Key>,
    /// Waits in the shard's list of connections to send.
    pub(crate) dirty: bool,
    /// Whether the last reply was large enough to be sent from where it lay.
    pub(crate) large_replies: bool,
    /// The last request said that no other follows, or may follow.
    pub(crate) last_request: bool,
    /// Shard second at which silence becomes a timeout; 0: never.
    pub(crate) deadline_s: u32,
    /// Seconds of silence allowed; 0: any.
    pub(crate) idle_timeout_s: u32,
    /// When something was received last, for the shard's moderation.
    pub(crate) seen: LastSeen,
}

impl Connection {
    pub(crate) fn new(socket: Descriptor, listener: Key, peer: SocketAddr) -> Self {
        Self {
            socket,
            listener,
            peer,
            secured: None,
            input: Vec::new(),
            progress: HeadProgress::new(),
            partial: false,
            out: Vec::new(),
            out_start: 0,
            full: VecDeque::new(),
            exchanges: VecDeque::new(),
            uploading: None,
            closing: Closing::No,
            receiving: false,
            paused: false,
            sending: false,
            detaching: None,
            dirty: false,
            large_replies: false,
            last_request: false,
            deadline_s: 0,
            idle_timeout_s: 0,
            seen: LastSeen::default(),
        }
    }

    /// Whether neither a request nor a reply is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.exchanges.is_empty() && self.input.is_empty() && self.out.is_empty() && !self.sending
    }

    /// Requests that may wait for their replies now, all told.
    pub(crate) fn pipeline_max(&self) -> usize {
        if !self.full.is_empty() || self.out.len() - self.out_start >= OUTPUT_WINDOW {
            0
        } else if self.large_replies {
            LARGE_PIPELINE_MAX
        } else {
            PIPELINE_MAX
        }
    }

    /// Starts the silence anew.
    pub(crate) fn touch(&mut self, now_s: u32) {
        self.deadline_s =
            if self.idle_timeout_s == 0 { 0 } else { now_s.saturating_add(self.idle_timeout_s) };
    }
}

/// Where the reply of an exchange stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Reply {
    /// Nothing of it is known.
    Waiting,
    /// Its head is written, content follows.
    Streaming(BodyCoding),
    /// All of it is written.
    Done,
}

/// One request and its reply.
pub(crate) struct Exchange {
    pub(crate) connection: Key,
    pub(crate) version: Version,
    pub(crate) head_request: bool,
    pub(crate) keep_alive: bool,
    pub(crate) reply: Reply,
    /// Whether the script side was told of it and wants to know its end.
    pub(crate) told: bool,
    /// The reply so far, while earlier ones on the connection are not complete.
    pub(crate) held: Vec<u8>,
    /// Streamed bytes in the connection's `out`, and in the send under way.
    pub(crate) queued_bytes: u32,
    pub(crate) sending_bytes: u32,
    /// Bytes of content still promised by a reply of known length.
    pub(crate) promised_bytes: Option<u64>,
    pub(crate) upload: Option<Box<Upload>>,
}

impl Exchange {
    /// Whether nothing can happen to it any more.
    pub(crate) fn is_over(&self) -> bool {
        self.reply == Reply::Done && self.upload.is_none()
    }
}

/// What the script side wants of a request's content.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Claim {
    /// Nothing yet: a window is buffered, then receiving stops.
    None,
    /// The next piece.
    Next,
    /// All of it, at its end.
    All,
    /// Nothing ever: it is dropped as it comes.
    Discard,
}

/// Content on its way in.
pub(crate) struct Upload {
    pub(crate) decoder: BodyDecoder,
    pub(crate) bytes: Vec<u8>,
    pub(crate) claim: Claim,
    pub(crate) ended: bool,
}
