//! A bounded ring from one thread to one other.
//!
//! The producer writes values into slots and publishes any number of them with one release
//! store; the consumer takes a batch and frees its slots with one release store. Both sides
//! remember the other's last known position, so the cache line of the other side is read only
//! when the ring looks full or empty.
//!
//! Invariants (positions grow without bound and are reduced by the mask):
//! - `head <= tail <= head + capacity`, `head` written only by the consumer, `tail` only by the
//!   producer;
//! - slots in `head..tail` hold values; the producer alone may touch the others.
//!
//! How it fails: a full ring gives the value back; an end that is gone shows as `is_closed`.

#![allow(unsafe_code)]

use std::mem::MaybeUninit;

use crate::{
    CachePadded,
    sync::{Arc, AtomicBool, AtomicUsize, Ordering, UnsafeCell},
};

struct Shared<T> {
    /// The next position to take; written by the consumer.
    head: CachePadded<AtomicUsize>,
    /// The next position to fill; written by the producer.
    tail: CachePadded<AtomicUsize>,
    producer_gone: AtomicBool,
    consumer_gone: AtomicBool,
    slots: Box<[UnsafeCell<MaybeUninit<T>>]>,
}

// SAFETY: a slot is reached by one side at a time: the producer before the release store of
// `tail`, the consumer between its acquire load of `tail` and its release store of `head`.
// `T: Send` because values cross from one thread to the other.
unsafe impl<T: Send> Sync for Shared<T> {}
// SAFETY: as above; moving the whole ring moves the values in it.
unsafe impl<T: Send> Send for Shared<T> {}

impl<T> Shared<T> {
    fn mask(&self) -> usize {
        self.slots.len() - 1
    }

    /// # Safety
    /// The slot is free and the caller is the producer.
    unsafe fn write(&self, position: usize, value: T) {
        self.slots[position & self.mask()].with_mut(|slot| {
            // SAFETY: the caller says that nobody else reaches this slot.
            unsafe { (*slot).write(value) };
        });
    }

    /// # Safety
    /// The slot holds a published value, the caller is the consumer and frees the slot.
    unsafe fn read(&self, position: usize) -> T {
        self.slots[position & self.mask()].with_mut(|slot| {
            // SAFETY: the caller says that the value is there and is taken only once.
            unsafe { (*slot).assume_init_read() }
        })
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        let tail = self.tail.load(Ordering::Relaxed);
        let mut head = self.head.load(Ordering::Relaxed);
        while head != tail {
            // SAFETY: both ends are gone, so this thread is alone; head..tail hold values.
            drop(unsafe { self.read(head) });
            head = head.wrapping_add(1);
        }
    }
}

/// The sending end.
pub struct Producer<T> {
    shared: Arc<Shared<T>>,
    /// Filled up to here, published or not.
    filled: usize,
    /// Published up to here.
    published: usize,
    /// The consumer's position when last looked at.
    head_seen: usize,
}

/// The receiving end.
pub struct Consumer<T> {
    shared: Arc<Shared<T>>,
    /// Taken up to here.
    head: usize,
    /// The producer's position when last looked at.
    tail_seen: usize,
}

/// A ring for `capacity` values, rounded up to a power of two, at least 1.
#[must_use]
pub fn ring<T: Send>(capacity: usize) -> (Producer<T>, Consumer<T>) {
    let capacity = capacity.max(1).next_power_of_two();
    let shared = Arc::new(Shared {
        head: CachePadded(AtomicUsize::new(0)),
        tail: CachePadded(AtomicUsize::new(0)),
        producer_gone: AtomicBool::new(false),
        consumer_gone: AtomicBool::new(false),
        slots: (0..capacity).map(|_| UnsafeCell::new(MaybeUninit::uninit())).collect(),
    });
    let producer = Producer { shared: Arc::clone(&shared), filled: 0, published: 0, head_seen: 0 };
    (producer, Consumer { shared, head: 0, tail_seen: 0 })
}

impl<T> Producer<T> {
    /// How many values the ring holds at most.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.shared.slots.len()
    }

    /// Puts a value into the ring without showing it to the consumer yet.
    ///
    /// # Errors
    /// The value, when the ring is full.
    #[inline]
    pub fn push(&mut self, value: T) -> Result<(), T> {
        if self.room() == 0 {
            return Err(value);
        }
        // SAFETY: `room` found the slot free, and this is the only producer.
        unsafe { self.shared.write(self.filled, value) };
        self.filled = self.filled.wrapping_add(1);
        Ok(())
    }

    /// Shows everything pushed so far to the consumer; whether there was anything to show.
    #[inline]
    pub fn publish(&mut self) -> bool {
        if self.published == self.filled {
            return false;
        }
        self.published = self.filled;
        self.shared.tail.store(self.filled, Ordering::Release);
        true
    }

    /// Pushes one value and publishes it.
    ///
    /// # Errors
    /// The value, when the ring is full.
    pub fn try_push(&mut self, value: T) -> Result<(), T> {
        self.push(value)?;
        self.publish();
        Ok(())
    }

    /// How many values fit now; looks at the consumer's position only when none seem to fit.
    #[inline]
    pub fn room(&mut self) -> usize {
        let capacity = self.shared.slots.len();
        if self.filled.wrapping_sub(self.head_seen) == capacity {
            self.head_seen = self.shared.head.load(Ordering::Acquire);
        }
        capacity - self.filled.wrapping_sub(self.head_seen)
    }

    /// Values pushed and not published.
    #[must_use]
    pub fn unpublished(&self) -> usize {
        self.filled.wrapping_sub(self.published)
    }

    /// Whether the consumer is gone, so that nothing pushed will ever be taken.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.consumer_gone.load(Ordering::Acquire)
    }
}

impl<T> Drop for Producer<T> {
    fn drop(&mut self) {
        self.publish();
        self.shared.producer_gone.store(true, Ordering::Release);
    }
}

impl<T> Consumer<T> {
    /// Takes the oldest published value.
    #[inline]
    pub fn pop(&mut self) -> Option<T> {
        if self.available() == 0 {
            return None;
        }
        // SAFETY: `available` saw a published value, and this is the only consumer.
        let value = unsafe { self.shared.read(self.head) };
        self.head = self.head.wrapping_add(1);
        self.shared.head.store(self.head, Ordering::Release);
        Some(value)
    }

    /// Takes at most `limit` values, freeing their slots at once when the iterator is dropped.
    #[inline]
    pub fn drain(&mut self, limit: usize) -> Drain<'_, T> {
        self.tail_seen = self.shared.tail.load(Ordering::Acquire);
        let left = self.available().min(limit);
        Drain { consumer: self, left }
    }

    /// Appends at most `limit` values to `into`; how many.
    pub fn pop_batch(&mut self, into: &mut impl Extend<T>, limit: usize) -> usize {
        let drain = self.drain(limit);
        let count = drain.left;
        into.extend(drain);
        count
    }

    /// Whether nothing is published; looks at the producer's position.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.head == self.shared.tail.load(Ordering::Acquire)
    }

    /// Whether the producer is gone; what it published before can still be taken.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.producer_gone.load(Ordering::Acquire)
    }

    #[inline]
    fn available(&mut self) -> usize {
        if self.head == self.tail_seen {
            self.tail_seen = self.shared.tail.load(Ordering::Acquire);
        }
        self.tail_seen.wrapping_sub(self.head)
    }
}

impl<T> Drop for Consumer<T> {
    fn drop(&mut self) {
        self.shared.consumer_gone.store(true, Ordering::Release);
    }
}

/// A batch on its way out of the ring.
pub struct Drain<'a, T> {
    consumer: &'a mut Consumer<T>,
    left: usize,
}

impl<T> Iterator for Drain<'_, T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        self.left = self.left.checked_sub(1)?;
        let consumer = &mut *self.consumer;
        // SAFETY: `drain` counted only published values, and this is the only consumer.
        let value = unsafe { consumer.shared.read(consumer.head) };
        consumer.head = consumer.head.wrapping_add(1);
        Some(value)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl<T> Drop for Drain<'_, T> {
    fn drop(&mut self) {
        // What was not taken stays in the ring: only the slots read are freed.
        self.consumer.shared.head.store(self.consumer.head, Ordering::Release);
    }
}

#[cfg(all(test, not(loom)))]
#[path = "spsc_tests.rs"]
mod tests;
