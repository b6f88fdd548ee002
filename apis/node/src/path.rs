//! node:path, posix and win32.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-path", modules: &[], ops: &[], globals: &[], builtins: &[] };
