//! The `dx` command line.

#![forbid(unsafe_code)]

mod bunfig;
mod command;
mod orphans;
mod scripts;
mod start;
mod watch;
mod worker;

use std::{io::Write as _, process::ExitCode};

#[global_allocator]
static ALLOCATOR: dx_sys::heap::Allocator = dx_sys::heap::Allocator;

fn main() -> ExitCode {
    dx_sys::memory::use_small_pages();
    let mut words = std::env::args();
    let called = words.next().unwrap_or_default();
    match command::parse(&called, words) {
        Ok(command::Command::Run(options)) => start::run_entry(*options),
        Ok(command::Command::Test(options)) => start::run_tests(options),
        Ok(command::Command::LoadTest(arguments)) => dx_loadtest::main(arguments.into_iter()),
        Ok(command::Command::Version) => {
            print_line(env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Ok(command::Command::Help) => {
            print_line(command::HELP);
            ExitCode::SUCCESS
        }
        Ok(command::Command::TestHelp) => {
            print_line(dx_compat_test::HELP);
            ExitCode::SUCCESS
        }
        Ok(command::Command::ExecHelp) => {
            print_line(command::EXEC_HELP);
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

/// Prints a line; a reader that has left is no failure.
fn print_line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
