//! node:module.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-module", modules: &[], ops: &[], globals: &[], builtins: &[] };
