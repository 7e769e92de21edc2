//! Founding and joining a consortium.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};

use super::{
    Global,
    govern::Act,
    input,
    open::{answer, within},
};
use crate::{
    core::{
        governance::{OrgKind, Role},
        id::{DeviceId, OrgId, ProposalId},
    },
    node::{
        Node,
        api::{Fault, FaultKind, Passphrase},
        setup::{self, Newcomer},
        text::{self, Certificate, Invite, JoinRequest},
    },
    vault::slots::Cost,
};

const MAX_LINE: u64 = 256 * 1024;

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Kind {
    Clinic,
    Hospital,
    Research,
    Insurer,
    Bureau,
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

/// Found a consortium.
#[derive(Args)]
pub(crate) struct Init {
    /// The consortium's name
    #[arg(long)]
    consortium: String,
    /// The organisation's name
    #[arg(long)]
    org: String,
    /// What the organisation is
    #[arg(long, value_enum, default_value = "clinic")]
    kind: Kind,
    /// This terminal's name
    #[arg(long, default_value = "front desk")]
    device: String,
    /// The admin's name as colleagues know it
    #[arg(long, default_value = "Admin")]
    name: String,
}

/// Join a consortium.
#[derive(Args)]
pub(crate) struct Join {
    /// File with the invitation, or with the certificate that the admin gave for this terminal's request
    file: PathBuf,
    /// Name of the new organisation; without it, a terminal of the organisation that invited
    #[arg(long)]
    org: Option<String>,
    /// What the organisation is
    #[arg(long, value_enum, default_value = "clinic")]
    kind: Kind,
    /// This terminal's name
    #[arg(long, default_value = "front desk")]
    device: String,
    /// The first person's name as colleagues know it
    #[arg(long, default_value = "Admin")]
    name: String,
    /// The first person's role, for a further terminal
    #[arg(long, default_value = "nurse")]
    role: String,
    /// Where to write the request that the inviting organisation needs
    #[arg(long, default_value = "request.txt")]
    request: PathBuf,
    /// The organisation is a member already, and all its terminals are lost: its recovery kit makes this one its terminal
    #[arg(long, conflicts_with = "org")]
    kit: bool,
    /// File with the kit's code, for scripts; asked for otherwise
    #[arg(long, requires = "kit", value_name = "FILE")]
    kit_file: Option<PathBuf>,
}

/// Organisations.
#[derive(Subcommand)]
pub(crate) enum Org {
    /// Write an invitation for another terminal to join with
    ///
    /// Example: aidpost org invite invite.txt --login amina
    Invite {
        /// File to write
        #[arg(default_value = "invite.txt")]
        file: PathBuf,
    },
    /// What is to be decided, and who has approved it
    ///
    /// Example: aidpost org proposals --login amina
    Proposals,
    /// Approve what another organisation proposed (admin)
    ///
    /// Example: aidpost org approve PROPOSAL --login amina
    Approve {
        /// As 'aidpost org proposals' shows it
        proposal: ProposalId,
    },
    /// End a round whose votes have split (admin)
    ///
    /// Example: aidpost org void --login amina
    Void,
    /// Propose to expel a member (admin)
    ///
    /// Example: aidpost org expel ORG --login amina
    Expel {
        /// The organisation
        org: OrgId,
    },
    /// Show the default policy, or propose another (admin)
    ///
    /// Example: aidpost org policy policy.cedar --check
    Policy {
        /// Cedar text to propose
        file: Option<PathBuf>,
        /// Only check it against the schema
        #[arg(long)]
        check: bool,
    },
    /// Print the organisation's recovery kit: its root key on paper (admin)
    ///
    /// Example: aidpost org kit --login amina
    #[command(verbatim_doc_comment)]
    Kit {
        /// Check the code on a paper instead: type it, and see whether it is this organisation's
        #[arg(long)]
        check: bool,
        /// File with the code to check, for scripts; asked for otherwise
        #[arg(long, requires = "check", value_name = "FILE")]
        code_file: Option<PathBuf>,
    },
    /// Become an admin with the organisation's recovery kit
    ///
    /// Example: aidpost org recover --login nila
    #[command(verbatim_doc_comment)]
    Recover {
        /// File with the kit's code, for scripts; asked for otherwise
        #[arg(long, value_name = "FILE")]
        code_file: Option<PathBuf>,
    },
    /// Admit the organisation of a join request (admin)
    ///
    /// Example: aidpost org admit request.txt --login amina
    Admit {
        /// File with the request
        file: PathBuf,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
}

/// Terminals.
#[derive(Subcommand)]
pub(crate) enum Device {
    /// Certify a further terminal of this organisation (admin)
    ///
    /// Example: aidpost device certify request.txt certificate.txt --login amina
    Certify {
        /// File with the terminal's request
        file: PathBuf,
        /// Where to write its certificate
        #[arg(default_value = "certificate.txt")]
        certificate: PathBuf,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Suspend a terminal that is given away or not trusted any more (admin)
    ///
    /// Example: aidpost device suspend DEVICE --login amina
    Suspend {
        /// The terminal
        device: DeviceId,
    },
    /// A terminal is lost or stolen: suspend it, and see what it alone may hold (admin)
    ///
    /// Example: aidpost device lost "outreach tablet"
    Lost {
        /// Its name or identifier
        name: String,
    },
}

fn read(path: &Path) -> Result<String, Fault> {
    let bad =
        |e: String| Fault::new(FaultKind::Usage, format!("{}: {e}: check the file's name", path.display()));
    input::text(path, MAX_LINE).map_err(|e| bad(e.to_string()))
}

pub(super) fn write(path: &Path, line: &str) -> Result<(), Fault> {
    std::fs::write(path, format!("{line}\n"))
        .map_err(|e| Fault::new(FaultKind::Failed, format!("{}: {e}: choose another place", path.display())))
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

impl Init {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (data, login, passphrase) = (g.data()?, g.login()?, g.passphrase(true)?);
        let new = newcomer(&data, &self.device, &login, &self.name, &passphrase);
        setup::found(&new, &self.consortium, &self.org, self.kind.into(), false, &mut rand::rng())?;
        println!("Founded \"{}\" with \"{}\" in {}.", self.consortium, self.org, data.display());
        println!(
            "Next: 'aidpost org kit' prints the organisation's recovery kit: without that paper, a lost terminal can mean a lost organisation."
        );
        println!("Then: 'aidpost staff add' for each colleague, 'aidpost' to open the workstation.");
        Ok(())
    }
}

impl Join {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let line = read(&self.file)?;
        let data = g.data()?;
        if let Ok(c) = text::read::<Certificate>(&line) {
            setup::take_certificate(&data, &g.login()?, &g.passphrase(false)?, &c)?;
            println!(
                "Certified. Next: 'aidpost sync --ticket TICKET' with the ticket of the terminal that invited."
            );
            return Ok(());
        }
        let invite: Invite = text::read(&line)?;
        if self.kit {
            return super::kit::join(g, &invite, &self.device, &self.name, self.kit_file.as_deref());
        }
        let (login, passphrase) = (g.login()?, g.passphrase(true)?);
        let new = newcomer(&data, &self.device, &login, &self.name, &passphrase);
        let rng = &mut rand::rng();
        let request = match &self.org {
            Some(org) => setup::join_org(&new, &invite, org, self.kind.into(), rng)?,
            None => {
                let role = Role::from_word(&self.role).ok_or_else(|| super::staff::bad_role(&self.role))?;
                setup::join_terminal(&new, &invite, role, rng)?
            }
        };
        let line = text::write(&request);
        if let Err(f) = write(&self.request, &line) {
            // The keys are made: the request must not be lost with the file.
            println!("{line}");
            eprintln!("The request could not be written to a file; the line above is it.");
            return Err(f);
        }
        println!("Request {} of \"{}\".", request.fingerprint(), request.staff.name);
        println!(
            "Joining \"{}\", fingerprint {}: compare it with the other screen.",
            invite.genesis.name,
            invite.genesis.id()
        );
        let (who, next) = match self.org {
            Some(_) => ("'aidpost org admit'", "'aidpost sync'"),
            None => ("'aidpost device certify'", "'aidpost join certificate.txt'"),
        };
        println!("Give {} to the admin who invited, for {who}; then here: {next}.", self.request.display());
        Ok(())
    }
}

/// Shows what would be signed, and asks.
fn confirm(r: &JoinRequest, yes: bool) -> Result<(), Fault> {
    if let Some(o) = &r.org {
        eprintln!("Organisation \"{}\" ({:?}), {}", o.name, o.kind, o.id().short());
    }
    eprintln!("Terminal \"{}\", first person \"{}\" ({})", r.device.name, r.staff.name, r.staff.role.word());
    eprintln!("Request {}: the other screen must show the same.", r.fingerprint());
    if yes {
        return Ok(());
    }
    let no = "not signed: type 'yes' when asked, or give --yes in a script";
    if !std::io::stdin().is_terminal() {
        return Err(Fault::new(FaultKind::Usage, no));
    }
    eprint!("Sign it? Type yes: ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|e| Fault::new(FaultKind::Failed, e))?;
    if answer.trim() == "yes" { Ok(()) } else { Err(Fault::new(FaultKind::Usage, no)) }
}

impl Org {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let act = match &self {
            Org::Invite { .. } | Org::Admit { .. } | Org::Kit { .. } | Org::Recover { .. } => None,
            Org::Proposals => Some(Act::Proposals),
            Org::Approve { proposal } => Some(Act::Approve(*proposal)),
            Org::Void => Some(Act::Void),
            Org::Expel { org } => Some(Act::Expel(*org)),
            Org::Policy { file, check } => Some(Act::Policy { file: file.clone(), check: *check }),
        };
        if let Some(a) = act {
            return super::govern::run(g, a).await;
        }
        let (reached, _) = g.signed_in().await?;
        match self {
            Org::Kit { check: false, .. } => super::kit::print(g, &reached).await?,
            Org::Kit { code_file, .. } => super::kit::check(g, &reached, code_file.as_deref()).await?,
            Org::Recover { code_file } => super::kit::recover(g, &reached, code_file.as_deref()).await?,
            Org::Invite { file } => {
                super::open::link(&reached).await?;
                let line = answer(reached.client.invite(within(20)).await)?;
                write(&file, &line)?;
                println!("Wrote {}: give it to the terminal that joins.", file.display());
            }
            Org::Admit { file, yes } => {
                let line = read(&file)?;
                confirm(&text::read(&line)?, yes)?;
                let org = answer(reached.client.admit(within(20), line).await)?;
                println!(
                    "Admitted. Organisation {}. Next: leave this terminal on and let the other one sync.",
                    org.short()
                );
                println!("Where there are other members, they approve it too: 'aidpost org proposals'.");
            }
            _ => {}
        }
        close(reached.node).await;
        Ok(())
    }
}

impl Device {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (file, certificate, yes) = match self {
            Device::Certify { file, certificate, yes } => (file, certificate, yes),
            Device::Suspend { device } => return super::govern::run(g, Act::SuspendDevice(device)).await,
            Device::Lost { name } => return super::govern::run(g, Act::LoseDevice(name)).await,
        };
        let (reached, _) = g.signed_in().await?;
        let request = read(&file)?;
        confirm(&text::read(&request)?, yes)?;
        let line = answer(reached.client.certify(within(20), request).await)?;
        write(&certificate, &line)?;
        println!("Certified. Give {} to the terminal, for 'aidpost join'.", certificate.display());
        close(reached.node).await;
        Ok(())
    }
}

/// Closes a node of our own.
pub(crate) async fn close(node: Option<std::sync::Arc<Node>>) {
    if let Some(n) = node {
        n.close().await;
    }
}
