//! What a shard can ask of its driver.

use std::{ffi::CString, net::SocketAddr};

use bytes::Bytes;

/// An open socket or file as the driver knows it: a kernel descriptor, a simulated one, or an end
/// of a connection within the process.
///
/// Not closed on drop: its owner submits [`Operation::Close`], so that a close takes its turn
/// in the ring and a virtual descriptor is never mistaken for a real one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Descriptor(pub i32);

impl Descriptor {
    /// The first simulated descriptor: above what any process may open.
    pub(crate) const FIRST_SIMULATED: i32 = 1 << 24;

    /// The first end of a connection within the process: above what a simulation opens.
    pub(crate) const FIRST_LOOPBACK: i32 = 1 << 29;

    /// Whether only its driver knows it, and no call of the system does.
    #[must_use]
    pub const fn is_virtual(self) -> bool {
        self.0 >= Self::FIRST_SIMULATED
    }

    /// Whether it is an end of a connection within the process.
    #[must_use]
    pub const fn is_loopback(self) -> bool {
        self.0 >= Self::FIRST_LOOPBACK
    }
}

/// Bytes on their way out.
#[derive(Debug)]
pub enum Outgoing {
    /// A buffer that comes back with the completion, to be used again.
    Owned(Vec<u8>),
    /// Shared bytes, such as a static response.
    Shared(Bytes),
}

impl Outgoing {
    /// The bytes, whoever owns them.
    #[must_use]
    pub fn as_slice(&self) -> &[u8] {
        match self {
            Self::Owned(bytes) => bytes,
            Self::Shared(bytes) => bytes,
        }
    }
}

/// Readiness asked for by [`Operation::Poll`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Interest {
    /// Wait until reading would not block.
    pub readable: bool,
    /// Wait until writing would not block.
    pub writable: bool,
}

/// The part of `statx(2)` that files need. Times are nanoseconds since the Unix epoch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)] // the names are those of statx(2)
pub struct FileStatus {
    pub device: u64,
    pub inode: u64,
    pub mode: u32,
    pub links: u64,
    pub user: u32,
    pub group: u32,
    pub special_device: u64,
    pub size: u64,
    pub block_size: u64,
    pub blocks: u64,
    pub accessed_ns: i128,
    pub modified_ns: i128,
    pub changed_ns: i128,
    pub born_ns: i128,
}

/// One operation. The result of its completion is what the system call of the same name returns.
#[derive(Debug)]
#[allow(missing_docs)] // the fields are described with their variants
pub enum Operation {
    /// Accepts connections until cancelled, each a completion carrying [`crate::Payload::Socket`].
    Accept { listener: Descriptor },
    /// Receives into provided buffers until cancelled, end of stream (result 0) or an error;
    /// each completion with data carries [`crate::Payload::Lease`]. Running out of buffers ends
    /// it with `ENOBUFS`; the owner may submit it again at once and the driver holds it back
    /// until enough leases have been returned.
    Receive { socket: Descriptor },
    /// Sends the whole of `bytes[from..]`, retrying short sends; ends with the first error.
    /// The result is the number of bytes the kernel took; `bytes` comes back as payload. One
    /// at a time on a socket: two in flight may mix where the peer is slow.
    Send { socket: Descriptor, bytes: Outgoing, from: usize },
    /// Connects a socket made by [`crate::Driver::socket`].
    Connect { socket: Descriptor, address: SocketAddr },
    /// `shutdown(2)` for writing: the peer sees end of stream after what was sent.
    ShutdownWrite { socket: Descriptor },
    /// Reads up to the spare capacity of `into` at `offset`, appending; `into` comes back as
    /// payload. `offset == u64::MAX` reads at the file's own position.
    Read { file: Descriptor, offset: u64, into: Vec<u8> },
    /// Writes `bytes[from..]` at `offset` (`u64::MAX`: the file's own position); may be short.
    Write { file: Descriptor, offset: u64, bytes: Outgoing, from: usize },
    /// `fsync(2)`, or `fdatasync(2)` when `data_only`.
    Sync { file: Descriptor, data_only: bool },
    /// `openat(2)` from the working directory; the result is the new [`Descriptor`].
    Open { path: CString, flags: i32, mode: u32 },
    /// `statx(2)` of a path; carries [`crate::Payload::Status`].
    StatPath { path: CString, follow: bool },
    /// `statx(2)` of an open file; carries [`crate::Payload::Status`].
    StatFile { file: Descriptor },
    /// Closes the descriptor; the owner must not use it again. Operations in flight on it keep
    /// the socket open in the kernel, so the owner cancels them first (in the same turn is
    /// enough: operations and cancellations keep their order).
    Close { descriptor: Descriptor },
    /// Waits once for readiness of a descriptor of any kind.
    Poll { descriptor: Descriptor, interest: Interest },
}
