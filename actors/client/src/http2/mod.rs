//! HTTP/2: one connection carries many exchanges.
//!
//! A [`Session`] is a connection with the machine of `dx_http2` and what has come of each stream.
//! One task of the shard drives it; exchanges open a [`Stream`] each and wait for what the task
//! notes there. The pool and the streams hold the session, the task does not: a session nobody
//! holds is closed in the same turn.
//!
//! Invariants:
//! - a stream holds at most [`STREAM_WINDOW_BYTES`] of content that its exchange has not taken;
//!   bytes are given back to the peer only once they were taken;
//! - a stream that is dropped before its end is reset with CANCEL, the session goes on;
//! - no more streams are opened than the server allows: who finds no room gets another session.

mod exchange;
mod session;
mod stream;
mod translate;

pub(crate) use exchange::attempt;
pub(crate) use session::Session;

/// Bytes of content a server may send on a stream before they are taken.
const STREAM_WINDOW_BYTES: u32 = 1024 * 1024;

/// The same for all streams of a connection: 16 that nobody reads do not stop the others, since
/// bytes count here only until they are noted at their stream.
const CONNECTION_WINDOW_BYTES: u32 = 16 * STREAM_WINDOW_BYTES;

/// Bytes of a response's fields at most, as Bun.
const LIST_BYTES_MAX: u32 = 256 * 1024;

/// Fields of a response at most: as many as [`LIST_BYTES_MAX`] has room for.
const FIELDS_MAX: usize = LIST_BYTES_MAX as usize / 32;
