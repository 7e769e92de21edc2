//! What could not be read when a backup was made: it goes into the file by name, so that everything else does too.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{
    core::{
        block::{MAX_HEADER, SignedHeader, VERSION},
        codec,
        id::{LogId, PatientId},
        ledger::Replica,
    },
    store::db::IndexRow,
};

/// One thing that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gap {
    /// A block's content; its header is whole.
    Content {
        /// The header.
        header: Box<SignedHeader>,
        /// What the indexes say of it: whom it speaks of, and keys that it brought.
        rows: Vec<IndexRow>,
    },
    /// A block, with its header.
    Block {
        /// Of which log.
        log: LogId,
        /// Which number.
        seq: u64,
    },
    /// A table of what belongs beside the ledger.
    Table(String),
}

/// What is lost.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missing {
    /// Blocks whose content is lost. Their places in the chain are kept.
    pub contents: u64,
    /// Blocks that are lost altogether, and those that can't be taken without them.
    pub blocks: u64,
    /// Tables of what belongs beside the ledger.
    pub tables: Vec<String>,
    /// Patients of whom lost contents speak, as far as that is known.
    pub patients: BTreeSet<PatientId>,
}

impl Missing {
    /// Nothing is.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Something of the ledger is.
    pub(super) fn of_ledger(&self) -> bool {
        self.contents + self.blocks > 0
    }

    /// Counts one.
    pub fn add(&mut self, gap: &Gap) {
        match gap {
            Gap::Content { rows, .. } => {
                self.contents += 1;
                let of_patient = rows.iter().filter(|(table, ..)| table != "org-wraps");
                self.patients
                    .extend(of_patient.filter_map(|(_, k, _)| k.first_chunk::<16>().map(|p| PatientId(*p))));
            }
            Gap::Block { .. } => self.blocks += 1,
            Gap::Table(name) => self.tables.push(name.clone()),
        }
    }

    /// In a few words.
    pub fn words(&self) -> String {
        let mut out = Vec::new();
        if self.contents > 0 {
            out.push(format!("the content of {} entries", self.contents));
        }
        if self.blocks > 0 {
            out.push(format!("{} entries altogether", self.blocks));
        }
        out.extend(self.tables.iter().map(|t| format!("the {t}")));
        out.join(", ")
    }
}

/// Takes a header whose content is lost; false: it isn't one of a known terminal that follows what is held.
pub(super) fn taken(replica: &mut Replica, s: &SignedHeader) -> bool {
    let h = &s.header;
    let Some((_, key)) = replica.governance().writer(h.log.device) else { return false };
    let held = |d: &crate::core::block::Dep| {
        d.log != h.log && replica.place(d.hash).is_some_and(|p| (p.log, p.seq) == (d.log, d.seq))
    };
    h.version == VERSION
        && h.consortium == replica.governance().consortium()
        && codec::encode(h).len() <= MAX_HEADER
        && s.signed_by(key)
        && h.deps.iter().all(held)
        && replica.reload(s, h.id(), None).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{consortium, golden};

    #[test]
    fn golden_gap_bytes() {
        let [a, ..] = consortium();
        let header = Box::new(a.first().signed);
        let rows = vec![("by-patient".to_string(), vec![7; 45], vec![0])];
        let log = header.header.log;
        let all =
            vec![Gap::Content { header, rows }, Gap::Block { log, seq: 300 }, Gap::Table("drafts".into())];
        golden("backup_gaps_v0.hex", &hex::encode(codec::encode(&all)));
        let mut missing = Missing::default();
        all.iter().for_each(|g| missing.add(g));
        assert_eq!(missing.words(), "the content of 1 entries, 1 entries altogether, the drafts");
        assert_eq!(missing.patients, [PatientId([7; 16])].into());
    }
}
