//! The pool with a shard on the real driver: results, bounds, panics, lives of threads.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use dx_blocking::{BlockingError, Pool, PoolOptions, Refused};
use dx_reactor::Reactor;

fn reactor() -> Reactor {
    Reactor::new(dx_driver::probe_and_open(None).unwrap().0)
}

fn small(threads: usize, jobs: usize) -> Pool {
    let idle = Duration::from_millis(50);
    Pool::new(PoolOptions { threads, jobs, idle, ..PoolOptions::default() })
}

fn wait_until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < Duration::from_secs(10), "it does not happen");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn results_come_back_to_a_sleeping_shard() {
    let (reactor, pool) = (reactor(), Pool::default());
    assert_eq!(pool.snapshot().threads, 0);
    let job = pool.run(|| {
        std::thread::sleep(Duration::from_millis(20));
        std::thread::current().name().unwrap().to_owned()
    });
    let name = reactor.block_on(job.unwrap()).unwrap().unwrap();
    assert_eq!(name, "dx-block-1");
}

#[test]
fn a_full_pool_gives_the_job_back_and_room_is_told() {
    let (reactor, pool) = (reactor(), small(1, 2));
    let (release, held) = mpsc::channel::<()>();
    let first = pool.run(move || held.recv().is_ok()).unwrap();
    let second = pool.run(|| true).unwrap();
    let refused = pool.run(|| 7).unwrap_err();
    assert!(matches!(refused, Refused::Full(_)));
    assert_eq!(refused.into_job()(), 7);
    assert_eq!(pool.snapshot().refused, 1);
    let later = pool.clone();
    let third = async move { later.run_when_free(|| 3).await };
    let all = async move {
        release.send(()).unwrap();
        (third.await, first.await, second.await)
    };
    assert_eq!(reactor.block_on(all).unwrap(), (Ok(3), Ok(true), Ok(true)));
    wait_until(|| pool.snapshot().under_way == 0);
}

#[test]
fn a_panic_is_an_error_and_the_thread_goes_on() {
    let (reactor, pool) = (reactor(), small(1, 8));
    let bad = pool.run(|| -> u8 { panic!("no {}", "luck") }).unwrap();
    let name = || std::thread::current().name().unwrap().to_owned();
    let good = pool.run(name).unwrap();
    let (bad, good) = reactor.block_on(async move { (bad.await, good.await) }).unwrap();
    assert_eq!(bad, Err(BlockingError::Panicked("no luck".to_owned())));
    assert_eq!(good.as_deref(), Ok("dx-block-1"));
    wait_until(|| pool.snapshot().ended == 2);
    assert_eq!(pool.snapshot().panicked, 1);
}

#[test]
fn threads_start_as_needed_up_to_the_bound_and_end_when_idle() {
    let (reactor, pool) = (reactor(), small(3, 100));
    let most = Arc::new(AtomicUsize::new(0));
    let running = Arc::new(AtomicUsize::new(0));
    let jobs: Vec<_> = (0..30)
        .map(|_| {
            let (most, running) = (most.clone(), running.clone());
            pool.run(move || {
                let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(2));
                running.fetch_sub(1, Ordering::SeqCst);
            })
            .unwrap()
        })
        .collect();
    let all = async move {
        for job in jobs {
            job.await.unwrap();
        }
    };
    reactor.block_on(all).unwrap();
    assert_eq!(most.load(Ordering::SeqCst), 3);
    wait_until(|| pool.snapshot().threads == 0);
    assert_eq!(reactor.block_on(pool.run(|| 1).unwrap()).unwrap(), Ok(1));
}

#[test]
fn a_job_dropped_before_its_turn_never_runs() {
    let (reactor, pool) = (reactor(), small(1, 8));
    let (release, held) = mpsc::channel::<()>();
    let first = pool.run(move || held.recv().is_ok()).unwrap();
    let ran = Arc::new(AtomicUsize::new(0));
    let count = ran.clone();
    drop(pool.run(move || count.fetch_add(1, Ordering::SeqCst)).unwrap());
    release.send(()).unwrap();
    reactor.block_on(first).unwrap().unwrap();
    wait_until(|| pool.snapshot().under_way == 0);
    assert_eq!((ran.load(Ordering::SeqCst), pool.snapshot().ended), (0, 2));
}

#[test]
fn what_is_queued_is_done_after_the_last_handle_is_gone() {
    let (reactor, pool) = (reactor(), small(1, 8));
    let jobs: Vec<_> = (0..5).map(|number| pool.run(move || number).unwrap()).collect();
    drop(pool);
    let all = async move {
        let mut sum = 0;
        for job in jobs {
            sum += job.await.unwrap();
        }
        sum
    };
    assert_eq!(reactor.block_on(all).unwrap(), 10);
}
