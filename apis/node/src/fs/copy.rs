//! Copying a file: cloned where the file system can, else copied inside the kernel.

use std::{
    ffi::CString,
    io,
    os::fd::{AsFd, BorrowedFd},
};

use dx_ops::{Call, Exception};
use rustix::fs::{self, FileType, Mode, OFlags};

use crate::fs::{
    answer::Answer,
    arguments::{path, unsigned},
    calls::work,
};

const EXCLUSIVE: u32 = 1;
const CLONE: u32 = 2;
const CLONE_OR_FAIL: u32 = 4;
/// Asked of the kernel in one call.
const CHUNK: usize = 1 << 30;
const BUFFER: usize = 256 * 1024;
const NOT_SUPPORTED: i32 = 95;

/// `copyFile(from, to, mode)`
pub(crate) fn copy_file(call: &Call<'_>) -> work!() {
    let (from, to, mode) = (path(call, 0)?, path(call, 1)?, unsigned(call, 2));
    Ok(move || copy(&from, &to, mode).into())
}

fn copy(from: &CString, to: &CString, mode: u32) -> io::Result<()> {
    let source = fs::open(from, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let status = fs::fstat(&source)?;
    if FileType::from_raw_mode(status.st_mode) == FileType::Directory {
        return Err(io::Error::from_raw_os_error(NOT_SUPPORTED));
    }
    let mut flags = OFlags::WRONLY | OFlags::CREATE | OFlags::CLOEXEC;
    flags.set(OFlags::EXCL, mode & EXCLUSIVE != 0);
    let permissions = Mode::from_raw_mode(status.st_mode & 0o7777);
    let target = fs::open(to, flags, permissions)?;
    let before = fs::fstat(&target)?;
    if (before.st_dev, before.st_ino) == (status.st_dev, status.st_ino) {
        return Ok(());
    }
    if mode & (CLONE | CLONE_OR_FAIL) != 0 {
        match fs::ioctl_ficlone(&target, &source) {
            Ok(()) => return Ok(()),
            Err(_) if mode & CLONE_OR_FAIL != 0 => {
                return Err(io::Error::from_raw_os_error(NOT_SUPPORTED));
            }
            Err(_) => {}
        }
    }
    fs::ftruncate(&target, 0)?;
    copy_content(source.as_fd(), target.as_fd())?;
    // A file that was there keeps its permissions otherwise.
    if before.st_mode != status.st_mode {
        let _ = fs::fchmod(&target, permissions);
    }
    Ok(())
}

fn copy_content(source: BorrowedFd<'_>, target: BorrowedFd<'_>) -> io::Result<()> {
    let mut copied = 0_u64;
    loop {
        match fs::copy_file_range(source, None, target, None, CHUNK) {
            // Files of /proc say so though they have content.
            Ok(0) if copied == 0 => return copy_through(source, target),
            Ok(0) => return Ok(()),
            Ok(count) => copied += count as u64,
            Err(rustix::io::Errno::INTR) => {}
            Err(error) if copied > 0 => return Err(error.into()),
            Err(_) => return copy_through(source, target),
        }
    }
}

fn copy_through(source: BorrowedFd<'_>, target: BorrowedFd<'_>) -> io::Result<()> {
    let mut buffer = vec![0; BUFFER];
    loop {
        let count = match rustix::io::read(source, &mut buffer) {
            Ok(0) => return Ok(()),
            Ok(count) => count,
            Err(rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(error.into()),
        };
        let mut rest = &buffer[..count];
        while !rest.is_empty() {
            match rustix::io::write(target, rest) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => rest = &rest[count..],
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
