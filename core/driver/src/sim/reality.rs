//! The part of a simulation's world that is real: pipes and other descriptors of the process,
//! and its files where the simulation has none of its own. Their operations go to an epoll
//! driver; the simulation delays what comes of them, and cuts reads of files short.

use std::{
    collections::{HashMap, VecDeque},
    io,
    time::Duration,
};

use super::world::descriptor_of;
use crate::{Completion, Driver as _, Epoll, Operation, Payload, Token};

/// What is known of an operation in the real world.
struct Sent {
    /// When its last completion so far comes; the next comes later.
    last_due_ns: u64,
    /// A read at a place of a file: one that brings less can be followed by another.
    may_be_short: bool,
}

/// A real completion, and whether its bytes may be cut short.
pub(super) struct Returned {
    pub(super) completion: Completion,
    pub(super) may_be_short: bool,
}

/// The real world.
pub(super) struct Reality {
    driver: Epoll,
    /// Whether paths name real files.
    has_files: bool,
    sent: HashMap<u64, Sent>,
}

impl Reality {
    pub(super) fn new(has_files: bool) -> io::Result<Self> {
        Ok(Self { driver: Epoll::open()?, has_files, sent: HashMap::new() })
    }

    /// Whether an operation is one of the real world.
    pub(super) fn takes(&self, operation: &Operation) -> bool {
        match descriptor_of(operation) {
            Some(descriptor) => descriptor.0 >= 0 && !descriptor.is_virtual(),
            None => self.has_files,
        }
    }

    /// Whether an operation may end with `EINTR` before it has begun.
    pub(super) fn may_be_interrupted(operation: &Operation) -> bool {
        match operation {
            Operation::Read { offset, .. } | Operation::Write { offset, .. } => *offset != u64::MAX,
            Operation::Open { .. } => true,
            _ => false,
        }
    }

    pub(super) fn submit(&mut self, token: Token, operation: Operation) {
        let may_be_short =
            matches!(operation, Operation::Read { offset, .. } if offset != u64::MAX);
        if !matches!(operation, Operation::Close { .. }) {
            self.sent.insert(token.to_bits(), Sent { last_due_ns: 0, may_be_short });
        }
        self.driver.submit(token, operation);
    }

    pub(super) fn cancel(&mut self, token: Token) {
        self.driver.cancel(token);
    }

    /// Whether something may come at any time.
    pub(super) fn is_watched(&self) -> bool {
        self.driver.in_flight() > 0
    }

    /// What has ended, without waiting for more.
    pub(super) fn collect(&mut self) -> io::Result<Vec<Returned>> {
        let mut completions = VecDeque::new();
        if self.is_watched() {
            self.driver.wait(Some(Duration::ZERO), &mut completions)?;
        }
        Ok(self.returned(completions))
    }

    /// Ends everything.
    pub(super) fn shut_down(&mut self) -> io::Result<Vec<Returned>> {
        let mut completions = VecDeque::new();
        self.driver.shutdown(&mut completions)?;
        Ok(self.returned(completions))
    }

    fn returned(&self, completions: VecDeque<Completion>) -> Vec<Returned> {
        let returned = |completion: Completion| {
            let sent = self.sent.get(&completion.token.to_bits());
            let may_be_short = sent.is_some_and(|sent| sent.may_be_short);
            Returned { completion, may_be_short }
        };
        completions.into_iter().map(returned).collect()
    }

    /// Places a completion at `due_ns` or behind those of its operation; when it comes.
    pub(super) fn place(&mut self, completion: &Completion, due_ns: u64) -> u64 {
        let bits = completion.token.to_bits();
        let Some(sent) = self.sent.get_mut(&bits) else { return due_ns };
        sent.last_due_ns = due_ns.max(sent.last_due_ns + 1);
        let due_ns = sent.last_due_ns;
        if !completion.more {
            self.sent.remove(&bits);
        }
        due_ns
    }
}

/// Takes away what is behind the first `count` bytes of those a read has brought.
pub(super) fn cut_short(completion: &mut Completion, count: usize) {
    let Ok(brought) = completion.result else { return };
    if let Payload::Incoming(into) = &mut completion.payload {
        into.truncate(into.len() - (brought as usize - count));
        completion.result = Ok(count as u32);
    }
}
