//! node:perf_hooks.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "node-perf-hooks", modules: &[], ops: &[], globals: &[], builtins: &[] };
