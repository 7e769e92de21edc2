//! Planted names, PINs, passphrases, codes and keys are nowhere they must not be: not in files, not in backups, not in logs at
//! trace level, and not in the memory of a node that was sealed.
//!
//! Reading another process's memory needs root: that test is run by `scripts/memory-check`.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use aidpost::{
    core::{
        id::{PatientId, StaffId},
        policy::Purpose,
        record::{Gender, Patient},
    },
    node::{
        api::{ClinicClient, Passphrase, Pin, Since, VisitDraft},
        device::Device,
        server,
    },
    store::Db,
    vault::{kit, slots::Slots},
};
use tarpc::context::{self, Context};

use crate::support::Place;

const ADMIN: &str = "mango tree by the river";
const NURSE: &str = "seven blue boats at noon";
const PIN: &str = "580274";
/// What is written about a patient, and by whom.
const NAMES: [&str; 6] = [
    "Lakshmi Planted",
    "Kothapalli-Planted",
    "0805550147",
    "coughing at night, planted",
    "Nila Planted",
    "Aruna Planted",
];

fn within() -> Context {
    let mut c = context::current();
    c.deadline = Instant::now() + Duration::from_secs(60);
    c
}

/// Something to look for, and what it is.
struct Planted {
    what: String,
    bytes: Vec<u8>,
}

fn planted(what: &str, bytes: &[u8]) -> Planted {
    Planted { what: what.into(), bytes: bytes.to_vec() }
}

fn base64(bytes: &[u8]) -> String {
    const A: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks_exact(3) {
        let n = u32::from(three[0]) << 16 | u32::from(three[1]) << 8 | u32::from(three[2]);
        out.extend((0..4).map(|i| char::from(A[(n >> (18 - 6 * i) & 63) as usize])));
    }
    out
}

impl Planted {
    /// Raw, as hex, and as base64 at each of its three alignments (without the ends, which depend on the neighbours).
    fn forms(&self) -> Vec<Vec<u8>> {
        let mut all = vec![self.bytes.clone()];
        if self.bytes.len() >= 12 {
            let hex: String = self.bytes.iter().map(|b| format!("{b:02x}")).collect();
            all.extend([hex.to_uppercase().into_bytes(), hex.into_bytes()]);
            all.extend((0..3).map(|skip| base64(&self.bytes[skip..]).into_bytes()));
        }
        all
    }

    fn is_in(&self, haystack: &[u8]) -> bool {
        self.forms().iter().any(|f| find(haystack, f))
    }
}

fn find(haystack: &[u8], needle: &[u8]) -> bool {
    let (first, mut rest) = (needle[0], haystack);
    while let Some(at) = rest.iter().position(|b| *b == first) {
        if rest[at..].starts_with(needle) {
            return true;
        }
        rest = &rest[at + 1..];
    }
    false
}

fn file(p: &Place, name: &str, text: &str) -> String {
    fs::write(p.path(name), format!("{text}\n")).unwrap();
    p.text(name)
}

fn run(p: &Place, login: &str, args: &[&str]) -> String {
    let f = p.text(if login == "amina" { "admin.pass" } else { "nurse.pass" });
    let all = [&["--login", login, "--passphrase-file", &f, "--camera", "none"], args].concat();
    let s = p.run("a", &all);
    assert_eq!(s.code, 0, "{}\n{}", s.out, s.err);
    s.out
}

fn codes(text: &str) -> String {
    let group = |w: &&str| w.len() == 5 && w.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase());
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(group).collect::<Vec<_>>().join("-")
}

/// A node whose log at trace level goes to a file.
fn start(p: &Place) -> Child {
    let pass = p.text("admin.pass");
    let args = [
        "--login",
        "amina",
        "--passphrase-file",
        &pass,
        "--listen",
        "127.0.0.1:0",
        "--camera",
        "none",
        "node",
    ];
    let log = File::options().create(true).append(true).open(p.path("log")).unwrap();
    let mut c = p.command("a", &args);
    c.env("RUST_LOG", "trace")
        .env("AIDPOST_LOG", "trace")
        .stderr(Stdio::from(log.try_clone().unwrap()))
        .stdout(Stdio::from(log));
    c.spawn().unwrap()
}

async fn client(p: &Place) -> ClinicClient {
    let started = Instant::now();
    loop {
        if let Ok(Some(c)) = server::remote(&p.path("a")).await {
            return c;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the node does not answer");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A terminal where everything was typed once, with its node and all that must not be found.
struct Scene {
    p: Place,
    node: Child,
    client: ClinicClient,
    nurse: StaffId,
    typed: Vec<Planted>,
    names: Vec<Planted>,
    keys: Vec<Planted>,
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = self.node.kill();
        let _ = self.node.wait();
    }
}

async fn scene() -> Scene {
    let p = Place::new();
    file(&p, "admin.pass", ADMIN);
    let nurse_pass = file(&p, "nurse.pass", NURSE);
    run(&p, "amina", &["init", "--consortium", "Valley", "--org", NAMES[5]]);
    run(&p, "amina", &["staff", "add", "nila", "--name", NAMES[4], "--new-passphrase-file", &nurse_pass]);
    let node = start(&p);
    drop(client(&p).await);
    // Codes are made through the node, as people do.
    let recovery = codes(&run(&p, "nila", &["slots", "code"]));
    let paper = codes(&run(&p, "amina", &["org", "kit"]));
    let c = client(&p).await;
    let secret = |s: &str| Passphrase(s.into());
    let nurse = c.unlock(within(), "nila".into(), secret(NURSE)).await.unwrap().unwrap().staff;
    c.set_pin(within(), Pin(PIN.into())).await.unwrap().unwrap();
    c.lock(within()).await.unwrap().unwrap();
    c.pin(within(), nurse, Pin(PIN.into())).await.unwrap().unwrap();
    let patient = Patient {
        name: NAMES[0].into(),
        birth_year: Some(1990),
        birth_estimated: false,
        gender: Gender::Female,
        village: NAMES[1].into(),
        phone: NAMES[2].into(),
    };
    let id: PatientId = c.register(within(), patient).await.unwrap().unwrap();
    let draft =
        |note: &str| VisitDraft { reason: "cough".into(), note: note.into(), ..VisitDraft::default() };
    c.write_visit(within(), id, draft(NAMES[3])).await.unwrap().unwrap();
    c.keep_draft(within(), id, Some(draft(NAMES[3]))).await.unwrap().unwrap();
    let chart = c.chart(within(), id, Purpose::Treatment).await.unwrap().unwrap();
    assert_eq!(chart.visits.len(), 1);
    c.backup(within(), p.path("backup"), Since::Beginning).await.unwrap().unwrap();

    let slots = Slots::read(&p.path("a").join("slots")).unwrap();
    let (admin, person) = (slots.open("amina", ADMIN).unwrap(), slots.open("nila", NURSE).unwrap());
    let page = admin.master.derive(b"aidpost v0", &[b"page key"]);
    let mut keys = vec![
        planted("the master key", admin.master.expose()),
        planted("the page key", page.expose()),
        planted("the nurse's key", person.staff.as_bytes()),
        planted("the root key", admin.root.as_ref().unwrap().as_bytes()),
    ];
    // The terminal's own keys, from a copy of the store.
    fs::copy(p.path("a").join("store"), p.path("copy")).unwrap();
    let db = Db::open(&p.path("copy"), page, slots.store()).unwrap();
    let device = Device::load(&db).unwrap();
    keys.push(planted("the terminal's ledger key", device.ledger().as_bytes()));
    keys.push(planted("the terminal's endpoint key", device.endpoint().as_bytes()));
    keys.push(planted("the terminal's encryption key", device.encryption().secret().expose()));
    let org = device.org_keys(&db).unwrap();
    keys.extend(org.iter().map(|k| planted("the organisation's key", k.secret().expose())));
    assert!(!org.is_empty());
    drop(db);
    fs::remove_file(p.path("copy")).unwrap();
    let kit_text = kit::write(admin.root.as_ref().unwrap());
    assert_eq!(*kit_text, paper);
    let typed = vec![
        planted("the admin's passphrase", ADMIN.as_bytes()),
        planted("the nurse's passphrase", NURSE.as_bytes()),
        planted("the nurse's PIN", PIN.as_bytes()),
        planted("the recovery code", recovery.as_bytes()),
        planted("the recovery kit", paper.as_bytes()),
    ];
    let mut names: Vec<Planted> = NAMES.iter().map(|n| planted(n, n.as_bytes())).collect();
    names.push(planted("the patient's identifier", id.to_string().as_bytes()));
    names.push(planted("the nurse's identifier", nurse.to_string().as_bytes()));
    Scene { p, node, client: c, nurse, typed, names, keys }
}

#[test]
fn the_search_finds_what_is_there() {
    let x = planted("x", b"a key of some bytes!");
    for alignment in 0..3 {
        let text = base64(&[&vec![7u8; alignment][..], &x.bytes, &[9; 6]].concat());
        assert!(x.is_in(text.as_bytes()), "base64 at {alignment}");
    }
    assert!(x.is_in(b"..a key of some bytes!..") && x.is_in(b"61206b6579206f6620736f6d6520627974657321"));
    assert!(!x.is_in(b"..a key of some bites!.."));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_planted_is_in_files_backups_or_logs() {
    let mut s = scene().await;
    s.client.lock(within()).await.unwrap().unwrap();
    s.node.kill().unwrap();
    s.node.wait().unwrap();
    let bundle = s.p.text("support.tar");
    run(&s.p, "amina", &["support-bundle", &bundle]);
    let mut looked = 0;
    let mut look = |path: std::path::PathBuf| {
        let bytes = fs::read(&path).unwrap();
        looked += bytes.len();
        for x in s.typed.iter().chain(&s.names).chain(&s.keys) {
            assert!(!x.is_in(&bytes), "{} is in {}", x.what, path.display());
        }
    };
    for entry in fs::read_dir(s.p.path("a")).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            look(entry.path());
        }
    }
    look(s.p.path("backup"));
    look(s.p.path("log"));
    look(s.p.path("support.tar"));
    assert!(looked > 100_000, "only {looked} bytes were looked at");
    // What was logged was there to be looked at, and names nobody: not by login, not by the start of an identifier.
    let nurse = s.nurse.short();
    for path in [s.p.path("log"), s.p.path("a").join("log"), s.p.path("support.tar")] {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        for said in ["node: sign-in attempt method=passphrase", "method=PIN", "node: wrote a backup"] {
            assert!(text.contains(said), "'{said}' is not in {}: {text}", path.display());
        }
        for secret in ["nila", "amina", &nurse, &s.p.text("a")] {
            // The node's first words on standard error name its folder, for whoever started it.
            let told = text.lines().filter(|l| l.contains(secret) && !l.starts_with("aidpost: node over"));
            assert_eq!(told.count(), 0, "{secret} is in {}", path.display());
        }
    }
    let listed = Command::new("tar").args(["tf", &bundle]).output().unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    for f in ["README", "versions.json", "doctor.json", "status.json", "log"] {
        assert!(listed.contains(&format!("aidpost-support/{f}\n")), "{f} is not in {listed}");
    }
}

/// All memory of a process that can be read.
fn memory(pid: u32) -> Vec<Vec<u8>> {
    let maps = fs::read_to_string(format!("/proc/{pid}/maps")).expect("run as root: scripts/memory-check");
    let mem = File::open(format!("/proc/{pid}/mem")).expect("run as root: scripts/memory-check");
    let mut out = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (Some(range), Some(mode)) = (words.next(), words.next()) else { continue };
        if !mode.starts_with('r') || line.ends_with("[vvar]") || line.ends_with("[vsyscall]") {
            continue;
        }
        let Some((from, to)) = range.split_once('-') else { continue };
        let at = |s: &str| u64::from_str_radix(s, 16).unwrap();
        let mut bytes = vec![0u8; (at(to) - at(from)) as usize];
        if mem.read_exact_at(&mut bytes, at(from)).is_ok() {
            out.push(bytes);
        }
    }
    out
}

fn found<'a>(memory: &[Vec<u8>], wanted: &'a [Planted]) -> Vec<&'a str> {
    let there = |x: &&Planted| memory.iter().any(|m| x.is_in(m));
    wanted.iter().filter(there).map(|x| x.what.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "reads another process's memory, which needs root: scripts/memory-check"]
async fn what_stays_in_memory_after_a_lock_and_after_a_seal() {
    let s = scene().await;
    let pid = s.node.id();
    s.client.lock(within()).await.unwrap().unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let locked = memory(pid);
    let size: usize = locked.iter().map(Vec::len).sum();
    println!("{} MB of memory; after the lock:", size / 1_000_000);
    println!("  there: {:?} {:?}", found(&locked, &s.keys), found(&locked, &s.names));
    // The search works: what must stay is found.
    assert!(
        found(&locked, &s.keys).contains(&"the page key")
            || found(&locked, &s.keys).contains(&"the master key")
    );
    let typed = found(&locked, &s.typed);
    assert!(typed.is_empty(), "after a lock, in memory: {typed:?}");
    drop(locked);

    let out = s.p.run("a", &["seal"]);
    assert_eq!(out.code, 0, "{}", out.err);
    let sealed = memory(pid);
    for (what, list) in [("typed", &s.typed), ("names", &s.names), ("keys", &s.keys)] {
        let there = found(&sealed, list);
        assert!(there.is_empty(), "after a seal, {what} in memory: {there:?}");
    }
    // The same process goes on, sealed; the passphrase opens it again.
    let c = client(&s.p).await;
    assert!(c.status(within()).await.unwrap().sealed);
    assert!(c.pin(within(), s.nurse, Pin(PIN.into())).await.unwrap().is_err(), "a PIN opens nothing now");
    c.unlock(within(), "nila".into(), Passphrase(NURSE.into())).await.unwrap().unwrap();
    println!("after the seal: nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seal_drops_everything_and_the_passphrase_opens_again() {
    let p = Place::new();
    p.found("a");
    let s = p.run("a", &["seal"]);
    assert!(s.code == 0 && s.out.contains("it is sealed"), "{}{}", s.out, s.err);
    p.run("none", &["seal"]).failed(11, "run 'aidpost init'");
    let mut node = p
        .command_as("a", "amina", &["--camera", "none", "node", "--unsealed"])
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let c = client(&p).await;
    assert!(!c.status(within()).await.unwrap().sealed);
    let s = p.run("a", &["seal"]);
    assert_eq!(s.code, 0, "{}", s.err);
    let c = client(&p).await;
    assert!(c.status(within()).await.unwrap().sealed);
    assert!(c.staff(within()).await.unwrap().is_err());
    let who = c.unlock(within(), "amina".into(), Passphrase("the passphrase of amina".into())).await.unwrap();
    assert!(who.is_ok());
    let _ = Command::new("kill").arg(node.id().to_string()).status();
    assert!(node.wait().unwrap().success());
}
