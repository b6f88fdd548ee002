//! What the process has used, by `getrusage(2)`.

/// Figures of the process since its start; the names say the units.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[allow(missing_docs)] // the names are those of getrusage(2), spelt out
pub struct Usage {
    pub user_us: i64,
    pub system_us: i64,
    pub resident_max_kib: i64,
    pub minor_faults: i64,
    pub major_faults: i64,
    pub blocks_read: i64,
    pub blocks_written: i64,
    pub voluntary_switches: i64,
    pub involuntary_switches: i64,
}

impl From<libc::rusage> for Usage {
    fn from(usage: libc::rusage) -> Self {
        let microseconds = |time: libc::timeval| time.tv_sec * 1_000_000 + time.tv_usec;
        Self {
            user_us: microseconds(usage.ru_utime),
            system_us: microseconds(usage.ru_stime),
            resident_max_kib: usage.ru_maxrss,
            minor_faults: usage.ru_minflt,
            major_faults: usage.ru_majflt,
            blocks_read: usage.ru_inblock,
            blocks_written: usage.ru_oublock,
            voluntary_switches: usage.ru_nvcsw,
            involuntary_switches: usage.ru_nivcsw,
        }
    }
}

fn read(whose: libc::c_int) -> Usage {
    // SAFETY: plain data, written by the kernel.
    unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        if libc::getrusage(whose, &mut usage) != 0 {
            return Usage::default();
        }
        Usage::from(usage)
    }
}

/// The figures of the process now; zeros where the kernel refuses them.
#[must_use]
pub fn of_process() -> Usage {
    read(libc::RUSAGE_SELF)
}

/// The figures of the calling thread now.
#[must_use]
pub fn of_thread() -> Usage {
    read(libc::RUSAGE_THREAD)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_process_has_used_something() {
        let usage = super::of_process();
        assert!(usage.resident_max_kib > 0 && usage.minor_faults > 0);
    }
}
