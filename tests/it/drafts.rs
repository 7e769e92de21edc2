//! What a person left unfinished: listed for them, and for nobody else.

use aidpost::core::governance::Role;

use crate::town::{clinic, ok, registered, visit, within};

#[tokio::test(flavor = "multi_thread")]
async fn drafts_are_listed_for_whoever_left_them() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (other, _) = clinic.hire("sana", Role::Nurse).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    assert!(ok(nurse.drafts(within()).await).is_empty());
    ok(nurse.keep_draft(within(), patient, Some(visit("cough", "37.1"))).await);
    let rows = ok(nurse.drafts(within()).await);
    assert_eq!(rows.iter().map(|r| (r.id, r.name.as_str())).collect::<Vec<_>>(), [(patient, "Meera Devi")]);
    assert!(ok(other.drafts(within()).await).is_empty());
    ok(nurse.keep_draft(within(), patient, None).await);
    assert!(ok(nurse.drafts(within()).await).is_empty());
}
