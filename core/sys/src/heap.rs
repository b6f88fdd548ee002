//! The process's allocator: mimalloc, and mappings of their own for what is large.
//!
//! A large allocation, such as the content of a large file, lies on huge pages where the kernel has
//! them for whoever asks ([`crate::memory::use_small_pages`] keeps them from the rest): its first
//! use costs a page fault in 2 MiB rather than in 4 KiB, by which a file of 100 MB is read in a
//! third of the time. A few that were freed are kept for the next of their size, and given back to
//! the system when none has come for a second: see [`release_unused`].
//!
//! Fails as allocators do, with null.

use std::{
    alloc::{GlobalAlloc, Layout},
    ffi::c_void,
    ptr,
};

use crate::large;

/// The allocator, for `#[global_allocator]`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Allocator;

/// Whether an allocation has a mapping of its own: known from its layout alone.
fn is_large(layout: Layout) -> bool {
    layout.size() >= large::BYTES_MIN && layout.align() <= large::PAGE_BYTES
}

// SAFETY: an allocation is mimalloc's or a mapping of its own by its layout, which is the same when
// it is freed; each of the two keeps what the trait asks for.
unsafe impl GlobalAlloc for Allocator {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if is_large(layout) {
            return large::allocate(layout.size());
        }
        // SAFETY: the alignment is a power of two, as layouts' are.
        unsafe { libmimalloc_sys::mi_malloc_aligned(layout.size(), layout.align()).cast() }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if is_large(layout) {
            return large::allocate_zeroed(layout.size());
        }
        // SAFETY: as `alloc`.
        unsafe { libmimalloc_sys::mi_zalloc_aligned(layout.size(), layout.align()).cast() }
    }

    #[inline]
    unsafe fn dealloc(&self, start: *mut u8, layout: Layout) {
        // SAFETY: the caller vouches for an allocation of this layout, which is not used any more.
        unsafe {
            if is_large(layout) {
                large::free(start, layout.size());
            } else {
                libmimalloc_sys::mi_free(start.cast::<c_void>());
            }
        }
    }

    #[inline]
    unsafe fn realloc(&self, start: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller vouches that size and alignment make a layout, and for the rest as
        // `dealloc`; between the two kinds of memory as many bytes are copied as both have.
        unsafe {
            let wanted = Layout::from_size_align_unchecked(size, layout.align());
            match (is_large(layout), is_large(wanted)) {
                (false, false) => {
                    libmimalloc_sys::mi_realloc_aligned(start.cast(), size, layout.align()).cast()
                }
                (true, true) => large::resize(start, layout.size(), size),
                _ => {
                    let moved = self.alloc(wanted);
                    if !moved.is_null() {
                        ptr::copy_nonoverlapping(start, moved, size.min(layout.size()));
                        self.dealloc(start, layout);
                    }
                    moved
                }
            }
        }
    }
}

/// Has the allocator give free memory of this thread's heaps back to the system. Takes time in
/// proportion to what is free; does nothing for a program with another allocator.
pub fn return_memory() {
    large::release(None);
    // SAFETY: the call has no preconditions and may be made on any thread.
    unsafe { libmimalloc_sys::mi_collect(true) };
}

pub use large::{KEPT_FOR, has_unused, release_unused};

#[cfg(test)]
mod tests {
    use std::alloc::{GlobalAlloc as _, Layout};

    use super::{Allocator, large};

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 8).unwrap()
    }

    #[test]
    fn content_survives_changes_of_size_across_the_bound() {
        let sizes = [1000, large::BYTES_MIN + 5, 3 * large::BYTES_MIN, large::BYTES_MIN, 900];
        // SAFETY: each allocation is used within its size and freed with its layout.
        unsafe {
            let mut start = Allocator.alloc(layout(sizes[0]));
            start.write_bytes(7, 900);
            for pair in sizes.windows(2) {
                start = Allocator.realloc(start, layout(pair[0]), pair[1]);
                let bytes = std::slice::from_raw_parts(start, 900);
                assert!(bytes.iter().all(|&byte| byte == 7), "{pair:?}");
            }
            Allocator.dealloc(start, layout(900));
        }
    }

    #[test]
    fn zeroed_memory_is_zero_even_after_other_use() {
        let layout = layout(large::BYTES_MIN + 4097);
        // SAFETY: as above.
        unsafe {
            let dirty = Allocator.alloc(layout);
            dirty.write_bytes(0xff, layout.size());
            Allocator.dealloc(dirty, layout);
            let clean = Allocator.alloc_zeroed(layout);
            let bytes = std::slice::from_raw_parts(clean, layout.size());
            assert!(bytes.iter().all(|&byte| byte == 0));
            Allocator.dealloc(clean, layout);
        }
    }
}
