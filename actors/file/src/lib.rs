//! Files through the ring: open, stat, read, write, append, sync.
//!
//! [`Files`] belongs to one shard, which never waits for a disk: every call is a few operations
//! of the shard's reactor, awaited. Any number may be under way at once.
//!
//! Invariants:
//! - a descriptor is closed exactly once, whatever becomes of the future that opened it;
//! - a read returns what the file holds up to its end, in a vector without spare capacity;
//! - a write goes on after short writes, and is done only when closing has succeeded.
//!
//! How it fails: `std::io::Error` with the errno of the call that failed. A path with a NUL byte
//! is [`std::io::ErrorKind::InvalidInput`].

#![forbid(unsafe_code)]

mod buffers;
mod file;
mod files;

pub use file::File;
pub use files::{Files, WriteOptions};

/// Up to this size a file is read in one operation, into a buffer that is used again.
pub const SMALL_FILE_BYTES: usize = 64 * 1024;
