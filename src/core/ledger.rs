//! What one node holds of the ledger: logs, heads, order, forks, and what governance and consent blocks say.
//!
//! Acceptance depends on the set of blocks held, never on the order in which they came.

use std::collections::{BTreeMap, VecDeque};

use super::{
    audit::{self, AuditEntry},
    block::{self, Block, Dep, Head, Header, Invalid, Kind, Payload, SignedHeader},
    codec,
    consent::{self, Order, Recorded},
    governance::{Admission, Genesis, Governance, MAX_STATEMENTS, Refused, Statement},
    id::{BlockId, LogId, OrgId, PatientId},
    keys::{MAX_WRAPS, SealedRecords, Wrap},
    sign::Authored,
    time::Hlc,
};

/// The most heads of other logs that one block names: keeps a header below its size cap.
pub const MAX_DEPS: usize = 96;

/// One log as held here.
#[derive(Clone, Debug)]
struct Log {
    head: Head,
    /// Identifier of each block, by sequence number.
    ids: Vec<BlockId>,
    /// What the writer knew of other logs: (own seq, dep), in order.
    knew: Vec<(u64, Dep)>,
}

/// Two different blocks with one log and number: proof that the terminal's key was used twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// Which log.
    pub log: LogId,
    /// At which number.
    pub seq: u64,
    /// The block held first.
    pub held: BlockId,
    /// The other one, whole: its signature is the proof.
    pub other: SignedHeader,
}

/// The result of offering a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// New here.
    New(BlockId),
    /// Held already.
    Known,
}

/// The ledger of one consortium as one node holds it.
#[derive(Clone, Debug)]
pub struct Replica {
    governance: Governance,
    logs: BTreeMap<LogId, Log>,
    forks: BTreeMap<LogId, Fork>,
    consents: BTreeMap<PatientId, Vec<Recorded>>,
    latest: Hlc,
}

impl Replica {
    /// An empty ledger, with the admissions that an invitation told of.
    ///
    /// # Errors
    /// When the genesis or an admission doesn't verify.
    pub fn new(genesis: Genesis, acts: &[Admission]) -> Result<Self, Refused> {
        let mut governance = Governance::found(genesis)?;
        for a in acts {
            governance.apply(&Statement::Admit(a.clone()))?;
        }
        Ok(Self {
            governance,
            logs: BTreeMap::new(),
            forks: BTreeMap::new(),
            consents: BTreeMap::new(),
            latest: Hlc::default(),
        })
    }

    /// Validates a block against everything held, and takes it. Conditions: those of [`block::validate`] and
    /// [`block::link`], dependencies held, content of its kind.
    ///
    /// # Errors
    /// The first condition that fails; the replica is unchanged, save that a proven fork is remembered.
    pub fn accept(&mut self, b: &Block) -> Result<Accepted, Invalid> {
        let h = &b.signed.header;
        // A terminal's first block carries its own certificate.
        let governance = match h.kind {
            Kind::Governance => Some(self.governed(&b.payload)?),
            _ => None,
        };
        let known = governance.as_ref().unwrap_or(&self.governance);
        let cert = known.device(h.log.device).ok_or(Invalid::UnknownDevice(h.log.device))?;
        let org = cert.org;
        if h.log.incarnation > cert.incarnation {
            return Err(Invalid::Incarnation(h.log));
        }
        block::validate(b, self.governance.consortium(), &cert.request.keys.ledger)?;
        let id = h.id();
        if let Some(held) = self.id_at(h.log, h.seq) {
            if held == id {
                return Ok(Accepted::Known);
            }
            let fork = Fork { log: h.log, seq: h.seq, held, other: b.signed.clone() };
            self.forks
                .entry(h.log)
                .and_modify(|f| {
                    if fork.seq < f.seq {
                        *f = fork.clone()
                    }
                })
                .or_insert(fork);
            return Err(Invalid::Fork(h.log, h.seq));
        }
        block::link(h, self.logs.get(&h.log).map(|l| &l.head))?;
        for d in &h.deps {
            // Past a known fork either branch may be meant.
            let forked = self.forks.get(&d.log).is_some_and(|f| d.seq >= f.seq);
            if self.id_at(d.log, d.seq) != Some(d.hash) && !forked {
                return Err(Invalid::MissingDep(d.log, d.seq));
            }
        }
        let consent = self.content(h, &b.payload, org)?;
        if let Some(g) = governance {
            self.governance = g;
        }
        self.extend(h, id, consent);
        Ok(Accepted::New(id))
    }

    /// Takes back a block that this node validated before and kept in its sealed store.
    ///
    /// # Errors
    /// When what the store holds doesn't fit together: the store is damaged.
    pub fn reload(
        &mut self,
        s: &SignedHeader,
        id: BlockId,
        payload: Option<&Payload>,
    ) -> Result<(), Invalid> {
        let h = &s.header;
        block::link(h, self.logs.get(&h.log).map(|l| &l.head))?;
        let mut consent = None;
        if let Some(p) = payload {
            if h.kind == Kind::Governance {
                self.governance = self.governed(p)?;
            }
            let cert = self.governance.device(h.log.device).ok_or(Invalid::UnknownDevice(h.log.device))?;
            if h.kind == Kind::Consent {
                consent = self.content(h, p, cert.org)?;
            }
        }
        self.extend(h, id, consent);
        Ok(())
    }

    fn governed(&self, p: &Payload) -> Result<Governance, Invalid> {
        let bad = |e: String| Invalid::Content("governance", e);
        let statements: Vec<Statement> =
            codec::decode(&p.bytes, block::MAX_PAYLOAD).map_err(|e| bad(e.to_string()))?;
        if statements.len() > MAX_STATEMENTS {
            return Err(bad(format!("{} statements, the limit is {MAX_STATEMENTS}", statements.len())));
        }
        let mut g = self.governance.clone();
        for s in &statements {
            g.apply(s).map_err(|e| bad(e.to_string()))?;
        }
        Ok(g)
    }

    fn content(&self, h: &Header, p: &Payload, org: OrgId) -> Result<Option<(PatientId, Recorded)>, Invalid> {
        let cap = block::MAX_PAYLOAD;
        let bad = |k: Kind, e: String| Invalid::Content(k.word(), e);
        match h.kind {
            Kind::Governance => Ok(None),
            Kind::Records => codec::decode::<SealedRecords>(&p.bytes, cap)
                .map(|_| None)
                .map_err(|e| bad(h.kind, e.to_string())),
            Kind::Keys => {
                let wraps: Vec<Wrap> =
                    codec::decode(&p.bytes, cap).map_err(|e| bad(h.kind, e.to_string()))?;
                match wraps.len() {
                    n if n > MAX_WRAPS => Err(bad(h.kind, format!("{n} wraps, the limit is {MAX_WRAPS}"))),
                    _ => Ok(None),
                }
            }
            Kind::Audit => {
                let entries: Vec<AuditEntry> =
                    codec::decode(&p.bytes, cap).map_err(|e| bad(h.kind, e.to_string()))?;
                for e in &entries {
                    if let AuditEntry::Access(a) = e {
                        self.signed(a, audit::DOMAIN, &[], org).map_err(|e| bad(h.kind, e))?;
                        a.read::<audit::Access>(cap).map_err(|e| bad(h.kind, e.to_string()))?;
                    }
                }
                Ok(None)
            }
            Kind::Consent => {
                let e = consent::parse(&p.bytes, h.log, h.seq).map_err(|e| bad(h.kind, e.to_string()))?;
                self.signed(&e.act, consent::DOMAIN, &e.patient.0, org).map_err(|e| bad(h.kind, e))?;
                let act = e.act.read(consent::MAX_ENTRY).map_err(|e| bad(h.kind, e.to_string()))?;
                let change = p.bytes.clone();
                Ok(Some((e.patient, Recorded { log: h.log, seq: h.seq, time: h.time, org, act, change })))
            }
        }
    }

    /// The author is staff of the terminal's organisation and signed this, for this consortium and `what`.
    fn signed(&self, a: &Authored, domain: &str, what: &[u8], org: OrgId) -> Result<(), String> {
        let staff = self.governance.staff(a.author).filter(|s| s.org == org);
        let scope: [&[u8]; 2] = [&self.governance.consortium().0, what];
        match staff {
            Some(s) if a.verify(&s.request.key, domain, &scope) => Ok(()),
            _ => Err("not signed by staff of the terminal's organisation".into()),
        }
    }

    fn extend(&mut self, h: &Header, id: BlockId, consent: Option<(PatientId, Recorded)>) {
        let head = Head { seq: h.seq, id, time: h.time };
        let log = self.logs.entry(h.log).or_insert_with(|| Log { head, ids: Vec::new(), knew: Vec::new() });
        log.head = head;
        log.ids.push(id);
        log.knew.extend(h.deps.iter().map(|d| (h.seq, *d)));
        self.latest = self.latest.max(h.time);
        if let Some((patient, r)) = consent {
            let all = self.consents.entry(patient).or_default();
            // Sorted by place, so that what is computed from them is the same on every node.
            let at = all.partition_point(|x| (x.log, x.seq) < (r.log, r.seq));
            all.insert(at, r);
        }
    }

    /// The block at a place.
    pub fn id_at(&self, log: LogId, seq: u64) -> Option<BlockId> {
        self.logs.get(&log)?.ids.get(usize::try_from(seq).ok()?).copied()
    }

    /// Organisations, terminals, staff.
    pub fn governance(&self) -> &Governance {
        &self.governance
    }

    /// Where a log ends here.
    pub fn head(&self, log: LogId) -> Option<Head> {
        self.logs.get(&log).map(|l| l.head)
    }

    /// Every log's head: what this node holds, as a version vector.
    pub fn frontier(&self) -> Vec<Dep> {
        self.logs.iter().map(|(log, l)| Dep { log: *log, seq: l.head.seq, hash: l.head.id }).collect()
    }

    /// Heads of other logs that `log`'s next block must name: those that changed since its last one named them. More
    /// than [`MAX_DEPS`] are named by several blocks.
    pub fn deps_for(&self, log: LogId) -> Vec<Dep> {
        self.frontier()
            .into_iter()
            .filter(|d| d.log != log && self.known_by((log, u64::MAX), d.log) != Some(d.seq))
            .collect()
    }

    /// The last block of `of` that the writer of `at` held when writing it.
    fn known_by(&self, at: (LogId, u64), of: LogId) -> Option<u64> {
        let knew = &self.logs.get(&at.0)?.knew;
        knew.iter().filter(|(s, d)| *s <= at.1 && d.log == of).map(|(_, d)| d.seq).max()
    }

    /// The latest time in any block held.
    pub fn latest(&self) -> Hlc {
        self.latest
    }

    /// Blocks held.
    pub fn len(&self) -> u64 {
        self.logs.values().map(|l| l.ids.len() as u64).sum()
    }

    /// No block yet.
    pub fn is_empty(&self) -> bool {
        self.logs.is_empty()
    }

    /// Proven forks.
    pub fn forks(&self) -> impl Iterator<Item = &Fork> {
        self.forks.values()
    }

    /// Remembers a fork that the store kept.
    pub fn reload_fork(&mut self, f: Fork) {
        self.forks.insert(f.log, f);
    }

    /// A patient's consent entries, in an order that is the same on every node.
    pub fn consents(&self, patient: PatientId) -> &[Recorded] {
        self.consents.get(&patient).map_or(&[], Vec::as_slice)
    }

    /// What a peer with this frontier lacks: (log, first missing, last held here). Logs that the peer is ahead in, or
    /// that differ in hash (a fork: both sides send from it on), are found by the peer in its turn.
    pub fn missing_for(&self, frontier: &[Dep]) -> Vec<(LogId, u64, u64)> {
        let theirs: BTreeMap<LogId, &Dep> = frontier.iter().map(|d| (d.log, d)).collect();
        self.logs
            .iter()
            .filter_map(|(log, l)| {
                let from = match theirs.get(log) {
                    None => 0,
                    Some(d) => match self.id_at(*log, d.seq) {
                        // Same number, other block: send all of ours, so that the peer finds where the fork begins.
                        Some(ours) if ours != d.hash => 0,
                        _ => d.seq.saturating_add(1),
                    },
                };
                (from <= l.head.seq).then_some((*log, from, l.head.seq))
            })
            .collect()
    }
}

/// Sorts headers so that each comes after what it refers to within the set. Times don't tell: a clock that is wrong by
/// more than a day is not followed by those who refer to its blocks.
pub fn causal_order<T>(mut items: Vec<T>, header: impl Fn(&T) -> &Header) -> Vec<T> {
    items.sort_by_key(|t| (header(t).log, header(t).seq));
    let mut logs: BTreeMap<LogId, VecDeque<T>> = BTreeMap::new();
    for t in items {
        logs.entry(header(&t).log).or_default().push_back(t);
    }
    let mut out = Vec::new();
    loop {
        let before = out.len();
        let names: Vec<LogId> = logs.keys().copied().collect();
        for log in names {
            let ready = |logs: &BTreeMap<LogId, VecDeque<T>>| {
                let first = logs.get(&log)?.front()?;
                let waits = |d: &Dep| {
                    logs.get(&d.log).and_then(VecDeque::front).is_some_and(|f| header(f).seq <= d.seq)
                };
                (!header(first).deps.iter().any(waits)).then_some(())
            };
            while ready(&logs).is_some() {
                out.extend(logs.get_mut(&log).and_then(VecDeque::pop_front));
            }
        }
        if out.len() == before {
            // Nothing left, or (only in a damaged store) references in a circle.
            out.extend(logs.into_values().flatten());
            return out;
        }
    }
}

impl Order for Replica {
    fn after(&self, a: (LogId, u64), b: (LogId, u64)) -> bool {
        if a.0 == b.0 {
            return a.1 > b.1;
        }
        // A writer names every head that it holds, so one look at what it knew is enough; naming less only costs the writer
        // the benefit of the doubt.
        self.known_by(a, b.0).is_some_and(|seq| seq >= b.1)
    }

    fn trusted(&self, at: (LogId, u64)) -> bool {
        self.forks.get(&at.0).is_none_or(|f| at.1 < f.seq)
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
