//! The node:* modules: process and timers.
//!
//! JavaScript in `js/` holds the objects; `src/` asks the system. Runs on the JavaScript shard;
//! operations do not block, except for writes to the standard streams, which are synchronous
//! because programs rely on their order. Signals are process-wide: one shard receives them.

#![forbid(unsafe_code)]

mod errno;
mod process;
mod resources;
mod signals;

pub use process::StartedWith;

use dx_ops::{Extension, Global, Op, PreludeModule, prelude_module};

/// Everything this crate adds to an isolate.
pub const EXTENSION: Extension = Extension {
    name: "node",
    modules: MODULES,
    ops: OPS,
    globals: &[Global { name: "process", module: "node/process" }],
    builtins: &[
        ("node:process", "node/process-module"),
        ("node:timers", "node/timers"),
        ("node:timers/promises", "node/timers-promises"),
    ],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/emitter", "../js/emitter.js", "apis/node/js/emitter.js"),
    prelude_module!("node/errors", "../js/errors.js", "apis/node/js/errors.js"),
    prelude_module!("node/process", "../js/process.js", "apis/node/js/process.js"),
    prelude_module!(
        "node/process-module",
        "../js/process-module.js",
        "apis/node/js/process-module.js"
    ),
    prelude_module!(
        "node/process-facts",
        "../js/process-facts.js",
        "apis/node/js/process-facts.js"
    ),
    prelude_module!(
        "node/process-signals",
        "../js/process-signals.js",
        "apis/node/js/process-signals.js"
    ),
    prelude_module!(
        "node/process-streams",
        "../js/process-streams.js",
        "apis/node/js/process-streams.js"
    ),
    prelude_module!(
        "node/process-warnings",
        "../js/process-warnings.js",
        "apis/node/js/process-warnings.js"
    ),
    prelude_module!("node/timers", "../js/timers.js", "apis/node/js/timers.js"),
    prelude_module!(
        "node/timers-promises",
        "../js/timers-promises.js",
        "apis/node/js/timers-promises.js"
    ),
];

const OPS: &[Op] = &[
    Op::sync("pid", process::pid),
    Op::sync("parentPid", process::parent_pid),
    Op::sync("startedWith", process::started_with),
    Op::sync("environment", process::environment),
    Op::sync("workingDirectory", process::working_directory),
    Op::sync("changeDirectory", process::change_directory),
    Op::sync("umask", process::umask),
    Op::sync("identity", process::identity),
    Op::sync("setTitle", process::set_title),
    Op::sync("exit", process::exit),
    Op::sync("abort", process::abort),
    Op::sync("write", process::write),
    Op::sync("isTerminal", process::is_terminal),
    Op::sync("windowSize", process::window_size),
    Op::sync("uptimeNanoseconds", resources::uptime_nanoseconds),
    Op::sync("residentBytes", resources::resident_bytes),
    Op::sync("resourceUsage", resources::resource_usage),
    Op::sync("memoryLimit", resources::memory_limit),
    Op::sync("memoryAvailable", resources::memory_available),
    Op::sync("kill", signals::kill),
    Op::sync("watchSignal", signals::watch),
    Op::sync("unwatchSignal", signals::unwatch),
    Op::asynchronous("nextSignal", signals::next),
];
