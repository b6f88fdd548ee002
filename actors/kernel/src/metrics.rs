//! Counters of an actor, written by its shard alone and readable from any thread.

use std::sync::atomic::{AtomicU64, Ordering};

/// Buckets of the latency histogram; bucket `i` counts latencies under `2^i` microseconds (of
/// 1,024 ns) that are not in an earlier one, the last everything longer.
pub const LATENCY_BUCKETS: usize = 28;

/// One writer: loads and stores without read-modify-write.
#[derive(Default, Debug)]
pub(crate) struct Counters {
    pub(crate) depth: Count,
    pub(crate) depth_max: Count,
    pub(crate) messages: Count,
    pub(crate) events: Count,
    pub(crate) batches: Count,
    pub(crate) panics: Count,
    pub(crate) restarts: Count,
    pub(crate) latency_sum_ns: Count,
    pub(crate) latency_max_ns: Count,
    pub(crate) latency: [Count; LATENCY_BUCKETS],
}

/// A number with one writer.
#[derive(Default, Debug)]
pub(crate) struct Count(AtomicU64);

impl Count {
    #[inline]
    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    #[inline]
    pub(crate) fn set(&self, value: u64) {
        self.0.store(value, Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn add(&self, value: u64) {
        self.set(self.get().wrapping_add(value));
    }

    #[inline]
    pub(crate) fn raise(&self, value: u64) {
        if value > self.get() {
            self.set(value);
        }
    }
}

impl Counters {
    pub(crate) fn record_latency(&self, latency_ns: u64) {
        self.batches.add(1);
        self.latency_sum_ns.add(latency_ns);
        self.latency_max_ns.raise(latency_ns);
        let bucket = (u64::BITS - (latency_ns >> 10).leading_zeros()) as usize;
        self.latency[bucket.min(LATENCY_BUCKETS - 1)].add(1);
    }

    pub(crate) fn snapshot(&self, name: &str, shard: usize) -> ActorSnapshot {
        ActorSnapshot {
            name: name.to_owned(),
            shard,
            mailbox_depth: self.depth.get(),
            mailbox_depth_max: self.depth_max.get(),
            messages: self.messages.get(),
            events: self.events.get(),
            batches: self.batches.get(),
            panics: self.panics.get(),
            restarts: self.restarts.get(),
            latency_sum_ns: self.latency_sum_ns.get(),
            latency_max_ns: self.latency_max_ns.get(),
            latency: std::array::from_fn(|index| self.latency[index].get()),
        }
    }
}

/// What an actor has done so far.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ActorSnapshot {
    /// The actor's name.
    pub name: String,
    /// Its shard.
    pub shard: usize,
    /// Messages waiting when last looked at.
    pub mailbox_depth: u64,
    /// The most that ever waited.
    pub mailbox_depth_max: u64,
    /// Messages handled.
    pub messages: u64,
    /// Reactor events handled.
    pub events: u64,
    /// Runs of messages; each has one latency.
    pub batches: u64,
    /// Handlers that panicked.
    pub panics: u64,
    /// Times it was built anew.
    pub restarts: u64,
    /// Sum of the batches' latencies: from the round the first message was queued in to the end
    /// of the round it was handled in.
    pub latency_sum_ns: u64,
    /// The longest latency.
    pub latency_max_ns: u64,
    /// Counts by latency; see [`LATENCY_BUCKETS`].
    pub latency: [u64; LATENCY_BUCKETS],
}

impl ActorSnapshot {
    /// An upper bound of the latency that `share` (0 to 1) of the batches kept, in nanoseconds.
    #[must_use]
    pub fn latency_quantile_ns(&self, share: f64) -> u64 {
        let wanted = (self.batches as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (bucket, count) in self.latency.iter().enumerate() {
            seen += count;
            if seen >= wanted {
                return (1024 << bucket).min(self.latency_max_ns);
            }
        }
        self.latency_max_ns
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latencies_fall_into_their_buckets() {
        let counters = Counters::default();
        for latency in [0, 1023, 1024, 2047, 2048, 1_000_000, u64::MAX] {
            counters.record_latency(latency);
        }
        let snapshot = counters.snapshot("a", 3);
        assert_eq!(snapshot.latency[..3], [2, 2, 1]);
        assert_eq!(snapshot.latency[10], 1);
        assert_eq!(snapshot.latency[LATENCY_BUCKETS - 1], 1);
        assert_eq!((snapshot.batches, snapshot.latency_max_ns), (7, u64::MAX));
        assert_eq!(snapshot.latency_quantile_ns(0.5), 2048);
    }
}
