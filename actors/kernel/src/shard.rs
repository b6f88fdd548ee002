//! A shard: one thread's reactor, its actors, and its ends of the rings to other shards.
//!
//! One round: run the actors that have messages, publish what they sent, wait in the reactor,
//! dispatch its events, take what other shards published, run, publish.
//!
//! How it fails: an error of the driver ends the round with it; everything else is answered to
//! whoever asked.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering, fence},
    },
    task::Waker,
    time::Duration,
};

use dx_driver::Driver;
use dx_reactor::{Event, Reactor};
use dx_ring::{CachePadded, Key, Parcel, Slab, mpsc};

use crate::{
    Actor, ActorOptions, ActorSnapshot, Addr, BoxError, CallError, Context, Job, REPLY_LANE,
    Refused, SetHandle, ShardRole, Topology,
    call::{Failure, TicketSlot, TicketState},
    cell::{ActorCell, AnyActor, Factory},
    directory::{ActorShared, Quota},
    mesh::{Bell, Letter, Peer, Port, mesh},
    metrics::Counters,
    set::SetState,
};

/// Runs of actors in one round before the reactor has its turn, so that two actors that talk to
/// each other cannot keep the shard from its I/O.
const RUNS_A_ROUND: usize = 256;
/// Letters taken from one lane in one round.
const LETTERS_A_ROUND: usize = 1024;
/// Token kinds there are.
const KINDS: usize = 256;

/// Where a shard stands; see [`Shard::turn`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RunState {
    /// Go on.
    Running,
    /// Asked to stop, and waiting for work that holds a [`crate::DrainGuard`]; go on.
    Stopping,
    /// Stopped: leave the loop.
    Stopped,
}

/// Someone whose message was refused.
enum RoomWaiter {
    Task(Waker),
    Actor(Rc<dyn AnyActor>),
}

type Handler = Rc<RefCell<dyn FnMut(Event)>>;

/// Who gets the events of one token kind.
enum Route {
    Actor(Rc<dyn AnyActor>),
    Handler(Handler),
}

/// A handle to the shard of this thread; clones share it.
#[derive(Clone)]
pub struct Shard {
    inner: Rc<Inner>,
}

struct Inner {
    index: usize,
    reactor: Reactor,
    set: Arc<SetState>,
    bell: Arc<Bell>,
    peers: Vec<Option<Peer>>,
    outside: RefCell<mpsc::Consumer<Job>>,
    jobs: RefCell<VecDeque<Box<dyn FnOnce(&Shard)>>>,
    actors: RefCell<Slab<Rc<dyn AnyActor>>>,
    ready: RefCell<VecDeque<Rc<dyn AnyActor>>>,
    ran: RefCell<Vec<Rc<dyn AnyActor>>>,
    routes: RefCell<Vec<Option<Route>>>,
    tickets: RefCell<Slab<TicketSlot>>,
    local_credits: Cell<usize>,
    room_waiters: RefCell<Vec<RoomWaiter>>,
    /// Actors of this shard that refused a message and have not made room since.
    local_refusals: Cell<usize>,
    local_room: Cell<bool>,
    round_ns: Cell<u64>,
    guards: Cell<usize>,
    stop_deadline_ns: Cell<Option<u64>>,
    torn_down: Cell<bool>,
    unrouted: Cell<u64>,
}

impl Shard {
    pub(crate) fn new(driver: Box<dyn Driver>, port: Port, set: Arc<SetState>) -> Self {
        let doorbell = driver.doorbell();
        let reactor = Reactor::new(driver);
        let peers = port.peers.into_iter().map(|seed| seed.map(|seed| seed.plant())).collect();
        let inner = Rc::new(Inner {
            index: port.index,
            round_ns: Cell::new(reactor.now_ns()),
            reactor,
            set,
            bell: Arc::clone(&port.bell),
            peers,
            outside: RefCell::new(port.outside),
            jobs: RefCell::default(),
            actors: RefCell::default(),
            ready: RefCell::default(),
            ran: RefCell::default(),
            routes: RefCell::new((0..KINDS).map(|_| None).collect()),
            tickets: RefCell::default(),
            local_credits: Cell::new(REPLY_LANE),
            room_waiters: RefCell::default(),
            local_refusals: Cell::new(0),
            local_room: Cell::new(false),
            guards: Cell::new(0),
            stop_deadline_ns: Cell::new(None),
            torn_down: Cell::new(false),
            unrouted: Cell::new(0),
        });
        port.bell.install(doorbell);
        Self { inner }
    }

    /// A set of this one shard, on the calling thread: the inline topology without a
    /// [`crate::ShardSet`]. [`Shard::tear_down`] ends it.
    #[must_use]
    pub fn alone(driver: Box<dyn Driver>) -> Self {
        let mut ports = mesh(1);
        let state = SetState::new(Topology::Inline, &ports);
        Self::new(driver, ports.remove(0), state)
    }

    /// The shard's number in its set.
    #[must_use]
    #[inline]
    pub fn index(&self) -> usize {
        self.inner.index
    }

    /// What the shard is for.
    #[must_use]
    pub fn role(&self) -> ShardRole {
        self.topology().role(self.inner.index)
    }

    /// The topology of the set.
    #[must_use]
    pub fn topology(&self) -> Topology {
        self.inner.set.topology
    }

    /// The reactor.
    #[must_use]
    #[inline]
    pub fn reactor(&self) -> &Reactor {
        &self.inner.reactor
    }

    /// Speaks to the whole set; can be sent to other threads.
    #[must_use]
    pub fn set(&self) -> SetHandle {
        SetHandle { state: Arc::clone(&self.inner.set) }
    }

    /// Counters of every actor of the set.
    #[must_use]
    pub fn snapshot(&self) -> Vec<ActorSnapshot> {
        self.inner.set.directory.snapshot()
    }

    /// Events whose token kind nobody asked for: a mistake, or the tail of an actor that ended.
    #[must_use]
    pub fn unrouted_events(&self) -> u64 {
        self.inner.unrouted.get()
    }

    /// Waits until every shard of the set has come here: after it, [`Shard::find`] finds what
    /// the others spawned before. Blocks the thread; for setting up only.
    ///
    /// # Errors
    /// When another shard failed to start.
    pub fn synchronize(&self) -> Result<(), BoxError> {
        if self.inner.set.barrier.wait() {
            return Ok(());
        }
        Err("another shard failed to start".into())
    }

    // ---- actors -------------------------------------------------------------------------

    /// Starts an actor that `factory` builds now, and anew after each panic. If the first
    /// build panics, it is tried again as after any panic.
    pub fn spawn<A: Actor>(
        &self,
        options: &ActorOptions,
        factory: impl FnMut(&Context<'_, A>) -> A + 'static,
    ) -> Addr<A> {
        let cell = self.enter_actor(options, Some(Box::new(factory)), None);
        if cell.first_build(self) {
            self.push_ready(Rc::clone(&cell) as Rc<dyn AnyActor>);
        }
        Addr::local(self, cell)
    }

    /// Starts an actor that cannot be built anew: its first panic closes it.
    pub fn spawn_value<A: Actor>(&self, options: &ActorOptions, actor: A) -> Addr<A> {
        Addr::local(self, self.enter_actor(options, None, Some(actor)))
    }

    fn enter_actor<A: Actor>(
        &self,
        options: &ActorOptions,
        factory: Option<Factory<A>>,
        state: Option<A>,
    ) -> Rc<ActorCell<A>> {
        let mut actors = self.inner.actors.borrow_mut();
        let shards = self.inner.peers.len();
        let senders = if shards > 1 { shards } else { 0 };
        let shared = Arc::new(ActorShared {
            name: options.name.as_str().into(),
            type_id: std::any::TypeId::of::<A>(),
            shard: self.inner.index,
            key: actors.next_key(),
            capacity: options.capacity.max(1),
            closed: AtomicBool::new(false),
            quotas: (0..senders).map(|_| Quota::default()).collect(),
            counters: CachePadded(Counters::default()),
        });
        let cell = ActorCell::new(Arc::clone(&shared), options, factory, state);
        actors.insert(Rc::clone(&cell) as Rc<dyn AnyActor>);
        drop(actors);
        self.inner.set.directory.enter(&shared);
        cell
    }

    /// The actor called `name` on shard `index`, if it is there and of this type.
    #[must_use]
    pub fn find<A: Actor>(&self, index: usize, name: &str) -> Option<Addr<A>> {
        let shared = self.inner.set.directory.find(index, name)?;
        (shared.type_id == std::any::TypeId::of::<A>()).then(|| self.bind(shared))
    }

    pub(crate) fn bind<A: Actor>(&self, shared: Arc<ActorShared>) -> Addr<A> {
        if shared.shard == self.inner.index
            && let Some(cell) = self.inner.actors.borrow().get(shared.key).cloned()
            && let Ok(cell) = cell.as_any().downcast::<ActorCell<A>>()
        {
            return Addr::local(self, cell);
        }
        Addr::remote(self, shared)
    }

    /// Gives the reactor events whose token has this kind to an actor of this shard, instead of
    /// to whoever had them before. Ignored for an actor of another shard.
    pub fn route_events<A: Actor>(&self, kind: u8, actor: &Addr<A>) {
        if let Some(cell) = actor.cell() {
            let route = Route::Actor(Rc::clone(cell) as Rc<dyn AnyActor>);
            self.inner.routes.borrow_mut()[usize::from(kind)] = Some(route);
        }
    }

    /// Gives the reactor events whose token has this kind to a function.
    pub fn route_events_to(&self, kind: u8, handler: impl FnMut(Event) + 'static) {
        let route = Route::Handler(Rc::new(RefCell::new(handler)));
        self.inner.routes.borrow_mut()[usize::from(kind)] = Some(route);
    }

    /// Runs `job` on shard `index` of the set in its next round: for setting up, not for data.
    ///
    /// # Errors
    /// The job, when the lane is full or the shard has ended.
    pub fn run_on(&self, index: usize, job: Job) -> Result<(), Job> {
        let Some(peer) = &self.inner.peers[index] else {
            self.inner.jobs.borrow_mut().push_back(job);
            return Ok(());
        };
        let mut lane = peer.requests_out.borrow_mut();
        if lane.room() == 0 || lane.is_closed() {
            return Err(job);
        }
        let letter = Letter { to: Key::NONE, reply_to: Key::NONE, body: Parcel::new(job) };
        // There is room: it was just looked for, and only this thread pushes.
        let _ = lane.push(letter);
        Ok(())
    }

    pub(crate) fn forget_actor(&self, shared: &Arc<ActorShared>) {
        self.inner.set.directory.leave(shared);
        // Dropped after the borrow: its destructor may send.
        let removed = self.inner.actors.borrow_mut().remove(shared.key);
        drop(removed);
    }

    // ---- rounds -------------------------------------------------------------------------

    /// One round, waiting at most `timeout` (`None`: until something happens) if there is
    /// nothing to do.
    ///
    /// # Errors
    /// As the driver's wait; the shard cannot go on.
    pub fn turn(&self, timeout: Option<Duration>) -> io::Result<RunState> {
        self.work();
        let timeout = self.sleep_bound(timeout);
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

    /// Runs what is ready and publishes what it sent.
    fn work(&self) {
        self.run_jobs();
        self.run_ready();
        self.flush();
    }

    /// How long the reactor may wait; ends with the sleep flag set if it may wait at all.
    fn sleep_bound(&self, timeout: Option<Duration>) -> Option<Duration> {
        const NOT_AT_ALL: Option<Duration> = Some(Duration::ZERO);
        if timeout == NOT_AT_ALL
            || !self.inner.ready.borrow().is_empty()
            || !self.inner.jobs.borrow().is_empty()
        {
            return NOT_AT_ALL;
        }
        self.inner.bell.sleep.prepare_sleep();
        if self.has_news() {
            return NOT_AT_ALL;
        }
        let Some(deadline_ns) = self.inner.stop_deadline_ns.get() else { return timeout };
        let left = Duration::from_nanos(deadline_ns.saturating_sub(self.inner.round_ns.get()));
        Some(timeout.map_or(left, |timeout| timeout.min(left)))
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
        let handler = match &self.inner.routes.borrow()[usize::from(kind)] {
            Some(Route::Actor(cell)) => Ok(Rc::clone(cell)),
            Some(Route::Handler(handler)) => Err(Some(Rc::clone(handler))),
            None => Err(None),
        };
        match handler {
            Ok(cell) => {
                if cell.event(self, event) {
                    self.push_ready(cell);
                }
            }
            Err(Some(handler)) => (*handler.borrow_mut())(event),
            Err(None) => self.inner.unrouted.set(self.inner.unrouted.get() + 1),
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
        match cell {
            Some(cell) => {
                if cell.deliver(self, source, letter) {
                    self.push_ready(cell);
                }
            }
            None if letter.reply_to != Key::NONE => {
                self.fail_call(source, letter.reply_to, CallError::Closed);
            }
            None => {}
        }
    }

    fn run_jobs(&self) {
        let jobs = std::mem::take(&mut *self.inner.jobs.borrow_mut());
        for job in jobs {
            job(self);
        }
    }

    fn run_ready(&self) {
        if self.inner.ready.borrow().is_empty() {
            return;
        }
        for _ in 0..RUNS_A_ROUND {
            let Some(cell) = self.inner.ready.borrow_mut().pop_front() else { break };
            cell.run(self);
            self.inner.ran.borrow_mut().push(cell);
        }
        let now_ns = self.inner.reactor.with_driver(|driver| driver.now_ns());
        let mut ran = std::mem::take(&mut *self.inner.ran.borrow_mut());
        ran.drain(..).for_each(|cell| cell.record_latency(now_ns));
        *self.inner.ran.borrow_mut() = ran;
        if self.inner.local_room.replace(false) {
            self.release_room_waiters();
        }
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

    /// Closes every actor, fails what is unanswered and publishes that. The reactor's own end
    /// comes with the drop of its last handle.
    pub fn tear_down(&self) {
        let inner = &self.inner;
        if inner.torn_down.replace(true) {
            return;
        }
        let actors: Vec<_> =
            inner.actors.borrow().iter().map(|(_, cell)| Rc::clone(cell)).collect();
        actors.iter().for_each(|cell| cell.close(self));
        inner.ready.borrow_mut().clear();
        let routes = std::mem::take(&mut *inner.routes.borrow_mut());
        drop((actors, routes));
        inner.room_waiters.borrow_mut().clear();
        self.flush();
    }

    // ---- what addresses, cells and tickets need -------------------------------------------

    #[inline]
    pub(crate) fn round_ns(&self) -> u64 {
        self.inner.round_ns.get()
    }

    #[inline]
    pub(crate) fn push_ready(&self, cell: Rc<dyn AnyActor>) {
        self.inner.ready.borrow_mut().push_back(cell);
    }

    pub(crate) fn schedule(&self, cell: Rc<dyn AnyActor>) {
        if cell.mark_scheduled() {
            self.push_ready(cell);
        }
    }

    pub(crate) fn schedule_cell<A: Actor>(&self, cell: &Rc<ActorCell<A>>) {
        self.schedule(Rc::clone(cell) as Rc<dyn AnyActor>);
    }

    #[inline]
    pub(crate) fn note_drained(&self, source: usize) {
        if let Some(peer) = &self.inner.peers[source] {
            peer.drained.set(true);
        }
    }

    pub(crate) fn note_local_refusal(&self) {
        self.inner.local_refusals.set(self.inner.local_refusals.get() + 1);
    }

    pub(crate) fn note_local_room(&self) {
        self.inner.local_refusals.set(self.inner.local_refusals.get() - 1);
        self.inner.local_room.set(true);
    }

    pub(crate) fn add_guard(&self) {
        self.inner.guards.set(self.inner.guards.get() + 1);
    }

    pub(crate) fn remove_guard(&self) {
        self.inner.guards.set(self.inner.guards.get() - 1);
    }

    pub(crate) fn revive_later(&self, cell: Rc<dyn AnyActor>, delay: Duration) {
        let shard = self.clone();
        self.inner.reactor.spawn(async move {
            let reactor = shard.inner.reactor.clone();
            reactor.sleep(delay).await;
            if !shard.inner.torn_down.get() && cell.revive(&shard) {
                shard.push_ready(cell);
            }
        });
    }

    /// Pushes a message into the lane to another shard.
    #[inline]
    pub(crate) fn post_remote<M: Send + 'static>(
        &self,
        shared: &Arc<ActorShared>,
        message: M,
        reply_to: Key,
    ) -> Result<(), Refused<M>> {
        let Some(peer) = &self.inner.peers[shared.shard] else {
            // The actor lived on this shard and is gone.
            return Err(Refused::Closed(message));
        };
        if shared.closed.load(Ordering::Acquire) || peer.gone.get() {
            return Err(Refused::Closed(message));
        }
        let quota = &shared.quotas[self.inner.index];
        let mut lane = peer.requests_out.borrow_mut();
        let mut has_room = || quota.has_room(shared.capacity) && lane.room() > 0;
        if !has_room() {
            // Said before the second look, so that the other side either makes room before
            // that look or sees the flag.
            peer.starved_out.store(true, Ordering::Relaxed);
            peer.refused.set(true);
            fence(Ordering::SeqCst);
            if !has_room() {
                if lane.publish() {
                    peer.bell.ring_if_asleep();
                }
                return Err(Refused::Full(message));
            }
        }
        let letter = Letter { to: shared.key, reply_to, body: Parcel::new(message) };
        let pushed = lane.push(letter);
        debug_assert!(pushed.is_ok(), "room was looked for, and only this thread pushes");
        quota.count_sent();
        Ok(())
    }

    /// Reserves the place of a reply; `None` when too many are reserved.
    pub(crate) fn open_ticket(&self, callee: usize) -> Option<Key> {
        let credits = self.credits(callee);
        credits.set(credits.get().checked_sub(1)?);
        let slot = TicketSlot { callee, state: TicketState::Waiting(None) };
        Some(self.inner.tickets.borrow_mut().insert(slot))
    }

    /// Takes back a ticket whose message was refused.
    pub(crate) fn revoke_ticket(&self, slot: Key) {
        if let Some(ticket) = self.inner.tickets.borrow_mut().remove(slot) {
            self.return_credit(ticket.callee);
        }
    }

    fn credits(&self, callee: usize) -> &Cell<usize> {
        match &self.inner.peers[callee] {
            Some(peer) => &peer.credits,
            None => &self.inner.local_credits,
        }
    }

    fn return_credit(&self, callee: usize) {
        let credits = self.credits(callee);
        credits.set(credits.get() + 1);
    }

    /// Brings an answer to its caller.
    pub(crate) fn answer(&self, caller: usize, slot: Key, body: Parcel) {
        let Some(peer) = &self.inner.peers[caller] else {
            return self.complete_ticket(slot, body);
        };
        let letter = Letter { to: slot, reply_to: Key::NONE, body };
        let pushed = peer.replies_out.borrow_mut().push(letter);
        debug_assert!(pushed.is_ok(), "the caller reserved a place in the reply lane");
    }

    pub(crate) fn fail_call(&self, caller: usize, slot: Key, reason: CallError) {
        self.answer(caller, slot, Parcel::new(Failure(reason)));
    }

    fn complete_ticket(&self, slot: Key, body: Parcel) {
        let mut tickets = self.inner.tickets.borrow_mut();
        let Some(ticket) = tickets.get_mut(slot) else { return };
        let callee = ticket.callee;
        match std::mem::replace(&mut ticket.state, TicketState::Ready(body)) {
            TicketState::Waiting(waker) => {
                drop(tickets);
                self.return_credit(callee);
                if let Some(waker) = waker {
                    waker.wake();
                }
            }
            TicketState::Abandoned => {
                let abandoned = tickets.remove(slot);
                drop(tickets);
                self.return_credit(callee);
                drop(abandoned);
            }
            TicketState::Ready(_) => debug_assert!(false, "a call is answered once"),
        }
    }

    fn fail_tickets_of(&self, callee: usize) {
        let waiting: Vec<Key> = self
            .inner
            .tickets
            .borrow()
            .iter()
            .filter(|(_, ticket)| {
                ticket.callee == callee && !matches!(ticket.state, TicketState::Ready(_))
            })
            .map(|(slot, _)| slot)
            .collect();
        for slot in waiting {
            self.complete_ticket(slot, Parcel::new(Failure(CallError::ShardGone)));
        }
    }

    /// The answer if it is there; `Err` when the ticket was used up.
    pub(crate) fn take_answer(&self, slot: Key) -> Result<Option<Parcel>, ()> {
        let mut tickets = self.inner.tickets.borrow_mut();
        match tickets.get(slot).map(|ticket| &ticket.state) {
            None => Err(()),
            Some(TicketState::Ready(_)) => match tickets.remove(slot).map(|slot| slot.state) {
                Some(TicketState::Ready(body)) => Ok(Some(body)),
                _ => Err(()),
            },
            Some(_) => Ok(None),
        }
    }

    pub(crate) fn await_answer(&self, slot: Key, waker: &Waker) {
        if let Some(ticket) = self.inner.tickets.borrow_mut().get_mut(slot)
            && let TicketState::Waiting(place) = &mut ticket.state
        {
            *place = Some(waker.clone());
        }
    }

    pub(crate) fn abandon_ticket(&self, slot: Key) {
        let mut tickets = self.inner.tickets.borrow_mut();
        let Some(ticket) = tickets.get_mut(slot) else { return };
        // An answer may have a destructor that sends: it is dropped after the borrow.
        let dropped = match &mut ticket.state {
            TicketState::Ready(_) => tickets.remove(slot),
            state => {
                *state = TicketState::Abandoned;
                None
            }
        };
        drop(tickets);
        drop(dropped);
    }

    pub(crate) fn wait_for_room_task(&self, waker: Waker) {
        self.inner.room_waiters.borrow_mut().push(RoomWaiter::Task(waker));
    }

    pub(crate) fn wait_for_room_actor(&self, cell: Rc<dyn AnyActor>) {
        self.inner.room_waiters.borrow_mut().push(RoomWaiter::Actor(cell));
    }

    /// Whether someone waits for room that may be there: a refusal was lifted, or none stands.
    fn may_release_room_waiters(&self) -> bool {
        let inner = &self.inner;
        if inner.room_waiters.borrow().is_empty() {
            return false;
        }
        let mut peers = inner.peers.iter().flatten();
        let lifted = peers.clone().any(Peer::has_room_again);
        lifted || (inner.local_refusals.get() == 0 && !peers.any(|peer| peer.refused.get()))
    }

    fn wake_room_waiters(&self) {
        if !self.may_release_room_waiters() {
            return;
        }
        for peer in self.inner.peers.iter().flatten().filter(|peer| peer.has_room_again()) {
            peer.refused.set(false);
        }
        self.release_room_waiters();
    }

    fn release_room_waiters(&self) {
        let waiters = std::mem::take(&mut *self.inner.room_waiters.borrow_mut());
        for waiter in waiters {
            match waiter {
                RoomWaiter::Task(waker) => waker.wake(),
                RoomWaiter::Actor(cell) => {
                    if cell.room(self) {
                        self.push_ready(cell);
                    }
                }
            }
        }
    }
}
