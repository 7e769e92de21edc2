//! The story's terminals and people, set up by the same calls as real ones.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use tarpc::context::{self, Context};

use super::{Left, camera};
use crate::{
    core::{
        governance::{OrgKind, Role},
        id::{OrgId, PatientId, StaffId},
    },
    face::portrait,
    node::{
        CameraChoice, Node, Options,
        api::{ClinicClient, Fault, FaultKind, Passphrase, Who},
        server,
        setup::{self, Newcomer},
        text::{self, Certificate, Invite},
    },
    vault::slots::Cost,
};

/// The most frames of an enrolment.
const ENROLMENT: usize = 900;

/// A person of the story, with what they type.
pub struct Account {
    /// Login name.
    pub login: &'static str,
    /// Passphrase.
    pub passphrase: &'static str,
    /// Name as colleagues know them.
    pub name: &'static str,
}

/// Admin of the clinic.
pub const ADMIN: Account =
    Account { login: "amina", passphrase: "mango tree by the well", name: "Amina Yusuf" };
/// Nurse of the clinic; her face is enrolled.
pub const NURSE: Account = Account { login: "nila", passphrase: "river stone and reed", name: "Nila Rao" };
/// The nurse's PIN at the clinic's front desk.
pub const NURSE_PIN: &str = "274913";
const SECOND_NURSE: Account = Account { login: "omar", passphrase: "seven grey herons", name: "Omar Haddad" };
const HOSPITAL_ADMIN: Account =
    Account { login: "bela", passphrase: "copper kettle song", name: "Bela Mwangi" };
const DOCTOR: Account = Account { login: "david", passphrase: "lamp over the door", name: "Dr David Okoye" };

impl Account {
    pub(super) fn secret(&self) -> Passphrase {
        Passphrase(self.passphrase.into())
    }
}

/// A terminal with its own store, node and people signed in at it.
pub(super) struct Site {
    pub(super) data: PathBuf,
    pub(super) node: Arc<Node>,
    /// The person who works here.
    pub(super) client: ClinicClient,
}

/// All terminals of the story.
pub(super) struct Sites {
    pub(super) folder: PathBuf,
    /// The clinic's front desk; Nila works here.
    pub(super) clinic: Site,
    /// The clinic's second terminal; Omar works here.
    pub(super) outreach: Site,
    /// The hospital's terminal; the doctor works here.
    pub(super) hospital: Site,
    pub(super) hospital_org: OrgId,
    pub(super) patient: Option<PatientId>,
}

pub(super) fn within() -> Context {
    let mut c = context::current();
    c.deadline = Instant::now() + Duration::from_secs(120);
    c
}

pub(super) fn failed(what: impl std::fmt::Display) -> Fault {
    Fault::new(FaultKind::Failed, what)
}

/// A call's answer.
pub(super) fn ok<T>(r: Result<Result<T, Fault>, tarpc::client::RpcError>) -> Result<T, Fault> {
    r.map_err(failed)?
}

fn node(data: &Path, camera: CameraChoice) -> Result<Arc<Node>, Fault> {
    // Any free port of this machine; tickets say which.
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    Node::new(Options { data: data.into(), listen, camera })
}

/// Signs someone in at a node, with a client of their own.
pub(super) async fn sign_in(node: &Arc<Node>, who: &Account) -> Result<(ClinicClient, Who), Fault> {
    let client = server::local(node);
    let w = ok(client.unlock(within(), who.login.into(), who.secret()).await)?;
    Ok((client, w))
}

/// Guides an enrolment to its end; how many templates were kept.
async fn enrol(client: &ClinicClient, who: StaffId) -> Result<u32, Fault> {
    let mut fresh = true;
    for _ in 0..ENROLMENT {
        let look = ok(client.enrol(within(), who, fresh).await)?;
        fresh = false;
        if let Some(done) = look.enrolled {
            return Ok(done.templates);
        }
    }
    Err(failed(format!("the enrolment did not end within {ENROLMENT} frames")))
}

impl Sites {
    pub(super) fn frames(&self) -> PathBuf {
        self.folder.join("camera")
    }

    /// Step 1.
    pub(super) async fn found(folder: &Path, cost: Cost) -> Result<(Self, Vec<String>), Fault> {
        let rng = || rand::rng();
        let mut lines = Vec::new();
        let at = |name: &str| folder.join(name);
        let new =
            |data: &'static str, device: &'static str, a: &'static Account| (at(data), device, a, a.secret());

        // The clinic founds the consortium.
        let (data, device, a, secret) = new("clinic", "front desk", &ADMIN);
        let newcomer =
            Newcomer { data: &data, device, login: a.login, name: a.name, passphrase: &secret, cost };
        setup::found(&newcomer, "Valley Health", "Aruna Clinic", OrgKind::Clinic, true, &mut rng())?;
        let clinic = node(&data, CameraChoice::Frames(at("camera")))?;
        let (admin, _) = sign_in(&clinic, &ADMIN).await?;
        ok(admin.link(within(), true).await)?;
        let nurse = ok(admin
            .add_staff(within(), NURSE.login.into(), NURSE.name.into(), Role::Nurse, NURSE.secret())
            .await)?;
        let ticket = ok(admin.mesh(within()).await)?.ticket;
        let invite: Invite = text::read(&ok(admin.invite(within()).await)?)?;
        lines.push(format!("founded \"{}\", fingerprint {}", invite.genesis.name, invite.genesis.id()));

        // The hospital joins as an organisation of its own.
        let (data, device, a, secret) = new("hospital", "ward terminal", &HOSPITAL_ADMIN);
        let newcomer =
            Newcomer { data: &data, device, login: a.login, name: a.name, passphrase: &secret, cost };
        let request = setup::join_org(&newcomer, &invite, "Bela Hospital", OrgKind::Hospital, &mut rng())?;
        let hospital_org = ok(admin.admit(within(), text::write(&request)).await)?;
        let hospital = node(&data, CameraChoice::None)?;
        hospital.first_meeting(a.login, &secret, Some(&ticket)).await?;
        let (hospital_admin, _) = sign_in(&hospital, &HOSPITAL_ADMIN).await?;
        ok(hospital_admin
            .add_staff(within(), DOCTOR.login.into(), DOCTOR.name.into(), Role::Clinician, DOCTOR.secret())
            .await)?;
        let (doctor, _) = sign_in(&hospital, &DOCTOR).await?;

        // The clinic's second terminal.
        let (data, device, a, secret) = new("outreach", "outreach tablet", &SECOND_NURSE);
        let newcomer =
            Newcomer { data: &data, device, login: a.login, name: a.name, passphrase: &secret, cost };
        let request = setup::join_terminal(&newcomer, &invite, Role::Nurse, &mut rng())?;
        let certificate: Certificate =
            text::read(&ok(admin.certify(within(), text::write(&request)).await)?)?;
        setup::take_certificate(&data, a.login, &secret, &certificate)?;
        let outreach = node(&data, CameraChoice::None)?;
        outreach.first_meeting(a.login, &secret, Some(&ticket)).await?;
        let (omar, _) = sign_in(&outreach, &SECOND_NURSE).await?;

        // The nurse's face, from camera frames.
        camera::living(&at("camera"), &portrait::nurse(), 1)?;
        let start = Instant::now();
        let templates = enrol(&admin, nurse).await?;
        lines.push(format!(
            "enrolled {} from camera frames: {templates} templates in {} ms",
            NURSE.name,
            start.elapsed().as_millis()
        ));
        ok(hospital_admin.sync(within()).await)?;
        let view = ok(admin.ledger(within(), 1).await)?;
        lines.push(format!("{} blocks in {} signed logs; {}", view.total, view.logs.len(), view.trust));
        let sites = Self {
            folder: folder.into(),
            clinic: Site { data: at("clinic"), node: clinic, client: admin },
            outreach: Site { data: at("outreach"), node: outreach, client: omar },
            hospital: Site { data: at("hospital"), node: hospital, client: doctor },
            hospital_org,
            patient: None,
        };
        Ok((sites, lines))
    }

    /// The patient of the story.
    pub(super) fn patient(&self) -> Result<PatientId, Fault> {
        self.patient.ok_or_else(|| failed("no patient was registered"))
    }

    /// Two terminals learn where the other answers, and meet.
    pub(super) async fn meet(from: &Site, to: &Site) -> Result<crate::node::api::Met, Fault> {
        let ticket = ok(to.client.mesh(within()).await)?.ticket;
        ok(from.client.add_peer(within(), ticket).await)?;
        let met = ok(from.client.sync(within()).await)?;
        met.into_iter().next().ok_or_else(|| failed("nobody was met"))
    }

    /// Closes all terminals but the clinic's, and signs out there.
    pub(super) async fn leave(self) -> Result<Left, Fault> {
        ok(self.clinic.client.lock(within()).await)?;
        self.outreach.node.close().await;
        self.hospital.node.close().await;
        let frames = self.frames();
        Ok(Left { node: self.clinic.node, frames })
    }
}
