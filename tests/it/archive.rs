//! The archive over two terminals of one clinic: what is due, what leaves the list, what brings it back, what is held.

use std::{fs, path::Path};

use aidpost::{
    core::{
        governance::Role,
        id::PatientId,
        policy::Purpose,
        retention::{SHIPPED, Series},
        rights::ErasureReason,
    },
    node::api::{ClinicClient, FaultKind, RetentionChange},
};

use crate::{
    support::Place,
    town::{Site, clinic, no, ok, outreach, registered, visit, within},
};

/// A patient of 1990 with one visit in 1999, a bill of then, and a file.
fn bundle(id: &str, name: &str) -> String {
    let of = format!("\"reference\":\"urn:uuid:{id}\"");
    format!(
        r#"{{"resourceType":"Bundle","type":"transaction","entry":[
        {{"fullUrl":"urn:uuid:{id}","resource":{{"resourceType":"Patient","id":"{id}","birthDate":"1960-05-02",
          "gender":"female","name":[{{"text":"{name}"}}],"address":[{{"city":"Kothapalli"}}]}}}},
        {{"fullUrl":"urn:uuid:e{id}","resource":{{"resourceType":"Encounter","id":"e{id}","status":"finished",
          "class":{{"code":"AMB"}},"type":[{{"text":"Cough"}}],"subject":{{{of}}},
          "period":{{"start":"1999-01-02T03:04:05Z"}}}}}},
        {{"fullUrl":"urn:uuid:c{id}","resource":{{"resourceType":"Claim","id":"c{id}","status":"active",
          "use":"claim","patient":{{{of}}},"created":"1999-01-03"}}}}]}}"#
    )
}

async fn import(c: &ClinicClient, dir: &Path, id: &str, name: &str) -> PatientId {
    let file = dir.join(format!("{id}.json"));
    fs::write(&file, bundle(id, name)).unwrap();
    ok(c.import_file(within(), file.display().to_string(), String::new()).await);
    find(c, name).await.unwrap()
}

async fn find(c: &ClinicClient, name: &str) -> Option<PatientId> {
    ok(c.patients(within(), name.into()).await).first().map(|r| r.id)
}

async fn find_archived(c: &ClinicClient, name: &str) -> Option<PatientId> {
    ok(c.archived_patients(within(), name.into()).await).first().map(|r| r.id)
}

async fn adopt(s: &Site, text: &str) {
    ok(s.admin.retain(within(), RetentionChange::Adopt(text.into())).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_leaves_the_list_on_every_terminal_and_comes_back_with_the_patient() {
    let dir = tempfile::tempdir().unwrap();
    let a = clinic(dir.path()).await;
    let a2 = outreach(dir.path(), &a).await;
    let (nurse, _) = a.hire("nila", Role::Nurse).await;
    let old = import(&nurse, dir.path(), "n1", "Nila Devi").await;
    let other = import(&nurse, dir.path(), "n2", "Sita Rana").await;
    let today = registered(&nurse, "Omar Thapa", 1980).await;

    // Nothing is archived before somebody has decided for how long records are kept.
    let plan = ok(a.admin.archive_plan(within()).await);
    assert!(!plan.adopted && plan.patients == 2, "{plan:?}");
    assert_eq!(no(a.admin.archive_run(within()).await).kind, FaultKind::Conflict);
    let bad = no(a.admin.retain(within(), RetentionChange::Adopt("version = 0".into())).await);
    assert_eq!(bad.kind, FaultKind::Refused);
    assert_eq!(
        no(nurse.retain(within(), RetentionChange::Adopt(SHIPPED.into())).await).kind,
        FaultKind::Locked
    );
    assert_eq!(no(nurse.archive_plan(within()).await).kind, FaultKind::Locked);
    adopt(&a, SHIPPED).await;

    let plan = ok(a.admin.archive_plan(within()).await);
    assert_eq!((plan.adopted, plan.looked_at, plan.patients, plan.disposals), (true, 3, 2, 2), "{plan:?}");
    let of = |s| plan.archive.iter().find(|r| r.series == s).map(|r| (r.records, r.patients));
    // The patient and the encounter of each; the claim of each.
    assert_eq!((of(Series::Care), of(Series::Billing)), (Some((4, 2)), Some((2, 2))), "{plan:?}");
    assert!(plan.disposal.contains(&old) && plan.disposal.contains(&other));
    assert_eq!(find(&nurse, "nila devi").await, Some(old), "a plan changes nothing");

    let held = RetentionChange::Hold { patient: other, reason: "court file 2026/114".into() };
    ok(a.admin.retain(within(), held).await);
    let done = ok(a.admin.archive_run(within()).await);
    assert_eq!((done.marked, done.plan.held, done.changed), (1, 1, 0), "{done:?}");
    assert_eq!((find(&nurse, "nila devi").await, find_archived(&nurse, "nila").await), (None, Some(old)));
    assert_eq!(find(&nurse, "sita").await, Some(other));
    assert_eq!(find(&nurse, "omar").await, Some(today));
    let again = ok(a.admin.archive_run(within()).await);
    assert_eq!((again.marked, again.blocks), (0, 0), "what is archived isn't archived again");

    // Whoever opens it is on record, gets everything, and changes nothing by it.
    let chart = ok(nurse.chart(within(), old, Purpose::Treatment).await);
    assert!(chart.shelved.since.is_some() && chart.visits.len() == 1 && chart.shelved.records.is_empty());
    assert_eq!(find_archived(&nurse, "nila").await, Some(old));
    let seen = ok(nurse.likely(within(), crate::town::patient("Nila Devi", 1960)).await);
    assert!(seen.iter().any(|d| d.id == old && d.archived), "{seen:?}");

    // Nobody destroys what is held, also not by order.
    let refused = no(a.admin.erase(within(), other, ErasureReason::Court, "2026/9".into()).await);
    assert!(refused.message.contains("held"), "{refused}");
    let view = ok(a.admin.retention(within()).await);
    assert_eq!((view.archived, view.holds.len(), view.schedules.len()), (1, 1, 1));
    assert_eq!(view.holds[0].reason.as_deref(), Some("court file 2026/114"));

    // The other terminal agrees once it knows.
    a2.meet(&a).await;
    assert_eq!((find(&a2.admin, "nila").await, find_archived(&a2.admin, "nila").await), (None, Some(old)));
    let there = ok(a2.admin.archived_patients(within(), String::new()).await);
    assert_eq!(there.len(), 1);

    // Asked for at the desk.
    ok(nurse.retain(within(), RetentionChange::Restore(old)).await);
    assert_eq!((find(&nurse, "nila devi").await, find_archived(&nurse, "nila").await), (Some(old), None));
    assert_eq!(no(nurse.retain(within(), RetentionChange::Restore(old)).await).kind, FaultKind::Usage);
    a2.meet(&a).await;
    assert_eq!(find(&a2.admin, "nila").await, Some(old));

    // Released, archived, and seen at the same time on the tablet: back on both, whatever was first.
    let why = RetentionChange::Release { patient: other, reason: "closed".into() };
    ok(a.admin.retain(within(), why).await);
    a2.meet(&a).await;
    ok(a2.admin.write_visit(within(), other, visit("cough", "37.9")).await);
    let done = ok(a.admin.archive_run(within()).await);
    assert_eq!(done.marked, 2, "{done:?}");
    assert_eq!(find_archived(&nurse, "sita").await, Some(other));
    a2.meet(&a).await;
    for c in [&nurse, &a2.admin] {
        assert_eq!((find(c, "sita").await, find_archived(c, "sita").await), (Some(other), None));
        assert_eq!(find_archived(c, "nila").await, Some(old));
    }
    // Her bill of then stays in the archive: it counts from its own date.
    let chart = ok(a2.admin.chart(within(), other, Purpose::Treatment).await);
    assert_eq!(chart.shelved.records.len(), 1, "{:?}", chart.shelved);
    let bill = chart.items.iter().find(|i| i.kind == "Claim").unwrap();
    assert_eq!(chart.shelved.records[0], bill.record);
    // And a visit brings the other back at once.
    ok(nurse.write_visit(within(), old, visit("cough", "37.9")).await);
    assert_eq!(find(&nurse, "nila devi").await, Some(old));
}

#[test]
fn at_the_command_line() {
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    let amina = |args: &[&str]| p.run_as("a", "amina", args);
    let s = amina(&["archive", "schedule"]);
    assert!(
        s.code == 0 && s.out.contains("No schedule is in force") && s.out.contains("[billing]"),
        "{}",
        s.out
    );
    let s = amina(&["archive", "schedule", "--proposal"]);
    fs::write(p.path("schedule.toml"), s.out.replace("keep = 7", "keep = 1")).unwrap();
    amina(&["archive", "adopt", "schedule.toml", "--yes"])
        .failed(10, "[billing]: keep is shorter than archive");
    fs::write(p.path("schedule.toml"), &s.out).unwrap();
    amina(&["archive", "adopt", "schedule.toml"]).failed(2, "--yes");
    amina(&["archive", "run", "--yes"]).failed(1, "no schedule is adopted yet");
    p.run_as("a", "nila", &["archive", "adopt", "schedule.toml", "--yes"]).failed(3, "not allowed");
    assert_eq!(amina(&["archive", "adopt", "schedule.toml", "--yes"]).code, 0);
    fs::write(p.path("n1.json"), bundle("n1", "Nila Devi")).unwrap();
    assert_eq!(p.run_as("a", "nila", &["import", "n1.json"]).code, 0);
    let plan = amina(&["archive", "plan"]);
    assert!(
        plan.out.contains("Due for disposal: 1 patients") && plan.out.contains("--reason retention"),
        "{}",
        plan.out
    );
    let s = amina(&["archive", "run", "--yes"]);
    assert!(s.code == 0 && s.out.contains("1 patients left the list"), "{}{}", s.out, s.err);
    let nila = |args: &[&str]| p.run_as("a", "nila", args);
    assert!(nila(&["patient", "list", "devi"]).out.contains("Nobody fits"));
    let found = nila(&["patient", "list", "devi", "--archived"]).out;
    assert!(found.contains("Nila Devi"), "{found}");
    let id = found.split_whitespace().next().unwrap().to_owned();
    assert!(nila(&["patient", "show", &id]).out.contains("IN THE ARCHIVE since"));
    amina(&["archive", "hold", &id, "--reason", " "]).failed(2, "--reason");
    assert_eq!(amina(&["archive", "hold", &id, "--reason", "court"]).code, 0);
    assert!(amina(&["archive", "holds"]).out.contains("court"));
    amina(&["erase", "order", &id, "--reason", "retention", "--yes"]).failed(1, "held");
    assert_eq!(amina(&["archive", "release", &id, "--reason", "closed"]).code, 0);
    assert_eq!(nila(&["archive", "restore", &id]).code, 0);
    assert!(nila(&["patient", "list", "devi"]).out.contains("Nila Devi"));
    assert!(amina(&["archive", "schedule"]).out.contains("Adopted by"));
}
