//! Safe wrappers over the Linux calls the executor needs.
//!
//! Each module wraps one area and keeps no state of its own. Descriptors are taken as [`RawFd`]
//! because the executor names sockets by number (a simulated socket has no kernel descriptor);
//! the caller vouches that the number is one it owns. Failures are `std::io::Error` with the
//! errno of the call.

#![allow(unsafe_code)]

pub mod affinity;
pub mod clock;
pub mod datagram;
pub mod descriptor;
pub mod endpoint;
pub mod environment;
pub mod epoll;
pub mod errno;
pub mod event;
pub mod exit;
pub mod file;
pub mod heap;
pub mod identity;
pub mod interfaces;
mod large;
pub mod limit;
pub mod memory;
pub mod names;
pub mod passing;
pub mod process;
mod raw;
pub mod signal;
pub mod socket;
pub mod system;
pub mod terminal;
pub mod thread;
pub mod usage;

use std::os::fd::{BorrowedFd, FromRawFd, OwnedFd, RawFd};

/// Borrows a descriptor by number for one call.
pub(crate) fn borrow<'call>(descriptor: RawFd) -> std::io::Result<BorrowedFd<'call>> {
    if descriptor < 0 {
        return Err(std::io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: not -1, and the borrow lasts for one system call, which itself answers EBADF for
    // a number that names nothing.
    Ok(unsafe { BorrowedFd::borrow_raw(descriptor) })
}

/// Takes over a descriptor that a program or a parent process has given by number, and that the
/// caller has made sure nobody else here owns.
///
/// # Errors
/// `EBADF` where the number names nothing.
pub fn adopt(descriptor: RawFd) -> std::io::Result<OwnedFd> {
    rustix::io::fcntl_getfd(borrow(descriptor)?)?;
    // SAFETY: open, as the call above has shown; the caller vouches for the ownership.
    Ok(unsafe { OwnedFd::from_raw_fd(descriptor) })
}

/// Another descriptor of the same open file, closed on exec.
///
/// # Errors
/// As `fcntl(2)` with `F_DUPFD_CLOEXEC`.
pub fn duplicate(descriptor: RawFd) -> std::io::Result<OwnedFd> {
    Ok(rustix::io::fcntl_dupfd_cloexec(borrow(descriptor)?, 0)?)
}

/// Closes a descriptor the caller owns. Errors are those of `close(2)` and leave it closed.
///
/// # Errors
/// As `close(2)`.
pub fn close(descriptor: RawFd) -> std::io::Result<()> {
    // Not by the C library, whose threads can be cancelled while they close a file.
    // SAFETY: close takes any number and answers EBADF for one that is not open.
    match unsafe { raw::call(libc::SYS_close, [descriptor as usize, 0, 0, 0]) } {
        Ok(_) => Ok(()),
        Err(errno) => Err(std::io::Error::from_raw_os_error(errno)),
    }
}
