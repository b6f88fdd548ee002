//! Shards on threads: lanes, credits, room, jobs, failures, names, pinning.

use std::{
    collections::VecDeque,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use dx_driver::Driver;
use dx_kernel::{
    Actor, ActorOptions, Addr, CallError, Context, Plan, Refused, Reply, RunState, SetError, Shard,
    ShardRole, ShardSet, Topology,
};

fn driver(_shard: usize) -> std::io::Result<Box<dyn Driver>> {
    dx_driver::probe_and_open(None).map(|(driver, _)| driver)
}

fn plan(topology: Topology) -> Plan {
    Plan { topology, pin: true }
}

/// Doubles numbers; panics at 13 and ends at 99.
struct Doubler;

impl Actor for Doubler {
    type Message = u64;
    type Reply = u64;

    fn handle(&mut self, number: u64, reply: Reply<u64>, context: &Context<'_, Self>) {
        match number {
            13 => panic!("an unlucky number"),
            99 => context.close(),
            _ => reply.send(number * 2),
        }
    }
}

/// Sends `left` numbers and adds the answers up, keeping only so many calls open.
struct Feeder {
    doubler: Addr<Doubler>,
    left: u64,
    total: Arc<AtomicU64>,
}

#[test]
fn calls_cross_shards_in_both_directions_and_none_is_lost() {
    const CALLS: u64 = 50_000;
    let totals: Arc<[Arc<AtomicU64>; 3]> = Arc::default();
    let ended = Arc::new(AtomicUsize::new(0));
    let (seen, done) = (totals.clone(), ended.clone());
    ShardSet::run(&plan(Topology::Split { io_shards: 2 }), driver, move |shard| {
        let options = ActorOptions::named("doubler");
        shard.spawn(&options, |_| Doubler);
        shard.synchronize()?;
        let target = (shard.index() + 1) % 3;
        let doubler = shard.find::<Doubler>(target, "doubler").unwrap();
        assert!(!doubler.is_local());
        let total = seen[shard.index()].clone();
        // Everyone answers until all are done.
        let (done, stopper) = (done.clone(), shard.clone());
        let feeder = Feeder { doubler, left: CALLS, total };
        let total = feeder.total.clone();
        feed_and_count(feeder, &stopper, total, done);
        shard.run()?;
        Ok(())
    })
    .unwrap();
    let expected: u64 = (1..=CALLS).map(|number| (number + 1000) * 2).sum();
    for total in totals.iter() {
        assert_eq!(total.load(Ordering::Relaxed), expected);
    }
    assert_eq!(ended.load(Ordering::Relaxed), 3);
}

/// As [`Feeder::feed`], but the last of three stops the set.
fn feed_and_count(
    mut feeder: Feeder,
    shard: &Shard,
    total: Arc<AtomicU64>,
    done: Arc<AtomicUsize>,
) {
    let set = shard.set();
    shard.reactor().spawn(async move {
        let mut open = VecDeque::new();
        while feeder.left > 0 || !open.is_empty() {
            if feeder.left > 0
                && let Ok(ticket) = feeder.doubler.call(feeder.left + 1000)
            {
                feeder.left -= 1;
                open.push_back(ticket);
                continue;
            }
            let ticket = open.pop_front().expect("a call is open when one is refused");
            total.fetch_add(ticket.await.unwrap(), Ordering::Relaxed);
        }
        if done.fetch_add(1, Ordering::AcqRel) == 2 {
            set.stop(Duration::from_secs(1));
        }
    });
}

/// Counts what it gets, slowly enough that senders meet a full mailbox.
struct Sink {
    seen: Arc<AtomicU64>,
    last: u64,
}

impl Actor for Sink {
    type Message = [u64; 9];
    type Reply = ();

    fn handle(&mut self, message: [u64; 9], _reply: Reply<()>, _context: &Context<'_, Self>) {
        assert_eq!(message[0], self.last + 1, "messages of one sender keep their order");
        self.last = message[0];
        self.seen.fetch_add(1, Ordering::Release);
    }
}

/// Sends from hooks alone: gathers refusals and goes on when there is room.
struct Source {
    sink: Addr<Sink>,
    next: u64,
    last: u64,
    refusals: Arc<AtomicU64>,
}

impl Source {
    fn push(&mut self, context: &Context<'_, Self>) {
        while self.next <= self.last {
            match self.sink.try_send([self.next; 9]) {
                Ok(()) => self.next += 1,
                Err(Refused::Full(message)) => {
                    assert_eq!(message, [self.next; 9]);
                    self.refusals.fetch_add(1, Ordering::Relaxed);
                    return context.notify_when_room();
                }
                Err(Refused::Closed(_)) => panic!("the sink lives"),
            }
        }
    }
}

impl Actor for Source {
    type Message = ();
    type Reply = ();

    fn handle(&mut self, (): (), _reply: Reply<()>, context: &Context<'_, Self>) {
        self.push(context);
    }

    fn room(&mut self, context: &Context<'_, Self>) {
        self.push(context);
    }
}

#[test]
fn a_refused_sender_is_told_of_room_and_loses_nothing() {
    const MESSAGES: u64 = 30_000;
    for capacity in [1, 7, 100_000] {
        let (seen, refusals) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
        let (sink_seen, source_refusals) = (seen.clone(), refusals.clone());
        let body = move |shard: &Shard| {
            if shard.role() == ShardRole::JavaScript {
                let options = ActorOptions { capacity, ..ActorOptions::named("sink") };
                shard.spawn_value(&options, Sink { seen: sink_seen.clone(), last: 0 });
            }
            shard.synchronize()?;
            if shard.role() == ShardRole::Io {
                let source = Source {
                    sink: shard.find(0, "sink").unwrap(),
                    next: 1,
                    last: MESSAGES,
                    refusals: source_refusals.clone(),
                };
                shard.spawn_value(&ActorOptions::named("source"), source).try_send(()).unwrap();
            }
            Ok(shard.run()?)
        };
        let set = ShardSet::start(&plan(Topology::Split { io_shards: 1 }), driver, body).unwrap();
        let deadline = std::time::Instant::now() + Duration::from_secs(30);
        while seen.load(Ordering::Acquire) < MESSAGES {
            assert!(
                std::time::Instant::now() < deadline,
                "stuck at {}",
                seen.load(Ordering::Relaxed)
            );
            std::thread::sleep(Duration::from_millis(1));
        }
        let snapshot = set.handle().snapshot();
        assert_eq!(snapshot.len(), 2);
        assert_eq!((snapshot[0].name.as_str(), snapshot[0].messages), ("sink", MESSAGES));
        set.handle().stop(Duration::ZERO);
        set.join().unwrap();
        assert!(capacity == 100_000 || refusals.load(Ordering::Relaxed) > 0);
    }
}

#[test]
fn panics_and_ends_on_another_shard_reach_the_caller() {
    ShardSet::run(&plan(Topology::Replicated { shards: 2 }), driver, |shard| {
        shard.spawn(&ActorOptions::named("doubler"), |_| Doubler);
        shard.synchronize()?;
        if shard.index() == 0 {
            let doubler = shard.find::<Doubler>(1, "doubler").unwrap();
            let set = shard.set();
            shard.reactor().spawn(async move {
                assert_eq!(doubler.call(4).unwrap().await, Ok(8));
                assert_eq!(doubler.call(13).unwrap().await, Err(CallError::Panicked));
                assert_eq!(doubler.call(5).unwrap().await, Ok(10));
                // The handler returns before the actor ends, and drops its reply.
                assert_eq!(doubler.call(99).unwrap().await, Err(CallError::Unanswered));
                assert!(matches!(doubler.call(1), Err(Refused::Closed(1))));
                set.stop(Duration::ZERO);
            });
        }
        Ok(shard.run()?)
    })
    .unwrap();
}

#[test]
fn a_shard_that_ends_fails_the_calls_it_held() {
    struct Silent(Vec<Reply<()>>);
    impl Actor for Silent {
        type Message = ();
        type Reply = ();
        fn handle(&mut self, (): (), reply: Reply<()>, _context: &Context<'_, Self>) {
            self.0.push(reply);
        }
    }
    let outcome = Arc::new(std::sync::Mutex::new(None));
    let seen = outcome.clone();
    ShardSet::run(&plan(Topology::Replicated { shards: 2 }), driver, move |shard| {
        shard.spawn(&ActorOptions::named("silent"), |_| Silent(Vec::new()));
        shard.synchronize()?;
        if shard.index() == 1 {
            // Leaves early, with the call unanswered.
            while shard.snapshot()[1].messages == 0 {
                shard.turn(Some(Duration::from_millis(1)))?;
            }
            return Ok(());
        }
        let silent = shard.find::<Silent>(1, "silent").unwrap();
        let (set, seen) = (shard.set(), seen.clone());
        shard.reactor().spawn(async move {
            *seen.lock().unwrap() = Some(silent.call(()).unwrap().await);
            set.stop(Duration::ZERO);
        });
        Ok(shard.run()?)
    })
    .unwrap();
    assert_eq!(*outcome.lock().unwrap(), Some(Err(CallError::Closed)));
}

#[test]
fn a_replica_that_ends_first_stops_no_other() {
    let ended = Arc::new(AtomicUsize::new(0));
    let seen = ended.clone();
    ShardSet::run(&plan(Topology::Replicated { shards: 3 }), driver, move |shard| {
        shard.synchronize()?;
        while seen.load(Ordering::Acquire) < shard.index() {
            assert_ne!(shard.turn(Some(Duration::from_millis(1)))?, RunState::Stopped);
        }
        // Time for what shard 0's end would set off.
        std::thread::sleep(Duration::from_millis(20));
        seen.fetch_add(1, Ordering::Release);
        Ok(())
    })
    .unwrap();
    assert_eq!(ended.load(Ordering::Relaxed), 3);
}

#[test]
fn what_stopped_a_set_is_known_to_its_shards() {
    let known = Arc::new(std::sync::Mutex::new(None));
    let seen = known.clone();
    let error = ShardSet::run(&plan(Topology::Split { io_shards: 1 }), driver, move |shard| {
        shard.synchronize()?;
        if shard.index() == 1 {
            return Err("no network".into());
        }
        shard.run()?;
        *seen.lock().unwrap() = shard.set().failure();
        Ok(())
    });
    assert!(matches!(error, Err(SetError::Body(1, _))), "{error:?}");
    assert_eq!(known.lock().unwrap().as_deref(), Some("shard 1 failed: no network"));
}

#[test]
fn jobs_run_on_the_shard_they_name() {
    let names = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = names.clone();
    let set = ShardSet::start(&plan(Topology::Split { io_shards: 1 }), driver, |shard| {
        shard.synchronize()?;
        Ok(shard.run()?)
    })
    .unwrap();
    let handle = set.handle();
    let job = move |shard: &Shard| {
        let note = seen.clone();
        let hop = move |shard: &Shard| {
            let name = std::thread::current().name().unwrap().to_owned();
            note.lock().unwrap().push((shard.index(), name));
            shard.set().stop(Duration::ZERO);
        };
        assert!(shard.run_on(1, Box::new(hop)).is_ok());
    };
    assert!(handle.post(0, Box::new(job)).is_ok());
    set.join().unwrap();
    assert_eq!(*names.lock().unwrap(), [(1, "dx-io-1".to_owned())]);
    assert!(handle.post(0, Box::new(|_| {})).is_err());
}

#[test]
fn a_shard_that_cannot_start_stops_the_set() {
    let topology = Topology::Split { io_shards: 2 };
    let broken = |index| if index == 2 { Err(std::io::Error::other("no ring")) } else { driver(0) };
    let error = ShardSet::run(&plan(topology), broken, |shard| {
        shard.synchronize()?;
        Ok(shard.run()?)
    });
    assert!(matches!(error, Err(SetError::Driver(2, _))), "{error:?}");
    let error = ShardSet::run(&plan(topology), driver, |shard| {
        assert!(shard.index() != 1, "shard 1 panics");
        shard.synchronize()?;
        Ok(shard.run()?)
    });
    assert!(matches!(error, Err(SetError::Panicked(1))), "{error:?}");
    let error = ShardSet::run(&plan(topology), driver, |shard| {
        if shard.index() == 0 { Err("no script".into()) } else { Ok(shard.synchronize()?) }
    });
    assert!(matches!(error, Err(SetError::Body(0, _))), "{error:?}");
}
