//! Calls: the reply an actor gives, and the ticket its caller holds.

use std::{
    cell::Cell,
    fmt,
    future::Future,
    marker::PhantomData,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use dx_ring::{Key, Parcel};

use crate::Shard;

/// Why a call that was accepted has no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CallError {
    /// The actor ended before it answered. Do not retry at this address.
    Closed,
    /// The actor panicked; it is restarted, and the call may be retried if repeating it is
    /// harmless.
    Panicked,
    /// The actor dropped the reply: a mistake in it.
    Unanswered,
    /// The actor's thread ended.
    ShardGone,
}

impl fmt::Display for CallError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Closed => "the actor ended before it answered",
            Self::Panicked => "the actor panicked before it answered and is restarted",
            Self::Unanswered => "the actor dropped the call without an answer",
            Self::ShardGone => "the thread of the actor ended before it answered",
        })
    }
}

impl std::error::Error for CallError {}

/// A failure as it travels in place of an answer.
pub(crate) struct Failure(pub(crate) CallError);

/// The obligation to answer one call. Answering never fails and never waits: the caller has
/// reserved the place.
pub struct Reply<R> {
    route: Option<Route>,
    answer: PhantomData<fn(R)>,
}

struct Route {
    shard: Shard,
    caller: usize,
    slot: Key,
    /// What the caller is told if the reply is dropped; the actor's supervisor changes it.
    cause: Rc<Cell<CallError>>,
}

impl<R: Send + 'static> Reply<R> {
    pub(crate) const fn inert() -> Self {
        Self { route: None, answer: PhantomData }
    }

    pub(crate) fn new(
        shard: &Shard,
        caller: usize,
        slot: Key,
        cause: &Rc<Cell<CallError>>,
    ) -> Self {
        let route = Route { shard: shard.clone(), caller, slot, cause: Rc::clone(cause) };
        Self { route: Some(route), answer: PhantomData }
    }

    /// Whether someone holds a ticket; an answer to a plain message is dropped.
    #[must_use]
    pub const fn is_expected(&self) -> bool {
        self.route.is_some()
    }

    /// Answers.
    pub fn send(mut self, answer: R) {
        if let Some(route) = self.route.take() {
            route.shard.answer(route.caller, route.slot, Parcel::new(answer));
        }
    }
}

impl<R> Drop for Reply<R> {
    fn drop(&mut self) {
        if let Some(route) = self.route.take() {
            let panicking = std::thread::panicking();
            let cause = if panicking { CallError::Panicked } else { route.cause.get() };
            let failure = Failure(cause);
            route.shard.answer(route.caller, route.slot, Parcel::new(failure));
        }
    }
}

/// The place an answer comes to.
pub(crate) struct TicketSlot {
    /// The shard that was called; its credit is held until the answer has arrived.
    pub(crate) callee: usize,
    pub(crate) state: TicketState,
}

pub(crate) enum TicketState {
    Waiting(Option<Waker>),
    Ready(Parcel),
    /// The ticket was dropped: the answer will be, too.
    Abandoned,
}

/// A call on its way: a future of its answer, or asked with [`Ticket::try_take`]. Dropping it
/// drops the answer.
#[must_use = "the answer is dropped with its ticket"]
pub struct Ticket<R> {
    shard: Shard,
    slot: Key,
    answer: PhantomData<fn() -> R>,
}

impl<R: Send + 'static> Ticket<R> {
    pub(crate) fn new(shard: &Shard, slot: Key) -> Self {
        Self { shard: shard.clone(), slot, answer: PhantomData }
    }

    /// The answer, once it is there; asked again after that, [`CallError::Unanswered`].
    pub fn try_take(&mut self) -> Option<Result<R, CallError>> {
        let body = match self.shard.take_answer(self.slot) {
            Ok(body) => body?,
            Err(()) => return Some(Err(CallError::Unanswered)),
        };
        self.slot = Key::NONE;
        Some(body.take::<R>().map_err(|body| match body.take::<Failure>() {
            Ok(Failure(error)) => error,
            // An actor's replies have one type, so nothing else can be in the slot.
            Err(_) => CallError::Unanswered,
        }))
    }
}

impl<R: Send + 'static> Future for Ticket<R> {
    type Output = Result<R, CallError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.try_take() {
            Some(result) => Poll::Ready(result),
            None => {
                self.shard.await_answer(self.slot, context.waker());
                Poll::Pending
            }
        }
    }
}

impl<R> Drop for Ticket<R> {
    fn drop(&mut self) {
        self.shard.abandon_ticket(self.slot);
    }
}
