//! One open file.

use std::io;

use dx_driver::{Completion, Descriptor, FileStatus, Operation, Outgoing, Payload};
use dx_reactor::Reactor;

/// An open file of this shard. Dropping it closes it without waiting for the outcome;
/// [`File::close`] waits.
pub struct File {
    reactor: Reactor,
    /// `None` once a close has been submitted.
    descriptor: Option<Descriptor>,
}

impl Drop for File {
    fn drop(&mut self) {
        if let Some(descriptor) = self.descriptor.take() {
            self.reactor.close(descriptor);
        }
    }
}

/// What an operation that should have brought a payload brought instead.
fn without_payload() -> io::Error {
    io::Error::from_raw_os_error(libc::EIO)
}

/// The buffer of a read or write, and its outcome.
fn buffer_of(completion: Completion) -> (io::Result<usize>, Payload) {
    (completion.result.map(|count| count as usize), completion.payload)
}

impl File {
    pub(crate) fn new(reactor: &Reactor, descriptor: Descriptor) -> Self {
        Self { reactor: reactor.clone(), descriptor: Some(descriptor) }
    }

    /// The descriptor, for operations this type does not offer. It stays owned by the file.
    ///
    /// # Errors
    /// Never while the file is open; `EBADF` after that.
    pub fn descriptor(&self) -> io::Result<Descriptor> {
        self.descriptor.ok_or_else(|| io::Error::from_raw_os_error(libc::EBADF))
    }

    /// Size, times and kind.
    ///
    /// # Errors
    /// As `fstat(2)`.
    pub async fn stat(&self) -> io::Result<FileStatus> {
        let file = self.descriptor()?;
        let completion = self.reactor.operate(Operation::StatFile { file }).await;
        completion.result?;
        match completion.payload {
            Payload::Status(status) => Ok(*status),
            _ => Err(without_payload()),
        }
    }

    /// Reads once, appending up to the spare capacity of `into`; 0 bytes at the end of the
    /// file. `offset == u64::MAX` reads at the file's own position.
    ///
    /// # Errors
    /// As `pread(2)`; the buffer comes back with the error.
    pub async fn read_into(&self, into: Vec<u8>, offset: u64) -> (io::Result<usize>, Vec<u8>) {
        let file = match self.descriptor() {
            Ok(file) => file,
            Err(error) => return (Err(error), into),
        };
        let read = self.reactor.operate(Operation::Read { file, offset, into });
        match buffer_of(read.await) {
            (result, Payload::Incoming(buffer)) => (result, buffer),
            (result, _) => (result.and_then(|_| Err(without_payload())), Vec::new()),
        }
    }

    /// Reads `length` bytes at `offset`, fewer only where the file ends.
    ///
    /// # Errors
    /// As `pread(2)`.
    pub async fn read_at(&self, offset: u64, length: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(length)?;
        self.fill(bytes, offset).await
    }

    /// Reads on at `offset` until the capacity is used up or the file ends.
    pub(crate) async fn fill(&self, mut bytes: Vec<u8>, offset: u64) -> io::Result<Vec<u8>> {
        let start = bytes.len() as u64;
        while bytes.len() < bytes.capacity() {
            let next = position(offset, bytes.len() as u64 - start);
            let (result, buffer) = self.read_into(bytes, next).await;
            bytes = buffer;
            match result {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(bytes)
    }

    /// Writes once, from `bytes[from..]`; may be short. `offset == u64::MAX` writes at the
    /// file's own position.
    ///
    /// # Errors
    /// As `pwrite(2)`; the buffer comes back with the error.
    pub async fn write_from(
        &self,
        bytes: Outgoing,
        from: usize,
        offset: u64,
    ) -> (io::Result<usize>, Outgoing) {
        let file = match self.descriptor() {
            Ok(file) => file,
            Err(error) => return (Err(error), bytes),
        };
        let write = self.reactor.operate(Operation::Write { file, offset, bytes, from });
        match buffer_of(write.await) {
            (result, Payload::Outgoing(bytes)) => (result, bytes),
            (result, _) => {
                (result.and_then(|_| Err(without_payload())), Outgoing::Owned(Vec::new()))
            }
        }
    }

    /// Writes all of `bytes` at `offset`, and gives the buffer back. Files without positions,
    /// such as pipes, take the bytes in order.
    ///
    /// A file position of the kernel's keeping is used for those alone: it stays where it is
    /// after a short write that the ring has finished in a worker.
    ///
    /// # Errors
    /// As `pwrite(2)`; some of the bytes may have been written. `WriteZero` where the file
    /// takes nothing and says nothing.
    pub async fn write_all(&self, bytes: Outgoing, offset: u64) -> io::Result<Outgoing> {
        let (mut bytes, mut from, mut offset) = (bytes, 0, offset);
        while from < bytes.as_slice().len() {
            let next = position(offset, from as u64);
            let (result, buffer) = self.write_from(bytes, from, next).await;
            bytes = buffer;
            match result {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => from += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if is_unseekable(&error) && from == 0 && offset != u64::MAX => {
                    offset = u64::MAX;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(bytes)
    }

    /// Waits until what was written is on the disk; with `data_only`, without times and such.
    ///
    /// # Errors
    /// As `fsync(2)`.
    pub async fn sync(&self, data_only: bool) -> io::Result<()> {
        let file = self.descriptor()?;
        self.reactor.operate(Operation::Sync { file, data_only }).await.result.map(drop)
    }

    /// Closes the file and waits for what the file system has to say about it.
    ///
    /// # Errors
    /// As `close(2)`; the descriptor is gone all the same.
    pub async fn close(mut self) -> io::Result<()> {
        let Some(descriptor) = self.descriptor.take() else { return Ok(()) };
        let mut closing = self.reactor.steps(Operation::Close { descriptor });
        closing.start();
        match closing.next().await {
            Some(completion) => completion.result.map(drop),
            None => Ok(()),
        }
    }
}

/// Whether the file has no positions: a pipe, a terminal.
pub(crate) fn is_unseekable(error: &io::Error) -> bool {
    error.raw_os_error() == Some(libc::ESPIPE)
}

/// `offset + done`, where the file's own position moves by itself.
fn position(offset: u64, done: u64) -> u64 {
    if offset == u64::MAX { u64::MAX } else { offset.saturating_add(done) }
}
