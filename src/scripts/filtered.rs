//! `--filter`: one script in many packages, those they depend on first.
//!
//! Each line of output stands behind its package and script. Packages that depend on each other
//! in a circle run at the same time.

use std::{
    collections::HashMap, io::Write as _, os::unix::process::ExitStatusExt as _, path::Path,
};

use super::{
    exit,
    foreground::quoted,
    jobs::{self, Board, Ended, Job},
    package::Package,
    rename,
    surroundings::Surroundings,
    workspaces::{Filters, Workspace},
};
use crate::command::ScriptOptions;

struct Script<'a> {
    package: &'a Package,
    name: String,
    job: Job,
}

/// Runs `name` in every package that is meant; the code to end with.
pub(crate) fn run(
    name: &str,
    directory: &Path,
    arguments: &[String],
    options: &ScriptOptions,
) -> i32 {
    let workspace = Workspace::find(directory);
    let every = ["*".to_owned()];
    let filters = if options.workspaces { &every[..] } else { &options.filters };
    let filters = Filters::new(filters, directory);
    for _ in &workspace.unreadable {
        eprintln!("warn: Failed to read package.json\n");
    }
    let mut scripts = Vec::new();
    for package in workspace.packages.iter().filter(|package| filters.matches(package)) {
        if package.scripts.is_none() || options.workspaces && package.directory == workspace.root {
            continue;
        }
        if options.workspaces && !options.if_present && package.script(name).is_none() {
            let path = package.directory.display();
            eprintln!("error: Missing '{name}' script at '{path}'");
            return 1;
        }
        add(name, package, arguments, options, &mut scripts);
    }
    if scripts.is_empty() {
        if options.if_present {
            return 0;
        }
        if options.workspaces {
            eprintln!("error: No workspace packages have script \"{name}\"");
        } else {
            eprintln!("error: No packages matched the filter");
        }
        return 1;
    }
    order(&mut scripts);
    let labels = scripts.iter().map(|it| format!("{} {}", it.package.name, it.name)).collect();
    let jobs: Vec<Job> = scripts.into_iter().map(|script| script.job).collect();
    jobs::run(&jobs, &mut Lines { labels }).unwrap_or_else(|error| {
        eprintln!("error: Failed to start process: {error}");
        1
    })
}

fn add<'a>(
    name: &str,
    package: &'a Package,
    arguments: &[String],
    options: &ScriptOptions,
    scripts: &mut Vec<Script<'a>>,
) {
    for step in [format!("pre{name}"), name.to_owned(), format!("post{name}")] {
        let Some(script) = package.script(&step) else { continue };
        let surroundings =
            Surroundings::new(&package.directory, Some(package), options.force_own_node);
        let mut command = rename::package_managers(script);
        for argument in arguments {
            command.push(' ');
            command.push_str(&quoted(argument));
        }
        let job = Job {
            command,
            directory: package.directory.clone(),
            path: surroundings.path,
            variables: surroundings.variables,
            chained: Vec::new(),
            followers: Vec::new(),
        };
        scripts.push(Script { package, name: step, job });
    }
}

/// Says what waits for what.
fn order(scripts: &mut [Script<'_>]) {
    let mut places: HashMap<&str, Vec<usize>> = HashMap::new();
    for (place, script) in scripts.iter().enumerate() {
        places.entry(&script.package.name).or_default().push(place);
    }
    let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); scripts.len()];
    for (place, script) in scripts.iter().enumerate() {
        for needed in script.package.dependencies.iter().filter_map(|it| places.get(it.as_str())) {
            for &needed in needed {
                waiting[needed].push(place);
            }
        }
    }
    if has_circle(&waiting) {
        waiting.iter_mut().for_each(Vec::clear);
    }
    for place in 1..scripts.len() {
        if scripts[place - 1].package.directory == scripts[place].package.directory {
            waiting[place - 1].push(place);
        }
    }
    for (script, waiting) in scripts.iter_mut().zip(waiting) {
        script.job.followers = waiting;
    }
}

fn has_circle(waiting: &[Vec<usize>]) -> bool {
    // What nothing waits for is taken away until nothing is left, or nothing can be.
    let mut left: Vec<bool> = vec![true; waiting.len()];
    loop {
        let free = (0..waiting.len())
            .find(|&place| left[place] && waiting[place].iter().all(|&next| !left[next]));
        match free {
            Some(place) => left[place] = false,
            None => return left.contains(&true),
        }
    }
}

/// Output with the package's and the script's name before each line.
struct Lines {
    labels: Vec<String>,
}

fn print(text: &[u8]) {
    let mut output = std::io::stdout().lock();
    // A reader that has left is no failure.
    let _gone = output.write_all(text).and_then(|()| output.flush());
}

impl Board for Lines {
    fn line(&mut self, job: usize, _is_error: bool, line: &[u8]) {
        let end: &[u8] = if line.ends_with(b"\n") { b"" } else { b"\n" };
        print(&[self.labels[job].as_bytes(), b": ", line, end].concat());
    }

    fn ended(&mut self, job: usize, ended: &Ended) -> bool {
        let label = &self.labels[job];
        let text = match ended.status.signal() {
            Some(signal) => {
                format!("{label}: Signaled with code {}\n", exit::bare_name(signal))
            }
            None => {
                format!("{label}: Exited with code {}\n", jobs::code_of(ended.status))
            }
        };
        print(text.as_bytes());
        false
    }
}

#[cfg(test)]
mod tests {
    use super::has_circle;

    #[test]
    fn circles_are_found() {
        assert!(!has_circle(&[vec![1, 2], vec![2], vec![]]));
        assert!(has_circle(&[vec![1], vec![2], vec![0], vec![]]));
        assert!(has_circle(&[vec![0]]));
    }
}
