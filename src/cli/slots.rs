//! Key slots: who can open this terminal, and what to do when a passphrase is forgotten.

use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde_json::json;

use super::{
    Global,
    join::close,
    open::{answer, within},
};
use crate::{
    node::{
        api::{Code, Fault, FaultKind, Passphrase, SlotRow},
        clock,
    },
    vault::LockKind,
};

/// Key slots.
#[derive(Subcommand)]
pub(crate) enum Slots {
    /// Who can open this terminal, and how
    ///
    /// Example: aidpost slots list --login amina
    List,
    /// Change your own passphrase
    ///
    /// Example: aidpost slots passphrase --login nila
    #[command(verbatim_doc_comment)]
    Passphrase {
        /// File with the new passphrase, for scripts; asked for otherwise
        #[arg(long)]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Print a recovery code for yourself: it opens this terminal once, when your passphrase is forgotten
    ///
    /// Example: aidpost slots code --login nila
    #[command(verbatim_doc_comment)]
    Code,
    /// Choose another passphrase with your recovery code
    ///
    /// Example: aidpost slots recover --login nila
    #[command(verbatim_doc_comment)]
    Recover {
        /// File with the recovery code, for scripts; asked for otherwise
        #[arg(long)]
        code_file: Option<PathBuf>,
        /// File with the new passphrase, for scripts; asked for otherwise
        #[arg(long)]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Take somebody's way into this terminal away (admin)
    ///
    /// Example: aidpost slots remove omar --login amina
    #[command(verbatim_doc_comment)]
    Remove {
        /// Their login name, as 'aidpost slots list' shows it
        name: String,
    },
}

/// A new passphrase, from its file or asked for twice.
pub(crate) fn new_passphrase(g: &Global, file: Option<PathBuf>) -> Result<Passphrase, Fault> {
    Global { passphrase_file: file, ..g.clone() }.passphrase_of("--new-passphrase-file", true)
}

/// A code as it lies on paper, or a PIN: from the file that the option names, or asked for.
pub(crate) fn code(g: &Global, (option, file): (&str, Option<&Path>), prompt: &str) -> Result<Code, Fault> {
    use std::io::IsTerminal;
    if let Some(file) = file {
        let read = Global { passphrase_file: Some(file.into()), ..g.clone() }.passphrase(false)?;
        return Ok(Code(read.0.clone()));
    }
    if !std::io::stdin().is_terminal() {
        let what = prompt.trim_end_matches([':', ' ']);
        let words = format!("no terminal to ask for it ({what}): give {option} FILE");
        return Err(Fault::new(FaultKind::Usage, words));
    }
    rpassword::prompt_password(prompt).map(Code).map_err(|e| Fault::new(FaultKind::Failed, e))
}

impl Slots {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        if let Slots::Recover { code_file, new_passphrase_file } = self {
            let reached = g.reach().await?;
            let login = g.login()?;
            let typed = code(g, ("--code-file", code_file.as_deref()), "Recovery code: ")?;
            eprintln!("Now a new passphrase for {login}:");
            let new = new_passphrase(g, new_passphrase_file)?;
            let who = answer(reached.client.recover(within(60), login, typed, new).await)?;
            g.tell(
                &json!({ "staff": who.staff, "name": who.name }),
                format_args!(
                    "{} has a new passphrase. The recovery code is used up: 'aidpost slots code' prints another.",
                    who.name
                ),
            );
            close(reached.node).await;
            return Ok(());
        }
        let reached = g.reach().await?;
        let (login, passphrase) = (g.login()?, g.passphrase(false)?);
        answer(reached.client.unlock(within(60), login.clone(), passphrase.clone()).await)?;
        let c = &reached.client;
        match self {
            Slots::List => {
                let rows = answer(c.slots(within(20)).await)?;
                g.print(&rows, |r| words(r));
            }
            Slots::Passphrase { new_passphrase_file } => {
                eprintln!("Now the new passphrase of {login}:");
                let new = new_passphrase(g, new_passphrase_file)?;
                answer(c.change_passphrase(within(60), passphrase, new).await)?;
                g.tell(
                    &json!({ "changed": login }),
                    "Changed. A recovery code of before opens nothing any more: 'aidpost slots code' prints another.",
                );
            }
            Slots::Code => {
                let made = answer(c.new_recovery_code(within(60)).await)?;
                g.print(&made.0, |code| format!(
                    "Recovery code of {login} at this terminal:\n\n    {code}\n\nWrite it down now: it is shown once, and kept nowhere. Whoever has it can sign in as {login} here.\nWhen the passphrase is forgotten: 'aidpost slots recover --login {login}'."
                ));
            }
            Slots::Remove { name } => {
                answer(c.remove_slot(within(20), name.clone()).await)?;
                g.tell(
                    &json!({ "removed": name }),
                    format_args!(
                        "{name} can't sign in at this terminal any more.\n\
                         Who kept an old copy of the folder still can open that copy: 'aidpost rotate' changes the master key."
                    ),
                );
            }
            Slots::Recover { .. } => {}
        }
        close(reached.node).await;
        Ok(())
    }
}

fn words(rows: &[SlotRow]) -> String {
    let line = |r: &SlotRow| {
        let what = match r.kind {
            LockKind::Passphrase => "passphrase",
            LockKind::Recovery => "recovery code",
            LockKind::Unknown => "needs a newer Aidpost",
        };
        let login = r.login.as_deref().unwrap_or("(not made here: remove it)");
        let cost = r.cost.map_or_else(String::new, |(m, t)| format!("{} MiB x {t}", m / 1024));
        let root = if r.root { "organisation's root key" } else { "" };
        let made = r.made.map_or_else(String::new, clock::date);
        let line = format!(
            "{login:<12}  {what:<13}  {made:<10}  {cost:<10}  {:<20}  {root}",
            r.name.as_deref().unwrap_or("")
        );
        line.trim_end().to_string()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_fits_a_line() {
        let row = SlotRow {
            kind: LockKind::Passphrase,
            login: Some("amina".into()),
            staff: None,
            name: Some("Amina Yusuf".into()),
            root: true,
            made: Some(1_800_000_000_000),
            cost: Some((65_536, 3)),
        };
        let text = words(&[row]);
        assert!(
            text.starts_with("amina         passphrase     2027-01-15  64 MiB x 3  Amina Yusuf"),
            "{text}"
        );
        assert!(text.ends_with("organisation's root key"));
    }
}
