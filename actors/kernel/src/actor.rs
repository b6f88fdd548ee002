//! What an actor is, and what it can do while it runs.

use std::{rc::Rc, time::Duration};

use dx_driver::Token;
use dx_reactor::{Event, Reactor};

use crate::{Addr, Reply, Shard, cell::ActorCell};

/// State that lives on one shard and changes only by messages and reactor events.
pub trait Actor: Sized + 'static {
    /// What it is sent. Up to 40 bytes travel between shards without a heap cell.
    type Message: Send + 'static;
    /// What it answers a call with; `()` where it answers nothing.
    type Reply: Send + 'static;

    /// Handles one message. `reply` may be kept and answered later; dropped without an answer,
    /// the caller's ticket fails. For messages that are no calls it is inert.
    fn handle(
        &mut self,
        message: Self::Message,
        reply: Reply<Self::Reply>,
        context: &Context<'_, Self>,
    );

    /// Handles a completion or timer whose token's kind was given to this actor with
    /// [`Shard::route_events`].
    fn event(&mut self, event: Event, context: &Context<'_, Self>) {
        let _ = (event, context);
    }

    /// Called once after each run of messages or events: the place to send what was gathered.
    fn batch_ended(&mut self, context: &Context<'_, Self>) {
        let _ = context;
    }

    /// Called once after [`Context::notify_when_room`], when a refused message may fit now.
    fn room(&mut self, context: &Context<'_, Self>) {
        let _ = context;
    }

    /// The shard stops: take no new work, and hold a [`DrainGuard`] while old work goes on.
    fn stopping(&mut self, context: &Context<'_, Self>) {
        let _ = context;
    }

    /// A handler panicked. An actor whose state is whole, because the panic touched only one
    /// part that it can name and drop, may go on with it; all others are built anew.
    fn panicked(&mut self, cause: Cause, context: &Context<'_, Self>) -> Recovery {
        let _ = (cause, context);
        Recovery::Restart
    }
}

/// What an actor did when it panicked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Cause {
    /// It handled a message.
    Message,
    /// It handled the event of this token.
    Event(Token),
    /// It was in `batch_ended`, `room` or `stopping`.
    Hook,
}

/// What happens to an actor that panicked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Recovery {
    /// Its state is kept.
    Keep,
    /// Its state is dropped, its outstanding calls fail, and it is built anew after a delay.
    Restart,
}

/// When an actor that panicked is built anew.
#[derive(Clone, Debug)]
pub struct Supervision {
    /// The delay before the first restart; it doubles with each that follows soon after.
    pub first_delay: Duration,
    /// The delay's bound.
    pub longest_delay: Duration,
    /// An actor that ran this long since its restart begins again at `first_delay`.
    pub calm_after: Duration,
    /// Restarts without such a calm after which the actor is closed for good; `None`: never.
    pub give_up_after: Option<u32>,
}

impl Default for Supervision {
    fn default() -> Self {
        Self {
            first_delay: Duration::from_millis(10),
            longest_delay: Duration::from_secs(10),
            calm_after: Duration::from_secs(60),
            give_up_after: None,
        }
    }
}

impl Supervision {
    /// The delay before restart number `streak` (from 0) of a series.
    pub(crate) fn delay(&self, streak: u32) -> Duration {
        let factor = 1_u32.checked_shl(streak).unwrap_or(u32::MAX);
        self.first_delay.saturating_mul(factor).min(self.longest_delay)
    }
}

/// How an actor is spawned.
#[derive(Clone, Debug)]
pub struct ActorOptions {
    /// Its name, unique on its shard: in the directory and in metrics.
    pub name: String,
    /// Messages that may wait from each sending shard; one more is refused as full.
    pub capacity: u32,
    /// What follows a panic.
    pub supervision: Supervision,
}

/// Messages that may wait from each sending shard, where nothing else is asked for.
pub(crate) const DEFAULT_CAPACITY: u32 = 1024;

impl ActorOptions {
    /// An actor called `name` with the default bounds.
    #[must_use]
    pub fn named(name: impl Into<String>) -> Self {
        Self { name: name.into(), capacity: DEFAULT_CAPACITY, supervision: Supervision::default() }
    }
}

/// What an actor can do while it runs.
pub struct Context<'a, A: Actor> {
    pub(crate) shard: &'a Shard,
    pub(crate) cell: &'a Rc<ActorCell<A>>,
}

impl<A: Actor> Context<'_, A> {
    /// The shard the actor lives on.
    #[must_use]
    pub fn shard(&self) -> &Shard {
        self.shard
    }

    /// The shard's reactor.
    #[must_use]
    pub fn reactor(&self) -> &Reactor {
        self.shard.reactor()
    }

    /// The actor's own address.
    #[must_use]
    pub fn address(&self) -> Addr<A> {
        Addr::local(self.shard, Rc::clone(self.cell))
    }

    /// Ends the actor once the running handler returns: its state is dropped, calls that wait
    /// fail, and senders are told [`crate::Refused::Closed`].
    pub fn close(&self) {
        self.cell.request_close();
    }

    /// Has [`Actor::room`] called once a message refused in this turn may fit.
    pub fn notify_when_room(&self) {
        let cell = Rc::clone(self.cell);
        self.shard.wait_for_room_actor(cell);
    }

    /// Has [`Actor::batch_ended`] called in the next round, which then does not wait.
    pub fn schedule(&self) {
        self.cell.schedule_hook();
        let cell = Rc::clone(self.cell);
        self.shard.schedule(cell);
    }

    /// Keeps the shard from ending while it stops, until the guard is dropped or the grace
    /// period is over.
    #[must_use]
    pub fn hold_shutdown(&self) -> DrainGuard {
        DrainGuard::new(self.shard)
    }
}

/// Work that a stopping shard waits for; see [`Context::hold_shutdown`].
pub struct DrainGuard {
    shard: Shard,
}

impl DrainGuard {
    pub(crate) fn new(shard: &Shard) -> Self {
        shard.add_guard();
        Self { shard: shard.clone() }
    }
}

impl Drop for DrainGuard {
    fn drop(&mut self) {
        self.shard.remove_guard();
    }
}
