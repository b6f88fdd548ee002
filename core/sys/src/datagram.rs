//! Datagram sockets of the internet, as programs set them up by hand.
//!
//! The numbers come from JavaScript; the kernel's answer is handed on.

use std::{
    io,
    mem::MaybeUninit,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::{OwnedFd, RawFd},
};

use rustix::net::{
    AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, bind, connect, connect_unspec,
    recvfrom, send, sendto, socket_with, sockopt,
};

use crate::borrow;

/// How a socket shares its address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sharing {
    /// `SO_REUSEADDR`.
    pub reuse_address: bool,
    /// `SO_REUSEPORT`.
    pub reuse_port: bool,
    /// `IPV6_V6ONLY`.
    pub ipv6_only: bool,
}

/// A bound, non-blocking socket.
///
/// # Errors
/// As `socket(2)`, `setsockopt(2)` and `bind(2)`.
pub fn open(address: SocketAddr, sharing: Sharing) -> io::Result<OwnedFd> {
    let family = if address.is_ipv4() { AddressFamily::INET } else { AddressFamily::INET6 };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(family, SocketType::DGRAM, flags, None)?;
    if sharing.reuse_address {
        sockopt::set_socket_reuseaddr(&socket, true)?;
    }
    if sharing.reuse_port {
        sockopt::set_socket_reuseport(&socket, true)?;
    }
    if address.is_ipv6() {
        sockopt::set_ipv6_v6only(&socket, sharing.ipv6_only)?;
    }
    bind(&socket, &address)?;
    Ok(socket)
}

/// `connect(2)`, or its undoing where there is no address.
///
/// # Errors
/// As `connect(2)`.
pub fn connect_to(socket: RawFd, address: Option<SocketAddr>) -> io::Result<()> {
    match address {
        Some(address) => connect(borrow(socket)?, &address)?,
        None => connect_unspec(borrow(socket)?)?,
    }
    Ok(())
}

/// The longest message there is.
pub const MESSAGE_BYTES_MAX: usize = 65536;

/// Receives one message without waiting, and who has sent it.
///
/// # Errors
/// `EAGAIN` where there is none; else as `recvfrom(2)`.
pub fn receive(
    socket: RawFd,
    room: &mut [MaybeUninit<u8>; MESSAGE_BYTES_MAX],
) -> io::Result<(Vec<u8>, Option<SocketAddr>)> {
    let room = room.as_mut_slice();
    let ((message, _), _, sender) = recvfrom(borrow(socket)?, room, RecvFlags::DONTWAIT)?;
    let sender = sender.and_then(|sender| SocketAddr::try_from(sender).ok());
    Ok((message.to_vec(), sender))
}

/// Sends one message without waiting; to the connected peer where there is no address.
///
/// # Errors
/// `EAGAIN` where there is no room; else as `sendto(2)`.
pub fn send_to(socket: RawFd, message: &[u8], to: Option<SocketAddr>) -> io::Result<usize> {
    let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
    Ok(match to {
        Some(to) => sendto(borrow(socket)?, message, flags, &to)?,
        None => send(borrow(socket)?, message, flags)?,
    })
}

/// `SO_BROADCAST`.
///
/// # Errors
/// As `setsockopt(2)`.
pub fn set_broadcast(socket: RawFd, on: bool) -> io::Result<()> {
    Ok(sockopt::set_socket_broadcast(borrow(socket)?, on)?)
}

fn is_v6(socket: RawFd) -> io::Result<bool> {
    Ok(sockopt::socket_domain(borrow(socket)?)? == AddressFamily::INET6)
}

/// `IP_TTL`, or `IPV6_UNICAST_HOPS`.
///
/// # Errors
/// As `setsockopt(2)`.
pub fn set_time_to_live(socket: RawFd, hops: u8) -> io::Result<()> {
    match is_v6(socket)? {
        true => sockopt::set_ipv6_unicast_hops(borrow(socket)?, Some(hops))?,
        false => sockopt::set_ip_ttl(borrow(socket)?, hops.into())?,
    }
    Ok(())
}

/// `IP_MULTICAST_TTL`, or `IPV6_MULTICAST_HOPS`.
///
/// # Errors
/// As `setsockopt(2)`.
pub fn set_multicast_time_to_live(socket: RawFd, hops: u8) -> io::Result<()> {
    match is_v6(socket)? {
        true => sockopt::set_ipv6_multicast_hops(borrow(socket)?, hops.into())?,
        false => sockopt::set_ip_multicast_ttl(borrow(socket)?, hops.into())?,
    }
    Ok(())
}

/// `IP_MULTICAST_LOOP`, or `IPV6_MULTICAST_LOOP`.
///
/// # Errors
/// As `setsockopt(2)`.
pub fn set_multicast_loop(socket: RawFd, on: bool) -> io::Result<()> {
    match is_v6(socket)? {
        true => sockopt::set_ipv6_multicast_loop(borrow(socket)?, on)?,
        false => sockopt::set_ip_multicast_loop(borrow(socket)?, on)?,
    }
    Ok(())
}

/// `IP_MULTICAST_IF` of an IPv4 address, or `IPV6_MULTICAST_IF` of an interface's number.
///
/// # Errors
/// As `setsockopt(2)`; `EINVAL` where the address is of the other family.
pub fn set_multicast_interface(socket: RawFd, address: SocketAddr) -> io::Result<()> {
    match (is_v6(socket)?, address) {
        (false, SocketAddr::V4(address)) => {
            sockopt::set_ip_multicast_if(borrow(socket)?, address.ip())?;
        }
        (true, SocketAddr::V6(address)) => {
            sockopt::set_ipv6_multicast_if(borrow(socket)?, address.scope_id())?;
        }
        _ => return Err(invalid()),
    }
    Ok(())
}

fn invalid() -> io::Error {
    io::Error::from_raw_os_error(libc::EINVAL)
}

/// Joins or leaves a group, on the interface of an address where one is given.
///
/// # Errors
/// As `setsockopt(2)`; `EINVAL` where the families differ.
pub fn change_membership(
    socket: RawFd,
    group: IpAddr,
    interface: Option<SocketAddr>,
    joins: bool,
) -> io::Result<()> {
    let socket = borrow(socket)?;
    match (group, interface) {
        (IpAddr::V4(group), interface) => {
            let interface = match interface {
                None => Ipv4Addr::UNSPECIFIED,
                Some(SocketAddr::V4(address)) => *address.ip(),
                Some(SocketAddr::V6(_)) => return Err(invalid()),
            };
            match joins {
                true => sockopt::set_ip_add_membership(socket, &group, &interface)?,
                false => sockopt::set_ip_drop_membership(socket, &group, &interface)?,
            }
        }
        (IpAddr::V6(group), interface) => {
            let index = match interface {
                None => 0,
                Some(SocketAddr::V6(address)) => address.scope_id(),
                Some(SocketAddr::V4(_)) => return Err(invalid()),
            };
            change_membership_v6(socket, group, index, joins)?;
        }
    }
    Ok(())
}

fn change_membership_v6(
    socket: std::os::fd::BorrowedFd<'_>,
    group: Ipv6Addr,
    index: u32,
    joins: bool,
) -> rustix::io::Result<()> {
    match joins {
        true => sockopt::set_ipv6_add_membership(socket, &group, index),
        false => sockopt::set_ipv6_drop_membership(socket, &group, index),
    }
}

/// Joins or leaves what one source sends to a group of IPv4.
///
/// # Errors
/// As `setsockopt(2)`.
pub fn change_source_membership(
    socket: RawFd,
    source: Ipv4Addr,
    group: Ipv4Addr,
    interface: Ipv4Addr,
    joins: bool,
) -> io::Result<()> {
    let socket = borrow(socket)?;
    match joins {
        true => sockopt::set_ip_add_source_membership(socket, &group, &interface, &source)?,
        false => sockopt::set_ip_drop_source_membership(socket, &group, &interface, &source)?,
    }
    Ok(())
}

/// Bytes the kernel keeps for messages to be received, or sent; set where `size` is given.
///
/// # Errors
/// As `setsockopt(2)` and `getsockopt(2)`.
pub fn buffer_size(socket: RawFd, is_receive: bool, size: Option<usize>) -> io::Result<usize> {
    let socket = borrow(socket)?;
    match (is_receive, size) {
        (true, Some(size)) => sockopt::set_socket_recv_buffer_size(socket, size)?,
        (false, Some(size)) => sockopt::set_socket_send_buffer_size(socket, size)?,
        _ => {}
    }
    Ok(match is_receive {
        true => sockopt::socket_recv_buffer_size(socket)?,
        false => sockopt::socket_send_buffer_size(socket)?,
    })
}

#[cfg(test)]
mod tests {
    use std::os::fd::AsRawFd;

    use super::*;

    #[test]
    fn messages_keep_their_bounds_and_tell_their_sender() {
        let any = "127.0.0.1:0".parse().unwrap();
        let (here, there) =
            (open(any, Sharing::default()).unwrap(), open(any, Sharing::default()).unwrap());
        let name = |socket: &OwnedFd| crate::socket::local_address(socket.as_raw_fd()).unwrap();
        for message in [b"one".as_slice(), b"", b"three"] {
            send_to(here.as_raw_fd(), message, Some(name(&there))).unwrap();
        }
        let mut room = Box::new([MaybeUninit::uninit(); MESSAGE_BYTES_MAX]);
        for message in [b"one".as_slice(), b"", b"three"] {
            let (received, sender) = receive(there.as_raw_fd(), &mut room).unwrap();
            assert_eq!((received.as_slice(), sender), (message, Some(name(&here))));
        }
        let error = receive(there.as_raw_fd(), &mut room).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::WouldBlock);
        connect_to(here.as_raw_fd(), Some(name(&there))).unwrap();
        assert_eq!(send_to(here.as_raw_fd(), b"four", None).unwrap(), 4);
        connect_to(here.as_raw_fd(), None).unwrap();
        assert!(send_to(here.as_raw_fd(), b"five", None).is_err());
    }
}
