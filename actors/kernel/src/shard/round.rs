//! Rounds: what a shard does between two waits.

use std::{
    io,
    rc::{Rc, Weak},
    sync::atomic::{Ordering, fence},
    time::Duration,
};

use dx_driver::{Completion, Interest, Payload};
use dx_reactor::{Event, WaitSource};
use dx_ring::Key;

use super::{Inner, Route, RunState, Shard};
use crate::{
    CallError, Job, REPLY_LANE,
    mesh::{Letter, Peer},
};

/// Runs of actors in one round before the reactor has its turn, so that two actors that talk to
/// each other cannot keep the shard from its I/O.
const RUNS_A_ROUND: usize = 256;
/// Letters taken from one lane in one round.
const LETTERS_A_ROUND: usize = 1024;
/// The bound of a wait when there is something to do.
const NOT_AT_ALL: Option<Duration> = Some(Duration::ZERO);

/// The shard's say in how long the reactor waits.
struct BeforeWait {
    inner: Weak<Inner>,
}

impl WaitSource for BeforeWait {
    fn prepare(&mut self, _watch: &mut Vec<(std::os::fd::RawFd, Interest)>) -> Option<Duration> {
        let inner = self.inner.upgrade()?;
        Shard { inner }.prepare_wait()
    }

    fn dispatch(&mut self) {}
}

impl Shard {
    /// One round, waiting at most `timeout` (`None`: until something happens) if there is
    /// nothing to do.
    ///
    /// A panic in a job or a task of the reactor is not caught here: it ends the shard, and
    /// the set with it.
    ///
    /// # Errors
    /// As the driver's wait; the shard cannot go on.
    pub fn turn(&self, timeout: Option<Duration>) -> io::Result<RunState> {
        self.work();
        let timeout = if self.has_local_work() { NOT_AT_ALL } else { timeout };
        let outcome = self.inner.reactor.turn(timeout);
        self.inner.bell.sleep.awake();
        outcome?;
        self.inner.round_ns.set(self.inner.reactor.now_ns());
        self.dispatch_events();
        self.drain_lanes();
        self.work();
        Ok(self.check_stop())
    }

    /// Rounds until the set is stopped.
    ///
    /// # Errors
    /// As [`Shard::turn`].
    pub fn run(&self) -> io::Result<()> {
        while self.turn(None)? != RunState::Stopped {}
        Ok(())
    }

    /// Whether the set was asked to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.inner.set.stop_requested().is_some()
    }

    /// Runs what is ready and publishes what it sent; whether anything ran.
    fn work(&self) -> bool {
        let ran = self.run_jobs() | self.run_ready();
        self.flush();
        ran
    }

    /// Has the reactor ask the shard before it waits: tasks that ran first in its turn may have
    /// sent something.
    pub(super) fn share_wait(&self) {
        let source = BeforeWait { inner: Rc::downgrade(&self.inner) };
        self.inner.reactor.add_source(Box::new(source));
    }

    /// How long the reactor may wait at most. Where it may wait at all, other threads have been
    /// told that they must ring.
    fn prepare_wait(&self) -> Option<Duration> {
        // What runs now may wake tasks, which the reactor has already looked for.
        if self.work() || self.has_local_work() {
            return NOT_AT_ALL;
        }
        let inner = &self.inner;
        inner.bell.sleep.prepare_sleep();
        if self.has_news() {
            return NOT_AT_ALL;
        }
        // Once the deadline has passed, the shard has been told to stop: a loop that goes on
        // all the same must not spin.
        let left_ns = inner.stop_deadline_ns.get()?.checked_sub(inner.round_ns.get())?;
        (left_ns > 0).then(|| Duration::from_nanos(left_ns))
    }

    fn has_local_work(&self) -> bool {
        !self.inner.ready.borrow().is_empty() || !self.inner.jobs.borrow().is_empty()
    }

    /// Whether another thread has something for this shard that it has not seen.
    fn has_news(&self) -> bool {
        let inner = &self.inner;
        inner.peers.iter().flatten().any(Peer::has_news)
            || !inner.outside.borrow().is_empty()
            || (self.is_stopping() && inner.stop_deadline_ns.get().is_none())
            || self.may_release_room_waiters()
    }

    fn dispatch_events(&self) {
        while let Some(event) = self.inner.reactor.next_event() {
            let kind = match &event {
                Event::Completion(completion) => completion.token.kind(),
                Event::Timer(token) => token.kind(),
            };
            self.dispatch(kind, event);
        }
    }

    #[inline]
    fn dispatch(&self, kind: u8, event: Event) {
        let routes = self.inner.routes.borrow();
        match routes.get(usize::from(kind)) {
            Some(Some(Route::Actor(cell))) => {
                let cell = Rc::clone(cell);
                drop(routes);
                if cell.event(self, event) {
                    self.push_ready(cell);
                }
            }
            Some(Some(Route::Handler(handler))) => {
                let handler = Rc::clone(handler);
                drop(routes);
                handler(event);
            }
            _ => {
                drop(routes);
                self.dispose(event);
            }
        }
    }

    /// Drops an event nobody takes; a socket that came with it is closed.
    pub(crate) fn dispose(&self, event: Event) {
        self.inner.unrouted.set(self.inner.unrouted.get() + 1);
        if let Event::Completion(Completion { payload: Payload::Socket(socket), .. }) = event {
            self.inner.reactor.close(socket);
        }
    }

    /// Takes what other threads published.
    fn drain_lanes(&self) {
        for (source, peer) in self.inner.peers.iter().enumerate() {
            let Some(peer) = peer else { continue };
            let gone = peer.replies_in.borrow().is_closed();
            for letter in peer.replies_in.borrow_mut().drain(REPLY_LANE) {
                self.complete_ticket(letter.to, letter.body);
            }
            for letter in peer.requests_in.borrow_mut().drain(LETTERS_A_ROUND) {
                peer.drained.set(true);
                self.deliver(source, letter);
            }
            // What was published before the end has been taken: the rest will not come.
            if gone && !peer.gone.replace(true) {
                self.fail_tickets_of(source);
            }
        }
        let mut outside = self.inner.outside.borrow_mut();
        let mut jobs = self.inner.jobs.borrow_mut();
        while let Some(job) = outside.pop() {
            jobs.push_back(job);
        }
        drop((outside, jobs));
        self.wake_room_waiters();
    }

    fn deliver(&self, source: usize, letter: Letter) {
        if letter.to == Key::NONE {
            if let Ok(job) = letter.body.take::<Job>() {
                self.inner.jobs.borrow_mut().push_back(job);
            }
            return;
        }
        let cell = self.inner.actors.borrow().get(letter.to).cloned();
        let Some(cell) = cell else {
            if letter.reply_to != Key::NONE {
                self.fail_call(source, letter.reply_to, CallError::Closed);
            }
            return;
        };
        if cell.deliver(self, source, letter) {
            self.push_ready(cell);
        }
    }

    fn run_jobs(&self) -> bool {
        if self.inner.jobs.borrow().is_empty() {
            return false;
        }
        let jobs = std::mem::take(&mut *self.inner.jobs.borrow_mut());
        for job in jobs {
            job(self);
        }
        true
    }

    fn run_ready(&self) -> bool {
        if self.inner.ready.borrow().is_empty() {
            return false;
        }
        for _ in 0..RUNS_A_ROUND {
            let Some(cell) = self.inner.ready.borrow_mut().pop_front() else { break };
            if cell.run(self) {
                self.inner.ran.borrow_mut().push(cell);
            }
        }
        let now_ns = self.inner.reactor.clock_ns();
        let mut ran = std::mem::take(&mut *self.inner.ran.borrow_mut());
        ran.drain(..).for_each(|cell| cell.record_latency(now_ns));
        *self.inner.ran.borrow_mut() = ran;
        if self.inner.local_room.replace(false) {
            self.release_room_waiters();
        }
        true
    }

    /// Publishes what was pushed, wakes those it is for, and those who wait for room here.
    fn flush(&self) {
        if self.inner.peers.len() < 2 {
            return;
        }
        for peer in self.inner.peers.iter().flatten() {
            if peer.publish() {
                peer.bell.ring_if_asleep();
            }
            if peer.drained.replace(false) {
                // Orders the freeing of places before the look at the flag; the other side
                // sets the flag before it looks for places again.
                fence(Ordering::SeqCst);
                if peer.starved_in.load(Ordering::Relaxed)
                    && peer.starved_in.swap(false, Ordering::AcqRel)
                {
                    peer.bell.ring_if_asleep();
                }
            }
        }
    }

    fn check_stop(&self) -> RunState {
        let inner = &self.inner;
        let Some(grace) = inner.set.stop_requested() else { return RunState::Running };
        let deadline_ns = match inner.stop_deadline_ns.get() {
            Some(deadline_ns) => deadline_ns,
            None => {
                let deadline_ns = inner.round_ns.get().saturating_add(grace.as_nanos() as u64);
                inner.stop_deadline_ns.set(Some(deadline_ns));
                let actors: Vec<_> =
                    inner.actors.borrow().iter().map(|(_, cell)| Rc::clone(cell)).collect();
                for cell in actors {
                    if cell.stopping(self) {
                        self.push_ready(cell);
                    }
                }
                self.work();
                deadline_ns
            }
        };
        if inner.guards.get() == 0 || inner.round_ns.get() >= deadline_ns {
            return RunState::Stopped;
        }
        RunState::Stopping
    }

    /// Closes every actor, fails what is unanswered and publishes that, then ends the
    /// reactor's tasks and operations. Sockets nobody has taken are closed.
    pub fn tear_down(&self) {
        let inner = &self.inner;
        if inner.torn_down.replace(true) {
            return;
        }
        let actors: Vec<_> =
            inner.actors.borrow().iter().map(|(_, cell)| Rc::clone(cell)).collect();
        actors.iter().for_each(|cell| cell.close(self));
        inner.ready.borrow_mut().clear();
        inner.jobs.borrow_mut().clear();
        let routes = std::mem::take(&mut *inner.routes.borrow_mut());
        drop((actors, routes));
        inner.room_waiters.borrow_mut().clear();
        self.flush();
        // A driver that cannot shut down leaks what is in flight rather than free it. The second
        // time ends the closing of what the first time brought.
        for _ in 0..2 {
            let _ = inner.reactor.shutdown();
            while let Some(event) = inner.reactor.next_event() {
                self.dispose(event);
            }
        }
        self.flush();
    }
}
