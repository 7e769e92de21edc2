//! The real process, killed at a random moment while visits are written: every acknowledged one is there afterwards.
//!
//! `scripts/crash-test --kill N` runs N rounds.

use std::{
    process::{Child, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use aidpost::{
    core::{
        id::{BlockId, PatientId},
        policy::Purpose,
        record::{Gender, Patient},
    },
    node::{
        api::{ClinicClient, Passphrase, VisitDraft},
        server,
    },
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use tarpc::context::{self, Context};

use crate::support::{Place, Said};

const WRITERS: usize = 2;

fn within() -> Context {
    let mut c = context::current();
    c.deadline = Instant::now() + Duration::from_secs(60);
    c
}

fn start(p: &Place) -> Child {
    p.command_as("a", "amina", &["--camera", "none", "node"]).stderr(Stdio::null()).spawn().unwrap()
}

async fn client(data: &std::path::Path) -> Option<ClinicClient> {
    let c = server::remote(data).await.ok()??;
    c.unlock(within(), "nila".into(), Passphrase("the passphrase of nila".into())).await.ok()?.ok()?;
    Some(c)
}

/// Waits for the node, and signs in.
async fn reached(data: &std::path::Path) -> ClinicClient {
    let started = Instant::now();
    loop {
        if let Some(c) = client(data).await {
            return c;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the node does not answer");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn patient(round: u64) -> Patient {
    Patient {
        name: format!("Round {round}"),
        birth_year: Some(1990),
        birth_estimated: false,
        gender: Gender::Female,
        village: "Kothapalli".into(),
        phone: String::new(),
    }
}

#[derive(Default)]
struct Acknowledged(Mutex<Vec<(PatientId, BlockId)>>);

async fn write(c: ClinicClient, patient: PatientId, said: Arc<Acknowledged>, stop: Arc<AtomicBool>) {
    let mut n = 0u32;
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        let draft =
            VisitDraft { reason: format!("visit {n}"), note: "cough".into(), ..VisitDraft::default() };
        match c.write_visit(within(), patient, draft).await {
            Ok(Ok(saved)) => said.0.lock().unwrap().push((patient, saved.block)),
            // The process is gone.
            Ok(Err(_)) | Err(_) => return,
        }
    }
}

/// Every acknowledged visit of these patients is in its chart.
async fn all_there(c: &ClinicClient, said: &[(PatientId, BlockId)]) {
    let mut patients: Vec<PatientId> = said.iter().map(|(p, _)| *p).collect();
    patients.dedup();
    for p in patients {
        let chart = c.chart(within(), p, Purpose::Treatment).await.unwrap().unwrap();
        assert!(chart.unreadable.is_empty(), "{:?}", chart.unreadable);
        for (_, b) in said.iter().filter(|(x, _)| *x == p) {
            assert!(chart.visits.iter().any(|v| v.block == *b), "the acknowledged visit {b} is lost");
        }
    }
}

fn clean(s: &Said) {
    assert_eq!(s.code, 0, "{}\n{}", s.out, s.err);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let setting = |name: &str| std::env::var(name).ok().and_then(|v| v.parse::<u64>().ok());
    let rounds = setting("AIDPOST_KILL_ROUNDS").unwrap_or(3);
    let p = Place::new();
    p.found("a");
    let pass = p.passphrase("nila");
    clean(&p.run_as(
        "a",
        "amina",
        &["staff", "add", "nila", "--name", "Nila", "--new-passphrase-file", &pass],
    ));
    let data = p.path("a");
    let mut rng = StdRng::seed_from_u64(rounds);
    let mut all: Vec<(PatientId, BlockId)> = Vec::new();
    let mut while_starting = 0;
    for round in 0..rounds {
        let mut node = start(&p);
        if rng.random_bool(0.2) {
            // Killed while it starts or opens the store.
            while_starting += 1;
            let late = Duration::from_millis(rng.random_range(0..400));
            let opening = tokio::time::timeout(late, reached(&data)).await;
            drop(opening);
            node.kill().unwrap();
            node.wait().unwrap();
            node = start(&p);
        }
        let c = reached(&data).await;
        let recent = all.len().saturating_sub(2_000);
        all_there(&c, &all[recent..]).await;
        let who = c.register(within(), patient(round)).await.unwrap().unwrap();
        let (said, stop) = (Arc::new(Acknowledged::default()), Arc::new(AtomicBool::new(false)));
        let mut writers = Vec::new();
        for _ in 0..WRITERS {
            let c = client(&data).await.expect("a second client");
            writers.push(tokio::spawn(write(c, who, said.clone(), stop.clone())));
        }
        tokio::time::sleep(Duration::from_millis(rng.random_range(5..600))).await;
        // SIGKILL: nothing is written or closed any more.
        node.kill().unwrap();
        node.wait().unwrap();
        stop.store(true, Ordering::Relaxed);
        for w in writers {
            w.await.unwrap();
        }
        all.append(&mut said.0.lock().unwrap());
        let s = p.run_as("a", "amina", &["verify"]);
        assert!(s.code == 0, "round {round}: {}\n{}", s.out, s.err);
    }
    let mut node = start(&p);
    let c = reached(&data).await;
    all_there(&c, &all).await;
    node.kill().unwrap();
    node.wait().unwrap();
    assert!(all.len() as u64 > rounds, "only {} visits were acknowledged in {rounds} rounds", all.len());
    println!(
        "{rounds} rounds, {while_starting} more kills while starting: {} acknowledged visits, all there",
        all.len()
    );
}
