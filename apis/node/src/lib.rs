//! The node:* modules: process and timers.

#![forbid(unsafe_code)]

use dx_ops::Extension;

/// Everything this crate adds to an isolate.
pub const EXTENSION: Extension =
    Extension { name: "node", modules: &[], ops: &[], globals: &[], builtins: &[] };
