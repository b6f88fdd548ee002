//! From completion queue entries to completions.

use std::{collections::VecDeque, io, mem::MaybeUninit};

use dx_mem::Lease;
use io_uring::cqueue;

use super::{
    Uring,
    entries::{self, Tag},
    slots::{Held, SlotName},
};
use crate::{Completion, Descriptor, FileStatus, Payload, Token};

/// Entries copied out of the queue at a time, so that handling them may use the ring.
const REAP_BATCH: usize = 128;

impl Uring {
    /// Takes everything off the completion queue.
    pub(super) fn reap(&mut self, completions: &mut VecDeque<Completion>) {
        let mut batch = [const { MaybeUninit::uninit() }; REAP_BATCH];
        loop {
            let entries = self.ring.completion().fill(&mut batch);
            if entries.is_empty() {
                return;
            }
            for entry in entries {
                self.handle(entry, completions);
            }
        }
    }

    /// Ends the quiet sends about which the kernel has nothing to say: it took all of their bytes
    /// as they were submitted. What it could not take at once is among the completions.
    pub(super) fn settle(&mut self, completions: &mut VecDeque<Completion>) {
        if self.quiet.is_empty() || !self.backlog.is_empty() {
            return;
        }
        let queue = self.ring.submission();
        if !queue.is_empty() || queue.cq_overflow() {
            return;
        }
        drop(queue);
        let mut quiet = std::mem::take(&mut self.quiet);
        for name in quiet.drain(..) {
            let total = match self.slots.get_mut(name).map(|slot| &slot.held) {
                Some(Held::Send(sending)) if sending.quiet => {
                    sending.sent + sending.bytes.as_slice().len() - sending.at
                }
                _ => continue,
            };
            let Some((token, held)) = self.slots.remove(name) else { continue };
            let total = i32::try_from(total).unwrap_or(i32::MAX);
            self.end(token, total, payload_of(held, total), completions);
        }
        self.quiet = quiet;
    }

    fn handle(&mut self, entry: &cqueue::Entry, completions: &mut VecDeque<Completion>) {
        let (tag, bits) = Tag::split(entry.user_data());
        let more = cqueue::more(entry.flags());
        let result = entry.result();
        match tag {
            Tag::Receive => {
                let lease = self.lease(entry);
                self.received(Token::from_bits(bits), result, lease, more, completions);
            }
            Tag::Slot => self.slot_ended(SlotName::from_bits(bits), entry, completions),
            Tag::Accept => self.accepted(Token::from_bits(bits), result, more, completions),
            Tag::Plain => self.end(Token::from_bits(bits), result, Payload::None, completions),
            Tag::Poll => {
                let token = Token::from_bits(bits);
                self.armed.remove(token);
                self.end(token, result, Payload::None, completions);
            }
            Tag::Bell => self.bell_armed = more,
            Tag::Ignored => {}
        }
    }

    /// The buffer that came with a completion.
    fn lease(&self, entry: &cqueue::Entry) -> Option<Lease> {
        let id = cqueue::buffer_select(entry.flags())?;
        let len = entry.result().max(0) as u32;
        // SAFETY: the kernel names a buffer it took from the ring and has filled; each such
        // completion is reaped once.
        Some(unsafe { self.pool.filled(id, len) })
    }

    fn received(
        &mut self,
        token: Token,
        result: i32,
        lease: Option<Lease>,
        more: bool,
        completions: &mut VecDeque<Completion>,
    ) {
        if result > 0 {
            let payload = lease.map_or(Payload::None, Payload::Lease);
            completions.push_back(step(token, result, payload));
            if more {
                return;
            }
        }
        receive_ended(self, token, result, completions);
    }

    fn accepted(
        &mut self,
        token: Token,
        result: i32,
        more: bool,
        completions: &mut VecDeque<Completion>,
    ) {
        if result >= 0 {
            let payload = Payload::Socket(Descriptor(result));
            completions.push_back(step(token, result, payload));
            if more {
                return;
            }
        }
        // A connection that was gone before it was accepted is no failure of the listener.
        let listening = result >= 0 || matches!(-result, libc::ECONNABORTED | libc::EINTR);
        let Some(armed) = self.armed.get(token) else { return };
        if listening && !armed.cancelled && !self.closing {
            return self.push(entries::accept(token, armed.descriptor));
        }
        self.armed.remove(token);
        self.loopback.accept_ended(token);
        let result = if listening { -libc::ECANCELED } else { result };
        self.end(token, result, Payload::None, completions);
    }

    fn slot_ended(
        &mut self,
        name: SlotName,
        entry: &cqueue::Entry,
        completions: &mut VecDeque<Completion>,
    ) {
        let Some(slot) = self.slots.get_mut(name) else { return };
        let result = if let Held::Send(sending) = &mut slot.held {
            if cqueue::more(entry.flags()) {
                // A zero-copy send: the outcome now, the buffer when the network is done.
                sending.outcome = Some(entry.result());
                return;
            }
            let result = sending.outcome.take().unwrap_or(entry.result());
            let was_quiet = std::mem::take(&mut sending.quiet);
            if result > 0 {
                sending.at += result as usize;
                sending.sent += result as usize;
                let unsent = sending.at < sending.bytes.as_slice().len();
                if unsent && !sending.cancelled && !self.closing {
                    return self.push_send(name);
                }
                let total = i32::try_from(sending.sent).unwrap_or(i32::MAX);
                if unsent { -libc::ECANCELED } else { total }
            } else if (result == -libc::EINTR || was_quiet && result == -libc::EAGAIN)
                && !sending.cancelled
                && !self.closing
            {
                return self.push_send(name);
            } else {
                result
            }
        } else {
            entry.result()
        };
        let Some((token, held)) = self.slots.remove(name) else { return };
        let payload = payload_of(held, result);
        self.end(token, result, payload, completions);
    }

    /// Hands over the last completion of an operation.
    fn end(
        &mut self,
        token: Token,
        result: i32,
        payload: Payload,
        completions: &mut VecDeque<Completion>,
    ) {
        self.in_flight -= 1;
        completions.push_back(Completion { token, result: outcome(result), more: false, payload });
    }
}

/// A receive the kernel has ended: with data (it needed room), at the end of the stream, or with
/// an error.
fn receive_ended(
    driver: &mut Uring,
    token: Token,
    result: i32,
    completions: &mut VecDeque<Completion>,
) {
    let Some(armed) = driver.armed.get(token) else { return };
    let alive = result > 0 || result == -libc::EINTR;
    if alive && !armed.cancelled && !driver.closing {
        return driver.push(entries::receive(token, armed.descriptor));
    }
    driver.armed.remove(token);
    driver.starved |= result == -libc::ENOBUFS;
    let result = if alive { -libc::ECANCELED } else { result };
    driver.end(token, result, Payload::None, completions);
}

/// One step of a multishot operation.
fn step(token: Token, result: i32, payload: Payload) -> Completion {
    Completion { token, result: outcome(result), more: true, payload }
}

fn outcome(result: i32) -> io::Result<u32> {
    u32::try_from(result).map_err(|_| io::Error::from_raw_os_error(-result))
}

/// What an ended operation gives back.
fn payload_of(held: Held, result: i32) -> Payload {
    match held {
        Held::Send(sending) => Payload::Outgoing(sending.bytes),
        Held::Write(bytes) => Payload::Outgoing(bytes),
        Held::Read(mut bytes) => {
            let len = bytes.len() + result.max(0) as usize;
            assert!(len <= bytes.capacity(), "the kernel reads no more than it was given room for");
            // SAFETY: within the capacity, and the kernel has written up to there.
            unsafe { bytes.set_len(len) };
            Payload::Incoming(bytes)
        }
        Held::Status(_, status) if result >= 0 => {
            Payload::Status(Box::new(FileStatus::from(&status.into_inner())))
        }
        Held::Status(..) | Held::Open(_) | Held::Connect(_) | Held::Free(_) => Payload::None,
    }
}
