//! node:async_hooks: AsyncLocalStorage and AsyncResource.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-async-hooks",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:async_hooks", "node/async-hooks")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/async-hooks", "apis/node/js/async_hooks/async-hooks.js"),
    prelude_module!("node/async-hooks-storage", "apis/node/js/async_hooks/storage.js"),
    prelude_module!("node/async-hooks-providers", "apis/node/js/async_hooks/providers.js"),
];
