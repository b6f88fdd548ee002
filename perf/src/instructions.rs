//! Instructions a request of the engine-free server, counted by callgrind: the difference of a
//! long and a short run, so that starting and ending do not count. Such a count is the same on a
//! busy machine as on a quiet one. valgrind knows too little of io_uring, so it runs on epoll.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{self, Command},
    time::Duration,
};

use crate::{
    cases::{ROUTES, Route},
    client,
    options::{Options, found},
    process::Server,
    record::{Record, Results},
};

/// The section's name in the records.
pub(crate) const SECTION: &str = "instructions";
/// Requests of the short and of the long run.
const REQUESTS: (usize, usize) = (1_600, 9_600);
/// How long a server under valgrind may take to listen.
const PATIENCE: Duration = Duration::from_secs(120);

/// The count that ends callgrind's file.
fn total(text: &str) -> Option<f64> {
    let line = text.lines().rev().find_map(|line| line.strip_prefix("totals:"))?;
    line.trim().parse().ok()
}

/// Builds the server where it was not named.
fn engine_free(options: &Options) -> io::Result<String> {
    if let Some(path) = &options.engine_free {
        return Ok(path.clone());
    }
    let cargo = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let words = ["build", "--release", "-p", "dx-net", "--example", "hello"];
    let status = Command::new(cargo).args(words).current_dir(&options.root).status()?;
    if !status.success() {
        return Err(io::Error::other("the engine-free server could not be built"));
    }
    let folder = env::var_os("CARGO_TARGET_DIR").map_or(options.root.join("target"), PathBuf::from);
    Ok(folder.join("release/examples/hello").display().to_string())
}

/// Instructions of one whole run.
fn count(
    server: &str,
    output: &Path,
    route: &Route,
    requests: usize,
    depth: usize,
) -> io::Result<f64> {
    let file = format!("--callgrind-out-file={}", output.display());
    let words = ["valgrind", "--tool=callgrind", &file, server, "PORT"].map(str::to_owned);
    let server = Server::start(&words, "0", &[("DX_DRIVER", "epoll")], PATIENCE)?;
    client::send(server.address, &route.request(), requests, depth)?;
    server.terminate()?;
    let text = fs::read_to_string(output)?;
    let _ = fs::remove_file(output);
    total(&text).ok_or_else(|| io::Error::other("callgrind wrote no total"))
}

/// Counts for a handler's record and for a static route, one and 16 requests at a time.
pub(crate) fn run(options: &Options, results: &mut Results) -> io::Result<()> {
    if found("valgrind").is_none() {
        return Err(io::Error::other("valgrind is missing"));
    }
    let server = engine_free(options)?;
    let output = env::temp_dir().join(format!("dx-perf-callgrind-{}", process::id()));
    for route in &ROUTES[..2] {
        for depth in [1, 16] {
            let short = count(&server, &output, route, REQUESTS.0, depth)?;
            let long = count(&server, &output, route, REQUESTS.1, depth)?;
            let each = (long - short) / (REQUESTS.1 - REQUESTS.0) as f64;
            eprintln!("instructions  {:8} depth {depth:2} {each:>8.0}", route.name);
            results.add(Record {
                section: SECTION,
                contender: "engine-free dx".to_owned(),
                case: format!("{}, {depth} in flight", route.name),
                round: 0,
                values: vec![("instructions".to_owned(), each)],
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn the_total_is_read() {
        assert_eq!(total("fn=(1)\n1 2\n\ntotals: 123456\n"), Some(123_456.0));
        assert_eq!(total("summary: 1\n"), None);
    }
}
