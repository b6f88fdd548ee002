//! The process's allocator, beyond what `GlobalAlloc` says.

/// Has the allocator give free memory of this thread's heaps back to the system. Takes time in
/// proportion to what is free; does nothing for a program with another allocator.
pub fn return_memory() {
    // SAFETY: the call has no preconditions and may be made on any thread.
    unsafe { libmimalloc_sys::mi_collect(true) };
}
