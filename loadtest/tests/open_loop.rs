//! Open loops: requests are sent when they are due, and latency counts from then.

mod common;

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use common::{HELLO, Server, drivers};
use dx_loadtest::run;

fn milliseconds(times: &dx_loadtest::Times, percentile: f64) -> f64 {
    times.value_at_percentile(percentile) as f64 / 1e6
}

#[test]
fn the_rate_is_kept() {
    for driver in drivers() {
        for (threads, pipeline) in [(1, 1), (2, 1), (1, 4)] {
            let server = Server::hello();
            let mut plan = server.plan(driver);
            (plan.threads, plan.pipeline) = (threads, pipeline);
            plan.rate = Some(1_000.0);
            plan.duration = Some(Duration::from_millis(500));
            let report = run(&plan, false).expect("a report");
            let statistics = &report.statistics;
            let sent = server.requests();
            // A machine that is busy may leave a few due when the time is over: they are counted.
            assert!((450..=500).contains(&sent), "{driver:?}, {threads} threads: {sent}");
            assert_eq!(statistics.errors.total(), 0, "{driver:?}");
            assert_eq!(statistics.latency.len(), 500, "{driver:?}");
            assert_eq!(statistics.uncorrected.len(), 500 - statistics.unfinished, "{driver:?}");
            assert_eq!(statistics.lag.len(), sent, "{driver:?}");
            assert!(statistics.requests > 400, "{driver:?}: {}", statistics.requests);
        }
    }
}

#[test]
fn a_number_of_requests_at_a_rate() {
    for driver in drivers() {
        let server = Server::hello();
        let mut plan = server.plan(driver);
        plan.rate = Some(500.0);
        plan.requests = Some(100);
        let report = run(&plan, false).expect("a report");
        assert_eq!((server.requests(), report.statistics.requests), (100, 100), "{driver:?}");
        assert!((0.19..5.0).contains(&report.seconds), "{driver:?}: {} s", report.seconds);
    }
}

/// The point of an open loop: a closed one would ask nothing while the server stalls and report
/// one slow request; here every request that was due meanwhile is as late as it is.
#[test]
fn a_stall_is_charged_to_every_request_it_delayed() {
    const STALL: Duration = Duration::from_millis(400);
    for driver in drivers() {
        let stalled = AtomicBool::new(false);
        let server = Server::start(move |_, exchange| {
            let due = exchange.age > Duration::from_millis(300);
            if due && !stalled.swap(true, Ordering::AcqRel) {
                thread::sleep(STALL);
            }
            exchange.send(HELLO);
        });
        let mut plan = server.plan(driver);
        plan.connections = 1;
        plan.rate = Some(500.0);
        plan.duration = Some(Duration::from_millis(1_000));
        let report = run(&plan, false).expect("a report");
        let statistics = &report.statistics;
        assert_eq!(statistics.latency.len(), 500, "{driver:?}");
        // Requests due during the stall are two fifths of all, each late by what is left of it.
        let corrected = milliseconds(&statistics.latency, 80.0);
        let uncorrected = milliseconds(&statistics.uncorrected, 80.0);
        assert!(corrected > 100.0, "{driver:?}: {corrected} ms");
        assert!(uncorrected < 100.0, "{driver:?}: {uncorrected} ms");
        assert!(milliseconds(&statistics.uncorrected, 100.0) > 390.0, "{driver:?}");
        // The generator was not late: it had no free connection.
        let lag = milliseconds(&statistics.lag, 80.0);
        assert!(lag < 100.0, "{driver:?}: {lag} ms");
    }
}

/// The last requests are the slowest here: a run that left at its end would never see them.
#[test]
fn the_last_answers_are_waited_for() {
    for driver in drivers() {
        let server = Server::start(|_, exchange| {
            if exchange.age > Duration::from_millis(200) {
                thread::sleep(Duration::from_millis(300));
            }
            exchange.send(HELLO);
        });
        let mut plan = server.plan(driver);
        plan.rate = Some(20.0);
        plan.duration = Some(Duration::from_millis(300));
        let report = run(&plan, false).expect("a report");
        assert_eq!(report.statistics.latency.len(), 6, "{driver:?}");
        assert_eq!(report.statistics.unfinished, 0, "{driver:?}");
        assert!(milliseconds(&report.statistics.latency, 100.0) > 299.0, "{driver:?}");
    }
}

/// Sends that are cut short, with more waiting behind them, must not get in each other's way.
#[test]
fn large_pipelined_requests_arrive_whole() {
    for driver in drivers() {
        let wrong = std::sync::Arc::new(AtomicBool::new(false));
        let (wrong_to_server, expected) = (wrong.clone(), std::sync::OnceLock::new());
        let server = Server::start(move |request, exchange| {
            let expected = expected.get_or_init(|| request.to_vec());
            wrong_to_server.fetch_or(request != expected, Ordering::AcqRel);
            exchange.send(HELLO);
        });
        let mut plan = server.plan(driver);
        plan.method = "POST".to_owned();
        plan.body = (0..3_000_000).map(|index| (index % 251) as u8).collect();
        (plan.connections, plan.pipeline) = (1, 8);
        plan.rate = Some(1_000.0);
        plan.requests = Some(24);
        let report = run(&plan, false).expect("a report");
        let statistics = &report.statistics;
        assert_eq!((statistics.requests, statistics.errors.total()), (24, 0), "{driver:?}");
        assert!(!wrong.load(Ordering::Acquire), "{driver:?}: a request arrived broken");
    }
}

#[test]
fn what_is_never_answered_counts_by_its_age() {
    for driver in drivers() {
        let server = Server::start(|_, exchange| {
            if exchange.age < Duration::from_millis(200) {
                exchange.send(HELLO);
            }
        });
        let mut plan = server.plan(driver);
        plan.connections = 2;
        plan.rate = Some(200.0);
        plan.duration = Some(Duration::from_millis(600));
        plan.timeout = Duration::from_millis(1_000);
        let report = run(&plan, false).expect("a report");
        let statistics = &report.statistics;
        let accounted = statistics.requests + statistics.unfinished + statistics.errors.timeout;
        assert_eq!(accounted, 120, "{driver:?}: {statistics:?}");
        assert!(statistics.unfinished > 60, "{driver:?}: {}", statistics.unfinished);
        assert!(milliseconds(&statistics.latency, 90.0) > 300.0, "{driver:?}");
        let reasons = report.validity().expect_err("the rate was not reached").join(" ");
        assert!(reasons.contains("waiting for the server"), "{driver:?}: {reasons}");
    }
}

#[test]
fn connections_may_be_new_for_each_request() {
    for driver in drivers() {
        let server = Server::hello();
        let mut plan = server.plan(driver);
        plan.keep_alive = false;
        plan.rate = Some(200.0);
        plan.duration = Some(Duration::from_millis(500));
        let report = run(&plan, false).expect("a report");
        assert_eq!(report.statistics.errors.total(), 0, "{driver:?}");
        assert_eq!(report.statistics.latency.len(), 100, "{driver:?}");
        let sent = server.requests();
        assert!((80..=100).contains(&sent), "{driver:?}: {sent}");
        assert_eq!(server.connections(sent + 1), sent + 1, "{driver:?}");
    }
}
