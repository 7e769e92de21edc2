//! What one guess at a passphrase costs: Argon2id (RFC 9106), chosen on the machine within bounds.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::Secret;

/// The cost of one guess.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over it.
    pub passes: u32,
}

/// Argon2 could not get its memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not enough memory to check the passphrase: close other programs and try again")]
pub struct NoMemory;

/// A passphrase should not take longer than this.
const PATIENCE: Duration = Duration::from_secs(1);
/// Of the memory that is free, no more than one part in so many.
const SHARE: u64 = 4;

impl Cost {
    /// RFC 9106's second recommendation: 64 MiB, three passes.
    pub const STANDARD: Cost = Cost { memory: 64 * 1024, passes: 3 };
    /// The least that is ever used: 19 MiB, two passes.
    pub const LEAST: Cost = Cost { memory: 19 * 1024, passes: 2 };
    const MOST: Cost = Cost { memory: 256 * 1024, passes: 8 };
    /// From the one that is aimed at down to the least.
    const LADDER: [Cost; 5] = [
        Cost::STANDARD,
        Cost { memory: 64 * 1024, passes: 2 },
        Cost { memory: 46 * 1024, passes: 2 },
        Cost { memory: 32 * 1024, passes: 2 },
        Cost::LEAST,
    ];

    /// True for what a file may ask for: not less than [`Cost::LEAST`], nor so much that the machine stands still.
    pub(super) fn sane(&self) -> bool {
        (Self::LEAST.memory..=Self::MOST.memory).contains(&self.memory)
            && (Self::LEAST.passes..=Self::MOST.passes).contains(&self.passes)
    }

    /// The best that this machine does within a second and with a quarter of its free memory.
    pub fn of_this_machine() -> Self {
        let start = Instant::now();
        let timed = Self::LEAST.key(b"a passphrase to measure with", &[0; 16]).map(|_| start.elapsed());
        match timed {
            Ok(least) => Self::within(least, free_memory()),
            Err(NoMemory) => Self::LEAST,
        }
    }

    /// The first of the ladder that fits, given what [`Cost::LEAST`] took and the free memory in KiB, where that is known.
    fn within(least: Duration, free: Option<u64>) -> Self {
        let work = |c: &Cost| u64::from(c.memory) * u64::from(c.passes);
        let fits = |c: &&Cost| {
            let time = least.as_secs_f64() * work(c) as f64 / work(&Self::LEAST) as f64;
            time <= PATIENCE.as_secs_f64() && free.is_none_or(|f| u64::from(c.memory) * SHARE <= f)
        };
        Self::LADDER.iter().find(fits).copied().unwrap_or(Self::LEAST)
    }

    /// Argon2id of what was typed.
    ///
    /// # Errors
    /// No memory for it.
    pub(super) fn key(self, typed: &[u8], salt: &[u8; 16]) -> Result<Secret, NoMemory> {
        let params = Params::new(self.memory, self.passes, 1, Some(32)).map_err(|_| NoMemory)?;
        let mut out = Zeroizing::new([0u8; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(typed, salt, &mut *out)
            .map_err(|_| NoMemory)?;
        Ok(Secret::new(*out))
    }
}

/// KiB that programs can have, as Linux says.
fn free_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_or_small_machine_gets_less_and_never_too_little() {
        let ms = Duration::from_millis;
        assert_eq!(Cost::within(ms(40), None), Cost::STANDARD);
        assert_eq!(Cost::within(ms(40), Some(1 << 20)), Cost::STANDARD);
        assert_eq!(Cost::within(ms(250), None), Cost { memory: 64 * 1024, passes: 2 });
        assert_eq!(Cost::within(ms(500), None), Cost { memory: 32 * 1024, passes: 2 });
        assert_eq!(Cost::within(ms(40), Some(200 * 1024)), Cost { memory: 46 * 1024, passes: 2 });
        for least in [Cost::within(ms(9_000), None), Cost::within(ms(1), Some(1_000))] {
            assert_eq!(least, Cost::LEAST);
        }
        assert!(Cost::LADDER.iter().all(Cost::sane));
        assert!(
            !Cost { memory: 18 * 1024, passes: 9 }.sane() && !Cost { memory: 64 * 1024, passes: 1 }.sane()
        );
    }

    #[test]
    fn this_machine_has_one_that_is_sane() {
        let start = Instant::now();
        let c = Cost::of_this_machine();
        assert!(c.sane(), "{c:?}");
        println!("{c:?} chosen in {:?}", start.elapsed());
    }
}
