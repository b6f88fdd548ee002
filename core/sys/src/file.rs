//! Files: the calls behind the drivers' file operations.

use std::{
    ffi::{CStr, c_int},
    io,
    mem::MaybeUninit,
    os::fd::{IntoRawFd, RawFd},
};

use rustix::fs::{Mode, OFlags};

/// What `statx(2)` fills in.
pub type KernelStatus = libc::statx;

/// The fields of [`KernelStatus`] that are asked for.
pub const STATUS_MASK: u32 = libc::STATX_BASIC_STATS | libc::STATX_BTIME;

fn check(result: c_int) -> io::Result<c_int> {
    if result < 0 { Err(io::Error::last_os_error()) } else { Ok(result) }
}

fn check_len(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// A status of zeroes, for the kernel to fill.
#[must_use]
pub fn empty_status() -> KernelStatus {
    // SAFETY: plain integers, for which zero is a value.
    unsafe { MaybeUninit::zeroed().assume_init() }
}

fn status_at(directory: RawFd, path: &CStr, flags: c_int) -> io::Result<KernelStatus> {
    let mut status = empty_status();
    // SAFETY: path is NUL-terminated and status writable for the length of the call.
    match check(unsafe {
        libc::statx(directory, path.as_ptr(), flags, STATUS_MASK, &raw mut status)
    }) {
        Ok(_) => Ok(status),
        // Filters of older container runtimes do not know the call and refuse it.
        Err(error) if matches!(error.raw_os_error(), Some(libc::EPERM | libc::ENOSYS)) => {
            older_status_at(directory, path, flags)
        }
        Err(error) => Err(error),
    }
}

/// `fstatat(2)` in the form of `statx(2)`, where the time of change stands in for that of birth.
fn older_status_at(directory: RawFd, path: &CStr, flags: c_int) -> io::Result<KernelStatus> {
    // SAFETY: plain integers, for which zero is a value; path is NUL-terminated and the status
    // writable for the length of the call.
    let older = unsafe {
        let mut older: libc::stat = MaybeUninit::zeroed().assume_init();
        check(libc::fstatat(directory, path.as_ptr(), &raw mut older, flags))?;
        older
    };
    let mut status = empty_status();
    status.stx_mask = libc::STATX_BASIC_STATS;
    status.stx_mode = older.st_mode as u16;
    status.stx_nlink = older.st_nlink as u32;
    status.stx_uid = older.st_uid;
    status.stx_gid = older.st_gid;
    status.stx_ino = older.st_ino;
    status.stx_size = older.st_size as u64;
    status.stx_blocks = older.st_blocks as u64;
    status.stx_blksize = older.st_blksize as u32;
    for (time, seconds, nanoseconds) in [
        (&mut status.stx_atime, older.st_atime, older.st_atime_nsec),
        (&mut status.stx_mtime, older.st_mtime, older.st_mtime_nsec),
        (&mut status.stx_ctime, older.st_ctime, older.st_ctime_nsec),
        (&mut status.stx_btime, older.st_ctime, older.st_ctime_nsec),
    ] {
        time.tv_sec = seconds;
        time.tv_nsec = nanoseconds as u32;
    }
    status.stx_dev_major = libc::major(older.st_dev);
    status.stx_dev_minor = libc::minor(older.st_dev);
    status.stx_rdev_major = libc::major(older.st_rdev);
    status.stx_rdev_minor = libc::minor(older.st_rdev);
    Ok(status)
}

/// The flags of `statx(2)` for following a last symbolic link or not.
#[must_use]
pub fn follow_flags(follow: bool) -> i32 {
    if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW }
}

/// `statx(2)` of a path, which may wait for a disk.
///
/// # Errors
/// As `statx(2)`.
pub fn status_of_path(path: &CStr, follow: bool) -> io::Result<KernelStatus> {
    status_at(libc::AT_FDCWD, path, follow_flags(follow))
}

/// `statx(2)` of an open file.
///
/// # Errors
/// As `statx(2)`.
pub fn status_of_descriptor(descriptor: RawFd) -> io::Result<KernelStatus> {
    status_at(descriptor, c"", libc::AT_EMPTY_PATH)
}

/// The status of a path whose every component the kernel has in memory; `None` where it might
/// have to wait, or where anything is wrong that a full look-up should report.
#[must_use]
pub fn status_of_cached_path(path: &CStr, follow: bool) -> Option<KernelStatus> {
    use rustix::fs::{CWD, ResolveFlags, openat2};
    let mut flags = OFlags::PATH | OFlags::CLOEXEC;
    flags.set(OFlags::NOFOLLOW, !follow);
    let file = openat2(CWD, path, flags, Mode::empty(), ResolveFlags::CACHED).ok()?;
    status_of_descriptor(std::os::fd::AsRawFd::as_raw_fd(&file)).ok()
}

/// `openat(2)` from the working directory, `O_CLOEXEC` added; the caller owns the descriptor.
///
/// # Errors
/// As `openat(2)`.
pub fn open(path: &CStr, flags: i32, mode: u32) -> io::Result<RawFd> {
    // Not by the C library, whose threads can be cancelled while they open a file.
    let flags = OFlags::from_bits_retain(flags as u32) | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::from_bits_retain(mode))?.into_raw_fd())
}

/// `pread(2)` into `into`, or `read(2)` where `offset` is `u64::MAX`.
///
/// # Errors
/// As `pread(2)`.
pub fn read(file: RawFd, into: &mut [MaybeUninit<u8>], offset: u64) -> io::Result<usize> {
    let (start, len) = (into.as_mut_ptr().cast(), into.len());
    // SAFETY: `into` is writable for its length for the time of the call.
    check_len(unsafe {
        match offset {
            u64::MAX => libc::read(file, start, len),
            _ => libc::pread(file, start, len, offset as libc::off_t),
        }
    })
}

/// `pwrite(2)` from `bytes`, or `write(2)` where `offset` is `u64::MAX`.
///
/// # Errors
/// As `pwrite(2)`.
pub fn write(file: RawFd, bytes: &[u8], offset: u64) -> io::Result<usize> {
    let (start, len) = (bytes.as_ptr().cast(), bytes.len());
    // SAFETY: `bytes` is readable for its length for the time of the call.
    check_len(unsafe {
        match offset {
            u64::MAX => libc::write(file, start, len),
            _ => libc::pwrite(file, start, len, offset as libc::off_t),
        }
    })
}

fn offset_or_own(offset: u64) -> libc::off_t {
    // All ones are -1: the file's own position.
    offset as libc::off_t
}

/// As [`read`], but only what is there without waiting: cached pages, bytes in a pipe.
///
/// # Errors
/// `EAGAIN` where it would wait, `EOPNOTSUPP` where the file does not know; else as
/// `preadv2(2)`.
pub fn read_without_waiting(
    file: RawFd,
    into: &mut [MaybeUninit<u8>],
    offset: u64,
) -> io::Result<usize> {
    let vector = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
    let offset = offset_or_own(offset);
    // SAFETY: the vector names `into`, which is writable for the time of the call.
    check_len(unsafe { libc::preadv2(file, &raw const vector, 1, offset, libc::RWF_NOWAIT) })
}

/// As [`write()`], but only what fits without waiting, for pipes and sockets.
///
/// # Errors
/// As [`read_without_waiting`].
pub fn write_without_waiting(file: RawFd, bytes: &[u8]) -> io::Result<usize> {
    let vector = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    // SAFETY: the vector names `bytes`, which the call only reads.
    check_len(unsafe { libc::pwritev2(file, &raw const vector, 1, -1, libc::RWF_NOWAIT) })
}

/// Whether an open file is one whose reads and writes have a readiness to wait for: a pipe, a
/// socket, a terminal; not a regular file, a directory or a disk.
#[must_use]
pub fn is_stream(file: RawFd) -> bool {
    status_of_descriptor(file).is_ok_and(|status| {
        let kind = u32::from(status.stx_mode) & libc::S_IFMT;
        matches!(kind, libc::S_IFIFO | libc::S_IFSOCK | libc::S_IFCHR)
    })
}

/// Whether a descriptor is ready now.
#[must_use]
pub fn is_ready(file: RawFd, readable: bool, writable: bool) -> bool {
    let readable = if readable { libc::POLLIN } else { 0 };
    let writable = if writable { libc::POLLOUT } else { 0 };
    let mut poll = libc::pollfd { fd: file, events: readable | writable, revents: 0 };
    // SAFETY: one pollfd, readable and writable for the time of the call.
    unsafe { libc::poll(&raw mut poll, 1, 0) == 1 }
}

/// `fsync(2)` or `fdatasync(2)`.
///
/// # Errors
/// As `fsync(2)`.
pub fn sync(file: RawFd, data_only: bool) -> io::Result<()> {
    // SAFETY: no pointers; a number that names nothing answers EBADF.
    check(unsafe { if data_only { libc::fdatasync(file) } else { libc::fsync(file) } })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{ffi::CString, mem::MaybeUninit};

    use super::{
        older_status_at, open, read, status_of_cached_path, status_of_descriptor, status_of_path,
        sync,
    };

    #[test]
    fn a_file_is_opened_written_read_and_described() {
        let path = std::env::temp_dir().join(format!("dx-sys-file-{}", std::process::id()));
        let name = CString::new(path.to_str().unwrap()).unwrap();
        let file = open(&name, libc::O_RDWR | libc::O_CREAT | libc::O_TRUNC, 0o600).unwrap();
        assert_eq!(super::write(file, b"hello", 0).unwrap(), 5);
        sync(file, true).unwrap();
        let mut bytes = [MaybeUninit::uninit(); 8];
        assert_eq!(read(file, &mut bytes, 2).unwrap(), 3);
        let status = status_of_descriptor(file).unwrap();
        assert_eq!((status.stx_size, status.stx_mode & 0o777), (5, 0o600));
        assert_eq!(status_of_path(&name, true).unwrap().stx_ino, status.stx_ino);
        let older = older_status_at(file, c"", libc::AT_EMPTY_PATH).unwrap();
        assert_eq!((older.stx_ino, older.stx_mode), (status.stx_ino, status.stx_mode));
        assert_eq!(
            (older.stx_mtime.tv_sec, older.stx_dev_minor),
            (status.stx_mtime.tv_sec, status.stx_dev_minor)
        );
        assert_eq!(status_of_cached_path(&name, true).unwrap().stx_ino, status.stx_ino);
        crate::close(file).unwrap();
        std::fs::remove_file(path).unwrap();
        assert!(status_of_path(&name, true).is_err() && open(&name, 0, 0).is_err());
    }
}
