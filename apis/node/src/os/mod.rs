//! node:os and node:constants.

mod facts;

use dx_ops::{Extension, Op, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-os",
    modules: MODULES,
    ops: OPS,
    globals: &[],
    builtins: &[("node:os", "node/os"), ("node:constants", "node/constants")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/os", "apis/node/js/os/os.js"),
    prelude_module!("node/constants", "apis/node/js/os/constants.js"),
    prelude_module!("node/constants-os", "apis/node/js/os/constants-os.js"),
    prelude_module!("node/constants-fs", "apis/node/js/os/constants-fs.js"),
    prelude_module!("node/constants-crypto", "apis/node/js/os/constants-crypto.js"),
];

const OPS: &[Op] = &[
    Op::sync("parallelism", facts::parallelism),
    Op::sync("memory", facts::memory),
    Op::sync("user", facts::user),
    Op::sync("systemNames", facts::system_names),
    Op::sync("uptime", facts::uptime),
    Op::sync("processors", facts::processors),
    Op::sync("loadAverages", facts::load_averages),
    Op::sync("networkInterfaces", facts::network_interfaces),
    Op::sync("getPriority", facts::get_priority),
    Op::sync("setPriority", facts::set_priority),
];
