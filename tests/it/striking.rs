//! Visits that were written by mistake: struck out, and standing again.

use std::{collections::BTreeMap, fs};

use aidpost::{
    core::{
        codes::{Finding, Kind, search},
        governance::Role,
        policy::Purpose,
    },
    node::api::{Chart, ClinicClient, ExportForm, Imported, VisitDraft},
    print::record,
    sheet,
};
use serde_json::Value;

use crate::{
    support::Place,
    town::{clinic, no, ok, outreach, registered, visit, within},
};

fn coded() -> VisitDraft {
    VisitDraft {
        findings: vec![
            search("malaria", 1)[0].finding(),
            Finding::words(Kind::Medicine, "amoxicillin"),
            Finding::said(Kind::Vaccine, "19"),
            Finding::words(Kind::Allergy, "peanut"),
        ],
        next: "14d".into(),
        ..visit("cough", "40.2")
    }
}

async fn read(c: &ClinicClient, id: aidpost::core::id::PatientId) -> Chart {
    ok(c.chart(within(), id, Purpose::Treatment).await)
}

fn why() -> Option<String> {
    Some("it was another patient".into())
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_visit_that_is_struck_out_counts_until_it_stands_again() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let here = clinic(dir.path()).await;
    let (nurse, _) = here.hire("nila", Role::Nurse).await;
    let (colleague, _) = here.hire("omar", Role::Nurse).await;
    let (registrar, _) = here.hire("rita", Role::Registrar).await;
    let id = registered(&nurse, "Meera Devi", 1990).await;
    let first = read(&nurse, id).await;
    let last_visit = ok(nurse.patients(within(), "meera".into()).await)[0].last_visit;
    ok(nurse.write_visit(within(), id, coded()).await);
    let before = read(&nurse, id).await;
    let wrong = before.visits[0].clone();
    assert_eq!((wrong.reason.as_str(), before.items.len()), ("cough", 5));
    let strike = async |c: &ClinicClient, versions, because| {
        c.strike(within(), id, wrong.record, versions, because).await
    };

    // Who may not write doesn't, nothing goes without a reason, and what was seen must still stand.
    no(strike(&registrar, wrong.versions.clone(), why()).await);
    assert!(no(strike(&nurse, wrong.versions.clone(), Some(" ".into())).await).message.contains("is empty"));
    assert!(no(strike(&nurse, first.visits[0].versions.clone(), why()).await).message.contains("look at it"));
    assert!(no(strike(&nurse, wrong.versions.clone(), None).await).message.contains("nothing was struck"));
    ok(strike(&colleague, wrong.versions.clone(), why()).await);

    let after = read(&nurse, id).await;
    assert_eq!((after.visits.len(), after.items.len()), (1, 0));
    assert_eq!(after.visits[0].record, first.visits[0].record);
    let [s] = &after.struck[..] else { panic!("{:?}", after.struck) };
    assert_eq!((s.because.as_str(), s.by.as_str()), ("it was another patient", "Person omar"));
    assert_eq!(
        (s.visit.author.as_str(), s.visit.reason.as_str(), s.visit.done.len()),
        ("Person nila", "cough", 5)
    );
    assert_eq!(s.visit.observations, wrong.observations, "what it said is kept");
    let row = ok(nurse.patients(within(), "meera".into()).await).remove(0);
    assert_eq!((row.due, row.last_visit), (None, last_visit));
    let known = record::known(&after, Vec::new());
    assert_eq!(known.medicines.len() + known.problems.len() + known.allergies.len(), 0, "{known:?}");
    assert_eq!(sheet::record::visited(&after).count(), 1);
    let versions = s.visit.versions.clone();
    assert!(no(strike(&nurse, versions.clone(), why()).await).message.contains("already"));
    let edited = nurse.edit_visit(within(), id, wrong.record, versions.clone(), visit("x", "37")).await;
    assert!(no(edited).message.contains("unstrike"));

    // Out: all of it was entered in error; nothing of it is in a summary.
    let export = async |form| {
        let folder = dir.path().display().to_string();
        let e = ok(nurse.export(within(), id, Purpose::Treatment, form, folder).await);
        (e.path.clone(), fs::read_to_string(e.path).unwrap())
    };
    let whole = ExportForm::Record { accesses: false, signatures: false, consents: false };
    let (file, text) = export(whole).await;
    let bundle: Value = serde_json::from_str(&text).unwrap();
    let mut states: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for r in bundle["entry"].as_array().unwrap().iter().map(|e| &e["resource"]) {
        let state = match r["verificationStatus"]["coding"][0]["code"].as_str() {
            Some(v) => v,
            None => r["status"].as_str().unwrap_or("-"),
        };
        states.entry(r["resourceType"].as_str().unwrap()).or_default().push(state);
    }
    states.values_mut().for_each(|s| s.sort_unstable());
    assert_eq!(states["Encounter"], ["entered-in-error", "finished"]);
    assert_eq!(states["Observation"], ["entered-in-error", "final"]);
    for kind in ["Condition", "MedicationRequest", "Immunization", "AllergyIntolerance", "Appointment"] {
        assert_eq!(states[kind], ["entered-in-error"], "{kind}");
    }
    let (_, summary) = export(ExportForm::Summary).await;
    for said in ["peanut", "amoxicillin", "40.2", "BCG"] {
        assert!(!summary.contains(said), "{said}");
    }

    // Taken in elsewhere it counts as little.
    let there = clinic(other.path()).await;
    let (guest, _) = there.hire("nila", Role::Nurse).await;
    assert!(matches!(ok(guest.import_file(within(), file, String::new()).await), Imported::Done(_)));
    let found = ok(guest.patients(within(), "meera".into()).await).remove(0);
    assert_eq!((found.due, found.last_visit), (None, last_visit));
    let theirs = read(&guest, found.id).await;
    assert_eq!((theirs.visits.len(), theirs.struck.len()), (1, 1));
    assert!(theirs.visits[0].observations.iter().all(|o| o.milli == 38_900));
    let known = record::known(&theirs, Vec::new());
    assert_eq!(known.medicines.len() + known.problems.len() + known.allergies.len(), 0, "{known:?}");

    // And back: as it was.
    ok(strike(&nurse, versions, None).await);
    let back = read(&nurse, id).await;
    assert_eq!((back.struck.len(), back.visits.len(), back.items.len()), (0, 2, 5));
    assert_eq!(back.visits[0].observations, wrong.observations);
    assert_eq!(back.visits[0].done, wrong.done);
    assert!(ok(nurse.patients(within(), "meera".into()).await)[0].due.is_some());
    let history = ok(nurse.history(within(), id, Some(wrong.record)).await);
    assert_eq!(history.versions.len(), 3, "nothing is deleted");
    assert!(history.versions[1].differences.iter().any(|d| d.field == "struck out"), "{history:?}");
}

/// One strikes a visit out, another corrects it, apart: both stand, it goes on counting, and a person decides.
#[tokio::test(flavor = "multi_thread")]
async fn struck_out_at_one_place_and_corrected_at_another_a_person_decides() {
    let dir = tempfile::tempdir().unwrap();
    let here = clinic(dir.path()).await;
    let (nurse, _) = here.hire("nila", Role::Nurse).await;
    let id = registered(&nurse, "Meera Devi", 1990).await;
    let tablet = outreach(dir.path(), &here).await;
    let v = read(&nurse, id).await.visits.remove(0);
    ok(nurse.strike(within(), id, v.record, v.versions.clone(), why()).await);
    let theirs = tablet.admin.edit_visit(within(), id, v.record, v.versions.clone(), visit("fever", "39.9"));
    ok(theirs.await);
    here.meet(&tablet).await;

    for c in [&nurse, &tablet.admin] {
        let chart = read(c, id).await;
        assert_eq!((chart.conflicts.len(), chart.visits.len(), chart.struck.len()), (1, 1, 1));
        assert_eq!(chart.visits[0].observations[0].milli, 39_900, "it counts until somebody decides");
        let row = &chart.struck[0].visit;
        let again = c.strike(within(), id, row.record, row.versions.clone(), None).await;
        assert!(no(again).message.contains("decide between them first"));
    }
    let row = ok(nurse.conflicts(within(), id).await).remove(0);
    assert!(row.by_field && row.versions[1].differences.iter().any(|d| d.field == "struck out"), "{row:?}");
    // The correction is kept, and that it was another patient.
    let take = vec![("struck out".to_owned(), row.versions[1].version)];
    ok(nurse.resolve(within(), id, row.record, row.versions[0].version, take).await);
    here.meet(&tablet).await;
    for c in [&nurse, &tablet.admin] {
        let chart = read(c, id).await;
        assert_eq!((chart.conflicts.len(), chart.visits.len(), chart.struck.len()), (0, 0, 1));
        assert_eq!(chart.struck[0].visit.observations[0].milli, 39_900);
    }
}

#[test]
fn at_the_command_line() {
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    let nila = |args: &[&str]| {
        let said = p.run_as("a", "nila", args);
        assert_eq!(said.code, 0, "{}", said.err);
        said.out
    };
    let id = nila(&["--json", "patient", "register", "Meera Devi"]);
    let id = id.trim().trim_matches('"');
    nila(&["patient", "visit", id, "--reason", "cough", "--measured", "temperature=40.2"]);
    let chart = || -> Value { serde_json::from_str(&nila(&["--json", "patient", "show", id])).unwrap() };
    let record = chart()["visits"][0]["record"].as_str().unwrap().to_owned();
    nila(&["patient", "strike", id, &record, "--because", "another patient"]);
    let shown = nila(&["patient", "show", id]);
    assert!(shown.contains("STRUCK OUT, counts in nothing: another patient (nila, "), "{shown}");
    assert_eq!(chart()["visits"].as_array().unwrap().len(), 0);
    let csv = p.text("visits.csv");
    nila(&["csv", "visits", "--all", "--out", &csv]);
    assert!(!fs::read_to_string(&csv).unwrap().contains("cough"));
    p.run_as("a", "nila", &["patient", "strike", id, &record, "--because", "x"])
        .failed(1, "struck out already");
    nila(&["patient", "unstrike", id, &record]);
    assert_eq!(chart()["visits"][0]["observations"][0]["milli"], 40_200);
    p.run_as("a", "nila", &["patient", "unstrike", id, &record]).failed(1, "nothing was struck out");
    p.run_as("a", "nila", &["patient", "strike", id, id, "--because", "x"]).failed(2, "no such visit");
}
