//! Payloads that come after their headers, and which of them somebody wants.

use std::collections::BTreeSet;

use super::Db;
use crate::{
    core::{
        block::{Block, Kind},
        branches::Place,
        id::{ChunkId, OrgId, PatientId},
        interest::{Wants, Whose},
        keys::Sealed,
        record::Compartment,
        wire::Late,
    },
    store::{
        error::StoreError,
        tables::{self, Stored},
    },
};

impl Db {
    /// The headers at these places, with no payload to those that may go without. Everything else is whole; what is damaged
    /// is left out, as in [`Db::blocks_at`].
    ///
    /// # Errors
    /// The database failed, other than by damage.
    pub fn headers_at(&self, places: &[Place]) -> Result<Vec<Block>, StoreError> {
        let mut out = Vec::with_capacity(places.len());
        for p in places {
            let read = match self.replica().tree().may_wait(*p) {
                true => self
                    .get::<Stored>(tables::BLOCKS, &tables::key(*p))
                    .map(|s| s.map(|s| Block { signed: s.signed, payload: None })),
                false => self.block_at(*p),
            };
            match read {
                Ok(b) => out.extend(b),
                Err(StoreError::Damaged(_)) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(out)
    }

    /// Payloads with the headers that came before them; those of blocks that don't wait for one are left out.
    ///
    /// # Errors
    /// The database failed.
    pub fn with_headers(&self, late: Vec<Late>) -> Result<Vec<Block>, StoreError> {
        let mut out = Vec::with_capacity(late.len());
        for l in late {
            let Some(at) = self.replica().place(l.block).filter(|p| self.replica().waits(*p)) else {
                continue;
            };
            let stored: Option<Stored> = self.get(tables::BLOCKS, &tables::key(at))?;
            out.extend(stored.map(|s| Block { signed: s.signed, payload: Some(l.payload) }));
        }
        Ok(out)
    }

    /// Of these blocks, those whose payload a terminal of `org` wants that said `wants`.
    ///
    /// # Errors
    /// A damaged page.
    pub fn wanted(&self, org: OrgId, wants: &Wants, places: Vec<Place>) -> Result<Vec<Place>, StoreError> {
        if places.is_empty() {
            return Ok(places);
        }
        let mut asked = BTreeSet::new();
        for c in &wants.asked {
            asked.extend(self.place_of(*c)?);
        }
        let own = match wants.records {
            Whose::All => None,
            Whose::Own | Whose::District(_) => Some(self.about_patients_of(org)?),
        };
        let (tree, g) = (self.replica().tree(), self.replica().governance());
        let district = wants.records.district();
        let near = |p: &Place| g.device(p.log.device).is_some_and(|d| district.contains(&d.org));
        let wanted = |p: &Place| {
            let whose = own.as_ref().is_none_or(|own| own.contains(p) || near(p));
            asked.contains(p) || (whose && (wants.files || !tree.is_file(*p)))
        };
        Ok(places.into_iter().filter(wanted).collect())
    }

    /// Where a piece of a file lies, if it is here.
    fn place_of(&self, chunk: ChunkId) -> Result<Option<Place>, StoreError> {
        let tx = redb::ReadableDatabase::begin_read(self.database()?)?;
        let place = tx.open_table(tables::CHUNKS)?.get(&chunk.0[..])?.map(|v| v.value().to_vec());
        Ok(place.as_deref().and_then(tables::from_key))
    }

    /// Blocks with records and files of the patients of whom an organisation has been given a key. One for emergencies
    /// everybody has.
    fn about_patients_of(&self, org: OrgId) -> Result<BTreeSet<Place>, StoreError> {
        let mut patients: BTreeSet<PatientId> = BTreeSet::new();
        for (k, _) in self.scan::<Sealed>(tables::PATIENT_WRAPS, &[])? {
            let emergency = k.get(32) == Some(&(Compartment::Emergency as u8));
            let patient = k.get(..16).and_then(|p| p.try_into().ok()).map(PatientId);
            patients.extend(patient.filter(|_| k.get(16..32) == Some(&org.0[..]) && !emergency));
        }
        let mut out = BTreeSet::new();
        for p in patients {
            for kind in [Kind::Records, Kind::Attachment] {
                out.extend(self.all_about(p, kind)?);
            }
        }
        Ok(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::{
            codec,
            gaps::Holding,
            id::{EpochId, LogId},
            keys::{PatientKeyId, SealedRecords, Wrap},
            ledger::Accepted,
        },
        store::tables::Peer,
        testing::{Desk, consortium},
        vault::Secret,
    };

    fn db(dir: &std::path::Path, name: &str, d: &Desk) -> Db {
        let genesis = d.replica.governance().genesis().clone();
        Db::create(&dir.join(name), Secret::new([1; 32]), [0; 16], &genesis, &[], &[]).unwrap()
    }

    fn key_of(patient: u8, compartment: Compartment) -> PatientKeyId {
        PatientKeyId { patient: PatientId([patient; 16]), compartment, epoch: EpochId([1; 16]) }
    }

    /// A visit, or a piece of a file, of a patient, and the key of it for `org`.
    fn written(d: &mut Desk, patient: u8, kind: Kind, org: OrgId, compartment: Compartment) -> [Block; 2] {
        let sealed = SealedRecords {
            key: key_of(patient, Compartment::General),
            salt: [2; 32],
            sealed: vec![patient; 900],
        };
        let to = Wrap::PatientKey {
            key: key_of(patient, compartment),
            org,
            org_epoch: EpochId([3; 16]),
            sealed: Sealed { enc: [4; 32], ct: vec![5; 48] },
        };
        [d.write(Kind::Keys, codec::encode(&vec![to])), d.write(kind, codec::encode(&sealed))]
    }

    fn bare(b: &Block) -> Block {
        Block { payload: b.payload.clone().filter(|_| !b.signed.header.kind.may_wait()), ..b.clone() }
    }

    #[test]
    fn a_payload_comes_after_its_header_and_survives_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let [mut a, ..] = consortium();
        let org = a.org;
        let [keys, visit] = written(&mut a, 7, Kind::Records, org, Compartment::General);
        let first = a.first();
        let mut db = db(dir.path(), "x", &a);
        let taken = db.accept(&[first, keys, bare(&visit)]).unwrap();
        assert!(taken.iter().all(|r| matches!(r, Ok(Accepted::New(_)))), "{taken:?}");
        let id = visit.signed.header.id();
        let at = db.replica().place(id).unwrap();
        assert_eq!(db.block_at(at).unwrap().unwrap().payload, None);
        assert!(db.about(PatientId([7; 16]), Kind::Records).unwrap().is_empty());
        db.reopen().unwrap();
        assert!(db.replica().waits(at) && db.replica().gaps().contains(at.log, at.seq));
        assert_eq!(db.verify().unwrap().damage, Vec::<String>::new());
        // What isn't the signed payload isn't taken for it.
        let mut forged = visit.payload.clone().unwrap();
        forged.bytes[20] ^= 1;
        let late = db.with_headers(vec![Late { block: id, payload: forged }]).unwrap();
        assert!(db.accept(&late).unwrap()[0].is_err() && db.replica().waits(at));
        let late =
            db.with_headers(vec![Late { block: id, payload: visit.payload.clone().unwrap() }]).unwrap();
        assert_eq!(db.accept(&late).unwrap(), [Ok(Accepted::Filled(id))]);
        assert_eq!(db.about(PatientId([7; 16]), Kind::Records).unwrap().len(), 1);
        db.reopen().unwrap();
        assert_eq!((db.replica().waiting(), db.block_at(at).unwrap().unwrap()), (0, visit));
        assert_eq!(db.verify().unwrap().damage, Vec::<String>::new());
    }

    #[test]
    fn what_only_has_a_header_elsewhere_is_not_said_to_be_there() {
        let dir = tempfile::tempdir().unwrap();
        let [mut a, _, b] = consortium();
        let org = a.org;
        let [keys, visit] = written(&mut a, 7, Kind::Records, org, Compartment::General);
        let mut db = db(dir.path(), "x", &a);
        db.accept(&[a.first(), keys, visit]).unwrap();
        let endpoint = b.presence().introduction.device.request.keys.endpoint;
        let mut said = Holding { heads: db.replica().frontier(), ..Holding::default() };
        let at = LogId { device: a.log.device, incarnation: 0 };
        said.waits.insert(at, 2);
        let waits = |db: &Db| db.get::<Peer>(tables::PEERS, &endpoint).unwrap().unwrap().waits;
        db.peer_holds(&endpoint, &said, 1).unwrap();
        assert!(waits(&db).contains(at, 2));
        let offers = db.replica().offers(&waits(&db));
        assert_eq!(offers, [Place { log: at, branch: 0, seq: 2 }]);
        // Then it has it, and a stick from before comes late.
        let whole = Holding { heads: said.heads.clone(), ..Holding::default() };
        db.peer_holds(&endpoint, &whole, 2).unwrap();
        assert!(waits(&db).is_empty());
    }

    #[test]
    fn an_organisation_gets_what_it_has_a_key_for() {
        let dir = tempfile::tempdir().unwrap();
        let [mut a, _, b] = consortium();
        let (own, other) = (a.org, b.org);
        let blocks = [
            written(&mut a, 1, Kind::Records, own, Compartment::General),
            written(&mut a, 2, Kind::Records, other, Compartment::General),
            written(&mut a, 2, Kind::Attachment, other, Compartment::General),
            // A key for emergencies is everybody's.
            written(&mut a, 3, Kind::Records, other, Compartment::Emergency),
        ];
        let mut db = db(dir.path(), "x", &a);
        db.accept(&[vec![a.first()], blocks.concat()].concat()).unwrap();
        let at = |b: &[Block; 2]| db.replica().place(b[1].signed.header.id()).unwrap();
        let [p1, p2, file, p3] = [at(&blocks[0]), at(&blocks[1]), at(&blocks[2]), at(&blocks[3])];
        let all = vec![p1, p2, file, p3];
        let of = |wants: Wants| db.wanted(other, &wants, all.clone()).unwrap();
        assert_eq!(of(Wants::default()), all);
        let records = || Whose::Own;
        assert_eq!(of(Wants { records: records(), ..Wants::default() }), [p2, file]);
        assert_eq!(of(Wants { records: records(), files: false, ..Wants::default() }), [p2]);
        let near = |orgs: &[OrgId]| Whose::District(orgs.to_vec());
        assert_eq!(of(Wants { records: near(&[other]), ..Wants::default() }), [p2, file]);
        assert_eq!(of(Wants { records: near(&[other, own]), ..Wants::default() }), all);
        assert_eq!(of(Wants { records: near(&[own]), files: false, asked: Vec::new() }), [p1, p2, p3]);
        let piece = ChunkId::of(blocks[2][1].content());
        assert_eq!(of(Wants { records: records(), files: false, asked: vec![piece] }), [p2, file]);
        assert_eq!(db.replica().by_worth(all), [p3, p2, p1, file], "the newest first, files last");
    }
}
