//! Calls on descriptors that a program names by number.
//!
//! The numbers come from JavaScript, which may name one that is closed: the kernel answers
//! `EBADF`, as it would any program.

use std::{
    io::{self, IoSlice, IoSliceMut},
    os::fd::RawFd,
};

use rustix::fs::{Gid, Mode, Timestamps, Uid};

use crate::borrow;

/// Whether the number names an open file.
#[must_use]
pub fn is_open(descriptor: RawFd) -> bool {
    borrow(descriptor).is_ok_and(|file| rustix::io::fcntl_getfd(file).is_ok())
}

/// `ftruncate(2)` to `length` bytes.
///
/// # Errors
/// As `ftruncate(2)`.
pub fn truncate(descriptor: RawFd, length: u64) -> io::Result<()> {
    Ok(rustix::fs::ftruncate(borrow(descriptor)?, length)?)
}

/// `fchmod(2)`; `mode` is the permission bits.
///
/// # Errors
/// As `fchmod(2)`.
pub fn change_mode(descriptor: RawFd, mode: u32) -> io::Result<()> {
    Ok(rustix::fs::fchmod(borrow(descriptor)?, Mode::from_raw_mode(mode))?)
}

/// A user or group as `chown(2)` takes it; all ones leave it as it is.
#[must_use]
pub fn user(number: u32) -> Option<Uid> {
    (number != u32::MAX).then(|| Uid::from_raw(number))
}

/// As [`user`], of groups.
#[must_use]
pub fn group(number: u32) -> Option<Gid> {
    (number != u32::MAX).then(|| Gid::from_raw(number))
}

/// `fchown(2)`; `u32::MAX` leaves a user or group as it is.
///
/// # Errors
/// As `fchown(2)`.
pub fn change_owner(descriptor: RawFd, owner: u32, owning_group: u32) -> io::Result<()> {
    Ok(rustix::fs::fchown(borrow(descriptor)?, user(owner), group(owning_group))?)
}

/// `futimens(2)`.
///
/// # Errors
/// As `futimens(2)`.
pub fn set_times(descriptor: RawFd, times: &Timestamps) -> io::Result<()> {
    Ok(rustix::fs::futimens(borrow(descriptor)?, times)?)
}

/// `preadv(2)`, or `readv(2)` where `offset` is `u64::MAX`.
///
/// # Errors
/// As `preadv(2)`.
pub fn read_vectors(
    descriptor: RawFd,
    into: &mut [IoSliceMut<'_>],
    offset: u64,
) -> io::Result<usize> {
    let file = borrow(descriptor)?;
    Ok(match offset {
        u64::MAX => rustix::io::readv(file, into)?,
        _ => rustix::io::preadv(file, into, offset)?,
    })
}

/// `pwritev(2)`, or `writev(2)` where `offset` is `u64::MAX`.
///
/// # Errors
/// As `pwritev(2)`.
pub fn write_vectors(descriptor: RawFd, bytes: &[IoSlice<'_>], offset: u64) -> io::Result<usize> {
    let file = borrow(descriptor)?;
    Ok(match offset {
        u64::MAX => rustix::io::writev(file, bytes)?,
        _ => rustix::io::pwritev(file, bytes, offset)?,
    })
}

/// Where the next read or write of an open file begins, in bytes.
///
/// # Errors
/// As `lseek(2)`: `ESPIPE` of what has no positions.
pub fn position(descriptor: RawFd) -> io::Result<u64> {
    Ok(rustix::fs::tell(borrow(descriptor)?)?)
}

/// Where a file says that it ends, in bytes, which is where its own position is afterwards; `None`
/// of what has no positions.
#[must_use]
pub fn end(descriptor: RawFd) -> Option<u64> {
    rustix::fs::seek(borrow(descriptor).ok()?, rustix::fs::SeekFrom::End(0)).ok()
}

/// Whether a file that was read up to `position`, where its own position is, says that it ends
/// there. If it says another end, its position is put back.
#[must_use]
pub fn ends_at(descriptor: RawFd, position: u64) -> bool {
    let end = end(descriptor);
    if let (Some(end), Ok(file)) = (end, borrow(descriptor))
        && end != position
    {
        // Where it could be moved to its end, it can be moved back.
        let _ = rustix::fs::seek(file, rustix::fs::SeekFrom::Start(position));
    }
    end == Some(position)
}

/// `pread(2)` into initialised bytes, or `read(2)` where `offset` is `u64::MAX`.
///
/// # Errors
/// As `pread(2)`.
pub fn read(descriptor: RawFd, into: &mut [u8], offset: u64) -> io::Result<usize> {
    let file = borrow(descriptor)?;
    Ok(match offset {
        u64::MAX => rustix::io::read(file, into)?,
        _ => rustix::io::pread(file, into, offset)?,
    })
}

/// Reads once into the spare room of `into`; see [`read`].
///
/// # Errors
/// As `pread(2)`.
pub fn read_appending(descriptor: RawFd, into: &mut Vec<u8>, offset: u64) -> io::Result<usize> {
    let count = crate::file::read(descriptor, into.spare_capacity_mut(), offset)?;
    // SAFETY: the kernel has written `count` bytes of the spare room.
    unsafe { into.set_len(into.len() + count) };
    Ok(count)
}

/// Opens a path for reading whose every component the kernel has in memory; `None` where it might
/// have to wait, or where anything is wrong that a full open should report. Never waits for the
/// other end of a pipe.
#[must_use]
pub fn open_cached(path: &std::ffi::CStr) -> Option<std::os::fd::OwnedFd> {
    use rustix::fs::{CWD, OFlags, ResolveFlags, openat2};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED).ok()
}

/// The first `length` bytes of a file, if it has as many and all are in memory.
#[must_use]
pub fn read_cached(descriptor: RawFd, length: usize) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(length);
    let room = &mut bytes.spare_capacity_mut()[..length];
    let count = crate::file::read_without_waiting(descriptor, room, 0).ok()?;
    // SAFETY: the kernel has written `count` bytes of the spare room.
    unsafe { bytes.set_len(count) };
    (count == length).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_name_nothing_are_bad() {
        let bad = |result: io::Result<()>| result.unwrap_err().raw_os_error() == Some(libc::EBADF);
        assert!(bad(truncate(9999, 0)) && bad(truncate(-1, 0)));
        assert!(bad(change_mode(9999, 0)) && bad(change_owner(9999, 0, 0)));
        assert!(bad(read(9999, &mut [0], 0).map(drop)));
        assert!(bad(read_appending(9999, &mut Vec::with_capacity(1), 0).map(drop)));
    }

    #[test]
    fn what_is_in_memory_is_read_without_waiting() {
        use std::os::fd::AsRawFd;
        let path = std::env::temp_dir().join(format!("dx-cached-{}", std::process::id()));
        std::fs::write(&path, b"in memory").unwrap();
        let name = std::ffi::CString::new(path.to_str().unwrap()).unwrap();
        let file = open_cached(&name).unwrap();
        // Some file systems cannot read without waiting; those that can read all of it.
        if let Some(bytes) = read_cached(file.as_raw_fd(), 9) {
            assert_eq!(bytes, b"in memory");
        }
        assert_eq!(read_cached(file.as_raw_fd(), 10), None);
        std::fs::remove_file(path).unwrap();
        assert!(open_cached(&name).is_none());
    }

    #[test]
    fn a_file_ends_where_it_says_and_is_read_on_where_it_does_not() {
        use std::os::fd::AsRawFd;
        let path = std::env::temp_dir().join(format!("dx-ends-{}", std::process::id()));
        std::fs::write(&path, b"four").unwrap();
        let file = std::fs::File::open(&path).unwrap();
        let number = file.as_raw_fd();
        let mut bytes = [0; 2];
        assert_eq!(read(number, &mut bytes, u64::MAX).unwrap(), 2);
        assert!(!ends_at(number, 2));
        assert_eq!(read(number, &mut bytes, u64::MAX).unwrap(), 2);
        assert_eq!(&bytes, b"ur");
        assert!(ends_at(number, 4));
        std::fs::remove_file(path).unwrap();
        // What tells no size, or has no positions, never says so.
        let content = std::fs::File::open("/proc/self/comm").unwrap();
        assert!(!ends_at(content.as_raw_fd(), 4));
        assert_eq!(end(9999), None);
    }

    #[test]
    fn what_is_read_is_appended() {
        let file = crate::file::open(c"/proc/self/comm", libc::O_RDONLY, 0).unwrap();
        let mut bytes = Vec::with_capacity(64);
        bytes.push(b'>');
        let count = read_appending(file, &mut bytes, 0).unwrap();
        assert_eq!(bytes.len(), count + 1);
        assert_eq!(bytes[0], b'>');
        crate::close(file).unwrap();
    }
}
