//! The operations `apis/node/js/net/*.js` calls. Numbers below zero are errnos.

use std::{
    io::{self, IoSlice},
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    os::fd::RawFd,
};

use dx_net::sockets::{ListenAt, Sockets};
use dx_ops::{Call, Exception, Op, Text, Value, ValueKind};
use dx_ring::Key;
use dx_sys::endpoint::{self, DescriptorKind};

use super::{address, datagram, inbox, sockets};

pub(super) const OPS: &[Op] = &[
    Op::sync("netAttach", inbox::attach),
    Op::sync("netGather", inbox::gather),
    Op::sync("netLarge", inbox::large),
    Op::sync("netMessage", inbox::message),
    Op::sync("udpOpen", datagram::open),
    Op::sync("udpConnect", datagram::connect),
    Op::sync("udpSend", datagram::send),
    Op::sync("udpBroadcast", datagram::broadcast),
    Op::sync("udpHops", datagram::hops),
    Op::sync("udpMulticastHops", datagram::multicast_hops),
    Op::sync("udpMulticastLoop", datagram::multicast_loop),
    Op::sync("udpMulticastInterface", datagram::multicast_interface),
    Op::sync("udpMembership", datagram::membership),
    Op::sync("udpSourceMembership", datagram::source_membership),
    Op::sync("udpBufferSize", datagram::buffer_size),
    Op::sync("netFamily", address::family_of),
    Op::sync("netParse", address::parse),
    Op::sync("netCanonical", address::canonical),
    Op::sync("netKind", kind),
    Op::sync("netOpen", open),
    Op::sync("netAdopt", adopt),
    Op::sync("netBind", bind),
    Op::sync("netConnect", connect),
    Op::sync("netConnectLocal", connect_local),
    Op::sync("netListen", listen),
    Op::sync("netListenLocal", listen_local),
    Op::sync("netListenOn", listen_on),
    Op::sync("netAccept", accept),
    Op::sync("netRead", read),
    Op::sync("netWrite", write),
    Op::sync("netWritePieces", write_pieces),
    Op::sync("netUnsent", unsent),
    Op::sync("netReference", reference),
    Op::sync("netShutdown", shutdown),
    Op::sync("netClose", close),
    Op::sync("netShare", share),
    Op::sync("netReset", reset),
    Op::sync("netGiveUp", give_up),
    Op::sync("netDescriptor", descriptor),
    Op::sync("netOwnName", own_name),
    Op::sync("netPeerName", peer_name),
    Op::sync("netNoDelay", no_delay),
    Op::sync("netKeepAlive", keep_alive),
    Op::sync("netServiceType", service_type),
];

const UNKNOWN_ERROR: i32 = 4094;
const BAD_DESCRIPTOR: i32 = 9;

pub(super) fn errno(error: &io::Error) -> i32 {
    -error.raw_os_error().unwrap_or(UNKNOWN_ERROR)
}

/// Zero, or the error below zero.
pub(super) fn outcome(result: io::Result<()>) -> Result<Value, Exception> {
    Ok(Value::from(result.map_or_else(|error| errno(&error), |()| 0)))
}

/// The number of a new socket, or the error below zero.
pub(super) fn numbered(result: io::Result<Key>) -> Result<Value, Exception> {
    Ok(result.map_or_else(|error| Value::from(errno(&error)), |key| Value::from(key.index)))
}

/// The socket that the first argument names.
pub(super) fn key(call: &Call<'_>) -> Option<Key> {
    sockets(call.host).key_at(call.arguments.number(0) as u32)
}

pub(super) fn raw(call: &Call<'_>) -> io::Result<RawFd> {
    let open = key(call).and_then(|key| sockets(call.host).descriptor(key));
    open.map(|open| open.0).ok_or_else(bad_descriptor)
}

fn bad_descriptor() -> io::Error {
    io::Error::from_raw_os_error(BAD_DESCRIPTOR)
}

/// Does something with the socket that the first argument names.
fn with_key<R>(
    call: &Call<'_>,
    action: impl FnOnce(&Sockets, Key) -> io::Result<R>,
) -> io::Result<R> {
    key(call).map_or_else(|| Err(bad_descriptor()), |key| action(&sockets(call.host), key))
}

fn set_option(call: &Call<'_>, set: impl FnOnce(RawFd) -> io::Result<()>) -> io::Result<()> {
    with_key(call, |sockets, key| sockets.set_option(key, set))
}

/// `netKind(descriptor)`: what a descriptor is.
fn kind(call: &mut Call<'_>) -> Result<Value, Exception> {
    let name = match endpoint::kind_of(call.arguments.number(0) as RawFd) {
        DescriptorKind::Tcp => "TCP",
        DescriptorKind::Udp => "UDP",
        DescriptorKind::Pipe | DescriptorKind::LocalSocket => "PIPE",
        DescriptorKind::Terminal => "TTY",
        DescriptorKind::File => "FILE",
        DescriptorKind::Unknown => "UNKNOWN",
    };
    Ok(Value::from(name))
}

/// `netOpen(family)`: an unconnected TCP socket.
fn open(call: &mut Call<'_>) -> Result<Value, Exception> {
    let peer: SocketAddr = match call.arguments.number(0) as u32 {
        6 => (Ipv6Addr::UNSPECIFIED, 0).into(),
        _ => (Ipv4Addr::UNSPECIFIED, 0).into(),
    };
    numbered(sockets(call.host).open_internet(peer))
}

/// `netAdopt(descriptor)`: makes a socket of a descriptor of the program's.
fn adopt(call: &mut Call<'_>) -> Result<Value, Exception> {
    let descriptor = call.arguments.number(0) as RawFd;
    let is_socket =
        matches!(endpoint::kind_of(descriptor), DescriptorKind::Tcp | DescriptorKind::LocalSocket);
    let owned = dx_sys::adopt(descriptor);
    numbered(owned.and_then(|owned| sockets(call.host).adopt(owned, !is_socket)))
}

/// `netBind(socket, address, port)`
fn bind(call: &mut Call<'_>) -> Result<Value, Exception> {
    let address = address::socket_address(call, 1);
    outcome(address.and_then(|address| endpoint::bind_internet(raw(call)?, address)))
}

/// `netConnect(socket, address, port)`: told of by an event where it begins.
fn connect(call: &mut Call<'_>) -> Result<Value, Exception> {
    outcome(address::socket_address(call, 1).map(|address| {
        if let Some(key) = key(call) {
            sockets(call.host).connect(key, address);
        }
    }))
}

fn name(call: &Call<'_>) -> Vec<u8> {
    call.arguments.string(0).unwrap_or_default().into_bytes()
}

/// `netConnectLocal(path)`: a connected socket.
fn connect_local(call: &mut Call<'_>) -> Result<Value, Exception> {
    numbered(sockets(call.host).connect_local(&name(call)))
}

/// `netListen(address, port, backlog, sharesPort, onlyIpv6)`
fn listen(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (reuse_port, ipv6_only) = (call.arguments.boolean(3), call.arguments.boolean(4));
    let at = address::socket_address(call, 0);
    let at = at.map(|address| ListenAt::Internet { address, reuse_port, ipv6_only });
    let backlog = call.arguments.number(2) as u32;
    numbered(at.and_then(|at| sockets(call.host).listen(&at, backlog)))
}

/// `netListenLocal(path, backlog)`
fn listen_local(call: &mut Call<'_>) -> Result<Value, Exception> {
    let backlog = call.arguments.number(1) as u32;
    numbered(sockets(call.host).listen(&ListenAt::Local(name(call)), backlog))
}

/// `netListenOn(socket, backlog)`: makes a listener of an adopted socket.
fn listen_on(call: &mut Call<'_>) -> Result<Value, Exception> {
    let backlog = call.arguments.number(1) as i32;
    let Some(key) = key(call) else { return Ok(Value::from(-BAD_DESCRIPTOR)) };
    outcome(sockets(call.host).listen_on(key, backlog))
}

/// `netAccept(listener)`
fn accept(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(key) = key(call) {
        sockets(call.host).accept(key);
    }
    Ok(Value::Undefined)
}

/// `netRead(socket, wanted)`
fn read(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(key) = key(call) {
        sockets(call.host).read(key, call.arguments.boolean(1));
    }
    Ok(Value::Undefined)
}

/// The socket that the argument at `index` names.
pub(crate) fn key_of(call: &Call<'_>, index: usize) -> io::Result<Key> {
    let named = sockets(call.host).key_at(call.arguments.number(index) as u32);
    named.ok_or_else(|| io::Error::from_raw_os_error(BAD_DESCRIPTOR))
}

/// Zero where all is written, one where the rest will be.
pub(crate) fn written(result: io::Result<bool>) -> Result<Value, Exception> {
    Ok(Value::from(match result {
        Ok(true) => 0,
        Ok(false) => 1,
        Err(error) => errno(&error),
    }))
}

/// The code units of a string, as UTF-8 or each as a byte.
pub(crate) fn encode(text: Text<'_>, as_latin1: bool) -> Vec<u8> {
    match text {
        Text::Latin1(bytes) if as_latin1 || bytes.is_ascii() => bytes.to_vec(),
        Text::Latin1(bytes) => {
            bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into()
        }
        Text::Utf16(units) if as_latin1 => units.iter().map(|unit| *unit as u8).collect(),
        Text::Utf16(units) => String::from_utf16_lossy(units).into_bytes(),
    }
}

/// `netWrite(socket, bytes or text, asLatin1)`: zero where all is written, one where the rest
/// will be. Text is answered with its bytes behind the outcome: `[outcome, bytes]`.
fn write(call: &mut Call<'_>) -> Result<Value, Exception> {
    let Some(key) = key(call) else { return Ok(Value::from(-BAD_DESCRIPTOR)) };
    let sockets = sockets(call.host);
    if call.arguments.kind(1) != ValueKind::String {
        let bytes = call.expect_bytes(1, "chunk")?;
        return written(sockets.write(key, &[IoSlice::new(bytes)]));
    }
    let as_latin1 = call.arguments.boolean(2);
    let mut bytes = Vec::new();
    call.arguments.text(1, &mut |text| bytes = encode(text, as_latin1));
    written(sockets.write(key, &[IoSlice::new(&bytes)]))
}

/// `netWritePieces(socket, ...pieces)`: as `netWrite`, of several buffers at once.
fn write_pieces(call: &mut Call<'_>) -> Result<Value, Exception> {
    let Some(key) = key(call) else { return Ok(Value::from(-BAD_DESCRIPTOR)) };
    let pieces = 1..call.arguments.count();
    let pieces: Vec<IoSlice<'_>> =
        pieces.filter_map(|index| call.arguments.bytes(index).map(IoSlice::new)).collect();
    written(sockets(call.host).write(key, &pieces))
}

/// `netUnsent(socket)`: bytes that the kernel has not taken.
fn unsent(call: &mut Call<'_>) -> Result<Value, Exception> {
    let bytes = key(call).map_or(0, |key| sockets(call.host).unsent_bytes(key));
    Ok(Value::Number(bytes as f64))
}

/// `netReference(socket, alive)`
fn reference(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(key) = key(call) {
        sockets(call.host).reference(key, call.arguments.boolean(1));
    }
    Ok(Value::Undefined)
}

/// `netShutdown(socket)`: the peer sees the end of what was written.
fn shutdown(call: &mut Call<'_>) -> Result<Value, Exception> {
    outcome(with_key(call, |sockets, key| sockets.end_writing(key)))
}

/// `netClose(socket)`: what other processes go on with is left to them.
fn close(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(key) = key(call) {
        sockets(call.host).close(key);
    }
    Ok(Value::Undefined)
}

/// `netShare(listener)`: other processes have it from now on.
fn share(call: &mut Call<'_>) -> Result<Value, Exception> {
    if let Some(key) = key(call) {
        sockets(call.host).share(key);
    }
    Ok(Value::Undefined)
}

/// `netReset(socket)`: closes so that the peer sees a reset.
fn reset(call: &mut Call<'_>) -> Result<Value, Exception> {
    let prepared = set_option(call, dx_sys::socket::set_reset_on_close);
    close(call)?;
    outcome(prepared)
}

/// `netGiveUp(socket)`: the descriptor is the program's from now on; -1 where there is none.
fn give_up(call: &mut Call<'_>) -> Result<Value, Exception> {
    let given = key(call).and_then(|key| sockets(call.host).give_up(key));
    Ok(Value::from(given.map_or(-1, |descriptor| descriptor.0)))
}

/// `netDescriptor(socket)`: its descriptor, -1 once closing.
fn descriptor(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::from(raw(call).unwrap_or(-1)))
}

fn named(name: io::Result<endpoint::Endpoint>) -> Result<Value, Exception> {
    Ok(name.map_or_else(|error| Value::from(errno(&error)), address::describe))
}

/// `netOwnName(socket)`: `[address, family, port]`, a path, or the error.
fn own_name(call: &mut Call<'_>) -> Result<Value, Exception> {
    named(with_key(call, |sockets, key| sockets.own_endpoint(key)))
}

/// `netPeerName(socket)`: as `netOwnName`.
fn peer_name(call: &mut Call<'_>) -> Result<Value, Exception> {
    named(with_key(call, |sockets, key| sockets.peer_endpoint(key)))
}

/// `netNoDelay(socket, on)`
fn no_delay(call: &mut Call<'_>) -> Result<Value, Exception> {
    let on = call.arguments.boolean(1);
    outcome(set_option(call, |socket| endpoint::set_no_delay(socket, on)))
}

/// `netKeepAlive(socket, on, seconds)`
fn keep_alive(call: &mut Call<'_>) -> Result<Value, Exception> {
    let (on, seconds) = (call.arguments.boolean(1), call.arguments.number(2) as u32);
    outcome(set_option(call, |socket| endpoint::set_keep_alive(socket, on, seconds)))
}

/// `netServiceType(socket, value)`: sets it, or tells it where no value is given.
fn service_type(call: &mut Call<'_>) -> Result<Value, Exception> {
    if call.arguments.kind(1) == ValueKind::Number {
        let value = call.arguments.number(1) as u8;
        return outcome(set_option(call, |socket| endpoint::set_type_of_service(socket, value)));
    }
    let told = raw(call).and_then(endpoint::type_of_service);
    Ok(Value::from(told.map_or_else(|error| errno(&error), i32::from)))
}
