//! The `dx` command line.

use std::process::ExitCode;

use dx_reactor::Reactor;
use dx_runtime::{Isolate, IsolateOptions};

fn main() -> ExitCode {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: dx <file>");
        return ExitCode::from(2);
    };
    match run(&path) {
        Ok(code) => ExitCode::from(u8::try_from(code & 0xff).unwrap_or(1)),
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(path: &str) -> Result<i32, String> {
    let source = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let (driver, _) = dx_driver::probe_and_open(None).map_err(|error| error.to_string())?;
    let extensions =
        vec![dx_compat_web::EXTENSION, dx_compat_bun::EXTENSION, dx_compat_node::EXTENSION];
    let options = IsolateOptions { extensions, ends_process: true };
    let isolate = Isolate::new(Reactor::new(driver), options)?;
    isolate.run_script(&source, path);
    Ok(isolate.run())
}
