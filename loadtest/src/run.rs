//! Runs a plan: threads, their common start, the live line, the sum.

use std::{
    fmt,
    io::{self, IsTerminal, Write},
    sync::{
        Barrier,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use dx_http::Method;

use crate::{
    plan::Plan,
    report::Report,
    statistics::Statistics,
    target::TargetError,
    text::grouped,
    worker::{Outcome, Progress, Share, Worker},
};

/// Why there is no report.
#[derive(Debug)]
pub enum RunError {
    /// The server cannot be reached.
    Unreachable(TargetError),
    /// The plan makes no request that can be written.
    Request(dx_http::HeaderError),
    /// The process may not open as many descriptors as the plan has connections; holds the limit.
    TooManyConnections(u64),
    /// The generator itself failed.
    Generator(io::Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(error) => error.fmt(formatter),
            Self::Request(error) => write!(formatter, "the request cannot be written: {error}"),
            Self::TooManyConnections(limit) => {
                write!(
                    formatter,
                    "too many connections: {limit} open files are allowed (ulimit -n)"
                )
            }
            Self::Generator(error) => write!(formatter, "the generator failed: {error}"),
        }
    }
}

impl std::error::Error for RunError {}

/// Runs `plan` to its end. With `live`, tells how it goes on standard error, where that is a
/// terminal.
///
/// # Errors
/// [`RunError`]; errors of single requests are counted in the report instead.
pub fn run(plan: &Plan, live: bool) -> Result<Report, RunError> {
    check_open_files(plan)?;
    let shares = shares(plan)?;
    let threads = shares.len();
    let barrier = Barrier::new(threads);
    let progress: Vec<Progress> = shares.iter().map(|_| Progress::default()).collect();
    let done = AtomicBool::new(false);
    let outcomes = thread::scope(|scope| {
        let barrier = &barrier;
        let workers: Vec<_> = shares
            .into_iter()
            .zip(&progress)
            .map(|(share, progress)| scope.spawn(move || work(share, progress, barrier)))
            .collect();
        if live && io::stderr().is_terminal() {
            scope.spawn(|| show_progress(&progress, &done));
        }
        let outcomes: Vec<_> = workers.into_iter().map(|worker| worker.join()).collect();
        done.store(true, Ordering::Release);
        outcomes
    });
    let mut results = Vec::new();
    for outcome in outcomes {
        let panicked = |_| io::Error::other("a generator thread panicked");
        let result = outcome.map_err(panicked).and_then(|result| result);
        results.push(result.map_err(RunError::Generator)?);
    }
    Ok(sum(plan, &results))
}

/// Raises the limit on open files as far as it goes.
fn check_open_files(plan: &Plan) -> Result<(), RunError> {
    const OTHERS: u64 = 64; // standard streams, the drivers' own descriptors
    match dx_sys::limit::raise_open_files() {
        Ok(limit) if plan.connections as u64 > limit.saturating_sub(OTHERS) => {
            Err(RunError::TooManyConnections(limit))
        }
        _ => Ok(()),
    }
}

/// Divides the plan among the threads.
fn shares(plan: &Plan) -> Result<Vec<Share>, RunError> {
    let request = plan.request_bytes().map_err(RunError::Request)?;
    let address = plan.target.reach(plan.timeout).map_err(RunError::Unreachable)?;
    let threads = plan.threads.clamp(1, plan.connections.max(1));
    let part = |all: u64, thread: usize| {
        let (whole, rest) = (all / threads as u64, all % threads as u64);
        whole + u64::from((thread as u64) < rest)
    };
    let shares = (0..threads).map(|thread| Share {
        address,
        method: Method::from_bytes(plan.method.as_bytes()),
        request: request.clone(),
        thread,
        threads,
        connections: part(plan.connections as u64, thread) as usize,
        pipeline: plan.pipeline as u32,
        keep_alive: plan.keep_alive,
        rate: plan.rate,
        warm_up: plan.warm_up,
        duration: plan.duration,
        requests: plan.requests.map(|requests| part(requests, thread)),
        timeout: plan.timeout,
        driver: plan.driver,
    });
    Ok(shares.collect())
}

/// One thread. All start their load together; one that cannot start must not hold the others up.
fn work(share: Share, progress: &Progress, barrier: &Barrier) -> io::Result<Outcome> {
    let name = format!("loadtest-{}", share.thread);
    let _ = dx_sys::thread::name_current_thread(&name); // for people only
    let _ = rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1)); // less lag
    let worker = Worker::new(share, progress);
    barrier.wait();
    worker?.run()
}

fn show_progress(progress: &[Progress], done: &AtomicBool) {
    const EVERY: Duration = Duration::from_millis(1_000);
    const STEP: Duration = Duration::from_millis(50);
    let start = Instant::now();
    let mut next = EVERY;
    let mut before = 0;
    while !done.load(Ordering::Acquire) {
        thread::sleep(STEP);
        if start.elapsed() < next {
            continue;
        }
        next += EVERY;
        let answered = progress.iter().map(|one| one.answered.load(Ordering::Relaxed)).sum();
        let failed: u64 = progress.iter().map(|one| one.failed.load(Ordering::Relaxed)).sum();
        // The count starts anew when the warm-up ends.
        let rate = if answered < before { answered } else { answered - before };
        before = answered;
        let seconds = start.elapsed().as_secs();
        let (rate, answered) = (grouped(rate), grouped(answered));
        let line = format!("{seconds:>4} s  {rate} a second  {answered} in all  {failed} failed");
        let _ = write!(io::stderr(), "\r{line:<70}");
    }
    let _ = write!(io::stderr(), "\r{:<70}\r", "");
}

fn sum(plan: &Plan, outcomes: &[Outcome]) -> Report {
    let mut statistics = Statistics::new();
    outcomes.iter().for_each(|outcome| statistics.add(&outcome.statistics));
    let measured_ns = outcomes.iter().map(|outcome| outcome.measured_ns).max().unwrap_or(0);
    Report {
        plan: plan.clone(),
        statistics,
        usage: outcomes.iter().map(|outcome| outcome.usage).collect(),
        seconds: measured_ns as f64 / 1e9,
        driver: outcomes.first().map_or(dx_driver::DriverKind::Epoll, |outcome| outcome.driver),
    }
}
