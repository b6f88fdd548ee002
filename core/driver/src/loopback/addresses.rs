//! Which addresses lead to a listener of this process, and which ports connections within it have.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The first port of a connecting end. The kernel gives connections that ask for none one of
/// 32,768 to 60,999 (`ip_local_port_range`, as Linux comes), so that a server sees no port twice.
const FIRST_PORT: u16 = 61_000;
/// Connections within the process at most: one a port.
pub(super) const CONNECTIONS_MAX: usize = (u16::MAX - FIRST_PORT) as usize + 1;

/// The addresses of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Way {
    /// Of the connecting and of the accepting end, as the connecting end knows them.
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    /// Whether the accepting end knows them as IPv4 within IPv6.
    pub(super) mapped: bool,
}

impl Way {
    /// Own and peer's address as the end of `side` knows them; 0 connects, 1 accepts.
    pub(super) fn seen_from(&self, side: usize) -> (SocketAddr, SocketAddr) {
        match (side, self.mapped) {
            (0, _) => (self.from, self.to),
            (_, false) => (self.to, self.from),
            (_, true) => (map(self.to), map(self.from)),
        }
    }
}

fn map(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    }
}

/// The address the kernel connects from to one of this machine: all of 127.0.0.0/8 is reached
/// from its first one. The port is still to be chosen.
pub(crate) fn source(to: SocketAddr) -> SocketAddr {
    let ip = match to.ip() {
        IpAddr::V4(ip) if ip.is_loopback() => Ipv4Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, 0)
}

/// Where connecting to `wanted` leads: no address at all means this machine (Linux).
pub(crate) fn destination(wanted: SocketAddr) -> SocketAddr {
    let ip = match wanted.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        _ => return wanted,
    };
    SocketAddr::new(ip, wanted.port())
}

/// The way from nowhere in particular to `wanted`, where a listener at `bound` takes it for
/// certain: at that very address, or at every address where `wanted` is one of the loopback
/// device's. Other addresses of the machine are left to the kernel, which knows them.
pub(super) fn way(bound: SocketAddr, ipv6_only: bool, wanted: SocketAddr) -> Option<Way> {
    if bound.port() != wanted.port() {
        return None;
    }
    let to = destination(wanted);
    let mapped = bound.is_ipv6() && to.is_ipv4();
    let everywhere = bound.ip().is_unspecified() && to.ip().is_loopback();
    let families_fit = bound.is_ipv6() == to.is_ipv6() || mapped && !ipv6_only;
    if !(bound == to || everywhere && families_fit) {
        return None;
    }
    Some(Way { from: source(to), to, mapped })
}

/// The ports in use.
pub(super) struct Ports {
    taken: Vec<bool>,
    next: usize,
}

impl Ports {
    pub(super) fn new() -> Self {
        Self { taken: vec![false; CONNECTIONS_MAX], next: 0 }
    }

    /// The next free port in turn, so that one is not seen again soon.
    pub(super) fn take(&mut self) -> Option<u16> {
        let places = (0..CONNECTIONS_MAX).map(|offset| (self.next + offset) % CONNECTIONS_MAX);
        let place = places.into_iter().find(|place| !self.taken[*place])?;
        self.taken[place] = true;
        self.next = place + 1;
        Some(FIRST_PORT + place as u16)
    }

    pub(super) fn give_back(&mut self, port: u16) {
        self.taken[usize::from(port - FIRST_PORT)] = false;
    }
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use super::{CONNECTIONS_MAX, FIRST_PORT, Ports, way};

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_listener_takes_what_the_kernel_would_give_it() {
        for (bound, ipv6_only, wanted, takes) in [
            ("127.0.0.1:80", false, "127.0.0.1:80", true),
            ("127.0.0.1:80", false, "127.0.0.1:81", false),
            ("127.0.0.1:80", false, "127.0.0.2:80", false),
            ("127.0.0.1:80", false, "[::1]:80", false),
            ("127.0.0.1:80", false, "0.0.0.0:80", true),
            ("127.0.0.2:80", false, "0.0.0.0:80", false),
            ("0.0.0.0:80", false, "127.0.0.1:80", true),
            ("0.0.0.0:80", false, "127.1.2.3:80", true),
            ("0.0.0.0:80", false, "0.0.0.0:80", true),
            ("0.0.0.0:80", false, "[::1]:80", false),
            ("0.0.0.0:80", false, "192.168.1.2:80", false),
            ("192.168.1.2:80", false, "192.168.1.2:80", true),
            ("192.168.1.2:80", false, "127.0.0.1:80", false),
            ("[::]:80", false, "[::1]:80", true),
            ("[::]:80", false, "[::]:80", true),
            ("[::]:80", false, "127.0.0.1:80", true),
            ("[::]:80", true, "127.0.0.1:80", false),
            ("[::]:80", true, "[::1]:80", true),
            ("[::]:80", false, "[::ffff:127.0.0.1]:80", false),
            ("[::1]:80", false, "[::1]:80", true),
            ("[::1]:80", false, "127.0.0.1:80", false),
        ] {
            let found = way(address(bound), ipv6_only, address(wanted));
            assert_eq!(found.is_some(), takes, "{bound} {ipv6_only} {wanted}");
        }
    }

    #[test]
    fn each_end_sees_the_addresses_of_its_family() {
        let way = way(address("[::]:80"), false, address("127.0.0.9:80")).unwrap();
        let (near, far) = (address("127.0.0.1:0"), address("127.0.0.9:80"));
        assert_eq!(way.seen_from(0), (near, far));
        let (near, far) = (address("[::ffff:127.0.0.1]:0"), address("[::ffff:127.0.0.9]:80"));
        assert_eq!(way.seen_from(1), (far, near));
    }

    #[test]
    fn ports_are_distinct_and_taken_in_turn() {
        let mut ports = Ports::new();
        let first = ports.take().unwrap();
        assert_eq!(first, FIRST_PORT);
        ports.give_back(first);
        assert_eq!(ports.take(), Some(first + 1), "not the same again at once");
        let rest: Vec<_> = std::iter::from_fn(|| ports.take()).collect();
        assert_eq!(rest.len(), CONNECTIONS_MAX - 1);
        assert_eq!((rest[rest.len() - 2], rest[rest.len() - 1]), (u16::MAX, first));
    }
}
