//! The attack that finality is made against, played out on purpose: a liar shows two branches of its log to two halves of
//! the consortium and cosigns both; meanwhile one organisation loses its witness, and the new one doesn't know what the
//! old one cosigned.

use aidpost::core::{
    block::{Dep, Kind},
    codec,
    finality::Cosignature,
    governance::{Approval, Proposal, Statement},
};

use super::world::{World, public, statements};

impl World {
    fn node_with(&self, key: &[u8; 32]) -> Option<usize> {
        self.nodes.iter().position(|n| public(&n.id.ledger) == *key)
    }

    /// A liar's witness cosigns what its face shows: of its own log, its own version.
    fn face_cosigns(&mut self, face: usize) {
        let f = &self.faces[face];
        let g = f.ledger.governance();
        let mut heads: Vec<Dep> = Vec::new();
        for log in f.ledger.tree().logs() {
            let end = match f.end {
                Some(own) if own.log == log => Some(own),
                _ => f.ledger.believed_end(log),
            };
            heads.extend(end.and_then(|p| Some(Dep { log, seq: p.seq, hash: f.ledger.tree().id(p)? })));
        }
        let c = Cosignature::new(g.consortium(), g.era(), heads, &f.id.ledger);
        self.face_writes(face, Kind::Cosignature, codec::encode(&c));
        self.stats.add("conflicting cosignature");
    }

    fn face_writes(&mut self, face: usize, kind: Kind, bytes: Vec<u8>) {
        let now = self.now;
        let b = self.faces[face].write(now, &mut self.rng, kind, bytes);
        self.truth.blocks.extend(b.map(|b| (b.signed.header.id(), b)));
    }

    /// Plays it, where the consortium has the people for it: four organisations, one of them lying.
    pub(crate) fn duel(&mut self) -> Result<(), String> {
        let honest: Vec<usize> = (0..self.orgs.len()).filter(|i| !self.orgs[*i].lies).collect();
        let Some(liar) = self.orgs.iter().position(|o| o.lies) else { return Ok(()) };
        if self.orgs.len() != 4 || honest.len() != 3 {
            return Ok(());
        }
        let (root, witness) = (self.orgs[liar].root.clone(), self.orgs[liar].witness);
        let Some(x) = self.faces.iter().position(|f| public(&f.id.ledger) == witness) else { return Ok(()) };
        // The organisation that will lose its witness has a second terminal.
        let second = |w: &World, org: usize| {
            let key = w.orgs[org].witness;
            w.nodes.iter().position(|n| n.id.org == w.orgs[org].id && public(&n.id.ledger) != key)
        };
        let losing = honest.iter().copied().find(|o| second(self, *o).is_some()).unwrap_or(honest[0]);
        let mut others = honest.iter().copied().filter(|o| *o != losing);
        let (Some(near), Some(far)) = (others.next(), others.next()) else { return Ok(()) };
        self.note(|_| "a liar shows two branches to two halves".into());
        self.quiet()?;
        for n in 0..self.nodes.len() {
            self.face_meets(x, n);
        }
        self.quiet()?;
        let twin = self.faces[x].clone();
        self.faces.push(twin);
        let y = self.faces.len() - 1;
        for f in [x, y] {
            self.says(f);
            self.says(f);
        }
        self.stats.add("fork");
        // Near the liar's one version: the witness that will be lost, and another organisation's.
        let keys = [losing, near, far].map(|o| self.orgs[o].witness);
        let [Some(a), Some(b), Some(c)] = keys.map(|k| self.node_with(&k)) else { return Ok(()) };
        for n in [a, b] {
            self.face_meets(x, n);
            self.cosigns(n);
            self.face_meets(x, n);
        }
        self.face_cosigns(x);
        self.face_meets(x, a);
        self.face_meets(x, b);
        self.meets(a, b, true);
        // Far from it: the other version.
        self.face_meets(y, c);
        self.cosigns(c);
        self.face_cosigns(y);
        self.face_meets(y, c);
        let Some(a2) = second(self, losing) else { return Ok(()) };
        let a2 = self.nodes[a2].id.cert.id();
        // The witness is gone, with its word.
        self.stolen(a);
        self.stats.add("lost witness");
        let find = |w: &World, d| w.nodes.iter().position(|n| n.id.cert.id() == d);
        let (Some(new), Some(c)) = (find(self, a2), self.node_with(&keys[2])) else { return Ok(()) };
        let witness = public(&self.nodes[new].id.ledger);
        self.orgs[losing].witness = witness;
        let p = Proposal::Witness { org: self.orgs[losing].id, witness };
        let era = self.nodes[new].replica_era();
        let id = p.id();
        let yes = move |k: &ed25519_dalek::SigningKey| Statement::Approve(Approval::new(era, id, k));
        for org in [losing, far] {
            self.orgs[org].approved.insert(era, p.id());
        }
        let said =
            vec![Statement::Propose(p.clone()), yes(&self.orgs[losing].root), yes(&self.orgs[far].root)];
        self.write(new, vec![statements(&said)]);
        self.face_meets(y, new);
        self.face_writes(y, Kind::Governance, codec::encode(&vec![yes(&root)]));
        self.face_meets(y, new);
        self.meets(new, c, true);
        for n in [new, c] {
            self.cosigns(n);
            self.face_meets(y, n);
        }
        self.face_cosigns(y);
        self.face_meets(y, new);
        self.face_meets(y, c);
        self.meets(new, c, true);
        self.quiet()
    }
}
