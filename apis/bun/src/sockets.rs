//! Bun.listen, Bun.connect and Bun.udpSocket: sockets with handlers instead of events.
//!
//! JavaScript (`apis/bun/js/sockets`) on the handles of node:net; no operations of their own.

use dx_ops::{Extension, Global, PreludeModule, prelude_module};

/// What this part adds to an isolate.
pub(crate) const EXTENSION: Extension =
    Extension { name: "bun-sockets", modules: MODULES, ops: &[], globals: GLOBALS, builtins: &[] };

const MODULES: &[PreludeModule] = &[
    prelude_module!("bun/sockets", "apis/bun/js/sockets/index.js"),
    prelude_module!("bun/sockets/handlers", "apis/bun/js/sockets/handlers.js"),
    prelude_module!("bun/sockets/socket", "apis/bun/js/sockets/socket.js"),
    prelude_module!("bun/sockets/udp", "apis/bun/js/sockets/udp.js"),
];

const GLOBALS: &[Global] = &[
    Global { name: "Bun.listen", module: "bun/sockets" },
    Global { name: "Bun.connect", module: "bun/sockets" },
    Global { name: "Bun.udpSocket", module: "bun/sockets/udp" },
];
