//! Tickets and time, and a line that is cut in the wrong moment.

use std::time::Instant;

use tarpc::context::current as now;

use super::*;
use crate::{
    core::governance::{OrgKind, Role, StaffRequest},
    mesh::door::Visit,
    node::{
        CameraChoice, Options,
        api::{ClinicClient, InvitationStage, Passphrase},
        device::{Device, Private},
        joining::{JoinTicket, guest::Guest, invitation::ATTEMPTS},
        origin::Origin,
        server::local_from,
        setup::{self, Newcomer},
        text::{Certificate, JoinRequest},
    },
    vault::slots::Cost,
};

/// A clinic whose admin is signed in.
async fn clinic(dir: &std::path::Path) -> (Arc<Node>, ClinicClient) {
    let (data, passphrase) = (dir.join("a"), Passphrase("the passphrase of amina".into()));
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
    admin.unlock(now(), "amina".into(), passphrase.clone()).await.unwrap().unwrap();
    (node, admin)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_that_has_lapsed_opens_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (node, admin) = clinic(dir.path()).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_did_not_arrive_is_left_to_the_admin() {
    let dir = tempfile::tempdir().unwrap();
    let (node, admin) = clinic(dir.path()).await;
    let view = admin.open_invitation(now()).await.unwrap().unwrap();
    let ticket: JoinTicket = view.ticket.0.parse().unwrap();
    let keys = Private::random(&mut rand::rng());
    let key = keys.endpoint();
    let (visit, mut to, mut from) = Visit::call(&key, ticket.to(), None).await.unwrap();
    let ends = Ends { inviter: ticket.to().endpoint, joiner: *key.verifying_key().as_bytes() };
    let heard_offer = exchange::knock((&mut from, &mut to), ends, &ticket.pass).await.unwrap();
    let org = heard_offer.offer.by.org.clone();
    let staff = StaffRequest::new(org.id(), "Omar", Role::Nurse, &crate::testing::key(7));
    let device = Device::new(org, keys);
    let request = JoinRequest { org: None, device: device.request("tablet"), staff };
    let nonce = exchange::nonce(&mut rand::rng());
    let code = exchange::ask((&mut from, &mut to), ends, (&heard_offer, &request), nonce).await.unwrap();
    say(&mut to, &Message::Agreed).await.unwrap();
    for _ in 0..600 {
        let view = admin.invitation(now()).await.unwrap().unwrap().unwrap();
        if matches!(view.stage, InvitationStage::Comparing(j) if j.agreed) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    // It is certified, and the line is cut before it has said that it kept the certificate.
    let cut = async {
        assert!(matches!(heard(&mut from, super::super::MAX_OFFER).await, Ok(Message::Welcome(_))));
        visit.leave().await;
    };
    let (welcomed, ()) = tokio::join!(admin.welcome(now(), code.to_string()), cut);
    let welcomed = welcomed.unwrap().unwrap();
    assert!(!welcomed.delivered && welcomed.device == device.id());
    let certificate: Certificate = text::read(&welcomed.certificate.unwrap()).unwrap();
    assert!(certificate.device.valid() && certificate.device.id() == device.id());
    assert!(Guest::knock(&ticket, None).await.is_err(), "the ticket is used up all the same");
    node.close().await;
}
