//! Buffers for small reads, used again so that a read costs one allocation of the exact size.
//!
//! Files read one after another tend to be of one length. Where the last two were, the next is read
//! into a buffer of that length, which is the answer if it is right.

use std::cell::{Cell, RefCell};

use crate::SMALL_FILE_BYTES;

/// Buffers kept: as many as reads at once are worth keeping warm, 4 MiB in all.
const BUFFERS_KEPT: usize = 64;

#[derive(Default)]
pub(crate) struct Buffers {
    idle: RefCell<Vec<Vec<u8>>>,
    /// The length of the last small file.
    last: Cell<usize>,
    /// That of the next, if it is like the last two; otherwise 0.
    expected: Cell<usize>,
}

impl Buffers {
    pub(crate) fn take(&self) -> Vec<u8> {
        if self.expected.get() > 0 {
            return Vec::with_capacity(self.expected.get());
        }
        let idle = self.idle.borrow_mut().pop();
        idle.unwrap_or_else(|| Vec::with_capacity(SMALL_FILE_BYTES))
    }

    /// The content of a file that has been read whole, without spare capacity.
    pub(crate) fn keep(&self, mut buffer: Vec<u8>) -> Vec<u8> {
        let length = buffer.len();
        let is_like_the_last = self.last.replace(length) == length;
        self.expected.set(if is_like_the_last { length } else { 0 });
        if buffer.capacity() != SMALL_FILE_BYTES {
            buffer.shrink_to_fit();
            return buffer;
        }
        let bytes = buffer.as_slice().to_vec();
        self.store(buffer);
        bytes
    }

    /// Takes a buffer back that was not all it took; nothing is known of the next file then.
    pub(crate) fn give_back(&self, buffer: Vec<u8>) {
        self.expected.set(0);
        self.store(buffer);
    }

    fn store(&self, mut buffer: Vec<u8>) {
        let mut idle = self.idle.borrow_mut();
        if buffer.capacity() == SMALL_FILE_BYTES && idle.len() < BUFFERS_KEPT {
            buffer.clear();
            idle.push(buffer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(buffers: &Buffers, length: usize) -> usize {
        let mut buffer = buffers.take();
        let capacity = buffer.capacity();
        buffer.resize(length, 7);
        let bytes = buffers.keep(buffer);
        assert_eq!((bytes.len(), bytes.capacity()), (length, length));
        capacity
    }

    #[test]
    fn the_third_file_of_one_length_is_read_into_a_buffer_of_it() {
        let buffers = Buffers::default();
        assert_eq!(read(&buffers, 100), SMALL_FILE_BYTES);
        assert_eq!(read(&buffers, 100), SMALL_FILE_BYTES);
        assert_eq!(read(&buffers, 100), 100);
        assert_eq!(read(&buffers, 40), 100);
        assert_eq!(read(&buffers, 40), SMALL_FILE_BYTES);
        buffers.give_back(buffers.take());
        assert_eq!(read(&buffers, 40), SMALL_FILE_BYTES);
    }
}
