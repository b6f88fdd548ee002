//! Receive buffers and the leases that borrow them.
//!
//! A [`Pool`] belongs to one shard's driver. Its free buffers wait either in a ring the kernel
//! takes them from (io_uring) or on a stack the driver takes them from (epoll, simulation). A
//! [`Lease`] is one filled buffer on loan; dropping it gives the buffer back by a store to
//! shared memory, without a system call. Neither leaves its thread.
//!
//! Invariants:
//! - a buffer is either free or behind exactly one lease, never both;
//! - the memory outlives every lease, even those that outlive the driver;
//! - nothing is touched before it is first filled, so an idle pool costs address space only.
//!
//! Running out of buffers is not a failure here: [`Pool::take`] says `None`, the kernel
//! `ENOBUFS`.

#![allow(unsafe_code)]

mod lease;
mod pool;
mod ring;
mod shared;

pub use lease::Lease;
pub use pool::{Pool, PoolOptions};
pub use ring::RingRegistration;
pub use shared::{External, Scratch, Segment, SegmentWriter};
