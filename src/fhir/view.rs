//! What a chart shows of resources that came from elsewhere. Reads what it knows, and leaves the rest as it is.

use super::{
    date,
    medicines::{self, Medicines},
};
use crate::core::{
    json::Json,
    record::{Gender, Observation, Patient, Vital},
};

/// The most characters of one line.
const MAX_LINE: usize = 300;
const LOINC: &str = "http://loinc.org";

/// One line about a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What it is.
    pub text: String,
    /// Milliseconds since 1970, where it says a time.
    pub at: Option<i64>,
    /// Its state in FHIR's word, may be empty.
    pub status: String,
    /// What it calls the encounter that it belongs to.
    pub encounter: Option<String>,
}

fn short(s: &str, max: usize) -> String {
    s.chars().filter(|c| !c.is_control()).take(max).collect::<String>().trim().to_string()
}

/// The name of a person as it is said; empty: none is.
pub(super) fn name(json: &Json) -> String {
    let names = json.get("name").map_or(&[][..], Json::items);
    let used = |wanted: &str| names.iter().find(|n| n.text_at(&["use"]) == Some(wanted));
    let Some(n) = used("official").or_else(|| used("usual")).or(names.first()) else { return String::new() };
    if let Some(text) = n.text_at(&["text"]) {
        return short(text, 120);
    }
    let given = n.get("given").map_or(&[][..], Json::items).iter().filter_map(Json::as_text);
    let parts: Vec<&str> = given.chain(n.text_at(&["family"])).collect();
    short(&parts.join(" "), 120)
}

/// Who a Patient resource says the patient is.
pub fn demographics(json: &Json) -> Patient {
    let mut name = name(json);
    if name.is_empty() {
        // A person without a name is found by what the sender calls them.
        name = short(&format!("(no name) {}", json.text_at(&["id"]).unwrap_or("")), 120);
    }
    let address = ["city", "district", "text", "line"];
    let village = address.into_iter().find_map(|k| json.text_at(&["address", k])).unwrap_or("");
    let telecom = json.get("telecom").map_or(&[][..], Json::items);
    let phone = telecom.iter().find(|t| t.text_at(&["system"]) == Some("phone"));
    Patient {
        name,
        birth_year: json.text_at(&["birthDate"]).and_then(date::year).filter(|y| *y >= 1880),
        birth_estimated: false,
        gender: match json.text_at(&["gender"]) {
            Some("female") => Gender::Female,
            Some("male") => Gender::Male,
            Some("other") => Gender::Other,
            _ => Gender::Unknown,
        },
        village: short(village, 120),
        phone: short(phone.and_then(|t| t.text_at(&["value"])).unwrap_or(""), 40),
    }
}

/// The words of a CodeableConcept.
pub(super) fn concept(json: &Json) -> Option<&str> {
    let c = match json {
        Json::List(l) => l.first()?,
        c => c,
    };
    // Of several codes for the same, one may say it in words.
    let shown = || c.get("coding").map_or(&[][..], Json::items).iter().find_map(|k| k.text_at(&["display"]));
    c.text_at(&["text"]).or_else(shown).or_else(|| c.text_at(&["coding", "code"]))
}

/// When something was, by the first of the elements that kinds of resources say it in.
fn when(json: &Json) -> Option<i64> {
    const ELEMENTS: [&[&str]; 21] = [
        &["effectiveDateTime"],
        &["effectiveInstant"],
        &["effectivePeriod", "start"],
        &["onsetDateTime"],
        &["onsetPeriod", "start"],
        &["performedDateTime"],
        &["performedPeriod", "start"],
        &["occurrenceDateTime"],
        &["occurrencePeriod", "start"],
        &["period", "start"],
        &["authoredOn"],
        &["whenHandedOver"],
        &["recordedDate"],
        &["dateAsserted"],
        &["started"],
        &["start"],
        &["startDate"],
        &["billablePeriod", "start"],
        &["date"],
        &["created"],
        &["issued"],
    ];
    ELEMENTS.into_iter().find_map(|e| json.text_at(e).and_then(date::millis))
}

/// One line about a resource of any kind. Of a medicine by reference only what is inside the resource is known.
pub fn line(kind: &str, json: &Json) -> Line {
    line_beside(kind, json, &Medicines::default())
}

/// The same, with the Medications of its sender.
pub fn line_beside(kind: &str, json: &Json, beside: &Medicines) -> Line {
    const WORDS: [&str; 9] = [
        "code",
        "vaccineCode",
        "productCodeableConcept",
        "title",
        "description",
        "type",
        "serviceType",
        "reasonCode",
        "category",
    ];
    // An encounter's type says more than its class; what was coded of anything else is what it is. What a problem, an allergy or
    // a vaccine is of is no name of it: without one it is called by its kind.
    let order: &[&str] = match kind {
        "Encounter" => &["reasonCode", "type", "serviceType"],
        "AllergyIntolerance" | "Condition" => &["code"],
        "Immunization" => &["vaccineCode"],
        _ => &WORDS,
    };
    let said = || order.iter().filter_map(|w| json.get(w)).find_map(|v| v.as_text().or_else(|| concept(v)));
    let substance = || concept(json.at(&["reaction", "substance"])?).filter(|_| kind == "AllergyIntolerance");
    let series = || {
        json.text_at(&["series", "description"])
            .or_else(|| json.at(&["series", "bodySite"]).and_then(|b| b.text_at(&["display"])))
    };
    let mut text = match medicines::is_about_one(kind) {
        true => short(&medicines::name(json, beside), MAX_LINE),
        false => short(said().or_else(substance).or_else(series).unwrap_or(kind), MAX_LINE),
    };
    if let Some(v) = value(json) {
        text = short(&format!("{text}: {v}"), MAX_LINE);
    }
    // What never was has no state besides.
    let status = json
        .text_at(&["verificationStatus", "coding", "code"])
        .filter(|s| matches!(*s, "entered-in-error" | "refuted"))
        .or_else(|| json.text_at(&["clinicalStatus", "coding", "code"]))
        .or_else(|| json.text_at(&["status"]));
    Line {
        text,
        at: when(json),
        status: short(status.unwrap_or(""), 40),
        encounter: ["encounter", "context"]
            .into_iter()
            .find_map(|k| {
                json.text_at(&[k, "reference"]).or_else(|| json.text_at(&[k, "encounter", "reference"]))
            })
            .or_else(|| planned(kind, json))
            .map(str::to_string),
    }
}

/// The encounter at which an appointment was made.
fn planned<'a>(kind: &str, json: &'a Json) -> Option<&'a str> {
    let named = json.text_at(&["supportingInformation", "reference"]).filter(|_| kind == "Appointment")?;
    named.starts_with("Encounter/").then_some(named)
}

/// The value of an observation in words.
fn value(json: &Json) -> Option<String> {
    if let Some(q) = json.get("valueQuantity") {
        let Some(Json::Number(n)) = q.get("value") else { return None };
        // Eleven digits say no more than three.
        let shown = thousandths(n).map_or_else(|| n.to_string(), crate::core::record::show_milli);
        let unit = q.text_at(&["unit"]).or_else(|| q.text_at(&["code"])).unwrap_or("");
        return Some(format!("{shown} {unit}").trim().to_string());
    }
    if let Some(c) = json.get("valueCodeableConcept") {
        return concept(c).map(str::to_string);
    }
    json.text_at(&["valueString"]).map(str::to_string)
}

/// A JSON number as thousandths, rounded.
fn thousandths(n: &str) -> Option<i64> {
    let (negative, n) = n.strip_prefix('-').map_or((false, n), |rest| (true, rest));
    let (whole, fraction) = n.split_once('.').unwrap_or((n, ""));
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 12 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let kept: String = fraction.chars().chain("000".chars()).take(3).collect();
    let up = i64::from(fraction.as_bytes().get(3).is_some_and(|d| *d >= b'5'));
    let milli = format!("{whole}{kept}").parse::<i64>().ok()? + up;
    Some(if negative { -milli } else { milli })
}

/// The vital signs that an Observation holds, as far as they are in the units of the form and possible. None of one that was
/// written by mistake.
pub fn vitals(json: &Json) -> Vec<Observation> {
    if json.text_at(&["status"]) == Some("entered-in-error") {
        return Vec::new();
    }
    let mut out: Vec<Observation> = vital(json).into_iter().collect();
    out.extend(json.get("component").map_or(&[][..], Json::items).iter().filter_map(vital));
    out
}

fn vital(json: &Json) -> Option<Observation> {
    let codings = json.get("code")?.get("coding")?.items();
    let named = |c: &Json, v: Vital| {
        let code = c.text_at(&["code"]);
        // Saturation has two codes in use for the same measurement.
        let other = v == Vital::OxygenSaturation && code == Some("2708-6");
        c.text_at(&["system"]) == Some(LOINC) && (code == Some(v.info().loinc) || other)
    };
    let vital = Vital::ALL.into_iter().find(|v| codings.iter().any(|c| named(c, *v)))?;
    let q = json.get("valueQuantity")?;
    let unit = q.text_at(&["code"]).or_else(|| q.text_at(&["unit"]))?;
    let same = unit == vital.info().unit || (vital.info().unit == "/min" && unit.ends_with("/min"));
    let Some(Json::Number(n)) = q.get("value") else { return None };
    let milli = thousandths(n).filter(|_| same)?;
    let possible = vital.info().possible;
    (possible.0..=possible.1).contains(&milli).then_some(Observation { vital, milli })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn j(s: &str) -> Json {
        Json::parse(s).unwrap()
    }

    #[test]
    fn who_the_patient_is() {
        let p = demographics(&j(
            r#"{"name":[{"use":"nickname","given":["N"]},{"use":"official","family":"Devi","given":["Nila","Rani"],"prefix":["Ms."]}],
                "birthDate":"1988-05-02","gender":"female","address":[{"city":"Pokhara"}],
                "telecom":[{"system":"email","value":"x"},{"system":"phone","value":"080-1"}]}"#,
        ));
        assert_eq!((p.name.as_str(), p.birth_year, p.gender), ("Nila Rani Devi", Some(1988), Gender::Female));
        assert_eq!((p.village.as_str(), p.phone.as_str()), ("Pokhara", "080-1"));
        let nobody = demographics(&j(r#"{"id":"x7","birthDate":"17-01-01"}"#));
        assert_eq!((nobody.name.as_str(), nobody.birth_year), ("(no name) x7", None));
    }

    #[test]
    fn vital_signs_in_their_units_and_nothing_else() {
        let o = |code: &str, value: &str, unit: &str| {
            vitals(&j(&format!(
                r#"{{"code":{{"coding":[{{"system":"http://loinc.org","code":"{code}"}}]}},
                    "valueQuantity":{{"value":{value},"code":"{unit}"}}}}"#
            )))
        };
        assert_eq!(
            o("8302-2", "158.35374570701794", "cm"),
            [Observation { vital: Vital::Height, milli: 158_354 }]
        );
        assert_eq!(o("8867-4", "72", "{beats}/min").len(), 1);
        assert!(o("8302-2", "62", "[in_i]").is_empty(), "another unit");
        assert!(o("8302-2", "1580", "cm").is_empty(), "not possible");
        assert!(o("2339-0", "100", "mg/dL").is_empty(), "no vital sign");
        let panel = vitals(&j(
            r#"{"code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"component":[
                {"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120,"code":"mm[Hg]"}},
                {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":80.0,"code":"mm[Hg]"}}]}"#,
        ));
        assert_eq!(panel.iter().map(|o| o.milli).collect::<Vec<_>>(), [120_000, 80_000]);
    }

    #[test]
    fn a_line_about_anything() {
        let l = line(
            "Condition",
            &j(r#"{"code":{"text":"Hypertension"},"clinicalStatus":{"coding":[{"code":"active"}]},
                  "onsetDateTime":"1956-01-19T04:57:07+00:00","encounter":{"reference":"urn:uuid:e"}}"#),
        );
        assert_eq!((l.text.as_str(), l.status.as_str()), ("Hypertension", "active"));
        assert!(l.at.unwrap() < 0 && l.encounter.as_deref() == Some("urn:uuid:e"));
        let l = line(
            "Observation",
            &j(r#"{"code":{"text":"Pain"},"valueQuantity":{"value":2.5000001,"unit":"{score}"}}"#),
        );
        assert_eq!(l.text, "Pain: 2.5 {score}");
        assert_eq!(line("Basic", &j("{}")).text, "Basic");
        let plan = r#"{"category":[{"text":"assess-plan"}],"title":"Diabetes care"}"#;
        assert_eq!(
            line("CarePlan", &j(plan)).text,
            "Diabetes care",
            "its category is what kind of plan it is"
        );
        let allergy =
            r#"{"category":["food"],"type":"allergy","reaction":[{"substance":{"text":"peanut"}}]}"#;
        assert_eq!(line("AllergyIntolerance", &j(allergy)).text, "peanut");
        let unnamed = r#"{"category":[{"text":"problem-list-item"}]}"#;
        assert_eq!(line("Condition", &j(unnamed)).text, "Condition");
        let request =
            j(r#"{"category":[{"text":"Community"}],"medicationReference":{"reference":"Medication/7"}}"#);
        assert_eq!(line("MedicationRequest", &request).text, "name not known: Medication/7");
        let mut beside = Medicines::default();
        beside.add(None, "7", &j(r#"{"code":{"text":"metformin"}}"#));
        assert_eq!(line_beside("MedicationRequest", &request, &beside).text, "metformin");
        assert_eq!(thousandths("-0.0005"), Some(-1));
        assert_eq!(thousandths("1e3"), None);
    }
}
