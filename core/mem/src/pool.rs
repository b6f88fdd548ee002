//! A fixed number of equal buffers in one lazily touched mapping.

use std::{
    cell::{Cell, RefCell},
    io,
    ptr::NonNull,
    rc::Rc,
};

use dx_sys::memory::Mapping;

use crate::{
    lease::Lease,
    ring::{BufferRing, RingRegistration},
};

/// How many buffers, and how large.
///
/// The defaults, [`PoolOptions::BUFFERS`] of [`PoolOptions::BUFFER_BYTES`], follow from what one
/// turn of a shard can hold: a batch of completions leases at most one buffer each, and owners
/// give a lease back within the turn (what they keep, they copy). 512 is more sockets than turn
/// readable at once with 1,024 busy connections; a burst beyond it ends receives with `ENOBUFS`
/// and they are taken up again when the turn is over. 16 KiB takes a whole head (limit 16 KiB),
/// 16 pipelined requests (16 x 500 bytes) or a TLS record at once, and a 64 KiB body in four.
/// At most 512 x (16 KiB + 192 bytes) = 8.1 MiB become resident, and only under large bodies:
/// small requests touch one or two pages a buffer, 512 x 4 KiB = 2 MiB to 4 MiB.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct PoolOptions {
    /// Number of buffers: a power of two, at most 32,768 (the kernel's bound on a ring).
    pub buffers: u16,
    /// Bytes of each, at most 1 MiB.
    pub buffer_bytes: u32,
}

impl PoolOptions {
    /// Buffers of a default pool.
    pub const BUFFERS: u16 = 512;
    /// Bytes of a buffer of a default pool.
    pub const BUFFER_BYTES: u32 = 16 * 1024;
    /// The most buffers a pool may have.
    pub const BUFFERS_MAX: u16 = 1 << 15;
    /// The largest buffer a pool may have, in bytes.
    pub const BUFFER_BYTES_MAX: u32 = 1 << 20;

    fn is_valid(self) -> bool {
        self.buffers.is_power_of_two()
            && self.buffers <= Self::BUFFERS_MAX
            && (1..=Self::BUFFER_BYTES_MAX).contains(&self.buffer_bytes)
    }

    /// Distance between buffers. The ring hands them out in turn, so buffers that start at the
    /// same offset of a page would all compete for the same few sets of the caches; three lines
    /// of stagger spread their starts over all sets.
    fn stride(self) -> usize {
        const STAGGER_BYTES: usize = 3 * 64;
        (self.buffer_bytes as usize).next_multiple_of(64) + STAGGER_BYTES
    }
}

impl Default for PoolOptions {
    fn default() -> Self {
        Self { buffers: Self::BUFFERS, buffer_bytes: Self::BUFFER_BYTES }
    }
}

const EINVAL: i32 = 22;

/// Where free buffers wait.
enum Free {
    /// For the kernel, oldest first.
    Ring(BufferRing),
    /// For [`Pool::take`], the warmest first.
    Stack(RefCell<Vec<u16>>),
}

pub(crate) struct Shared {
    memory: Mapping,
    free: Free,
    leased: Cell<u32>,
    options: PoolOptions,
}

impl Shared {
    pub(crate) fn buffer(&self, id: u16) -> NonNull<u8> {
        debug_assert!(id < self.options.buffers);
        // SAFETY: the mapping holds `buffers` strides, and ids are below `buffers`.
        unsafe { self.memory.start().add(id as usize * self.options.stride()) }
    }

    pub(crate) fn give_back(&self, id: u16) {
        self.leased.set(self.leased.get() - 1);
        match &self.free {
            Free::Ring(ring) => ring.push(id, self.buffer(id), self.options.buffer_bytes),
            Free::Stack(stack) => stack.borrow_mut().push(id),
        }
    }
}

/// The buffers of one shard. Clones share them.
#[derive(Clone)]
pub struct Pool(Rc<Shared>);

impl Pool {
    /// A pool whose free buffers the driver takes with [`Pool::take`].
    ///
    /// # Errors
    /// `EINVAL` for options out of bounds, else as `mmap(2)`.
    pub fn stack(options: PoolOptions) -> io::Result<Self> {
        let ids = (0..options.buffers).rev().collect();
        Self::new(options, |_| Ok(Free::Stack(RefCell::new(ids))))
    }

    /// A pool whose free buffers the kernel takes from a ring; see [`Pool::registration`].
    ///
    /// # Errors
    /// As [`Pool::stack`].
    pub fn ring(options: PoolOptions) -> io::Result<Self> {
        let pool = Self::new(options, |options| Ok(Free::Ring(BufferRing::new(options.buffers)?)))?;
        if let Free::Ring(ring) = &pool.0.free {
            for id in 0..options.buffers {
                ring.push(id, pool.0.buffer(id), options.buffer_bytes);
            }
        }
        Ok(pool)
    }

    fn new(
        options: PoolOptions,
        free: impl FnOnce(PoolOptions) -> io::Result<Free>,
    ) -> io::Result<Self> {
        if !options.is_valid() {
            return Err(io::Error::from_raw_os_error(EINVAL));
        }
        let memory = Mapping::anonymous(options.stride() * options.buffers as usize)?;
        let free = free(options)?;
        Ok(Self(Rc::new(Shared { memory, free, leased: Cell::new(0), options })))
    }

    /// What to register with the kernel, for a ring pool.
    #[must_use]
    pub fn registration(&self) -> Option<RingRegistration> {
        match &self.0.free {
            Free::Ring(ring) => Some(ring.registration()),
            Free::Stack(_) => None,
        }
    }

    /// A free buffer of a stack pool, as a lease of its whole length. `None` where none is free,
    /// and for a ring pool.
    #[must_use]
    pub fn take(&self) -> Option<Lease> {
        let Free::Stack(stack) = &self.0.free else { return None };
        let id = stack.borrow_mut().pop()?;
        self.0.leased.set(self.0.leased.get() + 1);
        Some(Lease::new(self.0.clone(), id, self.0.options.buffer_bytes))
    }

    /// The lease of a buffer of a ring pool that the kernel has filled with `len` bytes.
    ///
    /// # Safety
    /// The kernel took buffer `id` from the ring, has finished with it, and this is the only
    /// call for that taking.
    ///
    /// # Panics
    /// Where `id` or `len` is more than the pool has.
    #[must_use]
    pub unsafe fn filled(&self, id: u16, len: u32) -> Lease {
        assert!(id < self.0.options.buffers && len <= self.0.options.buffer_bytes);
        self.0.leased.set(self.0.leased.get() + 1);
        Lease::new(self.0.clone(), id, len)
    }

    /// Buffers behind leases.
    #[must_use]
    pub fn leased(&self) -> usize {
        self.0.leased.get() as usize
    }

    /// Buffers not behind leases.
    #[must_use]
    pub fn free(&self) -> usize {
        usize::from(self.0.options.buffers) - self.leased()
    }

    /// Number and size of the buffers.
    #[must_use]
    pub fn options(&self) -> PoolOptions {
        self.0.options
    }
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Pool")
            .field("options", &self.0.options)
            .field("leased", &self.leased())
            .finish_non_exhaustive()
    }
}
