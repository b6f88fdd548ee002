//! The status of files, as integers in the order that stats.js reads.

use std::{ffi::CString, io};

use dx_driver::FileStatus;
use dx_ops::{Call, Exception, Value};
use dx_sys::file::{self, KernelStatus};

use crate::fs::{
    answer::Answer,
    arguments::{self, path},
    calls::work,
};

/// dev, ino, mode, nlink, uid, gid, rdev, size, blksize, blocks, then seconds and nanoseconds of
/// access, modification, change and birth.
pub(crate) type Fields = [i64; 18];

/// What a status is asked of.
pub(crate) enum Of {
    Path { path: CString, follow: bool },
    Descriptor(i32),
}

impl Of {
    /// From two arguments: a path and whether links are followed, or a descriptor.
    pub(crate) fn from_call(call: &Call<'_>) -> Result<Self, Exception> {
        Ok(match call.arguments.kind(0) {
            dx_ops::ValueKind::Number => Self::Descriptor(arguments::descriptor(call, 0)),
            _ => Self::Path { path: path(call, 0)?, follow: call.arguments.boolean(1) },
        })
    }

    fn ask(&self) -> io::Result<KernelStatus> {
        match self {
            Self::Path { path, follow } => file::status_of_path(path, *follow),
            Self::Descriptor(number) => file::status_of_descriptor(*number),
        }
    }
}

fn device(major: u32, minor: u32) -> i64 {
    rustix::fs::makedev(major, minor) as i64
}

fn fields_of(status: &KernelStatus) -> Fields {
    [
        device(status.stx_dev_major, status.stx_dev_minor),
        status.stx_ino as i64,
        i64::from(status.stx_mode),
        i64::from(status.stx_nlink),
        i64::from(status.stx_uid),
        i64::from(status.stx_gid),
        device(status.stx_rdev_major, status.stx_rdev_minor),
        status.stx_size as i64,
        i64::from(status.stx_blksize),
        status.stx_blocks as i64,
        status.stx_atime.tv_sec,
        i64::from(status.stx_atime.tv_nsec),
        status.stx_mtime.tv_sec,
        i64::from(status.stx_mtime.tv_nsec),
        status.stx_ctime.tv_sec,
        i64::from(status.stx_ctime.tv_nsec),
        status.stx_btime.tv_sec,
        i64::from(status.stx_btime.tv_nsec),
    ]
}

fn split(nanoseconds: i128) -> (i64, i64) {
    const SECOND: i128 = 1_000_000_000;
    (nanoseconds.div_euclid(SECOND) as i64, nanoseconds.rem_euclid(SECOND) as i64)
}

/// The fields of a status that came through the ring.
pub(crate) fn fields_of_ring(status: &FileStatus) -> Fields {
    let (accessed, modified) = (split(status.accessed_ns), split(status.modified_ns));
    let (changed, born) = (split(status.changed_ns), split(status.born_ns));
    [
        status.device as i64,
        status.inode as i64,
        i64::from(status.mode),
        status.links as i64,
        i64::from(status.user),
        i64::from(status.group),
        status.special_device as i64,
        status.size as i64,
        status.block_size as i64,
        status.blocks as i64,
        accessed.0,
        accessed.1,
        modified.0,
        modified.1,
        changed.0,
        changed.1,
        born.0,
        born.1,
    ]
}

/// The fields as an answer: `Float64Array` or `BigInt64Array`.
pub(crate) fn answer(fields: Fields, as_bigint: bool) -> Answer {
    if as_bigint { Answer::Integers(fields.to_vec()) } else { Answer::Floats(fields.to_vec()) }
}

/// `statBig(path or fd, follow)`: the bytes of a `BigInt64Array`.
pub(crate) fn stat_big(call: &Call<'_>) -> work!() {
    let of = Of::from_call(call)?;
    Ok(move || match of.ask() {
        Ok(status) => answer(fields_of(&status), true),
        Err(error) => Answer::failed(&error),
    })
}

/// `statInto(path or fd, follow, into)`: fills a `Float64Array`; 0 or the failure.
pub(crate) fn stat_into(call: &mut Call<'_>) -> Result<Value, Exception> {
    let status = match Of::from_call(call)?.ask() {
        Ok(status) => status,
        Err(error) => return Ok(Answer::failed(&error).into()),
    };
    let into = call.arguments.bytes_mut(2).unwrap_or_default();
    for (place, field) in into.chunks_exact_mut(8).zip(fields_of(&status)) {
        place.copy_from_slice(&(field as f64).to_ne_bytes());
    }
    Ok(Value::Number(0.0))
}

/// `statMode(path, follow)`: the mode, or the failure.
pub(crate) fn stat_mode(call: &Call<'_>) -> work!() {
    let of = Of::from_call(call)?;
    Ok(move || of.ask().map(|status| usize::from(status.stx_mode)).into())
}
