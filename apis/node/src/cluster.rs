//! node:cluster, on the children and channels of node:child_process.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-cluster",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:cluster", "node/cluster")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/cluster", "apis/node/js/cluster/cluster.js"),
    prelude_module!("node/cluster-primary", "apis/node/js/cluster/primary.js"),
    prelude_module!("node/cluster-child", "apis/node/js/cluster/child.js"),
    prelude_module!("node/cluster-messages", "apis/node/js/cluster/messages.js"),
    prelude_module!("node/cluster-worker", "apis/node/js/cluster/worker.js"),
];
