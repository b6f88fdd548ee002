//! The engine's own timers within the reactor's wait: a GLib main context as a [`WaitSource`].

use std::{
    cell::{Cell, RefCell},
    os::fd::RawFd,
    rc::{Rc, Weak},
    time::Duration,
};

use dx_driver::Interest;
use dx_jsc::MainContext;
use dx_reactor::WaitSource;

/// `POLLIN`
const POLL_IN: u16 = 1;
/// `POLLOUT`
const POLL_OUT: u16 = 4;

/// Outlives its isolate inside the reactor, and is silent then.
pub(crate) struct EngineTimers {
    pub(crate) main: Weak<RefCell<MainContext>>,
    pub(crate) ran: Rc<Cell<bool>>,
}

impl WaitSource for EngineTimers {
    fn prepare(&mut self, watch: &mut Vec<(RawFd, Interest)>) -> Option<Duration> {
        let main = self.main.upgrade()?;
        main.borrow_mut().prepare(|interest| {
            let readable = interest.events & POLL_IN != 0;
            let writable = interest.events & POLL_OUT != 0;
            watch.push((interest.descriptor, Interest { readable, writable }));
        })
    }

    fn dispatch(&mut self) {
        let Some(main) = self.main.upgrade() else { return };
        if main.borrow_mut().dispatch() {
            self.ran.set(true);
        }
    }
}
