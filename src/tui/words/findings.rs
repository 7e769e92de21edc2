//! The messages for what is found, given and planned at a visit.

use crate::{
    core::{
        codes::{Ending, Kind},
        next_visit::BadNext,
    },
    fhir::medicines::is_about_one,
    tui::forms::BadVisit,
};

use super::{Saying, bad_record, say};

/// Why a visit can't be saved.
pub(crate) fn bad_visit(bad: &BadVisit) -> Saying {
    match bad {
        BadVisit::Record(bad) => bad_record(bad),
        BadVisit::Unpicked(typed) => say!("bad-unpicked", typed = typed),
        BadVisit::Next(bad) => bad_next(bad),
    }
}

/// Why what is typed is no day to come back on.
pub(crate) fn bad_next(bad: &BadNext) -> Saying {
    match bad {
        BadNext::NotADay(_) => "bad-next-day".into(),
        BadNext::Past(_) => "bad-next-past".into(),
        BadNext::Far(_) => "bad-next-far".into(),
    }
}

/// What a finding is.
pub(crate) fn finding(kind: Kind) -> &'static str {
    match kind {
        Kind::Problem => "finding-problem",
        Kind::Medicine => "finding-medicine",
        Kind::Vaccine => "finding-vaccine",
        Kind::Allergy => "finding-allergy",
    }
}

/// What a resource of a visit is; FHIR's own word where there is none here.
pub(crate) fn done(kind: &str) -> Saying {
    match kind {
        "Condition" => finding(Kind::Problem).into(),
        kind if is_about_one(kind) => finding(Kind::Medicine).into(),
        "Immunization" => finding(Kind::Vaccine).into(),
        "AllergyIntolerance" => finding(Kind::Allergy).into(),
        "Appointment" => "finding-next".into(),
        "CarePlan" => "finding-plan".into(),
        "DiagnosticReport" => "finding-report".into(),
        "DocumentReference" => "finding-document".into(),
        "Observation" => "finding-result".into(),
        "Procedure" => "finding-procedure".into(),
        "ServiceRequest" => "finding-request".into(),
        other => Saying::Node(other.to_owned()),
    }
}

/// What became of something, in a word or two.
pub(crate) fn ended(how: Ending) -> &'static str {
    match how {
        Ending::Stopped => "ended-stopped",
        Ending::Resolved => "ended-resolved",
        Ending::Cancelled => "ended-cancelled",
        Ending::Mistaken => "ended-mistaken",
    }
}

/// The same as a sentence to choose.
pub(crate) fn ends(how: Ending) -> &'static str {
    match how {
        Ending::Stopped => "ends-stopped",
        Ending::Resolved => "ends-resolved",
        Ending::Cancelled => "ends-cancelled",
        Ending::Mistaken => "ends-mistaken",
    }
}
