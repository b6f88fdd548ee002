//! The rings between shards: for each ordered pair a request lane and a reply lane.
//!
//! A reply always finds room: a caller reserves one of [`REPLY_LANE`] credits for the shard it
//! calls before the request leaves, and gets it back when the reply has been taken from the
//! lane, so outstanding calls <= credits = places in the lane.

use std::{
    cell::{Cell, RefCell},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use dx_driver::Doorbell;
use dx_ring::{CachePadded, Key, Parcel, SleepFlag, mpsc, spsc};

use crate::Shard;

/// Messages that may be on their way from one shard to one other: 64 KiB a lane.
pub const REQUEST_LANE: usize = 1024;
/// Calls from one shard to one other, or within one, that may be unanswered.
pub const REPLY_LANE: usize = 1024;
/// Closures from outside threads that may wait for one shard.
pub(crate) const OUTSIDE_QUEUE: usize = 256;

/// Something to run on a shard, sent from another thread.
pub type Job = Box<dyn FnOnce(&Shard) + Send>;

/// What travels in a lane: one cache line.
#[repr(align(64))]
pub(crate) struct Letter {
    /// The actor, the reply slot, or [`Key::NONE`] for a [`Job`].
    pub(crate) to: Key,
    /// The sender's reply slot, or [`Key::NONE`].
    pub(crate) reply_to: Key,
    pub(crate) body: Parcel,
}

const _: () = assert!(size_of::<Letter>() == 64);

/// How other threads wake a shard.
pub(crate) struct Bell {
    pub(crate) sleep: CachePadded<SleepFlag>,
    /// Set once the shard has its driver. Before that it looks at its lanes anyway.
    doorbell: OnceLock<Arc<dyn Doorbell>>,
    pub(crate) outside: mpsc::Producer<Job>,
}

impl Bell {
    pub(crate) fn install(&self, doorbell: Arc<dyn Doorbell>) {
        // A bell belongs to one shard, which installs its doorbell once.
        let _ = self.doorbell.set(doorbell);
    }

    /// Wakes the shard if it sleeps; called after something was published for it.
    pub(crate) fn ring_if_asleep(&self) {
        if self.sleep.must_ring() {
            self.ring();
        }
    }

    /// Wakes the shard whatever it does.
    pub(crate) fn ring(&self) {
        if let Some(doorbell) = self.doorbell.get() {
            doorbell.ring();
        }
    }
}

/// One shard's view of another.
pub(crate) struct Peer {
    pub(crate) bell: Arc<Bell>,
    pub(crate) requests_out: RefCell<spsc::Producer<Letter>>,
    pub(crate) requests_in: RefCell<spsc::Consumer<Letter>>,
    pub(crate) replies_out: RefCell<spsc::Producer<Letter>>,
    pub(crate) replies_in: RefCell<spsc::Consumer<Letter>>,
    /// Calls that may still be made to this peer.
    pub(crate) credits: Cell<usize>,
    /// Set by this shard when the peer refused a message for want of room, cleared by the peer
    /// when there may be room.
    pub(crate) starved_out: Arc<AtomicBool>,
    /// A message was refused and nobody here was told of room since.
    pub(crate) refused: Cell<bool>,
    /// As `starved_out`, the other way round.
    pub(crate) starved_in: Arc<AtomicBool>,
    /// Requests were taken from the lane, or handled, since the last flush.
    pub(crate) drained: Cell<bool>,
    /// The peer's thread has ended.
    pub(crate) gone: Cell<bool>,
}

impl Peer {
    /// Publishes what was pushed; whether there was anything.
    pub(crate) fn publish(&self) -> bool {
        let requests = self.requests_out.borrow_mut().publish();
        self.replies_out.borrow_mut().publish() || requests
    }

    /// Whether the peer has published something, or has ended unnoticed.
    pub(crate) fn has_news(&self) -> bool {
        let replies = self.replies_in.borrow();
        !self.requests_in.borrow().is_empty()
            || !replies.is_empty()
            || (replies.is_closed() && !self.gone.get())
    }

    /// Whether a refusal has been lifted since.
    pub(crate) fn has_room_again(&self) -> bool {
        self.refused.get() && (!self.starved_out.load(Ordering::Acquire) || self.gone.get())
    }
}

/// What one shard gets from the mesh; travels to its thread.
pub(crate) struct Port {
    pub(crate) index: usize,
    pub(crate) bell: Arc<Bell>,
    pub(crate) outside: mpsc::Consumer<Job>,
    /// By shard index; `None` for itself.
    pub(crate) peers: Vec<Option<PeerSeed>>,
}

/// A [`Peer`] before it reaches its thread.
pub(crate) struct PeerSeed {
    bell: Arc<Bell>,
    requests_out: spsc::Producer<Letter>,
    requests_in: spsc::Consumer<Letter>,
    replies_out: spsc::Producer<Letter>,
    replies_in: spsc::Consumer<Letter>,
    starved_out: Arc<AtomicBool>,
    starved_in: Arc<AtomicBool>,
}

impl PeerSeed {
    pub(crate) fn plant(self) -> Peer {
        Peer {
            bell: self.bell,
            requests_out: RefCell::new(self.requests_out),
            requests_in: RefCell::new(self.requests_in),
            replies_out: RefCell::new(self.replies_out),
            replies_in: RefCell::new(self.replies_in),
            credits: Cell::new(REPLY_LANE),
            starved_out: self.starved_out,
            starved_in: self.starved_in,
            refused: Cell::new(false),
            drained: Cell::new(false),
            gone: Cell::new(false),
        }
    }
}

/// A ring in both directions, by which end.
type Pair<T> = (spsc::Producer<T>, spsc::Consumer<T>);

/// The ports of `count` shards, meshed, in order.
pub(crate) fn mesh(count: usize) -> Vec<Port> {
    let mut ports: Vec<Port> = (0..count)
        .map(|index| {
            let (producer, outside) = mpsc::queue(OUTSIDE_QUEUE);
            let sleep = CachePadded(SleepFlag::new());
            let bell = Arc::new(Bell { sleep, doorbell: OnceLock::new(), outside: producer });
            Port { index, bell, outside, peers: (0..count).map(|_| None).collect() }
        })
        .collect();
    for low in 0..count {
        for high in low + 1..count {
            let (low_seed, high_seed) = connect(&ports[low].bell, &ports[high].bell);
            ports[low].peers[high] = Some(low_seed);
            ports[high].peers[low] = Some(high_seed);
        }
    }
    ports
}

fn connect(low: &Arc<Bell>, high: &Arc<Bell>) -> (PeerSeed, PeerSeed) {
    let lanes =
        || -> (Pair<Letter>, Pair<Letter>) { (spsc::ring(REQUEST_LANE), spsc::ring(REPLY_LANE)) };
    let ((up_requests, up_requests_in), (up_replies, up_replies_in)) = lanes();
    let ((down_requests, down_requests_in), (down_replies, down_replies_in)) = lanes();
    let starved_up = Arc::new(AtomicBool::new(false));
    let starved_down = Arc::new(AtomicBool::new(false));
    let low_seed = PeerSeed {
        bell: Arc::clone(high),
        requests_out: up_requests,
        requests_in: down_requests_in,
        replies_out: up_replies,
        replies_in: down_replies_in,
        starved_out: Arc::clone(&starved_up),
        starved_in: Arc::clone(&starved_down),
    };
    let high_seed = PeerSeed {
        bell: Arc::clone(low),
        requests_out: down_requests,
        requests_in: up_requests_in,
        replies_out: down_replies,
        replies_in: up_replies_in,
        starved_out: starved_down,
        starved_in: starved_up,
    };
    (low_seed, high_seed)
}
