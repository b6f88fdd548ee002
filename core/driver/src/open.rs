//! Choosing a driver at start.

use std::io;

use crate::{Driver, DriverKind, Uring};

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

/// Opens the driver asked for, or the best one this kernel allows, on the current thread. The
/// text says which and why, for people.
///
/// # Errors
/// Where the driver asked for, or the last one tried, cannot be opened.
pub fn probe_and_open(choice: Option<DriverKind>) -> io::Result<(Box<dyn Driver>, String)> {
    match choice {
        Some(DriverKind::Uring) => open_uring("asked for"),
        None => open_uring("the kernel offers it"),
        Some(DriverKind::Epoll | DriverKind::Sim) => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn open_uring(why: &str) -> io::Result<(Box<dyn Driver>, String)> {
    let driver = Uring::open()?;
    let text = format!("uring: {why}; {}", driver.description());
    Ok((Box::new(driver), text))
}
