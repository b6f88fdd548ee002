//! One buffer on loan.

use std::{
    ops::{Deref, DerefMut},
    rc::Rc,
};

use crate::pool::Shared;

/// Received bytes in a buffer of the driver's pool; dropping it gives the buffer back.
///
/// Stays on its shard. May outlive the driver, whose pool lives until the last lease is gone.
pub struct Lease {
    pool: Rc<Shared>,
    start: u32,
    end: u32,
    id: u16,
}

impl Lease {
    pub(crate) fn new(pool: Rc<Shared>, id: u16, len: u32) -> Self {
        Self { pool, start: 0, end: len, id }
    }

    /// Forgets the first `count` bytes.
    ///
    /// # Panics
    /// Where the lease is shorter.
    pub fn advance(&mut self, count: usize) {
        assert!(count <= self.len(), "a lease advances within its bytes");
        self.start += count as u32;
    }

    /// Keeps the first `len` bytes; no effect where it is shorter already.
    pub fn truncate(&mut self, len: usize) {
        if len < self.len() {
            self.end = self.start + len as u32;
        }
    }
}

impl Deref for Lease {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        let len = (self.end - self.start) as usize;
        // SAFETY: start <= end <= the buffer's length; the mapping is initialised (zeroed) and
        // lives as long as `pool`; while leased nobody else, the kernel included, touches it.
        unsafe {
            let start = self.pool.buffer(self.id).add(self.start as usize);
            std::slice::from_raw_parts(start.as_ptr(), len)
        }
    }
}

impl DerefMut for Lease {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        let len = (self.end - self.start) as usize;
        // SAFETY: as for Deref, and `&mut self` makes this the only view of the buffer.
        unsafe {
            let start = self.pool.buffer(self.id).add(self.start as usize);
            std::slice::from_raw_parts_mut(start.as_ptr(), len)
        }
    }
}

impl AsRef<[u8]> for Lease {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl Drop for Lease {
    #[inline]
    fn drop(&mut self) {
        self.pool.give_back(self.id);
    }
}

impl std::fmt::Debug for Lease {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Lease").field("id", &self.id).field("len", &self.len()).finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::{Pool, PoolOptions};

    const SMALL: PoolOptions = PoolOptions { buffers: 4, buffer_bytes: 100 };

    #[test]
    fn leases_come_and_go() {
        let pool = Pool::stack(SMALL).unwrap();
        let mut leases: Vec<_> = std::iter::from_fn(|| pool.take()).collect();
        assert_eq!((leases.len(), pool.leased(), pool.free()), (4, 4, 0));
        for (number, lease) in leases.iter_mut().enumerate() {
            lease.fill(number as u8);
        }
        for (number, lease) in leases.iter().enumerate() {
            assert_eq!(lease.len(), 100);
            assert!(lease.iter().all(|byte| *byte == number as u8));
        }
        drop(leases);
        assert_eq!((pool.leased(), pool.free()), (0, 4));
    }

    #[test]
    fn a_lease_is_cut_from_both_ends() {
        let pool = Pool::stack(SMALL).unwrap();
        let mut lease = pool.take().unwrap();
        lease[..5].copy_from_slice(b"hello");
        lease.truncate(5);
        lease.truncate(50);
        lease.advance(1);
        assert_eq!(&lease[..], b"ello");
        lease.advance(4);
        assert!(lease.is_empty());
    }

    #[test]
    #[should_panic(expected = "within its bytes")]
    fn a_lease_does_not_advance_past_its_end() {
        Pool::stack(SMALL).unwrap().take().unwrap().advance(101);
    }

    #[test]
    fn the_memory_outlives_the_pool() {
        let pool = Pool::stack(SMALL).unwrap();
        let mut lease = pool.take().unwrap();
        drop(pool);
        lease[0] = 1;
        assert_eq!(lease[0], 1);
    }

    #[test]
    fn a_ring_tells_the_kernel_of_every_buffer() {
        let pool = Pool::ring(SMALL).unwrap();
        let registration = pool.registration().unwrap();
        assert_eq!(registration.entries, 4);
        assert!(registration.address.is_multiple_of(4096));
        assert!(pool.take().is_none());
        // SAFETY: no kernel knows this ring; the test takes the first buffer in its place.
        let lease = unsafe { pool.filled(0, 7) };
        assert_eq!((lease.len(), pool.leased()), (7, 1));
        drop(lease);
        let tail_address = (registration.address + 14) as *const u16;
        // SAFETY: the ring is mapped while the pool lives, and only this thread uses it.
        assert_eq!(unsafe { tail_address.read() }, 5);
    }

    #[test]
    fn options_out_of_bounds_are_refused() {
        for options in [
            PoolOptions { buffers: 0, ..SMALL },
            PoolOptions { buffers: 3, ..SMALL },
            PoolOptions { buffer_bytes: 0, ..SMALL },
            PoolOptions { buffer_bytes: PoolOptions::BUFFER_BYTES_MAX + 1, ..SMALL },
        ] {
            assert!(Pool::stack(options).is_err());
            assert!(Pool::ring(options).is_err());
        }
    }
}
