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
    prelude_module!("node/worker", "apis/node/js/worker_threads/worker.js"),
    prelude_module!("node/worker-constants", "apis/node/js/worker_threads/constants.js"),
    prelude_module!("node/worker-messaging", "apis/node/js/worker_threads/messaging.js"),
    prelude_module!("node/worker-scope", "apis/node/js/worker_threads/scope.js"),
    prelude_module!("node/worker-stdio", "apis/node/js/worker_threads/stdio.js"),
    prelude_module!("node/port-emitter", "apis/node/js/worker_threads/port-emitter.js"),
];
