//! The load generator by itself, without the rest of dx.

use std::process::ExitCode;

fn main() -> ExitCode {
    dx_loadtest::main(std::env::args().skip(1))
}
