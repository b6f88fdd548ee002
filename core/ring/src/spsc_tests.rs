//! Tests of the single-producer ring: order, batches, bounds, drops, two real threads.

use super::*;

#[test]
fn a_full_ring_gives_the_value_back() {
    let (mut producer, mut consumer) = ring(3);
    assert_eq!(producer.capacity(), 4);
    for value in 0..4 {
        assert_eq!(producer.try_push(value), Ok(()));
    }
    assert_eq!(producer.try_push(4), Err(4));
    assert_eq!(consumer.pop(), Some(0));
    assert_eq!(producer.room(), 1);
    assert_eq!(producer.try_push(4), Ok(()));
    assert_eq!(consumer.drain(10).collect::<Vec<_>>(), [1, 2, 3, 4]);
    assert_eq!(consumer.pop(), None);
}

#[test]
fn values_show_only_when_published() {
    let (mut producer, mut consumer) = ring(8);
    producer.push(1).unwrap();
    producer.push(2).unwrap();
    assert_eq!((producer.unpublished(), consumer.is_empty()), (2, true));
    assert_eq!(consumer.pop(), None);
    assert!(producer.publish());
    assert!(!producer.publish());
    let mut taken = vec![0];
    assert_eq!(consumer.pop_batch(&mut taken, 1), 1);
    assert_eq!(consumer.pop_batch(&mut taken, 5), 1);
    assert_eq!(taken, [0, 1, 2]);
}

#[test]
fn a_drain_cut_short_keeps_the_rest() {
    let (mut producer, mut consumer) = ring(4);
    (0..4).for_each(|value| producer.push(value).unwrap());
    producer.publish();
    assert_eq!(consumer.drain(4).next(), Some(0));
    assert_eq!(producer.room(), 1);
    assert_eq!(consumer.drain(4).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn ends_see_each_other_go_and_values_are_dropped_once() {
    let witness = std::sync::Arc::new(());
    let (mut producer, mut consumer) = ring(4);
    (0..3).for_each(|_| producer.push(std::sync::Arc::clone(&witness)).unwrap());
    assert!(!consumer.is_closed() && !producer.is_closed());
    drop(producer);
    assert!(consumer.is_closed());
    drop(consumer.pop());
    assert_eq!(std::sync::Arc::strong_count(&witness), 3);
    drop(consumer);
    assert_eq!(std::sync::Arc::strong_count(&witness), 1);
    let (producer, consumer) = ring::<u8>(1);
    drop(consumer);
    assert!(producer.is_closed());
}

#[test]
fn two_threads_keep_order() {
    const COUNT: usize = if cfg!(miri) { 200 } else { 200_000 };
    let (mut producer, mut consumer) = ring::<Box<usize>>(64);
    let sender = std::thread::spawn(move || {
        let mut next = 0;
        while next < COUNT {
            let batch = 1 + next % 7;
            for _ in 0..batch.min(COUNT - next) {
                match producer.push(Box::new(next)) {
                    Ok(()) => next += 1,
                    Err(_) => break,
                }
            }
            if !producer.publish() {
                std::thread::yield_now();
            }
        }
    });
    let mut expected = 0;
    while expected < COUNT {
        for value in consumer.drain(16) {
            assert_eq!(*value, expected);
            expected += 1;
        }
        if consumer.is_empty() {
            std::thread::yield_now();
        }
    }
    sender.join().unwrap();
    assert!(consumer.pop().is_none() && consumer.is_closed());
}
