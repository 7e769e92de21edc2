//! What a clinic writes. Names follow FHIR R4; numbers are exact (thousandths), never floating point.

use serde::{Deserialize, Serialize};

use super::{
    codec,
    id::{PatientId, RecordId, StaffId, VersionId, hash32},
    resource::{Attachment, Link, Resource},
    time::Millis,
};

/// The version of the record format.
pub const VERSION: u8 = 0;
/// The most characters of a note.
pub const MAX_NOTE: usize = 8_000;
/// The most bytes of what one person writes into one block, before it is compressed.
pub const MAX_ENTRIES: usize = 256 * 1024;
/// The most characters of why a visit is struck out.
pub const MAX_BECAUSE: usize = 200;
/// The most versions that one version replaces.
pub const MAX_REPLACED: usize = 64;
/// Signature domain of record entries.
pub const DOMAIN: &str = "aidpost v0 record";

/// A part of a record that consent can open alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Compartment {
    /// Ordinary care.
    General,
    /// Sexual and reproductive health.
    SexualReproductive,
    /// Mental health.
    MentalHealth,
    /// HIV.
    Hiv,
    /// Genetic findings.
    Genetic,
    /// Claims and administration.
    Administrative,
    /// The emergency summary: a key of its own, no part of what consent opens, and so not among [`Compartment::ALL`].
    Emergency,
}

impl Compartment {
    /// Every compartment that consent can open, with its word.
    pub const ALL: [(Compartment, &'static str); 6] = [
        (Compartment::General, "general"),
        (Compartment::SexualReproductive, "sexual-reproductive"),
        (Compartment::MentalHealth, "mental-health"),
        (Compartment::Hiv, "hiv"),
        (Compartment::Genetic, "genetic"),
        (Compartment::Administrative, "administrative"),
    ];

    /// The compartment's word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(c, _)| *c == self).map_or("emergency summary", |(_, w)| w)
    }

    /// The compartment of a word.
    pub fn from_word(w: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, x)| *x == w).map(|(c, _)| *c)
    }
}

/// FHIR administrative gender.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Gender {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Other.
    Other,
    /// Unknown.
    Unknown,
}

impl Gender {
    /// One word.
    pub fn word(self) -> &'static str {
        match self {
            Gender::Female => "female",
            Gender::Male => "male",
            Gender::Other => "other",
            Gender::Unknown => "unknown",
        }
    }
}

/// Who the patient is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Patient {
    /// Name as given, single names allowed.
    pub name: String,
    /// Year of birth, where known.
    pub birth_year: Option<u16>,
    /// The year is an estimate.
    pub birth_estimated: bool,
    /// Administrative gender.
    pub gender: Gender,
    /// Village or quarter.
    pub village: String,
    /// Telephone, may be empty.
    pub phone: String,
}

/// One visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encounter {
    /// When the patient was seen.
    pub at: Millis,
    /// Why the patient came.
    pub reason: String,
    /// What was found and done.
    pub note: String,
}

/// A vital sign, coded in LOINC, with its unit in UCUM and what can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Vital {
    /// Body temperature.
    Temperature,
    /// Heart rate.
    HeartRate,
    /// Breaths a minute.
    RespiratoryRate,
    /// Systolic blood pressure.
    Systolic,
    /// Diastolic blood pressure.
    Diastolic,
    /// Oxygen saturation by pulse oximetry.
    OxygenSaturation,
    /// Body weight.
    Weight,
    /// Body height.
    Height,
}

/// What is known of a vital sign.
#[derive(Clone, Copy, Debug)]
pub struct VitalInfo {
    /// LOINC code.
    pub loinc: &'static str,
    /// UCUM unit.
    pub unit: &'static str,
    /// Unit as people write it.
    pub shown: &'static str,
    /// Words on the form.
    pub label: &'static str,
    /// Outside this no living person has been: refused. Thousandths of the unit.
    pub possible: (i64, i64),
    /// Outside this the form asks again of an adult; of a child: `reference::usual`. Thousandths of the unit.
    pub usual: (i64, i64),
}

impl Vital {
    /// All, in the order of the form.
    pub const ALL: [Vital; 8] = [
        Vital::Temperature,
        Vital::HeartRate,
        Vital::RespiratoryRate,
        Vital::Systolic,
        Vital::Diastolic,
        Vital::OxygenSaturation,
        Vital::Weight,
        Vital::Height,
    ];

    /// Code, unit and ranges.
    pub const fn info(self) -> VitalInfo {
        const fn v(
            loinc: &'static str,
            unit: &'static str,
            shown: &'static str,
            label: &'static str,
            possible: (i64, i64),
            usual: (i64, i64),
        ) -> VitalInfo {
            VitalInfo { loinc, unit, shown, label, possible, usual }
        }
        match self {
            Vital::Temperature => v("8310-5", "Cel", "°C", "Temperature", (24_000, 45_000), (35_500, 38_000)),
            Vital::HeartRate => {
                v("8867-4", "/min", "/min", "Heart rate", (10_000, 300_000), (50_000, 110_000))
            }
            Vital::RespiratoryRate => {
                v("9279-1", "/min", "/min", "Breathing", (3_000, 120_000), (10_000, 24_000))
            }
            Vital::Systolic => {
                v("8480-6", "mm[Hg]", "mmHg", "BP systolic", (30_000, 300_000), (90_000, 150_000))
            }
            Vital::Diastolic => {
                v("8462-4", "mm[Hg]", "mmHg", "BP diastolic", (10_000, 200_000), (50_000, 95_000))
            }
            Vital::OxygenSaturation => v("59408-5", "%", "%", "SpO2", (20_000, 100_000), (94_000, 100_000)),
            Vital::Weight => v("29463-7", "kg", "kg", "Weight", (300, 500_000), (2_000, 150_000)),
            Vital::Height => v("8302-2", "cm", "cm", "Height", (20_000, 260_000), (45_000, 205_000)),
        }
    }
}

/// One measured value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Observation {
    /// What was measured.
    pub vital: Vital,
    /// Thousandths of the vital's unit.
    pub milli: i64,
}

/// A record's content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Body {
    /// Demographics.
    Patient(Patient),
    /// A visit with what was measured in it.
    Visit {
        /// The visit.
        encounter: Encounter,
        /// Its measurements, each vital once.
        observations: Vec<Observation>,
    },
    /// A FHIR resource that came in from elsewhere, whole.
    Resource(Resource),
    /// Another patient is the same person, or is not after all.
    Link(Link),
    /// A file kept with the record.
    Attachment(Attachment),
    /// A visit that was struck out: written by mistake, on the wrong patient perhaps. What it said is kept and counts no more.
    Struck {
        /// The visit.
        encounter: Encounter,
        /// Its measurements, each vital once.
        observations: Vec<Observation>,
        /// Why it was struck out.
        because: String,
    },
}

impl Body {
    /// One word for lists.
    pub fn word(&self) -> &str {
        match self {
            Body::Patient(_) => "Patient",
            Body::Visit { .. } | Body::Struck { .. } => "Encounter",
            Body::Resource(r) => &r.kind,
            Body::Link(_) => "Link",
            Body::Attachment(_) => "Attachment",
        }
    }

    /// What a visit says, whether it stands or was struck out.
    pub fn visit(&self) -> Option<(&Encounter, &[Observation])> {
        match self {
            Body::Visit { encounter, observations } | Body::Struck { encounter, observations, .. } => {
                Some((encounter, observations))
            }
            _ => None,
        }
    }

    /// Why a visit was struck out; none: it wasn't, or this is none.
    pub fn struck(&self) -> Option<&str> {
        match self {
            Body::Struck { because, .. } => Some(because),
            _ => None,
        }
    }

    /// The same visit struck out, or standing; none: this is no visit.
    pub fn with_struck(&self, because: Option<String>) -> Option<Self> {
        let (encounter, observations) = self.visit().map(|(e, o)| (e.clone(), o.to_vec()))?;
        Some(match because {
            Some(because) => Body::Struck { encounter, observations, because },
            None => Body::Visit { encounter, observations },
        })
    }
}

/// One version of one record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Format version, [`VERSION`].
    pub version: u8,
    /// The record, the same over its versions.
    pub id: RecordId,
    /// Whose.
    pub patient: PatientId,
    /// The versions that the writer saw and this one replaces; none: the first.
    pub replaces: Vec<VersionId>,
    /// Content.
    pub body: Body,
}

impl Record {
    /// The first version of a record.
    pub fn first(id: RecordId, patient: PatientId, body: Body) -> Self {
        Self { version: VERSION, id, patient, replaces: Vec::new(), body }
    }

    /// The name of this version, as written by `author`: whoever has the version has its name.
    pub fn version_id(&self, author: StaffId) -> VersionId {
        let hash = hash32("aidpost v0 record version", &[&author.0, &codec::encode(self)]);
        let mut id = [0; 16];
        id.copy_from_slice(&hash[..16]);
        VersionId(id)
    }
}

/// Why something typed can't be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRecord {
    /// A field is empty that must not be.
    #[error("{0} is empty: fill it in")]
    Empty(&'static str),
    /// A field is longer than allowed.
    #[error("{0} is too long: at most {1} characters")]
    TooLong(&'static str, usize),
    /// Holds control characters.
    #[error("{0} holds characters that cannot be shown: type it again")]
    Unprintable(&'static str),
    /// Not a number.
    #[error("{0}: '{1}' is not a number: write it like 37.5")]
    NotANumber(&'static str, String),
    /// No living person has this value.
    #[error("{label}: {value} {unit} is not possible ({low} to {high}): check the unit and the digits")]
    Impossible {
        /// Vital's label.
        label: &'static str,
        /// As typed.
        value: String,
        /// Unit shown.
        unit: &'static str,
        /// Lower bound.
        low: String,
        /// Upper bound.
        high: String,
    },
    /// The same vital twice in a visit.
    #[error("{0} is given twice: keep one value")]
    Twice(&'static str),
    /// Diastolic at or above systolic.
    #[error("blood pressure: the lower value must be below the upper one")]
    Pressure,
    /// Year of birth in the future or before 1880.
    #[error("year of birth {0} is not possible")]
    BirthYear(u16),
    /// Names more versions than one may replace.
    #[error("replaces {0} versions: at most {MAX_REPLACED}")]
    Replaced(usize),
    /// A resource, link or attachment that isn't one.
    #[error("{0}")]
    Content(&'static str),
}

pub(super) fn text(field: &'static str, s: &str, max: usize, needed: bool) -> Result<(), BadRecord> {
    if needed && s.trim().is_empty() {
        return Err(BadRecord::Empty(field));
    }
    if s.chars().count() > max {
        return Err(BadRecord::TooLong(field, max));
    }
    if s.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return Err(BadRecord::Unprintable(field));
    }
    Ok(())
}

/// The limits that every record meets, typed here or received. `this_year` bounds the year of birth.
///
/// # Errors
/// The first limit that fails, in words for the screen.
pub fn validate(body: &Body, this_year: u16) -> Result<(), BadRecord> {
    match body {
        Body::Patient(p) => {
            text("name", &p.name, 120, true)?;
            text("village", &p.village, 120, false)?;
            text("phone", &p.phone, 40, false)?;
            match p.birth_year {
                Some(y) if !(1880..=this_year).contains(&y) => Err(BadRecord::BirthYear(y)),
                _ => Ok(()),
            }
        }
        Body::Visit { encounter, observations } => visit(encounter, observations),
        Body::Struck { encounter, observations, because } => {
            text("why it is struck out", because, MAX_BECAUSE, true)?;
            visit(encounter, observations)
        }
        Body::Resource(r) => r.check().map_err(BadRecord::Content),
        Body::Link(l) => text("reason", &l.reason, 200, false),
        Body::Attachment(a) => {
            text("file name", &a.name, 200, true)?;
            text("media type", &a.media_type, 100, false)?;
            a.parts.check().map_err(BadRecord::Content)
        }
    }
}

fn visit(encounter: &Encounter, observations: &[Observation]) -> Result<(), BadRecord> {
    text("reason", &encounter.reason, 200, true)?;
    text("note", &encounter.note, MAX_NOTE, false)?;
    for (i, o) in observations.iter().enumerate() {
        let info = o.vital.info();
        if observations[..i].iter().any(|x| x.vital == o.vital) {
            return Err(BadRecord::Twice(info.label));
        }
        possible(o.vital, o.milli)?;
    }
    let of = |v| observations.iter().find(|o| o.vital == v).map(|o| o.milli);
    match (of(Vital::Systolic), of(Vital::Diastolic)) {
        (Some(s), Some(d)) if d >= s => Err(BadRecord::Pressure),
        _ => Ok(()),
    }
}

fn possible(vital: Vital, milli: i64) -> Result<(), BadRecord> {
    let i = vital.info();
    if (i.possible.0..=i.possible.1).contains(&milli) {
        return Ok(());
    }
    Err(BadRecord::Impossible {
        label: i.label,
        value: show_milli(milli),
        unit: i.shown,
        low: show_milli(i.possible.0),
        high: show_milli(i.possible.1),
    })
}

/// Reads a typed value: point or comma, at most three decimals, within what is possible.
///
/// # Errors
/// Not a number, or not possible for this vital.
pub fn parse_vital(vital: Vital, typed: &str) -> Result<Observation, BadRecord> {
    let bad = || BadRecord::NotANumber(vital.info().label, typed.chars().take(20).collect());
    let t = typed.trim().replace(',', ".");
    let (whole, frac) = t.split_once('.').unwrap_or((&t, ""));
    let digits = |s: &str| s.chars().all(|c| c.is_ascii_digit());
    if whole.is_empty() || whole.len() > 6 || frac.len() > 3 || !digits(whole) || !digits(frac) {
        return Err(bad());
    }
    let milli: i64 = format!("{whole}{frac:0<3}").parse().map_err(|_| bad())?;
    possible(vital, milli)?;
    Ok(Observation { vital, milli })
}

/// Thousandths as people write them: 37500 → "37.5".
pub fn show_milli(milli: i64) -> String {
    let sign = if milli < 0 { "-" } else { "" };
    let (whole, frac) = (milli.unsigned_abs() / 1000, milli.unsigned_abs() % 1000);
    let frac = format!("{frac:03}");
    let frac = frac.trim_end_matches('0');
    if frac.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{frac}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_values_are_exact_and_bounded() {
        assert_eq!(parse_vital(Vital::Temperature, "37,5").unwrap().milli, 37_500);
        assert_eq!(parse_vital(Vital::Weight, " 3.125 ").unwrap().milli, 3_125);
        for bad in ["", "abc", "3.1234", "-4", "1e3", "37..5", "9999999", "३७"] {
            assert!(parse_vital(Vital::Temperature, bad).is_err(), "{bad}");
        }
        let e = parse_vital(Vital::Temperature, "375").unwrap_err().to_string();
        assert!(e.contains("not possible (24 to 45)"), "{e}");
    }

    #[test]
    fn golden_visit_that_stands_and_struck_out() {
        let body = Body::Visit {
            encounter: Encounter { at: 5, reason: "cough".into(), note: "n".into() },
            observations: vec![Observation { vital: Vital::Temperature, milli: 38_500 }],
        };
        let struck = body.with_struck(Some("another patient".into())).unwrap();
        assert_eq!((struck.struck(), struck.visit()), (Some("another patient"), body.visit()));
        assert_eq!(struck.with_struck(None), Some(body.clone()));
        assert_eq!(validate(&struck, 2026), Ok(()));
        let silent = body.with_struck(Some(" ".into())).unwrap();
        assert_eq!(validate(&silent, 2026), Err(BadRecord::Empty("why it is struck out")));
        let record = |body| Record::first(RecordId([1; 16]), PatientId([2; 16]), body);
        let all = [record(body), record(struck)].map(|r| hex::encode(codec::encode(&r)));
        crate::testing::golden("record_visits_v0.hex", &all.join("\n"));
    }

    #[test]
    fn a_visit_is_checked_as_a_whole() {
        let visit = |obs: Vec<Observation>| Body::Visit {
            encounter: Encounter { at: 0, reason: "cough".into(), note: String::new() },
            observations: obs,
        };
        let o = |vital, milli| Observation { vital, milli };
        assert_eq!(
            validate(&visit(vec![o(Vital::Systolic, 120_000), o(Vital::Diastolic, 80_000)]), 2026),
            Ok(())
        );
        assert_eq!(
            validate(&visit(vec![o(Vital::Systolic, 80_000), o(Vital::Diastolic, 120_000)]), 2026),
            Err(BadRecord::Pressure)
        );
        assert!(matches!(
            validate(&visit(vec![o(Vital::Weight, 60_000), o(Vital::Weight, 61_000)]), 2026),
            Err(BadRecord::Twice(_))
        ));
    }

    #[test]
    fn unusual_is_not_impossible() {
        let fever = parse_vital(Vital::Temperature, "39.4").unwrap();
        assert!(crate::core::reference::unusual(&fever, None));
        assert_eq!(show_milli(fever.milli), "39.4");
        assert_eq!(show_milli(60_000), "60");
    }
}
