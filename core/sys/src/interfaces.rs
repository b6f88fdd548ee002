//! Network interfaces and their addresses.

use std::{
    ffi::CStr,
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    ptr::NonNull,
};

/// One address of an interface that is up.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InterfaceAddress {
    /// The interface's name.
    pub name: String,
    /// The address.
    pub address: IpAddr,
    /// The mask of its network.
    pub netmask: IpAddr,
    /// The hardware address; zeros where there is none.
    pub hardware: [u8; 6],
    /// Whether it is a loopback interface.
    pub internal: bool,
    /// The scope of an IPv6 address; zero otherwise.
    pub scope: u32,
}

/// Frees the system's list.
struct List(*mut libc::ifaddrs);

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: made by getifaddrs and freed once.
        unsafe { libc::freeifaddrs(self.0) };
    }
}

impl List {
    fn entries(&self) -> impl Iterator<Item = &libc::ifaddrs> {
        // SAFETY: the list is alive as long as `self`.
        let first = unsafe { self.0.as_ref() };
        std::iter::successors(first, |entry| {
            // SAFETY: an entry points to the next one or to null.
            unsafe { entry.ifa_next.as_ref() }
        })
    }
}

fn name_of(entry: &libc::ifaddrs) -> String {
    // SAFETY: every entry has a name that ends in a NUL.
    unsafe { CStr::from_ptr(entry.ifa_name) }.to_string_lossy().into_owned()
}

/// The address and scope behind a pointer of the list; `None` where it is null or of another
/// family.
fn address_of(pointer: *mut libc::sockaddr) -> Option<(IpAddr, u32)> {
    let pointer = NonNull::new(pointer)?;
    // SAFETY: not null, so it points to an address of the family it names, as long as the list.
    unsafe {
        match i32::from(pointer.as_ref().sa_family) {
            libc::AF_INET => {
                let address = pointer.cast::<libc::sockaddr_in>().as_ref();
                let octets = address.sin_addr.s_addr.to_ne_bytes();
                Some((Ipv4Addr::from(octets).into(), 0))
            }
            libc::AF_INET6 => {
                let address = pointer.cast::<libc::sockaddr_in6>().as_ref();
                let octets = address.sin6_addr.s6_addr;
                Some((Ipv6Addr::from(octets).into(), address.sin6_scope_id))
            }
            _ => None,
        }
    }
}

/// The name and hardware address of an entry that has one.
fn hardware_of(entry: &libc::ifaddrs) -> Option<(String, [u8; 6])> {
    let pointer = NonNull::new(entry.ifa_addr)?;
    // SAFETY: as `address_of`.
    unsafe {
        if i32::from(pointer.as_ref().sa_family) != libc::AF_PACKET {
            return None;
        }
        let link = pointer.cast::<libc::sockaddr_ll>().as_ref();
        let bytes = link.sll_addr;
        let hardware = [bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5]];
        Some((name_of(entry), hardware))
    }
}

/// The addresses of the interfaces that are up and running, in the system's order.
///
/// # Errors
/// As `getifaddrs(3)`.
pub fn addresses() -> io::Result<Vec<InterfaceAddress>> {
    let mut first = std::ptr::null_mut();
    // SAFETY: room for the pointer; the list is freed by its guard.
    if unsafe { libc::getifaddrs(&mut first) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let list = List(first);
    let hardware: Vec<(String, [u8; 6])> = list.entries().filter_map(hardware_of).collect();
    let usable = (libc::IFF_UP | libc::IFF_RUNNING) as u32;
    let found = list.entries().filter(|entry| entry.ifa_flags & usable == usable);
    Ok(found
        .filter_map(|entry| {
            let (address, scope) = address_of(entry.ifa_addr)?;
            let (netmask, _) = address_of(entry.ifa_netmask)?;
            let name = name_of(entry);
            let known = hardware.iter().find(|(other, _)| *other == name);
            Some(InterfaceAddress {
                address,
                netmask,
                hardware: known.map_or([0; 6], |(_, bytes)| *bytes),
                internal: entry.ifa_flags & libc::IFF_LOOPBACK as u32 != 0,
                scope,
                name,
            })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loopback_interface_has_its_address() {
        let found = addresses().expect("the list of interfaces");
        let loopback = found.iter().find(|entry| entry.address == Ipv4Addr::LOCALHOST);
        assert!(loopback.is_none_or(|entry| entry.internal && entry.hardware == [0; 6]));
    }
}
