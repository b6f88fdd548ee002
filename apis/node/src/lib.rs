//! The node:* modules, one family of modules per folder.
//!
//! JavaScript in `js/<family>/` holds the objects; `src/<family>` asks the system. Runs on the
//! JavaScript shard. Asynchronous operations go to the actors; synchronous ones block no longer
//! than their own system call, which is what programs call them for.

#![forbid(unsafe_code)]

mod assert;
mod async_hooks;
mod buffer;
mod child_process;
mod cluster;
mod console;
mod crypto;
mod diagnostics_channel;
mod dns;
mod events;
mod fs;
mod http;
mod http2;
mod internals;
mod module;
mod net;
mod os;
mod path;
mod perf_hooks;
mod process;
mod readline;
mod stream;
mod timers;
mod tls;
mod tty;
mod url;
mod util;
mod v8;
mod vm;
mod worker_threads;
mod zlib;

pub use process::StartedWith;

use dx_ops::{Extension, PreludeModule, prelude_module};

/// Everything this crate adds to an isolate.
pub const EXTENSIONS: &[Extension] = &[
    SHARED,
    assert::EXTENSION,
    async_hooks::EXTENSION,
    buffer::EXTENSION,
    child_process::EXTENSION,
    cluster::EXTENSION,
    console::EXTENSION,
    crypto::EXTENSION,
    diagnostics_channel::EXTENSION,
    dns::EXTENSION,
    events::EXTENSION,
    fs::EXTENSION,
    http::EXTENSION,
    http2::EXTENSION,
    internals::EXTENSION,
    module::EXTENSION,
    net::EXTENSION,
    os::EXTENSION,
    path::EXTENSION,
    perf_hooks::EXTENSION,
    process::EXTENSION,
    readline::EXTENSION,
    stream::EXTENSION,
    timers::EXTENSION,
    tls::EXTENSION,
    tty::EXTENSION,
    url::EXTENSION,
    util::EXTENSION,
    v8::EXTENSION,
    vm::EXTENSION,
    worker_threads::EXTENSION,
    zlib::EXTENSION,
];

/// What several families stand on.
const SHARED: Extension =
    Extension { name: "node", modules: SHARED_MODULES, ops: &[], globals: &[], builtins: &[] };

const SHARED_MODULES: &[PreludeModule] = &[
    prelude_module!("node/emitter", "apis/node/js/emitter.js"),
    prelude_module!("node/errors", "apis/node/js/errors.js"),
    prelude_module!("node/error-codes", "apis/node/js/error-codes.js"),
];
