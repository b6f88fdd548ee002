//! The `[test]` section of bunfig.toml, put under what the command line says.

use std::path::Path;

use crate::{checks, options::TestOptions};

/// What only bunfig.toml can say.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    /// The folder that is searched for tests, below the working directory.
    pub root: Option<String>,
    /// Globs of files whose tests are concurrent.
    pub concurrent_globs: Vec<String>,
    /// Test files count in the coverage report.
    pub coverage_with_tests: bool,
    /// Globs of files that coverage leaves out.
    pub coverage_ignore: Vec<String>,
    /// The fractions of lines, functions and statements that must be covered.
    pub coverage_threshold: Option<(f64, f64)>,
}

/// Reads the configuration that `options` names, or bunfig.toml in `directory`, and fills what
/// the options leave open. A file that is not there is no error unless it was named.
///
/// # Errors
/// A message for the user.
pub(crate) fn read(directory: &Path, options: &mut TestOptions) -> Result<Settings, String> {
    let named = options.config.clone();
    let path = directory.join(named.as_deref().unwrap_or("bunfig.toml"));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(_) if named.is_none() => String::new(),
        Err(error) => return Err(format!("error: could not read {}: {error}", path.display())),
    };
    let table: toml::Table =
        text.parse().map_err(|error| format!("error: {}: {error}", path.display()))?;
    let place = std::path::absolute(&path).unwrap_or_else(|_| path.clone());
    if let Some(mistake) = checks::mistake(&place.to_string_lossy(), &text) {
        return Err(mistake);
    }
    let top = list(table.get("preload"));
    let empty = toml::Table::new();
    let section = table.get("test").and_then(toml::Value::as_table).unwrap_or(&empty);
    let mut preload =
        if section.contains_key("preload") { list(section.get("preload")) } else { top };
    preload.append(&mut options.preload);
    options.preload = preload;
    Ok(fill(section, options))
}

fn fill(section: &toml::Table, options: &mut TestOptions) -> Settings {
    let flag = |name: &str| section.get(name).and_then(toml::Value::as_bool).unwrap_or(false);
    let figure = |name: &str| {
        let value = section.get(name).and_then(toml::Value::as_integer);
        value.and_then(|value| u32::try_from(value).ok())
    };
    let text = |name: &str| section.get(name).and_then(toml::Value::as_str).map(str::to_owned);
    options.timeout_ms = options.timeout_ms.or(figure("timeout").map(f64::from));
    options.retry = options.retry.or(figure("retry"));
    options.seed = options.seed.or(figure("seed"));
    options.max_concurrency = options.max_concurrency.or(figure("maxConcurrency"));
    options.randomize |= flag("randomize");
    options.only_failures |= flag("onlyFailures");
    options.coverage |= flag("coverage");
    options.isolate |= flag("isolate");
    if options.rerun_each == 0 {
        options.rerun_each = figure("rerunEach").unwrap_or(0);
    }
    if options.bail == 0 {
        options.bail = figure("bail").unwrap_or(0);
    }
    if options.path_ignore_patterns.is_empty() {
        options.path_ignore_patterns = list(section.get("pathIgnorePatterns"));
    }
    if options.coverage_reporters.is_empty() {
        options.coverage_reporters = list(section.get("coverageReporter"));
    }
    options.coverage_directory = options.coverage_directory.take().or(text("coverageDir"));
    reporters(section, options);
    Settings {
        root: text("root"),
        concurrent_globs: list(section.get("concurrentTestGlob")),
        coverage_with_tests: section.get("coverageSkipTestFiles").and_then(toml::Value::as_bool)
            == Some(false),
        coverage_ignore: list(section.get("coveragePathIgnorePatterns")),
        coverage_threshold: threshold(section.get("coverageThreshold")),
    }
}

fn reporters(section: &toml::Table, options: &mut TestOptions) {
    let Some(table) = section.get("reporter").and_then(toml::Value::as_table) else { return };
    if options.reporter.is_some() {
        return;
    }
    if let Some(outfile) = table.get("junit").and_then(toml::Value::as_str) {
        options.reporter = Some("junit".to_owned());
        options.reporter_outfile = Some(outfile.to_owned());
    } else if table.get("dots").and_then(toml::Value::as_bool) == Some(true) {
        options.reporter = Some("dots".to_owned());
    }
}

/// Fractions of lines and functions, from one number or a table.
fn threshold(value: Option<&toml::Value>) -> Option<(f64, f64)> {
    let number = |value: &toml::Value| {
        value.as_float().or_else(|| value.as_integer().map(|whole| whole as f64))
    };
    let value = value?;
    if let Some(table) = value.as_table() {
        let part = |name: &str| table.get(name).and_then(number).unwrap_or(0.0);
        return Some((part("lines"), part("functions")));
    }
    number(value).map(|both| (both, both))
}

/// A string, or a list of strings.
fn list(value: Option<&toml::Value>) -> Vec<String> {
    match value {
        Some(toml::Value::String(text)) => vec![text.clone()],
        Some(toml::Value::Array(items)) => {
            items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::{fill, list, threshold};
    use crate::options::TestOptions;

    #[test]
    fn the_command_line_wins_over_the_file() {
        let table: toml::Table =
            "timeout = 7\nseed = 3\nroot = \"x\"\ncoverageThreshold = { lines = 0.5 }"
                .parse()
                .expect("good toml");
        let mut options = TestOptions { timeout_ms: Some(9.0), ..TestOptions::default() };
        let settings = fill(&table, &mut options);
        assert_eq!((options.timeout_ms, options.seed), (Some(9.0), Some(3)));
        assert_eq!(settings.root.as_deref(), Some("x"));
        assert_eq!(settings.coverage_threshold, Some((0.5, 0.0)));
        assert_eq!(threshold(None), None);
    }

    #[test]
    fn lists_may_be_one_string() {
        assert_eq!(list(Some(&toml::Value::from("a"))), ["a"]);
        assert!(list(None).is_empty());
    }
}
