//! node:v8: figures of the heap, and values as bytes.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-v8",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:v8", "node/v8")],
};

const MODULES: &[PreludeModule] = &[prelude_module!("node/v8", "apis/node/js/v8/v8.js")];
