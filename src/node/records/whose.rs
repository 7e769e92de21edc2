//! Whose the resources of one file are: patients of the file, patients who are here, or nobody.

use std::collections::{BTreeMap, BTreeSet};

use super::cards::registered_identity;
use crate::{
    core::{id::PatientId, record::Patient, resource::Resource},
    fhir::{
        bundle::Incoming,
        reference::{self, Subject},
        view,
    },
    store::{Db, StoreError, search::folded, tables},
};

/// Whose a resource is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// A patient's.
    Of(PatientId),
    /// It says nothing of a patient.
    Nobodys,
    /// It is about somebody whom it only describes, and who can't be told to be any patient of the file.
    Apart,
}

/// The patients of one file.
#[derive(Default)]
pub(super) struct People {
    /// By what the file calls them.
    names: BTreeMap<String, PatientId>,
    /// By identifier; none: several have it.
    identifiers: BTreeMap<(String, String), Option<PatientId>>,
    /// Who they are, as the file says.
    who: BTreeMap<PatientId, Patient>,
    /// What a `urn:` names that is no patient.
    others: BTreeSet<String>,
}

/// Who the sender calls so, of those who are here.
pub(super) fn called(db: &Db, source: &str, id: &str) -> Result<Option<PatientId>, StoreError> {
    let row: Option<PatientId> = db.get(tables::PATIENT_IDS, &Resource::identity("Patient", source, id))?;
    match id.parse::<PatientId>() {
        // Somebody who was registered here, by the name that exports give them, whoever sends it.
        Ok(own) if row.is_none() => db.get(tables::PATIENT_IDS, &registered_identity(own)),
        _ => Ok(row),
    }
}

/// Who this reference names among those who are here.
fn known(db: &Db, source: &str, reference: &str) -> Result<Option<PatientId>, StoreError> {
    let id = match reference::relative(reference) {
        Some(("Patient", id)) => id,
        _ => match reference.strip_prefix("urn:uuid:").or_else(|| reference.strip_prefix("urn:oid:")) {
            Some(id) => id,
            None => return Ok(None),
        },
    };
    called(db, source, id)
}

impl People {
    /// Something of the file that is no patient.
    pub(super) fn other(&mut self, i: &Incoming) {
        self.others.extend(i.full_url.clone());
    }

    /// A patient of the file, whom its sender calls `id`.
    pub(super) fn patient(&mut self, i: &Incoming, id: &str, patient: PatientId) {
        self.names.insert(format!("Patient/{id}"), patient);
        self.names.extend(i.full_url.clone().map(|u| (u, patient)));
        for by in reference::identifiers(&i.json) {
            let one = self.identifiers.entry(by).or_insert(Some(patient));
            if *one != Some(patient) {
                *one = None;
            }
        }
        self.who.insert(patient, view::demographics(&i.json));
    }

    /// Whom the file's own Patient of this identifier became.
    pub(super) fn of_patient(&self, id: &str) -> Option<PatientId> {
        self.names.get(&format!("Patient/{id}")).copied()
    }

    /// The patient of the file, where there is one alone.
    pub(super) fn alone(&self) -> Option<PatientId> {
        match self.who.len() {
            1 => self.who.keys().next().copied(),
            _ => None,
        }
    }

    /// Whom a name of the file means.
    fn named(&self, reference: &str) -> Option<PatientId> {
        let relative = || reference::relative(reference).map(|(kind, id)| format!("{kind}/{id}"));
        self.names.get(reference).copied().or_else(|| self.names.get(&relative()?).copied())
    }

    fn identified(&self, system: &str, value: &str) -> Option<PatientId> {
        self.identifiers.get(&(system.to_string(), value.to_string())).copied().flatten()
    }

    /// Whose a resource is by what it says itself. The inner error is a patient who isn't here.
    pub(super) fn own_word(
        &self,
        db: &Db,
        source: &str,
        i: &Incoming,
    ) -> Result<Result<Whose, String>, StoreError> {
        let (mut unknown, mut described) = (None, Vec::new());
        for s in reference::patients(&i.kind, &i.json) {
            let found = match &s {
                Subject::Name(r) => match self.named(r) {
                    Some(p) => Some(p),
                    None => known(db, source, r)?,
                },
                Subject::Search(_, by) => by.as_ref().and_then(|(s, v)| self.identified(s, v)),
                Subject::Identifier(s, v) => self.identified(s, v),
                Subject::Inside(_) | Subject::Words(_) => None,
            };
            match (found, s) {
                (Some(p), _) => return Ok(Ok(Whose::Of(p))),
                (None, Subject::Name(r)) if self.others.contains(&r) => {}
                (None, Subject::Name(r) | Subject::Search(r, _)) => {
                    unknown.get_or_insert(r);
                }
                (None, s) => described.push(s),
            }
        }
        if let Some(reference) = unknown {
            return Ok(Err(reference));
        }
        if described.is_empty() {
            return Ok(Ok(Whose::Nobodys));
        }
        // What only describes somebody is the one patient's of the file when it can be that one.
        let one = self.who.iter().next().filter(|_| self.who.len() == 1);
        let fits = one.filter(|(_, who)| described.iter().all(|d| describes(d, who)));
        Ok(Ok(fits.map_or(Whose::Apart, |(p, _)| Whose::Of(*p))))
    }

    /// Gives what says nothing of a patient, but refers to things of one alone, to that one: Provenance, lists.
    pub(super) fn by_company(&self, all: &[(Incoming, Whose)]) -> Vec<Whose> {
        let mut owners = self.names.clone();
        for (i, whose) in all {
            if let Whose::Of(p) = whose {
                owners.extend(i.full_url.clone().map(|u| (u, *p)));
                owners.extend(i.id.as_ref().map(|id| (format!("{}/{id}", i.kind), *p)));
            }
        }
        let company = |i: &Incoming| {
            let mut refs = Vec::new();
            reference::all(&i.json, &mut refs);
            let owner = |r: &String| {
                let relative = || reference::relative(r).map(|(kind, id)| format!("{kind}/{id}"));
                owners.get(r).copied().or_else(|| owners.get(&relative()?).copied())
            };
            let of: BTreeSet<PatientId> = refs.iter().filter_map(owner).collect();
            of.first().copied().filter(|_| of.len() == 1)
        };
        all.iter()
            .map(|(i, whose)| match whose {
                Whose::Nobodys if !reference::nobodys(&i.kind) => {
                    company(i).map_or(Whose::Nobodys, Whose::Of)
                }
                other => *other,
            })
            .collect()
    }
}

/// Whether a description can be of this patient.
fn describes(d: &Subject, who: &Patient) -> bool {
    match d {
        Subject::Inside(j) => could_be(&view::demographics(j), who),
        Subject::Words(w) => !words(w).is_disjoint(&words(&who.name)),
        Subject::Name(_) | Subject::Search(..) | Subject::Identifier(..) => false,
    }
}

/// The parts of a name.
fn words(name: &str) -> BTreeSet<String> {
    let folded = folded(name);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() > 1).map(str::to_string).collect()
}

/// Whether two readings can be one person: a common part of the name, or the same year of birth.
pub(super) fn could_be(a: &Patient, b: &Patient) -> bool {
    (a.birth_year.is_some() && a.birth_year == b.birth_year) || !words(&a.name).is_disjoint(&words(&b.name))
}
