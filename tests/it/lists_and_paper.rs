//! Lists as spreadsheets, and paper.

use std::{fs, io::Write, os::unix::fs::PermissionsExt};

use serde_json::{Value, json};

use crate::support::{Place, Said};

fn nila(p: &Place, args: &[&str]) -> Said {
    p.run_as("a", "nila", args)
}

fn good(s: Said) -> Value {
    assert_eq!(s.code, 0, "{}\n{}", s.out, s.err);
    serde_json::from_str(&s.out).unwrap_or_else(|e| panic!("{e}: {}", s.out))
}

fn clinic() -> Place {
    let p = Place::new();
    p.found("a");
    p.staff("a", "nila", "nurse");
    p
}

#[test]
fn lists_come_in_and_go_out_and_add_nothing_twice() {
    let p = clinic();
    // As a spreadsheet of another country writes it.
    let list = "\u{feff}Name;Birth year;Gender;Village;Phone\r\nNila Devi;1988;female;Pokhara;'+977 98\r\n\
                \"Rana; Omar\";;;;\r\n;;;;\r\n'=SUM(A1);1950;male;Kaski;\r\n";
    fs::write(p.path("people.csv"), list).unwrap();
    let took = good(nila(&p, &["--json", "csv", "import-patients", "people.csv"]));
    assert_eq!(took, json!({ "read": 3, "new": 3 }));
    let again = good(nila(&p, &["--json", "csv", "import-patients", "people.csv"]));
    assert_eq!(again, json!({ "read": 3, "new": 0 }));
    good(nila(&p, &["--json", "csv", "patients", "--all", "--out", "out.csv"]));
    let text = fs::read_to_string(p.path("out.csv")).unwrap();
    assert!(text.contains(",'=SUM(A1),1950,") && text.contains(",'+977 98,"), "no formula runs: {text}");
    assert_eq!(fs::metadata(p.path("out.csv")).unwrap().permissions().mode() & 0o777, 0o600);
    nila(&p, &["csv", "patients", "--all", "--out", "out.csv"]).failed(2, "exists already");
    assert_eq!(good(nila(&p, &["--json", "csv", "import-patients", "out.csv"]))["new"], 0);

    // Nothing is taken when a line can't be; each such line is named.
    fs::write(
        p.path("bad.csv"),
        "name,birth_year,gender\nAna,1990,\nBela,18,\nCora,1990,f\nNila Devy,1988,female\n",
    )
    .unwrap();
    let s = nila(&p, &["csv", "import-patients", "bad.csv"]);
    assert!(
        s.err.contains("bad.csv: line 3: ") && s.err.contains("bad.csv: line 4: gender 'f'"),
        "{}",
        s.err
    );
    s.failed(10, "2 lines can't be taken: nothing of it was");
    fs::write(p.path("likely.csv"), "name,birth_year,gender,village\nNila Devy,1988,female,Pokhara\n")
        .unwrap();
    nila(&p, &["csv", "import-patients", "likely.csv"]).failed(10, "line 2: likely Nila Devi");
    assert_eq!(good(nila(&p, &["--json", "patient", "list"])).as_array().unwrap().len(), 3);
    fs::write(p.path("latin.csv"), b"name\nAna\nB\xe9la\n").unwrap();
    nila(&p, &["csv", "import-patients", "latin.csv"]).failed(10, "line 3 is not UTF-8 text");

    let id = good(nila(&p, &["--json", "patient", "list", "nila"]))[0]["id"].as_str().unwrap().to_string();
    let visits = format!(
        "patient,when,reason,temperature,systolic,diastolic,note\n\
         {id},2020-03-01 09:30,-cough,\"38,5\",120,80,\"two\nlines\"\n{id},2021-03-01,fever,,,,\n"
    );
    fs::write(p.path("visits.csv"), visits).unwrap();
    let took = good(nila(&p, &["--json", "csv", "import-visits", "visits.csv"]));
    assert_eq!(took, json!({ "read": 2, "new": 2 }));
    good(nila(&p, &["--json", "csv", "visits", &id, "--out", "back.csv"]));
    assert_eq!(good(nila(&p, &["--json", "csv", "import-visits", "back.csv"]))["new"], 0);
    let chart = good(nila(&p, &["--json", "patient", "show", &id]));
    assert_eq!(chart["visits"][1]["at"], 1_583_055_000_000u64);
    assert_eq!(
        (&chart["visits"][1]["reason"], &chart["visits"][1]["note"]),
        (&json!("-cough"), &json!("two\nlines"))
    );
    fs::write(
        p.path("worse.csv"),
        format!("patient,when,reason,weight\n{id},2020-01-01,x,6000\n{id},2999-01-01,x,\n"),
    )
    .unwrap();
    let s = nila(&p, &["csv", "import-visits", "worse.csv"]);
    assert!(
        s.err.contains("line 2: Weight: 6000 kg is not possible") && s.err.contains("line 3: when"),
        "{}",
        s.err
    );

    // What left as a list is told apart from what was read on the screen.
    good(nila(&p, &["--json", "csv", "accesses", &id, "--out", "who.csv"]));
    let who = fs::read_to_string(p.path("who.csv")).unwrap();
    let left = who.lines().filter(|l| l.contains(",allowed,") && l.contains(",yes,")).count();
    assert_eq!(left, 2, "two lists: {who}");
    p.run_as("a", "amina", &["csv", "patients", "--all", "--out", "no.csv"]).failed(3, "not allowed");
    assert!(!p.path("no.csv").exists());
}

#[test]
fn paper_as_pdf_and_on_the_printer() {
    let p = clinic();
    let register = ["--json", "patient", "register", "Nila Иван محمد", "--born", "1988"];
    let id = good(nila(&p, &register)).as_str().unwrap().to_string();
    nila(&p, &["print", "visit", &id, "--pdf", "v.pdf"]).failed(2, "no such visit");
    let visit = [
        "patient",
        "visit",
        &id,
        "--reason",
        "cough",
        "--note",
        "rest\nwater",
        "--measured",
        "temperature=39.4",
    ];
    assert_eq!(nila(&p, &visit).code, 0);
    let is_pdf = |name: &str| {
        let bytes = fs::read(p.path(name)).unwrap();
        assert!(bytes.starts_with(b"%PDF-"), "{name}");
        assert_eq!(fs::metadata(p.path(name)).unwrap().permissions().mode() & 0o777, 0o600);
    };
    assert_eq!(nila(&p, &["print", "visit", &id, "--pdf", "v.pdf"]).code, 0);
    is_pdf("v.pdf");
    let referral = ["print", "referral", &id, "--for", "Bela Hospital", "--reason", "x-ray"];
    assert_eq!(nila(&p, &[&referral[..], &["--pdf", "r.pdf"]].concat()).code, 0);
    is_pdf("r.pdf");
    let nowhere = nila(&p, &referral);
    assert!(nowhere.code == 2 && nowhere.err.contains("required"), "{}", nowhere.err);
    // Each paper was put on the ledger as an export.
    let consent = good(nila(&p, &["--json", "consent", "show", &id]));
    let left = consent["accesses"].as_array().unwrap().iter().filter(|a| a["exported"] == true).count();
    assert_eq!(left, 3, "two papers, and a visit that wasn't there");
    p.run_as("a", "amina", &["print", "visit", &id, "--pdf", "no.pdf"]).failed(3, "not allowed");

    // The system's printing gets the same bytes; what it says when it refuses is passed on.
    let lp = |script: &str| {
        let bin = p.path("bin");
        fs::create_dir_all(&bin).unwrap();
        let mut f = fs::File::create(bin.join("lp")).unwrap();
        f.write_all(script.as_bytes()).unwrap();
        fs::set_permissions(bin.join("lp"), fs::Permissions::from_mode(0o755)).unwrap();
    };
    let printed = |more: &[&str]| {
        let args = [&["print", "visit", &id, "--printer"][..], more].concat();
        let mut c = p.command_as("a", "nila", &args);
        c.env("PATH", format!("{}:{}", p.text("bin"), std::env::var("PATH").unwrap()));
        crate::support::said(c.output().unwrap())
    };
    lp(&format!("#!/bin/sh\necho \"$@\" > {0}/args\ncat > {0}/printed.pdf\n", p.dir.path().display()));
    assert_eq!(printed(&["desk"]).code, 0);
    assert!(fs::read(p.path("printed.pdf")).unwrap().starts_with(b"%PDF-"));
    assert_eq!(fs::read_to_string(p.path("args")).unwrap().trim(), "-d desk -t Aidpost -- -");
    lp("#!/bin/sh\ncat > /dev/null\necho 'lp: no default destination' >&2\nexit 1\n");
    printed(&[]).failed(1, "lp: no default destination");
}
