//! The operations that go through the ring of the shard: open, close, read, write, status, sync.
//!
//! What the ring would hand to a worker thread of the kernel anyway (opening a file that may have
//! to be created, writing at the file's own position) is done on the pool, or at once where it is
//! little: see [`write_at_once`].

use std::{
    cell::{Cell, OnceCell},
    ffi::CString,
    io,
    os::fd::{AsRawFd, OwnedFd},
};

use dx_driver::{Descriptor, FileStatus, Operation, Outgoing, Payload};
use dx_file::Files;
use dx_ops::{Call, Deferred, ErrorClass, Exception, Value};
use dx_reactor::Reactor;
use dx_sys::{descriptor, file};

use crate::fs::{
    answer::Answer,
    arguments::{self, data, path, position, unsigned},
    data::{
        Failed, Form, OWN_POSITION, STEP_OPEN, STEP_READ, Target, reserve, write_all, write_whole,
    },
    pool, status,
};

/// Flags with which an open may write to the disk.
const CREATES: i32 = 0o100 | 0o1000 | 0o20_000_000;
/// Up to this size bytes go into a regular file at once: less than handing them over costs.
const AT_ONCE_MAX: usize = 64 * 1024;
/// What is read at once of a file that does not say how long it is.
const CHUNK: usize = 64 * 1024;
const KIND_MASK: u32 = 0o170_000;
const REGULAR: u32 = 0o100_000;
const FOLDER: u32 = 0o040_000;
const IS_FOLDER: i32 = 21;

/// The shard's file actor, made when first needed.
#[derive(Default)]
struct ShardFiles(OnceCell<Files>);

/// From the fifth look at a file within one turn on, they go to the ring: it takes many with one
/// call of the kernel, and a few cost more there than calls of their own.
const AT_ONCE_A_TURN: u32 = 4;

/// Looks at files that began in the reactor's last turn.
#[derive(Default)]
struct Looks {
    turn_ns: Cell<u64>,
    count: Cell<u32>,
}

/// Whether the program asks for many files in this turn.
fn asks_for_many(call: &Call<'_>) -> bool {
    let looks = call.host.state::<Looks>();
    let turn_ns = call.host.reactor().now_ns();
    if looks.turn_ns.replace(turn_ns) != turn_ns {
        looks.count.set(0);
    }
    looks.count.set(looks.count.get().saturating_add(1));
    looks.count.get() > AT_ONCE_A_TURN
}

/// Whether paths are known to the driver alone, so that everything must go through it.
fn only_the_driver_knows(call: &Call<'_>) -> bool {
    call.host.reactor().with_driver(|driver| driver.has_own_files())
}

fn files(call: &Call<'_>) -> Files {
    let shard = call.host.state::<ShardFiles>();
    shard.0.get_or_init(|| Files::new(call.host.reactor())).clone()
}

fn answer(call: &Call<'_>, deferred: Deferred, work: impl Future<Output = Value> + 'static) {
    call.host.spawn(async move { deferred.settle(Ok(work.await)) });
}

fn failed((error, step): Failed) -> Value {
    Answer::failed_step(&error, step).into()
}

fn without_payload() -> io::Error {
    io::Error::other("an operation kept its buffer")
}

fn pool_failed(error: impl std::fmt::Display) -> Exception {
    Exception::new(ErrorClass::Error, format!("A file operation failed: {error}"))
}

/// `openAsync(path, flags, mode)`: a descriptor.
pub(crate) fn open(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let (path, flags) = (path(call, 0)?, call.arguments.number(1) as i32);
    let mode = unsigned(call, 2);
    if flags & CREATES != 0 && !only_the_driver_knows(call) {
        let job = move || file::open(&path, flags, mode).map(|number| number as usize).into();
        pool::run(call, deferred, job);
        return Ok(());
    }
    let files = files(call);
    answer(call, deferred, async move {
        let opened = files.open_descriptor(path, flags, mode).await;
        Answer::from(opened.map(|descriptor| descriptor.0 as usize)).into()
    });
    Ok(())
}

/// `closeAsync(fd)`
pub(crate) fn close(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let descriptor = Descriptor(arguments::descriptor(call, 0));
    let reactor = call.host.reactor().clone();
    answer(call, deferred, async move {
        let closed = reactor.operate(Operation::Close { descriptor }).await.result;
        Answer::from(closed.map(drop)).into()
    });
    Ok(())
}

/// `syncAsync(fd, dataOnly)`
pub(crate) fn sync(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let file = Descriptor(arguments::descriptor(call, 0));
    let data_only = call.arguments.boolean(1);
    let reactor = call.host.reactor().clone();
    answer(call, deferred, async move {
        let synced = reactor.operate(Operation::Sync { file, data_only }).await.result;
        Answer::from(synced.map(drop)).into()
    });
    Ok(())
}

async fn status_by(reactor: &Reactor, operation: Operation) -> io::Result<FileStatus> {
    let completion = reactor.operate(operation).await;
    completion.result?;
    match completion.payload {
        Payload::Status(status) => Ok(*status),
        _ => Err(without_payload()),
    }
}

/// `statAsync(path or fd, follow, asBigInt)`: the fields of stats.js.
pub(crate) fn stat(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let operation = match Target::from_argument(call, 0)? {
        Target::Path(path) => Operation::StatPath { path, follow: call.arguments.boolean(1) },
        Target::Descriptor(number) => Operation::StatFile { file: Descriptor(number) },
    };
    let as_bigint = call.arguments.boolean(2);
    let reactor = call.host.reactor().clone();
    answer(call, deferred, async move {
        match status_by(&reactor, operation).await {
            Ok(found) => status::answer(status::fields_of_ring(&found), as_bigint).into(),
            Err(error) => Answer::failed(&error).into(),
        }
    });
    Ok(())
}

/// Appends up to the spare capacity of `into`; how much, and the buffer.
async fn read_once(
    reactor: &Reactor,
    file: Descriptor,
    mut into: Vec<u8>,
    offset: u64,
) -> io::Result<(usize, Vec<u8>)> {
    loop {
        let completion = reactor.operate(Operation::Read { file, offset, into }).await;
        let Payload::Incoming(bytes) = completion.payload else {
            completion.result?;
            return Err(without_payload());
        };
        into = bytes;
        match completion.result {
            Ok(count) => return Ok((count as usize, into)),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// `readAsync(fd, length, position)`: up to `length` bytes, none at the end; or the failure.
pub(crate) fn read(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let file = Descriptor(arguments::descriptor(call, 0));
    let length = call.arguments.number(1).max(0.0) as usize;
    let offset = position(call, 2);
    let mut into = Vec::new();
    if let Err(error) = into.try_reserve_exact(length) {
        deferred.settle(Ok(Answer::failed(&error.into()).into()));
        return Ok(());
    }
    let reactor = call.host.reactor().clone();
    answer(call, deferred, async move {
        match read_once(&reactor, file, into, offset).await {
            Ok((_, mut bytes)) => {
                bytes.truncate(length);
                if bytes.len() < length {
                    bytes.shrink_to_fit();
                }
                Value::Bytes(bytes)
            }
            Err(error) => Answer::failed(&error).into(),
        }
    });
    Ok(())
}

/// Whether the descriptor is a regular file, which takes bytes without waiting for a reader.
fn is_regular(number: i32) -> bool {
    file::status_of_descriptor(number)
        .is_ok_and(|status| u32::from(status.stx_mode) & KIND_MASK == REGULAR)
}

/// Writes a little to a regular file without the ring, whose worker threads cost a hundred times
/// the call. `None` where the file is none, or the bytes are many.
fn write_at_once(number: i32, bytes: &[u8], offset: u64) -> Option<io::Result<usize>> {
    let suits = bytes.len() <= AT_ONCE_MAX && is_regular(number);
    suits.then(|| file::write(number, bytes, offset))
}

/// Writes `bytes` once; may be short.
async fn write_once(
    reactor: &Reactor,
    number: i32,
    bytes: Vec<u8>,
    offset: u64,
) -> io::Result<usize> {
    if offset == OWN_POSITION && is_regular(number) {
        let job = move || file::write(number, &bytes, OWN_POSITION);
        return dx_blocking::shared()
            .run_when_free(job)
            .await
            .unwrap_or_else(|error| Err(io::Error::other(error.to_string())));
    }
    let (file, mut bytes) = (Descriptor(number), Outgoing::Owned(bytes));
    loop {
        let write = Operation::Write { file, offset, bytes, from: 0 };
        let completion = reactor.operate(write).await;
        match (completion.result, completion.payload) {
            (Err(error), Payload::Outgoing(back)) if error.kind() == io::ErrorKind::Interrupted => {
                bytes = back;
            }
            (result, _) => return result.map(|count| count as usize),
        }
    }
}

/// `writeAsync(fd, data, position)`: how many bytes; may be short.
pub(crate) fn write(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let (number, bytes) = (arguments::descriptor(call, 0), data(call, 1)?);
    let offset = position(call, 2);
    if let Some(written) = write_at_once(number, &bytes, offset) {
        deferred.settle(Ok(Answer::from(written).into()));
        return Ok(());
    }
    let reactor = call.host.reactor().clone();
    answer(call, deferred, async move {
        Answer::from(write_once(&reactor, number, bytes, offset).await).into()
    });
    Ok(())
}

/// `writevAsync(fd, position, ...buffers)`: how many bytes; may be short.
pub(crate) fn writev(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let (number, offset) = (arguments::descriptor(call, 0), position(call, 1));
    let mut bytes = Vec::new();
    for index in 2..call.arguments.count() {
        bytes.extend_from_slice(call.expect_bytes(index, "buffers")?);
    }
    if let Some(written) = write_at_once(number, &bytes, offset) {
        deferred.settle(Ok(Answer::from(written).into()));
        return Ok(());
    }
    let reactor = call.host.reactor().clone();
    answer(call, deferred, async move {
        Answer::from(write_once(&reactor, number, bytes, offset).await).into()
    });
    Ok(())
}

/// All that is left of a descriptor of the program, from its own position.
async fn read_rest(reactor: &Reactor, file: Descriptor) -> Result<Vec<u8>, Failed> {
    let status = status_by(reactor, Operation::StatFile { file }).await;
    let status = status.map_err(|error| (error, STEP_READ))?;
    let kind = status.mode & KIND_MASK;
    let failed = |error: io::Error| (error, STEP_READ);
    if kind == FOLDER {
        return Err(failed(io::Error::from_raw_os_error(IS_FOLDER)));
    }
    let known = if kind == REGULAR { status.size as usize } else { 0 };
    let mut bytes = Vec::new();
    let room = if known > 0 { known } else { CHUNK };
    reserve(&mut bytes, room)?;
    loop {
        if bytes.len() == bytes.capacity() {
            reserve(&mut bytes, CHUNK)?;
        }
        let (count, filled) =
            read_once(reactor, file, bytes, OWN_POSITION).await.map_err(failed)?;
        bytes = filled;
        if count == 0 {
            bytes.shrink_to_fit();
            return Ok(bytes);
        }
    }
}

async fn read_whole(files: &Files, target: Target, flags: i32) -> Result<Vec<u8>, Failed> {
    let path = match target {
        Target::Descriptor(number) => {
            return read_rest(files.reactor(), Descriptor(number)).await;
        }
        Target::Path(path) => path,
    };
    use std::os::unix::ffi::OsStrExt;
    let path = std::path::Path::new(std::ffi::OsStr::from_bytes(path.as_bytes()));
    let file = files.open(path, flags, 0o666).await.map_err(|error| (error, STEP_OPEN))?;
    files.read_open(&file).await.map_err(|error| (error, STEP_READ))
}

/// Reads a small regular file that the kernel has in memory, which costs less than handing it to
/// the ring. What was opened and is something else comes back: closing a pipe that a writer waits
/// for would fail that writer, so it stays open until the file is read the long way.
fn read_at_once(target: &Target, flags: i32) -> Result<Vec<u8>, Option<OwnedFd>> {
    let (Target::Path(path), 0) = (target, flags) else { return Err(None) };
    let file = descriptor::open_cached(path).ok_or(None)?;
    let status = file::status_of_descriptor(file.as_raw_fd()).map_err(|_| None)?;
    let size = usize::try_from(status.stx_size).unwrap_or(usize::MAX);
    if !is_file(status) {
        return Err(Some(file));
    }
    // Files of /proc say that they are empty.
    let suits = (1..=AT_ONCE_MAX).contains(&size);
    suits.then(|| descriptor::read_cached(file.as_raw_fd(), size)).flatten().ok_or(None)
}

/// `readFileAsync(path or fd, flags, form)`: bytes, a string, or the failure.
pub(crate) fn read_file(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let target = Target::from_argument(call, 0)?;
    let flags = call.arguments.number(1) as i32;
    let form = Form::from_argument(call, 2);
    let goes_to_the_ring = asks_for_many(call) || only_the_driver_knows(call);
    let at_once = if goes_to_the_ring { Err(None) } else { read_at_once(&target, flags) };
    let opened = match at_once {
        Ok(bytes) => {
            deferred.settle(Ok(form.value(bytes)));
            return Ok(());
        }
        Err(opened) => opened,
    };
    let files = files(call);
    answer(call, deferred, async move {
        let read = read_whole(&files, target, flags).await;
        drop(opened);
        match read {
            Ok(bytes) => form.value(bytes),
            Err(error) => failed(error),
        }
    });
    Ok(())
}

/// Writes all of `bytes` to something that is no regular file, such as a pipe.
async fn write_stream(reactor: &Reactor, number: i32, bytes: Vec<u8>) -> io::Result<()> {
    let mut bytes = Outgoing::Owned(bytes);
    let mut from = 0;
    while from < bytes.as_slice().len() {
        let file = Descriptor(number);
        let write = Operation::Write { file, offset: OWN_POSITION, bytes, from };
        let completion = reactor.operate(write).await;
        let Payload::Outgoing(back) = completion.payload else { return Err(without_payload()) };
        bytes = back;
        match completion.result {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => from += count as usize,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Writes a whole file by operations of the driver alone.
async fn write_file_by_ring(
    files: &Files,
    path: CString,
    bytes: Vec<u8>,
    flags: i32,
    mode: u32,
) -> Result<(), Failed> {
    let opened = files.open_descriptor(path, flags, mode).await;
    let descriptor = opened.map_err(|error| (error, STEP_OPEN))?;
    let written = write_stream(files.reactor(), descriptor.0, bytes).await;
    files.reactor().operate(Operation::Close { descriptor }).await;
    written.map_err(|error| (error, STEP_READ))
}

/// Writes a little of a whole file at once; `None` where it is much, may wait for the disk or for
/// somebody who reads.
fn write_file_at_once(
    target: &Target,
    bytes: &[u8],
    flags: i32,
    mode: u32,
) -> Option<Result<(), Failed>> {
    if bytes.len() > AT_ONCE_MAX {
        return None;
    }
    match target {
        Target::Descriptor(number) if is_regular(*number) => {
            Some(write_all(*number, bytes).map_err(|error| (error, STEP_READ)))
        }
        Target::Path(path) if file::status_of_path(path, true).is_ok_and(is_file) => {
            Some(write_whole(target, bytes, flags, mode, false))
        }
        Target::Path(_) | Target::Descriptor(_) => None,
    }
}

fn is_file(status: file::KernelStatus) -> bool {
    u32::from(status.stx_mode) & KIND_MASK == REGULAR
}

/// `writeFileAsync(path or fd, data, flags, mode, flush)`: 0 or the failure.
pub(crate) fn write_file(call: &mut Call<'_>, deferred: Deferred) -> Result<(), Exception> {
    let (target, bytes) = (Target::from_argument(call, 0)?, data(call, 1)?);
    let (flags, mode) = (call.arguments.number(2) as i32, unsigned(call, 3));
    let flush = call.arguments.boolean(4);
    let done = |written: Result<(), Failed>| written.map_or_else(failed, |()| Value::Number(0.0));
    if let Target::Path(path) = &target
        && only_the_driver_knows(call)
    {
        let (path, files) = (path.clone(), files(call));
        answer(call, deferred, async move {
            done(write_file_by_ring(&files, path, bytes, flags, mode).await)
        });
        return Ok(());
    }
    if !flush && let Some(written) = write_file_at_once(&target, &bytes, flags, mode) {
        deferred.settle(Ok(done(written)));
        return Ok(());
    }
    if let Target::Descriptor(number) = target
        && !is_regular(number)
    {
        let reactor = call.host.reactor().clone();
        answer(call, deferred, async move {
            let written = write_stream(&reactor, number, bytes).await;
            done(written.map_err(|error| (error, STEP_READ)))
        });
        return Ok(());
    }
    call.host.spawn(async move {
        let job = move || write_whole(&target, &bytes, flags, mode, flush);
        let written = dx_blocking::shared().run_when_free(job).await;
        deferred.settle(written.map(done).map_err(pool_failed));
    });
    Ok(())
}
