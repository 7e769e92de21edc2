//! What was written here, as R4 resources: Patient, Encounter, Observations in LOINC and UCUM.

use super::{
    build::{
        CATEGORY, LOINC, UCUM, coding, concept, escaped, filled, identifier, list, meta, narrative, text,
        with,
    },
    date,
};
use crate::core::{
    id::{ConsortiumId, PatientId, RecordId},
    json::Json,
    record::{Encounter, Observation, Patient, Vital, show_milli},
};

/// Extension that a year of birth is a guess; R4 has none of its own for it.
const ESTIMATED: &str = "urn:aidpost:birth-date-estimated";

/// The Patient resource of who was registered here.
pub fn patient(consortium: ConsortiumId, id: PatientId, p: &Patient) -> Json {
    let mut j = Json::object([
        ("resourceType", text("Patient")),
        ("id", text(id.to_string())),
        ("meta", meta(consortium)),
        ("identifier", list([identifier("patient", &id.to_string())])),
        ("name", list([Json::object([("text", text(p.name.clone()))])])),
        ("gender", text(p.gender.word())),
    ]);
    j = with(j, "birthDate", p.birth_year.map(|y| text(format!("{y:04}"))));
    let guess = Json::object([("url", text(ESTIMATED)), ("valueBoolean", Json::Bool(true))]);
    let guess = Json::object([("extension", list([guess]))]);
    j = with(j, "_birthDate", (p.birth_estimated && p.birth_year.is_some()).then_some(guess));
    j = with(j, "address", filled(&p.village).map(|v| list([Json::object([("city", v)])])));
    let phone = |v| list([Json::object([("system", text("phone")), ("value", v)])]);
    with(j, "telecom", filled(&p.phone).map(phone))
}

/// FHIR's state of what was written by mistake.
const IN_ERROR: &str = "entered-in-error";

/// The Encounter of a visit and the Observations made in it, about whom `subject` refers to. `struck`: why it was struck out.
pub fn visit(
    consortium: ConsortiumId,
    subject: &str,
    record: RecordId,
    encounter: &Encounter,
    observations: &[Observation],
    struck: Option<&str>,
) -> Vec<Json> {
    let at = i64::try_from(encounter.at).ok().and_then(date::instant);
    let subject = Json::object([("reference", text(subject))]);
    let class = Json::object([
        ("system", text("http://terminology.hl7.org/CodeSystem/v3-ActCode")),
        ("code", text("AMB")),
        ("display", text("ambulatory")),
    ]);
    let mut e = Json::object([
        ("resourceType", text("Encounter")),
        ("id", text(record.to_string())),
        ("meta", meta(consortium)),
        ("status", text(if struck.is_some() { IN_ERROR } else { "finished" })),
        ("class", class),
        ("subject", subject.clone()),
    ]);
    e = with(e, "period", at.clone().map(|t| Json::object([("start", text(t.clone())), ("end", text(t))])));
    let reason = |r| list([Json::object([("text", r)])]);
    e = with(e, "reasonCode", filled(&encounter.reason).map(reason));
    // R4 has no element for why an encounter was entered in error.
    let said = struck.map(|why| format!("struck out: {why}"));
    let note = Some(&*encounter.note).filter(|n| !n.trim().is_empty());
    let said: Vec<&str> = said.as_deref().into_iter().chain(note).collect();
    let note = (!said.is_empty()).then(|| narrative("additional", &escaped(&said.join("\n"))));
    let mut out = vec![with(e, "text", note)];
    let status = if struck.is_some() { IN_ERROR } else { "final" };
    let here = Seen { consortium, record, subject, at, status };
    let pressure = [Vital::Systolic, Vital::Diastolic];
    let of = |v: Vital| observations.iter().find(move |o| o.vital == v);
    out.extend(observations.iter().filter(|o| !pressure.contains(&o.vital)).map(|o| here.observation(o)));
    let parts: Vec<&Observation> = pressure.into_iter().filter_map(of).collect();
    if !parts.is_empty() {
        out.push(here.blood_pressure(&parts));
    }
    out
}

/// What the observations of one visit have in common.
struct Seen {
    consortium: ConsortiumId,
    record: RecordId,
    subject: Json,
    at: Option<String>,
    status: &'static str,
}

impl Seen {
    fn base(&self, code: &str, label: &str) -> Json {
        let category = Json::object([("coding", list([coding(CATEGORY, "vital-signs", "Vital Signs")]))]);
        let encounter = Json::object([("reference", text(format!("Encounter/{}", self.record)))]);
        let j = Json::object([
            ("resourceType", text("Observation")),
            ("id", text(format!("{}-{code}", self.record))),
            ("meta", meta(self.consortium)),
            ("status", text(self.status)),
            ("category", list([category])),
            ("code", concept(LOINC, code, label)),
            ("subject", self.subject.clone()),
            ("encounter", encounter),
        ]);
        with(j, "effectiveDateTime", self.at.clone().map(text))
    }

    fn observation(&self, o: &Observation) -> Json {
        let i = o.vital.info();
        with(self.base(i.loinc, name(o.vital)), "valueQuantity", Some(quantity(o)))
    }

    /// R4's vital signs profile wants both values of a blood pressure in one Observation.
    fn blood_pressure(&self, parts: &[&Observation]) -> Json {
        let component = |o: &&Observation| {
            Json::object([
                ("code", concept(LOINC, o.vital.info().loinc, name(o.vital))),
                ("valueQuantity", quantity(o)),
            ])
        };
        let all = list(parts.iter().map(component));
        with(self.base("85354-9", "Blood pressure panel"), "component", Some(all))
    }
}

/// LOINC's own words.
fn name(v: Vital) -> &'static str {
    match v {
        Vital::Temperature => "Body temperature",
        Vital::HeartRate => "Heart rate",
        Vital::RespiratoryRate => "Respiratory rate",
        Vital::Systolic => "Systolic blood pressure",
        Vital::Diastolic => "Diastolic blood pressure",
        Vital::OxygenSaturation => "Oxygen saturation in Arterial blood by Pulse oximetry",
        Vital::Weight => "Body weight",
        Vital::Height => "Body height",
    }
}

fn quantity(o: &Observation) -> Json {
    let i = o.vital.info();
    Json::object([
        ("value", Json::Number(show_milli(o.milli).into())),
        ("unit", text(i.shown)),
        ("system", text(UCUM)),
        ("code", text(i.unit)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{core::record::Gender, fhir::view};

    const C: ConsortiumId = ConsortiumId([1; 32]);

    #[test]
    fn what_was_written_here_is_read_back_as_it_was() {
        let p = Patient {
            name: "Nila \"R\" Devi".into(),
            birth_year: Some(1988),
            birth_estimated: true,
            gender: Gender::Female,
            village: "Pokhara".into(),
            phone: "080".into(),
        };
        let j = patient(C, PatientId([7; 16]), &p);
        let read = view::demographics(&Json::parse(&j.canonical()).unwrap());
        assert_eq!(Patient { birth_estimated: true, ..read }, p);

        let e = Encounter { at: 1_700_000_000_000, reason: "cough".into(), note: "a < b\n& c".into() };
        let obs: Vec<Observation> =
            [(Vital::Temperature, 38_500), (Vital::Systolic, 120_000), (Vital::Diastolic, 80_000)]
                .map(|(vital, milli)| Observation { vital, milli })
                .into();
        let all = visit(C, "Patient/p1", RecordId([9; 16]), &e, &obs, None);
        assert_eq!(all.len(), 3, "an encounter, a temperature, one blood pressure");
        let back: Vec<Observation> = all.iter().flat_map(view::vitals).collect();
        assert_eq!(back, obs);
        let l = view::line("Encounter", &all[0]);
        assert_eq!((l.text.as_str(), l.at), ("cough", Some(1_700_000_000_000)));
        assert!(all[0].canonical().contains("a &lt; b<br/>&amp; c"));
    }

    #[test]
    fn golden_resources() {
        let p = Patient {
            name: "Nila".into(),
            birth_year: None,
            birth_estimated: false,
            gender: Gender::Unknown,
            village: String::new(),
            phone: String::new(),
        };
        let mut out = vec![patient(C, PatientId([7; 16]), &p).canonical()];
        let e = Encounter { at: 0, reason: "fever".into(), note: String::new() };
        let obs: Vec<Observation> = Vital::ALL.map(|vital| Observation { vital, milli: 36_500 }).into();
        out.extend(visit(C, "Patient/p1", RecordId([9; 16]), &e, &obs, None).iter().map(Json::canonical));
        crate::testing::golden("fhir_out_v0.ndjson", &out.join("\n"));
    }

    #[test]
    fn golden_visit_that_was_struck_out() {
        let e = Encounter { at: 0, reason: "fever".into(), note: "a note".into() };
        let obs: Vec<Observation> = [(Vital::Temperature, 38_500), (Vital::Systolic, 120_000)]
            .map(|(vital, milli)| Observation { vital, milli })
            .into();
        let all = visit(C, "Patient/p1", RecordId([9; 16]), &e, &obs, Some("another <patient>"));
        assert!(all.iter().all(|j| j.text_at(&["status"]) == Some(IN_ERROR)));
        assert!(all.iter().all(|j| view::vitals(j).is_empty()), "nothing of it is measured");
        assert_eq!(view::line("Encounter", &all[0]).status, IN_ERROR);
        let all: Vec<String> = all.iter().map(Json::canonical).collect();
        crate::testing::golden("fhir_struck_v0.ndjson", &all.join("\n"));
    }
}
