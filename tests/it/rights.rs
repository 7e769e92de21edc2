//! A patient's rights, from the service down to the ledger: emergencies and reviews, consent, requests, sharing, adoption.

use aidpost::{
    core::{
        consent::{By, EmergencySummary, Ended},
        governance::Role,
        policy::{DEFAULT, Purpose},
        record::Compartment,
        rights::{Reason, Verdict},
        share::counts::Dimension,
        summary::BloodGroup,
        trust::Doubt,
    },
    node::api::{ConsentChange, FaultKind, GrantAsk, Layout, RequestAsk, ReviewAsk, ShareAsk, SummaryDraft},
};

use crate::town::{clinic, hospital, no, ok, outreach, registered, treatment, visit, within};

fn summary() -> SummaryDraft {
    SummaryDraft {
        allergies: vec!["penicillin: swelling of the face".into()],
        medicines: vec!["insulin".into()],
        problems: vec!["diabetes".into()],
        blood_group: BloodGroup::from_word("O-"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_glass_is_broken_on_the_ledger_first_and_reviewed_by_somebody_else() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (kofi, _) = clinic.hire("kofi", Role::Clinician).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let (clerk, _) = hospital.hire("rita", Role::Registrar).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    ok(nurse.write_summary(within(), patient, summary()).await);
    hospital.meet(&clinic).await;

    // Without consent and without an emergency nothing opens.
    assert_eq!(no(doctor.chart(within(), patient, Purpose::Treatment).await).kind, FaultKind::Locked);
    assert_eq!(no(doctor.read_summary(within(), patient).await).kind, FaultKind::Locked);
    assert_eq!(no(doctor.emergency(within(), patient).await).kind, FaultKind::Locked);
    let refused = no(clerk.break_glass(within(), patient, Reason::DangerToLife, String::new()).await);
    assert_eq!(refused.kind, FaultKind::Locked, "{refused}");
    let silent = no(doctor.break_glass(within(), patient, Reason::Other, " ".into()).await);
    assert_eq!(silent.kind, FaultKind::Usage);
    let nobody = aidpost::core::id::PatientId([9; 16]);
    let unknown = no(doctor.break_glass(within(), nobody, Reason::DangerToLife, String::new()).await);
    assert_eq!(unknown.kind, FaultKind::Usage);

    let note = "found unconscious at the market";
    let opened = ok(doctor.break_glass(within(), patient, Reason::CannotAnswer, note.into()).await);
    assert_eq!(opened.summaries.len(), 1);
    assert_eq!(opened.summaries[0].summary, summary());
    assert!(opened.visits.is_empty(), "what has no key here stays shut");
    assert!(opened.unreadable.is_empty(), "{:?}", opened.unreadable);
    let ledger = ok(doctor.ledger(within(), 50).await);
    assert!(ledger.blocks.iter().any(|b| b.id == opened.recorded));
    // Again within the half hour, by whoever gave the reason and nobody else.
    assert!(ok(doctor.emergency(within(), patient).await).left <= opened.left);
    assert_eq!(no(clerk.emergency(within(), patient).await).kind, FaultKind::Locked);
    assert_eq!(no(hospital.admin.emergency(within(), patient).await).kind, FaultKind::Locked);

    // Nobody reviews their own.
    let due = ok(doctor.emergencies(within()).await);
    assert_eq!((due.len(), due[0].block, due[0].note.as_deref()), (1, opened.recorded, Some(note)));
    let ask = |verdict, told| ReviewAsk { verdict, told, note: "ambulance report seen".into() };
    let own = no(doctor.review(within(), opened.recorded, ask(Verdict::Justified, false)).await);
    assert!(own.message.contains("somebody else"), "{own}");

    // The patient's own clinic hears of it, and its nurse tells the patient.
    clinic.meet(&hospital).await;
    assert_eq!(clinic.admin.status(within()).await.unwrap().open.unwrap().reviews_due, 1);
    let view = ok(nurse.consent(within(), patient).await);
    assert_eq!(view.emergencies.len(), 1);
    assert_eq!(view.emergencies[0].note, None, "what was typed is for those who review");
    let reads: Vec<_> = view.accesses.iter().filter(|a| a.purpose == Purpose::Emergency).collect();
    assert_eq!(reads.iter().filter(|a| a.allowed).count(), 2, "each opening is recorded");
    assert_eq!(reads.iter().filter(|a| !a.allowed).count(), 1, "and so is the refusal");
    assert_eq!(
        no(nurse.review(within(), opened.recorded, ask(Verdict::Justified, true)).await).kind,
        FaultKind::Locked
    );
    let listed = ok(kofi.emergencies(within()).await);
    assert_eq!((listed[0].note.as_deref(), listed[0].ours), (Some(note), true));
    ok(kofi.review(within(), opened.recorded, ask(Verdict::Justified, true)).await);
    hospital.meet(&clinic).await;
    let seen = ok(doctor.emergencies(within()).await);
    assert_eq!(seen[0].reviews.len(), 1);
    assert_eq!(seen[0].reviews[0].note.as_deref(), Some("ambulance report seen"));
    assert!(seen[0].told && !seen[0].overdue);
    assert_eq!(hospital.admin.status(within()).await.unwrap().open.unwrap().reviews_due, 0);

    // Whoever opted out is not opened, not even in an emergency.
    ok(nurse.change_consent(within(), patient, ConsentChange::OptOut, Some("mother".into())).await);
    assert_eq!(ok(nurse.consent(within(), patient).await).emergency, EmergencySummary::OptedOut);
    hospital.meet(&clinic).await;
    let out = no(doctor.break_glass(within(), patient, Reason::DangerToLife, String::new()).await);
    assert!(out.message.contains("does not want"), "{out}");
    ok(nurse.change_consent(within(), patient, ConsentChange::OptIn, None).await);
    hospital.meet(&clinic).await;
    ok(doctor.break_glass(within(), patient, Reason::DangerToLife, String::new()).await);
    // With consent it needs no broken glass, and the summary is among what consent opens.
    ok(nurse.grant(within(), patient, treatment(org)).await);
    hospital.meet(&clinic).await;
    assert_eq!(ok(doctor.read_summary(within(), patient).await)[0].summary, summary());
    for site in [&clinic, &hospital] {
        assert_eq!(ok(site.admin.verify(within()).await).damage, Vec::<String>::new());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_question_is_put_to_the_policy_in_force() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    registered(&nurse, "Meera Devi", 1990).await;
    let strict = DEFAULT.replace(
        "[Aidpost::Role::\"registrar\", Aidpost::Role::\"nurse\", Aidpost::Role::\"clinician\"].contains(principal)",
        "principal == Aidpost::Role::\"registrar\"",
    );
    assert_ne!(strict, DEFAULT);
    let id = ok(clinic.admin.propose_policy(within(), strict).await);
    assert!(ok(clinic.admin.proposals(within()).await).iter().all(|p| p.id != id), "it is decided");
    let refused = no(nurse.register(within(), crate::town::patient("Asha", 1980)).await);
    assert_eq!(refused.kind, FaultKind::Locked, "{refused}");
    let (clerk, _) = clinic.hire("rita", Role::Registrar).await;
    ok(clerk.register(within(), crate::town::patient("Asha", 1980)).await);
    // A policy under which nobody could ever change it again is refused.
    let lockout = "permit (principal, action == Aidpost::Action::\"read\", resource);";
    let fault = no(clinic.admin.propose_policy(within(), lockout.into()).await);
    assert!(fault.message.contains("nobody could change it again"), "{fault}");
}

#[tokio::test(flavor = "multi_thread")]
async fn consent_is_narrowed_ended_and_said_by_whoever_decides() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let patient = registered(&nurse, "Meera Devi", 2020).await;
    let wide = GrantAsk {
        compartments: vec![Compartment::General, Compartment::Hiv],
        delegable: true,
        guardian: Some("mother".into()),
        ..treatment(org)
    };
    let first = ok(nurse.grant(within(), patient, wide).await);
    hospital.meet(&clinic).await;
    ok(doctor.chart(within(), patient, Purpose::Treatment).await);
    let view = ok(nurse.consent(within(), patient).await);
    assert_eq!(view.grants[0].standing.by, By::Guardian("mother".into()));

    // The grantee's own people pass nothing on to themselves in wider form, and only under what they hold.
    let own_org = clinic.admin.status(within()).await.unwrap().open.unwrap().org_id;
    let pass = |parts| GrantAsk { compartments: parts, parent: Some(first), ..treatment(own_org) };
    let (clerk, _) = hospital.hire("rita", Role::Registrar).await;
    let wider = no(clerk.grant(within(), patient, pass(vec![Compartment::Genetic])).await);
    assert_eq!(wider.kind, FaultKind::Conflict, "{wider}");
    let child = ok(clerk.grant(within(), patient, pass(vec![Compartment::General])).await);

    let narrow = |grant, parts: Option<Vec<Compartment>>, days| ConsentChange::Narrow {
        grant,
        compartments: parts,
        days,
    };
    let more = narrow(first, Some(vec![Compartment::Genetic]), None);
    assert_eq!(no(nurse.change_consent(within(), patient, more, None).await).kind, FaultKind::Usage);
    clinic.meet(&hospital).await;
    let less = narrow(first, Some(vec![Compartment::General]), Some(7));
    ok(nurse.change_consent(within(), patient, less, None).await);
    let view = ok(nurse.consent(within(), patient).await);
    let ended = |id| view.grants.iter().find(|g| g.standing.grant.id == id).unwrap().standing.ended;
    assert_eq!(ended(first), Some(Ended::Revoked));
    assert_eq!(ended(child), Some(Ended::Parent), "what was passed on dies with it");
    let left: Vec<_> = view.grants.iter().filter(|g| g.standing.ended.is_none()).collect();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].standing.grant.compartments, [Compartment::General]);
    assert!(left[0].standing.grant.until.is_some());
    hospital.meet(&clinic).await;
    ok(doctor.chart(within(), patient, Purpose::Treatment).await);

    let id = left[0].standing.grant.id;
    ok(nurse.change_consent(within(), patient, ConsentChange::Revoke(id), None).await);
    assert_eq!(
        no(nurse.change_consent(within(), patient, ConsentChange::Revoke(id), None).await).kind,
        FaultKind::Usage
    );
    hospital.meet(&clinic).await;
    assert_eq!(no(doctor.chart(within(), patient, Purpose::Treatment).await).kind, FaultKind::Locked);
    ok(nurse.grant(within(), patient, treatment(org)).await);
    ok(nurse.change_consent(within(), patient, ConsentChange::StopAll, None).await);
    hospital.meet(&clinic).await;
    assert_eq!(no(doctor.chart(within(), patient, Purpose::Treatment).await).kind, FaultKind::Locked);
    // Who read, and on which consent.
    let reads = ok(nurse.consent(within(), patient).await).accesses;
    assert!(reads.iter().any(|a| a.allowed && a.grants == [first]), "{reads:?}");
    let bad = nurse.change_consent(within(), patient, ConsentChange::OptOut, Some("\u{7}".into())).await;
    assert_eq!(no(bad).kind, FaultKind::Usage);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_answered_by_policy_and_consent_alone() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    hospital.meet(&clinic).await;
    let ask = |purpose| RequestAsk { purpose, compartments: vec![Compartment::General] };
    let counts = no(doctor.request(within(), patient, ask(Purpose::PublicHealth)).await);
    assert_eq!(counts.kind, FaultKind::Usage);
    ok(doctor.request(within(), patient, ask(Purpose::Treatment)).await);
    hospital.meet(&clinic).await;
    let rows = ok(doctor.requests(within()).await);
    assert_eq!((rows.len(), rows[0].own, rows[0].answers.len()), (1, true, 1));
    assert!(!rows[0].answers[0].allow && rows[0].answers[0].because.contains("no consent"), "{rows:?}");
    // Asked twice, a terminal answers the same thing once.
    hospital.meet(&clinic).await;
    assert_eq!(ok(doctor.requests(within()).await)[0].answers.len(), 1);
    assert_eq!(no(doctor.chart(within(), patient, Purpose::Treatment).await).kind, FaultKind::Locked);

    // The patient consents; nobody at the clinic does anything more.
    ok(nurse.grant(within(), patient, treatment(org)).await);
    hospital.meet(&clinic).await;
    hospital.meet(&clinic).await;
    let rows = ok(doctor.requests(within()).await);
    assert!(rows[0].answers.iter().any(|a| a.allow), "{rows:?}");
    let seen = ok(nurse.requests(within()).await);
    assert_eq!((seen.len(), seen[0].own, seen[0].org.as_str()), (1, false, "Bela Hospital"));
    ok(doctor.chart(within(), patient, Purpose::Treatment).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn researchers_bureaus_and_insurers_get_what_is_theirs() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (hospital, org) = hospital(dir.path(), &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (rosa, _) = hospital.hire("rosa", Role::Researcher).await;
    let (ines, _) = hospital.hire("ines", Role::Insurer).await;
    let (doctor, _) = hospital.hire("david", Role::Clinician).await;
    let yes = registered(&nurse, "Meera Devi", 1990).await;
    let other = registered(&nurse, "Asha Kumari", 1955).await;
    let may = |purpose| GrantAsk { purpose, ..treatment(org) };
    ok(nurse.grant(within(), yes, may(Purpose::Research)).await);
    ok(nurse.grant(within(), yes, may(Purpose::Payment)).await);
    ok(nurse.grant(within(), other, treatment(org)).await);
    hospital.meet(&clinic).await;

    let all = ShareAsk { compartments: vec![Compartment::General], from: None, until: None };
    assert_eq!(no(doctor.extract(within(), all.clone()).await).kind, FaultKind::Locked);
    let extract = ok(rosa.extract(within(), all.clone()).await);
    assert_eq!((extract.patients, extract.rows), (1, 1), "only who consented to research");
    assert!(extract.csv.contains("38.9"));
    for planted in ["Meera", "Devi", "Asha", "Kothapalli", "080-555", "1990", "fever", &yes.to_string()] {
        assert!(!extract.csv.contains(planted), "{planted} in {}", extract.csv);
    }
    let later = ShareAsk { from: Some(u64::MAX / 2), ..all.clone() };
    assert_eq!(no(rosa.extract(within(), later).await).kind, FaultKind::Conflict);

    // An organisation counts its own patients; two are too few to be told.
    let layout = Layout { rows: Dimension::All, columns: Dimension::Fever };
    assert_eq!(no(nurse.counts(within(), all.clone(), layout).await).kind, FaultKind::Locked);
    let few = no(clinic.admin.counts(within(), all.clone(), layout).await);
    assert!(few.message.contains("too few patients"), "{few}");
    for i in 0..5 {
        registered(&nurse, &format!("Patient {i}"), 1990).await;
    }
    let counts = ok(clinic.admin.counts(within(), all.clone(), layout).await);
    assert_eq!((counts.table.cells, counts.table.total), (vec![vec![Some(7)]], 7));

    // A claim has a period, and only what consent for payment opens.
    assert_eq!(no(ines.claim(within(), yes, all.clone()).await).kind, FaultKind::Usage);
    let period = ShareAsk { from: Some(0), until: Some(u64::MAX / 2), ..all };
    assert_eq!(no(ines.claim(within(), other, period.clone()).await).kind, FaultKind::Locked);
    let claim = ok(ines.claim(within(), yes, period.clone()).await);
    assert_eq!((claim.visits.len(), claim.name.as_str()), (1, "Meera Devi"));
    let sensitive = ShareAsk { compartments: vec![Compartment::Hiv], ..period.clone() };
    assert_eq!(no(ines.claim(within(), yes, sensitive).await).kind, FaultKind::Locked);
    let early = ShareAsk { until: Some(1_000), ..period };
    assert!(ok(ines.claim(within(), yes, early).await).visits.is_empty());

    // The patient sees all of it, with the consent that allowed it.
    clinic.meet(&hospital).await;
    let reads = ok(nurse.consent(within(), yes).await).accesses;
    let of = |p| reads.iter().filter(|a| a.purpose == p && a.allowed).count();
    assert_eq!((of(Purpose::Research), of(Purpose::PublicHealth), of(Purpose::Payment)), (1, 1, 2));
    assert!(reads.iter().filter(|a| a.purpose == Purpose::Research).all(|a| a.grants.len() == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lost_terminal_wrote_is_shown_and_can_be_adopted() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    let (kofi, _) = clinic.hire("kofi", Role::Clinician).await;
    let patient = registered(&nurse, "Meera Devi", 1990).await;
    let tablet = outreach(dir.path(), &clinic).await;
    let lost = tablet.admin.status(within()).await.unwrap().open.unwrap().device_id;
    ok(clinic.admin.suspend_device(within(), lost).await);
    // Out in the village nobody knows of it yet.
    ok(tablet.admin.write_visit(within(), patient, visit("snake bite", "37.2")).await);
    let ticket = ok(clinic.admin.mesh(within()).await).ticket;
    ok(tablet.admin.add_peer(within(), ticket).await);
    // What it brings is taken, and it is told nothing.
    let _ = tablet.admin.sync(within()).await.unwrap();

    let doubts = ok(nurse.ledger(within(), 5).await).doubts;
    assert!(doubts.quarantined >= 1, "{doubts:?}");
    let written = doubts.quarantine.iter().find(|d| d.kind == aidpost::core::block::Kind::Records).unwrap();
    assert_eq!((written.doubt, written.ours), (Doubt::Cutoff, true));
    assert!(!written.time.clock_is_wrong());
    assert_eq!(no(nurse.adopt(within(), vec![written.id]).await).kind, FaultKind::Locked);
    let own = ok(nurse.ledger(within(), 50).await).blocks;
    let sound = own.iter().find(|b| doubts.quarantine.iter().all(|d| d.id != b.id)).unwrap().id;
    assert_eq!(no(kofi.adopt(within(), vec![sound]).await).kind, FaultKind::Usage);
    ok(kofi.adopt(within(), vec![written.id]).await);
    let left = ok(nurse.ledger(within(), 5).await).doubts;
    assert!(left.quarantine.iter().all(|d| d.id != written.id));
    assert_eq!(left.quarantined, doubts.quarantined - 1);
    let status = clinic.admin.status(within()).await.unwrap().open.unwrap();
    assert_eq!(status.quarantined, left.quarantined);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_lost_terminal_is_told_what_it_alone_may_hold() {
    let dir = tempfile::tempdir().unwrap();
    let clinic = clinic(dir.path()).await;
    let tablet = outreach(dir.path(), &clinic).await;
    tablet.meet(&clinic).await;
    registered(&tablet.admin, "Meera Devi", 1990).await;
    assert_eq!(no(tablet.admin.lose_device(within(), "tablet".into()).await).kind, FaultKind::Locked);
    assert_eq!(no(clinic.admin.lose_device(within(), "front desk".into()).await).kind, FaultKind::Usage);
    let me = ok(clinic.admin.staff(within()).await).into_iter().find(|s| s.name == "Amina Yusuf").unwrap();
    assert_eq!(no(clinic.admin.suspend_staff(within(), me.staff).await).kind, FaultKind::Usage);
    let lost = ok(clinic.admin.lose_device(within(), "tablet".into()).await);
    assert_eq!((lost.name.as_str(), lost.logs.len()), ("tablet", 1));
    assert!(lost.last_met.is_some() && lost.logs[0].held > 0);
    // What it wrote since is kept apart when it turns up again, and nothing goes to it.
    let before = clinic.admin.status(within()).await.unwrap().open.unwrap();
    ok(tablet.admin.sync(within()).await);
    let after = clinic.admin.status(within()).await.unwrap().open.unwrap();
    assert!(after.blocks > before.blocks && after.quarantined > 0, "{after:?}");
}
