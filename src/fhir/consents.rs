//! What a patient allows, as Consents.

use super::{
    build::{coding, concept, filled, identifier, list, meta, named, purpose, reference, text, with},
    date,
};
use crate::core::{
    consent::{By, Ended, Grantee, Standing},
    id::{ConsortiumId, OrgId, PatientId},
    json::Json,
    policy::Purpose,
    record::Compartment,
    time::Millis,
};

const SCOPE: &str = "http://terminology.hl7.org/CodeSystem/consentscope";
const ACT: &str = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";

/// One grant as a Consent of the patient whom `subject` refers to. `name` gives organisations their names.
pub fn grant(consortium: ConsortiumId, subject: &str, s: &Standing, name: impl Fn(OrgId) -> String) -> Json {
    let g = &s.grant;
    let org = |o: OrgId| named("Organization", "organization", &o.to_string(), &name(o));
    let actor = |o: OrgId, role: &str, label: &str| {
        Json::object([("role", concept(PARTICIPATION, role, label)), ("reference", org(o))])
    };
    let part = |c: &Compartment| coding("urn:aidpost:part-of-the-record", c.word(), c.word());
    let mut provision = Json::object([
        ("type", text("permit")),
        ("period", period(Some(g.from), g.until)),
        ("actor", list([actor(g.to.org(), "IRCP", "information recipient")])),
        (
            "action",
            list([concept("http://terminology.hl7.org/CodeSystem/consentaction", "access", "Access")]),
        ),
        ("purpose", list([purpose(g.purpose)])),
        ("securityLabel", list(g.compartments.iter().map(part))),
    ]);
    if let Grantee::Role(_, role) = g.to {
        let only =
            Json::object([("url", text("urn:aidpost:only-this-role")), ("valueString", text(role.word()))]);
        provision = with(provision, "extension", Some(list([only])));
    }
    let scope = match g.purpose {
        Purpose::Research => concept(SCOPE, "research", "Research"),
        _ => concept(SCOPE, "patient-privacy", "Privacy Consent"),
    };
    let status = match s.ended {
        None => "active",
        Some(Ended::NotYet) => "proposed",
        Some(Ended::Untrusted) => "rejected",
        Some(Ended::Revoked | Ended::Expired | Ended::Parent) => "inactive",
    };
    let mut j = base(consortium, subject, status, &format!("grant-{}", g.id), scope);
    j = with(j, "identifier", Some(list([identifier("grant", &g.id.to_string())])));
    j = with(j, "dateTime", i64::try_from(s.recorded.millis).ok().and_then(date::instant).map(text));
    j = with(j, "organization", Some(list([org(s.recorder)])));
    let performer = match &s.by {
        By::Patient => Some(reference(subject)),
        By::Guardian(who) => filled(&format!("{who} (guardian)")).map(|d| Json::object([("display", d)])),
    };
    j = with(j, "performer", performer.map(|p| list([p])));
    with(j, "provision", Some(provision))
}

/// The patient doesn't want the emergency summary opened.
pub fn opted_out(consortium: ConsortiumId, patient: PatientId, subject: &str) -> Json {
    let scope = concept(SCOPE, "patient-privacy", "Privacy Consent");
    let j = base(consortium, subject, "active", &format!("opted-out-{patient}"), scope);
    let provision = Json::object([("type", text("deny")), ("purpose", list([purpose(Purpose::Emergency)]))]);
    with(j, "provision", Some(provision))
}

fn base(consortium: ConsortiumId, subject: &str, status: &str, id: &str, scope: Json) -> Json {
    Json::object([
        ("resourceType", text("Consent")),
        ("id", text(id)),
        ("meta", meta(consortium)),
        ("status", text(status)),
        ("scope", scope),
        ("category", list([concept(super::build::LOINC, "59284-0", "Consent Document")])),
        ("patient", reference(subject)),
        // R4 wants a policy or a rule; what holds is that nothing is allowed but what is said here.
        ("policyRule", concept(ACT, "OPTIN", "opt-in")),
    ])
}

fn period(from: Option<Millis>, until: Option<Millis>) -> Json {
    let instant = |t: Option<Millis>| t.and_then(|t| i64::try_from(t).ok()).and_then(date::instant).map(text);
    let j = with(Json::Object(Default::default()), "start", instant(from));
    with(j, "end", instant(until))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{consent::Grant, governance::Role, id::GrantId, time::Hlc};

    #[test]
    fn golden_consents() {
        let standing = Standing {
            grant: Grant {
                id: GrantId([3; 16]),
                to: Grantee::Org(OrgId([2; 16])),
                purpose: Purpose::Treatment,
                compartments: vec![Compartment::General],
                from: 0,
                until: Some(86_400_000),
                parent: None,
                delegable: false,
            },
            custodians: vec![OrgId([1; 16])],
            by_card: false,
            recorder: OrgId([1; 16]),
            by: By::Patient,
            recorded: Hlc { millis: 0, count: 0 },
            ended: None,
        };
        let mut other = standing.clone();
        other.grant.to = Grantee::Role(OrgId([2; 16]), Role::Researcher);
        (other.grant.purpose, other.grant.until) = (Purpose::Research, None);
        (other.by, other.ended) = (By::Guardian("mother".into()), Some(Ended::Revoked));
        let c = ConsortiumId([1; 32]);
        let name = |o: OrgId| format!("Organisation {}", o.0[0]);
        let all = [
            grant(c, "Patient/p1", &standing, name),
            grant(c, "Patient/p1", &other, name),
            opted_out(c, PatientId([7; 16]), "Patient/p1"),
        ];
        crate::testing::golden("fhir_consents_v0.ndjson", &all.map(|j| j.canonical()).join("\n"));
    }
}
