//! Records whose sizes are those of a clinic's: drawn from FHIR resources of synthetic patients.

use rand::{Rng, SeedableRng, rngs::StdRng};

/// Key and value.
pub(crate) type Record<'a> = ([u8; 28], &'a [u8]);

/// Bytes of compact JSON in the middle of each twentieth of the 1,734 Synthea R4 resources of seven patients.
const SIZES: [usize; 20] = [
    533, 560, 590, 715, 754, 770, 771, 774, 786, 815, 824, 835, 854, 879, 890, 1_108, 1_190, 1_582, 2_905,
    7_029,
];
const POOL: usize = 4 * 1024 * 1024;

/// Where records come from: the same number always gives the same one.
pub(crate) struct Inputs {
    /// What sealed entries look like: no pattern at all.
    pool: Vec<u8>,
}

fn mixed(i: u64) -> u64 {
    let x = (i ^ (i >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x ^ (x >> 29)
}

impl Inputs {
    pub(crate) fn new() -> Self {
        let mut pool = vec![0; POOL];
        StdRng::seed_from_u64(1).fill_bytes(&mut pool);
        Self { pool }
    }

    pub(crate) fn record(&self, i: u64) -> Record<'_> {
        let m = mixed(i);
        let size = SIZES[(m % 20) as usize];
        let from = (m >> 8) as usize % (POOL - size);
        let mut key = [7; 28];
        key[20..].copy_from_slice(&i.to_be_bytes());
        (key, &self.pool[from..from + size])
    }
}
