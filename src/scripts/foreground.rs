//! One script of package.json, with `pre` and `post` ones around it, or one program.

use std::{
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, ExitStatus},
};

use super::{
    exit::{self, signal_name},
    package::Package,
    rename,
    surroundings::{Surroundings, shell},
};
use crate::command::ScriptOptions;

/// Runs a script; the code to end with.
pub(crate) fn run_script(
    name: &str,
    package: &Package,
    directory: &Path,
    arguments: &[String],
    options: &ScriptOptions,
) -> i32 {
    let surroundings = Surroundings::new(directory, Some(package), options.force_own_node);
    let steps =
        [(format!("pre{name}"), false), (name.to_owned(), true), (format!("post{name}"), false)];
    for (step, takes_arguments) in steps {
        let Some(script) = package.script(&step) else { continue };
        let mut command = rename::package_managers(script);
        if takes_arguments {
            for argument in arguments {
                command.push(' ');
                command.push_str(&quoted(argument));
            }
        }
        if !options.silent {
            let [dim, ink, bold, end] = exit::inks(["\x1b[2m", "\x1b[35m", "\x1b[1m", "\x1b[0m"]);
            eprintln!("{end}{dim}{ink}${end} {dim}{bold}{command}{end}");
        }
        let status = Command::new(shell())
            .arg("-c")
            .arg(&command)
            .current_dir(&package.directory)
            .envs(surroundings.variables.iter().map(|(name, value)| (name, value)))
            .env("PATH", &surroundings.path)
            .env("npm_lifecycle_event", &step)
            .env("npm_lifecycle_script", script)
            .status();
        let code = match status {
            Ok(status) => script_ended(&step, status, options.silent),
            Err(error) => {
                eprintln!("error: Failed to run script {step} due to error: {error}");
                1
            }
        };
        if code != 0 {
            return code;
        }
    }
    0
}

/// Says how a script ended, where it failed; its code.
fn script_ended(name: &str, status: ExitStatus, silent: bool) -> i32 {
    if let Some(signal) = status.signal() {
        if signal != exit::SIGINT && !silent {
            let how = signal_name(signal);
            eprintln!("error: script \"{name}\" was terminated by signal {how}");
        }
        exit::end_by(signal);
    }
    let code = status.code().unwrap_or(1);
    if code != 0 && code != 2 && !silent {
        eprintln!("error: script \"{name}\" exited with code {code}");
    }
    code
}

/// Runs a program of node_modules/.bin or of the system; the code to end with.
pub(crate) fn run_program(
    program: &Path,
    name: &str,
    arguments: &[String],
    surroundings: &Surroundings,
    silent: bool,
) -> i32 {
    let status = Command::new(program)
        .args(arguments)
        .envs(surroundings.variables.iter().map(|(name, value)| (name, value)))
        .env("PATH", &surroundings.path)
        .status();
    let status = match status {
        Ok(status) => status,
        Err(error) => {
            eprintln!("error: Failed to run \"{name}\" due to {error}");
            return 1;
        }
    };
    if let Some(signal) = status.signal() {
        if signal != exit::SIGINT && !silent {
            eprintln!("error: Failed to run \"{name}\" due to signal {}", exit::bare_name(signal));
        }
        exit::end_by(signal);
    }
    let code = status.code().unwrap_or(1);
    if code != 0 && !silent {
        // What one thinks of as a script may be a program of the system.
        if code == 1 && name == "test" {
            eprintln!("error: \"{}\" exited with code {code}", program.display());
            eprintln!("note: a package.json script \"{name}\" was not found");
        } else if code == 130 {
            eprintln!("error: Failed to run \"{name}\" due to exit code {code}");
        } else {
            eprintln!("error: \"{name}\" exited with code {code}");
        }
    }
    code
}

/// An argument as a word of the shell.
pub(crate) fn quoted(argument: &str) -> String {
    const SPECIAL: &[u8] = b"~[]#;\n*{}`$=\\\"'|<>&()! \t?";
    if !argument.is_empty() && !argument.bytes().any(|byte| SPECIAL.contains(&byte)) {
        return argument.to_owned();
    }
    let mut out = String::from("\"");
    for character in argument.chars() {
        if matches!(character, '$' | '`' | '"' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_the_shell_would_read_is_quoted() {
        assert_eq!(quoted("plain-1.2/x"), "plain-1.2/x");
        assert_eq!(quoted("a b"), "\"a b\"");
        assert_eq!(quoted("$HOME`x`\"\\"), "\"\\$HOME\\`x\\`\\\"\\\\\"");
        assert_eq!(quoted(""), "\"\"");
    }
}
