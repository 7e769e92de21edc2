//! Where a terminal answers, as text to type, to scan or to send: `ENDPOINTKEY@ip:port,ip:port,http://ip:port`, the last
//! one the relay that it is connected to.

use std::{fmt, net::SocketAddr, str::FromStr};

use super::relay::Relay;
use crate::core::sign::PublicKey;

const MAX_ADDRESSES: usize = 16;

/// A terminal's endpoint key and addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// iroh endpoint key.
    pub endpoint: PublicKey,
    /// Addresses to try, in order.
    pub addresses: Vec<SocketAddr>,
    /// A relay to try.
    pub relay: Option<Relay>,
}

/// Not a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a ticket: copy the whole line that 'aidpost status' shows on the other terminal")]
pub struct BadTicket;

impl Ticket {
    /// Addresses and relay as they are remembered.
    pub fn places(&self) -> Vec<String> {
        let relay = self.relay.iter().map(ToString::to_string);
        self.addresses.iter().map(ToString::to_string).chain(relay).collect()
    }

    /// The reverse: what isn't a place is left out.
    pub fn of(endpoint: PublicKey, places: &[String]) -> Self {
        let addresses = places.iter().filter_map(|p| p.parse().ok()).collect();
        Self { endpoint, addresses, relay: places.iter().find_map(|p| p.parse().ok()) }
    }

    /// It says somewhere to try.
    pub fn leads_somewhere(&self) -> bool {
        !self.addresses.is_empty() || self.relay.is_some()
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", hex::encode(self.endpoint), self.places().join(","))
    }
}

impl FromStr for Ticket {
    type Err = BadTicket;

    fn from_str(s: &str) -> Result<Self, BadTicket> {
        let (key, places) = s.trim().split_once('@').ok_or(BadTicket)?;
        let mut endpoint = [0u8; 32];
        hex::decode_to_slice(key, &mut endpoint).map_err(|_| BadTicket)?;
        let places: Vec<String> = places.split(',').take(MAX_ADDRESSES).map(str::to_owned).collect();
        let t = Self::of(endpoint, &places);
        // One that was cut off or misread isn't taken for a shorter one.
        match t.places().len() == places.len() {
            true => Ok(t),
            false => Err(BadTicket),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_and_nothing_else() {
        let t = Ticket {
            endpoint: [7; 32],
            addresses: vec!["127.0.0.1:5".parse().unwrap(), "[::1]:9".parse().unwrap()],
            relay: None,
        };
        assert_eq!(t.to_string().parse::<Ticket>().as_ref(), Ok(&t));
        let relayed = Ticket { relay: Some("http://10.0.0.5:3340".parse().unwrap()), ..t.clone() };
        assert_eq!(relayed.to_string().parse::<Ticket>().as_ref(), Ok(&relayed));
        let only = Ticket { addresses: Vec::new(), ..relayed };
        assert_eq!(only.to_string().parse::<Ticket>(), Ok(only));
        let (nowhere, two) = (
            format!("{}@nowhere", "07".repeat(32)),
            format!("{}@http://10.0.0.5:1,http://10.0.0.6:1", "07".repeat(32)),
        );
        for bad in ["", "@", "07@1.2.3.4:5", "x@127.0.0.1:5", &nowhere, &two] {
            assert!(bad.parse::<Ticket>().is_err(), "{bad}");
        }
        assert!(!Ticket::of([7; 32], &[]).leads_somewhere());
    }
}
