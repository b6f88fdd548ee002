//! node:worker_threads, on the ports and workers of the web.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-worker-threads",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:worker_threads", "node/worker-threads")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/worker-threads", "apis/node/js/worker_threads/worker-threads.js"),
    prelude_module!("node/port-emitter", "apis/node/js/worker_threads/port-emitter.js"),
];
