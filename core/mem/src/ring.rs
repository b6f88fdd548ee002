//! The ring of free buffers shared with the kernel (`io_uring_buf_ring`).
//!
//! An array of 16-byte entries, page-aligned. The kernel takes from a head only it knows; we add
//! at a tail that overlays the reserved half-word of the first entry. The ring holds as many
//! entries as the pool has buffers, so the tail can never overtake the head.

use std::{
    cell::Cell,
    io,
    ptr::NonNull,
    sync::atomic::{AtomicU16, Ordering},
};

use dx_sys::memory::Mapping;

/// One entry, as the kernel lays it out.
#[repr(C)]
struct Entry {
    address: u64,
    len: u32,
    id: u16,
    /// The tail in entry 0, unused elsewhere.
    tail: AtomicU16,
}

const _: () = assert!(size_of::<Entry>() == 16);

/// What `IORING_REGISTER_PBUF_RING` is told.
#[derive(Clone, Copy, Debug)]
pub struct RingRegistration {
    /// Address of the ring; valid while the pool or one of its leases lives.
    pub address: u64,
    /// Number of entries, a power of two.
    pub entries: u16,
}

pub(crate) struct BufferRing {
    memory: Mapping,
    tail: Cell<u16>,
    entries: u16,
}

impl BufferRing {
    pub(crate) fn new(entries: u16) -> io::Result<Self> {
        let memory = Mapping::anonymous(size_of::<Entry>() * usize::from(entries))?;
        Ok(Self { memory, tail: Cell::new(0), entries })
    }

    pub(crate) fn registration(&self) -> RingRegistration {
        RingRegistration { address: self.memory.start().as_ptr() as u64, entries: self.entries }
    }

    /// Hands a free buffer to the kernel.
    pub(crate) fn push(&self, id: u16, buffer: NonNull<u8>, len: u32) {
        let first = self.memory.start().cast::<Entry>().as_ptr();
        let tail = self.tail.get();
        let slot = usize::from(tail & (self.entries - 1));
        // SAFETY: slot < entries, so the entry lies in the mapping; the fields written belong to
        // us until the tail passes them, and each is written through a raw place, so that no
        // reference covers the tail word the kernel reads.
        unsafe {
            let entry = first.add(slot);
            (&raw mut (*entry).address).write(buffer.as_ptr() as u64);
            (&raw mut (*entry).len).write(len);
            (&raw mut (*entry).id).write(id);
        }
        let tail = tail.wrapping_add(1);
        self.tail.set(tail);
        // SAFETY: entry 0 lies in the mapping; its tail word is only ever accessed atomically.
        let shared_tail = unsafe { AtomicU16::from_ptr((&raw mut (*first).tail).cast()) };
        shared_tail.store(tail, Ordering::Release);
    }
}
