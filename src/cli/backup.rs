//! Backups: made while others work, checked, restored.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    Global,
    join::close,
    open::{answer, within},
    progress::Progress,
    rotate::watched,
    slots::code,
};
use crate::node::{
    api::{BackedUp, Fault, FaultKind, Since},
    backup_folder::Folder,
    clock,
    restore::{self, Key, Restored},
};
use crate::store::backup::Missing;

const LONG: u64 = 24 * 3_600;
/// Patients that are named in words.
const NAMED: usize = 20;

/// Make a backup.
#[derive(Args)]
pub(crate) struct Backup {
    /// File to write
    #[arg(required_unless_present = "into")]
    file: Option<PathBuf>,
    /// Only what came since another backup: its file, or 'last' for the last one made at this terminal
    #[arg(long, value_name = "FILE|last")]
    since: Option<PathBuf>,
    /// On a schedule: a folder for all of them, a whole one each week and what is new in between
    #[arg(long, value_name = "DIR", conflicts_with_all = ["file", "since"])]
    into: Option<PathBuf>,
    /// With --into: keep so many whole backups with what continues them; older ones are removed once a new one is written
    #[arg(long, value_name = "N", requires = "into", value_parser = clap::value_parser!(u16).range(1..=1000))]
    keep: Option<u16>,
}

/// Restore backups.
#[derive(Args)]
pub(crate) struct Restore {
    /// A whole backup and those that continue it, in any order
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Check everything and change nothing
    #[arg(long)]
    drill: bool,
    /// The restored terminal's name
    #[arg(long, default_value = "restored desk")]
    device: String,
    /// Open them with the organisation's recovery kit: makes you an admin, and certifies the terminal at once
    #[arg(long)]
    kit: bool,
    /// File with the kit's code, for scripts; asked for otherwise
    #[arg(long, requires = "kit", value_name = "FILE")]
    kit_file: Option<PathBuf>,
    /// Your name as colleagues know it, with --kit
    #[arg(long, default_value = "Admin")]
    name: String,
    /// Where to write the request that the organisation's admin needs, without --kit
    #[arg(long, default_value = "request.txt")]
    request: PathBuf,
}

fn absolute(path: &Path) -> Result<PathBuf, Fault> {
    // A node that runs already has another working folder.
    std::path::absolute(path)
        .map_err(|e| Fault::new(FaultKind::Usage, format!("{}: {e}: choose another file", path.display())))
}

impl Backup {
    /// Where it goes and what it continues.
    fn what(&self) -> Result<(PathBuf, Since), Fault> {
        match (&self.file, &self.into, &self.since) {
            (_, Some(dir), _) => Ok(Folder::read(&absolute(dir)?)?.next(clock::now())),
            (Some(file), None, since) => Ok((
                absolute(file)?,
                match since {
                    None => Since::Beginning,
                    Some(s) if s.as_os_str() == "last" => Since::Last,
                    Some(s) => Since::File(absolute(s)?),
                },
            )),
            (None, None, _) => Err(Fault::new(FaultKind::Usage, "name a file, or a folder with --into")),
        }
    }

    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (file, since) = self.what()?;
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let backup =
            |file: PathBuf, since| watched(&reached, "backing up", c.backup(within(LONG), file, since));
        let mut done = answer(backup(file.clone(), since.clone()).await);
        if self.into.is_some()
            && since != Since::Beginning
            && done.as_ref().is_err_and(|f| f.kind == FaultKind::Conflict)
        {
            // Another one was made elsewhere meanwhile, or the store is a restored one: a new chain begins.
            done = answer(backup(file.clone(), Since::Beginning).await);
        }
        close(reached.node).await;
        let done = done?;
        if let (Some(dir), Some(keep)) = (&self.into, self.keep)
            && done.missing.is_empty()
        {
            let gone = Folder::prune(&absolute(dir)?, &file, keep.into())?;
            if gone > 0 {
                eprintln!("Removed {gone} older backups.");
            }
        }
        g.print(&done, words);
        if !done.missing.is_empty() {
            lost(&done.missing);
            return Err(Fault::new(
                FaultKind::Damaged,
                format!(
                    "the backup is written, but this terminal's store is damaged, and {} could not be read: 'aidpost verify' names the places; keep the older backups, and join a new terminal while others still hold what is missing",
                    done.missing.words()
                ),
            ));
        }
        if !done.kit_printed {
            eprintln!(
                "The organisation's recovery kit was never printed at this terminal. If this is its only terminal, a backup cannot be read to the end without that paper: 'aidpost org kit'."
            );
        }
        Ok(())
    }
}

/// Whom it concerns.
fn lost(m: &Missing) {
    let all: Vec<String> = m.patients.iter().take(NAMED).map(|p| format!("  patient {p}")).collect();
    if !all.is_empty() {
        eprintln!("Of what is missing, some concerns {} patients:\n{}", m.patients.len(), all.join("\n"));
    }
    if m.patients.len() > NAMED {
        eprintln!("  and {} more: --json names them", m.patients.len() - NAMED);
    }
}

/// What a chain lacks; exit code 4, after everything else was done.
fn whole(m: &Missing) -> Result<(), Fault> {
    if m.is_empty() {
        return Ok(());
    }
    lost(m);
    Err(Fault::new(
        FaultKind::Damaged,
        format!(
            "these backups lack {}: it could not be read any more when they were made; an older whole backup may have it, and other terminals may",
            m.words()
        ),
    ))
}

fn words(b: &BackedUp) -> String {
    let what = match b.from {
        0 => format!("a whole backup of {} blocks", b.blocks),
        n => format!("{} blocks that came after the first {n}", b.blocks),
    };
    format!("Wrote {}: {what}, {} bytes. Check it with 'aidpost restore --drill'.", b.path, b.bytes)
}

impl Restore {
    pub(crate) fn run(self, g: &Global) -> Result<(), Fault> {
        let (login, typed) = (
            g.login()?,
            match self.kit {
                true => Some(code(
                    g,
                    ("--kit-file", self.kit_file.as_deref()),
                    "Code of the organisation's recovery kit: ",
                )?),
                false => None,
            },
        );
        let passphrase = match (self.kit, self.drill) {
            (true, true) => None,
            (new, _) => Some(g.passphrase(new)?),
        };
        let key = match (&typed, &passphrase) {
            (Some(code), p) => Key::Kit { code, login: &login, name: &self.name, passphrase: p.as_ref() },
            (None, Some(passphrase)) => Key::Person { login: &login, passphrase },
            (None, None) => return Err(Fault::new(FaultKind::Usage, "give a passphrase or --kit")),
        };
        let mut bar: Option<Progress> = None;
        let mut progress = |done: u64, total: u64| {
            let total = usize::try_from(total).unwrap_or(usize::MAX);
            let bar = bar.get_or_insert_with(|| Progress::new("checking", total));
            bar.set(usize::try_from(done).unwrap_or(usize::MAX), "");
        };
        if self.drill {
            let found = restore::drill(&self.files, &key, &mut progress);
            if let Some(b) = bar {
                b.finish();
            }
            let found = found?;
            g.print(&found, |r| format!("{}\nNothing was changed.", checked(r)));
            return whole(&found.missing);
        }
        let data = g.data()?;
        let found = restore::restore(&data, &self.device, &self.files, &key, &mut progress);
        if let Some(b) = bar {
            b.finish();
        }
        let found = found?;
        g.print(&found, |r| format!("{}\nRestored into {}.", checked(r), data.display()));
        if let Some(line) = &found.request {
            super::join::write(&self.request, line)?;
        }
        if !g.json {
            println!("{}", next(&found, &self.request));
        }
        whole(&found.missing)
    }
}

fn checked(r: &Restored) -> String {
    format!(
        "{} files and {} blocks of \"{}\" of {} are whole, as of {}.\nMissing may be what was written there afterwards; when the backup was made, {} blocks were on no other terminal.",
        r.files,
        r.blocks,
        r.terminal,
        r.org,
        clock::date(r.made),
        r.only_here
    )
}

fn next(r: &Restored, request: &Path) -> String {
    let suspend = format!(
        "Then suspend the lost terminal, so that nobody can use it: aidpost device suspend {}",
        r.device
    );
    match r.request {
        Some(_) => format!(
            "This is a new terminal with keys of its own. What is written here is marked until the organisation certifies it, and records open only then:\ngive {} to an admin for 'aidpost device certify'; then here: 'aidpost join certificate.txt'. Or here, with the paper: 'aidpost org recover'.\n{suspend}\nPINs and faces are chosen anew.",
            request.display()
        ),
        None => format!(
            "This is a new terminal with keys of its own, certified with the kit; everybody signs in with the passphrase that they had.\n{suspend}\nPINs and faces are chosen anew. Sync to get what the others have."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_missing_is_told() {
        let r = Restored {
            files: 2,
            blocks: 40,
            terminal: "front desk".into(),
            device: crate::core::id::DeviceId([1; 16]),
            org: "Aruna Clinic".into(),
            made: 1_800_000_000_000,
            only_here: 3,
            missing: Missing::default(),
            request: Some("line".into()),
        };
        assert!(
            checked(&r).contains("as of 2027-01-15") && checked(&r).contains("3 blocks were on no other")
        );
        assert!(next(&r, Path::new("request.txt")).contains("aidpost device suspend 0101"));
    }
}
