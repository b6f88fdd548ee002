//! What bunfig.toml says of running a program. The command line wins; a file that is not there is
//! no error unless it was named.

use toml::{Table, Value};

use crate::command::RunOptions;
use dx_proc::EnvironmentFiles;

/// Fills what the options leave open.
///
/// # Errors
/// A message for the user.
pub(crate) fn fill(options: &mut RunOptions) -> Result<(), String> {
    let named = options.config.clone();
    let path = named.as_deref().unwrap_or("bunfig.toml");
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(_) if named.is_none() => return Ok(()),
        Err(error) => return Err(format!("could not read {path}: {error}")),
    };
    let table: Table = text.parse().map_err(|error| format!("{path}: {error}"))?;
    take(&table, options);
    options.wishes.take_table(&table).map_err(|message| format!("{path}: {message}"))
}

fn take(table: &Table, options: &mut RunOptions) {
    let mut preload = match table.get("preload") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(list)) => {
            list.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    };
    preload.append(&mut options.preload);
    options.preload = preload;
    let reads_files = match table.get("env") {
        Some(Value::Boolean(reads)) => *reads,
        Some(Value::Table(section)) => section.get("file").and_then(Value::as_bool) != Some(false),
        _ => true,
    };
    if !reads_files && matches!(options.environment_files, EnvironmentFiles::Automatic) {
        options.environment_files = EnvironmentFiles::None;
    }
    let section = |name: &str| table.get(name).and_then(Value::as_table);
    let flag = |name: &str| {
        section("run").and_then(|run| run.get(name)).and_then(Value::as_bool).unwrap_or(false)
    };
    options.scripts.silent |= flag("silent");
    options.scripts.force_own_node |= flag("bun");
    options.no_orphans |= flag("noOrphans");
    let depth = section("console").and_then(|console| console.get("depth"));
    let depth = depth.and_then(Value::as_integer).and_then(|depth| u32::try_from(depth).ok());
    options.console_depth = options.console_depth.or(depth);
}

#[cfg(test)]
mod tests {
    use super::{EnvironmentFiles, RunOptions, take};

    #[test]
    fn the_command_line_wins() {
        let text = "preload = 'a'\nenv = false\n[run]\nsilent = true\n[console]\ndepth = 4";
        let table = text.parse().expect("good TOML");
        let mut options = RunOptions {
            preload: vec!["b".to_owned()],
            console_depth: Some(1),
            ..RunOptions::default()
        };
        take(&table, &mut options);
        assert_eq!(options.preload, ["a", "b"]);
        assert!(options.scripts.silent && options.console_depth == Some(1));
        assert!(matches!(options.environment_files, EnvironmentFiles::None));
    }
}
