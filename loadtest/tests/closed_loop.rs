//! Closed loops against servers in this process: every request is an answer or an error.

mod common;

use std::{sync::Mutex, thread, time::Duration};

use common::{HELLO, Server, drivers};
use dx_loadtest::{Report, RunError, run};

fn answered(report: &Report, status: usize) -> (u64, u64) {
    let statistics = &report.statistics;
    assert_eq!(statistics.statuses.iter().sum::<u64>(), statistics.requests);
    (statistics.statuses[status], statistics.errors.total())
}

#[test]
fn a_number_of_requests_is_sent_exactly() {
    for driver in drivers() {
        for (threads, connections, pipeline, requests) in
            [(1, 8, 1, 500), (2, 5, 1, 333), (1, 4, 16, 1_000), (3, 3, 7, 100), (1, 64, 1, 10)]
        {
            let server = Server::hello();
            let mut plan = server.plan(driver);
            (plan.threads, plan.connections, plan.pipeline) = (threads, connections, pipeline);
            plan.requests = Some(requests);
            let report = run(&plan, false).expect("a report");
            assert_eq!(answered(&report, 200), (requests, 0), "{driver:?}");
            assert_eq!(server.requests(), requests, "{driver:?}");
            assert_eq!(report.statistics.bytes_received, requests * HELLO.len() as u64);
            assert_eq!(report.statistics.latency.len(), requests);
            assert_eq!(report.statistics.unfinished, 0);
            // One more connection than asked for: the one that finds out whether anybody listens.
            let expected = connections as u64 + 1;
            assert_eq!(server.connections(expected), expected, "{driver:?}");
        }
    }
}

#[test]
fn a_slow_handler_is_measured() {
    const WAIT: Duration = Duration::from_millis(20);
    for driver in drivers() {
        let server = Server::start(|_, exchange| {
            thread::sleep(WAIT);
            exchange.send(HELLO);
        });
        let mut plan = server.plan(driver);
        plan.duration = Some(Duration::from_millis(600));
        plan.warm_up = Duration::from_millis(100);
        let report = run(&plan, false).expect("a report");
        let p50_ms = report.statistics.latency.value_at_percentile(50.0) as f64 / 1e6;
        assert!((19.9..100.0).contains(&p50_ms), "{driver:?}: {p50_ms} ms");
        let rate = report.requests_per_second();
        assert!((80.0..=410.0).contains(&rate), "{driver:?}: {rate} of 400 a second");
        assert!((0.59..2.0).contains(&report.seconds), "{driver:?}: {} s", report.seconds);
        let running = report.usage[0].running();
        assert!(running < 0.9, "{driver:?}: an idle generator called busy");
    }
}

#[test]
fn the_warm_up_is_not_counted() {
    for driver in drivers() {
        let server = Server::hello();
        let mut plan = server.plan(driver);
        plan.warm_up = Duration::from_millis(200);
        plan.requests = Some(100);
        let report = run(&plan, false).expect("a report");
        assert_eq!(report.statistics.requests, 100, "{driver:?}");
        assert_eq!(report.statistics.latency.len(), 100, "{driver:?}");
        assert!(server.requests() > 200, "{driver:?}: nothing was warmed up");
    }
}

#[test]
fn the_request_arrives_as_planned() {
    for driver in drivers() {
        let seen = std::sync::Arc::new(Mutex::new(Vec::new()));
        let seen_by_server = seen.clone();
        let server = Server::start(move |request, exchange| {
            seen_by_server.lock().expect("not poisoned").push(request.to_vec());
            exchange.send(HELLO);
        });
        let mut plan = server.plan(driver);
        plan.method = "PUT".to_owned();
        plan.headers = vec![("X-Test".to_owned(), "yes".to_owned())];
        plan.body = (0..100_000).map(|index| index as u8).collect();
        plan.requests = Some(20);
        let report = run(&plan, false).expect("a report");
        assert_eq!(answered(&report, 200), (20, 0), "{driver:?}");
        let seen = seen.lock().expect("not poisoned");
        let expected = plan.request_bytes().expect("valid");
        assert!(seen.len() == 20 && seen.iter().all(|request| *request == expected));
    }
}

#[test]
fn head_responses_have_no_content() {
    for driver in drivers() {
        let server = Server::start(|_, exchange| {
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        });
        let mut plan = server.plan(driver);
        plan.method = "HEAD".to_owned();
        plan.requests = Some(50);
        let report = run(&plan, false).expect("a report");
        assert_eq!(answered(&report, 200), (50, 0), "{driver:?}");
    }
}

#[test]
fn every_framing_is_understood() {
    for driver in drivers() {
        let server = Server::start(|_, exchange| match exchange.number % 4 {
            0 => exchange.send(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n"),
            1 => {
                exchange.send(b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n");
                exchange.send(b"3\r\nabc\r\n0\r\n\r\n");
            }
            2 => exchange.send(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"),
            _ => {
                exchange.send(b"HTTP/1.1 200 OK\r\n\r\nuntil the end");
                exchange.close();
            }
        });
        let mut plan = server.plan(driver);
        plan.connections = 1;
        plan.requests = Some(80);
        let report = run(&plan, false).expect("a report");
        assert_eq!(report.statistics.errors.total(), 0, "{driver:?}");
        for status in [200, 204, 404, 500] {
            assert_eq!(answered(&report, status).0, 20, "{driver:?}: {status}");
        }
    }
}

#[test]
fn connections_are_not_used_again_when_told_so() {
    for driver in drivers() {
        let server = Server::start(|request, exchange| {
            assert!(request.windows(17).any(|line| line == b"Connection: close"));
            exchange.send(HELLO); // and leaves the closing to the client
        });
        let mut plan = server.plan(driver);
        plan.keep_alive = false;
        plan.requests = Some(100);
        let report = run(&plan, false).expect("a report");
        assert_eq!(answered(&report, 200), (100, 0), "{driver:?}");
        assert_eq!(server.connections(101), 101, "{driver:?}");
    }
}

#[test]
fn a_server_that_closes_politely_makes_no_errors() {
    for driver in drivers() {
        for pipeline in [1, 4] {
            let server = Server::start(|_, exchange| {
                if exchange.number == 2 {
                    exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n");
                    exchange.send(b"Connection: close\r\n\r\n");
                    exchange.close();
                } else {
                    exchange.send(HELLO);
                }
            });
            let mut plan = server.plan(driver);
            plan.pipeline = pipeline;
            plan.requests = Some(300);
            let report = run(&plan, false).expect("a report");
            let (ok, errors) = answered(&report, 200);
            assert_eq!(ok + errors, 300, "{driver:?}");
            // With requests still unread the close may reset the connection under an answer.
            assert!(errors == 0 || pipeline > 1, "{driver:?}: {errors} errors");
            assert!(report.statistics.reconnects > 0, "{driver:?}");
        }
    }
}

#[test]
fn failures_are_told_apart() {
    for driver in drivers() {
        let hang_up = Server::start(|_, exchange| exchange.close());
        let truncate = Server::start(|_, exchange| {
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
            exchange.close();
        });
        let garbage = Server::start(|_, exchange| exchange.send(b"SSH-2.0-x\r\n\r\n"));
        let too_many = Server::start(|_, exchange| {
            exchange.send(HELLO);
            exchange.send(HELLO);
        });
        let silent = Server::start(|_, _| {});
        for (name, server) in [
            ("hang up", &hang_up),
            ("truncate", &truncate),
            ("garbage", &garbage),
            ("too many", &too_many),
            ("silent", &silent),
        ] {
            let mut plan = server.plan(driver);
            plan.connections = 2;
            plan.timeout = Duration::from_millis(200);
            plan.duration = Some(Duration::from_millis(500));
            let report = run(&plan, false).expect("a report");
            let errors = report.statistics.errors;
            let count = match name {
                "hang up" | "truncate" => errors.disconnect,
                "silent" => errors.timeout,
                _ => errors.protocol,
            };
            assert!(count > 0 && count == errors.total(), "{driver:?} {name}: {errors:?}");
            assert!(name == "too many" || report.statistics.requests == 0, "{driver:?} {name}");
            assert!(name == "too many" || report.validity().is_err(), "{driver:?} {name}");
        }
    }
}

#[test]
fn a_run_for_a_number_ends_when_the_server_does() {
    for driver in drivers() {
        let server = Server::start(|_, exchange| {
            if exchange.age < Duration::from_millis(100) {
                exchange.send(HELLO);
            }
        });
        let mut plan = server.plan(driver);
        plan.timeout = Duration::from_millis(100);
        plan.requests = Some(u64::MAX / 2);
        let report = run(&plan, false).expect("a report");
        assert!(report.statistics.requests > 0 && report.statistics.errors.timeout > 0);
    }
}

#[test]
fn nobody_there_is_an_error() {
    let server = Server::hello();
    let mut plan = server.plan(drivers()[0]);
    drop(server);
    thread::sleep(Duration::from_millis(50));
    plan.requests = Some(1);
    assert!(matches!(run(&plan, false), Err(RunError::Unreachable(_))));
}

#[test]
fn more_connections_than_descriptors_are_refused() {
    let server = Server::hello();
    let mut plan = server.plan(drivers()[0]);
    plan.connections = 1 << 40;
    plan.requests = Some(1);
    assert!(matches!(run(&plan, false), Err(RunError::TooManyConnections(_))));
}
