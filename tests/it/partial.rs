//! A terminal that keeps the records of own patients only, and files when somebody opens them: what it has, what it says
//! that it has, and what others make of that.

use aidpost::{
    core::{governance::Role, policy::Purpose, rights::ErasureReason},
    node::api::{FaultKind, Kept, LinkPolicy, MeshView},
};

use crate::town::{Site, clinic, hospital, no, ok, registered, treatment, within};

async fn mesh(s: &Site) -> MeshView {
    ok(s.admin.mesh(within()).await)
}

async fn is_whole(s: &Site) {
    assert_eq!(ok(s.admin.verify(within()).await).damage, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn own_patients_only_until_a_key_comes_or_the_admin_wants_all() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let own = LinkPolicy { records: Kept::Own, ..LinkPolicy::default() };
    assert_eq!(no(nurse.set_links(within(), own.clone()).await).kind, FaultKind::Locked);
    ok(hospital.admin.set_links(within(), own).await);
    let meera = registered(&nurse, "Meera Devi", 1990).await;
    registered(&nurse, "Asha Kumari", 1955).await;
    hospital.meet(&clinic).await;
    let waiting = mesh(&hospital).await.waiting;
    assert!(waiting >= 4, "{waiting}: two patients and two visits");
    is_whole(&hospital).await;
    // Nobody takes what is there as a header only for safe.
    let seen = mesh(&clinic).await;
    let row = seen.peers.iter().find(|p| p.name == "ward").unwrap();
    assert_eq!((row.headers_only, row.lacks), (waiting, 0));
    assert!(seen.only_here >= waiting, "{} of {waiting}", seen.only_here);
    let chart = ok(nurse.chart(within(), meera, Purpose::Treatment).await);
    assert!(chart.visits[0].only_here && chart.visits[0].held_by.is_empty());

    // The patient allows it: the key makes her one of the hospital's own, and what waited comes.
    ok(nurse.grant(within(), meera, treatment(org)).await);
    hospital.meet(&clinic).await;
    let chart = ok(doctor.chart(within(), meera, Purpose::Treatment).await);
    assert_eq!(chart.visits.len(), 1);
    let left = mesh(&hospital).await.waiting;
    assert!(left > 0 && left < waiting, "{left} of {waiting}");
    clinic.meet(&hospital).await;
    let chart = ok(nurse.chart(within(), meera, Purpose::Treatment).await);
    assert_eq!(chart.visits[0].held_by, ["ward"]);

    // A district is whatever its organisations wrote.
    let near = |org: &str| LinkPolicy { records: Kept::District(vec![org.into()]), ..LinkPolicy::default() };
    let f = no(hospital.admin.set_links(within(), near("Aruna")).await);
    assert!(f.kind == FaultKind::Usage && f.message.contains("no member is called"), "{f:?}");
    ok(hospital.admin.set_links(within(), near("Bela Hospital")).await);
    hospital.meet(&clinic).await;
    assert_eq!(mesh(&hospital).await.waiting, left);
    ok(hospital.admin.set_links(within(), near("Aruna Clinic")).await);
    hospital.meet(&clinic).await;
    assert_eq!(mesh(&hospital).await.waiting, 0);
    clinic.meet(&hospital).await;
    let seen = mesh(&clinic).await;
    assert!(seen.peers.iter().all(|p| p.headers_only == 0 && p.lacks == 0), "{:?}", seen.peers);
    assert_eq!(seen.only_here, 0);
    is_whole(&hospital).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_comes_when_somebody_opens_it() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    ok(hospital
        .admin
        .set_links(within(), LinkPolicy { files_on_demand: true, ..LinkPolicy::default() })
        .await);
    let meera = registered(&nurse, "Meera Devi", 1990).await;
    let picture = dir.path().join("picture.dcm");
    let bytes: Vec<u8> = (0..150_000u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
    std::fs::write(&picture, &bytes).unwrap();
    let name = |n: &str| dir.path().join(n).display().to_string();
    ok(nurse.attach(within(), meera, name("picture.dcm"), "application/dicom".into()).await);
    ok(nurse.grant(within(), meera, treatment(org)).await);
    hospital.meet(&clinic).await;
    let chart = ok(doctor.chart(within(), meera, Purpose::Treatment).await);
    let [file] = &chart.attachments[..] else { panic!("{:?}", chart.attachments) };
    assert_eq!(mesh(&hospital).await.waiting, 3, "its three pieces");
    assert_eq!((file.pieces, file.missing), (3, 3));
    assert!(!file.author.is_empty() && !file.org.is_empty() && file.at > 0, "{file:?}");

    // Nobody is there to ask.
    ok(clinic.admin.link(within(), false).await);
    let why = no(doctor.attachment(within(), meera, file.record, name("early.dcm")).await);
    assert_eq!(why.kind, FaultKind::Unreachable, "{why}");
    assert!(why.message.contains("3 pieces") && !dir.path().join("early.dcm").exists());
    assert_eq!(ok(doctor.want_attachment(within(), meera, file.record).await).missing, 3, "nobody has them");
    ok(clinic.admin.link(within(), true).await);
    let row = ok(doctor.want_attachment(within(), meera, file.record).await);
    assert_eq!((row.missing, &row.name, &row.author), (0, &file.name, &file.author));
    let again = ok(doctor.chart(within(), meera, Purpose::Treatment).await);
    assert_eq!(again.attachments[0].missing, 0);
    ok(doctor.attachment(within(), meera, file.record, name("copy.dcm")).await);
    assert_eq!(std::fs::read(name("copy.dcm")).unwrap(), bytes);
    assert_eq!(mesh(&hospital).await.waiting, 0);
    is_whole(&hospital).await;
}

/// Under which of a patient's keys something was sealed is told by payloads: without them nobody signs that all are gone.
#[tokio::test(flavor = "multi_thread")]
async fn no_receipt_for_an_erasure_while_payloads_wait() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, _) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    ok(hospital.admin.set_links(within(), LinkPolicy { records: Kept::Own, ..LinkPolicy::default() }).await);
    let asha = registered(&nurse, "Asha Kumari", 1955).await;
    hospital.meet(&clinic).await;
    ok(clinic.admin.erase(within(), asha, ErasureReason::Court, "2026/115".into()).await);
    assert_eq!(ok(clinic.admin.carry_out_erasures(within()).await), 1);
    hospital.meet(&clinic).await;
    assert_eq!(ok(hospital.admin.carry_out_erasures(within()).await), 0);
    let row = ok(hospital.admin.erasures(within()).await).remove(0);
    assert_eq!(row.waiting, ["ward (Bela Hospital)"], "{row:?}");
    ok(hospital.admin.set_links(within(), LinkPolicy::default()).await);
    hospital.meet(&clinic).await;
    assert_eq!(ok(hospital.admin.carry_out_erasures(within()).await), 1);
    assert!(ok(hospital.admin.erasures(within()).await).remove(0).waiting.is_empty());
}
