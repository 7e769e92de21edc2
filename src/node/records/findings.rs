//! What a visit says in codes and when the patient is to come back: resources that are written in the visit's own block. And
//! drafts of visits as they are stored.

use std::fmt;

use jiff::tz::TimeZone;
use rand::CryptoRng;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error, SeqAccess, Visitor},
    ser::SerializeStruct,
};

use crate::{
    core::{
        codes::{BadFinding, Finding, MAX_FINDINGS},
        id::{ConsortiumId, RecordId},
        json::Json,
        next_visit::{self, MAX_TYPED},
        record::{self, Body, Record},
        resource::{Resource, Text},
        time::Millis,
    },
    fhir::findings::At,
    node::api::{Fault, FaultKind, VisitDraft},
    store::StoreError,
};

/// What a visit says beyond reason, measurements and note, checked.
pub(super) struct Beyond {
    findings: Vec<Finding>,
    reason: String,
    at: Millis,
    /// The day to come back on: its beginning and its end, milliseconds since 1970.
    next: Option<(i64, i64)>,
}

impl Beyond {
    /// What a draft says of a visit at this time, by the clock and calendar of this machine.
    pub(super) fn of(draft: &VisitDraft, at: Millis) -> Result<Self, Fault> {
        let usage = |e: String| Fault::new(FaultKind::Usage, e);
        if draft.findings.len() > MAX_FINDINGS {
            return Err(usage(BadFinding::Many.to_string()));
        }
        draft.findings.iter().try_for_each(|f| f.check().map_err(|e| usage(e.to_string())))?;
        let next = match draft.next.trim() {
            "" => None,
            typed => Some(day(typed, at, &TimeZone::system()).map_err(usage)?),
        };
        Ok(Self { findings: draft.findings.clone(), reason: draft.reason.clone(), at, next })
    }

    /// The day to come back on: its beginning and its end, milliseconds since 1970.
    pub(super) fn next(&self) -> Option<(i64, i64)> {
        self.next
    }

    /// The records of it, beside that of the visit.
    pub(super) fn records(
        &self,
        consortium: ConsortiumId,
        visit: &Record,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<Record>, StoreError> {
        let patient = visit.patient;
        let subject = format!("Patient/{patient}");
        let at = At { consortium, subject: &subject, encounter: visit.id, at: self.at };
        let mut out = Vec::new();
        for f in &self.findings {
            let id = RecordId::random(rng);
            let (kind, json) = at.finding(id, f);
            out.push((id, kind, json));
        }
        if let Some(day) = self.next {
            let id = RecordId::random(rng);
            out.push((id, "Appointment", at.appointment(id, &self.reason, day, &TimeZone::system())));
        }
        let records =
            out.into_iter().map(|(id, kind, json)| Record::first(id, patient, kept(id, kind, &json)));
        let records: Vec<Record> = records.collect();
        for r in &records {
            record::validate(&r.body, u16::MAX).map_err(|e| StoreError::Refused(e.to_string()))?;
        }
        Ok(records)
    }
}

/// A resource of our own as it is kept.
pub(super) fn kept(id: RecordId, kind: &str, json: &Json) -> Body {
    Body::Resource(Resource {
        kind: kind.into(),
        source: String::new(),
        id: id.to_string(),
        full_url: None,
        imported: false,
        json: Text::Inline(json.canonical()),
    })
}

fn day(typed: &str, at: Millis, zone: &TimeZone) -> Result<(i64, i64), String> {
    let none = || "next visit: this machine's clock is wrong: set it".to_string();
    if typed.chars().count() > MAX_TYPED {
        return Err("next visit: write it like 14d, 2w, 3m or 2026-08-19".into());
    }
    let today = next_visit::day_of(at, zone).ok_or_else(none)?;
    let day = next_visit::parse(typed, today).map_err(|e| e.to_string())?;
    next_visit::whole_day(day, zone).ok_or_else(none)
}

/// A draft as it is stored. Codes and the next visit came after the first schema: they are written where there are any, and
/// the bytes of a draft without them are those of before.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct StoredDraft(pub(super) VisitDraft);

const FIELDS: [&str; 5] = ["reason", "note", "vitals", "findings", "next"];

impl Serialize for StoredDraft {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        let d = &self.0;
        let more = !d.findings.is_empty() || !d.next.is_empty();
        let mut out = s.serialize_struct("VisitDraft", if more { 5 } else { 3 })?;
        out.serialize_field("reason", &d.reason)?;
        out.serialize_field("note", &d.note)?;
        out.serialize_field("vitals", &d.vitals)?;
        if more {
            out.serialize_field("findings", &d.findings)?;
            out.serialize_field("next", &d.next)?;
        }
        out.end()
    }
}

impl<'de> Deserialize<'de> for StoredDraft {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = StoredDraft;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a draft of a visit")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut all: A) -> Result<StoredDraft, A::Error> {
                let short = || A::Error::custom("a draft that is cut off");
                let reason = all.next_element()?.ok_or_else(short)?;
                let note = all.next_element()?.ok_or_else(short)?;
                let vitals = all.next_element()?.ok_or_else(short)?;
                // Where the bytes end here there was no more. Damage shows in that it isn't written back as it was read.
                let findings = all.next_element().ok().flatten().unwrap_or_default();
                let next = all.next_element().ok().flatten().unwrap_or_default();
                Ok(StoredDraft(VisitDraft { reason, note, vitals, findings, next }))
            }
        }
        d.deserialize_struct("VisitDraft", &FIELDS, Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        codec,
        codes::{Kind, search},
        id::PatientId,
        record::Encounter,
    };

    #[derive(Serialize, Deserialize)]
    struct Before {
        reason: String,
        note: String,
        vitals: Vec<String>,
    }

    fn draft() -> VisitDraft {
        VisitDraft {
            reason: "fever".into(),
            findings: vec![search("malaria", 1)[0].finding(), Finding::words(Kind::Allergy, "cats")],
            next: "2w".into(),
            ..VisitDraft::default()
        }
    }

    #[test]
    fn drafts_of_before_open_and_those_without_codes_are_as_they_were() {
        let before = Before { reason: "fever".into(), note: "n".into(), vitals: vec!["37".into()] };
        let bytes = codec::encode(&before);
        let StoredDraft(d) = codec::decode(&bytes, 100).unwrap();
        assert_eq!((d.reason.as_str(), d.vitals.len(), d.findings.len()), ("fever", 1, 0));
        assert_eq!(codec::encode(&StoredDraft(d)), bytes);
        let bytes = codec::encode(&StoredDraft(draft()));
        assert_eq!(codec::decode::<StoredDraft>(&bytes, 1_000), Ok(StoredDraft(draft())));
        assert!(codec::decode::<StoredDraft>(&bytes[..bytes.len() - 1], 1_000).is_err(), "cut off");
        assert!(codec::decode::<StoredDraft>(&[&bytes[..], &[0]].concat(), 1_000).is_err(), "too long");
    }

    #[test]
    fn each_thing_is_a_record_of_its_own_about_the_same_visit() {
        let beyond = Beyond::of(&draft(), 1_700_000_000_000).unwrap();
        let visit = Record::first(
            RecordId([7; 16]),
            PatientId([1; 16]),
            Body::Visit {
                encounter: Encounter { at: 0, reason: "x".into(), note: String::new() },
                observations: Vec::new(),
            },
        );
        let all = beyond.records(ConsortiumId([1; 32]), &visit, &mut rand::rng()).unwrap();
        let kinds: Vec<&str> = all.iter().map(|r| r.body.word()).collect();
        assert_eq!(kinds, ["Condition", "AllergyIntolerance", "Appointment"]);
        let named = format!("Encounter/{}", visit.id);
        assert!(all.iter().all(|r| matches!(&r.body, Body::Resource(Resource { json: Text::Inline(s), imported: false, .. }) if s.contains(&named))));
    }

    #[test]
    fn what_cannot_be_written_is_refused_in_words() {
        let refused = |d: VisitDraft| Beyond::of(&d, 1_700_000_000_000).err().map(|f| f.message).unwrap();
        assert!(refused(VisitDraft { next: "soon".into(), ..draft() }).contains("like 14d"));
        assert!(
            refused(VisitDraft { next: "2020-01-01".into(), ..draft() }).contains("not after this visit")
        );
        let many = vec![Finding::words(Kind::Problem, "x"); MAX_FINDINGS + 1];
        assert!(refused(VisitDraft { findings: many, ..draft() }).contains("leave some out"));
    }
}
