//! When a busy server waits for several completions instead of the first: interrupt moderation
//! as network cards do it, as a policy without I/O.
//!
//! A server that is faster than its clients falls asleep after every few requests, and pays for
//! each turn (waking, entering the kernel, calling the script) what it could pay once for many.
//! Its owner tells a [`Moderation`] of every receive, and asks it now and then what to give to
//! [`Driver::set_patience`](crate::Driver::set_patience).
//!
//! Invariants:
//! - a wait is prolonged by at most a fraction of the time in which a connection goes from one
//!   request to its next, and never by more than a constant (see [`Pace`]);
//! - it ends early with a fraction of the busy connections, so a server that is itself the limit
//!   (all of them wait for it) never rests;
//! - with fewer than [`BUSY_MIN`] busy connections, or where waiting would hardly bring a second
//!   request, there is none.

use std::time::Duration;

/// Nanoseconds over which connections and receives are counted.
const WINDOW_NS: u64 = 4_000_000;
/// A window this late says nothing about the present: 16 of them.
const WINDOW_NS_MAX: u64 = 16 * WINDOW_NS;
/// Busy connections from which on it can pay to wait.
const BUSY_MIN: u32 = 16;
/// Receives a prolonged wait must be expected to bring.
const RECEIVES_MIN: u64 = 2;

/// How far waits may go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pace {
    /// One of so many busy connections ends a wait.
    busy_share: u32,
    /// Most completions waited for, so that the replies of a turn stay in a processor's caches.
    events_max: u32,
    /// One of so many parts of a connection's turnaround may be spent waiting.
    turnaround_share: u64,
    /// Longest prolongation in nanoseconds.
    longest_ns: u64,
}

impl Pace {
    /// Of a shard that answers by itself. With 64 connections, a quarter of them and an eighth of
    /// their turnaround took 6 to 17 % more processor time a request, for a median latency at most
    /// a twentieth lower.
    pub const ANSWERS: Self =
        Self { busy_share: 2, events_max: 48, turnaround_share: 5, longest_ns: 150_000 };
    /// Of a shard that hands requests to another and waits for its answers. Each turn also wakes
    /// the other one, which costs both some 20 us of processor time: with half of the busy
    /// connections at one and half at the other, both are woken least.
    pub const HANDS_ON: Self =
        Self { busy_share: 2, events_max: 64, turnaround_share: 4, longest_ns: 250_000 };
}

/// What to ask of [`Driver::set_patience`](crate::Driver::set_patience).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Patience {
    /// Completions that end the wait.
    pub events: u32,
    /// How long it lasts without them.
    pub longest: Duration,
}

impl Patience {
    /// The first completion ends the wait.
    pub const NONE: Self = Self { events: 1, longest: Duration::ZERO };
}

/// The window in which a connection was seen last; each connection keeps one.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LastSeen(u32);

/// The policy of one shard.
#[derive(Debug)]
pub struct Moderation {
    pace: Pace,
    /// Never 0, which is when connections were seen that never were.
    window: u32,
    start_ns: u64,
    receives: u32,
    /// Connections seen in this window.
    busy: u32,
    current: Patience,
}

impl Moderation {
    /// The policy of a shard that has received nothing yet.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self { pace, window: 1, start_ns: 0, receives: 0, busy: 0, current: Patience::NONE }
    }

    /// Something was received on the connection that `seen` belongs to.
    #[inline]
    pub fn received(&mut self, seen: &mut LastSeen) {
        self.receives += 1;
        if seen.0 != self.window {
            seen.0 = self.window;
            self.busy += 1;
        }
    }

    /// To be called after each turn: what the waits from now on are to be like, where that is
    /// not what they are like already.
    #[inline]
    pub fn review(&mut self, now_ns: u64) -> Option<Patience> {
        let elapsed_ns = now_ns.saturating_sub(self.start_ns);
        if elapsed_ns < WINDOW_NS {
            return None;
        }
        let next = patience_for(self.pace, self.busy, self.receives, elapsed_ns);
        self.window = self.window.wrapping_add(1).max(1);
        self.start_ns = now_ns;
        self.receives = 0;
        self.busy = 0;
        let changed = next != self.current;
        self.current = next;
        changed.then_some(next)
    }
}

/// The wait that suits a window of `elapsed_ns` in which `busy` connections received `receives`
/// times.
fn patience_for(pace: Pace, busy: u32, receives: u32, elapsed_ns: u64) -> Patience {
    if busy < BUSY_MIN || elapsed_ns > WINDOW_NS_MAX {
        return Patience::NONE;
    }
    let turnaround_ns = elapsed_ns * u64::from(busy) / u64::from(receives.max(1));
    let longest_ns = (turnaround_ns / pace.turnaround_share).min(pace.longest_ns);
    if u64::from(receives) * longest_ns / elapsed_ns < RECEIVES_MIN {
        return Patience::NONE;
    }
    // Whole microseconds are what the kernel takes.
    let longest = Duration::from_micros(longest_ns / 1_000);
    Patience { events: (busy / pace.busy_share).min(pace.events_max), longest }
}

#[cfg(test)]
mod tests {
    use super::{
        BUSY_MIN, LastSeen, Moderation, Pace, Patience, WINDOW_NS, WINDOW_NS_MAX, patience_for,
    };
    use std::time::Duration;

    #[test]
    fn many_busy_connections_make_waits_longer() {
        // 64 connections, 128,000 requests a second: 500 us from one request to the next.
        let wait = |pace, busy| {
            let Patience { events, longest } = patience_for(pace, busy, 512, WINDOW_NS);
            (events, longest.as_micros())
        };
        assert_eq!(wait(Pace::ANSWERS, 64), (32, 100));
        assert_eq!(wait(Pace::ANSWERS, 1_024), (48, 150));
        assert_eq!(wait(Pace::HANDS_ON, 64), (32, 125));
        assert_eq!(wait(Pace::HANDS_ON, 1_024), (64, 250));
    }

    #[test]
    fn few_connections_are_never_kept_waiting() {
        for busy in 0..BUSY_MIN {
            assert_eq!(patience_for(Pace::HANDS_ON, busy, 100_000, WINDOW_NS), Patience::NONE);
        }
    }

    #[test]
    fn a_wait_that_would_bring_little_is_not_prolonged() {
        // 20 of ten thousand connections happened to send something: 5,000 requests a second.
        assert_eq!(patience_for(Pace::ANSWERS, 20, 20, WINDOW_NS), Patience::NONE);
        // What was counted long ago says nothing.
        let late = patience_for(Pace::ANSWERS, 64, 100_000, WINDOW_NS_MAX + 1);
        assert_eq!(late, Patience::NONE);
    }

    #[test]
    fn no_wait_takes_more_than_its_share_of_the_turnaround() {
        for busy in [16, 64, 300, 5_000] {
            for receives in [busy, 3 * busy, 20 * busy, 400 * busy] {
                let patience = patience_for(Pace::ANSWERS, busy, receives, WINDOW_NS);
                let longest_ns = patience.longest.as_nanos() as u64;
                let turnaround_ns = WINDOW_NS * u64::from(busy) / u64::from(receives);
                assert!(longest_ns <= turnaround_ns / 5 && longest_ns <= 150_000);
                assert!(patience.events <= busy / 2 || patience == Patience::NONE);
            }
        }
    }

    #[test]
    fn the_policy_follows_the_load_and_says_so_once() {
        let mut moderation = Moderation::new(Pace::ANSWERS);
        let mut connections = [LastSeen::default(); 64];
        assert_eq!(moderation.review(WINDOW_NS), None);
        let mut load = |moderation: &mut Moderation| {
            for _ in 0..8 {
                connections.iter_mut().for_each(|seen| moderation.received(seen));
            }
        };
        load(&mut moderation);
        assert_eq!(moderation.review(2 * WINDOW_NS - 1), None, "the window is not over");
        let busy = Patience { events: 32, longest: Duration::from_micros(100) };
        assert_eq!(moderation.review(2 * WINDOW_NS), Some(busy));
        load(&mut moderation);
        assert_eq!(moderation.review(3 * WINDOW_NS), None, "nothing has changed");
        assert_eq!(moderation.review(4 * WINDOW_NS), Some(Patience::NONE), "the load is gone");
        assert_eq!(moderation.review(5 * WINDOW_NS), None);
    }
}
