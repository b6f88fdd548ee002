//! TCP sockets.

use std::{
    io,
    mem::MaybeUninit,
    net::SocketAddr,
    os::fd::{IntoRawFd, OwnedFd, RawFd},
    time::Duration,
};

use rustix::net::{
    AddressFamily, SocketFlags, SocketType, bind, getpeername, getsockname, ipproto, listen,
    socket_with, sockopt,
};

use crate::borrow;

/// How [`listener`] sets up its socket.
#[derive(Clone, Copy, Debug)]
pub struct ListenerOptions {
    /// Connections the kernel may queue.
    pub backlog: u32,
    /// `SO_REUSEPORT`.
    pub reuse_port: bool,
    /// `IPV6_V6ONLY`.
    pub ipv6_only: bool,
    /// Whether the listener itself is non-blocking.
    pub nonblocking: bool,
}

fn flags(nonblocking: bool) -> SocketFlags {
    match nonblocking {
        true => SocketFlags::CLOEXEC | SocketFlags::NONBLOCK,
        false => SocketFlags::CLOEXEC,
    }
}

fn family(address: SocketAddr) -> AddressFamily {
    match address {
        SocketAddr::V4(_) => AddressFamily::INET,
        SocketAddr::V6(_) => AddressFamily::INET6,
    }
}

/// How long [`listener`] waits before each further attempt to have an address in use.
const WAITS_FOR_ADDRESS: [Duration; 5] = [
    Duration::from_millis(1),
    Duration::from_millis(2),
    Duration::from_millis(4),
    Duration::from_millis(8),
    Duration::from_millis(16),
];

/// A listening TCP socket with `SO_REUSEADDR`. `TCP_NODELAY` is set on it because Linux lets
/// accepted sockets inherit it, which saves a call for each connection.
///
/// An address in use is tried again for 31 ms: the kernel takes rings of io_uring apart only after
/// their process has ended, and their listening sockets last until then (6 to 13 ms on an idle
/// machine), so a server that was started anew would find its port taken by the one before it.
///
/// # Errors
/// As `socket(2)`, `setsockopt(2)`, `bind(2)` and `listen(2)`.
pub fn listener(address: SocketAddr, options: ListenerOptions) -> io::Result<OwnedFd> {
    for wait in WAITS_FOR_ADDRESS {
        match listener_now(address, options) {
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => std::thread::sleep(wait),
            answer => return answer,
        }
    }
    listener_now(address, options)
}

fn listener_now(address: SocketAddr, options: ListenerOptions) -> io::Result<OwnedFd> {
    let kind = SocketType::STREAM;
    let flags = flags(options.nonblocking);
    let socket = socket_with(family(address), kind, flags, Some(ipproto::TCP))?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    if options.reuse_port {
        sockopt::set_socket_reuseport(&socket, true)?;
    }
    if address.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, options.ipv6_only)?;
    }
    sockopt::set_tcp_nodelay(&socket, true)?;
    bind(&socket, &address)?;
    listen(&socket, i32::try_from(options.backlog).unwrap_or(i32::MAX))?;
    Ok(socket)
}

/// An unconnected TCP socket of the family of `peer`, with `TCP_NODELAY`.
///
/// # Errors
/// As `socket(2)` and `setsockopt(2)`.
pub fn stream(peer: SocketAddr, nonblocking: bool) -> io::Result<OwnedFd> {
    let kind = SocketType::STREAM;
    let socket = socket_with(family(peer), kind, flags(nonblocking), Some(ipproto::TCP))?;
    sockopt::set_tcp_nodelay(&socket, true)?;
    Ok(socket)
}

/// Gives up ownership, for code that names sockets by number.
#[must_use]
pub fn into_raw(socket: OwnedFd) -> RawFd {
    socket.into_raw_fd()
}

/// The address a socket is bound to.
///
/// # Errors
/// As `getsockname(2)`; `EAFNOSUPPORT` where it is not an internet address.
pub fn local_address(socket: RawFd) -> io::Result<SocketAddr> {
    let address = getsockname(borrow(socket)?)?;
    SocketAddr::try_from(address).map_err(|_| io::Error::from_raw_os_error(libc::EAFNOSUPPORT))
}

/// Whether a socket of IPv6 takes no connections of IPv4 (`IPV6_V6ONLY`).
///
/// # Errors
/// As `getsockopt(2)`.
pub fn is_ipv6_only(socket: RawFd) -> io::Result<bool> {
    Ok(sockopt::ipv6_v6only(borrow(socket)?)?)
}

/// The address a socket is connected to.
///
/// # Errors
/// As `getpeername(2)`; `EAFNOSUPPORT` where it is not an internet address.
pub fn peer_address(socket: RawFd) -> io::Result<SocketAddr> {
    let address = getpeername(borrow(socket)?)?.ok_or(io::ErrorKind::NotConnected)?;
    SocketAddr::try_from(address).map_err(|_| io::Error::from_raw_os_error(libc::EAFNOSUPPORT))
}

/// Whether a socket's peer is reached without leaving the machine, by its address alone.
#[must_use]
pub fn is_peer_loopback(socket: RawFd) -> bool {
    peer_address(socket).is_ok_and(|address| address.ip().to_canonical().is_loopback())
}

/// Takes the error a socket holds (`SO_ERROR`), such as the outcome of a connect.
///
/// # Errors
/// The socket's own error, or that of `getsockopt(2)`.
pub fn take_error(socket: RawFd) -> io::Result<()> {
    Ok(sockopt::socket_error(borrow(socket)?)??)
}

/// `shutdown(2)` for writing: the peer sees the end of the stream after what was sent.
///
/// # Errors
/// As `shutdown(2)`.
pub fn shutdown_write(socket: RawFd) -> io::Result<()> {
    Ok(rustix::net::shutdown(borrow(socket)?, rustix::net::Shutdown::Write)?)
}

fn check_len(result: isize) -> io::Result<usize> {
    usize::try_from(result).map_err(|_| io::Error::last_os_error())
}

/// Accepts a connection without waiting; the new socket is non-blocking and the caller's.
///
/// # Errors
/// As `accept4(2)`.
pub fn accept(listener: RawFd) -> io::Result<RawFd> {
    const FLAGS: i32 = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    let nobody = std::ptr::null_mut();
    // SAFETY: no address is asked for, so no pointer is followed.
    let socket = unsafe { libc::accept4(listener, nobody, nobody.cast(), FLAGS) };
    if socket < 0 { Err(io::Error::last_os_error()) } else { Ok(socket) }
}

/// Starts to connect a non-blocking socket.
///
/// # Errors
/// `EINPROGRESS` where the outcome is not known yet; else as `connect(2)`.
pub fn connect(socket: RawFd, address: SocketAddr) -> io::Result<()> {
    let address = KernelAddress::new(address);
    // SAFETY: the address is readable for the length of the call.
    match unsafe { libc::connect(socket, address.as_ptr(), address.len()) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Receives what is there, without waiting.
///
/// # Errors
/// `EAGAIN` where nothing is; else as `recv(2)`.
pub fn receive(socket: RawFd, into: &mut [u8]) -> io::Result<usize> {
    let (start, len) = (into.as_mut_ptr().cast(), into.len());
    // SAFETY: `into` is writable for its length for the time of the call.
    check_len(unsafe { libc::recv(socket, start, len, libc::MSG_DONTWAIT) })
}

/// Sends what fits, without waiting and without a signal.
///
/// # Errors
/// `EAGAIN` where nothing fits; else as `send(2)`.
pub fn send(socket: RawFd, bytes: &[u8]) -> io::Result<usize> {
    let (start, len) = (bytes.as_ptr().cast(), bytes.len());
    const FLAGS: i32 = libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL;
    // SAFETY: `bytes` is readable for its length for the time of the call.
    check_len(unsafe { libc::send(socket, start, len, FLAGS) })
}

/// Sets `SO_SNDBUF` and `SO_RCVBUF` in bytes; the kernel doubles and bounds them.
///
/// # Errors
/// As `setsockopt(2)`.
pub fn set_buffer_sizes(socket: RawFd, send: usize, receive: usize) -> io::Result<()> {
    sockopt::set_socket_send_buffer_size(borrow(socket)?, send)?;
    sockopt::set_socket_recv_buffer_size(borrow(socket)?, receive)?;
    Ok(())
}

/// Makes closing the socket reset the connection (`SO_LINGER` with zero seconds).
///
/// # Errors
/// As `setsockopt(2)`.
pub fn set_reset_on_close(socket: RawFd) -> io::Result<()> {
    let zero = Some(std::time::Duration::ZERO);
    Ok(sockopt::set_socket_linger(borrow(socket)?, zero)?)
}

/// A socket address in the kernel's own form, for calls that take a pointer to it.
#[derive(Clone, Copy)]
pub struct KernelAddress {
    storage: libc::sockaddr_storage,
    len: libc::socklen_t,
}

impl KernelAddress {
    /// Converts an address.
    #[must_use]
    pub fn new(address: SocketAddr) -> Self {
        // SAFETY: sockaddr_storage is plain data for which all zeroes is a value.
        let mut storage = unsafe { MaybeUninit::<libc::sockaddr_storage>::zeroed().assume_init() };
        let target = &raw mut storage;
        let len = match address {
            SocketAddr::V4(address) => {
                let kernel = libc::sockaddr_in {
                    sin_family: libc::AF_INET as libc::sa_family_t,
                    sin_port: address.port().to_be(),
                    sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(address.ip().octets()) },
                    sin_zero: [0; 8],
                };
                // SAFETY: the storage is larger than, and aligned for, every address family.
                unsafe { target.cast::<libc::sockaddr_in>().write(kernel) };
                size_of::<libc::sockaddr_in>()
            }
            SocketAddr::V6(address) => {
                let kernel = libc::sockaddr_in6 {
                    sin6_family: libc::AF_INET6 as libc::sa_family_t,
                    sin6_port: address.port().to_be(),
                    sin6_flowinfo: address.flowinfo(),
                    sin6_addr: libc::in6_addr { s6_addr: address.ip().octets() },
                    sin6_scope_id: address.scope_id(),
                };
                // SAFETY: as above.
                unsafe { target.cast::<libc::sockaddr_in6>().write(kernel) };
                size_of::<libc::sockaddr_in6>()
            }
        };
        Self { storage, len: len as libc::socklen_t }
    }

    /// Where the kernel finds it; valid while `self` stays where it is.
    #[must_use]
    pub fn as_ptr(&self) -> *const libc::sockaddr {
        (&raw const self.storage).cast()
    }

    /// Its length in bytes.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Never true.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

impl std::fmt::Debug for KernelAddress {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("KernelAddress").field("len", &self.len).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::{net::SocketAddr, os::fd::AsRawFd, time::Duration};

    use super::{ListenerOptions, is_peer_loopback, listener, local_address, peer_address};

    const OPTIONS: ListenerOptions =
        ListenerOptions { backlog: 16, reuse_port: true, ipv6_only: true, nonblocking: false };

    #[test]
    fn addresses_are_told() {
        let socket = listener(SocketAddr::from(([127, 0, 0, 1], 0)), OPTIONS).unwrap();
        let address = local_address(socket.as_raw_fd()).unwrap();
        assert!(address.port() != 0 && address.ip().is_loopback());
        let client = std::net::TcpStream::connect(address).unwrap();
        assert_eq!(peer_address(client.as_raw_fd()).unwrap(), address);
        assert!(is_peer_loopback(client.as_raw_fd()));
        assert!(peer_address(socket.as_raw_fd()).is_err());
        assert!(local_address(-1).is_err());
    }

    #[test]
    fn two_listeners_share_a_port_where_asked() {
        let first = listener(SocketAddr::from(([127, 0, 0, 1], 0)), OPTIONS).unwrap();
        let address = local_address(first.as_raw_fd()).unwrap();
        listener(address, OPTIONS).unwrap();
        let alone = ListenerOptions { reuse_port: false, ..OPTIONS };
        assert_eq!(listener(address, alone).unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    }

    #[test]
    fn an_address_that_is_about_to_be_free_is_waited_for() {
        let alone = ListenerOptions { reuse_port: false, ..OPTIONS };
        let first = listener(SocketAddr::from(([127, 0, 0, 1], 0)), alone).unwrap();
        let address = local_address(first.as_raw_fd()).unwrap();
        let ending = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(5));
            drop(first);
        });
        listener(address, alone).unwrap();
        ending.join().unwrap();
    }

    #[test]
    fn accepted_sockets_inherit_no_delay() {
        let socket = listener(SocketAddr::from(([127, 0, 0, 1], 0)), OPTIONS).unwrap();
        let address = local_address(socket.as_raw_fd()).unwrap();
        let listener = std::net::TcpListener::from(socket);
        let _client = std::net::TcpStream::connect(address).unwrap();
        assert!(listener.accept().unwrap().0.nodelay().unwrap());
    }
}
