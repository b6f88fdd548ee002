//! node:net and node:dgram: sockets and listeners of the network actor's, named by slot numbers.
//!
//! JavaScript (`apis/node/js/net`) holds the objects; here calls reach [`Sockets`], and what
//! happens to sockets goes back in one batch a turn. Belongs to the script's shard.
//!
//! Invariants:
//! - a number stays a socket's until JavaScript has seen its end;
//! - what has come is copied once, into memory that JavaScript has made;
//! - errors are answered as negative numbers, which JavaScript words.

mod address;
mod datagram;
mod inbox;
mod ops;

use std::{cell::OnceCell, rc::Rc};

pub(crate) use ops::{encode, key_of, written};

use dx_net::sockets::{Sockets, kind};
use dx_ops::{Extension, Host, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-net",
    modules: MODULES,
    ops: ops::OPS,
    globals: &[],
    builtins: &[("node:net", "node/net"), ("node:dgram", "node/dgram")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/dgram", "apis/node/js/net/dgram.js"),
    prelude_module!("node/net", "apis/node/js/net/index.js"),
    prelude_module!("node/net/errors", "apis/node/js/net/errors.js"),
    prelude_module!("node/net/arguments", "apis/node/js/net/arguments.js"),
    prelude_module!("node/net/block-list", "apis/node/js/net/block-list.js"),
    prelude_module!("node/net/connect", "apis/node/js/net/connect.js"),
    prelude_module!("node/net/families", "apis/node/js/net/families.js"),
    prelude_module!("node/net/handles", "apis/node/js/net/handles.js"),
    prelude_module!("node/net/listen", "apis/node/js/net/listen.js"),
    prelude_module!("node/net/server", "apis/node/js/net/server.js"),
    prelude_module!("node/net/socket", "apis/node/js/net/socket.js"),
    prelude_module!("node/net/socket-address", "apis/node/js/net/socket-address.js"),
];

/// The sockets of an isolate, made when first asked for.
#[derive(Default)]
struct Net(OnceCell<Rc<Sockets>>);

/// The isolate's sockets.
pub(crate) fn sockets(host: &Host) -> Rc<Sockets> {
    let net = host.state::<Net>();
    let made = net.0.get_or_init(|| {
        let alive = host.alive();
        let hold = move || Box::new(alive.keep_alive()) as Box<dyn std::any::Any>;
        let sockets = Rc::new(Sockets::new(host.reactor(), hold));
        for kind in kind::FIRST..=kind::LAST {
            let sockets = Rc::clone(&sockets);
            host.on_event(kind, move |_host, event| sockets.handle(event));
        }
        sockets
    });
    Rc::clone(made)
}
