//! Choosing a driver at start.

use std::io;

use crate::{Driver, DriverKind, Epoll, Sim, SimOptions, Uring, epoll::FILE_THREADS_MAX};

/// The environment variable that says where connections within the process go: `process` (the
/// default) leaves them there, `tcp` has the kernel carry them.
pub const LOOPBACK_VARIABLE: &str = "DX_LOOPBACK";

fn loopback_from_environment() -> io::Result<bool> {
    match std::env::var_os(LOOPBACK_VARIABLE).as_deref().map(std::ffi::OsStr::as_encoded_bytes) {
        None | Some(b"" | b"process") => Ok(true),
        Some(b"tcp") => Ok(false),
        Some(_) => Err(io::Error::other("DX_LOOPBACK must be one of: process, tcp")),
    }
}

impl DriverKind {
    /// The environment variable that forces a driver.
    pub const ENVIRONMENT_VARIABLE: &str = "DX_DRIVER";

    /// The driver `DX_DRIVER` asks for: `uring`, `epoll`, `sim`, or none where it is unset or
    /// empty.
    ///
    /// # Errors
    /// A message for the user where it says anything else.
    pub fn from_environment() -> Result<Option<Self>, String> {
        match std::env::var_os(Self::ENVIRONMENT_VARIABLE) {
            None => Ok(None),
            Some(value) if value.is_empty() => Ok(None),
            Some(value) => value.to_str().and_then(Self::from_name).map(Some).ok_or_else(|| {
                format!("DX_DRIVER is {value:?}, but must be one of: uring, epoll, sim")
            }),
        }
    }

    /// The inverse of [`DriverKind::name`].
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Uring, Self::Epoll, Self::Sim].into_iter().find(|kind| kind.name() == name)
    }

    /// `uring`, `epoll` or `sim`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Uring => "uring",
            Self::Epoll => "epoll",
            Self::Sim => "sim",
        }
    }
}

/// Opens the driver asked for, or the best one this kernel allows, on the current thread, with
/// connections within the process as [`LOOPBACK_VARIABLE`] says. The text says which and why, for
/// people.
///
/// # Errors
/// Where the driver asked for, or the last one tried, cannot be opened, or the variable says
/// something unknown.
pub fn probe_and_open(choice: Option<DriverKind>) -> io::Result<(Box<dyn Driver>, String)> {
    let allowed = loopback_from_environment()?;
    let (mut driver, text) = match choice {
        Some(DriverKind::Uring) => open_uring("asked for"),
        Some(DriverKind::Epoll) => open_epoll("asked for"),
        Some(DriverKind::Sim) => open_sim(),
        None => open_uring("the kernel offers it").or_else(|error| open_epoll(&error.to_string())),
    }?;
    driver.allow_loopback(allowed);
    Ok((driver, text))
}

fn open_uring(why: &str) -> io::Result<(Box<dyn Driver>, String)> {
    let driver = Uring::open()?;
    let text = format!("uring ({why}): {}", driver.description());
    Ok((Box::new(driver), text))
}

fn open_epoll(why: &str) -> io::Result<(Box<dyn Driver>, String)> {
    let driver = Epoll::open()?;
    let text = format!("epoll ({why}): files on at most {FILE_THREADS_MAX} threads");
    Ok((Box::new(driver), text))
}

fn open_sim() -> io::Result<(Box<dyn Driver>, String)> {
    let options = SimOptions::from_environment()?;
    let text = format!("sim (asked for): seed {}, {:?}", options.seed, options.faults);
    Ok((Box::new(Sim::new(options)?), text))
}

#[cfg(test)]
mod tests {
    use super::probe_and_open;
    use crate::DriverKind;

    #[test]
    fn names_and_kinds_agree() {
        for kind in [DriverKind::Uring, DriverKind::Epoll, DriverKind::Sim] {
            assert_eq!(DriverKind::from_name(kind.name()), Some(kind));
        }
        assert_eq!(DriverKind::from_name("iocp"), None);
    }

    #[test]
    fn the_driver_asked_for_is_opened_and_named() {
        let (driver, text) = probe_and_open(Some(DriverKind::Epoll)).unwrap();
        assert_eq!(driver.kind(), DriverKind::Epoll);
        assert!(text.starts_with("epoll (asked for)"), "{text}");
        let (driver, text) = probe_and_open(None).unwrap();
        assert!(text.starts_with(driver.kind().name()), "{text}");
    }
}
