//! What a visit says in codes, and who is to come back: written, shown, exported, taken in, listed.

use std::{collections::BTreeMap, fs, path::Path};

use aidpost::{
    core::{
        codes::{Ending, Finding, Kind, search},
        expected::Due,
        governance::Role,
        id::PatientId,
        policy::Purpose,
        time::DAY,
    },
    fhir::date,
    node::{
        api::{ClinicClient, ExportForm, ImportCounts, Imported, VisitDraft},
        clock,
    },
    print::record,
    sheet,
};
use serde_json::{Value, json};

use crate::town::{clinic, no, ok, patient, registered, visit, within};

fn coded() -> VisitDraft {
    VisitDraft {
        findings: vec![
            search("malaria", 1)[0].finding(),
            Finding::words(Kind::Medicine, "artemether + lumefantrine 20 mg + 120 mg tablet"),
            Finding::said(Kind::Vaccine, "19"),
            Finding::words(Kind::Allergy, "peanut"),
        ],
        next: "14d".into(),
        ..visit("fever", "39.1")
    }
}

const WRITTEN: [&str; 5] =
    ["AllergyIntolerance", "Appointment", "Condition", "Immunization", "MedicationRequest"];

fn done(i: Imported) -> ImportCounts {
    match i {
        Imported::Done(c) => c,
        other => panic!("{other:?}"),
    }
}

async fn exported(c: &ClinicClient, id: PatientId, form: ExportForm, folder: &Path) -> String {
    let e = ok(c.export(within(), id, Purpose::Treatment, form, folder.display().to_string()).await);
    assert!(e.unreadable.is_empty(), "{e:?}");
    e.path
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_written_with_the_visit_shown_exported_and_taken_in_elsewhere() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let here = clinic(dir.path()).await;
    let (nurse, _) = here.hire("nila", Role::Nurse).await;
    let id = registered(&nurse, "Meera Devi", 1990).await;
    ok(nurse.keep_draft(within(), id, Some(coded())).await);
    assert_eq!(ok(nurse.draft(within(), id).await), Some(coded()), "a draft keeps them");
    let bad = VisitDraft { next: "soon".into(), ..coded() };
    assert!(no(nurse.write_visit(within(), id, bad).await).message.contains("like 14d"));
    let saved = ok(nurse.write_visit(within(), id, coded()).await);
    assert_eq!(ok(nurse.draft(within(), id).await), None);

    let chart = ok(nurse.chart(within(), id, Purpose::Treatment).await);
    let v = &chart.visits[0];
    assert_eq!((v.block, v.note.as_str()), (saved.block, "note on fever"), "one block; the note is its own");
    let mut kinds: Vec<&str> = v.done.iter().map(|i| i.kind.as_str()).collect();
    kinds.sort_unstable();
    assert_eq!(kinds, WRITTEN);
    let changed = nurse.edit_visit(within(), id, v.record, v.versions.clone(), coded()).await;
    assert!(no(changed).message.contains("with a new visit"));

    // On paper and in a list: medicine and problem with the day of their visit.
    let today = date::day(v.at).unwrap();
    let known = record::known(&chart, Vec::new());
    assert_eq!(known.medicines, [format!("artemether + lumefantrine 20 mg + 120 mg tablet ({today})")]);
    assert_eq!(known.problems, [format!("Unspecified malaria ({today})")]);
    assert_eq!(known.allergies, ["peanut"]);
    let (seen, row) = (record::seen(&chart, v).done, sheet::record::visited(&chart).next().unwrap());
    assert_eq!(seen.len(), 5);
    for said in ["Problem: Unspecified malaria", "Vaccine: BCG", "Allergy: peanut", "Next visit: 2"] {
        assert!(seen.iter().any(|l| l.starts_with(said)) && row.done.contains(said), "{said}: {seen:?}");
    }

    // Out, and into the same terminal again: all of it is known to be from here.
    let whole = ExportForm::Record { accesses: false, signatures: false, consents: false };
    let file = exported(&nurse, id, whole, dir.path()).await;
    let bundle: Value = serde_json::from_str(&fs::read_to_string(&file).unwrap()).unwrap();
    let mut count: BTreeMap<&str, u32> = BTreeMap::new();
    for e in bundle["entry"].as_array().unwrap() {
        *count.entry(e["resource"]["resourceType"].as_str().unwrap()).or_default() += 1;
    }
    assert!(WRITTEN.iter().all(|k| count[k] == 1), "{count:?}");
    let again = done(ok(nurse.import_file(within(), file.clone(), String::new()).await));
    assert_eq!((again.blocks, again.patients), (0, 0), "{again:?}");
    let chart = ok(nurse.chart(within(), id, Purpose::Treatment).await);
    assert_eq!((chart.visits.len(), chart.items.len()), (2, 5));

    // A summary has the allergy, the problem, the medicine and the vaccine.
    let file_of_summary = exported(&nurse, id, ExportForm::Summary, dir.path()).await;
    let summary = fs::read_to_string(&file_of_summary).unwrap();
    for said in ["peanut", "B54", "artemether", "BCG"] {
        assert!(summary.contains(said), "{said}");
    }
    assert!(!summary.contains("no-allergy-info"));

    // Into another consortium: somebody new, with everything, and expected there too.
    let there = clinic(other.path()).await;
    let (guest, _) = there.hire("nila", Role::Nurse).await;
    let first = done(ok(guest.import_file(within(), file.clone(), String::new()).await));
    assert_eq!(first.patients, 1);
    let second = done(ok(guest.import_file(within(), file, String::new()).await));
    assert_eq!(second.blocks, 0, "again adds nothing");
    let found = ok(guest.patients(within(), "meera".into()).await);
    let theirs = ok(guest.chart(within(), found[0].id, Purpose::Treatment).await);
    let has = |kind: &str| theirs.items.iter().filter(|i| i.kind == kind).count();
    assert!(WRITTEN.iter().all(|k| has(k) == 1));
    assert_eq!(found[0].due.map(|d| d.state), Some(Due::Later));
}

/// A course ends, a mistake is taken back, a visit to come is called off: each as a new version of what was coded.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_coded_comes_to_its_end() {
    let dir = tempfile::tempdir().unwrap();
    let here = clinic(dir.path()).await;
    let (nurse, _) = here.hire("nila", Role::Nurse).await;
    let id = registered(&nurse, "Meera Devi", 1990).await;
    ok(nurse.write_visit(within(), id, coded()).await);
    let chart = async || ok(nurse.chart(within(), id, Purpose::Treatment).await);
    let v = chart().await.visits.remove(0);
    let of = |kind: &str| v.done.iter().find(|i| i.kind == kind).unwrap().record;
    let wrong = no(nurse.end(within(), id, of("Immunization"), Ending::Stopped).await);
    assert!(wrong.message.contains("can be: entered-in-error"), "{wrong:?}");
    assert!(
        no(nurse.end(within(), id, v.record, Ending::Mistaken).await).message.contains("coded at a visit")
    );
    for (kind, how) in [
        ("MedicationRequest", Ending::Stopped),
        ("Condition", Ending::Resolved),
        ("AllergyIntolerance", Ending::Mistaken),
        ("Appointment", Ending::Cancelled),
    ] {
        ok(nurse.end(within(), id, of(kind), how).await);
    }
    let after = chart().await;
    let known = record::known(&after, Vec::new());
    assert_eq!(known.medicines.len() + known.problems.len() + known.allergies.len(), 0, "{known:?}");
    let said = record::seen(&after, &after.visits[0]).done;
    assert!(said.iter().any(|l| l.ends_with("(stopped)")) && !said.iter().any(|l| l.contains("peanut")));
    assert_eq!(ok(nurse.patients(within(), "meera".into()).await)[0].due, None, "nobody waits any more");
    let history = ok(nurse.history(within(), id, Some(of("Condition"))).await);
    assert_eq!(history.versions.len(), 2, "what was is kept");
    let file = exported(&nurse, id, ExportForm::Summary, dir.path()).await;
    let summary = fs::read_to_string(file).unwrap();
    assert!(!summary.contains("peanut") && !summary.contains("artemether"), "{summary}");
}

/// What came in can name any visit: it is in the record, and no part of what the nurse wrote.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_is_no_part_of_a_visit_that_was_written_here() {
    let dir = tempfile::tempdir().unwrap();
    let here = clinic(dir.path()).await;
    let (nurse, _) = here.hire("nila", Role::Nurse).await;
    let id = registered(&nurse, "Meera Devi", 1990).await;
    ok(nurse.write_visit(within(), id, visit("fever", "39.1")).await);
    let record = ok(nurse.chart(within(), id, Purpose::Treatment).await).visits[0].record;
    let (subject, encounter) = (
        json!({ "reference": format!("Patient/{id}") }),
        json!({ "reference": format!("Encounter/{record}") }),
    );
    let condition = json!({
        "resourceType": "Condition", "id": "c", "subject": subject, "encounter": encounter,
        "code": { "text": "something else" }
    });
    let observation = json!({
        "resourceType": "Observation", "id": "o", "subject": subject, "encounter": encounter, "status": "final",
        "code": { "coding": [{ "system": "http://loinc.org", "code": "8867-4" }] },
        "valueQuantity": { "value": 190, "code": "/min" }
    });
    let file = dir.path().join("foreign.ndjson");
    fs::write(&file, format!("{condition}\n{observation}")).unwrap();
    done(ok(nurse.import_file(within(), file.display().to_string(), String::new()).await));
    let chart = ok(nurse.chart(within(), id, Purpose::Treatment).await);
    let v = &chart.visits[0];
    assert_eq!((v.record, v.observations.len(), v.done.len()), (record, 1, 0), "{v:?}");
    assert_eq!(chart.items.len(), 2, "it is in the record");
}

fn appointment(id: &str, of: PatientId, status: &str, day: u64) -> String {
    let at = date::instant((clock::now() - day * DAY).cast_signed()).unwrap();
    json!({
        "resourceType": "Appointment", "id": id, "status": status, "start": at, "end": at,
        "participant": [{ "actor": { "reference": format!("Patient/{of}") }, "status": "accepted" }]
    })
    .to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_did_not_come_is_listed_until_they_do() {
    let dir = tempfile::tempdir().unwrap();
    let here = clinic(dir.path()).await;
    let (nurse, _) = here.hire("nila", Role::Nurse).await;
    let due = async || -> Vec<(String, Due)> {
        let rows = ok(nurse.due(within(), String::new(), 0).await).rows;
        rows.into_iter().map(|r| (r.name, r.due.unwrap().state)).collect()
    };
    let mut ids = Vec::new();
    for name in ["Asha Kumari", "Ravi Shah", "Meera Devi"] {
        ids.push(ok(nurse.register(within(), patient(name, 1990)).await));
    }
    assert_eq!(due().await, []);
    let file = dir.path().join("appointments.ndjson");
    let take = async |lines: &[String]| {
        fs::write(&file, lines.join("\n")).unwrap();
        done(ok(nurse.import_file(within(), file.display().to_string(), String::new()).await))
    };
    take(&[
        appointment("a", ids[0], "booked", 9),
        appointment("b", ids[1], "pending", 2),
        appointment("c", ids[2], "noshow", 2),
        appointment("d", ids[2], "booked", 0),
    ])
    .await;
    let overdue = |name: &str| (name.to_string(), Due::Overdue);
    assert_eq!(
        due().await,
        [("Meera Devi".to_string(), Due::Today), overdue("Ravi Shah"), overdue("Asha Kumari")],
        "the latest day first"
    );
    assert_eq!(ok(nurse.due(within(), "asha".into(), 0).await).total, 1);
    let rest = ok(nurse.due(within(), String::new(), 2).await);
    assert_eq!((rest.rows[0].name.as_str(), rest.rows.len(), rest.total), ("Asha Kumari", 1, 3));

    // One comes, of one it is called off, one comes and is to come again.
    ok(nurse.write_visit(within(), ids[0], visit("review", "36.8")).await);
    take(&[appointment("b", ids[1], "cancelled", 2)]).await;
    ok(nurse.write_visit(within(), ids[2], coded()).await);
    assert_eq!(due().await, []);
    let rows = ok(nurse.patients(within(), "meera".into()).await);
    let day = rows[0].due.unwrap();
    assert_eq!(day.state, Due::Later);
    assert!((13 * DAY..15 * DAY).contains(&(day.day - clock::now())));
}
