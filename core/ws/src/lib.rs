//! WebSocket without I/O (RFC 6455, RFC 7692): bytes in, messages out, and the other way round.
//!
//! Invariants:
//! - cutting the input at other places never changes the events;
//! - a message is over its limit before it is buffered beyond it, also where it is compressed;
//! - text that is handed out is UTF-8; close codes that are handed out may be sent.
//!
//! It fails by value: [`Violation`], which says with which code the connection is to be closed.

#![forbid(unsafe_code)]

mod close;
mod deflate;
mod frame;
mod handshake;
mod reader;
mod writer;

pub use close::{Violation, close_payload, is_close_code};
pub use deflate::{Compressor, Extension};
pub use frame::{Frame, FrameHeader, Opcode, mask};
pub use handshake::accept_key;
pub use reader::{Event, Reader, Role};
pub use writer::write_frame;
