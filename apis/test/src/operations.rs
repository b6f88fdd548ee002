//! What the runner in JavaScript asks of the system.

use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    time::Instant,
};

use dx_modules::ModuleStore;
use dx_ops::{Call, Exception, Host, Value};

use crate::{
    glob, imports, inline, options::TestOptions, scan::Search, settings, settings::Settings,
};

/// What an isolate runs.
#[derive(Default)]
struct Run {
    plan: RefCell<Option<Plan>>,
    start: Cell<Option<Instant>>,
}

struct Plan {
    options: TestOptions,
    settings: Settings,
    directory: PathBuf,
}

/// See [`crate::install`].
pub(crate) fn install(host: &Host, options: &TestOptions) -> Result<(), String> {
    let mut options = options.clone();
    let directory = std::env::current_dir().map_err(|error| format!("error: {error}"))?;
    let settings = settings::read(&directory, &mut options)?;
    let run = host.state::<Run>();
    run.start.set(Some(Instant::now()));
    *run.plan.borrow_mut() = Some(Plan { options, settings, directory });
    Ok(())
}

fn text(path: &Path) -> Value {
    Value::String(path.to_string_lossy().into_owned())
}

fn texts(list: &[String]) -> Value {
    Value::Array(list.iter().map(|item| Value::String(item.clone())).collect())
}

/// `options()`: what the command line and bunfig.toml say; undefined outside `dx test`.
pub(crate) fn options(call: &mut Call<'_>) -> Result<Value, Exception> {
    let run = call.host.state::<Run>();
    let plan = run.plan.borrow();
    let Some(Plan { options, settings, directory }) = plan.as_ref() else {
        return Ok(Value::Undefined);
    };
    let number = |figure: u32| Value::Number(f64::from(figure));
    let shard = options.shard.map(|shard| vec![number(shard.index), number(shard.count)]);
    let threshold = settings.coverage_threshold.map(|(lines, functions)| {
        Value::Array(vec![Value::Number(lines), Value::Number(functions)])
    });
    Ok(Value::Object(vec![
        ("directory", text(directory)),
        ("temporary", text(&std::env::temp_dir())),
        ("patterns", texts(&options.patterns)),
        ("timeout", options.timeout_ms.into()),
        ("preload", texts(&options.preload)),
        ("bail", number(options.bail)),
        ("namePattern", options.name_pattern.clone().into()),
        ("rerunEach", number(options.rerun_each)),
        ("retry", number(options.retry.unwrap_or(0))),
        ("todo", options.todo.into()),
        ("only", options.only.into()),
        ("passWithNoTests", options.pass_with_no_tests.into()),
        ("updateSnapshots", options.update_snapshots.into()),
        ("concurrent", options.concurrent.into()),
        ("concurrentGlobs", texts(&settings.concurrent_globs)),
        ("maxConcurrency", number(options.max_concurrency.unwrap_or(20))),
        ("randomize", options.randomize.into()),
        ("seed", options.seed.into()),
        ("coverage", options.coverage.into()),
        ("coverageReporters", texts(&options.coverage_reporters)),
        ("coverageDirectory", options.coverage_directory.clone().into()),
        ("coverageWithTests", settings.coverage_with_tests.into()),
        ("coverageIgnore", texts(&settings.coverage_ignore)),
        ("coverageThreshold", threshold.unwrap_or_default()),
        ("reporter", options.reporter.clone().into()),
        ("reporterOutfile", options.reporter_outfile.clone().into()),
        ("onlyFailures", options.only_failures.into()),
        ("isolate", options.isolate.into()),
        ("parallel", number(options.parallel)),
        ("watch", options.watch.into()),
        ("changed", options.changed.clone().into()),
        ("timings", texts(&options.timings)),
        ("updateTimings", options.update_timings.into()),
        ("shard", shard.map(Value::Array).unwrap_or_default()),
    ]))
}

/// `findFiles()`: `{files, searched, missing}`.
pub(crate) fn find_files(call: &mut Call<'_>) -> Result<Value, Exception> {
    let run = call.host.state::<Run>();
    let plan = run.plan.borrow();
    let Some(Plan { options, settings, directory }) = plan.as_ref() else {
        return Ok(Value::Undefined);
    };
    let root = directory.join(settings.root.as_deref().unwrap_or(""));
    let search = Search {
        directory,
        root: &root,
        patterns: &options.patterns,
        ignored: &options.path_ignore_patterns,
    };
    let found = search.run();
    Ok(Value::Object(vec![
        ("files", Value::Array(found.files.iter().map(|path| text(path)).collect())),
        ("searched", Value::Number(found.searched as f64)),
        ("missing", found.missing.into()),
    ]))
}

/// `globMatches(pattern, path)`
pub(crate) fn glob_matches(call: &mut Call<'_>) -> Result<Value, Exception> {
    let pattern = call.expect_string(0, "pattern")?;
    Ok(glob::matches(&pattern, &call.expect_string(1, "path")?).into())
}

/// `importedNames(path)`
pub(crate) fn imported_names(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(texts(&imports::names(&call.expect_string(0, "path")?)))
}

/// `watchFile(path)`: with --watch, a change of this file starts the run anew.
pub(crate) fn watch_file(call: &mut Call<'_>) -> Result<Value, Exception> {
    let path = call.expect_string(0, "path")?;
    call.host.state::<ModuleStore>().notice(Path::new(&path));
    Ok(Value::Undefined)
}

/// `elapsedNanoseconds()`: since the run began, or since first asked.
pub(crate) fn elapsed_nanoseconds(call: &mut Call<'_>) -> Result<Value, Exception> {
    let run = call.host.state::<Run>();
    let start = run.start.get().unwrap_or_else(Instant::now);
    run.start.set(Some(start));
    Ok(Value::Number(start.elapsed().as_nanos() as f64))
}

/// `useColors()`: whether standard error takes them.
pub(crate) fn use_colors(_call: &mut Call<'_>) -> Result<Value, Exception> {
    let set = |name: &str| {
        let value = std::env::var_os(name).unwrap_or_default();
        !value.is_empty() && value != "0"
    };
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        return Ok(false.into());
    }
    let terminal = rustix::termios::isatty(std::io::stderr());
    Ok((set("FORCE_COLOR") || terminal).into())
}

/// `write(descriptor, text)`: all of it, to standard output (1) or standard error. A reader
/// that has left is no failure.
pub(crate) fn write(call: &mut Call<'_>) -> Result<Value, Exception> {
    use std::io::Write as _;
    let text = call.expect_string(1, "text")?;
    let _gone = if call.arguments.number(0) == 1.0 {
        let mut output = std::io::stdout().lock();
        output.write_all(text.as_bytes()).and_then(|()| output.flush())
    } else {
        std::io::stderr().write_all(text.as_bytes())
    };
    Ok(Value::Undefined)
}

/// `readText(path)`: undefined where it cannot be read.
pub(crate) fn read_text(call: &mut Call<'_>) -> Result<Value, Exception> {
    let path = call.expect_string(0, "path")?;
    Ok(std::fs::read_to_string(path).ok().into())
}

/// `makeFolder(path)`: with those above it; undefined, or what went wrong.
pub(crate) fn make_folder(call: &mut Call<'_>) -> Result<Value, Exception> {
    let path = call.expect_string(0, "path")?;
    Ok(std::fs::create_dir_all(path).err().map(|error| error.to_string()).into())
}

/// `removeFile(path)`: one that is not there is no failure.
pub(crate) fn remove_file(call: &mut Call<'_>) -> Result<Value, Exception> {
    let _gone = std::fs::remove_file(call.expect_string(0, "path")?);
    Ok(Value::Undefined)
}

/// `writeText(path, text)`: undefined, or what went wrong.
pub(crate) fn write_text(call: &mut Call<'_>) -> Result<Value, Exception> {
    let path = call.expect_string(0, "path")?;
    let text = call.expect_string(1, "text")?;
    Ok(std::fs::write(path, text).err().map(|error| error.to_string()).into())
}

/// `rewriteInlineSnapshots(path, edits)`: what went wrong, as a list of texts.
pub(crate) fn rewrite_inline_snapshots(call: &mut Call<'_>) -> Result<Value, Exception> {
    let path = call.expect_string(0, "path")?;
    let edits = call.expect_string(1, "edits")?;
    let rewritten = std::fs::read_to_string(&path)
        .map_err(|error| vec![format!("Failed to open file: {error}")])
        .and_then(|source| inline::rewrite(&path, &source, &edits))
        .and_then(|text| {
            std::fs::write(&path, text).map_err(|error| vec![format!("Write file error: {error}")])
        });
    Ok(texts(&rewritten.err().unwrap_or_default()))
}
