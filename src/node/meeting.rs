//! Meetings: with whom, when, and never twice at once with the same terminal.

use std::{
    sync::{Arc, Mutex, atomic::Ordering},
    time::{Duration, Instant},
};

use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    Node, Open,
    api::{Change, Fault, FaultKind, Met},
    clock, locked,
};
use crate::{
    core::{id::DeviceId, sign::PublicKey, sync::Side},
    mesh::{
        endpoint::{Link, Refused},
        limit::Limited,
        pace::paced,
        relay::Relay,
        session::{MeetError, Outcome, meet},
        ticket::Ticket,
    },
    store::{Db, StoreError, tables, tables::Peer},
};

/// Time between two rounds of meetings in the background.
const ROUND: Duration = Duration::from_secs(30);
/// How long the last message may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(5);
/// How often the background looks for what is to be done.
const LOOK: Duration = Duration::from_secs(1);
/// Two who hear of each other at the same moment would both call, and one call would be for nothing: the one whose call
/// wouldn't count waits whether it is called. A handshake over a satellite takes three round trips.
const GRACE: Duration = Duration::from_secs(3);
/// Addresses of one terminal that are remembered.
const MOST_ADDRESSES: usize = 8;
/// How often a terminal that is meeting this one at the moment is asked again.
const PATIENCE: u32 = 10;

/// Somebody who is being called. Two who call each other at the same time would send everything twice: then the call of
/// the one with the lower key counts.
struct Call<'a> {
    calling: &'a Mutex<std::collections::BTreeSet<PublicKey>>,
    peer: PublicKey,
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        locked(self.calling).remove(&self.peer);
    }
}

/// The beginning of a terminal's endpoint key, as its ticket begins.
fn short(peer: &PublicKey) -> String {
    hex::encode(&peer[..4])
}

/// A meeting, for the operator. What a stranger wrote is never repeated.
fn log(peer: &PublicKey, outcome: &Result<Outcome, MeetError>) {
    let peer = short(peer);
    match outcome {
        Ok(o) if o.report.sent + o.report.received > 0 => {
            let (sent, received, bytes) = (o.report.sent, o.report.received, o.bytes);
            tracing::info!(peer, sent, received, bytes, "met a terminal");
        }
        Ok(o) => tracing::debug!(peer, bytes = o.bytes, "met a terminal, nothing new"),
        Err(e) => match (e.refused(), e) {
            (Some(r), _) => tracing::warn!(peer, why = ?r, "refused to meet a terminal"),
            (None, MeetError::Store(_)) => tracing::error!(peer, "a meeting failed in this terminal's store"),
            (None, _) => tracing::info!(peer, "the link to a terminal was lost in a meeting"),
        },
    }
}

/// A terminal to meet: its name, and where it answers.
type Known = (String, Ticket);

impl Node {
    /// None: it is being called already.
    fn call(&self, peer: PublicKey) -> Option<Call<'_>> {
        // A Call takes the mark away again when it goes: it is made only once the mark is ours.
        let first = locked(&self.calling).insert(peer);
        first.then(|| Call { calling: &self.calling, peer })
    }

    /// Answers a call; what comes back is why not.
    pub(super) async fn answer(
        &self,
        peer: PublicKey,
        from: impl AsyncRead + Unpin,
        to: impl AsyncWrite + Unpin,
    ) -> Option<Refused> {
        let open = self.opened().await.ok()?;
        let own = *locked(&open.device).endpoint().verifying_key().as_bytes();
        if own < peer && locked(&self.calling).contains(&peer) {
            return Some(Refused::Busy);
        }
        let name = self.name_of(&open, peer).await.ok()?;
        let Some(_place) = self.places.take(peer, name.is_some()) else { return Some(Refused::Busy) };
        let e = self.meeting((peer, Side::Answers), from, to).await.ok()?.err()?;
        self.refusals.note(peer, name, &e);
        e.refused()
    }

    /// What a certified terminal is called.
    async fn name_of(&self, open: &Open, peer: PublicKey) -> Result<Option<String>, StoreError> {
        let name =
            move |db: &mut Db| Ok(db.replica().governance().device_at(&peer).map(|d| d.request.name.clone()));
        open.store.call(name).await
    }

    async fn meeting(
        &self,
        peer: (PublicKey, Side),
        from: impl AsyncRead + Unpin,
        to: impl AsyncWrite + Unpin,
    ) -> Result<Result<Outcome, MeetError>, Fault> {
        let open = self.opened().await?;
        let presence = open.presence().await?;
        let (meter, _measured) = self.measure(peer.0);
        let from = Limited::new(from, &self.lanes.down, None);
        let to = Limited::new(to, &self.lanes.up, Some(&meter));
        let outcome = meet(&open.store, presence, peer, clock::now, from, to).await;
        log(&peer.0, &outcome);
        // Also a meeting that was cut has left blocks behind.
        open.follow_up().await?;
        self.announce(Change::Mesh);
        self.announce(Change::Ledger);
        Ok(outcome)
    }

    /// Side by side: one that doesn't answer holds up nobody.
    pub(super) async fn meet_all(&self, peers: Vec<Known>) -> Vec<(Met, Option<Fault>)> {
        let meetings = peers.into_iter().map(|(peer, ticket)| async move {
            let start = Instant::now();
            let (o, problem) = match self.meet_patiently(&ticket).await {
                Ok(o) => (o, None),
                Err(f) => (Outcome::default(), Some(f)),
            };
            let met = Met {
                peer,
                sent: o.report.sent,
                received: o.report.received,
                millis: start.elapsed().as_millis() as u64,
                bytes: o.bytes,
                problem: problem.as_ref().map(ToString::to_string),
            };
            (met, problem)
        });
        futures::future::join_all(meetings).await
    }

    /// Waits for a meeting with the same terminal to end before it begins another.
    async fn meet_patiently(&self, ticket: &Ticket) -> Result<Outcome, Fault> {
        let mut tries = 0;
        loop {
            match self.dial(ticket).await? {
                Some(o) => return Ok(o),
                None if tries < PATIENCE => tries += 1,
                None => return Err(Fault::new(FaultKind::Unreachable, Refused::Busy.words())),
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Calls a terminal and holds one meeting. None: they are meeting already.
    pub(super) async fn dial(&self, ticket: &Ticket) -> Result<Option<Outcome>, Fault> {
        let Some(_call) = self.call(ticket.endpoint) else { return Ok(None) };
        let dialler = {
            let link = self.link.lock().await;
            link.as_ref().ok_or_else(|| Fault::new(FaultKind::Unreachable, "the link is off"))?.dialler()
        };
        let dialled = dialler.dial(ticket).await;
        if dialled.is_err() {
            tracing::debug!(peer = short(&ticket.endpoint), "a terminal does not answer");
        }
        let (connection, mut send, recv) = dialled?;
        let meeting = self.meeting((ticket.endpoint, Side::Calls), recv, &mut send);
        let outcome = paced(&connection, &self.lanes.down, meeting).await?;
        dialler.remember(&connection);
        if let Err(e) = &outcome
            && e.is_the_peers_doing()
        {
            let name = self.name_of(&*self.opened().await?, ticket.endpoint).await?;
            self.refusals.note(ticket.endpoint, name, e);
        }
        if outcome.is_err()
            && let Some(r) = Refused::by_peer(&connection).await
        {
            tracing::debug!(peer = short(&ticket.endpoint), why = ?r, "a terminal refused to meet");
            return match r {
                Refused::Busy => Ok(None),
                r => Err(Fault::new(FaultKind::Unreachable, r.words())),
            };
        }
        // Our receipt is the last thing said: closing before it has arrived would leave the other side without it.
        let _ = tokio::time::timeout(ARRIVAL, send.stopped()).await;
        connection.close(0u32.into(), b"done");
        Ok(Some(outcome?))
    }

    /// Certified terminals that said on this switch where they answer, and whom it is worth to meet: they weren't met
    /// lately, or lack something.
    async fn neighbours(&self) -> Result<Vec<Ticket>, Fault> {
        let open = self.opened().await?;
        let heard = self.link.lock().await.as_ref().map(Link::take_heard).unwrap_or_default();
        if heard.is_empty() {
            return Ok(Vec::new());
        }
        let now = clock::now();
        let fresh = move |db: &mut Db| {
            let mut out = Vec::new();
            for (endpoint, at) in heard {
                let g = db.replica().governance();
                if !g.device_at(&endpoint).is_some_and(|d| g.welcomes(d)) {
                    continue;
                }
                let mut p: Peer = db.get(tables::PEERS, &endpoint)?.unwrap_or_default();
                let address = at.to_string();
                if p.addresses.first() != Some(&address) {
                    p.addresses.retain(|a| *a != address);
                    p.addresses.insert(0, address);
                    // A relay stays: it helps where no address does.
                    let mut rest = MOST_ADDRESSES;
                    p.addresses.retain(|a| {
                        rest = rest.saturating_sub(1);
                        rest > 0 || a.parse::<Relay>().is_ok()
                    });
                    db.put(tables::PEERS, &endpoint, Some(&p))?;
                }
                let lately = p.last_met.is_some_and(|met| now.saturating_sub(met) < ROUND.as_millis() as u64);
                if !lately || !db.replica().missing_for(&p.holds).is_empty() {
                    out.push(Ticket { endpoint, addresses: vec![at], relay: None });
                }
            }
            Ok(out)
        };
        Ok(open.store.call(fresh).await?)
    }

    /// Keeps the link up while it is wanted, meets the others every half minute and who is on the same switch as soon as
    /// there is something new, for as long as it is polled.
    pub async fn keep_meeting(self: &Arc<Self>) {
        let (mut last, mut sealed): (Option<Instant>, Option<Instant>) = (None, None);
        let mut told = false;
        loop {
            tokio::time::sleep(LOOK).await;
            let Ok(open) = self.opened().await else { continue };
            // Sealing anew takes long, also when it fails.
            if self.is_quiet() && sealed.is_none_or(|s| s.elapsed() >= ROUND) {
                sealed = Some(Instant::now());
                // What fails is tried again, and stands as owed in the list of erasures.
                if let Err(f) = self.give_receipts().await {
                    tracing::error!(kind = ?f.kind, "the store could not be sealed anew after an erasure");
                }
            }
            let (metered, relay) = {
                let links = locked(&open.links);
                (links.every(), links.relay().is_some())
            };
            if let Some(every) = metered {
                self.metered_round_if_due(every).await;
                continue;
            }
            // A port that is taken shows on the mesh screen, and once in the log.
            let up = match self.wanted.load(Ordering::Relaxed) {
                true => self.link_up().await.is_ok(),
                false => continue,
            };
            if !up {
                if !std::mem::replace(&mut told, true) {
                    tracing::warn!("the link can't come up: 'aidpost doctor' says why");
                }
                continue;
            }
            let own = *locked(&open.device).endpoint().verifying_key().as_bytes();
            told = false;
            let due = last.is_none_or(|l| l.elapsed() >= ROUND);
            let peers = if due {
                last = Some(Instant::now());
                let me = locked(&open.device).id();
                let known = open.store.call(move |db| known_peers(db, me, relay)).await;
                known.map(|all| all.into_iter().map(|(_, ticket)| ticket).collect()).map_err(Fault::from)
            } else {
                self.neighbours().await
            };
            for ticket in peers.unwrap_or_default() {
                let node = Arc::clone(self);
                let last_to_call = own > ticket.endpoint;
                // One who is slow holds up nobody; one who is being met is left alone.
                tokio::spawn(async move {
                    if last_to_call {
                        tokio::time::sleep(GRACE).await;
                    }
                    let met = node.places.is_met(&ticket.endpoint);
                    !met && node.dial(&ticket).await.is_ok()
                });
            }
        }
    }
}

/// Every terminal but this one that can be tried, with its name: those whose address is known, and over a relay all that
/// are certified.
pub(super) fn known_peers(db: &mut Db, me: DeviceId, relay: bool) -> Result<Vec<Known>, StoreError> {
    let g = db.replica().governance();
    let mut out: Vec<Known> = Vec::new();
    for (k, p) in db.scan::<Peer>(tables::PEERS, &[])? {
        let Ok(endpoint) = PublicKey::try_from(k) else { continue };
        let device = g.device_at(&endpoint);
        let ticket = Ticket::of(endpoint, &p.addresses);
        if device.is_none_or(|d| d.id() != me) && ticket.leads_somewhere() {
            let name = device.map_or_else(|| ticket.places().swap_remove(0), |d| d.request.name.clone());
            out.push((name, ticket));
        }
    }
    for d in g.devices().filter(|d| relay && d.id() != me && g.welcomes(d)) {
        let endpoint = d.request.keys.endpoint;
        if out.iter().all(|(_, t)| t.endpoint != endpoint) {
            out.push((d.request.name.clone(), Ticket { endpoint, addresses: Vec::new(), relay: None }));
        }
    }
    Ok(out)
}
