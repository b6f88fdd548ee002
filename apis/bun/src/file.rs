//! The operations behind Bun.file, Bun.write and file sinks.
//!
//! A target is a string (a path) or a number (a descriptor); a range is two numbers, the end
//! negative where it is the end of the file. All but the synchronous size and time are promises.

use std::{fs, os::unix::fs::MetadataExt, thread, time::Duration};

use dx_compat_web::body::text_value;
use dx_driver::FileStatus;
use dx_file::Files;
use dx_ops::{Call, Deferred, Exception, Value, ValueKind};

use crate::{
    errno::Failure,
    file_io::{self, Checked, OWN_POSITION, ShardFiles, Target, WriteOptions},
};

/// Most that `sleepSync` sleeps, in milliseconds: what a timer could hold.
const SLEEP_MS_MAX: f64 = 4_294_967_295.0;

fn target(call: &Call<'_>, index: usize) -> Result<Target, Exception> {
    match call.arguments.kind(index) {
        ValueKind::Number => Ok(Target::Descriptor(call.arguments.number(index) as i32)),
        _ => Ok(Target::Path(call.expect_string(index, "path")?)),
    }
}

fn range(call: &Call<'_>, index: usize) -> (u64, Option<u64>) {
    let end = call.arguments.number(index + 1);
    (call.arguments.number(index) as u64, (end >= 0.0).then_some(end as u64))
}

/// `truncate, createParents, mode` from `index` on.
fn write_options(call: &Call<'_>, index: usize) -> WriteOptions {
    WriteOptions {
        truncate: call.arguments.boolean(index),
        create_parents: call.arguments.boolean(index + 1),
        mode: call.arguments.number(index + 2) as u32,
    }
}

/// The bytes of a string or buffer argument.
fn data(call: &Call<'_>, index: usize) -> Result<Vec<u8>, Exception> {
    match call.arguments.kind(index) {
        ValueKind::String => Ok(call.expect_string(index, "data")?.into_bytes()),
        _ => Ok(call.expect_bytes(index, "data")?.to_vec()),
    }
}

fn answer<T>(
    call: &Call<'_>,
    deferred: Deferred,
    work: impl AsyncFnOnce(&Files) -> Result<T, Failure> + 'static,
    value: impl FnOnce(T) -> Value + 'static,
) {
    let files = call.host.state::<ShardFiles>().get(call.host.reactor());
    call.host.spawn(async move {
        let result = work(&files).await;
        deferred.settle(result.map(value).map_err(Failure::into_exception));
    });
}

fn count(count: usize) -> Value {
    Value::Number(count as f64)
}

fn read_as(
    call: &Call<'_>,
    deferred: Deferred,
    value: fn(Vec<u8>) -> Value,
) -> Result<(), Exception> {
    let target = target(call, 0)?;
    let (start, end) = range(call, 1);
    let work = async move |files: &Files| file_io::read(files, &target, start, end).await;
    answer(call, deferred, work, value);
    Ok(())
}

/// `fileBytes(target, start, end)`
pub(crate) fn bytes(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    read_as(call, deferred, Value::Bytes)
}

/// `fileBuffer(target, start, end)`
pub(crate) fn buffer(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    read_as(call, deferred, Value::ArrayBuffer)
}

/// `fileText(target, start, end)`
pub(crate) fn text(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let target = target(call, 0)?;
    let (start, end) = range(call, 1);
    let work = async move |files: &Files| file_io::read_checked(files, &target, start, end).await;
    answer(call, deferred, work, |checked| match checked {
        Checked { bytes, is_ascii: true } => Value::Latin1(bytes),
        Checked { bytes, is_ascii: false } => text_value(bytes),
    });
    Ok(())
}

/// `fileWrite(target, data, truncate, createParents, mode)`: how many bytes were written.
pub(crate) fn write(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let (target, bytes, options) = (target(call, 0)?, data(call, 1)?, write_options(call, 2));
    let work = async move |files: &Files| file_io::write(files, &target, bytes, options).await;
    answer(call, deferred, work, count);
    Ok(())
}

/// `fileCopy(source, start, end, target, truncate, createParents, mode)`: how many bytes.
pub(crate) fn copy(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let (source, range) = (target(call, 0)?, range(call, 1));
    let (target, options) = (target(call, 3)?, write_options(call, 4));
    let work =
        async move |files: &Files| file_io::copy(files, &source, range, &target, options).await;
    answer(call, deferred, work, |copied| Value::Number(copied as f64));
    Ok(())
}

/// Where a read or write at `argument` begins; negative: at the file's own position.
fn offset(call: &Call<'_>, argument: usize) -> u64 {
    let position = call.arguments.number(argument);
    if position < 0.0 { OWN_POSITION } else { position as u64 }
}

/// `fileOpen(path, write, truncate, createParents, mode)`: a descriptor, the caller's to close.
pub(crate) fn open(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let path = call.expect_string(0, "path")?;
    let options = call.arguments.boolean(1).then(|| write_options(call, 2));
    let work = async move |files: &Files| file_io::open(files, &path, options).await;
    answer(call, deferred, work, Value::from);
    Ok(())
}

/// `fileReadSome(descriptor, offset, length)`: bytes, none at the end.
pub(crate) fn read_some(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let (descriptor, offset) = (call.arguments.number(0) as i32, offset(call, 1));
    let length = call.arguments.number(2) as usize;
    let work =
        async move |files: &Files| file_io::read_some(files, descriptor, offset, length).await;
    answer(call, deferred, work, Value::Bytes);
    Ok(())
}

/// `fileWriteSome(descriptor, offset, data)`: how many bytes were written, which is all.
pub(crate) fn write_some(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let (descriptor, offset) = (call.arguments.number(0) as i32, offset(call, 1));
    let bytes = data(call, 2)?;
    let work =
        async move |files: &Files| file_io::write_some(files, descriptor, bytes, offset).await;
    answer(call, deferred, work, count);
    Ok(())
}

/// `fileClose(descriptor)`
pub(crate) fn close(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let descriptor = call.arguments.number(0) as i32;
    let work = async move |files: &Files| file_io::close(files, descriptor).await;
    answer(call, deferred, work, Value::from);
    Ok(())
}

fn milliseconds(nanoseconds: i128) -> Value {
    Value::Number(nanoseconds as f64 / 1e6)
}

fn status_value(status: FileStatus) -> Value {
    let number = |value: u64| Value::Number(value as f64);
    Value::Object(vec![
        ("dev", number(status.device)),
        ("ino", number(status.inode)),
        ("mode", number(status.mode.into())),
        ("nlink", number(status.links)),
        ("uid", number(status.user.into())),
        ("gid", number(status.group.into())),
        ("rdev", number(status.special_device)),
        ("size", number(status.size)),
        ("blksize", number(status.block_size)),
        ("blocks", number(status.blocks)),
        ("atimeMs", milliseconds(status.accessed_ns)),
        ("mtimeMs", milliseconds(status.modified_ns)),
        ("ctimeMs", milliseconds(status.changed_ns)),
        ("birthtimeMs", milliseconds(status.born_ns)),
    ])
}

/// `fileStat(target)`: the fields of a Stats object.
pub(crate) fn stat(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let target = target(call, 0)?;
    let work = async move |files: &Files| file_io::status_of(files, &target).await;
    answer(call, deferred, work, status_value);
    Ok(())
}

/// `fileExists(target)`: whether it is a regular file.
pub(crate) fn exists(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let target = target(call, 0)?;
    let work = async move |files: &Files| Ok(file_io::status_of(files, &target).await.ok());
    let regular = |status: Option<FileStatus>| {
        Value::Boolean(status.is_some_and(|status| file_io::is_regular(&status)))
    };
    answer(call, deferred, work, regular);
    Ok(())
}

/// `fileUnlink(path)`. Removing a name is short, so it is done at once.
pub(crate) fn unlink(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let path = call.expect_string(0, "path")?;
    let result = fs::remove_file(&path).map(Value::from);
    deferred.settle(
        result.map_err(|error| {
            Failure { error, syscall: "unlink", path: Some(path) }.into_exception()
        }),
    );
    Ok(())
}

fn metadata(call: &Call<'_>) -> Result<Option<fs::Metadata>, Exception> {
    Ok(match target(call, 0)? {
        Target::Path(path) => fs::metadata(path),
        Target::Descriptor(number) => fs::metadata(format!("/proc/self/fd/{number}")),
    }
    .ok())
}

/// `fileSizeNow(target)`: the size, Infinity for what has none, undefined where there is no file.
pub(crate) fn size_now(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(metadata(call)?.map_or(Value::Undefined, |metadata| {
        let has_size = metadata.is_file() || metadata.is_dir();
        Value::Number(if has_size { metadata.len() as f64 } else { f64::INFINITY })
    }))
}

/// `fileModifiedNow(target)`: milliseconds since the epoch, undefined where there is no file.
pub(crate) fn modified_now(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(metadata(call)?.map_or(Value::Undefined, |metadata| {
        let nanoseconds = metadata.mtime_nsec() / 1_000_000;
        Value::Number((metadata.mtime() * 1000 + nanoseconds) as f64)
    }))
}

/// `sleepSync(milliseconds)`: blocks the shard, as asked.
pub(crate) fn sleep_sync(call: &mut Call<'_>) -> Result<Value, Exception> {
    let milliseconds = call.arguments.number(0).clamp(0.0, SLEEP_MS_MAX);
    thread::sleep(Duration::from_secs_f64(milliseconds / 1e3));
    Ok(Value::Undefined)
}
