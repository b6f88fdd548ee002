//! Reading and writing files for Bun.file and Bun.write, on the shard's file actor.
//!
//! Paths are opened for one operation and closed behind it; descriptors belong to the program
//! and stay open. Reads end at the end of the file, writes write everything, and a file without
//! positions (a pipe, a terminal) is read and written in order.

use std::{
    cell::OnceCell,
    ffi::CString,
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::Path,
};

use dx_driver::{Descriptor, FileStatus, Operation, Outgoing, Payload};
use dx_file::{File, Files};
use dx_reactor::Reactor;

use crate::errno::Failure;

/// What a copy holds in memory, and what is read at once of a file whose size says nothing.
const CHUNK: usize = 1024 * 1024;
/// Enough for most texts to be read at once.
const FIRST_READ: usize = 16 * 1024;
/// Asks for the file's own position.
pub(crate) const OWN_POSITION: u64 = u64::MAX;

/// Up to this size a file is written at once, without the ring.
const AT_ONCE_MAX: usize = 64 * 1024;

const INVALID: i32 = 22;
const NOT_SEEKABLE: i32 = 29;
const O_RDONLY: i32 = 0;
const O_WRONLY: i32 = 1;
const O_CREAT: i32 = 0o100;
const O_TRUNC: i32 = 0o1000;
const O_NONBLOCK: i32 = 0o4000;
const REGULAR: u32 = 0o100_000;
const KIND_MASK: u32 = 0o170_000;

/// Whether the status is that of a regular file.
pub(crate) fn is_regular(status: &FileStatus) -> bool {
    status.mode & KIND_MASK == REGULAR
}

/// The shard's file actor, made when first needed.
#[derive(Default)]
pub(crate) struct ShardFiles(OnceCell<Files>);

impl ShardFiles {
    pub(crate) fn get(&self, reactor: &Reactor) -> Files {
        self.0.get_or_init(|| Files::new(reactor)).clone()
    }
}

/// What a program names a file by.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A path, relative to the working directory.
    Path(String),
    /// An open descriptor, which stays open.
    Descriptor(i32),
}

impl Target {
    fn failure(&self, error: io::Error, syscall: &'static str) -> Failure {
        match self {
            Self::Path(path) => failure(error, syscall, Some(path)),
            Self::Descriptor(_) => failure(error, syscall, None),
        }
    }
}

/// How a file is opened for writing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriteOptions {
    pub(crate) truncate: bool,
    pub(crate) create_parents: bool,
    pub(crate) mode: u32,
}

impl WriteOptions {
    fn flags(self) -> i32 {
        O_WRONLY | O_CREAT | if self.truncate { O_TRUNC } else { 0 }
    }

    /// Makes the folders above `path` where that may have been what an open lacked.
    fn repairs(self, error: &io::Error, path: &str) -> bool {
        self.create_parents
            && error.kind() == io::ErrorKind::NotFound
            && Path::new(path).parent().is_some_and(|up| std::fs::create_dir_all(up).is_ok())
    }
}

/// A file for the length of one operation.
enum Opened {
    Own(File),
    Given(Descriptor),
}

impl Opened {
    async fn for_reading(files: &Files, target: &Target) -> Result<Self, Failure> {
        match target {
            Target::Descriptor(number) => Ok(Self::Given(Descriptor(*number))),
            Target::Path(path) => open_path(files, path, O_RDONLY, 0).await.map(Self::Own),
        }
    }

    async fn for_writing(
        files: &Files,
        target: &Target,
        options: WriteOptions,
    ) -> Result<Self, Failure> {
        let path = match target {
            Target::Descriptor(number) => return Ok(Self::Given(Descriptor(*number))),
            Target::Path(path) => path,
        };
        match open_path(files, path, options.flags(), options.mode).await {
            Err(first) if options.repairs(&first.error, path) => {
                open_path(files, path, options.flags(), options.mode).await.map(Self::Own)
            }
            result => result.map(Self::Own),
        }
    }

    fn descriptor(&self) -> io::Result<Descriptor> {
        match self {
            Self::Own(file) => file.descriptor(),
            Self::Given(descriptor) => Ok(*descriptor),
        }
    }

    /// Where a read or write from `start` begins: a descriptor goes on where it is.
    fn offset(&self, start: u64) -> u64 {
        if matches!(self, Self::Given(_)) && start == 0 { OWN_POSITION } else { start }
    }
}

async fn open_path(files: &Files, path: &str, flags: i32, mode: u32) -> Result<File, Failure> {
    let opened = files.open(Path::new(path), flags, mode).await;
    opened.map_err(|error| failure(error, "open", Some(path)))
}

fn failure(error: io::Error, syscall: &'static str, path: Option<&str>) -> Failure {
    let error = match error.kind() {
        io::ErrorKind::InvalidInput if error.raw_os_error().is_none() => {
            io::Error::from_raw_os_error(INVALID)
        }
        _ => error,
    };
    Failure { error, syscall, path: path.map(str::to_owned) }
}

fn without_payload() -> io::Error {
    io::Error::other("an operation gave its buffer away")
}

/// Appends up to the spare capacity of `into` at `offset`, which moves on; says how much.
async fn read_once(
    reactor: &Reactor,
    file: Descriptor,
    mut into: Vec<u8>,
    offset: &mut u64,
) -> io::Result<(usize, Vec<u8>)> {
    loop {
        let completion = reactor.operate(Operation::Read { file, offset: *offset, into }).await;
        let Payload::Incoming(bytes) = completion.payload else { return Err(without_payload()) };
        into = bytes;
        match completion.result {
            Ok(count) => {
                if *offset != OWN_POSITION {
                    *offset += u64::from(count);
                }
                return Ok((count as usize, into));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if is_not_seekable(&error) && *offset != OWN_POSITION => {
                *offset = OWN_POSITION;
            }
            Err(error) => return Err(error),
        }
    }
}

fn is_not_seekable(error: &io::Error) -> bool {
    error.raw_os_error() == Some(NOT_SEEKABLE)
}

/// Writes all of `bytes` at `offset`, which moves on.
async fn write_whole(
    reactor: &Reactor,
    file: Descriptor,
    mut bytes: Vec<u8>,
    offset: &mut u64,
) -> io::Result<Vec<u8>> {
    let mut from = 0;
    while from < bytes.len() {
        let outgoing = Outgoing::Owned(bytes);
        let operation = Operation::Write { file, offset: *offset, bytes: outgoing, from };
        let completion = reactor.operate(operation).await;
        let Payload::Outgoing(Outgoing::Owned(back)) = completion.payload else {
            return Err(without_payload());
        };
        bytes = back;
        match completion.result {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => {
                from += count as usize;
                if *offset != OWN_POSITION {
                    *offset += u64::from(count);
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) if is_not_seekable(&error) && *offset != OWN_POSITION => {
                *offset = OWN_POSITION;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(bytes)
}

/// Reads up to `limit` bytes; `expected` says how many there probably are.
async fn read_limited(
    reactor: &Reactor,
    file: Descriptor,
    mut offset: u64,
    limit: usize,
    expected: usize,
) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    bytes.try_reserve_exact(expected.min(limit))?;
    while bytes.len() < limit {
        if bytes.len() == bytes.capacity() {
            bytes.try_reserve_exact(CHUNK.min(limit - bytes.len()))?;
        }
        let (count, filled) = read_once(reactor, file, bytes, &mut offset).await?;
        bytes = filled;
        if count == 0 {
            break;
        }
    }
    bytes.truncate(limit);
    bytes.shrink_to_fit();
    Ok(bytes)
}

async fn status_of_open(reactor: &Reactor, file: Descriptor) -> io::Result<FileStatus> {
    let completion = reactor.operate(Operation::StatFile { file }).await;
    completion.result?;
    match completion.payload {
        Payload::Status(status) => Ok(*status),
        _ => Err(without_payload()),
    }
}

/// Reads from `start` to `end`, or to the end of the file.
pub(crate) async fn read(
    files: &Files,
    target: &Target,
    start: u64,
    end: Option<u64>,
) -> Result<Vec<u8>, Failure> {
    let opened = Opened::for_reading(files, target).await?;
    let bytes = match (&opened, start, end) {
        (Opened::Own(file), 0, None) => files.read_open(file).await,
        _ => read_part(files.reactor(), &opened, start, end).await,
    };
    bytes.map_err(|error| target.failure(error, "read"))
}

async fn read_part(
    reactor: &Reactor,
    opened: &Opened,
    start: u64,
    end: Option<u64>,
) -> io::Result<Vec<u8>> {
    let file = opened.descriptor()?;
    let length = end.map_or(u64::MAX, |end| end.saturating_sub(start));
    let limit = usize::try_from(length).unwrap_or(usize::MAX);
    let status = status_of_open(reactor, file).await?;
    let rest = if is_regular(&status) { status.size.saturating_sub(start) } else { CHUNK as u64 };
    let expected = usize::try_from(rest).unwrap_or(CHUNK).max(1);
    read_limited(reactor, file, opened.offset(start), limit, expected).await
}

/// A file's bytes, and whether all of them are ASCII.
pub(crate) struct Checked {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_ascii: bool,
}

/// As [`read`]; looks at what it read while that is in the processor's cache.
pub(crate) async fn read_checked(
    files: &Files,
    target: &Target,
    start: u64,
    end: Option<u64>,
) -> Result<Checked, Failure> {
    let (Target::Path(path), 0, None) = (target, start, end) else {
        let bytes = read(files, target, start, end).await?;
        let is_ascii = bytes.is_ascii();
        return Ok(Checked { bytes, is_ascii });
    };
    let file = open_path(files, path, O_RDONLY, 0).await?;
    let checked = async { read_checked_open(files.reactor(), file.descriptor()?).await };
    checked.await.map_err(|error| target.failure(error, "read"))
}

/// Asks for the status and the first bytes together: for a small file they are all it takes.
async fn read_checked_open(reactor: &Reactor, file: Descriptor) -> io::Result<Checked> {
    let mut status = reactor.steps(Operation::StatFile { file });
    status.start();
    let mut offset = 0;
    let first = Vec::with_capacity(FIRST_READ);
    let (count, mut bytes) = read_once(reactor, file, first, &mut offset).await?;
    let mut is_ascii = bytes.is_ascii();
    let size = match status.next().await.map(|completion| completion.payload) {
        Some(Payload::Status(status)) if is_regular(&status) => status.size,
        _ => 0,
    };
    let whole = usize::try_from(size).unwrap_or(0);
    let mut ended = count == 0 || count == whole;
    if !ended {
        bytes.try_reserve_exact(whole.max(CHUNK).saturating_sub(count))?;
    }
    while !ended {
        let before = bytes.len();
        if before == bytes.capacity() {
            bytes.try_reserve(CHUNK)?;
        }
        let (count, filled) = read_once(reactor, file, bytes, &mut offset).await?;
        bytes = filled;
        is_ascii = is_ascii && bytes[before..].is_ascii();
        ended = count == 0 || bytes.len() == whole;
    }
    // The engine copies a short text, and the spare room is gone with the vector.
    if bytes.len() > FIRST_READ {
        bytes.shrink_to_fit();
    }
    Ok(Checked { bytes, is_ascii })
}

/// Writes a little to a regular file without the ring, which takes a worker thread for every open
/// that may create or truncate: a hundred times the cost of the calls themselves. `None` where
/// the file is no regular one or does not open; opening never waits for a pipe's other end.
fn write_at_once(path: &str, bytes: &[u8], options: WriteOptions) -> Option<io::Result<usize>> {
    let mut open = std::fs::OpenOptions::new();
    open.write(true).create(true).truncate(false);
    let mut file = open.mode(options.mode).custom_flags(O_NONBLOCK).open(path).ok()?;
    let before = file.metadata().ok().filter(std::fs::Metadata::is_file)?.len();
    let mut write = || {
        file.write_all(bytes)?;
        // Cutting the rest off last: some file systems write out at once what an open truncated.
        if options.truncate && before > bytes.len() as u64 {
            file.set_len(bytes.len() as u64)?;
        }
        Ok(bytes.len())
    };
    Some(write())
}

/// Replaces the content of a file and answers how many bytes that is.
pub(crate) async fn write(
    files: &Files,
    target: &Target,
    bytes: Vec<u8>,
    options: WriteOptions,
) -> Result<usize, Failure> {
    if let Target::Path(path) = target
        && bytes.len() <= AT_ONCE_MAX
        && !files.reactor().with_driver(|driver| driver.has_own_files())
        && let Some(result) = write_at_once(path, &bytes, options)
    {
        return result.map_err(|error| target.failure(error, "write"));
    }
    let opened = Opened::for_writing(files, target, options).await?;
    let mut offset = opened.offset(0);
    let written =
        async { write_whole(files.reactor(), opened.descriptor()?, bytes, &mut offset).await };
    let written = written.await.map_err(|error| target.failure(error, "write"))?;
    Ok(written.len())
}

/// Copies a range of one file over another. A file copied onto itself stays as it is.
pub(crate) async fn copy(
    files: &Files,
    source: &Target,
    range: (u64, Option<u64>),
    target: &Target,
    options: WriteOptions,
) -> Result<u64, Failure> {
    let reactor = files.reactor();
    let from = Opened::for_reading(files, source).await?;
    let from_descriptor = from.descriptor().map_err(|error| source.failure(error, "read"))?;
    if let Ok(status) = status_of_open(reactor, from_descriptor).await {
        let other = status_of(files, target).await.ok();
        let same = |other: FileStatus| (other.device, other.inode) == (status.device, status.inode);
        if is_regular(&status) && other.is_some_and(same) {
            return Ok(status.size);
        }
    }
    let into = Opened::for_writing(files, target, options).await?;
    let into_descriptor = into.descriptor().map_err(|error| target.failure(error, "write"))?;
    let (mut read_at, mut write_at) = (from.offset(range.0), into.offset(0));
    let mut left = range.1.map_or(u64::MAX, |end| end.saturating_sub(range.0));
    let mut copied = 0;
    let mut chunk = Vec::new();
    loop {
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK);
        chunk.clear();
        chunk.reserve_exact(room);
        let read = read_once(reactor, from_descriptor, chunk, &mut read_at).await;
        let (_, mut filled) = read.map_err(|error| source.failure(error, "read"))?;
        filled.truncate(room);
        if filled.is_empty() {
            return Ok(copied);
        }
        let written = write_whole(reactor, into_descriptor, filled, &mut write_at).await;
        chunk = written.map_err(|error| target.failure(error, "write"))?;
        copied += chunk.len() as u64;
        left -= chunk.len() as u64;
    }
}

/// The status of a path or descriptor, links followed.
pub(crate) async fn status_of(files: &Files, target: &Target) -> Result<FileStatus, Failure> {
    let status = match target {
        Target::Descriptor(number) => status_of_open(files.reactor(), Descriptor(*number)).await,
        Target::Path(path) => files.stat(Path::new(path), true).await,
    };
    status.map_err(|error| target.failure(error, "stat"))
}

/// Opens a path for a program that will close it: `None` to read it.
pub(crate) async fn open(
    files: &Files,
    path: &str,
    write: Option<WriteOptions>,
) -> Result<i32, Failure> {
    let (flags, mode) = write.map_or((O_RDONLY, 0), |options| (options.flags(), options.mode));
    let open = async || {
        let path = CString::new(path).map_err(|_| io::Error::from_raw_os_error(INVALID))?;
        files.open_descriptor(path, flags, mode).await
    };
    let opened = match (open().await, write) {
        (Err(error), Some(options)) if options.repairs(&error, path) => open().await,
        (result, _) => result,
    };
    match opened {
        Ok(descriptor) => Ok(descriptor.0),
        Err(error) => Err(failure(error, "open", Some(path))),
    }
}

/// Reads up to `length` bytes of an open file at `offset`; none at its end.
pub(crate) async fn read_some(
    files: &Files,
    descriptor: i32,
    mut offset: u64,
    length: usize,
) -> Result<Vec<u8>, Failure> {
    let into = Vec::with_capacity(length);
    let read = read_once(files.reactor(), Descriptor(descriptor), into, &mut offset).await;
    let (_, mut bytes) = read.map_err(|error| failure(error, "read", None))?;
    bytes.truncate(length);
    bytes.shrink_to_fit();
    Ok(bytes)
}

/// Writes all of `bytes` to an open file at `offset`.
pub(crate) async fn write_some(
    files: &Files,
    descriptor: i32,
    bytes: Vec<u8>,
    mut offset: u64,
) -> Result<usize, Failure> {
    let file = Descriptor(descriptor);
    let written = write_whole(files.reactor(), file, bytes, &mut offset).await;
    written.map(|bytes| bytes.len()).map_err(|error| failure(error, "write", None))
}

/// Closes a descriptor that a program was given.
pub(crate) async fn close(files: &Files, descriptor: i32) -> Result<(), Failure> {
    let operation = Operation::Close { descriptor: Descriptor(descriptor) };
    let result = files.reactor().operate(operation).await.result;
    result.map(drop).map_err(|error| failure(error, "close", None))
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPTIONS: WriteOptions =
        WriteOptions { truncate: true, create_parents: true, mode: 0o664 };

    fn run<R: 'static>(work: impl AsyncFnOnce(&Files) -> R + 'static) -> R {
        let (driver, _) = dx_driver::probe_and_open(None).expect("a driver");
        let reactor = Reactor::new(driver);
        let files = Files::new(&reactor);
        reactor.block_on(async move { work(&files).await }).expect("the driver works")
    }

    fn scratch(name: &str) -> Target {
        let path = std::env::temp_dir().join(format!("dx-file-io-{}", std::process::id()));
        Target::Path(path.join(name).to_string_lossy().into_owned())
    }

    #[test]
    fn writes_are_read_back_whole_and_in_part() {
        run(async |files| {
            for size in [0, 5, AT_ONCE_MAX + 1, 3 * CHUNK] {
                let target = scratch(&format!("part/{size}"));
                let bytes: Vec<u8> = (0..size).map(|index| index as u8 & 0x7f).collect();
                let written = write(files, &target, bytes.clone(), OPTIONS).await.expect("written");
                assert_eq!(written, size);
                assert_eq!(read(files, &target, 0, None).await.expect("read"), bytes);
                let part = read(files, &target, 2, Some(4)).await.expect("read in part");
                assert_eq!(part, bytes.get(2..4).unwrap_or_default());
                let checked = read_checked(files, &target, 0, None).await.expect("checked");
                assert!(checked.is_ascii && checked.bytes == bytes);
            }
        });
    }

    #[test]
    fn a_shorter_text_leaves_nothing_of_the_longer() {
        run(async |files| {
            let target = scratch("shorter");
            for text in ["a longer text", "short \u{e9}"] {
                write(files, &target, text.into(), OPTIONS).await.expect("written");
            }
            let checked = read_checked(files, &target, 0, None).await.expect("read");
            assert_eq!(checked.bytes, "short \u{e9}".as_bytes());
            assert!(!checked.is_ascii);
        });
    }

    #[test]
    fn copies() {
        run(async |files| {
            let (source, target) = (scratch("copied"), scratch("new/copy"));
            write(files, &source, b"0123456789".to_vec(), OPTIONS).await.expect("written");
            let copied = copy(files, &source, (2, Some(5)), &target, OPTIONS).await;
            assert_eq!(copied.expect("copied"), 3);
            assert_eq!(read(files, &target, 0, None).await.expect("read"), b"234");
            let onto_itself = copy(files, &source, (0, None), &source, OPTIONS).await;
            assert_eq!(onto_itself.expect("left alone"), 10);
            assert_eq!(read(files, &source, 0, None).await.expect("read").len(), 10);
        });
    }

    #[test]
    fn failures_name_the_call_and_the_path() {
        run(async |files| {
            let missing = scratch("nothing");
            let failure = read(files, &missing, 0, None).await.expect_err("nothing there");
            assert_eq!(failure.syscall, "open");
            let message = failure.into_exception().message;
            assert!(message.starts_with("ENOENT: no such file or directory, open '"), "{message}");
            let folder = Target::Path("/".to_owned());
            let failure = read(files, &folder, 0, None).await.expect_err("a folder");
            assert_eq!(failure.into_exception().message, "Directories cannot be read like files");
        });
    }
}
