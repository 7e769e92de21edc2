//! Organisations and terminals: inviting and admitting by file, what is decided together, what is suspended.

use std::{io::IsTerminal, path::PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::{
    Global,
    govern::Act,
    join::{close, read, write},
    open::{answer, within},
};
use crate::{
    core::id::{OrgId, ProposalId},
    node::{
        api::{Fault, FaultKind},
        text::{self, Invite, JoinRequest},
    },
};

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
    /// Who belongs to the consortium, each with the terminal that cosigns for it
    ///
    /// Example: aidpost org list --login amina
    List,
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
        /// Which organisation: the identifier that 'aidpost org list' shows
        org: OrgId,
    },
    /// Propose that another terminal cosigns for its organisation, such as in place of a lost one (admin)
    ///
    /// Example: aidpost org witness "ward tablet" --login amina
    Witness {
        /// The terminal's name or identifier, as 'aidpost org list' and 'aidpost ledger show' name them
        #[arg(value_name = "NAME")]
        device: String,
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
    /// Example: aidpost device suspend "ward tablet" --login amina
    Suspend {
        /// Its name or identifier, as 'aidpost ledger show' names the terminals
        #[arg(value_name = "NAME")]
        device: String,
    },
    /// A terminal is lost or stolen: suspend it, and see what it alone may hold (admin)
    ///
    /// Example: aidpost device lost "outreach tablet"
    Lost {
        /// Its name or identifier, as 'aidpost ledger show' names the terminals
        name: String,
    },
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
            Org::List => Some(Act::Members),
            Org::Proposals => Some(Act::Proposals),
            Org::Approve { proposal } => Some(Act::Approve(*proposal)),
            Org::Void => Some(Act::Void),
            Org::Expel { org } => Some(Act::Expel(*org)),
            Org::Witness { device } => Some(Act::Witness(device.clone())),
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
                let invite: Invite = text::read(&line)?;
                let (file, shown) = (file.display().to_string(), invite.fingerprint());
                g.tell(
                    &json!({ "file": file, "fingerprint": shown }),
                    format_args!(
                        "Wrote {file}: give it to the terminal that joins.\n\
                         Invitation {shown}: the other screen must show the same."
                    ),
                );
            }
            Org::Admit { file, yes } => {
                let line = read(&file)?;
                confirm(&text::read(&line)?, yes)?;
                let org = answer(reached.client.admit(within(20), line).await)?;
                g.tell(
                    &json!({ "org": org }),
                    format_args!(
                        "Admitted. Organisation {}. Next: leave this terminal on and let the other one sync.\n\
                         Where there are other members, they approve it too: 'aidpost org proposals'.",
                        org.short()
                    ),
                );
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
        let certificate = certificate.display().to_string();
        g.tell(
            &json!({ "certificate": certificate }),
            format_args!("Certified. Give {certificate} to the terminal, for 'aidpost join'."),
        );
        close(reached.node).await;
        Ok(())
    }
}
