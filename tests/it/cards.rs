//! A patient's card from the service down to the ledger: issued at one organisation, opened at another without a link,
//! revoked, reissued, and what it signs.

use aidpost::{
    core::{
        card::CardState,
        consent::Ended,
        governance::Role,
        id::{OrgId, PatientId},
        policy::Purpose,
        record::Compartment,
    },
    node::api::{CardIssued, ClinicClient, Code, Fault, FaultKind, GrantAsk, Pin},
};

use crate::town::{clinic, hospital, no, ok, outreach, registered, treatment, visit, within};

const PIN: &str = "274913";

fn pin(p: &str) -> Pin {
    Pin(p.into())
}

async fn issue(c: &ClinicClient, patient: PatientId, again: bool) -> CardIssued {
    ok(c.issue_card(within(), patient, pin(PIN), None, again).await)
}

/// The card is shown at a desk: this organisation may read for a month.
async fn open(
    c: &ClinicClient,
    org: OrgId,
    card: &CardIssued,
) -> Result<aidpost::node::api::CardGranted, Fault> {
    let ask = GrantAsk { days: Some(30), ..treatment(org) };
    c.grant_by_card(within(), None, ask, card.code.clone(), pin(PIN)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_opens_the_record_at_another_organisation_without_a_link() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    let other = registered(&nurse, "Asha Kumari", 1955).await;
    // PINs that anybody would try, and who may issue.
    for easy in ["123456", "19901990", "199055", "12345"] {
        assert_eq!(
            no(nurse.issue_card(within(), patient, pin(easy), None, false).await).kind,
            FaultKind::Usage
        );
    }
    assert_eq!(
        no(clinic.admin.issue_card(within(), patient, pin(PIN), None, false).await).kind,
        FaultKind::Locked
    );
    let card = issue(&nurse, patient, false).await;
    assert_eq!(card.serial, card.card.short());
    let twice = no(nurse.issue_card(within(), patient, pin(PIN), None, false).await);
    assert!(twice.message.contains("card reissue"), "{twice}");
    let elsewhere = no(doctor.issue_card(within(), patient, pin(PIN), None, false).await);
    assert!(elsewhere.message.contains("keeps no record"), "{elsewhere}");

    // Before the two have met the hospital knows nothing of it.
    let unknown = no(doctor.read_card(within(), card.code.clone(), pin(PIN)).await);
    assert_eq!(unknown.kind, FaultKind::Unreachable, "{unknown}");
    hospital.meet(&clinic).await;
    ok(hospital.admin.link(within(), false).await);
    assert_eq!(no(doctor.chart(within(), patient, Purpose::Treatment).await).kind, FaultKind::Locked);
    let read = ok(doctor.read_card(within(), card.code.clone(), pin(PIN)).await);
    assert_eq!((read.patient, read.name, read.parts), (patient, None, vec![Compartment::General]));
    assert_eq!(
        (read.card.state, read.card.opens.join(",")),
        (CardState::Unrecognised, "Aruna Clinic".into())
    );

    let signed = open(&doctor, org, &card).await.unwrap();
    assert_eq!(signed.patient, patient);
    let chart = ok(doctor.chart(within(), patient, Purpose::Treatment).await);
    assert_eq!((chart.patient.name.as_str(), chart.visits.len()), ("Meera Devi", 1));
    assert_eq!(ok(doctor.patients(within(), "Meera".into()).await).len(), 1);
    assert_eq!(ok(doctor.read_card(within(), card.code.clone(), pin(PIN)).await).name.unwrap(), "Meera Devi");
    assert_eq!(no(doctor.chart(within(), other, Purpose::Treatment).await).kind, FaultKind::Locked);
    // Of another patient's record the card opens nothing.
    let ask = treatment(org);
    let wrong = no(doctor.grant_by_card(within(), Some(other), ask, card.code.clone(), pin(PIN)).await);
    assert!(wrong.message.contains("another patient"), "{wrong}");

    // The clinic hears of it: the patient's own word, and who read on it.
    clinic.meet(&hospital).await;
    let view = ok(nurse.consent(within(), patient).await);
    let grant = view.grants.iter().find(|g| Some(g.standing.grant.id) == signed.grant).unwrap();
    assert!(grant.standing.by_card && grant.standing.ended.is_none(), "{grant:?}");
    assert!(view.accesses.iter().any(|a| a.allowed && a.org == "Bela Hospital"), "{:?}", view.accesses);
    for site in [&clinic, &hospital] {
        assert_eq!(ok(site.admin.verify(within()).await).damage, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_card_opens_nothing_more_and_the_new_one_does() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    let old = issue(&nurse, patient, false).await;
    hospital.meet(&clinic).await;
    let first = open(&doctor, org, &old).await.unwrap().grant.unwrap();
    clinic.meet(&hospital).await;

    let new = issue(&nurse, patient, true).await;
    assert_eq!((new.revoked, new.ended), (1, 1), "what the old card had signed ends with it");
    assert_ne!(new.card, old.card);
    ok(nurse.write_visit(within(), patient, visit("snake bite", "37.2")).await);
    let rows = ok(nurse.cards(within(), patient).await);
    let state = |c: &CardIssued| rows.iter().find(|r| r.card == c.card).unwrap().state;
    assert_eq!((state(&old), state(&new)), (CardState::Revoked, CardState::InForce));

    hospital.meet(&clinic).await;
    let lost = open(&doctor, org, &old).await.unwrap_err();
    assert!(lost.kind == FaultKind::Locked && lost.message.contains("lost or copied"), "{lost}");
    assert_eq!(no(doctor.chart(within(), patient, Purpose::Treatment).await).kind, FaultKind::Locked);
    open(&doctor, org, &new).await.unwrap();
    let chart = ok(doctor.chart(within(), patient, Purpose::Treatment).await);
    assert_eq!(chart.visits.len(), 2, "what was written before and after");
    assert!(chart.unreadable.is_empty(), "{:?}", chart.unreadable);
    let view = ok(nurse.consent(within(), patient).await);
    let ended = view.grants.iter().find(|g| g.standing.grant.id == first).unwrap().standing.ended;
    assert_eq!(ended, Some(Ended::Untrusted));

    // Reported lost at the hospital, where the patient happens to be.
    let (clerk, _) = hospital.hire("rita", Role::Registrar).await;
    ok(clerk.revoke_card(within(), patient, Some("mother".into())).await);
    assert_eq!(no(clerk.revoke_card(within(), patient, None).await).kind, FaultKind::Conflict);
    clinic.meet(&hospital).await;
    let rows = ok(nurse.cards(within(), patient).await);
    assert!(rows.len() == 2 && rows.iter().all(|r| r.state == CardState::Revoked), "{rows:?}");
    // Without any left, a first one is issued again.
    assert_eq!(issue(&nurse, patient, false).await.revoked, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn guesses_at_a_pin_are_slowed_down_and_seen_by_the_patient() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    let card = issue(&nurse, patient, false).await;
    for n in 0..4 {
        let wrong = no(nurse.read_card(within(), card.code.clone(), pin(&format!("11223{n}"))).await);
        assert!(wrong.kind == FaultKind::Locked && wrong.message.contains("wrong PIN"), "{wrong}");
    }
    ok(nurse.read_card(within(), card.code.clone(), pin(PIN)).await);
    for n in 0..5 {
        no(nurse.read_card(within(), card.code.clone(), pin(&format!("11224{n}"))).await);
    }
    let wait = no(nurse.read_card(within(), card.code.clone(), pin(PIN)).await);
    assert!(wait.message.contains("wait"), "also with the right PIN: {wait}");
    let refused = ok(nurse.consent(within(), patient).await).accesses;
    assert_eq!(refused.iter().filter(|a| !a.allowed).count(), 9);
    // The nurse still signs in: the doors are apart.
    clinic.sign_in("nila").await;

    // What is no card, or not this consortium's.
    let asked = |code: String| nurse.read_card(within(), Code(code), pin(PIN));
    assert_eq!(no(asked("https://example.org".into()).await).kind, FaultKind::Refused);
    assert_eq!(no(asked(card.code.0.replacen('0', "7", 1)).await).kind, FaultKind::Newer);
    assert_eq!(no(asked(card.code.0[..100].into()).await).kind, FaultKind::Damaged);
    let elsewhere = tempfile::tempdir().unwrap();
    let stranger = crate::town::clinic(elsewhere.path()).await;
    let (other, _) = stranger.hire("nila", Role::Nurse).await;
    let theirs = no(other.read_card(within(), card.code.clone(), pin(PIN)).await);
    assert!(theirs.kind == FaultKind::Refused && theirs.message.contains("another consortium"), "{theirs}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_card_signs_at_home_lets_another_organisation_read() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let tablet = outreach(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    tablet.meet(&clinic).await;
    let card = issue(&nurse, patient, false).await;
    // The second terminal hears of the card, and reads it as the first does.
    tablet.meet(&clinic).await;
    let read = ok(tablet.admin.read_card(within(), card.code.clone(), pin(PIN)).await);
    assert_eq!(read.card.state, CardState::InForce);
    // At the clinic itself there is nothing to grant.
    let own = clinic.admin.status(within()).await.unwrap().open.unwrap().org_id;
    assert_eq!(open(&tablet.admin, own, &card).await.unwrap().grant, None);
    assert!(ok(nurse.consent(within(), patient).await).grants.is_empty());

    // The patient signs at the clinic that the hospital may read the general part.
    let ask = GrantAsk { days: Some(7), ..treatment(org) };
    let signed = ok(nurse.grant_by_card(within(), Some(patient), ask, card.code.clone(), pin(PIN)).await)
        .grant
        .unwrap();
    hospital.meet(&clinic).await;
    let chart = ok(doctor.chart(within(), patient, Purpose::Treatment).await);
    assert_eq!(chart.visits.len(), 1);
    let reads = ok(doctor.consent(within(), patient).await).accesses;
    assert!(reads.iter().any(|a| a.grants == [signed]), "{reads:?}");
    // Stopping wins over what the card signed.
    ok(nurse.stop_sharing(within(), patient, org).await);
    hospital.meet(&clinic).await;
    assert_eq!(no(doctor.chart(within(), patient, Purpose::Treatment).await).kind, FaultKind::Locked);
    let delegated = GrantAsk { parent: Some(signed), ..treatment(org) };
    let under = no(nurse.grant_by_card(within(), None, delegated, card.code.clone(), pin(PIN)).await);
    assert_eq!(under.kind, FaultKind::Usage);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stolen_terminal_knows_nothing_of_what_later_cards_are_sealed_with() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let tablet = outreach(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    let other = registered(&nurse, "Asha Kumari", 1955).await;
    let before = issue(&nurse, patient, false).await;
    tablet.meet(&clinic).await;
    ok(tablet.admin.read_card(within(), before.code.clone(), pin(PIN)).await);
    let lost = tablet.admin.status(within()).await.unwrap().open.unwrap().device_id;
    ok(clinic.admin.suspend_device(within(), lost).await);
    let after = issue(&nurse, other, false).await;
    for card in [&before, &after] {
        ok(nurse.read_card(within(), card.code.clone(), pin(PIN)).await);
    }
    // A member that joins later is told both.
    let (hospital, _) = hospital(dir.path(), &clinic).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    hospital.meet(&clinic).await;
    for card in [&before, &after] {
        ok(doctor.read_card(within(), card.code.clone(), pin(PIN)).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_read_through_the_camera() {
    let dir = tempfile::tempdir().unwrap();
    let site = crate::town::demonstration(dir.path(), &dir.path().join("frames")).await;
    let (nurse, _) = site.hire("nila", Role::Nurse).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    let card = issue(&nurse, patient, false).await;
    let frames = dir.path().join("frames");
    std::fs::create_dir(&frames).unwrap();
    std::fs::write(frames.join("1.png"), aidpost::qr::Code::new(&card.code.0).unwrap().png(&[])).unwrap();
    let seen = ok(nurse.look_for_card(within()).await);
    assert_eq!(seen.code.as_ref(), Some(&card.code));
    assert_eq!(ok(nurse.read_card(within(), card.code.clone(), pin(PIN)).await).patient, patient);
    // Nobody looks through the camera from afar; a demonstration's recording shows the same to everybody.
    site.node.watch_with(Some("none")).await;
    let afar = aidpost::node::server::local_from(&site.node, aidpost::node::origin::Origin::Afar);
    let login = ("nila".to_owned(), aidpost::node::api::Passphrase("the passphrase of nila".into()));
    ok(afar.unlock(within(), login.0, login.1).await);
    assert_eq!(no(afar.look_for_card(within()).await).kind, FaultKind::Locked);
}
