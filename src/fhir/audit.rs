//! Who read a patient's record, as AuditEvents.

use super::{
    build::{coding, identifier, list, meta, named, purpose, reference, text, with},
    date,
};
use crate::core::{
    audit::Access,
    id::{BlockId, ConsortiumId, DeviceId, StaffId},
    json::Json,
    time::Millis,
};

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const ENTITY: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";

/// An access entry with where it stands.
pub struct Seen<'a> {
    /// What it says.
    pub access: &'a Access,
    /// The records left as a file.
    pub exported: bool,
    /// The block that holds it.
    pub block: BlockId,
    /// Its place in that block.
    pub place: usize,
    /// When, by the clock of the terminal.
    pub at: Millis,
    /// Who.
    pub staff: (StaffId, String),
    /// The name of their organisation.
    pub org: String,
    /// At which terminal.
    pub device: (DeviceId, String),
}

/// One AuditEvent about the patient whom `subject` refers to.
pub fn event(consortium: ConsortiumId, subject: &str, s: &Seen<'_>) -> Json {
    let (code, label) = if s.exported { ("110106", "Export") } else { ("110110", "Patient Record") };
    let who = format!("{}, {}", s.staff.1, s.org);
    let agent = Json::object([
        ("who", named("Practitioner", "staff", &s.staff.0.to_string(), &who)),
        ("name", text(who)),
        ("requestor", Json::Bool(true)),
        ("purposeOfUse", list([Json::object([("coding", list([purpose(s.access.purpose)]))])])),
    ]);
    let observer = named("Device", "terminal", &s.device.0.to_string(), &s.device.1);
    let parts: Vec<&str> = s.access.compartments.iter().map(|c| c.word()).collect();
    let part = |p: &str| Json::object([("type", text("part of the record")), ("valueString", text(p))]);
    let patient = Json::object([
        ("what", reference(subject)),
        ("type", coding(ENTITY, "1", "Person")),
        ("role", coding(ROLE, "1", "Patient")),
    ]);
    let patient = with(patient, "detail", (!parts.is_empty()).then(|| list(parts.into_iter().map(part))));
    let consent = |g: &crate::core::id::GrantId| {
        Json::object([
            ("what", named("Consent", "grant", &g.to_string(), "")),
            ("type", coding(ENTITY, "2", "System Object")),
        ])
    };
    let entities = [patient].into_iter().chain(s.access.grants.iter().map(consent));
    let j = Json::object([
        ("resourceType", text("AuditEvent")),
        ("id", text(format!("{}-{}", &s.block.to_string()[..32], s.place))),
        ("meta", meta(consortium)),
        ("type", coding(DICOM, code, label)),
        ("action", text("R")),
        // FHIR's numbers: 0 done, 4 a failure of whoever asked.
        ("outcome", text(if s.access.allowed { "0" } else { "4" })),
        ("purposeOfEvent", list([Json::object([("coding", list([purpose(s.access.purpose)]))])])),
        ("agent", list([agent])),
        ("source", Json::object([("observer", observer)])),
        ("entity", list(entities)),
        ("extension", list([on_ledger(&s.block)])),
    ]);
    let j = with(j, "recorded", i64::try_from(s.at).ok().and_then(date::instant).map(text));
    with(j, "outcomeDesc", (!s.access.allowed).then(|| text("refused: neither policy nor consent allows it")))
}

/// A reading by the patient, with where it stands.
pub struct OwnSeen {
    /// The block that holds it.
    pub block: BlockId,
    /// Its place in that block.
    pub place: usize,
    /// When, by the clock of the terminal.
    pub at: Millis,
    /// At which terminal.
    pub device: (DeviceId, String),
}

/// One AuditEvent about the patient whom `subject` refers to, who read themselves.
pub fn own_event(consortium: ConsortiumId, subject: &str, s: &OwnSeen) -> Json {
    let agent = Json::object([("who", reference(subject)), ("requestor", Json::Bool(true))]);
    let patient = Json::object([
        ("what", reference(subject)),
        ("type", coding(ENTITY, "1", "Person")),
        ("role", coding(ROLE, "1", "Patient")),
    ]);
    let observer = named("Device", "terminal", &s.device.0.to_string(), &s.device.1);
    let j = Json::object([
        ("resourceType", text("AuditEvent")),
        ("id", text(format!("{}-{}", &s.block.to_string()[..32], s.place))),
        ("meta", meta(consortium)),
        ("type", coding(DICOM, "110110", "Patient Record")),
        ("action", text("R")),
        ("outcome", text("0")),
        ("agent", list([agent])),
        ("source", Json::object([("observer", observer)])),
        ("entity", list([patient])),
        ("extension", list([on_ledger(&s.block)])),
    ]);
    with(j, "recorded", i64::try_from(s.at).ok().and_then(date::instant).map(text))
}

/// Names the block of the ledger in which a thing is signed: what `aidpost prove` takes.
fn on_ledger(block: &BlockId) -> Json {
    let value = identifier("block", &block.to_string());
    Json::object([("url", text("urn:aidpost:on-ledger")), ("valueIdentifier", value)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        id::{GrantId, OrgId, PatientId},
        policy::Purpose,
        record::Compartment,
    };

    #[test]
    fn golden_events() {
        let read = Access {
            patient: PatientId([7; 16]),
            purpose: Purpose::Treatment,
            compartments: vec![Compartment::General, Compartment::Hiv],
            custodians: vec![OrgId([2; 16])],
            grants: vec![GrantId([3; 16])],
            allowed: true,
        };
        let refused = Access {
            purpose: Purpose::Emergency,
            grants: Vec::new(),
            compartments: Vec::new(),
            allowed: false,
            ..read.clone()
        };
        let seen = |access, exported| Seen {
            access,
            exported,
            block: BlockId([4; 32]),
            place: 1,
            at: 1_700_000_000_000,
            staff: (StaffId([5; 16]), "Nila".into()),
            org: "Aruna Clinic".into(),
            device: (DeviceId([6; 16]), "front desk".into()),
        };
        let c = ConsortiumId([1; 32]);
        let all = [seen(&read, false), seen(&refused, true)].map(|s| event(c, "Patient/p1", &s).canonical());
        crate::testing::golden("fhir_audit_v0.ndjson", &all.join("\n"));
    }

    #[test]
    fn golden_event_of_the_patient() {
        let device = (DeviceId([6; 16]), "front desk".into());
        let seen = OwnSeen { block: BlockId([4; 32]), place: 0, at: 1_700_000_000_000, device };
        let event = own_event(ConsortiumId([1; 32]), "Patient/p1", &seen);
        crate::testing::golden("fhir_own_audit_v0.json", &event.canonical());
    }
}
