//! The rings under every interleaving of two or three threads that loom finds.
//!
//! `RUSTFLAGS="--cfg loom" cargo test -p dx-ring --test loom --release`

#![cfg(loom)]

use dx_ring::{SleepFlag, mpsc, spsc};
use loom::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

#[test]
fn a_batch_is_seen_whole_and_in_order() {
    loom::model(|| {
        let (mut producer, mut consumer) = spsc::ring::<Box<usize>>(2);
        let sender = thread::spawn(move || {
            producer.push(Box::new(1)).unwrap();
            producer.push(Box::new(2)).unwrap();
            producer.publish();
            // The third finds room only if the consumer has taken one.
            producer.try_push(Box::new(3)).is_ok()
        });
        let mut taken: Vec<usize> = consumer.drain(8).map(|value| *value).collect();
        assert!(taken.is_empty() || taken.len() >= 2, "one release store publishes both");
        let third = sender.join().unwrap();
        taken.extend(consumer.drain(8).map(|value| *value));
        assert_eq!(taken, if third { vec![1, 2, 3] } else { vec![1, 2] });
        assert!(consumer.is_closed());
    });
}

#[test]
fn a_slot_is_not_filled_before_it_is_free() {
    loom::model(|| {
        let (mut producer, mut consumer) = spsc::ring::<Box<usize>>(1);
        let sender = thread::spawn(move || {
            let mut sent = 0;
            for value in 1..=2 {
                if producer.try_push(Box::new(value)).is_ok() {
                    sent += 1;
                }
            }
            sent
        });
        let mut taken = Vec::new();
        for _ in 0..2 {
            taken.extend(consumer.pop().map(|value| *value));
        }
        let sent = sender.join().unwrap();
        taken.extend(std::iter::from_fn(|| consumer.pop()).map(|value| *value));
        assert_eq!(taken.len(), sent);
        assert!(taken.is_sorted() && taken.first() == Some(&1));
    });
}

#[test]
fn values_are_dropped_once_whoever_goes_first() {
    loom::model(|| {
        let witness = Arc::new(());
        let (mut producer, mut consumer) = spsc::ring(2);
        let held = witness.clone();
        let sender = thread::spawn(move || {
            producer.push(held.clone()).unwrap();
            producer.push(held).unwrap();
            // Dropping publishes what was not.
            drop(producer);
        });
        drop(consumer.pop());
        drop(consumer);
        sender.join().unwrap();
        assert_eq!(Arc::strong_count(&witness), 1);
    });
}

#[test]
fn two_producers_share_a_queue() {
    loom::model(|| {
        let (producer, mut consumer) = mpsc::queue::<Box<usize>>(2);
        let other = producer.clone();
        let first = thread::spawn(move || producer.try_push(Box::new(1)).is_ok());
        let second = thread::spawn(move || other.try_push(Box::new(2)).is_ok());
        let mut taken: Vec<usize> = consumer.pop().into_iter().map(|value| *value).collect();
        assert!(first.join().unwrap() && second.join().unwrap());
        taken.extend(std::iter::from_fn(|| consumer.pop()).map(|value| *value));
        taken.sort_unstable();
        assert_eq!(taken, [1, 2]);
    });
}

#[test]
fn a_lap_of_the_queue_waits_for_the_consumer() {
    loom::model(|| {
        let (producer, mut consumer) = mpsc::queue::<Box<usize>>(2);
        let sender = thread::spawn(move || {
            (1..=3).filter(|value| producer.try_push(Box::new(*value)).is_ok()).count()
        });
        let mut taken: Vec<usize> = consumer.pop().into_iter().map(|value| *value).collect();
        let sent = sender.join().unwrap();
        assert!(sent >= 2);
        taken.extend(std::iter::from_fn(|| consumer.pop()).map(|value| *value));
        assert_eq!(taken, (1..=sent).collect::<Vec<_>>());
    });
}

/// The consumer either sees the value before it sleeps, or the producer rings.
#[test]
fn no_wake_up_is_lost() {
    loom::model(|| {
        let (mut producer, mut consumer) = spsc::ring::<usize>(2);
        let flag = Arc::new(SleepFlag::new());
        let rings = Arc::new(AtomicUsize::new(0));
        let (asked, rung) = (flag.clone(), rings.clone());
        let sender = thread::spawn(move || {
            producer.push(7).unwrap();
            producer.publish();
            if asked.must_ring() {
                rung.fetch_add(1, Ordering::Release);
            }
        });
        flag.prepare_sleep();
        let sleeps = consumer.is_empty();
        sender.join().unwrap();
        if sleeps {
            assert_eq!(rings.load(Ordering::Acquire), 1, "asleep and not woken");
        }
        flag.awake();
        assert_eq!(consumer.pop(), Some(7));
    });
}

#[test]
fn of_two_producers_one_rings() {
    loom::model(|| {
        let flag = Arc::new(SleepFlag::new());
        flag.prepare_sleep();
        let asked: Vec<_> = (0..2)
            .map(|_| {
                let flag = flag.clone();
                thread::spawn(move || flag.must_ring())
            })
            .collect();
        let rings = asked.into_iter().map(|asked| asked.join().unwrap());
        assert_eq!(rings.filter(|rings| *rings).count(), 1);
    });
}
