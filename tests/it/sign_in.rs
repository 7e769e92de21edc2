//! Signing in at one terminal through the node's service: what opens what, and what is refused.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use aidpost::{
    core::{auth::MAX_FAILURES, governance::OrgKind, id::StaffId, policy::Purpose},
    node::{
        CameraChoice, Node, Options,
        api::{CameraPolicy, ClinicClient, Fault, FaultKind, Passphrase, Pin, Who},
        origin::Origin,
        server::local_from,
        setup::{self, Newcomer},
    },
    vault::slots::Cost,
};
use tarpc::context::{self, Context};

const SECRET: &str = "mango tree by the well";
const PIN: &str = "274913";

fn within() -> Context {
    let mut c = context::current();
    c.deadline = std::time::Instant::now() + Duration::from_secs(60);
    c
}

/// A founded terminal and its admin.
fn terminal(data: &Path) -> Arc<Node> {
    let passphrase = Passphrase(SECRET.into());
    let newcomer = Newcomer {
        data,
        device: "front desk",
        login: "amina",
        name: "Amina Yusuf",
        passphrase: &passphrase,
        cost: Cost::LEAST,
    };
    let mut rng = rand::rng();
    setup::found(&newcomer, "Valley Health", "Aruna Clinic", OrgKind::Clinic, false, &mut rng).unwrap();
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    Node::new(Options { data: data.into(), listen, camera: CameraChoice::None }).unwrap()
}

async fn unlock(c: &ClinicClient) -> Result<Who, Fault> {
    c.unlock(within(), "amina".into(), Passphrase(SECRET.into())).await.unwrap()
}

async fn pin(c: &ClinicClient, who: StaffId, pin: &str) -> Result<Who, Fault> {
    c.pin(within(), who, Pin(pin.into())).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pin_signs_in_only_after_the_passphrase_was_given_once() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("clinic");
    let node = terminal(&data);
    let c = local_from(&node, Origin::Here);
    let who = unlock(&c).await.unwrap().staff;
    assert_eq!(pin(&c, who, PIN).await.unwrap_err().kind, FaultKind::Locked, "none was chosen yet");
    let easy = c.set_pin(within(), Pin("123456".into())).await.unwrap().unwrap_err();
    assert_eq!(easy.kind, FaultKind::Usage);
    c.set_pin(within(), Pin(PIN.into())).await.unwrap().unwrap();
    c.lock(within()).await.unwrap().unwrap();
    assert!(c.patients(within(), String::new()).await.unwrap().is_err());
    let wrong = pin(&c, who, "274914").await.unwrap_err();
    assert!(wrong.message.contains("wrong PIN"), "{wrong}");
    assert_eq!(pin(&c, who, PIN).await.unwrap().staff, who);
    assert!(c.patients(within(), String::new()).await.unwrap().is_ok());

    // After a restart the PIN alone opens nothing.
    node.close().await;
    let again = local_from(&node, Origin::Here);
    assert_eq!(pin(&again, who, PIN).await.unwrap_err().kind, FaultKind::Locked);
    unlock(&again).await.unwrap();
    again.lock(within()).await.unwrap().unwrap();
    assert!(pin(&again, who, PIN).await.is_ok());
    let status = again.status(within()).await.unwrap();
    assert!(status.people.iter().any(|p| p.staff == who && p.pin && p.on_shift));
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_pins_wait_and_every_one_of_them_is_on_the_ledger() {
    let dir = tempfile::tempdir().unwrap();
    let node = terminal(&dir.path().join("clinic"));
    let c = local_from(&node, Origin::Here);
    let who = unlock(&c).await.unwrap().staff;
    c.set_pin(within(), Pin(PIN.into())).await.unwrap().unwrap();
    let before = c.ledger(within(), 1).await.unwrap().unwrap().total;
    c.lock(within()).await.unwrap().unwrap();
    for _ in 0..MAX_FAILURES {
        assert!(pin(&c, who, "999990").await.is_err());
    }
    let wait = pin(&c, who, PIN).await.unwrap_err();
    assert!(wait.message.contains("wait"), "also the right one waits: {wait}");
    unlock(&c).await.unwrap();
    let after = c.ledger(within(), 1).await.unwrap().unwrap().total;
    assert_eq!(after - before, u64::from(MAX_FAILURES) + 1, "five wrong ones and the passphrase");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_clients_sign_in_is_its_own() {
    let dir = tempfile::tempdir().unwrap();
    let node = terminal(&dir.path().join("clinic"));
    let (a, b) = (local_from(&node, Origin::Here), local_from(&node, Origin::Here));
    let who = unlock(&a).await.unwrap().staff;
    a.set_pin(within(), Pin(PIN.into())).await.unwrap().unwrap();
    assert!(b.patients(within(), String::new()).await.unwrap().is_err());
    assert!(
        b.chart(within(), aidpost::core::id::PatientId([0; 16]), Purpose::Treatment).await.unwrap().is_err()
    );
    assert!(b.enrol(within(), who, false).await.unwrap().is_err());
    pin(&b, who, PIN).await.unwrap();
    b.lock(within()).await.unwrap().unwrap();
    assert!(a.patients(within(), String::new()).await.unwrap().is_ok(), "locking one locks no other");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_from_afar_looks_through_the_camera_and_a_terminal_without_one_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let node = terminal(&dir.path().join("clinic"));
    let afar = local_from(&node, Origin::Afar);
    unlock(&afar).await.unwrap();
    afar.lock(within()).await.unwrap().unwrap();
    let refused = afar.look(within(), true).await.unwrap().unwrap_err();
    assert!(refused.message.contains("only at the terminal itself"), "{refused}");
    assert!(!afar.status(within()).await.unwrap().face_possible);
    let here = local_from(&node, Origin::Here);
    let none = here.look(within(), true).await.unwrap().unwrap_err();
    assert_eq!(none.kind, FaultKind::Unreachable);
    assert!(none.message.contains("PIN"), "{none}");
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_templates_keep_nobody_out_and_say_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("clinic");
    let node = terminal(&data);
    std::fs::write(data.join("faces"), b"not a file of templates").unwrap();
    let c = local_from(&node, Origin::Here);
    let who = unlock(&c).await.unwrap().staff;
    let faces = c.status(within()).await.unwrap().faces.unwrap();
    assert!(faces.problem.unwrap().contains("enrol the faces again"));
    let refused = c.enrol(within(), who, true).await.unwrap().unwrap_err();
    assert_eq!(refused.kind, FaultKind::Damaged);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_camera_of_a_terminal_is_an_admins_choice() {
    let dir = tempfile::tempdir().unwrap();
    let node = terminal(&dir.path().join("clinic"));
    let c = local_from(&node, Origin::Here);
    unlock(&c).await.unwrap();
    let infrared = CameraPolicy { infrared: Some(true), bind: None };
    c.camera_policy(within(), infrared).await.unwrap().unwrap();
    assert!(c.status(within()).await.unwrap().faces.unwrap().infrared);
    let nothing = CameraPolicy { infrared: None, bind: Some("/dev/null".into()) };
    let refused = c.camera_policy(within(), nothing).await.unwrap().unwrap_err();
    assert!(refused.message.contains("not a camera"), "{refused}");
    node.close().await;
    unlock(&c).await.unwrap();
    assert!(c.status(within()).await.unwrap().faces.unwrap().infrared, "kept over a restart");
}
