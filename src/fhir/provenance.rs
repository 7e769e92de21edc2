//! Who wrote and signed what, as Provenance.

use super::{
    build::{base64, coding, identifier, list, meta, named, reference, text, with},
    date,
};
use crate::core::{
    id::{BlockId, ConsortiumId, OrgId, StaffId},
    json::Json,
    time::Millis,
};

/// Entries of one block that one person signed.
pub struct Signed {
    /// The block.
    pub block: BlockId,
    /// When, by the clock of the terminal.
    pub at: Millis,
    /// Who signed.
    pub staff: (StaffId, String),
    /// For which organisation.
    pub org: (OrgId, String),
    /// Ed25519, over Aidpost's own form of the entries.
    pub signature: [u8; 64],
    /// What the bundle calls the resources that were signed.
    pub targets: Vec<String>,
}

/// One Provenance.
pub fn provenance(consortium: ConsortiumId, s: &Signed) -> Json {
    let at = i64::try_from(s.at).ok().and_then(date::instant).map(text);
    let who = || named("Practitioner", "staff", &s.staff.0.to_string(), &s.staff.1);
    let of = named("Organization", "organization", &s.org.0.to_string(), &s.org.1);
    let author =
        coding("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "author", "Author");
    let agent = Json::object([
        ("type", Json::object([("coding", list([author]))])),
        ("who", who()),
        ("onBehalfOf", of),
    ]);
    let kind = coding("urn:iso-astm:E1762-95:2013", "1.2.840.10065.1.12.1.1", "Author's Signature");
    let signature = Json::object([
        ("type", list([kind])),
        ("who", who()),
        // What it is a signature of is Aidpost's own binary form: the block says where it lies.
        ("targetFormat", text("application/vnd.aidpost.records.v0")),
        ("sigFormat", text("application/vnd.aidpost.ed25519")),
        ("data", base64(&s.signature)),
    ]);
    let block = Json::object([("identifier", identifier("block", &s.block.to_string()))]);
    let j = Json::object([
        ("resourceType", text("Provenance")),
        ("id", text(format!("{}-signed", &s.block.to_string()[..32]))),
        ("meta", meta(consortium)),
        ("target", list(s.targets.iter().map(|t| reference(t)))),
        ("agent", list([agent])),
        ("entity", list([Json::object([("role", text("source")), ("what", block)])])),
        ("signature", list([with(signature, "when", at.clone())])),
    ]);
    with(j, "recorded", at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn golden_provenance() {
        let s = Signed {
            block: BlockId([4; 32]),
            at: 1_700_000_000_000,
            staff: (StaffId([5; 16]), "Nila".into()),
            org: (OrgId([2; 16]), "Aruna Clinic".into()),
            signature: [9; 64],
            targets: vec!["Patient/p1".into(), "urn:uuid:e".into()],
        };
        let j = provenance(ConsortiumId([1; 32]), &s);
        crate::testing::golden("fhir_provenance_v0.json", &j.canonical());
    }
}
