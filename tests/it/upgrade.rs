//! Terminals that each schema wrote, as files: the program opens every one of them, and goes on.
//!
//! `tests/golden/schema-N` is a clinic and a hospital with a backup, written by the version that brought schema N. A step
//! in `store/schema.rs` makes a new number: `AIDPOST_BLESS=1` writes the folder that it lacks, and never an older one.

use std::{
    fs,
    path::{Path, PathBuf},
};

use aidpost::{
    core::{governance::Role, policy::Purpose},
    node::{
        api::{BackedUp, Since},
        clock,
        origin::Origin,
        restore::{self, Key},
        server::local_from,
    },
    store::schema,
};

use crate::town::{Site, clinic, hospital, node, ok, registered, secret, treatment, visit, within};

const NAMES: [&str; 3] = ["Meera Devi", "Asha Kumari", "Ravi Shah"];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for f in fs::read_dir(from).unwrap().flatten() {
        let to = to.join(f.file_name());
        match f.path().is_dir() {
            true => copied(&f.path(), &to),
            false => drop(fs::copy(f.path(), to).unwrap()),
        }
    }
}

/// When the files were written: before any clock that reads them.
const WRITTEN: u64 = 1_736_150_400_000;

/// A clinic with a nurse and three patients of whom one is shared with a hospital, an unfinished visit, a backup.
async fn written(dir: &Path) {
    clock::set_ahead(-clock::now().saturating_sub(WRITTEN).cast_signed());
    let clinic = clinic(dir).await;
    let (hospital, org) = hospital(dir, &clinic).await;
    let (nurse, _) = clinic.hire("nila", Role::Nurse).await;
    hospital.hire("david", Role::Clinician).await;
    let mut all = Vec::new();
    for (name, born) in NAMES.into_iter().zip([1990, 1955, 2019]) {
        all.push(registered(&nurse, name, born).await);
    }
    ok(nurse.grant(within(), all[0], treatment(org)).await);
    ok(nurse.keep_draft(within(), all[1], Some(visit("cough", "37.4"))).await);
    hospital.meet(&clinic).await;
    clinic.meet(&hospital).await;
    let file = dir.join("backup");
    let _: BackedUp = ok(clinic.admin.backup(within(), file, Since::Beginning).await);
    clinic.node.close().await;
    hospital.node.close().await;
}

async fn opened(data: &Path, admin: &str) -> Site {
    let node = node(data);
    let client = local_from(&node, Origin::Here);
    ok(client.unlock(within(), admin.into(), secret(admin)).await);
    Site { node, admin: client }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_schema_is_kept_as_files() {
    let kept = golden().join(format!("schema-{}", schema::number()));
    if std::env::var_os("AIDPOST_BLESS").is_some() && !kept.exists() {
        let dir = tempfile::tempdir().unwrap();
        written(dir.path()).await;
        for name in ["clinic", "hospital"] {
            for file in ["slots", "store"] {
                let to = kept.join(name).join(file);
                fs::create_dir_all(kept.join(name)).unwrap();
                fs::copy(dir.path().join(name).join(file), to).unwrap();
            }
        }
        fs::copy(dir.path().join("backup"), kept.join("backup")).unwrap();
    }
    assert!(kept.exists(), "{}: AIDPOST_BLESS=1 writes it, once the schema is final", kept.display());
}

#[tokio::test(flavor = "multi_thread")]
async fn terminals_of_every_schema_are_opened_and_go_on() {
    let mut tried = 0;
    for number in 0..=schema::number() {
        let dir = tempfile::tempdir().unwrap();
        copied(&golden().join(format!("schema-{number}")), dir.path());
        let clinic = opened(&dir.path().join("clinic"), "amina").await;
        let hospital = opened(&dir.path().join("hospital"), "bela").await;
        let (nurse, doctor) = (clinic.sign_in("nila").await, hospital.sign_in("david").await);
        let rows = ok(nurse.patients(within(), String::new()).await);
        let of = |name: &str| rows.iter().find(|r| r.name == name).unwrap().id;
        assert_eq!(rows.len(), NAMES.len(), "schema {number}");
        for name in NAMES {
            let chart = ok(nurse.chart(within(), of(name), Purpose::Treatment).await);
            assert_eq!(chart.visits.len(), 1, "{name}, schema {number}");
        }
        let draft = ok(nurse.draft(within(), of(NAMES[1])).await);
        assert_eq!(draft, Some(visit("cough", "37.4")), "schema {number}");

        ok(nurse.write_visit(within(), of(NAMES[0]), visit("back again", "37.0")).await);
        hospital.meet(&clinic).await;
        let chart = ok(doctor.chart(within(), of(NAMES[0]), Purpose::Treatment).await);
        assert_eq!(chart.visits.len(), 2, "schema {number}");
        for site in [&clinic, &hospital] {
            assert_eq!(ok(site.admin.verify(within()).await).damage, Vec::<String>::new(), "schema {number}");
        }
        let passphrase = secret("amina");
        let key = Key::Person { login: "amina", passphrase: &passphrase };
        let found = restore::drill(&[dir.path().join("backup")], &key, &mut |_, _| {}).unwrap();
        assert!(found.missing.is_empty() && found.blocks > 10, "{found:?}");
        tried += 1;
    }
    assert_eq!(tried, schema::number() + 1);
}
