//! Event descriptors: a counter any thread may raise and one thread waits for.

use std::{
    io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd},
};

use rustix::event::{EventfdFlags, eventfd};

/// A non-blocking, close-on-exec `eventfd(2)`.
#[derive(Debug)]
pub struct Event(OwnedFd);

impl Event {
    /// Makes one with a count of zero.
    ///
    /// # Errors
    /// As `eventfd(2)`.
    pub fn new() -> io::Result<Self> {
        Ok(Self(eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?))
    }

    /// Raises the count, waking whoever polls it. A counter that is full is already readable,
    /// so a failure loses nothing.
    pub fn signal(&self) {
        let _ = rustix::io::write(&self.0, &1_u64.to_ne_bytes());
    }

    /// Takes the count, leaving zero; zero where it was not raised.
    #[must_use]
    pub fn take(&self) -> u64 {
        let mut count = [0_u8; 8];
        match rustix::io::read(&self.0, &mut count) {
            Ok(8) => u64::from_ne_bytes(count),
            _ => 0,
        }
    }
}

impl AsFd for Event {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for Event {
    fn as_raw_fd(&self) -> RawFd {
        self.0.as_raw_fd()
    }
}

#[cfg(test)]
mod tests {
    use super::Event;

    #[test]
    fn signals_add_up_and_are_taken_once() {
        let event = Event::new().unwrap();
        assert_eq!(event.take(), 0);
        event.signal();
        event.signal();
        assert_eq!(event.take(), 2);
        assert_eq!(event.take(), 0);
    }
}
