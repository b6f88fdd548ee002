//! Doorbell coalescing: a producer rings only when the consumer sleeps, and only one does.
//!
//! The consumer says that it is about to sleep, then looks at its rings once more; a producer
//! publishes, then looks at the flag. The two sequentially consistent fences order these four
//! steps, so at least one side sees the other and no wake-up is lost.

use crate::sync::{AtomicBool, Ordering, fence};

/// Whether the consumer sleeps, or is about to.
#[derive(Debug)]
pub struct SleepFlag(AtomicBool);

impl Default for SleepFlag {
    fn default() -> Self {
        Self::new()
    }
}

impl SleepFlag {
    /// A consumer that is awake.
    #[must_use]
    pub fn new() -> Self {
        Self(AtomicBool::new(false))
    }

    /// The consumer is about to sleep: it must look at all its rings after this, and sleep only
    /// if they are empty.
    pub fn prepare_sleep(&self) {
        self.0.store(true, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// The consumer is awake; producers need not ring.
    pub fn awake(&self) {
        self.0.store(false, Ordering::Relaxed);
    }

    /// Asked by a producer after it published: whether it must ring. Of several producers that
    /// ask while the consumer sleeps, one is told to.
    #[must_use]
    pub fn must_ring(&self) -> bool {
        fence(Ordering::SeqCst);
        self.0.load(Ordering::Relaxed) && self.0.swap(false, Ordering::Relaxed)
    }
}
