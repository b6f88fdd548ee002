//! How other threads tell an isolate that ends of channels have something for it.
//!
//! Numbers of ends travel through a lock-free ring; an end is in it at most once. Where the ring
//! is full the isolate looks at all its ends. The thread is woken only while it sleeps: it says
//! so before it waits ([`Asleep`]) and looks at the ring once more.

use std::{
    cell::RefCell,
    rc::Weak,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use dx_driver::{Doorbell, Interest};
use dx_reactor::WaitSource;
use dx_ring::{SleepFlag, mpsc};

/// Ends that may have announced themselves and not been looked at.
const RING: usize = 256;

/// The outside of an isolate: any thread may announce to it.
pub struct Mailbox {
    ready: mpsc::Producer<u64>,
    overflowed: AtomicBool,
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
            overflowed: AtomicBool::new(false),
            sleep: SleepFlag::new(),
            doorbell,
        });
        (mailbox, Announced { ready })
    }

    /// Says that the end of this number has something.
    pub fn announce(&self, number: u64) {
        if self.ready.try_push(number).is_err() {
            self.overflowed.store(true, Ordering::SeqCst);
        }
        if self.sleep.must_ring() {
            self.doorbell.ring();
        }
    }

    /// Wakes the thread whatever it does.
    pub fn ring(&self) {
        self.doorbell.ring();
    }

    /// The thread is awake. Answers whether announcements were lost since it last asked.
    pub fn awake(&self) -> bool {
        self.sleep.awake();
        self.overflowed.swap(false, Ordering::SeqCst)
    }
}

impl Announced {
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
        let has_news =
            !announced.borrow().ready.is_empty() || self.mailbox.overflowed.load(Ordering::SeqCst);
        has_news.then_some(Duration::ZERO)
    }

    fn dispatch(&mut self) {}
}
