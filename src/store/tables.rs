//! Every table with its key and value. All of it is ciphertext in the file; values are canonical bytes of the type named.

use redb::TableDefinition;
use serde::{Deserialize, Serialize};

use crate::core::{
    block::{Dep, SignedHeader},
    branches::Place,
    gaps::{Gaps, Holding},
    id::{BlockId, CardId, EpochId, LogId, OrgId, PatientId, RecordId, VersionId},
    interest::Wants,
    keys::{PatientKeyId, Sealed, Wrap},
    record::{Compartment, Gender},
    time::Millis,
};

/// A table of bytes to bytes.
pub type Table = TableDefinition<'static, &'static [u8], &'static [u8]>;

/// Name → single values: `genesis`, `acts` (decisions that the invitation told of), `device` (the terminal's own keys
/// and certificate), `terminal` (its settings), `schema` (number of the tables' form), `backups` (those made here, with
/// their content keys), `kit-printed` (when), `org-keys-for-kit` (from the backup that the store was restored from),
/// `summaries-wrapped` (for which keys emergency summaries were last wrapped), `directory` (under whose name lies what came in
/// and is nobody's record), `archive-believed` (which marks were believed when the patient list was last brought up to date),
/// `destroyed` (blocks whose payload was destroyed here), `links` (how links are used), `wants` (which payloads are wanted of
/// others), `receipts` (`OwedReceipt`s, due once the store is sealed anew).
pub const META: Table = TableDefinition::new("meta-v0");
/// log (20) ‖ seq (8, big-endian) → [`Stored`]; ‖ branch (2, big-endian) for blocks beside the trunk. Never deleted.
pub const BLOCKS: Table = TableDefinition::new("blocks-v0");
/// The same key → `Option<Payload>`: none where wrapped keys were destroyed, or in [`WAITING`]; the chain holds without it.
pub const PAYLOADS: Table = TableDefinition::new("payloads-v0");
/// patient (16) ‖ kind (1) ‖ log (20) ‖ seq (8) → nothing: which blocks speak of a patient.
pub const BY_PATIENT: Table = TableDefinition::new("by-patient-v0");
/// patient (16) ‖ org (16) ‖ compartment (1) ‖ epoch (16) ‖ log (20) ‖ seq (8) → `Sealed`: patient keys as wrapped. Those
/// wrapped to the patient's card have its name in place of an organisation's.
pub const PATIENT_WRAPS: Table = TableDefinition::new("patient-wraps-v0");
/// org (16) ‖ device (16) ‖ epoch (16) ‖ log (20) ‖ seq (8) → `Sealed`: organisation keys as wrapped.
pub const ORG_WRAPS: Table = TableDefinition::new("org-wraps-v0");
/// patient (16) → [`Card`]: what the patient list shows and searches.
pub const CARDS: Table = TableDefinition::new("cards-v0");
/// staff (16) ‖ patient (16) → draft of a visit, not signed yet.
pub const DRAFTS: Table = TableDefinition::new("drafts-v0");
/// staff (16) → `PinSlot`.
pub const PINS: Table = TableDefinition::new("pins-v0");
/// endpoint key (32) → [`Peer`].
pub const PEERS: Table = TableDefinition::new("peers-v0");

/// endpoint key (32) → `HalfBlock`: the beginning of a block that a meeting was cut in.
pub const HALVES: Table = TableDefinition::new("halves-v0");

/// chunk (16) → key of [`BLOCKS`]: where a sealed piece of a file lies.
pub const CHUNKS: Table = TableDefinition::new("chunks-v0");
/// identity of a Patient resource (16) → patient (16): who it is here.
pub const PATIENT_IDS: Table = TableDefinition::new("patient-ids-v0");
/// patient (16) ‖ identity of a resource (16) → [`Imported`]: what has come in of it.
pub const RESOURCES: Table = TableDefinition::new("resources-v0");

/// patient (16) → nothing: some record of theirs was edited at two places at once.
pub const CONFLICTS: Table = TableDefinition::new("conflicts-v0");

/// org (16) ‖ secret (16) ‖ log (20) ‖ seq (8) → `Sealed`: what cards are sealed with besides their PIN, as wrapped.
pub const CARD_SECRETS: Table = TableDefinition::new("card-secrets-v0");

/// patient (16) → `Vec<Expected>`: the days on which they are expected back, the earliest first; never empty.
pub const EXPECTED: Table = TableDefinition::new("expected-v0");

/// Key of [`BLOCKS`] → nothing: blocks of which only the header has come so far.
pub const WAITING: Table = TableDefinition::new("waiting-v0");

/// patient (16) → nothing: some block has spoken of them since their entry in the list, their conflicts and their days were
/// worked out.
pub const TOUCHED: Table = TableDefinition::new("touched-v0");

/// All of them, made at once so that reading never meets a missing table.
pub const ALL: [Table; 19] = [
    META,
    BLOCKS,
    PAYLOADS,
    BY_PATIENT,
    PATIENT_WRAPS,
    ORG_WRAPS,
    CARDS,
    DRAFTS,
    PINS,
    PEERS,
    HALVES,
    CHUNKS,
    PATIENT_IDS,
    RESOURCES,
    CONFLICTS,
    CARD_SECRETS,
    EXPECTED,
    WAITING,
    TOUCHED,
];

/// A block's header with its identifier, so that opening the store hashes nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The block.
    pub id: BlockId,
    /// Which block it was to be stored here, from 0: in this order each comes after what it refers to.
    pub arrival: u64,
    /// Header and signature.
    pub signed: SignedHeader,
}

/// The arrival number of a [`Stored`], without reading the rest of it.
pub(super) fn arrival(stored: &[u8]) -> Option<u64> {
    postcard::take_from_bytes::<(BlockId, u64)>(stored).ok().map(|((_, n), _)| n)
}

/// A patient in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Name.
    pub name: String,
    /// Year of birth.
    pub birth_year: Option<u16>,
    /// Gender.
    pub gender: Gender,
    /// Village.
    pub village: String,
    /// Telephone.
    pub phone: String,
    /// Who registered the patient.
    pub custodian: OrgId,
    /// Last visit that can be opened here.
    pub last_visit: Option<Millis>,
    /// In the archive: not in the list and the search of every day.
    pub archived: bool,
}

/// What has come in of a resource from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The record that keeps it.
    pub record: RecordId,
    /// The version that came in last.
    pub version: VersionId,
    /// Hashes of every content that came in: what is sent again adds nothing.
    pub seen: Vec<[u8; 16]>,
}

/// What is remembered of another terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Peer {
    /// Where it answers, from its ticket: `ip:port`.
    pub addresses: Vec<String>,
    /// When it acknowledged last.
    pub last_met: Option<Millis>,
    /// What it acknowledged as durable.
    pub holds: Vec<Dep>,
    /// Blocks of these of which it has only the header.
    pub waits: Gaps,
    /// Which payloads it wants.
    pub wants: Wants,
}

impl Peer {
    /// What it is known to hold.
    pub fn holding(&self) -> Holding {
        Holding { heads: self.holds.clone(), waits: self.waits.clone() }
    }
}

/// Place of a block: log ‖ seq.
pub fn place(log: LogId, seq: u64) -> [u8; 28] {
    let mut k = [0u8; 28];
    k[..20].copy_from_slice(&log.to_bytes());
    k[20..].copy_from_slice(&seq.to_be_bytes());
    k
}

/// The same for a block on any branch.
pub fn key(p: Place) -> Vec<u8> {
    let mut k = place(p.log, p.seq).to_vec();
    if p.branch > 0 {
        k.extend_from_slice(&p.branch.to_be_bytes());
    }
    k
}

/// The reverse of [`place`].
pub fn from_place(k: &[u8]) -> Option<(LogId, u64)> {
    let (log, seq) = k.split_first_chunk::<20>()?;
    Some((LogId::from_bytes(log), u64::from_be_bytes(seq.try_into().ok()?)))
}

/// The reverse of [`key`].
pub fn from_key(k: &[u8]) -> Option<Place> {
    let (place, branch) = k.split_at_checked(28)?;
    let (log, seq) = from_place(place)?;
    let branch = match branch {
        [] => 0,
        b => u16::from_be_bytes(b.try_into().ok()?),
    };
    Some(Place { log, branch, seq })
}

/// Key of [`PATIENT_WRAPS`] up to the part that is wanted.
pub fn wrap_prefix(
    patient: PatientId,
    org: OrgId,
    compartment: Option<(Compartment, Option<EpochId>)>,
) -> Vec<u8> {
    let mut k = [patient.0, org.0].concat();
    if let Some((c, epoch)) = compartment {
        k.push(c as u8);
        k.extend(epoch.iter().flat_map(|e| e.0));
    }
    k
}

/// In which table a wrapped key lies, and under which key up to the block's place.
pub fn wrap_row(w: &Wrap) -> (Table, Vec<u8>, &Sealed) {
    match w {
        Wrap::PatientKey { key, org, sealed, .. } => {
            (PATIENT_WRAPS, wrap_prefix(key.patient, *org, Some((key.compartment, Some(key.epoch)))), sealed)
        }
        Wrap::CardKey { key, card, sealed } => {
            let prefix = card_prefix(key.patient, *card);
            (PATIENT_WRAPS, [&prefix[..], &[key.compartment as u8], &key.epoch.0].concat(), sealed)
        }
        Wrap::OrgKey { org, epoch, device, sealed } => {
            (ORG_WRAPS, [&org.0[..], &device.0, &epoch.0].concat(), sealed)
        }
        Wrap::CardSecret { secret, org, sealed, .. } => {
            (CARD_SECRETS, [&org.0[..], &secret.0].concat(), sealed)
        }
    }
}

/// The same for keys that are wrapped to a card.
pub fn card_prefix(patient: PatientId, card: CardId) -> Vec<u8> {
    [patient.0, card.0].concat()
}

/// Which key of a patient a row of [`PATIENT_WRAPS`] holds.
pub fn wrapped_key(patient: PatientId, k: &[u8]) -> Option<PatientKeyId> {
    let (c, epoch) = (*k.get(32)?, k.get(33..49)?.try_into().ok()?);
    let compartment = Compartment::ALL.iter().map(|(x, _)| *x).find(|x| *x as u8 == c)?;
    Some(PatientKeyId { patient, compartment, epoch: EpochId(epoch) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::DeviceId;

    #[test]
    fn keys_sort_as_logs_do() {
        let log = LogId { device: DeviceId([1; 16]), incarnation: 0 };
        assert!(place(log, 255) < place(log, 256));
        assert_eq!(from_place(&place(log, 256)), Some((log, 256)));
        assert_eq!(from_place(&[0; 27]), None);
        for branch in [0, 7] {
            let p = Place { log, branch, seq: 256 };
            assert_eq!(from_key(&key(p)), Some(p));
        }
        assert_eq!(from_key(&[0; 29]), None);
    }
}
