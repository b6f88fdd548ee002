//! The comparison of whole programs: dx with Bun, Node and servers without an engine.
//!
//! `./x perf` runs it. It needs taskset and wrk (valgrind for `instructions`), uses loopback only,
//! keeps every run in perf/results and writes the tables of PERFORMANCE.md. What is missing among
//! Node and the baselines is left out, and so is, with a message, a case that a server fails or
//! answers wrongly.

#![forbid(unsafe_code)]

mod cases;
mod client;
mod compare;
mod contenders;
mod generator;
mod instructions;
mod machine;
mod memory;
mod options;
mod page;
mod process;
mod programs;
mod record;
mod stats;

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{Command, ExitCode},
};

use machine::Machine;
use options::{HELP, Options};
use record::Results;

/// The project's folder: cargo says it, and `./x` starts there.
fn root() -> PathBuf {
    let named = env::var_os("CARGO_MANIFEST_DIR").map(|folder| Path::new(&folder).join(".."));
    let root = named.unwrap_or_else(|| PathBuf::from("."));
    root.canonicalize().unwrap_or(root)
}

/// Lets this process and those it starts open the descriptors of 10,000 connections.
fn raise_descriptors() {
    let pid = std::process::id().to_string();
    // Best effort: where it fails, opening the connections says so.
    let _ = Command::new("prlimit").args(["--pid", &pid, "--nofile=16384:"]).status();
}

fn measure(options: &Options) -> io::Result<()> {
    raise_descriptors();
    let machine = Machine::look(options);
    let kind = match (options.instructions, options.quick) {
        (true, _) => "instructions",
        (_, true) => "quick",
        _ => "full",
    };
    let folder = options.root.join("perf/results");
    fs::create_dir_all(&folder)?;
    let path = folder.join(format!("{}-{kind}.jsonl", machine.day));
    let mut results = Results::create(&path, &machine.to_json(options))?;
    let about = if options.instructions {
        instructions::run(options, &mut results)?;
        machine.sentence()
    } else {
        for section in &options.sections {
            match section.as_str() {
                "start" => programs::run_starts(options, &mut results)?,
                "memory" => memory::run(options, &mut results)?,
                "programs" => programs::run(options, &mut results)?,
                _ => compare::run(options, &mut results)?,
            }
        }
        let generator = if options.own_generator { "dx loadtest" } else { "wrk" };
        format!(
            "Measured {}. Rounds: {}, of {} s; generator: {generator}.",
            machine.sentence(),
            options.rounds,
            options.seconds
        )
    };
    let page = options.root.join("PERFORMANCE.md");
    let old = fs::read_to_string(&page).unwrap_or_default();
    fs::write(&page, page::update(&old, &results, &about))?;
    let name = path.file_name().unwrap_or_default().display();
    println!("PERFORMANCE.md is written; the runs are in perf/results/{name}");
    Ok(())
}

fn main() -> ExitCode {
    let words: Vec<String> = env::args().skip(1).collect();
    if words.iter().any(|word| word == "--help" || word == "-h") {
        println!("{HELP}");
        return ExitCode::SUCCESS;
    }
    let outcome = Options::parse(&root(), words.into_iter()).and_then(|options| {
        match options.missing().filter(|_| !options.instructions) {
            Some(missing) => Err(missing),
            None => measure(&options).map_err(|error| error.to_string()),
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("perf: {message}");
            ExitCode::FAILURE
        }
    }
}
