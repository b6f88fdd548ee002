//! Servers: from options to sites, listening sockets and their end.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs},
    os::fd::{AsRawFd as _, IntoRawFd as _, OwnedFd},
    path::PathBuf,
    rc::Rc,
    sync::Arc,
};

use bytes::Bytes;
use dx_driver::{Descriptor, ListenOptions};
use dx_net::{Listening, NetMessage, RouteTarget, Router, Site, SiteSettings, StaticResponse};
use dx_ops::{ErrorClass, Exception, Host, KeepAlive, Property, Value};
use dx_ring::Key;
use dx_sys::endpoint;
use dx_tls::ServerSettings;

use super::Serve;

/// Connections the kernel may queue for a listening socket, as Bun asks for.
const BACKLOG: u32 = 512;

/// A site that is being described, route by route.
pub(super) struct Draft {
    pub(super) settings: SiteSettings,
    pub(super) router: Router,
    pub(super) targets: Vec<RouteTarget>,
}

/// A server as the script's shard knows it.
pub(super) struct Server {
    alive: Option<KeepAlive>,
    listening: bool,
    /// The network actors' sockets, until it is stopped.
    sockets: Vec<Descriptor>,
    /// The socket in the file system, which goes with the server.
    path: Option<PathBuf>,
}

/// Where a server listens.
pub(super) struct Wish {
    pub(super) hostname: String,
    pub(super) port: u16,
    pub(super) reuse_port: bool,
    pub(super) ipv6_only: bool,
    /// A socket of the file system in place of host and port.
    pub(super) path: Option<String>,
}

impl Draft {
    pub(super) fn new(
        body_bytes_max: u64,
        idle_timeout_s: u32,
        tls: Option<ServerSettings>,
        is_local: bool,
    ) -> Self {
        Self {
            settings: SiteSettings { body_bytes_max, idle_timeout_s, tls, is_local },
            router: Router::default(),
            targets: Vec::new(),
        }
    }

    /// Adds a route; the method `""` takes every method.
    pub(super) fn add(
        &mut self,
        pattern: &str,
        method: &str,
        target: RouteTarget,
    ) -> Result<(), Exception> {
        let route = self.targets.len() as u32;
        let method = (!method.is_empty()).then(|| dx_http::Method::from_bytes(method.as_bytes()));
        self.router.add(pattern.as_bytes(), method, route).map_err(|error| {
            let message = format!("Invalid route {pattern:?}: {error:?}");
            Exception::type_error(message).with_code("ERR_INVALID_ARG_TYPE")
        })?;
        self.targets.push(target);
        Ok(())
    }

    pub(super) fn static_target(
        status: u16,
        reason: &str,
        headers: Vec<(Vec<u8>, Vec<u8>)>,
        body: Vec<u8>,
    ) -> Result<RouteTarget, Exception> {
        let response = StaticResponse::new(status, reason.into(), headers, Bytes::from(body))
            .map_err(|error| Exception::type_error(error.to_string()))?;
        Ok(RouteTarget::Static(Arc::new(response)))
    }

    fn into_site(self, number: u32) -> Arc<Site> {
        let Self { settings, router, targets } = self;
        Arc::new(Site { number, settings, router, targets })
    }
}

impl Serve {
    /// Opens the listening sockets of a server and hands them to the network actors.
    pub(super) fn listen(
        &self,
        host: &Host,
        draft: Draft,
        wish: &Wish,
    ) -> Result<Value, Exception> {
        let number = self.servers.borrow().len() as u32;
        let site = draft.into_site(number);
        if let Some(path) = &wish.path {
            return self.listen_at(host, site, path);
        }
        let options = self.listen_options(wish);
        let opened = self.open_sockets(host, wish, &options);
        let (local, sockets) = opened.map_err(|error| io_error(&error))?;
        let is_alone = !options.reuse_port;
        self.dual_stack.set(local.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED) && !wish.ipv6_only);
        for (port, &socket) in self.ports.borrow().iter().zip(&sockets) {
            let listening = Listening { socket, site: Arc::clone(&site), is_alone };
            port.send(NetMessage::Listen(Box::new(listening)));
        }
        let alive = Some(host.keep_alive());
        self.servers.borrow_mut().push(Server { alive, listening: true, sockets, path: None });
        let family = if local.is_ipv4() { "IPv4" } else { "IPv6" };
        Ok(Value::Object(vec![
            ("site", Value::from(number)),
            ("address", Value::from(local.ip().to_string())),
            ("family", Value::from(family)),
            ("port", Value::from(u32::from(local.port()))),
        ]))
    }

    /// Listens on a socket of the file system; the first of the network actors serves it.
    fn listen_at(&self, host: &Host, site: Arc<Site>, path: &str) -> Result<Value, Exception> {
        let listener = open_local(path).map_err(|error| path_error(&error, path))?;
        let socket = Descriptor(listener.into_raw_fd());
        let number = site.number;
        if let Some(port) = self.ports.borrow().first() {
            let listening = Listening { socket, site, is_alone: false };
            port.send(NetMessage::Listen(Box::new(listening)));
        }
        let alive = Some(host.keep_alive());
        let path = Some(PathBuf::from(path));
        let server = Server { alive, listening: true, sockets: Vec::new(), path };
        self.servers.borrow_mut().push(server);
        Ok(Value::Object(vec![("site", Value::from(number))]))
    }

    /// Where shards share a port, so may other processes of the user.
    fn listen_options(&self, wish: &Wish) -> ListenOptions {
        let shards = self.ports.borrow().len();
        ListenOptions {
            backlog: BACKLOG,
            reuse_port: wish.reuse_port || shards > 1 || self.shares_ports.get(),
            ipv6_only: wish.ipv6_only,
        }
    }

    fn open_sockets(
        &self,
        host: &Host,
        wish: &Wish,
        options: &ListenOptions,
    ) -> std::io::Result<(SocketAddr, Vec<Descriptor>)> {
        let shards = self.ports.borrow().len();
        if shards > 1 && wish.port != 0 && !wish.reuse_port {
            // Our own sockets share the port; anybody else's must make the start fail.
            let alone = ListenOptions { reuse_port: false, ..options.clone() };
            let (probe, _) = bind_first(host, wish, &alone)?;
            close(host, probe);
        }
        let (first, local) = bind_first(host, wish, options)?;
        let mut sockets = vec![first];
        while sockets.len() < shards {
            match host.reactor().with_driver(|driver| driver.listen(local, options)) {
                Ok(socket) => sockets.push(socket),
                Err(error) => {
                    sockets.into_iter().for_each(|socket| close(host, socket));
                    return Err(error);
                }
            }
        }
        Ok((local, sockets))
    }

    /// Serves another version of a site.
    pub(super) fn reload(&self, number: u32, draft: Draft) {
        let site = draft.into_site(number);
        for port in self.ports.borrow().iter() {
            port.send(NetMessage::Replace(Arc::clone(&site)));
        }
    }

    /// Stops a server; the future ends when its last connection is gone.
    pub(super) fn stop(
        self: &Rc<Self>,
        number: u32,
        force: bool,
    ) -> impl Future<Output = ()> + 'static {
        let ports = self.ports.borrow();
        if let Some(server) = self.servers.borrow_mut().get_mut(number as usize) {
            for socket in server.sockets.drain(..).filter(|socket| !socket.is_virtual()) {
                // The actors close the sockets when they come to it; the program may listen on the
                // same port at once. The message that ends them is sent below, so they are open.
                let _ = endpoint::shutdown_both(socket.0);
            }
        }
        let stopping = |port: &super::Port| port.call(NetMessage::Stop(number, force));
        let tickets: Vec<_> = ports.iter().filter_map(stopping).collect();
        let serve = Rc::clone(self);
        let mut servers = self.servers.borrow_mut();
        if let Some(path) = servers.get_mut(number as usize).and_then(|server| server.path.take()) {
            // Somebody may have removed it already.
            let _ = std::fs::remove_file(path);
        }
        async move {
            for ticket in tickets {
                // An actor that ended has no connections left.
                let _ended = ticket.await;
            }
            if let Some(server) = serve.servers.borrow_mut().get_mut(number as usize) {
                server.listening = false;
                server.alive = None;
            }
        }
    }

    /// Lets a server keep the event loop alive, or not.
    pub(super) fn set_referenced(&self, host: &Host, number: u32, referenced: bool) {
        if let Some(server) = self.servers.borrow_mut().get_mut(number as usize) {
            server.alive = (referenced && server.listening).then(|| host.keep_alive());
        }
    }

    pub(super) fn take_draft(&self, index: u32) -> Result<Draft, Exception> {
        let mut drafts = self.drafts.borrow_mut();
        let key = drafts.key_at(index).unwrap_or(Key::NONE);
        drafts.remove(key).ok_or_else(|| Exception::type_error("No such draft"))
    }

    pub(super) fn with_draft<R>(
        &self,
        index: u32,
        action: impl FnOnce(&mut Draft) -> Result<R, Exception>,
    ) -> Result<R, Exception> {
        let mut drafts = self.drafts.borrow_mut();
        let key = drafts.key_at(index).unwrap_or(Key::NONE);
        let draft = drafts.get_mut(key).ok_or_else(|| Exception::type_error("No such draft"))?;
        action(draft)
    }
}

fn close(host: &Host, socket: Descriptor) {
    let reactor = host.reactor().clone();
    host.spawn(async move {
        let closing = dx_driver::Operation::Close { descriptor: socket };
        let _closed = reactor.operate(closing).await;
    });
}

/// Listens on the first address of the host name that can be listened on.
fn bind_first(
    host: &Host,
    wish: &Wish,
    options: &ListenOptions,
) -> std::io::Result<(Descriptor, SocketAddr)> {
    let mut failure = None;
    for address in addresses(wish)? {
        let opened = host.reactor().with_driver(|driver| {
            let socket = driver.listen(address, options)?;
            Ok::<_, std::io::Error>((socket, driver.local_address(socket)?))
        });
        match opened {
            Ok(opened) => return Ok(opened),
            Err(error) => failure = failure.or(Some(error)),
        }
    }
    Err(failure.unwrap_or_else(|| std::io::ErrorKind::AddrNotAvailable.into()))
}

/// Every interface where none is named: IPv6 with IPv4 mapped, or IPv4 on hosts without.
fn addresses(wish: &Wish) -> std::io::Result<Vec<SocketAddr>> {
    let hostname = wish.hostname.trim_start_matches('[').trim_end_matches(']');
    if hostname.is_empty() {
        let any = [IpAddr::V6(Ipv6Addr::UNSPECIFIED), IpAddr::V4(Ipv4Addr::UNSPECIFIED)];
        return Ok(any.map(|address| SocketAddr::new(address, wish.port)).to_vec());
    }
    Ok((hostname, wish.port).to_socket_addrs()?.collect())
}

fn open_local(path: &str) -> std::io::Result<OwnedFd> {
    let socket = endpoint::local_stream()?;
    endpoint::bind_local(socket.as_raw_fd(), path.as_bytes())?;
    endpoint::start_listening(socket.as_raw_fd(), BACKLOG as i32)?;
    Ok(socket)
}

fn path_error(error: &std::io::Error, path: &str) -> Exception {
    let error =
        error.raw_os_error().map_or_else(|| error.kind().into(), std::io::Error::from_raw_os_error);
    crate::errno::Failure { error, syscall: "listen", path: Some(path.to_owned()) }.into_exception()
}

fn io_error(error: &std::io::Error) -> Exception {
    let (code, number) = match error.raw_os_error() {
        Some(98) => ("EADDRINUSE", -98),
        Some(13) => ("EACCES", -13),
        Some(99) => ("EADDRNOTAVAIL", -99),
        Some(24) => ("EMFILE", -24),
        Some(other) => ("EIO", -i64::from(other)),
        None => ("ENOTFOUND", -3008),
    };
    Exception::new(ErrorClass::Error, format!("Failed to listen: {error}"))
        .with_code(code)
        .with_property("errno", Property::Number(number))
        .with_property("syscall", Property::String("listen".to_owned()))
}
