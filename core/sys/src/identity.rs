//! Whose rights the process runs with. The calls change every thread of the process, as the C
//! library makes them do; the bare system calls would change one.

use std::{ffi::CString, io};

fn check(result: libc::c_int) -> io::Result<()> {
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// `setuid(2)`
///
/// # Errors
/// As the call.
pub fn set_user(user: u32) -> io::Result<()> {
    // SAFETY: takes a number.
    check(unsafe { libc::setuid(user) })
}

/// `seteuid(2)`
///
/// # Errors
/// As the call.
pub fn set_effective_user(user: u32) -> io::Result<()> {
    // SAFETY: takes a number.
    check(unsafe { libc::seteuid(user) })
}

/// `setgid(2)`
///
/// # Errors
/// As the call.
pub fn set_group(group: u32) -> io::Result<()> {
    // SAFETY: takes a number.
    check(unsafe { libc::setgid(group) })
}

/// `setegid(2)`
///
/// # Errors
/// As the call.
pub fn set_effective_group(group: u32) -> io::Result<()> {
    // SAFETY: takes a number.
    check(unsafe { libc::setegid(group) })
}

/// `setgroups(2)`
///
/// # Errors
/// As the call.
pub fn set_groups(groups: &[u32]) -> io::Result<()> {
    // SAFETY: the list is readable for its length.
    check(unsafe { libc::setgroups(groups.len(), groups.as_ptr()) })
}

/// `initgroups(3)`: the groups of a user by name, and one more.
///
/// # Errors
/// As the call; `InvalidInput` for a name with a NUL.
pub fn init_groups(user: &str, group: u32) -> io::Result<()> {
    let user = CString::new(user).map_err(|_| io::Error::from(io::ErrorKind::InvalidInput))?;
    // SAFETY: the name ends with a NUL.
    check(unsafe { libc::initgroups(user.as_ptr(), group) })
}
