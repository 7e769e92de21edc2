//! What is worked out from records comes back when it is worked out again.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use super::*;
use crate::{
    core::{
        governance::{OrgKind, Role},
        ledger::Accepted,
        record::Gender,
    },
    node::{
        CameraChoice, Node, Options,
        api::{ClinicClient, Passphrase, VisitDraft},
        locked,
        master_key::open_terminal,
        origin::Origin,
        server::local_from,
        setup::{self, Newcomer},
    },
    vault::slots::{Cost, Slots},
};

fn within() -> tarpc::context::Context {
    let mut c = tarpc::context::current();
    c.deadline = std::time::Instant::now() + Duration::from_secs(120);
    c
}

/// A clinic with a nurse, in `data`.
async fn founded(data: &Path) -> (Arc<Node>, ClinicClient) {
    let passphrase = Passphrase("the passphrase of amina".into());
    let newcomer = Newcomer {
        data,
        device: "front desk",
        login: "amina",
        name: "Amina Yusuf",
        passphrase: &passphrase,
        cost: Cost::LEAST,
    };
    setup::found(&newcomer, "Valley", "Aruna Clinic", OrgKind::Clinic, false, &mut rand::rng()).unwrap();
    let (node, admin) = opened(data, "amina").await;
    let secret = Passphrase("the passphrase of nila".into());
    let added = admin.add_staff(within(), "nila".into(), "Nila Rao".into(), Role::Nurse, secret.clone());
    added.await.unwrap().unwrap();
    let nurse = local_from(&node, Origin::Here);
    nurse.unlock(within(), "nila".into(), secret).await.unwrap().unwrap();
    (node, nurse)
}

/// The terminal in `data`, with somebody signed in.
async fn opened(data: &Path, login: &str) -> (Arc<Node>, ClinicClient) {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let node = Node::new(Options { data: data.into(), listen, camera: CameraChoice::None }).unwrap();
    let client = local_from(&node, Origin::Here);
    let passphrase = Passphrase(format!("the passphrase of {login}"));
    client.unlock(within(), login.into(), passphrase).await.unwrap().unwrap();
    (node, client)
}

async fn registered(nurse: &ClinicClient) -> PatientId {
    let patient = Patient {
        name: "Meera Devi".into(),
        birth_year: Some(1990),
        birth_estimated: false,
        gender: Gender::Female,
        village: "Pokhara".into(),
        phone: String::new(),
    };
    nurse.register(within(), patient).await.unwrap().unwrap()
}

async fn to_come_again(nurse: &ClinicClient, patient: PatientId) {
    let draft = VisitDraft { reason: "fever".into(), next: "14d".into(), ..VisitDraft::default() };
    nurse.write_visit(within(), patient, draft).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_before_learns_who_is_expected_once() {
    let dir = tempfile::tempdir().unwrap();
    let (node, nurse) = founded(&dir.path().join("clinic")).await;
    let id = registered(&nurse).await;
    to_come_again(&nurse, id).await;

    let open = node.opened().await.unwrap();
    let device = locked(&open.device).clone();
    let days = open.store.call(move |db| {
        let before = db.expected(id)?;
        db.renew(&Renewed { expected: vec![(id, Vec::new())], ..Renewed::default() })?;
        refresh_cards(db, &device, true)?;
        let known = db.expected(id)?;
        db.put::<()>(tables::META, EXPECTED_BUILT, None)?;
        refresh_cards(db, &device, true)?;
        Ok((before, known, db.expected(id)?))
    });
    let (before, known, built) = days.await.unwrap();
    assert_eq!((before.len(), known.len()), (1, 0), "everybody has a card: nobody is looked at again");
    assert_eq!(built, before, "unless nobody was before");
    node.close().await;
}

/// What a meeting brought is durable before anything follows from it: here the power goes in between.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_before_a_cut_is_followed_when_the_store_is_opened() {
    let dir = tempfile::tempdir().unwrap();
    let (data, before) = (dir.path().join("clinic"), dir.path().join("before"));
    let (node, nurse) = founded(&data).await;
    let id = registered(&nurse).await;
    node.close().await;
    std::fs::create_dir(&before).unwrap();
    for file in ["slots", "store"] {
        std::fs::copy(data.join(file), before.join(file)).unwrap();
    }
    let (node, nurse) = opened(&data, "nila").await;
    to_come_again(&nurse, id).await;
    let open = node.opened().await.unwrap();
    let blocks = open.store.call(|db| {
        let all: Vec<_> = db.replica().tree().ids().map(|(_, at)| (at, at.seq)).collect();
        db.blocks(&all)
    });
    let blocks = blocks.await.unwrap();
    drop(open);
    node.close().await;

    let mut slots = Slots::read(&before.join("slots")).unwrap();
    let nila = slots.open("nila", "the passphrase of nila").unwrap();
    let (mut db, _) = open_terminal(&before, &mut slots, &nila).unwrap();
    let came = db.accept(&blocks).unwrap();
    assert!(came.iter().any(|r| matches!(r, Ok(Accepted::New(_)))), "{came:?}");
    let card: Card = db.get(tables::CARDS, &id.0).unwrap().unwrap();
    assert_eq!((card.last_visit, db.expected(id).unwrap().len()), (None, 0));
    drop(db);

    let (node, nurse) = opened(&before, "nila").await;
    let rows = nurse.patients(within(), String::new()).await.unwrap().unwrap();
    assert!(rows[0].last_visit.is_some() && rows[0].due.is_some(), "{rows:?}");
    let open = node.opened().await.unwrap();
    let (days, left) = open.store.call(move |db| Ok((db.expected(id)?, db.touched()?))).await.unwrap();
    assert_eq!((days.len(), left.len()), (1, 0));
    node.close().await;
}
