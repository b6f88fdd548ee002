//! WebSockets of both sides, by numbers that JavaScript gives.
//!
//! `apis/web/js/websocket/` is the client and what both sides share; the server's classes are
//! beside `Bun.serve`. Belongs to the script's shard.
//!
//! Invariant: a socket is known by its number from its making until its end has been told.

mod ops;

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use dx_client::{Connection, Socket};
use dx_ops::{Extension, Global, PreludeModule, prelude_module};
use dx_reactor::Reactor;

/// WebSockets as the runtime installs them.
pub(crate) const EXTENSION: Extension = Extension {
    name: "websocket",
    modules: MODULES,
    ops: ops::OPS,
    globals: &[Global { name: "WebSocket", module: "websocket/index" }],
    builtins: &[],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("websocket/index", "apis/web/js/websocket/index.js"),
    prelude_module!("websocket/handshake", "apis/web/js/websocket/handshake.js"),
    prelude_module!("websocket/socket", "apis/web/js/websocket/socket.js"),
];

/// The sockets of a shard.
#[derive(Default)]
pub struct Sockets(RefCell<HashMap<u32, Rc<Socket>>>);

impl Sockets {
    fn get(&self, number: u32) -> Option<Rc<Socket>> {
        self.0.borrow().get(&number).cloned()
    }

    /// Gives a socket its connection, on which `greeting` is sent first and `received` has come;
    /// without one the socket ends.
    pub fn attach(
        &self,
        reactor: &Reactor,
        number: u32,
        connection: Option<(Box<Connection>, Vec<u8>)>,
        greeting: Vec<u8>,
    ) {
        let Some(socket) = self.get(number) else { return };
        let Some((connection, received)) = connection else { return socket.fail() };
        let task_reactor = reactor.clone();
        reactor.spawn(async move {
            socket.greet(greeting);
            socket.run(task_reactor, connection, received).await;
        });
    }
}

impl std::fmt::Debug for Sockets {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Sockets").field(&self.0.borrow().len()).finish()
    }
}
