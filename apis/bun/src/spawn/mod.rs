//! Bun.spawn, Bun.spawnSync, Bun.which, Bun.Terminal, on the process actor.
//!
//! JavaScript checks options and holds the objects; here children and the parent's ends of their
//! pipes live, named by numbers: a child by an id of ours, a stream by its descriptor. Whether
//! they keep the event loop alive is theirs to say, by `KeepAlive`s.

mod children;
mod command;
mod streams;
mod terminal;

use dx_ops::{Extension, Global, Op, PreludeModule, prelude_module};

/// What this part adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "bun-spawn", modules: MODULES, ops: OPS, globals: GLOBALS, builtins: &[] };

const MODULES: &[PreludeModule] = &[
    prelude_module!("bun/spawn", "apis/bun/js/spawn/spawn.js"),
    prelude_module!("bun/spawn-cgroup", "apis/bun/js/spawn/spawn-cgroup.js"),
    prelude_module!("bun/spawn-errors", "apis/bun/js/spawn/spawn-errors.js"),
    prelude_module!("bun/spawn-input", "apis/bun/js/spawn/spawn-input.js"),
    prelude_module!("bun/spawn-ipc", "apis/bun/js/spawn/spawn-ipc.js"),
    prelude_module!("bun/spawn-native", "apis/bun/js/spawn/spawn-native.js"),
    prelude_module!("bun/spawn-options", "apis/bun/js/spawn/spawn-options.js"),
    prelude_module!("bun/spawn-output", "apis/bun/js/spawn/spawn-output.js"),
    prelude_module!("bun/spawn-sink", "apis/bun/js/spawn/spawn-sink.js"),
    prelude_module!("bun/spawn-stdio", "apis/bun/js/spawn/spawn-stdio.js"),
    prelude_module!("bun/spawn-sync", "apis/bun/js/spawn/spawn-sync.js"),
    prelude_module!("bun/spawn-usage", "apis/bun/js/spawn/spawn-usage.js"),
    prelude_module!("bun/subprocess", "apis/bun/js/spawn/subprocess.js"),
    prelude_module!("bun/terminal", "apis/bun/js/spawn/terminal.js"),
    prelude_module!("bun/which", "apis/bun/js/spawn/which.js"),
];

const OPS: &[Op] = &[
    Op::sync("childStart", children::start),
    Op::asynchronous("childEnded", children::ended),
    Op::sync("childReference", children::reference),
    Op::sync("childKill", children::kill),
    Op::sync("childRunToEnd", children::run_to_end),
    Op::sync("childrenWatch", children::watch),
    Op::sync("childrenEnd", children::end),
    Op::sync("childOpenFile", command::open_file),
    Op::sync("childOpenGroup", command::open_group),
    Op::sync("childDuplicate", command::duplicate),
    Op::sync("childCloseFile", command::close_file),
    Op::sync("which", command::which),
    Op::sync("streamAdopt", streams::adopt),
    Op::asynchronous("streamRead", streams::read),
    Op::asynchronous("channelRead", streams::read_passed),
    Op::asynchronous("streamWrite", streams::write),
    Op::sync("streamWriteNow", streams::write_now),
    Op::sync("streamOffer", streams::offer),
    Op::sync("streamReference", streams::reference),
    Op::sync("streamCallOff", streams::call_off),
    Op::sync("streamRelease", streams::release),
    Op::sync("streamShutdown", streams::shutdown),
    Op::sync("streamClose", streams::close),
    Op::sync("terminalOpen", terminal::open),
    Op::sync("terminalResize", terminal::resize),
    Op::sync("terminalFlags", terminal::flags),
    Op::sync("terminalSetFlags", terminal::set_flags),
    Op::sync("terminalSetRaw", terminal::set_raw),
];

const GLOBALS: &[Global] = &[
    Global { name: "Bun.Terminal", module: "bun/terminal" },
    Global { name: "Bun.spawn", module: "bun/spawn" },
    Global { name: "Bun.spawnSync", module: "bun/spawn-sync" },
    Global { name: "Bun.which", module: "bun/which" },
];
