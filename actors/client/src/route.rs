//! Which connection carries an exchange: one of the pool, one that another exchange is making
//! already, or a new one.
//!
//! Exchanges that may share a connection of HTTP/2 do not make one each: the first makes it, the
//! others wait until it is known which version its server speaks.

use std::{
    cell::RefCell,
    future::poll_fn,
    rc::Rc,
    task::{Poll, Waker},
};

use rustc_hash::FxHashMap;

use crate::{
    client::Client,
    connection::Connection,
    error::{ClientError, Http2Fault},
    exchange::{Target, Versions},
    http2::Session,
    pool::Origin,
};

const UNSUPPORTED: ClientError = ClientError::Http2(Http2Fault::Unsupported);

/// What carries an exchange.
pub(crate) enum Route {
    /// A connection of its own, for the time being.
    Http1(Box<Connection>),
    /// A session that takes another stream now.
    Http2(Rc<Session>),
}

/// How the making of a connection ended for those who wait for it.
#[derive(Clone)]
enum Verdict {
    /// The server speaks HTTP/2: there is a session.
    Shared,
    /// The server does not.
    NotShared,
    Failed(ClientError),
    /// Whoever made it has given up.
    Abandoned,
}

#[derive(Default)]
struct Making {
    verdict: RefCell<Option<Verdict>>,
    waiting: RefCell<Vec<Waker>>,
}

/// Where to, and what is offered there.
type Key = (Origin, Versions);

/// The connections that are being made for whoever can share them.
#[derive(Default)]
pub(crate) struct Pending(RefCell<FxHashMap<Key, Rc<Making>>>);

impl Pending {
    /// Waits for the one under way, if any.
    async fn wait(&self, key: &Key) -> Option<Verdict> {
        let making = self.0.borrow().get(key).cloned()?;
        let verdict = poll_fn(|context| match &*making.verdict.borrow() {
            Some(verdict) => Poll::Ready(verdict.clone()),
            None => {
                making.waiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            }
        });
        Some(verdict.await)
    }

    /// From now on others wait for the caller.
    fn lead(&self, key: Key) -> Lead<'_> {
        self.0.borrow_mut().insert(key.clone(), Rc::default());
        Lead { pending: self, key, verdict: Verdict::Abandoned }
    }
}

/// The making of a connection. Others are told when it is dropped.
struct Lead<'pending> {
    pending: &'pending Pending,
    key: Key,
    verdict: Verdict,
}

impl Drop for Lead<'_> {
    fn drop(&mut self) {
        let Some(making) = self.pending.0.borrow_mut().remove(&self.key) else { return };
        *making.verdict.borrow_mut() = Some(self.verdict.clone());
        for waker in making.waiting.take() {
            waker.wake();
        }
    }
}

impl Client {
    /// A connection that may be used at once.
    pub(crate) async fn route(&self, target: &Target) -> Result<Route, ClientError> {
        if target.versions == Versions::Http1 || target.tls.is_none() {
            return self.own_connection(target).await.map(Route::Http1);
        }
        let key = (Origin::of(target), target.versions);
        loop {
            if let Some(session) = self.session(&key.0).await? {
                return Ok(Route::Http2(session));
            }
            if target.versions == Versions::Either
                && let Some(connection) = self.pool().take(&key.0)
            {
                return Ok(Route::Http1(connection));
            }
            match self.pending().wait(&key).await {
                None => return self.lead(target, key).await,
                Some(Verdict::Shared | Verdict::Abandoned) => {}
                Some(Verdict::Failed(error)) => return Err(error),
                Some(Verdict::NotShared) if target.versions == Versions::Http2 => {
                    return Err(UNSUPPORTED);
                }
                Some(Verdict::NotShared) => {
                    let connection = self.connect(target).await?;
                    return self.shared_route(connection, target);
                }
            }
        }
    }

    async fn own_connection(&self, target: &Target) -> Result<Box<Connection>, ClientError> {
        let pooled = self.pool().take(&Origin::of(target));
        match pooled {
            Some(connection) => Ok(connection),
            None => self.connect(target).await,
        }
    }

    /// A session with room for another stream.
    async fn session(&self, origin: &Origin) -> Result<Option<Rc<Session>>, ClientError> {
        loop {
            let Some(session) = self.pool().session(origin) else { return Ok(None) };
            if session.is_settled() {
                return Ok(Some(session));
            }
            session.settled().await?;
        }
    }

    /// Makes a connection while others wait for it.
    async fn lead(&self, target: &Target, key: Key) -> Result<Route, ClientError> {
        let mut lead = self.pending().lead(key);
        let made = self.connect(target).await;
        let made = made.and_then(|connection| self.shared_route(connection, target));
        lead.verdict = match &made {
            Ok(Route::Http2(_)) => Verdict::Shared,
            Ok(Route::Http1(_)) => Verdict::NotShared,
            Err(error) if *error == UNSUPPORTED => Verdict::NotShared,
            Err(error) => Verdict::Failed(error.clone()),
        };
        made
    }

    fn shared_route(
        &self,
        connection: Box<Connection>,
        target: &Target,
    ) -> Result<Route, ClientError> {
        let route = self.private_route(connection, target)?;
        if let Route::Http2(session) = &route {
            self.share(target, session);
        }
        Ok(route)
    }

    /// What a connection carries that nobody else is to use.
    pub(crate) fn private_route(
        &self,
        connection: Box<Connection>,
        target: &Target,
    ) -> Result<Route, ClientError> {
        if connection.speaks_http2() {
            return Ok(Route::Http2(Session::start(*connection, self.reactor())));
        }
        match target.versions {
            Versions::Http2 => Err(UNSUPPORTED),
            _ => Ok(Route::Http1(connection)),
        }
    }
}
