//! The command line: founding, joining, and one clear line with an exit code for whatever goes wrong.

use std::{fs, process::Command};

use crate::support::{BIN, Place, said};

#[test]
fn the_story_plays_and_its_files_show_no_name() {
    let p = Place::new();
    let folder = p.text("demo");
    let s = p.run("unused", &["demo", "--folder", &folder]);
    assert_eq!(s.code, 0, "{}\n{}", s.out, s.err);
    for step in 1..=8 {
        assert!(s.out.contains(&format!("step {step}  ")), "{}", s.out);
    }
    assert!(s.out.contains("All 8 steps went as told"));

    // Names that the story wrote, in no file of any terminal, nor in the bundles on the stick.
    let names = [
        "Meera",
        "Devi",
        "Kothapalli",
        "080-555",
        "paracetamol",
        "Paracetamol",
        "ankle",
        "Nila",
        "Rao",
        "Aruna",
        "Bela",
        "Omar",
        "Okoye",
        "Tomas",
        "Valley",
        "nila",
        "amina",
    ];
    let mut seen = 0;
    for place in ["clinic/store", "clinic/slots", "hospital/store", "outreach/store"] {
        let path = p.path("demo").join(place);
        let strings = Command::new("strings").args(["-n", "3"]).arg(&path).output();
        let text = match strings {
            Ok(o) => String::from_utf8_lossy(&o.stdout).into_owned(),
            // Without binutils the raw bytes serve as well.
            Err(_) => String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned(),
        };
        seen += text.len();
        for n in names {
            // Three-letter runs appear in random bytes; whole names don't.
            assert!(n.len() < 4 || !text.contains(n), "{place} shows '{n}'");
        }
    }
    assert!(seen > 1_000, "something was read");

    // Played again over its own folder; refused over somebody else's.
    fs::write(p.path("precious"), "data").unwrap();
    fs::create_dir(p.path("mine")).unwrap();
    fs::write(p.path("mine").join("letter"), "dear").unwrap();
    p.run("unused", &["demo", "--folder", &p.text("mine")]).failed(2, "something else than a demonstration");
    assert!(p.path("mine").join("letter").exists());
}

#[test]
fn found_join_admit_certify_and_meet() {
    let p = Place::new();
    p.found("a");
    let node = Running::start(&p, "a");
    let s = p.run_as("a", "amina", &["org", "invite", "invite.txt"]);
    assert_eq!(s.code, 0, "{}", s.err);

    // A new organisation.
    let s = p.run_as(
        "b",
        "bela",
        &["join", "invite.txt", "--org", "Bela Hospital", "--kind", "hospital", "--request", "b.txt"],
    );
    assert_eq!(s.code, 0, "{}", s.err);
    p.run_as("b", "bela", &["sync"]).failed(5, "let its organisation admit");
    p.run_as("a", "amina", &["org", "admit", "b.txt"]).failed(2, "give --yes in a script");
    let s = p.run_as("a", "amina", &["org", "admit", "b.txt", "--yes"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let s = p.run_as("b", "bela", &["sync"]);
    assert_eq!(s.code, 0, "{}", s.err);
    assert!(s.err.contains("Signed in as Admin"), "{}", s.err);

    // A second terminal of the first organisation.
    let s = p.run_as("a2", "omar", &["join", "invite.txt", "--name", "Omar", "--request", "a2.txt"]);
    assert_eq!(s.code, 0, "{}", s.err);
    p.run_as("a", "amina", &["org", "admit", "a2.txt", "--yes"]).failed(10, "certify it instead");
    let s = p.run_as("a", "amina", &["device", "certify", "a2.txt", "cert.txt", "--yes"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let s = p.run_as("a2", "omar", &["join", "cert.txt"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let s = p.run_as("a2", "omar", &["sync"]);
    assert_eq!(s.code, 0, "{}", s.err);
    assert!(s.err.contains("Signed in as Omar"), "{}", s.err);

    // The hospital invites a terminal of its own: nobody else has to be met for it.
    let hospital = Running::start_as(&p, "b", "bela");
    let s = p.run_as("b", "bela", &["org", "invite", "b-invite.txt"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let s = p.run_as("b2", "dora", &["join", "b-invite.txt", "--role", "clinician", "--request", "b2.txt"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let s = p.run_as("b", "bela", &["device", "certify", "b2.txt", "b-cert.txt", "--yes"]);
    assert_eq!(s.code, 0, "{}", s.err);
    assert_eq!(p.run_as("b2", "dora", &["join", "b-cert.txt"]).code, 0);
    let s = p.run_as("b2", "dora", &["sync"]);
    assert_eq!(s.code, 0, "{}", s.err);
    drop(hospital);

    // A stick, and that everything is whole.
    // The hospital hears of the clinic's second terminal first: a bundle is sealed to those who are known.
    let s = p.run_as("b", "bela", &["sync"]);
    assert_eq!(s.code, 0, "{}", s.err);
    fs::create_dir(p.path("stick")).unwrap();
    let s = p.run_as("b", "bela", &["sync", "--until-safe", "--within", "2"]);
    assert!(s.code == 0 && s.out.contains("with another terminal too"), "{}{}", s.out, s.err);
    let s = p.run_as("b", "bela", &["courier", "out", "stick"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let s = p.run_as("a2", "omar", &["courier", "in", "stick"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let s = p.run_as("a2", "omar", &["verify", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&s.out).unwrap();
    assert_eq!(report["damage"], serde_json::json!([]));
    assert!(report["blocks"].as_u64().unwrap() > 5);
    let s = p.run("a", &["status", "--json"]);
    let status: serde_json::Value = serde_json::from_str(&s.out).unwrap();
    assert_eq!(status["open"]["org"], "Aruna Clinic");
    drop(node);
    let s = p.run("a", &["status"]);
    assert!(s.out.contains("sealed"), "{}", s.out);
}

/// `aidpost node` in the background, until dropped.
pub(crate) struct Running(std::process::Child);

impl Running {
    pub(crate) fn start(p: &Place, site: &str) -> Self {
        Self::start_as(p, site, "amina")
    }

    fn start_as(p: &Place, site: &str, login: &str) -> Self {
        let child = p
            .command_as(site, login, &["node", "--unsealed"])
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap();
        let started = std::time::Instant::now();
        while !p.path(site).join("node.sock").exists() {
            assert!(started.elapsed().as_secs() < 60, "the node did not start");
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        Self(child)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Stopped as a service manager would.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

#[test]
fn one_clear_line_and_a_code_for_whatever_goes_wrong() {
    let p = Place::new();
    p.run("none", &["status"]).failed(11, "run 'aidpost init' or 'aidpost join' first");
    p.run("none", &[]).failed(11, "run 'aidpost init'");
    p.run("a", &["init", "--consortium", "V", "--org", "A"]).failed(2, "--login");
    fs::write(p.path("short.pass"), "short\n").unwrap();
    let short = p.text("short.pass");
    p.run("a", &["--login", "x", "--passphrase-file", &short, "init", "--consortium", "V", "--org", "A"])
        .failed(2, "too short");
    assert!(!p.path("a").join("store").exists(), "nothing half made is left behind");
    p.run_as("a", "x", &["init", "--consortium", "V", "--org", "A", "--device", ""])
        .failed(2, "terminal's name");

    p.found("a");
    p.run_as("a", "amina", &["init", "--consortium", "V", "--org", "A"]).failed(2, "choose another folder");
    // Wrong passphrase, and nothing lost by it.
    fs::write(p.path("wrong.pass"), "not the passphrase\n").unwrap();
    let wrong = p.text("wrong.pass");
    p.run("a", &["--login", "amina", "--passphrase-file", &wrong, "staff", "list"])
        .failed(3, "wrong name or passphrase");
    p.run_as("a", "nobody", &["staff", "list"]).failed(3, "wrong name or passphrase");
    p.run("a", &["--login", "amina", "--passphrase-file", "/nowhere", "staff", "list"])
        .failed(11, "passphrase file");
    let s = p.run_as("a", "amina", &["staff", "list"]);
    assert_eq!(s.code, 0, "{}", s.err);

    // Missing and corrupt weights, missing camera.
    let enrol = |models: &str, camera: &str| {
        let pass = p.passphrase("amina");
        let args =
            ["--login", "amina", "--passphrase-file", &pass, "--camera", camera, "face", "enrol", "Admin"];
        said(p.command("a", &args).env("AIDPOST_MODELS", models).output().unwrap())
    };
    enrol(crate::support::MODELS, "/dev/video99").failed(5, "no camera at /dev/video99");
    enrol(crate::support::MODELS, "/dev/null").failed(5, "/dev/null is not a camera");
    enrol(crate::support::MODELS, "none").failed(5, "no camera is set up");
    // The passphrase works all the same.
    let s = p.run_as("a", "amina", &["--camera", "/dev/video99", "staff", "list"]);
    assert_eq!(s.code, 0, "{}", s.err);
    if !fs::read_dir("/dev").unwrap().any(|e| e.unwrap().file_name().to_string_lossy().starts_with("video")) {
        p.run("a", &["face", "cameras"]).failed(5, "no camera: plug one in");
    }
    enrol(crate::support::MODELS, &format!("frames:{}", p.text("a"))).failed(2, "only in a demonstration");
    // Weights are looked at when a camera is there: the story has one.
    let story = |models: &str| {
        let mut c = p.command("unused", &["demo", "--folder", &p.text("d")]);
        said(c.env("AIDPOST_MODELS", models).output().unwrap())
    };
    fs::create_dir(p.path("bad")).unwrap();
    story(&p.text("bad")).failed(4, "scripts/convert-models");
    for f in ["sface.safetensors", "yunet.safetensors"] {
        let mut bytes = fs::read(format!("{}/{f}", crate::support::MODELS)).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        fs::write(p.path("bad").join(f), bytes).unwrap();
    }
    story(&p.text("bad")).failed(4, "damaged");

    // Foreign files where ours are wanted.
    fs::write(p.path("letter.txt"), "dear colleague").unwrap();
    p.run_as("b", "bela", &["join", "letter.txt"]).failed(10, "an invitation");
    p.run_as("b", "bela", &["join", "missing.txt"]).failed(11, "check the file's name");
    p.run_as("a", "amina", &["org", "admit", "letter.txt"]).failed(10, "a join request");
    p.run_as("a", "amina", &["sync", "--ticket", "nonsense"]).failed(2, "not a ticket");
    p.run_as("a", "amina", &["sync", "--until-safe"]).failed(5, "courier out");
    p.run_as("a", "amina", &["device", "lost", "nowhere"]).failed(2, "choose one of ");
    p.run_as("a", "amina", &["courier", "in", "/nowhere"]).failed(11, "check that the stick is there");
    assert_eq!(p.run("a", &["no-such-command"]).code, 2);
}

#[test]
fn a_locked_database_and_an_unwritable_folder() {
    let p = Place::new();
    p.found("a");
    let held = fs::File::open(p.path("a").join("store")).unwrap();
    held.lock().unwrap();
    p.run_as("a", "amina", &["staff", "list"]).failed(6, "in use by another Aidpost");
    held.unlock().unwrap();
    assert_eq!(p.run_as("a", "amina", &["staff", "list"]).code, 0);

    // Root may write anywhere, but not below a file.
    fs::write(p.path("file"), "").unwrap();
    p.run_as("file/below", "amina", &["init", "--consortium", "V", "--org", "A"])
        .failed(11, "check the folder's permissions");
}

#[test]
fn a_damaged_page_is_named() {
    let p = Place::new();
    p.found("a");
    let path = p.path("a").join("store");
    let good = fs::read(&path).unwrap();
    // Where the pages lie: `src/store/pages.rs`. One that nothing refers to any more may be damaged without harm.
    let pages = (20_480..good.len()).step_by(4_136).filter(|at| good[*at..].iter().take(64).any(|b| *b != 0));
    let named = pages.map(|at| at + 100).find_map(|at| {
        let mut bad = good.clone();
        bad[at] ^= 1;
        fs::write(&path, &bad).unwrap();
        let s = p.run_as("a", "amina", &["verify"]);
        assert!(s.code == 4 || s.code == 0, "{}", s.err);
        (s.code == 4).then_some((at, s))
    });
    let (at, s) = named.expect("some page is in use");
    let page = format!("page {} of the database is damaged (bytes", (at - 20_480) / 4_136 + 1);
    assert!(s.out.contains(&page), "{}", s.out);
    fs::write(&path, &good).unwrap();
    assert_eq!(p.run_as("a", "amina", &["verify"]).code, 0);
}

#[test]
fn help_names_every_command_with_an_example() {
    let help = |args: &[&str]| said(Command::new(BIN).args(args).arg("--help").output().unwrap()).out;
    let main = help(&[]);
    for c in [
        "init", "join", "org", "device", "staff", "slots", "face", "node", "status", "seal", "rotate",
        "sync", "courier", "verify", "backup", "restore", "demo",
    ] {
        assert!(main.contains(&format!("  {c} ")), "{c} is not in: {main}");
        assert!(!help(&[c]).is_empty());
    }
    assert!(main.contains("Exit codes: 0 done"));
}

/// The 64 hex digits in a text.
fn digits(text: &str) -> String {
    let hex = |w: &&str| w.len() == 64 && w.chars().all(|c| c.is_ascii_hexdigit());
    text.split(|c: char| !c.is_ascii_alphanumeric()).find(hex).unwrap().to_string()
}

#[test]
fn a_block_is_proven_to_someone_who_has_only_the_fingerprint() {
    let p = Place::new();
    p.found("site");
    // Admins don't record consents: a nurse does.
    let pass = p.passphrase("nila");
    let add = ["staff", "add", "nila", "--name", "Nila", "--new-passphrase-file", &pass];
    assert_eq!(p.run_as("site", "amina", &add).code, 0);
    let (patient, org) = ("ab".repeat(16), "cd".repeat(16));
    let s = p.run_as("site", "nila", &["consent", "stop", &patient, &org]);
    assert_eq!(s.code, 0, "{}", s.err);
    let block = digits(&s.out);
    let file = p.text("proof");
    let s = p.run_as("site", "nila", &["prove", &block, "--out", &file]);
    assert_eq!(s.code, 0, "{}", s.err);
    // No store, no login: only the file.
    let wrong = "00".repeat(32);
    let other = p.run("nowhere", &["verify", "--proof", &file, "--consortium", &wrong]);
    other.failed(10, "another consortium");
    let fingerprint = digits(&other.err);
    let s = p.run("nowhere", &["verify", "--proof", &file, "--consortium", &fingerprint]);
    assert_eq!(s.code, 0, "{}", s.err);
    assert!(s.out.contains(&block) && s.out.contains("cosigned by 1 of 1"), "{}", s.out);
    assert_eq!(p.run("nowhere", &["verify", "--proof", &file]).code, 2);
    std::fs::write(p.path("proof"), b"something else").unwrap();
    p.run("nowhere", &["verify", "--proof", &file, "--consortium", &fingerprint]).failed(10, "not a proof");
    p.run_as("site", "nila", &["prove", &wrong]).failed(2, "no such block");
}

#[test]
fn policy_and_consent_are_asked_without_doing_anything() {
    let p = Place::new();
    p.found("site");
    let pass = p.passphrase("nila");
    let add = ["staff", "add", "nila", "--name", "Nila", "--new-passphrase-file", &pass];
    assert_eq!(p.run_as("site", "amina", &add).code, 0);
    let patient = "ab".repeat(16);
    let s = p.run_as("site", "nila", &["consent", "check", &patient, "--role", "nurse"]);
    assert!(s.out.starts_with("Allowed:"), "{}{}", s.out, s.err);
    let s =
        p.run_as("site", "nila", &["consent", "check", &patient, "--role", "insurer", "--action", "claim"]);
    assert!(s.out.starts_with("Not allowed:"), "{}{}", s.out, s.err);
    p.run_as("site", "nila", &["consent", "check", &patient, "--role", "cook"]).failed(2, "is not a role");
    std::fs::write(p.path("bad.cedar"), "permit (principal").unwrap();
    p.run("site", &["org", "policy", &p.text("bad.cedar"), "--check"]).failed(10, "does not parse");
    // Alone in its consortium, the organisation decides at once; everyone reads by the new policy.
    std::fs::write(p.path("none.cedar"), "forbid (principal, action, resource);").unwrap();
    p.run("site", &["org", "policy", &p.text("none.cedar"), "--check"])
        .failed(10, "nobody could change it again");
    let few = "permit (principal, action == Aidpost::Action::\"consent\", resource);
        permit (principal == Aidpost::Role::\"admin\", action == Aidpost::Action::\"administer\", resource);";
    std::fs::write(p.path("few.cedar"), few).unwrap();
    let s = p.run_as("site", "amina", &["org", "policy", &p.text("few.cedar")]);
    assert_eq!(s.code, 0, "{}", s.err);
    let s = p.run_as("site", "nila", &["consent", "check", &patient, "--role", "nurse"]);
    assert!(s.out.starts_with("Not allowed:"), "{}{}", s.out, s.err);
}
