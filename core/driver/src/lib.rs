//! I/O drivers: io_uring, epoll and a seeded simulation behind one trait.
//!
//! A driver belongs to one shard (thread) and never leaves it. Operations are queued by
//! [`Driver::submit`], reach the kernel in one batch per [`Driver::wait`], and come back as
//! [`Completion`]s that the caller handles after the wait has returned, never inside it.
//!
//! Invariants:
//! - an operation owns every byte the kernel may touch until its completion gives it back;
//! - each submitted operation yields completions ending in exactly one with `more == false`;
//! - a completion is identified by its [`Token`], never by an address;
//! - dropping a driver with operations in flight cancels them and waits, or leaks their memory.
//!
//! [`probe_and_open`] chooses the driver; [`DriverKind::from_environment`] reads `DX_DRIVER`.

#![allow(unsafe_code)]

mod bell;
mod completion;
mod epoll;
mod loopback;
mod moderation;
mod open;
mod operation;
mod sim;
mod status;
mod token;
mod token_map;
mod uring;

pub use completion::{Completion, Payload};
pub use epoll::Epoll;
pub use loopback::LoopbackStatistics;
pub use moderation::{LastSeen, Moderation, Pace, Patience};
pub use open::{LOOPBACK_VARIABLE, probe_and_open};
pub use operation::{Descriptor, FileStatus, Interest, Operation, Outgoing};
pub use sim::{Faults, Outside, Sim, SimClient, SimHandle, SimListener, SimOptions, SimStatistics};
pub use token::Token;
pub use uring::Uring;

use std::{collections::VecDeque, io, net::SocketAddr, sync::Arc, time::Duration};

/// Which driver a shard runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DriverKind {
    /// io_uring, Linux 6.1 or later.
    Uring,
    /// epoll, with file operations on a small pool of threads.
    Epoll,
    /// The seeded simulation.
    Sim,
}

/// Options of a listening socket.
#[derive(Clone, Debug)]
pub struct ListenOptions {
    /// Connections the kernel may queue.
    pub backlog: u32,
    /// `SO_REUSEPORT`: several shards listen on one address.
    pub reuse_port: bool,
    /// `IPV6_V6ONLY`.
    pub ipv6_only: bool,
}

/// Wakes a shard from any thread.
pub trait Doorbell: Send + Sync {
    /// Makes the shard's current or next [`Driver::wait`] return. Rings coalesce.
    fn ring(&self);
}

/// One shard's way to the kernel, or to the simulation of it.
pub trait Driver {
    /// Which driver this is.
    fn kind(&self) -> DriverKind;
    /// A listening TCP socket.
    ///
    /// # Errors
    /// As `socket(2)`, `bind(2)` and `listen(2)`.
    fn listen(&mut self, address: SocketAddr, options: &ListenOptions) -> io::Result<Descriptor>;
    /// An unconnected TCP socket for [`Operation::Connect`].
    ///
    /// # Errors
    /// As `socket(2)`.
    fn socket(&mut self, peer: SocketAddr) -> io::Result<Descriptor>;
    /// Has a listener take connections within the process too: those that [`connect_loopback`]
    /// makes while an accept is under way on this driver. Ends with the listener. For listeners
    /// that nobody shares, be it by `SO_REUSEPORT`: whoever connects would have found this one.
    /// Does nothing where the driver has no such connections, or was told to make none.
    ///
    /// [`connect_loopback`]: Driver::connect_loopback
    ///
    /// # Errors
    /// As `getsockname(2)` and `getsockopt(2)`.
    fn offer_loopback(&mut self, _listener: Descriptor) -> io::Result<()> {
        Ok(())
    }
    /// A connection within the process to `address`, open already, where a listener of this
    /// driver that was offered takes it; otherwise the way is [`Driver::socket`].
    fn connect_loopback(&mut self, _address: SocketAddr) -> Option<Descriptor> {
        None
    }
    /// Whether offers are heeded, as they are by default.
    fn allow_loopback(&mut self, _allowed: bool) {}
    /// What has gone through connections within the process.
    fn loopback_statistics(&self) -> LoopbackStatistics {
        LoopbackStatistics::default()
    }
    /// The address a socket is bound to.
    ///
    /// # Errors
    /// As `getsockname(2)`.
    fn local_address(&self, socket: Descriptor) -> io::Result<SocketAddr>;
    /// The address a socket is connected to.
    ///
    /// # Errors
    /// As `getpeername(2)`.
    fn peer_address(&self, socket: Descriptor) -> io::Result<SocketAddr>;
    /// Queues an operation. Never fails: what the kernel refuses comes back as a completion.
    fn submit(&mut self, token: Token, operation: Operation);
    /// As [`Driver::submit`], of a send whose end nobody waits for: a wait does not return for it
    /// alone, and its completion comes with the next other one, a doorbell or the timeout.
    fn submit_unhurried(&mut self, token: Token, operation: Operation) {
        self.submit(token, operation);
    }
    /// Has the next wait return with the completions of unhurried sends: somebody waits for one
    /// after all.
    fn hurry_sends(&mut self) {}
    /// Asks for the operation of `token` to end early; its last completion then says
    /// `ECANCELED`, unless it ended by itself first.
    fn cancel(&mut self, token: Token);
    /// Submits what is queued, waits until a completion, a doorbell or `timeout` (`None`: for
    /// ever, zero: not at all), and appends the completions.
    ///
    /// # Errors
    /// Only where the driver itself is broken; interrupted waits return normally.
    fn wait(
        &mut self,
        timeout: Option<Duration>,
        completions: &mut VecDeque<Completion>,
    ) -> io::Result<()>;
    /// Operations submitted and not yet ended.
    fn in_flight(&self) -> usize;
    /// Receive buffers that are not behind a lease. A receive submitted while there are few is
    /// held back until leases have been returned, so that owners need not wait themselves.
    fn buffers_free(&self) -> usize;
    /// Lets waits go on for up to `patience.longest` until `patience.events` completions have
    /// come, where they would return with the first: fewer and larger turns, each completion at
    /// most that much later, and not later at all where the wait has already lasted so long.
    /// Sends submitted with the wait are not among the `events`, a doorbell is.
    /// [`Patience::NONE`], the default, turns it off; a driver that cannot wait so (io_uring
    /// before Linux 6.12, epoll, the simulation) returns with the first completion as ever.
    fn set_patience(&mut self, _patience: Patience) {}
    /// Whether paths name files that only this driver knows, so that no other call finds them.
    fn has_own_files(&self) -> bool {
        false
    }
    /// A handle that wakes this driver from other threads.
    fn doorbell(&self) -> Arc<dyn Doorbell>;
    /// Nanoseconds since an arbitrary start; simulated time in the simulation.
    fn now_ns(&self) -> u64;
    /// Cancels everything and waits until nothing is in flight; the completions are appended.
    ///
    /// # Errors
    /// As [`Driver::wait`].
    fn shutdown(&mut self, completions: &mut VecDeque<Completion>) -> io::Result<()>;
}
