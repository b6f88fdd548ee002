//! node:readline and node:readline/promises.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-readline", modules: &[], ops: &[], globals: &[], builtins: &[] };
