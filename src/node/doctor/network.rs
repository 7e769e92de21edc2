//! The port that others call, and whether neighbours can hear this terminal.

use std::net::{SocketAddr, UdpSocket};

use crate::node::api::{Check, Verdict};

/// The port is ours, or free for when a node starts.
pub(super) fn port(listen: SocketAddr, answering: bool) -> Check {
    if answering {
        return Check::good("port", format!("answers on UDP {listen}"));
    }
    match UdpSocket::bind(listen) {
        Ok(_) => Check::good("port", format!("UDP {listen} is free; the link is off until a node is open")),
        Err(e) => Check::not(
            Verdict::Bad,
            "port",
            format!("UDP {listen} can't be used ({e})"),
            "end the program that has it ('ss -ulpn'), or choose another with --listen",
        ),
    }
}

/// Terminals on the same switch find each other by broadcast on an interface that is up.
pub(super) fn discovery(listen: SocketAddr) -> Check {
    if listen.ip().is_loopback() {
        return Check::not(
            Verdict::Attention,
            "discovery",
            "this terminal answers only on this machine",
            "'aidpost --listen 0.0.0.0:47500 node' answers others too",
        );
    }
    let own = |ip: std::net::IpAddr| listen.ip().is_unspecified() || listen.ip() == ip;
    let names: Vec<String> = netdev::get_interfaces()
        .into_iter()
        .filter(|i| i.is_up() && !i.is_loopback())
        .filter(|i| i.ipv4.iter().any(|n| own(n.addr().into())) || (i.ipv4.is_empty() && !i.ipv6.is_empty()))
        .map(|i| i.name)
        .collect();
    match names.is_empty() {
        true => Check::not(
            Verdict::Attention,
            "discovery",
            "no network interface is up: no terminal finds this one",
            "'ip address' shows what there is: plug a cable in or join a network; 'aidpost courier out' works without one",
        ),
        false => Check::good("discovery", format!("neighbours on {} hear this terminal", names.join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::is_typed, *};

    #[test]
    fn a_port_that_somebody_has_is_bad() {
        let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
        let at = taken.local_addr().unwrap();
        assert_eq!(port(at, false).verdict, Verdict::Bad);
        assert!(is_typed(&port(at, false)) && is_typed(&discovery(at)));
        assert_eq!(port(at, true).verdict, Verdict::Good, "it is this node's own");
        drop(taken);
        assert_eq!(port(at, false).verdict, Verdict::Good);
        assert_eq!(discovery(at).verdict, Verdict::Attention);
    }
}
