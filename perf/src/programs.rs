//! Programs that run and end: an empty one for the time of a start, and the file and timer
//! programs, which print their figures as JSON. All on processor 0, in turns.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::{self, Stdio},
    time::Instant,
};

use crate::{
    options::{Options, found},
    process::pinned,
    record::{Record, Results, json_number},
};

/// The sections' names in the records.
pub(crate) const START: &str = "start";
/// The section of the file and timer programs.
pub(crate) const PROGRAMS: &str = "programs";
/// Starts of each contender in a round.
const STARTS: usize = 10;
/// Bytes of the large and of each small file.
const FILE_BYTES: (usize, usize) = (100_000_000, 4096);
/// Small files.
const SMALL_FILES: usize = 64;

/// The programs and the figures they print.
pub(crate) const FIGURES: [(&str, &str, bool); 6] = [
    ("files.ts", "text_megabytes_per_second", true),
    ("files.ts", "bytes_megabytes_per_second", true),
    ("files.ts", "small_reads_per_second", true),
    ("files.ts", "small_reads_64_at_once_per_second", true),
    ("timers.ts", "timers_fired_ms", false),
    ("timers.ts", "timers_cancelled_ms", false),
];

/// Measures how long an empty program takes, with a process that does nothing and one that only
/// creates an engine context (the engine's own shell, where found) to compare with.
pub(crate) fn run_starts(options: &Options, results: &mut Results) -> io::Result<()> {
    let empty = options.program("empty.ts");
    let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let mut contenders = vec![
        ("dx", own(&[&options.dx, &empty])),
        ("Bun", own(&[&options.bun, &empty])),
        ("bare process", own(&["true"])),
    ];
    if let Some(shell) = found("jsc") {
        contenders.push(("bare engine shell", own(&[&shell, &empty])));
    }
    if let Some(node) = &options.node {
        contenders.push(("Node", own(&[node, "--input-type=module", "-e", ""])));
    }
    for round in 0..options.rounds * STARTS {
        for (name, words) in &contenders {
            let start = Instant::now();
            let status = pinned("0", words).stdin(Stdio::null()).status()?;
            let milliseconds = start.elapsed().as_secs_f64() * 1e3;
            if !status.success() {
                return Err(io::Error::other(format!("{name} fails on an empty program")));
            }
            results.add(Record {
                section: START,
                contender: (*name).to_owned(),
                case: "empty program".to_owned(),
                round,
                values: vec![("ms".to_owned(), milliseconds)],
            })?;
        }
    }
    Ok(())
}

/// A folder of files to read; gone when dropped.
struct Files(PathBuf);

impl Files {
    fn create() -> io::Result<Self> {
        let folder = env::temp_dir().join(format!("dx-perf-{}", process::id()));
        fs::create_dir_all(&folder)?;
        let files = Self(folder);
        let line = b"The quick brown fox jumps over the lazy dog, again and again and again.\n";
        let mut text = line.repeat(FILE_BYTES.0 / line.len() + 1);
        text.truncate(FILE_BYTES.0);
        fs::write(files.0.join("large"), &text)?;
        for number in 0..SMALL_FILES {
            fs::write(files.0.join(format!("small-{number}")), &text[..FILE_BYTES.1])?;
        }
        Ok(files)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Files {
    fn drop(&mut self) {
        // What is left lies in the folder for temporary files.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Runs the file and timer programs.
pub(crate) fn run(options: &Options, results: &mut Results) -> io::Result<()> {
    let files = Files::create()?;
    let seconds = if options.quick { "0.3" } else { "1" };
    for round in 0..options.rounds {
        for program in ["files.ts", "timers.ts"] {
            for (name, path) in [("dx", &options.dx), ("Bun", &options.bun)] {
                let words = [path.clone(), options.program(program)];
                let mut command = pinned("0", &words);
                command.env("PERF_FOLDER", files.path()).env("SECONDS", seconds);
                let output = command.stdin(Stdio::null()).output()?;
                let text = String::from_utf8_lossy(&output.stdout);
                let values = FIGURES
                    .iter()
                    .filter_map(|(_, key, _)| Some(((*key).to_owned(), json_number(&text, key)?)))
                    .collect::<Vec<_>>();
                if values.is_empty() {
                    let errors = String::from_utf8_lossy(&output.stderr);
                    return Err(io::Error::other(format!("{name} {program}: {text}{errors}")));
                }
                eprintln!("round {round}  {name:4} {}", text.trim());
                results.add(Record {
                    section: PROGRAMS,
                    contender: name.to_owned(),
                    case: program.to_owned(),
                    round,
                    values,
                })?;
            }
        }
    }
    Ok(())
}
