//! What was coded at a visit comes to its end, in FHIR's terms: a new version of the same resource.

use super::build::{coding, list, text, with};
use crate::core::{codes::Ending, json::Json};

const TERM: &str = "http://terminology.hl7.org/CodeSystem";

/// Which ends a resource of this kind can have.
pub fn endings(kind: &str) -> &'static [Ending] {
    match kind {
        "Condition" | "AllergyIntolerance" => &[Ending::Resolved, Ending::Mistaken],
        "MedicationRequest" => &[Ending::Stopped, Ending::Mistaken],
        "Immunization" => &[Ending::Mistaken],
        "Appointment" => &[Ending::Cancelled, Ending::Mistaken],
        _ => &[],
    }
}

/// The resource with that end; none: nothing of that kind ends so.
pub fn ended(kind: &str, json: Json, how: Ending) -> Option<Json> {
    if !endings(kind).contains(&how) {
        return None;
    }
    let systems = match kind {
        "Condition" => Some(("condition-clinical", "condition-ver-status")),
        "AllergyIntolerance" => Some(("allergyintolerance-clinical", "allergyintolerance-verification")),
        _ => None,
    };
    let Some((clinical, verification)) = systems else {
        return Some(with(json, "status", Some(text(how.code()))));
    };
    let concept = |system: &str, shown: &str| {
        let c = coding(&format!("{TERM}/{system}"), how.code(), shown);
        Some(Json::object([("coding", list([c]))]))
    };
    Some(match how {
        // R4 forbids the one where the other says that it never was.
        Ending::Mistaken => with(
            without(json, "clinicalStatus"),
            "verificationStatus",
            concept(verification, "Entered in Error"),
        ),
        _ => with(json, "clinicalStatus", concept(clinical, "Resolved")),
    })
}

fn without(mut j: Json, key: &str) -> Json {
    if let Json::Object(o) = &mut j {
        o.remove(key);
    }
    j
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::{
            codes::{Finding, Kind},
            id::{ConsortiumId, RecordId},
        },
        fhir::{findings::At, version, view},
    };

    #[test]
    fn every_end_is_seen_in_a_line() {
        let at = At {
            consortium: ConsortiumId([1; 32]),
            subject: "Patient/p1",
            encounter: RecordId([9; 16]),
            at: 1_700_000_000_000,
        };
        for kind in [Kind::Problem, Kind::Medicine, Kind::Vaccine, Kind::Allergy] {
            let (of, json) = at.finding(RecordId([5; 16]), &Finding::words(kind, "x"));
            for how in Ending::ALL {
                let Some(j) = ended(of, json.clone(), how) else {
                    assert!(!endings(of).contains(&how));
                    continue;
                };
                assert_eq!((view::line(of, &j).status.as_str(), version::other(of, &j)), (how.code(), None));
            }
            assert!(endings(of).contains(&Ending::Mistaken), "anybody errs");
        }
        assert_eq!(ended("Encounter", Json::object([]), Ending::Mistaken), None);
    }
}
