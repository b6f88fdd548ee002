//! The command line of `dx loadtest`.

use std::{fmt, str::FromStr, time::Duration};

use dx_driver::DriverKind;

use crate::{plan::Plan, target::Target};

/// What `--help` prints.
pub const HELP: &str = "\
Generates HTTP/1.1 load and measures what comes back.

usage: dx loadtest [options] URL

  -c, --connections N   connections of all threads together (64)
  -t, --threads N       generator threads (half of the processors)
  -p, --pipeline N      requests in flight on one connection (1)
  -r, --rate N          open loop: N requests a second, whatever the server does;
                        latency counts from when a request was due
  -d, --duration TIME   how long to measure: 10s, 500ms, 2m (10s)
  -n, --requests N      stop after N requests
      --warmup TIME     run before measuring (0s)
      --timeout TIME    how long an answer may take (10s)
  -m, --method NAME     request method (GET, or POST with a body)
  -H, --header LINE     'Name: value', may be repeated
  -b, --body TEXT       request content
      --body-file FILE  request content from a file
      --no-keepalive    a connection for each request
      --json            print one JSON object
  -h, --help            print this

Without --rate it is a closed loop: a connection sends when it has its answer, so a slow
server is asked less. The run is marked invalid when the generator was the limit.
Exit status: 0 measured, 1 the server could not be reached or never answered, 2 wrong usage.
";

/// What the command line asks for.
#[derive(Clone, PartialEq, Debug)]
pub enum Invocation {
    /// A run, and whether to report it in JSON.
    Run(Box<Plan>, bool),
    /// `--help`.
    Help,
}

/// What is wrong with the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ArgumentError(pub String);

impl fmt::Display for ArgumentError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for ArgumentError {}

type Result<T> = std::result::Result<T, ArgumentError>;

fn wrong<T>(text: impl Into<String>) -> Result<T> {
    Err(ArgumentError(text.into()))
}

/// Flags as given, before they are checked together.
#[derive(Default)]
struct Flags {
    url: Option<String>,
    connections: Option<usize>,
    threads: Option<usize>,
    pipeline: Option<usize>,
    rate: Option<f64>,
    duration: Option<Duration>,
    requests: Option<u64>,
    warm_up: Option<Duration>,
    timeout: Option<Duration>,
    method: Option<String>,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
    no_keepalive: bool,
    json: bool,
}

/// Reads the arguments that follow `dx loadtest`. Files named by `--body-file` are read here, and
/// `DX_DRIVER` chooses the driver.
///
/// # Errors
/// A message for the user that names the argument.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Invocation> {
    let mut flags = Flags::default();
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        if !argument.starts_with('-') {
            if flags.url.is_some() {
                return wrong(format!("unexpected argument {argument:?}"));
            }
            flags.url = Some(argument);
            continue;
        }
        let (name, given) = split_option(&argument);
        if matches!(name, "-h" | "--help") {
            return Ok(Invocation::Help);
        }
        if set_switch(&mut flags, name) {
            if given.is_some() {
                return wrong(format!("{name} takes no value"));
            }
            continue;
        }
        let mut value = || match given.clone().or_else(|| arguments.next()) {
            Some(value) => Ok(value),
            None => wrong(format!("{name} needs a value")),
        };
        set_value(&mut flags, name, &mut value)?;
    }
    let json = flags.json;
    Ok(Invocation::Run(Box::new(plan(flags)?), json))
}

/// The value may be attached: `--rate=5`, `-r5`.
fn split_option(argument: &str) -> (&str, Option<String>) {
    let attached = match argument.strip_prefix("--") {
        Some(_) => argument.split_once('='),
        None => argument.split_at_checked(2).filter(|(_, value)| !value.is_empty()),
    };
    match attached {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (argument, None),
    }
}

fn set_switch(flags: &mut Flags, name: &str) -> bool {
    match name {
        "--json" => flags.json = true,
        "--no-keepalive" => flags.no_keepalive = true,
        _ => return false,
    }
    true
}

fn set_value(
    flags: &mut Flags,
    name: &str,
    value: &mut dyn FnMut() -> Result<String>,
) -> Result<()> {
    match name {
        "-c" | "--connections" => flags.connections = Some(positive(name, &value()?)?),
        "-t" | "--threads" => flags.threads = Some(positive(name, &value()?)?),
        "-p" | "--pipeline" => flags.pipeline = Some(positive(name, &value()?)?),
        "-r" | "--rate" => flags.rate = Some(rate(name, &value()?)?),
        "-d" | "--duration" => flags.duration = Some(time(name, &value()?)?),
        "-n" | "--requests" => flags.requests = Some(positive(name, &value()?)?),
        "--warmup" => flags.warm_up = Some(time(name, &value()?)?),
        "--timeout" => flags.timeout = Some(time(name, &value()?)?),
        "-m" | "--method" => flags.method = Some(value()?),
        "-H" | "--header" => flags.headers.push(header(&value()?)?),
        "-b" | "--body" => flags.body = Some(value()?.into_bytes()),
        "--body-file" => flags.body = Some(file(&value()?)?),
        _ => return wrong(format!("unknown option {name}")),
    }
    Ok(())
}

/// Checks the flags together and fills in the defaults.
fn plan(flags: Flags) -> Result<Plan> {
    const PIPELINE_MAX: usize = 4_096; // a batch of requests is kept in memory
    let Some(url) = flags.url else { return wrong("no URL given") };
    let target = Target::parse(&url).map_err(|error| ArgumentError(error.0))?;
    let mut plan = Plan::new(target);
    plan.connections = flags.connections.unwrap_or(plan.connections);
    plan.threads = flags.threads.unwrap_or(plan.threads).min(plan.connections);
    plan.pipeline = flags.pipeline.unwrap_or(plan.pipeline);
    plan.rate = flags.rate;
    plan.warm_up = flags.warm_up.unwrap_or(plan.warm_up);
    plan.timeout = flags.timeout.unwrap_or(plan.timeout);
    plan.requests = flags.requests;
    plan.keep_alive = !flags.no_keepalive;
    plan.driver = DriverKind::from_environment().map_err(ArgumentError)?;
    plan.headers = flags.headers;
    if flags.requests.is_some() || flags.duration.is_some() {
        plan.duration = flags.duration;
    }
    let has_body = flags.body.is_some();
    plan.body = flags.body.unwrap_or_default();
    plan.method = match flags.method {
        Some(method) => method,
        None if has_body => "POST".to_owned(),
        None => plan.method,
    };
    if plan.pipeline > PIPELINE_MAX {
        return wrong(format!("--pipeline is at most {PIPELINE_MAX}"));
    }
    if plan.pipeline > 1 && !plan.keep_alive {
        return wrong("--pipeline and --no-keepalive exclude each other");
    }
    if plan.duration.is_some_and(|duration| duration.is_zero()) {
        return wrong("--duration must be longer than nothing");
    }
    if plan.timeout.is_zero() {
        return wrong("--timeout must be longer than nothing");
    }
    if plan.method == "CONNECT" {
        return wrong("CONNECT makes tunnels, which cannot be loaded");
    }
    if let Err(error) = plan.request_bytes() {
        return wrong(format!("the request cannot be written: {error}"));
    }
    Ok(plan)
}

fn positive<N: FromStr + PartialOrd + Default>(name: &str, text: &str) -> Result<N> {
    match text.parse::<N>() {
        Ok(number) if number > N::default() => Ok(number),
        _ => wrong(format!("{name} needs a whole number above 0, not {text:?}")),
    }
}

fn rate(name: &str, text: &str) -> Result<f64> {
    const RATE_MAX: f64 = 1e9; // the clock's resolution
    match text.parse::<f64>() {
        Ok(rate) if rate > 0.0 && rate <= RATE_MAX => Ok(rate),
        _ => wrong(format!("{name} needs requests a second, above 0, not {text:?}")),
    }
}

/// `3s`, `500ms`, `1.5m`, `1h`; seconds where no unit is given.
fn time(name: &str, text: &str) -> Result<Duration> {
    const TIME_MAX_SECONDS: f64 = 366.0 * 86_400.0;
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match &text[digits.len()..] {
        "ms" => 0.001,
        "" | "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3_600.0,
        _ => 0.0,
    };
    match digits.parse::<f64>() {
        Ok(number) if unit > 0.0 && (0.0..=TIME_MAX_SECONDS).contains(&(number * unit)) => {
            Ok(Duration::from_secs_f64(number * unit))
        }
        _ => wrong(format!("{name} needs a time such as 10s, 500ms or 2m, not {text:?}")),
    }
}

fn header(text: &str) -> Result<(String, String)> {
    match text.split_once(':') {
        Some((name, value)) => Ok((name.trim().to_owned(), value.trim().to_owned())),
        None => wrong(format!("--header needs 'Name: value', not {text:?}")),
    }
}

fn file(path: &str) -> Result<Vec<u8>> {
    std::fs::read(path).or_else(|error| wrong(format!("cannot read --body-file {path}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::{Invocation, parse};
    use crate::plan::Plan;
    use std::time::Duration;

    fn arguments(line: &str) -> Result<Invocation, String> {
        parse(line.split_ascii_whitespace().map(str::to_owned)).map_err(|error| error.0)
    }

    fn planned(line: &str) -> (Plan, bool) {
        match arguments(line) {
            Ok(Invocation::Run(plan, json)) => (*plan, json),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn all_options() {
        let (plan, json) = planned(
            "--json -c10 -t 3 --pipeline=16 -r 1000.5 --duration 500ms -n 7 --warmup 2 \
             --timeout 1m -m PUT -H A:b --header=C:d:e -b xyz http://a:1/p",
        );
        assert!(json && plan.keep_alive);
        assert_eq!((plan.connections, plan.threads, plan.pipeline), (10, 3, 16));
        assert_eq!((plan.rate, plan.requests), (Some(1000.5), Some(7)));
        assert_eq!(plan.duration, Some(Duration::from_millis(500)));
        assert_eq!((plan.warm_up, plan.timeout), (Duration::from_secs(2), Duration::from_secs(60)));
        let headers = [("A", "b"), ("C", "d:e")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        assert_eq!((plan.method.as_str(), plan.headers.as_slice()), ("PUT", headers.as_slice()));
        assert_eq!(plan.body, b"xyz");
    }

    #[test]
    fn defaults_follow_from_what_is_given() {
        assert_eq!(planned("http://a/").0.duration, Some(Duration::from_secs(10)));
        assert_eq!(planned("-n 5 http://a/").0.duration, None);
        assert_eq!(planned("-b x http://a/").0.method, "POST");
        assert_eq!(planned("-c 2 -t 9 http://a/").0.threads, 2);
        assert!(!planned("--no-keepalive http://a/").0.keep_alive);
        assert_eq!(arguments("-h"), Ok(Invocation::Help));
    }

    #[test]
    fn mistakes_are_named() {
        for (line, named) in [
            ("", "URL"),
            ("https://a/", "scheme"),
            ("http://a/ http://b/", "http://b/"),
            ("--connections 0 http://a/", "--connections"),
            ("-c x http://a/", "-c"),
            ("http://a/ -c", "-c needs a value"),
            ("--rate -5 http://a/", "--rate"),
            ("--rate nan http://a/", "--rate"),
            ("--duration 5y http://a/", "--duration"),
            ("--duration 0s http://a/", "--duration"),
            ("--timeout 0 http://a/", "--timeout"),
            ("--duration -1s http://a/", "--duration"),
            ("--header x http://a/", "--header"),
            ("--header a\u{7}b:x http://a/", "header name"),
            ("--method G(T http://a/", "header name"),
            ("--body-file /nowhere/at/all http://a/", "--body-file"),
            ("--json=1 http://a/", "--json"),
            ("-\u{e4}1 http://a/", "option"),
            ("--frobnicate http://a/", "--frobnicate"),
            ("--no-keepalive -p 2 http://a/", "--pipeline"),
            ("-p 5000 http://a/", "--pipeline"),
            ("-m CONNECT http://a/", "CONNECT"),
        ] {
            let error = arguments(line).expect_err(line);
            assert!(error.contains(named), "{line}: {error}");
        }
    }
}
