//! The native half of `Bun.serve`: between the script's shared arrays and the network actors.
//!
//! Belongs to the script's shard. Batches of the network actors are written into the inbox that
//! JavaScript reads; records that JavaScript writes into the outbox go to the actor that owns
//! the exchange. `apis/bun/js/serve*.js` is the other half.
//!
//! Invariants:
//! - records reach an actor in the order JavaScript wrote them;
//! - an answer to a claim (content, room to write) settles at most one promise;
//! - what an actor refuses for lack of room waits in `unsent` and is sent again next turn.

mod inbox;
mod ops;
mod outbox;
mod ports;
mod sites;
mod tls;
mod upgrade;

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
    rc::Rc,
    sync::Arc,
};

use dx_mem::{Scratch, Segment};
use dx_net::{Batch, LargeBody};
use dx_ops::{Deferred, DispatchKey, Extension, Global, PreludeModule, prelude_module};
use dx_ring::{Key, Slab};
use dx_tls::ServerSettings;

pub use ports::install;

use inbox::Waiting;
use ports::Port;
use sites::{Draft, Server};
use upgrade::Upgrade;

/// `Bun.serve` as the runtime installs it.
pub const EXTENSION: Extension = Extension {
    name: "serve",
    modules: MODULES,
    ops: ops::OPS,
    globals: &[Global { name: "Bun.serve", module: "bun/serve" }],
    builtins: &[],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("bun/serve", "apis/bun/js/serve.js"),
    prelude_module!("bun/serve-graceful", "apis/bun/js/serve-graceful.js"),
    prelude_module!("bun/serve-files", "apis/bun/js/serve-files.js"),
    prelude_module!("bun/serve-incoming", "apis/bun/js/serve-incoming.js"),
    prelude_module!("bun/serve-options", "apis/bun/js/serve-options.js"),
    prelude_module!("bun/serve-reply", "apis/bun/js/serve-reply.js"),
    prelude_module!("bun/serve-tls", "apis/bun/js/serve-tls.js"),
    prelude_module!("bun/serve-websocket", "apis/bun/js/serve-websocket.js"),
    prelude_module!("bun/serve-wire", "apis/bun/js/serve-wire.js"),
];

/// Requests JavaScript is given at a time.
const INBOX_RECORDS: usize = 1024;
/// Bytes of records JavaScript may write before it has to hand them over.
const OUTBOX_BYTES: usize = 256 * 1024;

/// Names an exchange: the shard it lives on and its key there.
type ExchangeName = (u32, Key);

/// Everything `Bun.serve` keeps on the script's shard.
#[derive(Default)]
pub(crate) struct Serve {
    ports: RefCell<Vec<Port>>,
    inbox: RefCell<Option<Scratch>>,
    outbox: RefCell<Option<Scratch>>,
    batches: RefCell<VecDeque<Batch>>,
    segments: RefCell<HashMap<(u32, u32), Arc<Segment>>>,
    claims: RefCell<HashMap<ExchangeName, Waiting>>,
    drains: RefCell<HashMap<ExchangeName, Drain>>,
    large: RefCell<Slab<LargeBody>>,
    drafts: RefCell<Slab<Draft>>,
    servers: RefCell<Vec<Server>>,
    upgrades: RefCell<HashMap<ExchangeName, Upgrade>>,
    /// TLS settings by the number JavaScript knows them by.
    tls: RefCell<Vec<ServerSettings>>,
    dispatch: Cell<Option<DispatchKey>>,
    dual_stack: Cell<bool>,
    /// Other isolates of the process listen on the same ports.
    shares_ports: Cell<bool>,
}

/// Room that a streamed reply has gained, or the promise that waits for it.
#[derive(Default)]
struct Drain {
    bytes: u32,
    waiter: Option<Deferred>,
}

/// The dispatch source the runtime asks once a turn.
struct Source(Rc<Serve>);

impl dx_ops::Dispatch for Source {
    fn take(&self) -> u32 {
        self.0.fill_inbox()
    }

    fn flush(&self) {
        self.0.empty_outbox();
        self.0.send_again();
    }
}
