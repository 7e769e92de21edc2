//! Cosigning, and proofs that a block is final.

use super::{
    Node,
    api::{Fault, FaultKind},
    clock,
    device::Device,
    locked,
};
use crate::{
    core::{
        block::{Header, Kind, MAX_PAYLOAD},
        branches::Place,
        codec,
        finality::Cosignature,
        id::BlockId,
        proof::{self, Library, NoProof},
        time::Millis,
    },
    store::{Author, Beside, Content, Db, StoreError},
};

/// Time between two cosignatures of one witness: each is news to all others, who cosign it in turn.
pub(super) const PACE: Millis = 60 * 60 * 1000;

impl Library for Db {
    fn header(&self, at: Place) -> Option<Header> {
        self.block_at(at).ok().flatten().map(|b| b.signed.header)
    }

    fn cosignature(&self, at: Place) -> Option<Cosignature> {
        let b = self.block_at(at).ok().flatten()?;
        codec::decode(b.content(), MAX_PAYLOAD).ok()
    }
}

/// If this terminal is its organisation's witness, it cosigns what it holds, unless it did within `pace` milliseconds.
pub(super) fn cosign(db: &mut Db, device: &Device, pace: Millis) -> Result<(), StoreError> {
    let (replica, key, now) = (db.replica(), device.ledger(), clock::now());
    let witness = *key.verifying_key().as_bytes();
    let era = replica.governance().era();
    let last = replica.votes().latest(era.id, &witness).and_then(|b| replica.place(b));
    let recent =
        last.and_then(|p| replica.tree().time(p)).is_some_and(|t| now < t.millis.saturating_add(pace));
    // Not being the witness, or not having heard enough yet, is nothing to report.
    let Ok(heads) = replica.to_cosign(device.org_id(), &witness) else { return Ok(()) };
    if recent || heads.is_empty() {
        return Ok(());
    }
    let c = Cosignature::new(replica.governance().consortium(), era, heads, &key);
    let author = Author { log: replica.log_of(device.id()), key };
    let content: (Kind, Content) = (Kind::Cosignature, Box::new(move |_, _| Ok(codec::encode(&c))));
    db.author(&author, now, &mut rand::rng(), vec![content], &Beside::default()).map(|_| ())
}

impl Node {
    pub(super) async fn prove(&self, block: BlockId) -> Result<Vec<u8>, Fault> {
        let open = self.opened().await?;
        let device = locked(&open.device).clone();
        let made = open.store.call(move |db| match proof::prove(db.replica(), db, block) {
            // A witness that has met nobody lately has not cosigned the newest.
            Err(NoProof::NotFinal { .. }) => {
                cosign(db, &device, 0)?;
                Ok(proof::prove(db.replica(), db, block))
            }
            other => Ok(other),
        });
        let made = made.await?;
        made.map(|p| p.to_bytes()).map_err(|e| {
            let kind = match e {
                NoProof::Unknown => FaultKind::Usage,
                NoProof::NotFinal { .. } => FaultKind::Unreachable,
                NoProof::Damaged => FaultKind::Damaged,
            };
            Fault::new(kind, e)
        })
    }
}
