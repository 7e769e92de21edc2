//! Crypto-erasure from the order to the last receipt, on real stores that meet over real iroh.

use aidpost::{
    core::{governance::Role, policy::Purpose, rights::ErasureReason},
    node::api::{ClinicClient, ErasedHere, FaultKind, FormDraft, FormOf},
};

use crate::town::{clinic, hospital, no, ok, outreach, registered, treatment, visit, within};

async fn order(c: &ClinicClient, patient: aidpost::core::id::PatientId) {
    ok(c.erase(within(), patient, ErasureReason::Court, "2026/114".into()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_destroyed_everywhere_and_each_terminal_signs_for_it() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let tablet = outreach(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    let other = registered(&nurse, "Asha Rao", 1980).await;
    for p in [patient, other] {
        ok(nurse.write_visit(within(), p, visit("cough", "37.1")).await);
        ok(nurse.grant(within(), p, treatment(org)).await);
    }
    ok(nurse.keep_draft(within(), patient, Some(visit("half written", ""))).await);
    let form = FormDraft { fields: vec![Some("Meera".into())] };
    ok(nurse.keep_form(within(), FormOf::Who(patient), Some(form)).await);
    hospital.meet(&clinic).await;
    tablet.meet(&clinic).await;
    let read = |c: &ClinicClient, p| {
        let c = c.clone();
        async move { ok(c.chart(within(), p, Purpose::Treatment).await).visits.len() }
    };
    assert_eq!((read(&doctor, patient).await, read(&doctor, other).await), (2, 2));
    let backup = dir.path().join("before.backup");
    ok(clinic.admin.backup(within(), backup, aidpost::node::api::Since::Beginning).await);

    // Only an admin of those who keep the record, and with a file number where a court says so.
    let asked = |c: &ClinicClient, file: &str| {
        let (c, file) = (c.clone(), file.to_owned());
        async move { c.erase(within(), patient, ErasureReason::Court, file).await }
    };
    assert_eq!(no(asked(&nurse, "1").await).kind, FaultKind::Locked);
    assert_eq!(no(asked(&clinic.admin, "").await).kind, FaultKind::Usage);
    order(&clinic.admin, patient).await;

    // Gone here at once: from the list, the search, the chart and the drafts.
    let row = ok(clinic.admin.erasures(within()).await).remove(0);
    assert_eq!((row.here, row.done.len(), row.waiting.len()), (ErasedHere::Deleted, 0, 3));
    let found = ok(nurse.patients(within(), "Meera".into()).await);
    assert!(found.is_empty(), "{found:?}");
    assert!(ok(nurse.draft(within(), patient).await).is_none());
    assert!(ok(nurse.form_draft(within(), FormOf::Who(patient)).await).is_none());
    let chart = nurse.chart(within(), patient, Purpose::Treatment).await.unwrap();
    assert!(chart.as_ref().map_or(true, |c| c.visits.is_empty()), "{chart:?}");
    assert_eq!(read(&nurse, other).await, 2, "others stay");

    // The hospital hears of it at the next meeting, and can't open it any more.
    hospital.meet(&clinic).await;
    let chart = doctor.chart(within(), patient, Purpose::Treatment).await.unwrap();
    assert!(chart.as_ref().map_or(true, |c| c.visits.is_empty()), "{chart:?}");
    assert_eq!(read(&doctor, other).await, 2);

    // A receipt is signed once the store was sealed anew, and only once.
    assert_eq!(no(nurse.carry_out_erasures(within()).await).kind, FaultKind::Locked);
    assert_eq!(ok(clinic.admin.carry_out_erasures(within()).await), 1);
    assert_eq!(ok(clinic.admin.carry_out_erasures(within()).await), 0);
    assert_eq!(ok(hospital.admin.carry_out_erasures(within()).await), 1);
    hospital.meet(&clinic).await;
    let row = ok(hospital.admin.erasures(within()).await).remove(0);
    assert_eq!((row.done.len(), row.waiting.len(), row.orgs), (2, 1, (1, 2)));
    assert_eq!((row.backups, row.here), (1, ErasedHere::Done), "the clinic's backup still has the keys");

    // The tablet was away: it learns of it last, and has nothing that brings the keys back.
    tablet.meet(&hospital).await;
    let left = ok(tablet.admin.patients(within(), "Meera".into()).await);
    assert!(left.is_empty(), "{left:?}");
    assert_eq!(read(&tablet.admin, other).await, 2);
    tablet.node.give_receipts().await.unwrap();
    hospital.meet(&tablet).await;
    clinic.meet(&hospital).await;
    let row = ok(clinic.admin.erasures(within()).await).remove(0);
    assert_eq!((row.waiting, row.orgs), (vec![], (2, 2)));
    for site in [&clinic, &hospital, &tablet] {
        assert_eq!(
            ok(site.admin.verify(within()).await).damage,
            Vec::<String>::new(),
            "the ledger still verifies"
        );
        let doubts = ok(site.admin.ledger(within(), 5).await).doubts;
        assert_eq!(doubts.withheld, 0);
    }

    // Nothing is written about them any more; whoever comes back is registered anew, and found.
    let gone = no(nurse.write_visit(within(), patient, visit("came back", "36.9")).await);
    assert_eq!(gone.kind, FaultKind::Locked, "{gone}");
    let again = registered(&nurse, "Meera Devi", 1990).await;
    hospital.meet(&clinic).await;
    assert_eq!(ok(nurse.patients(within(), "Meera".into()).await).len(), 1);
    assert_eq!(read(&nurse, again).await, 1);
    assert_eq!(ok(clinic.admin.erasures(within()).await)[0].here, ErasedHere::Done);
}
