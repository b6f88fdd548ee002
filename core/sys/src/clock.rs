//! Clocks, all in nanoseconds.
//!
//! Through the C library, which reads the kernel's shared page without a system call and, unlike
//! a reader of our own or of a crate, is known to memory checkers.

fn read(clock: libc::clockid_t) -> u64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: `time` is writable for the length of the call. The clocks named below exist on
    // every Linux, so the call cannot fail.
    unsafe { libc::clock_gettime(clock, &raw mut time) };
    time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64
}

/// `CLOCK_MONOTONIC`: nanoseconds since an arbitrary start, never going back.
#[inline]
#[must_use]
pub fn monotonic_ns() -> u64 {
    read(libc::CLOCK_MONOTONIC)
}

/// `CLOCK_REALTIME`: nanoseconds since the Unix epoch.
#[must_use]
pub fn realtime_ns() -> i128 {
    i128::from(read(libc::CLOCK_REALTIME))
}

/// Processor time the current thread has used.
#[must_use]
pub fn thread_cpu_ns() -> u64 {
    read(libc::CLOCK_THREAD_CPUTIME_ID)
}

/// Processor time all threads of the process have used.
#[must_use]
pub fn process_cpu_ns() -> u64 {
    read(libc::CLOCK_PROCESS_CPUTIME_ID)
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
