//! Memory shared with JavaScript: a header, cells of 64 bits, and the characters of texts.
#![allow(unsafe_code)]

use std::ptr::NonNull;

use dx_mem::{External, Scratch};

/// Words of 64 bits before the cells.
pub(crate) const HEADER: usize = 24;
/// Cells of a batch.
pub(crate) const CELLS: usize = 4096;
/// Where the integers behind the cells begin, in words: one a cell.
pub(crate) const INTEGERS: usize = HEADER + CELLS;
/// Where the characters begin, in bytes.
pub(crate) const TEXT: usize = (INTEGERS + CELLS) * 8;
/// Bytes of characters in a batch.
pub(crate) const TEXT_LENGTH: usize = 64 * 1024;

/// Header words. Statuses are rows of the batch, or what went wrong.
pub(crate) const STATUS: usize = 0;
/// Header word: 1 where the statement has no more rows.
pub(crate) const DONE: usize = 1;
/// Header word: how often the statement was prepared anew.
pub(crate) const GENERATION: usize = 2;
/// Header word: rows that were changed.
pub(crate) const CHANGES: usize = 3;
/// Header word: the row inserted last, as a number.
pub(crate) const ROWID: usize = 4;
/// Header word: the same, or another integer, as 64 bits.
pub(crate) const INTEGER: usize = 5;
/// Header word: how many parameters the prepared statement has.
pub(crate) const PARAMETERS: usize = 7;
/// Header word: where the statement behind the prepared one starts, in bytes.
pub(crate) const TAIL: usize = 6;

/// Header word: the statement that the call is about.
pub(crate) const STATEMENT: usize = 8;
/// Header word: how many values the call binds; negative where it leaves what is bound.
pub(crate) const COUNT: usize = 9;
/// Header word: what the values are, two bits a value, as an integer.
pub(crate) const KINDS: usize = 10;
/// Header words: those values that are numbers.
pub(crate) const VALUES: usize = 11;

/// The memory. JavaScript waits for the operations that read and write it, and they for it.
pub(crate) struct Memory {
    scratch: Scratch,
    start: NonNull<u8>,
}

impl Memory {
    pub(crate) fn new() -> Self {
        let scratch = Scratch::new(TEXT + TEXT_LENGTH);
        let start = scratch.external().start();
        Self { scratch, start }
    }

    pub(crate) fn external(&self) -> External {
        self.scratch.external()
    }

    /// Sets a word to a number.
    pub(crate) fn set(&self, word: usize, number: f64) {
        self.set_bits(word, number.to_bits());
    }

    /// Sets a word to 64 bits.
    pub(crate) fn set_bits(&self, word: usize, bits: u64) {
        assert!(word < TEXT / 8, "a word of the shared memory");
        // SAFETY: inside the block, which is aligned and lives as long as `scratch`; its only
        // other user is JavaScript, which waits for the operation.
        unsafe { self.start.as_ptr().cast::<u64>().add(word).write(bits) };
    }

    /// A word as 64 bits.
    pub(crate) fn bits(&self, word: usize) -> u64 {
        assert!(word < TEXT / 8, "a word of the shared memory");
        // SAFETY: as `set_bits`.
        unsafe { self.start.as_ptr().cast::<u64>().add(word).read() }
    }

    /// A word as a number.
    pub(crate) fn number(&self, word: usize) -> f64 {
        f64::from_bits(self.bits(word))
    }

    /// Copies characters to a place among them.
    pub(crate) fn set_text(&self, at: usize, characters: &[u8]) {
        assert!(at + characters.len() <= TEXT_LENGTH, "the characters of a batch");
        // SAFETY: as `set_bits`; SQLite's memory and this block are apart.
        unsafe {
            let target = self.start.as_ptr().add(TEXT + at);
            std::ptr::copy_nonoverlapping(characters.as_ptr(), target, characters.len());
        }
    }
}
