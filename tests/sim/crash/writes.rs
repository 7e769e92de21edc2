//! What is written: each is one transaction, drawn from its own seed, so that it can be done twice alike.

use aidpost::{
    core::{
        audit::AuditEntry,
        block::{Block, Dep, Kind},
        codec,
        gaps::Holding,
        id::{EpochId, LogId, OrgId, PatientId},
        keys::{PatientKeyId, Sealed, SealedRecords, Wrap},
        record::{Compartment, Gender},
    },
    store::{
        Author, Beside, Content, Db, Renewed, StoreError,
        tables::{self, Card},
    },
};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};

use crate::world::{BEGIN, content};

/// One transaction.
#[derive(Clone)]
pub(crate) enum Write {
    /// Own blocks with cards, and a draft that they replace.
    Author,
    /// Blocks of another terminal.
    Accept(Vec<Block>),
    /// A draft.
    Draft,
    /// Several cards.
    Cards,
    /// Cards of some whom blocks have spoken of, worked out anew.
    Renew,
    /// What a peer acknowledged.
    Peer(Vec<Dep>),
}

impl Write {
    pub(crate) fn name(&self) -> String {
        match self {
            Write::Author => "own blocks".into(),
            Write::Accept(b) => format!("{} received blocks", b.len()),
            Write::Draft => "a draft".into(),
            Write::Cards => "cards".into(),
            Write::Renew => "renewed cards".into(),
            Write::Peer(_) => "a receipt".into(),
        }
    }
}

fn bytes(rng: &mut StdRng, most: usize) -> Vec<u8> {
    let mut b = vec![0u8; rng.random_range(0..most)];
    rng.fill_bytes(&mut b);
    b
}

fn patient(rng: &mut StdRng) -> PatientId {
    PatientId([rng.random_range(0..12u8); 16])
}

fn card(rng: &mut StdRng) -> Card {
    let letters: String = (0..rng.random_range(3..60)).map(|_| rng.random_range('a'..='z')).collect();
    Card {
        name: letters,
        birth_year: Some(rng.random_range(1900..2026)),
        gender: Gender::Unknown,
        village: "Ambatofinandrahana".into(),
        phone: String::new(),
        custodian: OrgId([1; 16]),
        last_visit: Some(BEGIN),
        archived: false,
    }
}

/// The bytes of a block of some kind that goes into several tables.
pub(crate) fn block_bytes(rng: &mut StdRng) -> (Kind, Vec<u8>) {
    let key = PatientKeyId {
        patient: patient(rng),
        compartment: Compartment::General,
        epoch: EpochId([rng.random(); 16]),
    };
    match rng.random_range(0..4) {
        0 => (Kind::Audit, codec::encode(&Vec::<AuditEntry>::new())),
        1 => {
            let wrap = |rng: &mut StdRng| Wrap::PatientKey {
                key,
                org: OrgId([rng.random(); 16]),
                org_epoch: EpochId([2; 16]),
                sealed: Sealed { enc: [3; 32], ct: bytes(rng, 80) },
            };
            let wraps: Vec<Wrap> = (0..rng.random_range(1..30)).map(|_| wrap(rng)).collect();
            (Kind::Keys, codec::encode(&wraps))
        }
        _ => {
            let sealed = SealedRecords { key, salt: [4; 32], sealed: bytes(rng, 24_000) };
            (Kind::Records, codec::encode(&sealed))
        }
    }
}

fn draft_key(rng: &mut StdRng) -> Vec<u8> {
    vec![rng.random_range(0..6u8); 32]
}

/// Does it, drawing everything from `seed`.
pub(crate) fn perform(db: &mut Db, write: &Write, seed: u64, author: &Author) -> Result<(), StoreError> {
    let rng = &mut StdRng::seed_from_u64(seed);
    let now = BEGIN + seed % 1_000_000_000;
    match write {
        Write::Author => {
            let mut contents: Vec<(Kind, Content)> = Vec::new();
            for _ in 0..rng.random_range(1..5) {
                let (kind, bytes) = block_bytes(rng);
                contents.push(content(kind, bytes));
            }
            let cards = (0..rng.random_range(0..4)).map(|_| (patient(rng), card(rng))).collect();
            let drop_draft = rng.random_bool(0.5).then(|| draft_key(rng));
            db.author(author, now, rng, contents, &Beside { cards, drop_draft, ..Beside::default() })
                .map(drop)
        }
        Write::Accept(blocks) => db.accept(blocks).map(drop),
        Write::Draft => {
            let (key, text) = (draft_key(rng), bytes(rng, 30_000));
            db.put(tables::DRAFTS, &key, Some(&text))
        }
        Write::Cards => {
            let rows: Vec<(Vec<u8>, Card)> = (0..rng.random_range(1..200))
                .map(|_| (bytes(rng, 16), card(rng)))
                .filter(|(k, _)| !k.is_empty())
                .collect();
            db.put_all(tables::CARDS, &rows)
        }
        Write::Renew => {
            let patients = db.touched()?.into_iter().filter(|_| rng.random_bool(0.7)).collect();
            let cards = (0..rng.random_range(0..4)).map(|_| (patient(rng), card(rng))).collect();
            db.renew(&Renewed { patients, cards, ..Renewed::default() })
        }
        Write::Peer(holds) => {
            let holding = Holding { heads: holds.clone(), ..Holding::default() };
            db.peer_holds(&[rng.random_range(0..4u8); 32], &holding, now)
        }
    }
}

/// The log of a terminal that never was rolled back.
pub(crate) fn first_log(id: &crate::peer::Identity) -> LogId {
    LogId { device: id.cert.id(), incarnation: 0 }
}
