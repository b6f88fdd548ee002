//! How actors are reached.

use std::{
    fmt,
    future::{Future, poll_fn},
    marker::PhantomData,
    pin::Pin,
    rc::Rc,
    sync::{Arc, atomic::Ordering},
    task::{Context, Poll},
};

use dx_ring::Key;

use crate::{Actor, CallError, Shard, Ticket, cell::ActorCell, directory::ActorShared};

/// Why a message was not taken; it comes back.
#[derive(PartialEq, Eq)]
pub enum Refused<M> {
    /// No room now: retry after [`crate::Actor::room`], or await [`Addr::send`].
    Full(M),
    /// The actor, or its shard, has ended: never retry.
    Closed(M),
}

impl<M> Refused<M> {
    /// The message.
    pub fn into_message(self) -> M {
        match self {
            Self::Full(message) | Self::Closed(message) => message,
        }
    }

    /// Whether retrying can help.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        matches!(self, Self::Full(_))
    }
}

impl<M> fmt::Debug for Refused<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.is_full() { "Full" } else { "Closed" })
    }
}

impl<M> fmt::Display for Refused<M> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Full(_) => "the actor's mailbox is full",
            Self::Closed(_) => "the actor has ended",
        })
    }
}

impl<M> std::error::Error for Refused<M> {}

/// An actor as reached from one shard. Stays on that shard; [`Addr::portable`] travels.
pub struct Addr<A: Actor> {
    shard: Shard,
    shared: Arc<ActorShared>,
    /// The actor itself, where it lives on this shard.
    cell: Option<Rc<ActorCell<A>>>,
}

impl<A: Actor> Clone for Addr<A> {
    fn clone(&self) -> Self {
        Self {
            shard: self.shard.clone(),
            shared: Arc::clone(&self.shared),
            cell: self.cell.clone(),
        }
    }
}

impl<A: Actor> Addr<A> {
    pub(crate) fn local(shard: &Shard, cell: Rc<ActorCell<A>>) -> Self {
        Self { shard: shard.clone(), shared: Arc::clone(cell.shared()), cell: Some(cell) }
    }

    pub(crate) fn remote(shard: &Shard, shared: Arc<ActorShared>) -> Self {
        Self { shard: shard.clone(), shared, cell: None }
    }

    pub(crate) fn cell(&self) -> Option<&Rc<ActorCell<A>>> {
        self.cell.as_ref()
    }

    /// The actor's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.name
    }

    /// The shard the actor lives on.
    #[must_use]
    pub fn shard_index(&self) -> usize {
        self.shared.shard
    }

    /// Whether the actor lives on this shard.
    #[must_use]
    pub const fn is_local(&self) -> bool {
        self.cell.is_some()
    }

    /// Whether the actor has ended.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.closed.load(Ordering::Acquire)
    }

    /// An address that can be sent to other shards.
    #[must_use]
    pub fn portable(&self) -> PortableAddr<A> {
        PortableAddr { shared: Arc::clone(&self.shared), actor: PhantomData }
    }

    /// Queues a message; it leaves for another shard at the end of this one's round.
    ///
    /// # Errors
    /// The message, when there is no room or no actor.
    #[inline]
    pub fn try_send(&self, message: A::Message) -> Result<(), Refused<A::Message>> {
        self.post(message, Key::NONE)
    }

    /// Queues a message that is answered.
    ///
    /// # Errors
    /// The message, when there is no room for it or for its reply, or no actor.
    pub fn call(&self, message: A::Message) -> Result<Ticket<A::Reply>, Refused<A::Message>> {
        let Some(slot) = self.shard.open_ticket(self.shared.shard) else {
            return Err(if self.is_closed() {
                Refused::Closed(message)
            } else {
                Refused::Full(message)
            });
        };
        match self.post(message, slot) {
            Ok(()) => Ok(Ticket::new(&self.shard, slot)),
            Err(refused) => {
                self.shard.revoke_ticket(slot);
                Err(refused)
            }
        }
    }

    /// Sends a message, waiting for room.
    pub fn send(&self, message: A::Message) -> Sending<A> {
        Sending { address: self.clone(), message: Some(message) }
    }

    /// Calls, waiting for room and then for the answer.
    ///
    /// # Errors
    /// As [`CallError`]; [`CallError::Closed`] also where the actor had ended before.
    pub async fn ask(&self, message: A::Message) -> Result<A::Reply, CallError> {
        let mut message = Some(message);
        let ticket = poll_fn(|context| {
            let Some(unsent) = message.take() else { return Poll::Pending };
            match self.call(unsent) {
                Ok(ticket) => Poll::Ready(Ok(ticket)),
                Err(Refused::Closed(_)) => Poll::Ready(Err(CallError::Closed)),
                Err(Refused::Full(unsent)) => {
                    message = Some(unsent);
                    self.shard.wait_for_room_task(context.waker().clone());
                    Poll::Pending
                }
            }
        });
        ticket.await?.await
    }

    #[inline]
    fn post(&self, message: A::Message, reply_to: Key) -> Result<(), Refused<A::Message>> {
        match &self.cell {
            Some(cell) => cell.post_local(&self.shard, message, reply_to),
            None => self.shard.post_remote(&self.shared, message, reply_to),
        }
    }
}

/// An address on its way between shards.
pub struct PortableAddr<A: Actor> {
    shared: Arc<ActorShared>,
    actor: PhantomData<fn(A)>,
}

impl<A: Actor> Clone for PortableAddr<A> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), actor: PhantomData }
    }
}

impl<A: Actor> PortableAddr<A> {
    /// The address as used from `shard`, which must be of the same set.
    #[must_use]
    pub fn bind(&self, shard: &Shard) -> Addr<A> {
        shard.bind(Arc::clone(&self.shared))
    }
}

/// A message waiting for room; resolves to `Err(message)` when the actor has ended.
#[must_use = "nothing is sent unless it is awaited"]
pub struct Sending<A: Actor> {
    address: Addr<A>,
    message: Option<A::Message>,
}

// The message is only ever moved, never pinned.
impl<A: Actor> Unpin for Sending<A> {}

impl<A: Actor> Future for Sending<A> {
    type Output = Result<(), A::Message>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(message) = self.message.take() else { return Poll::Ready(Ok(())) };
        match self.address.try_send(message) {
            Ok(()) => Poll::Ready(Ok(())),
            Err(Refused::Closed(message)) => Poll::Ready(Err(message)),
            Err(Refused::Full(message)) => {
                self.message = Some(message);
                self.address.shard.wait_for_room_task(context.waker().clone());
                Poll::Pending
            }
        }
    }
}
