//! One connection within the process: two ends, each with what is on its way to it.
//!
//! An end behaves as a Linux TCP socket does: what was sent before an end of stream or a reset
//! can still be read; closing with unread bytes resets the other end; the first send to a closed
//! end vanishes and brings a reset back, further ones fail.
//!
//! Bytes go from the sender's buffer into a lease at once while the peer receives. While it does
//! not, up to [`BUFFER_BYTES`] wait here, and the rest in its send.

use std::collections::VecDeque;

use dx_mem::{Lease, Pool};

use super::addresses::Way;
use crate::{Completion, Interest, Outgoing, Payload, Token, token_map::TokenMap};

/// Bytes on their way to an end that does not receive: about what the kernel's two buffers of a
/// TCP connection take without being tuned.
pub(super) const BUFFER_BYTES: usize = 256 * 1024;
/// Leases an end is given between two waits, at 16 KiB each half of [`BUFFER_BYTES`]: the bytes
/// of a connection that are on their way or in completions not handled are bounded by it.
pub(super) const LEASES_MAX: u32 = 8;

/// Names an end: the place of its connection, and 0 for the connecting, 1 for the accepting end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct EndName {
    pub(super) place: u32,
    pub(super) side: usize,
}

impl EndName {
    fn other(self) -> Self {
        Self { side: 1 - self.side, ..self }
    }
}

/// A send of which not all bytes have gone.
struct Sending {
    token: Token,
    bytes: Outgoing,
    from: usize,
    at: usize,
}

#[derive(Default)]
struct End {
    /// Bytes to be read here, from `incoming_start` on.
    incoming: Vec<u8>,
    incoming_start: usize,
    receive: Option<Token>,
    sends: VecDeque<Sending>,
    polls: Vec<(Token, Interest)>,
    /// Nothing follows what was sent.
    write_ended: bool,
    /// The other end has broken the connection, and whether a receive has said so.
    reset: bool,
    reset_told: bool,
    closed: bool,
    /// Leases given since the wait of this number.
    leases: u32,
    round: u32,
    /// Whether it is among the ends to go on with.
    is_queued: bool,
}

impl End {
    fn incoming(&self) -> &[u8] {
        &self.incoming[self.incoming_start..]
    }

    /// A buffer to be filled, while there are some and this end has not had its share.
    fn lease(&mut self, outbox: &Outbox) -> Option<Lease> {
        if self.round != outbox.round {
            self.round = outbox.round;
            self.leases = 0;
        }
        if self.leases == LEASES_MAX {
            return None;
        }
        let lease = outbox.pool.take()?;
        self.leases += 1;
        Some(lease)
    }

    /// Gives bytes to the receive under way; how many it took.
    fn deliver(&mut self, token: Token, bytes: &[u8], outbox: &mut Outbox) -> usize {
        let mut taken = 0;
        while taken < bytes.len() {
            let Some(mut lease) = self.lease(outbox) else { break };
            let count = lease.len().min(bytes.len() - taken);
            lease.truncate(count);
            lease.copy_from_slice(&bytes[taken..taken + count]);
            taken += count;
            outbox.step(token, count as u32, Payload::Lease(lease));
        }
        taken
    }

    /// Takes what it can of the bytes of a send.
    fn take_in(&mut self, bytes: &[u8], outbox: &mut Outbox) -> usize {
        if let Some(token) = self.receive {
            // What came before them goes first; the next wait goes on with it.
            return match self.incoming().is_empty() {
                true => self.deliver(token, bytes, outbox),
                false => 0,
            };
        }
        let count = bytes.len().min(BUFFER_BYTES - self.incoming().len());
        if self.incoming_start > 0 {
            self.incoming.drain(..self.incoming_start);
            self.incoming_start = 0;
        }
        self.incoming.extend_from_slice(&bytes[..count]);
        count
    }

    /// Gives the receive under way what has come before it.
    fn deliver_incoming(&mut self, token: Token, outbox: &mut Outbox) {
        if self.incoming.is_empty() {
            return;
        }
        let incoming = std::mem::take(&mut self.incoming);
        let start = self.incoming_start;
        let taken = self.deliver(token, &incoming[start..], outbox);
        if start + taken < incoming.len() {
            self.incoming = incoming;
            self.incoming_start = start + taken;
        } else {
            self.incoming_start = 0;
        }
    }

    fn fail_sends(&mut self, errno: i32, outbox: &mut Outbox) {
        for sending in std::mem::take(&mut self.sends) {
            outbox.end_placed(sending.token, Err(errno), Payload::Outgoing(sending.bytes));
        }
    }
}

/// What operations bring, and what they share.
pub(super) struct Outbox {
    pub(super) ready: VecDeque<Completion>,
    pub(super) pool: Pool,
    /// Where the operations that wait do so.
    pub(super) places: TokenMap<EndName>,
    /// Ends that have more to give than a wait may bring.
    pub(super) runnable: Vec<EndName>,
    /// Counts waits.
    pub(super) round: u32,
}

impl Outbox {
    fn step(&mut self, token: Token, result: u32, payload: Payload) {
        self.ready.push_back(Completion { token, result: Ok(result), more: true, payload });
    }

    /// The end of an operation.
    pub(super) fn end(&mut self, token: Token, result: Result<u32, i32>, payload: Payload) {
        let result = result.map_err(std::io::Error::from_raw_os_error);
        self.ready.push_back(Completion { token, result, more: false, payload });
    }

    /// Has the newest completion come before those from `first` on: a sender hears that its bytes
    /// are taken before the peer has them, as the kernel has it.
    fn move_last_to(&mut self, first: usize) {
        for place in (first + 1..self.ready.len()).rev() {
            self.ready.swap(place - 1, place);
        }
    }

    /// The end of an operation that has waited.
    fn end_placed(&mut self, token: Token, result: Result<u32, i32>, payload: Payload) {
        self.places.remove(&token.to_bits());
        self.end(token, result, payload);
    }
}

/// Both ends.
pub(super) struct Connection {
    ends: [End; 2],
    pub(super) way: Way,
}

impl Connection {
    pub(super) fn new(way: Way) -> Self {
        Self { ends: [End::default(), End::default()], way }
    }

    /// The end of `side` and the other one.
    fn ends(&mut self, side: usize) -> (&mut End, &mut End) {
        let [first, second] = &mut self.ends;
        if side == 0 { (first, second) } else { (second, first) }
    }

    /// Whether nobody holds either end.
    pub(super) fn is_over(&self) -> bool {
        self.ends.iter().all(|end| end.closed)
    }

    pub(super) fn is_closed(&self, side: usize) -> bool {
        self.ends[side].closed
    }

    pub(super) fn send(
        &mut self,
        name: EndName,
        token: Token,
        bytes: Outgoing,
        from: usize,
        outbox: &mut Outbox,
    ) {
        let (own, peer) = self.ends(name.side);
        let len = bytes.as_slice().len();
        let first = outbox.ready.len();
        let mut at = from;
        let result = if from >= len {
            if from == len { Ok(0) } else { Err(libc::EINVAL) }
        } else if own.reset || own.write_ended {
            Err(libc::EPIPE)
        } else if peer.closed {
            own.reset = true;
            Ok((len - from) as u32)
        } else {
            if own.sends.is_empty() {
                at += peer.take_in(&bytes.as_slice()[from..], outbox);
            }
            Ok(total(from, len))
        };
        if result.is_err() || own.reset || at == len || from == len {
            outbox.end(token, result, Payload::Outgoing(bytes));
            outbox.move_last_to(first);
            return self.pump(name.other(), outbox);
        }
        own.sends.push_back(Sending { token, bytes, from, at });
        outbox.places.insert(token.to_bits(), name);
        self.pump(name.other(), outbox);
    }

    pub(super) fn receive(&mut self, name: EndName, token: Token, outbox: &mut Outbox) {
        let (own, _) = self.ends(name.side);
        if own.receive.is_some() || outbox.places.contains_key(&token.to_bits()) {
            return outbox.end(token, Err(libc::EALREADY), Payload::None);
        }
        own.receive = Some(token);
        outbox.places.insert(token.to_bits(), name);
        self.pump(name, outbox);
    }

    pub(super) fn poll(
        &mut self,
        name: EndName,
        token: Token,
        interest: Interest,
        outbox: &mut Outbox,
    ) {
        if outbox.places.contains_key(&token.to_bits()) {
            return outbox.end(token, Err(libc::EALREADY), Payload::None);
        }
        let (own, _) = self.ends(name.side);
        own.polls.push((token, interest));
        outbox.places.insert(token.to_bits(), name);
        self.answer_polls(outbox);
    }

    pub(super) fn shutdown_write(&mut self, name: EndName, token: Token, outbox: &mut Outbox) {
        let (own, _) = self.ends(name.side);
        if own.reset {
            return outbox.end(token, Err(libc::ENOTCONN), Payload::None);
        }
        own.write_ended = true;
        own.fail_sends(libc::EPIPE, outbox);
        outbox.end(token, Ok(0), Payload::None);
        self.pump(name.other(), outbox);
    }

    /// Ends what waits on the end, which nobody uses from now on.
    pub(super) fn close(&mut self, name: EndName, outbox: &mut Outbox) {
        self.cancel_all(name.side, outbox);
        let (own, peer) = self.ends(name.side);
        let unread = !own.incoming.is_empty() || !peer.sends.is_empty();
        own.closed = true;
        own.write_ended = true;
        own.incoming = Vec::new();
        own.incoming_start = 0;
        if unread {
            peer.reset = true;
            peer.fail_sends(libc::ECONNRESET, outbox);
        }
        self.pump(name.other(), outbox);
    }

    /// Ends everything that waits on the end of `side`.
    pub(super) fn cancel_all(&mut self, side: usize, outbox: &mut Outbox) {
        let own = &mut self.ends[side];
        own.fail_sends(libc::ECANCELED, outbox);
        let waiting = own.receive.take().into_iter();
        for token in waiting.chain(own.polls.drain(..).map(|(token, _)| token)) {
            outbox.end_placed(token, Err(libc::ECANCELED), Payload::None);
        }
    }

    /// Ends one operation that waits on the end of `side`.
    pub(super) fn cancel(&mut self, name: EndName, token: Token, outbox: &mut Outbox) {
        let (own, _) = self.ends(name.side);
        let mut payload = Payload::None;
        if own.receive == Some(token) {
            own.receive = None;
        } else if let Some(place) = own.polls.iter().position(|poll| poll.0 == token) {
            own.polls.swap_remove(place);
        } else if let Some(place) = own.sends.iter().position(|sending| sending.token == token)
            && let Some(sending) = own.sends.remove(place)
        {
            payload = Payload::Outgoing(sending.bytes);
        }
        outbox.end_placed(token, Err(libc::ECANCELED), payload);
        // Without a receive what waits in sends may wait here; without a send others go on.
        self.pump(name, outbox);
        self.pump(name.other(), outbox);
    }

    /// Goes on with an end that was given less than there is.
    pub(super) fn go_on(&mut self, name: EndName, outbox: &mut Outbox) {
        self.ends[name.side].is_queued = false;
        self.pump(name, outbox);
    }

    /// Moves to an end what can be moved now, and ends its receive where nothing can follow.
    fn pump(&mut self, reader: EndName, outbox: &mut Outbox) {
        let (own, peer) = self.ends(reader.side);
        if let Some(token) = own.receive {
            own.deliver_incoming(token, outbox);
        }
        while let Some(sending) = peer.sends.front_mut() {
            sending.at += own.take_in(&sending.bytes.as_slice()[sending.at..], outbox);
            if sending.at < sending.bytes.as_slice().len() {
                break;
            }
            if let Some(Sending { token, bytes, from, .. }) = peer.sends.pop_front() {
                let sent = total(from, bytes.as_slice().len());
                outbox.end_placed(token, Ok(sent), Payload::Outgoing(bytes));
            }
        }
        if let Some(token) = own.receive {
            if !own.incoming.is_empty() || !peer.sends.is_empty() {
                if !std::mem::replace(&mut own.is_queued, true) {
                    outbox.runnable.push(reader);
                }
            } else if own.reset && !std::mem::replace(&mut own.reset_told, true) {
                own.receive = None;
                outbox.end_placed(token, Err(libc::ECONNRESET), Payload::None);
            } else if own.reset || peer.write_ended {
                own.receive = None;
                outbox.end_placed(token, Ok(0), Payload::None);
            }
        }
        self.answer_polls(outbox);
    }

    /// Ends the polls of both ends that are ready for what is asked.
    fn answer_polls(&mut self, outbox: &mut Outbox) {
        if self.ends.iter().all(|end| end.polls.is_empty()) {
            return;
        }
        for side in [0, 1] {
            let (own, peer) = self.ends(side);
            let over = own.reset || peer.closed;
            let readable =
                over || !own.incoming.is_empty() || !peer.sends.is_empty() || peer.write_ended;
            let room = peer.incoming().len() < BUFFER_BYTES && own.sends.is_empty();
            let writable = over || own.write_ended || room;
            own.polls.retain(|(token, interest)| {
                let readable = if interest.readable && readable { libc::POLLIN } else { 0 };
                let writable = if interest.writable && writable { libc::POLLOUT } else { 0 };
                let mask = (readable | writable) as u32;
                if mask != 0 {
                    outbox.end_placed(*token, Ok(mask), Payload::None);
                }
                mask == 0
            });
        }
    }
}

/// The result of a send of all bytes from `from` on.
fn total(from: usize, len: usize) -> u32 {
    u32::try_from(len - from).unwrap_or(u32::MAX)
}
