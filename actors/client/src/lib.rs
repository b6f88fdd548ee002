//! HTTP clients: names become addresses, addresses connections, connections exchanges.
//!
//! A [`Client`] belongs to one shard. Each exchange is one task of the shard's reactor: it takes
//! a connection from the pool or makes one, sends the request while it reads the response, hands
//! the head to its owner and then content through a [`Flow`], and gives the connection back.
//!
//! Invariants:
//! - a connection of HTTP/1.1 carries one exchange at a time, and returns to the pool only where
//!   the message ended exactly, both sides want to go on and nothing is left unread;
//! - one of HTTP/2 carries as many as the server allows ([`http2`]), and stays in the pool;
//! - an exchange holds at most [`WINDOW_BYTES`] of content that nobody has asked for: beyond it,
//!   receiving stops, and with it the sender;
//! - an exchange that is given up drops its connection in the same turn, or resets its stream;
//! - a request is sent again only where a pooled connection ended before a byte of the response
//!   had come, or the server says it has not looked at it, and only where its content can be sent
//!   again.
//!
//! It fails by value: [`ClientError`].

#![forbid(unsafe_code)]

mod client;
mod connection;
mod content;
mod dial;
mod error;
mod exchange;
mod flow;
mod http2;
mod pool;
mod resolve;
mod route;
mod socket;
mod tunnel;

pub use client::{Client, ClientStatistics};
pub use connection::Connection;
pub use dx_tls::{ClientSettings as TlsSettings, TlsError};
pub use error::{ClientError, Http2Fault, Malformed};
pub use exchange::{Content, Head, Proxy, Request, Target, Versions};
pub use flow::{Claim, Flow, Taken, Upgraded};
pub use socket::{Message, Socket, SocketEvent, SocketOptions};

/// Content held for an owner that has not asked for it: enough to keep a fast sender busy for
/// the time of a turn, little enough for thousands of exchanges (1,000 of them: 256 MB).
pub const WINDOW_BYTES: usize = 256 * 1024;

/// Bytes of a response's head at most.
pub const HEAD_BYTES_MAX: usize = 256 * 1024;

/// Idle connections kept, of all origins together.
pub const IDLE_MAX: usize = 256;

/// How long an idle connection is kept, in nanoseconds.
pub const IDLE_NS: u64 = 60_000_000_000;

/// How long a connection may be silent while an exchange waits for it: five minutes, as Bun.
pub const SILENCE_NS: u64 = 300_000_000_000;
