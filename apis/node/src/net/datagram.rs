//! The operations of node:dgram. Numbers below zero are errnos.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, SocketAddr},
};

use dx_ops::{Call, Exception, Value, ValueKind};
use dx_sys::datagram::{self, Sharing};

use super::{
    address::socket_address,
    ops::{errno, key, numbered, outcome, raw},
    sockets,
};

const FLAG_REUSE_ADDRESS: u32 = 1;
const FLAG_REUSE_PORT: u32 = 2;
const FLAG_IPV6_ONLY: u32 = 4;

const INVALID: i32 = 22;

fn invalid() -> io::Error {
    io::Error::from_raw_os_error(INVALID)
}

/// `udpOpen(address, port, flags)`: a bound socket.
pub(super) fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let flags = call.arguments.number(2) as u32;
    let sharing = Sharing {
        reuse_address: flags & FLAG_REUSE_ADDRESS != 0,
        reuse_port: flags & FLAG_REUSE_PORT != 0,
        ipv6_only: flags & FLAG_IPV6_ONLY != 0,
    };
    let opened = socket_address(call, 0).and_then(|address| datagram::open(address, sharing));
    numbered(opened.map(|socket| sockets(call.host).adopt_datagrams(socket)))
}

/// `udpConnect(socket, address, port)`; without an address, what was connected is undone.
pub(super) fn connect(call: &mut Call<'_>) -> Result<Value, Exception> {
    let is_named = call.arguments.kind(1) == ValueKind::String;
    let address = if is_named { socket_address(call, 1).map(Some) } else { Ok(None) };
    outcome(address.and_then(|address| datagram::connect_to(raw(call)?, address)))
}

/// `udpSend(socket, message, address, port)`: zero where the kernel has it, one where it waits
/// for room; to the connected peer without an address.
pub(super) fn send(call: &mut Call<'_>) -> Result<Value, Exception> {
    let is_named = call.arguments.kind(2) == ValueKind::String;
    let to = if is_named { socket_address(call, 2).map(Some) } else { Ok(None) };
    let (Some(key), Ok(to)) = (key(call), to) else { return Ok(Value::from(-INVALID)) };
    let message = call.expect_bytes(1, "message")?;
    let sent = sockets(call.host).send_message(key, message, to);
    Ok(Value::from(sent.map_or_else(|error| errno(&error), |sent| i32::from(!sent))))
}

fn hop_count(call: &Call<'_>) -> io::Result<u8> {
    let hops = call.arguments.number(1);
    let whole = hops as u8;
    if f64::from(whole) == hops { Ok(whole) } else { Err(invalid()) }
}

/// `udpBroadcast(socket, on)`
pub(super) fn broadcast(call: &mut Call<'_>) -> Result<Value, Exception> {
    let on = call.arguments.boolean(1);
    outcome(raw(call).and_then(|socket| datagram::set_broadcast(socket, on)))
}

/// `udpHops(socket, count)`
pub(super) fn hops(call: &mut Call<'_>) -> Result<Value, Exception> {
    let set = |socket| match hop_count(call)? {
        0 => Err(invalid()),
        hops => datagram::set_time_to_live(socket, hops),
    };
    outcome(raw(call).and_then(set))
}

/// `udpMulticastHops(socket, count)`
pub(super) fn multicast_hops(call: &mut Call<'_>) -> Result<Value, Exception> {
    let set = |socket| datagram::set_multicast_time_to_live(socket, hop_count(call)?);
    outcome(raw(call).and_then(set))
}

/// `udpMulticastLoop(socket, on)`
pub(super) fn multicast_loop(call: &mut Call<'_>) -> Result<Value, Exception> {
    let on = call.arguments.boolean(1);
    outcome(raw(call).and_then(|socket| datagram::set_multicast_loop(socket, on)))
}

/// `udpMulticastInterface(socket, address)`
pub(super) fn multicast_interface(call: &mut Call<'_>) -> Result<Value, Exception> {
    let address = socket_address(call, 1);
    outcome(address.and_then(|at| datagram::set_multicast_interface(raw(call)?, at)))
}

/// `udpMembership(socket, group, interface or undefined, joins)`
pub(super) fn membership(call: &mut Call<'_>) -> Result<Value, Exception> {
    let is_named = call.arguments.kind(2) == ValueKind::String;
    let interface = if is_named { socket_address(call, 2).map(Some) } else { Ok(None) };
    let group = address_at(call, 1);
    let joins = call.arguments.boolean(3);
    outcome(
        group.and_then(|group| datagram::change_membership(raw(call)?, group, interface?, joins)),
    )
}

fn address_at(call: &Call<'_>, index: usize) -> io::Result<IpAddr> {
    socket_address(call, index).map(|address: SocketAddr| address.ip())
}

fn v4_at(call: &Call<'_>, index: usize) -> io::Result<Ipv4Addr> {
    match address_at(call, index)? {
        IpAddr::V4(address) => Ok(address),
        IpAddr::V6(_) => Err(invalid()),
    }
}

/// `udpSourceMembership(socket, source, group, interface or undefined, joins)`
pub(super) fn source_membership(call: &mut Call<'_>) -> Result<Value, Exception> {
    let is_named = call.arguments.kind(3) == ValueKind::String;
    let interface = if is_named { v4_at(call, 3) } else { Ok(Ipv4Addr::UNSPECIFIED) };
    let joins = call.arguments.boolean(4);
    let change = || {
        let (source, group) = (v4_at(call, 1)?, v4_at(call, 2)?);
        datagram::change_source_membership(raw(call)?, source, group, interface?, joins)
    };
    outcome(change())
}

/// `udpBufferSize(socket, isReceive, bytes or zero)`: the size, set first where it is not zero.
pub(super) fn buffer_size(call: &mut Call<'_>) -> Result<Value, Exception> {
    let is_receive = call.arguments.boolean(1);
    let size = Some(call.arguments.number(2) as usize).filter(|size| *size > 0);
    let told = raw(call).and_then(|socket| datagram::buffer_size(socket, is_receive, size));
    Ok(told.map_or_else(|error| Value::from(errno(&error)), |size| Value::Number(size as f64)))
}
