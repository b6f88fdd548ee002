//! node:fs and node:fs/promises.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-fs", modules: &[], ops: &[], globals: &[], builtins: &[] };
