//! node:vm.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-vm", modules: &[], ops: &[], globals: &[], builtins: &[] };
