//! A child that runs, up to its end.

use std::{
    io,
    os::fd::{AsRawFd, OwnedFd},
};

use dx_driver::{Descriptor, Interest, Operation};
use dx_reactor::Reactor;
use dx_sys::process::{Ended, StartError, Started, Starting, wait};

/// A child process. Dropped before its end it is left to run, and waited for by a thread.
#[derive(Debug)]
pub struct Child {
    pid: i32,
    pidfd: OwnedFd,
    /// Until it is known to have become its program.
    starting: Option<Starting>,
    is_reaped: bool,
}

impl Child {
    pub(crate) fn new(Started { pid, pidfd }: Started, starting: Option<Starting>) -> Self {
        Self { pid, pidfd, starting, is_reaped: false }
    }

    /// Why the child has not become its program, where its start was not waited for; to be asked
    /// after its end, which is none of the program's then.
    pub fn failure(&mut self) -> Option<StartError> {
        self.starting.take().and_then(|starting| starting.failure())
    }

    /// Its number.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// The descriptor that becomes readable at its end.
    #[must_use]
    pub fn pidfd(&self) -> &OwnedFd {
        &self.pidfd
    }

    /// Waits on the shard for the child's end.
    ///
    /// # Errors
    /// As `wait4(2)`: `ECHILD` where somebody else has waited for it.
    pub async fn ended(&mut self, reactor: &Reactor) -> io::Result<Ended> {
        let descriptor = Descriptor(self.pidfd.as_raw_fd());
        let interest = Interest { readable: true, writable: false };
        loop {
            reactor.operate(Operation::Poll { descriptor, interest }).await.result?;
            if let Some(ended) = self.try_wait(false)? {
                return Ok(ended);
            }
        }
    }

    /// The child's end, if it has come; with `block`, waits for it.
    ///
    /// # Errors
    /// As [`Child::ended`].
    pub fn try_wait(&mut self, block: bool) -> io::Result<Option<Ended>> {
        let result = wait(self.pid, block);
        self.is_reaped |= !matches!(result, Ok(None));
        result
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        if self.is_reaped || !matches!(wait(self.pid, false), Ok(None)) {
            return;
        }
        let pid = self.pid;
        // Where no thread can be had, the process is about to end and init takes the child.
        let _ = std::thread::Builder::new().name("dx-reaper".into()).spawn(move || {
            let _ = wait(pid, true);
        });
    }
}
