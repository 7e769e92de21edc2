//! A relay of the consortium's own, for terminals that can't reach each other: `http://ip:port`, an address in numbers, so
//! that no name is looked up anywhere.
//!
//! It is the program `iroh-relay`, on any machine that both sides reach. It passes encrypted packets on and learns which
//! endpoint keys talk, when and how much; the handshake between the two terminals goes through it unread.

use std::{fmt, net::SocketAddr, str::FromStr};

use serde::{Deserialize, Serialize};

const SCHEME: &str = "http://";

/// Where a relay answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Relay(SocketAddr);

/// Not a relay's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not a relay's address: give it in numbers, without a name, such as http://10.0.0.5:3340")]
pub struct BadRelay;

impl fmt::Display for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", self.0)
    }
}

impl FromStr for Relay {
    type Err = BadRelay;

    fn from_str(s: &str) -> Result<Self, BadRelay> {
        let address = s.trim().strip_prefix(SCHEME).ok_or(BadRelay)?;
        let at: SocketAddr = address.strip_suffix('/').unwrap_or(address).parse().map_err(|_| BadRelay)?;
        match at.port() == 0 || at.ip().is_unspecified() {
            true => Err(BadRelay),
            false => Ok(Self(at)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_only() {
        for good in ["http://10.0.0.5:3340", "http://10.0.0.5:3340/", " http://[fd00::5]:80 "] {
            let r: Relay = good.parse().unwrap();
            assert_eq!(r.to_string().parse(), Ok(r), "{good}");
        }
        for bad in [
            "",
            "10.0.0.5:3340",
            "http://relay.example:3340",
            "https://10.0.0.5:443",
            "http://10.0.0.5",
            "http://10.0.0.5:0",
            "http://0.0.0.0:3340",
            "http://user@10.0.0.5:3340",
            "http://10.0.0.5:3340/path",
        ] {
            assert_eq!(bad.parse::<Relay>(), Err(BadRelay), "{bad}");
        }
    }
}
