//! How other threads tell an isolate that ends of channels have something for it.
//!
//! Numbers of ends travel through a lock-free ring, and what finds it full waits behind it in a
//! list; order is kept. An end of a channel is in it at most once, one that hears broadcasts once
//! a message. The thread is woken only while it sleeps: it says so before it waits ([`Asleep`])
//! and looks at the ring once more.

use std::{
    cell::RefCell,
    collections::VecDeque,
    rc::Weak,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use dx_driver::{Doorbell, Interest};
use dx_reactor::WaitSource;
use dx_ring::{SleepFlag, mpsc};

/// Announcements that need no lock.
const RING: usize = 256;

/// The outside of an isolate: any thread may announce to it.
pub struct Mailbox {
    ready: mpsc::Producer<u64>,
    /// What found the ring full. While it holds anything the ring is not filled.
    behind: Mutex<VecDeque<u64>>,
    behind_count: AtomicUsize,
    sleep: SleepFlag,
    doorbell: Arc<dyn Doorbell>,
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Mailbox")
    }
}

/// The inside: what the isolate takes from.
pub struct Announced {
    ready: mpsc::Consumer<u64>,
}

impl Mailbox {
    /// A mailbox whose thread is woken by `doorbell`.
    #[must_use]
    pub fn new(doorbell: Arc<dyn Doorbell>) -> (Arc<Self>, Announced) {
        let (producer, ready) = mpsc::queue(RING);
        let mailbox = Arc::new(Self {
            ready: producer,
            behind: Mutex::default(),
            behind_count: AtomicUsize::new(0),
            sleep: SleepFlag::new(),
            doorbell,
        });
        (mailbox, Announced { ready })
    }

    /// Says that the end of this number has something.
    pub fn announce(&self, number: u64) {
        if self.behind_count.load(Ordering::SeqCst) > 0 || self.ready.try_push(number).is_err() {
            let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
            behind.push_back(number);
            self.behind_count.store(behind.len(), Ordering::SeqCst);
        }
        if self.sleep.must_ring() {
            self.doorbell.ring();
        }
    }

    /// Takes what found the ring full; to be asked for once the ring is empty.
    pub fn take_behind(&self) -> VecDeque<u64> {
        if self.behind_count.load(Ordering::SeqCst) == 0 {
            return VecDeque::new();
        }
        let mut behind = self.behind.lock().unwrap_or_else(PoisonError::into_inner);
        self.behind_count.store(0, Ordering::SeqCst);
        std::mem::take(&mut behind)
    }

    /// Wakes the thread whatever it does.
    pub fn ring(&self) {
        self.doorbell.ring();
    }

    /// The thread is awake.
    pub fn awake(&self) {
        self.sleep.awake();
    }
}

impl Announced {
    /// Whether no end has something, but for those behind the ring.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// The next end that has something.
    pub fn take(&mut self) -> Option<u64> {
        self.ready.pop()
    }
}

/// Says before each wait that the thread sleeps.
pub(super) struct Asleep {
    /// The mailbox.
    pub(super) mailbox: Arc<Mailbox>,
    /// What the isolate takes from.
    pub(super) announced: Weak<RefCell<Announced>>,
}

impl WaitSource for Asleep {
    fn prepare(&mut self, _watch: &mut Vec<(i32, Interest)>) -> Option<Duration> {
        let announced = self.announced.upgrade()?;
        self.mailbox.sleep.prepare_sleep();
        let has_news = !announced.borrow().ready.is_empty()
            || self.mailbox.behind_count.load(Ordering::SeqCst) > 0;
        has_news.then_some(Duration::ZERO)
    }

    fn dispatch(&mut self) {}
}
