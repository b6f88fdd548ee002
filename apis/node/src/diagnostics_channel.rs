//! node:diagnostics_channel.

use dx_ops::Extension;

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-diagnostics-channel",
    modules: &[],
    ops: &[],
    globals: &[],
    builtins: &[],
};
