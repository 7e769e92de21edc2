//! Tickets and time.

use std::time::Instant;

use super::*;
use crate::{
    core::governance::OrgKind,
    node::{
        CameraChoice, Options,
        api::{InvitationStage, Passphrase},
        joining::{JoinTicket, guest::Guest, invitation::ATTEMPTS},
        origin::Origin,
        server::local_from,
        setup::{self, Newcomer},
    },
    vault::slots::Cost,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_has_lapsed_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (data, passphrase) = (dir.path().join("a"), Passphrase("the passphrase of amina".into()));
    let new = Newcomer {
        data: &data,
        device: "front desk",
        login: "amina",
        name: "Amina",
        passphrase: &passphrase,
        cost: Cost::LEAST,
    };
    setup::found(&new, "Valley", "Aruna Clinic", OrgKind::Clinic, false, &mut rand::rng()).unwrap();
    let listen = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    let node = Node::new(Options { data: data.clone(), listen, camera: CameraChoice::None }).unwrap();
    let admin = local_from(&node, Origin::Here);
    let now = tarpc::context::current;
    admin.unlock(now(), "amina".into(), passphrase.clone()).await.unwrap().unwrap();
    let view = admin.open_invitation(now()).await.unwrap().unwrap();
    assert!(view.seconds_left > 590 && view.attempts_left == ATTEMPTS);
    let ticket: JoinTicket = view.ticket.0.parse().unwrap();
    assert!(Guest::knock(&ticket, None).await.is_ok(), "it works before");

    // The ten minutes are over, and the door is still being shut.
    locked(&node.invitation).as_mut().unwrap().until = Instant::now();
    let words = Guest::knock(&ticket, None).await.err().unwrap().message;
    assert!(words.contains("not good any more"), "{words}");
    let view = admin.invitation(now()).await.unwrap().unwrap().unwrap();
    assert_eq!(view.stage, InvitationStage::Over);
    // And shut.
    admin.close_invitation(now()).await.unwrap().unwrap();
    let words = Guest::knock(&ticket, None).await.err().unwrap().message;
    assert!(words.contains("does not let terminals join"), "{words}");
    node.close().await;
}
