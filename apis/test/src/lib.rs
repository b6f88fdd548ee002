//! bun:test, node:test and the runner behind `dx test`.
//!
//! `options` reads the command line, `settings` bunfig.toml, `scan` finds the files. The runner
//! itself is JavaScript (`js/`): `main` loads one file after another, `scopes` collects what they
//! declare, `execution` runs it, `report` says how it went. Runs on the JavaScript shard; the
//! native operations here block no longer than reading or writing one file.

#![forbid(unsafe_code)]

use dx_ops::{Extension, Global, Host, Op, PreludeModule, prelude_module};

mod checks;
mod glob;
mod help;
mod imports;
mod inline;
mod operations;
mod options;
mod scan;
mod settings;

pub use glob::matches as glob_matches;
pub use help::HELP;
pub use options::{ShardOfFiles, TestOptions, parse};

/// Everything this crate adds to an isolate.
pub const EXTENSIONS: &[Extension] = &[EXTENSION];

const EXTENSION: Extension = Extension {
    name: "test",
    modules: MODULES,
    ops: OPS,
    globals: &[Global { name: "Bun.jest", module: "test/bun-jest" }],
    builtins: &[("bun:test", "test/bun-test"), ("node:test", "test/node-test")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("test/annotations", "apis/test/js/annotations.js"),
    prelude_module!("test/asymmetric", "apis/test/js/asymmetric.js"),
    prelude_module!("test/bun-jest", "apis/test/js/bun-jest.js"),
    prelude_module!("test/bun-test", "apis/test/js/bun-test.js"),
    prelude_module!("test/changed", "apis/test/js/changed.js"),
    prelude_module!("test/collection", "apis/test/js/collection.js"),
    prelude_module!("test/coverage", "apis/test/js/coverage.js"),
    prelude_module!("test/diff", "apis/test/js/diff.js"),
    prelude_module!("test/execution", "apis/test/js/execution.js"),
    prelude_module!("test/expect", "apis/test/js/expect.js"),
    prelude_module!("test/fake-timers", "apis/test/js/fake-timers.js"),
    prelude_module!("test/hooks", "apis/test/js/hooks.js"),
    prelude_module!("test/junit", "apis/test/js/junit.js"),
    prelude_module!("test/label", "apis/test/js/label.js"),
    prelude_module!("test/main", "apis/test/js/main.js"),
    prelude_module!("test/matchers-calls", "apis/test/js/matchers-calls.js"),
    prelude_module!("test/matchers-collections", "apis/test/js/matchers-collections.js"),
    prelude_module!("test/matchers-kinds", "apis/test/js/matchers-kinds.js"),
    prelude_module!("test/matchers-snapshots", "apis/test/js/matchers-snapshots.js"),
    prelude_module!("test/matchers-throw", "apis/test/js/matchers-throw.js"),
    prelude_module!("test/matchers-values", "apis/test/js/matchers-values.js"),
    prelude_module!("test/mock", "apis/test/js/mock.js"),
    prelude_module!("test/mock-modules", "apis/test/js/mock-modules.js"),
    prelude_module!("test/node-test", "apis/test/js/node-test.js"),
    prelude_module!("test/node-test-events", "apis/test/js/node-test-events.js"),
    prelude_module!("test/node-test-mock", "apis/test/js/node-test-mock.js"),
    prelude_module!("test/node-test-refusals", "apis/test/js/node-test-refusals.js"),
    prelude_module!("test/node-test-run", "apis/test/js/node-test-run.js"),
    prelude_module!("test/order", "apis/test/js/order.js"),
    prelude_module!("test/paint", "apis/test/js/paint.js"),
    prelude_module!("test/pretty", "apis/test/js/pretty.js"),
    prelude_module!("test/processes", "apis/test/js/processes.js"),
    prelude_module!("test/report", "apis/test/js/report.js"),
    prelude_module!("test/scopes", "apis/test/js/scopes.js"),
    prelude_module!("test/snapshots", "apis/test/js/snapshots.js"),
    prelude_module!("test/state", "apis/test/js/state.js"),
    prelude_module!("test/summary", "apis/test/js/summary.js"),
    prelude_module!("test/timings", "apis/test/js/timings.js"),
    prelude_module!("test/type-assertions", "apis/test/js/type-assertions.js"),
];

const OPS: &[Op] = &[
    Op::sync("elapsedNanoseconds", operations::elapsed_nanoseconds),
    Op::sync("findFiles", operations::find_files),
    Op::sync("globMatches", operations::glob_matches),
    Op::sync("importedNames", operations::imported_names),
    Op::sync("makeFolder", operations::make_folder),
    Op::sync("options", operations::options),
    Op::sync("readText", operations::read_text),
    Op::sync("removeFile", operations::remove_file),
    Op::sync("rewriteInlineSnapshots", operations::rewrite_inline_snapshots),
    Op::sync("useColors", operations::use_colors),
    Op::sync("watchFile", operations::watch_file),
    Op::sync("write", operations::write),
    Op::sync("writeText", operations::write_text),
];

/// Makes the runner of an isolate ready: reads bunfig.toml and keeps what is to be run.
/// `test/main` runs it.
///
/// # Errors
/// A message for the user.
pub fn install(host: &Host, options: &TestOptions) -> Result<(), String> {
    operations::install(host, options)
}
