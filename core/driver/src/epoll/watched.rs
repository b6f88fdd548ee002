//! What waits for one descriptor to become ready, and what is known of it.

use std::collections::VecDeque;

use crate::{Completion, Interest, Outgoing, Payload, Token};

/// A send on its way.
pub(super) struct Sending {
    pub(super) token: Token,
    pub(super) bytes: Outgoing,
    /// First byte not yet taken by the kernel.
    pub(super) at: usize,
    pub(super) sent: usize,
}

/// A read of a pipe, a terminal or the like.
pub(super) struct Reading {
    pub(super) token: Token,
    pub(super) into: Vec<u8>,
}

/// A write to one.
pub(super) struct Writing {
    pub(super) token: Token,
    pub(super) bytes: Outgoing,
    pub(super) from: usize,
}

/// The state of one descriptor. `readable` and `writable` say that an attempt is worth making:
/// they are set by the kernel's word and cleared by an attempt that would have waited.
#[derive(Default)]
pub(super) struct Watched {
    pub(super) registered: bool,
    pub(super) readable: bool,
    pub(super) writable: bool,
    pub(super) ended: bool,
    /// Whether it waits in the driver's list of descriptors to look at.
    pub(super) queued: bool,
    pub(super) accept: Option<Token>,
    pub(super) receive: Option<Token>,
    pub(super) connect: Option<Token>,
    pub(super) sends: VecDeque<Sending>,
    pub(super) reads: VecDeque<Reading>,
    pub(super) writes: VecDeque<Writing>,
    pub(super) polls: Vec<(Token, Interest)>,
}

fn cancelled(token: Token, payload: Payload) -> Completion {
    let result = Err(std::io::Error::from_raw_os_error(libc::ECANCELED));
    Completion { token, result, more: false, payload }
}

impl Watched {
    /// Takes the operation of a token out, as the completion that says so.
    pub(super) fn cancel(&mut self, token: Token) -> Option<Completion> {
        for place in [&mut self.accept, &mut self.receive, &mut self.connect] {
            if *place == Some(token) {
                *place = None;
                return Some(cancelled(token, Payload::None));
            }
        }
        if let Some(place) = self.polls.iter().position(|poll| poll.0 == token) {
            self.polls.swap_remove(place);
            return Some(cancelled(token, Payload::None));
        }
        if let Some(place) = self.sends.iter().position(|send| send.token == token) {
            let send = self.sends.remove(place)?;
            return Some(cancelled(token, Payload::Outgoing(send.bytes)));
        }
        if let Some(place) = self.reads.iter().position(|read| read.token == token) {
            let read = self.reads.remove(place)?;
            return Some(cancelled(token, Payload::Incoming(read.into)));
        }
        let place = self.writes.iter().position(|write| write.token == token)?;
        let write = self.writes.remove(place)?;
        Some(cancelled(token, Payload::Outgoing(write.bytes)))
    }

    /// Takes every operation out.
    pub(super) fn cancel_all(&mut self) -> Vec<Completion> {
        let single = [&mut self.accept, &mut self.receive, &mut self.connect];
        let mut all: Vec<_> = single.into_iter().filter_map(Option::take).collect();
        all.extend(self.polls.drain(..).map(|poll| poll.0));
        let mut all: Vec<_> =
            all.into_iter().map(|token| cancelled(token, Payload::None)).collect();
        let sends = self.sends.drain(..);
        all.extend(sends.map(|send| cancelled(send.token, Payload::Outgoing(send.bytes))));
        let reads = self.reads.drain(..);
        all.extend(reads.map(|read| cancelled(read.token, Payload::Incoming(read.into))));
        let writes = self.writes.drain(..);
        all.extend(writes.map(|write| cancelled(write.token, Payload::Outgoing(write.bytes))));
        all
    }
}
