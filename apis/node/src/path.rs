//! node:path, posix and win32.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-path",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[
        ("node:path", "node/path"),
        ("node:path/posix", "node/path"),
        ("node:path/win32", "node/path-win32-module"),
    ],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/path", "apis/node/js/path/path.js"),
    prelude_module!("node/path-shared", "apis/node/js/path/path-shared.js"),
    prelude_module!("node/path-posix-face", "apis/node/js/path/posix.js"),
    prelude_module!("node/path-win32", "apis/node/js/path/win32.js"),
    prelude_module!("node/path-win32-module", "apis/node/js/path/win32-module.js"),
    prelude_module!("node/path-glob", "apis/node/js/path/path-glob.js"),
];
