//! Where a terminal answers, as text to type or to send: `ENDPOINTKEY@ip:port,ip:port`.

use std::{fmt, net::SocketAddr, str::FromStr};

use crate::core::sign::PublicKey;

const MAX_ADDRESSES: usize = 16;

/// A terminal's endpoint key and addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// iroh endpoint key.
    pub endpoint: PublicKey,
    /// Addresses to try, in order.
    pub addresses: Vec<SocketAddr>,
}

/// Not a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a ticket: copy the whole line that 'aidpost status' shows on the other terminal")]
pub struct BadTicket;

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let a: Vec<String> = self.addresses.iter().map(ToString::to_string).collect();
        write!(f, "{}@{}", hex::encode(self.endpoint), a.join(","))
    }
}

impl FromStr for Ticket {
    type Err = BadTicket;

    fn from_str(s: &str) -> Result<Self, BadTicket> {
        let (key, addresses) = s.trim().split_once('@').ok_or(BadTicket)?;
        let mut endpoint = [0u8; 32];
        hex::decode_to_slice(key, &mut endpoint).map_err(|_| BadTicket)?;
        let addresses: Vec<SocketAddr> = addresses
            .split(',')
            .take(MAX_ADDRESSES)
            .map(|a| a.parse().map_err(|_| BadTicket))
            .collect::<Result<_, _>>()?;
        Ok(Self { endpoint, addresses })
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
        };
        assert_eq!(t.to_string().parse::<Ticket>(), Ok(t));
        for bad in ["", "@", "07@1.2.3.4:5", "x@127.0.0.1:5", &format!("{}@nowhere", "07".repeat(32))] {
            assert!(bad.parse::<Ticket>().is_err(), "{bad}");
        }
    }
}
