//! The client of a shard.

use std::{
    cell::{Cell, RefCell, RefMut},
    rc::{Rc, Weak},
    time::Duration,
};

use dx_blocking::Pool as Threads;
use dx_reactor::Reactor;

use crate::{
    TlsSettings,
    connection::Connection,
    dial::{dial, dial_path},
    error::ClientError,
    exchange::{self, Head, Request, Target, Versions},
    flow::{Flow, Watched},
    http2::Session,
    pool::{Origin, Pool},
    resolve::Resolver,
    route::Pending,
    tunnel::open_tunnel,
};

/// How often idle connections and silent exchanges are looked at.
const SWEEP: Duration = Duration::from_secs(1);

/// What a client is doing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ClientStatistics {
    /// Exchanges under way.
    pub exchanges: usize,
    /// Idle connections.
    pub idle: usize,
    /// Connections that speak HTTP/2.
    pub sessions: usize,
    /// Exchanges under way on those.
    pub streams: usize,
}

/// The client of one shard; clones share its connections.
#[derive(Clone)]
pub struct Client(Rc<Inner>);

struct Inner {
    reactor: Reactor,
    threads: Threads,
    resolver: Resolver,
    pool: RefCell<Pool>,
    /// Connections that are being made for more than one exchange.
    pending: Pending,
    flows: RefCell<Vec<Weak<Flow>>>,
    under_way: Cell<usize>,
    sweeping: Cell<bool>,
}

impl Client {
    /// A client on `reactor`; names are looked up and such on `threads`.
    #[must_use]
    pub fn new(reactor: &Reactor, threads: Threads) -> Self {
        Self(Rc::new(Inner {
            resolver: Resolver::new(reactor, threads.clone()),
            reactor: reactor.clone(),
            threads,
            pool: RefCell::default(),
            pending: Pending::default(),
            flows: RefCell::default(),
            under_way: Cell::new(0),
            sweeping: Cell::new(false),
        }))
    }

    pub(crate) fn reactor(&self) -> &Reactor {
        &self.0.reactor
    }

    /// Runs one exchange. `on_head` is called once, with the head or with why there is none;
    /// content and a later failure come through `flow`.
    pub async fn exchange(
        &self,
        request: Request,
        flow: Rc<Flow>,
        on_head: impl FnOnce(Result<Head, ClientError>),
    ) {
        flow.active_ns.set(self.0.reactor.now_ns());
        flow.silence_ns.set(request.silence_ns);
        self.watch(&flow);
        self.0.under_way.set(self.0.under_way.get() + 1);
        let on_head = Cell::new(Some(on_head));
        let tell = |head| {
            if let Some(on_head) = on_head.take() {
                on_head(Ok(head));
            }
        };
        let exchange = Box::pin(exchange::run(self, &request, &flow, tell));
        let result = Watched { flow: &flow, exchange }.await;
        self.0.under_way.set(self.0.under_way.get() - 1);
        match (result.err(), on_head.take()) {
            (Some(error), Some(on_head)) => {
                flow.end(Some(error.clone()));
                on_head(Err(error));
            }
            (error, _) => flow.end(error),
        }
    }

    pub(crate) fn pool(&self) -> RefMut<'_, Pool> {
        self.0.pool.borrow_mut()
    }

    pub(crate) fn pending(&self) -> &Pending {
        &self.0.pending
    }

    pub(crate) async fn connect(&self, target: &Target) -> Result<Box<Connection>, ClientError> {
        let Inner { reactor, threads, .. } = &*self.0;
        if let Some(path) = &target.path {
            let dialled = dial_path(reactor, threads, path.clone()).await;
            let socket = dialled.map_err(|error| ClientError::of_connect(&error))?;
            let connection = Box::new(Connection::new(reactor, socket));
            return secure(connection, target.tls.as_ref(), &target.host, protocols(target)).await;
        }
        let Some(proxy) = &target.proxy else {
            let connection = self.dial(&target.host, target.port, true).await?;
            return secure(connection, target.tls.as_ref(), &target.host, protocols(target)).await;
        };
        let connection = self.dial(&proxy.host, proxy.port, false).await?;
        let mut connection = secure(connection, proxy.tls.as_ref(), &proxy.host, &[HTTP1]).await?;
        if target.tls.is_some() || proxy.tunnels {
            connection = open_tunnel(connection, target, proxy).await?;
        }
        secure(connection, target.tls.as_ref(), &target.host, protocols(target)).await
    }

    /// Connects; `within`: also to a server of this shard without the kernel.
    async fn dial(
        &self,
        host: &str,
        port: u16,
        within: bool,
    ) -> Result<Box<Connection>, ClientError> {
        let addresses = self.0.resolver.resolve(host).await?;
        let dialled = dial(&self.0.reactor, &addresses, port, within).await;
        let socket = dialled.map_err(|error| ClientError::of_connect(&error))?;
        Ok(Box::new(Connection::new(&self.0.reactor, socket)))
    }

    /// Makes a connection before it is needed.
    pub async fn preconnect(&self, target: &Target) {
        if let Ok(connection) = self.connect(target).await {
            // As after a use: the server may have closed it when a request comes.
            connection.uses.set(1);
            self.give_back(target, connection);
        }
    }

    /// Looks a name up, so that the answer is remembered.
    ///
    /// # Errors
    /// [`ClientError::Unknown`].
    pub async fn resolve(&self, host: &str) -> Result<Vec<std::net::IpAddr>, ClientError> {
        Ok(self.0.resolver.resolve(host).await?.to_vec())
    }

    pub(crate) fn give_back(&self, target: &Target, connection: Box<Connection>) {
        let origin = Origin::of(target);
        self.0.pool.borrow_mut().put(origin, connection, &self.0.reactor);
        self.start_sweeping();
    }

    /// Keeps a session, whose streams are for whoever asks for the same origin.
    pub(crate) fn share(&self, target: &Target, session: &Rc<Session>) {
        self.0.pool.borrow_mut().share(Origin::of(target), Rc::clone(session));
        self.start_sweeping();
    }

    /// Closes the idle connections.
    pub fn close_idle(&self) {
        self.0.pool.borrow_mut().clear();
    }

    /// What the client is doing.
    #[must_use]
    pub fn statistics(&self) -> ClientStatistics {
        let mut pool = self.0.pool.borrow_mut();
        let (sessions, streams) = pool.sessions();
        let exchanges = self.0.under_way.get();
        ClientStatistics { exchanges, idle: pool.len(), sessions, streams }
    }

    /// Ends the exchange when nothing has come or gone for longer than allowed.
    fn watch(&self, flow: &Rc<Flow>) {
        let silence_ns = flow.silence_ns.get();
        if silence_ns == 0 {
            return;
        }
        if silence_ns < 4 * SWEEP.as_nanos() as u64 {
            let (reactor, flow) = (self.0.reactor.clone(), Rc::downgrade(flow));
            let task = async move { watch_closely(&reactor, &flow).await };
            return self.0.reactor.spawn(task);
        }
        self.0.flows.borrow_mut().push(Rc::downgrade(flow));
        self.start_sweeping();
    }

    fn start_sweeping(&self) {
        if self.0.sweeping.replace(true) {
            return;
        }
        let inner = Rc::downgrade(&self.0);
        let reactor = self.0.reactor.clone();
        self.0.reactor.spawn(async move {
            loop {
                reactor.sleep(SWEEP).await;
                let Some(inner) = inner.upgrade() else { return };
                if !inner.sweep() {
                    inner.sweeping.set(false);
                    return;
                }
            }
        });
    }
}

impl Inner {
    /// Whether there is anything left to look at.
    fn sweep(&self) -> bool {
        let now_ns = self.reactor.now_ns();
        self.pool.borrow_mut().sweep(now_ns);
        let mut flows = self.flows.take();
        flows.retain(|flow| flow.upgrade().is_some_and(|flow| is_awaited(&flow, now_ns)));
        let has_connections = !self.pool.borrow().is_empty();
        let mut kept = self.flows.borrow_mut();
        kept.append(&mut flows);
        has_connections || !kept.is_empty()
    }
}

/// Gives up an exchange that is silent for too long; whether it is still to be watched.
fn is_awaited(flow: &Flow, now_ns: u64) -> bool {
    if flow.is_over() {
        return false;
    }
    let silent = now_ns.saturating_sub(flow.active_ns.get()) >= flow.silence_ns.get();
    if silent {
        flow.give_up(ClientError::Silent);
    }
    !silent
}

async fn watch_closely(reactor: &Reactor, flow: &Weak<Flow>) {
    while let Some(until_ns) = flow
        .upgrade()
        .filter(|flow| !flow.is_over())
        .map(|flow| flow.active_ns.get().saturating_add(flow.silence_ns.get()))
    {
        reactor.sleep_until(until_ns).await;
        let Some(flow) = flow.upgrade() else { return };
        if !is_awaited(&flow, reactor.now_ns()) {
            return;
        }
    }
}

/// The names of ALPN.
const HTTP1: &[u8] = b"http/1.1";
const HTTP2: &[u8] = b"h2";

fn protocols(target: &Target) -> &'static [&'static [u8]] {
    match target.versions {
        Versions::Http1 => &[HTTP1],
        Versions::Either => &[HTTP2, HTTP1],
        Versions::Http2 => &[HTTP2],
    }
}

/// Starts TLS with `host`, where there are settings for it.
async fn secure(
    connection: Box<Connection>,
    settings: Option<&Rc<TlsSettings>>,
    host: &str,
    protocols: &[&[u8]],
) -> Result<Box<Connection>, ClientError> {
    match settings {
        None => Ok(connection),
        Some(settings) => {
            let session = settings.session(host, protocols).map_err(ClientError::Tls)?;
            connection.secure(session.into(), protocols == [HTTP2]).await
        }
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Client").field(&self.statistics()).finish()
    }
}
