//! node:util and node:util/types.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-util", modules: &[], ops: &[], globals: &[], builtins: &[] };
