//! Who decides for a patient: registered, shown, corrected, handed out and taken in.

use std::fs;

use aidpost::{
    core::{
        governance::Role,
        guardian::{Guardian, Relation},
        policy::Purpose,
    },
    node::api::{Correction, ExportForm, FaultKind, FormDraft, FormOf, Imported},
};

use crate::{
    support::Place,
    town::{clinic, no, ok, patient, visit, within},
};

fn sita() -> Guardian {
    Guardian { name: "Sita Rao".into(), relation: Relation::Grandparent, phone: "080 1".into() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardian_is_registered_corrected_handed_out_and_taken_in() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let here = clinic(dir.path()).await;
    let (nurse, _) = here.hire("nila", Role::Nurse).await;
    let form = FormDraft { fields: vec![Some("Meera".into())] };
    ok(nurse.keep_form(within(), FormOf::Registration, Some(form)).await);
    let nobody = Guardian { name: " ".into(), ..sita() };
    let refused = nurse.register_form(within(), patient("Meera Devi", 2020), Some(nobody)).await;
    assert!(no(refused).message.contains("guardian"));
    let id = ok(nurse.register_form(within(), patient("Meera Devi", 2020), Some(sita())).await);
    assert_eq!(ok(nurse.form_draft(within(), FormOf::Registration).await), None, "gone with the signature");

    let chart = ok(nurse.chart(within(), id, Purpose::Treatment).await);
    let row = chart.guardian.clone().unwrap();
    assert_eq!((&row.guardian, row.decides, row.versions.len()), (&sita(), true, 1));
    assert!(chart.items.is_empty(), "no part of what happened: {:?}", chart.items);

    // Both at once, in one block; what was seen must still stand.
    let mut who = chart.patient.clone();
    who.village = "Kaski".into();
    let mira = Guardian { name: "Mira Devi".into(), relation: Relation::Mother, phone: String::new() };
    let correction = Correction {
        who: Some((chart.versions.clone(), who)),
        guardian: Some((row.versions.clone(), Some(mira.clone()))),
    };
    let draft = FormDraft { fields: vec![None, Some(String::new())] };
    ok(nurse.keep_form(within(), FormOf::Who(id), Some(draft)).await);
    let before = nurse.status(within()).await.unwrap().open.unwrap().blocks;
    ok(nurse.correct(within(), id, correction.clone()).await);
    assert_eq!(ok(nurse.form_draft(within(), FormOf::Who(id)).await), None);
    let after = nurse.status(within()).await.unwrap().open.unwrap().blocks;
    assert_eq!(after - before, 1, "one block");
    assert_eq!(no(nurse.correct(within(), id, correction).await).kind, FaultKind::Conflict);
    let blind = Correction { guardian: Some((Vec::new(), Some(sita()))), ..Correction::default() };
    assert_eq!(
        no(nurse.correct(within(), id, blind).await).kind,
        FaultKind::Conflict,
        "there is one already"
    );
    let chart = ok(nurse.chart(within(), id, Purpose::Treatment).await);
    let row = chart.guardian.unwrap();
    assert_eq!((chart.patient.village.as_str(), &row.guardian), ("Kaski", &mira));
    let versions = ok(nurse.history(within(), id, row.record).await).versions;
    assert_eq!(versions.len(), 2, "who it was before is kept");

    // Out, and into a clinic that knows nobody.
    let form = ExportForm::Record { accesses: false, signatures: false, consents: false };
    let folder = dir.path().join("out").display().to_string();
    let made = ok(nurse.export(within(), id, Purpose::Treatment, form, folder).await);
    let text = fs::read_to_string(&made.path).unwrap();
    assert!(
        text.contains("RelatedPerson") && text.contains("\"MTH\"") && text.contains(&format!("Patient/{id}"))
    );
    let away = clinic(other.path()).await;
    let (guest, _) = away.hire("sana", Role::Nurse).await;
    let taken = ok(guest.import_file(within(), made.path, String::new()).await);
    assert!(matches!(&taken, Imported::Done(c) if c.patients == 1), "{taken:?}");
    let there = ok(guest.patients(within(), "Meera".into()).await).remove(0).id;
    let chart = ok(guest.chart(within(), there, Purpose::Treatment).await);
    let row = chart.guardian.unwrap();
    assert_eq!((&row.guardian, row.decides), (&mira, true));
    // Corrected there, and ended.
    let ended = Correction { guardian: Some((row.versions, None)), ..Correction::default() };
    ok(guest.correct(within(), there, ended).await);
    assert_eq!(ok(guest.chart(within(), there, Purpose::Treatment).await).guardian, None);
    let again = Correction { guardian: Some((Vec::new(), Some(sita()))), ..Correction::default() };
    ok(guest.correct(within(), there, again).await);
    let now = ok(guest.chart(within(), there, Purpose::Treatment).await).guardian.unwrap();
    assert_eq!(now.guardian, sita());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contact_of_the_patient_who_came_in_is_the_guardian_until_that_is_corrected() {
    let dir = tempfile::tempdir().unwrap();
    let here = clinic(dir.path()).await;
    let (nurse, _) = here.hire("nila", Role::Nurse).await;
    let file = dir.path().join("child.json");
    let json = r#"{"resourceType":"Patient","id":"c1","name":[{"text":"Asha Rao"}],"birthDate":"2021-03-04",
        "contact":[{"relationship":[{"text":"mother"}],"name":{"text":"Mira Rao"}}]}"#;
    fs::write(&file, json).unwrap();
    ok(nurse.import_file(within(), file.display().to_string(), String::new()).await);
    let id = ok(nurse.patients(within(), "Asha".into()).await).remove(0).id;
    let row = ok(nurse.chart(within(), id, Purpose::Treatment).await).guardian.unwrap();
    assert_eq!((row.guardian.name.as_str(), row.versions.len()), ("Mira Rao", 0));
    let none = Correction { guardian: Some((Vec::new(), None)), ..Correction::default() };
    ok(nurse.correct(within(), id, none.clone()).await);
    assert_eq!(ok(nurse.chart(within(), id, Purpose::Treatment).await).guardian, None);
    assert_eq!(no(nurse.correct(within(), id, none).await).kind, FaultKind::Usage, "nobody is there");
    let sita = Correction { guardian: Some((Vec::new(), Some(sita()))), ..Correction::default() };
    ok(nurse.correct(within(), id, sita).await);
    let row = ok(nurse.chart(within(), id, Purpose::Treatment).await).guardian.unwrap();
    assert_eq!(row.guardian.name, "Sita Rao");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guardian_of_a_child_that_has_grown_up_decides_no_more_wherever_it_came_from() {
    let dir = tempfile::tempdir().unwrap();
    let here = clinic(dir.path()).await;
    let (nurse, _) = here.hire("nila", Role::Nurse).await;
    let person = |id: &str, since: &str| {
        format!(
            r#"{{"resourceType":"Patient","id":"{id}","name":[{{"text":"Asha {id}"}}],"birthDate":"1990-03-04",
            "contact":[{{"relationship":[{{"text":"guardian"}}],"name":{{"text":"Mira Rao"}}{since}}}]}}"#
        )
        .replace('\n', " ")
    };
    let file = dir.path().join("two.ndjson");
    let (grown, adult) = (person("grown", r#","period":{"start":"1999-02"}"#), person("adult", ""));
    fs::write(&file, format!("{grown}\n{adult}\n")).unwrap();
    ok(nurse.import_file(within(), file.display().to_string(), String::new()).await);
    for (name, decides) in [("grown", false), ("adult", true)] {
        let id = ok(nurse.patients(within(), name.into()).await).remove(0).id;
        let row = ok(nurse.chart(within(), id, Purpose::Treatment).await).guardian.unwrap();
        assert_eq!((row.guardian.name.as_str(), row.decides), ("Mira Rao", decides), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forms_are_kept_for_whoever_left_them_and_go_with_what_is_signed() {
    let dir = tempfile::tempdir().unwrap();
    let here = clinic(dir.path()).await;
    let (nurse, _) = here.hire("nila", Role::Nurse).await;
    let (other, _) = here.hire("sana", Role::Nurse).await;
    let id = ok(nurse.register(within(), patient("Meera Devi", 1990)).await);
    ok(nurse.write_visit(within(), id, visit("cough", "37.1")).await);
    let v = ok(nurse.chart(within(), id, Purpose::Treatment).await).visits.remove(0);
    let draft = |s: &str| FormDraft { fields: vec![None, Some(s.into())] };
    let all = [FormOf::Registration, FormOf::Who(id), FormOf::Visit(id, v.record)];
    for (i, of) in all.into_iter().enumerate() {
        ok(nurse.keep_form(within(), of, Some(draft(&i.to_string()))).await);
    }
    ok(nurse.keep_draft(within(), id, Some(visit("fever", ""))).await);
    for (i, of) in all.into_iter().enumerate() {
        assert_eq!(ok(nurse.form_draft(within(), of).await), Some(draft(&i.to_string())));
        assert_eq!(ok(other.form_draft(within(), of).await), None);
    }
    assert_eq!(ok(nurse.drafts(within()).await).len(), 1, "the visit alone is listed");
    let long = FormDraft { fields: vec![Some("x".repeat(8_001))] };
    assert_eq!(no(nurse.keep_form(within(), all[0], Some(long)).await).kind, FaultKind::Usage);
    let many = FormDraft { fields: vec![None; FormDraft::MAX_FIELDS + 1] };
    assert_eq!(no(nurse.keep_form(within(), all[0], Some(many)).await).kind, FaultKind::Usage);

    ok(nurse.edit_visit(within(), id, v.record, v.versions, visit("cough and fever", "37.1")).await);
    assert_eq!(ok(nurse.form_draft(within(), all[2]).await), None);
    assert!(ok(nurse.form_draft(within(), all[1]).await).is_some(), "the others stay");
    assert_eq!(ok(nurse.draft(within(), id).await), Some(visit("fever", "")));
    ok(nurse.keep_form(within(), all[0], None).await);
    assert_eq!(ok(nurse.form_draft(within(), all[0]).await), None);
}

#[test]
fn the_command_line_names_guardians() {
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    let run = |args: &[&str]| p.run_as("a", "nila", args);
    let worked = |args: &[&str]| {
        let s = run(args);
        assert_eq!(s.code, 0, "{}", s.err);
        s.out
    };
    run(&["patient", "register", "Asha", "--guardian", "Sita", "--relation", "cousin"])
        .failed(2, "grandparent");
    run(&["patient", "register", "Asha", "--relation", "mother"]).failed(2, "--guardian NAME");
    let asha = ["patient", "register", "Asha Rao", "--born", "2021", "--guardian", "Sita Rao"];
    let blocks = || {
        let shown: serde_json::Value =
            serde_json::from_str(&worked(&["ledger", "show", "--blocks", "50", "--json"])).unwrap();
        shown["blocks"].as_array().unwrap().clone()
    };
    let before = blocks().len();
    let id = worked(&[&asha[..], &["--relation", "mother"]].concat());
    // Who she is and who decides for her are in one block: no cut leaves one without the other.
    let records = blocks().iter().filter(|b| b["kind"] == "Records").count();
    assert!(blocks().len() > before && records == 1, "{:?}", blocks());
    let id = id.trim().strip_prefix("Registered: ").unwrap();
    assert!(worked(&["patient", "show", id]).contains("mother decides: Sita Rao"));
    worked(&["patient", "edit", id, "--guardian-phone", "080 1", "--village", "Kaski"]);
    let shown = worked(&["patient", "show", id]);
    assert!(shown.contains("mother decides: Sita Rao, 080 1") && shown.contains("Kaski"), "{shown}");
    worked(&["patient", "edit", id, "--no-guardian"]);
    assert!(!worked(&["patient", "show", id]).contains("decides"));
}
