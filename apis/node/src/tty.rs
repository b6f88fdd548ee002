//! node:tty.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-tty", modules: &[], ops: &[], globals: &[], builtins: &[] };
