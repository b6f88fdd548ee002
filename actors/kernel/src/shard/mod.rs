//! A shard: one thread's reactor, its actors, and its ends of the rings to other shards.
//!
//! One round: run the actors that have messages, publish what they sent, wait in the reactor,
//! dispatch its events, take what other shards published, run, publish.
//!
//! How it fails: an error of the driver ends the round with it; everything else is answered to
//! whoever asked.

mod room;
mod round;
mod tickets;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
    sync::{Arc, atomic::AtomicBool},
    task::Waker,
    time::Duration,
};

use dx_driver::Driver;
use dx_reactor::{Event, Reactor};
use dx_ring::{CachePadded, Key, Parcel, Slab, mpsc};

use crate::{
    Actor, ActorOptions, ActorSnapshot, Addr, BoxError, Context, Job, REPLY_LANE, SetHandle,
    ShardRole, Topology,
    call::TicketSlot,
    cell::{ActorCell, AnyActor, Factory},
    directory::{ActorShared, Quota},
    mesh::{Bell, Letter, Peer, Port, mesh},
    metrics::Counters,
    set::SetState,
};

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

type Handler = Rc<dyn Fn(Event)>;

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
    jobs: RefCell<VecDeque<Job>>,
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
        let shard = Self { inner };
        shard.share_wait();
        shard
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

    /// Events nobody took, because their token kind is not routed or their actor has ended.
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

    /// Gives the reactor events whose token has one of these kinds to a function.
    pub fn route_events_to(
        &self,
        kinds: impl IntoIterator<Item = u8>,
        handler: impl Fn(Event) + 'static,
    ) {
        let handler: Handler = Rc::new(handler);
        let mut routes = self.inner.routes.borrow_mut();
        for kind in kinds {
            routes[usize::from(kind)] = Some(Route::Handler(Rc::clone(&handler)));
        }
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

    #[inline]
    pub(crate) fn round_ns(&self) -> u64 {
        self.inner.round_ns.get()
    }

    #[inline]
    pub(crate) fn push_ready(&self, cell: Rc<dyn AnyActor>) {
        self.inner.ready.borrow_mut().push_back(cell);
    }

    pub(crate) fn schedule(&self, cell: Rc<dyn AnyActor>) {
        if cell.mark_scheduled(self) {
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
}
