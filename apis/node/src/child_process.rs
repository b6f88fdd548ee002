//! node:child_process, on the operations of Bun.spawn.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-child-process",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:child_process", "node/child-process")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/child-process", "apis/node/js/child_process/child-process.js"),
    prelude_module!("node/child-process-arguments", "apis/node/js/child_process/arguments.js"),
    prelude_module!("node/child-process-child", "apis/node/js/child_process/child.js"),
    prelude_module!("node/child-process-handles", "apis/node/js/child_process/handles.js"),
    prelude_module!("node/child-process-exec", "apis/node/js/child_process/exec.js"),
    prelude_module!("node/child-process-streams", "apis/node/js/child_process/child-streams.js"),
    prelude_module!("node/child-process-sync", "apis/node/js/child_process/sync.js"),
];
