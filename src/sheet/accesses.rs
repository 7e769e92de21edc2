//! The list of who read what.

use super::table;
use crate::core::{id::PatientId, policy::Purpose, record::Compartment};

/// Its columns.
pub const COLUMNS: [&str; 9] =
    ["patient", "when", "who", "organisation", "purpose", "result", "parts", "left_as_a_file", "consents"];

/// One access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accessed {
    /// Whose record.
    pub patient: PatientId,
    /// When, as FHIR writes it.
    pub when: String,
    /// Who.
    pub who: String,
    /// Of which organisation.
    pub organisation: String,
    /// What for.
    pub purpose: Purpose,
    /// False: refused.
    pub allowed: bool,
    /// Which parts.
    pub parts: Vec<Compartment>,
    /// The records left as a file.
    pub exported: bool,
    /// The consents that allowed it.
    pub consents: Vec<String>,
}

/// As a spreadsheet.
pub fn write(all: &[Accessed]) -> String {
    let row = |a: &Accessed| {
        let parts: Vec<&str> = a.parts.iter().map(|c| c.word()).collect();
        [
            a.patient.to_string(),
            a.when.clone(),
            a.who.clone(),
            a.organisation.clone(),
            a.purpose.word().into(),
            if a.allowed { "allowed" } else { "refused" }.into(),
            parts.join(" "),
            if a.exported { "yes" } else { "no" }.into(),
            a.consents.join(" "),
        ]
    };
    table::write(COLUMNS, all.iter().map(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_list() {
        let one = Accessed {
            patient: PatientId([7; 16]),
            when: "2026-03-01T09:30:00Z".into(),
            who: "=cmd".into(),
            organisation: "Aruna, Clinic".into(),
            purpose: Purpose::Treatment,
            allowed: true,
            parts: vec![Compartment::General, Compartment::Hiv],
            exported: false,
            consents: Vec::new(),
        };
        let other = Accessed { allowed: false, exported: true, consents: vec!["0a".into()], ..one.clone() };
        let text = write(&[one, other]);
        assert_eq!(
            text,
            "\u{feff}patient,when,who,organisation,purpose,result,parts,left_as_a_file,consents\r\n\
             07070707070707070707070707070707,2026-03-01T09:30:00Z,'=cmd,\"Aruna, Clinic\",treatment,allowed,general hiv,no,\r\n\
             07070707070707070707070707070707,2026-03-01T09:30:00Z,'=cmd,\"Aruna, Clinic\",treatment,refused,general hiv,yes,0a\r\n"
        );
    }
}
