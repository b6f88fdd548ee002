//! What a channel reads and writes in place of a socket: bytes in memory.

use std::io::{self, Read, Write};

/// Records that have come and are not read yet, and records to be sent.
#[derive(Debug, Default)]
pub(super) struct Pipe {
    incoming: Vec<u8>,
    read: usize,
    pub(super) outgoing: Vec<u8>,
}

impl Pipe {
    /// Adds what has come.
    pub(super) fn feed(&mut self, bytes: &[u8]) {
        if self.read == self.incoming.len() {
            self.incoming.clear();
            self.read = 0;
        }
        self.incoming.extend_from_slice(bytes);
    }

    /// What has come and is not read yet.
    pub(super) fn unread(&self) -> &[u8] {
        &self.incoming[self.read..]
    }
}

impl Read for Pipe {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.unread().len().min(into.len());
        if count == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        into[..count].copy_from_slice(&self.incoming[self.read..self.read + count]);
        self.read += count;
        Ok(count)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.outgoing.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
