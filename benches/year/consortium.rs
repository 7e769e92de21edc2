//! Four organisations with two terminals each, and their meetings.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use aidpost::{
    core::governance::{OrgKind, Role},
    node::{
        api::ClinicClient,
        origin::Origin,
        server::local_from,
        setup::{self, Newcomer},
        text::{self, Certificate, Invite},
    },
    vault::slots::Cost,
};

use crate::site::{Site, node, ok, secret, within};

const ORGS: [(&str, OrgKind); 4] = [
    ("Aruna Clinic", OrgKind::Clinic),
    ("Bela Hospital", OrgKind::Hospital),
    ("Chandi Clinic", OrgKind::Clinic),
    ("Dhara Hospital", OrgKind::Hospital),
];

/// What meetings came to.
#[derive(Clone, Copy, Default)]
pub(crate) struct Exchanged {
    pub(crate) time: Duration,
    pub(crate) bytes: u64,
}

impl std::ops::AddAssign for Exchanged {
    fn add_assign(&mut self, other: Self) {
        self.time += other.time;
        self.bytes += other.bytes;
    }
}

/// The first terminal of organisation n is number 2n, the second 2n + 1.
pub(crate) struct Consortium {
    pub(crate) sites: Vec<Site>,
}

fn newcomer<'a>(
    data: &'a Path,
    login: &'a str,
    passphrase: &'a aidpost::node::api::Passphrase,
) -> Newcomer<'a> {
    Newcomer { data, device: login, login, name: login, passphrase, cost: Cost::LEAST }
}

async fn invitation(admin: &ClinicClient) -> (Invite, String) {
    let invite = text::read(&ok(admin.invite(within()).await)).unwrap();
    (invite, ok(admin.mesh(within()).await).ticket)
}

/// The first terminal of an organisation, once it is a member: its nurse is hired.
async fn first(data: &Path, node: std::sync::Arc<aidpost::node::Node>, n: usize) -> Site {
    let (login, nurse) = (format!("admin {n}"), format!("nurse {n}"));
    let admin = local_from(&node, Origin::Here);
    ok(admin.unlock(within(), login.clone(), secret(&login)).await);
    ok(admin.link(within(), true).await);
    ok(admin.add_staff(within(), nurse.clone(), nurse.clone(), Role::Nurse, secret(&nurse)).await);
    Site::new(data.into(), node, (&login, admin), &nurse).await
}

impl Consortium {
    pub(crate) async fn founded(folder: &Path) -> Self {
        let mut all = Self { sites: Vec::new() };
        for (n, (name, kind)) in ORGS.into_iter().enumerate() {
            let data = folder.join(format!("org-{n}-first"));
            let (login, passphrase) = (format!("admin {n}"), secret(&format!("admin {n}")));
            let new = newcomer(&data, &login, &passphrase);
            let node = if n == 0 {
                setup::found(&new, "Valley", name, kind, false, &mut rand::rng()).unwrap();
                node(&data)
            } else {
                let (invite, ticket) = invitation(&all.sites[0].admin).await;
                let request = setup::join_org(&new, &invite, name, kind, &mut rand::rng()).unwrap();
                ok(all.sites[0].admin.admit(within(), text::write(&request)).await);
                all.approved().await;
                let node = node(&data);
                node.first_meeting(&login, &passphrase, Some(&ticket)).await.unwrap();
                node
            };
            all.sites.push(first(&data, node, n).await);
            let second = all.second(folder, n).await;
            all.sites.push(second);
            all.meet().await;
        }
        all
    }

    /// Every organisation approves what is proposed.
    async fn approved(&self) {
        self.meet().await;
        for site in self.sites.iter().step_by(2) {
            for p in ok(site.admin.proposals(within()).await) {
                // Whoever proposed has approved with it.
                let _ = site.admin.approve(within(), p.id).await;
            }
            self.meet().await;
        }
    }

    /// A second terminal, at which a nurse works.
    async fn second(&self, folder: &Path, n: usize) -> Site {
        let first = &self.sites[2 * n];
        let (invite, ticket) = invitation(&first.admin).await;
        let data = folder.join(format!("org-{n}-second"));
        let (login, passphrase) = (format!("outreach {n}"), secret(&format!("outreach {n}")));
        let request = setup::join_terminal(
            &newcomer(&data, &login, &passphrase),
            &invite,
            Role::Nurse,
            &mut rand::rng(),
        )
        .unwrap();
        let certificate: Certificate =
            text::read(&ok(first.admin.certify(within(), text::write(&request)).await)).unwrap();
        setup::take_certificate(&data, &login, &passphrase, &certificate).unwrap();
        let node = node(&data);
        node.first_meeting(&login, &passphrase, Some(&ticket)).await.unwrap();
        let client = local_from(&node, Origin::Here);
        ok(client.unlock(within(), login.clone(), passphrase).await);
        Site::new(data, node, (&login, client), &login).await
    }

    /// The day's meetings: what was written reaches every terminal, by way of the first ones.
    pub(crate) async fn meet(&self) -> Exchanged {
        let mut all = Exchanged::default();
        for round in [1, 0, 1] {
            for site in self.sites.iter().skip(round).step_by(2) {
                all += exchange(site).await;
            }
        }
        all
    }

    /// One meeting of two terminals that hold the same.
    pub(crate) async fn quiet(&self) -> Exchanged {
        exchange(&self.sites[1]).await
    }

    /// Blocks that one terminal checked, and what is damaged at any.
    pub(crate) async fn verified(&self) -> (u64, usize) {
        let (mut blocks, mut damage) = (0, 0);
        for site in &self.sites {
            // Those before it may have taken longer than whoever does nothing stays signed in.
            site.admin_signs_in().await;
            let report = ok(site.admin.verify(within()).await);
            blocks = report.blocks.max(blocks);
            damage += report.damage.len();
        }
        (blocks, damage)
    }

    pub(crate) async fn end(self) {
        for site in self.sites {
            site.node.close().await;
        }
    }
}

/// A round of one terminal: bytes and time of those meetings that came about.
async fn exchange(site: &Site) -> Exchanged {
    let start = Instant::now();
    let Ok(met) = site.admin.sync(within()).await.unwrap() else { return Exchanged::default() };
    let bytes = met.iter().filter(|m| m.problem.is_none()).map(|m| m.bytes).sum();
    Exchanged { time: start.elapsed(), bytes }
}
