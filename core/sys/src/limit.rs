//! Resource limits.

use std::io;

use rustix::process::{Resource, getrlimit, setrlimit};

/// The soft limit asked for where the hard one is higher: children inherit it, and some of them
/// make a table of that size.
const OPEN_FILES_MAX: u64 = 1 << 20;

/// Raises the soft limit on open descriptors towards the hard one, as servers need; the limit
/// that holds then (`u64::MAX` where there is none). It is never lowered.
///
/// # Errors
/// As `setrlimit(2)`.
pub fn raise_open_files() -> io::Result<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    let wanted = limit.maximum.unwrap_or(u64::MAX).min(OPEN_FILES_MAX);
    let current = limit.current.unwrap_or(u64::MAX);
    if current >= wanted {
        return Ok(current);
    }
    limit.current = Some(wanted);
    setrlimit(Resource::Nofile, limit)?;
    Ok(wanted)
}

/// Sets the soft limit on open descriptors, at most the hard one.
///
/// # Errors
/// As `setrlimit(2)`.
pub fn set_open_files(count: u64) -> io::Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = Some(count);
    Ok(setrlimit(Resource::Nofile, limit)?)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_soft_limit_is_raised_once() {
        let limit = super::raise_open_files().unwrap();
        assert!(limit >= 256);
        assert_eq!(super::raise_open_files().unwrap(), limit);
    }
}
