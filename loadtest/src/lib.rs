//! A load generator: closed and open loop, corrected latencies.
//!
//! A library ([`run`] takes a [`Plan`] and gives a [`Report`]) and the command `dx loadtest`
//! ([`main`]). Each thread has its own reactor and its share of the connections; nothing is
//! shared between threads while they run but the counters of the live line.
//!
//! Invariants:
//! - in an open loop latency counts from when a request was due, so a server that stalls is
//!   charged for the requests it kept from being sent (coordinated omission); what it never
//!   answered is counted by its age;
//! - the generator measures itself, and a report says so where it was the limit;
//! - every request ends as an answer, an error, or unfinished.
//!
//! It fails by [`RunError`] where nothing can be measured; what happens to single requests is
//! counted.

#![forbid(unsafe_code)]

mod arguments;
mod connection;
mod json;
mod phase;
mod plan;
mod reader;
mod report;
mod run;
mod saturation;
mod schedule;
mod statistics;
mod target;
mod text;
mod worker;

pub use arguments::{ArgumentError, HELP, Invocation, parse};
pub use json::to_json;
pub use plan::Plan;
pub use report::{
    ACHIEVED_MIN, IDLE_MIN, LAG_ALLOWED_NS, LAG_SHARE_MAX, PERCENTILES, Report, Summary,
    percentile, summarise,
};
pub use run::{RunError, run};
pub use saturation::ThreadUsage;
pub use statistics::{Errors, Statistics, Times};
pub use target::{Target, TargetError};
pub use text::to_text;

use std::{
    io::{self, Write},
    process::ExitCode,
};

/// The command `dx loadtest` with the arguments that follow it. Exits with 0 where something was
/// measured, 1 where the server could not be reached or never answered, 2 for wrong usage.
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    const UNREACHABLE: u8 = 1;
    const USAGE: u8 = 2;
    let (plan, json) = match parse(arguments) {
        Ok(Invocation::Run(plan, json)) => (plan, json),
        Ok(Invocation::Help) => {
            print(HELP);
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("dx loadtest: {error}\nTry dx loadtest --help");
            return ExitCode::from(USAGE);
        }
    };
    match run(&plan, true) {
        Ok(report) => {
            print(&if json { to_json(&report) } else { to_text(&report) });
            if report.statistics.requests > 0 {
                return ExitCode::SUCCESS;
            }
            eprintln!("dx loadtest: {} never answered", plan.target.authority);
            ExitCode::from(UNREACHABLE)
        }
        Err(error) => {
            eprintln!("dx loadtest: {error}");
            ExitCode::from(UNREACHABLE)
        }
    }
}

/// To standard output; a reader that has gone away is no error of ours.
fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}
