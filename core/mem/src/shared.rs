//! Memory that native code and JavaScript both see, without a copy.
//!
//! A [`Segment`] is filled by one [`SegmentWriter`], perhaps on another core, and read by anyone:
//! what has been appended never changes. A [`Scratch`] is written by JavaScript and read by
//! native code of the same shard, which run by turns. Both reach the engine as [`External`],
//! which keeps the memory alive for as long as the engine holds the array over it.

use std::{
    alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error},
    marker::PhantomData,
    ops::Range,
    ptr::NonNull,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// Zeroed memory of fixed size; whoever reads or writes through the pointer keeps the rules.
struct Block {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: the block is plain memory; the types around it order every access.
unsafe impl Send for Block {}
// SAFETY: as above.
unsafe impl Sync for Block {}

impl Block {
    /// Word alignment, so that arrays of any element type may lie over the block.
    const ALIGNMENT: usize = 16;

    fn new(length: usize) -> Self {
        let layout = Self::layout(length);
        // SAFETY: the layout's size is at least one.
        let start = unsafe { alloc_zeroed(layout) };
        let start = NonNull::new(start).unwrap_or_else(|| handle_alloc_error(layout));
        Self { start, length }
    }

    fn layout(length: usize) -> Layout {
        let padded = length.max(1).next_multiple_of(Self::ALIGNMENT);
        Layout::from_size_align(padded, Self::ALIGNMENT)
            .unwrap_or_else(|_| unreachable!("lengths are far below isize::MAX"))
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: allocated in `new` with the same layout, freed once.
        unsafe { dealloc(self.start.as_ptr(), Self::layout(self.length)) }
    }
}

/// Memory handed to the engine: a pointer, a length, and what keeps both valid.
pub struct External {
    start: NonNull<u8>,
    length: usize,
    owner: Arc<dyn Send + Sync>,
}

impl External {
    /// The bytes of a vector from `from` on, none where it is shorter.
    #[must_use]
    pub fn of_vector(mut bytes: Vec<u8>, from: usize) -> Self {
        let from = from.min(bytes.len());
        let length = bytes.len() - from;
        // A slice's own pointer is never null, and nobody uses the vector but to free it.
        let start = NonNull::from(&mut bytes[from..]).cast();
        Self { start, length, owner: Arc::new(bytes) }
    }

    /// The first byte.
    #[must_use]
    pub fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Length in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.length
    }

    /// What must live as long as anyone uses the memory.
    #[must_use]
    pub fn into_owner(self) -> Arc<dyn Send + Sync> {
        self.owner
    }
}

impl std::fmt::Debug for External {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "External({} bytes)", self.length)
    }
}

/// Append-only memory: bytes below the written mark never change.
pub struct Segment {
    block: Block,
    written: AtomicUsize,
}

impl Segment {
    /// Bytes appended before.
    ///
    /// # Panics
    /// Where the range ends after the written mark.
    #[must_use]
    pub fn read(&self, range: Range<usize>) -> &[u8] {
        let written = self.written.load(Ordering::Acquire);
        assert!(range.start <= range.end && range.end <= written, "read past the written mark");
        // SAFETY: inside the block; the one writer only touches bytes from the mark on.
        unsafe {
            let start = self.block.start.add(range.start);
            std::slice::from_raw_parts(start.as_ptr(), range.len())
        }
    }

    /// The whole segment for the engine. JavaScript must only read what it was told of.
    #[must_use]
    pub fn external(self: &Arc<Self>) -> External {
        let owner = Arc::clone(self) as Arc<dyn Send + Sync>;
        External { start: self.block.start, length: self.block.length, owner }
    }
}

impl std::fmt::Debug for Segment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Segment({} bytes)", self.block.length)
    }
}

/// The one writer of a segment.
#[derive(Debug)]
pub struct SegmentWriter {
    segment: Arc<Segment>,
    length: usize,
}

impl SegmentWriter {
    /// A new segment of `capacity` bytes.
    #[must_use]
    pub fn new(capacity: usize) -> Self {
        let block = Block::new(capacity);
        Self { segment: Arc::new(Segment { block, written: AtomicUsize::new(0) }), length: 0 }
    }

    /// Bytes that can still be appended.
    #[must_use]
    pub fn room(&self) -> usize {
        self.segment.block.length - self.length
    }

    /// Appends, and says at which offset; `None` where the room does not do.
    pub fn append(&mut self, bytes: &[u8]) -> Option<usize> {
        if bytes.len() > self.room() {
            return None;
        }
        let at = self.length;
        // SAFETY: inside the block and above the mark, where only this writer may touch it.
        unsafe {
            let target = self.segment.block.start.add(at);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), target.as_ptr(), bytes.len());
        }
        self.length += bytes.len();
        self.segment.written.store(self.length, Ordering::Release);
        Some(at)
    }

    /// The segment, for readers.
    #[must_use]
    pub fn segment(&self) -> &Arc<Segment> {
        &self.segment
    }
}

/// Memory that JavaScript and native code of one shard use by turns.
///
/// JavaScript only runs inside a call of native code, and no reference into the memory is held
/// across such a call: the methods copy, or lend the bytes to a closure that cannot run
/// JavaScript because it is given nothing that could.
#[derive(Clone)]
pub struct Scratch {
    block: Arc<Block>,
    /// Stays on the thread whose JavaScript writes it.
    not_send: PhantomData<*const ()>,
}

impl Scratch {
    /// Zeroed memory of `length` bytes.
    #[must_use]
    pub fn new(length: usize) -> Self {
        Self { block: Arc::new(Block::new(length)), not_send: PhantomData }
    }

    /// Length in bytes.
    #[must_use]
    pub fn length(&self) -> usize {
        self.block.length
    }

    /// Copies the first `into.len()` bytes out.
    ///
    /// # Panics
    /// Where the scratch is shorter.
    pub fn copy_out(&self, from: usize, into: &mut [u8]) {
        assert!(from + into.len() <= self.block.length, "copy past the end of the scratch");
        // SAFETY: inside the block; same thread as its only other user, which is not running.
        unsafe {
            let source = self.block.start.add(from);
            std::ptr::copy_nonoverlapping(source.as_ptr(), into.as_mut_ptr(), into.len());
        }
    }

    /// Appends `range` of the scratch to `into`.
    ///
    /// # Panics
    /// Where the range ends after the scratch.
    pub fn append_to(&self, range: Range<usize>, into: &mut Vec<u8>) {
        assert!(range.start <= range.end && range.end <= self.block.length, "range in scratch");
        // SAFETY: as in `copy_out`; the slice does not outlive this statement.
        unsafe {
            let start = self.block.start.add(range.start);
            into.extend_from_slice(std::slice::from_raw_parts(start.as_ptr(), range.len()));
        }
    }

    /// Copies `bytes` to offset `at`.
    ///
    /// # Panics
    /// Where they do not fit.
    pub fn copy_in(&self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.block.length, "copy past the end of the scratch");
        // SAFETY: as in `copy_out`.
        unsafe {
            let target = self.block.start.add(at);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), target.as_ptr(), bytes.len());
        }
    }

    /// Copies 32-bit words to the start of word `at`, in the machine's byte order.
    ///
    /// # Panics
    /// Where they do not fit.
    pub fn copy_words_in(&self, at: usize, words: &[u32]) {
        assert!((at + words.len()) * 4 <= self.block.length, "copy past the end of the scratch");
        // SAFETY: as in `copy_out`; the block is aligned for words.
        unsafe {
            let target = self.block.start.as_ptr().cast::<u32>().add(at);
            std::ptr::copy_nonoverlapping(words.as_ptr(), target, words.len());
        }
    }

    /// The whole scratch for the engine.
    #[must_use]
    pub fn external(&self) -> External {
        let owner = Arc::clone(&self.block) as Arc<dyn Send + Sync>;
        External { start: self.block.start, length: self.block.length, owner }
    }
}

impl std::fmt::Debug for Scratch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Scratch({} bytes)", self.block.length)
    }
}

#[cfg(test)]
mod tests {
    use super::{External, Scratch, SegmentWriter};

    #[test]
    fn the_rest_of_a_vector_is_external_where_it_lies() {
        let bytes = vec![1, 2, 3, 4];
        let start = bytes.as_ptr() as usize;
        let external = External::of_vector(bytes, 1);
        assert_eq!((external.start().as_ptr() as usize, external.length()), (start + 1, 3));
        assert_eq!(External::of_vector(vec![1, 2], 5).length(), 0);
    }

    #[test]
    fn a_segment_keeps_what_was_appended_and_refuses_what_does_not_fit() {
        let mut writer = SegmentWriter::new(8);
        assert_eq!(writer.append(b"hello"), Some(0));
        let segment = writer.segment().clone();
        assert_eq!(writer.append(b"long"), None);
        assert_eq!(writer.append(b"abc"), Some(5));
        assert_eq!(segment.read(0..8), b"helloabc");
    }

    #[test]
    #[should_panic(expected = "past the written mark")]
    fn a_segment_does_not_show_what_is_not_written() {
        let writer = SegmentWriter::new(8);
        let _bytes = writer.segment().read(0..1);
    }

    #[test]
    fn a_scratch_gives_back_what_was_put_in() {
        let scratch = Scratch::new(16);
        scratch.copy_words_in(1, &[7]);
        scratch.copy_in(8, b"xyz");
        let mut bytes = [0; 7];
        scratch.copy_out(4, &mut bytes);
        assert_eq!(bytes, [7, 0, 0, 0, b'x', b'y', b'z']);
        let mut out = vec![1];
        scratch.append_to(8..10, &mut out);
        assert_eq!(out, [1, b'x', b'y']);
    }
}
