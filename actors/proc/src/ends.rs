//! Both ends of a channel between parent and child.

use std::{io, os::fd::OwnedFd};

use rustix::{
    net::{AddressFamily, SocketFlags, SocketType, socketpair},
    pipe::{PipeFlags, pipe_with},
};

/// The parent's end and the child's. Both are closed on exec: the child gets copies of its own.
#[derive(Debug)]
pub struct Pair {
    /// Stays with the parent.
    pub parent: OwnedFd,
    /// Becomes one of the child's descriptors.
    pub child: OwnedFd,
}

/// A pipe; the child reads from it if `child_reads`, otherwise it writes to it.
///
/// # Errors
/// As `pipe2(2)`.
pub fn pipe(child_reads: bool) -> io::Result<Pair> {
    let (reader, writer) = pipe_with(PipeFlags::CLOEXEC)?;
    Ok(match child_reads {
        true => Pair { parent: writer, child: reader },
        false => Pair { parent: reader, child: writer },
    })
}

/// A pair of connected sockets, for both directions.
///
/// # Errors
/// As `socketpair(2)`.
pub fn socket_pair() -> io::Result<Pair> {
    let flags = SocketFlags::CLOEXEC;
    let (parent, child) = socketpair(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    Ok(Pair { parent, child })
}
