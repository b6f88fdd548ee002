//! Idle connections and shared sessions, by where they lead.

use std::{path::PathBuf, rc::Rc};

use dx_reactor::Reactor;
use rustc_hash::FxHashMap;

use crate::{IDLE_MAX, IDLE_NS, connection::Connection, exchange::Target, http2::Session};

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

/// The idle connections of a client, and its sessions of HTTP/2, idle or not.
#[derive(Default)]
pub(crate) struct Pool {
    idle: FxHashMap<Origin, Vec<Idle>>,
    count: usize,
    sessions: FxHashMap<Origin, Vec<Rc<Session>>>,
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
        self.retain(|session| session.is_open() && !session.is_idle_for(IDLE_NS));
    }

    /// Keeps a session as long as it takes new streams. Where there are too many, idle ones leave.
    pub(crate) fn share(&mut self, origin: Origin, session: Rc<Session>) {
        if self.sessions().0 >= IDLE_MAX {
            self.retain(|session| session.streams() > 0);
        }
        self.sessions.entry(origin).or_default().push(session);
    }

    fn retain(&mut self, keep: impl Fn(&Session) -> bool) {
        self.sessions.retain(|_, sessions| {
            sessions.retain(|session| keep(session));
            !sessions.is_empty()
        });
    }

    /// Sessions that are open, and their streams.
    pub(crate) fn sessions(&mut self) -> (usize, usize) {
        self.retain(Session::is_open);
        let all = || self.sessions.values().flatten();
        (all().count(), all().map(|session| session.streams()).sum())
    }

    /// A session that takes another stream; where there is none, one that may once its server has
    /// said its settings.
    pub(crate) fn session(&mut self, origin: &Origin) -> Option<Rc<Session>> {
        let sessions = self.sessions.get_mut(origin)?;
        sessions.retain(|session| session.is_open());
        let with_room = |session: &&Rc<Session>| session.is_settled() && session.has_room();
        let found = sessions.iter().find(with_room);
        let unsettled = || sessions.iter().find(|session| !session.is_settled());
        found.or_else(unsettled).cloned()
    }

    /// Closes all that is idle.
    pub(crate) fn clear(&mut self) {
        self.idle.clear();
        self.count = 0;
        self.retain(|session| session.streams() > 0);
    }

    /// Connections that are idle.
    pub(crate) fn len(&self) -> usize {
        let sessions = self.sessions.values().flatten();
        self.count + sessions.filter(|session| session.streams() == 0).count()
    }

    /// Whether there is nothing to look after.
    pub(crate) fn is_empty(&self) -> bool {
        self.count == 0 && self.sessions.is_empty()
    }
}
