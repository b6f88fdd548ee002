//! How busy a generator thread was: whether it could have done more.

use dx_sys::clock;

/// Processor time of a thread at one moment, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Usage {
    at: u64,
    running: u64,
    /// Time spent ready to run while something else had the processor.
    waiting: u64,
}

impl Usage {
    /// The current thread's, now.
    pub(crate) fn now() -> Self {
        Self {
            at: clock::monotonic_ns(),
            running: clock::thread_cpu_ns(),
            waiting: queue_wait_ns().unwrap_or(0),
        }
    }

    /// What happened since `earlier`.
    pub(crate) fn since(self, earlier: Self) -> ThreadUsage {
        ThreadUsage {
            wall_ns: self.at - earlier.at,
            running_ns: self.running - earlier.running,
            waiting_ns: self.waiting.saturating_sub(earlier.waiting),
        }
    }
}

/// What one generator thread did while measuring, in nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ThreadUsage {
    /// Time that passed.
    pub wall_ns: u64,
    /// Processor time used.
    pub running_ns: u64,
    /// Time spent ready to run without a processor; 0 where the kernel does not say.
    pub waiting_ns: u64,
}

impl ThreadUsage {
    /// Share of the time it used a processor.
    #[must_use]
    pub fn running(&self) -> f64 {
        self.running_ns as f64 / self.wall_ns.max(1) as f64
    }

    /// Share of the time it waited for a processor.
    #[must_use]
    pub fn waiting(&self) -> f64 {
        self.waiting_ns as f64 / self.wall_ns.max(1) as f64
    }

    /// Share of the time it had nothing to do but wait for the server.
    #[must_use]
    pub fn idle(&self) -> f64 {
        (1.0 - self.running() - self.waiting()).max(0.0)
    }
}

/// Second field of schedstat (proc_pid_schedstat(5)): nanoseconds on a run queue.
fn queue_wait_ns() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_ascii_whitespace().nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::{ThreadUsage, Usage};
    use std::time::{Duration, Instant};

    #[test]
    fn a_sleeping_thread_is_idle_and_a_spinning_one_is_not() {
        let start = Usage::now();
        std::thread::sleep(Duration::from_millis(50));
        let slept = Usage::now();
        let until = Instant::now() + Duration::from_millis(50);
        while Instant::now() < until {
            std::hint::spin_loop();
        }
        let spun = Usage::now();
        let (asleep, busy) = (slept.since(start), spun.since(slept));
        // It may wait for a processor when it wakes, but it does not run.
        assert!(asleep.running() < 0.5, "{asleep:?}");
        assert!(busy.idle() < 0.5, "{busy:?}");
    }

    #[test]
    fn shares_add_up() {
        let usage = ThreadUsage { wall_ns: 100, running_ns: 60, waiting_ns: 30 };
        assert!((usage.idle() - 0.1).abs() < 1e-9);
        let strange = ThreadUsage { wall_ns: 0, running_ns: 1, waiting_ns: 1 };
        assert!(strange.idle() == 0.0);
    }
}
