//! Readiness of many descriptors: `epoll(7)`, edge-triggered.

use std::{
    io,
    os::fd::{AsRawFd, FromRawFd, OwnedFd, RawFd},
    time::Duration,
};

/// What a descriptor is ready for.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Readiness {
    /// The descriptor.
    pub descriptor: RawFd,
    /// Reading, or accepting, would not block.
    pub readable: bool,
    /// Writing would not block.
    pub writable: bool,
    /// The peer has ended its side, or there is an error to be read.
    pub ended: bool,
}

/// An epoll instance.
#[derive(Debug)]
pub struct Epoll(OwnedFd);

/// Readinesses fetched at a time.
pub const BATCH: usize = 256;

const INTEREST: i32 = libc::EPOLLIN | libc::EPOLLOUT | libc::EPOLLRDHUP | libc::EPOLLET;
const ENDED: i32 = libc::EPOLLRDHUP | libc::EPOLLHUP | libc::EPOLLERR;

impl Epoll {
    /// Makes one.
    ///
    /// # Errors
    /// As `epoll_create1(2)`.
    pub fn new() -> io::Result<Self> {
        // SAFETY: no pointers.
        let descriptor = unsafe { libc::epoll_create1(libc::EPOLL_CLOEXEC) };
        if descriptor < 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: just made, and owned by nobody else.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(descriptor) }))
    }

    fn control(&self, action: i32, descriptor: RawFd) -> io::Result<()> {
        let mut event = libc::epoll_event { events: INTEREST as u32, u64: descriptor as u64 };
        // SAFETY: the event is readable for the length of the call.
        match unsafe { libc::epoll_ctl(self.0.as_raw_fd(), action, descriptor, &raw mut event) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }

    /// Watches a descriptor for every change, telling its present state first, also where it is
    /// watched already.
    ///
    /// # Errors
    /// `EPERM` for what is always ready, such as a file; else as `epoll_ctl(2)`.
    pub fn watch(&self, descriptor: RawFd) -> io::Result<()> {
        match self.control(libc::EPOLL_CTL_ADD, descriptor) {
            Err(error) if error.raw_os_error() == Some(libc::EEXIST) => {
                self.control(libc::EPOLL_CTL_MOD, descriptor)
            }
            result => result,
        }
    }

    /// Waits for at most `timeout`, rounded up to a millisecond, and appends what became ready,
    /// at most [`BATCH`] at a time. Interrupted waits return with nothing.
    ///
    /// # Errors
    /// As `epoll_wait(2)`.
    pub fn wait(&self, timeout: Option<Duration>, ready: &mut Vec<Readiness>) -> io::Result<()> {
        let milliseconds = timeout.map_or(-1, |timeout| {
            timeout.as_nanos().div_ceil(1_000_000).min(i32::MAX as u128) as i32
        });
        let mut events = [libc::epoll_event { events: 0, u64: 0 }; BATCH];
        let (descriptor, room) = (self.0.as_raw_fd(), BATCH as i32);
        // SAFETY: `events` has room for BATCH events for the length of the call.
        let count =
            unsafe { libc::epoll_wait(descriptor, events.as_mut_ptr(), room, milliseconds) };
        if count < 0 {
            let error = io::Error::last_os_error();
            return if error.kind() == io::ErrorKind::Interrupted { Ok(()) } else { Err(error) };
        }
        ready.extend(events[..count as usize].iter().map(|event| {
            let events = event.events as i32;
            let ended = events & ENDED != 0;
            Readiness {
                descriptor: event.u64 as RawFd,
                readable: events & libc::EPOLLIN != 0 || ended,
                writable: events & (libc::EPOLLOUT | libc::EPOLLERR | libc::EPOLLHUP) != 0,
                ended,
            }
        }));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{io::Write, os::fd::AsRawFd, time::Duration};

    use super::Epoll;

    #[test]
    fn changes_are_told_once_and_again_when_watched_anew() {
        let epoll = Epoll::new().unwrap();
        let (reader, mut writer) = std::io::pipe().unwrap();
        let mut ready = Vec::new();
        epoll.watch(reader.as_raw_fd()).unwrap();
        epoll.wait(Some(Duration::ZERO), &mut ready).unwrap();
        assert_eq!(ready, []);
        writer.write_all(b"x").unwrap();
        epoll.wait(None, &mut ready).unwrap();
        assert!(ready[0].readable && ready[0].descriptor == reader.as_raw_fd());
        epoll.wait(Some(Duration::from_nanos(1)), &mut ready).unwrap();
        assert_eq!(ready.len(), 1);
        epoll.watch(reader.as_raw_fd()).unwrap();
        epoll.wait(None, &mut ready).unwrap();
        assert_eq!(ready.len(), 2);
    }

    #[test]
    fn files_are_not_watched() {
        let file = std::fs::File::open("/proc/self/exe").unwrap();
        let refused = Epoll::new().unwrap().watch(file.as_raw_fd()).unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(libc::EPERM));
    }
}
