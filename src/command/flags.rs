//! Reads the words of the command line.

use std::{collections::VecDeque, str::FromStr};

use dx_kernel::TopologyError;
use dx_proc::EnvironmentFiles;

use super::{Command, Entry, Reload, RunOptions};

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
const ACCEPTED_WITH_VALUE: [&str; 5] =
    ["--elide-lines", "--extension-order", "--install", "--main-fields", "--shell"];

/// Flags whose values programs read from `process.execArgv`.
const READ_LATER: [&str; 4] =
    ["--dns-result-order", "--max-http-header-size", "--port", "--user-agent"];

/// Refuses a value of [`READ_LATER`] that is none.
fn check_later(name: &str, value: &str) -> Result<(), String> {
    match name {
        "--dns-result-order" if !["verbatim", "ipv4first", "ipv6first"].contains(&value) => {
            Err("Invalid DNS result order.".to_owned())
        }
        "--max-http-header-size" if value.parse::<u64>().is_err() => Err(format!(
            "Invalid value for --max-http-header-size: \"{value}\". Must be a positive integer"
        )),
        "--port" if value.parse::<u16>().is_err() => Err(format!(
            "The value of \"--port\" is out of range. It must be >= 0 and <= 65535. Received \
             {value}"
        )),
        _ => Ok(()),
    }
}

/// What `--unhandled-rejections` may say. The program reads it from `process.execArgv`.
const REJECTION_MODES: [&str; 5] = ["strict", "throw", "warn", "none", "warn-with-error-code"];

fn rejection_mode(given: &str) -> Result<(), String> {
    if REJECTION_MODES.contains(&given) {
        return Ok(());
    }
    let modes = REJECTION_MODES.map(|mode| format!("\"{mode}\"")).join(", ");
    Err(format!("Invalid value for --unhandled-rejections: \"{given}\". Must be one of {modes}"))
}

/// Reads the arguments after the program's name, `called` being that name.
///
/// # Errors
/// A message for the user.
pub(crate) fn parse(
    called: &str,
    arguments: impl Iterator<Item = String>,
) -> Result<Command, String> {
    let more = split_words(&std::env::var("BUN_OPTIONS").unwrap_or_default());
    let arguments = more.into_iter().chain(arguments).collect::<VecDeque<_>>();
    let mut options = RunOptions::default();
    options.scripts.as_node = called.rsplit('/').next() == Some("node");
    if !options.scripts.as_node {
        match arguments.front().map(String::as_str) {
            Some("loadtest") => {
                return Ok(Command::LoadTest(arguments.into_iter().skip(1).collect()));
            }
            Some("test") => return tests(Vec::new(), arguments.into_iter().skip(1)),
            Some("exec") => return Ok(exec(arguments.into_iter().skip(1), options)),
            _ => {}
        }
    }
    Words { options, rest: arguments, taken: None, bound: None }.read()
}

/// A run of tests, with the flags that stood before `test`.
fn tests(flags: Vec<String>, words: impl Iterator<Item = String>) -> Result<Command, String> {
    let words: Vec<_> = words.collect();
    let own = words.iter().take_while(|word| *word != "--");
    if own.into_iter().any(|word| word == "--help" || word == "-h") {
        return Ok(Command::TestHelp);
    }
    let mut options = dx_compat_test::parse(flags.iter().cloned().chain(words))?;
    options.runtime_flags = flags;
    Ok(Command::Test(Box::new(options)))
}

fn exec(mut words: impl Iterator<Item = String>, mut options: RunOptions) -> Command {
    let Some(script) = words.find(|word| word != "--silent") else { return Command::ExecHelp };
    if script == "--help" || script == "-h" {
        return Command::ExecHelp;
    }
    options.entry = Entry::Shell(script);
    options.arguments = words.collect();
    Command::Run(Box::new(options))
}

/// The words of a variable, as a shell would split them.
fn split_words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' if quote != Some('\'') => {
                word.get_or_insert_default().extend(characters.next());
            }
            '"' | '\'' if quote.is_none() => {
                quote = Some(character);
                // Quotes around a whole word are the variable's, others the word's own.
                match &mut word {
                    Some(begun) => begun.push(character),
                    None => word = Some(String::new()),
                }
            }
            _ if quote == Some(character) => {
                quote = None;
                if let Some(begun) = word.as_mut().filter(|it| it.contains(character)) {
                    begun.push(character);
                }
            }
            _ if character.is_whitespace() && quote.is_none() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

/// What is left to read.
struct Words {
    options: RunOptions,
    rest: VecDeque<String>,
    /// The word taken as a flag's value.
    taken: Option<String>,
    /// The flag that bounds the versions of TLS so that another could leave none.
    bound: Option<String>,
}

impl Words {
    fn read(mut self) -> Result<Command, String> {
        while let Some(argument) = self.rest.pop_front() {
            let (name, given) = match argument.split_once('=') {
                Some((name, value)) if name.starts_with('-') => {
                    (name.to_owned(), Some(value.to_owned()))
                }
                _ => (argument.clone(), None),
            };
            match name.as_str() {
                "--version" | "-v" | "--revision" => return Ok(Command::Version),
                "--help" | "-h" => return Ok(Command::Help),
                "-e" | "--eval" | "-p" | "--print" | "-pe" => {
                    let text = self.value(&name, given)?;
                    let prints = name != "-e" && name != "--eval";
                    self.options.own_arguments.extend([argument, text.clone()]);
                    return Ok(self.end(Entry::Code { text, prints, is_input: false }));
                }
                // Bun reads what has no value of its own as a flag of the runtime.
                "test" if !self.options.scripts.is_run && !self.options.scripts.as_node => {
                    return tests(self.options.own_arguments, self.rest.into_iter());
                }
                "run" if !self.options.scripts.is_run && !self.options.scripts.as_node => {
                    self.options.scripts.is_run = true;
                    continue;
                }
                "node" if self.options.scripts.force_own_node => {
                    self.options.scripts.as_node = true;
                    continue;
                }
                _ => {}
            }
            self.taken = None;
            let is_known = self.set_modules(&name, &given)?
                || self.set_run(&name, &given)?
                || self.set_network(&name, &given)?
                || self.set_scripts(&name, &given)?;
            if is_known {
                let words = [Some(argument), self.taken.take()];
                self.options.own_arguments.extend(words.into_iter().flatten());
                continue;
            }
            if argument.starts_with('-') && argument != "-" {
                return Err(format!("unknown option {argument}; see dx --help"));
            }
            return Ok(self.end(Entry::File(argument)));
        }
        let scripts = &self.options.scripts;
        if scripts.as_node {
            return Err("Missing script to execute.".to_owned());
        }
        if scripts.parallel || scripts.sequential {
            return Ok(self.end(Entry::File(String::new())));
        }
        Ok(Command::Help)
    }

    fn end(mut self, entry: Entry) -> Command {
        if matches!(entry, Entry::Code { .. }) && self.rest.front().is_some_and(|it| it == "--") {
            self.rest.pop_front();
        }
        self.options.entry = entry;
        self.options.arguments = self.rest.into();
        Command::Run(Box::new(self.options))
    }

    fn value(&mut self, name: &str, given: Option<String>) -> Result<String, String> {
        if let Some(given) = given {
            return Ok(given);
        }
        self.taken = self.rest.pop_front();
        self.taken.clone().ok_or_else(|| format!("{name} needs a value"))
    }

    /// Flags of how modules are found and read.
    fn set_modules(&mut self, name: &str, given: &Option<String>) -> Result<bool, String> {
        let mut wishes = std::mem::take(&mut self.options.wishes);
        let is_known = wishes.take_flag(name, || self.value(name, given.clone()))?;
        self.options.wishes = wishes;
        Ok(is_known)
    }

    /// Flags that programs read from `process.execArgv` when they first need them.
    fn set_network(&mut self, name: &str, given: &Option<String>) -> Result<bool, String> {
        let is_one = READ_LATER.contains(&name);
        if is_one {
            check_later(name, &self.value(name, given.clone())?)?;
        }
        Ok(is_one)
    }

    /// Flags of the program and its process.
    fn set_run(&mut self, name: &str, given: &Option<String>) -> Result<bool, String> {
        let given = given.clone();
        match name {
            "--threads" => {
                self.options.threads = Some(topology_part(&self.value(name, given)?)?);
            }
            "--topology" => {
                self.options.topology = Some(topology_part(&self.value(name, given)?)?);
            }
            "--config" | "-c" => self.options.config = Some(self.value(name, given)?),
            "--console-depth" => {
                let text = self.value(name, given)?;
                let depth = text.parse().map_err(|_| {
                    format!("Invalid value for {name}: \"{text}\". Must be a positive integer")
                })?;
                self.options.console_depth = Some(depth);
            }
            "-r" | "--preload" | "--require" | "--import" => {
                let module = self.value(name, given)?;
                self.options.preload.push(module);
            }
            "--fetch-preconnect" => {
                let url = self.value(name, given)?;
                check_preconnect(&url)?;
                self.options.preconnect.push(url);
            }
            "--experimental-http2-fetch" => self.options.offers_http2 = true,
            "--cwd" => self.options.directory = Some(self.value(name, given)?),
            "--env-file" => {
                for file in self.value(name, given)?.split(',') {
                    environment_file(&mut self.options, file.to_owned());
                }
            }
            "--no-env-file" => self.options.environment_files = EnvironmentFiles::None,
            "--watch" => self.options.reload = Some(Reload::Process),
            "--hot" => self.options.reload = Some(Reload::Modules),
            "--no-clear-screen" => self.options.keeps_screen = true,
            "--watch-kill-signal" => drop(self.value(name, given)?),
            "--no-orphans" => self.options.no_orphans = true,
            "--graceful" => self.options.graceful = true,
            "--verbose" => self.options.verbose = true,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Flags of scripts, and those that mean nothing here.
    fn set_scripts(&mut self, name: &str, given: &Option<String>) -> Result<bool, String> {
        let given = given.clone();
        let scripts = &mut self.options.scripts;
        match name {
            "--silent" => scripts.silent = true,
            "--if-present" => scripts.if_present = true,
            "-b" | "--bun" => scripts.force_own_node = true,
            "--parallel" => scripts.parallel = true,
            "--sequential" => scripts.sequential = true,
            "--no-exit-on-error" => scripts.no_exit_on_error = true,
            "--workspaces" => scripts.workspaces = true,
            "-F" | "--filter" => {
                let filter = self.value(name, given)?;
                self.options.scripts.filters.push(filter);
            }
            "--title" => drop(self.value(name, given)?),
            "--tls-min-v1.3" | "--tls-max-v1.2" => self.bound_versions(name)?,
            "--unhandled-rejections" => rejection_mode(&self.value(name, given)?)?,
            _ if ACCEPTED_WITH_VALUE.contains(&name) => drop(self.value(name, given)?),
            // Bun's and Node's engines have options that mean nothing here.
            _ => return Ok(name.starts_with("--") && name.len() > 2),
        }
        Ok(true)
    }

    /// Takes a bound of TLS's versions, which programs read from `process.execArgv`.
    fn bound_versions(&mut self, name: &str) -> Result<(), String> {
        match self.bound.replace(name.to_owned()) {
            Some(other) if other != name => Err("--tls-min-v1.3 sets default TLS minimum to \
                 TLSv1.3 and is not compatible with --tls-max-v1.2, which sets default TLS maximum \
                 to TLSv1.2; use one or the other, not both"
                .to_owned()),
            _ => Ok(()),
        }
    }
}

/// Refuses what is no URL of a server with its port.
fn check_preconnect(url: &str) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("preconnect URL must {what}: \"{url}\""));
    let is_spoken = |scheme: &str| ["http", "https"].contains(&&*scheme.to_ascii_lowercase());
    let Some((_, rest)) = url.split_once("://").filter(|(scheme, _)| is_spoken(scheme)) else {
        return wrong("be HTTP or HTTPS");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    match host.rsplit_once(':') {
        Some(("", _)) => wrong("have a hostname"),
        Some((_, port)) if port.parse::<u16>().is_ok_and(|port| port > 0) => Ok(()),
        _ => wrong("have a valid port"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, check_preconnect, parse, split_words};

    fn words(text: &str) -> Result<Command, String> {
        parse("dx", text.split_whitespace().map(str::to_owned))
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
    fn run_may_stand_behind_flags() {
        let Ok(Command::Run(options)) = words("--silent run -F a --filter=b build x") else {
            panic!("not a run");
        };
        assert!(options.scripts.silent && options.scripts.is_run);
        assert_eq!(options.scripts.filters, ["a", "b"]);
        assert_eq!(options.arguments, ["x"]);
        assert!(matches!(words("--bun test x"), Ok(Command::Test(_))));
    }

    #[test]
    fn servers_to_connect_to_have_a_host_and_a_port() {
        let cases = [
            ("http://a:80/x?y=1", None),
            ("HTTPS://u:p@[::1]:443", None),
            ("abc", Some("HTTP or HTTPS")),
            ("ftp://a:5", Some("HTTP or HTTPS")),
            ("http://:80", Some("hostname")),
            ("http://a", Some("port")),
            ("http://a:0", Some("port")),
            ("http://a:99999", Some("port")),
        ];
        for (url, wrong) in cases {
            let found = check_preconnect(url).err();
            assert_eq!(found.is_some(), wrong.is_some(), "{url}");
            assert!(found.is_none_or(|text| text.contains(wrong.unwrap_or_default())), "{url}");
        }
    }

    #[test]
    fn words_of_a_variable_may_be_quoted() {
        let words = split_words("--a  'b c' d\\ e \"f'g\" '' --p='x y'");
        assert_eq!(words, ["--a", "b c", "d e", "f'g", "", "--p='x y'"]);
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
