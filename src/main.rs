//! The `dx` command line.

#![forbid(unsafe_code)]

mod command;
mod start;
mod worker;

use std::{io::Write as _, process::ExitCode};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    dx_sys::memory::use_small_pages();
    match command::parse(std::env::args().skip(1)) {
        Ok(command::Command::Run(options)) => start::run(&options),
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
