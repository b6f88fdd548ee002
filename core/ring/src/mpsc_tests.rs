//! Tests of the many-producer queue: bounds, laps, drops, several real threads.

use super::*;

#[test]
fn a_full_queue_gives_the_value_back_and_laps_work() {
    let (producer, mut consumer) = queue(2);
    for lap in 0..10 {
        assert_eq!(producer.try_push(lap), Ok(()));
        assert_eq!(producer.clone().try_push(lap + 100), Ok(()));
        assert_eq!(producer.try_push(7), Err(7));
        assert!(!consumer.is_empty());
        let mut taken = Vec::new();
        assert_eq!(consumer.pop_batch(&mut taken, 8), 2);
        assert_eq!(taken, [lap, lap + 100]);
        assert!(consumer.is_empty());
    }
}

#[test]
fn values_left_behind_are_dropped_once() {
    let witness = Arc::new(());
    let (producer, consumer) = queue(8);
    for _ in 0..3 {
        producer.try_push(Arc::clone(&witness)).unwrap();
    }
    assert!(!producer.is_closed());
    drop(consumer);
    assert!(producer.is_closed());
    assert_eq!(Arc::strong_count(&witness), 4);
    drop(producer);
    assert_eq!(Arc::strong_count(&witness), 1);
}

#[test]
fn each_producer_keeps_its_order() {
    const COUNT: usize = 50_000;
    const THREADS: usize = 3;
    let (producer, mut consumer) = queue::<Box<(usize, usize)>>(32);
    let senders: Vec<_> = (0..THREADS)
        .map(|thread| {
            let producer = producer.clone();
            std::thread::spawn(move || {
                for number in 0..COUNT {
                    let mut value = Box::new((thread, number));
                    while let Err(back) = producer.try_push(value) {
                        value = back;
                        std::thread::yield_now();
                    }
                }
            })
        })
        .collect();
    let mut next = [0; THREADS];
    while next.iter().sum::<usize>() < COUNT * THREADS {
        match consumer.pop() {
            Some(value) => {
                assert_eq!(value.1, next[value.0]);
                next[value.0] += 1;
            }
            None => std::thread::yield_now(),
        }
    }
    senders.into_iter().for_each(|sender| sender.join().unwrap());
}
