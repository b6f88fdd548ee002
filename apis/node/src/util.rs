//! node:util and node:util/types, and what other modules take from them: the formatter in Node's
//! style, deep equality, promisify.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-util",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[
        ("node:util", "node/util"),
        ("node:util/types", "node/util-types"),
        ("node:sys", "node/util"),
    ],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/deep-equal", "apis/node/js/util/deep-equal.js"),
    prelude_module!("node/deep-equal-parts", "apis/node/js/util/deep-equal-parts.js"),
    prelude_module!("node/format", "apis/node/js/util/format.js"),
    prelude_module!("node/inspect", "apis/node/js/util/inspect.js"),
    prelude_module!("node/inspect-errors", "apis/node/js/util/inspect-errors.js"),
    prelude_module!("node/inspect-kinds", "apis/node/js/util/inspect-kinds.js"),
    prelude_module!("node/inspect-styles", "apis/node/js/util/inspect-styles.js"),
    prelude_module!("node/inspect-text", "apis/node/js/util/inspect-text.js"),
    prelude_module!("node/mime", "apis/node/js/util/mime.js"),
    prelude_module!("node/parse-args", "apis/node/js/util/parse-args.js"),
    prelude_module!("node/parse-env", "apis/node/js/util/parse-env.js"),
    prelude_module!("node/promisify", "apis/node/js/util/promisify.js"),
    prelude_module!("node/system-errors", "apis/node/js/util/system-errors.js"),
    prelude_module!("node/util", "apis/node/js/util/util.js"),
    prelude_module!("node/util-functions", "apis/node/js/util/functions.js"),
    prelude_module!("node/util-types", "apis/node/js/util/types.js"),
];
