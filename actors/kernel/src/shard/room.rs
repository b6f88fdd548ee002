//! Sending to other shards, and waiting for room after a refusal.

use std::{
    rc::Rc,
    sync::{
        Arc,
        atomic::{Ordering, fence},
    },
    task::Waker,
};

use dx_ring::{Key, Parcel};

use super::{RoomWaiter, Shard};
use crate::{
    Refused,
    cell::AnyActor,
    directory::ActorShared,
    mesh::{Letter, Peer},
};

impl Shard {
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

    pub(crate) fn wait_for_room_task(&self, waker: Waker) {
        self.inner.room_waiters.borrow_mut().push(RoomWaiter::Task(waker));
    }

    pub(crate) fn wait_for_room_actor(&self, cell: Rc<dyn AnyActor>) {
        self.inner.room_waiters.borrow_mut().push(RoomWaiter::Actor(cell));
    }

    /// Whether someone waits for room that may be there: a refusal was lifted, or none stands.
    pub(super) fn may_release_room_waiters(&self) -> bool {
        let inner = &self.inner;
        if inner.room_waiters.borrow().is_empty() {
            return false;
        }
        let mut peers = inner.peers.iter().flatten();
        let lifted = peers.clone().any(Peer::has_room_again);
        lifted || (inner.local_refusals.get() == 0 && !peers.any(|peer| peer.refused.get()))
    }

    pub(super) fn wake_room_waiters(&self) {
        if !self.may_release_room_waiters() {
            return;
        }
        for peer in self.inner.peers.iter().flatten().filter(|peer| peer.has_room_again()) {
            peer.refused.set(false);
        }
        self.release_room_waiters();
    }

    pub(super) fn release_room_waiters(&self) {
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
