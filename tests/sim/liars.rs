//! What liars and thieves do: forks, back-dating, withholding, conflicting cosignatures, forged certificates.

use std::collections::BTreeSet;

use aidpost::core::{
    audit::AuditEntry,
    block::{Block, Kind, MAX_BRANCHES},
    codec,
    consent::{self, By},
    finality::Cosignature,
    governance::{
        Approval, DeviceCert, DeviceRequest, OrgCert, OrgKind, Proposal, Role, StaffCert, StaffRequest,
        Statement, Void,
    },
    id::LogId,
    time::{DAY, Millis},
};
use ed25519_dalek::SigningKey;
use rand::{Rng, RngExt};

use super::{
    actions::consent_bytes,
    peer::{Alien, Face, Peer, Weather, meet},
    world::{World, public},
};

/// Branches that are left to a liar's other versions of itself.
const TWINS: usize = 8;

impl World {
    /// Notes what a face has written.
    fn made(&mut self, b: Option<Block>) -> bool {
        let some = b.is_some();
        self.truth.blocks.extend(b.map(|b| (b.signed.header.id(), b)));
        some
    }

    /// One thing that a liar does.
    pub(crate) fn lies(&mut self, face: usize) {
        match self.pick(17) {
            0 | 1 => self.splits(face),
            2 => {
                let day = self.rng.random_range(30..2000) * DAY as i64;
                self.faces[face].clock_off = -day;
                // Behind the head that it follows no block can be dated.
                if self.says(face).is_some_and(|time| time + DAY < self.now) {
                    self.stats.add("back-dated block");
                }
                self.faces[face].clock_off = 0;
            }
            3 => {
                self.faces[face].clock_off = 366 * DAY as i64;
                if self.says(face).is_some_and(|time| time > self.now + 365 * DAY) {
                    self.stats.add("year-ahead block");
                }
                self.faces[face].clock_off = 0;
            }
            4 => self.faces[face].withholds ^= true,
            5 | 6 => self.cosigns_falsely(face),
            7 => self.forges(face),
            8 => self.deforms(face),
            9 => self.faces[face].strips ^= true,
            13 => self.branches(face),
            14 => self.lives(face),
            15 => self.wavers(face),
            12 | 16 => self.claims_anothers(face),
            _ => {
                self.says(face);
            }
        }
    }

    /// A second version of its log: from here on, some are told this and some that.
    fn splits(&mut self, face: usize) {
        let same = self.faces.iter().filter(|f| f.log == self.faces[face].log).count();
        if same > 3 || self.faces[face].end.is_none() {
            self.says(face);
            return;
        }
        let twin = self.faces[face].clone();
        self.faces.push(twin);
        // Both go on from the same block, each with something else.
        let one = self.says(face).is_some();
        let last = self.faces.len() - 1;
        if self.says(last).is_some() && one {
            self.stats.add("fork");
        }
        let name = self.faces[face].log;
        self.note(|_| format!("log {name} forks"));
    }

    /// Many versions of its log from one place on, all of which it shows.
    fn branches(&mut self, face: usize) {
        let (log, end) = (self.faces[face].log, self.faces[face].end);
        let n = self.rng.random_range(3..=40);
        let mut made = 0;
        for _ in 0..n {
            // One branch more than are kept and honest terminals stay apart: a known limit, which isn't tried here.
            if self.ends(log) >= MAX_BRANCHES - TWINS {
                break;
            }
            self.faces[face].end = end;
            made += u64::from(self.says(face).is_some());
        }
        if made > 2 {
            self.stats.add("many branches");
        }
    }

    /// Branches of a log, as far as anybody has made them.
    fn ends(&self, log: LogId) -> usize {
        let own = || self.truth.blocks.values().map(|b| &b.signed.header).filter(|h| h.log == log);
        let followed: BTreeSet<_> = own().filter_map(|h| h.prev).collect();
        own().filter(|h| !followed.contains(&h.id())).count()
    }

    /// Life after life of its log, none of them certified.
    fn lives(&mut self, face: usize) {
        let mut made = 0;
        for _ in 0..self.rng.random_range(2..6) {
            let f = &mut self.faces[face];
            let before = (f.log, f.end);
            (f.log.incarnation, f.end) = (f.log.incarnation + 1, None);
            match self.says(face) {
                Some(_) => made += 1,
                None => (self.faces[face].log, self.faces[face].end) = before,
            }
        }
        if made > 1 {
            self.stats.add("many lives");
        }
    }

    /// Its organisation voids an epoch as if it had approved nothing, and approves something in it, now or much later.
    fn wavers(&mut self, face: usize) {
        let f = &self.faces[face];
        let (org, g) = (self.org_of(f.id.org), f.ledger.governance());
        if !self.orgs[org].lies {
            return;
        }
        let eras = g.decisions().eras();
        // Epochs that are over are chosen too: the void was shown then.
        let era = eras[eras.len() - 1 - self.rng.random_range(0..eras.len().min(2))].id;
        let proposals: Vec<_> = g.decisions().proposals().map(|(id, _)| *id).collect();
        let root = &self.orgs[org].root;
        let said = match proposals.is_empty() || self.rng.random_bool(0.5) {
            true => Statement::Void(Void::new(era, None, root)),
            false => {
                let i = self.rng.random_range(0..proposals.len());
                Statement::Approve(Approval::new(era, proposals[i], root))
            }
        };
        let now = self.now;
        let bytes = codec::encode(&vec![said]);
        let b = self.faces[face].write(now, &mut self.rng, Kind::Governance, bytes);
        if self.made(b) {
            self.stats.add("void and approval");
        }
    }

    /// A certificate of its own organisation for a terminal of another one, whose key the other let it have.
    fn claims_anothers(&mut self, face: usize) {
        let own = self.org_of(self.faces[face].id.org);
        let others: Vec<usize> =
            (0..self.faces.len()).filter(|i| self.faces[*i].id.org != self.orgs[own].id).collect();
        if !self.orgs[own].lies || others.is_empty() {
            return;
        }
        let other = others[self.pick(others.len())];
        let theirs = self.faces[other].id.clone();
        let endpoint = self.fresh_key();
        let id = self.orgs[own].id;
        let request = DeviceRequest::new(id, "terminal", &theirs.ledger, &endpoint, public(&endpoint));
        let cert = DeviceCert::new(request, 0, &self.orgs[own].root);
        let now = self.now;
        let bytes = codec::encode(&vec![Statement::Device(cert)]);
        let b = self.faces[face].write(now, &mut self.rng, Kind::Governance, bytes);
        if self.made(b) {
            self.stats.add("another's key certified");
        }
    }

    /// Something that looks genuine. The time that it is dated, when its own rules let it be written.
    pub(crate) fn says(&mut self, face: usize) -> Option<Millis> {
        let i = self.pick(self.patients.len());
        let patient = self.patients[i];
        let act = self.random_act(&[]);
        let org = self.org_of(self.faces[face].id.org);
        let f = &self.faces[face];
        let consortium = f.ledger.governance().consortium().0;
        let (kind, bytes) = if self.chance(0.7) {
            let entry = consent_bytes(&consortium, patient, act, By::Patient, &self.orgs[org].nurse);
            let f = &self.faces[face];
            let seq = f.end.map_or(0, |p| p.seq + 1);
            match consent::change(&entry, f.log, seq) {
                Ok(b) => (Kind::Consent, b),
                Err(_) => return None,
            }
        } else {
            (Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()))
        };
        let now = self.now;
        let b = self.faces[face].write(now, &mut self.rng, kind, bytes);
        let time = b.as_ref().map(|b| b.signed.header.time.millis);
        self.made(b);
        time
    }

    /// Cosigns what this face shows; another face of the same witness cosigns another branch.
    fn cosigns_falsely(&mut self, face: usize) {
        let f = &self.faces[face];
        if f.ledger.governance().era().members.get(&f.id.org) != Some(&public(&f.id.ledger)) {
            self.says(face);
            return;
        }
        // Heads of any branch, whatever was cosigned before.
        let tree = f.ledger.tree();
        let mut heads = Vec::new();
        let mut conflicting = false;
        for log in tree.logs().collect::<Vec<_>>() {
            let ends: Vec<_> = self.faces[face].ledger.tree().heads(log).collect();
            conflicting |= ends.len() > 1;
            let end = ends[self.pick(ends.len())];
            let tree = self.faces[face].ledger.tree();
            heads.extend(tree.id(end).map(|hash| aidpost::core::block::Dep { log, seq: end.seq, hash }));
        }
        let f = &self.faces[face];
        let g = f.ledger.governance();
        let c = Cosignature::new(g.consortium(), g.era(), heads, &f.id.ledger);
        let now = self.now;
        let b = self.faces[face].write(now, &mut self.rng, Kind::Cosignature, codec::encode(&c));
        if self.made(b) && conflicting {
            self.stats.add("conflicting cosignature");
        }
    }

    /// Certificates, approvals and people that are none.
    fn forges(&mut self, face: usize) {
        self.stats.add("forged certificate");
        let mut seed = [0u8; 32];
        self.rng.fill_bytes(&mut seed);
        let forger = SigningKey::from_bytes(&seed);
        let victim = self.pick(self.orgs.len());
        let (victim, f) = (&self.orgs[victim], &self.faces[face]);
        let mut device = DeviceCert::new(f.id.cert.request.clone(), 9, &forger);
        (device.org, device.root) = (victim.id, public(&victim.root));
        let staff = StaffCert::new(StaffRequest::new(victim.id, "Nobody", Role::Admin, &forger), &forger);
        let era = f.ledger.governance().era().id;
        let alien = OrgCert::new("Nobody", OrgKind::Clinic, &forger);
        let p = Proposal::Admit { org: alien, witness: public(&forger) };
        let yes = Approval::new(era, p.id(), &forger);
        let which = self.pick(3);
        let said = match which {
            0 => vec![Statement::Device(device)],
            1 => vec![Statement::Staff(staff)],
            // These verify, and still count for nothing.
            _ => vec![Statement::Propose(p), Statement::Approve(yes)],
        };
        let bytes = codec::encode(&said);
        let now = self.now;
        let mut liar = self.faces[face].clone();
        match liar.write(now, &mut self.rng, Kind::Governance, bytes.clone()) {
            Some(b) => {
                self.made(Some(b));
                self.faces[face] = liar;
            }
            // Its own rules refuse it: it is sent all the same.
            None => self.throws(face, Kind::Governance, bytes),
        }
    }

    /// Sends a block that no honest terminal takes, past the liar's own rules.
    fn throws(&mut self, face: usize, kind: Kind, bytes: Vec<u8>) {
        let f = &self.faces[face];
        let block = aidpost::core::block::Draft {
            links: f.ledger.links_after(f.log, f.end),
            time: aidpost::core::time::Hlc { millis: self.now, count: 0 },
            kind,
            payload: aidpost::core::block::Payload { salt: [0; 32], bytes },
        }
        .seal(&f.id.ledger);
        if self.nodes.is_empty() {
            return;
        }
        let to = self.pick(self.nodes.len());
        let before = self.nodes[to].replica().len();
        self.nodes[to].store(std::slice::from_ref(&block));
        if self.nodes[to].replica().len() != before {
            // Odd, and within the rules (its head lags behind the clock, say): then it is one of its blocks.
            self.made(Some(block));
        }
    }

    /// A block with something wrong in it.
    fn deforms(&mut self, face: usize) {
        if self.nodes.is_empty() {
            return;
        }
        let f = &self.faces[face];
        let Some(mut b) = f.blocks.values().next_back().cloned() else { return };
        // Of a block whose payload was erased only the header is there to be deformed.
        match (self.pick(5), b.payload.as_mut()) {
            (0, Some(payload)) => payload.bytes.push(0),
            (1, _) => b.signed.header.seq += 1,
            (2, _) => b.signed.header.time.millis ^= 1,
            (4, Some(payload)) => payload.salt[0] ^= 1,
            _ => b.signed.header.deps.clear(),
        }
        let to = self.pick(self.nodes.len());
        let before = self.nodes[to].replica().len();
        let same = self.truth.blocks.get(&b.signed.header.id()) == Some(&b);
        self.nodes[to].store(&[b]);
        assert!(same || self.nodes[to].replica().len() == before, "a deformed block was taken");
        if !same {
            self.stats.add("malformed block");
        }
    }

    /// A liar meets somebody.
    pub(crate) fn face_meets(&mut self, face: usize, node: usize) {
        let mut f: Face = self.faces[face].clone();
        let mut w = Weather::default();
        if self.chance(0.15) {
            let alien = [Alien::Oversized, Alien::Short, Alien::Long][self.pick(3)];
            w.alien = Some((self.pick(6), alien));
        }
        let met = meet(&mut f, &mut self.nodes[node], self.now, w, &mut self.rng);
        if let (Some((_, alien)), Some(refused)) = (w.alien, met.alien_refused) {
            assert!(refused, "a message that is none was taken: {alien:?}");
            let long = alien == Alien::Oversized;
            self.stats.add(if long { "oversized message" } else { "malformed message" });
        }
        (0..f.withheld.take()).for_each(|_| self.stats.add("withheld log"));
        (0..f.stripped.take()).for_each(|_| self.stats.add("stripped keys"));
        let (from, to) = (f.id.endpoint(), self.nodes[node].id.cert.id());
        self.tapes.push((to, from, met.tape));
        self.faces[face] = f;
    }
}
