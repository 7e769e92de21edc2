//! Checking everything anew; also when the database no longer opens.

use std::{
    cell::{Cell, RefCell},
    io::{IsTerminal, Write},
    path::PathBuf,
    time::{Duration, Instant},
};

use clap::Args;

use super::{
    Global,
    open::{answer, within},
};
use crate::{
    core::id::ConsortiumId,
    node::{
        api::{Checking, ClinicClient, Fault, FaultKind, VerifyReport},
        clock,
        estimate::{self, Estimate},
        server, setup,
    },
};

/// Check.
#[derive(Args)]
pub(crate) struct Verify {
    /// A proof that a block is final: checked by itself, offline
    #[arg(long, value_name = "FILE", requires = "consortium")]
    proof: Option<PathBuf>,
    /// The fingerprint of the consortium that the proof must be of
    #[arg(long, value_name = "FINGERPRINT", requires = "proof")]
    consortium: Option<ConsortiumId>,
}

impl Verify {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        match (&self.proof, self.consortium) {
            (Some(file), Some(consortium)) => super::prove::check(g, file, consortium),
            _ => store(g).await,
        }
    }
}

async fn store(g: &Global) -> Result<(), Fault> {
    let data = g.data()?;
    let report = match server::remote(&data).await? {
        Some(client) => {
            answer(client.unlock(within(60), g.login()?, g.passphrase(false)?).await)?;
            watched(&client).await?
        }
        None => offline(g, &data)?,
    };
    g.print(&report, words);
    match report.damage.len() {
        0 => Ok(()),
        n => Err(Fault::new(
            FaultKind::Damaged,
            format!(
                "{n} damaged: everything else can be used; what this terminal shared is still on the others"
            ),
        )),
    }
}

/// Asks a node, and shows how far it has come meanwhile.
async fn watched(client: &ClinicClient) -> Result<VerifyReport, Fault> {
    let line = Line::default();
    let mut done = std::pin::pin!(client.verify(within(3_600)));
    loop {
        tokio::select! {
            report = &mut done => {
                line.end();
                return answer(report);
            }
            () = tokio::time::sleep(EVERY) => {
                if let Ok(Ok(Some(c))) = client.checking(within(10)).await {
                    line.show(&c);
                }
            }
        }
    }
}

/// How often the line is drawn.
const EVERY: Duration = Duration::from_millis(400);

/// One line on standard error: drawn over on a terminal, a new one every ten per cent elsewhere.
#[derive(Default)]
struct Line {
    /// Tenths that were shown, and when.
    shown: Cell<Option<(u32, Instant)>>,
}

impl Line {
    fn show(&self, c: &Checking) {
        let (tenth, terminal) = (c.done / 100, std::io::stderr().is_terminal());
        let new = match self.shown.get() {
            None => true,
            Some((_, at)) if terminal => at.elapsed() >= EVERY,
            Some((before, _)) => tenth > before,
        };
        if !new {
            return;
        }
        self.shown.set(Some((tenth, Instant::now())));
        if terminal {
            let _ = write!(std::io::stderr(), "\r{}\x1b[K", estimate::words(c));
        } else {
            let _ = writeln!(std::io::stderr(), "{}", estimate::words(c));
        }
    }

    fn end(&self) {
        if self.shown.get().is_some() && std::io::stderr().is_terminal() {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}

/// Without a node. A database with damaged pages may not open: then the pages by themselves.
fn offline(g: &Global, data: &std::path::Path) -> Result<VerifyReport, Fault> {
    let (slots, opened) = crate::node::open_slots(data, &g.login()?, &g.passphrase(false)?.0)?;
    let master = crate::node::in_use(data, &slots, &opened);
    let (line, watch) = (Line::default(), RefCell::new(Estimate::default()));
    let tell = |p| {
        line.show(&watch.borrow_mut().of(p, clock::steady()));
        Ok(())
    };
    let checked = setup::open_db(data, &master, &slots).and_then(|mut db| db.verify_telling(&tell));
    line.end();
    let c = match checked {
        Ok(c) => c,
        Err(e) => {
            let pages = setup::check_pages(data, &master, &slots)?;
            if pages.damage.is_empty() {
                return Err(e.into());
            }
            pages
        }
    };
    Ok(VerifyReport { pages: c.pages, blocks: c.blocks, damage: c.damage })
}

fn words(r: &VerifyReport) -> String {
    let mut out = vec![format!("{} pages and {} blocks are whole.", r.pages, r.blocks)];
    out.extend(r.damage.iter().map(|d| format!("DAMAGED: {d}")));
    out.join("\n")
}
