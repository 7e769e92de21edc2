//! Meetings with weather, partitions, sticks, replays; crashes, thefts, restores and rollbacks.

use aidpost::core::{
    branches::Place,
    gaps::Holding,
    governance::{Claim, Statement},
    id::LogId,
    ledger::Replica,
    time::DAY,
};
use rand::{Rng, RngExt};

use super::{
    peer::{Peer, Weather, meet, replay},
    world::{Stick, World, public, statements},
};

/// Whether somebody who says this says to hold all of a block.
pub(crate) fn claims(said: &Holding, ledger: &Replica, p: Place) -> bool {
    let below = |h: Place| ledger.tree().continues(h, p);
    said.heads.iter().filter_map(|d| ledger.place(d.hash)).any(below) && !said.waits.contains(p.log, p.seq)
}

impl World {
    fn hear(&self, a: usize, b: usize) -> bool {
        let side = |i: usize| self.side.get(&self.nodes[i].id.cert.id()).copied().unwrap_or(0);
        side(a) == side(b)
    }

    fn weather(&mut self) -> Weather {
        let mut w = Weather::default();
        if !self.chance(0.35) {
            return w;
        }
        match self.pick(5) {
            0 | 4 => {
                w.cut = Some(self.pick(10));
                self.stats.add("cut meeting");
            }
            1 => {
                w.corrupt = Some(self.pick(5));
                self.stats.add("corrupted message");
            }
            2 => {
                w.twice = Some(self.pick(5));
                self.stats.add("repeated message");
            }
            _ => {
                w.one_way = true;
                self.stats.add("one-way link");
            }
        }
        w
    }

    /// Two nodes meet, if they can. True when something new went over.
    pub(crate) fn meets(&mut self, a: usize, b: usize, fair: bool) -> bool {
        if a == b || (!fair && !self.hear(a, b)) {
            return false;
        }
        let w = if fair { Weather::default() } else { self.weather() };
        let (lo, hi) = (a.min(b), a.max(b));
        let (left, right) = self.nodes.split_at_mut(hi);
        let (x, y) = (&mut left[lo], &mut right[0]);
        let (x, y) = if a < b { (x, y) } else { (y, x) };
        let met = meet(x, y, self.now, w, &mut self.rng);
        (0..met.late).for_each(|_| self.stats.add("payload after its header"));
        if w.cut.is_some() && self.nodes[a].replica().waiting() + self.nodes[b].replica().waiting() > 0 {
            self.stats.add("payloads cut off");
        }
        let before: u64 = self.nodes.iter().map(|n| n.replica().len()).sum();
        self.carries_out(a);
        self.carries_out(b);
        let written = self.nodes.iter().map(|n| n.replica().len()).sum::<u64>() - before;
        if !fair && self.chance(0.2) {
            let (to, from) = (self.nodes[b].id.cert.id(), self.nodes[a].id.endpoint());
            self.tapes.push((to, from, met.tape));
        }
        met.new + written > 0
    }

    /// Somebody takes a stick along: it arrives days or weeks later, perhaps twice, cut off or after a later one.
    pub(crate) fn carries(&mut self, from: usize, to: usize) {
        let theirs = self.nodes[to].replica().frontier();
        let mut blocks = self.nodes[from].load(&self.nodes[from].replica().missing_for(&theirs));
        if blocks.is_empty() {
            return;
        }
        if self.chance(0.2) {
            blocks.truncate(self.rng.random_range(0..blocks.len()));
            self.stats.add("truncated stick");
        }
        if self.chance(0.15) {
            blocks.reverse();
            self.stats.add("reordered stick");
        }
        let times = if self.chance(0.2) { 2 } else { 1 };
        for _ in 0..times {
            let due = self.now + self.rng.random_range(1..30) * DAY;
            self.sticks.push(Stick { blocks: blocks.clone(), to, due });
            self.stats.add("late stick");
        }
        if times == 2 {
            self.stats.add("repeated stick");
        }
    }

    /// Sticks whose day has come are read.
    pub(crate) fn arrive(&mut self) {
        let now = self.now;
        let (due, later): (Vec<Stick>, Vec<Stick>) =
            std::mem::take(&mut self.sticks).into_iter().partition(|s| s.due <= now);
        self.sticks = later;
        for s in due {
            if let Some(n) = self.nodes.get_mut(s.to) {
                n.store(&s.blocks);
            }
        }
    }

    pub(crate) fn replays(&mut self) {
        if self.tapes.is_empty() {
            return;
        }
        let i = self.pick(self.tapes.len());
        let (to, from, tape) = self.tapes[i].clone();
        if let Some(n) = self.nodes.iter_mut().find(|n| n.id.cert.id() == to) {
            replay(n, from, &tape, self.now);
            self.stats.add("replayed session");
        }
    }

    pub(crate) fn partitions(&mut self) {
        if self.chance(0.4) {
            self.side.clear();
            return;
        }
        self.stats.add("partition");
        for i in 0..self.nodes.len() {
            let s = self.rng.random_range(0..3);
            self.side.insert(self.nodes[i].id.cert.id(), s);
        }
    }

    /// The power goes; what was acknowledged must be there when it comes back.
    pub(crate) fn crashes(&mut self, node: usize) -> Result<(), String> {
        // Sometimes in the middle of writing.
        if self.chance(0.6) {
            let room = self.rng.random_range(0..40);
            self.nodes[node].disk.set_room(Some(room));
            self.stats.add("disk full");
            match self.pick(2) {
                0 => self.consents(node),
                _ => {
                    let other = self.pick(self.nodes.len());
                    self.meets(other, node, true);
                }
            }
        }
        let name = self.nodes[node].id.cert.id().short();
        let lost =
            self.nodes[node].crash(&mut self.rng).map_err(|e| format!("{name} did not open again: {e}"))?;
        self.stats.add("crash");
        if lost {
            self.stats.add("crash with unsynced writes");
        }
        self.note(|_| format!("{name} crashed"));
        self.kept(node)
    }

    /// Everything that a node said to be saved, and told others that it holds, is there.
    pub(crate) fn kept(&self, node: usize) -> Result<(), String> {
        let n = &self.nodes[node];
        let name = n.id.cert.id().short();
        for id in &n.acked {
            if n.replica().place(*id).is_none() {
                return Err(format!("{name} lost block {} that it said was saved", id.short()));
            }
        }
        for (id, p) in n.replica().tree().ids().filter(|(_, p)| n.replica().waits(*p)) {
            if claims(&n.told, n.replica(), p) {
                return Err(format!(
                    "{name} said that it has the payload of {}, and waits for it",
                    id.short()
                ));
            }
        }
        for d in &n.told.heads {
            if n.replica().place(d.hash).is_none() {
                return Err(format!(
                    "{name} lost block {} that it had acknowledged to another",
                    d.hash.short()
                ));
            }
        }
        Ok(())
    }

    /// A terminal is stolen: whoever has it can write with its keys. Its organisation finds out and suspends it.
    pub(crate) fn theft(&mut self, node: usize) {
        let org = self.org_of(self.nodes[node].id.org);
        let key = public(&self.nodes[node].id.ledger);
        self.truth.honest.remove(&self.nodes[node].id.cert.id());
        let face = self.stolen(node);
        let device = face.id.cert.id();
        self.faces.push(face);
        self.sticks.clear();
        self.stats.add("stolen terminal");
        self.note(|_| format!("{} stolen", device.short()));
        self.lost_witness(org, key);
        let own: Vec<usize> =
            (0..self.nodes.len()).filter(|i| self.nodes[*i].id.org == self.orgs[org].id).collect();
        if let Some(i) = own.first() {
            self.suspends(*i, device);
        }
    }

    /// If that was the witness, another terminal of the organisation takes over, once the others have agreed.
    fn lost_witness(&mut self, org: usize, key: [u8; 32]) {
        if self.orgs[org].witness != key {
            return;
        }
        self.stats.add("lost witness");
        if let Some(n) = self.nodes.iter().find(|n| n.id.org == self.orgs[org].id) {
            self.orgs[org].witness = public(&n.id.ledger);
        }
    }

    /// A disk dies. The terminal is restored from an old backup, without its private keys: it makes new ones, and its
    /// people vouch for it until their organisation certifies it.
    pub(crate) fn restores(&mut self, node: usize) -> Result<(), String> {
        let Some(image) = self.nodes[node].backups.first().cloned() else { return Ok(()) };
        let org = self.org_of(self.nodes[node].id.org);
        let old_key = public(&self.nodes[node].id.ledger);
        let held: Vec<_> = self.nodes[node].acked.clone();
        self.truth.gone.extend(held);
        let mut seed = [0u8; 32];
        self.rng.fill_bytes(&mut seed);
        let id = self.identity(org, ed25519_dalek::SigningKey::from_bytes(&seed));
        let n = &mut self.nodes[node];
        let before = n.replica().len();
        n.disk.put_image(&image);
        let old = std::mem::replace(&mut n.id, id);
        (n.acked, n.told, n.backups) = (Vec::new(), Holding::default(), Vec::new());
        n.crash(&mut self.rng).map_err(|e| format!("a restored store did not open: {e}"))?;
        self.truth.honest.insert(n.id.cert.id());
        if n.replica().len() < before {
            self.stats.add("restore from backup");
        }
        self.note(|_| format!("{} restored as a new terminal", old.cert.id().short()));
        let claim =
            Claim::new(self.orgs[org].id, self.nodes[node].id.cert.request.clone(), &self.orgs[org].nurse);
        self.write(node, vec![statements(&[Statement::Claim(claim)])]);
        self.consents(node);
        self.lost_witness(org, old_key);
        if self.orgs[org].witness == old_key {
            self.orgs[org].witness = public(&self.nodes[node].id.ledger);
        }
        // Some days later its admin comes by.
        let cert = self.nodes[node].id.cert.clone();
        self.write(node, vec![statements(&[Statement::Device(cert)])]);
        Ok(())
    }

    /// Somebody puts an old image of the whole disk back, keys and all. It may fork its own log without knowing; it finds
    /// out at the next meeting. A witness would break its word by that: its organisation would count among the liars.
    pub(crate) fn rolls_back(&mut self, node: usize) -> Result<(), String> {
        let n = &mut self.nodes[node];
        let key = public(&n.id.ledger);
        let cosigns = self.orgs.iter().any(|o| o.witness == key)
            || n.replica()
                .governance()
                .decisions()
                .eras()
                .iter()
                .any(|e| e.members.values().any(|w| *w == key));
        let Some(image) = n.backups.last().cloned().filter(|_| !cosigns) else { return Ok(()) };
        self.truth.gone.extend(n.acked.drain(..));
        n.told = Holding::default();
        let before = n.replica().len();
        n.disk.put_image(&image);
        n.crash(&mut self.rng).map_err(|e| format!("an image did not open: {e}"))?;
        if n.replica().len() < before {
            self.stats.add("rolled-back image");
        }
        self.truth.rolled.insert(self.nodes[node].id.cert.id());
        let name: LogId = self.nodes[node].log();
        self.note(|_| format!("{name} rolled back"));
        self.consents(node);
        Ok(())
    }
}
