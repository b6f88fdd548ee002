//! node:dns and Bun.dns: the system's resolver on the pool of threads, and questions to name
//! servers through the ring.
//!
//! JavaScript (`apis/node/js/dns`) checks arguments and shapes records; here names become
//! addresses and questions become messages. Errors are answered as values: a resolver's number,
//! or the name of c-ares for what has gone wrong.

mod exchange;
mod lookup;
mod question;

use dx_ops::{Extension, Global, Op, PreludeModule, prelude_module};

/// What this family adds to an isolate.
pub(crate) const EXTENSION: Extension = Extension {
    name: "node-dns",
    modules: MODULES,
    ops: OPS,
    globals: &[Global { name: "Bun.dns", module: "node/dns/bun-dns" }],
    builtins: &[("node:dns", "node/dns"), ("node:dns/promises", "node/dns-promises")],
};

const MODULES: &[PreludeModule] = &[
    prelude_module!("node/dns", "apis/node/js/dns/index.js"),
    prelude_module!("node/dns-promises", "apis/node/js/dns/promises.js"),
    prelude_module!("node/dns/bun-dns", "apis/node/js/dns/bun-dns.js"),
    prelude_module!("node/dns/checks", "apis/node/js/dns/checks.js"),
    prelude_module!("node/dns/codes", "apis/node/js/dns/codes.js"),
    prelude_module!("node/dns/records", "apis/node/js/dns/records.js"),
    prelude_module!("node/dns/servers", "apis/node/js/dns/servers.js"),
];

const OPS: &[Op] = &[
    Op::asynchronous("dnsLookup", lookup::lookup),
    Op::asynchronous("dnsLookupService", lookup::lookup_service),
    Op::sync("dnsSystemServers", question::system_servers),
    Op::asynchronous("dnsQuery", question::query),
    Op::sync("dnsCancel", question::cancel),
];
