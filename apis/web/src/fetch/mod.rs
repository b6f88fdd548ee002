//! The native half of `fetch`: exchanges of the shard's client, by numbers that JavaScript gives.
//!
//! `apis/web/js/fetch/` is the other half: it builds heads, follows redirects and makes
//! responses and errors. Belongs to the script's shard.
//!
//! Invariants: an exchange is known by its number from its start until its content has been
//! taken, refused, or has failed; what is asked of a number that is not known has ended.

mod failure;
mod ops;
mod start;
mod tls;

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use dx_client::{Client, Flow, TlsSettings};
use dx_ops::{Extension, Global, Host, PreludeModule, prelude_module};

/// `fetch` as the runtime installs it.
pub(crate) const EXTENSION: Extension =
    Extension { name: "fetch", modules: MODULES, ops: ops::OPS, globals: GLOBALS, builtins: &[] };

const MODULES: &[PreludeModule] = &[
    prelude_module!("fetch/index", "apis/web/js/fetch/index.js"),
    prelude_module!("fetch/body", "apis/web/js/fetch/body.js"),
    prelude_module!("fetch/compress", "apis/web/js/fetch/compress.js"),
    prelude_module!("fetch/errors", "apis/web/js/fetch/errors.js"),
    prelude_module!("fetch/exchange", "apis/web/js/fetch/exchange.js"),
    prelude_module!("fetch/head", "apis/web/js/fetch/head.js"),
    prelude_module!("fetch/options", "apis/web/js/fetch/options.js"),
    prelude_module!("fetch/proxy", "apis/web/js/fetch/proxy.js"),
    prelude_module!("fetch/schemes", "apis/web/js/fetch/schemes.js"),
    prelude_module!("fetch/target", "apis/web/js/fetch/target.js"),
    prelude_module!("fetch/tls", "apis/web/js/fetch/tls.js"),
    prelude_module!("fetch/upgrade", "apis/web/js/fetch/upgrade.js"),
    prelude_module!("fetch/upload", "apis/web/js/fetch/upload.js"),
    prelude_module!("fetch/verbose", "apis/web/js/fetch/verbose.js"),
];

const GLOBALS: &[Global] = &[
    Global { name: "fetch", module: "fetch/index" },
    Global { name: "Bun.fetch", module: "fetch/index" },
];

/// The exchanges of a shard.
#[derive(Default)]
pub(crate) struct Fetches {
    client: OnceCell<Client>,
    flows: RefCell<HashMap<u32, Rc<Flow>>>,
    /// TLS settings by number, the standard ones first.
    settings: RefCell<Vec<Rc<TlsSettings>>>,
}

impl Fetches {
    fn client(&self, host: &Host) -> Client {
        self.client
            .get_or_init(|| Client::new(host.reactor(), dx_blocking::shared().clone()))
            .clone()
    }

    pub(crate) fn flow(&self, number: u32) -> Option<Rc<Flow>> {
        self.flows.borrow().get(&number).cloned()
    }

    pub(crate) fn forget(&self, number: u32) {
        self.flows.borrow_mut().remove(&number);
    }

    /// Settings by the number JavaScript knows them by; the standard ones where it names none.
    fn settings(&self, number: u32) -> Rc<TlsSettings> {
        let mut settings = self.settings.borrow_mut();
        if settings.is_empty() {
            settings.push(Rc::new(tls::standard()));
        }
        let place = settings.get(number as usize).unwrap_or(&settings[0]);
        Rc::clone(place)
    }

    /// Keeps settings; their number.
    fn keep(&self, settings: TlsSettings) -> u32 {
        // The standard ones come first.
        self.settings(0);
        let mut kept = self.settings.borrow_mut();
        kept.push(Rc::new(settings));
        kept.len() as u32 - 1
    }
}
