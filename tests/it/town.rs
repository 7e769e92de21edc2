//! A clinic with two terminals and a hospital, in this process, each signed in at through the node's own service.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use aidpost::{
    core::{
        governance::{OrgKind, Role},
        id::{OrgId, PatientId, StaffId},
        record::{Gender, Patient, Vital},
    },
    node::{
        CameraChoice, Node, Options,
        api::{ClinicClient, Fault, GrantAsk, Passphrase, VisitDraft},
        origin::Origin,
        server::local_from,
        setup::{self, Newcomer},
        text::{self, Invite},
    },
    vault::slots::Cost,
};
use tarpc::{
    client::RpcError,
    context::{self, Context},
};

pub(crate) fn within() -> Context {
    let mut c = context::current();
    c.deadline = std::time::Instant::now() + Duration::from_secs(120);
    c
}

pub(crate) fn secret(login: &str) -> Passphrase {
    Passphrase(format!("the passphrase of {login}"))
}

/// The answer of a call that must work.
pub(crate) fn ok<T>(r: Result<Result<T, Fault>, RpcError>) -> T {
    r.unwrap().unwrap()
}

/// Why a call was refused.
pub(crate) fn no<T: std::fmt::Debug>(r: Result<Result<T, Fault>, RpcError>) -> Fault {
    r.unwrap().unwrap_err()
}

pub(crate) fn node(data: &Path) -> Arc<Node> {
    node_with(data, CameraChoice::None)
}

fn node_with(data: &Path, camera: CameraChoice) -> Arc<Node> {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    Node::new(Options { data: data.into(), listen, camera }).unwrap()
}

/// One terminal, with its admin signed in.
pub(crate) struct Site {
    pub(crate) node: Arc<Node>,
    pub(crate) admin: ClinicClient,
}

impl Site {
    /// Somebody signs in here by passphrase.
    pub(crate) async fn sign_in(&self, login: &str) -> ClinicClient {
        let c = local_from(&self.node, Origin::Here);
        ok(c.unlock(within(), login.into(), secret(login)).await);
        c
    }

    /// A person who signs in here.
    pub(crate) async fn hire(&self, login: &str, role: Role) -> (ClinicClient, StaffId) {
        let name = format!("Person {login}");
        let id = ok(self.admin.add_staff(within(), login.into(), name, role, secret(login)).await);
        (self.sign_in(login).await, id)
    }

    /// Meets another terminal.
    pub(crate) async fn meet(&self, other: &Site) {
        ok(self.admin.link(within(), true).await);
        ok(other.admin.link(within(), true).await);
        let ticket = ok(other.admin.mesh(within()).await).ticket;
        ok(self.admin.add_peer(within(), ticket).await);
        // The second round carries what the first gave rise to, such as answers.
        for _ in 0..2 {
            let met = ok(self.admin.sync(within()).await);
            assert!(met.iter().any(|m| m.problem.is_none()), "{met:?}");
        }
    }
}

/// A clinic that founded the consortium, alone.
pub(crate) async fn clinic(dir: &Path) -> Site {
    founded(dir, false, CameraChoice::None).await
}

/// The same as a demonstration, whose camera shows the pictures of a folder.
pub(crate) async fn demonstration(dir: &Path, frames: &Path) -> Site {
    founded(dir, true, CameraChoice::Frames(frames.into())).await
}

async fn founded(dir: &Path, demo: bool, camera: CameraChoice) -> Site {
    let (data, passphrase) = (dir.join("clinic"), secret("amina"));
    let newcomer = Newcomer {
        data: &data,
        device: "front desk",
        login: "amina",
        name: "Amina Yusuf",
        passphrase: &passphrase,
        cost: Cost::LEAST,
    };
    setup::found(&newcomer, "Valley", "Aruna Clinic", OrgKind::Clinic, demo, &mut rand::rng()).unwrap();
    let node = node_with(&data, camera);
    let admin = local_from(&node, Origin::Here);
    ok(admin.unlock(within(), "amina".into(), secret("amina")).await);
    ok(admin.link(within(), true).await);
    Site { node, admin }
}

async fn invite(site: &Site) -> (Invite, String) {
    let invite = text::read(&ok(site.admin.invite(within()).await)).unwrap();
    (invite, ok(site.admin.mesh(within()).await).ticket)
}

/// A hospital that the clinic admits.
pub(crate) async fn hospital(dir: &Path, clinic: &Site) -> (Site, OrgId) {
    let (invite, ticket) = invite(clinic).await;
    let (data, passphrase) = (dir.join("hospital"), secret("bela"));
    let newcomer = Newcomer {
        data: &data,
        device: "ward",
        login: "bela",
        name: "Bela Mwangi",
        passphrase: &passphrase,
        cost: Cost::LEAST,
    };
    let request =
        setup::join_org(&newcomer, &invite, "Bela Hospital", OrgKind::Hospital, &mut rand::rng()).unwrap();
    let org = ok(clinic.admin.admit(within(), text::write(&request)).await);
    let node = node(&data);
    node.first_meeting("bela", &passphrase, Some(&ticket)).await.unwrap();
    let admin = local_from(&node, Origin::Here);
    ok(admin.unlock(within(), "bela".into(), passphrase).await);
    (Site { node, admin }, org)
}

/// A second terminal of the clinic; its person is a nurse, "omar".
pub(crate) async fn outreach(dir: &Path, clinic: &Site) -> Site {
    let (invite, ticket) = invite(clinic).await;
    let (data, passphrase) = (dir.join("outreach"), secret("omar"));
    let newcomer = Newcomer {
        data: &data,
        device: "tablet",
        login: "omar",
        name: "Omar Haddad",
        passphrase: &passphrase,
        cost: Cost::LEAST,
    };
    let request = setup::join_terminal(&newcomer, &invite, Role::Nurse, &mut rand::rng()).unwrap();
    let certificate = text::read(&ok(clinic.admin.certify(within(), text::write(&request)).await)).unwrap();
    setup::take_certificate(&data, "omar", &passphrase, &certificate).unwrap();
    let node = node(&data);
    node.first_meeting("omar", &passphrase, Some(&ticket)).await.unwrap();
    let admin = local_from(&node, Origin::Here);
    ok(admin.unlock(within(), "omar".into(), passphrase).await);
    Site { node, admin }
}

pub(crate) fn patient(name: &str, born: u16) -> Patient {
    Patient {
        name: name.into(),
        birth_year: Some(born),
        birth_estimated: false,
        gender: Gender::Female,
        village: "Kothapalli".into(),
        phone: "080-555-0199".into(),
    }
}

/// A visit with a temperature.
pub(crate) fn visit(reason: &str, temperature: &str) -> VisitDraft {
    let vitals = Vital::ALL.iter().map(|v| if *v == Vital::Temperature { temperature } else { "" }.into());
    VisitDraft {
        reason: reason.into(),
        note: format!("note on {reason}"),
        vitals: vitals.collect(),
        ..VisitDraft::default()
    }
}

/// Registers a patient with one visit.
pub(crate) async fn registered(c: &ClinicClient, name: &str, born: u16) -> PatientId {
    let id = ok(c.register(within(), patient(name, born)).await);
    ok(c.write_visit(within(), id, visit("fever", "38.9")).await);
    id
}

/// General care for an organisation, until it is stopped.
pub(crate) fn treatment(org: OrgId) -> GrantAsk {
    GrantAsk {
        org,
        role: None,
        purpose: aidpost::core::policy::Purpose::Treatment,
        compartments: vec![aidpost::core::record::Compartment::General],
        days: None,
        parent: None,
        delegable: false,
        guardian: None,
    }
}
