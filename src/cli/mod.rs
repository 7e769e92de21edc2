//! The command line: one file a group of commands, all clients of the node.

/// A line on standard output that never panics: see `output`.
macro_rules! println {
    ($($t:tt)*) => { $crate::cli::output::out(format_args!($($t)*)) };
}
/// The same on standard error.
macro_rules! eprintln {
    ($($t:tt)*) => { $crate::cli::output::err(format_args!($($t)*), "\n") };
}
/// The same without the end of the line.
macro_rules! eprint {
    ($($t:tt)*) => { $crate::cli::output::err(format_args!($($t)*), "") };
}

mod archive;
mod archive_words;
mod ask;
mod backup;
mod bench;
mod card;
mod card_words;
mod consent;
mod consent_words;
mod courier;
mod demo;
mod doctor;
mod emergency;
mod erase;
mod export;
mod face;
mod face_attack;
mod face_cameras;
mod face_eval;
mod face_eval_words;
mod face_train;
mod govern;
mod guided;
mod import;
mod init;
mod input;
mod invite;
mod join;
mod kit;
mod ledger;
mod link;
mod log;
mod mesh;
mod node;
mod open;
mod org;
mod output;
mod patient;
mod patient_words;
mod plot;
mod print;
mod progress;
mod prometheus;
mod prove;
mod rotate;
mod share;
mod sheet;
mod shell;
mod slots;
mod staff;
mod status;
mod support;
mod usage;
mod verify;
mod who_read;
mod words;

pub use usage::parse;

use std::{fmt, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use serde::Serialize;

use crate::node::api::{Fault, FaultKind};

/// Offline-first workstation for rural clinics.
///
/// Without a command the workstation opens.
///
/// What is logged, by room (cli, face, mesh, node, nn, store, tui, vault): AIDPOST_LOG=info, or warn,mesh=debug. 'aidpost
/// node' writes it to standard error, all commands to 'log' in the data folder, 2 MiB at most.
///
/// Exit codes: 0 done, 1 failed, or can't be done as things stand, 2 usage: what was typed, 3 locked or not allowed,
/// 4 damaged data, or damaged or missing weights, 5 not reachable, 6 in use by another Aidpost, 7 disk full, 8 not writable,
/// 9 of a newer Aidpost, 10 a file whose content can't be taken, 11 a file or folder that isn't there or can't be read.
///
/// Example: aidpost status --json
#[derive(Parser)]
#[command(name = "aidpost", version, about, long_about)]
pub struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Options of every command.
#[derive(Args, Clone)]
#[command(next_help_heading = "Options of every command")]
pub(crate) struct Global {
    /// Folder with this terminal's data
    #[arg(long, global = true, env = "AIDPOST_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Login name; asked for when needed
    #[arg(long, global = true, value_name = "NAME")]
    login: Option<String>,
    /// File with the passphrase, for scripts; asked for otherwise
    #[arg(long, global = true, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    /// Camera: a device such as /dev/video0, frames:DIR (demonstration only) or none
    #[arg(long, global = true, value_name = "CAMERA")]
    camera: Option<String>,
    /// Address to answer on, e.g. 0.0.0.0:47500
    #[arg(long, global = true, value_name = "IP:PORT")]
    listen: Option<std::net::SocketAddr>,
    /// Theme: dark, light, high-contrast, colour-blind, mono or a TOML file
    #[arg(long, global = true, value_name = "THEME")]
    theme: Option<String>,
    /// Language of the screens: en, fr, es or sw; otherwise that of the locale
    #[arg(long, global = true, env = "AIDPOST_LANG", value_name = "LANGUAGE")]
    language: Option<String>,
    /// The camera's picture: auto, blocks, sixel or kitty; otherwise by what the environment says of the terminal
    #[arg(long, global = true, env = "AIDPOST_GRAPHICS", value_name = "GRAPHICS")]
    graphics: Option<String>,
    /// Print JSON instead of words, where a command shows something; its fields: json.md of the documentation
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum Command {
    /// Found a consortium with its first organisation and terminal
    ///
    /// On a terminal, what isn't given is asked for, and nothing is written before you have seen all of it.
    ///
    /// Example: aidpost init --consortium "Valley Health" --org "Aruna Clinic" --device "front desk"
    Init(init::Init),
    /// Join a consortium, as a new organisation or as a further terminal of the one that invited
    ///
    /// 'aidpost join' alone asks for everything: for the ticket that 'aidpost invite' shows on the other terminal, first of
    /// all. With a file, it works without a network between the two.
    ///
    /// Example: aidpost join invite.txt --org "Bela Hospital" --kind hospital
    Join(join::Join),
    /// Let one terminal join over the network: shows a ticket, then a code that both screens must show (admin)
    ///
    /// The terminal may be a further one of this organisation or the first of a new one: its person says which, and you see
    /// it before you say yes. The ticket is good for ten minutes, three attempts and one terminal.
    ///
    /// Example: aidpost invite --login amina
    Invite(invite::Invite),
    /// Organisations: invite, admit, expel; what the members decide together; the policy; the recovery kit
    ///
    /// Example: aidpost org list --login amina
    #[command(subcommand)]
    Org(org::Org),
    /// Terminals of this organisation: certify one, suspend one, report one lost
    ///
    /// Example: aidpost device lost "outreach tablet" --login amina
    #[command(subcommand)]
    Device(org::Device),
    /// People of this organisation: add, list, suspend; another passphrase for somebody
    ///
    /// Example: aidpost staff list --login amina
    #[command(subcommand)]
    Staff(staff::Staff),
    /// Key slots: who can open this terminal, passphrases, recovery codes
    ///
    /// Example: aidpost slots list --login amina
    #[command(subcommand)]
    Slots(slots::Slots),
    /// Faces: enrol and forget people, choose the camera, measure and train the networks
    ///
    /// Example: aidpost face enrol "Nila Rao" --login amina
    #[command(subcommand)]
    Face(face::Face),
    /// Run as a service; screens and commands become its clients
    ///
    /// Example: aidpost node --unsealed --login amina --passphrase-file /etc/aidpost/passphrase
    Node(node::Service),
    /// The node in a few words; works while it is sealed and while others use it
    ///
    /// Example: aidpost status --json
    Status(status::Show),
    /// Look at clock, disk, memory, camera, key slots, port, peers, backups, ledger, models, permissions: a verdict and a
    /// remedy each
    ///
    /// Works while a node runs, sealed or not, and without one. With --login it opens the store and sees everything. Ends
    /// with 1 when something is bad.
    ///
    /// Example: aidpost doctor --login amina
    Doctor,
    /// Write one file for whoever helps: versions, what the doctor found, counts, the log; no secrets, no names
    ///
    /// Example: aidpost support-bundle support.tar --login amina
    SupportBundle(support::Bundle),
    /// Patients: find, show, register, visits, edit, decide between versions, link, files
    ///
    /// Example: aidpost patient list devi --login nila
    #[command(subcommand)]
    Patient(patient::Patient),
    /// Take in FHIR R4 files: Bundles, single resources, NDJSON
    ///
    /// Every resource is kept whole. A file is taken whole or not at all; what came in before adds nothing.
    ///
    /// Example: aidpost import /media/stick/bundles --login nila
    Import(import::Import),
    /// Write patients' records as FHIR R4 Bundles, one file a patient
    ///
    /// Example: aidpost export --all --out /media/stick/bundles --login nila
    Export(export::Export),
    /// Lists as spreadsheets (CSV): patients, visits, who read; patients and visits from such lists
    ///
    /// Example: aidpost csv patients --all --out patients.csv --login nila
    #[command(subcommand)]
    Csv(sheet::Csv),
    /// Print a visit, a referral or a card, as PDF or on this machine's printer
    ///
    /// Example: aidpost print visit PATIENT --pdf visit.pdf --login nila
    #[command(subcommand)]
    Print(print::Print),
    /// Seal this terminal now: keys and all that was read leave the memory of the node or workstation that runs
    ///
    /// Example: aidpost seal
    Seal,
    /// Change the master key: everything on this terminal is sealed anew (admin)
    ///
    /// Example: aidpost rotate --login amina
    #[command(verbatim_doc_comment)]
    Rotate(rotate::Rotate),
    /// What a patient allows: show, grant, narrow, end, stop; requests of others; what would be decided
    ///
    /// Example: aidpost consent show PATIENT --login nila
    #[command(subcommand)]
    Consent(consent::Consent),
    /// Patients' cards: issue, revoke, read, open a record with one
    ///
    /// Example: aidpost card issue PATIENT --png card.png --login nila
    #[command(subcommand)]
    Card(card::Card),
    /// The emergency summary, and opening a record in an emergency
    ///
    /// Example: aidpost emergency show PATIENT --login nila
    #[command(subcommand)]
    Emergency(emergency::Emergency),
    /// Who read whose record; what was opened in emergencies, and reviewing it
    ///
    /// Example: aidpost audit reviews --login amina
    #[command(subcommand)]
    Audit(emergency::Audit),
    /// Extracts for research, counts for health bureaus, claims for insurers
    ///
    /// Example: aidpost share counts --rows age --columns fever --out counts.csv --login amina
    #[command(subcommand)]
    Share(share::Share),
    /// How long records are kept: the schedule, what is due for the archive and for disposal, holds
    ///
    /// Example: aidpost archive plan --login amina
    #[command(subcommand)]
    Archive(archive::Archive),
    /// Have a patient's keys destroyed: order it, carry it out, see who has
    ///
    /// Example: aidpost erase list --login amina
    #[command(subcommand)]
    Erase(erase::Erase),
    /// The newest blocks, and what is doubtful of the ledger; adopting what was genuine
    ///
    /// Example: aidpost ledger show --login amina
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Meet the other terminals now
    ///
    /// Example: aidpost sync --until-safe --login nila
    Sync(mesh::Sync),
    /// How this terminal uses its links: bandwidth, metered links, a relay (admin, to change it)
    ///
    /// Example: aidpost link --up 44 --down 64 --metered 60 --login amina
    Link(link::Link),
    /// Carry what others lack on a stick: write a bundle, read those that are for this terminal
    ///
    /// Example: aidpost courier out /media/stick --login nila
    #[command(subcommand)]
    Courier(courier::Courier),
    /// Check every page and every block anew; with --proof, a proof that somebody gave you
    ///
    /// Example: aidpost verify --login amina
    Verify(verify::Verify),
    /// Write a backup to one sealed file, while others work
    ///
    /// On a schedule, as the node's user (the package has a timer unit for it, and the user 'aidpost'):
    /// aidpost backup --into /var/backups/aidpost --keep 4 --login nila --passphrase-file FILE
    ///
    /// Example: aidpost backup /media/stick/monday.backup --since last
    #[command(verbatim_doc_comment)]
    Backup(backup::Backup),
    /// Make a terminal of backups, in an empty folder; everything is checked first
    ///
    /// Example: aidpost restore sunday.backup monday.backup --data /srv/aidpost --login nila
    #[command(verbatim_doc_comment)]
    Restore(backup::Restore),
    /// Prove that a block is final, to anyone who knows the consortium's fingerprint
    ///
    /// Example: aidpost prove BLOCK --out proof.aidpost --login amina
    Prove(prove::Prove),
    /// Measure this machine in about a minute: sign-in, records, meeting, search, each beside its limit
    ///
    /// It founds a consortium of its own in a folder that it removes again, and touches nothing else.
    ///
    /// Example: aidpost bench --folder /srv
    Bench(bench::Bench),
    /// Print completions for a shell
    ///
    /// Example: aidpost completions bash > /etc/bash_completion.d/aidpost
    Completions(shell::Completions),
    /// Write the man pages into a folder
    ///
    /// Example: aidpost man /usr/local/share/man/man1
    Man(shell::Man),
    /// Play the whole story with two organisations, then open the workstation on it
    ///
    /// Example: aidpost demo --headless
    Demo(demo::Demo),
}

impl Global {
    fn data(&self) -> Result<PathBuf, Fault> {
        if let Some(d) = &self.data {
            return Ok(d.clone());
        }
        directories::ProjectDirs::from("", "", "aidpost").map(|d| d.data_dir().to_path_buf()).ok_or_else(
            || Fault::new(FaultKind::Usage, "no home folder is known: name the data folder with --data"),
        )
    }

    /// The same of what has no type of its own: an object with these fields, or words.
    fn tell(&self, fields: &serde_json::Value, words: impl fmt::Display) {
        self.print(fields, |_| words.to_string());
    }

    /// Prints a result, as JSON or in words.
    fn print<T: Serialize>(&self, value: &T, words: impl FnOnce(&T) -> String) {
        if self.json {
            match serde_json::to_string_pretty(value) {
                Ok(j) => println!("{j}"),
                Err(e) => eprintln!("aidpost: {e}"),
            }
        } else {
            println!("{}", words(value));
        }
    }
}

/// Runs one command.
pub fn run(cli: Cli) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(r) => r,
        Err(e) => {
            eprintln!("aidpost: the system gave no threads ({e}): close other programs and try again");
            return ExitCode::from(1);
        }
    };
    let done = runtime.block_on(dispatch(cli));
    // A camera that never answers must not keep the program from ending.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match done.and_then(|()| output::written()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(f) => {
            eprintln!("aidpost: {}", output::one_line(&told(&f)));
            ExitCode::from(code(f.kind))
        }
    }
}

async fn dispatch(cli: Cli) -> Result<(), Fault> {
    let g = &cli.global;
    g.looks()?;
    log::begin(g.data().ok().as_deref(), matches!(cli.command, Some(Command::Node(_))))?;
    match cli.command {
        None => open::workstation(g).await,
        Some(Command::Init(c)) => c.run(g).await,
        Some(Command::Join(c)) => c.run(g).await,
        Some(Command::Invite(c)) => c.run(g).await,
        Some(Command::Org(c)) => c.run(g).await,
        Some(Command::Device(c)) => c.run(g).await,
        Some(Command::Staff(c)) => c.run(g).await,
        Some(Command::Slots(c)) => c.run(g).await,
        Some(Command::Face(c)) => c.run(g).await,
        Some(Command::Node(c)) => c.run(g).await,
        Some(Command::Status(c)) => c.run(g).await,
        Some(Command::SupportBundle(c)) => c.run(g).await,
        Some(Command::Doctor) => doctor::run(g).await,
        Some(Command::Patient(c)) => c.run(g).await,
        Some(Command::Import(c)) => c.run(g).await,
        Some(Command::Export(c)) => c.run(g).await,
        Some(Command::Csv(c)) => c.run(g).await,
        Some(Command::Print(c)) => c.run(g).await,
        Some(Command::Seal) => rotate::seal(g).await,
        Some(Command::Rotate(c)) => c.run(g).await,
        Some(Command::Consent(c)) => c.run(g).await,
        Some(Command::Card(c)) => c.run(g).await,
        Some(Command::Emergency(c)) => c.run(g).await,
        Some(Command::Audit(c)) => c.run(g).await,
        Some(Command::Share(c)) => c.run(g).await,
        Some(Command::Archive(c)) => c.run(g).await,
        Some(Command::Erase(c)) => c.run(g).await,
        Some(Command::Ledger(c)) => c.run(g).await,
        Some(Command::Sync(c)) => c.run(g).await,
        Some(Command::Link(c)) => c.run(g).await,
        Some(Command::Courier(c)) => c.run(g).await,
        Some(Command::Verify(c)) => c.run(g).await,
        Some(Command::Backup(c)) => c.run(g).await,
        Some(Command::Restore(c)) => c.run(g),
        Some(Command::Prove(c)) => c.run(g).await,
        Some(Command::Bench(c)) => c.run(g).await,
        Some(Command::Completions(c)) => {
            c.run();
            Ok(())
        }
        Some(Command::Man(c)) => c.run(g),
        Some(Command::Demo(c)) => c.run(g).await,
    }
}

/// A fault in words. What the policy forbids has its reasons from there, and here what to do.
fn told(f: &Fault) -> String {
    match f.kind {
        FaultKind::Locked if f.message.starts_with("not allowed: ") && !f.message.contains("ask ") => {
            format!("{}; ask somebody whose task it is", f.message)
        }
        _ => f.message.clone(),
    }
}

/// The documented exit code of a kind of fault.
fn code(kind: FaultKind) -> u8 {
    match kind {
        FaultKind::Failed | FaultKind::Conflict => 1,
        FaultKind::Usage => 2,
        FaultKind::Locked | FaultKind::Proof => 3,
        FaultKind::Damaged => 4,
        FaultKind::Unreachable => 5,
        FaultKind::Busy => 6,
        FaultKind::Full => 7,
        FaultKind::ReadOnly => 8,
        FaultKind::Newer => 9,
        FaultKind::Refused => 10,
        FaultKind::Missing => 11,
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_kind_of_fault_has_its_own_code() {
        use FaultKind::*;
        let kinds =
            [Failed, Usage, Locked, Damaged, Unreachable, Busy, Full, ReadOnly, Newer, Refused, Missing];
        assert_eq!(kinds.map(code), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    }
}
