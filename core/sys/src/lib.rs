//! Safe wrappers over the Linux calls the executor needs.
//!
//! Each module wraps one area and keeps no state of its own. Descriptors are taken as [`RawFd`]
//! because the executor names sockets by number (a simulated socket has no kernel descriptor);
//! the caller vouches that the number is one it owns. Failures are `std::io::Error` with the
//! errno of the call.

#![allow(unsafe_code)]

pub mod affinity;
pub mod clock;
pub mod epoll;
pub mod event;
pub mod file;
pub mod interfaces;
pub mod limit;
pub mod memory;
pub mod signal;
pub mod socket;
pub mod thread;
pub mod usage;

use std::os::fd::{BorrowedFd, RawFd};

/// Borrows a descriptor by number for one call.
pub(crate) fn borrow<'call>(descriptor: RawFd) -> std::io::Result<BorrowedFd<'call>> {
    if descriptor < 0 {
        return Err(std::io::Error::from_raw_os_error(libc::EBADF));
    }
    // SAFETY: not -1, and the borrow lasts for one system call, which itself answers EBADF for
    // a number that names nothing.
    Ok(unsafe { BorrowedFd::borrow_raw(descriptor) })
}

/// Closes a descriptor the caller owns. Errors are those of `close(2)` and leave it closed.
///
/// # Errors
/// As `close(2)`.
pub fn close(descriptor: RawFd) -> std::io::Result<()> {
    // SAFETY: close takes any number and answers EBADF for one that is not open.
    match unsafe { libc::close(descriptor) } {
        0 => Ok(()),
        _ => Err(std::io::Error::last_os_error()),
    }
}
