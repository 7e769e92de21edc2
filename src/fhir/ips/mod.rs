//! A patient's summary for whoever treats them next: an International Patient Summary (HL7 IPS), as an R4 document Bundle.
//!
//! `sections` says what goes where, `stated` renders what the emergency summary says and what nobody knows. Resources
//! that came in are taken as they are; whatever they refer to comes with them, as far as it is here.

mod sections;
mod stated;

use std::collections::{BTreeMap, BTreeSet};

use self::{sections::SECTIONS, stated::Stated};
use super::{
    build::{
        LOINC, concept, escaped, identifier, list, meta, narrative, reference, text, unknown, uuid, with,
    },
    date,
    medicines::Medicines,
    reference as refs, view,
};
use crate::core::{
    id::{ConsortiumId, OrgId, PatientId},
    json::Json,
    summary::Summary,
};

/// A resource with what a bundle calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Its `fullUrl`.
    pub url: String,
    /// All of it.
    pub json: Json,
}

impl Named {
    /// `resourceType`.
    pub fn kind(&self) -> &str {
        self.json.text_at(&["resourceType"]).unwrap_or("")
    }
}

/// What a summary says besides the patient's resources.
pub struct About<'a> {
    /// The consortium that it comes from.
    pub consortium: ConsortiumId,
    /// Whose it is.
    pub patient: PatientId,
    /// Who hands it out.
    pub org: (OrgId, String),
    /// When, as FHIR writes it.
    pub at: String,
    /// Before the identifier of what Aidpost writes itself, to make a `fullUrl`.
    pub base: &'a str,
    /// Emergency summaries, each with who wrote it.
    pub emergency: Vec<(Summary, String)>,
}

/// The document. None: there is no Patient among these resources.
pub fn document(about: &About<'_>, mut all: Vec<Named>) -> Option<Json> {
    let patient = all.iter().position(|r| r.kind() == "Patient")?;
    let mut patient = all.remove(patient);
    // IPS wants a date of birth, or that nobody knows it; what came in stays as it came.
    let own = patient.json.text_at(&["meta", "source"]) == Some(&*super::build::source(about.consortium));
    if own && patient.json.get("birthDate").is_none() {
        patient.json = with(patient.json, "_birthDate", Some(unknown()));
    }
    let stated = Stated { about, subject: &patient.url };
    let organisation = stated.organisation();
    all.extend(stated.summaries());
    let mut medicines = Medicines::default();
    for m in all.iter().filter(|r| r.kind() == "Medication") {
        medicines.add(Some(&m.url), m.json.text_at(&["id"]).unwrap_or(""), &m.json);
    }
    let mut chosen: Vec<Named> = Vec::new();
    let mut sections = Vec::new();
    for s in SECTIONS {
        let mut found: Vec<&Named> = s.choose(&all);
        let nothing = s.nothing.map(|n| stated.nothing(n)).filter(|_| found.is_empty());
        found.extend(&nothing);
        if found.is_empty() {
            continue;
        }
        let lines: Vec<String> = found.iter().map(|r| line(&r.json, &medicines)).collect();
        let entry = list(found.iter().map(|r| reference(&r.url)));
        sections.push(Json::object([
            ("title", text(s.title)),
            ("code", concept(LOINC, s.loinc, s.display)),
            ("text", narrative("generated", &format!("<ul>{}</ul>", lines.concat()))),
            ("entry", entry),
        ]));
        let new: Vec<Named> = found.into_iter().cloned().collect();
        chosen.extend(new);
    }
    let composition = Json::object([
        ("resourceType", text("Composition")),
        ("id", text(format!("{}-summary", about.patient))),
        ("meta", profiled(about, "Composition-uv-ips")),
        ("status", text("final")),
        ("type", concept(LOINC, "60591-5", "Patient summary Document")),
        ("subject", reference(&patient.url)),
        ("date", text(&*about.at)),
        ("author", list([reference(&organisation.url)])),
        ("custodian", reference(&organisation.url)),
        ("title", text("Patient summary")),
        ("section", Json::List(sections)),
    ]);
    let url = format!("{}/Composition/{}-summary", about.base, about.patient);
    let mut entries = vec![Named { url, json: composition }, patient, organisation];
    entries.extend(chosen);
    entries.extend(referred(&entries, all));
    Some(bundle(about, entries))
}

fn bundle(about: &About<'_>, entries: Vec<Named>) -> Json {
    let mut urls = BTreeSet::new();
    let entry = entries
        .into_iter()
        .filter(|e| urls.insert(e.url.clone()))
        .map(|e| Json::object([("fullUrl", text(e.url)), ("resource", e.json)]));
    let j = Json::object([
        ("resourceType", text("Bundle")),
        ("meta", profiled(about, "Bundle-uv-ips")),
        ("type", text("document")),
        ("timestamp", text(&*about.at)),
        ("entry", list(entry)),
    ]);
    let name = Json::object([
        ("system", text("urn:ietf:rfc:3986")),
        ("value", text(format!("urn:uuid:{}", uuid(&j)))),
    ]);
    with(j, "identifier", Some(name))
}

fn profiled(about: &About<'_>, profile: &str) -> Json {
    let profile = text(format!("http://hl7.org/fhir/uv/ips/StructureDefinition/{profile}"));
    with(meta(about.consortium), "profile", Some(list([profile])))
}

/// A line of a section's narrative.
fn line(json: &Json, medicines: &Medicines) -> String {
    let l = view::line_beside(json.text_at(&["resourceType"]).unwrap_or(""), json, medicines);
    let said: Vec<String> =
        [Some(l.text), l.at.and_then(date::day), Some(l.status)].into_iter().flatten().collect();
    let said: Vec<&str> = said.iter().map(String::as_str).filter(|s| !s.is_empty()).collect();
    format!("<li>{}</li>", escaped(&said.join(", ")))
}

/// What these refer to, and what that refers to, as far as it is here.
fn referred(entries: &[Named], all: Vec<Named>) -> Vec<Named> {
    let held: BTreeSet<&str> = entries.iter().map(|e| e.url.as_str()).collect();
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    for (i, r) in all.iter().enumerate().filter(|(_, r)| !held.contains(r.url.as_str())) {
        names.insert(r.url.clone(), i);
        let id = r.json.text_at(&["id"]);
        names.extend(id.map(|id| (format!("{}/{id}", r.kind()), i)));
    }
    let mut wanted = Vec::new();
    entries.iter().for_each(|e| refs::all(&e.json, &mut wanted));
    let mut found = BTreeSet::new();
    while let Some(w) = wanted.pop() {
        let relative = || refs::relative(&w).map(|(kind, id)| format!("{kind}/{id}"));
        let at = names.get(&w).copied().or_else(|| names.get(&relative()?).copied());
        if let Some(at) = at.filter(|at| found.insert(*at)) {
            refs::all(&all[at].json, &mut wanted);
        }
    }
    all.into_iter().enumerate().filter(|(i, _)| found.contains(i)).map(|(_, r)| r).collect()
}

impl About<'_> {
    fn named(&self, kind: &str, id: &str, json: Json) -> Named {
        let j = with(json, "resourceType", Some(text(kind)));
        let j = with(j, "meta", Some(meta(self.consortium)));
        Named { url: format!("{}/{kind}/{id}", self.base), json: with(j, "id", Some(text(id))) }
    }

    fn identified(&self) -> Json {
        list([identifier("organization", &self.org.0.to_string())])
    }
}

#[cfg(test)]
#[path = "../ips_tests.rs"]
mod tests;
