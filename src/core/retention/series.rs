//! Records that are kept alike (records management calls them a series).

use serde::{Deserialize, Serialize};

use crate::core::record::{Body, Compartment};

/// A kind of record that a schedule has a rule for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Series {
    /// Who the patient is, visits, observations, conditions, medicines: all that isn't named below.
    Care,
    /// What lies in a compartment of its own: sexual and reproductive health, mental health, HIV, genetics.
    Sensitive,
    /// Immunization, ImmunizationRecommendation, ImmunizationEvaluation.
    Immunizations,
    /// Claims, coverage, bills: the administrative compartment.
    Billing,
    /// Files, DocumentReference, Binary, Media.
    Attachments,
    /// Who read what.
    Audit,
}

impl Series {
    /// Every series with its word in a schedule.
    pub const ALL: [(Series, &'static str); 6] = [
        (Series::Care, "care"),
        (Series::Sensitive, "sensitive"),
        (Series::Immunizations, "immunizations"),
        (Series::Billing, "billing"),
        (Series::Attachments, "attachments"),
        (Series::Audit, "audit"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(s, _)| *s == self).map_or("", |(_, w)| w)
    }

    /// The series of a record, by its compartment and its FHIR type.
    pub fn of(compartment: Compartment, body: &Body) -> Self {
        let attached = |kind: &str| matches!(kind, "DocumentReference" | "Binary" | "Media");
        match (compartment, body) {
            (Compartment::Administrative, _) => Series::Billing,
            (
                Compartment::SexualReproductive
                | Compartment::MentalHealth
                | Compartment::Hiv
                | Compartment::Genetic,
                _,
            ) => Series::Sensitive,
            (_, Body::Attachment(_)) => Series::Attachments,
            (_, Body::Resource(r)) if attached(&r.kind) => Series::Attachments,
            (_, Body::Resource(r)) if r.kind.starts_with("Immunization") => Series::Immunizations,
            _ => Series::Care,
        }
    }

    /// True: its years count from the patient's last visit; false: from the record's own date.
    pub fn counts_from_last_visit(self) -> bool {
        matches!(self, Series::Care | Series::Sensitive | Series::Immunizations)
    }
}
