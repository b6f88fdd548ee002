//! node:buffer and node:string_decoder.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-buffer", modules: &[], ops: &[], globals: &[], builtins: &[] };
