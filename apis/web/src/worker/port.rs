//! Ends of message channels that may lie in different threads.
//!
//! An end has a lock-free ring that its peer's thread fills; what does not fit waits behind it in
//! a list. The end belongs to the isolate whose [`Mailbox`] it was attached to last; while it is
//! between isolates its messages wait in it. The mailbox is told once of an end that has
//! something, and its thread is woken only where it sleeps.
//!
//! Invariants: messages arrive in the order in which they were sent (those an isolate took and put
//! back first); an end that closes tells its
//! peer once, behind everything it has sent; an end is taken from by one thread at a time.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError, Weak,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use dx_ring::mpsc;

use super::mailbox::Mailbox;

/// Messages an end's ring holds.
const RING: usize = 32;

/// The characters of a message's strings, one behind the other.
#[derive(Clone, Debug)]
pub enum Characters {
    /// Each byte is a code unit.
    Latin1(Vec<u8>),
    /// UTF-16.
    Utf16(Vec<u16>),
}

/// A serialized value and what moves with it.
#[derive(Clone, Debug)]
pub struct Message {
    /// What the serializer wrote.
    pub bytes: Vec<u8>,
    /// The strings in it.
    pub text: Characters,
    /// Contents of array buffers that were transferred.
    pub buffers: Vec<Vec<u8>>,
    /// Memory that both sides go on using.
    pub shared: Vec<dx_ops::SharedMemory>,
    /// Ends of channels that were transferred.
    pub ends: Vec<Arc<End>>,
}

/// A value that needs no serializer.
#[derive(Clone, Debug)]
pub enum Plain {
    /// `undefined`
    Undefined,
    /// `null`
    Null,
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(f64),
    /// A string.
    Text(Characters),
    /// Objects and arrays of such values, as JSON.
    Json(Characters),
}

/// What an end receives.
#[derive(Debug)]
pub enum Delivery {
    /// A message that is one plain value.
    Plain(Plain),
    /// Any other message.
    Message(Box<Message>),
    /// The peer has closed.
    Closed,
    /// The worker at the other end has ended with this code.
    Ended(i32),
}

/// One end of a channel.
pub struct End {
    number: u64,
    ring: mpsc::Producer<Delivery>,
    taking: Mutex<mpsc::Consumer<Delivery>>,
    /// What found the ring full. While it holds anything the ring is not filled.
    behind: Mutex<VecDeque<Delivery>>,
    behind_count: AtomicUsize,
    /// What an isolate took and gave back when the end left it; it comes first.
    returned: Mutex<VecDeque<Delivery>>,
    returned_count: AtomicUsize,
    peer: Mutex<Weak<End>>,
    owner: Mutex<Option<Arc<Mailbox>>>,
    announced: AtomicBool,
    /// Whether the mailbox is told of every message: those of several ends keep their order.
    tells_of_each: bool,
    closed: AtomicBool,
}

impl std::fmt::Debug for End {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "End({})", self.number)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl End {
    /// An end without a peer, whose owner is told of every message.
    #[must_use]
    pub fn alone() -> Arc<Self> {
        Self::make(true)
    }

    fn make(tells_of_each: bool) -> Arc<Self> {
        static NUMBER: AtomicU64 = AtomicU64::new(1);
        let (ring, taking) = mpsc::queue(RING);
        Arc::new(Self {
            number: NUMBER.fetch_add(1, Ordering::Relaxed),
            ring,
            taking: Mutex::new(taking),
            behind: Mutex::default(),
            behind_count: AtomicUsize::new(0),
            returned: Mutex::default(),
            returned_count: AtomicUsize::new(0),
            peer: Mutex::new(Weak::new()),
            owner: Mutex::new(None),
            announced: AtomicBool::new(false),
            tells_of_each,
            closed: AtomicBool::new(false),
        })
    }

    /// The two ends of a channel.
    #[must_use]
    pub fn pair() -> (Arc<Self>, Arc<Self>) {
        let (first, second) = (Self::make(false), Self::make(false));
        *lock(&first.peer) = Arc::downgrade(&second);
        *lock(&second.peer) = Arc::downgrade(&first);
        (first, second)
    }

    /// Names the end in the process.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The other end, while it lives.
    #[must_use]
    pub fn peer(&self) -> Option<Arc<Self>> {
        lock(&self.peer).upgrade()
    }

    /// Puts something in; the owner is told.
    pub fn deliver(&self, delivery: Delivery) {
        if self.closed.load(Ordering::Acquire) {
            return;
        }
        if self.behind_count.load(Ordering::Acquire) > 0 {
            self.push_behind(delivery);
        } else if let Err(refused) = self.ring.try_push(delivery) {
            self.push_behind(refused);
        }
        self.announce();
    }

    fn push_behind(&self, delivery: Delivery) {
        let mut behind = lock(&self.behind);
        behind.push_back(delivery);
        self.behind_count.store(behind.len(), Ordering::Release);
    }

    /// Puts back what was taken, in the order in which it was: it is taken before all else.
    pub fn put_back(&self, delivery: Delivery) {
        let mut returned = lock(&self.returned);
        returned.push_back(delivery);
        self.returned_count.store(returned.len(), Ordering::Release);
    }

    /// Takes the oldest.
    pub fn take(&self) -> Option<Delivery> {
        if self.returned_count.load(Ordering::Acquire) > 0 {
            let mut returned = lock(&self.returned);
            let delivery = returned.pop_front();
            self.returned_count.store(returned.len(), Ordering::Release);
            return delivery;
        }
        if let Some(delivery) = lock(&self.taking).pop() {
            return Some(delivery);
        }
        if self.behind_count.load(Ordering::Acquire) == 0 {
            return None;
        }
        let mut behind = lock(&self.behind);
        // Between the look at the ring and the lock the ring stays empty: it is not filled while
        // something waits behind it.
        let delivery = behind.pop_front();
        self.behind_count.store(behind.len(), Ordering::Release);
        delivery
    }

    /// Whether there is nothing to take.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        lock(&self.taking).is_empty()
            && self.behind_count.load(Ordering::Acquire) == 0
            && self.returned_count.load(Ordering::Acquire) == 0
    }

    /// Gives the end to an isolate, which is told of what waits already.
    pub fn attach(&self, mailbox: &Arc<Mailbox>) {
        *lock(&self.owner) = Some(Arc::clone(mailbox));
        self.announced.store(false, Ordering::SeqCst);
        if !self.is_empty() {
            self.announce();
        }
    }

    /// Takes the end from its isolate; what arrives waits.
    pub fn detach(&self) {
        *lock(&self.owner) = None;
    }

    /// The owner has heard of the end and will look at it: later arrivals are told anew.
    pub fn heard(&self) {
        self.announced.store(false, Ordering::SeqCst);
    }

    fn announce(&self) {
        if self.announced.swap(true, Ordering::SeqCst) && !self.tells_of_each {
            return;
        }
        match &*lock(&self.owner) {
            Some(mailbox) => mailbox.announce(self.number),
            None => self.announced.store(false, Ordering::SeqCst),
        }
    }

    /// Closes the end: what waits is dropped, and the peer is told.
    pub fn close(&self) {
        if self.closed.swap(true, Ordering::AcqRel) {
            return;
        }
        while self.take().is_some() {}
        self.detach();
        if let Some(peer) = self.peer() {
            peer.deliver(Delivery::Closed);
        }
    }
}

impl Drop for End {
    /// An end that nobody holds any more has closed.
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(byte: u8) -> Delivery {
        Delivery::Message(Box::new(Message {
            bytes: vec![byte],
            text: Characters::Latin1(Vec::new()),
            buffers: Vec::new(),
            shared: Vec::new(),
            ends: Vec::new(),
        }))
    }

    fn byte(delivery: Option<Delivery>) -> Option<u8> {
        match delivery {
            Some(Delivery::Message(message)) => message.bytes.first().copied(),
            _ => None,
        }
    }

    #[test]
    fn more_than_the_ring_holds_arrives_in_order() {
        let (first, second) = End::pair();
        for index in 0..200 {
            second.deliver(message(index));
        }
        for index in 0..100 {
            assert_eq!(byte(second.take()), Some(index));
        }
        for index in 200..=255 {
            second.deliver(message(index));
        }
        for index in 100..=255 {
            assert_eq!(byte(second.take()), Some(index));
        }
        assert!(second.is_empty());
        drop(first);
        assert!(matches!(second.take(), Some(Delivery::Closed)));
    }

    #[test]
    fn an_end_that_closes_is_told_to_its_peer_once_and_takes_nothing_more() {
        let (first, second) = End::pair();
        first.close();
        first.close();
        first.deliver(message(1));
        assert!(first.is_empty());
        assert!(matches!(second.take(), Some(Delivery::Closed)));
        assert!(second.take().is_none());
    }

    #[test]
    fn what_is_put_back_comes_before_what_waits() {
        let (_first, second) = End::pair();
        for index in 0..3 {
            second.deliver(message(index));
        }
        let taken = [second.take(), second.take()];
        for delivery in taken.into_iter().flatten() {
            second.put_back(delivery);
        }
        assert!(!second.is_empty());
        for index in 0..3 {
            assert_eq!(byte(second.take()), Some(index));
        }
        assert!(second.is_empty());
    }

    #[test]
    fn messages_from_another_thread_all_arrive() {
        let (first, second) = End::pair();
        let sender = std::thread::spawn(move || {
            for index in 0..10_000_u32 {
                if let Some(peer) = first.peer() {
                    peer.deliver(message(index as u8));
                }
            }
        });
        let mut next = 0_u32;
        while next < 10_000 {
            match second.take() {
                Some(Delivery::Message(message)) => {
                    assert_eq!(message.bytes, [next as u8]);
                    next += 1;
                }
                Some(other) => panic!("{other:?} before the messages"),
                None => std::thread::yield_now(),
            }
        }
        sender.join().unwrap();
    }
}
