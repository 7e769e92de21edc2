//! Who read whose record, across all patients: from the service and from the command line.

use aidpost::{
    core::{governance::Role, policy::Purpose},
    node::api::{AuditAsk, AuditReader, FaultKind},
};

use crate::{
    support::Place,
    town::{clinic, hospital, no, ok, registered, within},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_reading_is_found_by_person_patient_and_day_and_names_are_for_those_who_may_know_them() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, _) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (lab, _) = clinic.hire("sana", Role::Researcher).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let meera = registered(&nurse, "Meera Devi", 1990).await;
    let asha = registered(&nurse, "Asha Kumari", 1955).await;
    clinic.meet(&hospital).await;
    ok(nurse.chart(within(), asha, Purpose::Treatment).await);
    // Refused, and told to the clinic at the next meeting.
    assert_eq!(no(doctor.chart(within(), meera, Purpose::Treatment).await).kind, FaultKind::Locked);
    hospital.meet(&clinic).await;

    let asking = |words: &str| AuditAsk { words: words.into(), ..AuditAsk::default() };
    let all = ok(nurse.audit(within(), AuditAsk::default()).await);
    assert!(all.next.is_none() && all.looked >= 2, "{all:?}");
    assert!(all.rows.windows(2).all(|w| w[0].at >= w[1].at), "newest first");
    let refused: Vec<_> = all.rows.iter().filter(|r| !r.allowed).collect();
    assert_eq!((refused.len(), refused[0].patient), (1, meera));
    assert_eq!(refused[0].name.as_deref(), Some("Meera Devi"));
    let of = |r: &AuditReader| match r {
        AuditReader::Staff { org, .. } => org.clone(),
        AuditReader::Patient => String::new(),
    };
    assert_eq!(of(&refused[0].reader), "Bela Hospital");

    // By whoever read, by the patient, and by a day.
    let by = AuditAsk { by: "person david".into(), ..AuditAsk::default() };
    assert_eq!(ok(nurse.audit(within(), by).await).rows.len(), 1);
    let of_asha = ok(nurse.audit(within(), asking("asha")).await).rows;
    assert!(!of_asha.is_empty() && of_asha.iter().all(|r| r.patient == asha), "{of_asha:?}");
    let one = AuditAsk { patient: Some(asha), ..AuditAsk::default() };
    assert_eq!(ok(nurse.audit(within(), one).await).rows, of_asha);
    assert!(ok(nurse.audit(within(), asking("1999-01-01")).await).rows.is_empty());
    let later = AuditAsk { since: Some(u64::MAX), ..AuditAsk::default() };
    assert!(ok(nurse.audit(within(), later).await).rows.is_empty());

    // An admin sees who read; whoever may not read a record doesn't find it by its name either.
    assert_eq!(ok(clinic.admin.audit(within(), AuditAsk::default()).await).rows.len(), all.rows.len());
    let elsewhere = ok(doctor.audit(within(), AuditAsk::default()).await).rows;
    assert!(elsewhere.len() == all.rows.len() && elsewhere.iter().all(|r| r.name.is_none()), "{elsewhere:?}");
    assert!(ok(doctor.audit(within(), asking("asha")).await).rows.is_empty());
    assert_eq!(no(lab.audit(within(), AuditAsk::default()).await).kind, FaultKind::Locked);
    assert_eq!(no(nurse.audit(within(), asking(&"x".repeat(300))).await).kind, FaultKind::Usage);

    // A part at a time: together they are all, each once.
    for _ in 0..105 {
        ok(nurse.chart(within(), asha, Purpose::Treatment).await);
    }
    let first = ok(nurse.audit(within(), AuditAsk::default()).await);
    assert!(first.rows.len() >= 100 && first.next.is_some(), "{}", first.rows.len());
    // What is read meanwhile doesn't come twice.
    ok(nurse.chart(within(), asha, Purpose::Treatment).await);
    let rest = ok(nurse.audit(within(), AuditAsk { from: first.next, ..AuditAsk::default() }).await);
    assert!(rest.next.is_none());
    assert_eq!(first.rows.len() + rest.rows.len(), all.rows.len() + 105);
    assert_eq!(rest.rows.last(), all.rows.last());
}

#[test]
fn the_command_lists_and_says_what_is_typed_wrongly() {
    let p = Place::new();
    p.found("a");
    p.run("a", &["audit", "list", "--since", "soon"]).failed(2, "write it like 2026-03-01");
    let s = p.run_as("a", "amina", &["audit", "list", "--json"]);
    assert_eq!(s.code, 0, "{}", s.err);
    assert_eq!(serde_json::from_str::<serde_json::Value>(&s.out).unwrap(), serde_json::json!([]));
    let s = p.run_as("a", "amina", &["audit", "list", "--by", "nobody"]);
    assert!(s.code == 0 && s.out.contains("Nobody read anything that fits."), "{} {}", s.out, s.err);
}
