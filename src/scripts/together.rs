//! `--parallel` and `--sequential`: several scripts with their names before their lines.
//!
//! A script, with `pre` and `post` around it, is a group. The first failure interrupts the rest
//! unless `--no-exit-on-error` says otherwise.

use std::{io::Write as _, ops::Range, os::unix::process::ExitStatusExt as _, path::Path};

use super::{
    exit,
    jobs::{self, Board, Ended, Job},
    package::Package,
    rename,
    surroundings::Surroundings,
    workspaces::{Filters, Workspace},
};
use crate::command::ScriptOptions;

const INKS: [&str; 6] = ["\x1b[36m", "\x1b[33m", "\x1b[35m", "\x1b[32m", "\x1b[34m", "\x1b[31m"];

#[derive(Default)]
struct Groups {
    jobs: Vec<Job>,
    labels: Vec<String>,
    groups: Vec<Range<usize>>,
    force_own_node: bool,
}

/// Runs scripts; the code to end with.
pub(crate) fn run(names: &[String], directory: &Path, options: &ScriptOptions) -> i32 {
    match prepare(names, directory, options) {
        Ok(groups) if groups.jobs.is_empty() => 0,
        Ok(mut groups) => {
            groups.chain(options.sequential);
            let width = groups.labels.iter().map(String::len).max().unwrap_or(0);
            let mut board = Foreman {
                labels: groups.labels,
                groups: groups.groups,
                width,
                has_colors: exit::has_colors(),
                goes_on: options.no_exit_on_error,
            };
            jobs::run(&groups.jobs, &mut board).unwrap_or_else(|error| {
                eprintln!("error: Failed to start process: {error}");
                1
            })
        }
        Err(message) => {
            eprintln!("error: {message}");
            1
        }
    }
}

fn prepare(names: &[String], directory: &Path, options: &ScriptOptions) -> Result<Groups, String> {
    if options.parallel && options.sequential {
        return Err("--parallel and --sequential cannot be used together".to_owned());
    }
    if names.is_empty() {
        return Err("--parallel/--sequential requires at least one script name".to_owned());
    }
    let mut groups = Groups { force_own_node: options.force_own_node, ..Groups::default() };
    if options.workspaces || !options.filters.is_empty() {
        groups.of_workspace(names, directory, options)?;
        return Ok(groups);
    }
    let package = Package::enclosing(directory)
        .unwrap_or(Package { directory: directory.to_path_buf(), ..Package::default() });
    for name in names {
        if !name.contains('*') {
            groups.add(name, name, &package, directory);
            continue;
        }
        if package.scripts.is_none() {
            let message = "without package.json scripts";
            return Err(format!("Cannot use glob pattern \"{name}\" {message}"));
        }
        let found = named(name, &package);
        if found.is_empty() {
            return Err(format!("No scripts match pattern \"{name}\""));
        }
        for script in found {
            groups.add(script, script, &package, directory);
        }
    }
    Ok(groups)
}

/// The scripts that a pattern names, sorted.
fn named<'a>(pattern: &str, package: &'a Package) -> Vec<&'a str> {
    let scripts = package.scripts.iter().flatten().map(|(name, _)| name.as_str());
    let mut found: Vec<&str> = scripts.filter(|name| star_matches(pattern, name)).collect();
    found.sort_unstable();
    found
}

/// Whether a name is the pattern, in which `*` stands for anything.
fn star_matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((head, rest)) => name.strip_prefix(head).is_some_and(|tail| {
            (0..=tail.len())
                .filter(|&at| tail.is_char_boundary(at))
                .any(|at| star_matches(rest, &tail[at..]))
        }),
    }
}

impl Groups {
    fn of_workspace(
        &mut self,
        names: &[String],
        directory: &Path,
        options: &ScriptOptions,
    ) -> Result<(), String> {
        let workspace = Workspace::find(directory);
        let every = ["*".to_owned()];
        let filters = if options.workspaces { &every[..] } else { &options.filters };
        let filters = Filters::new(filters, directory);
        let is_meant = |package: &&Package| {
            filters.matches(package)
                && package.scripts.is_some()
                && !(options.workspaces && package.directory == workspace.root)
        };
        let mut packages: Vec<&Package> = workspace.packages.iter().filter(is_meant).collect();
        packages.sort_by_key(|package| (workspace.label(package), package.directory.clone()));
        for package in packages {
            let label = workspace.label(package);
            for name in names {
                let found = if name.contains('*') { named(name, package) } else { vec![&**name] };
                for script in found {
                    if package.script(script).is_some() {
                        let label = format!("{label}:{script}");
                        self.add(&label, script, package, &package.directory);
                    } else if options.workspaces && !options.if_present {
                        return Err(format!("Missing \"{script}\" script in package \"{label}\""));
                    }
                }
            }
        }
        if !self.jobs.is_empty() || options.if_present {
            return Ok(());
        }
        Err(match options.workspaces {
            true => "No workspace packages have matching scripts".to_owned(),
            false => "No packages matched the filter".to_owned(),
        })
    }

    fn add(&mut self, label: &str, name: &str, package: &Package, directory: &Path) {
        let first = self.jobs.len();
        let surroundings = Surroundings::new(directory, Some(package), self.force_own_node);
        let mut commands = Vec::new();
        if package.script(name).is_some() {
            let steps = [format!("pre{name}"), name.to_owned(), format!("post{name}")];
            let scripts = steps.iter().filter_map(|step| package.script(step));
            commands.extend(scripts.map(rename::package_managers));
        } else if name.starts_with(['.', '/']) || super::has_runnable_extension(name) {
            let own = std::env::current_exe().unwrap_or_default();
            commands.push(format!("\"{}\" {name}", own.display()));
        } else {
            commands.push(name.to_owned());
        }
        for command in commands {
            self.labels.push(label.to_owned());
            self.jobs.push(Job {
                command,
                directory: directory.to_path_buf(),
                path: surroundings.path.clone(),
                variables: surroundings.variables.clone(),
                chained: Vec::new(),
                followers: Vec::new(),
            });
        }
        self.groups.push(first..self.jobs.len());
    }

    fn chain(&mut self, sequential: bool) {
        for group in &self.groups {
            for job in group.start + 1..group.end {
                self.jobs[job - 1].chained.push(job);
            }
        }
        if sequential {
            for pair in self.groups.windows(2) {
                self.jobs[pair[0].end - 1].followers.push(pair[1].start);
            }
        }
    }
}

struct Foreman {
    labels: Vec<String>,
    groups: Vec<Range<usize>>,
    width: usize,
    has_colors: bool,
    goes_on: bool,
}

impl Foreman {
    fn prefix(&self, job: usize) -> String {
        let (label, width) = (&self.labels[job], self.width);
        if !self.has_colors {
            return format!("{label:width$} | ");
        }
        let group = self.groups.iter().position(|group| group.contains(&job)).unwrap_or(0);
        format!("{}{label:width$}\x1b[0m | ", INKS[group % INKS.len()])
    }
}

impl Board for Foreman {
    fn line(&mut self, job: usize, is_error: bool, line: &[u8]) {
        let end: &[u8] = if line.ends_with(b"\n") { b"" } else { b"\n" };
        let text = [self.prefix(job).as_bytes(), line, end].concat();
        // A reader that has left is no failure.
        let _gone = if is_error {
            std::io::stderr().write_all(&text)
        } else {
            let mut output = std::io::stdout().lock();
            output.write_all(&text).and_then(|()| output.flush())
        };
    }

    fn ended(&mut self, job: usize, ended: &Ended) -> bool {
        let milliseconds = ended.took.as_secs_f64() * 1000.0;
        let how = match (ended.status.signal(), ended.status.code().unwrap_or(0)) {
            (Some(signal), _) => format!("Signaled: {}", exit::bare_name(signal)),
            (None, 0) if milliseconds > 1000.0 => {
                format!("Done in {:.2}s", milliseconds / 1000.0)
            }
            (None, 0) => format!("Done in {milliseconds:.0}ms"),
            (None, code) => format!("Exited with code {code}"),
        };
        eprintln!("{}{how}", self.prefix(job));
        !ended.status.success() && !self.goes_on
    }
}

#[cfg(test)]
mod tests {
    use super::star_matches;

    #[test]
    fn stars_stand_for_anything() {
        assert!(star_matches("build:*", "build:css"));
        assert!(star_matches("*:a:*", "x:a:y"));
        assert!(star_matches("**", ""));
        assert!(!star_matches("build:*", "rebuild:css"));
        assert!(!star_matches("a*b", "abc"));
    }
}
