//! A patient's card: issued, shown, revoked, read and used.

use std::{
    fs::{File, OpenOptions},
    io::{IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use clap::{Args, Subcommand};

use super::{
    Global,
    card_words::{issued, label, read, rows},
    join::close,
    open::{answer, gone, within},
    output,
    patient_words::chart,
    slots::code,
    words::{parts, sure},
};
use crate::{
    core::{id::PatientId, policy::Purpose},
    node::api::{CardIssued, ClinicClient, Code, Fault, FaultKind, GrantAsk, Pin},
    print::card_in_file,
    qr,
};

/// How long the camera looks for a card.
const PATIENCE: Duration = Duration::from_secs(60);
/// For how many days a clinic may read on a card's word, unless the patient says otherwise.
const DAYS: u32 = 30;

/// Who decides, and the PIN.
#[derive(Args)]
pub(crate) struct Holder {
    /// Who decides for a child, or for a patient who can't, e.g. "mother"; without it, the patient
    #[arg(long, value_name = "WHO")]
    guardian: Option<String>,
    /// File with the card's PIN, for scripts; the patient types it otherwise
    #[arg(long, value_name = "FILE")]
    pin_file: Option<PathBuf>,
}

/// Where the new card's code goes.
#[derive(Args)]
pub(crate) struct Paper {
    /// A picture to print; without it and --svg the code is shown here
    #[arg(long, value_name = "FILE")]
    png: Option<PathBuf>,
    /// A drawing to print
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
}

/// Patients' cards.
#[derive(Subcommand)]
pub(crate) enum Card {
    /// Issue a patient's card: a square code that opens the record with a PIN, at any clinic of the consortium
    ///
    /// Example: aidpost card issue PATIENT --png card.png
    Issue {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        #[command(flatten)]
        paper: Paper,
        #[command(flatten)]
        holder: Holder,
    },
    /// List a patient's cards and what they are worth
    ///
    /// Example: aidpost card show PATIENT
    Show {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
    },
    /// Revoke what the patient had and issue a new card with a new code and PIN
    ///
    /// Example: aidpost card reissue PATIENT --svg card.svg
    Reissue {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        #[command(flatten)]
        paper: Paper,
        #[command(flatten)]
        holder: Holder,
    },
    /// Revoke a patient's card, lost or copied, for ever
    ///
    /// Example: aidpost card revoke PATIENT --yes
    Revoke {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// Who decides for a child, or for a patient who can't
        #[arg(long, value_name = "WHO")]
        guardian: Option<String>,
        /// Don't ask
        #[arg(long)]
        yes: bool,
    },
    /// Read a card, from a picture or through the camera, and say what it is
    ///
    /// Example: aidpost card read photo.jpg
    Read {
        /// A picture of the card, or its text; '-' for a scanner that types; without it, the camera looks
        file: Option<PathBuf>,
        /// File with the card's PIN, for scripts; the patient types it otherwise
        #[arg(long, value_name = "FILE")]
        pin_file: Option<PathBuf>,
    },
    /// Open the record with the patient's card: the card signs that this organisation may read
    ///
    /// Example: aidpost card open photo.jpg --part general --days 30
    Open {
        /// A picture of the card, or its text; '-' for a scanner that types; without it, the camera looks
        file: Option<PathBuf>,
        /// A part of the record; may be given several times
        #[arg(long = "part", value_name = "PART", default_value = "general")]
        parts: Vec<String>,
        /// For how many days this organisation may go on reading
        #[arg(long, default_value_t = DAYS)]
        days: u32,
        #[command(flatten)]
        holder: Holder,
    },
}

/// The PIN of a card, from its file or typed by the patient.
pub(crate) fn pin(g: &Global, file: Option<&Path>, prompt: &str) -> Result<Pin, Fault> {
    Ok(Pin(code(g, ("--pin-file", file), prompt)?.0.clone()))
}

/// A new PIN: typed twice.
fn new_pin(g: &Global, file: Option<&Path>) -> Result<Pin, Fault> {
    let first = pin(g, file, "The patient chooses a PIN of 6 to 12 digits: ")?;
    if file.is_none() && pin(g, None, "The same PIN again: ")? != first {
        return Err(Fault::new(FaultKind::Usage, "the two PINs differ: start again"));
    }
    Ok(first)
}

/// The code of a card: of a picture, a text, or what the camera sees.
pub(crate) async fn card(c: &ClinicClient, file: Option<&Path>) -> Result<Code, Fault> {
    match file {
        None => look(c).await,
        Some(f) if f == Path::new("-") => {
            let mut line = String::new();
            std::io::stdin().read_line(&mut line).map_err(|e| Fault::new(FaultKind::Failed, e))?;
            Ok(Code(line))
        }
        Some(f) => card_in_file(f),
    }
}

async fn look(c: &ClinicClient) -> Result<Code, Fault> {
    eprintln!("Hold the card before the camera, a hand's width away…");
    let start = Instant::now();
    while start.elapsed() < PATIENCE {
        if let Some(code) = answer(c.look_for_card(within(20)).await)?.code {
            return Ok(code);
        }
    }
    Err(Fault::new(
        FaultKind::Conflict,
        "no card was seen for a minute: hold it flat and still in good light, or give a picture of it as a file",
    ))
}

/// A file that nobody else reads, made before the card is, so that a card is never made for nothing.
fn fresh(path: &Path) -> Result<File, Fault> {
    let open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    open.map_err(|e| match e.kind() {
        std::io::ErrorKind::AlreadyExists => Fault::new(
            FaultKind::Usage,
            format!("{} exists already: choose another name, no card is overwritten", path.display()),
        ),
        _ => Fault::unwritten(path, &e, "choose another file"),
    })
}

impl Paper {
    /// Nothing to print on: the code is shown in the terminal, which must be large enough.
    fn check(&self, json: bool) -> Result<(), Fault> {
        const NEEDED: (u16, u16) = (45, 24);
        let here = self.png.is_none() && self.svg.is_none() && !json && std::io::stdout().is_terminal();
        match window().filter(|(w, h)| here && (*w < NEEDED.0 || *h < NEEDED.1)) {
            None => Ok(()),
            Some((w, h)) => Err(Fault::new(
                FaultKind::Usage,
                format!(
                    "the window of {w} by {h} is too small for the card's code: make it at least {} by {}, or give --png FILE",
                    NEEDED.0, NEEDED.1
                ),
            )),
        }
    }

    /// Writes what was asked for; the code is shown here when nothing was, or when it could not be written.
    fn write(&self, made: &CardIssued, files: &mut [(PathBuf, File)]) -> Result<Option<Vec<String>>, Fault> {
        let code = qr::Code::new(&made.code.0).map_err(|e| Fault::new(FaultKind::Failed, e))?;
        let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
        let lines = label(made);
        let mut failed = None;
        for (path, file) in files.iter_mut() {
            let bytes = match Some(&*path) == self.svg.as_ref() {
                true => code.svg(&lines).into_bytes(),
                false => code.png(&lines),
            };
            let done = file.write_all(&bytes).and_then(|()| file.sync_all());
            if let Err(e) = done {
                failed = Some(Fault::new(FaultKind::of_io(&e), format!("{}: {e}", path.display())));
            }
        }
        match failed {
            Some(f) => {
                // The card is issued, and its code is nowhere else.
                for line in code.half_blocks(false) {
                    eprintln!("{line}");
                }
                Err(Fault::new(f.kind, format!("{f}; the card was issued: photograph its code above now")))
            }
            None => Ok(files.is_empty().then(|| code.half_blocks(colour))),
        }
    }
}

#[cfg(feature = "tui")]
fn window() -> Option<(u16, u16)> {
    crossterm::terminal::size().ok()
}

/// This build doesn't know the size of the terminal.
#[cfg(not(feature = "tui"))]
fn window() -> Option<(u16, u16)> {
    None
}

/// Issues a card and brings its code to paper.
async fn issue(
    g: &Global,
    c: &ClinicClient,
    patient: PatientId,
    (paper, holder): (Paper, Holder),
    reissue: bool,
) -> Result<(), Fault> {
    paper.check(g.json)?;
    let pin = new_pin(g, holder.pin_file.as_deref())?;
    let mut files: Vec<(PathBuf, File)> = Vec::new();
    let undo = |files: &[(PathBuf, File)]| files.iter().for_each(|(p, _)| drop(std::fs::remove_file(p)));
    for path in paper.png.iter().chain(&paper.svg) {
        match fresh(path) {
            Ok(f) => files.push((path.clone(), f)),
            Err(f) => {
                undo(&files);
                return Err(f);
            }
        }
    }
    let made = match answer(c.issue_card(within(60), patient, pin, holder.guardian, reissue).await) {
        Ok(made) => made,
        Err(f) => {
            undo(&files);
            return Err(f);
        }
    };
    let drawn = paper.write(&made, &mut files)?;
    let written: Vec<&PathBuf> = files.iter().map(|(p, _)| p).collect();
    g.print(&made, |m| issued(m, &written));
    if !g.json {
        drawn.iter().flatten().for_each(|line| output::raw(line));
    }
    Ok(())
}

/// The card signs that this organisation may read; then the record is read.
async fn open(
    g: &Global,
    c: &ClinicClient,
    file: Option<&Path>,
    ask: GrantAsk,
    pin_file: Option<&Path>,
) -> Result<(), Fault> {
    let code = card(c, file).await?;
    let pin = pin(g, pin_file, "The patient's PIN: ")?;
    let days = ask.days.unwrap_or(DAYS);
    let signed = answer(c.grant_by_card(within(60), None, ask, code, pin).await)?;
    if signed.grant.is_some() {
        eprintln!("The patient's card signed: this organisation may read for {days} days.");
        eprintln!("'aidpost consent stop' ends it at any time.");
    }
    let record = answer(c.chart(within(60), signed.patient, Purpose::Treatment).await)?;
    g.print(&record, chart);
    Ok(())
}

impl Card {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        // What was typed wrongly is said before anybody is asked for a passphrase.
        let wanted = match &self {
            Card::Open { parts: p, .. } => parts(p)?,
            Card::Revoke { yes, .. } => {
                sure("A revoked card never opens anything again, and what it signed ends.", *yes)?;
                Vec::new()
            }
            _ => Vec::new(),
        };
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let done = match self {
            Card::Issue { patient, paper, holder } => issue(g, c, patient, (paper, holder), false).await,
            Card::Reissue { patient, paper, holder } => issue(g, c, patient, (paper, holder), true).await,
            Card::Show { patient } => {
                answer(c.cards(within(20), patient).await).map(|r| g.print(&r, |r| rows(r)))
            }
            Card::Revoke { patient, guardian, .. } => {
                answer(c.revoke_card(within(20), patient, guardian).await).map(|s| {
                    g.print(&s, |s| {
                        format!("Revoked: block {}. Other clinics hear of it when they are met.", s.block)
                    });
                })
            }
            Card::Read { file, pin_file } => match card(c, file.as_deref()).await {
                Ok(code) => match pin(g, pin_file.as_deref(), "The patient's PIN: ") {
                    Ok(pin) => answer(c.read_card(within(60), code, pin).await).map(|r| g.print(&r, read)),
                    Err(f) => Err(f),
                },
                Err(f) => Err(f),
            },
            Card::Open { file, days, holder, .. } => match c.status(within(10)).await.map_err(gone)?.open {
                Some(here) => {
                    let ask = GrantAsk {
                        org: here.org_id,
                        role: None,
                        purpose: Purpose::Treatment,
                        compartments: wanted,
                        days: Some(days),
                        parent: None,
                        delegable: false,
                        guardian: holder.guardian,
                    };
                    open(g, c, file.as_deref(), ask, holder.pin_file.as_deref()).await
                }
                None => Err(Fault::new(FaultKind::Locked, "sign in first")),
            },
        };
        close(reached.node).await;
        done
    }
}
