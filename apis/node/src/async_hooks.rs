//! node:async_hooks: AsyncLocalStorage and AsyncResource.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-async-hooks", modules: &[], ops: &[], globals: &[], builtins: &[] };
