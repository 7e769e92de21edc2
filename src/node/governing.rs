//! What an organisation decides alone (suspending what is its own), and what it takes others for (proposals).

use super::{
    Node,
    api::{Change, ConsortiumView, Fault, FaultKind, MemberRow, ProposalRow, Who},
    locked,
    people::statements,
};
use crate::{
    core::{
        block::Dep,
        governance::{Approval, OrgKeyCert, Proposal, Statement, Suspended, Suspension, Void},
        id::{DeviceId, OrgId, ProposalId, StaffId},
        ledger::Replica,
        policy::Action,
        sign::PublicKey,
        suspension::MAX_CUTOFFS,
    },
    store::{StoreError, wrap_block},
    vault::keytree::{Exchange, wrap_org_key},
};

/// The trunk's end of each of these logs, at most as many as may be named.
pub(super) fn ends(replica: &Replica, wanted: impl Fn(DeviceId) -> bool) -> Vec<Dep> {
    let logs = replica.tree().logs().filter(|l| wanted(l.device));
    let mut all: Vec<Dep> = logs
        .filter_map(|l| {
            let p = replica.believed_end(l)?;
            Some(Dep { log: l, seq: p.seq, hash: replica.tree().id(p)? })
        })
        .collect();
    // What isn't named isn't believed any more: of more logs than may be named the longest are.
    all.sort_by_key(|d| std::cmp::Reverse(d.seq));
    all.truncate(MAX_CUTOFFS);
    all
}

impl Node {
    /// Suspends one of the own terminals: what it wrote until now, as far as it is held here, stays believed. A new key that
    /// it can't open is minted in the same transaction.
    pub(super) async fn suspend_device(&self, admin: &Who, device: DeviceId) -> Result<(), Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        let (root, me) = (open.root(admin.staff)?, locked(&open.device).clone());
        let made = open.store.call(move |db| {
            let (replica, org) = (db.replica(), me.org_id());
            let g = replica.governance();
            if device == me.id() || g.device_of(device, org).is_none() {
                return Ok(None);
            }
            let consortium = g.consortium();
            let upto = ends(replica, |d| d == device);
            let suspension = Suspension::new(consortium, Suspended::Device(device), upto, &root);
            let key = Exchange::random(&mut rand::rng());
            let holders =
                g.devices().filter(|d| d.org == org && d.id() != device && g.in_good_standing(d.id()));
            let keys = holders
                .map(|d| {
                    let public = &d.request.keys.encryption;
                    wrap_org_key(consortium, org, &key, d.id(), public, &mut rand::rng())
                })
                .collect::<Result<Vec<_>, _>>()
                .map_err(|e| StoreError::Refused(e.to_string()))?;
            let cert = OrgKeyCert::new(key.public, &root);
            Ok(Some((vec![Statement::Suspend(suspension), Statement::OrgKey(cert)], keys)))
        });
        let (said, keys) = made.await?.ok_or_else(|| {
            Fault::new(
                FaultKind::Usage,
                "only another terminal of the own organisation can be suspended from here",
            )
        })?;
        open.append(vec![statements(said), wrap_block(keys)]).await?;
        self.announce(Change::Ledger);
        Ok(())
    }

    /// Suspends a person of the own organisation: what they sign from now on gives no permission.
    pub(super) async fn suspend_staff(&self, admin: &Who, staff: StaffId) -> Result<(), Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        if admin.staff == staff {
            // Nor does an organisation lose its last admin that way.
            return Err(Fault::new(FaultKind::Usage, "nobody suspends themselves: another admin does"));
        }
        let open = self.opened().await?;
        let (root, org) = (open.root(admin.staff)?, locked(&open.device).org_id());
        let made = open.store.call(move |db| {
            let (replica, g) = (db.replica(), db.replica().governance());
            if g.staff_of(staff, org).is_none() {
                return Ok(None);
            }
            let upto = ends(replica, |d| g.device(d).is_some_and(|d| d.org == org));
            Ok(Some(Suspension::new(g.consortium(), Suspended::Staff(staff), upto, &root)))
        });
        let s = made.await?.ok_or_else(|| {
            Fault::new(
                FaultKind::Usage,
                "no such person in this organisation: 'aidpost staff list' lists them",
            )
        })?;
        open.append(vec![statements(vec![Statement::Suspend(s)])]).await?;
        self.announce(Change::Ledger);
        Ok(())
    }

    /// Who belongs to the consortium, and by what it decides.
    pub(super) async fn consortium(&self) -> Result<ConsortiumView, Fault> {
        let open = self.opened().await?;
        let own = locked(&open.device).org_id();
        let view = open.store.call(move |db| {
            let g = db.replica().governance();
            let row = |(org, witness): (&OrgId, &PublicKey)| MemberRow {
                org: *org,
                name: g.org_name(*org),
                witness: g.devices().find(|d| d.request.keys.ledger == *witness).map(|d| d.id()),
            };
            let voted = g.decisions().approved_by(own).is_some() || g.decisions().voided_by(own);
            let members = g.era().members.iter().map(row).collect();
            Ok(ConsortiumView { members, policy: g.policy().to_owned(), voted })
        });
        Ok(view.await?)
    }

    /// What is to be decided, and who has approved it.
    pub(super) async fn proposals(&self) -> Result<Vec<ProposalRow>, Fault> {
        let open = self.opened().await?;
        let rows = open.store.call(|db| {
            let g = db.replica().governance();
            let row = |(id, p, yes): (ProposalId, &Proposal, Vec<OrgId>)| ProposalRow {
                id,
                words: match p {
                    Proposal::Expel { org, .. } => format!("expel {}", g.org_name(*org)),
                    Proposal::Witness { org, .. } => format!("another witness for {}", g.org_name(*org)),
                    other => other.words(),
                },
                approved: yes.iter().map(|o| g.org_name(*o)).collect(),
                needed: g.era().quorum() as u32,
            };
            Ok(g.decisions().open().into_iter().map(row).collect())
        });
        Ok(rows.await?)
    }

    /// Proposes to expel a member; what it wrote until now, as far as it is held here, stays believed.
    pub(super) async fn propose_expulsion(&self, admin: &Who, org: OrgId) -> Result<ProposalId, Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        let found = open.store.call(move |db| {
            let (replica, g) = (db.replica(), db.replica().governance());
            let upto = ends(replica, |d| g.device(d).is_some_and(|d| d.org == org));
            let members = &g.era().members;
            Ok((members.len(), members.get(&org).map(|_| Proposal::Expel { org, upto })))
        });
        let p = match found.await? {
            (1, Some(_)) => {
                let alone =
                    "this is the only member: nobody would be left; 'aidpost org list' lists the members";
                return Err(Fault::new(FaultKind::Conflict, alone));
            }
            (_, Some(p)) => p,
            (_, None) => {
                let nobody = "no such member: 'aidpost org list' lists them";
                return Err(Fault::new(FaultKind::Usage, nobody));
            }
        };
        self.propose(admin, p).await
    }

    /// Proposes that a terminal of a member cosigns for it from now on, and approves it.
    pub(super) async fn propose_witness(&self, admin: &Who, device: DeviceId) -> Result<ProposalId, Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        let found = open.store.call(move |db| {
            let g = db.replica().governance();
            let cert = g.device(device).filter(|d| g.welcomes(d));
            Ok(cert.map(|d| {
                let is = g.era().members.get(&d.org) == Some(&d.request.keys.ledger);
                (Proposal::Witness { org: d.org, witness: d.request.keys.ledger }, is)
            }))
        });
        match found.await? {
            Some((p, false)) => self.propose(admin, p).await,
            Some((_, true)) => {
                Err(Fault::new(FaultKind::Conflict, "that terminal cosigns for its organisation already"))
            }
            None => Err(Fault::new(
                FaultKind::Usage,
                "no certified terminal of a member by that name that isn't suspended: 'aidpost status' lists them",
            )),
        }
    }

    /// Proposes another policy text, and approves it.
    pub(super) async fn propose_policy(&self, admin: &Who, text: String) -> Result<ProposalId, Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        self.propose(admin, Proposal::Policy(text)).await
    }

    async fn propose(&self, admin: &Who, p: Proposal) -> Result<ProposalId, Fault> {
        p.check().map_err(|e| Fault::new(FaultKind::Refused, e))?;
        let (open, id) = (self.opened().await?, p.id());
        open.append(vec![statements(vec![Statement::Propose(p)])]).await?;
        self.approve(admin, id).await?;
        Ok(id)
    }

    /// The organisation's yes. One an epoch: a second one would be proof that it lies.
    pub(super) async fn approve(&self, admin: &Who, id: ProposalId) -> Result<(), Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        let (root, org) = (open.root(admin.staff)?, locked(&open.device).org_id());
        let made = open.store.call(move |db| {
            let d = db.replica().governance().decisions();
            if !d.open().iter().any(|(x, ..)| *x == id) {
                return Ok(Err(Fault::new(
                    FaultKind::Usage,
                    "nothing of that name is to be decided now: 'aidpost org proposals' lists what is",
                )));
            }
            let fault = |m: &str| Ok(Err(Fault::new(FaultKind::Conflict, m)));
            match d.approved_by(org) {
                Some(other) if other != id => fault(
                    "this organisation has approved another proposal; when votes have split, 'aidpost org void' ends the round",
                ),
                Some(_) => fault("this organisation has approved that already: wait for the others"),
                None if d.voided_by(org) => fault("this organisation has voided the round: wait for the next"),
                None => Ok(Ok(Approval::new(d.era().id, id, &root))),
            }
        });
        let yes = made.await??;
        open.append(vec![statements(vec![Statement::Approve(yes)])]).await?;
        self.announce(Change::Ledger);
        Ok(())
    }

    /// Ends a round whose votes have split, saying what this organisation had approved.
    pub(super) async fn void(&self, admin: &Who) -> Result<(), Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        let (root, org) = (open.root(admin.staff)?, locked(&open.device).org_id());
        let made = open.store.call(move |db| {
            let d = db.replica().governance().decisions();
            Ok((!d.voided_by(org)).then(|| Void::new(d.era().id, d.approved_by(org), &root)))
        });
        let v = made.await?.ok_or_else(|| {
            Fault::new(
                FaultKind::Conflict,
                "this organisation has voided the round already: wait for the others",
            )
        })?;
        open.append(vec![statements(vec![Statement::Void(v)])]).await?;
        self.announce(Change::Ledger);
        Ok(())
    }
}
