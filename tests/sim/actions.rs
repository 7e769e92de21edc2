//! What honest people and terminals do.

use aidpost::core::{
    audit::{self, Access, AuditEntry},
    block::{Dep, Kind},
    codec,
    consent::{self, Act, By, Effective, Entry, Grant, Grantee, Scope, Wish},
    finality::Cosignature,
    governance::{
        Adoption, Approval, DeviceCert, OrgKeyCert, Proposal, Role, Statement, Suspended, Suspension, Void,
    },
    id::{DeviceId, EpochId, GrantId, OrgId, PatientId},
    keys::{PatientKeyId, Sealed, SealedRecords, Wrap},
    policy::{Action, Ask, Policies, Purpose},
    record::Compartment,
    sign::Authored,
    time::DAY,
};
use ed25519_dalek::SigningKey;
use rand::{Rng, RngExt};

use super::{
    erasing::key_of,
    peer::Peer,
    world::{Read, World, content, public, statements, wrap},
};

const PURPOSES: [Purpose; 3] = [Purpose::Treatment, Purpose::Treatment, Purpose::Research];

/// The bytes of a consent block, given its place.
pub(crate) fn consent_bytes(
    consortium: &[u8; 32],
    patient: PatientId,
    act: Act,
    by: By,
    staff: &SigningKey,
) -> Entry {
    let scope: [&[u8]; 2] = [consortium, &patient.0];
    let act = Authored::new(staff, consent::DOMAIN, &scope, &Wish { act, by });
    Entry { patient, act, card: None }
}

impl World {
    fn patient(&mut self) -> PatientId {
        let i = self.pick(self.patients.len());
        self.patients[i]
    }

    pub(crate) fn random_act(&mut self, known: &[Grant]) -> Act {
        let i = self.pick(self.orgs.len());
        let org = self.orgs[i].id;
        match self.pick(10) {
            0 | 1 if !known.is_empty() => Act::Revoke(known[self.pick(known.len())].id),
            2 => Act::RevokeAll(Scope::Grantee(org)),
            3 if self.chance(0.3) => Act::RevokeAll(Scope::Everyone),
            4 => Act::EmergencyOptOut,
            5 => Act::EmergencyOptIn,
            _ => {
                let to = if self.chance(0.5) { Grantee::Org(org) } else { Grantee::Role(org, Role::Nurse) };
                let until = self.chance(0.3).then(|| self.now + self.rng.random_range(1..60) * DAY);
                let purpose = PURPOSES[self.pick(3)];
                Act::Grant(Grant {
                    id: GrantId::random(&mut self.rng),
                    to,
                    purpose,
                    compartments: vec![Compartment::General],
                    from: self.now.saturating_sub(25 * 365 * DAY),
                    until,
                    parent: None,
                    delegable: self.chance(0.5),
                })
            }
        }
    }

    /// A patient says something at the desk.
    pub(crate) fn consents(&mut self, node: usize) {
        let patient = self.patient();
        let replica = self.nodes[node].replica();
        let grants = |act: &Act| match act {
            Act::Grant(g) => Some(g.clone()),
            _ => None,
        };
        let known: Vec<Grant> = replica.consents(patient).iter().filter_map(|r| grants(&r.act)).collect();
        let consortium = replica.governance().consortium().0;
        let org = self.org_of(self.nodes[node].id.org);
        let mut act = self.random_act(&known);
        // What was granted to this organisation, and may be passed on, sometimes is.
        let own = self.orgs[org].id;
        if let Act::Grant(g) = &mut act
            && let Some(p) = known.iter().find(|k| k.delegable && k.to.org() == own)
            && self.chance(0.5)
        {
            (g.parent, g.purpose, g.until, g.from) = (Some(p.id), p.purpose, p.until, p.from);
        }
        let by = if self.chance(0.1) { By::Guardian("mother".into()) } else { By::Patient };
        let entry = consent_bytes(&consortium, patient, act.clone(), by, &self.nurse_of(node));
        let made: aidpost::store::Content = Box::new(move |log, seq| {
            consent::change(&entry, log, seq).map_err(|e| aidpost::store::StoreError::Refused(e.to_string()))
        });
        let done = self.write(node, vec![(Kind::Consent, made)]);
        let name = self.nodes[node].id.cert.id().short();
        self.note(|_| format!("{name} consent {act:?} -> {}", done.is_some()));
    }

    /// Someone asks for a patient's records: policy and consent decide, the audit entry is durable first.
    pub(crate) fn reads(&mut self, node: usize) {
        let patient = self.patient();
        let n = &self.nodes[node];
        let (me, now) = (n.id.org, n.now(self.now));
        let i = self.pick(self.orgs.len());
        let custodian = self.orgs[i].id;
        let purpose = PURPOSES[self.pick(3)];
        let replica = self.nodes[node].replica();
        let moment = replica.moment(now);
        let effective = Effective::of(replica.consents(patient), replica);
        let who = (me, Role::Nurse);
        let grants = effective.allowing(custodian, who, purpose, Compartment::General, moment);
        let ask = Ask {
            role: Role::Nurse,
            action: Action::Read,
            purpose,
            own: custodian == me,
            granted: !grants.is_empty(),
            proven: false,
            opted_out: false,
        };
        let allowed = Policies::default_set().decide(&ask).allow;
        let access = Access {
            patient,
            purpose,
            compartments: vec![Compartment::General],
            custodians: vec![custodian],
            grants,
            allowed,
        };
        let consortium = replica.governance().consortium();
        let entry = Authored::new(&self.nurse_of(node), audit::DOMAIN, &[&consortium.0, &[]], &access);
        let device = self.nodes[node].id.cert.id();
        let bytes = codec::encode(&vec![AuditEntry::Access(entry)]);
        if let Some(audit) = self.write(node, vec![content(Kind::Audit, bytes)])
            && allowed
        {
            self.truth.reads.push(Read { device, patient, audit });
            self.stats.add("read");
        }
    }

    /// A visit: sealed bytes, and a patient key wrapped to whoever the newest grant is for.
    pub(crate) fn visits(&mut self, node: usize) -> Result<(), String> {
        let patient = self.patient();
        let mut sealed = vec![0u8; self.rng.random_range(50..800)];
        self.rng.fill_bytes(&mut sealed);
        let key = PatientKeyId {
            patient,
            compartment: Compartment::General,
            epoch: key_of(self.nodes[node].id.org),
        };
        let records = codec::encode(&SealedRecords { key, salt: [0; 32], sealed });
        let i = self.pick(self.orgs.len());
        let to = self.orgs[i].id;
        let mut contents = vec![content(Kind::Records, records)];
        let replica = self.nodes[node].replica();
        if let Some(k) = replica.org_key(to) {
            let epoch = k.epoch();
            self.no_suspended_holder(node, to, epoch)?;
            let mut wraps = vec![self.wrapped(key, to, epoch)];
            // Often a block holds keys of several patients, as after an import.
            let another = self.patient();
            if another != patient && self.chance(0.7) {
                wraps.push(self.wrapped(PatientKeyId { patient: another, ..key }, to, epoch));
            }
            contents.push(content(Kind::Keys, codec::encode(&wraps)));
            self.stats.add("key wrapped");
        }
        self.write(node, contents);
        Ok(())
    }

    fn wrapped(&mut self, key: PatientKeyId, org: OrgId, org_epoch: EpochId) -> Wrap {
        let mut ct = vec![0; 48];
        self.rng.fill_bytes(&mut ct);
        Wrap::PatientKey { key, org, org_epoch, sealed: Sealed { enc: [0; 32], ct } }
    }

    /// By what the node holds, read anew: no terminal that holds this key is suspended.
    fn no_suspended_holder(&self, node: usize, org: OrgId, epoch: EpochId) -> Result<(), String> {
        let replica = self.nodes[node].replica();
        let held = |id| replica.place(id).is_some();
        let mut holders: Vec<DeviceId> = Vec::new();
        let mut suspended: Vec<DeviceId> = Vec::new();
        for (id, b) in self.truth.blocks.iter().filter(|(id, b)| held(**id) && b.payload.is_some()) {
            let bytes = b.content();
            match b.signed.header.kind {
                Kind::Keys => {
                    let wraps: Vec<Wrap> = codec::decode(bytes, 1 << 16).map_err(|e| format!("{id}: {e}"))?;
                    holders.extend(wraps.iter().filter_map(|w| match w {
                        Wrap::OrgKey { org: o, epoch: e, device, .. } if (*o, *e) == (org, epoch) => {
                            Some(*device)
                        }
                        _ => None,
                    }));
                }
                Kind::Governance => {
                    let s: Vec<Statement> =
                        codec::decode(bytes, 1 << 16).map_err(|e| format!("{id}: {e}"))?;
                    suspended.extend(s.iter().filter_map(|s| match s {
                        Statement::Suspend(x) => match x.who {
                            Suspended::Device(d) if x.org() == org => Some(d),
                            _ => None,
                        },
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
        match holders.iter().find(|h| suspended.contains(h)) {
            Some(d) => {
                Err(format!("a key was wrapped to an epoch that suspended terminal {} holds", d.short()))
            }
            None => Ok(()),
        }
    }

    /// The terminal cosigns, if it is its organisation's witness.
    pub(crate) fn cosigns(&mut self, node: usize) {
        let n = &self.nodes[node];
        let (org, witness) = (n.id.org, public(&n.id.ledger));
        let g = n.replica().governance();
        let Ok(heads) = n.replica().to_cosign(org, &witness) else { return };
        let c = Cosignature::new(g.consortium(), g.era(), heads, &n.id.ledger);
        if self.write(node, vec![content(Kind::Cosignature, codec::encode(&c))]).is_some() {
            self.stats.add("cosignature");
        }
    }

    /// An admin suspends a terminal of the organisation, from an honest one of it: last believed is what is held there.
    /// A new key that the suspended one can't open is minted in the same breath.
    pub(crate) fn suspends(&mut self, node: usize, device: DeviceId) {
        let replica = self.nodes[node].replica();
        let upto: Vec<Dep> = replica.frontier().into_iter().filter(|d| d.log.device == device).collect();
        let mut once: Vec<Dep> = Vec::new();
        for d in upto {
            if !once.iter().any(|x| x.log == d.log) {
                once.push(d);
            }
        }
        let org = self.org_of(self.nodes[node].id.org);
        let consortium = replica.governance().consortium();
        let s = Suspension::new(consortium, Suspended::Device(device), once, &self.orgs[org].root);
        let mut secret = [0u8; 32];
        self.rng.fill_bytes(&mut secret);
        let k = OrgKeyCert::new(secret, &self.orgs[org].root);
        let id = self.orgs[org].id;
        let others: Vec<Wrap> = self.nodes[node]
            .replica()
            .governance()
            .devices()
            .filter(|d| d.org == id && d.id() != device)
            .filter(|d| self.nodes[node].replica().governance().in_good_standing(d.id()))
            .map(|d| wrap(id, &k, d.id()))
            .collect();
        let said = statements(&[Statement::Suspend(s.clone()), Statement::OrgKey(k)]);
        if self.write(node, vec![said, content(Kind::Keys, codec::encode(&others))]).is_some() {
            self.truth.suspensions.push(s);
            self.stats.add("suspension");
            self.note(|_| format!("{} suspended", device.short()));
        }
    }

    /// A clinician of the organisation takes some of its quarantined blocks on.
    pub(crate) fn adopts(&mut self, node: usize) {
        let n = &self.nodes[node];
        let replica = n.replica();
        let org = n.id.org;
        let own = |device| replica.governance().writer(device).map(|(o, _)| o) == Some(org);
        // Genuine ones: what an honest terminal of ours wrote.
        let genuine = |d: DeviceId| own(d) && self.truth.honest.contains(&d);
        let blocks: Vec<_> = replica
            .quarantine()
            .filter(|(_, p, _)| genuine(p.log.device))
            .map(|(id, ..)| id)
            .take(5)
            .collect();
        if blocks.is_empty() {
            return;
        }
        let consortium = replica.governance().consortium();
        let i = self.org_of(org);
        let a = Adoption::new(consortium, blocks.clone(), &self.orgs[i].clinician);
        if self.write(node, vec![statements(&[Statement::Adopt(a)])]).is_some() {
            self.truth.adopted.extend(blocks);
            self.stats.add("adoption");
        }
    }

    /// An admin certifies the life that a terminal of the organisation is in.
    pub(crate) fn certifies(&mut self, node: usize) {
        let org = self.org_of(self.nodes[node].id.org);
        let own: Vec<usize> =
            (0..self.nodes.len()).filter(|i| self.nodes[*i].id.org == self.orgs[org].id).collect();
        for i in own {
            let (log, cert) = (self.nodes[i].log(), self.nodes[i].id.cert.clone());
            if log.incarnation > cert.incarnation {
                let new = DeviceCert::new(cert.request, log.incarnation, &self.orgs[org].root);
                if self.write(node, vec![statements(&[Statement::Device(new.clone())])]).is_some() {
                    self.nodes[i].id.cert = new;
                    self.stats.add("new life certified");
                }
            }
        }
    }

    /// The admin looks at what is to be decided: proposes what the organisation needs, approves what is sensible, voids
    /// an epoch whose votes have split.
    pub(crate) fn governs(&mut self, node: usize) {
        let org = self.org_of(self.nodes[node].id.org);
        let g = self.nodes[node].replica().governance();
        let (era, me) = (g.era().id, self.orgs[org].id);
        if !g.era().members.contains_key(&me) {
            return;
        }
        let root = self.orgs[org].root.clone();
        let sensible = |p: &Proposal| match p {
            Proposal::Expel { org, .. } => self.orgs.iter().any(|o| o.id == *org && o.lies),
            Proposal::Witness { org, witness } => {
                self.orgs.iter().any(|o| o.id == *org && o.witness == *witness)
            }
            _ => true,
        };
        let open: Vec<_> = g
            .decisions()
            .open()
            .into_iter()
            .filter(|(_, p, _)| sensible(p))
            .map(|(id, _, yes)| (id, yes.len()))
            .collect();
        let mut said = Vec::new();
        if g.era().members.get(&me) != Some(&self.orgs[org].witness) {
            said.push(Statement::Propose(Proposal::Witness { org: me, witness: self.orgs[org].witness }));
        }
        let approved = self.orgs[org].approved.get(&era).copied();
        let voided = self.orgs[org].voided.contains(&era);
        let mut note = None;
        if let (None, false, false) = (approved, voided, open.is_empty()) {
            // Mostly what others have approved already; sometimes not, and votes split.
            let best = *open.iter().max_by_key(|(id, n)| (*n, *id)).expect("not empty");
            let i = self.pick(open.len());
            let choice = if self.chance(0.35) { best } else { open[i] };
            said.push(Statement::Approve(Approval::new(era, choice.0, &root)));
            note = Some(choice.0);
        } else if let (Some(mine), false, true) = (approved, voided, self.rng.random_bool(0.9)) {
            let split = open.iter().any(|(id, n)| *id != mine && *n > 0);
            if split {
                said.push(Statement::Void(Void::new(era, Some(mine), &root)));
            }
        }
        if said.is_empty() {
            return;
        }
        // The admin remembers, whatever becomes of the terminal.
        if let Some(p) = note {
            self.orgs[org].approved.insert(era, p);
        }
        if said.iter().any(|s| matches!(s, Statement::Void(_))) {
            self.orgs[org].voided.insert(era);
            self.stats.add("split approval");
        }
        self.write(node, vec![statements(&said)]);
    }

    /// Somebody proposes something new.
    pub(crate) fn proposes(&mut self, node: usize) {
        let p = if self.chance(0.5) {
            let n = self.rng.random_range(0..1000u32);
            Proposal::Policy(format!("// {n}\n{}", aidpost::core::policy::DEFAULT))
        } else {
            let Some(liar) = self.orgs.iter().find(|o| o.lies) else { return };
            let upto = self.nodes[node].replica().frontier();
            let replica = self.nodes[node].replica();
            let theirs = |d: &Dep| replica.governance().writer(d.log.device).map(|(o, _)| o) == Some(liar.id);
            let mut upto: Vec<Dep> = upto.into_iter().filter(theirs).collect();
            upto.dedup_by_key(|d| d.log);
            Proposal::Expel { org: liar.id, upto }
        };
        self.write(node, vec![statements(&[Statement::Propose(p)])]);
    }
}
