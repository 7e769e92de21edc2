//! What must hold after every quiet period, computed anew from the blocks themselves wherever that is possible.

use std::collections::{BTreeMap, BTreeSet};

use aidpost::core::{
    audit::{Access, AuditEntry},
    block::{Block, Kind},
    codec,
    consent::{self, Act, Grant, Recorded, Scope},
    governance::{Era, Suspended},
    id::{BlockId, DeviceId, LogId},
    ledger::Replica,
    time::DAY,
    trust::Moment,
};

use aidpost::store::tables::{self, Peer};

use super::{
    network::claims,
    peer::{Node, Peer as _, bytes_of},
    rights::{cards_open_their_own, lost_cards, reviewed_by_others},
    world::World,
};

impl World {
    /// Nodes that can be expected to know everything: certified, not suspended, their organisation a member.
    fn in_touch(&self) -> Vec<usize> {
        let everywhere = |d: DeviceId| {
            self.nodes.iter().all(|n| {
                n.replica().governance().in_good_standing(d) || n.replica().governance().device(d).is_none()
            })
        };
        (0..self.nodes.len()).filter(|i| everywhere(self.nodes[*i].id.cert.id())).collect()
    }

    /// Nothing is in the way for a while: everyone meets everyone until there is nothing new, and all must hold.
    pub(crate) fn quiet(&mut self) -> Result<(), String> {
        self.side.clear();
        for n in &self.nodes {
            n.disk.set_room(None);
        }
        let mut rounds = 0;
        loop {
            let touch = self.in_touch();
            let mut new = false;
            for (i, a) in touch.iter().enumerate() {
                for b in &touch[i + 1..] {
                    new |= self.meets(*a, *b, true);
                }
            }
            rounds += 1;
            if !new {
                break;
            }
            if rounds > 60 {
                return Err("the nodes go on finding something new after 60 rounds".into());
            }
        }
        self.check()
    }

    fn check(&mut self) -> Result<(), String> {
        for i in 0..self.nodes.len() {
            self.kept(i)?;
        }
        let touch = self.in_touch();
        self.converged(&touch)?;
        self.saved_everywhere(&touch)?;
        self.reads_recorded()?;
        self.synced_is_true(&touch)?;
        let parents = self.ancestors();
        for i in &touch {
            let n = &self.nodes[*i];
            let name = n.id.cert.id().short();
            let all = held(n);
            revoked_stays_revoked(n.replica(), &all, &parents).map_err(|e| format!("{name}: {e}"))?;
            self.cut_off(n.replica(), &all).map_err(|e| format!("{name}: {e}"))?;
            self.dismissed(n.replica(), &all).map_err(|e| format!("{name}: {e}"))?;
            lost_cards(n.replica(), &all).map_err(|e| format!("{name}: {e}"))?;
            cards_open_their_own(n.replica(), &all).map_err(|e| format!("{name}: {e}"))?;
            reviewed_by_others(n.replica(), &all).map_err(|e| format!("{name}: {e}"))?;
            forks_proven(n.replica(), &all).map_err(|e| format!("{name}: {e}"))?;
        }
        self.destroyed_and_nothing_else(&touch)?;
        self.one_final_prefix(&touch)?;
        self.stays_concluded(&touch)?;
        self.honest_never_fork(&touch)?;
        self.clocks()
    }

    /// All hold the same bytes and conclude the same.
    fn converged(&self, touch: &[usize]) -> Result<(), String> {
        let Some(first) = touch.first() else { return Ok(()) };
        let a = digest(&self.nodes[*first], self);
        for i in &touch[1..] {
            let b = digest(&self.nodes[*i], self);
            for (x, y) in a.iter().zip(&b) {
                if x != y {
                    let name = |n: &Node| n.id.cert.id().short();
                    let (m, n) = (&self.nodes[*first], &self.nodes[*i]);
                    return Err(format!("{} and {} differ in {}", name(m), name(n), x.0));
                }
            }
        }
        Ok(())
    }

    /// What an honest terminal acknowledged is with everyone.
    fn saved_everywhere(&self, touch: &[usize]) -> Result<(), String> {
        for i in touch {
            for j in touch {
                for id in &self.nodes[*i].acked {
                    if self.nodes[*j].replica().place(*id).is_none() {
                        let (a, b) = (self.nodes[*i].id.cert.id(), self.nodes[*j].id.cert.id());
                        return Err(format!(
                            "block {} of {} is not with {}",
                            id.short(),
                            a.short(),
                            b.short()
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// What a terminal takes another one to hold, that one holds, payloads too.
    fn synced_is_true(&self, touch: &[usize]) -> Result<(), String> {
        for (i, j) in touch.iter().flat_map(|i| touch.iter().map(move |j| (*i, *j))).filter(|(i, j)| i != j) {
            let (n, other) = (&self.nodes[i], &self.nodes[j]);
            let (name, device) = (n.id.cert.id().short(), other.id.cert.id());
            // A liar may have kept a payload to itself: then nobody has it.
            for (id, _) in n.replica().tree().ids().filter(|(_, p)| n.replica().waits(*p)) {
                if other.replica().place(id).is_some_and(|p| !other.replica().waits(p)) {
                    return Err(format!("{name} waits for a payload that {} has", device.short()));
                }
            }
            if self.truth.rolled.contains(&device) || !self.truth.honest.contains(&device) {
                continue;
            }
            let row: Option<Peer> =
                n.db.get(tables::PEERS, &other.id.endpoint()).map_err(|e| e.to_string())?;
            let said = row.unwrap_or_default().holding();
            for (id, _) in n.replica().tree().ids().filter(|(_, p)| claims(&said, n.replica(), *p)) {
                let whole = other.replica().place(id).is_some_and(|p| !other.replica().waits(p));
                if !whole {
                    let (id, other) = (id.short(), device.short());
                    return Err(format!("{name} takes {other} to hold all of block {id}, and it doesn't"));
                }
            }
        }
        Ok(())
    }

    fn reads_recorded(&self) -> Result<(), String> {
        for r in &self.truth.reads {
            let Some(n) = self.nodes.iter().find(|n| n.id.cert.id() == r.device) else { continue };
            if self.truth.gone.contains(&r.audit) {
                continue;
            }
            let block = n.replica().place(r.audit).and_then(|p| n.db.block_at(p).ok().flatten());
            let entries: Vec<AuditEntry> = block
                .and_then(|b| codec::decode(b.content(), 1 << 16).ok())
                .ok_or_else(|| format!("a read of {} left no audit entry", r.patient.short()))?;
            let found = entries.iter().any(|e| match e {
                AuditEntry::Access(a) => {
                    a.read::<Access>(1 << 16).is_ok_and(|a| a.patient == r.patient && a.allowed)
                }
                _ => false,
            });
            if !found {
                return Err(format!("a read of {} has another audit entry", r.patient.short()));
            }
        }
        Ok(())
    }

    /// Every block with what it refers to.
    fn ancestors(&self) -> BTreeMap<BlockId, Vec<BlockId>> {
        let mut all: BTreeMap<BlockId, Vec<BlockId>> = BTreeMap::new();
        let held = self.nodes.iter().flat_map(held).map(|(_, b)| b);
        for b in held.chain(self.truth.blocks.values().cloned()) {
            let h = &b.signed.header;
            all.insert(h.id(), h.deps.iter().map(|d| d.hash).chain(h.prev).collect());
        }
        all
    }

    /// What a suspended terminal wrote past its cutoff gives no permission, unless it was final or is adopted.
    fn cut_off(&self, r: &Replica, all: &BTreeMap<BlockId, Block>) -> Result<(), String> {
        for s in &self.truth.suspensions {
            let Suspended::Device(device) = s.who else { continue };
            if r.governance().suspensions(device).all(|x| x != s) {
                continue;
            }
            for (id, b) in all.iter().filter(|(_, b)| b.signed.header.log.device == device) {
                let h = &b.signed.header;
                let before = s.upto.iter().filter(|d| d.log == h.log).any(|d| below(all, d.hash, *id));
                let place = r.place(*id).ok_or("a held block has no place")?;
                if before || r.is_final(place) || self.truth.adopted.contains(id) {
                    continue;
                }
                if h.kind == Kind::Consent && in_force(r, *id) {
                    return Err(format!(
                        "block {} past the cutoff of {} is honoured",
                        id.short(),
                        device.short()
                    ));
                }
            }
        }
        Ok(())
    }

    /// Nowhere are two prefixes final that contradict each other.
    fn one_final_prefix(&self, touch: &[usize]) -> Result<(), String> {
        let mut all: BTreeMap<BlockId, Block> = BTreeMap::new();
        let mut finals: BTreeMap<LogId, BTreeSet<BlockId>> = BTreeMap::new();
        for i in touch {
            let r = self.nodes[*i].replica();
            for log in r.tree().logs() {
                let ids = r.votes().finals(log).filter_map(|p| r.tree().id(p));
                finals.entry(log).or_default().extend(ids);
            }
            all.extend(held(&self.nodes[*i]));
        }
        for (log, ids) in &finals {
            for a in ids {
                for b in ids {
                    if !below(&all, *a, *b) && !below(&all, *b, *a) {
                        return Err(format!(
                            "two branches of log {log} are final: {} and {}",
                            a.short(),
                            b.short()
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// What was final, and what was decided, in an earlier quiet period still is, with everyone who holds what it followed
    /// from; and nothing contradicts it, whoever holds what.
    fn stays_concluded(&mut self, touch: &[usize]) -> Result<(), String> {
        let was = &self.truth.concluded;
        let Some(first) = touch.first() else { return Ok(()) };
        for i in touch {
            let n = &self.nodes[*i];
            let (r, name) = (n.replica(), n.id.cert.id().short());
            let whole = |id: &BlockId| r.place(*id).is_some_and(|p| !r.waits(p));
            let knows = was.from.iter().all(whole);
            for (log, id) in was.finals.iter().flat_map(|(log, ids)| ids.iter().map(move |id| (log, id))) {
                let Some(place) = r.place(*id) else { continue };
                if knows && !r.is_final(place) {
                    return Err(format!("block {} was final, and is not any more with {name}", id.short()));
                }
                let one = |p| r.tree().continues(p, place) || r.tree().continues(place, p);
                if let Some(p) = r.votes().finals(*log).find(|p| !one(*p)) {
                    let other = r.tree().id(p).map_or_else(String::new, |id| id.short());
                    return Err(format!("block {} was final, and {name} holds {other} to be", id.short()));
                }
            }
            let eras = decided(r);
            if knows && eras.len() < was.eras.len() {
                return Err(format!(
                    "{name} takes back a decision: {} epochs of {}",
                    eras.len(),
                    was.eras.len()
                ));
            }
            for (n, (is, (id, members))) in eras.iter().zip(&was.eras).enumerate() {
                if is.id != *id || is.members != *members {
                    return Err(format!("epoch {n} was decided, and is another one with {name}"));
                }
            }
        }
        let r = self.nodes[*first].replica();
        let kept = &mut self.truth.concluded;
        for log in r.tree().logs() {
            let ends = r.votes().finals(log).filter_map(|p| r.tree().id(p));
            kept.finals.entry(log).or_default().extend(ends);
        }
        let eras = decided(r);
        if eras.len() > kept.eras.len() {
            kept.eras = eras.iter().map(|e| (e.id, e.members.clone())).collect();
        }
        let counts = |b: &Block| matches!(b.signed.header.kind, Kind::Governance | Kind::Cosignature);
        kept.from.extend(held(&self.nodes[*first]).iter().filter(|(_, b)| counts(b)).map(|(id, _)| *id));
        Ok(())
    }

    /// All that was said, made and concluded, in one value: the same for one seed, whenever it runs.
    pub(crate) fn trace(&self) -> [u8; 32] {
        let mut all = blake3::Hasher::new();
        all.update(self.schedule.join("\n").as_bytes());
        for (what, n) in &self.stats.counts {
            all.update(format!("{what} {n}\n").as_bytes());
        }
        for b in self.truth.blocks.values() {
            all.update(&bytes_of(b));
        }
        for n in &self.nodes {
            n.acked.iter().for_each(|id| {
                all.update(&id.0);
            });
            for (what, bytes) in digest(n, self) {
                all.update(what.as_bytes()).update(&bytes);
            }
        }
        *all.finalize().as_bytes()
    }

    /// A terminal that was never stolen and whose disk nobody rolled back has one branch; a restored one too.
    fn honest_never_fork(&self, touch: &[usize]) -> Result<(), String> {
        for i in touch {
            for f in self.nodes[*i].replica().forks() {
                let rolled = self.truth.rolled.contains(&f.log.device);
                if self.truth.honest.contains(&f.log.device) && !rolled {
                    return Err(format!("the log {} of an honest terminal has forked", f.log));
                }
            }
        }
        Ok(())
    }

    /// No honest terminal followed another's clock by more than a day.
    fn clocks(&self) -> Result<(), String> {
        for (log, pace) in &self.truth.pace {
            for (time, allowed) in pace {
                if time > allowed {
                    return Err(format!(
                        "log {log} is dated {} days ahead of its own clock",
                        (time - allowed) / DAY + 1
                    ));
                }
            }
        }
        Ok(())
    }
}

/// Every block that a node holds.
fn held(n: &Node) -> BTreeMap<BlockId, Block> {
    let places: Vec<_> = n.replica().tree().ids().collect();
    places.into_iter().filter_map(|(id, p)| Some((id, n.db.block_at(p).ok()??))).collect()
}

/// True when `b` is `a` or lies before it in its log.
pub(crate) fn below(all: &BTreeMap<BlockId, Block>, a: BlockId, b: BlockId) -> bool {
    let mut at = Some(a);
    while let Some(id) = at {
        if id == b {
            return true;
        }
        at = all.get(&id).and_then(|x| x.signed.header.prev);
    }
    false
}

/// True when `a` was written by one who could know of `b`: there is a way of references.
fn knew(parents: &BTreeMap<BlockId, Vec<BlockId>>, a: BlockId, b: BlockId) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![a]);
    while let Some(id) = open.pop() {
        for p in parents.get(&id).into_iter().flatten() {
            if *p == b {
                return true;
            }
            if seen.insert(*p) {
                open.push(*p);
            }
        }
    }
    false
}

/// A time at which every grant that has begun and not been ended is in force.
fn standing(r: &Replica, e: &[Recorded]) -> Vec<consent::Standing> {
    consent::standing(e, r, Moment { earliest: u64::MAX / 4, latest: 0 })
}

/// True when the grant of this block is in force.
pub(crate) fn in_force(r: &Replica, block: BlockId) -> bool {
    r.consenting().any(|p| {
        let entries = r.consents(p);
        entries.iter().filter(|e| e.block == block).any(|e| match &e.act {
            Act::Grant(g) => standing(r, entries).iter().any(|s| s.ended.is_none() && s.grant == *g),
            _ => false,
        })
    })
}

/// A grant that somebody revoked, by name or by a sweep that its maker didn't know of, is not honoured by who holds both.
fn revoked_stays_revoked(
    r: &Replica,
    all: &BTreeMap<BlockId, Block>,
    parents: &BTreeMap<BlockId, Vec<BlockId>>,
) -> Result<(), String> {
    // From the payloads, not from what the ledger made of them.
    let mut grants: Vec<(BlockId, aidpost::core::id::PatientId, Grant)> = Vec::new();
    let mut ends: Vec<(BlockId, aidpost::core::id::PatientId, Act)> = Vec::new();
    for (id, b) in all.iter().filter(|(_, b)| b.signed.header.kind == Kind::Consent) {
        let h = &b.signed.header;
        let e = consent::parse(b.content(), h.log, h.seq).map_err(|e| e.to_string())?;
        let wish: consent::Wish = e.act.read(1 << 14).map_err(|e| e.to_string())?;
        match wish.act {
            Act::Grant(g) => grants.push((*id, e.patient, g)),
            other => ends.push((*id, e.patient, other)),
        }
    }
    for (id, patient, g) in &grants {
        let ended = ends.iter().filter(|(_, p, _)| p == patient).any(|(at, _, act)| match act {
            Act::Revoke(x) => *x == g.id,
            Act::RevokeAll(Scope::Everyone) => !knew(parents, *id, *at),
            Act::RevokeAll(Scope::Grantee(o)) => g.to.org() == *o && !knew(parents, *id, *at),
            _ => false,
        });
        if ended && in_force(r, *id) {
            return Err(format!("the revoked grant of block {} is honoured", id.short()));
        }
    }
    Ok(())
}

/// Two blocks with one log and number are held: the fork is known, and what it taints gives no permission unless it is
/// final or adopted.
fn forks_proven(r: &Replica, all: &BTreeMap<BlockId, Block>) -> Result<(), String> {
    let mut at: BTreeMap<(LogId, u64), Vec<BlockId>> = BTreeMap::new();
    for (id, b) in all {
        at.entry((b.signed.header.log, b.signed.header.seq)).or_default().push(*id);
    }
    let mut first: BTreeMap<LogId, u64> = BTreeMap::new();
    for ((log, seq), ids) in &at {
        if ids.len() > 1 {
            let f = first.entry(*log).or_insert(*seq);
            *f = (*f).min(*seq);
        }
    }
    let known: BTreeMap<LogId, u64> = r.forks().map(|f| (f.log, f.seq)).collect();
    if known != first {
        return Err(format!("forks known: {known:?}, forks there are: {first:?}"));
    }
    for (id, b) in all.iter().filter(|(_, b)| b.signed.header.kind == Kind::Consent) {
        let h = &b.signed.header;
        let tainted = first.get(&h.log).is_some_and(|f| h.seq >= *f);
        let place = r.place(*id).ok_or("a held block has no place")?;
        if tainted && in_force(r, *id) && !r.is_final(place) && r.doubt(place).is_some() {
            return Err(format!("block {} past a fork is honoured", id.short()));
        }
    }
    Ok(())
}

/// Everything that two nodes must agree on, by name.
fn digest(n: &Node, w: &World) -> Vec<(&'static str, Vec<u8>)> {
    let r = n.replica();
    let mut blocks = Vec::new();
    for b in held(n).values() {
        // Who knew of an order before it lost its force destroyed what the others keep: the blocks are the same.
        let erasable = b.signed.header.kind.may_be_erased() && !w.truth.erasures.is_empty();
        let whole = if erasable { None } else { b.payload.clone() };
        blocks.extend(bytes_of(&Block { payload: whole, ..b.clone() }));
    }
    let mut frontier = r.frontier();
    frontier.sort();
    let g = r.governance();
    let eras: Vec<_> = g.decisions().eras().iter().map(|e| (e.id, e.members.clone())).collect();
    let mut finals: Vec<(LogId, Option<BlockId>)> = Vec::new();
    for log in r.tree().logs() {
        finals.extend(r.votes().finals(log).map(|p| (log, r.tree().id(p))));
    }
    finals.sort();
    let quarantine: Vec<_> = r.quarantine().map(|(id, _, why)| (id, why)).collect();
    let mut standings = Vec::new();
    for p in &w.patients {
        standings.push(codec::encode(&standing(r, r.consents(*p))));
        let mut doc =
            consent::merge(*p, r.consents(*p).iter().map(|c| c.change.as_slice())).expect("it merges");
        standings.push(consent::heads(&mut doc).iter().flat_map(|h| h.0).collect());
    }
    let emergencies: Vec<_> = r
        .emergencies()
        .iter()
        .map(|e| (e.noted.block, e.reviews.iter().map(|(n, _)| n.block).collect::<Vec<_>>()))
        .collect();
    let staff: Vec<_> = g.all_staff().cloned().collect();
    let devices: Vec<_> = g.devices().cloned().collect();
    vec![
        ("which logs they hold", codec::encode(&frontier)),
        ("the bytes of their blocks", blocks),
        ("the members", codec::encode(&eras)),
        ("the terminals", codec::encode(&devices)),
        ("the people", codec::encode(&staff)),
        ("what is final", codec::encode(&finals)),
        ("what is in quarantine", codec::encode(&quarantine)),
        ("what is allowed", standings.concat()),
        ("what was opened in emergencies", codec::encode(&emergencies)),
    ]
}

/// The epochs that decisions led to. One that only follows a void goes when a vote turns up by which the one before was decided.
fn decided(r: &Replica) -> Vec<&Era> {
    r.governance().decisions().eras().iter().filter(|e| e.origin == e.id).collect()
}
