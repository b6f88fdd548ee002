//! node:vm: scripts, contexts and modules apart from the program's own.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-vm",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:vm", "node/vm")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/vm", "apis/node/js/vm/vm.js"),
    prelude_module!("node/vm-compile-function", "apis/node/js/vm/compile-function.js"),
    prelude_module!("node/vm-constants", "apis/node/js/vm/constants.js"),
    prelude_module!("node/vm-contexts", "apis/node/js/vm/contexts.js"),
    prelude_module!("node/vm-face", "apis/node/js/vm/face.js"),
    prelude_module!("node/vm-import", "apis/node/js/vm/import.js"),
    prelude_module!("node/vm-limits", "apis/node/js/vm/limits.js"),
    prelude_module!("node/vm-module", "apis/node/js/vm/vm-module.js"),
    prelude_module!("node/vm-script", "apis/node/js/vm/script.js"),
];
