//! Patients and visits from a list: checked whole first, so that nothing is taken unless every line can be.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    fs::File,
    io::Read,
    path::Path,
};

use jiff::{Timestamp, tz::TimeZone};

use super::{At, Bad, Phase, answer, within};
use crate::{
    core::{
        id::PatientId,
        policy::Purpose,
        record::{Patient, Vital, show_milli},
    },
    node::api::{ClinicClient, Fault, FaultKind, PatientRow, VisitDraft},
    sheet::{
        patients::{self, Listed},
        table::{MAX_BYTES, Refused},
        visits::{self, Visited},
    },
};

/// A list's text, within the limit.
///
/// # Errors
/// It isn't there, is too large, or isn't UTF-8.
pub(crate) fn text(path: &Path) -> Result<String, Fault> {
    let bad = |why: String| Fault::new(FaultKind::Refused, format!("{}: {why}", path.display()));
    let unread = |e| Fault::unread(path, &e, "check the name");
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unread)?;
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unread)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(bad(format!("larger than {} MiB: divide it", MAX_BYTES >> 20)));
    }
    String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        let line = e.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
        bad(format!("line {line} is not UTF-8 text: save the list as 'CSV UTF-8'"))
    })
}

/// Patients from a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatientsIn {
    all: Vec<(u64, Listed)>,
    /// Register also who is likely here already.
    anyway: bool,
    /// Lines that were checked.
    checked: usize,
    /// Patients of this organisation; asked for with the first line.
    here: Option<BTreeSet<PatientId>>,
    /// What lines said before, with the first that did.
    said: BTreeMap<String, u64>,
    new: Vec<Patient>,
    registered: usize,
    /// Nobody knows what became of the one that was sent: the answer didn't come.
    doubt: bool,
    bad: Bad,
}

impl PatientsIn {
    /// The lines of a list.
    ///
    /// # Errors
    /// Each line that can't be read.
    pub(crate) fn read(text: &str, now: Timestamp, anyway: bool) -> Result<Self, Bad> {
        let this_year = now.to_zoned(TimeZone::UTC).year().unsigned_abs();
        let all = patients::read(text, this_year)?;
        let (here, said, new, bad) = Default::default();
        Ok(Self { all, anyway, checked: 0, here, said, new, registered: 0, doubt: false, bad })
    }

    pub(super) async fn step(&mut self, c: &ClinicClient) -> Result<bool, Fault> {
        if let Some((line, l)) = self.all.get(self.checked).cloned() {
            self.check(c, line, &l).await?;
            self.checked += 1;
            return Ok(self.checked == self.all.len() && (self.new.is_empty() || !self.bad.is_empty()));
        }
        let Some(p) = self.new.get(self.registered).filter(|_| self.bad.is_empty()) else { return Ok(true) };
        let same = |x: &&Patient| (&x.name, x.birth_year, &x.village) == (&p.name, p.birth_year, &p.village);
        // Whoever is here already isn't in the list: what there is more of than was registered is what was sent.
        let before = self.new.iter().take(self.registered).filter(same).count();
        if !(self.doubt && alike(c, p).await? > before) {
            let sent = answer(c.register(within(30), p.clone()).await);
            self.doubt = unanswered(&sent);
            sent?;
        }
        self.doubt = false;
        self.registered += 1;
        Ok(self.registered == self.new.len())
    }

    async fn check(&mut self, c: &ClinicClient, line: u64, l: &Listed) -> Result<(), Fault> {
        if self.here.is_none() {
            self.here = Some(answer(c.own_patients(within(60)).await)?.into_iter().collect());
        }
        let known = format!("{:?}", l.patient);
        let own = |id: &PatientId| self.here.as_ref().is_some_and(|here| here.contains(id));
        let why = match (self.said.get(&known), l.id) {
            (Some(first), _) => Some(format!("the same as line {first}: take one out")),
            (None, Some(id)) if own(&id) => None,
            (None, Some(id)) => {
                Some(format!("no patient {} here: leave that cell empty to register somebody", id.short()))
            }
            (None, None) => self.unlike(c, l).await?,
        };
        self.said.entry(known).or_insert(line);
        self.bad.extend(why.map(|why| Refused { line, why }));
        Ok(())
    }

    /// Somebody to register, unless they are here; or why they can't be.
    async fn unlike(&mut self, c: &ClinicClient, l: &Listed) -> Result<Option<String>, Fault> {
        if alike(c, &l.patient).await? > 0 {
            return Ok(None);
        }
        let likely = answer(c.likely(within(30), l.patient.clone()).await)?;
        match likely.first() {
            Some(d) if !self.anyway => Ok(Some(format!(
                "likely {} ({}), who is here: take the line out, or have it registered anyway (--anyway)",
                d.name,
                d.reasons.join(", ")
            ))),
            _ => {
                self.new.push(l.patient.clone());
                Ok(None)
            }
        }
    }

    pub(super) fn at(&self) -> At {
        match self.checked < self.all.len() {
            true => At { phase: Phase::Checking, done: self.checked, of: self.all.len() },
            false => At { phase: Phase::Registering, done: self.registered, of: self.new.len() },
        }
    }

    /// Lines that stand in the way: nothing was taken.
    pub(crate) fn bad(&self) -> &[Refused] {
        &self.bad
    }

    /// Lines read, and patients registered so far.
    pub(crate) fn took(&self) -> (usize, usize) {
        (self.all.len(), self.registered)
    }
}

/// How many are here of whom the same is said.
async fn alike(c: &ClinicClient, p: &Patient) -> Result<usize, Fault> {
    let found = answer(c.patients(within(30), p.name.clone()).await)?;
    let same = |r: &&PatientRow| r.name == p.name && r.birth_year == p.birth_year && r.village == p.village;
    Ok(found.iter().filter(|r| r.own).filter(same).count())
}

/// What was sent may have been done all the same.
fn unanswered<T>(r: &Result<T, Fault>) -> bool {
    r.as_ref().is_err_and(|f| f.kind == FaultKind::Unreachable)
}

/// What a list says of a visit beyond its reason and measurements. Its codes are words: it doesn't say of which system.
fn note(v: &Visited) -> String {
    let said = [v.note.trim(), v.done.trim()];
    said.into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Whether two times are the same second: a list says no more.
fn same_second(a: i64, b: i64) -> bool {
    a.div_euclid(1_000) == b.div_euclid(1_000)
}

/// Visits from a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VisitsIn {
    read: usize,
    /// Patients who are still to be looked at, each with their lines.
    left: VecDeque<(PatientId, Vec<(u64, Visited)>)>,
    of: usize,
    new: Vec<Visited>,
    written: usize,
    /// Nobody knows what became of the one that was sent: the answer didn't come.
    doubt: bool,
    bad: Bad,
}

impl VisitsIn {
    /// The lines of a list.
    ///
    /// # Errors
    /// Each line that can't be read.
    pub(crate) fn read(text: &str, now: Timestamp) -> Result<Self, Bad> {
        let all = visits::read(text, u64::try_from(now.as_millisecond()).unwrap_or(0))?;
        let read = all.len();
        let mut of: BTreeMap<PatientId, Vec<(u64, Visited)>> = BTreeMap::new();
        for v in all {
            of.entry(v.1.patient).or_default().push(v);
        }
        let left: VecDeque<_> = of.into_iter().collect();
        Ok(Self { read, of: left.len(), left, new: Vec::new(), written: 0, doubt: false, bad: Vec::new() })
    }

    pub(super) async fn step(&mut self, c: &ClinicClient) -> Result<bool, Fault> {
        if let Some((patient, _)) = self.left.front() {
            let chart = match answer(c.chart(within(120), *patient, Purpose::Treatment).await) {
                Ok(chart) if chart.own => Ok(chart),
                Ok(_) => Err("another organisation keeps that patient: only it writes visits".into()),
                Err(f) if f.kind == FaultKind::Usage => Err(f.message),
                Err(f) => return Err(f),
            };
            let visits = self.left.pop_front().map_or_else(Vec::new, |(_, visits)| visits);
            match chart {
                Ok(chart) => self.new.extend(visits.into_iter().map(|(_, v)| v).filter(|v| {
                    // One that was struck out here isn't written anew.
                    let here = chart.visits.iter().chain(chart.struck.iter().map(|s| &s.visit));
                    !here.into_iter().any(|x| same_second(x.at, v.at) && x.reason == v.reason)
                })),
                Err(why) => self
                    .bad
                    .extend(visits.into_iter().map(|(line, _)| Refused { line, why: String::clone(&why) })),
            }
            self.bad.sort_by_key(|r| r.line);
            return Ok(self.left.is_empty() && (self.new.is_empty() || !self.bad.is_empty()));
        }
        let Some(v) = self.new.get(self.written).filter(|_| self.bad.is_empty()) else { return Ok(true) };
        let of = |vital: Vital| {
            v.observations.iter().find(|o| o.vital == vital).map_or_else(String::new, |o| show_milli(o.milli))
        };
        let draft = VisitDraft {
            reason: v.reason.clone(),
            note: note(v),
            vitals: Vital::ALL.map(of).into(),
            ..VisitDraft::default()
        };
        let at = u64::try_from(v.at).unwrap_or(0);
        if !(self.doubt && self.is_here(c, v).await?) {
            let sent = answer(c.write_past_visit(within(30), v.patient, at, draft).await);
            self.doubt = unanswered(&sent);
            sent?;
        }
        self.doubt = false;
        self.written += 1;
        Ok(self.written == self.new.len())
    }

    /// Whether the visit that was sent is here: there are more like it than were written before it.
    async fn is_here(&self, c: &ClinicClient, v: &Visited) -> Result<bool, Fault> {
        let chart = answer(c.chart(within(120), v.patient, Purpose::Treatment).await)?;
        let here = chart.visits.iter().filter(|x| same_second(x.at, v.at) && x.reason == v.reason);
        let same = |x: &&Visited| x.patient == v.patient && same_second(x.at, v.at) && x.reason == v.reason;
        Ok(here.count() > self.new.iter().take(self.written).filter(same).count())
    }

    pub(super) fn at(&self) -> At {
        match self.left.is_empty() {
            false => At { phase: Phase::Checking, done: self.of - self.left.len(), of: self.of },
            true => At { phase: Phase::Writing, done: self.written, of: self.new.len() },
        }
    }

    /// Lines that stand in the way: nothing was taken.
    pub(crate) fn bad(&self) -> &[Refused] {
        &self.bad
    }

    /// Lines read, and visits written so far.
    pub(crate) fn took(&self) -> (usize, usize) {
        (self.read, self.written)
    }
}
