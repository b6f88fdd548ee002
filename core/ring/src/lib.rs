//! Lock-free rings, doorbells and generational slabs: what shards hand values over with.
//!
//! - [`spsc`]: a bounded ring from one thread to one other, published a batch at a time;
//! - [`mpsc`]: a bounded queue from any thread to one;
//! - [`SleepFlag`]: lets a producer ring the consumer's doorbell only when it sleeps;
//! - [`Slab`]: values in slots named by an index and a generation, on one thread;
//! - [`Parcel`]: a value of any type, stored inline, as it travels through a ring.
//!
//! Invariants:
//! - every bound is fixed when a ring is made, and a refused value goes back to its sender;
//! - a value is dropped exactly once: by the receiver, or by the ring when both ends are gone;
//! - nothing here blocks, allocates after construction (but for a slab that grows) or knows an
//!   I/O driver.
//!
//! Who owns it: each half of a ring belongs to one thread; slabs never leave theirs. The unsafe
//! parts are modelled with loom (`RUSTFLAGS="--cfg loom" cargo test -p dx-ring --release`).

mod pad;
mod parcel;
mod slab;
mod sleep;
mod sync;

pub mod mpsc;
pub mod spsc;

pub use pad::CachePadded;
pub use parcel::{PARCEL_WORDS, Parcel};
pub use slab::{Key, Slab};
pub use sleep::SleepFlag;
