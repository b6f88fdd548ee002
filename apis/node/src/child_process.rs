//! node:child_process.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-child-process", modules: &[], ops: &[], globals: &[], builtins: &[] };
