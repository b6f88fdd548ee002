//! Actors on one shard: order, bounds, calls, supervision, room, shutdown, counters.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

use dx_driver::{DriverKind, Sim};
use dx_kernel::{
    Actor, ActorOptions, CallError, Cause, Context, Recovery, Refused, Reply, RunState, Shard,
    Supervision,
};

/// Runs a case on a shard of each driver, simulated time included.
fn on_each_driver(case: impl Fn(Shard)) {
    for kind in [DriverKind::Uring, DriverKind::Epoll] {
        match dx_driver::probe_and_open(Some(kind)) {
            Ok((driver, _)) => case(Shard::alone(driver)),
            Err(error) => eprintln!("{kind:?} skipped: {error}"),
        }
    }
    for seed in 0..5 {
        case(Shard::alone(Box::new(Sim::from_seed(seed).unwrap())));
    }
}

fn turn(shard: &Shard) {
    shard.turn(Some(Duration::ZERO)).unwrap();
}

fn turn_until(shard: &Shard, done: impl Fn() -> bool) {
    for _ in 0..2000 {
        if done() {
            return;
        }
        shard.turn(Some(Duration::from_millis(5))).unwrap();
    }
    panic!("nothing happened");
}

#[derive(Debug, PartialEq)]
enum Order {
    Add(u64),
    Sum,
    Keep,
    Release,
    Drop,
    Panic,
    Close,
}

#[derive(Default)]
struct Adder {
    sum: u64,
    kept: Vec<Reply<u64>>,
    batches: Rc<Cell<u64>>,
    forgiving: bool,
}

impl Actor for Adder {
    type Message = Order;
    type Reply = u64;

    fn handle(&mut self, order: Order, reply: Reply<u64>, context: &Context<'_, Self>) {
        match order {
            Order::Add(value) => self.sum += value,
            Order::Sum => reply.send(self.sum),
            Order::Keep => self.kept.push(reply),
            Order::Release => self.kept.drain(..).for_each(|reply| reply.send(self.sum)),
            Order::Drop => drop(reply),
            Order::Panic => panic!("asked to"),
            Order::Close => context.close(),
        }
    }

    fn batch_ended(&mut self, _context: &Context<'_, Self>) {
        self.batches.set(self.batches.get() + 1);
    }

    fn panicked(&mut self, cause: Cause, _context: &Context<'_, Self>) -> Recovery {
        assert_eq!(cause, Cause::Message);
        if self.forgiving { Recovery::Keep } else { Recovery::Restart }
    }
}

#[test]
fn messages_are_handled_in_order_and_in_batches() {
    on_each_driver(|shard| {
        let batches = Rc::new(Cell::new(0));
        let counted = batches.clone();
        let adder = shard.spawn(&ActorOptions::named("adder"), move |_| Adder {
            batches: counted.clone(),
            ..Adder::default()
        });
        for value in 1..=10 {
            adder.try_send(Order::Add(value)).unwrap();
        }
        let mut ticket = adder.call(Order::Sum).unwrap();
        adder.try_send(Order::Add(1000)).unwrap();
        assert!(ticket.try_take().is_none());
        turn(&shard);
        assert_eq!(ticket.try_take(), Some(Ok(55)));
        assert_eq!(ticket.try_take(), Some(Err(CallError::Unanswered)));
        assert_eq!(batches.get(), 1);
        let snapshot = shard.snapshot();
        assert_eq!((snapshot.len(), snapshot[0].name.as_str()), (1, "adder"));
        assert_eq!((snapshot[0].messages, snapshot[0].batches), (12, 1));
        assert_eq!((snapshot[0].mailbox_depth, snapshot[0].mailbox_depth_max), (0, 12));
        shard.tear_down();
    });
}

#[test]
fn a_full_mailbox_gives_the_message_back() {
    on_each_driver(|shard| {
        let options = ActorOptions { capacity: 2, ..ActorOptions::named("small") };
        let adder = shard.spawn(&options, |_| Adder::default());
        adder.try_send(Order::Add(1)).unwrap();
        adder.try_send(Order::Add(2)).unwrap();
        assert_eq!(adder.try_send(Order::Add(3)), Err(Refused::Full(Order::Add(3))));
        assert!(matches!(adder.call(Order::Sum), Err(Refused::Full(Order::Sum))));
        turn(&shard);
        let mut ticket = adder.call(Order::Sum).unwrap();
        turn(&shard);
        assert_eq!(ticket.try_take(), Some(Ok(3)));
        shard.tear_down();
    });
}

#[test]
fn replies_can_wait_and_dropped_ones_fail() {
    on_each_driver(|shard| {
        let adder = shard.spawn(&ActorOptions::named("adder"), |_| Adder::default());
        let mut kept = adder.call(Order::Keep).unwrap();
        let mut dropped = adder.call(Order::Drop).unwrap();
        turn(&shard);
        assert_eq!(kept.try_take(), None);
        assert_eq!(dropped.try_take(), Some(Err(CallError::Unanswered)));
        adder.try_send(Order::Add(7)).unwrap();
        adder.try_send(Order::Release).unwrap();
        turn(&shard);
        assert_eq!(kept.try_take(), Some(Ok(7)));
        shard.tear_down();
    });
}

#[test]
fn outstanding_calls_are_bounded_and_tickets_give_their_credit_back() {
    on_each_driver(|shard| {
        let options = ActorOptions { capacity: 10_000, ..ActorOptions::named("keeper") };
        let adder = shard.spawn(&options, |_| Adder::default());
        let tickets: Vec<_> =
            (0..dx_kernel::REPLY_LANE).map(|_| adder.call(Order::Keep).unwrap()).collect();
        assert!(matches!(adder.call(Order::Sum), Err(Refused::Full(Order::Sum))));
        turn_until(&shard, || shard.snapshot()[0].mailbox_depth == 0);
        // Dropped tickets hold their credit until the answer has come.
        drop(tickets);
        assert!(adder.call(Order::Sum).is_err());
        adder.try_send(Order::Release).unwrap();
        turn(&shard);
        turn(&shard);
        let mut ticket = adder.call(Order::Sum).unwrap();
        turn(&shard);
        assert_eq!(ticket.try_take(), Some(Ok(0)));
        shard.tear_down();
    });
}

#[test]
fn a_panic_fails_the_calls_and_restarts_the_actor() {
    on_each_driver(|shard| {
        let built = Rc::new(Cell::new(0));
        let count = built.clone();
        let adder = shard.spawn(&ActorOptions::named("fragile"), move |_| {
            count.set(count.get() + 1);
            Adder::default()
        });
        let mut kept = adder.call(Order::Keep).unwrap();
        turn(&shard);
        adder.try_send(Order::Add(5)).unwrap();
        let mut fatal = adder.call(Order::Panic).unwrap();
        adder.try_send(Order::Add(40)).unwrap();
        let mut waiting = adder.call(Order::Sum).unwrap();
        turn(&shard);
        for ticket in [&mut kept, &mut fatal, &mut waiting] {
            assert_eq!(ticket.try_take(), Some(Err(CallError::Panicked)));
        }
        assert!(!adder.is_closed());
        // Waits for the new incarnation, which still handles what waited and was no call.
        let mut later = adder.call(Order::Sum).unwrap();
        turn(&shard);
        assert_eq!(later.try_take(), None);
        turn_until(&shard, || built.get() == 2);
        turn(&shard);
        assert_eq!(later.try_take(), Some(Ok(40)));
        let snapshot = &shard.snapshot()[0];
        assert_eq!((snapshot.panics, snapshot.restarts), (1, 1));
        shard.tear_down();
    });
}

#[test]
fn restarts_wait_longer_each_time_and_end_where_told() {
    on_each_driver(|shard| {
        let times = Rc::new(RefCell::new(Vec::new()));
        let noted = times.clone();
        let options = ActorOptions {
            supervision: Supervision {
                first_delay: Duration::from_millis(10),
                give_up_after: Some(3),
                ..Supervision::default()
            },
            ..ActorOptions::named("hopeless")
        };
        let adder = shard.spawn(&options, move |context| {
            noted.borrow_mut().push(context.reactor().clock_ns());
            Adder::default()
        });
        for round in 1..=4 {
            turn_until(&shard, || times.borrow().len() == round);
            adder.try_send(Order::Panic).unwrap();
            turn(&shard);
        }
        assert_eq!(adder.try_send(Order::Sum), Err(Refused::Closed(Order::Sum)));
        assert!(matches!(adder.call(Order::Sum), Err(Refused::Closed(_))));
        let times = times.borrow();
        let gaps: Vec<_> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
        for (gap, least) in gaps.iter().zip([10, 20, 40]) {
            assert!(*gap >= least * 1_000_000, "{gaps:?}");
        }
        assert!(shard.snapshot().is_empty());
        shard.tear_down();
    });
}

#[test]
fn a_forgiving_actor_keeps_its_state_and_the_rest_of_the_batch() {
    on_each_driver(|shard| {
        let adder = shard.spawn(&ActorOptions::named("stoic"), |_| Adder {
            forgiving: true,
            ..Adder::default()
        });
        adder.try_send(Order::Add(1)).unwrap();
        let mut fatal = adder.call(Order::Panic).unwrap();
        adder.try_send(Order::Add(2)).unwrap();
        let mut sum = adder.call(Order::Sum).unwrap();
        turn(&shard);
        turn(&shard);
        assert_eq!(sum.try_take(), Some(Ok(3)));
        assert_eq!(fatal.try_take(), Some(Err(CallError::Panicked)));
        shard.tear_down();
    });
}

#[test]
fn a_closed_actor_answers_with_closed() {
    on_each_driver(|shard| {
        let adder = shard.spawn(&ActorOptions::named("brief"), |_| Adder::default());
        let portable = adder.portable();
        let mut kept = adder.call(Order::Keep).unwrap();
        adder.try_send(Order::Close).unwrap();
        let mut late = adder.call(Order::Sum).unwrap();
        turn(&shard);
        assert_eq!(kept.try_take(), Some(Err(CallError::Closed)));
        assert_eq!(late.try_take(), Some(Err(CallError::Closed)));
        assert!(adder.is_closed());
        assert_eq!(adder.try_send(Order::Sum), Err(Refused::Closed(Order::Sum)));
        let bound = portable.bind(&shard);
        assert_eq!(bound.try_send(Order::Sum), Err(Refused::Closed(Order::Sum)));
        assert!(shard.find::<Adder>(0, "brief").is_none());
        shard.tear_down();
    });
}

#[test]
fn tasks_await_tickets_and_room() {
    on_each_driver(|shard| {
        let options = ActorOptions { capacity: 4, ..ActorOptions::named("narrow") };
        shard.spawn(&options, |_| Adder::default());
        let adder = shard.find::<Adder>(0, "narrow").unwrap();
        let total = Rc::new(Cell::new(None));
        let result = total.clone();
        let set = shard.set();
        shard.reactor().spawn(async move {
            for _ in 0..100 {
                adder.send(Order::Add(1)).await.unwrap();
            }
            result.set(Some(adder.ask(Order::Sum).await));
            set.stop(Duration::ZERO);
        });
        // Nothing but the shard itself can end its waits.
        shard.run().unwrap();
        assert_eq!(total.get(), Some(Ok(100)));
        shard.tear_down();
    });
}

struct Echo {
    stopped: Rc<Cell<bool>>,
    events: Rc<Cell<u32>>,
}

impl Actor for Echo {
    type Message = ();
    type Reply = ();

    fn handle(&mut self, (): (), _reply: Reply<()>, _context: &Context<'_, Self>) {}

    fn event(&mut self, _event: dx_reactor::Event, _context: &Context<'_, Self>) {
        self.events.set(self.events.get() + 1);
    }

    fn stopping(&mut self, context: &Context<'_, Self>) {
        let guard = context.hold_shutdown();
        let stopped = self.stopped.clone();
        let reactor = context.reactor().clone();
        context.reactor().spawn(async move {
            reactor.sleep(Duration::from_millis(20)).await;
            stopped.set(true);
            drop(guard);
        });
    }
}

#[test]
fn events_reach_their_actor_and_stopping_waits_for_guards() {
    on_each_driver(|shard| {
        let (stopped, events) = (Rc::new(Cell::new(false)), Rc::new(Cell::new(0)));
        let echo = Echo { stopped: stopped.clone(), events: events.clone() };
        let address = shard.spawn_value(&ActorOptions::named("echo"), echo);
        shard.route_events(9, &address);
        let reactor = shard.reactor();
        reactor.set_timer(reactor.now_ns(), dx_driver::Token::new(9, 0, 0));
        reactor.set_timer(reactor.now_ns(), dx_driver::Token::new(8, 0, 0));
        turn_until(&shard, || events.get() == 1 && shard.unrouted_events() == 1);
        assert_eq!(shard.turn(Some(Duration::ZERO)).unwrap(), RunState::Running);
        shard.set().stop(Duration::from_secs(5));
        while shard.turn(None).unwrap() != RunState::Stopped {}
        assert!(stopped.get());
        shard.tear_down();
    });
}

#[test]
fn the_grace_period_ends_what_does_not_end() {
    on_each_driver(|shard| {
        let never = shard.spawn_value(
            &ActorOptions::named("never"),
            Echo { stopped: Rc::default(), events: Rc::default() },
        );
        drop(never);
        shard.set().stop(Duration::from_millis(1));
        while shard.turn(None).unwrap() != RunState::Stopped {}
        // A loop that goes on after that waits as before.
        let before = shard.reactor().statistics().waits;
        assert_eq!(shard.turn(Some(Duration::from_millis(1))).unwrap(), RunState::Stopped);
        assert_eq!(shard.reactor().statistics().waits, before + 1);
        shard.tear_down();
    });
}

#[test]
fn sockets_that_came_for_nobody_are_closed() {
    let driver = Sim::from_seed(1).unwrap();
    let outside = driver.handle();
    let shard = Shard::alone(Box::new(driver));
    let gone = shard.spawn(&ActorOptions::named("gone"), |_| Adder::default());
    shard.route_events(1, &gone);
    gone.try_send(Order::Close).unwrap();
    turn(&shard);
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let options = dx_driver::ListenOptions { backlog: 8, reuse_port: false, ipv6_only: false };
    let reactor = shard.reactor();
    let listener = reactor.with_driver(|driver| driver.listen(any, &options)).unwrap();
    let address = reactor.with_driver(|driver| driver.local_address(listener)).unwrap();
    for kind in [1, 2] {
        // To an actor that has ended, and to nobody.
        let accept = dx_driver::Token::new(kind, 0, 0);
        reactor.submit(accept, dx_driver::Operation::Accept { listener });
        let client = outside.connect(address).unwrap();
        turn_until(&shard, || shard.unrouted_events() > 0 && client.is_finished());
        reactor.cancel(accept);
        turn_until(&shard, || reactor.with_driver(|driver| driver.in_flight()) == 0);
    }
    assert_eq!(outside.open_descriptors(), 1);
    // And what is still to be taken when the shard ends.
    reactor.submit(dx_driver::Token::new(3, 0, 0), dx_driver::Operation::Accept { listener });
    let client = outside.connect(address).unwrap();
    reactor.turn(Some(Duration::from_millis(50))).unwrap();
    shard.tear_down();
    assert!(client.is_finished());
    assert_eq!(outside.open_descriptors(), 1);
}

#[test]
fn latency_is_counted_from_the_round_of_the_event() {
    let shard = Shard::alone(Box::new(Sim::new(dx_driver::SimOptions::calm(0)).unwrap()));
    let echo = Echo { stopped: Rc::default(), events: Rc::default() };
    let address = shard.spawn_value(&ActorOptions::named("echo"), echo);
    shard.route_events(9, &address);
    let reactor = shard.reactor();
    for second in 1..=5 {
        let deadline_ns = reactor.clock_ns() + second * 1_000_000_000;
        reactor.set_timer(deadline_ns, dx_driver::Token::new(9, 0, 0));
        turn_until(&shard, || shard.snapshot()[0].events == second);
    }
    let snapshot = &shard.snapshot()[0];
    assert_eq!(snapshot.batches, 5);
    assert!(snapshot.latency_max_ns < 10_000_000, "{snapshot:?}");
    shard.tear_down();
}
