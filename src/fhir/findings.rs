//! What was found, given or planned at a visit, as R4 resources: Condition, MedicationRequest, Immunization,
//! AllergyIntolerance, Appointment. They are kept as they are made here, and exported as they are kept.
//!
//! An Appointment rather than a CarePlan: it is R4's resource for a booking of one patient at one time, what other systems list
//! and remind by, and needs no plan around it. R4 wants a booked one to have start and end: those of the day.

use jiff::tz::TimeZone;

use super::{
    build::{coding, concept, list, meta, reference, text, with, words},
    date,
};
use crate::core::{
    codes::{Finding, Kind},
    id::{ConsortiumId, RecordId},
    json::Json,
    time::Millis,
};

const TERM: &str = "http://terminology.hl7.org/CodeSystem";

/// The visit that findings are of.
#[derive(Clone, Copy, Debug)]
pub struct At<'a> {
    /// Where it is written.
    pub consortium: ConsortiumId,
    /// What references call the patient.
    pub subject: &'a str,
    /// The visit's record.
    pub encounter: RecordId,
    /// When the patient was seen.
    pub at: Millis,
}

impl At<'_> {
    fn base(&self, kind: &str, id: RecordId) -> Json {
        Json::object([
            ("resourceType", text(kind)),
            ("id", text(id.to_string())),
            ("meta", meta(self.consortium)),
        ])
    }

    fn when(&self) -> Option<Json> {
        i64::try_from(self.at).ok().and_then(date::instant).map(text)
    }

    fn visit(&self) -> Json {
        reference(&format!("Encounter/{}", self.encounter))
    }

    /// The resource of a finding, with its type.
    pub fn finding(&self, id: RecordId, f: &Finding) -> (&'static str, Json) {
        let what = coded(f);
        let (kind, of, when) = match f.kind {
            Kind::Problem => ("Condition", "subject", "recordedDate"),
            Kind::Medicine => ("MedicationRequest", "subject", "authoredOn"),
            Kind::Vaccine => ("Immunization", "patient", "occurrenceDateTime"),
            Kind::Allergy => ("AllergyIntolerance", "patient", "recordedDate"),
        };
        let mut j = self.base(kind, id);
        let active = |system: &str| {
            Json::object([("coding", list([coding(&format!("{TERM}/{system}"), "active", "Active")]))])
        };
        let more = match f.kind {
            Kind::Problem => {
                let category = coding(
                    &format!("{TERM}/condition-category"),
                    "encounter-diagnosis",
                    "Encounter Diagnosis",
                );
                vec![
                    ("clinicalStatus", active("condition-clinical")),
                    ("category", list([Json::object([("coding", list([category]))])])),
                    ("code", what),
                ]
            }
            Kind::Medicine => vec![
                ("status", text("active")),
                ("intent", text("order")),
                ("medicationCodeableConcept", what),
            ],
            Kind::Vaccine => {
                vec![
                    ("status", text("completed")),
                    ("vaccineCode", what),
                    ("primarySource", Json::Bool(true)),
                ]
            }
            Kind::Allergy => {
                vec![("clinicalStatus", active("allergyintolerance-clinical")), ("code", what)]
            }
        };
        for (key, value) in more {
            j = with(j, key, Some(value));
        }
        let category = f.entry().and_then(|e| e.category).map(|c| list([text(c.code())]));
        j = with(j, "category", category);
        j = with(j, of, Some(reference(self.subject)));
        j = with(j, "encounter", Some(self.visit()));
        (kind, with(j, when, self.when()))
    }

    /// The Appointment of a patient who is to come back on the day that begins and ends at these milliseconds since 1970. They
    /// are written with the offset of the place: elsewhere that midnight is in another day.
    pub fn appointment(&self, id: RecordId, reason: &str, (start, end): (i64, i64), zone: &TimeZone) -> Json {
        let follow_up = concept(
            "http://terminology.hl7.org/CodeSystem/v2-0276",
            "FOLLOWUP",
            "A follow up visit from a previous appointment",
        );
        let who = Json::object([("actor", reference(self.subject)), ("status", text("accepted"))]);
        let j = self.base("Appointment", id);
        let j = with(j, "status", Some(text("booked")));
        let j = with(j, "appointmentType", Some(follow_up));
        let reason = (!reason.trim().is_empty()).then(|| list([words(reason.trim())]));
        let j = with(j, "reasonCode", reason);
        let j = with(j, "supportingInformation", Some(list([self.visit()])));
        let j = with(j, "start", date::instant_in(start, zone).map(text));
        let j = with(j, "end", date::instant_in(end, zone).map(text));
        let j = with(j, "created", self.when());
        with(j, "participant", Some(list([who])))
    }
}

/// A code with its words; words alone where there is none, and for chapters of ICD-10-CM, which are no codes of it.
fn coded(f: &Finding) -> Json {
    match (&f.code, f.kind.system()) {
        (Some(code), Some(system)) if !code.contains('-') => concept(system, code, &f.text),
        _ => words(&f.text),
    }
}

/// The resource with other references to a patient: what a bundle calls them.
pub fn about(json: Json, from: &str, to: &str) -> Json {
    match json {
        Json::Object(o) => Json::Object(
            o.into_iter()
                .map(|(k, v)| {
                    let same = k == "reference" && v.as_text() == Some(from);
                    let v = if same { text(to) } else { about(v, from, to) };
                    (k, v)
                })
                .collect(),
        ),
        Json::List(l) => Json::List(l.into_iter().map(|v| about(v, from, to)).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::{version, view};

    const AT: At<'_> = At {
        consortium: ConsortiumId([1; 32]),
        subject: "Patient/p1",
        encounter: RecordId([9; 16]),
        at: 1_700_000_000_000,
    };

    fn listed(kind: Kind, code: &str, text: &str) -> Finding {
        Finding { kind, code: Some(code.into()), text: text.into() }
    }

    #[test]
    fn what_was_found_is_shown_as_it_was() {
        let all = [
            (listed(Kind::Problem, "B54", "Unspecified malaria"), "Condition", "active"),
            (Finding::words(Kind::Medicine, "amoxicillin 250 mg capsule"), "MedicationRequest", "active"),
            (listed(Kind::Vaccine, "19", "BCG"), "Immunization", "completed"),
            (Finding::words(Kind::Allergy, "peanut"), "AllergyIntolerance", "active"),
        ];
        for (f, kind, status) in all {
            let (k, j) = AT.finding(RecordId([5; 16]), &f);
            assert_eq!((k, version::other(k, &j)), (kind, None));
            let l = view::line(k, &j);
            assert_eq!((l.text.as_str(), l.status.as_str()), (f.text.as_str(), status));
            assert_eq!(l.at, Some(1_700_000_000_000));
            assert_eq!(l.encounter.as_deref(), Some(&*format!("Encounter/{}", AT.encounter)));
        }
    }

    #[test]
    fn words_and_chapters_have_no_code() {
        for f in [
            Finding::words(Kind::Problem, "sad"),
            listed(Kind::Problem, "A00-B99", "Certain infectious and parasitic diseases"),
        ] {
            assert!(!AT.finding(RecordId([5; 16]), &f).1.canonical().contains("icd-10-cm"));
        }
    }

    #[test]
    fn golden_findings() {
        let mut out: Vec<String> = [
            listed(Kind::Problem, "B54", "Unspecified malaria"),
            Finding::words(Kind::Medicine, "amoxicillin 250 mg capsule"),
            listed(Kind::Vaccine, "19", "BCG"),
            Finding::words(Kind::Allergy, "peanut"),
        ]
        .iter()
        .map(|f| AT.finding(RecordId([5; 16]), f).1.canonical())
        .collect();
        let day = (1_700_000_000_000, 1_700_086_400_000);
        out.push(AT.appointment(RecordId([6; 16]), "fever", day, &TimeZone::UTC).canonical());
        crate::testing::golden("fhir_findings_v0.ndjson", &out.join("\n"));
    }

    #[test]
    fn a_bundle_calls_the_patient_by_another_name() {
        let (_, j) = AT.finding(RecordId([5; 16]), &Finding::words(Kind::Problem, "Patient/p1"));
        let j = about(j, "Patient/p1", "urn:uuid:x");
        assert_eq!(j.text_at(&["subject", "reference"]), Some("urn:uuid:x"));
        assert_eq!(j.text_at(&["code", "text"]), Some("Patient/p1"), "words stay");
        let a = AT.appointment(RecordId([6; 16]), "x", (0, 1), &TimeZone::UTC);
        let a = about(a, "Patient/p1", "urn:uuid:x");
        assert_eq!(a.text_at(&["participant", "actor", "reference"]), Some("urn:uuid:x"));
    }
}
