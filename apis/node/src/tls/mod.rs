//! node:tls: channels of core/tls, named by numbers, and what programs may ask of them.
//!
//! JavaScript (`apis/node/js/tls`) decides when a channel is fed, what a server answers a hello
//! with, and whether a certificate will do; records go to the network actor without passing
//! through JavaScript. Belongs to the script's shard.
//!
//! Invariants:
//! - a context or a channel is there until JavaScript closes it, or collects what holds it;
//! - errors of the library carry its words: `library`, `function`, `reason` and `code`.

mod channels;
mod contexts;

use std::{cell::RefCell, collections::HashMap};

use dx_ops::{ErrorClass, Exception, Extension, Op, PreludeModule, Property, prelude_module};
use dx_tls::{
    LibraryError,
    channel::{Channel, Context, ContextOptions},
};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-tls",
    modules: MODULES,
    ops: OPS,
    globals: &[],
    builtins: &[
        ("node:tls", "node/tls"),
        ("node:_tls_common", "node/tls/common"),
        ("node:_tls_wrap", "node/tls/wrap"),
    ],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/tls", "apis/node/js/tls/index.js"),
    prelude_module!("node/tls/certificate", "apis/node/js/tls/certificate.js"),
    prelude_module!("node/tls/client", "apis/node/js/tls/client.js"),
    prelude_module!("node/tls/common", "apis/node/js/tls/common.js"),
    prelude_module!("node/tls/context", "apis/node/js/tls/context.js"),
    prelude_module!("node/tls/defaults", "apis/node/js/tls/defaults.js"),
    prelude_module!("node/tls/handle", "apis/node/js/tls/handle.js"),
    prelude_module!("node/tls/identity", "apis/node/js/tls/identity.js"),
    prelude_module!("node/tls/protocols", "apis/node/js/tls/protocols.js"),
    prelude_module!("node/tls/server", "apis/node/js/tls/server.js"),
    prelude_module!("node/tls/socket", "apis/node/js/tls/socket.js"),
    prelude_module!("node/tls/wrap", "apis/node/js/tls/wrap.js"),
    prelude_module!("node/tls/transport", "apis/node/js/tls/transport.js"),
];

const OPS: &[Op] = &[
    Op::sync("tlsDraft", contexts::draft),
    Op::sync("tlsDraftBytes", contexts::draft_bytes),
    Op::sync("tlsDraftText", contexts::draft_text),
    Op::sync("tlsDraftNumber", contexts::draft_number),
    Op::sync("tlsContext", contexts::context),
    Op::sync("tlsContextClose", contexts::close),
    Op::sync("tlsAuthorities", contexts::authorities),
    Op::sync("tlsOpen", channels::open),
    Op::sync("tlsClose", channels::close),
    Op::sync("tlsFeed", channels::feed),
    Op::sync("tlsAdvance", channels::advance),
    Op::sync("tlsHello", channels::hello),
    Op::sync("tlsAnswer", channels::answer),
    Op::sync("tlsText", channels::text),
    Op::sync("tlsRecords", channels::records),
    Op::sync("tlsFlush", channels::flush),
    Op::sync("tlsWrite", channels::write),
    Op::sync("tlsEnd", channels::end),
    Op::sync("tlsError", channels::error),
    Op::sync("tlsSessions", channels::sessions),
    Op::sync("tlsKeyLines", channels::key_lines),
    Op::sync("tlsVerification", channels::verification),
    Op::sync("tlsPeerChain", channels::peer_chain),
    Op::sync("tlsOwnCertificate", channels::own_certificate),
    Op::sync("tlsSay", channels::say),
    Op::sync("tlsSetServerName", channels::set_server_name),
    Op::sync("tlsFinished", channels::finished),
    Op::sync("tlsExport", channels::export),
];

/// Values under numbers that JavaScript holds.
struct Table<T> {
    next: u32,
    open: HashMap<u32, T>,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self { next: 0, open: HashMap::new() }
    }
}

impl<T> Table<T> {
    fn keep(&mut self, value: T) -> u32 {
        self.next = self.next.wrapping_add(1);
        self.open.insert(self.next, value);
        self.next
    }
}

/// What an isolate's programs have open.
#[derive(Default)]
struct Tls {
    drafts: RefCell<Table<ContextOptions>>,
    contexts: RefCell<Table<Context>>,
    channels: RefCell<Table<Channel>>,
}

fn closed() -> Exception {
    Exception::new(ErrorClass::Error, "The TLS connection is closed")
}

/// An error of the library as programs see it.
pub(crate) fn library_exception(error: &LibraryError) -> Exception {
    let text = |text: &str| Property::String(text.to_owned());
    Exception::new(ErrorClass::Error, error.to_string())
        .with_property("library", text(error.library))
        .with_property("function", text(dx_tls::FUNCTION))
        .with_property("reason", text(&error.reason))
        .with_property("code", text(&error.code))
}
