//! Resource limits.

use std::io;

use rustix::process::{Resource, getrlimit, setrlimit};

/// Raises the soft limit on open descriptors to the hard one, as servers need; the new limit
/// (`u64::MAX` where there is none).
///
/// # Errors
/// As `setrlimit(2)`.
pub fn raise_open_files() -> io::Result<u64> {
    let mut limit = getrlimit(Resource::Nofile);
    if limit.current != limit.maximum {
        limit.current = limit.maximum;
        setrlimit(Resource::Nofile, limit)?;
    }
    Ok(limit.maximum.unwrap_or(u64::MAX))
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
    fn the_soft_limit_becomes_the_hard_one() {
        let limit = super::raise_open_files().unwrap();
        assert!(limit >= 256);
        assert_eq!(super::raise_open_files().unwrap(), limit);
    }
}
