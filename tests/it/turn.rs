//! A patient's turn from the service down to the ledger: their own record with their own card, and nothing else.

use aidpost::{
    core::{governance::Role, policy::Purpose, record::Compartment},
    node::api::{ClinicClient, Fault, FaultKind, GrantAsk, OwnRecord, Pin},
};

use crate::town::{clinic, hospital, no, ok, registered, treatment, within};

const PIN: &str = "274913";

fn pin(p: &str) -> Pin {
    Pin(p.into())
}

async fn own(
    c: &ClinicClient,
    card: &aidpost::node::api::CardIssued,
    typed: &str,
) -> Result<OwnRecord, Fault> {
    c.own_record(within(), card.code.clone(), pin(typed)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_patient_reads_their_own_record_and_stops_sharing() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    let other = registered(&nurse, "Asha Kumari", 1955).await;
    let card = ok(nurse.issue_card(within(), patient, pin(PIN), None, false).await);
    let ask = GrantAsk { compartments: vec![Compartment::General], ..treatment(org) };
    ok(nurse.grant(within(), patient, ask).await);

    // Without a member of staff who hands it over there is no turn; with one, they are signed out.
    assert_eq!(own(&nurse, &card, PIN).await.unwrap_err().kind, FaultKind::Locked);
    ok(nurse.begin_turn(within()).await);
    assert_eq!(no(nurse.patients(within(), String::new()).await).kind, FaultKind::Locked);
    assert_eq!(no(nurse.chart(within(), other, Purpose::Treatment).await).kind, FaultKind::Locked);
    assert_eq!(no(nurse.own_stop_sharing(within(), org).await).kind, FaultKind::Locked, "no card yet");

    let wrong = own(&nurse, &card, "999999").await.unwrap_err();
    assert!(wrong.message.contains("wrong PIN"), "{wrong}");
    let seen = ok(nurse.own_record(within(), card.code.clone(), pin(PIN)).await);
    assert_eq!((seen.chart.id, seen.chart.patient.name.as_str()), (patient, "Meera Devi"));
    assert_eq!(seen.chart.visits.len(), 1);
    assert!(!seen.chart.own && seen.chart.unreadable.is_empty(), "{:?}", seen.chart.unreadable);
    assert_eq!(seen.consent.own_readings.len(), 1, "the reading is recorded before anything opens");
    assert!(seen.consent.grants.iter().any(|g| g.standing.ended.is_none() && g.org == "Bela Hospital"));
    // Nobody of the staff read: the wrong PIN alone is theirs to have witnessed.
    assert!(seen.consent.accesses.iter().all(|a| !a.allowed), "{:?}", seen.consent.accesses);
    assert_eq!(own(&nurse, &card, PIN).await.unwrap_err().kind, FaultKind::Conflict, "one record a turn");

    let after = ok(nurse.own_stop_sharing(within(), org).await);
    assert!(after.grants.iter().all(|g| g.standing.ended.is_some()), "{:?}", after.grants);
    ok(nurse.lock(within()).await);
    assert_eq!(no(nurse.own_stop_sharing(within(), org).await).kind, FaultKind::Locked);
    assert_eq!(no(nurse.patients(within(), String::new()).await).kind, FaultKind::Locked);

    // Others see the reading and the end of sharing on the ledger.
    hospital.meet(&clinic).await;
    let view = ok(doctor.consent(within(), patient).await);
    assert_eq!(view.own_readings.len(), 1);
    assert_eq!(no(doctor.chart(within(), patient, Purpose::Treatment).await).kind, FaultKind::Locked);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_witness_hands_nothing_over_and_a_revoked_card_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (second, _) = clinic.hire("omar", Role::Nurse).await;
    let (lab, _) = clinic.hire("sana", Role::Researcher).await;
    assert_eq!(no(lab.begin_turn(within()).await).kind, FaultKind::Locked);
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    let card = ok(nurse.issue_card(within(), patient, pin(PIN), None, false).await);
    ok(second.begin_turn(within()).await);
    ok(nurse.revoke_card(within(), patient, None).await);
    let lost = own(&second, &card, PIN).await.unwrap_err();
    assert!(lost.message.contains("lost or copied"), "{lost}");
}
