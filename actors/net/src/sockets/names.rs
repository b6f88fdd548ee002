//! What a socket tells of itself and is told at once: where it is, whom it is connected to, that
//! nothing more will be written. A virtual socket is asked of its driver, any other of the kernel.
//!
//! Errors are the kernel's; a socket that is closing has `EBADF`.

use std::io;

use dx_driver::{Descriptor, Driver, Operation};
use dx_ring::Key;
use dx_sys::endpoint::{self, Endpoint};

use super::{Sockets, entry};

impl Sockets {
    fn open_descriptor(&self, key: Key) -> io::Result<Descriptor> {
        self.descriptor(key).ok_or_else(entry::gone)
    }

    fn ask_driver<R>(&self, question: impl FnOnce(&mut dyn Driver) -> R) -> R {
        self.0.borrow().reactor.with_driver(question)
    }

    /// Where a socket is bound.
    ///
    /// # Errors
    /// As `getsockname(2)`.
    pub fn own_endpoint(&self, key: Key) -> io::Result<Endpoint> {
        let socket = self.open_descriptor(key)?;
        if socket.is_virtual() {
            return self.ask_driver(|driver| driver.local_address(socket)).map(Endpoint::Internet);
        }
        endpoint::own_endpoint(socket.0)
    }

    /// Whom a socket is connected to.
    ///
    /// # Errors
    /// As `getpeername(2)`.
    pub fn peer_endpoint(&self, key: Key) -> io::Result<Endpoint> {
        let socket = self.open_descriptor(key)?;
        if socket.is_virtual() {
            return self.ask_driver(|driver| driver.peer_address(socket)).map(Endpoint::Internet);
        }
        endpoint::peer_endpoint(socket.0)
    }

    /// Tells the peer that nothing follows what was sent.
    ///
    /// # Errors
    /// As `shutdown(2)`; of a virtual socket none is told.
    pub fn end_writing(&self, key: Key) -> io::Result<()> {
        let socket = self.open_descriptor(key)?;
        if !socket.is_virtual() {
            return dx_sys::socket::shutdown_write(socket.0);
        }
        let reactor = self.0.borrow().reactor.clone();
        let ending = reactor.operate(Operation::ShutdownWrite { socket });
        reactor.spawn(async move {
            ending.await;
        });
        Ok(())
    }

    /// Sets an option of a socket by a call of the kernel's; virtual ones have none.
    ///
    /// # Errors
    /// As the call.
    pub fn set_option(&self, key: Key, call: impl FnOnce(i32) -> io::Result<()>) -> io::Result<()> {
        let socket = self.open_descriptor(key)?;
        if socket.is_virtual() { Ok(()) } else { call(socket.0) }
    }
}
