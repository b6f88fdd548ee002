//! Connecting: the addresses of a name one after the other, each with a head start
//! (RFC 8305 section 5).

use std::{
    future::{Future, poll_fn},
    io,
    net::{IpAddr, SocketAddr},
    os::{fd::IntoRawFd, unix::ffi::OsStrExt as _},
    path::PathBuf,
    pin::Pin,
    task::Poll,
    time::Duration,
};

use dx_blocking::Pool;
use dx_driver::{Descriptor, Operation};
use dx_reactor::Reactor;
use dx_sys::endpoint::connect_local_waiting;

/// The head start of an address over the next one.
const HEAD_START: Duration = Duration::from_millis(250);

/// A descriptor that is closed when nobody wants it any more.
pub(crate) struct Socket {
    reactor: Reactor,
    descriptor: Descriptor,
}

impl Socket {
    pub(crate) fn new(reactor: &Reactor, descriptor: Descriptor) -> Self {
        Self { reactor: reactor.clone(), descriptor }
    }

    pub(crate) fn descriptor(&self) -> Descriptor {
        self.descriptor
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reactor.close(self.descriptor);
    }
}

type Attempt = Pin<Box<dyn Future<Output = io::Result<Socket>>>>;

/// Connects to the first of `addresses` that answers; `within`: also where that is a server of
/// this shard, without the kernel.
pub(crate) async fn dial(
    reactor: &Reactor,
    addresses: &[IpAddr],
    port: u16,
    within: bool,
) -> io::Result<Socket> {
    if let [address] = addresses {
        return connect(reactor.clone(), SocketAddr::new(*address, port), within).await;
    }
    let mut waiting = addresses.iter();
    let mut attempts: Vec<Attempt> = Vec::new();
    let mut head_start: Option<Pin<Box<dyn Future<Output = ()>>>> = None;
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    poll_fn(|context| {
        loop {
            let start_next = head_start
                .as_mut()
                .is_none_or(|head_start| head_start.as_mut().poll(context).is_ready());
            if start_next {
                head_start = match waiting.next() {
                    Some(address) => {
                        let address = SocketAddr::new(*address, port);
                        attempts.push(Box::pin(connect(reactor.clone(), address, within)));
                        let reactor = reactor.clone();
                        Some(Box::pin(async move { reactor.sleep(HEAD_START).await }))
                    }
                    None => Some(Box::pin(std::future::pending())),
                };
            }
            let mut failed = false;
            let mut index = 0;
            while index < attempts.len() {
                match attempts[index].as_mut().poll(context) {
                    Poll::Ready(Ok(socket)) => return Poll::Ready(Ok(socket)),
                    Poll::Ready(Err(error)) => {
                        last = error;
                        failed = true;
                        drop(attempts.swap_remove(index));
                    }
                    Poll::Pending => index += 1,
                }
            }
            // A failure ends the head start of the one that failed.
            if failed && waiting.len() > 0 {
                head_start = None;
            } else if attempts.is_empty() && waiting.len() == 0 {
                let error = std::mem::replace(&mut last, io::ErrorKind::Other.into());
                return Poll::Ready(Err(error));
            } else if !start_next {
                return Poll::Pending;
            }
        }
    })
    .await
}

async fn connect(reactor: Reactor, address: SocketAddr, within: bool) -> io::Result<Socket> {
    if within
        && let Some(descriptor) = reactor.with_driver(|driver| driver.connect_loopback(address))
    {
        return Ok(Socket::new(&reactor, descriptor));
    }
    let descriptor = reactor.with_driver(|driver| driver.socket(address))?;
    let socket = Socket::new(&reactor, descriptor);
    reactor.operate(Operation::Connect { socket: descriptor, address }).await.result?;
    Ok(socket)
}

/// Connects to a socket of the file system. A full backlog makes the call wait, so it runs on
/// the pool.
pub(crate) async fn dial_path(reactor: &Reactor, pool: &Pool, path: PathBuf) -> io::Result<Socket> {
    let connect = move || connect_local_waiting(path.as_os_str().as_bytes());
    let connected = pool.run_when_free(connect).await;
    let socket = connected.map_err(|error| io::Error::other(error.to_string()))??;
    Ok(Socket::new(reactor, Descriptor(socket.into_raw_fd())))
}
