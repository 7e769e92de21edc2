//! What is due, and archiving it. Every patient of the organisation is looked at, some at a time, while others work.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    super::{
        Node,
        api::{ArchiveDone, ArchivePlan, Change, Fault, FaultKind, MOST_DISPOSALS, SeriesRow, Who, Working},
        clock,
        device::Device,
        locked,
        people::certified,
        records::{current, entries, person, refresh_cards},
        rights::{rights_block, said},
    },
    state::{archived, event, latest, own_records},
};
use crate::{
    core::{
        block::Kind,
        codec,
        id::{BlockId, PatientId},
        policy::Action,
        record::Body,
        retention::{Due, Item, Known, SHIPPED, Schedule, Series, YEAR, due},
        rights::{Deed, MAX_MARKED, Marked, Retention},
        time::{DAY, Millis},
    },
    store::{Beside, Db, StoreError},
};

/// Patients that are looked at in one go.
const BATCH: usize = 32;

#[derive(Default)]
struct Sum {
    records: u64,
    bytes: u64,
    patients: u64,
}

/// What was found so far.
struct Gathering {
    plan: ArchivePlan,
    schedules: Vec<Schedule>,
    /// The blocks that hold those schedules.
    under: Vec<BlockId>,
    archive: BTreeMap<Series, Sum>,
    past: BTreeMap<Series, Sum>,
    /// What to mark, and how many blocks of the patient there were.
    marked: Vec<(Marked, usize)>,
}

fn rows(of: BTreeMap<Series, Sum>) -> Vec<SeriesRow> {
    let row = |(series, s): (Series, Sum)| SeriesRow {
        series,
        records: s.records,
        bytes: s.bytes,
        patients: s.patients,
    };
    of.into_iter().map(row).collect()
}

/// Adds one patient's records to their series.
fn add(to: &mut BTreeMap<Series, Sum>, items: impl Iterator<Item = (Series, u64)>) {
    let mut mine: BTreeMap<Series, (u64, u64)> = BTreeMap::new();
    for (s, bytes) in items {
        let m = mine.entry(s).or_default();
        *m = (m.0 + 1, m.1 + bytes);
    }
    for (s, (records, bytes)) in mine {
        let sum = to.entry(s).or_default();
        (sum.records, sum.bytes, sum.patients) = (sum.records + records, sum.bytes + bytes, sum.patients + 1);
    }
}

impl Gathering {
    fn begin(db: &Db, device: &Device, now: Millis) -> Self {
        let found = db.replica().schedules(device.org_id());
        let under: Vec<BlockId> = found.iter().map(|(n, _)| n.block).collect();
        let adopted = !found.is_empty();
        // One that needs a newer Aidpost makes nothing due: what it would keep isn't known here.
        let read: Option<Vec<Schedule>> = match adopted {
            true => found.iter().map(|(_, text)| Schedule::parse(text).ok()).collect(),
            false => Schedule::parse(SHIPPED).ok().map(|s| vec![s]),
        };
        let schedules = read.unwrap_or_default();
        let names: Vec<&str> = schedules.iter().map(|s| s.name.as_str()).collect();
        let plan = ArchivePlan {
            as_of: db.replica().past(now),
            schedule: names.join(" and "),
            adopted,
            ..ArchivePlan::default()
        };
        let (archive, past, marked) = Default::default();
        Self { plan, schedules, under, archive, past, marked }
    }

    fn look(&mut self, db: &Db, device: &Device, patient: PatientId) -> Result<(), StoreError> {
        let (org, replica) = (device.org_id(), db.replica());
        self.plan.looked_at += 1;
        if !replica.shelf(org, patient).holds.is_empty() {
            self.plan.held += 1;
            return Ok(());
        }
        let blocks = own_records(db, org, patient)?;
        let (all, bad) = entries(db, device, patient, |o, _| o == org)?;
        // Of a record that doesn't open nobody knows what it is and of when.
        if !bad.is_empty() {
            self.plan.unreadable += 1;
            return Ok(());
        }
        // What is nobody's (a directory of practitioners) isn't archived.
        let Some(who) = person(&all, &[org]) else { return Ok(()) };
        let histories = current(&all);
        let mut known =
            Known { birth_year: who.birth_year, birth_estimated: who.birth_estimated, ..Known::default() };
        let (mut events, mut items) = (Vec::new(), Vec::new());
        for (_, h) in &histories {
            let Some(first) = h.standing.first() else { continue };
            events.extend(h.standing.iter().filter_map(|e| event(replica, e)));
            let series = Series::of(first.compartment, &first.record.body);
            let bytes = h.standing.iter().map(|e| match &e.record.body {
                Body::Attachment(a) => a.parts.size,
                body => codec::encode(body).len() as u64,
            });
            let at = h.standing.iter().map(|e| latest(replica, e)).max().unwrap_or(Millis::MAX);
            items.push((Item { series, at, bytes: bytes.sum() }, first.block));
        }
        known.items = items.iter().map(|(i, _)| *i).collect();
        let times = || known.items.iter().map(|i| i.at);
        known.last_visit = events.into_iter().max().or_else(|| times().max()).unwrap_or(Millis::MAX);
        known.first = times().min().unwrap_or(Millis::MAX);
        // A date that says no more than its year counts as the end of it.
        if known.last_visit.max(times().max().unwrap_or(0)) > self.plan.as_of.saturating_add(YEAR + DAY) {
            self.plan.ahead += 1;
        }
        let found = due(&self.schedules, &known, self.plan.as_of);
        self.mark(db, device, patient, &found, &items, blocks.len())?;
        if found.dispose {
            self.plan.disposals += 1;
            if self.plan.disposal.len() < MOST_DISPOSALS {
                self.plan.disposal.push(patient);
            }
        }
        add(&mut self.past, found.past.iter().map(|s| (*s, 0)));
        self.read_past(db, patient)
    }

    /// What of that isn't archived yet.
    fn mark(
        &mut self,
        db: &Db,
        device: &Device,
        patient: PatientId,
        found: &Due,
        items: &[(Item, BlockId)],
        blocks: usize,
    ) -> Result<(), StoreError> {
        let away = archived(db, device.org_id(), patient)?;
        let mut series = Vec::new();
        let mut new = Vec::new();
        for (s, until) in &found.archive {
            let here = items.iter().filter(|(i, block)| {
                i.series == *s && until.is_none_or(|t| i.at <= t) && !away.record(*s, i.at, *block)
            });
            let before = new.len();
            new.extend(here.map(|(i, _)| (*s, i.bytes)));
            if new.len() > before {
                series.push((*s, *until));
            }
        }
        if series.is_empty() {
            return Ok(());
        }
        self.plan.patients += u64::from(series.iter().any(|(s, _)| *s == Series::Care));
        add(&mut self.archive, new.into_iter());
        self.marked.push((Marked { patient, series }, blocks));
        Ok(())
    }

    /// Who read what, past its time.
    fn read_past(&mut self, db: &Db, patient: PatientId) -> Result<(), StoreError> {
        let keep = self.schedules.iter().map(|s| s.rule(Series::Audit).keep.map(u64::from));
        let Some(keep) = keep.collect::<Option<Vec<u64>>>().and_then(|all| all.into_iter().max()) else {
            return Ok(());
        };
        let tree = db.replica().tree();
        let old = db.about(patient, Kind::Audit)?.into_iter().filter(|(log, seq)| {
            let at = db.replica().id_at(*log, *seq).and_then(|id| tree.time(tree.place(id)?));
            at.is_some_and(|t| t.millis.saturating_add(keep * YEAR) <= self.plan.as_of)
        });
        let n = old.count();
        add(&mut self.past, std::iter::repeat_n((Series::Audit, 0), n));
        Ok(())
    }

    fn end(&mut self) -> ArchivePlan {
        self.plan.archive = rows(std::mem::take(&mut self.archive));
        self.plan.past = rows(std::mem::take(&mut self.past));
        self.plan.clone()
    }
}

impl Node {
    async fn gather(self: &Arc<Self>, who: &Who) -> Result<Gathering, Fault> {
        self.require(who.role, Action::Administer).await?;
        let open = self.opened().await?;
        let (patients, device) = (self.own_patients().await?, locked(&open.device).clone());
        let (now, also) = (clock::now(), device.clone());
        let mut g = open.store.call(move |db| Ok(Gathering::begin(db, &also, now))).await?;
        let total = patients.len() as u64;
        for some in patients.chunks(BATCH) {
            let (some, device) = (some.to_vec(), device.clone());
            g = open
                .store
                .call(move |db| {
                    for p in some {
                        g.look(db, &device, p)?;
                    }
                    Ok(g)
                })
                .await?;
            self.work(Some(Working {
                what: "looking through the records".into(),
                done: g.plan.looked_at,
                total,
            }));
        }
        Ok(g)
    }

    /// What is due now; changes nothing.
    pub(in crate::node) async fn archive_plan(self: &Arc<Self>, who: &Who) -> Result<ArchivePlan, Fault> {
        let done = self.gather(who).await;
        self.work(None);
        Ok(done?.end())
    }

    /// Archives what is due (admin, after their PIN).
    pub(in crate::node) async fn archive_run(self: &Arc<Self>, who: &Who) -> Result<ArchiveDone, Fault> {
        self.require_proven(who.role, Action::Administer).await?;
        let done = self.gather(who).await;
        self.work(None);
        let mut g = done?;
        if !g.plan.adopted {
            return Err(Fault::new(
                FaultKind::Conflict,
                "no schedule is adopted yet: 'aidpost archive schedule' shows the proposal, 'aidpost archive adopt FILE' adopts one",
            ));
        }
        let open = self.opened().await?;
        let (device, staff) = (locked(&open.device).clone(), open.key(who.staff)?);
        let done = open.store.call(move |db| {
            let org = device.org_id();
            let now: Vec<BlockId> = db.replica().schedules(org).iter().map(|(n, _)| n.block).collect();
            if now != g.under {
                return Err(StoreError::Refused(
                    "another schedule was adopted meanwhile: look at the plan again".into(),
                ));
            }
            let (mut marked, mut changed) = (Vec::new(), 0);
            for (m, blocks) in std::mem::take(&mut g.marked) {
                // Whoever was seen since they were looked at stays: a mark would cover the new visit.
                let same = own_records(db, org, m.patient)?.len() == blocks;
                match same && db.replica().shelf(org, m.patient).holds.is_empty() {
                    true => marked.push(m),
                    false => changed += 1,
                }
            }
            let consortium = db.replica().governance().consortium();
            let contents: Vec<_> = marked
                .chunks(MAX_MARKED)
                .map(|some| {
                    let (under, marked) = (g.under.clone(), some.to_vec());
                    rights_block(vec![said(
                        &staff,
                        consortium,
                        &Deed::Retention(Retention::Archive { under, marked }),
                    )])
                })
                .collect();
            let blocks = match contents.is_empty() {
                true => 0,
                false => certified(db, &device)?.write(db, contents, &Beside::default())?.len() as u64,
            };
            refresh_cards(db, &device, false)?;
            Ok(ArchiveDone { plan: g.end(), marked: marked.len() as u64, blocks, changed })
        });
        let done = done.await?;
        self.announce(Change::Ledger);
        Ok(done)
    }
}
