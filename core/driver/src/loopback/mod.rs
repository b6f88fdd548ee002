//! Connections within the process: stream sockets whose two ends are on one driver, without the
//! kernel. An optimisation for programs that connect to themselves, such as pages that ask the
//! API of their own server and tests that start a server and fetch from it.
//!
//! A listener takes such connections once its owner has offered it
//! ([`crate::Driver::offer_loopback`]) and while an accept is under way on it; who connects asks
//! for one ([`crate::Driver::connect_loopback`]) and goes to the kernel where there is none. Both
//! ends are then [`Descriptor`]s that only this driver knows, for the operations of sockets.
//!
//! Invariants:
//! - operations act in the order of their submission, and what they bring is handed over by the
//!   next wait, which does not sleep over it;
//! - the bytes of a connection that nobody has taken are bounded by [`connection`]'s constants:
//!   a send that does not fit waits, and leases are given a few at a time;
//! - an end that received before all leases were out goes on when some are back;
//! - a descriptor carries the generation of its place, so that one that was closed is noticed.

pub(crate) mod addresses;
mod connection;
#[cfg(test)]
mod tests;

use std::{collections::VecDeque, io, net::SocketAddr};

use dx_mem::{Pool, PoolOptions};

use crate::{Completion, Descriptor, Operation, Payload, Token, token_map::TokenMap};
use addresses::{CONNECTIONS_MAX, Ports};
use connection::{Connection, EndName, Outbox};

/// What has gone this way so far.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LoopbackStatistics {
    /// Connections made.
    pub connections: u64,
    /// Sends taken.
    pub sends: u64,
}

/// A listener whose owner takes connections of this process.
struct Offer {
    listener: Descriptor,
    address: SocketAddr,
    ipv6_only: bool,
    /// The accept under way.
    accept: Option<Token>,
}

#[derive(Default)]
struct Place {
    generation: u16,
    connection: Option<Connection>,
}

impl Place {
    /// The connection, where `socket` is an end of it and open.
    fn end(&self, socket: Descriptor) -> Option<&Connection> {
        let side = end_of(socket).side;
        let present = self.generation == generation_of(socket);
        self.connection.as_ref().filter(|connection| present && !connection.is_closed(side))
    }
}

/// The bits of a descriptor below [`Descriptor::FIRST_LOOPBACK`]: side, place, generation.
const PLACE_SHIFT: u32 = 1;
const GENERATION_SHIFT: u32 = 14;
const GENERATIONS: u16 = 1 << 15;
const _: () = assert!(CONNECTIONS_MAX <= 1 << (GENERATION_SHIFT - PLACE_SHIFT));

/// The connections within the process that belong to one driver.
pub(crate) struct Loopback {
    allowed: bool,
    offers: Vec<Offer>,
    places: Vec<Place>,
    free: Vec<u32>,
    /// What there is only where there has been a connection.
    open: Option<Box<Opened>>,
    statistics: LoopbackStatistics,
    /// The buffers of `Opened`'s pool.
    options: PoolOptions,
}

struct Opened {
    outbox: Outbox,
    ports: Ports,
}

impl Loopback {
    /// None yet; what is received goes into buffers as `options` says, made when they are needed.
    pub(crate) fn new(options: PoolOptions) -> Self {
        Self {
            allowed: true,
            offers: Vec::new(),
            places: Vec::new(),
            free: Vec::new(),
            open: None,
            statistics: LoopbackStatistics::default(),
            options,
        }
    }

    /// See [`crate::Driver::allow_loopback`].
    pub(crate) fn allow(&mut self, allowed: bool) {
        self.allowed = allowed;
    }

    /// See [`crate::Driver::offer_loopback`].
    pub(crate) fn offer(&mut self, listener: Descriptor) -> io::Result<()> {
        if !self.allowed {
            return Ok(());
        }
        let address = dx_sys::socket::local_address(listener.0)?;
        let ipv6_only = address.is_ipv6() && dx_sys::socket::is_ipv6_only(listener.0)?;
        self.withdraw(listener);
        self.offers.push(Offer { listener, address, ipv6_only, accept: None });
        Ok(())
    }

    fn withdraw(&mut self, listener: Descriptor) {
        self.offers.retain(|offer| offer.listener != listener);
    }

    /// See [`crate::Driver::connect_loopback`].
    pub(crate) fn connect(&mut self, wanted: SocketAddr) -> Option<Descriptor> {
        let (accept, mut way) = self.offers.iter().find_map(|offer| {
            let accept = offer.accept?;
            Some((accept, addresses::way(offer.address, offer.ipv6_only, wanted)?))
        })?;
        let opened = opened(&mut self.open, self.options)?;
        way.from.set_port(opened.ports.take()?);
        let place = self.free.pop().unwrap_or(self.places.len() as u32);
        if place as usize == self.places.len() {
            self.places.push(Place::default());
        }
        let generation = self.places[place as usize].generation;
        self.places[place as usize].connection = Some(Connection::new(way));
        let [near, far] = [0, 1].map(|side| descriptor(EndName { place, side }, generation));
        let payload = Payload::Socket(far);
        let result = Ok(far.0 as u32);
        let accepted = Completion { token: accept, result, more: true, payload };
        opened.outbox.ready.push_back(accepted);
        self.statistics.connections += 1;
        Some(near)
    }

    /// Takes an operation that is on an end of a connection, gives others back.
    #[inline]
    pub(crate) fn take(&mut self, token: Token, operation: Operation) -> Option<Operation> {
        let socket = match &operation {
            Operation::Send { socket, .. }
            | Operation::Receive { socket }
            | Operation::ShutdownWrite { socket }
            | Operation::Connect { socket, .. } => *socket,
            Operation::Close { descriptor } | Operation::Poll { descriptor, .. } => *descriptor,
            Operation::Accept { listener } => *listener,
            _ => return Some(operation),
        };
        if socket.is_loopback() {
            self.start(token, socket, operation);
            return None;
        }
        if !self.offers.is_empty() {
            self.note(token, &operation);
        }
        Some(operation)
    }

    /// Learns from an operation of the kernel's whether a listener accepts.
    fn note(&mut self, token: Token, operation: &Operation) {
        match operation {
            Operation::Close { descriptor } => self.withdraw(*descriptor),
            Operation::Accept { listener } => {
                if let Some(offer) = self.offers.iter_mut().find(|one| one.listener == *listener) {
                    offer.accept = Some(token);
                }
            }
            _ => {}
        }
    }

    /// An accept of the kernel's has ended, or is about to.
    pub(crate) fn accept_ended(&mut self, token: Token) {
        for offer in self.offers.iter_mut().filter(|offer| offer.accept == Some(token)) {
            offer.accept = None;
        }
    }

    fn start(&mut self, token: Token, socket: Descriptor, operation: Operation) {
        let Some(Opened { outbox, ports }) = opened(&mut self.open, self.options) else { return };
        let name = end_of(socket);
        let place = self.places.get_mut(name.place as usize);
        let Some(place) = place.filter(|place| place.end(socket).is_some()) else {
            return outbox.end(token, Err(libc::EBADF), payload_of(operation));
        };
        let Some(connection) = &mut place.connection else { return };
        match operation {
            Operation::Send { bytes, from, .. } => {
                self.statistics.sends += 1;
                connection.send(name, token, bytes, from, outbox);
            }
            Operation::Receive { .. } => connection.receive(name, token, outbox),
            Operation::ShutdownWrite { .. } => connection.shutdown_write(name, token, outbox),
            Operation::Poll { interest, .. } => connection.poll(name, token, interest, outbox),
            Operation::Close { .. } => {
                connection.close(name, outbox);
                outbox.end(token, Ok(0), Payload::None);
                if connection.is_over() {
                    ports.give_back(connection.way.from.port());
                    place.connection = None;
                    place.generation = (place.generation + 1) % GENERATIONS;
                    self.free.push(name.place);
                }
            }
            other => outbox.end(token, Err(libc::EISCONN), payload_of(other)),
        }
    }

    /// As [`crate::Driver::cancel`]; whether the operation was one of these.
    pub(crate) fn cancel(&mut self, token: Token) -> bool {
        self.accept_ended(token);
        let Some(Opened { outbox, .. }) = self.open.as_deref_mut() else { return false };
        let Some(name) = outbox.places.get(&token.to_bits()).copied() else { return false };
        if let Some(connection) = &mut self.places[name.place as usize].connection {
            connection.cancel(name, token, outbox);
        }
        true
    }

    /// Hands over what has come, having gone on with what could not go on before.
    #[inline]
    pub(crate) fn collect(&mut self, completions: &mut VecDeque<Completion>) {
        let Some(Opened { outbox, .. }) = self.open.as_deref_mut() else { return };
        outbox.round = outbox.round.wrapping_add(1);
        for name in std::mem::take(&mut outbox.runnable) {
            if let Some(connection) = &mut self.places[name.place as usize].connection {
                connection.go_on(name, outbox);
            }
        }
        completions.append(&mut outbox.ready);
    }

    /// As [`crate::Driver::in_flight`].
    pub(crate) fn in_flight(&self) -> usize {
        let outbox = self.open.as_deref().map(|opened| &opened.outbox);
        outbox.map_or(0, |outbox| outbox.places.len() + outbox.ready.len())
    }

    /// Ends everything that waits. The connections stay.
    pub(crate) fn cancel_everything(&mut self, completions: &mut VecDeque<Completion>) {
        self.offers.iter_mut().for_each(|offer| offer.accept = None);
        let Some(Opened { outbox, .. }) = self.open.as_deref_mut() else { return };
        for connection in self.places.iter_mut().filter_map(|place| place.connection.as_mut()) {
            connection.cancel_all(0, outbox);
            connection.cancel_all(1, outbox);
        }
        completions.append(&mut outbox.ready);
    }

    /// Own and peer's address of an end.
    ///
    /// # Errors
    /// `EBADF` where it is closed.
    pub(crate) fn addresses(&self, socket: Descriptor) -> io::Result<(SocketAddr, SocketAddr)> {
        let name = end_of(socket);
        let connection = self.places.get(name.place as usize).and_then(|place| place.end(socket));
        let connection = connection.ok_or_else(|| io::Error::from_raw_os_error(libc::EBADF))?;
        Ok(connection.way.seen_from(name.side))
    }

    pub(crate) fn statistics(&self) -> LoopbackStatistics {
        self.statistics
    }
}

/// What there is from the first connection on; `None` where there is no memory for it.
fn opened(open: &mut Option<Box<Opened>>, options: PoolOptions) -> Option<&mut Opened> {
    if open.is_none() {
        let outbox = Outbox {
            ready: VecDeque::new(),
            pool: Pool::stack(options).ok()?,
            places: TokenMap::default(),
            runnable: Vec::new(),
            round: 0,
        };
        *open = Some(Box::new(Opened { outbox, ports: Ports::new() }));
    }
    open.as_deref_mut()
}

fn descriptor(end: EndName, generation: u16) -> Descriptor {
    let place = end.place << PLACE_SHIFT | u32::from(generation) << GENERATION_SHIFT;
    Descriptor(Descriptor::FIRST_LOOPBACK + (place | end.side as u32) as i32)
}

fn end_of(socket: Descriptor) -> EndName {
    let bits = (socket.0 - Descriptor::FIRST_LOOPBACK) as u32;
    let place = bits >> PLACE_SHIFT & ((1 << (GENERATION_SHIFT - PLACE_SHIFT)) - 1);
    EndName { place, side: (bits & 1) as usize }
}

fn generation_of(socket: Descriptor) -> u16 {
    ((socket.0 - Descriptor::FIRST_LOOPBACK) as u32 >> GENERATION_SHIFT) as u16
}

/// What an operation gives back that is not taken.
fn payload_of(operation: Operation) -> Payload {
    match operation {
        Operation::Send { bytes, .. } => Payload::Outgoing(bytes),
        _ => Payload::None,
    }
}
