use ed25519_dalek::SigningKey;

use super::*;
use crate::core::{
    audit::AuditEntry,
    block::{Block, Draft, Payload},
    governance::{DeviceCert, DeviceRequest, Governance, OrgCert, OrgKind, Statement},
    ledger::Accepted,
};

/// A consortium of n organisations with `each` terminals, all writing into one replica; the first terminal of each is its
/// witness.
struct Consortium {
    ledger: Replica,
    blocks: BTreeMap<BlockId, Block>,
    orgs: Vec<(OrgId, Vec<(SigningKey, LogId)>)>,
    clock: u64,
}

impl Library for Consortium {
    fn header(&self, at: Place) -> Option<Header> {
        self.blocks.get(&self.ledger.tree().id(at)?).map(|b| b.signed.header.clone())
    }

    fn cosignature(&self, at: Place) -> Option<Cosignature> {
        let b = self.blocks.get(&self.ledger.tree().id(at)?)?;
        codec::decode(b.content(), 1 << 16).ok()
    }
}

fn key(a: usize, b: usize) -> SigningKey {
    let mut k = [0u8; 32];
    (k[0], k[1], k[2]) = (1 + a as u8, b as u8, 77);
    SigningKey::from_bytes(&k)
}

fn public(k: &SigningKey) -> PublicKey {
    *k.verifying_key().as_bytes()
}

impl Consortium {
    fn new(n: usize, each: usize) -> Self {
        let cert = |i: usize| OrgCert::new(&format!("Organisation {i}"), OrgKind::Clinic, &key(i, 0));
        let (founder, witness) = (cert(0), public(&key(0, 1)));
        let genesis =
            Genesis { version: 0, name: "Valley".into(), demo: true, nonce: [0; 32], founder, witness };
        let mut g = Governance::found(genesis.clone()).unwrap();
        for i in 1..n {
            let (era, p) = (g.era().id, Proposal::Admit { org: cert(i), witness: public(&key(i, 1)) });
            g.apply(&Statement::Propose(p.clone())).unwrap();
            for by in 0..i {
                g.apply(&Statement::Approve(Approval::new(era, p.id(), &key(by, 0)))).unwrap();
            }
        }
        let ledger = Replica::new(genesis, &g.acts()).unwrap();
        let mut c = Self { ledger, blocks: BTreeMap::new(), orgs: Vec::new(), clock: 1 };
        for i in 0..n {
            let org = cert(i).id();
            let mut devices = Vec::new();
            for d in 1..=each {
                let k = key(i, d);
                let request = DeviceRequest::new(org, "desk", &k, &k, [1; 32]);
                let cert = DeviceCert::new(request, 0, &key(i, 0));
                let log = LogId { device: cert.id(), incarnation: 0 };
                c.write(&k, log, Kind::Governance, codec::encode(&vec![Statement::Device(cert)]));
                devices.push((k, log));
            }
            c.orgs.push((org, devices));
        }
        c
    }

    fn write(&mut self, k: &SigningKey, log: LogId, kind: Kind, bytes: Vec<u8>) -> BlockId {
        self.clock += 1;
        let b = Draft {
            links: self.ledger.links(log),
            time: Hlc { millis: self.clock, count: 0 },
            kind,
            payload: Payload { salt: [1; 32], bytes },
        }
        .seal(k);
        assert!(matches!(self.ledger.accept(&b), Ok(Accepted::New(_))));
        let id = b.signed.header.id();
        self.blocks.insert(id, b);
        id
    }

    fn audit(&mut self, org: usize, device: usize) -> BlockId {
        let (k, log) = self.orgs[org].1[device].clone();
        self.write(&k, log, Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()))
    }

    fn cosign(&mut self, org: usize) {
        let (k, log) = self.orgs[org].1[0].clone();
        let g = self.ledger.governance();
        let heads = self.ledger.to_cosign(self.orgs[org].0, &public(&k)).unwrap();
        let c = Cosignature::new(g.consortium(), g.era(), heads, &k);
        self.write(&k, log, Kind::Cosignature, codec::encode(&c));
    }

    /// A witness's cosignature of these heads, whatever it said before.
    fn say(&mut self, org: usize, heads: Vec<Dep>) {
        let (k, log) = self.orgs[org].1[0].clone();
        let g = self.ledger.governance();
        let c = Cosignature::new(g.consortium(), g.era(), heads, &k);
        self.write(&k, log, Kind::Cosignature, codec::encode(&c));
    }

    fn fingerprint(&self) -> ConsortiumId {
        self.ledger.governance().consortium()
    }

    /// A block, then `deep` others in its log, and a cosignature of every organisation, each a few blocks later.
    fn day(&mut self, deep: usize) -> BlockId {
        for _ in 0..150 {
            self.audit(1, 0);
        }
        let wanted = self.audit(1, 0);
        for _ in 0..deep {
            self.audit(1, 0);
        }
        for org in 0..self.orgs.len() {
            self.audit(1, 0);
            self.cosign(org);
        }
        wanted
    }
}

#[test]
fn a_proof_of_a_block_a_day_deep_is_small() {
    for (orgs, each, most) in [(4, 3, 8 * 1024), (50, 3, 48 * 1024)] {
        let mut c = Consortium::new(orgs, each);
        let wanted = c.day(200);
        let p = prove(&c.ledger, &c, wanted).unwrap();
        let proven = p.verify(c.fingerprint()).unwrap();
        assert_eq!((proven.block, proven.members), (wanted, orgs));
        let size = p.to_bytes().len();
        println!("{orgs} organisations: {size} bytes");
        assert!(size <= most, "{orgs} organisations: {size} bytes, {most} allowed");
    }
}

#[test]
fn a_proof_goes_by_jumps_or_by_every_decision() {
    let mut c = Consortium::new(4, 1);
    c.cosign(0);
    let wanted = c.audit(3, 0);
    for org in 1..4 {
        c.cosign(org);
    }
    // The founder cosigned in this epoch, though not this block: its word tells who belongs.
    let p = prove(&c.ledger, &c, wanted).unwrap();
    assert!(matches!(&p.steps[..], [Step::Jump { words, .. }] if words.len() == 1));
    assert!(p.verify(c.fingerprint()).is_ok());
    let eras = c.ledger.governance().decisions().eras();
    let mut long = p;
    long.steps = eras.windows(2).map(|w| decided(&c.ledger, &w[0], &w[1]).unwrap()).collect();
    assert!(long.verify(c.fingerprint()).is_ok());
    let Step::Decided(_, yes) = &mut long.steps[2] else { panic!("a decision") };
    yes.pop();
    assert_eq!(long.verify(c.fingerprint()), Err(BadProof::Members(3)));
}

#[test]
fn what_is_not_final_has_no_proof_and_a_stranger_is_told_apart() {
    let mut c = Consortium::new(4, 1);
    let wanted = c.audit(1, 0);
    assert_eq!(prove(&c.ledger, &c, wanted), Err(NoProof::NotFinal { got: 0, need: 3 }));
    c.cosign(0);
    c.cosign(1);
    assert_eq!(prove(&c.ledger, &c, wanted), Err(NoProof::NotFinal { got: 2, need: 3 }));
    assert!(!c.ledger.is_final(c.ledger.place(wanted).unwrap()));
    c.cosign(2);
    assert!(c.ledger.is_final(c.ledger.place(wanted).unwrap()));
    assert_eq!(prove(&c.ledger, &c, BlockId([0; 32])), Err(NoProof::Unknown));
    let p = prove(&c.ledger, &c, wanted).unwrap();
    assert_eq!(p.verify(ConsortiumId([0; 32])), Err(BadProof::Consortium(c.fingerprint())));
}

#[test]
fn a_witness_that_takes_its_word_back_takes_no_proof_away() {
    let mut c = Consortium::new(4, 1);
    let first = c.audit(1, 0);
    let at = c.ledger.place(first).unwrap();
    let below = Dep { log: at.log, seq: at.seq, hash: first };
    let wanted = c.audit(1, 0);
    for org in 0..3 {
        c.cosign(org);
    }
    // One goes back below the block, one leaves the whole log out.
    c.say(0, vec![below]);
    c.say(2, Vec::new());
    assert!(c.ledger.is_final(c.ledger.place(wanted).unwrap()));
    let proven = prove(&c.ledger, &c, wanted).unwrap().verify(c.fingerprint()).unwrap();
    assert_eq!((proven.block, proven.cosigned), (wanted, 3));
}

#[test]
fn heads_on_two_branches_prove_what_both_continue() {
    let mut c = Consortium::new(4, 1);
    let (k, log) = c.orgs[3].1[0].clone();
    let wanted = c.audit(3, 0);
    let links = c.ledger.links(log);
    let time = Hlc { millis: c.clock + 1, count: 0 };
    let branch = |n: u8| {
        let bytes = codec::encode(&Vec::<AuditEntry>::new());
        let payload = Payload { salt: [n; 32], bytes };
        Draft { links: links.clone(), time, kind: Kind::Audit, payload }.seal(&k)
    };
    let heads: Vec<Dep> = [branch(1), branch(2)]
        .into_iter()
        .map(|b| {
            c.ledger.accept(&b).unwrap();
            let (id, seq) = (b.signed.header.id(), b.signed.header.seq);
            c.blocks.insert(id, b);
            Dep { log, seq, hash: id }
        })
        .collect();
    for (org, head) in [(0, 0), (1, 1), (2, 0)] {
        c.say(org, vec![heads[head]]);
    }
    assert!(c.ledger.is_final(c.ledger.place(wanted).unwrap()));
    let proven = prove(&c.ledger, &c, wanted).unwrap().verify(c.fingerprint()).unwrap();
    assert_eq!(proven.block, wanted);
}

#[test]
fn no_changed_byte_proves_the_same() {
    let mut c = Consortium::new(4, 1);
    let wanted = c.audit(1, 0);
    for org in 0..4 {
        c.cosign(org);
    }
    let p = prove(&c.ledger, &c, wanted).unwrap();
    let good = p.verify(c.fingerprint()).unwrap();
    let bytes = p.to_bytes();
    crate::testing::golden("proof_v0.hex", &hex::encode(&bytes));
    for i in 0..bytes.len() {
        for bit in 0..8 {
            let mut bad = bytes.clone();
            bad[i] ^= 1 << bit;
            let verdict = Proof::from_bytes(&bad).and_then(|p| p.verify(c.fingerprint()));
            // A block beside the way may differ; what is proven may not.
            assert!(verdict.as_ref().map_or(true, |v| *v == good), "byte {i} bit {bit}: {verdict:?}");
        }
    }
    // Too few, or one counted twice.
    let mut few = p.clone();
    few.cosigned.pop();
    assert_eq!(few.verify(c.fingerprint()), Err(BadProof::Quorum { got: 2, need: 3 }));
    few.cosigned.push(few.cosigned[0].clone());
    assert_eq!(few.verify(c.fingerprint()), Err(BadProof::Quorum { got: 2, need: 3 }));
}
