//! What one node holds of the ledger, and what governance, consent, keys and cosignatures in it say.
//!
//! Acceptance depends on the set of blocks held, never on the order in which they came: a block that refers to something
//! that isn't here is refused for now and taken when it is offered again, and both sides of a fork are kept.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    audit::{self, AuditEntry},
    block::{
        self, Block, Dep, Head, Header, Invalid, Kind, Links, Payload, SignedHeader, Validated, skip_seq,
    },
    branches::{Branches, Place},
    codec,
    consent::{self, Order, Recorded},
    erased::Bare,
    finality::{Conflict, Cosignature, NotYet, Votes},
    governance::{self, Adoption, Genesis, Governance, MAX_STATEMENTS, Refused, Statement},
    holders,
    id::{BlockId, DeviceId, EpochId, LogId, OrgId, PatientId, StaffId},
    keys::{SealedRecords, Wrap},
    rights::{self, Register},
    sign::{Authored, PublicKey},
    time::Hlc,
    trust::Adopted,
    waiting::Waiting,
};

/// The most heads of other logs that one block names: keeps a header below its size cap.
pub const MAX_DEPS: usize = 96;

/// Different blocks with one log and number: proof that the terminal's key was used twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fork {
    /// Which log.
    pub log: LogId,
    /// At which number.
    pub seq: u64,
    /// The blocks, at least two; each is signed by the terminal.
    pub blocks: Vec<BlockId>,
}

/// The result of offering a block.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// New here.
    New(BlockId),
    /// Held already.
    Known,
    /// Held already, without the payload that has come now.
    Filled(BlockId),
}

/// What a payload says to the ledger.
enum Content {
    Nothing,
    Statements(Vec<Statement>),
    Consent(PatientId, Box<Recorded>),
    Wraps(Vec<Wrap>),
    Cosignature(Cosignature),
    Rights(Vec<rights::Entry>),
    Erased,
    /// The payload comes later.
    Waits,
}

/// The ledger of one consortium as one node holds it.
#[derive(Clone, Debug)]
pub struct Replica {
    pub(super) governance: Governance,
    pub(super) tree: Branches,
    pub(super) votes: Votes,
    pub(super) adopted: Adopted,
    consents: BTreeMap<PatientId, Vec<Recorded>>,
    /// Terminals that a key was wrapped to, each with the log that says so.
    pub(super) wrapped: BTreeMap<(OrgId, EpochId), BTreeSet<(DeviceId, Place)>>,
    /// Blocks that say an organisation's encryption key.
    pub(super) keyed: BTreeMap<(OrgId, EpochId), Vec<Place>>,
    pub(super) card_secrets: BTreeMap<EpochId, BTreeSet<(OrgId, EpochId)>>,
    rights: Register,
    pub(super) bare: Bare,
    pub(super) waiting: Waiting,
    latest: Hlc,
}

impl Replica {
    /// An empty ledger, with what an invitation told of the decisions so far.
    ///
    /// # Errors
    /// When the genesis or a statement doesn't verify.
    pub fn new(genesis: Genesis, acts: &[Statement]) -> Result<Self, Refused> {
        let mut governance = Governance::found(genesis)?;
        for a in acts {
            governance.apply(a)?;
        }
        Ok(Self {
            governance,
            tree: Branches::default(),
            votes: Votes::default(),
            adopted: Adopted::new(),
            consents: BTreeMap::new(),
            wrapped: BTreeMap::new(),
            keyed: BTreeMap::new(),
            card_secrets: BTreeMap::new(),
            rights: Register::default(),
            bare: Bare::default(),
            waiting: Waiting::default(),
            latest: Hlc::default(),
        })
    }

    /// Validates a block against everything held, and takes it. Conditions: those of [`block::validate`] and
    /// [`block::link`], dependencies held, content of its kind.
    ///
    /// # Errors
    /// The first condition that fails; the replica is unchanged.
    pub fn accept(&mut self, b: &Block) -> Result<Accepted, Invalid> {
        self.take(b, b.signed.header.id(), None)
    }

    /// The same for a block whose signature was checked before.
    ///
    /// # Errors
    /// As [`Replica::accept`].
    pub fn accept_validated(&mut self, v: &Validated<'_>) -> Result<Accepted, Invalid> {
        self.take(v.block(), v.id(), Some(v.key()))
    }

    fn take(&mut self, b: &Block, id: BlockId, checked: Option<&PublicKey>) -> Result<Accepted, Invalid> {
        let h = &b.signed.header;
        let writer = self.governance.writer(h.log.device).map(|(_, key)| *key);
        if let Some(p) = self.tree.place(id) {
            let filled = self.fill(b, id)? || self.late(b, p, checked)?;
            return Ok(if filled { Accepted::Filled(id) } else { Accepted::Known });
        }
        // What a stranger wrote is read only as far as it must be.
        if let Some(key) = writer.filter(|key| checked != Some(key)) {
            block::validate(b, self.governance.consortium(), &key)?;
        }
        let statements = match &b.payload {
            Some(p) if h.kind == Kind::Governance => {
                // Whether the writer is certified may be said in it: it is read before the signature is checked, and what
                // was changed on the way is called that, not nonsense of its writer's.
                block::carries(h, p)?;
                self.statements(p)?
            }
            _ => Vec::new(),
        };
        if writer.is_none() {
            let key = self.newcomers_key(h.log.device, &statements)?;
            if checked != Some(&key) {
                block::validate(b, self.governance.consortium(), &key)?;
            }
        }
        let before = self.linked(h)?;
        for d in &h.deps {
            let held = self.tree.place(d.hash);
            if d.log == h.log || held.is_none_or(|p| (p.log, p.seq) != (d.log, d.seq)) {
                return Err(Invalid::MissingDep(d.log, d.seq));
            }
        }
        if !self.tree.has_room(h.log, before) {
            return Err(Invalid::Branches(h.log));
        }
        let content = match &b.payload {
            _ if h.kind == Kind::Governance => Content::Statements(statements),
            Some(p) => self.content(h, id, p)?,
            None if h.kind.may_wait() => Content::Waits,
            None => Content::Erased,
        };
        self.extend(h, id, before, content);
        Ok(Accepted::New(id))
    }

    /// Takes back a block that this node validated before and kept in its sealed store, in the order of arrival.
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
        if self.tree.place(id).is_some() {
            return Err(Invalid::Link);
        }
        let before = self.linked(h)?;
        let content = match payload {
            Some(p) if h.kind == Kind::Governance => Content::Statements(decoded(h.kind, p)?),
            Some(p) => self.vouched(h, id, p)?,
            None if h.kind.may_be_erased() => Content::Erased,
            None => Content::Nothing,
        };
        self.extend(h, id, before, content);
        Ok(())
    }

    /// The kinds whose payload says something that has to be known before it is asked for.
    pub fn speaks(kind: Kind) -> bool {
        matches!(kind, Kind::Governance | Kind::Consent | Kind::Keys | Kind::Cosignature | Kind::Rights)
    }

    /// The block before this one, after checking that the two are linked.
    fn linked(&self, h: &Header) -> Result<Option<Place>, Invalid> {
        let before = match h.prev {
            None => None,
            Some(id) => Some(self.tree.place(id).filter(|p| p.log == h.log).ok_or_else(|| {
                let want = self.tree.head(h.log).map_or(0, |x| x.seq + 1);
                Invalid::Sequence { got: h.seq, want }
            })?),
        };
        // A number from nowhere is nothing to reckon with.
        let want = before.map_or(0, |p| p.seq.saturating_add(1));
        if h.seq != want {
            return Err(Invalid::Sequence { got: h.seq, want });
        }
        let head = before.and_then(|p| self.tree.as_head(p));
        let skip = skip_seq(h.seq).and_then(|s| self.tree.id(self.tree.below(before?, s)?));
        block::link(h, head.as_ref(), skip)?;
        Ok(before)
    }

    /// The key of a terminal that isn't known yet: its first block may carry its own certificate.
    fn newcomers_key(&self, device: DeviceId, statements: &[Statement]) -> Result<PublicKey, Invalid> {
        let mut with = self.governance.clone();
        for s in statements {
            with.take(s);
        }
        with.writer(device).map(|(_, key)| *key).ok_or(Invalid::UnknownDevice(device))
    }

    fn statements(&self, p: &Payload) -> Result<Vec<Statement>, Invalid> {
        let bad = |e: String| Invalid::Content("governance", e);
        let all: Vec<Statement> = decoded(Kind::Governance, p)?;
        if all.len() > MAX_STATEMENTS {
            return Err(bad(format!("{} statements, the limit is {MAX_STATEMENTS}", all.len())));
        }
        for s in &all {
            governance::check(s, self.governance.consortium()).map_err(|e| bad(e.to_string()))?;
        }
        Ok(all)
    }

    fn content(&self, h: &Header, id: BlockId, p: &Payload) -> Result<Content, Invalid> {
        let bad = |e: String| Invalid::Content(h.kind.word(), e);
        match h.kind {
            // The payload may have come later: a block is taken or not by its header. What isn't sealed records is found
            // by nobody, see `SealedRecords::of`.
            Kind::Governance | Kind::Records | Kind::Attachment => Ok(Content::Nothing),
            Kind::Summary => match SealedRecords::of(h.kind, &p.bytes) {
                Some(_) => Ok(Content::Nothing),
                None => Err(bad("not sealed, or under the key of another part of the record".into())),
            },
            Kind::Rights => {
                let entries: Vec<rights::Entry> = decoded(h.kind, p)?;
                if entries.len() > rights::MAX_ENTRIES {
                    return Err(bad(format!(
                        "{} entries, the limit is {}",
                        entries.len(),
                        rights::MAX_ENTRIES
                    )));
                }
                for e in &entries {
                    if let rights::Entry::Said(a) = e {
                        self.signed(h.kind, a, rights::DOMAIN, &[])?;
                    }
                    e.deed().ok_or_else(|| bad("not an entry within its limits".into()))?;
                }
                Ok(Content::Rights(entries))
            }
            Kind::Keys => Ok(Content::Wraps(holders::wraps(p)?)),
            Kind::Audit => {
                for e in &decoded::<Vec<AuditEntry>>(h.kind, p)? {
                    if let Some(a) = e.access() {
                        self.signed(h.kind, a, audit::DOMAIN, &[])?;
                        a.read::<audit::Access>(block::MAX_PAYLOAD).map_err(|e| bad(e.to_string()))?;
                    }
                    if let AuditEntry::Own(o) = e
                        && !o.valid(self.governance.consortium(), h.log.device)
                    {
                        return Err(bad("not signed by the card that it names".into()));
                    }
                }
                Ok(Content::Nothing)
            }
            Kind::Consent => {
                let e = consent::parse(&p.bytes, h.log, h.seq).map_err(|e| bad(e.to_string()))?;
                self.signed(h.kind, &e.act, consent::DOMAIN, &e.patient.0)?;
                if !e.card_signed_it(self.governance.consortium()) {
                    return Err(bad("not signed by the card that it names".into()));
                }
                let patient = e.patient;
                let r = Recorded::new(h, id, &e, p.bytes.clone()).map_err(|e| bad(e.to_string()))?;
                Ok(Content::Consent(patient, Box::new(r)))
            }
            Kind::Cosignature => {
                let c: Cosignature = decoded(h.kind, p)?;
                if DeviceId::of_key(&c.witness) != h.log.device || !c.valid(self.governance.consortium()) {
                    return Err(bad("not the witness's own".into()));
                }
                Ok(Content::Cosignature(c))
            }
        }
    }

    /// What a payload says that passed [`Replica::accept`] before.
    fn vouched(&self, h: &Header, id: BlockId, p: &Payload) -> Result<Content, Invalid> {
        let bad = |e: consent::BadChange| Invalid::Content(h.kind.word(), e.to_string());
        Ok(match h.kind {
            Kind::Keys => Content::Wraps(decoded(h.kind, p)?),
            Kind::Cosignature => Content::Cosignature(decoded(h.kind, p)?),
            Kind::Rights => Content::Rights(decoded(h.kind, p)?),
            Kind::Consent => {
                let e = consent::entry_of(&p.bytes).map_err(bad)?;
                Content::Consent(e.patient, Box::new(Recorded::new(h, id, &e, p.bytes.clone()).map_err(bad)?))
            }
            Kind::Governance | Kind::Records | Kind::Attachment | Kind::Audit | Kind::Summary => {
                Content::Nothing
            }
        })
    }

    /// A person certified here signed this, for this consortium and `what`. Whether they may is another question.
    fn signed(&self, kind: Kind, a: &Authored, domain: &str, what: &[u8]) -> Result<(), Invalid> {
        let staff = self.governance.staff(a.author).ok_or(Invalid::UnknownStaff(a.author))?;
        let scope: [&[u8]; 2] = [&self.governance.consortium().0, what];
        match a.verify(&staff.request.key, domain, &scope) {
            true => Ok(()),
            false => Err(Invalid::Content(kind.word(), "not signed by the person that it names".into())),
        }
    }

    fn extend(&mut self, h: &Header, id: BlockId, before: Option<Place>, content: Content) {
        let place = self.tree.add(h.log, before, (id, h.time, h.weight(), h.kind), &h.deps);
        self.latest = self.latest.max(h.time);
        let mut decided = false;
        match content {
            Content::Nothing => {}
            Content::Statements(all) => {
                let eras = |g: &Governance| g.decisions().voting().iter().map(|e| e.id).collect::<Vec<_>>();
                let before = eras(&self.governance);
                for s in &all {
                    self.governance.take(s);
                    match s {
                        Statement::Adopt(a) => self.adopt(a, place),
                        Statement::OrgKey(k) => {
                            self.keyed.entry((k.org, k.epoch())).or_default().push(place);
                        }
                        _ => {}
                    }
                }
                decided = eras(&self.governance) != before;
            }
            Content::Consent(patient, r) => {
                let all = self.consents.entry(patient).or_default();
                // Sorted by place and name, so that what is computed from them is the same on every node.
                let at = all.partition_point(|x| (x.log, x.seq, x.block) < (r.log, r.seq, r.block));
                all.insert(at, *r);
            }
            Content::Wraps(wraps) => self.take_wraps(place, &wraps),
            Content::Erased => self.bare.insert(id),
            Content::Waits => self.waiting.insert(place),
            Content::Rights(entries) => {
                self.take_receipts(place, entries.iter().filter_map(rights::Entry::deed));
                self.rights.take(h, id, &entries);
            }
            Content::Cosignature(c) => {
                self.votes.take(&c, id, &self.tree, self.governance.decisions().voting());
            }
        }
        if decided {
            self.votes.settle_all(&self.tree, self.governance.decisions().voting());
        } else if self.votes.names(id) {
            // Cosigned before it came here.
            self.votes.settle(h.log, &self.tree, self.governance.decisions().voting());
        }
    }

    fn adopt(&mut self, a: &Adoption, at: Place) {
        for b in &a.blocks {
            self.adopted.entry(*b).or_default().push((at, a.author()));
        }
    }

    /// Organisations, terminals, staff, decisions.
    pub fn governance(&self) -> &Governance {
        &self.governance
    }

    /// Logs and their branches.
    pub fn tree(&self) -> &Branches {
        &self.tree
    }

    /// Cosignatures.
    pub fn votes(&self) -> &Votes {
        &self.votes
    }

    /// The block of a log's trunk with this number.
    pub fn id_at(&self, log: LogId, seq: u64) -> Option<BlockId> {
        self.tree.id(Place { log, branch: 0, seq })
    }

    /// Where a block lies here.
    pub fn place(&self, id: BlockId) -> Option<Place> {
        self.tree.place(id)
    }

    /// Where a log's trunk ends here.
    pub fn head(&self, log: LogId) -> Option<Head> {
        self.tree.head(log)
    }

    /// Every end of every log: what this node holds, as a version vector.
    pub fn frontier(&self) -> Vec<Dep> {
        self.tree.frontier()
    }

    /// Heads of other logs that `log`'s next block must name: those that changed since its last one named them. More
    /// than [`MAX_DEPS`] are named by several blocks.
    pub fn deps_for(&self, log: LogId) -> Vec<Dep> {
        let end = self.tree.head(log).map(|h| Place { log, branch: 0, seq: h.seq });
        self.tree.news(log, end)
    }

    /// What a log's next block links to.
    pub fn links(&self, log: LogId) -> Links {
        self.links_after(log, self.tree.head(log).map(|h| Place { log, branch: 0, seq: h.seq }))
    }

    /// The same for a block after `end`, on whichever branch that is; none: a first block.
    pub fn links_after(&self, log: LogId, end: Option<Place>) -> Links {
        let head = end.and_then(|p| self.tree.as_head(p));
        let skip = end.zip(skip_seq(head.map_or(0, |h| h.seq + 1)));
        let mut deps = self.tree.news(log, end);
        deps.truncate(MAX_DEPS);
        Links {
            consortium: self.governance.consortium(),
            log,
            head,
            skip: skip.and_then(|(end, seq)| self.tree.id(self.tree.below(end, seq)?)),
            deps,
        }
    }

    /// The log that a terminal writes now: its first life that hasn't forked.
    pub fn log_of(&self, device: DeviceId) -> LogId {
        let mut log = LogId { device, incarnation: 0 };
        let certified = self.governance.device(device).map_or(0, |d| d.incarnation);
        while self.tree.fork(log).is_some() || (log.incarnation < certified && self.head(log).is_none()) {
            log.incarnation += 1;
        }
        log
    }

    /// The latest time in any block held.
    pub fn latest(&self) -> Hlc {
        self.latest
    }

    /// Blocks held.
    pub fn len(&self) -> u64 {
        self.tree.len()
    }

    /// No block yet.
    pub fn is_empty(&self) -> bool {
        self.tree.is_empty()
    }

    /// Proven forks.
    pub fn forks(&self) -> impl Iterator<Item = Fork> + '_ {
        self.tree.logs().filter_map(|log| {
            let seq = self.tree.fork(log)?;
            let mut blocks: Vec<BlockId> = self.tree.siblings(log, seq).collect();
            blocks.sort();
            Some(Fork { log, seq, blocks })
        })
    }

    /// Witnesses proven to have cosigned two branches of one log.
    pub fn conflicts(&self) -> Vec<Conflict> {
        self.votes.conflicts(&self.tree)
    }

    /// True for a block of a final prefix.
    pub fn is_final(&self, p: Place) -> bool {
        self.votes.is_final(p, &self.tree)
    }

    /// What the terminal with this ledger key cosigns for `org` now.
    ///
    /// # Errors
    /// [`NotYet`]: it isn't the witness, or a new one that hasn't read what the others cosigned.
    pub fn to_cosign(&self, org: OrgId, witness: &PublicKey) -> Result<Vec<Dep>, NotYet> {
        let eras = self.governance.decisions().voting();
        self.votes.to_cosign((org, witness), &self.tree, eras, |log| self.believed_end(log))
    }

    /// Emergencies, requests, what was handed out, erasures.
    pub fn rights(&self) -> &Register {
        &self.rights
    }

    /// A patient's consent entries, in an order that is the same on every node.
    pub fn consents(&self, patient: PatientId) -> &[Recorded] {
        self.consents.get(&patient).map_or(&[], Vec::as_slice)
    }

    /// Patients that some consent speaks of.
    pub fn consenting(&self) -> impl Iterator<Item = PatientId> + '_ {
        self.consents.keys().copied()
    }

    /// What a peer with this frontier lacks: first missing block of a branch, last number held here.
    pub fn missing_for(&self, frontier: &[Dep]) -> Vec<(Place, u64)> {
        self.tree.missing(frontier)
    }

    /// The same block by block, each after what it refers to.
    pub fn plan(&self, frontier: &[Dep]) -> Vec<Place> {
        self.tree.in_order(&self.tree.missing(frontier))
    }
}

pub(super) fn decoded<T: serde::Serialize + serde::de::DeserializeOwned>(
    kind: Kind,
    p: &Payload,
) -> Result<T, Invalid> {
    codec::decode(&p.bytes, block::MAX_PAYLOAD).map_err(|e| Invalid::Content(kind.word(), e.to_string()))
}

/// Sorts blocks so that each comes after what it refers to within the set. Times don't tell: a clock that is wrong by
/// more than a day is not followed by those who refer to its blocks.
pub fn causal_order<T>(items: Vec<T>, header: impl Fn(&T) -> &Header) -> Vec<T> {
    let index: BTreeMap<BlockId, usize> =
        items.iter().enumerate().map(|(i, t)| (header(t).id(), i)).collect();
    let refers = |t: &T| {
        let h = header(t);
        let all = h.deps.iter().map(|d| d.hash).chain(h.prev);
        all.filter_map(|id| index.get(&id).copied()).collect::<Vec<_>>()
    };
    let waits: Vec<Vec<usize>> = items.iter().map(refers).collect();
    let mut order: Vec<usize> = (0..items.len()).collect();
    order.sort_by_key(|i| (header(&items[*i]).log, header(&items[*i]).seq, *i));
    let (mut done, mut out) = (vec![false; items.len()], Vec::with_capacity(items.len()));
    // Depth first, with a stack of our own: a log is as long as it likes. References can't go in circles, because each
    // holds the hash of what it refers to.
    for first in order {
        let mut stack = vec![first];
        while let Some(&at) = stack.last() {
            let open = waits[at].iter().copied().find(|w| !done[*w]);
            match open {
                Some(w) if !done[at] => stack.push(w),
                _ => {
                    stack.pop();
                    if !std::mem::replace(&mut done[at], true) {
                        out.push(at);
                    }
                }
            }
        }
    }
    let mut items: Vec<Option<T>> = items.into_iter().map(Some).collect();
    out.into_iter().filter_map(|i| items[i].take()).collect()
}

impl Order for Replica {
    fn after(&self, a: BlockId, b: BlockId) -> bool {
        match (self.tree.place(a), self.tree.place(b)) {
            (Some(a), Some(b)) => self.tree.after(a, b),
            _ => false,
        }
    }

    fn trusted(&self, block: BlockId, author: StaffId) -> bool {
        let Some(p) = self.tree.place(block) else { return false };
        self.org_of(p.log).is_some_and(|org| self.governance.staff_of(author, org).is_some())
            && self.signs(author, p)
            && self.doubt(p).is_none()
    }

    fn org_of(&self, log: LogId) -> Option<OrgId> {
        self.governance.writer(log.device).map(|(o, _)| o)
    }
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
