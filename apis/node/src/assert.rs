//! node:assert and node:assert/strict.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-assert",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:assert", "node/assert"), ("node:assert/strict", "node/assert-strict")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/assert", "apis/node/js/assert/assert.js"),
    prelude_module!("node/assert-core", "apis/node/js/assert/core.js"),
    prelude_module!("node/assert-difference", "apis/node/js/assert/difference.js"),
    prelude_module!("node/assert-failures", "apis/node/js/assert/failures.js"),
    prelude_module!("node/assert-strict", "apis/node/js/assert/strict.js"),
    prelude_module!("node/assertion-error", "apis/node/js/assert/assertion-error.js"),
    prelude_module!("node/call-tracker", "apis/node/js/assert/call-tracker.js"),
];
