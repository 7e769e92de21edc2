//! A patient's chart: decided, put on the ledger, and only then opened.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;

use crate::{
    core::{
        audit::{self, Access, AuditEntry},
        block::Kind,
        codec,
        consent::{self, allowing, standing},
        difference::differences,
        governance::{Governance, Role},
        id::{BlockId, ChunkId, GrantId, OrgId, PatientId, RecordId},
        json::Json,
        policy::{Action, Ask, Decision, Purpose},
        record::{Body, Compartment, Observation, Patient},
        resource::{Resource, Text},
        sign::Authored,
        time::Millis,
        versions::History,
    },
    fhir::view,
    node::{
        api::{
            AttachmentRow, Chart, ConflictRow, DifferenceRow, Fault, FaultKind, ItemRow, LinkedRow,
            StruckRow, VersionRow, VisitRow,
        },
        asked,
        checking::decide_by,
        clock, denied,
        device::Device,
        people::certified,
        sync::{Elsewhere, only_here},
    },
    store::{Beside, Content, Db, StoreError},
};

use super::{
    attachments,
    cards::{born_on, demographics},
    guardians,
    medicines::{self, Kept},
    opening::{Entry, current, custodians, entries},
};

/// Linked patients whose records are shown with one's own.
const MAX_LINKED: usize = 8;

/// What one asks for: who, in which role, how they proved it, what for.
#[derive(Clone, Copy)]
pub(in crate::node) struct Reader<'a> {
    pub(in crate::node) device: &'a Device,
    pub(in crate::node) staff: &'a SigningKey,
    pub(in crate::node) role: Role,
    pub(in crate::node) action: Action,
    pub(in crate::node) purpose: Purpose,
    /// A PIN or passphrase was given a moment ago.
    pub(in crate::node) proven: bool,
    /// The emergency summary is opened with the records.
    pub(in crate::node) emergency: bool,
}

impl<'a> Reader<'a> {
    /// Somebody who reads to treat the patient.
    pub(super) fn treating(device: &'a Device, staff: &'a SigningKey, role: Role) -> Self {
        let (action, purpose) = (Action::Read, Purpose::Treatment);
        Self { device, staff, role, action, purpose, proven: false, emergency: false }
    }
}

/// Whether this organisation, in this role, may have what `custodian` wrote of a part of a record; with which grants.
pub(in crate::node) struct Standing {
    pub(in crate::node) decision: Decision,
    pub(in crate::node) grants: Vec<GrantId>,
}

/// Asks consent and policy about one custodian's records of a patient.
pub(in crate::node) fn may_read(
    db: &Db,
    patient: PatientId,
    custodian: OrgId,
    org: OrgId,
    role: Role,
    purpose: Purpose,
    now: Millis,
) -> Standing {
    let ask = asked(role, Action::Read, purpose, custodian == org, false);
    may(db, patient, custodian, org, ask, Compartment::General, now)
}

/// The question as the policy is asked, with what a patient's consents say to it, and by which grants.
pub(super) fn with_consent(
    all: &[consent::Standing],
    custodian: OrgId,
    org: OrgId,
    ask: Ask,
    part: Compartment,
) -> (Ask, Vec<GrantId>) {
    let grants = allowing(all, custodian, org, ask.role, ask.purpose, part);
    (Ask { granted: !grants.is_empty(), ..ask }, grants)
}

fn may(
    db: &Db,
    patient: PatientId,
    custodian: OrgId,
    org: OrgId,
    ask: Ask,
    part: Compartment,
    now: Millis,
) -> Standing {
    let replica = db.replica();
    let all = standing(replica.consents(patient), replica, replica.moment(now));
    let (ask, grants) = with_consent(&all, custodian, org, ask, part);
    Standing { decision: decide_by(replica.governance(), &ask), grants }
}

/// Records that may be had now, the block that says so on the ledger, and why.
pub(in crate::node) struct Opened {
    pub(in crate::node) entries: Vec<Entry>,
    pub(in crate::node) unreadable: Vec<String>,
    pub(in crate::node) because: Vec<String>,
    pub(in crate::node) recorded: BlockId,
}

/// Decides, makes the access durable, and only then opens.
pub(in crate::node) fn open_records(
    db: &mut Db,
    r: Reader<'_>,
    patient: PatientId,
) -> Result<Result<Opened, Fault>, StoreError> {
    let (org, now) = (r.device.org_id(), clock::now());
    let author = certified(db, r.device)?;
    let all = custodians(db, patient)?;
    if all.is_empty() {
        return Ok(Err(Fault::new(FaultKind::Usage, "no such patient here: search by name or village")));
    }
    let (mut allowed, mut grants, mut because) = (Vec::new(), Vec::new(), Vec::new());
    let mut no = None;
    for custodian in &all {
        for (part, _) in Compartment::ALL {
            let own = *custodian == org;
            let ask = Ask { proven: r.proven, ..asked(r.role, r.action, r.purpose, own, false) };
            let s = may(db, patient, *custodian, org, ask, part, now);
            if s.decision.allow {
                allowed.push((*custodian, part));
                grants.extend(s.grants);
                because.extend(s.decision.reasons);
            } else if part == Compartment::General {
                no = Some(s.decision);
            }
        }
    }
    because.sort();
    because.dedup();
    grants.sort();
    grants.dedup();
    let mut of: Vec<OrgId> = allowed.iter().map(|(o, _)| *o).collect();
    of.dedup();
    let mut parts: Vec<Compartment> = allowed.iter().map(|(_, c)| *c).collect();
    parts.sort();
    parts.dedup();
    parts.extend(r.emergency.then_some(Compartment::Emergency));
    let refused = allowed.is_empty();
    let access = Access {
        patient,
        purpose: r.purpose,
        compartments: if refused { vec![Compartment::General] } else { parts },
        custodians: if refused { all } else { of },
        grants,
        allowed: !refused,
    };
    let consortium = db.replica().governance().consortium();
    let signed = Authored::new(r.staff, audit::DOMAIN, &[&consortium.0, &[]], &access);
    let entry = match r.action {
        Action::Export => AuditEntry::Export(signed),
        _ => AuditEntry::Access(signed),
    };
    let content: (Kind, Content) = (Kind::Audit, Box::new(move |_, _| Ok(codec::encode(&vec![entry]))));
    let written = author.write(db, vec![content], &Beside::default())?;
    let recorded = written.first().map(|(h, _)| h.id).ok_or(StoreError::Closed)?;
    if let (true, Some(d)) = (refused, no) {
        return Ok(Err(denied(&d)));
    }
    let (entries, unreadable) = entries(db, r.device, patient, |o, c| allowed.contains(&(o, c)))?;
    Ok(Ok(Opened { entries, unreadable, because, recorded }))
}

/// The patients that a record says are the same person.
fn linked(entries: &[Entry], own: OrgId) -> Vec<PatientId> {
    let mut out: Vec<PatientId> = current(entries)
        .iter()
        .filter(|((org, _), _)| *org == own)
        .filter_map(|(_, h)| match &h.standing.first()?.record.body {
            Body::Link(l) if l.same => Some(l.other),
            _ => None,
        })
        .collect();
    out.sort();
    out.dedup();
    out
}

pub(super) fn read_chart(
    db: &mut Db,
    r: Reader<'_>,
    patient: PatientId,
) -> Result<Result<Chart, Fault>, StoreError> {
    let org = r.device.org_id();
    let opened = match open_records(db, r, patient)? {
        Ok(o) => o,
        Err(f) => return Ok(Err(f)),
    };
    let histories = current(&opened.entries);
    let g = db.replica().governance().clone();
    let Some((who, custodian)) = demographics(&histories, org, |_| true) else {
        let why = opened.unreadable.join("; ");
        let words = if why.is_empty() { "it holds no patient".into() } else { why };
        return Ok(Err(Fault::new(
            FaultKind::Damaged,
            format!("this record cannot be opened here: {words}"),
        )));
    };
    let here = only_here(db)?;
    let mut page = Page::new(&g, &here);
    page.add(patient, &histories, &medicines::of_record_and_directory(db, r.device, &histories)?);
    let mut linked_rows = Vec::new();
    let mut unreadable = opened.unreadable;
    for other in linked(&opened.entries, org).into_iter().take(MAX_LINKED) {
        match open_records(db, r, other)? {
            Ok(o) => {
                let histories = current(&o.entries);
                let name = demographics(&histories, org, |_| true).map_or_else(String::new, |(p, _)| p.name);
                page.add(other, &histories, &medicines::of_record_and_directory(db, r.device, &histories)?);
                linked_rows.push(LinkedRow { id: other, name });
                unreadable.extend(o.unreadable);
            }
            Err(f) => unreadable.push(format!("the linked record {}: {f}", other.short())),
        }
    }
    page.visits.sort_by_key(|v| std::cmp::Reverse((v.at, v.record)));
    page.struck.sort_by_key(|s| std::cmp::Reverse((s.visit.at, s.visit.record)));
    page.items.sort_by_key(|i| std::cmp::Reverse((i.at, i.record)));
    let versions = histories
        .iter()
        .filter(|((o, _), _)| *o == org)
        .find(|(_, h)| h.standing.first().is_some_and(|e| super::cards::said(&e.record.body).is_some()));
    let guardian = guardians::of(&histories, custodian, who.birth_year, clock::now());
    let shelved = crate::node::archive::of_chart(db, org, patient, &histories)?;
    Ok(Ok(Chart {
        shelved,
        id: patient,
        patient: who,
        edited: versions.is_some_and(|(_, h)| !h.replaced.is_empty()),
        versions: versions.map_or_else(Vec::new, |(_, h)| h.standing.iter().map(|e| e.version).collect()),
        custodian: g.org_name(custodian),
        own: custodian == org,
        visits: page.visits,
        struck: page.struck,
        items: page.items,
        attachments: attachments::here(db, page.files)?,
        conflicts: page.conflicts,
        linked: linked_rows,
        because: opened.because,
        recorded: opened.recorded,
        unreadable,
        born_on: born_on(&histories, custodian),
        guardian,
    }))
}

/// The visits that entries hold, newest first. With a `device`, medicines by reference are looked for in its directory too.
pub(in crate::node) fn visits(
    db: &Db,
    device: Option<&Device>,
    patient: PatientId,
    entries: &[Entry],
) -> Result<Vec<VisitRow>, StoreError> {
    let (g, here) = (db.replica().governance(), only_here(db)?);
    let mut page = Page::new(g, &here);
    let histories = current(entries);
    let named = match device {
        Some(device) => medicines::of_record_and_directory(db, device, &histories)?,
        None => medicines::of_record(&histories),
    };
    page.add(patient, &histories, &named);
    page.visits.sort_by_key(|v| std::cmp::Reverse((v.at, v.record)));
    Ok(page.visits)
}

/// Who the patient is by these entries: as the first of `orgs` says that says anything.
pub(in crate::node) fn person(entries: &[Entry], orgs: &[OrgId]) -> Option<Patient> {
    let histories = current(entries);
    orgs.iter().find_map(|o| demographics(&histories, *o, |_| false)).map(|(p, _)| p)
}

/// Where visits are that other resources of the same organisation refer to, by its name for them. What another one writes, or
/// what came in, can name whatever it likes: it is shown, but not as part of this visit under its writer's name.
#[derive(Default)]
struct Encounters {
    /// Written in Aidpost: their note and measurements are their own, and aren't added to.
    written: BTreeMap<(OrgId, String), At>,
    /// Came from elsewhere: they gather what was done in them.
    came: BTreeMap<(OrgId, String), At>,
}

/// Where a visit is: by its place among those that count, or those that are struck out.
#[derive(Clone, Copy)]
enum At {
    Stands(usize),
    Struck(usize),
}

/// What a chart shows of the records of one patient, and of those that are linked with them.
pub(super) struct Page<'a> {
    g: &'a Governance,
    here: &'a Elsewhere,
    pub(super) visits: Vec<VisitRow>,
    pub(super) struck: Vec<StruckRow>,
    pub(super) items: Vec<ItemRow>,
    /// Kept files, and the pieces of each.
    pub(super) files: Vec<(AttachmentRow, Vec<ChunkId>)>,
    conflicts: Vec<ConflictRow>,
}

impl<'a> Page<'a> {
    pub(super) fn new(g: &'a Governance, here: &'a Elsewhere) -> Self {
        let (visits, struck, items, files, conflicts) = Default::default();
        Self { g, here, visits, struck, items, files, conflicts }
    }
}

impl Page<'_> {
    pub(super) fn add(
        &mut self,
        patient: PatientId,
        histories: &[((OrgId, RecordId), History<'_, Entry>)],
        named: &Kept,
    ) {
        let mut encounters = Encounters::default();
        let mut rest: Vec<(&Entry, &Resource, Json)> = Vec::new();
        for ((org, record), h) in histories {
            let Some(first) = h.standing.first() else { continue };
            if h.in_conflict() {
                self.conflicts.push(conflict(patient, *record, h, self.g));
            }
            match &first.record.body {
                Body::Visit { .. } | Body::Struck { .. } => {
                    let gone = first.believed && first.record.body.struck().is_some();
                    let at = self.next(first.record.body.struck().is_some());
                    encounters.written.insert((*org, format!("Encounter/{record}")), at);
                    // Both of two concurrent versions are shown until somebody decides.
                    for e in &h.standing {
                        let Some(row) = self.visit(patient, e, h) else { continue };
                        match e.record.body.struck() {
                            Some(why) => self.strike(row, e, h, why),
                            // Nobody's word brings back what was struck out: it stands among the conflicts alone.
                            None if gone && !e.believed => {}
                            None => self.visits.push(row),
                        }
                    }
                }
                Body::Resource(r) => match &r.json {
                    Text::Inline(s) => {
                        let Ok(j) = Json::parse(s) else { continue };
                        if r.kind == "Encounter" {
                            let l = view::line(&r.kind, &j);
                            let mistaken = l.status == "entered-in-error";
                            let at = self.next(mistaken);
                            for name in [r.full_url.clone(), Some(format!("Encounter/{}", r.id))]
                                .into_iter()
                                .flatten()
                            {
                                encounters.came.insert((*org, name), at);
                            }
                            let row = self.row(patient, first, h, l.at.unwrap_or(0), l.text);
                            match mistaken {
                                true => self.strike(row, first, h, ""),
                                false => self.visits.push(row),
                            }
                        } else {
                            rest.push((first, r, j));
                        }
                    }
                    Text::Parts(p) => self.items.push(ItemRow {
                        kind: r.kind.clone(),
                        text: format!("{} (a document of {} KiB)", r.kind, p.size / 1024),
                        at: None,
                        status: String::new(),
                        record: *record,
                        patient,
                        apart: true,
                        observations: Vec::new(),
                    }),
                },
                Body::Attachment(a) => {
                    self.files.push((attachments::row(patient, first, a, self.g), a.parts.chunks.clone()));
                }
                Body::Patient(_) | Body::Link(_) => {}
            }
        }
        let rest = rest.into_iter().map(|(e, r, j)| {
            let line = view::line_beside(&r.kind, &j, named.of(e.org, &r.source));
            (line, e, r, j)
        });
        let mut rest: Vec<_> = rest.collect();
        // What was measured first is the visit's, in whichever order records were given their names.
        rest.sort_by_key(|(line, e, ..)| (line.at.unwrap_or(i64::MAX), e.record.id));
        for (line, e, r, j) in rest {
            self.item(patient, (e, r, line), &j, &encounters);
        }
    }

    /// Where the next visit goes.
    fn next(&self, struck: bool) -> At {
        if struck { At::Struck(self.struck.len()) } else { At::Stands(self.visits.len()) }
    }

    /// A visit that counts no more: as who wrote it, where that is known, and who struck it out.
    fn strike(&mut self, mut visit: VisitRow, e: &Entry, h: &History<'_, Entry>, why: &str) {
        let before: Vec<&&Entry> =
            h.replaced.iter().filter(|e| matches!(e.record.body, Body::Visit { .. })).collect();
        if let Some(wrote) = before.first() {
            visit.author = self.g.staff_name(wrote.author);
            visit.edited = before.len() > 1;
        }
        let (because, by, at) = (why.to_owned(), self.g.staff_name(e.author), e.time.millis);
        self.struck.push(StruckRow { visit, because, by, at });
    }

    /// A line in its encounter, and in the list of its kind.
    fn item(
        &mut self,
        patient: PatientId,
        (e, r, l): (&Entry, &Resource, view::Line),
        j: &Json,
        encounters: &Encounters,
    ) {
        let vitals = if r.kind == "Observation" { view::vitals(j) } else { Vec::new() };
        let named = l.encounter.map(|name| (e.org, name));
        let of = |all: &BTreeMap<(OrgId, String), At>| all.get(named.as_ref()?).copied();
        let (written, came) = (of(&encounters.written).filter(|_| !r.imported), of(&encounters.came));
        let mut row = ItemRow {
            kind: r.kind.clone(),
            text: l.text,
            at: l.at,
            status: l.status,
            record: e.record.id,
            patient,
            apart: false,
            observations: Vec::new(),
        };
        if let Some(At::Struck(at)) = written.or(came)
            && let Some(s) = self.struck.get_mut(at)
        {
            s.visit.done.push(row.clone());
            // What was coded at it goes with it; of what came in, each thing says for itself what it is worth.
            if written.is_some() {
                return;
            }
        } else if let Some(At::Stands(at)) = written
            && let Some(v) = self.visits.get_mut(at)
        {
            v.done.push(row.clone());
        } else if let Some(At::Stands(at)) = came
            && let Some(v) = self.visits.get_mut(at)
            // Nobody measured or did what was written by mistake.
            && !matches!(row.status.as_str(), "entered-in-error" | "refuted")
        {
            if vitals.is_empty() {
                let word = if r.kind == "Observation" { "" } else { &format!("{}: ", r.kind) };
                let how = match row.over() && row.status != "completed" {
                    true => &format!(" ({})", row.status),
                    false => "",
                };
                let gap = if v.note.is_empty() { "" } else { "\n" };
                v.note.push_str(&format!("{gap}{word}{}{how}", row.text));
            }
            let (new, again): (Vec<Observation>, Vec<Observation>) =
                vitals.iter().copied().partition(|o| v.observations.iter().all(|x| x.vital != o.vital));
            // Measured again at the same visit: a visit has each value once, so this one stands at its own time.
            if again.iter().any(|o| !v.observations.contains(o)) {
                (row.apart, row.observations) = (true, again);
            }
            v.observations.extend(new);
            v.observations.sort_by_key(|o| o.vital);
        } else if written.or(came).is_none() {
            (row.apart, row.observations) = (true, vitals);
        }
        // Who decides for the patient stands with who the patient is.
        let guardian = r.kind == "RelatedPerson" && !r.imported;
        if !guardian && !matches!(r.kind.as_str(), "Patient" | "Practitioner" | "Organization") {
            self.items.push(row);
        }
    }

    fn row(
        &self,
        patient: PatientId,
        e: &Entry,
        h: &History<'_, Entry>,
        at: i64,
        reason: String,
    ) -> VisitRow {
        VisitRow {
            at,
            reason,
            note: String::new(),
            observations: Vec::new(),
            author: self.g.staff_name(e.author),
            org: self.g.org_name(e.org),
            block: e.block,
            only_here: self.here.is_only_here(e.log, e.seq),
            held_by: self.here.holders(e.log, e.seq),
            patient,
            record: e.record.id,
            versions: h.standing.iter().map(|e| e.version).collect(),
            edited: !h.replaced.is_empty(),
            done: Vec::new(),
            written: false,
        }
    }

    fn visit(&self, patient: PatientId, e: &Entry, h: &History<'_, Entry>) -> Option<VisitRow> {
        let (encounter, observations) = e.record.body.visit()?;
        let at = i64::try_from(encounter.at).unwrap_or(i64::MAX);
        let mut row = self.row(patient, e, h, at, encounter.reason.clone());
        row.note.clone_from(&encounter.note);
        row.observations = observations.to_vec();
        row.written = true;
        Some(row)
    }
}

/// The standing versions of a record side by side: what each other one says differently from the first.
pub(super) fn conflict(
    patient: PatientId,
    record: RecordId,
    h: &History<'_, Entry>,
    g: &Governance,
) -> ConflictRow {
    let first = h.standing.first().map(|e| &e.record.body);
    let versions = h.standing.iter().map(|e| VersionRow {
        version: e.version,
        at: e.time.millis,
        author: g.staff_name(e.author),
        org: g.org_name(e.org),
        believed: e.believed,
        differences: first
            .map_or_else(Vec::new, |f| differences(f, &e.record.body))
            .into_iter()
            .map(|d| DifferenceRow { field: d.field, first: d.first, second: d.second })
            .collect(),
    });
    ConflictRow {
        patient,
        record,
        kind: first.map_or_else(String::new, |b| b.word().to_string()),
        by_field: h
            .standing
            .iter()
            .all(|e| matches!(e.record.body, Body::Patient(_)) || e.record.body.visit().is_some()),
        versions: versions.collect(),
    }
}
