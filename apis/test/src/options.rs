//! The command line of `dx test`.
//!
//! Flags may stand before and after the patterns; what follows `--` are patterns too. Flags of
//! the runtime that change nothing here are accepted. Unknown ones are refused by name.

use dx_modules::Wishes;

/// A share of the test files: the first of three is `1/3`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ShardOfFiles {
    /// Which share, from 1.
    pub index: u32,
    /// How many there are.
    pub count: u32,
}

/// What `dx test` was asked for. Where both the command line and bunfig.toml speak, the command
/// line wins; `None` and `false` leave the word to bunfig.toml.
#[derive(Clone, Debug, Default)]
#[allow(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub struct TestOptions {
    /// Filters of file names, or paths where one of them starts with `./`, `../` or `/`.
    pub patterns: Vec<String>,
    /// Default timeout of a test in milliseconds.
    pub timeout_ms: Option<f64>,
    /// Modules loaded before the first file.
    pub preload: Vec<String>,
    /// Ends after so many failures; 0 never.
    pub bail: u32,
    /// Only tests whose full name matches this regular expression.
    pub name_pattern: Option<String>,
    /// Runs each file so many times.
    pub rerun_each: u32,
    /// Retries of a failing test that says nothing itself.
    pub retry: Option<u32>,
    /// Runs tests marked `todo`.
    pub todo: bool,
    /// Runs only tests marked `only`.
    pub only: bool,
    /// No test files is no failure.
    pub pass_with_no_tests: bool,
    /// Rewrites snapshots that differ.
    pub update_snapshots: bool,
    /// Tests are concurrent unless they say otherwise.
    pub concurrent: bool,
    /// Concurrent tests at the same time.
    pub max_concurrency: Option<u32>,
    /// Files and tests in random order.
    pub randomize: bool,
    /// Seed of that order.
    pub seed: Option<u32>,
    /// Measures coverage.
    pub coverage: bool,
    /// `text`, `lcov`.
    pub coverage_reporters: Vec<String>,
    /// Folder of `lcov.info`.
    pub coverage_directory: Option<String>,
    /// `junit` or `dots`.
    pub reporter: Option<String>,
    /// Where `junit` writes.
    pub reporter_outfile: Option<String>,
    /// Says only what failed.
    pub only_failures: bool,
    /// Globs of files to leave out.
    pub path_ignore_patterns: Vec<String>,
    /// Every file in a process of its own.
    pub isolate: bool,
    /// Worker processes; 0 for none.
    pub parallel: u32,
    /// The share of the files to run.
    pub shard: Option<ShardOfFiles>,
    /// Only files that a change since this commit reaches; empty for what is not committed.
    pub changed: Option<String>,
    /// Files that say how long test files take.
    pub timings: Vec<String>,
    /// Writes the first of them anew.
    pub update_timings: bool,
    /// The configuration file, where named.
    pub config: Option<String>,
    /// Dies with its parent, and takes its descendants along.
    pub no_orphans: bool,
    /// How modules are found and read.
    pub wishes: Wishes,
    /// Starts anew when a loaded file changes.
    pub watch: bool,
    /// The terminal keeps what it shows then.
    pub keeps_screen: bool,
    /// Another working directory.
    pub directory: Option<String>,
    /// What stood before `test`: flags that `process.execArgv` shows.
    pub runtime_flags: Vec<String>,
}

/// Reads the arguments after `test`.
///
/// # Errors
/// A message for the user.
pub fn parse(arguments: impl Iterator<Item = String>) -> Result<TestOptions, String> {
    let mut options = TestOptions::default();
    let mut arguments = arguments.peekable();
    while let Some(argument) = arguments.next() {
        if argument == "--" {
            options.patterns.extend(arguments);
            break;
        }
        if !argument.starts_with('-') || argument == "-" {
            options.patterns.push(argument);
            continue;
        }
        let (name, given) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument.clone(), None),
        };
        let mut flag = Flag { name: &name, given, rest: &mut arguments };
        let mut wishes = std::mem::take(&mut options.wishes);
        let is_known = wishes.take_flag(&name, || flag.value())?
            || options.set_run(&mut flag)?
            || options.set_report(&mut flag)?
            || accepted(&mut flag)?;
        options.wishes = wishes;
        // Long flags of other runtimes mean nothing here, as in Bun.
        if !is_known && !argument.starts_with("--") {
            return Err(format!("Invalid Argument '{argument}'"));
        }
    }
    if options.update_timings && options.timings.is_empty() {
        return Err("--update-timings requires --timings, e.g. \
            --timings=.bun-test-timings.json --update-timings"
            .to_owned());
    }
    if options.reporter.as_deref() == Some("junit") && options.reporter_outfile.is_none() {
        return Err("--reporter=junit requires --reporter-outfile [file] to specify where to \
            save the XML report"
            .to_owned());
    }
    if options.retry.is_some_and(|count| count > 0) && options.rerun_each > 0 {
        return Err("--retry cannot be used with --rerun-each".to_owned());
    }
    Ok(options)
}

type Rest<'a, I> = &'a mut std::iter::Peekable<I>;

struct Flag<'a, I: Iterator<Item = String>> {
    name: &'a str,
    given: Option<String>,
    rest: Rest<'a, I>,
}

impl<I: Iterator<Item = String>> Flag<'_, I> {
    fn value(&mut self) -> Result<String, String> {
        let value = self.given.take().or_else(|| self.rest.next());
        value.ok_or_else(|| {
            format!("The argument '{}' requires a value but none was supplied.", self.name)
        })
    }

    fn number(&mut self) -> Result<u32, String> {
        let (name, text) = (self.name, self.value()?);
        text.parse().map_err(|_| match name {
            "--seed" => format!("Invalid seed value: {text}"),
            "--max-concurrency" => format!("Invalid max-concurrency: \"{text}\""),
            "--parallel" => not_parallel(&text),
            _ => format!("{name} expects a number: InvalidCharacter"),
        })
    }

    /// A number that may be left out.
    fn optional_number(&mut self, absent: u32) -> Result<u32, String> {
        if self.given.is_some() { self.number() } else { Ok(absent) }
    }
}

impl TestOptions {
    /// Flags that choose what runs, and how.
    fn set_run<I: Iterator<Item = String>>(
        &mut self,
        flag: &mut Flag<'_, I>,
    ) -> Result<bool, String> {
        match flag.name {
            "--timeout" => {
                let text = flag.value()?;
                let timeout = text.parse::<f64>().ok().filter(|value| *value >= 0.0);
                self.timeout_ms = Some(timeout.ok_or(format!("Invalid timeout: \"{text}\""))?);
            }
            "--preload" | "-r" | "--require" | "--import" => self.preload.push(flag.value()?),
            "--bail" => {
                self.bail = flag.optional_number(1)?;
                if self.bail == 0 {
                    return Err("--bail expects a number greater than 0".to_owned());
                }
            }
            "-t" | "--test-name-pattern" => self.name_pattern = Some(flag.value()?),
            "--rerun-each" => self.rerun_each = flag.number()?,
            "--retry" => self.retry = Some(flag.number()?),
            "--todo" => self.todo = true,
            "--only" => self.only = true,
            "--pass-with-no-tests" => self.pass_with_no_tests = true,
            "-u" | "--update-snapshots" => self.update_snapshots = true,
            "--concurrent" => self.concurrent = true,
            "--max-concurrency" => self.max_concurrency = Some(flag.number()?),
            "--randomize" => self.randomize = true,
            "--seed" => {
                self.seed = Some(flag.number()?);
                self.randomize = true;
            }
            "--isolate" => self.isolate = true,
            "--parallel" => {
                self.parallel = flag.optional_number(processors())?;
                if self.parallel == 0 {
                    return Err(not_parallel("0"));
                }
                self.isolate = true;
            }
            "--shard" => self.shard = Some(shard(&flag.value()?)?),
            "--changed" => self.changed = Some(flag.given.take().unwrap_or_default()),
            "--timings" => self.timings.push(flag.value()?),
            "--update-timings" => self.update_timings = true,
            "--check" => {
                return Err("--check: dx has no type checker of its own; run the tests without \
                    it, and TypeScript's `tsc --noEmit` beside them"
                    .to_owned());
            }
            "--path-ignore-patterns" => self.path_ignore_patterns.push(flag.value()?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Flags that choose what is said, and where configuration lies.
    fn set_report<I: Iterator<Item = String>>(
        &mut self,
        flag: &mut Flag<'_, I>,
    ) -> Result<bool, String> {
        match flag.name {
            "--coverage" => self.coverage = true,
            "--coverage-reporter" => {
                self.coverage = true;
                let name = flag.value()?;
                if name != "text" && name != "lcov" {
                    return Err(format!(
                        "invalid coverage reporter '{name}'. Available options: 'text' (console \
                         output), 'lcov' (code coverage file)"
                    ));
                }
                self.coverage_reporters.push(name);
            }
            "--coverage-dir" => self.coverage_directory = Some(flag.value()?),
            "--reporter" => {
                let name = flag.value()?;
                if name != "junit" && name != "dots" {
                    return Err(format!(
                        "unsupported reporter format '{name}'. Available options: 'junit' (for \
                         XML test results), 'dots'"
                    ));
                }
                self.reporter = Some(name);
            }
            "--reporter-outfile" => self.reporter_outfile = Some(flag.value()?),
            "--dots" => self.reporter = Some("dots".to_owned()),
            "--no-orphans" => self.no_orphans = true,
            "--only-failures" => self.only_failures = true,
            "--watch" | "--hot" => self.watch = true,
            "--no-clear-screen" => self.keeps_screen = true,
            "--watch-kill-signal" => drop(flag.value()?),
            "--config" | "-c" => self.config = Some(flag.value()?),
            "--cwd" => self.directory = Some(flag.value()?),
            _ => return Ok(false),
        }
        Ok(true)
    }
}

/// Flags of the runtime that Bun takes here too and that change nothing in dx.
fn accepted<I: Iterator<Item = String>>(flag: &mut Flag<'_, I>) -> Result<bool, String> {
    match flag.name {
        "--smol"
        | "--bun"
        | "-b"
        | "--no-install"
        | "--silent"
        | "--no-isolate"
        | "--expose-gc"
        | "--if-present"
        | "--test-force-exit"
        | "--zero-fill-buffers"
        | "--no-addons"
        | "--no-deprecation" => {}
        "--parallel-delay"
        | "--env-file"
        | "--dns-result-order"
        | "--main-fields"
        | "--install"
        | "--unhandled-rejections"
        | "--max-http-header-size"
        | "--port" => {
            drop(flag.value()?);
        }
        _ => return Ok(false),
    }
    Ok(true)
}

fn not_parallel(text: &str) -> String {
    format!("--parallel expects a positive integer, received \"{text}\"")
}

fn processors() -> u32 {
    std::thread::available_parallelism().map_or(1, |count| count.get() as u32)
}

fn shard(text: &str) -> Result<ShardOfFiles, String> {
    let Some((index, count)) = text.split_once('/') else {
        return Err("--shard expects 'index/count', e.g. --shard=1/3".to_owned());
    };
    let number = |what: &str, text: &str| {
        text.parse::<u32>()
            .map_err(|_| format!("--shard {what} must be a positive integer, got \"{text}\""))
    };
    let shard = ShardOfFiles { index: number("index", index)?, count: number("count", count)? };
    if shard.count == 0 {
        return Err("--shard count must be greater than 0".to_owned());
    }
    if shard.index == 0 || shard.index > shard.count {
        let ShardOfFiles { index, count } = shard;
        return Err(format!("--shard index must be between 1 and {count}, got {index}"));
    }
    Ok(shard)
}

#[cfg(test)]
mod tests {
    use super::{ShardOfFiles, TestOptions, parse};

    fn words(text: &str) -> Result<TestOptions, String> {
        parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_may_stand_before_and_after_patterns() {
        let options = words("--timeout 30 ./a.test.ts -t name --bail b --bail=3 -- --only");
        let options = options.expect("good flags");
        assert_eq!(options.patterns, ["./a.test.ts", "b", "--only"]);
        assert_eq!((options.timeout_ms, options.bail), (Some(30.0), 3));
        assert_eq!(options.name_pattern.as_deref(), Some("name"));
        assert!(!options.only);
    }

    #[test]
    fn mistakes_are_named() {
        assert!(words("-Z").unwrap_err().contains("-Z"));
        assert!(words("--enable-source-maps --title=x a").is_ok_and(|it| it.patterns == ["a"]));
        assert!(words("--timeout x").unwrap_err().contains("timeout"));
        assert!(words("--shard=4/3").unwrap_err().contains("between 1 and 3"));
        assert!(words("--shard=/3").unwrap_err().contains("index must be a positive"));
        assert!(words("--bail=x").unwrap_err().contains("expects a number"));
        for text in ["--parallel=0", "--parallel=x"] {
            assert!(words(text).unwrap_err().contains("expects a positive integer, received"));
        }
        assert!(words("--seed=x").unwrap_err().contains("Invalid seed value: x"));
        assert!(words("--reporter=x").unwrap_err().contains("unsupported reporter format 'x'"));
        assert!(words("--reporter=junit").unwrap_err().contains("--reporter-outfile"));
        assert!(words("--reporter=junit --reporter-outfile=a.xml").is_ok());
        assert!(words("--check").unwrap_err().contains("type checker"));
        assert!(words("--retry 1 --rerun-each 2").unwrap_err().contains("cannot be used"));
        assert!(words("--rerun-each").unwrap_err().contains("--rerun-each"));
        let shard = words("--shard 2/3").map(|options| options.shard);
        assert_eq!(shard, Ok(Some(ShardOfFiles { index: 2, count: 3 })));
    }
}
