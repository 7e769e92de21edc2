//! A patient's keys are destroyed on order while everything else goes wrong; and what must hold of it.

use std::collections::BTreeSet;

use aidpost::{
    core::{
        block::Kind,
        codec,
        id::OrgId,
        keys::{PatientKeyId, Sealed, Wrap},
        policy::Policies,
        rights::{self, Deed, Entry, Erased, ErasureOrder, ErasureReason},
        sign::Authored,
    },
    store::{Author, Db, tables},
};

use super::{
    peer::{Node, Peer},
    world::{World, content},
};

/// An order, whoever believes it.
pub(crate) struct Given {
    by: OrgId,
    patient: aidpost::core::id::PatientId,
}

impl World {
    /// A patient wants their record gone, and an admin of an organisation that keeps it orders that.
    pub(crate) fn erases(&mut self, node: usize) {
        let i = self.pick(self.patients.len());
        let (patient, by) = (self.patients[i], self.nodes[node].id.org);
        let org = self.org_of(by);
        let consortium = self.nodes[node].replica().governance().consortium();
        let order =
            Deed::Erase(ErasureOrder { patient, reason: ErasureReason::Patient, reference: String::new() });
        let said =
            Entry::Said(Authored::new(&self.orgs[org].admin, rights::DOMAIN, &[&consortium.0, &[]], &order));
        if self.write(node, vec![content(Kind::Rights, codec::encode(&vec![said]))]).is_some() {
            self.truth.erasures.push(Given { by, patient });
            self.stats.add("erasure");
            self.note(|_| format!("erasure of {} ordered", patient.short()));
            self.carries_out(node);
        }
    }

    /// What a terminal does whenever something may have come in.
    pub(crate) fn carries_out(&mut self, node: usize) {
        if self.truth.erasures.is_empty() {
            return;
        }
        let now = self.now;
        let n = &mut self.nodes[node];
        if n.replica().governance().writer(n.id.cert.id()).is_none() {
            return;
        }
        let author = Author { log: n.log(), key: n.id.ledger.clone() };
        let (org, at, before) = (n.id.org, n.now(now), n.replica().head(author.log).map(|h| h.seq));
        let done = n.db.carry_out(Policies::default_set(), (org, &author), at, &mut self.rng);
        if done.is_err() {
            let _ = n.db.reopen();
            return;
        }
        // What it repeated of others' keys is its own.
        for seq in before.map_or(0, |s| s + 1)..n.replica().head(author.log).map_or(0, |h| h.seq + 1) {
            n.acked.extend(n.replica().id_at(author.log, seq));
        }
        let owed = n.db.receipts_due(Policies::default_set()).unwrap_or_default();
        self.learn(node);
        if owed.is_empty() || self.chance(0.3) {
            return;
        }
        // The sealing between the two is the store's own test.
        let entries: Vec<Entry> = owed
            .iter()
            .map(|o| {
                let blocks = o.blocks.iter().copied().take(rights::MAX_NAMED).collect();
                let (order, patient, wraps) = (o.order, o.patient, o.wraps);
                Entry::Did(Deed::Erased(Erased { order, patient, wraps, blocks, backups: 0 }))
            })
            .collect();
        if self.write(node, vec![content(Kind::Rights, codec::encode(&entries))]).is_some() {
            let mut rest = self.nodes[node].db.owed_receipts().unwrap_or_default();
            rest.retain(|o| !owed.contains(o));
            let _ = self.nodes[node].db.put_rows(&[Db::owed_row(&rest)]);
            self.stats.add("erasure receipt");
        }
    }

    /// What an order reaches can't be opened by anybody who knows of it; every other key that somebody still has is
    /// where it can be found.
    pub(crate) fn destroyed_and_nothing_else(&self, touch: &[usize]) -> Result<(), String> {
        if self.truth.erasures.is_empty() {
            return Ok(());
        }
        for i in touch {
            let n = &self.nodes[*i];
            // Keys of others in the same block are repeated by the organisation whose block it is.
            let there = |org: OrgId| touch.iter().any(|i| self.nodes[*i].id.org == org);
            for p in n.replica().erasures(Policies::default_set()).iter().filter(|p| there(p.by)) {
                let waits = n.db.left_by(p).map_err(|e| e.to_string())?;
                if !waits.is_empty() {
                    let how = |i: &usize| {
                        let n = &self.nodes[*i];
                        let left = n.db.left_by(p).map_or(0, |l| l.len());
                        format!("{} of {}: {left} left", n.id.cert.id().short(), n.id.org.short())
                    };
                    let all: Vec<String> = touch.iter().map(how).collect();
                    return Err(format!(
                        "{} still holds keys of {}, which it knows are to be destroyed by order of {}\n{}",
                        n.id.cert.id().short(),
                        p.what.patient.short(),
                        p.by.short(),
                        all.join("\n")
                    ));
                }
            }
        }
        let orders: BTreeSet<_> = self.truth.erasures.iter().map(|g| (g.patient, g.by)).collect();
        let spared =
            |k: &PatientKeyId| !orders.iter().any(|(p, by)| *p == k.patient && key_of(*by) == k.epoch);
        for b in
            self.truth.blocks.values().filter(|b| b.signed.header.kind == Kind::Keys && b.payload.is_some())
        {
            let id = b.signed.header.id();
            let wraps: Vec<Wrap> = codec::decode(b.content(), 1 << 16).map_err(|e| e.to_string())?;
            let whole = touch.iter().any(|i| {
                let r = self.nodes[*i].replica();
                r.place(id).is_some() && !r.is_bare(id)
            });
            for w in &wraps {
                if w.patient_key().is_some_and(|k| !spared(k)) {
                    continue;
                }
                let somewhere = touch.iter().any(|i| has(&self.nodes[*i], w));
                for i in touch.iter().filter(|i| self.nodes[**i].replica().place(id).is_some()) {
                    if (whole || somewhere) && !has(&self.nodes[*i], w) {
                        let name = self.nodes[*i].id.cert.id().short();
                        let how = |i: &usize| {
                            let (n, r) = (&self.nodes[*i], self.nodes[*i].replica());
                            format!(
                                "{} of {}: held {}, bare {}, withheld {}, has it {}",
                                n.id.cert.id().short(),
                                n.id.org.short(),
                                r.place(id).is_some(),
                                r.is_bare(id),
                                r.withheld().any(|w| w == id),
                                has(n, w)
                            )
                        };
                        let all: Vec<String> = touch.iter().map(how).collect();
                        return Err(format!(
                            "{name} lost a key of block {} of log {} that no order reaches\n{}",
                            id.short(),
                            b.signed.header.log,
                            all.join("\n")
                        ));
                    }
                }
            }
        }
        Ok(())
    }
}

/// The key that an organisation seals under here.
pub(crate) fn key_of(org: OrgId) -> aidpost::core::id::EpochId {
    aidpost::core::id::EpochId(org.0)
}

fn has(n: &Node, w: &Wrap) -> bool {
    let (table, prefix, sealed) = tables::wrap_row(w);
    n.db.scan::<Sealed>(table, &prefix).unwrap_or_default().iter().any(|(_, s)| s == sealed)
}
