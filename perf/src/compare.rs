//! The HTTP comparison: every contender in turn, round after round, so that each ratio is of runs
//! made within seconds of each other. Servers run on processor 0, the generator on processor 1.

use std::io;

use crate::{
    cases::{PIPELINED, ROUTES, Route, SHAPES, Shape, USUAL},
    client,
    contenders::{self, Contender, Coverage},
    generator::Generator,
    options::Options,
    process::{Server, spent},
    record::{Record, Results},
};

/// The section's name in the records.
pub(crate) const SECTION: &str = "http";
/// Requests that warm a route up before it is measured, and how many are in flight: enough for
/// the last tier of both engines' compilers, whose work is no part of a request's cost.
const WARM_UP: (usize, usize) = (30_000, 16);

/// The label of a route driven in a shape.
pub(crate) fn case(route: &Route, shape: Shape) -> String {
    format!("{}, {}", route.name, shape.label())
}

fn covered(coverage: Coverage, route: &Route, shape: Shape) -> bool {
    let hello = route.name == ROUTES[0].name;
    match coverage {
        Coverage::Whole => true,
        Coverage::Routes => hello || shape == USUAL,
        Coverage::Hello => hello,
        Coverage::Usual => hello && (shape == USUAL || shape == PIPELINED),
    }
}

/// Whether the options ask for this route in this shape.
fn wanted(options: &Options, route: &Route, shape: Shape) -> bool {
    let named = options.routes.is_empty() || options.routes.iter().any(|name| name == route.name);
    named && (!options.quick || shape == USUAL || shape == PIPELINED)
}

/// Sends a first batch of requests and checks what comes back.
fn warm_up(server: &Server, name: &str, route: &Route) -> io::Result<()> {
    let count = if route.answer_bytes > 10_000 { WARM_UP.0 / 10 } else { WARM_UP.0 };
    let body = client::send(server.address, &route.request(), count, WARM_UP.1)?;
    let right = body.starts_with(route.answer_start.as_bytes());
    if right && body.len() == route.answer_bytes {
        return Ok(());
    }
    let start = String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned();
    let (route, length) = (route.name, body.len());
    Err(io::Error::other(format!("{name} answers {route} with {length} bytes: {start}")))
}

fn measure(
    server: &Server,
    contender: &Contender,
    (route, shape): (&Route, Shape),
    generator: &Generator,
    options: &Options,
) -> io::Result<Vec<(String, f64)>> {
    server.reset_peak();
    let before = server.times();
    let load = generator.run(server.address, route, shape, options.seconds, &options.root)?;
    let spent = spent(&before, &server.times());
    let requests = load.requests.max(1.0);
    let total: u64 = spent.values().sum();
    let mut values = vec![
        ("requests_per_second".to_owned(), load.requests / load.seconds.max(1e-9)),
        ("server_us_per_request".to_owned(), total as f64 / 1e3 / requests),
        ("p50_us".to_owned(), load.latencies_us[0]),
        ("p99_us".to_owned(), load.latencies_us[1]),
        ("p99.9_us".to_owned(), load.latencies_us[2]),
        ("errors".to_owned(), load.errors),
        ("peak_mib".to_owned(), server.memory_kib("VmHWM").unwrap_or(0.0) / 1024.0),
    ];
    if contender.name == contenders::SPLIT {
        let threads = spent
            .iter()
            .map(|(name, time)| (format!("thread {name}, us"), *time as f64 / 1e3 / requests));
        values.extend(threads);
    }
    Ok(values)
}

/// Runs all rounds.
pub(crate) fn run(options: &Options, results: &mut Results) -> io::Result<()> {
    let generator = match options.own_generator {
        true => Generator::Dx(options.dx.clone()),
        false => Generator::Wrk,
    };
    let contenders = contenders::all(options);
    for round in 0..options.rounds {
        run_round(options, &contenders, &generator, round, results)?;
    }
    Ok(())
}

fn run_round(
    options: &Options,
    contenders: &[Contender],
    generator: &Generator,
    round: usize,
    results: &mut Results,
) -> io::Result<()> {
    let mut servers = Vec::new();
    for contender in contenders {
        match contender.start() {
            Ok(server) => servers.push((contender, server)),
            Err(error) => eprintln!("perf: {} is left out: {error}", contender.name),
        }
    }
    for route in ROUTES {
        let mut warm = Vec::new();
        for shape in SHAPES.iter().copied().filter(|shape| wanted(options, route, *shape)) {
            for (contender, server) in &servers {
                if !covered(contender.coverage, route, shape) {
                    continue;
                }
                let once = || match warm.contains(&contender.name) {
                    true => Ok(()),
                    false => warm_up(server, contender.name, route),
                };
                let at = (route, shape);
                let measured =
                    once().and_then(|()| measure(server, contender, at, generator, options));
                let values = match measured {
                    Ok(values) => values,
                    Err(error) => {
                        let (name, label) = (contender.name, case(route, shape));
                        eprintln!("perf: {name} is left out of {label}: {error}");
                        continue;
                    }
                };
                warm.push(contender.name);
                let label = case(route, shape);
                eprintln!(
                    "round {round}  {label:20} {:15} {:>10.0} req/s {:>8.2} us",
                    contender.name, values[0].1, values[1].1
                );
                results.add(Record {
                    section: SECTION,
                    contender: contender.name.to_owned(),
                    case: label,
                    round,
                    values,
                })?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{covered, wanted};
    use crate::{
        cases::{PIPELINED, ROUTES, SHAPES, USUAL},
        contenders::Coverage,
        options::Options,
    };

    #[test]
    fn coverage_bounds_what_is_measured() {
        let count = |coverage| {
            let shapes = |route| SHAPES.iter().filter(move |s| covered(coverage, route, **s));
            ROUTES.iter().map(|route| shapes(route).count()).sum::<usize>()
        };
        assert_eq!(count(Coverage::Whole), ROUTES.len() * SHAPES.len());
        assert_eq!(count(Coverage::Routes), SHAPES.len() + ROUTES.len() - 1);
        assert_eq!(count(Coverage::Hello), SHAPES.len());
        assert_eq!(count(Coverage::Usual), 2);
    }

    #[test]
    fn a_quick_run_drives_the_usual_shapes() {
        let words = ["--quick", "--routes", "hello"].map(str::to_owned);
        let options = Options::parse(".".as_ref(), words.into_iter()).expect("valid");
        assert!(wanted(&options, &ROUTES[0], USUAL) && wanted(&options, &ROUTES[0], PIPELINED));
        assert!(!wanted(&options, &ROUTES[0], SHAPES[0]) && !wanted(&options, &ROUTES[1], USUAL));
    }
}
