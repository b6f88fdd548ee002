//! node:readline and node:readline/promises. All of it is JavaScript.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-readline",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[
        ("node:readline", "node/readline"),
        ("node:readline/promises", "node/readline-promises"),
    ],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/readline", "apis/node/js/readline/index.js"),
    prelude_module!("node/readline-promises", "apis/node/js/readline/promises.js"),
    prelude_module!("node/readline/core", "apis/node/js/readline/core.js"),
    prelude_module!("node/readline/cursor", "apis/node/js/readline/cursor.js"),
    prelude_module!("node/readline/display", "apis/node/js/readline/display.js"),
    prelude_module!("node/readline/edit", "apis/node/js/readline/edit.js"),
    prelude_module!("node/readline/history", "apis/node/js/readline/history.js"),
    prelude_module!("node/readline/interface", "apis/node/js/readline/interface.js"),
    prelude_module!("node/readline/key-bindings", "apis/node/js/readline/key-bindings.js"),
    prelude_module!("node/readline/key-names", "apis/node/js/readline/key-names.js"),
    prelude_module!("node/readline/keys", "apis/node/js/readline/keys.js"),
    prelude_module!("node/readline/symbols", "apis/node/js/readline/symbols.js"),
];
