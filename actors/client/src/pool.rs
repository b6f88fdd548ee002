//! Idle connections, by where they lead.

use std::path::PathBuf;

use dx_reactor::Reactor;
use rustc_hash::FxHashMap;

use crate::{IDLE_MAX, IDLE_NS, connection::Connection, exchange::Target};

/// What has to be equal for a connection to serve another request.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Origin {
    host: String,
    port: u16,
    /// The number of the TLS settings; 0 in the clear.
    tls: u64,
    path: Option<PathBuf>,
    /// Proxy: host, port, its TLS, and what it was told.
    proxy: Option<(String, u16, u64, Vec<u8>)>,
}

impl Origin {
    pub(crate) fn of(target: &Target) -> Self {
        let number = |tls: &Option<std::rc::Rc<crate::TlsSettings>>| {
            tls.as_ref().map_or(0, |settings| settings.number())
        };
        let proxy = target.proxy.as_ref().map(|proxy| {
            (proxy.host.clone(), proxy.port, number(&proxy.tls), proxy.fields.clone())
        });
        // In the clear a proxy's connection serves every target.
        let tunnels = target.proxy.as_ref().is_some_and(|proxy| proxy.tunnels);
        let through = proxy.is_some() && target.tls.is_none() && !tunnels;
        Self {
            host: if through { String::new() } else { target.host.clone() },
            port: if through { 0 } else { target.port },
            tls: number(&target.tls),
            path: target.path.clone(),
            proxy,
        }
    }
}

struct Idle {
    connection: Box<Connection>,
    since_ns: u64,
}

/// The idle connections of a client.
#[derive(Default)]
pub(crate) struct Pool {
    idle: FxHashMap<Origin, Vec<Idle>>,
    count: usize,
}

impl Pool {
    /// The connection used last, of those the peer has not ended.
    pub(crate) fn take(&mut self, origin: &Origin) -> Option<Box<Connection>> {
        let idle = self.idle.get_mut(origin)?;
        while let Some(Idle { connection, .. }) = idle.pop() {
            self.count -= 1;
            if connection.is_quiet() {
                return Some(connection);
            }
        }
        self.idle.remove(origin);
        None
    }

    /// Keeps a connection; where there are too many, one of the same origin leaves, or this one.
    pub(crate) fn put(&mut self, origin: Origin, connection: Box<Connection>, reactor: &Reactor) {
        connection.watch();
        let idle = self.idle.entry(origin).or_default();
        if self.count >= IDLE_MAX {
            if idle.is_empty() {
                return;
            }
            drop(idle.remove(0));
            self.count -= 1;
        }
        idle.push(Idle { connection, since_ns: reactor.now_ns() });
        self.count += 1;
    }

    /// Closes those the peer has ended and those that are idle for too long.
    pub(crate) fn sweep(&mut self, now_ns: u64) {
        self.idle.retain(|_, idle| {
            idle.retain(|idle| {
                idle.connection.is_quiet() && now_ns.saturating_sub(idle.since_ns) < IDLE_NS
            });
            !idle.is_empty()
        });
        self.count = self.idle.values().map(Vec::len).sum();
    }

    /// Closes all.
    pub(crate) fn clear(&mut self) {
        self.idle.clear();
        self.count = 0;
    }

    pub(crate) fn len(&self) -> usize {
        self.count
    }
}
