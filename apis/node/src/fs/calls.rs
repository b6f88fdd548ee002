//! Calls on names: one system call each, made here or on a thread of the pool.
//!
//! Each function reads its arguments and gives back the work to do.

use std::{ffi::CString, io};

use dx_ops::{Call, Exception};
use dx_sys::{descriptor, file};
use rustix::fs::{self, Access, AtFlags, CWD, Gid, Mode, RenameFlags, Timespec, Timestamps, Uid};

use crate::fs::{
    answer::Answer,
    arguments::{self, path, unsigned},
};

/// The work of an operation, or what is wrong with its arguments.
macro_rules! work {
    () => { Result<impl FnOnce() -> Answer + Send + 'static + use<>, Exception> };
}
pub(crate) use work;

/// `access(path, mode)`
pub(crate) fn access(call: &Call<'_>) -> work!() {
    let (path, mode) = (path(call, 0)?, unsigned(call, 1));
    Ok(move || fs::access(&path, Access::from_bits_retain(mode)).into())
}

/// `exists(path)`: 1 or 0.
pub(crate) fn exists(call: &Call<'_>) -> work!() {
    let path = path(call, 0)?;
    Ok(move || Answer::Number(f64::from(u8::from(fs::access(&path, Access::EXISTS).is_ok()))))
}

/// `rename(from, to)`
pub(crate) fn rename(call: &Call<'_>) -> work!() {
    let (from, to) = (path(call, 0)?, path(call, 1)?);
    Ok(move || fs::renameat_with(CWD, &from, CWD, &to, RenameFlags::empty()).into())
}

/// `unlink(path)`
pub(crate) fn unlink(call: &Call<'_>) -> work!() {
    let path = path(call, 0)?;
    Ok(move || fs::unlink(&path).into())
}

/// `rmdir(path)`
pub(crate) fn rmdir(call: &Call<'_>) -> work!() {
    let path = path(call, 0)?;
    Ok(move || fs::rmdir(&path).into())
}

/// `link(existing, new)`
pub(crate) fn link(call: &Call<'_>) -> work!() {
    let (existing, new) = (path(call, 0)?, path(call, 1)?);
    Ok(move || fs::link(&existing, &new).into())
}

/// `symlink(target, path)`
pub(crate) fn symlink(call: &Call<'_>) -> work!() {
    let (target, path) = (path(call, 0)?, path(call, 1)?);
    Ok(move || fs::symlink(&target, &path).into())
}

/// `readlink(path, asBytes)`
pub(crate) fn readlink(call: &Call<'_>) -> work!() {
    let (path, as_bytes) = (path(call, 0)?, call.arguments.boolean(1));
    Ok(move || match fs::readlink(&path, Vec::new()) {
        Ok(target) => Answer::path(target.into_bytes(), as_bytes),
        Err(error) => Answer::failed(&error.into()),
    })
}

/// `realpath(path, asBytes)`: what the kernel calls the opened path, which for a pipe is a name
/// that no path leads to.
pub(crate) fn realpath(call: &Call<'_>) -> work!() {
    let (path, as_bytes) = (path(call, 0)?, call.arguments.boolean(1));
    Ok(move || match real_path(&path) {
        Ok(real) => Answer::path(real.into_bytes(), as_bytes),
        Err(error) => Answer::failed(&error),
    })
}

fn real_path(path: &CString) -> io::Result<CString> {
    use std::os::fd::AsRawFd;
    let file = fs::open(path, fs::OFlags::PATH | fs::OFlags::CLOEXEC, Mode::empty())?;
    let link = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(fs::readlink(link, Vec::new())?)
}

/// `chmod(path, mode)`
pub(crate) fn chmod(call: &Call<'_>) -> work!() {
    let (path, mode) = (path(call, 0)?, unsigned(call, 1));
    Ok(move || fs::chmod(&path, Mode::from_raw_mode(mode)).into())
}

/// `fchmod(fd, mode)`
pub(crate) fn fchmod(call: &Call<'_>) -> work!() {
    let (number, mode) = (arguments::descriptor(call, 0), unsigned(call, 1));
    Ok(move || descriptor::change_mode(number, mode).into())
}

fn owners(call: &Call<'_>) -> (Option<Uid>, Option<Gid>) {
    (descriptor::user(unsigned(call, 1)), descriptor::group(unsigned(call, 2)))
}

/// `chown(path, user, group)`
pub(crate) fn chown(call: &Call<'_>) -> work!() {
    let (path, (user, group)) = (path(call, 0)?, owners(call));
    Ok(move || fs::chownat(CWD, &path, user, group, AtFlags::empty()).into())
}

/// `lchown(path, user, group)`
pub(crate) fn lchown(call: &Call<'_>) -> work!() {
    let (path, (user, group)) = (path(call, 0)?, owners(call));
    Ok(move || fs::chownat(CWD, &path, user, group, AtFlags::SYMLINK_NOFOLLOW).into())
}

/// `fchown(fd, user, group)`
pub(crate) fn fchown(call: &Call<'_>) -> work!() {
    let number = arguments::descriptor(call, 0);
    let (user, group) = (unsigned(call, 1), unsigned(call, 2));
    Ok(move || descriptor::change_owner(number, user, group).into())
}

/// Seconds with a fraction since the epoch as the kernel takes them, to the microsecond.
fn timespec(seconds: f64) -> Timespec {
    let whole = seconds.floor();
    let microseconds = ((seconds - whole) * 1e6).round().min(999_999.0);
    Timespec { tv_sec: whole as i64, tv_nsec: (microseconds * 1e3) as _ }
}

fn times(call: &Call<'_>) -> Timestamps {
    Timestamps {
        last_access: timespec(call.arguments.number(1)),
        last_modification: timespec(call.arguments.number(2)),
    }
}

/// `utimes(path, accessed, modified)`, in seconds
pub(crate) fn utimes(call: &Call<'_>) -> work!() {
    let (path, times) = (path(call, 0)?, times(call));
    Ok(move || fs::utimensat(CWD, &path, &times, AtFlags::empty()).into())
}

/// `lutimes(path, accessed, modified)`
pub(crate) fn lutimes(call: &Call<'_>) -> work!() {
    let (path, times) = (path(call, 0)?, times(call));
    Ok(move || fs::utimensat(CWD, &path, &times, AtFlags::SYMLINK_NOFOLLOW).into())
}

/// `futimes(fd, accessed, modified)`
pub(crate) fn futimes(call: &Call<'_>) -> work!() {
    let (number, times) = (arguments::descriptor(call, 0), times(call));
    Ok(move || descriptor::set_times(number, &times).into())
}

/// `ftruncate(fd, length)`
pub(crate) fn ftruncate(call: &Call<'_>) -> work!() {
    let number = arguments::descriptor(call, 0);
    let length = call.arguments.number(1).max(0.0) as u64;
    Ok(move || descriptor::truncate(number, length).into())
}

/// `truncate(path, length)`
pub(crate) fn truncate(call: &Call<'_>) -> work!() {
    let (path, length) = (path(call, 0)?, call.arguments.number(1).max(0.0) as u64);
    Ok(move || truncate_path(&path, length).into())
}

fn truncate_path(path: &CString, length: u64) -> io::Result<()> {
    let file = fs::open(path, fs::OFlags::WRONLY | fs::OFlags::CLOEXEC, Mode::empty())?;
    Ok(fs::ftruncate(file, length)?)
}

/// `sync(fd, dataOnly)`
pub(crate) fn sync(call: &Call<'_>) -> work!() {
    let (number, data_only) = (arguments::descriptor(call, 0), call.arguments.boolean(1));
    Ok(move || file::sync(number, data_only).into())
}

/// `close(fd)`
pub(crate) fn close(call: &Call<'_>) -> work!() {
    let number = arguments::descriptor(call, 0);
    Ok(move || dx_sys::close(number).into())
}

/// `open(path, flags, mode)`: a descriptor.
pub(crate) fn open(call: &Call<'_>) -> work!() {
    let (path, flags) = (path(call, 0)?, call.arguments.number(1) as i32);
    let mode = unsigned(call, 2);
    Ok(move || file::open(&path, flags, mode).map(|number| number as usize).into())
}

/// `statfs(path)`: type, block size, fragment size, blocks, free, available, files, free files.
pub(crate) fn statfs(call: &Call<'_>) -> work!() {
    let (path, as_bigint) = (path(call, 0)?, call.arguments.boolean(1));
    Ok(move || {
        let status = match fs::statfs(&path) {
            Ok(status) => status,
            Err(error) => return Answer::failed(&error.into()),
        };
        let fields = vec![
            status.f_type as i64,
            status.f_bsize as i64,
            status.f_frsize as i64,
            status.f_blocks as i64,
            status.f_bfree as i64,
            status.f_bavail as i64,
            status.f_files as i64,
            status.f_ffree as i64,
        ];
        if as_bigint { Answer::Integers(fields) } else { Answer::Floats(fields) }
    })
}
