//! Clocks, all in nanoseconds.

use rustix::time::{ClockId, Timespec, clock_gettime};

fn nanoseconds(time: Timespec) -> i128 {
    i128::from(time.tv_sec) * 1_000_000_000 + i128::from(time.tv_nsec)
}

/// `CLOCK_MONOTONIC`: nanoseconds since an arbitrary start, never going back.
#[must_use]
pub fn monotonic_ns() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// `CLOCK_REALTIME`: nanoseconds since the Unix epoch.
#[must_use]
pub fn realtime_ns() -> i128 {
    nanoseconds(clock_gettime(ClockId::Realtime))
}

/// Processor time the current thread has used.
#[must_use]
pub fn thread_cpu_ns() -> u64 {
    nanoseconds(clock_gettime(ClockId::ThreadCPUTime)) as u64
}

/// Processor time all threads of the process have used.
#[must_use]
pub fn process_cpu_ns() -> u64 {
    nanoseconds(clock_gettime(ClockId::ProcessCPUTime)) as u64
}

#[cfg(test)]
mod tests {
    #[test]
    fn clocks_advance() {
        let before = super::monotonic_ns();
        let used = super::thread_cpu_ns();
        let mut sum = 0_u64;
        while super::monotonic_ns() - before < 2_000_000 {
            sum = std::hint::black_box(sum + 1);
        }
        assert!(super::thread_cpu_ns() > used);
        assert!(super::process_cpu_ns() >= super::thread_cpu_ns());
        assert!(super::realtime_ns() > 1_600_000_000_000_000_000);
    }
}
