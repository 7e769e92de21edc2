//! What is worked out from records comes back when it is worked out again.

use std::{net::SocketAddr, time::Duration};

use super::*;
use crate::{
    core::{
        governance::{OrgKind, Role},
        record::Gender,
    },
    node::{
        CameraChoice, Node, Options,
        api::{Passphrase, VisitDraft},
        locked,
        origin::Origin,
        server::local_from,
        setup::{self, Newcomer},
    },
    vault::slots::Cost,
};

fn within() -> tarpc::context::Context {
    let mut c = tarpc::context::current();
    c.deadline = std::time::Instant::now() + Duration::from_secs(120);
    c
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_of_before_learns_who_is_expected_once() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("clinic");
    let passphrase = Passphrase("the passphrase of amina".into());
    let newcomer = Newcomer {
        data: &data,
        device: "front desk",
        login: "amina",
        name: "Amina Yusuf",
        passphrase: &passphrase,
        cost: Cost::LEAST,
    };
    setup::found(&newcomer, "Valley", "Aruna Clinic", OrgKind::Clinic, false, &mut rand::rng()).unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let node = Node::new(Options { data, listen, camera: CameraChoice::None }).unwrap();
    let admin = local_from(&node, Origin::Here);
    admin.unlock(within(), "amina".into(), passphrase).await.unwrap().unwrap();
    let secret = Passphrase("the passphrase of nila".into());
    let added = admin.add_staff(within(), "nila".into(), "Nila Rao".into(), Role::Nurse, secret.clone());
    added.await.unwrap().unwrap();
    let nurse = local_from(&node, Origin::Here);
    nurse.unlock(within(), "nila".into(), secret).await.unwrap().unwrap();
    let patient = Patient {
        name: "Meera Devi".into(),
        birth_year: Some(1990),
        birth_estimated: false,
        gender: Gender::Female,
        village: "Pokhara".into(),
        phone: String::new(),
    };
    let id = nurse.register(within(), patient).await.unwrap().unwrap();
    let draft = VisitDraft { reason: "fever".into(), next: "14d".into(), ..VisitDraft::default() };
    nurse.write_visit(within(), id, draft).await.unwrap().unwrap();

    let open = node.opened().await.unwrap();
    let device = locked(&open.device).clone();
    let days = open.store.call(move |db| {
        let before = db.expected(id)?;
        db.put_expected(&[(id, Vec::new())])?;
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
