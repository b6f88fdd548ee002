//! node:console: the Console class.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-console", modules: &[], ops: &[], globals: &[], builtins: &[] };
