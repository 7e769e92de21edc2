//! Who read whose records, across all patients: looked through from the newest on, a part at a time.

use std::collections::{BTreeMap, BinaryHeap};

use jiff::tz::TimeZone;

use super::{
    super::{
        Node,
        api::{
            AuditAsk, AuditMark, AuditPart, AuditReader, AuditRow, Fault, FaultKind, MAX_AUDIT_WORDS, Who,
        },
        asked,
        checking::decide_by,
        clock, denied, locked,
    },
    chart::may_read,
};
use crate::{
    core::{
        audit::{Access, AuditEntry},
        block::{Block, Kind, MAX_PAYLOAD},
        card::Cards,
        codec,
        fold::folded,
        governance::Role,
        id::{BlockId, LogId, OrgId, PatientId},
        next_visit::day_of,
        policy::{Action, Decision, Purpose},
        record::Compartment,
        rights::reviews,
        time::{Hlc, Millis},
    },
    store::{
        Db, StoreError,
        tables::{self, Card, Stored},
    },
};

/// The most blocks that one call looks at: nothing else is read from the store meanwhile.
const LOOK: usize = 4_000;
/// The most rows of one call, but for what stands in one block together.
const MOST: usize = 100;

/// One log, from its end.
struct Log {
    id: LogId,
    /// The only blocks that are asked for, the last at the end; none: all.
    only: Option<Vec<u64>>,
    /// So many of its first blocks are left to look at.
    left: u64,
    /// The last of them, once it was read.
    head: Option<Stored>,
}

impl Log {
    fn new(id: LogId, only: Option<Vec<u64>>, left: u64) -> Self {
        Self { id, only, left, head: None }
    }

    /// Reads the last block that is left; its time.
    fn read(&mut self, db: &Db) -> Result<Option<(Hlc, LogId)>, StoreError> {
        let seq = match &mut self.only {
            None => self.left.checked_sub(1),
            Some(only) => {
                while only.last().is_some_and(|seq| *seq >= self.left) {
                    only.pop();
                }
                only.last().copied()
            }
        };
        self.left = seq.map_or(0, |s| s + 1);
        self.head = match seq {
            Some(seq) => db.get(tables::BLOCKS, &tables::place(self.id, seq))?,
            None => None,
        };
        Ok(self.head.as_ref().map(|s| (s.signed.header.time, self.id)))
    }
}

/// The logs that are asked for, each as far as it is left.
fn logs(db: &Db, ask: &AuditAsk) -> Result<Vec<Log>, StoreError> {
    let mut all: Vec<Log> = match ask.patient {
        None => {
            let heads = db.replica().frontier().into_iter();
            heads.map(|d| Log::new(d.log, None, d.seq + 1)).collect()
        }
        Some(patient) => {
            let mut found: BTreeMap<LogId, Vec<u64>> = BTreeMap::new();
            for (log, seq) in db.about(patient, Kind::Audit)? {
                found.entry(log).or_default().push(seq);
            }
            let whole = |(id, mut only): (LogId, Vec<u64>)| {
                only.sort_unstable();
                let left = only.last().map_or(0, |s| s + 1);
                Log::new(id, Some(only), left)
            };
            found.into_iter().map(whole).collect()
        }
    };
    if let Some(AuditMark(mark)) = &ask.from {
        let mark: BTreeMap<LogId, u64> = mark.iter().copied().collect();
        // What came since belongs to a look that begins anew.
        all.iter_mut().for_each(|l| l.left = l.left.min(mark.get(&l.id).copied().unwrap_or(0)));
    }
    Ok(all)
}

/// Every word is in one of the texts, whatever its case and accents.
fn fits(words: &str, texts: &[&str]) -> bool {
    if words.trim().is_empty() {
        return true;
    }
    let texts: Vec<String> = texts.iter().map(|t| folded(t)).collect();
    folded(words).split_whitespace().all(|word| texts.iter().any(|t| t.contains(word)))
}

/// Somebody who looks, and what they asked.
struct Look<'a> {
    db: &'a Db,
    ask: &'a AuditAsk,
    org: OrgId,
    role: Role,
    /// Names that were looked up; none: not for this reader.
    names: BTreeMap<PatientId, Option<String>>,
    zone: TimeZone,
    out: AuditPart,
}

impl Look<'_> {
    /// A name is part of the record: only whoever may read it, or reviews what was opened, learns it here.
    fn name(&mut self, patient: PatientId) -> Result<Option<String>, StoreError> {
        if let Some(known) = self.names.get(&patient) {
            return Ok(known.clone());
        }
        let (db, org, role) = (self.db, self.org, self.role);
        let card = db.get::<Card>(tables::CARDS, &patient.0)?.filter(|c| {
            (c.custodian == org && reviews(role))
                || may_read(db, patient, c.custodian, org, role, Purpose::Treatment, clock::now())
                    .decision
                    .allow
        });
        let name = card.map(|c| c.name);
        self.names.insert(patient, name.clone());
        Ok(name)
    }

    /// What one entry says, where it fits.
    fn entry(&mut self, e: &AuditEntry, at: Millis, block: BlockId) -> Result<(), StoreError> {
        let db = self.db;
        let g = db.replica().governance();
        let (row, exported) = match e {
            AuditEntry::Access(a) | AuditEntry::Export(a) => {
                let Ok(access) = a.read::<Access>(MAX_PAYLOAD) else { return Ok(()) };
                let org = g.staff(a.author).map_or_else(String::new, |s| g.org_name(s.org));
                let reader = AuditReader::Staff { name: g.staff_name(a.author), org };
                ((reader, access), matches!(e, AuditEntry::Export(_)))
            }
            AuditEntry::Own(o) => {
                let patient = o.reading.patient;
                let cards = Cards::of(db.replica().consents(patient), db.replica());
                // Only a card that somebody issued speaks for the patient.
                if !cards.all().iter().any(|c| c.keys.signing == o.card) {
                    return Ok(());
                }
                let compartments = Compartment::ALL.iter().map(|(c, _)| *c).collect();
                let access = Access {
                    patient,
                    purpose: Purpose::Treatment,
                    compartments,
                    custodians: Vec::new(),
                    grants: Vec::new(),
                    allowed: true,
                };
                ((AuditReader::Patient, access), false)
            }
            AuditEntry::SignIn(_) | AuditEntry::Credential(_) => return Ok(()),
        };
        let (reader, access) = row;
        if self.ask.patient.is_some_and(|p| p != access.patient) {
            return Ok(());
        }
        self.out.looked += 1;
        let (who, org) = match &reader {
            AuditReader::Staff { name, org } => (name.clone(), org.clone()),
            AuditReader::Patient => Default::default(),
        };
        if !fits(&self.ask.by, &[&who, &org]) {
            return Ok(());
        }
        let custodians = access.custodians.iter().map(|o| g.org_name(*o)).collect();
        let name = self.name(access.patient)?;
        let day = day_of(at, &self.zone).map_or_else(String::new, |d| d.to_string());
        let (id, whose) = (access.patient.to_string(), name.clone().unwrap_or_default());
        if fits(&self.ask.words, &[&who, &org, &whose, &id, &day]) {
            self.out.rows.push(AuditRow {
                block,
                at,
                reader,
                patient: access.patient,
                name,
                purpose: access.purpose,
                allowed: access.allowed,
                exported,
                compartments: access.compartments,
                custodians,
                grants: access.grants,
            });
        }
        Ok(())
    }

    /// Goes through the logs, the newest block of all first.
    fn run(mut self, mut logs: Vec<Log>) -> Result<AuditPart, StoreError> {
        let mut ends: BinaryHeap<(Hlc, LogId, usize)> = BinaryHeap::new();
        for (i, log) in logs.iter_mut().enumerate() {
            ends.extend(log.read(self.db)?.map(|(time, id)| (time, id, i)));
        }
        let mut blocks = 0;
        while let Some((time, id, i)) = ends.pop() {
            // What is left of a log is older than its last block.
            if self.ask.since.is_some_and(|since| time.millis < since) {
                break;
            }
            if blocks >= LOOK || self.out.rows.len() >= MOST {
                let left = logs.iter().filter(|l| l.left > 0).map(|l| (l.id, l.left));
                self.out.next = Some(AuditMark(left.collect()));
                break;
            }
            blocks += 1;
            let Some(stored) = logs[i].head.take() else { continue };
            let h = &stored.signed.header;
            if h.kind == Kind::Audit
                && let Some(block) = self.db.block(id, h.seq)?
            {
                self.block(&block, time.millis, stored.id)?;
            }
            logs[i].left = h.seq;
            ends.extend(logs[i].read(self.db)?.map(|(time, id)| (time, id, i)));
        }
        Ok(self.out)
    }

    fn block(&mut self, b: &Block, at: Millis, id: BlockId) -> Result<(), StoreError> {
        let entries: Vec<AuditEntry> = codec::decode(b.content(), MAX_PAYLOAD).unwrap_or_default();
        for e in &entries {
            self.entry(e, at, id)?;
        }
        Ok(())
    }
}

/// Whoever records consents shows patients who read; whoever administers watches over everybody's reading.
fn may_audit(db: &Db, role: Role) -> Decision {
    let g = db.replica().governance();
    let decide = |action| decide_by(g, &asked(role, action, Purpose::Treatment, true, false));
    let consents = decide(Action::Consent);
    if consents.allow { consents } else { decide(Action::Administer) }
}

impl Node {
    /// Who read what, as far as one call looks.
    pub(in crate::node) async fn audit(&self, who: &Who, ask: AuditAsk) -> Result<AuditPart, Fault> {
        if ask.words.chars().count().max(ask.by.chars().count()) > MAX_AUDIT_WORDS {
            return Err(Fault::new(
                FaultKind::Usage,
                format!("search for at most {MAX_AUDIT_WORDS} letters"),
            ));
        }
        let open = self.opened().await?;
        let (org, role) = (locked(&open.device).org_id(), who.role);
        let part = open.store.call(move |db| {
            let decision = may_audit(db, role);
            if !decision.allow {
                return Ok(Err(denied(&decision)));
            }
            let (names, out) = Default::default();
            let look = Look { db, ask: &ask, org, role, names, zone: TimeZone::system(), out };
            look.run(logs(db, &ask)?).map(Ok)
        });
        part.await?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_typed_is_somewhere() {
        let texts = ["Béla Mwangi", "Lake Hospital", "2026-03-01"];
        for words in ["", "  ", "bela", "LAKE mwan", "03-01 béla"] {
            assert!(fits(words, &texts), "{words}");
        }
        assert!(!fits("bela union", &texts));
        assert!(!fits("x", &[]));
        assert!(fits("", &[]));
    }
}
