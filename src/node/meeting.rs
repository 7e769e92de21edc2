//! Meetings: with whom, when, and never twice at once with the same terminal.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    Node, Open,
    api::{Change, Fault, FaultKind, Met, Working},
    clock,
    links::wants,
    locked,
};
use crate::{
    core::{id::DeviceId, sign::PublicKey, sync::Side, time::Millis},
    mesh::{
        beacon::hear,
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
/// The same where a link is slow and nothing new is known: a handshake there costs as much as a few visits.
const QUIET: Duration = Duration::from_secs(300);
/// How long whoever was heard on a switch is near: three beacons.
const NEAR: Duration = Duration::from_secs(10);
/// How long the last message may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(5);
/// How often the background looks for what is to be done.
const LOOK: Duration = Duration::from_secs(1);
/// Two who hear of each other at the same moment would both call, and one call would be for nothing: the one whose call
/// wouldn't count waits whether it is called. This long where they met before over a fast link.
const GRACE: Duration = Duration::from_millis(500);
/// The same where nobody knows yet how far away the other is; over a slow link, a handshake and its first message longer.
const LONG_GRACE: Duration = Duration::from_secs(3);
/// Round trips that these take.
const HANDSHAKE: u32 = 4;
/// How often somebody who waits looks whether the other has called meanwhile.
const GLANCE: Duration = Duration::from_millis(100);
/// How often is looked whether an interface has come up.
const INTERFACES: Duration = Duration::from_secs(3);
/// Addresses of one terminal that are remembered.
const MOST_ADDRESSES: usize = 8;
/// How often a terminal that is meeting this one at the moment is asked again.
const PATIENCE: u32 = 10;

/// The beginning of a terminal's endpoint key, as its ticket begins.
fn short(peer: &PublicKey) -> String {
    hex::encode(&peer[..4])
}

/// A clock that was set back since says nothing.
fn met_within(p: &Peer, now: Millis, time: Duration) -> bool {
    let ago = p.last_met.and_then(|met| now.checked_sub(met));
    ago.is_some_and(|ago| ago < time.as_millis() as u64)
}

fn ended_within(at: Option<&Instant>, now: Instant, time: Duration) -> bool {
    at.is_some_and(|at| now.saturating_duration_since(*at) < time)
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

/// What is told of meetings that are waited for, until they have ended or whoever asked has given up.
pub(super) struct Told<'a>(pub(super) &'a Node);

impl Drop for Told<'_> {
    fn drop(&mut self) {
        self.0.work(None);
    }
}

/// What must follow once blocks may have come: beside, where whoever waited for it has given up.
pub(super) struct Owed(Option<Arc<Open>>);

impl Owed {
    pub(super) fn from(open: &Arc<Open>) -> Self {
        Self(Some(Arc::clone(open)))
    }

    pub(super) async fn pay(mut self) -> Result<(), Fault> {
        match self.0.take() {
            Some(open) => open.follow_up().await,
            None => Ok(()),
        }
    }
}

impl Drop for Owed {
    fn drop(&mut self) {
        // A program that ends pays when it is started again and has met somebody.
        if let (Some(open), Ok(here)) = (self.0.take(), tokio::runtime::Handle::try_current()) {
            here.spawn(async move {
                if let Err(f) = open.follow_up().await {
                    tracing::error!(kind = ?f.kind, "what follows a meeting that was given up failed");
                }
            });
        }
    }
}

/// A terminal to meet: its name, and where it answers.
type Known = (String, Ticket);

/// A terminal that was heard on a switch, where, and whether just now.
pub(super) type Heard = (PublicKey, Vec<SocketAddr>, bool);

impl Node {
    /// Answers a call; what comes back is why not.
    pub(super) async fn answer(
        &self,
        peer: PublicKey,
        from: impl AsyncRead + Unpin,
        to: impl AsyncWrite + Unpin,
    ) -> Option<Refused> {
        let open = self.opened().await.ok()?;
        let own = *locked(&open.device).endpoint().verifying_key().as_bytes();
        let name = self.name_of(&open, peer).await.ok()?;
        let Some(_place) = self.places.take(peer, name.is_some()) else { return Some(Refused::Busy) };
        if !self.calls.answers(&peer, own < peer) {
            return Some(Refused::Busy);
        }
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
        // Also a meeting that was cut, or given up, has left blocks behind.
        let owed = Owed::from(&open);
        let (meter, _measured) = self.measure(peer.0);
        let from = Limited::new(from, &self.lanes.down, None);
        let to = Limited::new(to, &self.lanes.up, Some(&meter));
        let outcome = meet(&open.store, presence, peer, clock::now, from, to).await;
        log(&peer.0, &outcome);
        if outcome.is_ok() {
            locked(&self.whole).insert(peer.0, Instant::now());
        }
        owed.pay().await?;
        self.announce(Change::Mesh);
        self.announce(Change::Ledger);
        Ok(outcome)
    }

    /// Side by side: one that doesn't answer holds up nobody.
    pub(super) async fn meet_all(&self, peers: Vec<Known>) -> Vec<(Met, Option<Fault>)> {
        let (total, ended) = (peers.len() as u64, AtomicU64::new(0));
        let tell = |done| self.work(Some(Working { what: "meeting".into(), done, total }));
        let (tell, ended) = (&tell, &ended);
        let _told = Told(self);
        tell(0);
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
            tell(ended.fetch_add(1, Ordering::Relaxed) + 1);
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
        let Some(call) = self.calls.begin(ticket.endpoint, &ticket.addresses) else { return Ok(None) };
        let dialler = {
            let link = self.link.lock().await;
            link.as_ref().ok_or_else(|| Fault::new(FaultKind::Unreachable, "the link is off"))?.dialler()
        };
        let dialled = tokio::select! {
            dialled = dialler.dial(ticket) => dialled,
            () = call.ended() => return Ok(None),
        };
        if dialled.is_err() {
            tracing::debug!(peer = short(&ticket.endpoint), "a terminal does not answer");
        }
        let (connection, mut send, recv) = dialled?;
        if !call.is_through() {
            connection.close(0u32.into(), b"met otherwise");
            return Ok(None);
        }
        let meeting = self.meeting((ticket.endpoint, Side::Calls), recv, &mut send);
        let outcome = paced(&connection, &self.lanes, meeting).await?;
        if let Some(r) = outcome.as_ref().err().and_then(MeetError::refused) {
            // What lies in the stream's own buffer goes no further.
            connection.close((r as u32).into(), b"");
        }
        if let Some(at) = dialler.remember(&connection) {
            self.reached(ticket.endpoint, at).await?;
        }
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

    /// A terminal has proved at an address that it is there: it is the first to be tried from now on.
    async fn reached(&self, peer: PublicKey, at: SocketAddr) -> Result<(), StoreError> {
        let Ok(open) = self.opened().await else { return Ok(()) };
        let first = move |db: &mut Db| {
            let mut p: Peer = db.get(tables::PEERS, &peer)?.unwrap_or_default();
            match put_first(&mut p.addresses, at.to_string()) {
                true => db.put(tables::PEERS, &peer, Some(&p)),
                false => Ok(()),
            }
        };
        open.store.call(first).await
    }

    /// Who was heard on a switch lately, and where. Those who have called from where they say that they answer, and were
    /// met, have proved it.
    pub(super) async fn heard(&self) -> Result<Vec<Heard>, Fault> {
        let (all, proved) = {
            let link = self.link.lock().await;
            let fresh = link.as_ref().map(Link::take_heard).unwrap_or_default();
            let now = Instant::now();
            let mut all = locked(&self.heard);
            all.retain(|_, (_, when)| now.saturating_duration_since(*when) < NEAR);
            for (peer, at) in fresh {
                // One who forges beacons says them more often.
                let (said, when) = all.entry(peer).or_insert((Vec::new(), now));
                at.into_iter().for_each(|at| hear(said, at));
                *when = now;
            }
            let says = |p: &PublicKey, at: &SocketAddr| all.get(p).is_some_and(|(said, _)| said.contains(at));
            let proved = link.as_ref().map(|l| l.take_callers(says)).unwrap_or_default();
            let all: Vec<Heard> =
                all.iter().map(|(peer, (at, when))| (*peer, at.clone(), *when == now)).collect();
            (all, proved)
        };
        for (peer, at) in proved {
            self.reached(peer, at).await?;
        }
        Ok(all)
    }

    /// Calls a terminal in the background, unless the two meet already. Whose call wouldn't count waits whether it is called,
    /// longer over a slow link, where a second handshake is dear.
    async fn call_in_turn(&self, ticket: &Ticket) -> Result<(), Fault> {
        let Some(dialler) = self.link.lock().await.as_ref().map(Link::dialler) else { return Ok(()) };
        let slow = dialler.is_slow(ticket);
        if slow && self.can_wait(ticket.endpoint).await? {
            return Ok(());
        }
        if self.is_after(ticket).await? {
            let grace = match dialler.round_trip(ticket) {
                Some(rtt) if slow => LONG_GRACE + rtt.min(LONG_GRACE) * HANDSHAKE,
                Some(_) => GRACE,
                None => LONG_GRACE,
            };
            let called = tokio::time::timeout(grace, self.is_called(&ticket.endpoint)).await;
            if called.is_ok() {
                return Ok(());
            }
            if slow {
                dialler.courtesy(ticket).await;
            }
        }
        if !self.places.is_met(&ticket.endpoint) {
            self.dial(ticket).await?;
        }
        Ok(())
    }

    /// Was met to the end a short while ago, lacks nothing that is here, and isn't asked for anything. What it wrote since
    /// comes when it calls, or where it can't call, with the next meeting.
    async fn can_wait(&self, peer: PublicKey) -> Result<bool, Fault> {
        if !ended_within(locked(&self.whole).get(&peer), Instant::now(), QUIET) {
            return Ok(false);
        }
        let waits = move |db: &mut Db| {
            let Some(p) = db.get::<Peer>(tables::PEERS, &peer)? else { return Ok(false) };
            let replica = db.replica();
            let lacks = !replica.missing_for(&p.holds).is_empty()
                || (p.wants.everything() && !replica.offers(&p.waits).is_empty());
            Ok(!lacks && wants(db)?.asked.is_empty())
        };
        Ok(self.opened().await?.store.call(waits).await?)
    }

    /// Of two calls that cross, that of the other counts.
    async fn is_after(&self, ticket: &Ticket) -> Result<bool, Fault> {
        Ok(*locked(&self.opened().await?.device).endpoint().verifying_key().as_bytes() > ticket.endpoint)
    }

    /// Until a terminal has called and is being met.
    async fn is_called(&self, peer: &PublicKey) {
        while !self.places.is_met(peer) {
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Certified terminals that said on this switch where they answer, and whom it is worth to meet: they weren't met
    /// lately, or lack something that was written since.
    async fn neighbours(&self) -> Result<Vec<Ticket>, Fault> {
        let open = self.opened().await?;
        let heard = self.heard().await?;
        if heard.is_empty() {
            return Ok(Vec::new());
        }
        let now = clock::now();
        let fresh = move |db: &mut Db| {
            let mut out = Vec::new();
            for (endpoint, at, fresh) in heard {
                let g = db.replica().governance();
                if !g.device_at(&endpoint).is_some_and(|d| g.welcomes(d)) {
                    continue;
                }
                let p: Peer = db.get(tables::PEERS, &endpoint)?.unwrap_or_default();
                let lacks = !db.replica().missing_for(&p.holds).is_empty();
                // Until it says again that it is here, only who took something a moment ago is called about more.
                if (fresh && !met_within(&p, now, ROUND)) || (lacks && (fresh || met_within(&p, now, ROUND)))
                {
                    out.push(ticket(endpoint, &p, &at));
                }
            }
            Ok(out)
        };
        Ok(open.store.call(fresh).await?)
    }

    /// Whoever calls from where a certified terminal answers is let in first.
    pub(super) async fn greet_first(&self, open: &Open) {
        let at = |db: &mut Db| {
            let g = db.replica().governance();
            let certified = |k: &[u8]| {
                let peer = PublicKey::try_from(k).ok().and_then(|e| g.device_at(&e));
                peer.is_some_and(|d| g.welcomes(d))
            };
            let mut out: Vec<IpAddr> = Vec::new();
            for (k, p) in db.scan::<Peer>(tables::PEERS, &[])? {
                let places = p.addresses.iter().filter_map(|a| a.parse::<SocketAddr>().ok());
                out.extend(places.map(|a| a.ip()).filter(|_| certified(&k)));
            }
            Ok(out)
        };
        // A store that failed says so elsewhere.
        let Ok(at) = open.store.call(at).await else { return };
        if let Some(link) = self.link.lock().await.as_ref() {
            link.know(at.into_iter());
        }
    }

    /// Answers on an interface that has come up since too, once nobody is being met.
    async fn follow_interfaces(self: &Arc<Self>, looked: &mut Instant) {
        if looked.elapsed() < INTERFACES || self.places.is_any_met() || self.calls.is_any_through() {
            return;
        }
        *looked = Instant::now();
        let misses = self.link.lock().await.as_ref().is_some_and(Link::misses_an_interface);
        if misses && self.lower().await {
            // Comes up again as it did before; why not shows where the link is shown.
            let _ = self.raise().await;
        }
    }

    /// Keeps the link up while it is wanted, meets the others every half minute (over a slow link when there is something new,
    /// and every five minutes), and who is on the same switch as soon as there is something new, for as long as it is polled.
    pub async fn keep_meeting(self: &Arc<Self>) {
        let (mut last, mut sealed): (Option<Instant>, Option<Instant>) = (None, None);
        let (mut told, mut looked) = (false, Instant::now());
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
                self.lower_between_rounds().await;
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
            told = false;
            self.follow_interfaces(&mut looked).await;
            let due = last.is_none_or(|l| l.elapsed() >= ROUND);
            let peers = if due {
                last = Some(Instant::now());
                self.greet_first(&open).await;
                let me = locked(&open.device).id();
                let heard = self.heard().await.unwrap_or_default();
                let known = open.store.call(move |db| known_peers(db, me, relay, &heard)).await;
                known.map(|all| all.into_iter().map(|(_, ticket)| ticket).collect()).map_err(Fault::from)
            } else {
                self.neighbours().await
            };
            for ticket in peers.unwrap_or_default() {
                let node = Arc::clone(self);
                // One who is slow holds up nobody; one who is being met is left alone.
                tokio::spawn(async move { node.call_in_turn(&ticket).await });
            }
        }
    }
}

/// The address at which a terminal was met last comes first; the oldest of too many go. False: nothing changed.
fn put_first(all: &mut Vec<String>, address: String) -> bool {
    if all.first() == Some(&address) {
        return false;
    }
    all.retain(|a| *a != address);
    all.insert(0, address);
    // A relay stays: it helps where no address does.
    let mut rest = MOST_ADDRESSES;
    all.retain(|a| {
        rest = rest.saturating_sub(1);
        rest > 0 || a.parse::<Relay>().is_ok()
    });
    true
}

/// Where a terminal is tried: at all of these at once. A beacon proves nothing, so what was only heard is named last, and kept
/// nowhere.
fn ticket(endpoint: PublicKey, p: &Peer, heard: &[SocketAddr]) -> Ticket {
    let mut t = Ticket::of(endpoint, &p.addresses);
    for at in heard.iter().rev() {
        if !t.addresses.contains(at) {
            t.addresses.push(*at);
        }
    }
    t
}

/// Every terminal but this one that can be tried, with its name: those whose address is known, those that were heard, and
/// over a relay all that are certified.
pub(super) fn known_peers(
    db: &mut Db,
    me: DeviceId,
    relay: bool,
    heard: &[Heard],
) -> Result<Vec<Known>, StoreError> {
    let g = db.replica().governance();
    let mut out: Vec<Known> = Vec::new();
    let near = |peer: &PublicKey| heard.iter().find(|h| h.0 == *peer).map_or(&[][..], |h| &h.1);
    for (k, p) in db.scan::<Peer>(tables::PEERS, &[])? {
        let Ok(endpoint) = PublicKey::try_from(k) else { continue };
        let device = g.device_at(&endpoint);
        let ticket = ticket(endpoint, &p, near(&endpoint));
        // Whoever was suspended or expelled is given nothing, and calls if it has something to leave.
        if device.is_none_or(|d| d.id() != me && g.welcomes(d)) && ticket.leads_somewhere() {
            let name = device.map_or_else(|| ticket.places().swap_remove(0), |d| d.request.name.clone());
            out.push((name, ticket));
        }
    }
    for d in g.devices().filter(|d| d.id() != me && g.welcomes(d)) {
        let endpoint = d.request.keys.endpoint;
        let ticket = ticket(endpoint, &Peer::default(), near(&endpoint));
        if (relay || ticket.leads_somewhere()) && out.iter().all(|(_, t)| t.endpoint != endpoint) {
            out.push((d.request.name.clone(), ticket));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_terminal_was_met_last_comes_first() {
        let mut all: Vec<String> = ["10.0.0.1:47500", "10.0.0.2:47500"].map(String::from).to_vec();
        assert!(!put_first(&mut all, "10.0.0.1:47500".into()));
        assert!(put_first(&mut all, "10.0.0.2:47500".into()));
        assert_eq!(all, ["10.0.0.2:47500", "10.0.0.1:47500"]);
        (3..40).for_each(|n| assert!(put_first(&mut all, format!("10.0.0.{n}:47500"))));
        assert!(all.len() < MOST_ADDRESSES && all[0] == "10.0.0.39:47500");
    }

    #[test]
    fn what_was_only_heard_is_tried_after_what_is_known_and_kept_nowhere() {
        let at = |n: u16| SocketAddr::from(([10, 0, 0, 1], n));
        let known = Peer { addresses: vec![at(1).to_string(), at(2).to_string()], ..Peer::default() };
        assert_eq!(ticket([7; 32], &known, &[at(8), at(2), at(9)]).addresses, [1, 2, 9, 8].map(at));
        assert_eq!(ticket([7; 32], &Peer::default(), &[at(8)]).addresses, [at(8)]);
        assert!(!ticket([7; 32], &Peer::default(), &[]).leads_somewhere());
    }

    #[test]
    fn what_lies_in_the_future_or_long_ago_is_not_lately() {
        let peer = |last_met| Peer { last_met, ..Peer::default() };
        let minute = Duration::from_secs(60);
        assert!(met_within(&peer(Some(100_000)), 159_999, minute));
        assert!(!met_within(&peer(Some(100_000)), 160_000, minute));
        assert!(!met_within(&peer(Some(100_001)), 100_000, minute), "the clock was ahead then");
        assert!(!met_within(&peer(None), 100_000, minute));
        let then = Instant::now();
        assert!(ended_within(Some(&then), then + minute / 2, minute));
        assert!(!ended_within(Some(&then), then + minute, minute));
        assert!(!ended_within(None, then, minute));
    }
}
