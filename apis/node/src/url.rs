//! node:url, node:querystring and node:punycode.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-url", modules: &[], ops: &[], globals: &[], builtins: &[] };
