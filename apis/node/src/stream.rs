//! node:stream, its promises, consumers and web forms.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-stream", modules: &[], ops: &[], globals: &[], builtins: &[] };
