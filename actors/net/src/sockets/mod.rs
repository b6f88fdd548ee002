//! Sockets and pipes as programs hold them: by number, read and written one by one.
//!
//! Belongs to the script's shard, whose reactor it uses. A socket is a state machine driven by
//! completions; what happens to it is queued as an [`SocketEvent`] and taken in batches.
//!
//! Invariants:
//! - a key stays valid until [`Sockets::release`], which follows [`What::Closed`], its last event;
//! - nothing received is lost: what comes while nobody reads waits in the socket, and the kernel
//!   is asked for no more;
//! - at most one operation of each kind is in flight for a socket;
//! - a socket that waits for anything its owner wants to hear of keeps the event loop alive.
//!
//! Errors are the kernel's numbers, handed on as events; only calls that end at once answer them.

mod completions;
mod entry;
mod names;
#[cfg(test)]
mod tests;

use std::{
    any::Any,
    cell::RefCell,
    collections::VecDeque,
    io::{self, IoSlice},
    net::SocketAddr,
    os::fd::{AsRawFd, IntoRawFd, OwnedFd},
    path::PathBuf,
};

use dx_driver::{Descriptor, DriverKind, Interest, ListenOptions, Operation, Outgoing, Token};
use dx_mem::Lease;
use dx_reactor::{Event, Reactor};
use dx_ring::{Key, Slab};
use dx_sys::endpoint;

use entry::{Entry, Form};

/// Token kinds of these sockets; kinds outside this range belong to others on the reactor.
pub mod kind {
    /// First kind used here.
    pub const FIRST: u8 = 0x50;
    pub(super) const ACCEPT: u8 = 0x50;
    pub(super) const ACCEPT_AGAIN: u8 = 0x51;
    pub(super) const CONNECT: u8 = 0x52;
    pub(super) const RECEIVE: u8 = 0x53;
    pub(super) const SEND: u8 = 0x54;
    pub(super) const CLOSE: u8 = 0x55;
    pub(super) const NUDGE: u8 = 0x56;
    /// Last kind used here.
    pub const LAST: u8 = 0x56;
}

/// Bytes that have come.
#[derive(Debug)]
pub enum Received {
    /// In a buffer of the driver's, to be given back soon.
    Lease(Lease),
    /// Copied, because they had to wait.
    Owned(Vec<u8>),
}

impl std::ops::Deref for Received {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Lease(lease) => lease,
            Self::Owned(bytes) => bytes,
        }
    }
}

/// What happens to a socket. Numbers are errnos, zero where all went well.
#[derive(Debug)]
pub enum What {
    /// A connect has ended.
    Connected(i32),
    /// A listener has a new connection, which is a socket of its own from now on.
    Accepted(Key),
    /// Bytes of the peer.
    Received(Received),
    /// A message, and who has sent it.
    Message(Vec<u8>, Option<SocketAddr>),
    /// The peer has sent all it wanted to.
    Ended,
    /// Receiving has failed.
    ReceiveFailed(i32),
    /// Everything written has been taken by the kernel, or never will be.
    Sent(i32),
    /// The descriptor is closed.
    Closed,
}

/// One thing that has happened.
#[derive(Debug)]
pub struct SocketEvent {
    /// To which socket.
    pub key: Key,
    /// What.
    pub what: What,
}

/// What keeps the event loop alive until it is dropped.
pub type Hold = Box<dyn Any>;

/// How a socket listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListenAt {
    /// An internet address.
    Internet {
        /// Port zero: the kernel chooses.
        address: SocketAddr,
        /// `SO_REUSEPORT`.
        reuse_port: bool,
        /// `IPV6_V6ONLY`.
        ipv6_only: bool,
    },
    /// A path, removed with the listener, or an abstract name that begins with NUL.
    Local(Vec<u8>),
}

/// The sockets of a shard's script.
pub struct Sockets(RefCell<State>);

struct State {
    reactor: Reactor,
    entries: Slab<Entry>,
    events: VecDeque<SocketEvent>,
    hold: Box<dyn Fn() -> Hold>,
    /// There while events wait to be taken.
    _queued: Option<Hold>,
    /// Whether the driver waits for sockets by itself, where they do not say not to.
    waits_itself: bool,
}

impl Sockets {
    /// No sockets yet; `hold` makes what keeps the event loop alive.
    #[must_use]
    pub fn new(reactor: &Reactor, hold: impl Fn() -> Hold + 'static) -> Self {
        let waits_itself = reactor.with_driver(|driver| driver.kind() == DriverKind::Uring);
        Self(RefCell::new(State {
            reactor: reactor.clone(),
            entries: Slab::new(),
            events: VecDeque::new(),
            hold: Box::new(hold),
            _queued: None,
            waits_itself,
        }))
    }

    /// An unconnected TCP socket of the family of `peer`.
    ///
    /// # Errors
    /// As `socket(2)`.
    pub fn open_internet(&self, peer: SocketAddr) -> io::Result<Key> {
        let mut state = self.0.borrow_mut();
        let descriptor = state.reactor.with_driver(|driver| driver.socket(peer))?;
        Ok(state.add(descriptor, Form::Stream))
    }

    /// A socket connected to a path or an abstract name of this machine.
    ///
    /// # Errors
    /// As `socket(2)` and `connect(2)`.
    pub fn connect_local(&self, name: &[u8]) -> io::Result<Key> {
        let socket = endpoint::local_stream()?;
        endpoint::connect_local(socket.as_raw_fd(), name)?;
        self.adopt(socket, false)
    }

    /// Takes over an open socket, or something that is read and written as a pipe is. Other
    /// processes may have it too.
    ///
    /// # Errors
    /// As `fcntl(2)`.
    pub fn adopt(&self, descriptor: OwnedFd, is_pipe: bool) -> io::Result<Key> {
        let mut state = self.0.borrow_mut();
        endpoint::set_nonblocking(descriptor.as_raw_fd(), is_pipe || !state.waits_itself)?;
        let form = if is_pipe { Form::Pipe } else { Form::Stream };
        let key = state.add(Descriptor(descriptor.into_raw_fd()), form);
        state.change(key, |entry| entry.is_shared = true);
        Ok(key)
    }

    /// Takes over a bound, non-blocking datagram socket; its messages come once it is read.
    #[must_use]
    pub fn adopt_datagrams(&self, descriptor: OwnedFd) -> Key {
        let descriptor = Descriptor(descriptor.into_raw_fd());
        self.0.borrow_mut().add(descriptor, Form::Datagrams)
    }

    /// Sends a message, at once or when there is room: false where [`What::Sent`] follows.
    ///
    /// # Errors
    /// As `sendto(2)`, but for `EAGAIN`.
    pub fn send_message(
        &self,
        key: Key,
        message: &[u8],
        to: Option<SocketAddr>,
    ) -> io::Result<bool> {
        self.0.borrow_mut().send_message(key, message, to)
    }

    /// Starts to connect; ends with [`What::Connected`].
    pub fn connect(&self, key: Key, address: SocketAddr) {
        self.0.borrow_mut().connect(key, address);
    }

    /// A new listener, whose connections are accepted from [`Sockets::accept`] on.
    ///
    /// # Errors
    /// As `socket(2)`, `bind(2)` and `listen(2)`.
    pub fn listen(&self, at: &ListenAt, backlog: u32) -> io::Result<Key> {
        let mut state = self.0.borrow_mut();
        let (descriptor, path) = match at {
            ListenAt::Internet { address, reuse_port, ipv6_only } => {
                let (reuse_port, ipv6_only) = (*reuse_port, *ipv6_only);
                let options = ListenOptions { backlog, reuse_port, ipv6_only };
                let listening =
                    |driver: &mut dyn dx_driver::Driver| driver.listen(*address, &options);
                (state.reactor.with_driver(listening)?, None)
            }
            ListenAt::Local(name) => {
                let socket = endpoint::local_stream()?;
                endpoint::bind_local(socket.as_raw_fd(), name)?;
                endpoint::set_nonblocking(socket.as_raw_fd(), !state.waits_itself)?;
                let backlog = i32::try_from(backlog).unwrap_or(i32::MAX);
                endpoint::start_listening(socket.as_raw_fd(), backlog)?;
                (Descriptor(socket.into_raw_fd()), entry::path_of(name))
            }
        };
        let key = state.add(descriptor, Form::Listener);
        if let Some(entry) = state.entries.get_mut(key) {
            entry.path = path;
        }
        Ok(key)
    }

    /// Makes a listener of an adopted socket.
    ///
    /// # Errors
    /// As `listen(2)`.
    pub fn listen_on(&self, key: Key, backlog: i32) -> io::Result<()> {
        let mut state = self.0.borrow_mut();
        let Some(entry) = state.entries.get_mut(key) else { return Err(entry::gone()) };
        endpoint::start_listening(entry.descriptor.0, backlog)?;
        entry.form = Form::Listener;
        Ok(())
    }

    /// Other processes have the listener from now on. Closing it here leaves it to them, and
    /// connections they do not take are looked for.
    pub fn share(&self, key: Key) {
        let mut state = self.0.borrow_mut();
        if let Some(entry) = state.entries.get_mut(key) {
            entry.is_shared = true;
            state.watch_shared(key);
        }
    }

    /// Accepts connections until the listener is closed.
    pub fn accept(&self, key: Key) {
        self.0.borrow_mut().accept(key);
    }

    /// Asks for bytes, or for no more of them.
    pub fn read(&self, key: Key, wanted: bool) {
        self.0.borrow_mut().read(key, wanted);
    }

    /// Writes pieces in order: true where the kernel has taken all of it. Otherwise the rest is
    /// kept and [`What::Sent`] follows.
    ///
    /// # Errors
    /// As `send(2)` and `write(2)`, but for `EAGAIN`.
    pub fn write(&self, key: Key, pieces: &[IoSlice<'_>]) -> io::Result<bool> {
        self.0.borrow_mut().write(key, pieces)
    }

    /// Bytes written that the kernel has not taken yet.
    #[must_use]
    pub fn unsent_bytes(&self, key: Key) -> usize {
        self.0.borrow().entries.get(key).map_or(0, Entry::unsent_bytes)
    }

    /// The descriptor, for calls that end at once; none once closing.
    #[must_use]
    pub fn descriptor(&self, key: Key) -> Option<Descriptor> {
        let state = self.0.borrow();
        state.entries.get(key).filter(|entry| !entry.is_closing).map(|entry| entry.descriptor)
    }

    /// Whether a socket keeps the event loop alive where it waits for its peer.
    pub fn reference(&self, key: Key, referenced: bool) {
        self.0.borrow_mut().change(key, |entry| entry.is_referenced = referenced);
    }

    /// Closes a socket, cancelling what is under way; ends with [`What::Closed`].
    pub fn close(&self, key: Key) {
        self.0.borrow_mut().close(key);
    }

    /// Gives the descriptor away, cancelling what is under way; the socket is as if closed, and
    /// [`What::Closed`] follows.
    #[must_use]
    pub fn give_up(&self, key: Key) -> Option<Descriptor> {
        self.0.borrow_mut().give_up(key)
    }

    /// Forgets a closed socket: its key may name another one from now on.
    pub fn release(&self, key: Key) {
        self.0.borrow_mut().entries.remove(key);
    }

    /// The key of the socket in slot `index`.
    #[must_use]
    pub fn key_at(&self, index: u32) -> Option<Key> {
        self.0.borrow().entries.key_at(index)
    }

    /// How many sockets there are, closing ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.borrow().entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Handles an event of one of [`kind`]'s kinds.
    pub fn handle(&self, event: Event) {
        self.0.borrow_mut().handle(event);
    }

    /// The next thing that has happened.
    pub fn next_event(&self) -> Option<SocketEvent> {
        let mut state = self.0.borrow_mut();
        let event = state.events.pop_front();
        if state.events.is_empty() {
            state._queued = None;
        }
        event
    }

    /// What the next event brings, where it is at most `bytes_max` bytes for this socket.
    pub fn next_received(&self, key: Key, bytes_max: usize) -> Option<Received> {
        let is_it = |event: &SocketEvent| match &event.what {
            What::Received(received) => event.key == key && received.len() <= bytes_max,
            _ => false,
        };
        if !self.0.borrow().events.front().is_some_and(is_it) {
            return None;
        }
        match self.next_event()?.what {
            What::Received(received) => Some(received),
            _ => None,
        }
    }

    /// Makes the next turn come at once where events wait to be taken.
    pub fn hurry(&self) {
        let state = self.0.borrow();
        if !state.events.is_empty() {
            state.reactor.doorbell().ring();
        }
    }
}

impl State {
    fn add(&mut self, descriptor: Descriptor, form: Form) -> Key {
        self.entries.insert(Entry::new(descriptor, form))
    }

    fn push(&mut self, key: Key, what: What) {
        if self.events.is_empty() {
            self._queued = Some((self.hold)());
        }
        self.events.push_back(SocketEvent { key, what });
    }

    /// Changes an entry, and whether it keeps the loop alive with it.
    fn change(&mut self, key: Key, action: impl FnOnce(&mut Entry)) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        action(entry);
        entry.keep_alive(&*self.hold);
    }

    fn connect(&mut self, key: Key, address: SocketAddr) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        let socket = entry.descriptor;
        entry.is_connecting = true;
        entry.keep_alive(&*self.hold);
        self.reactor.submit(token(kind::CONNECT, key), Operation::Connect { socket, address });
    }

    fn accept(&mut self, key: Key) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        if entry.is_closing || entry.is_accepting {
            return;
        }
        let listener = entry.descriptor;
        entry.is_accepting = true;
        entry.keep_alive(&*self.hold);
        self.reactor.submit(token(kind::ACCEPT, key), Operation::Accept { listener });
        self.watch_shared(key);
    }

    /// Watches a listener that other processes have too. The kernel tells one accept in the ring
    /// of a connection, whosever it is, and where that one is being cancelled nobody takes it;
    /// readiness is told to all. Behind the accept, which takes what has come already.
    fn watch_shared(&mut self, key: Key) {
        let waits_itself = self.waits_itself;
        let Some(entry) = self.entries.get_mut(key) else { return };
        let is_watched = entry.is_nudged || !entry.is_accepting || entry.is_closing;
        if !entry.is_shared || is_watched || !waits_itself {
            return;
        }
        entry.is_nudged = true;
        let interest = Interest { readable: true, writable: false };
        let poll = Operation::Poll { descriptor: entry.descriptor, interest };
        self.reactor.submit(token(kind::NUDGE, key), poll);
    }

    fn read(&mut self, key: Key, wanted: bool) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        if entry.is_closing {
            return;
        }
        entry.wants_input = wanted;
        let held = if wanted { std::mem::take(&mut entry.held) } else { VecDeque::new() };
        entry.keep_alive(&*self.hold);
        if !wanted && entry.is_receiving {
            self.reactor.cancel(token(kind::RECEIVE, key));
        }
        if !held.is_empty() {
            held.into_iter().for_each(|what| self.push(key, what));
            self.reactor.doorbell().ring();
        }
        if wanted {
            self.receive(key);
        }
    }

    /// Asks the kernel for bytes where they are wanted and not asked for yet.
    fn receive(&mut self, key: Key) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        if entry.is_receiving || entry.is_input_over || !entry.wants_input || entry.is_closing {
            return;
        }
        entry.is_receiving = true;
        let operation = entry.receive_operation();
        self.reactor.submit(token(kind::RECEIVE, key), operation);
    }

    fn write(&mut self, key: Key, pieces: &[IoSlice<'_>]) -> io::Result<bool> {
        let Some(entry) = self.entries.get_mut(key) else { return Err(entry::gone()) };
        if entry.is_closing {
            return Err(entry::gone());
        }
        let sent = if entry.is_sending { 0 } else { entry.send_now(pieces)? };
        let Some(rest) = entry::rest_of(pieces, sent) else { return Ok(true) };
        entry.unsent.push_back((rest, 0));
        entry.keep_alive(&*self.hold);
        self.send(key);
        Ok(false)
    }

    fn send_message(
        &mut self,
        key: Key,
        message: &[u8],
        to: Option<SocketAddr>,
    ) -> io::Result<bool> {
        let Some(entry) = self.entries.get_mut(key) else { return Err(entry::gone()) };
        if entry.is_closing {
            return Err(entry::gone());
        }
        if !entry.is_sending && entry.send_message_now(message, to)? {
            return Ok(true);
        }
        entry.messages.push_back((message.to_vec(), to));
        entry.keep_alive(&*self.hold);
        self.send(key);
        Ok(false)
    }

    /// Sends the next of what waits, where nothing is being sent.
    fn send(&mut self, key: Key) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        if entry.is_sending || entry.is_closing {
            return;
        }
        let Some(operation) = entry.send_operation() else { return };
        entry.is_sending = true;
        self.reactor.submit(token(kind::SEND, key), operation);
    }

    /// Ends everything under way but the descriptor.
    fn call_off(&mut self, key: Key) -> Option<Descriptor> {
        let entry = self.entries.get_mut(key).filter(|entry| !entry.is_closing)?;
        entry.is_closing = true;
        entry.unsent.clear();
        entry.messages.clear();
        entry.held.clear();
        let under_way = [
            (entry.is_accepting, kind::ACCEPT),
            (entry.is_nudged, kind::NUDGE),
            (entry.is_connecting, kind::CONNECT),
            (entry.is_receiving, kind::RECEIVE),
            (entry.is_sending, kind::SEND),
        ];
        for (is_under_way, kind) in under_way {
            if is_under_way {
                self.reactor.cancel(token(kind, key));
            }
        }
        entry.keep_alive(&*self.hold);
        Some(entry.descriptor)
    }

    fn close(&mut self, key: Key) {
        let Some(descriptor) = self.call_off(key) else { return };
        if let Some(entry) = self.entries.get_mut(key).filter(|entry| !entry.is_shared) {
            if entry.form == Form::Listener && !descriptor.is_virtual() {
                // The kernel keeps it until the accept under way is cancelled; its port is free
                // at once.
                let _ = endpoint::shutdown_both(descriptor.0);
            }
            if let Some(path) = entry.path.take() {
                let _: io::Result<()> = std::fs::remove_file(PathBuf::from(path));
            }
        }
        self.reactor.submit(token(kind::CLOSE, key), Operation::Close { descriptor });
    }

    fn give_up(&mut self, key: Key) -> Option<Descriptor> {
        let descriptor = self.call_off(key)?;
        if let Some(entry) = self.entries.get_mut(key) {
            entry.descriptor = Descriptor(-1);
        }
        self.push(key, What::Closed);
        self.reactor.doorbell().ring();
        Some(descriptor)
    }
}

impl Drop for State {
    /// What the program has left open; the reactor is over, or about to be.
    fn drop(&mut self) {
        for entry in self.entries.drain() {
            if !entry.is_closing && !entry.descriptor.is_virtual() {
                let _ = dx_sys::close(entry.descriptor.0);
            }
        }
    }
}

fn token(kind: u8, key: Key) -> Token {
    Token::new(kind, key.generation, key.index)
}

fn outgoing(bytes: Vec<u8>) -> Outgoing {
    Outgoing::Owned(bytes)
}

impl std::fmt::Debug for Sockets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Sockets").field(&self.len()).finish()
    }
}
