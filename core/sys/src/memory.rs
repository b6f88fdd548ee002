//! Anonymous memory, mapped lazily: a page costs nothing before it is first touched.

use std::{io, ptr::NonNull};

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

/// Leaves memory that asks for huge pages out of the prohibition; from Linux 6.18 on.
const PR_THP_DISABLE_EXCEPT_ADVISED: libc::c_ulong = 1 << 1;

/// Has the kernel back this process's memory by small pages, but for what asks for huge ones: large
/// allocations ([`crate::heap`]). Older kernels back all of it by small pages.
///
/// An allocator's arena is touched here and there; with huge pages every touch of an idle
/// process costs 2 MiB of memory. Children inherit the setting (`prctl(2)`,
/// `PR_SET_THP_DISABLE`). Kernels without it are left as they are.
pub fn use_small_pages() {
    // SAFETY: plain system calls; they touch no memory of ours.
    unsafe {
        let but_for_advised = PR_THP_DISABLE_EXCEPT_ADVISED;
        if libc::prctl(libc::PR_SET_THP_DISABLE, 1, but_for_advised, 0, 0) != 0 {
            libc::prctl(libc::PR_SET_THP_DISABLE, 1, 0, 0, 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Mapping;

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
