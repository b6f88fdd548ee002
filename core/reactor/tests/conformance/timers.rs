//! Timers of the shard.

use std::time::{Duration, Instant};

use dx_driver::Token;
use dx_reactor::{Event, Reactor, TICK_NS};

fn token(number: u32) -> Token {
    Token::new(1, 0, number)
}

/// Turns until `count` timers have come.
fn due(reactor: &Reactor, count: usize) -> Vec<u32> {
    let mut tokens = Vec::new();
    while tokens.len() < count {
        reactor.turn(None).unwrap();
        while let Some(event) = reactor.next_event() {
            let Event::Timer(token) = event else { panic!("{event:?}") };
            tokens.push(token.index());
        }
    }
    tokens
}

pub(crate) fn timers_become_events_in_order(reactor: &Reactor) {
    let start = reactor.now_ns();
    for (number, milliseconds) in [(1, 30), (2, 10), (3, 20), (4, 10), (5, 0)] {
        reactor.set_timer(start + milliseconds * TICK_NS, token(number));
    }
    assert_eq!(due(reactor, 5), [5, 2, 4, 3, 1]);
    assert!(reactor.now_ns() >= start + 30 * TICK_NS);
    assert_eq!(reactor.statistics().timers, 5);
}

pub(crate) fn a_cancelled_timer_stays_silent(reactor: &Reactor) {
    let start = reactor.now_ns();
    let first = reactor.set_timer(start + 5 * TICK_NS, token(1));
    reactor.set_timer(start + 10 * TICK_NS, token(2));
    reactor.cancel_timer(first);
    reactor.cancel_timer(first);
    assert_eq!(due(reactor, 1), [2]);
    assert_eq!(reactor.timers(), 0);
}

pub(crate) fn a_turn_waits_no_longer_than_the_next_timer(reactor: &Reactor) {
    let start = Instant::now();
    reactor.set_timer(reactor.clock_ns() + 300 * TICK_NS, token(1));
    reactor.turn(Some(Duration::from_millis(1))).unwrap();
    assert!(reactor.next_event().is_none());
    assert_eq!(due(reactor, 1), [1]);
    let waited = start.elapsed();
    assert!((300..5000).contains(&waited.as_millis()), "{waited:?}");
    // An idle shard sleeps through: a turn for each level of the wheel at the most.
    assert!(reactor.statistics().turns < 10, "{:?}", reactor.statistics());
}

pub(crate) fn ten_thousand_timers_are_set_and_cancelled(reactor: &Reactor) {
    let start = reactor.now_ns();
    let keys: Vec<_> = (0..10_000_u32)
        .map(|number| {
            reactor.set_timer(start + u64::from(number % 100) * 1000 * TICK_NS, token(number))
        })
        .collect();
    assert_eq!(reactor.timers(), 10_000);
    for key in keys {
        reactor.cancel_timer(key);
    }
    assert_eq!(reactor.timers(), 0);
}

pub(crate) fn a_turn_does_not_wait_while_events_are_left(reactor: &Reactor) {
    reactor.set_timer(reactor.now_ns(), token(1));
    reactor.set_timer(reactor.now_ns(), token(2));
    while reactor.timers() > 0 {
        reactor.turn(None).unwrap();
    }
    assert!(matches!(reactor.next_event(), Some(Event::Timer(_))));
    reactor.turn(None).unwrap();
    assert!(matches!(reactor.next_event(), Some(Event::Timer(_))));
    assert!(reactor.next_event().is_none());
}
