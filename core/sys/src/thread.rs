//! Names and numbers of threads.

use std::{ffi::CString, io};

/// Names the current thread, as `top -H` and debuggers show it; cut to 15 bytes, as the kernel
/// does.
///
/// # Errors
/// `EINVAL` for a name with a NUL in its first 15 bytes.
pub fn name_current_thread(name: &str) -> io::Result<()> {
    let name = CString::new(&name.as_bytes()[..name.len().min(15)])
        .map_err(|_| io::Error::from_raw_os_error(libc::EINVAL))?;
    rustix::thread::set_name(&name)?;
    Ok(())
}

/// The kernel's number of the current thread.
#[must_use]
pub fn current_thread_id() -> i32 {
    rustix::thread::gettid().as_raw_nonzero().get()
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_name_reaches_the_kernel() {
        std::thread::spawn(|| {
            super::name_current_thread("dx-a-name-too-long").unwrap();
            let path = format!("/proc/self/task/{}/comm", super::current_thread_id());
            assert_eq!(std::fs::read_to_string(path).unwrap(), "dx-a-name-too-l\n");
            assert!(super::name_current_thread("a\0b").is_err());
        })
        .join()
        .unwrap();
    }
}
