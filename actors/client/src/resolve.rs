//! Names to addresses: the system's own resolver on the blocking pool, with a short memory.

use std::{
    cell::RefCell,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs},
    rc::Rc,
};

use dx_blocking::Pool;
use dx_reactor::Reactor;
use rustc_hash::FxHashMap;

use crate::error::ClientError;

/// How long an answer is used again, in nanoseconds.
const MEMORY_NS: u64 = 30_000_000_000;

/// Names remembered at most; beyond it all are forgotten.
const NAMES_MAX: usize = 256;

struct Answer {
    addresses: Rc<[IpAddr]>,
    until_ns: u64,
}

/// The resolver of a shard.
pub(crate) struct Resolver {
    reactor: Reactor,
    pool: Pool,
    answers: RefCell<FxHashMap<String, Answer>>,
}

impl Resolver {
    pub(crate) fn new(reactor: &Reactor, pool: Pool) -> Self {
        Self { reactor: reactor.clone(), pool, answers: RefCell::default() }
    }

    /// The addresses of a name, in the order to be tried; at least one.
    pub(crate) async fn resolve(&self, host: &str) -> Result<Rc<[IpAddr]>, ClientError> {
        if let Some(addresses) = literal(host).or_else(|| self.remembered(host)) {
            return Ok(addresses);
        }
        let name = host.to_owned();
        let looked_up = self.pool.run_when_free(move || look_up(&name)).await;
        let addresses = match looked_up {
            Ok(Ok(addresses)) if !addresses.is_empty() => Rc::from(addresses),
            Ok(Err(passing)) => return Err(unknown(host, passing)),
            _ => return Err(unknown(host, false)),
        };
        self.remember(host, &addresses);
        Ok(addresses)
    }

    fn remembered(&self, host: &str) -> Option<Rc<[IpAddr]>> {
        let answers = self.answers.borrow();
        let answer = answers.get(host)?;
        (answer.until_ns > self.reactor.now_ns()).then(|| answer.addresses.clone())
    }

    fn remember(&self, host: &str, addresses: &Rc<[IpAddr]>) {
        let mut answers = self.answers.borrow_mut();
        if answers.len() >= NAMES_MAX {
            answers.clear();
        }
        let until_ns = self.reactor.now_ns() + MEMORY_NS;
        answers.insert(host.to_owned(), Answer { addresses: addresses.clone(), until_ns });
    }
}

fn unknown(host: &str, passing: bool) -> ClientError {
    ClientError::Unknown { host: host.to_owned(), passing }
}

/// An address, in brackets or not, or the name that always means this machine (RFC 6761).
fn literal(host: &str) -> Option<Rc<[IpAddr]>> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some(Rc::from([Ipv6Addr::LOCALHOST.into(), Ipv4Addr::LOCALHOST.into()]));
    }
    let bare = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(host);
    bare.parse().ok().map(|address| Rc::from([address]))
}

/// What the system says, families alternating as RFC 8305 section 4 has it; the error says
/// whether it may pass.
fn look_up(name: &str) -> Result<Vec<IpAddr>, bool> {
    let found = (name, 0).to_socket_addrs().map_err(|error| {
        // The standard library gives the resolver's error as text only.
        error.to_string().contains("Temporary failure")
    })?;
    let mut addresses: Vec<IpAddr> = Vec::new();
    for address in found.map(|address| address.ip()) {
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    Ok(alternate(&addresses))
}

fn alternate(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let Some(first) = addresses.first() else { return Vec::new() };
    let is_same = |address: &&IpAddr| address.is_ipv4() == first.is_ipv4();
    let mut same = addresses.iter().filter(is_same);
    let mut other = addresses.iter().filter(|address| !is_same(address));
    let mut result = Vec::with_capacity(addresses.len());
    while result.len() < addresses.len() {
        result.extend(same.next());
        result.extend(other.next());
    }
    result
}

#[cfg(test)]
mod tests {
    use super::{alternate, literal, look_up};

    #[test]
    fn literals_need_no_resolver() {
        assert_eq!(literal("[::1]").unwrap()[0].to_string(), "::1");
        assert_eq!(literal("127.0.0.1").unwrap()[0].to_string(), "127.0.0.1");
        assert_eq!(literal("LocalHost").unwrap().len(), 2);
        assert!(literal("example.com").is_none());
    }

    #[test]
    fn families_take_turns() {
        let parse = |text: &str| text.split(' ').map(|part| part.parse().unwrap()).collect();
        let addresses: Vec<_> = parse("::1 ::2 ::3 1.1.1.1");
        let expected: Vec<_> = parse("::1 1.1.1.1 ::2 ::3");
        assert_eq!(alternate(&addresses), expected);
        assert!(alternate(&[]).is_empty());
    }

    #[test]
    fn a_name_that_cannot_exist_is_unknown() {
        assert!(look_up("name.invalid").is_err());
    }
}
