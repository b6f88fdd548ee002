//! What flags such as `--expose-internals` put within a program's reach.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-internals", modules: MODULES, ops: &[], globals: &[], builtins: &[] };

const MODULES: &[PreludeModule] = &[
    prelude_module!(
        "node/internals/add-abort-signal",
        "apis/node/js/internals/add-abort-signal.js"
    ),
    prelude_module!("node/internals/async-hooks", "apis/node/js/internals/async-hooks.js"),
    prelude_module!("node/internals/debuglog", "apis/node/js/internals/debuglog.js"),
    prelude_module!("node/internals/linked-list", "apis/node/js/internals/linked-list.js"),
    prelude_module!("node/internals/binding", "apis/node/js/internals/binding.js"),
    prelude_module!("node/internals/exposed", "apis/node/js/internals/exposed.js"),
    prelude_module!("node/internals/http", "apis/node/js/internals/http.js"),
    prelude_module!("node/internals/inspect", "apis/node/js/internals/inspect.js"),
    prelude_module!("node/internals/readline-utils", "apis/node/js/internals/readline-utils.js"),
    prelude_module!("node/internals/timers", "apis/node/js/internals/timers.js"),
];
