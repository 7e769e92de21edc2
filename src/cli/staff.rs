//! People who sign in at this terminal.

use clap::Subcommand;
use serde_json::json;

use super::{
    Global,
    join::close,
    open::{answer, within},
};
use crate::{
    core::governance::Role,
    node::api::{Fault, FaultKind},
};

/// People.
#[derive(Subcommand)]
pub(crate) enum Staff {
    /// Add a person with their own login and passphrase (admin)
    ///
    /// Example: aidpost staff add nila --name "Nila Rao" --role nurse --login amina
    Add {
        /// Their login name
        new_login: String,
        /// Their name as colleagues know it
        #[arg(long)]
        name: String,
        /// Their role: registrar, nurse, clinician, pharmacist, lab, researcher, insurer, bureau or admin
        #[arg(long, default_value = "nurse")]
        role: String,
        /// File with their passphrase, for scripts; asked for otherwise
        #[arg(long)]
        new_passphrase_file: Option<std::path::PathBuf>,
    },
    /// List the people of this organisation
    ///
    /// Example: aidpost staff list --login amina
    List,
    /// Give someone who forgot their passphrase another one, and suspend the key that nobody can open now (admin)
    ///
    /// Example: aidpost staff reset nila --login amina
    #[command(verbatim_doc_comment)]
    Reset {
        /// Their login name, as 'aidpost slots list' shows it
        name: String,
        /// File with their new passphrase, for scripts; asked for otherwise
        #[arg(long)]
        new_passphrase_file: Option<std::path::PathBuf>,
    },
    /// Suspend a person: what they sign from now on gives no permission (admin)
    ///
    /// Example: aidpost staff suspend "Omar Ali" --login amina
    Suspend {
        /// The person's name or the beginning of their identifier, as 'aidpost staff list' shows it
        person: String,
    },
}

/// An unknown role, with those that exist.
pub(crate) fn bad_role(given: &str) -> Fault {
    let all: Vec<&str> = Role::ALL.iter().map(|(_, w)| *w).collect();
    let given: String = given.chars().take(40).collect();
    Fault::new(FaultKind::Usage, format!("'{given}' is not a role: choose one of {}", all.join(", ")))
}

impl Staff {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        match self {
            Staff::Add { new_login, name, role, new_passphrase_file } => {
                let role = Role::from_word(&role).ok_or_else(|| bad_role(&role))?;
                let (reached, _) = g.signed_in().await?;
                eprintln!("Now the passphrase of {name}:");
                let passphrase = super::slots::new_passphrase(g, new_passphrase_file)?;
                let id = answer(
                    reached.client.add_staff(within(60), new_login, name.clone(), role, passphrase).await,
                )?;
                g.tell(
                    &json!({ "staff": id, "name": name, "role": role }),
                    format_args!("Added {name} ({}), {}.", role.word(), id.short()),
                );
                close(reached.node).await;
            }
            Staff::Reset { name, new_passphrase_file } => {
                let (reached, _) = g.signed_in().await?;
                eprintln!("Now a new passphrase for {name}:");
                let new = super::slots::new_passphrase(g, new_passphrase_file)?;
                let id = answer(reached.client.reset_staff(within(60), name.clone(), new).await)?;
                g.tell(
                    &json!({ "staff": id, "name": name }),
                    format_args!(
                        "{name} has a new passphrase and a new key ({}); the old key is suspended.\n\
                         PIN and face are chosen anew: 'aidpost face enrol'. Sync to tell the others.",
                        id.short()
                    ),
                );
                close(reached.node).await;
            }
            Staff::Suspend { person } => {
                super::govern::run(g, super::govern::Act::SuspendStaff(person)).await?;
            }
            Staff::List => {
                let (reached, _) = g.signed_in().await?;
                let rows = answer(reached.client.staff(within(20)).await)?;
                g.print(&rows, |rows| {
                    let line = |r: &crate::node::api::StaffRow| {
                        let face = if r.face { "face enrolled" } else { "no face enrolled here" };
                        let face = if r.suspended { "suspended" } else { face };
                        format!("{}  {:<10}  {:<22}  {}", r.staff.short(), r.role.word(), face, r.name)
                    };
                    rows.iter().map(line).collect::<Vec<_>>().join("\n")
                });
                close(reached.node).await;
            }
        }
        Ok(())
    }
}
