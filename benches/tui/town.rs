//! A store of so many patients, made as a clinic would: by taking in FHIR files with the real binary.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};

pub(crate) const LOGIN: &str = "nila";
pub(crate) const PASSPHRASE: &str = "river stone and reed";
/// Patients of one file.
const FILE: usize = 10_000;
/// Names that are looked for.
const NAMES: usize = 24;

const FIRST: [&str; 20] = [
    "Nila", "Meera", "Omar", "Ama", "Chidi", "Fatou", "Hari", "Ines", "Jomo", "Kesi", "Lina", "Musa",
    "Nadia", "Pemba", "Rosa", "Sita", "Tariq", "Uma", "Wanjiru", "Zola",
];
const MIDDLE: [&str; 25] = [
    "Ade", "Bi", "Co", "Da", "Eku", "Fi", "Gya", "Hi", "Isha", "Ja", "Ki", "Lu", "Mbo", "Nu", "Oye", "Pi",
    "Qua", "Ro", "Su", "Ti", "Uzo", "Va", "Wi", "Ya", "Zu",
];
const LAST: [&str; 20] = [
    "devi", "rana", "mensah", "okafor", "diallo", "thapa", "lopez", "njoroge", "musa", "rai", "silva",
    "bello", "gurung", "kamau", "nair", "owusu", "perez", "quispe", "sow", "tamang",
];

pub(crate) struct Town {
    _folder: tempfile::TempDir,
    pub(crate) data: PathBuf,
    /// Some of those who are there.
    pub(crate) names: Vec<String>,
}

fn aidpost(data: &Path, login: &str, passphrase: &Path, args: &[&str]) {
    let done = Command::new(env!("CARGO_BIN_EXE_aidpost"))
        .args(["--data", &data.display().to_string(), "--login", login, "--listen", "127.0.0.1:0"])
        .args(["--passphrase-file", &passphrase.display().to_string()])
        .args(args)
        .env("AIDPOST_MODELS", concat!(env!("CARGO_MANIFEST_DIR"), "/models"))
        .output()
        .expect("the binary runs");
    assert!(done.status.success(), "{args:?}: {}", String::from_utf8_lossy(&done.stderr));
}

impl Town {
    pub(crate) fn build(patients: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (data, files) = (folder.path().join("data"), folder.path().join("files"));
        let pass = |login: &str, text: &str| {
            let path = folder.path().join(login);
            fs::write(&path, text).expect("the folder can be written");
            path
        };
        let (admin, nurse) = (pass("amina", "the passphrase of amina"), pass(LOGIN, PASSPHRASE));
        aidpost(&data, "amina", &admin, &["init", "--consortium", "Valley", "--org", "Aruna Clinic"]);
        let new = nurse.display().to_string();
        let add =
            ["staff", "add", LOGIN, "--name", "Nila Rao", "--role", "nurse", "--new-passphrase-file", &new];
        aidpost(&data, "amina", &admin, &add);
        fs::create_dir(&files).expect("the folder can be written");
        let mut rng = StdRng::seed_from_u64(1);
        let mut names = Vec::new();
        for (file, from) in (0..patients).step_by(FILE).enumerate() {
            let mut text = String::new();
            for i in from..(from + FILE).min(patients) {
                let mut pick = |all: &[&str]| all[rng.random_range(0..all.len())].to_string();
                let name = format!("{} {}{}", pick(&FIRST), pick(&MIDDLE), pick(&LAST));
                let (year, village) = (rng.random_range(1930..2026), rng.random_range(0..400));
                // Writing to a String does not fail.
                let _ = writeln!(
                    text,
                    r#"{{"resourceType":"Patient","id":"p{i}","name":[{{"text":"{name}"}}],"birthDate":"{year}","address":[{{"city":"Village {village}"}}]}}"#
                );
                let _ = writeln!(
                    text,
                    r#"{{"resourceType":"Encounter","id":"e{i}","status":"finished","class":{{"code":"AMB"}},"subject":{{"reference":"Patient/p{i}"}},"period":{{"start":"2025-01-02"}}}}"#
                );
                if i % (patients / NAMES).max(1) == 0 {
                    names.push(name);
                }
            }
            fs::write(files.join(format!("{file}.ndjson")), text).expect("the folder can be written");
        }
        aidpost(&data, LOGIN, &nurse, &["import", &files.display().to_string()]);
        Self { _folder: folder, data, names }
    }
}
