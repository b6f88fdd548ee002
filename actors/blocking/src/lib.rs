//! A bounded pool of threads for calls that have no asynchronous form.
//!
//! A closure goes in with one of [`JOBS_MAX`] credits, its result comes back as a future on the
//! shard that sent it. Threads start when there is work and none is idle, and end when there has
//! been none for a while, so that a program that never blocks has none.
//!
//! Invariants:
//! - jobs queued and running <= credits taken <= [`JOBS_MAX`];
//! - a job that was taken runs once, unless its future is dropped before a thread gets to it;
//! - a panic ends the job, not the thread.
//!
//! Who owns it: the process; [`Pool`] is cloned to every shard. How it fails: a full pool gives
//! the closure back; a panic is a [`BlockingError`].

#![forbid(unsafe_code)]

mod future;
mod pool;

pub use future::{Blocking, BlockingError};
pub use pool::{Pool, PoolOptions, PoolSnapshot, Refused};

/// The pool of the process, made when first asked for; all shards send their jobs to it.
#[must_use]
pub fn shared() -> &'static Pool {
    static POOL: std::sync::OnceLock<Pool> = std::sync::OnceLock::new();
    POOL.get_or_init(Pool::default)
}

/// Jobs queued and running at most. With [`THREADS_MAX`] threads, the last of a full queue waits
/// for 31 before it: enough to bridge a burst, few enough to push back before memory fills.
pub const JOBS_MAX: usize = 256;

/// Threads at most, where nothing else is asked for.
pub const THREADS_MAX: usize = 8;
