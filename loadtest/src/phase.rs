//! The phases of a run and when they change. Times are nanoseconds of the thread's clock.

use std::time::Duration;

/// What a run is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Phase {
    /// Connections are opened; nothing is sent.
    Connecting,
    /// Load without counting.
    WarmUp,
    /// Load that counts.
    Measuring,
    /// Nothing new is sent; an open loop's answers are waited for.
    Draining,
    /// Over.
    Done,
}

impl Phase {
    /// Whether requests are sent.
    pub(crate) fn sends(self) -> bool {
        matches!(self, Self::WarmUp | Self::Measuring)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Timeline {
    pub(crate) measure_from_ns: u64,
    /// When measuring ends at the latest.
    pub(crate) measure_until_ns: u64,
    /// When it did end.
    pub(crate) measured_until_ns: u64,
    pub(crate) drain_until_ns: u64,
}

impl Timeline {
    pub(crate) fn new(now_ns: u64, warm_up: Duration, duration: Option<Duration>) -> Self {
        let mut timeline = Self::default();
        timeline.measure_from(now_ns.saturating_add(nanoseconds(warm_up)), duration);
        timeline
    }

    pub(crate) fn measure_from(&mut self, now_ns: u64, duration: Option<Duration>) {
        self.measure_from_ns = now_ns;
        let length_ns = duration.map_or(u64::MAX, nanoseconds);
        self.measure_until_ns = now_ns.saturating_add(length_ns);
    }

    pub(crate) fn drain_from(&mut self, now_ns: u64, grace: Duration) {
        self.measured_until_ns = now_ns;
        self.drain_until_ns = now_ns.saturating_add(nanoseconds(grace));
    }

    /// When `phase` ends by the clock.
    pub(crate) fn next_ns(&self, phase: Phase) -> u64 {
        match phase {
            Phase::WarmUp => self.measure_from_ns,
            Phase::Measuring => self.measure_until_ns,
            Phase::Draining => self.drain_until_ns,
            Phase::Connecting | Phase::Done => u64::MAX,
        }
    }
}

/// A duration in nanoseconds, as far as 64 bits hold it (584 years).
pub(crate) fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
