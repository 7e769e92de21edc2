//! `docs/json.md` beside the program: every command has its line there, and every field that a command prints here is named in
//! it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use clap::CommandFactory;
use serde_json::Value;

use crate::support::Place;

/// Commands without JSON.
const NONE: [&str; 2] = ["node", "completions"];
/// Fields whose names are data, or shapes of what a clinic wrote: not walked into.
const DATA: [&str; 4] = ["to", "by", "records", "refused_for"];

/// Types of `src/node/api` that commands print, and the command or shape under which the page names each of their fields.
const PRINTED: [(&str, &str); 69] = [
    ("AccessRow", "access"),
    ("AnswerRow", "consent requests"),
    ("ArchiveDone", "archive run"),
    ("ArchivePlan", "plan"),
    ("AttachmentRow", "attachment"),
    ("AuditRow", "audit list"),
    ("BackedUp", "backup"),
    ("BlockRow", "ledger show"),
    ("CardGranted", "consent grant"),
    ("CardIssued", "card issue"),
    ("CardRead", "card read"),
    ("CardRow", "card"),
    ("Carried", "carried"),
    ("Chart", "chart"),
    ("Check", "doctor"),
    ("CheckAnswer", "consent check"),
    ("ClaimView", "share claim"),
    ("ClockRow", "ledger show"),
    ("ConflictRow", "versions"),
    ("ConsentView", "consent show"),
    ("CountsTable", "share counts"),
    ("DifferenceRow", "versions"),
    ("DoubtRow", "ledger show"),
    ("DueRow", "patient rows"),
    ("DuplicateRow", "likely"),
    ("EmergencyChart", "emergency open"),
    ("EmergencyRow", "emergency"),
    ("Enrolled", "face enrol"),
    ("ErasureRow", "erase list"),
    ("Exported", "export"),
    ("ExtractFile", "share extract"),
    ("FaceStatus", "status"),
    ("GapRow", "ledger show"),
    ("GrantRow", "consent show"),
    ("GuardianRow", "chart"),
    ("HoldRow", "archive holds"),
    ("ImportCounts", "import"),
    ("ItemRow", "items"),
    ("KindCount", "import"),
    ("LedgerView", "ledger show"),
    ("LinkPolicy", "link"),
    ("LinkedRow", "chart"),
    ("LogRow", "ledger show"),
    ("LostLog", "device lost"),
    ("LostView", "device lost"),
    ("Met", "sync"),
    ("OpenStatus", "status"),
    ("OrgKit", "org kit"),
    ("PatientRow", "patient rows"),
    ("PeerRow", "status"),
    ("PersonHere", "status"),
    ("ProposalRow", "org proposals"),
    ("RefusedRow", "status"),
    ("RequestRow", "consent requests"),
    ("RetentionView", "archive schedule"),
    ("ReviewRow", "emergency"),
    ("Saved", "saved"),
    ("ScheduleRow", "archive schedule"),
    ("SeriesRow", "plan"),
    ("Shelved", "chart"),
    ("SlotRow", "slots list"),
    ("StaffRow", "staff list"),
    ("Status", "status"),
    ("StruckRow", "chart"),
    ("SummaryRow", "summaries"),
    ("TrustView", "ledger show"),
    ("VerifyReport", "verify"),
    ("VersionRow", "versions"),
    ("VisitRow", "visits"),
];
/// The others: what is asked, and what the workstation alone is told.
const NOT_PRINTED: [&str; 34] = [
    "AuditAsk",
    "AuditPart",
    "CameraPolicy",
    "CardLook",
    "Changes",
    "CheckAsk",
    "Checking",
    "ConsortiumView",
    "Correction",
    "EnrolLook",
    "Fault",
    "FormDraft",
    "GrantAsk",
    "InvitationView",
    "Joiner",
    "Layout",
    "Look",
    "Measured",
    "MemberRow",
    "MeshView",
    "OwnRecord",
    "PaperLook",
    "PatientPage",
    "Preview",
    "Prompt",
    "RequestAsk",
    "ReviewAsk",
    "ShareAsk",
    "SummaryDraft",
    "Took",
    "VisitDraft",
    "Welcomed",
    "Who",
    "Working",
];

/// What the page says: of a command or shape, the words between backticks and the shapes that it names.
struct Page(BTreeMap<String, String>);

fn quoted<'a>(text: &'a str, mark: &str) -> Vec<&'a str> {
    text.split(mark).skip(1).step_by(2).collect()
}

impl Page {
    fn read() -> Self {
        let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/json.md")).unwrap();
        let mut all = BTreeMap::new();
        let mut section: Option<String> = None;
        for line in text.lines() {
            if let Some(title) = line.strip_prefix("## ") {
                section = quoted(title, "`").first().map(|c| c.trim_start_matches("aidpost ").to_owned());
            }
            if let Some(command) = &section {
                all.entry(command.clone()).or_insert_with(String::new).push_str(line);
                continue;
            }
            let Some((names, fields)) = line.strip_prefix("| ").and_then(|l| l.split_once(" | ")) else {
                continue;
            };
            for name in quoted(names, "`").into_iter().chain(quoted(names, "**")) {
                all.insert(name.to_owned(), fields.to_owned());
            }
        }
        Self(all)
    }

    /// Every field that may stand in what a command prints.
    fn fields(&self, name: &str) -> BTreeSet<&str> {
        let (mut out, mut seen, mut todo) = (BTreeSet::new(), BTreeSet::new(), vec![name]);
        while let Some(name) = todo.pop().filter(|n| seen.insert(*n)) {
            let text = self.0.get(name).unwrap_or_else(|| panic!("docs/json.md has no '{name}'"));
            out.extend(quoted(text, "`").into_iter().flat_map(|q| q.split('.')));
            todo.extend(quoted(text, "**"));
        }
        out
    }
}

/// The types with named fields in the files of `src/node/api`, each with the fields that it is written with.
fn types() -> BTreeMap<String, Vec<String>> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/node/api");
    let mut all = BTreeMap::new();
    for file in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(file.unwrap().path()).unwrap();
        for part in text.split("\npub struct ").skip(1) {
            let Some((name, rest)) = part.split_once(" {\n") else { continue };
            if name.contains('(') {
                continue;
            }
            let body = rest.split("\n}").next().unwrap();
            let named = body.lines().filter_map(|l| l.strip_prefix("    pub ")?.split_once(':'));
            let name = name.split('<').next().unwrap().to_owned();
            all.insert(name, named.map(|(f, _)| f.to_owned()).collect());
        }
    }
    all
}

#[test]
fn every_field_of_what_commands_print_is_named() {
    let (page, types) = (Page::read(), types());
    let printed: BTreeMap<&str, &str> = PRINTED.into_iter().collect();
    assert_eq!(printed.len(), PRINTED.len());
    let known: BTreeSet<&str> = printed.keys().copied().chain(NOT_PRINTED).collect();
    let all: BTreeSet<&str> = types.keys().map(String::as_str).collect();
    assert_eq!(known, all, "say here whether a command prints it, and under which name of docs/json.md");
    let mut lacking = Vec::new();
    for (name, at) in printed {
        // By its own line, not by another shape that has a field of the same name.
        let text = page.0.get(at).unwrap_or_else(|| panic!("docs/json.md has no '{at}'"));
        let named: BTreeSet<&str> = quoted(text, "`").into_iter().flat_map(|q| q.split('.')).collect();
        let unknown = types[name].iter().filter(|f| !named.contains(f.as_str()));
        lacking.extend(unknown.map(|f| format!("{at}: {f} ({name})")));
    }
    assert!(lacking.is_empty(), "docs/json.md does not name {lacking:#?}");
}

fn leaves(c: &clap::Command, path: &str, out: &mut Vec<String>) {
    for sub in c.get_subcommands().filter(|s| s.get_name() != "help") {
        let path = format!("{path} {}", sub.get_name()).trim().to_owned();
        match sub.get_subcommands().next() {
            Some(_) => leaves(sub, &path, out),
            None => out.push(path),
        }
    }
}

#[test]
fn every_command_has_its_line() {
    let page = Page::read();
    let mut all = Vec::new();
    leaves(&aidpost::cli::Cli::command(), "", &mut all);
    let lacking: Vec<&String> =
        all.iter().filter(|c| !NONE.contains(&c.as_str()) && !page.0.contains_key(*c)).collect();
    assert!(lacking.is_empty(), "docs/json.md says nothing of {lacking:?}");
    // Nothing is described that there isn't, and every shape is there.
    for name in page.0.keys() {
        page.fields(name);
    }
}

fn keys(v: &Value, out: &mut BTreeSet<String>) {
    match v {
        Value::Array(all) => all.iter().for_each(|v| keys(v, out)),
        Value::Object(all) => {
            for (k, v) in all {
                out.insert(k.clone());
                if !DATA.contains(&k.as_str()) {
                    keys(v, out);
                }
            }
        }
        _ => {}
    }
}

/// A terminal whose commands are asked for JSON.
struct Asked {
    p: Place,
    page: Page,
    tried: BTreeSet<String>,
}

impl Asked {
    fn over(&mut self, site: &str, login: &str, command: &str, rest: &[&str]) -> Value {
        let args: Vec<&str> = command.split(' ').chain(rest.iter().copied()).chain(["--json"]).collect();
        let s = self.p.run_as(site, login, &args);
        assert_eq!(s.code, 0, "{args:?}: {}", s.err);
        let v: Value = serde_json::from_str(&s.out).unwrap_or_else(|e| panic!("{args:?}: {e}: {}", s.out));
        let (mut printed, known) = (BTreeSet::new(), self.page.fields(command));
        keys(&v, &mut printed);
        let unknown: Vec<&String> = printed.iter().filter(|k| !known.contains(k.as_str())).collect();
        assert!(unknown.is_empty(), "docs/json.md does not name {unknown:?} of '{command}': {v}");
        self.tried.insert(command.to_owned());
        v
    }

    fn amina(&mut self, command: &str, rest: &[&str]) -> Value {
        self.over("a", "amina", command, rest)
    }

    fn nila(&mut self, command: &str, rest: &[&str]) -> Value {
        self.over("a", "nila", command, rest)
    }
}

fn text(v: &Value, field: &str) -> String {
    v[field].as_str().unwrap_or_else(|| panic!("{field} in {v}")).to_owned()
}

#[test]
fn every_field_that_is_printed_is_named() {
    let mut a = Asked { p: Place::new(), page: Page::read(), tried: BTreeSet::new() };
    let v = a.amina("init", &["--consortium", "Valley", "--org", "Aruna"]);
    assert_eq!(v["org"], "Aruna");
    let pass = a.p.passphrase("nila");
    a.amina("staff add", &["nila", "--name", "Nila", "--role", "nurse", "--new-passphrase-file", &pass]);
    let other = a.p.passphrase("omar");
    let omar = a.amina("staff add", &["omar", "--name", "Omar", "--new-passphrase-file", &other]);
    a.amina("staff reset", &["omar", "--new-passphrase-file", &other]);
    for command in
        ["status", "staff list", "slots list", "link", "org list", "org proposals", "org kit", "seal"]
    {
        a.amina(command, &[]);
    }
    a.amina("staff suspend", &[&text(&omar, "staff")]);
    a.amina("support-bundle", &["support.tar"]);
    a.amina("man", &["man"]);
    a.amina("org policy", &[]);

    // Patients, and what a clinic writes of them.
    let register = |a: &mut Asked, name: &str| {
        let v = a.nila("patient register", &[name, "--born", "1990", "--village", "Gola", "--anyway"]);
        v.as_str().unwrap().to_owned()
    };
    let (id, twin) = (register(&mut a, "Meera Devi"), register(&mut a, "Mira Devi"));
    a.nila(
        "patient visit",
        &[
            &id,
            "--reason",
            "fever",
            "--measured",
            "temperature=38.5",
            "--medicine",
            "paracetamol",
            "--next",
            "14d",
        ],
    );
    a.nila("patient edit", &[&id, "--village", "Tala"]);
    let record = text(&a.nila("patient show", &[&id])["visits"][0], "record");
    a.nila("patient strike", &[&id, &record, "--because", "wrong patient"]);
    a.nila("patient show", &[&id]);
    a.nila("patient unstrike", &[&id, &record]);
    a.nila("patient history", &[&id, &record]);
    fs::write(a.p.path("letter.txt"), "dear colleague\n").unwrap();
    a.nila("patient attach", &[&id, "letter.txt"]);
    let file = text(&a.nila("patient show", &[&id])["attachments"][0], "record");
    a.nila("patient attachment", &[&id, &file, "--out", "back.txt"]);
    for command in
        ["patient list", "patient due", "patient conflicts", "patient duplicates", "consent requests"]
    {
        a.nila(command, &[]);
    }
    a.nila("patient duplicates", &[&id]);
    a.nila("patient link", &[&id, &twin, "--reason", "same person"]);
    a.nila("export", &[&id, "--out", "out"]);
    a.nila("csv patients", &["--all", "--out", "p.csv"]);
    a.nila("csv import-patients", &["p.csv"]);
    a.nila("import", &["out"]);
    a.nila("print visit", &[&id, "--pdf", "v.pdf"]);

    // Rights.
    a.nila("consent show", &[&id]);
    a.nila("consent check", &[&id, "--role", "nurse"]);
    a.nila("consent opt-out", &[&id]);
    a.nila("consent opt-in", &[&id]);
    a.nila("emergency set", &[&id, "--allergy", "penicillin"]);
    a.nila("emergency show", &[&id]);
    fs::write(a.p.path("pin"), "482915\n").unwrap();
    a.nila("card issue", &[&id, "--png", "card.png", "--pin-file", "pin"]);
    a.nila("card show", &[&id]);
    a.nila("card revoke", &[&id, "--yes"]);
    for command in ["audit reviews", "archive schedule", "archive plan", "archive holds", "erase list"] {
        a.amina(command, &[]);
    }
    a.amina("archive hold", &[&id, "--reason", "court"]);
    a.amina("archive holds", &[]);

    // Ledger, backups, a second terminal.
    let block = text(&a.amina("ledger show", &["--blocks", "5"])["blocks"][0], "id");
    assert!(!block.is_empty());
    a.amina("backup", &["monday"]);
    a.amina("restore", &["monday", "--drill"]);
    a.amina("verify", &[]);
    a.amina("org invite", &["invite.txt"]);
    a.over("b", "bela", "join", &["invite.txt", "--device", "tablet"]);
    a.amina("device certify", &["request.txt", "--yes"]);
    a.over("b", "bela", "join", &["certificate.txt"]);
    a.amina("courier out", &["."]);
    a.amina("device lost", &["tablet"]);
    a.amina("rotate", &[]);
    assert!(a.tried.len() > 50, "only {}: {:?}", a.tried.len(), a.tried);
}
