//! node:os and node:constants.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-os", modules: &[], ops: &[], globals: &[], builtins: &[] };
