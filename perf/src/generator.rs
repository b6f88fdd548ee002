//! Load generators: wrk with our script, or `dx loadtest`. Pinned to processor 1.
//!
//! Fails where the generator cannot be started or prints no result.

use std::{io, net::SocketAddr, path::Path};

use crate::{
    cases::{Route, Shape},
    process::pinned,
    record::json_number,
};

/// The generator's processor.
pub(crate) const PROCESSOR: &str = "1";

/// Which generator drives the servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Generator {
    /// wrk.
    Wrk,
    /// `dx loadtest`, of the executable at this path.
    Dx(String),
}

/// What a generator counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Load {
    /// Answers received.
    pub(crate) requests: f64,
    /// Time they took, in seconds.
    pub(crate) seconds: f64,
    /// Lost connections, time-outs and statuses other than success.
    pub(crate) errors: f64,
    /// Latencies in microseconds: p50, p99, p99.9.
    pub(crate) latencies_us: [f64; 3],
}

impl Generator {
    fn command(
        &self,
        address: SocketAddr,
        route: &Route,
        shape: Shape,
        seconds: usize,
        root: &Path,
    ) -> Vec<String> {
        let url = format!("http://{address}{}", route.path);
        let (connections, depth) = (shape.connections, shape.depth);
        let body = route.body_bytes;
        let text = match self {
            Self::Wrk => {
                let script = root.join("perf/programs/load.lua").display().to_string();
                format!(
                    "wrk -t1 -c{connections} -d{seconds}s --latency -s\n{script}\n{url} -- {depth} \
                     {} {body}",
                    route.method
                )
            }
            Self::Dx(path) => {
                let posted = if body > 0 { "-m POST -b" } else { "" };
                format!(
                    "{path}\nloadtest --json -t 1 -c {connections} -p {depth} -d {seconds}s \
                     {posted} {} {url}",
                    "x".repeat(body)
                )
            }
        };
        text.split_whitespace().map(str::to_owned).collect()
    }

    /// Drives a server for so many seconds.
    pub(crate) fn run(
        &self,
        address: SocketAddr,
        route: &Route,
        shape: Shape,
        seconds: usize,
        root: &Path,
    ) -> io::Result<Load> {
        let words = self.command(address, route, shape, seconds, root);
        let output = pinned(PROCESSOR, &words).output()?;
        let text = String::from_utf8_lossy(&output.stdout);
        let load = match self {
            Self::Wrk => of_wrk(&text),
            Self::Dx(_) => of_dx(&text),
        };
        load.ok_or_else(|| {
            let errors = String::from_utf8_lossy(&output.stderr);
            io::Error::other(format!("the load generator printed no result: {text} {errors}"))
        })
    }
}

/// Reads the line that load.lua prints.
fn of_wrk(text: &str) -> Option<Load> {
    let line = text.lines().find_map(|line| line.strip_prefix("perf "))?;
    let numbers: Vec<f64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
    let [requests, duration_us, lost, late, refused, p50, p99, p999] = numbers[..] else {
        return None;
    };
    Some(Load {
        requests,
        seconds: duration_us / 1e6,
        errors: lost + late + refused,
        latencies_us: [p50, p99, p999],
    })
}

fn of_dx(text: &str) -> Option<Load> {
    let latency = &text[text.find("\"latency_us\"")?..];
    Some(Load {
        requests: json_number(text, "requests")?,
        seconds: json_number(text, "duration_seconds")?,
        errors: json_number(text, "total")?,
        latencies_us: [
            json_number(latency, "p50")?,
            json_number(latency, "p99")?,
            json_number(latency, "p99_9")?,
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::{Load, of_dx, of_wrk};

    #[test]
    fn the_line_of_the_script_is_read() {
        let text = "Running 1s test\nperf 1000 2000000 1 2 3 10.0 20.5 30.0\n";
        let expected =
            Load { requests: 1000.0, seconds: 2.0, errors: 6.0, latencies_us: [10.0, 20.5, 30.0] };
        assert_eq!(of_wrk(text), Some(expected));
        assert_eq!(of_wrk("unable to connect"), None);
    }

    #[test]
    fn the_json_of_the_load_tester_is_read() {
        let text = "{\"duration_seconds\":1.0,\"requests\":5,\"requests_per_second\":5.0,\
                    \"latency_us\":{\"p50\":1.0,\"p99\":2.0,\"p99_9\":3.0},\
                    \"errors\":{\"total\":0}}";
        let load = of_dx(text).expect("a result");
        assert_eq!((load.requests, load.latencies_us), (5.0, [1.0, 2.0, 3.0]));
    }
}
