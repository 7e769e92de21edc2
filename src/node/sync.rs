//! Other terminals: the link, tickets, and what is held where.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
};

use super::{
    Node, Open,
    api::{Change, Fault, FaultKind, MeshView, Met, Passphrase, PeerRow, Who},
    device::Device,
    emergency::wrap_summaries,
    erasing::carry_out,
    locked,
    meeting::known_peers,
    patient_cards::wrap_for_cards,
    people::statements,
    proving,
    records::refresh_cards,
    requests::answer_requests,
    setup, text,
};
use crate::{
    core::{
        branches::Place,
        gaps::{Gaps, MAX_RUNS},
        governance::{Approval, DeviceCert, Proposal, StaffCert, Statement},
        id::{DeviceId, LogId, OrgId},
        policy::Action,
        sign::PublicKey,
        wire::{self, Introduction, Presence},
    },
    mesh::{
        endpoint::{Answer, Link},
        ticket::Ticket,
    },
    store::{Db, StoreError, tables, tables::Peer, wrap_block},
    vault::keytree::wrap_org_key,
};

/// Blocks that other terminals have acknowledged.
pub(super) struct Elsewhere {
    peers: Vec<Holder>,
    total: u64,
}

/// What one of them is known to hold.
struct Holder {
    name: String,
    /// Of each log, numbers below this one.
    below: BTreeMap<LogId, u64>,
    /// Of these only the header.
    waits: Gaps,
}

impl Holder {
    fn holds(&self, log: LogId, seq: u64) -> bool {
        self.below.get(&log).is_some_and(|n| seq < *n) && !self.waits.contains(log, seq)
    }
}

impl Elsewhere {
    /// No other terminal is known to hold this block.
    pub(super) fn is_only_here(&self, log: LogId, seq: u64) -> bool {
        !self.peers.iter().any(|p| p.holds(log, seq))
    }

    /// Which other terminals are known to hold this block, by name.
    pub(super) fn holders(&self, log: LogId, seq: u64) -> Vec<String> {
        self.peers.iter().filter(|p| p.holds(log, seq)).map(|p| p.name.clone()).collect()
    }

    /// How many blocks no other terminal is known to hold.
    pub(super) fn count(&self) -> u64 {
        self.total
    }
}

/// What is known to be held elsewhere: only receipts count, and only those of terminals that are still welcome. What a lost
/// or an expelled one held is nowhere that anybody could get it from.
pub(super) fn only_here(db: &Db) -> Result<Elsewhere, StoreError> {
    let (replica, g) = (db.replica(), db.replica().governance());
    let (mut peers, mut somewhere, mut most) = (Vec::new(), Vec::new(), BTreeMap::<LogId, u64>::new());
    for (endpoint, p) in db.scan::<Peer>(tables::PEERS, &[])? {
        let device = PublicKey::try_from(endpoint).ok().and_then(|e| g.device_at(&e));
        let Some(device) = device.filter(|d| g.welcomes(d)) else { continue };
        let mut heads: BTreeMap<LogId, u64> = BTreeMap::new();
        // Only the trunk is counted by number.
        for d in p.holds.iter().filter(|d| replica.id_at(d.log, d.seq) == Some(d.hash)) {
            let n = heads.entry(d.log).or_default();
            *n = (*n).max(d.seq.saturating_add(1));
        }
        for (log, n) in &heads {
            let m = most.entry(*log).or_default();
            *m = (*m).max(*n);
        }
        somewhere.extend(p.holds);
        peers.push(Holder { name: device.request.name.clone(), below: heads, waits: p.waits });
    }
    let total: u64 = replica.missing_for(&somewhere).iter().map(|(from, to)| to - from.seq + 1).sum();
    // Below these ends somebody holds the headers; the payloads that nobody holds are here alone, if they are here.
    let mut doubtful = Gaps::default();
    peers.iter().for_each(|p| doubtful.extend(&p.waits));
    let held = |l: &LogId| most.get(l).copied().unwrap_or(0);
    let alone = |p: &Place| {
        let below = p.branch == 0 && p.seq < held(&p.log);
        below && !peers.iter().any(|h| h.holds(p.log, p.seq))
    };
    let payloads = replica.offers(&doubtful).iter().filter(|p| alone(p)).count() as u64;
    Ok(Elsewhere { total: total + payloads, peers })
}

/// Every certified terminal but this one, and what it lacks; `rates` says how fast those are served that are being met.
pub(super) fn peer_rows(
    db: &Db,
    me: DeviceId,
    rates: &BTreeMap<PublicKey, u64>,
) -> Result<Vec<PeerRow>, StoreError> {
    let (replica, g) = (db.replica(), db.replica().governance());
    let mut rows = Vec::new();
    for d in g.devices().filter(|d| d.id() != me) {
        let endpoint = &d.request.keys.endpoint;
        let p: Peer = db.get(tables::PEERS, endpoint)?.unwrap_or_default();
        let missing = replica.missing_for(&p.holds);
        // Of whom wants only some, nobody knows which until they meet.
        let payloads = if p.wants.everything() { replica.offers(&p.waits) } else { Vec::new() };
        let ranges = missing.iter().copied().chain(payloads.iter().map(|at| (*at, at.seq)));
        let bytes_left = ranges.map(|range| replica.tree().weight(range)).sum();
        let rate = rates.get(endpoint).copied();
        rows.push(PeerRow {
            device: d.id(),
            name: d.request.name.clone(),
            org: g.org_name(d.org),
            address: p.addresses.first().cloned(),
            last_met: p.last_met,
            lacks: missing.iter().map(|(a, z)| z - a.seq + 1).sum::<u64>() + payloads.len() as u64,
            headers_only: p.waits.len(),
            bytes_left,
            rate,
            seconds_left: rate.filter(|r| *r > 0).map(|r| bytes_left.div_ceil(r)),
            suspended: g.suspensions(d.id()).next().is_some(),
        });
    }
    Ok(rows)
}

/// What this terminal says of itself; none before it has a certificate.
fn presence(db: &Db, device: &Device) -> Result<Option<Presence>, StoreError> {
    let frontier = db.frontier()?;
    Ok(device.cert.clone().map(|cert| Presence {
        version: wire::VERSION,
        consortium: db.replica().governance().consortium(),
        introduction: Introduction { device: cert, org: device.org.clone() },
        frontier,
        waits: db.replica().gaps().at_most(MAX_RUNS),
    }))
}

pub(super) fn uncertified() -> Fault {
    Fault::new(
        FaultKind::Locked,
        "this terminal has no certificate yet: take its request to the organisation's admin",
    )
}

impl Open {
    pub(super) async fn presence(&self) -> Result<Presence, Fault> {
        let device = locked(&self.device).clone();
        self.store.call(move |db| presence(db, &device)).await?.ok_or_else(uncertified)
    }

    /// After blocks came in: the first blocks of a new organisation, and the patient list.
    pub(super) async fn follow_up(&self) -> Result<(), Fault> {
        let mut device = locked(&self.device).clone();
        let device = self
            .store
            .call(move |db| {
                setup::settle(db, &mut device, &mut rand::rng())?;
                carry_out(db, &device)?;
                refresh_cards(db, &device, false)?;
                wrap_summaries(db, &device)?;
                wrap_for_cards(db, &device)?;
                answer_requests(db, &device)?;
                proving::cosign(db, &device, proving::PACE)?;
                Ok(device)
            })
            .await?;
        *locked(&self.device) = device;
        Ok(())
    }
}

impl Node {
    /// Takes the link up, to stay; over a metered one only the next round is brought forward.
    pub(super) async fn link_up(self: &Arc<Self>) -> Result<(), Fault> {
        let open = self.opened().await?;
        self.wanted.store(true, Ordering::Relaxed);
        if locked(&open.links).metered.is_some() {
            *locked(&self.next_round) = None;
            return Ok(());
        }
        self.raise().await
    }

    /// Answers, and can dial.
    pub(super) async fn raise(self: &Arc<Self>) -> Result<(), Fault> {
        let open = self.opened().await?;
        let mut link = self.link.lock().await;
        if link.is_some() {
            return Ok(());
        }
        let node = Arc::downgrade(self);
        let answer: Answer = Arc::new(move |peer, send, recv| {
            let node = node.clone();
            Box::pin(async move {
                // What went wrong with a stranger's meeting is the stranger's business; ours is unharmed.
                node.upgrade()?.answer(peer, recv, send).await
            })
        });
        let key = locked(&open.device).endpoint();
        let way = self.way(&locked(&open.links).clone());
        let listen = way.listen;
        let consortium = open.store.call(|db| Ok(db.replica().governance().consortium())).await?;
        let up = Link::up(&key, way, consortium, answer).await?;
        locked(&self.listen).set_port(up.port().unwrap_or(listen.port()));
        tracing::info!(%listen, port = up.port(), "the link is up");
        *link = Some(up);
        drop(link);
        self.announce(Change::Mesh);
        Ok(())
    }

    /// Takes the link down; what is being exchanged is cut.
    pub(super) async fn link_down(&self) {
        self.wanted.store(false, Ordering::Relaxed);
        self.lower().await;
    }

    /// Neither answers nor dials any more; true when it did before.
    pub(super) async fn lower(&self) -> bool {
        let link = self.link.lock().await.take();
        let was_up = link.is_some();
        if let Some(link) = link {
            link.down().await;
            tracing::info!("the link is down");
            self.announce(Change::Mesh);
        }
        was_up
    }

    /// Meets every terminal that this one knows how to reach.
    pub(super) async fn sync(self: &Arc<Self>) -> Result<Vec<Met>, Fault> {
        let metered = locked(&self.opened().await?.links).metered.is_some();
        if metered { self.metered_round().await } else { self.meet_known().await }
    }

    /// The same over a link that is up.
    pub(super) async fn meet_known(self: &Arc<Self>) -> Result<Vec<Met>, Fault> {
        let open = self.opened().await?;
        if self.link.lock().await.is_none() {
            return Err(Fault::new(FaultKind::Unreachable, "the link is off: turn it on first"));
        }
        let (me, relay) = (locked(&open.device).id(), locked(&open.links).relay().is_some());
        let heard = self.heard().await?;
        let peers = open.store.call(move |db| known_peers(db, me, relay, &heard)).await?;
        if peers.is_empty() {
            return Err(Fault::new(
                FaultKind::Unreachable,
                "no other terminal's address is known: enter the ticket that it shows",
            ));
        }
        let (met, mut problems): (Vec<_>, Vec<_>) = self.meet_all(peers).await.into_iter().unzip();
        match problems.iter().all(Option::is_some) {
            true => Err(problems.pop().flatten().unwrap_or_else(uncertified)),
            false => Ok(met),
        }
    }

    pub(super) async fn add_peer(self: &Arc<Self>, ticket: &str) -> Result<DeviceId, Fault> {
        let t: Ticket = ticket.parse()?;
        let to = t.clone();
        let open = self.opened().await?;
        let device = open
            .store
            .call(move |db| {
                let mut p: Peer = db.get(tables::PEERS, &t.endpoint)?.unwrap_or_default();
                p.addresses = t.places();
                db.put(tables::PEERS, &t.endpoint, Some(&p))?;
                let device = db.replica().governance().device_at(&t.endpoint).map(DeviceCert::id);
                Ok(device.unwrap_or_else(|| DeviceId::of_key(&t.endpoint)))
            })
            .await?;
        self.announce(Change::Mesh);
        self.greet_first(&open).await;
        if self.link.lock().await.is_some() {
            let node = Arc::clone(self);
            tokio::spawn(async move { node.dial(&to).await.is_ok() });
        }
        Ok(device)
    }

    pub(super) async fn ticket(&self) -> Option<Ticket> {
        self.link.lock().await.as_ref().map(Link::ticket)
    }

    pub(super) async fn mesh(&self) -> Result<MeshView, Fault> {
        let open = self.opened().await?;
        let ticket = self.ticket().await;
        let (me, rates) = (locked(&open.device).id(), self.rates());
        let rows = move |db: &mut Db| {
            let waiting = db.replica().waiting() as u64;
            Ok((peer_rows(db, me, &rates)?, only_here(db)?.count(), waiting))
        };
        let (peers, here, waiting) = open.store.call(rows).await?;
        let links = locked(&open.links).clone();
        Ok(MeshView {
            addresses: ticket.iter().flat_map(Ticket::places).collect(),
            ticket: ticket.map(|t| t.to_string()).unwrap_or_default(),
            peers,
            only_here: here,
            waiting,
            next_round: links.metered.and_then(|_| self.to_next_round()),
            links,
        })
    }

    pub(super) async fn invite(&self) -> Result<String, Fault> {
        let open = self.opened().await?;
        let ticket = self.ticket().await.map(|t| t.to_string()).unwrap_or_default();
        let device = locked(&open.device).clone();
        Ok(open.store.call(move |db| Ok(setup::invitation(db, &device, ticket))).await?)
    }

    pub(super) async fn admit(&self, admin: &Who, request: &str) -> Result<OrgId, Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let request: text::JoinRequest = text::read(request)?;
        let org = request.org.ok_or_else(|| {
            Fault::new(
                FaultKind::Refused,
                "this is a request for a terminal of your own organisation: certify it instead",
            )
        })?;
        let open = self.opened().await?;
        let root = open.root(admin.staff)?;
        let era = open.store.call(|db| Ok(db.replica().governance().era().id)).await?;
        let id = org.id();
        let proposal = Proposal::Admit { org, witness: request.device.keys.ledger };
        let yes = Approval::new(era, proposal.id(), &root);
        open.append(vec![statements(vec![Statement::Propose(proposal), Statement::Approve(yes)])]).await?;
        self.announce(Change::Ledger);
        Ok(id)
    }

    pub(super) async fn certify(&self, admin: &Who, request: &str) -> Result<String, Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let request: text::JoinRequest = text::read(request)?;
        if request.org.is_some() {
            return Err(Fault::new(
                FaultKind::Refused,
                "this is a new organisation's request: admit it instead",
            ));
        }
        let open = self.opened().await?;
        let root = open.root(admin.staff)?;
        let cert = DeviceCert::new(request.device, 0, &root);
        let staff = StaffCert::new(request.staff, &root);
        let device = locked(&open.device).clone();
        let (to, public) = (cert.id(), cert.request.keys.encryption);
        let keys = open
            .store
            .call(move |db| {
                let consortium = db.replica().governance().consortium();
                device
                    .org_keys(db)?
                    .iter()
                    .map(|k| wrap_org_key(consortium, device.org_id(), k, to, &public, &mut rand::rng()))
                    .collect::<Result<Vec<_>, _>>()
                    .map_err(|e| StoreError::Refused(e.to_string()))
            })
            .await?;
        let line = text::write(&text::Certificate { device: cert.clone() });
        open.append(vec![
            statements(vec![Statement::Device(cert), Statement::Staff(staff)]),
            wrap_block(keys),
        ])
        .await?;
        self.announce(Change::Ledger);
        Ok(line)
    }

    /// Meets the others also when this terminal's organisation isn't admitted yet: a terminal that has just joined gets
    /// its admission, and writes its first blocks. Who signed in, once they are certified.
    ///
    /// # Errors
    /// Wrong passphrase, nobody answers, or the admission isn't there yet.
    pub async fn first_meeting(
        self: &Arc<Self>,
        login: &str,
        passphrase: &Passphrase,
        ticket: Option<&str>,
    ) -> Result<(Who, Vec<Met>), Fault> {
        let (open, staff) = self.unseal(login.into(), passphrase.clone()).await?;
        self.link_up().await?;
        if let Some(t) = ticket {
            self.add_peer(t).await?;
        }
        let met = self.sync().await?;
        let who = self.who(&open, staff).await?;
        // What the first meeting made possible (a new organisation's first blocks) goes out with the second.
        if locked(&open.device).cert.is_some() {
            self.sync().await?;
        }
        Ok((who, met))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::{
            audit::AuditEntry,
            block::Kind,
            codec,
            gaps::Holding,
            governance::{Statement, Suspended, Suspension},
        },
        testing::{consortium, key},
        vault::Secret,
    };

    #[test]
    fn what_only_a_lost_terminal_holds_is_only_here() {
        let dir = tempfile::tempdir().unwrap();
        let [mut a, a2, b] = consortium();
        let genesis = a.replica.governance().genesis().clone();
        let path = dir.path().join("store");
        let mut db = Db::create(&path, Secret::new([1; 32]), [0; 16], &genesis, &[], &[]).unwrap();
        db.accept(&[a.first(), a2.first(), b.first()]).unwrap();
        assert_eq!(only_here(&db).unwrap().count(), 3);
        let all = Holding { heads: db.replica().frontier(), ..Holding::default() };
        let endpoint = |d: &crate::testing::Desk| d.presence().introduction.device.request.keys.endpoint;
        db.peer_says(&endpoint(&a2), &all, 1).unwrap();
        assert_eq!(only_here(&db).unwrap().count(), 0);

        let c = a.replica.governance().consortium();
        let lost = Suspension::new(c, Suspended::Device(a2.log.device), Vec::new(), &key(1));
        let block = a.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(lost)]));
        db.accept(&[block]).unwrap();
        let here = only_here(&db).unwrap();
        assert_eq!(here.count(), 4);
        assert!(here.is_only_here(b.log, 0) && here.holders(b.log, 0).is_empty());

        // Of a log that has split, the branch that nobody else has counts too.
        let all = Holding { heads: db.replica().frontier(), ..Holding::default() };
        db.peer_says(&endpoint(&b), &all, 2).unwrap();
        assert_eq!(only_here(&db).unwrap().count(), 0);
        let mut thief = b.clone();
        let none = codec::encode(&Vec::<AuditEntry>::new());
        let mut other = b.clone();
        other.set_clock(9_000);
        let sides = [thief.write(Kind::Audit, none.clone()), other.write(Kind::Audit, none)];
        db.accept(&sides).unwrap();
        assert_eq!(only_here(&db).unwrap().count(), 2);
    }
}
