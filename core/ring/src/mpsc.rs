//! A bounded queue from any number of threads to one.
//!
//! Each slot carries a stamp that says whose turn it is: `stamp == position` means free for the
//! producer that claims `position`, `stamp == position + 1` means filled for the consumer, which
//! then sets it a lap further. Producers claim positions with one compare-and-swap.
//!
//! A producer that is suspended between claiming a slot and filling it hides the values of
//! those after it until it goes on; each rings after its own value is in place, so none is lost.
//!
//! How it fails: a full queue gives the value back; an end that is gone shows as `is_closed`.

#![allow(unsafe_code)]

use std::mem::MaybeUninit;

use crate::{
    CachePadded,
    sync::{Arc, AtomicBool, AtomicUsize, Ordering, UnsafeCell},
};

struct Slot<T> {
    stamp: AtomicUsize,
    value: UnsafeCell<MaybeUninit<T>>,
}

struct Shared<T> {
    /// The next position to claim; producers compete for it.
    tail: CachePadded<AtomicUsize>,
    /// The next position to take; written by the consumer alone.
    head: CachePadded<AtomicUsize>,
    consumer_gone: AtomicBool,
    slots: Box<[Slot<T>]>,
}

// SAFETY: the stamps give each slot to one thread at a time (see the module comment); values
// cross threads, so `T: Send`.
unsafe impl<T: Send> Sync for Shared<T> {}
// SAFETY: as above; moving the queue moves the values in it.
unsafe impl<T: Send> Send for Shared<T> {}

impl<T> Shared<T> {
    fn slot(&self, position: usize) -> &Slot<T> {
        &self.slots[position & (self.slots.len() - 1)]
    }

    /// Takes the value at `position`, if it is filled, and frees the slot.
    ///
    /// # Safety
    /// The caller is the consumer and `position` its next one.
    unsafe fn take(&self, position: usize) -> Option<T> {
        let slot = self.slot(position);
        if slot.stamp.load(Ordering::Acquire) != position.wrapping_add(1) {
            return None;
        }
        // SAFETY: the stamp says filled, and only the consumer takes.
        let value = slot.value.with_mut(|value| unsafe { (*value).assume_init_read() });
        slot.stamp.store(position.wrapping_add(self.slots.len()), Ordering::Release);
        Some(value)
    }
}

impl<T> Drop for Shared<T> {
    fn drop(&mut self) {
        let mut head = self.head.load(Ordering::Relaxed);
        // SAFETY: every end is gone: this thread is alone, and acts as the consumer.
        while let Some(value) = unsafe { self.take(head) } {
            drop(value);
            head = head.wrapping_add(1);
        }
    }
}

/// A sending end; clones send to the same queue.
pub struct Producer<T> {
    shared: Arc<Shared<T>>,
}

/// The receiving end.
pub struct Consumer<T> {
    shared: Arc<Shared<T>>,
    head: usize,
}

/// A queue for `capacity` values, rounded up to a power of two, at least 2.
#[must_use]
pub fn queue<T: Send>(capacity: usize) -> (Producer<T>, Consumer<T>) {
    // With one slot "filled" and "free a lap later" would be the same stamp.
    let capacity = capacity.max(2).next_power_of_two();
    let slots = (0..capacity)
        .map(|position| Slot {
            stamp: AtomicUsize::new(position),
            value: UnsafeCell::new(MaybeUninit::uninit()),
        })
        .collect();
    let shared = Arc::new(Shared {
        tail: CachePadded(AtomicUsize::new(0)),
        head: CachePadded(AtomicUsize::new(0)),
        consumer_gone: AtomicBool::new(false),
        slots,
    });
    (Producer { shared: Arc::clone(&shared) }, Consumer { shared, head: 0 })
}

impl<T> Clone for Producer<T> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared) }
    }
}

impl<T> Producer<T> {
    /// Puts a value into the queue, where the consumer sees it at once.
    ///
    /// # Errors
    /// The value, when the queue is full.
    pub fn try_push(&self, value: T) -> Result<(), T> {
        let shared = &*self.shared;
        let mut position = shared.tail.load(Ordering::Relaxed);
        loop {
            let slot = shared.slot(position);
            let stamp = slot.stamp.load(Ordering::Acquire);
            let lead = stamp.wrapping_sub(position) as isize;
            if lead < 0 {
                return Err(value);
            }
            if lead > 0 {
                position = shared.tail.load(Ordering::Relaxed);
                continue;
            }
            match shared.tail.compare_exchange_weak(
                position,
                position.wrapping_add(1),
                Ordering::Relaxed,
                Ordering::Relaxed,
            ) {
                Ok(_) => {
                    // SAFETY: the claim succeeded, so the slot is this thread's until stamped.
                    slot.value.with_mut(|place| unsafe { (*place).write(value) });
                    slot.stamp.store(position.wrapping_add(1), Ordering::Release);
                    return Ok(());
                }
                Err(current) => position = current,
            }
        }
    }

    /// Whether the consumer is gone, so that nothing pushed will ever be taken.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.consumer_gone.load(Ordering::Acquire)
    }
}

impl<T> Consumer<T> {
    /// Takes the oldest value.
    pub fn pop(&mut self) -> Option<T> {
        // SAFETY: this is the only consumer.
        let value = unsafe { self.shared.take(self.head) }?;
        self.head = self.head.wrapping_add(1);
        self.shared.head.store(self.head, Ordering::Relaxed);
        Some(value)
    }

    /// Appends at most `limit` values to `into`; how many.
    pub fn pop_batch(&mut self, into: &mut impl Extend<T>, limit: usize) -> usize {
        let mut count = 0;
        into.extend(std::iter::from_fn(|| self.pop()).take(limit).inspect(|_| count += 1));
        count
    }

    /// Whether there is nothing to take now.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let stamp = self.shared.slot(self.head).stamp.load(Ordering::Acquire);
        stamp != self.head.wrapping_add(1)
    }
}

impl<T> Drop for Consumer<T> {
    fn drop(&mut self) {
        self.shared.consumer_gone.store(true, Ordering::Release);
    }
}

#[cfg(all(test, not(loom)))]
#[path = "mpsc_tests.rs"]
mod tests;
