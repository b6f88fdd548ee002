//! node:v8.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-v8", modules: &[], ops: &[], globals: &[], builtins: &[] };
