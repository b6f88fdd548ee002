//! node:console, and the class Console of the global console.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-console",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:console", "node/console")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/console", "apis/node/js/console/module.js"),
    prelude_module!("node/console-class", "apis/node/js/console/console.js"),
    prelude_module!("node/console-table", "apis/node/js/console/table.js"),
];
