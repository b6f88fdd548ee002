//! Stream sockets of the internet and of this machine, as programs set them up by hand.
//!
//! The numbers come from JavaScript, which may name one that is closed or no socket at all: the
//! kernel's answer is handed on. A name on this machine is a path, or, beginning with NUL, an
//! abstract name.

use std::{
    ffi::OsStr,
    io::{self, IoSlice},
    net::{SocketAddr, SocketAddrV4, SocketAddrV6},
    os::{
        fd::{AsRawFd as _, OwnedFd, RawFd},
        unix::ffi::OsStrExt,
    },
    time::Duration,
};

use rustix::{
    fs::{Mode, OFlags, open},
    net::{
        AddressFamily, SendAncillaryBuffer, SendFlags, Shutdown, SocketAddrAny, SocketAddrUnix,
        SocketFlags, SocketType, bind, connect, getpeername, getsockname, listen, sendmsg,
        shutdown, socket_with, sockopt,
    },
};

use crate::borrow;

/// Where a socket is bound, or whom it is connected to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Endpoint {
    /// An internet address.
    Internet(SocketAddr),
    /// A path, or an abstract name that begins with NUL.
    Local(Vec<u8>),
    /// A socket of this machine without a name.
    Unnamed,
}

impl Endpoint {
    fn of(address: SocketAddrAny) -> io::Result<Self> {
        let unsupported = || io::Error::from_raw_os_error(libc::EAFNOSUPPORT);
        match address.address_family() {
            AddressFamily::INET => {
                let v4 = SocketAddrV4::try_from(address).map_err(|_| unsupported())?;
                Ok(Self::Internet(v4.into()))
            }
            AddressFamily::INET6 => {
                let v6 = SocketAddrV6::try_from(address).map_err(|_| unsupported())?;
                Ok(Self::Internet(v6.into()))
            }
            AddressFamily::UNIX => {
                let local = SocketAddrUnix::try_from(address).map_err(|_| unsupported())?;
                Ok(match (local.path_bytes(), local.abstract_name()) {
                    (Some(path), _) if !path.is_empty() => Self::Local(path.to_vec()),
                    (_, Some(name)) if !name.is_empty() => {
                        Self::Local([b"\0".as_slice(), name].concat())
                    }
                    _ => Self::Unnamed,
                })
            }
            _ => Err(unsupported()),
        }
    }
}

/// The longest name, in bytes: the kernel's 108 less the zero that other programs expect there.
const LOCAL_NAME_MAX: usize = 107;

fn local_address(name: &[u8]) -> io::Result<SocketAddrUnix> {
    if name.len() > LOCAL_NAME_MAX {
        return Err(io::Error::from_raw_os_error(libc::ENAMETOOLONG));
    }
    Ok(match name.strip_prefix(b"\0") {
        Some(name) => SocketAddrUnix::new_abstract_name(name)?,
        None => SocketAddrUnix::new(OsStr::from_bytes(name))?,
    })
}

/// Runs `action` with the address of a name. A path that is too long because of its folder is
/// reached through a descriptor of that folder.
fn with_local_address<T>(
    name: &[u8],
    action: impl FnOnce(&SocketAddrUnix) -> rustix::io::Result<T>,
) -> io::Result<T> {
    let folder = name.iter().rposition(|byte| *byte == b'/').filter(|_| !name.starts_with(b"\0"));
    match (local_address(name), folder) {
        (Err(error), Some(end)) if error.raw_os_error() == Some(libc::ENAMETOOLONG) => {
            let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
            let folder = open(OsStr::from_bytes(&name[..end.max(1)]), flags, Mode::empty())?;
            let mut short = format!("/proc/self/fd/{}/", folder.as_raw_fd()).into_bytes();
            short.extend_from_slice(&name[end + 1..]);
            Ok(action(&local_address(&short)?)?)
        }
        (address, _) => Ok(action(&address?)?),
    }
}

/// An unbound, non-blocking stream socket of this machine.
///
/// # Errors
/// As `socket(2)`.
pub fn local_stream() -> io::Result<OwnedFd> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    Ok(socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?)
}

/// `bind(2)` to a path or an abstract name.
///
/// # Errors
/// As `bind(2)`; `ENAMETOOLONG` where the kernel has no room for the name.
pub fn bind_local(socket: RawFd, name: &[u8]) -> io::Result<()> {
    let socket = borrow(socket)?;
    with_local_address(name, |address| bind(socket, address))
}

/// `connect(2)` to a path or an abstract name.
///
/// # Errors
/// As `connect(2)`: `EAGAIN` where the other side's queue is full.
pub fn connect_local(socket: RawFd, name: &[u8]) -> io::Result<()> {
    let socket = borrow(socket)?;
    with_local_address(name, |address| connect(socket, address))
}

/// A stream socket connected to a path or an abstract name, waiting for the other side's queue.
///
/// # Errors
/// As `socket(2)` and `connect(2)`.
pub fn connect_local_waiting(name: &[u8]) -> io::Result<OwnedFd> {
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, SocketFlags::CLOEXEC, None)?;
    with_local_address(name, |address| connect(&socket, address))?;
    Ok(socket)
}

/// `bind(2)` to an internet address, with `SO_REUSEADDR`.
///
/// # Errors
/// As `bind(2)`.
pub fn bind_internet(socket: RawFd, address: SocketAddr) -> io::Result<()> {
    sockopt::set_socket_reuseaddr(borrow(socket)?, true)?;
    Ok(bind(borrow(socket)?, &address)?)
}

/// `listen(2)`; `backlog` is how many connections may wait.
///
/// # Errors
/// As `listen(2)`.
pub fn start_listening(socket: RawFd, backlog: i32) -> io::Result<()> {
    Ok(listen(borrow(socket)?, backlog)?)
}

/// Where a socket is bound.
///
/// # Errors
/// As `getsockname(2)`; `EAFNOSUPPORT` of other families.
pub fn own_endpoint(socket: RawFd) -> io::Result<Endpoint> {
    Endpoint::of(getsockname(borrow(socket)?)?)
}

/// Whom a socket is connected to.
///
/// # Errors
/// As `getpeername(2)`; `EAFNOSUPPORT` of other families.
pub fn peer_endpoint(socket: RawFd) -> io::Result<Endpoint> {
    match getpeername(borrow(socket)?)? {
        Some(address) => Endpoint::of(address),
        None => Ok(Endpoint::Unnamed),
    }
}

/// Sets or clears `O_NONBLOCK`.
///
/// # Errors
/// As `fcntl(2)`.
pub fn set_nonblocking(descriptor: RawFd, nonblocking: bool) -> io::Result<()> {
    let descriptor = borrow(descriptor)?;
    let mut flags = rustix::fs::fcntl_getfl(descriptor)?;
    flags.set(OFlags::NONBLOCK, nonblocking);
    Ok(rustix::fs::fcntl_setfl(descriptor, flags)?)
}

/// `TCP_NODELAY`.
///
/// # Errors
/// As `setsockopt(2)`.
pub fn set_no_delay(socket: RawFd, on: bool) -> io::Result<()> {
    Ok(sockopt::set_tcp_nodelay(borrow(socket)?, on)?)
}

/// How often an idle peer is asked before the connection is given up.
const KEEP_ALIVE_PROBES: u32 = 10;

/// `SO_KEEPALIVE`; the first probe after `idle_seconds` where they are not zero, the next ones a
/// second apart.
///
/// # Errors
/// As `setsockopt(2)`.
pub fn set_keep_alive(socket: RawFd, on: bool, idle_seconds: u32) -> io::Result<()> {
    let socket = borrow(socket)?;
    sockopt::set_socket_keepalive(socket, on)?;
    if on && idle_seconds > 0 {
        sockopt::set_tcp_keepidle(socket, Duration::from_secs(idle_seconds.into()))?;
        sockopt::set_tcp_keepintvl(socket, Duration::from_secs(1))?;
        sockopt::set_tcp_keepcnt(socket, KEEP_ALIVE_PROBES)?;
    }
    Ok(())
}

fn is_v6(socket: RawFd) -> io::Result<bool> {
    Ok(sockopt::socket_domain(borrow(socket)?)? == AddressFamily::INET6)
}

/// `IP_TOS`, or `IPV6_TCLASS` of an IPv6 socket.
///
/// # Errors
/// As `setsockopt(2)`.
pub fn set_type_of_service(socket: RawFd, value: u8) -> io::Result<()> {
    match is_v6(socket)? {
        true => Ok(sockopt::set_ipv6_tclass(borrow(socket)?, value.into())?),
        false => Ok(sockopt::set_ip_tos(borrow(socket)?, value)?),
    }
}

/// What [`set_type_of_service`] has set.
///
/// # Errors
/// As `getsockopt(2)`.
pub fn type_of_service(socket: RawFd) -> io::Result<u8> {
    match is_v6(socket)? {
        true => Ok(sockopt::ipv6_tclass(borrow(socket)?)? as u8),
        false => Ok(sockopt::ip_tos(borrow(socket)?)?),
    }
}

/// `shutdown(2)` both ways: a listener stops to listen at once.
///
/// # Errors
/// As `shutdown(2)`.
pub fn shutdown_both(socket: RawFd) -> io::Result<()> {
    Ok(shutdown(borrow(socket)?, Shutdown::Both)?)
}

/// Sends what fits of several pieces, without waiting and without a signal.
///
/// # Errors
/// `EAGAIN` where nothing fits; else as `sendmsg(2)`.
pub fn send_pieces(socket: RawFd, pieces: &[IoSlice<'_>]) -> io::Result<usize> {
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    Ok(sendmsg(borrow(socket)?, pieces, &mut SendAncillaryBuffer::default(), flags)?)
}

/// What a descriptor is, as Node's streams tell them apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // named after what they are
pub enum DescriptorKind {
    Tcp,
    Udp,
    /// A pipe, or a stream socket of this machine.
    Pipe,
    /// A stream socket of this machine.
    LocalSocket,
    Terminal,
    File,
    Unknown,
}

/// What a descriptor is; unknown where it names nothing.
#[must_use]
pub fn kind_of(descriptor: RawFd) -> DescriptorKind {
    let Ok(status) = crate::file::status_of_descriptor(descriptor) else {
        return DescriptorKind::Unknown;
    };
    match u32::from(status.stx_mode) & libc::S_IFMT {
        libc::S_IFSOCK => kind_of_socket(descriptor).unwrap_or(DescriptorKind::Unknown),
        libc::S_IFIFO => DescriptorKind::Pipe,
        libc::S_IFCHR if crate::terminal::is_terminal(descriptor) => DescriptorKind::Terminal,
        libc::S_IFREG | libc::S_IFCHR => DescriptorKind::File,
        _ => DescriptorKind::Unknown,
    }
}

fn kind_of_socket(socket: RawFd) -> io::Result<DescriptorKind> {
    let (domain, kind) =
        (sockopt::socket_domain(borrow(socket)?)?, sockopt::socket_type(borrow(socket)?)?);
    let is_internet = domain == AddressFamily::INET || domain == AddressFamily::INET6;
    Ok(match kind {
        SocketType::STREAM if is_internet => DescriptorKind::Tcp,
        SocketType::DGRAM if is_internet => DescriptorKind::Udp,
        SocketType::STREAM if domain == AddressFamily::UNIX => DescriptorKind::LocalSocket,
        _ => DescriptorKind::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use std::{io::IoSlice, os::fd::AsRawFd};

    use super::*;

    #[test]
    fn abstract_names_connect_and_are_told() {
        let name = format!("\0dx-endpoint-{}", std::process::id());
        let listener = local_stream().unwrap();
        bind_local(listener.as_raw_fd(), name.as_bytes()).unwrap();
        start_listening(listener.as_raw_fd(), 1).unwrap();
        let expected = Endpoint::Local(name.clone().into_bytes());
        assert_eq!(own_endpoint(listener.as_raw_fd()).unwrap(), expected);
        let client = local_stream().unwrap();
        connect_local(client.as_raw_fd(), name.as_bytes()).unwrap();
        assert_eq!(peer_endpoint(client.as_raw_fd()).unwrap(), expected);
        assert_eq!(own_endpoint(client.as_raw_fd()).unwrap(), Endpoint::Unnamed);
        let sent = send_pieces(client.as_raw_fd(), &[IoSlice::new(b"ab"), IoSlice::new(b"c")]);
        assert_eq!(sent.unwrap(), 3);
        assert_eq!(kind_of(client.as_raw_fd()), DescriptorKind::LocalSocket);
    }

    #[test]
    fn names_that_are_too_long_are_refused() {
        let socket = local_stream().unwrap();
        let name = [b'a'; 200];
        let error = bind_local(socket.as_raw_fd(), &name).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENAMETOOLONG));
    }

    #[test]
    fn descriptors_are_told_apart() {
        let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
        assert_eq!(kind_of(udp.as_raw_fd()), DescriptorKind::Udp);
        let tcp = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        assert_eq!(kind_of(tcp.as_raw_fd()), DescriptorKind::Tcp);
        let file = std::fs::File::open("/proc/self/comm").unwrap();
        assert_eq!(kind_of(file.as_raw_fd()), DescriptorKind::File);
        assert_eq!(kind_of(-1), DescriptorKind::Unknown);
    }
}
