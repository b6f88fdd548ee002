//! The reactor on the real drivers: every case runs on each of them.

mod sources;
mod tasks;
mod timers;

use dx_driver::{DriverKind, probe_and_open};
use dx_reactor::Reactor;

/// A reactor on the driver under test; `None`, with a note, where this machine does not allow it.
fn open(kind: DriverKind) -> Option<Reactor> {
    match probe_and_open(Some(kind)) {
        Ok((driver, _)) => Some(Reactor::new(driver)),
        Err(error) if kind == DriverKind::Uring => {
            eprintln!("skipped: {error}");
            None
        }
        Err(error) => panic!("{kind:?} does not open: {error}"),
    }
}

/// Nothing may be left of a case.
fn finish(reactor: &Reactor) {
    reactor.shutdown().unwrap();
    assert_eq!(reactor.with_driver(|driver| driver.in_flight()), 0);
    assert_eq!((reactor.tasks(), reactor.timers()), (0, 0));
}

macro_rules! conformance {
    ($($driver:ident: $kind:expr),* ; $cases:tt) => {
        $(conformance!(@one $driver, $kind, $cases);)*
    };
    (@one $driver:ident, $kind:expr, [$($module:ident :: $case:ident),* $(,)?]) => {
        mod $driver {
            $(
                #[test]
                fn $case() {
                    if let Some(reactor) = super::open($kind) {
                        super::$module::$case(&reactor);
                        super::finish(&reactor);
                    }
                }
            )*
        }
    };
}

conformance!(uring: super::DriverKind::Uring, epoll: super::DriverKind::Epoll; [
    timers::timers_become_events_in_order,
    timers::a_cancelled_timer_stays_silent,
    timers::a_turn_waits_no_longer_than_the_next_timer,
    timers::ten_thousand_timers_are_set_and_cancelled,
    timers::a_turn_does_not_wait_while_events_are_left,
    tasks::a_task_serves_and_another_calls,
    tasks::tasks_sleep_side_by_side,
    tasks::another_thread_wakes_a_task,
    tasks::a_woken_task_runs_once,
    tasks::a_task_that_never_rests_does_not_starve_the_shard,
    tasks::a_dropped_future_cancels_and_closes,
    tasks::a_dropped_accept_closes_what_it_brought,
    tasks::completions_of_the_shard_and_of_tasks_are_kept_apart,
    tasks::shutdown_ends_tasks_in_the_middle,
    tasks::tasks_spawn_tasks,
    tasks::files_are_read_by_tasks,
    sources::a_source_is_dispatched_when_its_descriptor_is_ready,
    sources::a_source_is_dispatched_when_its_time_is_up,
    sources::a_source_is_asked_now_and_then_on_a_busy_shard,
    sources::a_source_may_use_the_reactor,
]);

// Without what needs the system itself: threads, pipes, sockets of the standard library. The
// clock is the simulation's own.
conformance!(sim: super::DriverKind::Sim; [
    timers::timers_become_events_in_order,
    timers::a_cancelled_timer_stays_silent,
    timers::ten_thousand_timers_are_set_and_cancelled,
    timers::a_turn_does_not_wait_while_events_are_left,
    tasks::tasks_sleep_side_by_side,
    tasks::a_woken_task_runs_once,
    tasks::tasks_spawn_tasks,
]);
