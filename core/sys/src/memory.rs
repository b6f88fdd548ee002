//! Anonymous memory, mapped lazily: a page costs nothing before it is first touched.

use std::{io, mem::MaybeUninit, ptr::NonNull};

use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous, munmap};

/// Zeroed, private, page-aligned memory, unmapped on drop.
#[derive(Debug)]
pub struct Mapping {
    start: NonNull<u8>,
    len: usize,
}

impl Mapping {
    /// Maps `len` bytes without reserving swap for them.
    ///
    /// # Errors
    /// `EINVAL` for a length of zero, else as `mmap(2)`.
    pub fn anonymous(len: usize) -> io::Result<Self> {
        let flags = MapFlags::PRIVATE | MapFlags::NORESERVE;
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: no address is asked for, so the new mapping overlaps nothing.
        let start = unsafe { mmap_anonymous(std::ptr::null_mut(), len, protection, flags)? };
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start, len })
    }

    /// The first byte; valid for reads and writes of [`Mapping::len`] bytes while `self` lives.
    #[must_use]
    pub fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Length in bytes, as asked for.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Never true: a mapping of zero bytes cannot be made.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: the range is exactly what was mapped, and the owner lets go of it.
        let _ = unsafe { munmap(self.start.as_ptr().cast(), self.len) };
    }
}

/// Has the kernel back this process's memory by small pages, but for what
/// [`prefer_huge_pages`] names.
///
/// An allocator's arena is touched here and there; with huge pages every touch of an idle
/// process costs 2 MiB of memory. Children inherit the setting (`prctl(2)`,
/// `PR_SET_THP_DISABLE`). Kernels before 6.18 know no exception; those without the setting are
/// left as they are.
pub fn use_small_pages() {
    const EXCEPT_ADVISED: libc::c_ulong = 2;
    // SAFETY: plain system calls; they touch no memory of ours.
    unsafe {
        if libc::prctl(libc::PR_SET_THP_DISABLE, 1, EXCEPT_ADVISED, 0, 0) != 0 {
            libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0);
        }
    }
}

/// Bytes of a huge page on the platforms that have them.
const HUGE_PAGE_BYTES: usize = 2 << 20;

/// From this many bytes on a buffer that is filled at once is worth huge pages: at most a
/// quarter of it lies outside of them.
const HUGE_PAGES_FROM_BYTES: usize = 8 * HUGE_PAGE_BYTES;

/// Asks for huge pages behind the unused part of a buffer that is about to be filled, where it is
/// large: filling 100 MB costs 24,000 page faults otherwise, more than the copying. Who frees
/// it takes this back with [`prefer_small_pages`]: an allocator gives the memory to others.
pub fn prefer_huge_pages(buffer: &mut Vec<u8>) {
    let spare = buffer.spare_capacity_mut();
    advise(spare.as_mut_ptr(), spare.len(), libc::MADV_HUGEPAGE);
}

/// Takes [`prefer_huge_pages`] back, for a buffer about to be freed.
pub fn prefer_small_pages(buffer: &mut Vec<u8>) {
    advise(buffer.as_mut_ptr().cast(), buffer.capacity(), libc::MADV_NOHUGEPAGE);
}

fn advise(start: *mut MaybeUninit<u8>, length: usize, advice: libc::c_int) {
    if length < HUGE_PAGES_FROM_BYTES {
        return;
    }
    let before = start.addr().next_multiple_of(HUGE_PAGE_BYTES) - start.addr();
    let whole = (length - before) / HUGE_PAGE_BYTES * HUGE_PAGE_BYTES;
    // SAFETY: within the buffer, whose contents this advice leaves as they are. A kernel that
    // refuses it uses small pages.
    unsafe {
        libc::madvise(start.add(before).cast(), whole, advice);
    }
}

#[cfg(test)]
mod tests {
    use super::{HUGE_PAGES_FROM_BYTES, Mapping, prefer_huge_pages, prefer_small_pages};

    #[test]
    fn advice_on_pages_leaves_a_buffer_as_it_is() {
        for length in [0, 100, HUGE_PAGES_FROM_BYTES - 1, HUGE_PAGES_FROM_BYTES + 12_345] {
            let mut buffer = Vec::with_capacity(length + 3);
            buffer.extend_from_slice(b"abc");
            prefer_huge_pages(&mut buffer);
            buffer.resize(length + 3, 7);
            prefer_small_pages(&mut buffer);
            assert!(buffer.starts_with(b"abc") && buffer[3..].iter().all(|byte| *byte == 7));
        }
    }

    #[test]
    fn memory_is_zeroed_and_writable() {
        let mapping = Mapping::anonymous(10_000).unwrap();
        // SAFETY: within the mapping, which nobody else uses.
        let bytes = unsafe { std::slice::from_raw_parts_mut(mapping.start().as_ptr(), 10_000) };
        assert!(bytes.iter().all(|byte| *byte == 0));
        bytes[9_999] = 7;
        assert_eq!((mapping.len(), mapping.is_empty()), (10_000, false));
        assert!(Mapping::anonymous(0).is_err());
    }
}
