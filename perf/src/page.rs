//! PERFORMANCE.md: one part for each section, replaced when its section was measured again and
//! left alone otherwise. Pure functions of the records.

use std::fmt::Write as _;

use crate::{
    cases::{PIPELINED, ROUTES, SHAPES, Shape, USUAL},
    compare,
    contenders::SPLIT,
    instructions, memory, programs,
    record::Results,
};

const INTRODUCTION: &str = "\
# Performance

How to repeat: `./x perf` (about 25 minutes; `./x perf --rounds 2 --seconds 1` takes about 6,
`./x perf --quick` one or two), and `./x perf instructions`. The baselines on monoio, glommio and
hyper are compared where they are built: `(cd benches && cargo build --release)`. Raw runs are kept
in perf/results as JSON lines.

How it is measured: one server on processor 0, the load generator on processor 1, over loopback.
The contenders take turns within each round, so that a ratio is of runs made within seconds of
each other; the tables show medians over the rounds, and medians of the rounds' ratios. `us` is the
server's processor time a request, all threads, kernel time included: the figure that holds on a
shared machine, where requests a second and latencies depend on what else runs. Latencies are
p50 / p99 / p99.9 in milliseconds as the generator sees them at full load, which is a queue's length
more than a server's speed. Programs are the same files in Bun and dx (perf/programs); what a server
answers is checked before it is measured.
";

/// `text` with the part under `heading` replaced by `body`, or put at the end.
pub(crate) fn replace(text: &str, heading: &str, body: &str) -> String {
    let mark = format!("## {heading}\n");
    let part = format!("{mark}\n{}\n", body.trim_end());
    let found = text.find(&format!("\n{mark}")).map(|at| at + 1);
    let Some(start) = found else { return format!("{}\n\n{part}", text.trim_end()) };
    let rest = &text[start + mark.len()..];
    match rest.find("\n## ") {
        Some(end) => format!("{}{part}\n{}", &text[..start], &rest[end + 1..]),
        None => format!("{}{part}", &text[..start]),
    }
}

/// The page with the parts for which there are records made anew.
pub(crate) fn update(old: &str, results: &Results, about: &str) -> String {
    let parts = old.find("\n## ").map_or("", |at| &old[at..]);
    let mut text = format!("{INTRODUCTION}{parts}");
    if results.has(compare::SECTION) {
        text = replace(&text, "HTTP: dx and Bun", &pair_table(results, about));
        text = replace(&text, "HTTP: hello, all servers", &hello_table(results, about));
        if !results.cases(compare::SECTION, SPLIT).is_empty() {
            let heading = "HTTP: dx split over two threads";
            text = replace(&text, heading, &split_table(results, about));
        }
    }
    if results.has(memory::SECTION) {
        text = replace(&text, "Memory", &memory_table(results, about));
    }
    if results.has(programs::START) {
        text = replace(&text, "Start of an empty program", &start_table(results, about));
    }
    if results.has(programs::PROGRAMS) {
        text = replace(&text, "Files and timers", &program_table(results, about));
    }
    if results.has(instructions::SECTION) {
        text = replace(&text, "Instructions a request", &instruction_table(results, about));
    }
    text
}

/// A number with as many digits as are worth reading.
fn number(value: Option<f64>) -> String {
    match value {
        None => "-".to_owned(),
        Some(value) if value.abs() >= 1000.0 => {
            let digits = format!("{value:.0}");
            let mut output = String::new();
            for (at, digit) in digits.chars().enumerate() {
                if at > 0 && (digits.len() - at).is_multiple_of(3) {
                    output.push(',');
                }
                output.push(digit);
            }
            output
        }
        Some(value) if value.abs() >= 100.0 => format!("{value:.0}"),
        Some(value) if value.abs() >= 10.0 => format!("{value:.1}"),
        Some(value) => format!("{value:.2}"),
    }
}

fn latencies(results: &Results, at: (&str, &str, &str)) -> String {
    let names = ["p50_us", "p99_us", "p99.9_us"];
    // wrk now and then answers 0 for a percentile that it could not place.
    let known = |name| results.median(at, name).filter(|value| *value > 0.0);
    let shown = names.map(|name| number(known(name).map(|value| value / 1e3)));
    shown.join(" / ")
}

fn pair_table(results: &Results, about: &str) -> String {
    let mut text = format!(
        "{about}\n\nConnections x requests in flight on each. The ratios are dx / Bun: of the time \
         a request below 1, of requests a second above 1 are in dx's favour.\n\n\
         | route, connections | dx us | Bun us | ratio | dx req/s | Bun req/s | ratio | \
         dx latencies, ms | Bun latencies, ms | dx peak MiB | Bun peak MiB | errors |\n\
         |---|---|---|---|---|---|---|---|---|---|---|---|\n"
    );
    // Bun's cases: one that dx failed shows as a row without figures.
    for case in results.cases(compare::SECTION, "Bun") {
        let [ours, theirs] = ["dx", "Bun"].map(|name| (compare::SECTION, name, case.as_str()));
        let both = |name: &str| {
            let values = [ours, theirs].map(|at| number(results.median(at, name)));
            format!("{} | {}", values[0], values[1])
        };
        let ratio = |name: &str| number(results.ratio(ours, "Bun", name));
        let errors: f64 =
            [ours, theirs].iter().filter_map(|at| results.median(*at, "errors")).sum();
        let _ = writeln!(
            text,
            "| {case} | {} | {} | {} | {} | {} | {} | {} | {errors:.0} |",
            both("server_us_per_request"),
            ratio("server_us_per_request"),
            both("requests_per_second"),
            ratio("requests_per_second"),
            latencies(results, ours),
            latencies(results, theirs),
            both("peak_mib")
        );
    }
    text
}

fn hello_table(results: &Results, about: &str) -> String {
    let mut text = format!(
        "{about}\n\n`floor` is the driver alone: it parses nothing. `engine-free dx` is dx's HTTP \
         stack without JavaScript. glommio and monoio parse with httparse, as dx does.\n\n\
         | connections | server | us | req/s | latencies, ms | peak MiB |\n\
         |---|---|---|---|---|---|\n"
    );
    for shape in SHAPES {
        for name in results.contenders(compare::SECTION) {
            let case = compare::case(&ROUTES[0], *shape);
            let at = (compare::SECTION, name.as_str(), case.as_str());
            if name == SPLIT || results.median(at, "server_us_per_request").is_none() {
                continue;
            }
            let value = |key: &str| number(results.median(at, key));
            let _ = writeln!(
                text,
                "| {} | {name} | {} | {} | {} | {} |",
                shape.label(),
                value("server_us_per_request"),
                value("requests_per_second"),
                latencies(results, at),
                value("peak_mib")
            );
        }
    }
    text
}

fn split_table(results: &Results, about: &str) -> String {
    let mut text = format!(
        "{about}\n\n`--threads 2 --topology split`: one thread runs the program, the other does \
         the I/O and shares its processor with the generator. Processor time a request by \
         thread.\n\n\
         | connections | req/s | us, all | by thread |\n|---|---|---|---|\n"
    );
    let shapes: [Shape; 2] = [USUAL, PIPELINED];
    for shape in shapes {
        let case = compare::case(&ROUTES[0], shape);
        let at = (compare::SECTION, SPLIT, case.as_str());
        let threads: Vec<String> = results
            .names(at)
            .iter()
            .filter_map(|name| {
                let thread = name.strip_prefix("thread ")?.strip_suffix(", us")?;
                Some(format!("{thread}: {}", number(results.median(at, name))))
            })
            .collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} |",
            shape.label(),
            number(results.median(at, "requests_per_second")),
            number(results.median(at, "server_us_per_request")),
            threads.join(", ")
        );
    }
    text
}

fn memory_table(results: &Results, about: &str) -> String {
    let mut text = format!(
        "{about}\n\nResident memory of the compared server in MiB (shared pages of libraries \
         included), and what {} idle connections add.\n\n| what | dx | Bun |\n|---|---|---|\n",
        memory::CONNECTIONS
    );
    let rows = [
        ("started, never called", "idle_mib"),
        ("after 20,000 requests", "used_mib"),
        ("added by 10,000 connections that never sent anything", "silent_mib"),
        ("added by 10,000 connections that were answered once", "called_mib"),
    ];
    for (row, name) in rows {
        let [ours, theirs] =
            ["dx", "Bun"].map(|who| number(results.median((memory::SECTION, who, "hello"), name)));
        let _ = writeln!(text, "| {row} | {ours} | {theirs} |");
    }
    text
}

fn start_table(results: &Results, about: &str) -> String {
    let mut text = format!(
        "{about}\n\nTime from the start of the process to its end, taskset's own included (the \
         bare process is `true`, started in the same way; the bare engine shell only makes an \
         engine context).\n\n| process | ms, median |\n|---|---|\n"
    );
    for name in results.contenders(programs::START) {
        let at = (programs::START, name.as_str(), "empty program");
        let _ = writeln!(text, "| {name} | {} |", number(results.median(at, "ms")));
    }
    text
}

fn program_table(results: &Results, about: &str) -> String {
    let mut text = format!(
        "{about}\n\n`Bun.file()` on files in the page cache, 100 MB and 4 KiB; 10,000 timers. \
         Ratios are dx / Bun.\n\n| figure | better | dx | Bun | ratio |\n|---|---|---|---|---|\n"
    );
    for (program, name, larger) in programs::FIGURES {
        let [ours, theirs] = ["dx", "Bun"].map(|who| (programs::PROGRAMS, who, program));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            name.replace('_', " "),
            if larger { "larger" } else { "smaller" },
            number(results.median(ours, name)),
            number(results.median(theirs, name)),
            number(results.ratio(ours, "Bun", name))
        );
    }
    text
}

fn instruction_table(results: &Results, about: &str) -> String {
    let mut text = format!(
        "{about}\n\nThe engine-free server (actors/net/examples/hello.rs) under callgrind, on \
         epoll, without the kernel's instructions: a count that does not depend on what else the \
         machine does.\n\n| case | instructions a request |\n|---|---|\n"
    );
    for case in results.cases(instructions::SECTION, "engine-free dx") {
        let at = (instructions::SECTION, "engine-free dx", case.as_str());
        let _ = writeln!(text, "| {case} | {} |", number(results.median(at, "instructions")));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{number, replace, update};
    use crate::record::{Record, Results};

    #[test]
    fn a_part_is_replaced_and_the_others_stay() {
        let text = "# Page\n\n## A\n\nold\n\n## B\n\nkept\n";
        assert_eq!(replace(text, "A", "new\n"), "# Page\n\n## A\n\nnew\n\n## B\n\nkept\n");
        assert_eq!(replace(text, "B", "new"), "# Page\n\n## A\n\nold\n\n## B\n\nnew\n");
        assert_eq!(replace("# Page\n", "C", "c"), "# Page\n\n## C\n\nc\n");
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(number(Some(1_234_567.8)), "1,234,568");
        assert_eq!(number(Some(123.4)), "123");
        assert_eq!(number(Some(12.34)), "12.3");
        assert_eq!(number(Some(0.666)), "0.67");
        assert_eq!(number(None), "-");
    }

    #[test]
    fn only_what_was_measured_is_made_anew() {
        let record = |contender: &str, value| Record {
            section: "http",
            contender: contender.to_owned(),
            case: "hello, 64".to_owned(),
            round: 0,
            values: vec![("server_us_per_request".to_owned(), value)],
        };
        let results = Results::of_records(vec![record("dx", 4.0), record("Bun", 8.0)]);
        let page = update("# Old\n\n## Memory\n\nkept\n", &results, "today");
        assert!(page.contains("## Memory\n\nkept\n"));
        assert!(page.contains("| hello, 64 | 4.00 | 8.00 | 0.50 |"));
        assert_eq!(update(&page, &results, "today"), page);
    }
}
