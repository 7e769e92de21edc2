//! The sections of an International Patient Summary, and which resources go into each.

use std::collections::BTreeSet;

use super::{Named, stated::Nothing};
use crate::{core::json::Json, fhir::view};

/// One section.
pub(super) struct Section {
    /// For people.
    pub(super) title: &'static str,
    /// LOINC code of the section.
    pub(super) loinc: &'static str,
    /// LOINC's words for it.
    pub(super) display: &'static str,
    /// Which resources.
    of: fn(&Named) -> bool,
    /// Only the latest of each code: what was measured often.
    latest: bool,
    /// A section that IPS requires says so when nothing is known.
    pub(super) nothing: Option<Nothing>,
}

/// In the order of IPS: the required ones first.
pub(super) const SECTIONS: [Section; 8] = [
    Section {
        title: "Medicines",
        loinc: "10160-0",
        display: "History of Medication use Narrative",
        of: |r| {
            matches!(r.kind(), "MedicationRequest" | "MedicationStatement")
                && state(&r.json, &["active", "intended", "on-hold", "unknown"])
        },
        latest: false,
        nothing: Some(Nothing::Medicines),
    },
    Section {
        title: "Allergies and intolerances",
        loinc: "48765-2",
        display: "Allergies and adverse reactions Document",
        of: |r| r.kind() == "AllergyIntolerance" && stands(&r.json) && current(&r.json),
        latest: false,
        nothing: Some(Nothing::Allergies),
    },
    Section {
        title: "Problems",
        loinc: "11450-4",
        display: "Problem list - Reported",
        of: |r| r.kind() == "Condition" && stands(&r.json) && current(&r.json),
        latest: false,
        nothing: Some(Nothing::Problems),
    },
    Section {
        title: "Immunisations",
        loinc: "11369-6",
        display: "History of Immunization Narrative",
        of: |r| r.kind() == "Immunization" && state(&r.json, &["completed"]),
        latest: false,
        nothing: None,
    },
    Section {
        title: "Results",
        loinc: "30954-2",
        display: "Relevant diagnostic tests/laboratory data Narrative",
        of: |r| {
            let report = r.kind() == "DiagnosticReport";
            (report || (r.kind() == "Observation" && category(&r.json, "laboratory"))) && measured(&r.json)
        },
        latest: true,
        nothing: None,
    },
    Section {
        title: "Vital signs",
        loinc: "8716-3",
        display: "Vital signs",
        of: |r| r.kind() == "Observation" && category(&r.json, "vital-signs") && measured(&r.json),
        latest: true,
        nothing: None,
    },
    Section {
        title: "Procedures",
        loinc: "47519-4",
        display: "History of Procedures Document",
        of: |r| r.kind() == "Procedure" && state(&r.json, &["completed", "in-progress", "unknown"]),
        latest: false,
        nothing: None,
    },
    Section {
        title: "Past problems",
        loinc: "11348-0",
        display: "History of Past illness Narrative",
        of: |r| r.kind() == "Condition" && stands(&r.json) && !current(&r.json),
        latest: false,
        nothing: None,
    },
];

impl Section {
    /// What goes into it, the newest first.
    pub(super) fn choose<'a>(&self, all: &'a [Named]) -> Vec<&'a Named> {
        let mut found: Vec<&Named> = all.iter().filter(|r| (self.of)(r)).collect();
        found.sort_by_key(|r| std::cmp::Reverse(view::line(r.kind(), &r.json).at));
        if self.latest {
            let mut seen = BTreeSet::new();
            found.retain(|r| seen.insert(code(&r.json)));
        }
        found
    }
}

/// What is told apart: the code, with its system; words where there is none.
fn code(json: &Json) -> Option<(String, String)> {
    let c = json.get("code")?;
    let coded = c.get("coding").and_then(|l| l.items().first());
    let of = |j: &Json, key: &str| j.text_at(&[key]).unwrap_or("").to_string();
    Some(coded.map_or_else(|| (String::new(), of(c, "text")), |c| (of(c, "system"), of(c, "code"))))
}

fn state(json: &Json, of: &[&str]) -> bool {
    json.text_at(&["status"]).is_none_or(|s| of.contains(&s))
}

/// It was really measured, as far as anybody says.
fn measured(json: &Json) -> bool {
    let said = json.text_at(&["status"]);
    !said.is_some_and(|s| matches!(s, "cancelled" | "entered-in-error" | "registered"))
}

/// Nobody has taken it back.
fn stands(json: &Json) -> bool {
    let said = json.text_at(&["verificationStatus", "coding", "code"]);
    !said.is_some_and(|s| matches!(s, "entered-in-error" | "refuted"))
}

/// It isn't over.
fn current(json: &Json) -> bool {
    let said = json.text_at(&["clinicalStatus", "coding", "code"]);
    !said.is_some_and(|s| matches!(s, "inactive" | "resolved" | "remission"))
}

fn category(json: &Json, wanted: &str) -> bool {
    let all = json.get("category").map_or(&[][..], Json::items);
    all.iter().any(|c| {
        c.get("coding").map_or(&[][..], Json::items).iter().any(|x| x.text_at(&["code"]) == Some(wanted))
    })
}
