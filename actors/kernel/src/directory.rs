//! Which actors there are, by shard and name. Looked at when programs start and for metrics,
//! never on the way of a message.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use dx_ring::{CachePadded, Key};

use crate::{ActorSnapshot, metrics::Counters};

/// The side of an actor that other shards see.
pub(crate) struct ActorShared {
    pub(crate) name: Box<str>,
    pub(crate) type_id: TypeId,
    pub(crate) shard: usize,
    pub(crate) key: Key,
    /// Messages that may wait from each shard.
    pub(crate) capacity: u32,
    pub(crate) closed: AtomicBool,
    /// Flow control for each sending shard; empty where there is only one shard.
    pub(crate) quotas: Box<[Quota]>,
    pub(crate) counters: CachePadded<Counters>,
}

/// How many messages one shard has sent to one actor, and how many of them were handled.
#[derive(Default)]
pub(crate) struct Quota {
    sender: CachePadded<SenderSide>,
    /// Written by the actor's shard.
    handled: CachePadded<AtomicU32>,
}

/// Written by the sending shard alone.
#[derive(Default)]
struct SenderSide {
    sent: AtomicU32,
    /// `handled` when last looked at, so that its cache line is rarely fetched.
    handled_seen: AtomicU32,
}

impl Quota {
    /// Whether the sender may send one more.
    #[inline]
    pub(crate) fn has_room(&self, capacity: u32) -> bool {
        let sent = self.sender.sent.load(Ordering::Relaxed);
        if sent.wrapping_sub(self.sender.handled_seen.load(Ordering::Relaxed)) < capacity {
            return true;
        }
        let handled = self.handled.load(Ordering::Acquire);
        self.sender.handled_seen.store(handled, Ordering::Relaxed);
        sent.wrapping_sub(handled) < capacity
    }

    #[inline]
    pub(crate) fn count_sent(&self) {
        let sent = self.sender.sent.load(Ordering::Relaxed);
        self.sender.sent.store(sent.wrapping_add(1), Ordering::Relaxed);
    }

    #[inline]
    pub(crate) fn count_handled(&self) {
        let handled = self.handled.load(Ordering::Relaxed);
        self.handled.store(handled.wrapping_add(1), Ordering::Release);
    }
}

/// Actors by shard and name.
type Entries = HashMap<(usize, Box<str>), Arc<ActorShared>>;

/// Every actor of a set.
#[derive(Default)]
pub(crate) struct Directory {
    actors: Mutex<Entries>,
}

impl Directory {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.actors.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters an actor; the one that had its name before is found no longer.
    pub(crate) fn enter(&self, actor: &Arc<ActorShared>) {
        self.lock().insert((actor.shard, actor.name.clone()), Arc::clone(actor));
    }

    pub(crate) fn leave(&self, actor: &Arc<ActorShared>) {
        let mut actors = self.lock();
        let entry = (actor.shard, actor.name.clone());
        if actors.get(&entry).is_some_and(|present| Arc::ptr_eq(present, actor)) {
            actors.remove(&entry);
        }
    }

    pub(crate) fn find(&self, shard: usize, name: &str) -> Option<Arc<ActorShared>> {
        self.lock().get(&(shard, Box::from(name))).cloned()
    }

    /// Counters of every actor, by shard and name.
    pub(crate) fn snapshot(&self) -> Vec<ActorSnapshot> {
        let actors: Vec<Arc<ActorShared>> = self.lock().values().cloned().collect();
        let mut snapshots: Vec<ActorSnapshot> =
            actors.iter().map(|actor| actor.counters.snapshot(&actor.name, actor.shard)).collect();
        snapshots.sort_by(|a, b| (a.shard, &a.name).cmp(&(b.shard, &b.name)));
        snapshots
    }
}
