//! Addresses that count on one switch only (RFC 4291, section 2.5.6): every interface has one by itself, also where nobody
//! gives out IPv4 addresses. Used where an interface has no IPv4 address: each address more is a path more that iroh tries, and
//! over a slow link those cost more than what is said. A socket of its own is bound to each, because iroh drops the interface
//! from an address: what goes to such an address leaves by the first of them.

use std::net::{SocketAddr, SocketAddrV6, UdpSocket};

/// Bits of the network that all of them share.
pub(super) const PREFIX: u8 = 64;

/// Those of this machine that can be used, without a port. One that was just given is looked for on the switch first, and can
/// be used a second or two later.
pub(super) fn addresses() -> Vec<SocketAddrV6> {
    let alone = |i: &netdev::Interface| i.is_up() && !i.is_loopback() && i.ipv4.is_empty();
    let mut up: Vec<_> = netdev::get_interfaces().into_iter().filter(alone).collect();
    up.sort_by_key(|i| i.index);
    let all = up.iter().flat_map(|i| i.ipv6.iter().map(|net| (net.addr(), i.index)));
    all.filter(|(a, _)| a.is_unicast_link_local())
        .map(|(a, interface)| SocketAddrV6::new(a, 0, 0, interface))
        .filter(|a| UdpSocket::bind(a).is_ok())
        .collect()
}

/// The address as iroh knows it.
pub(super) fn plain(at: SocketAddr) -> SocketAddr {
    SocketAddr::new(at.ip(), at.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_is_no_part_of_an_address() {
        let six = SocketAddrV6::new("fe80::1".parse().unwrap(), 7, 0, 3);
        assert_eq!(plain(six.into()).to_string(), "[fe80::1]:7");
        assert!(addresses().iter().all(|a| a.ip().is_unicast_link_local() && a.scope_id() > 0));
    }
}
