//! Reading and writing whole files and parts of them, on the shard's reactor.
//!
//! A file is opened for one operation and closed behind it, without waiting for the close.
//! Reads end at the end of the file, whatever its size was said to be; writes write everything.

use std::{ffi::CString, io, path::Path, rc::Rc};

use dx_driver::{Descriptor, FileStatus, Operation, Outgoing, Payload};
use dx_reactor::Reactor;

use crate::errno::Failure;

/// Enough for most files to be read at once.
const FIRST_READ: usize = 16 * 1024;
/// What a copy holds in memory.
const COPY_CHUNK: usize = 1024 * 1024;
/// Asks for the file's own position.
const OWN_POSITION: u64 = u64::MAX;

const O_RDONLY: i32 = 0;
const O_WRONLY: i32 = 1;
const O_CREAT: i32 = 0o100;
const O_TRUNC: i32 = 0o1000;
const O_CLOEXEC: i32 = 0o2_000_000;

/// What a program names a file by.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    /// A path, relative to the working directory.
    Path(String),
    /// An open descriptor, which stays open.
    Descriptor(i32),
}

/// How a file is opened for writing.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WriteOptions {
    pub(crate) truncate: bool,
    pub(crate) create_parents: bool,
    pub(crate) mode: u32,
}

/// A file opened for one operation; closed on drop unless it is the program's own.
pub(crate) struct OpenFile {
    reactor: Reactor,
    descriptor: Descriptor,
    path: Option<Rc<str>>,
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        if self.path.is_none() {
            return;
        }
        let closing = self.reactor.operate(Operation::Close { descriptor: self.descriptor });
        self.reactor.spawn(async move {
            closing.await;
        });
    }
}

impl OpenFile {
    async fn open(
        reactor: &Reactor,
        target: &Target,
        flags: i32,
        mode: u32,
    ) -> Result<Self, Failure> {
        let path = match target {
            Target::Descriptor(number) => {
                let descriptor = Descriptor(*number);
                return Ok(Self { reactor: reactor.clone(), descriptor, path: None });
            }
            Target::Path(path) => path,
        };
        let name = c_path(path, "open")?;
        let opened = reactor.operate(Operation::Open { path: name, flags, mode }).await.result;
        let descriptor = opened.map_err(|error| failure(error, "open", Some(path)))?;
        let descriptor = Descriptor(descriptor as i32);
        Ok(Self { reactor: reactor.clone(), descriptor, path: Some(path.as_str().into()) })
    }

    pub(crate) async fn for_reading(reactor: &Reactor, target: &Target) -> Result<Self, Failure> {
        Self::open(reactor, target, O_RDONLY | O_CLOEXEC, 0).await
    }

    pub(crate) async fn for_writing(
        reactor: &Reactor,
        target: &Target,
        options: WriteOptions,
    ) -> Result<Self, Failure> {
        let truncate = if options.truncate { O_TRUNC } else { 0 };
        let flags = O_WRONLY | O_CREAT | O_CLOEXEC | truncate;
        let first = Self::open(reactor, target, flags, options.mode).await;
        let (Err(error), Target::Path(path)) = (&first, target) else { return first };
        if !options.create_parents || error.error.kind() != io::ErrorKind::NotFound {
            return first;
        }
        match Path::new(path).parent() {
            Some(parent) if std::fs::create_dir_all(parent).is_ok() => {}
            _ => return first,
        }
        Self::open(reactor, target, flags, options.mode).await
    }

    /// The open descriptor, now the caller's to close.
    pub(crate) fn into_descriptor(mut self) -> i32 {
        self.path = None;
        self.descriptor.0
    }

    fn failure(&self, error: io::Error, syscall: &'static str) -> Failure {
        failure(error, syscall, self.path.as_deref())
    }

    /// Appends up to the spare capacity of `into` and says how much that was.
    pub(crate) async fn read_some(
        &self,
        into: Vec<u8>,
        offset: u64,
    ) -> Result<(usize, Vec<u8>), Failure> {
        let operation = Operation::Read { file: self.descriptor, offset, into };
        let completion = self.reactor.operate(operation).await;
        let count = completion.result.map_err(|error| self.failure(error, "read"))?;
        let Payload::Incoming(bytes) = completion.payload else {
            return Err(self.failure(io::Error::other("a read gave no buffer"), "read"));
        };
        Ok((count as usize, bytes))
    }

    async fn write_all(&self, mut bytes: Vec<u8>, mut offset: u64) -> Result<Vec<u8>, Failure> {
        let mut from = 0;
        while from < bytes.len() {
            let file = self.descriptor;
            let outgoing = Outgoing::Owned(bytes);
            let operation = Operation::Write { file, offset, bytes: outgoing, from };
            let completion = self.reactor.operate(operation).await;
            let count = completion.result.map_err(|error| self.failure(error, "write"))?;
            let Payload::Outgoing(Outgoing::Owned(back)) = completion.payload else {
                return Err(self.failure(io::Error::other("a write gave no buffer back"), "write"));
            };
            bytes = back;
            from += count as usize;
            if offset != OWN_POSITION {
                offset += u64::from(count);
            }
        }
        Ok(bytes)
    }

    async fn status(&self) -> Option<FileStatus> {
        let operation = Operation::StatFile { file: self.descriptor };
        match self.reactor.operate(operation).await.payload {
            Payload::Status(status) => Some(*status),
            _ => None,
        }
    }

    /// Room for the rest of the file, or for as much again where its size tells nothing.
    async fn grow(&self, bytes: &mut Vec<u8>, start: u64, limit: usize) {
        let size = self.status().await.map_or(0, |status| status.size.saturating_sub(start));
        let whole = usize::try_from(size).unwrap_or(0).min(limit);
        // One byte more than the file has lets the next read find its end.
        let wanted = if whole > bytes.len() { whole + 1 } else { bytes.len() * 2 };
        let wanted = wanted.min(limit.saturating_add(1));
        bytes.reserve_exact(wanted.saturating_sub(bytes.len()).max(1));
    }

    async fn read_range(&self, start: u64, limit: usize) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::with_capacity(FIRST_READ.min(limit));
        while bytes.len() < limit {
            if bytes.len() == bytes.capacity() {
                self.grow(&mut bytes, start, limit).await;
            }
            let offset = if start == 0 { OWN_POSITION } else { start + bytes.len() as u64 };
            let (count, filled) = self.read_some(bytes, offset).await?;
            bytes = filled;
            if count == 0 {
                break;
            }
        }
        bytes.truncate(limit);
        Ok(bytes)
    }
}

fn failure(error: io::Error, syscall: &'static str, path: Option<&str>) -> Failure {
    Failure { error, syscall, path: path.map(str::to_owned) }
}

fn c_path(path: &str, syscall: &'static str) -> Result<CString, Failure> {
    let invalid = || failure(io::Error::from_raw_os_error(22), syscall, Some(path));
    CString::new(path).map_err(|_| invalid())
}

/// Reads from `start` to `end`, or to the end of the file.
pub(crate) async fn read(
    reactor: &Reactor,
    target: &Target,
    start: u64,
    end: Option<u64>,
) -> Result<Vec<u8>, Failure> {
    let length = end.map_or(u64::MAX, |end| end.saturating_sub(start));
    let limit = usize::try_from(length).unwrap_or(usize::MAX);
    let file = OpenFile::for_reading(reactor, target).await?;
    let mut bytes = file.read_range(start, limit).await?;
    if bytes.capacity() > bytes.len() + bytes.len() / 8 {
        bytes.shrink_to_fit();
    }
    Ok(bytes)
}

/// Replaces the content of a file and answers how many bytes that is.
pub(crate) async fn write(
    reactor: &Reactor,
    target: &Target,
    bytes: Vec<u8>,
    options: WriteOptions,
) -> Result<usize, Failure> {
    let file = OpenFile::for_writing(reactor, target, options).await?;
    let written = file.write_all(bytes, OWN_POSITION).await?;
    Ok(written.len())
}

/// Writes at the position of an open descriptor.
pub(crate) async fn append(
    reactor: &Reactor,
    descriptor: i32,
    bytes: Vec<u8>,
) -> Result<usize, Failure> {
    let options = WriteOptions { truncate: false, create_parents: false, mode: 0 };
    write(reactor, &Target::Descriptor(descriptor), bytes, options).await
}

/// Copies a range of one file over another. A file copied onto itself stays as it is.
pub(crate) async fn copy(
    reactor: &Reactor,
    source: &Target,
    range: (u64, Option<u64>),
    target: &Target,
    options: WriteOptions,
) -> Result<u64, Failure> {
    let from = OpenFile::for_reading(reactor, source).await?;
    if let (Target::Path(_), Some(status)) = (target, from.status().await) {
        if let Ok(other) = status_of(reactor, target).await {
            if (other.device, other.inode) == (status.device, status.inode) {
                return Ok(status.size);
            }
        }
    }
    let into = OpenFile::for_writing(reactor, target, options).await?;
    let (start, end) = range;
    let mut copied = 0;
    loop {
        let left = end.map_or(u64::MAX, |end| end.saturating_sub(start + copied));
        let room = usize::try_from(left).unwrap_or(usize::MAX).min(COPY_CHUNK);
        if room == 0 {
            return Ok(copied);
        }
        let offset = if start == 0 { OWN_POSITION } else { start + copied };
        let (count, mut chunk) = from.read_some(Vec::with_capacity(room), offset).await?;
        if count == 0 {
            return Ok(copied);
        }
        chunk.truncate(room);
        let chunk = into.write_all(chunk, OWN_POSITION).await?;
        copied += chunk.len() as u64;
    }
}

/// The status of a path or descriptor, links followed.
pub(crate) async fn status_of(reactor: &Reactor, target: &Target) -> Result<FileStatus, Failure> {
    let (operation, path) = match target {
        Target::Descriptor(number) => (Operation::StatFile { file: Descriptor(*number) }, None),
        Target::Path(path) => {
            let name = c_path(path, "stat")?;
            (Operation::StatPath { path: name, follow: true }, Some(path.as_str()))
        }
    };
    let completion = reactor.operate(operation).await;
    completion.result.map_err(|error| failure(error, "stat", path))?;
    match completion.payload {
        Payload::Status(status) => Ok(*status),
        _ => Err(failure(io::Error::other("a stat gave no status"), "stat", path)),
    }
}

/// Closes a descriptor that a program was given.
pub(crate) async fn close(reactor: &Reactor, descriptor: i32) -> Result<(), Failure> {
    let operation = Operation::Close { descriptor: Descriptor(descriptor) };
    let result = reactor.operate(operation).await.result;
    result.map(|_| ()).map_err(|error| failure(error, "close", None))
}
