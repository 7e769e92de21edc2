//! The list of patients.

use super::table::{self, Refused, Row};
use crate::core::{
    id::PatientId,
    record::{Body, Gender, Patient, validate},
};

/// Its columns.
pub const COLUMNS: [&str; 8] =
    ["patient", "name", "birth_year", "estimated", "gender", "village", "phone", "last_visit"];

/// One patient.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Whose line it is; none: somebody to register.
    pub id: Option<PatientId>,
    /// Who that is.
    pub patient: Patient,
    /// The day of the last visit, may be empty. It is only written.
    pub last_visit: String,
}

/// As a spreadsheet.
pub fn write(all: &[Listed]) -> String {
    let row = |l: &Listed| {
        let p = &l.patient;
        [
            l.id.map_or_else(String::new, |id| id.to_string()),
            p.name.clone(),
            p.birth_year.map_or_else(String::new, |y| y.to_string()),
            if p.birth_estimated { "yes" } else { "no" }.into(),
            p.gender.word().into(),
            p.village.clone(),
            p.phone.clone(),
            l.last_visit.clone(),
        ]
    };
    table::write(COLUMNS, all.iter().map(row))
}

/// From a spreadsheet; each with its line. `this_year` bounds the year of birth.
///
/// # Errors
/// Each line that can't be taken.
pub fn read(text: &str, this_year: u16) -> Result<Vec<(u64, Listed)>, Vec<Refused>> {
    table::read(text, &COLUMNS, &["name"], |r| Ok((r.line, listed(r, this_year)?)))
}

fn listed(r: &Row<'_>, this_year: u16) -> Result<Listed, String> {
    let id = match r.get("patient") {
        "" => None,
        id => Some(id.parse::<PatientId>().map_err(|e| e.to_string())?),
    };
    let birth_year = match r.get("birth_year") {
        "" => None,
        y => Some(y.parse::<u16>().map_err(|_| format!("birth_year '{}': write it like 1988", short(y)))?),
    };
    let birth_estimated = match r.get("estimated").to_lowercase().as_str() {
        "" | "no" => false,
        "yes" => true,
        other => return Err(format!("estimated '{}': write yes or no", short(other))),
    };
    let genders = [Gender::Female, Gender::Male, Gender::Other, Gender::Unknown];
    let gender = match r.get("gender").to_lowercase().as_str() {
        "" => Gender::Unknown,
        g => genders
            .into_iter()
            .find(|x| x.word() == g)
            .ok_or_else(|| format!("gender '{}': write female, male, other or unknown", short(g)))?,
    };
    let patient = Patient {
        name: r.get("name").into(),
        birth_year,
        birth_estimated,
        gender,
        village: r.get("village").into(),
        phone: r.get("phone").into(),
    };
    validate(&Body::Patient(patient.clone()), this_year).map_err(|e| e.to_string())?;
    Ok(Listed { id, patient, last_visit: String::new() })
}

/// So much of a cell as fits a line.
pub(super) fn short(s: &str) -> String {
    s.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_comes_back() {
        let patient = Patient {
            name: "=Nila, \"R\" देवी".into(),
            birth_year: Some(1988),
            birth_estimated: true,
            gender: Gender::Female,
            village: "Pokhara".into(),
            phone: "+977 98".into(),
        };
        let one = Listed { id: Some(PatientId([7; 16])), patient, last_visit: String::new() };
        let text = write(std::slice::from_ref(&one));
        assert!(text.contains("\"'=Nila, \"\"R\"\" देवी\"") && text.contains(",'+977 98,"), "{text}");
        assert_eq!(read(&text, 2026).unwrap(), [(2, one)]);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let text = "name,birth_year,gender,estimated,patient\n\
                    ,1988,,,\nA,88888,,,\nB,2030,,,\nC,,f,,\nD,,,maybe,\nE,,,,zz\nF,1988,Female,NO,\n";
        let bad: Vec<String> = read(text, 2026).unwrap_err().iter().map(Refused::to_string).collect();
        let wanted = [
            "line 2: name is empty",
            "line 3: birth_year",
            "line 4: year of birth 2030",
            "line 5: gender 'f'",
            "line 6: estimated",
            "line 7: 'zz'",
        ];
        assert_eq!(bad.len(), wanted.len(), "{bad:?}");
        assert!(bad.iter().zip(wanted).all(|(b, w)| b.starts_with(w)), "{bad:?}");
    }
}
