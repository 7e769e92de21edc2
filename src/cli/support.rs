//! One file for whoever helps, without anything that they must not see.

use std::{
    fs::{File, OpenOptions, read},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use clap::Args;
use serde::Serialize;

use super::{Global, doctor, log};
use crate::{
    core::{
        id::{ConsortiumId, DeviceId, OrgId},
        time::Millis,
    },
    node::{
        api::{Check, Fault, FaultKind, OpenStatus, Status},
        clock,
    },
};

const README: &str = "What is in this file, for whoever was asked for help:\n\
    versions.json  program, system, machine\n\
    doctor.json    what 'aidpost doctor' found\n\
    status.json    counts and identifiers of terminal, organisation and consortium; absent without a store\n\
    log*           what the program logged\n\
    No names, logins, addresses of terminals, identifiers of patients or staff, keys or records are in it.\n";

/// Support bundle.
#[derive(Args)]
pub(crate) struct Bundle {
    /// File to write (tar); must not be there yet
    #[arg(value_name = "FILE")]
    file: PathBuf,
}

/// Program and machine.
#[derive(Serialize)]
struct Versions {
    aidpost: &'static str,
    system: String,
    kernel: String,
    architecture: &'static str,
    cores: usize,
    written: Millis,
}

/// What of the status names nobody.
#[derive(Serialize)]
struct Counts {
    sealed: bool,
    signed_on: usize,
    faces_problem: bool,
    demo: bool,
    fingerprint: ConsortiumId,
    org: OrgId,
    device: DeviceId,
    blocks: u64,
    forks: u64,
    equivocations: u64,
    quarantined: u64,
    gaps: u64,
    clocks_wrong: u64,
    withheld: u64,
    reviews_due: u64,
    only_here: u64,
    enrolled: u32,
    peers: u32,
    last_met: Option<Millis>,
    last_backup: Option<Millis>,
    kit_printed: bool,
    written: Millis,
    link_up: bool,
}

impl Counts {
    fn of(s: &Status, o: &OpenStatus) -> Self {
        Self {
            sealed: s.sealed,
            signed_on: s.people.len(),
            faces_problem: s.faces.as_ref().is_some_and(|f| f.problem.is_some()),
            demo: o.demo,
            fingerprint: o.fingerprint,
            org: o.org_id,
            device: o.device_id,
            blocks: o.blocks,
            forks: o.forks,
            equivocations: o.equivocations,
            quarantined: o.quarantined,
            gaps: o.gaps,
            clocks_wrong: o.clocks_wrong,
            withheld: o.withheld,
            reviews_due: o.reviews_due,
            only_here: o.only_here,
            enrolled: o.enrolled,
            peers: o.peers,
            last_met: o.last_met,
            last_backup: o.last_backup,
            kit_printed: o.kit_printed,
            written: o.written,
            link_up: o.ticket.is_some(),
        }
    }
}

impl Bundle {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        // First, so that nothing is asked for in vain.
        let file = fresh(&self.file)?;
        let done = self.fill(g, file).await;
        if done.is_err() {
            let _ = std::fs::remove_file(&self.file);
        }
        done?;
        let file = self.file.display().to_string();
        g.tell(
            &serde_json::json!({ "file": file }),
            format_args!("Wrote {file}. No names and no secrets are in it; look yourself with 'tar xf'."),
        );
        Ok(())
    }

    async fn fill(&self, g: &Global, file: File) -> Result<(), Fault> {
        let data = g.data()?;
        let (mut checks, status) = doctor::examine(g).await?;
        checks.iter_mut().for_each(|c| hide(c, &data));
        let mut tar = tar::Builder::new(file);
        let bad = |e: io::Error| {
            Fault::new(FaultKind::of_io(&e), format!("{}: {e}: choose another file", self.file.display()))
        };
        add(&mut tar, "README", README.as_bytes()).map_err(bad)?;
        add(&mut tar, "versions.json", &json(&versions())).map_err(bad)?;
        add(&mut tar, "doctor.json", &json(&checks)).map_err(bad)?;
        if let Some((s, o)) = status.as_ref().and_then(|s| Some((s, s.open.as_ref()?))) {
            add(&mut tar, "status.json", &json(&Counts::of(s, o))).map_err(bad)?;
        }
        for path in log::files(&data) {
            // One that is moved away at this moment is in the next.
            let (Some(name), Ok(bytes)) = (path.file_name().and_then(|n| n.to_str()), read(&path)) else {
                continue;
            };
            add(&mut tar, name, &bytes).map_err(bad)?;
        }
        tar.into_inner().and_then(|f| f.sync_all()).map_err(bad)
    }
}

/// A file that nobody else reads, and that wasn't there.
fn fresh(path: &Path) -> Result<File, Fault> {
    let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    open.map_err(|e| match e.kind() {
        io::ErrorKind::AlreadyExists => {
            Fault::new(FaultKind::Usage, format!("{} exists already: choose another name", path.display()))
        }
        _ => Fault::new(FaultKind::of_io(&e), format!("{}: {e}: choose another file", path.display())),
    })
}

fn add<W: Write>(tar: &mut tar::Builder<W>, name: &str, bytes: &[u8]) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    header.set_mtime(clock::now() / 1_000);
    tar.append_data(&mut header, format!("aidpost-support/{name}"), bytes)
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Plain structures with text keys always become JSON.
    serde_json::to_vec_pretty(value).unwrap_or_default()
}

/// Folders may be called after people.
fn hide(c: &mut Check, data: &Path) {
    let home = std::env::var("HOME").unwrap_or_default();
    let data = data.display().to_string();
    for text in std::iter::once(&mut c.found).chain(&mut c.remedy) {
        // Longest first: the data folder may lie in the home.
        for (path, name) in [(&data, "DATA"), (&home, "~")] {
            if path.len() > 1 {
                *text = text.replace(path.as_str(), name);
            }
        }
    }
}

fn versions() -> Versions {
    let text = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let release = text("/etc/os-release");
    let system = release.lines().find_map(|l| l.strip_prefix("PRETTY_NAME=")).unwrap_or("");
    Versions {
        aidpost: env!("CARGO_PKG_VERSION"),
        system: system.trim_matches('"').to_string(),
        kernel: text("/proc/sys/kernel/osrelease").trim().to_string(),
        architecture: std::env::consts::ARCH,
        cores: std::thread::available_parallelism().map_or(0, usize::from),
        written: clock::now(),
    }
}
