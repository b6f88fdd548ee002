//! node:timers and node:timers/promises.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-timers",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:timers", "node/timers"), ("node:timers/promises", "node/timers-promises")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/timers", "apis/node/js/timers/timers.js"),
    prelude_module!("node/timers-promises", "apis/node/js/timers/timers-promises.js"),
];
