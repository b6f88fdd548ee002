//! node:perf_hooks: the global `performance` with Node's additions, histograms.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-perf-hooks",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:perf_hooks", "node/perf-hooks")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/perf-hooks", "apis/node/js/perf_hooks/perf-hooks.js"),
    prelude_module!("node/perf-histogram", "apis/node/js/perf_hooks/histogram.js"),
];
