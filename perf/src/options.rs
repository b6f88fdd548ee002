//! The command line of this program.

use std::{
    env,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// What the command prints for `--help`.
pub(crate) const HELP: &str =
    "Compares dx with Bun, Node and baseline servers; writes PERFORMANCE.md

usage: dx-perf [options]                 all sections but instructions
       dx-perf instructions [options]    instructions a request of the engine-free server

  --rounds N        interleaved rounds (5); the table shows medians
  --seconds S       time of each run, whole seconds (3)
  --quick           one round of one second, the usual shapes only
  --only A,B        sections: http, memory, start, programs
  --routes A,B      routes: hello, static, json, parameter, 64 KiB, POST echo
  --generator NAME  wrk, or dx for `dx loadtest`
  --dx PATH         the dx executable (target/release/dx)
  --bun PATH        the Bun executable (that of the tests)
  --engine-free PATH  the server for `instructions` (built when not given)
";

/// The sections in the order in which they are measured.
pub(crate) const SECTIONS: [&str; 4] = ["start", "memory", "programs", "http"];

/// What to measure, and with what.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// The project's folder.
    pub(crate) root: PathBuf,
    /// Whether instructions are counted instead of all else.
    pub(crate) instructions: bool,
    /// Interleaved rounds.
    pub(crate) rounds: usize,
    /// Seconds of a run.
    pub(crate) seconds: usize,
    /// Whether only the usual shapes are driven.
    pub(crate) quick: bool,
    /// Sections to measure.
    pub(crate) sections: Vec<String>,
    /// Routes to drive; all where empty.
    pub(crate) routes: Vec<String>,
    /// Whether `dx loadtest` drives instead of wrk.
    pub(crate) own_generator: bool,
    /// Executables.
    pub(crate) dx: String,
    /// The Bun executable.
    pub(crate) bun: String,
    /// The Node executable, where there is one.
    pub(crate) node: Option<String>,
    /// The engine-free server, where it was named.
    pub(crate) engine_free: Option<String>,
}

/// Where `name` lies on the search path.
pub(crate) fn found(name: &str) -> Option<String> {
    let folders = env::var_os("PATH")?;
    let mut paths = env::split_paths(&folders).map(|folder| folder.join(name));
    paths.find(|path| path.is_file()).map(|path| path.display().to_string())
}

impl Options {
    fn new(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
            instructions: false,
            rounds: 5,
            seconds: 3,
            quick: false,
            sections: SECTIONS.map(str::to_owned).to_vec(),
            routes: Vec::new(),
            own_generator: false,
            dx: Self::release(root),
            bun: root.join("tests/node_modules/.bin/bun").display().to_string(),
            node: found("node"),
            engine_free: None,
        }
    }

    /// The path of dx as it is built to be used.
    pub(crate) fn release(root: &Path) -> String {
        root.join("target/release/dx").display().to_string()
    }

    /// Reads the command line; an error says what is wrong with it.
    pub(crate) fn parse(
        root: &Path,
        mut words: impl Iterator<Item = String>,
    ) -> Result<Self, String> {
        let mut options = Self::new(root);
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value"));
            match word.as_str() {
                "instructions" => options.instructions = true,
                "--quick" => (options.quick, options.rounds, options.seconds) = (true, 1, 1),
                "--rounds" => options.rounds = number(&value()?)?,
                "--seconds" => options.seconds = number(&value()?)?,
                "--only" => options.sections = list(&value()?),
                "--routes" => options.routes = list(&value()?),
                "--generator" => options.own_generator = value()? == "dx",
                "--dx" => options.dx = value()?,
                "--bun" => options.bun = value()?,
                "--engine-free" => options.engine_free = Some(value()?),
                _ => return Err(format!("unknown option {word}\n\n{HELP}")),
            }
        }
        match options.sections.iter().find(|name| !SECTIONS.contains(&name.as_str())) {
            Some(unknown) => Err(format!("no section {unknown}; there are {SECTIONS:?}")),
            None => Ok(options),
        }
    }

    /// The path of one of the compared programs.
    pub(crate) fn program(&self, name: &str) -> String {
        self.root.join("perf/programs").join(name).display().to_string()
    }

    /// What is missing to measure at all.
    pub(crate) fn missing(&self) -> Option<String> {
        let runs = |path: &str| {
            let mut command = Command::new(path);
            command.arg("--version").stdin(Stdio::null()).stdout(Stdio::null());
            command.stderr(Stdio::null()).status().is_ok()
        };
        [self.dx.as_str(), self.bun.as_str(), "taskset"]
            .into_iter()
            .find(|path| !runs(path))
            .map(|path| format!("{path} does not run"))
            .or_else(|| {
                let needed = !self.own_generator && self.sections.iter().any(|name| name == "http");
                (needed && found("wrk").is_none()).then(|| "wrk is missing".to_owned())
            })
    }
}

fn number(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|number| *number > 0).ok_or(format!("{text} is no count"))
}

fn list(text: &str) -> Vec<String> {
    text.split(',').map(|part| part.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::Options;

    fn parse(line: &str) -> Result<Options, String> {
        Options::parse(Path::new("/project"), line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_are_read() {
        let options = parse("--rounds 2 --seconds 1 --only http,memory --dx a").expect("valid");
        assert_eq!((options.rounds, options.seconds, options.dx.as_str()), (2, 1, "a"));
        assert_eq!(options.sections, ["http", "memory"]);
        assert!(parse("instructions").expect("valid").instructions);
    }

    #[test]
    fn wrong_options_are_refused() {
        assert!(parse("--rounds 0").is_err());
        assert!(parse("--rounds").is_err());
        assert!(parse("--fast").is_err());
        assert!(parse("--only speed").is_err());
    }
}
