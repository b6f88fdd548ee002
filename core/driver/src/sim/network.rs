//! Simulated connections: two ends, each with the bytes on their way to it.
//!
//! An end behaves as a Linux TCP socket does: what was sent before an end of stream or a reset
//! can still be read; closing with unread bytes resets the other end; bytes sent to a closed
//! end vanish and bring a reset back.

use std::{
    collections::{BTreeMap, VecDeque},
    net::{IpAddr, SocketAddr},
};

use crate::loopback::addresses;

pub(super) type ConnectionNumber = u32;

/// One end of a connection.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct EndName {
    pub(super) connection: ConnectionNumber,
    /// 0: the connecting end, 1: the accepting.
    pub(super) side: usize,
}

impl EndName {
    pub(super) fn other(self) -> Self {
        Self { connection: self.connection, side: 1 - self.side }
    }
}

#[derive(Default)]
struct End {
    /// Bytes to be read here.
    incoming: VecDeque<u8>,
    /// Nothing follows `incoming`.
    finished: bool,
    /// The other end has broken the connection.
    reset: bool,
    /// This end has said that nothing follows.
    write_ended: bool,
    /// This end is gone.
    closed: bool,
}

struct Connection {
    ends: [End; 2],
    addresses: [SocketAddr; 2],
}

/// Someone who accepts connections.
struct Listening {
    address: SocketAddr,
    reuse_port: bool,
    backlog: usize,
    waiting: VecDeque<EndName>,
}

pub(super) type ListenerNumber = u32;

/// All connections and listeners.
#[derive(Default)]
pub(super) struct Network {
    connections: BTreeMap<ConnectionNumber, Connection>,
    listeners: BTreeMap<ListenerNumber, Listening>,
    next_connection: ConnectionNumber,
    next_listener: ListenerNumber,
    next_port: u16,
    /// Bytes on their way to one end at most.
    pub(super) pipe_bytes: usize,
}

/// The first port given to who asks for any.
const FIRST_PORT: u16 = 32_768;

/// What a read found.
#[derive(Debug)]
pub(super) enum Arrived {
    Bytes(Vec<u8>),
    End,
    Nothing,
}

impl Network {
    pub(super) fn new(pipe_bytes: usize) -> Self {
        Self { pipe_bytes: pipe_bytes.max(1), ..Self::default() }
    }

    fn free_port(&mut self) -> u16 {
        loop {
            let port = FIRST_PORT + self.next_port % (u16::MAX - FIRST_PORT);
            self.next_port = self.next_port.wrapping_add(1);
            if self.listeners.values().all(|listening| listening.address.port() != port) {
                return port;
            }
        }
    }

    pub(super) fn listen(
        &mut self,
        mut address: SocketAddr,
        backlog: usize,
        reuse_port: bool,
    ) -> Result<ListenerNumber, i32> {
        if address.port() == 0 {
            address.set_port(self.free_port());
        }
        let clashes = self
            .listeners
            .values()
            .any(|other| overlap(other.address, address) && !(other.reuse_port && reuse_port));
        if clashes {
            return Err(libc::EADDRINUSE);
        }
        let number = self.next_listener;
        self.next_listener += 1;
        let waiting = VecDeque::new();
        let listening = Listening { address, reuse_port, backlog: backlog.max(1), waiting };
        self.listeners.insert(number, listening);
        Ok(number)
    }

    pub(super) fn listener_address(&self, listener: ListenerNumber) -> Option<SocketAddr> {
        self.listeners.get(&listener).map(|listening| listening.address)
    }

    /// Closes a listener and resets who waits to be accepted.
    pub(super) fn close_listener(&mut self, listener: ListenerNumber) {
        let Some(listening) = self.listeners.remove(&listener) else { return };
        for end in listening.waiting {
            self.reset(end);
            self.close(end);
        }
    }

    /// The next connection to accept.
    pub(super) fn accept(&mut self, listener: ListenerNumber) -> Option<EndName> {
        self.listeners.get_mut(&listener)?.waiting.pop_front()
    }

    pub(super) fn has_waiting(&self, listener: ListenerNumber) -> bool {
        self.listeners.get(&listener).is_some_and(|listening| !listening.waiting.is_empty())
    }

    /// Connects to whoever listens at `address`. Of several that share it, the one with the
    /// fewest connections waiting; `Ok(None)` while its queue is full.
    pub(super) fn connect(&mut self, address: SocketAddr) -> Result<Option<EndName>, i32> {
        let candidates = self.listeners.iter().filter(|(_, other)| serves(other.address, address));
        let chosen = candidates.min_by_key(|(_, other)| other.waiting.len());
        let Some((&listener, listening)) = chosen else { return Err(libc::ECONNREFUSED) };
        if listening.waiting.len() >= listening.backlog {
            return Ok(None);
        }
        let address = addresses::destination(address);
        let mut own = addresses::source(address);
        own.set_port(self.free_port());
        let connecting = self.join(own, address);
        if let Some(listening) = self.listeners.get_mut(&listener) {
            listening.waiting.push_back(connecting.other());
        }
        Ok(Some(connecting))
    }

    /// A new connection between two addresses: its connecting end.
    pub(super) fn join(&mut self, own: SocketAddr, peer: SocketAddr) -> EndName {
        let connection = self.next_connection;
        self.next_connection += 1;
        let ends = [End::default(), End::default()];
        self.connections.insert(connection, Connection { ends, addresses: [own, peer] });
        EndName { connection, side: 0 }
    }

    /// Whether one more may wait to be accepted.
    pub(super) fn has_place(&self, listener: ListenerNumber) -> bool {
        let listening = self.listeners.get(&listener);
        listening.is_some_and(|listening| listening.waiting.len() < listening.backlog)
    }

    /// Connects to one listener, whatever others share its address: the connecting end.
    pub(super) fn knock(
        &mut self,
        listener: ListenerNumber,
        own: SocketAddr,
        peer: SocketAddr,
    ) -> Option<EndName> {
        let connecting = self.join(own, peer);
        self.listeners.get_mut(&listener)?.waiting.push_back(connecting.other());
        Some(connecting)
    }

    /// The end's own address and its peer's.
    pub(super) fn addresses(&self, end: EndName) -> Option<(SocketAddr, SocketAddr)> {
        let addresses = self.connections.get(&end.connection)?.addresses;
        Some((addresses[end.side], addresses[1 - end.side]))
    }

    fn end(&self, name: EndName) -> Option<&End> {
        Some(&self.connections.get(&name.connection)?.ends[name.side])
    }

    fn end_mut(&mut self, name: EndName) -> Option<&mut End> {
        Some(&mut self.connections.get_mut(&name.connection)?.ends[name.side])
    }

    /// How many bytes `end` may send now; `None` where sending would fail or vanish at once.
    pub(super) fn room(&self, end: EndName) -> Option<usize> {
        let (own, peer) = (self.end(end)?, self.end(end.other())?);
        let fails = own.reset || own.write_ended || peer.closed;
        (!fails).then(|| self.pipe_bytes.saturating_sub(peer.incoming.len()))
    }

    /// Sends as much as there is room for; 0 where there is none.
    pub(super) fn send(&mut self, end: EndName, bytes: &[u8]) -> Result<usize, i32> {
        let pipe_bytes = self.pipe_bytes;
        let Some(connection) = self.connections.get_mut(&end.connection) else {
            return Err(libc::EPIPE);
        };
        if connection.ends[end.side].reset || connection.ends[end.side].write_ended {
            return Err(libc::EPIPE);
        }
        if connection.ends[1 - end.side].closed {
            connection.ends[end.side].reset = true;
            return Ok(bytes.len());
        }
        let peer = &mut connection.ends[1 - end.side];
        let count = bytes.len().min(pipe_bytes.saturating_sub(peer.incoming.len()));
        peer.incoming.extend(&bytes[..count]);
        Ok(count)
    }

    /// Takes up to `most` bytes that have arrived.
    pub(super) fn receive(&mut self, end: EndName, most: usize) -> Result<Arrived, i32> {
        let Some(end) = self.end_mut(end) else { return Err(libc::ENOTCONN) };
        if !end.incoming.is_empty() {
            let count = most.min(end.incoming.len());
            return Ok(Arrived::Bytes(end.incoming.drain(..count).collect()));
        }
        if end.reset {
            return Err(libc::ECONNRESET);
        }
        Ok(if end.finished { Arrived::End } else { Arrived::Nothing })
    }

    /// How many bytes wait to be read.
    pub(super) fn arrived(&self, end: EndName) -> usize {
        self.end(end).map_or(0, |end| end.incoming.len())
    }

    /// Whether a read would bring something: bytes, the end or an error.
    pub(super) fn is_readable(&self, end: EndName) -> bool {
        self.end(end).is_none_or(|end| end.reset || end.finished || !end.incoming.is_empty())
    }

    pub(super) fn is_reset(&self, end: EndName) -> bool {
        self.end(end).is_none_or(|end| end.reset)
    }

    pub(super) fn is_finished(&self, end: EndName) -> bool {
        self.end(end).is_none_or(|end| end.finished || end.reset)
    }

    /// Says that nothing follows what was sent.
    pub(super) fn end_writing(&mut self, end: EndName) -> Result<(), i32> {
        let own = self.end_mut(end).ok_or(libc::ENOTCONN)?;
        if own.reset {
            return Err(libc::ENOTCONN);
        }
        own.write_ended = true;
        if let Some(peer) = self.end_mut(end.other()) {
            peer.finished = true;
        }
        Ok(())
    }

    /// Breaks the connection for both ends; bytes on their way are lost.
    pub(super) fn reset(&mut self, end: EndName) {
        if let Some(connection) = self.connections.get_mut(&end.connection) {
            for end in &mut connection.ends {
                end.reset = true;
                end.incoming.clear();
            }
        }
    }

    /// The end is gone.
    pub(super) fn close(&mut self, end: EndName) {
        let Some(connection) = self.connections.get_mut(&end.connection) else { return };
        let own = &mut connection.ends[end.side];
        own.closed = true;
        let unread = !own.incoming.is_empty();
        own.incoming.clear();
        let peer = &mut connection.ends[1 - end.side];
        peer.finished = true;
        peer.reset |= unread;
        if peer.closed {
            self.connections.remove(&end.connection);
        }
    }
}

fn overlap(a: SocketAddr, b: SocketAddr) -> bool {
    a.port() == b.port() && (a.ip() == b.ip() || a.ip().is_unspecified() || b.ip().is_unspecified())
}

/// Whether a listener at `bound` gets connections to `wanted`.
fn serves(bound: SocketAddr, wanted: SocketAddr) -> bool {
    let any = |ip: IpAddr| ip.is_unspecified();
    bound.port() == wanted.port()
        && (bound.ip() == wanted.ip() || any(bound.ip()) || any(wanted.ip()))
}
