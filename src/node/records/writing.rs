//! Sealing what one person writes about patients, as blocks.

use ed25519_dalek::SigningKey;
use rand::CryptoRng;

use crate::{
    core::{
        block::{Kind, MAX_PAYLOAD},
        codec,
        id::{ChunkId, ConsortiumId, PatientId, StaffId, VersionId},
        keys::PatientKeyId,
        record::{self, Record},
        resource::{CHUNK, Parts},
        sign::Authored,
    },
    store::{Content, StoreError},
    vault::{
        Secret,
        keytree::{Contents, seal_records},
    },
};

/// Bytes of records that are sealed together, before they are compressed: most become a tenth of it.
const TOGETHER: usize = 160 * 1024;

/// What one person of this terminal writes about one patient.
pub(super) struct Writing<'a> {
    pub(super) consortium: ConsortiumId,
    pub(super) patient: PatientId,
    pub(super) staff: &'a SigningKey,
}

impl Writing<'_> {
    /// The name that a version will have.
    pub(super) fn version(&self, r: &Record) -> VersionId {
        r.version_id(StaffId::of_key(self.staff.verifying_key().as_bytes()))
    }

    /// Seals records in as few blocks as hold them.
    pub(super) fn records(
        &self,
        id: PatientKeyId,
        key: &Secret,
        records: Vec<Record>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<(Kind, Content)>, StoreError> {
        let mut out = Vec::new();
        let (mut some, mut size) = (Vec::new(), 0);
        for r in records {
            let length = codec::encode(&r).len();
            if !some.is_empty() && size + length > TOGETHER {
                self.block(id, key, std::mem::take(&mut some), rng, &mut out)?;
                size = 0;
            }
            size += length;
            some.push(r);
        }
        if !some.is_empty() {
            self.block(id, key, some, rng, &mut out)?;
        }
        Ok(out)
    }

    fn block(
        &self,
        id: PatientKeyId,
        key: &Secret,
        mut records: Vec<Record>,
        rng: &mut dyn CryptoRng,
        out: &mut Vec<(Kind, Content)>,
    ) -> Result<(), StoreError> {
        let scope: [&[u8]; 2] = [&self.consortium.0, &self.patient.0];
        let entries = Authored::new(self.staff, record::DOMAIN, &scope, &records);
        let plain = zeroize::Zeroizing::new(codec::encode(&entries));
        let sealed = seal_records(self.consortium, id, key, Contents::Records, &plain, rng);
        let bytes = codec::encode(&sealed);
        if bytes.len() <= MAX_PAYLOAD && entries.body.len() <= record::MAX_ENTRIES {
            out.push((Kind::Records, Box::new(move |_, _| Ok(bytes))));
            return Ok(());
        }
        if records.len() < 2 {
            return Err(StoreError::Refused(format!(
                "{} bytes are more than one block holds ({MAX_PAYLOAD}): shorten the note",
                bytes.len()
            )));
        }
        let rest = records.split_off(records.len() / 2);
        self.block(id, key, records, rng, out)?;
        self.block(id, key, rest, rng, out)
    }

    /// Seals something long as pieces, each in a block of its own.
    pub(super) fn parts(
        &self,
        id: PatientKeyId,
        key: &Secret,
        whole: &[u8],
        rng: &mut dyn CryptoRng,
        out: &mut Vec<(Kind, Content)>,
    ) -> Parts {
        let mut chunks = Vec::with_capacity(whole.len().div_ceil(CHUNK));
        for piece in whole.chunks(CHUNK) {
            let sealed = seal_records(self.consortium, id, key, Contents::Chunk, piece, rng);
            let bytes = codec::encode(&sealed);
            chunks.push(ChunkId::of(&bytes));
            out.push((Kind::Attachment, Box::new(move |_, _| Ok(bytes))));
        }
        Parts { size: whole.len() as u64, hash: Parts::hash_of(whole), chunks }
    }
}
