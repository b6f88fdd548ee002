//! Names to addresses and back: the system's own resolver, which may take seconds. For threads
//! of a pool.

use std::{
    ffi::{CStr, CString},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use crate::socket::KernelAddress;

/// Error of the resolver: one of the `EAI_` numbers, all below zero.
pub type ResolverError = i32;

/// A name or service that nobody knows.
pub const UNKNOWN: ResolverError = libc::EAI_NONAME;

/// Which addresses are asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[allow(missing_docs)] // the names say it
pub enum Family {
    Any,
    V4,
    V6,
}

impl Family {
    fn number(self) -> i32 {
        match self {
            Self::Any => libc::AF_UNSPEC,
            Self::V4 => libc::AF_INET,
            Self::V6 => libc::AF_INET6,
        }
    }
}

/// `getaddrinfo(3)`: the addresses of a name, in the resolver's order. `flags` are `AI_` bits.
///
/// # Errors
/// As `getaddrinfo(3)`.
pub fn addresses_of(name: &CStr, family: Family, flags: i32) -> Result<Vec<IpAddr>, ResolverError> {
    // SAFETY: addrinfo is plain data for which all zeroes is a value.
    let mut hints: libc::addrinfo = unsafe { std::mem::zeroed() };
    hints.ai_family = family.number();
    hints.ai_socktype = libc::SOCK_STREAM;
    hints.ai_flags = flags;
    let mut list = std::ptr::null_mut();
    // SAFETY: the name ends with NUL, hints and list are valid for the call.
    let outcome = unsafe {
        libc::getaddrinfo(name.as_ptr(), std::ptr::null(), &raw const hints, &raw mut list)
    };
    if outcome != 0 {
        return Err(outcome);
    }
    let mut addresses = Vec::new();
    let mut next = list;
    while !next.is_null() {
        // SAFETY: a node of the list the call has made, which is freed below.
        let node = unsafe { &*next };
        // SAFETY: the node's address is of the family it names.
        addresses.extend(unsafe { address_at(node.ai_addr) });
        next = node.ai_next;
    }
    // SAFETY: made by getaddrinfo, freed once.
    unsafe { libc::freeaddrinfo(list) };
    Ok(addresses)
}

/// # Safety
/// `address` is null or points to a socket address of the family it names.
unsafe fn address_at(address: *const libc::sockaddr) -> Option<IpAddr> {
    // SAFETY: as the caller vouches.
    let family = i32::from(unsafe { address.as_ref() }?.sa_family);
    match family {
        libc::AF_INET => {
            // SAFETY: an address of this family.
            let v4 = unsafe { &*address.cast::<libc::sockaddr_in>() };
            Some(Ipv4Addr::from(v4.sin_addr.s_addr.to_ne_bytes()).into())
        }
        libc::AF_INET6 => {
            // SAFETY: an address of this family.
            let v6 = unsafe { &*address.cast::<libc::sockaddr_in6>() };
            Some(Ipv6Addr::from(v6.sin6_addr.s6_addr).into())
        }
        _ => None,
    }
}

/// Longest host name and longest service name that `getnameinfo(3)` tells.
const HOST_BYTES: usize = 1025;
const SERVICE_BYTES: usize = 32;

/// `getnameinfo(3)`: the name of an address and of the service at its port; numbers where there
/// is none.
///
/// # Errors
/// As `getnameinfo(3)`; with `must_have_name` also where the address has no name.
pub fn names_of(
    address: SocketAddr,
    must_have_name: bool,
) -> Result<(String, String), ResolverError> {
    let kernel = KernelAddress::new(address);
    let (mut host, mut service) = ([0_u8; HOST_BYTES], [0_u8; SERVICE_BYTES]);
    let flags = if must_have_name { libc::NI_NAMEREQD } else { 0 };
    // SAFETY: the address is readable and both buffers are writable for the lengths given.
    let outcome = unsafe {
        libc::getnameinfo(
            kernel.as_ptr(),
            kernel.len(),
            host.as_mut_ptr().cast(),
            HOST_BYTES as libc::socklen_t,
            service.as_mut_ptr().cast(),
            SERVICE_BYTES as libc::socklen_t,
            flags,
        )
    };
    if outcome != 0 {
        return Err(outcome);
    }
    let text = |bytes: &[u8]| {
        let ended = CStr::from_bytes_until_nul(bytes).map(CStr::to_string_lossy);
        ended.unwrap_or_default().into_owned()
    };
    Ok((text(&host), text(&service)))
}

/// A name as the resolver takes it.
///
/// # Errors
/// [`UNKNOWN`] where it holds NUL, which no name does.
pub fn c_name(name: &str) -> Result<CString, ResolverError> {
    CString::new(name).map_err(|_| UNKNOWN)
}

#[cfg(test)]
mod tests {
    use super::{Family, addresses_of, names_of};

    #[test]
    fn addresses_need_no_lookup() {
        let found = addresses_of(c"127.0.0.1", Family::Any, 0).unwrap();
        assert_eq!(found, ["127.0.0.1".parse::<std::net::IpAddr>().unwrap()]);
        assert!(addresses_of(c"::1", Family::V4, libc::AI_NUMERICHOST).is_err());
        assert!(addresses_of(c"not an address", Family::Any, libc::AI_NUMERICHOST).is_err());
    }

    #[test]
    fn services_have_names() {
        let (_, service) = names_of("127.0.0.1:22".parse().unwrap(), false).unwrap();
        assert!(service == "ssh" || service == "22");
    }
}
