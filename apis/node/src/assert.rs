//! node:assert and node:assert/strict.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-assert", modules: &[], ops: &[], globals: &[], builtins: &[] };
