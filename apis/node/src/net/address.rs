//! Addresses as text: families, parsing, and the names of sockets.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6},
};

use dx_ops::{Call, Exception, Value};
use dx_sys::endpoint::Endpoint;

/// An address without the zone that may follow it (RFC 4007 section 11), and that zone.
fn split_zone(text: &str) -> (&str, Option<&str>) {
    match text.split_once('%') {
        Some((address, zone)) => (address, Some(zone)),
        None => (text, None),
    }
}

fn is_zone(zone: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b':');
    !zone.is_empty() && zone.bytes().all(allowed)
}

/// 4, 6, or 0 where the text is no address; IPv6 may have a zone.
fn family(text: &str) -> u32 {
    if text.parse::<Ipv4Addr>().is_ok() {
        return 4;
    }
    let (address, zone) = split_zone(text);
    let is_v6 = address.parse::<Ipv6Addr>().is_ok() && zone.is_none_or(is_zone);
    if is_v6 { 6 } else { 0 }
}

/// `netFamily(text)`: 4, 6 or 0.
pub(super) fn family_of(call: &mut Call<'_>) -> Result<Value, Exception> {
    Ok(Value::from(call.arguments.string(0).map_or(0, |text| family(&text))))
}

/// `netParse(text)`: the bytes of an address, undefined where it is none.
pub(super) fn parse(call: &mut Call<'_>) -> Result<Value, Exception> {
    let text = call.arguments.string(0).unwrap_or_default();
    let address = split_zone(&text).0.parse::<IpAddr>().ok();
    Ok(Value::from(address.map(|address| match address {
        IpAddr::V4(address) => Bytes(address.octets().to_vec()),
        IpAddr::V6(address) => Bytes(address.octets().to_vec()),
    })))
}

struct Bytes(Vec<u8>);

impl From<Bytes> for Value {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes.0)
    }
}

/// `netCanonical(text)`: an address in its shortest form, undefined where it is none.
pub(super) fn canonical(call: &mut Call<'_>) -> Result<Value, Exception> {
    let text = call.arguments.string(0).unwrap_or_default();
    let address = text.parse::<IpAddr>().ok();
    Ok(Value::from(address.map(|address| address.to_string())))
}

/// An address and a port of arguments `index` and the next; the zone of an IPv6 address is the
/// number or the name of an interface.
pub(super) fn socket_address(call: &Call<'_>, index: usize) -> io::Result<SocketAddr> {
    let invalid = || io::Error::from_raw_os_error(INVALID);
    let text = call.arguments.string(index).unwrap_or_default();
    let port = call.arguments.number(index + 1) as u16;
    let (address, zone) = split_zone(&text);
    let address = address.parse::<IpAddr>().map_err(|_| invalid())?;
    match (address, zone) {
        (IpAddr::V6(address), Some(zone)) => {
            let scope = scope_of(zone).ok_or_else(invalid)?;
            Ok(SocketAddrV6::new(address, port, 0, scope).into())
        }
        _ => Ok(SocketAddr::new(address, port)),
    }
}

const INVALID: i32 = 22;

fn scope_of(zone: &str) -> Option<u32> {
    if let Ok(number) = zone.parse() {
        return Some(number);
    }
    let known = std::fs::read_to_string(format!("/sys/class/net/{zone}/ifindex")).ok()?;
    known.trim().parse().ok()
}

/// A socket's name: address, family and port, or a path.
pub(super) fn describe(endpoint: Endpoint) -> Value {
    match endpoint {
        Endpoint::Unnamed => Value::String(String::new()),
        Endpoint::Local(name) => Value::String(String::from_utf8_lossy(&name).into_owned()),
        Endpoint::Internet(address) => {
            let family = if address.is_ipv4() { 4_u32 } else { 6 };
            let text = match address {
                SocketAddr::V6(v6) if v6.scope_id() != 0 => {
                    format!("{}%{}", v6.ip(), interface_of(v6.scope_id()))
                }
                _ => address.ip().to_string(),
            };
            let port = u32::from(address.port());
            Value::Array(vec![text.into(), family.into(), port.into()])
        }
    }
}

/// The name of an interface by its number, or the number.
fn interface_of(index: u32) -> String {
    let is_it = |name: &str| scope_of(name) == Some(index);
    let listed = std::fs::read_dir("/sys/class/net").into_iter().flatten().flatten();
    let names = listed.filter_map(|entry| entry.file_name().into_string().ok());
    let mut matching = names.filter(|name| is_it(name));
    matching.next().unwrap_or_else(|| index.to_string())
}

#[cfg(test)]
mod tests {
    use super::family;

    #[test]
    fn families_are_told_apart() {
        for (text, expected) in [
            ("127.0.0.1", 4),
            ("01.2.3.4", 0),
            ("1.2.3", 0),
            ("::1", 6),
            ("::ffff:1.2.3.4", 6),
            ("fe80::2008%eth0.4", 6),
            ("fe80::2008%", 0),
            ("fe80::2008%eth0@1", 0),
            ("1.2.3.4%eth0", 0),
            ("", 0),
        ] {
            assert_eq!(family(text), expected, "{text}");
        }
    }
}
