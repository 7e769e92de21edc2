//! The names of medicines that came in as resources of their own: in the patient's record, or in the directory.

use std::collections::BTreeMap;

use super::{
    cards::{DIRECTORY, Histories},
    export::text_of,
    opening::{current, entries},
};
use crate::{
    core::{
        id::{OrgId, PatientId},
        json::Json,
        record::Body,
        resource::{Resource, Text},
    },
    fhir::medicines::{Medicines, is_about_one},
    node::device::Device,
    store::{Db, StoreError, tables},
};

/// Names by who keeps them and who sent them: two senders use the same identifiers for different medicines.
#[derive(Default)]
pub(super) struct Kept {
    all: BTreeMap<(OrgId, String), Medicines>,
    /// Of a sender who sent none.
    none: Medicines,
}

impl Kept {
    /// Those of one sender.
    pub(super) fn of(&self, org: OrgId, source: &str) -> &Medicines {
        self.all.get(&(org, source.to_owned())).unwrap_or(&self.none)
    }

    fn add(&mut self, org: OrgId, r: &Resource, text: &str) {
        if let Ok(json) = Json::parse(text) {
            self.all.entry((org, r.source.clone())).or_default().add(r.full_url.as_deref(), &r.id, &json);
        }
    }

    /// Takes the names that aren't here yet.
    fn fill(&mut self, others: Self) {
        for (of, names) in others.all {
            self.all.entry(of).or_default().fill(names);
        }
    }

    /// True when one of these refers to a medicine whose name isn't here.
    fn lack(&self, histories: &Histories<'_>) -> bool {
        histories.iter().filter_map(|(_, h)| h.standing.first()).any(|e| match &e.record.body {
            Body::Resource(r) if is_about_one(&r.kind) => match &r.json {
                Text::Inline(s) => Json::parse(s).is_ok_and(|j| self.of(e.org, &r.source).lacks(&r.kind, &j)),
                Text::Parts(_) => false,
            },
            _ => false,
        })
    }
}

/// The names in a patient's own record.
pub(super) fn of_record(histories: &Histories<'_>) -> Kept {
    let mut kept = Kept::default();
    for (_, h) in histories {
        let Some(e) = h.standing.first() else { continue };
        if let Body::Resource(r) = &e.record.body
            && let (true, Text::Inline(s)) = (r.kind == "Medication", &r.json)
        {
            kept.add(e.org, r, s);
        }
    }
    kept
}

/// The same, and where one is lacking, those of this terminal's directory: what came in a file of several patients, or of none.
pub(super) fn of_record_and_directory(
    db: &Db,
    device: &Device,
    histories: &Histories<'_>,
) -> Result<Kept, StoreError> {
    let mut kept = of_record(histories);
    if !kept.lack(histories) {
        return Ok(kept);
    }
    let Some(directory) = db.get::<PatientId>(tables::META, DIRECTORY)? else { return Ok(kept) };
    let (entries, _) = entries(db, device, directory, |o, _| o == device.org_id())?;
    let mut beside = Kept::default();
    for (_, h) in current(&entries) {
        let Some(e) = h.standing.first() else { continue };
        if let Body::Resource(r) = &e.record.body
            && r.kind == "Medication"
            && let Some(text) = text_of(db, device, r)?
        {
            beside.add(e.org, r, &text);
        }
    }
    // What lies in the record itself is what was meant there.
    kept.fill(beside);
    Ok(kept)
}
