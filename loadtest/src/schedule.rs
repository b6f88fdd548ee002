//! When an open loop's requests are due.

use std::collections::VecDeque;

/// One thread's share of a constant rate. Times are nanoseconds of the thread's clock.
///
/// Due times follow from the start and the rate alone, never from when anything happened: a
/// server that stalls does not make the requests it should have had meanwhile disappear.
#[derive(Debug)]
pub(crate) struct Schedule {
    start_ns: u64,
    interval_ns: f64,
    taken: u64,
    /// Due times of requests a server declined to answer by closing politely.
    returned: VecDeque<u64>,
}

impl Schedule {
    /// The schedule of thread `thread` of `threads` that have `rate` requests a second together.
    /// The threads take turns.
    pub(crate) fn new(start_ns: u64, rate: f64, thread: usize, threads: usize) -> Self {
        let apart_ns = 1e9 / rate;
        Self {
            start_ns: start_ns + (apart_ns * thread as f64) as u64,
            interval_ns: apart_ns * threads as f64,
            taken: 0,
            returned: VecDeque::new(),
        }
    }

    /// When the next request is due.
    pub(crate) fn next_ns(&self) -> u64 {
        match self.returned.front() {
            Some(due) => *due,
            None => self.start_ns + (self.interval_ns * self.taken as f64) as u64,
        }
    }

    /// Takes the next request if it is due at `now_ns`, with its due time.
    pub(crate) fn take(&mut self, now_ns: u64) -> Option<u64> {
        let due = self.next_ns();
        if due > now_ns {
            return None;
        }
        if self.returned.pop_front().is_none() {
            self.taken += 1;
        }
        Some(due)
    }

    /// Gives a request back, to be sent again.
    pub(crate) fn give_back(&mut self, due_ns: u64) {
        self.returned.push_back(due_ns);
    }
}

#[cfg(test)]
mod tests {
    use super::Schedule;

    fn taken(schedule: &mut Schedule, now_ns: u64) -> Vec<u64> {
        std::iter::from_fn(|| schedule.take(now_ns)).collect()
    }

    #[test]
    fn due_times_do_not_drift_or_wait() {
        let mut schedule = Schedule::new(1_000, 1e6, 0, 1);
        assert_eq!(taken(&mut schedule, 999), []);
        assert_eq!(taken(&mut schedule, 1_000), [1_000]);
        assert_eq!(taken(&mut schedule, 3_999), [2_000, 3_000]);
        // A stall makes everything in it due, each at its own time.
        assert_eq!(taken(&mut schedule, 1_000_000).len(), 997);
        let mut thirds = Schedule::new(0, 3.0, 0, 1);
        assert_eq!(taken(&mut thirds, 1_000_000_000_000).len(), 3_001);
    }

    #[test]
    fn threads_take_turns() {
        let mut all: Vec<u64> =
            (0..4).flat_map(|thread| taken(&mut Schedule::new(0, 1e6, thread, 4), 9_999)).collect();
        all.sort_unstable();
        assert_eq!(all, (0..10).map(|index| index * 1_000).collect::<Vec<_>>());
    }

    #[test]
    fn what_is_given_back_comes_first() {
        let mut schedule = Schedule::new(0, 1e9, 0, 1);
        assert_eq!(taken(&mut schedule, 2), [0, 1, 2]);
        schedule.give_back(1);
        assert_eq!(taken(&mut schedule, 3), [1, 3]);
    }
}
