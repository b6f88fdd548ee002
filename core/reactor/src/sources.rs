//! Other event loops that share the shard's wait, such as the engine's.
//!
//! A source names descriptors; each is watched by a one-shot poll, armed again only after it has
//! fired. While the shard is busy a source is asked no more often than every
//! [`SOURCE_INTERVAL_NS`], so that its cost does not come with every turn.

use std::{os::fd::RawFd, time::Duration};

use dx_driver::{Descriptor, Interest, Operation, Token};

use crate::Reactor;

/// The kind of tokens of sources' polls.
pub(crate) const KIND: u8 = Token::RESERVED_KINDS + 2;

/// Longest time between two looks at a source while the shard never has to wait.
pub(crate) const SOURCE_INTERVAL_NS: u64 = 5_000_000;

/// Something besides the driver that a shard waits for.
///
/// Both methods may use the reactor, except for turning it.
pub trait WaitSource {
    /// Called before a wait that may block, and now and then where none does. Adds the
    /// descriptors to watch to `watch` (empty at the call) and says how long the wait may last
    /// at most: zero where there is something to dispatch already, `None` for ever.
    fn prepare(&mut self, watch: &mut Vec<(RawFd, Interest)>) -> Option<Duration>;

    /// Called after a wait in which a watched descriptor became ready or the time was up.
    fn dispatch(&mut self);
}

struct Watch {
    descriptor: RawFd,
    interest: Interest,
    token: Token,
}

struct Entry {
    /// Absent while one of its methods runs.
    source: Option<Box<dyn WaitSource>>,
    armed: Vec<Watch>,
    fired: bool,
    /// When to dispatch although nothing has fired.
    due_ns: u64,
}

/// All sources of a reactor.
#[derive(Default)]
pub(crate) struct Sources {
    entries: Vec<Entry>,
    generation: u32,
    prepared_ns: u64,
    scratch: Vec<(RawFd, Interest)>,
}

impl Sources {
    pub(crate) fn add(&mut self, source: Box<dyn WaitSource>) {
        let armed = Vec::new();
        self.entries.push(Entry { source: Some(source), armed, fired: false, due_ns: u64::MAX });
        self.prepared_ns = 0;
    }

    /// A poll has ended: its descriptor is ready, or no longer watched.
    pub(crate) fn fired(&mut self, token: Token) {
        let Some(entry) = self.entries.get_mut(token.index() as usize) else { return };
        if let Some(place) = entry.armed.iter().position(|watch| watch.token == token) {
            entry.armed.swap_remove(place);
            entry.fired = true;
        }
    }

    /// A token no poll in flight has; generations start again after a million polls.
    fn next_token(&mut self, index: usize) -> Token {
        self.generation = (self.generation + 1) % Token::GENERATIONS;
        Token::new(KIND, self.generation, index as u32)
    }
}

impl Reactor {
    /// Asks the sources what to watch and for how long to wait.
    pub(crate) fn prepare_sources(&self, timeout: &mut Option<Duration>) {
        let count = self.0.sources.borrow().entries.len();
        if count == 0 {
            return;
        }
        let now = self.now_ns();
        let recently = now.saturating_sub(self.0.sources.borrow().prepared_ns) < SOURCE_INTERVAL_NS;
        if *timeout == Some(Duration::ZERO) && recently {
            return;
        }
        self.0.sources.borrow_mut().prepared_ns = now;
        for index in 0..count {
            let wait = self.prepare_source(index);
            if let Some(wait) = wait {
                *timeout = Some(timeout.map_or(wait, |timeout| timeout.min(wait)));
            }
        }
    }

    fn prepare_source(&self, index: usize) -> Option<Duration> {
        let mut sources = self.0.sources.borrow_mut();
        let mut source = sources.entries[index].source.take()?;
        let mut watch = std::mem::take(&mut sources.scratch);
        drop(sources);
        watch.clear();
        let wait = source.prepare(&mut watch);
        let mut sources = self.0.sources.borrow_mut();
        let entry = sources.entries.get_mut(index)?;
        entry.source = Some(source);
        let wait_ns = wait.map_or(u64::MAX, |wait| wait.as_nanos().try_into().unwrap_or(u64::MAX));
        entry.due_ns = self.clock_ns().saturating_add(wait_ns);
        let wanted = |armed: &Watch| watch.contains(&(armed.descriptor, armed.interest));
        let unwanted: Vec<_> = entry.armed.extract_if(.., |armed| !wanted(armed)).collect();
        for &(descriptor, interest) in &watch {
            let same = |armed: &Watch| (armed.descriptor, armed.interest) == (descriptor, interest);
            if sources.entries[index].armed.iter().any(same) {
                continue;
            }
            let token = sources.next_token(index);
            sources.entries[index].armed.push(Watch { descriptor, interest, token });
            let descriptor = Descriptor(descriptor);
            self.submit_reserved(token, Operation::Poll { descriptor, interest });
        }
        sources.scratch = watch;
        for watch in unwanted {
            self.cancel(watch.token);
        }
        wait
    }

    /// Runs the sources that have something to do.
    pub(crate) fn dispatch_sources(&self) {
        let count = self.0.sources.borrow().entries.len();
        for index in 0..count {
            let mut sources = self.0.sources.borrow_mut();
            let Some(entry) = sources.entries.get_mut(index) else { return };
            if !entry.fired && entry.due_ns > self.now_ns() {
                continue;
            }
            entry.fired = false;
            entry.due_ns = u64::MAX;
            let Some(mut source) = entry.source.take() else { continue };
            drop(sources);
            source.dispatch();
            if let Some(entry) = self.0.sources.borrow_mut().entries.get_mut(index) {
                entry.source = Some(source);
            }
        }
    }
}
