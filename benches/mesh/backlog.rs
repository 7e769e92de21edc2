//! Records as they lie in blocks: sealed by the real vault.

use aidpost::{
    core::{
        codec,
        id::{ConsortiumId, EpochId, PatientId, RecordId},
        keys::{PatientKeyId, SealedRecords},
        record::{Compartment, Record},
    },
    demo::generator::Generator,
    vault::{
        Secret,
        keytree::{Contents, seal_records},
        pack, seal,
    },
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

/// Bytes of a record that doesn't become smaller: the middle one of 1,734 FHIR resources of synthetic patients as compact JSON.
pub(crate) const RECORD: usize = 800;
/// Such records in one block: what fits under 64 KiB once it is padded and sealed.
pub(crate) const FULL: usize = 79;

/// What is sealed, and how many bytes of it are padding.
pub(crate) struct Sealed {
    pub(crate) bytes: Vec<u8>,
    pub(crate) padding: usize,
}

fn sealed(rng: &mut StdRng, plain: &[u8]) -> Sealed {
    let id = PatientKeyId {
        patient: PatientId(rng.random()),
        compartment: Compartment::General,
        epoch: EpochId([3; 16]),
    };
    let packed = pack::pack(plain);
    let padding = seal::pad(&packed).len() - packed.len();
    let s: SealedRecords =
        seal_records(ConsortiumId([0; 32]), id, &Secret::new([4; 32]), Contents::Records, plain, rng);
    Sealed { bytes: codec::encode(&s), padding }
}

/// Blocks of about 64 KiB with [`FULL`] records each that no compression makes smaller.
pub(crate) fn full(seed: u64) -> impl Iterator<Item = Sealed> {
    let mut rng = StdRng::seed_from_u64(seed);
    let mut plain = vec![0u8; FULL * RECORD];
    std::iter::repeat_with(move || {
        rng.fill_bytes(&mut plain);
        sealed(&mut rng, &plain)
    })
}

/// Visits as they are typed at a desk, each in a block of its own.
pub(crate) fn visits(seed: u64) -> impl Iterator<Item = Sealed> {
    let mut generator = Generator::new(seed, 1_790_000_000_000);
    let mut rng = StdRng::seed_from_u64(seed);
    std::iter::repeat_with(move || {
        let visit = generator.visit(1_790_000_000_000);
        let list = vec![Record::first(RecordId(rng.random()), PatientId([0; 16]), visit)];
        sealed(&mut rng, &codec::encode(&list))
    })
}
