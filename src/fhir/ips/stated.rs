//! What a summary states that is no resource yet: the lines of emergency summaries, the organisation, and that nothing is
//! known.

use super::{About, Named};
use crate::{
    core::{json::Json, summary::Summary},
    fhir::build::{CATEGORY, LOINC, coding, concept, list, reference, text, unknown, with, words},
};

/// IPS's words for what nobody knows.
const ABSENT: &str = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips";
const CLINICAL: &str = "http://terminology.hl7.org/CodeSystem";

/// What nothing is known about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nothing {
    Medicines,
    Allergies,
    Problems,
}

pub(super) struct Stated<'a> {
    pub(super) about: &'a About<'a>,
    /// What the bundle calls the patient.
    pub(super) subject: &'a str,
}

impl Stated<'_> {
    /// The organisation that hands the summary out.
    pub(super) fn organisation(&self) -> Named {
        let (id, name) = &self.about.org;
        let j = Json::object([("identifier", self.about.identified()), ("name", text(&**name))]);
        self.about.named("Organization", &id.to_string(), j)
    }

    /// The entry that says that nothing is known. It isn't said that there is nothing: nobody has asked, or written it down.
    pub(super) fn nothing(&self, of: Nothing) -> Named {
        let (kind, id, code, label) = match of {
            Nothing::Medicines => (
                "MedicationStatement",
                "no-medicines",
                "no-medication-info",
                "No information about medications",
            ),
            Nothing::Allergies => {
                ("AllergyIntolerance", "no-allergies", "no-allergy-info", "No information about allergies")
            }
            Nothing::Problems => {
                ("Condition", "no-problems", "no-problem-info", "No information about problems")
            }
        };
        let what = concept(ABSENT, code, label);
        let j = match of {
            Nothing::Medicines => self.medicine(what, "unknown"),
            Nothing::Allergies => self.allergy(what),
            Nothing::Problems => self.problem(what),
        };
        self.about.named(kind, id, j)
    }

    /// The lines of the emergency summaries. The same line of two of them is written once.
    pub(super) fn summaries(&self) -> Vec<Named> {
        let mut out: Vec<Named> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for (s, author) in &self.about.emergency {
            for (n, (kind, lines)) in self.lists(s).into_iter().enumerate() {
                for line in lines {
                    if !seen.insert((n, line.to_lowercase())) {
                        continue;
                    }
                    let j = match n {
                        0 => self.allergy(words(line)),
                        1 => self.medicine(words(line), "active"),
                        _ => self.problem(words(line)),
                    };
                    let j = with(j, "note", Some(list([words(&format!("emergency summary, {author}"))])));
                    let id = format!("summary-{}", seen.len());
                    out.push(self.about.named(kind, &id, j));
                }
            }
        }
        let group = self.about.emergency.iter().find_map(|(s, _)| s.blood_group);
        out.extend(group.map(|g| self.blood_group(g.word())));
        out
    }

    fn lists<'b>(&self, s: &'b Summary) -> [(&'static str, &'b [String]); 3] {
        let kinds = ["AllergyIntolerance", "MedicationStatement", "Condition"];
        let lists = s.lists();
        [0, 1, 2].map(|i| (kinds[i], lists[i].1))
    }

    fn allergy(&self, what: Json) -> Json {
        let active = coding(&format!("{CLINICAL}/allergyintolerance-clinical"), "active", "Active");
        Json::object([
            ("clinicalStatus", Json::object([("coding", list([active]))])),
            ("code", what),
            ("patient", reference(self.subject)),
        ])
    }

    fn medicine(&self, what: Json, status: &str) -> Json {
        Json::object([
            ("status", text(status)),
            ("medicationCodeableConcept", what),
            ("subject", reference(self.subject)),
            ("_effectiveDateTime", unknown()),
        ])
    }

    fn problem(&self, what: Json) -> Json {
        let active = coding(&format!("{CLINICAL}/condition-clinical"), "active", "Active");
        let category =
            coding(&format!("{CLINICAL}/condition-category"), "problem-list-item", "Problem List Item");
        Json::object([
            ("clinicalStatus", Json::object([("coding", list([active]))])),
            ("category", list([Json::object([("coding", list([category]))])])),
            ("code", what),
            ("subject", reference(self.subject)),
        ])
    }

    fn blood_group(&self, group: &str) -> Named {
        let category = coding(CATEGORY, "laboratory", "Laboratory");
        let organisation = format!("{}/Organization/{}", self.about.base, self.about.org.0);
        let j = Json::object([
            ("status", text("final")),
            ("category", list([Json::object([("coding", list([category]))])])),
            ("code", concept(LOINC, "882-1", "ABO and Rh group [Type] in Blood")),
            ("subject", reference(self.subject)),
            ("performer", list([reference(&organisation)])),
            ("valueCodeableConcept", words(group)),
            ("_effectiveDateTime", unknown()),
        ]);
        self.about.named("Observation", "summary-blood-group", j)
    }
}
