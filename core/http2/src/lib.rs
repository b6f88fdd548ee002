//! HTTP/2 without I/O (RFC 9113, RFC 7541): bytes in, events out, and the other way round.
//!
//! A [`Connection`] is one side of a connection. It keeps streams, settings and flow control;
//! whoever drives it reads and writes the socket and decides what the messages mean. Belongs to
//! the shard of its connection.
//!
//! Invariants:
//! - cutting the input at other places never changes what the events say;
//! - a stream sends no more than both windows allow, and its last bytes end it;
//! - what a peer may make this side remember is bounded.
//!
//! It fails by value: a stream by [`Event::Closed`] with its code, the connection by
//! [`Event::Failed`], after which it takes nothing any more.

#![forbid(unsafe_code)]

mod connection;
mod frame;
pub mod hpack;
mod settings;

pub use connection::{Connection, Event, Refusal, Role, SessionState, StreamState};
pub use frame::code;
pub use settings::Settings;
