//! node:module: the class Module, over the module registry.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-module",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:module", "node/module")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/module", "apis/node/js/module/module.js"),
    prelude_module!("node/module-source-map", "apis/node/js/module/source-map.js"),
];
