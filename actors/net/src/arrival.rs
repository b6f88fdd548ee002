//! What the script side learns of a request: a record of fixed size, and where its bytes are.
//!
//! The bytes of a head, and of a small body that came with it, lie in a [`Segment`] that the
//! script side wraps once and reads lazily. The record is plain words, so that a batch is one
//! copy into an array shared with JavaScript; `apis/bun/js/serve.js` names the same positions.

use dx_driver::Descriptor;
use dx_tls::ServerConnection;
use std::{net::SocketAddr, sync::Arc};

use dx_mem::Segment;
use dx_ring::Key;

/// Words of one record; a power of two times eight keeps records within two cache lines.
pub const ARRIVAL_WORDS: usize = 24;

/// Positions of the words of a record.
pub mod word {
    /// Number of the segment that holds the bytes.
    pub const SEGMENT: usize = 0;
    /// Index of the exchange.
    pub const EXCHANGE: usize = 1;
    /// Generation of the exchange.
    pub const GENERATION: usize = 2;
    /// Method in bits 0-7 (`dx_http::Method`), body in bits 8-15 ([`super::BodyState`]).
    pub const FLAGS: usize = 3;
    /// Number of the site.
    pub const SITE: usize = 4;
    /// Handler of the route, `u32::MAX` for the fallback.
    pub const HANDLER: usize = 5;
    /// Offset of the head in the segment.
    pub const HEAD_START: usize = 6;
    /// Bytes of the head.
    pub const HEAD_LENGTH: usize = 7;
    /// Offset of path and query in the segment.
    pub const PATH_START: usize = 8;
    /// Bytes of path and query.
    pub const PATH_LENGTH: usize = 9;
    /// Offset of the host in the segment.
    pub const HOST_START: usize = 10;
    /// Bytes of the host, 0 where there is none.
    pub const HOST_LENGTH: usize = 11;
    /// Offset of the method's name in the segment.
    pub const METHOD_START: usize = 12;
    /// Bytes of the method's name.
    pub const METHOD_LENGTH: usize = 13;
    /// Offset of a body that came whole.
    pub const BODY_START: usize = 14;
    /// Bytes of a body whose length is known, `u32::MAX` otherwise.
    pub const BODY_LENGTH: usize = 15;
    /// The peer's IPv6 address (IPv4 mapped) in network order, four words.
    pub const PEER: usize = 16;
    /// The peer's port.
    pub const PEER_PORT: usize = 20;
    /// The I/O shard the exchange lives on.
    pub const SHARD: usize = 21;
}

/// Where the content of a request is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BodyState {
    /// There is none.
    None = 0,
    /// In the segment, complete.
    Whole = 1,
    /// Still to be asked for.
    Pending = 2,
}

/// One request, as words.
pub type Arrival = [u32; ARRIVAL_WORDS];

/// What happened to an exchange that the script side knows.
#[derive(Debug)]
pub enum Notice {
    /// The answer to a claim: content, in order; empty at its end.
    Body {
        /// Whose.
        exchange: Key,
        /// The bytes.
        bytes: Vec<u8>,
        /// Whether nothing follows.
        ended: bool,
    },
    /// The content will never be complete: the claim fails.
    BodyFailed {
        /// Whose.
        exchange: Key,
        /// Why.
        reason: BodyFailure,
    },
    /// The client is gone before the reply was complete.
    Aborted {
        /// Whose.
        exchange: Key,
    },
    /// The kernel has taken this many bytes of a streamed reply.
    Drained {
        /// Whose.
        exchange: Key,
        /// Bytes.
        bytes: u32,
    },
    /// The connection of an exchange has left the shard and belongs to whom this reaches.
    Detached {
        /// Whose.
        exchange: Key,
        /// The connection; `None` where it was gone before.
        detached: Option<Box<Detached>>,
    },
    /// The reply is complete as far as this shard is concerned.
    Finished {
        /// Whose.
        exchange: Key,
    },
}

/// A connection that speaks another protocol from now on.
#[derive(Debug)]
pub struct Detached {
    /// The socket.
    pub socket: Descriptor,
    /// What has come behind the request, in the clear.
    pub received: Vec<u8>,
    /// Its TLS, where it is spoken.
    pub session: Option<ServerConnection>,
}

/// Why a request's content ended early.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BodyFailure {
    /// The client went away.
    Aborted,
    /// More than the site allows.
    TooLarge,
    /// Broken framing.
    Malformed,
}

/// What a shard has for the script side after a turn.
#[derive(Debug, Default)]
pub struct Batch {
    /// The shard it comes from.
    pub shard: u32,
    /// Requests, in the order received on each connection.
    pub arrivals: Vec<Arrival>,
    /// Segments that arrivals of this batch are the first to name.
    pub segments: Vec<(u32, Arc<Segment>)>,
    /// Everything else.
    pub notices: Vec<Notice>,
}

impl Batch {
    /// Whether there is nothing to tell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.arrivals.is_empty() && self.notices.is_empty()
    }
}

/// The peer's address as the words of a record.
pub(crate) fn write_peer(arrival: &mut Arrival, peer: SocketAddr) {
    let octets = match peer.ip() {
        std::net::IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        std::net::IpAddr::V6(address) => address.octets(),
    };
    for (at, quad) in octets.chunks_exact(4).enumerate() {
        arrival[word::PEER + at] = u32::from_be_bytes([quad[0], quad[1], quad[2], quad[3]]);
    }
    arrival[word::PEER_PORT] = u32::from(peer.port());
}
