//! node:diagnostics_channel.

use dx_ops::{Extension, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-diagnostics-channel",
    modules: MODULES,
    ops: &[],
    globals: &[],
    builtins: &[("node:diagnostics_channel", "node/diagnostics-channel")],
};

const MODULES: &[PreludeModule] =
    &[prelude_module!("node/diagnostics-channel", "apis/node/js/diagnostics_channel/channel.js")];
