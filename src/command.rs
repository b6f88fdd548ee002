//! What the command line asks for.
//!
//! Options of dx stand before the file; everything after it belongs to the program.

use std::str::FromStr;

use dx_compat_test::TestOptions;
use dx_kernel::{Threads, TopologyError, TopologyKind};
use dx_proc::EnvironmentFiles;

/// The text of `dx --help`.
pub(crate) const HELP: &str = "\
dx: a Bun-compatible JavaScript and TypeScript server runtime

Usage: dx [options] <file> [arguments]
       dx run [options] <file> [arguments]
       dx [options] -e <code> | -p <code> [arguments]
       dx test [options] [patterns]
       dx loadtest [options] <url>

Options:
  --threads N|auto        threads to use (default 1)
  --topology KIND         inline, split (one script thread, the others do I/O) or
                          replicated (the program runs once on every thread)
  --graceful              on SIGTERM, answer what was received before ending
  --verbose               say which I/O driver is used, and why
  --config=FILE           bunfig.toml to read (accepted)
  -e, --eval CODE         run CODE instead of a file; a file named - is standard input
  -p, --print CODE        the same, and print the value of its last expression
  --version, --help

Environment:
  DX_DRIVER=uring|epoll|sim    force an I/O driver";

/// One command.
#[derive(Debug)]
pub(crate) enum Command {
    /// Run a program.
    Run(RunOptions),
    /// Run tests.
    Test(Box<TestOptions>),
    /// Generate load.
    LoadTest(Vec<String>),
    /// Print the version.
    Version,
    /// Print the help text.
    Help,
}

/// What a program is.
#[derive(Clone, Debug)]
pub(crate) enum Entry {
    /// A file, as given.
    File(String),
    /// Code of the command line or of standard input.
    Code { text: String, prints: bool },
    /// Test files.
    Tests(Box<TestOptions>),
}

impl Default for Entry {
    fn default() -> Self {
        Self::File(String::new())
    }
}

/// How to run a program.
#[derive(Debug, Default)]
pub(crate) struct RunOptions {
    pub(crate) entry: Entry,
    /// What follows it.
    pub(crate) arguments: Vec<String>,
    /// Options before it, for `process.execArgv`.
    pub(crate) own_arguments: Vec<String>,
    pub(crate) threads: Option<Threads>,
    pub(crate) topology: Option<TopologyKind>,
    /// Modules imported before the program.
    pub(crate) preload: Vec<String>,
    /// Another working directory.
    pub(crate) directory: Option<String>,
    pub(crate) graceful: bool,
    pub(crate) verbose: bool,
    /// Where the environment is added to from.
    pub(crate) environment_files: EnvironmentFiles,
}

fn topology_part<T: FromStr<Err = TopologyError>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: TopologyError| error.to_string())
}

fn environment_file(options: &mut RunOptions, file: String) {
    match &mut options.environment_files {
        EnvironmentFiles::Given(files) => files.push(file),
        other => *other = EnvironmentFiles::Given(vec![file]),
    }
}

/// Flags of Bun and Node that take a value and change nothing in dx.
const ACCEPTED_WITH_VALUE: [&str; 12] = [
    "--conditions",
    "--define",
    "--dns-result-order",
    "--extension-order",
    "--install",
    "--jsx-runtime",
    "--loader",
    "--main-fields",
    "--max-http-header-size",
    "--port",
    "--title",
    "--tsconfig-override",
];

/// What `--unhandled-rejections` may say. The program reads it from `process.execArgv`.
const REJECTION_MODES: [&str; 5] = ["strict", "throw", "warn", "none", "warn-with-error-code"];

fn rejection_mode(given: &str) -> Result<(), String> {
    if REJECTION_MODES.contains(&given) {
        return Ok(());
    }
    let modes = REJECTION_MODES.map(|mode| format!("\"{mode}\"")).join(", ");
    Err(format!("Invalid value for --unhandled-rejections: \"{given}\". Must be one of {modes}"))
}

/// Reads the arguments after the program's name.
///
/// # Errors
/// A message for the user.
pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Command, String> {
    let mut arguments = arguments.peekable();
    match arguments.peek().map(String::as_str) {
        Some("loadtest") => return Ok(Command::LoadTest(arguments.skip(1).collect())),
        Some("test") => {
            let options = dx_compat_test::parse(arguments.skip(1))?;
            return Ok(Command::Test(Box::new(options)));
        }
        Some("run") => {
            arguments.next();
        }
        _ => {}
    }
    let mut options = RunOptions::default();
    while let Some(argument) = arguments.next() {
        let (name, value) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument.clone(), None),
        };
        let mut taken = None;
        let mut value = |what: &str| {
            let given = value
                .clone()
                .or_else(|| arguments.next().inspect(|next| taken = Some(next.clone())));
            given.ok_or_else(|| format!("{what} needs a value"))
        };
        match name.as_str() {
            "--version" | "-v" => return Ok(Command::Version),
            "--help" | "-h" => return Ok(Command::Help),
            "--threads" => options.threads = Some(topology_part(&value("--threads")?)?),
            "--topology" => options.topology = Some(topology_part(&value("--topology")?)?),
            "--config" | "-c" => drop(value("--config")?),
            "-r" | "--preload" | "--require" | "--import" => {
                options.preload.push(value("--preload")?);
            }
            "--cwd" => options.directory = Some(value("--cwd")?),
            "--env-file" => environment_file(&mut options, value("--env-file")?),
            "--no-env-file" => options.environment_files = EnvironmentFiles::None,
            "--unhandled-rejections" => rejection_mode(&value("--unhandled-rejections")?)?,
            name if ACCEPTED_WITH_VALUE.contains(&name) => drop(value(name)?),
            "--graceful" => options.graceful = true,
            "--verbose" => options.verbose = true,
            "-e" | "--eval" | "-p" | "--print" | "-pe" => {
                let prints = name != "-e" && name != "--eval";
                let text = value(&name)?;
                options.own_arguments.extend([argument, text.clone()]);
                options.entry = Entry::Code { text, prints };
                options.arguments = arguments.collect();
                return Ok(Command::Run(options));
            }
            // Bun reads what has no value of its own as a flag of the runtime.
            "test" => {
                let rest = options.own_arguments.into_iter().chain(arguments);
                return Ok(Command::Test(Box::new(dx_compat_test::parse(rest)?)));
            }
            // Bun's and Node's engines have options that mean nothing here.
            flag if flag == "-b" || flag.starts_with("--") && flag.len() > 2 => {}
            flag if flag.starts_with('-') && flag != "-" => {
                return Err(format!("unknown option {flag}; see dx --help"));
            }
            _ => {
                options.entry = Entry::File(argument);
                options.arguments = arguments.collect();
                return Ok(Command::Run(options));
            }
        }
        options.own_arguments.extend([Some(argument), taken].into_iter().flatten());
    }
    Ok(Command::Help)
}

#[cfg(test)]
mod tests {
    use super::{Command, parse};

    fn words(text: &str) -> Result<Command, String> {
        parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn options_of_the_program_are_left_alone() {
        let Ok(Command::Run(options)) = words("run --verbose --config=x app.ts --threads 9") else {
            panic!("not a run");
        };
        assert!(matches!(&options.entry, super::Entry::File(file) if file == "app.ts"));
        assert!(options.verbose);
        assert_eq!(options.arguments, ["--threads", "9"]);
        assert!(options.threads.is_none());
    }

    #[test]
    fn mistakes_are_named() {
        assert!(words("--threads zero app.ts").unwrap_err().contains("--threads"));
        assert!(words("--topology ring app.ts").unwrap_err().contains("ring"));
        assert!(words("-z app.ts").unwrap_err().contains("-z"));
        assert!(words("--unhandled-rejections=bogus app.ts").unwrap_err().contains("\"bogus\""));
        assert!(words("--threads").unwrap_err().contains("value"));
    }
}
