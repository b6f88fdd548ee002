//! Whole files by path.

use std::{ffi::CString, io, ops::Range, os::unix::ffi::OsStrExt, path::Path, rc::Rc};

use dx_driver::{Descriptor, FileStatus, Operation, Outgoing, Payload};
use dx_reactor::Reactor;
use dx_sys::descriptor;

use crate::{File, SMALL_FILE_BYTES, buffers::Buffers, file::is_unseekable};

/// The file actor of a shard; clones share its buffers.
#[derive(Clone)]
pub struct Files {
    reactor: Reactor,
    buffers: Rc<Buffers>,
}

/// How [`Files::write`] opens its file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct WriteOptions {
    /// Permissions of a file that is created, before the umask.
    pub mode: u32,
    /// Write at the end instead of replacing what is there.
    pub append: bool,
    /// Fail with `EEXIST` where the file exists.
    pub exclusive: bool,
    /// Wait until the data is on the disk.
    pub sync: bool,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { mode: 0o666, append: false, exclusive: false, sync: false }
    }
}

impl WriteOptions {
    fn flags(self) -> i32 {
        let position = if self.append { libc::O_APPEND } else { libc::O_TRUNC };
        let exclusive = if self.exclusive { libc::O_EXCL } else { 0 };
        libc::O_WRONLY | libc::O_CREAT | position | exclusive
    }
}

/// A path as the kernel takes it.
fn kernel_path(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(|_| io::ErrorKind::InvalidInput.into())
}

impl Files {
    /// The files of the shard of `reactor`.
    #[must_use]
    pub fn new(reactor: &Reactor) -> Self {
        Self { reactor: reactor.clone(), buffers: Rc::default() }
    }

    /// The reactor the operations go through.
    #[must_use]
    pub fn reactor(&self) -> &Reactor {
        &self.reactor
    }

    /// Opens a file with the flags of `open(2)`; `mode` matters where it may be created.
    ///
    /// # Errors
    /// As `open(2)`.
    pub async fn open(&self, path: &Path, flags: i32, mode: u32) -> io::Result<File> {
        let descriptor = self.open_descriptor(kernel_path(path)?, flags, mode).await?;
        Ok(File::new(&self.reactor, descriptor))
    }

    /// As [`Files::open`], a descriptor that its owner closes.
    ///
    /// # Errors
    /// As `open(2)`.
    pub async fn open_descriptor(
        &self,
        path: CString,
        flags: i32,
        mode: u32,
    ) -> io::Result<Descriptor> {
        loop {
            let open = Operation::Open { path: path.clone(), flags, mode };
            match self.reactor.operate(open).await.result {
                Ok(number) => return Ok(Descriptor(number as i32)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Status of a path, of what a last symbolic link names if `follow`.
    ///
    /// # Errors
    /// As `stat(2)`.
    pub async fn stat(&self, path: &Path, follow: bool) -> io::Result<FileStatus> {
        let stat = Operation::StatPath { path: kernel_path(path)?, follow };
        let completion = self.reactor.operate(stat).await;
        completion.result?;
        match completion.payload {
            Payload::Status(status) => Ok(*status),
            _ => Err(io::Error::from_raw_os_error(libc::EIO)),
        }
    }

    /// Whether the path names something.
    pub async fn exists(&self, path: &Path) -> bool {
        self.stat(path, true).await.is_ok()
    }

    /// The whole file.
    ///
    /// # Errors
    /// As `open(2)` and `read(2)`; `EISDIR` for a directory, `OutOfMemory` where the file is
    /// larger than the memory that can be had.
    pub async fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = self.open(path, libc::O_RDONLY, 0).await?;
        self.read_open(&file).await
    }

    /// What is left of an open file from its start. The file's own position moves.
    ///
    /// For a small file a first read is all it takes, and the question where the file ends.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub async fn read_open(&self, file: &File) -> io::Result<Vec<u8>> {
        let (mut result, mut first) = file.read_into(self.buffers.take(), 0).await;
        let mut offset = 0;
        if result.as_ref().is_err_and(is_unseekable) {
            offset = u64::MAX;
            (result, first) = file.read_into(first, offset).await;
        }
        let bytes = match result {
            Ok(0) => Ok(Vec::new()),
            Ok(count) if offset == 0 && self.ends_at(file, count) => {
                return Ok(self.buffers.keep(first));
            }
            Ok(count) => {
                let size = regular_size(&file.stat().await?);
                self.read_rest(file, first.split_at(count).0, size, offset).await
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                let size = regular_size(&file.stat().await?);
                self.read_rest(file, &[], size, offset).await
            }
            Err(error) => Err(error),
        };
        self.buffers.give_back(first);
        bytes
    }

    /// Whether a file says that it ends at `position`: a call of the kernel's that touches nothing
    /// but the file in memory.
    fn ends_at(&self, file: &File, position: usize) -> bool {
        let is_ours = !self.reactor.with_driver(|driver| driver.has_own_files());
        let end = file.descriptor().ok().filter(|_| is_ours).and_then(|it| descriptor::end(it.0));
        end == Some(position as u64)
    }

    /// Goes on after the first bytes of a file of `size` bytes; `None` where the size says
    /// nothing, so that only the end of the file ends the read.
    async fn read_rest(
        &self,
        file: &File,
        first: &[u8],
        size: Option<u64>,
        offset: u64,
    ) -> io::Result<Vec<u8>> {
        let known = size.and_then(|size| usize::try_from(size).ok());
        if known == Some(first.len()) {
            return Ok(first.to_vec());
        }
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(known.unwrap_or(SMALL_FILE_BYTES).max(first.len()))?;
        bytes.extend_from_slice(first);
        loop {
            let at = if offset == u64::MAX { offset } else { bytes.len() as u64 };
            bytes = file.fill(bytes, at).await?;
            // The size is the whole of it, or the file ended before: nothing more to ask for.
            if known == Some(bytes.len()) || bytes.len() < bytes.capacity() {
                bytes.shrink_to_fit();
                return Ok(bytes);
            }
            bytes.try_reserve(bytes.len().max(SMALL_FILE_BYTES))?;
        }
    }

    /// The bytes of the file in `range`, fewer where it ends before.
    ///
    /// # Errors
    /// As [`Files::read`].
    pub async fn read_range(&self, path: &Path, range: Range<u64>) -> io::Result<Vec<u8>> {
        let file = self.open(path, libc::O_RDONLY, 0).await?;
        let status = file.stat().await?;
        let end = if is_regular(&status) { range.end.min(status.size) } else { range.end };
        let length = usize::try_from(end.saturating_sub(range.start))
            .map_err(|_| io::Error::from(io::ErrorKind::OutOfMemory))?;
        let mut bytes = file.read_at(range.start, length).await?;
        bytes.shrink_to_fit();
        Ok(bytes)
    }

    /// Creates the file or replaces (appends to) what it holds; how many bytes were written.
    ///
    /// # Errors
    /// As `open(2)`, `write(2)`, `fsync(2)` and `close(2)`; the file may hold some of the bytes.
    pub async fn write(
        &self,
        path: &Path,
        bytes: Outgoing,
        options: WriteOptions,
    ) -> io::Result<u64> {
        let file = self.open(path, options.flags(), options.mode).await?;
        // Where the file is appended to, the offset means nothing.
        let written = file.write_all(bytes, 0).await?.as_slice().len() as u64;
        if options.sync {
            file.sync(false).await?;
        }
        file.close().await?;
        Ok(written)
    }

    /// As [`Files::write`] at the end of the file.
    ///
    /// # Errors
    /// As [`Files::write`].
    pub async fn append(&self, path: &Path, bytes: Outgoing) -> io::Result<u64> {
        self.write(path, bytes, WriteOptions { append: true, ..WriteOptions::default() }).await
    }
}

fn is_regular(status: &FileStatus) -> bool {
    status.mode & libc::S_IFMT == libc::S_IFREG
}

/// The size of a regular file; `None` of anything else, and of those that say 0, as files in
/// `/proc` do whatever they hold.
fn regular_size(status: &FileStatus) -> Option<u64> {
    (is_regular(status) && status.size > 0).then_some(status.size)
}
