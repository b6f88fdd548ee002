//! node:events and node:domain.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-events",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:events", "node/events"), ("node:domain", "node/domain")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/domain", "apis/node/js/events/domain.js"),
    prelude_module!("node/events", "apis/node/js/events/events.js"),
    prelude_module!("node/events-async-resource", "apis/node/js/events/async-resource.js"),
    prelude_module!("node/events-core", "apis/node/js/events/core.js"),
    prelude_module!("node/events-tools", "apis/node/js/events/tools.js"),
];
