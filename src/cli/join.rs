//! Joining a consortium: over the network with a ticket, or with files that somebody carries.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde_json::json;

use super::{
    Global,
    ask::{self, Questions},
    guided, input,
};
use crate::{
    core::governance::{OrgKind, Role},
    node::{
        Node,
        api::{Fault, FaultKind, Passphrase},
        setup::{self, Newcomer},
        text::{self, Certificate, Invite},
    },
    vault::slots::Cost,
};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    Clinic,
    Hospital,
    Research,
    Insurer,
    Bureau,
}

impl Kind {
    const ALL: [(Kind, &'static str); 5] = [
        (Kind::Clinic, "clinic"),
        (Kind::Hospital, "hospital"),
        (Kind::Research, "research"),
        (Kind::Insurer, "insurer"),
        (Kind::Bureau, "bureau"),
    ];

    /// Its word, as it is typed.
    pub(crate) fn word(self) -> &'static str {
        Self::ALL.iter().find(|(k, _)| *k == self).map_or("", |(_, w)| w)
    }

    /// As a flag says, or as it is answered.
    pub(crate) fn asked<R: std::io::BufRead>(
        q: &mut Questions<R>,
        flag: Option<Self>,
    ) -> Result<Self, Fault> {
        if let Some(k) = flag {
            return Ok(k);
        }
        let words = Self::ALL.map(|(_, w)| w);
        q.ask(&format!("What it is ({})", words.join(", ")), Some("clinic"), |given| {
            let found = Self::ALL.iter().find(|(_, w)| *w == given.to_lowercase()).map(|(k, _)| *k);
            super::words::word("kind of organisation", given, &words, found)
        })
    }
}

impl From<Kind> for OrgKind {
    fn from(k: Kind) -> Self {
        match k {
            Kind::Clinic => OrgKind::Clinic,
            Kind::Hospital => OrgKind::Hospital,
            Kind::Research => OrgKind::Research,
            Kind::Insurer => OrgKind::Insurer,
            Kind::Bureau => OrgKind::Bureau,
        }
    }
}

/// Join a consortium.
#[derive(Args)]
pub(crate) struct Join {
    /// File with the invitation, or with the certificate that the admin gave for this terminal's request; without it, on a
    /// terminal, everything is asked for
    pub(super) file: Option<PathBuf>,
    /// The line that 'aidpost invite' shows on the other terminal: joins over the network, and asks for the rest
    #[arg(long, conflicts_with_all = ["file", "request", "kit"])]
    pub(super) ticket: Option<String>,
    /// Name of the new organisation; without it, a terminal of the organisation that invited
    #[arg(long)]
    pub(super) org: Option<String>,
    /// What the organisation is [default: clinic]
    #[arg(long, value_enum)]
    pub(super) kind: Option<Kind>,
    /// This terminal's name [default: "front desk"]
    #[arg(long)]
    pub(super) device: Option<String>,
    /// The first person's name as colleagues know it [default: Admin]
    #[arg(long)]
    pub(super) name: Option<String>,
    /// The first person's role, for a further terminal: registrar, nurse, clinician, pharmacist, lab, researcher, insurer, bureau or admin [default: nurse]
    #[arg(long)]
    pub(super) role: Option<String>,
    /// Where to write the request that the inviting organisation needs [default: request.txt]
    #[arg(long)]
    pub(super) request: Option<PathBuf>,
    /// The organisation is a member already, and all its terminals are lost: its recovery kit makes this one its terminal
    #[arg(long, conflicts_with = "org")]
    kit: bool,
    /// File with the kit's code, for scripts; asked for otherwise
    #[arg(long, requires = "kit", value_name = "FILE")]
    kit_file: Option<PathBuf>,
}

pub(super) fn read(path: &Path) -> Result<String, Fault> {
    input::text(path, text::MAX_LINE).map_err(|e| Fault::unread(path, &e, "check the file's name"))
}

pub(super) fn write(path: &Path, line: &str) -> Result<(), Fault> {
    std::fs::write(path, format!("{line}\n")).map_err(|e| Fault::unwritten(path, &e, "choose another place"))
}

pub(super) fn newcomer<'a>(
    data: &'a Path,
    device: &'a str,
    login: &'a str,
    name: &'a str,
    passphrase: &'a Passphrase,
) -> Newcomer<'a> {
    Newcomer { data, device, login, name, passphrase, cost: Cost::of_this_machine() }
}

/// The role of a word.
pub(super) fn role(word: &str) -> Result<Role, Fault> {
    Role::from_word(word).ok_or_else(|| super::staff::bad_role(word))
}

impl Join {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let Some(file) = &self.file else {
            if ask::possible() && !self.kit {
                return guided::join(self, g).await;
            }
            return Err(match self.ticket {
                Some(_) => Fault::new(
                    FaultKind::Usage,
                    "two people must compare a code: run this on a terminal, or use an invitation file in a script ('aidpost org invite')",
                ),
                None => super::usage::missing("aidpost join", &["<FILE>"]),
            });
        };
        let line = read(file)?;
        if let Ok(c) = text::read::<Certificate>(&line) {
            return certified(g, &c);
        }
        let invite: Invite = text::read(&line)?;
        self.by_file(g, &invite)
    }

    /// With an invitation file: writes the request.
    pub(super) fn by_file(self, g: &Global, invite: &Invite) -> Result<(), Fault> {
        let data = g.data()?;
        let device = self.device.unwrap_or_else(|| "front desk".into());
        let name = self.name.unwrap_or_else(|| "Admin".into());
        if self.kit {
            return super::kit::join(g, invite, &device, &name, self.kit_file.as_deref());
        }
        let (login, passphrase) = (g.login()?, g.passphrase(true)?);
        let plan = Plan {
            what: match self.org {
                Some(org) => What::Org(org, self.kind.unwrap_or(Kind::Clinic)),
                None => What::Terminal(role(self.role.as_deref().unwrap_or("nurse"))?),
            },
            device,
            name,
            login,
            passphrase,
        };
        plan.request(g, &data, invite, &self.request.unwrap_or_else(|| "request.txt".into()))
    }
}

/// Takes a certificate that was brought by file.
pub(super) fn certified(g: &Global, c: &Certificate) -> Result<(), Fault> {
    setup::take_certificate(&g.data()?, &g.login()?, &g.passphrase(false)?, c)?;
    g.tell(
        &json!({ "certified": true }),
        "Certified. Next: 'aidpost sync --ticket TICKET' with the ticket of the terminal that invited.",
    );
    Ok(())
}

/// What joins.
#[derive(Clone)]
pub(super) enum What {
    /// A further terminal of the organisation that invites, and its first person's role.
    Terminal(Role),
    /// The first terminal of a new organisation.
    Org(String, Kind),
}

/// What joins, and who is the first there.
pub(super) struct Plan {
    pub(super) what: What,
    pub(super) device: String,
    pub(super) name: String,
    pub(super) login: String,
    pub(super) passphrase: Passphrase,
}

impl Plan {
    pub(super) fn newcomer<'a>(&'a self, data: &'a Path) -> Newcomer<'a> {
        newcomer(data, &self.device, &self.login, &self.name, &self.passphrase)
    }

    /// Writes the terminal's store and its request.
    pub(super) fn request(&self, g: &Global, data: &Path, invite: &Invite, file: &Path) -> Result<(), Fault> {
        let (new, rng) = (self.newcomer(data), &mut rand::rng());
        let request = match &self.what {
            What::Org(org, kind) => setup::join_org(&new, invite, org, (*kind).into(), rng)?,
            What::Terminal(role) => setup::join_terminal(&new, invite, *role, rng)?,
        };
        let line = text::write(&request);
        if let Err(f) = write(file, &line) {
            // The keys are made: the request must not be lost with the file.
            println!("{line}");
            eprintln!("The request could not be written to a file; the line above is it.");
            return Err(f);
        }
        let (who, next) = match self.what {
            What::Org(..) => ("'aidpost org admit'", "'aidpost sync'"),
            What::Terminal(_) => ("'aidpost device certify'", "'aidpost join certificate.txt'"),
        };
        let (consortium, file) = (&invite.genesis.name, file.display().to_string());
        let (asked, invited) = (request.fingerprint(), invite.fingerprint());
        g.tell(
            &json!({ "request": file, "fingerprint": asked, "consortium": consortium, "invitation": invited }),
            format_args!(
                "Request {asked} of \"{}\".\n\
                 Joining \"{consortium}\", invitation {invited}: compare both with the other screen.\n\
                 Give {file} to the admin who invited, for {who}; then here: {next}.",
                request.staff.name
            ),
        );
        Ok(())
    }
}

/// Closes a node of our own.
pub(crate) async fn close(node: Option<std::sync::Arc<Node>>) {
    if let Some(n) = node {
        n.close().await;
    }
}
