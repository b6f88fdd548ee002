//! Buffers for small reads, used again so that a read costs one allocation of the exact size.

use std::cell::RefCell;

use crate::SMALL_FILE_BYTES;

/// Buffers kept: as many as reads at once are worth keeping warm, 4 MiB in all.
const BUFFERS_KEPT: usize = 64;

#[derive(Default)]
pub(crate) struct Buffers {
    idle: RefCell<Vec<Vec<u8>>>,
}

impl Buffers {
    pub(crate) fn take(&self) -> Vec<u8> {
        let idle = self.idle.borrow_mut().pop();
        idle.unwrap_or_else(|| Vec::with_capacity(SMALL_FILE_BYTES))
    }

    pub(crate) fn give_back(&self, mut buffer: Vec<u8>) {
        let mut idle = self.idle.borrow_mut();
        if buffer.capacity() == SMALL_FILE_BYTES && idle.len() < BUFFERS_KEPT {
            buffer.clear();
            idle.push(buffer);
        }
    }
}
