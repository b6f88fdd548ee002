//! Which processors a thread may run on.

use std::io;

use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// The processors this process may use, in ascending order; never empty.
///
/// # Errors
/// As `sched_getaffinity(2)`.
pub fn available_cores() -> io::Result<Vec<usize>> {
    let set = sched_getaffinity(None)?;
    Ok((0..CpuSet::MAX_CPU).filter(|core| set.is_set(*core)).collect())
}

/// Binds the current thread to one processor.
///
/// # Errors
/// `EINVAL` where the processor does not exist or is not allowed; else as
/// `sched_setaffinity(2)`.
pub fn pin_current_thread(core: usize) -> io::Result<()> {
    if core >= CpuSet::MAX_CPU {
        return Err(io::Error::from_raw_os_error(libc::EINVAL));
    }
    let mut set = CpuSet::new();
    set.set(core);
    sched_setaffinity(None, &set)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{available_cores, pin_current_thread};

    #[test]
    fn a_thread_pins_itself_to_an_available_core() {
        std::thread::spawn(|| {
            let cores = available_cores().unwrap();
            pin_current_thread(cores[0]).unwrap();
            assert_eq!(available_cores().unwrap(), [cores[0]]);
        })
        .join()
        .unwrap();
    }

    #[test]
    fn a_core_that_does_not_exist_is_an_error() {
        assert!(pin_current_thread(usize::MAX).is_err());
    }
}
