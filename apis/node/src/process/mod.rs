//! The process object: what the system says of the process, its signals, its standard streams.

mod facts;
mod identity;
mod replace;
mod report;
mod resources;
mod signals;

pub use facts::StartedWith;

use dx_ops::{Extension, Global, Op, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-process",
    modules: MODULES,
    ops: OPS,
    globals: &[Global { name: "process", module: "node/process" }],
    builtins: &[("node:process", "node/process-module")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/process", "apis/node/js/process/process.js"),
    prelude_module!("node/process-module", "apis/node/js/process/process-module.js"),
    prelude_module!("node/process-emitter", "apis/node/js/process/process-emitter.js"),
    prelude_module!("node/process-ipc", "apis/node/js/process/process-ipc.js"),
    prelude_module!("node/process-binding", "apis/node/js/process/process-binding.js"),
    prelude_module!("node/process-dates", "apis/node/js/process/process-dates.js"),
    prelude_module!("node/process-env", "apis/node/js/process/process-env.js"),
    prelude_module!("node/process-finalization", "apis/node/js/process/process-finalization.js"),
    prelude_module!("node/process-flags", "apis/node/js/process/process-flags.js"),
    prelude_module!("node/process-identity", "apis/node/js/process/process-identity.js"),
    prelude_module!("node/process-replace", "apis/node/js/process/process-replace.js"),
    prelude_module!("node/process-output", "apis/node/js/process/process-output.js"),
    prelude_module!("node/process-stdin", "apis/node/js/process/process-stdin.js"),
    prelude_module!("node/process-facts", "apis/node/js/process/process-facts.js"),
    prelude_module!("node/process-report", "apis/node/js/process/process-report.js"),
    prelude_module!("node/process-signals", "apis/node/js/process/process-signals.js"),
    prelude_module!("node/process-streams", "apis/node/js/process/process-streams.js"),
    prelude_module!("node/process-warnings", "apis/node/js/process/process-warnings.js"),
];

const OPS: &[Op] = &[
    Op::sync("pid", facts::pid),
    Op::sync("parentPid", facts::parent_pid),
    Op::sync("startedWith", facts::started_with),
    Op::sync("environment", facts::environment),
    Op::sync("variable", facts::variable),
    Op::sync("workingDirectory", facts::working_directory),
    Op::sync("changeDirectory", facts::change_directory),
    Op::sync("umask", facts::umask),
    Op::sync("identity", facts::identity),
    Op::sync("identityNumber", identity::number),
    Op::sync("identityName", identity::name),
    Op::sync("setIdentity", identity::set),
    Op::sync("setGroups", identity::set_groups),
    Op::sync("initGroups", identity::init_groups),
    Op::sync("execute", replace::execute),
    Op::sync("errorText", replace::error_text),
    Op::sync("readText", replace::read_text),
    Op::sync("threadUsage", replace::thread_usage),
    Op::sync("setTitle", facts::set_title),
    Op::sync("libraryVersions", report::library_versions),
    Op::sync("limits", report::limits),
    Op::sync("sharedObjects", report::shared_objects),
    Op::sync("exit", facts::exit),
    Op::sync("abort", facts::abort),
    Op::sync("write", facts::write),
    Op::sync("isTerminal", facts::is_terminal),
    Op::sync("windowSize", facts::window_size),
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
