//! A short code that two people read to each other, so that nobody sits between their terminals: numeric comparison with a
//! commitment (S. Vaudenay, "Secure Communications over Insecure Channels Based on Short Authenticated Strings", 2005; the
//! same idea as in Bluetooth's and ZRTP's).
//!
//! The one side says its part and commits itself to a nonce; then the other says its part with its own nonce; only then the
//! first nonce is shown. The code hangs on all four. Whoever stands between the two must choose each nonce before knowing
//! the other that goes into the same code, so that the two screens agree once in a million tries, however much it computes.

use std::fmt;

use super::{id::hash32, sign::PublicKey};

/// How many codes there are.
const CODES: u64 = 1_000_000;

/// Six digits for two screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortCode(u32);

impl fmt::Display for ShortCode {
    /// In two groups, as people read them out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:03} {:03}", self.0 / 1_000, self.0 % 1_000)
    }
}

/// Binds whoever offers to its nonce, and to what it said before, without showing the nonce.
pub fn commitment(offer: &[u8; 32], nonce: &[u8; 32]) -> [u8; 32] {
    hash32("aidpost v0 joining commitment", &[offer, nonce])
}

/// Everything that was said, as one of the two saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// Endpoint key of the terminal that invites, as the transport authenticated it.
    pub inviter: PublicKey,
    /// The same of the terminal that joins.
    pub joiner: PublicKey,
    /// Hash of what the inviter offered.
    pub offer: [u8; 32],
    /// Hash of what the joiner asked for, with all its keys.
    pub ask: [u8; 32],
    /// The nonce that the inviter had committed itself to.
    pub inviter_nonce: [u8; 32],
    /// The joiner's nonce.
    pub joiner_nonce: [u8; 32],
}

impl Transcript {
    /// The code of what was said.
    pub fn code(&self) -> ShortCode {
        let Self { inviter, joiner, offer, ask, inviter_nonce, joiner_nonce } = self;
        // All of one length: nothing can be moved from one part into the next.
        let h =
            hash32("aidpost v0 joining code", &[inviter, joiner, offer, ask, inviter_nonce, joiner_nonce]);
        let n = h.iter().take(8).fold(0, |n, b| n << 8 | u64::from(*b));
        // Below a million; that 2^64 is no multiple of it prefers no code by more than one in 10^13.
        ShortCode((n % CODES) as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_counts_and_the_code_has_six_digits() {
        let said = Transcript {
            inviter: [1; 32],
            joiner: [2; 32],
            offer: [3; 32],
            ask: [4; 32],
            inviter_nonce: [5; 32],
            joiner_nonce: [6; 32],
        };
        let changed = [
            Transcript { inviter: [9; 32], ..said },
            Transcript { joiner: [9; 32], ..said },
            Transcript { offer: [9; 32], ..said },
            Transcript { ask: [9; 32], ..said },
            Transcript { inviter_nonce: [9; 32], ..said },
            Transcript { joiner_nonce: [9; 32], ..said },
            // The two sides exchanged.
            Transcript { inviter: [2; 32], joiner: [1; 32], ..said },
        ];
        assert!(changed.iter().all(|t| t.code() != said.code()));
        assert_eq!(said.code().to_string().len(), 7);
        assert_eq!(
            (ShortCode(7).to_string(), ShortCode(999_999).to_string()),
            ("000 007".into(), "999 999".into())
        );
        assert_ne!(commitment(&[1; 32], &[2; 32]), commitment(&[2; 32], &[1; 32]));
        crate::testing::golden(
            "joining_code_v0.txt",
            &format!("{} {}", hex::encode(commitment(&[1; 32], &[2; 32])), said.code()),
        );
    }
}
