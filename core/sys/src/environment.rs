//! Environment variables of the own process.

use std::ffi::OsStr;

/// Sets a variable that is not set yet.
///
/// Changing the environment while another thread reads it is undefined, so this refuses unless
/// the process has one thread: call it first in `main`. Answers whether the variable is set.
#[must_use]
pub fn set_default(name: &str, value: &str) -> bool {
    if std::env::var_os(name).is_some() {
        return true;
    }
    if threads() != Some(1) {
        return false;
    }
    // SAFETY: no other thread exists that could read or write the environment meanwhile, and
    // none can be started but by this one.
    unsafe { std::env::set_var(OsStr::new(name), OsStr::new(value)) };
    true
}

/// The threads of this process, where the system tells.
fn threads() -> Option<usize> {
    Some(std::fs::read_dir("/proc/self/task").ok()?.count())
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_set_stays() {
        let before = std::env::var_os("PATH");
        assert!(super::set_default("PATH", "/nowhere"));
        assert_eq!(std::env::var_os("PATH"), before);
    }
}
