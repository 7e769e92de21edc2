//! Checking everything anew; also when the database no longer opens.

use std::path::PathBuf;

use clap::Args;

use super::{
    Global,
    open::{answer, within},
};
use crate::{
    core::id::ConsortiumId,
    node::{
        api::{Fault, FaultKind, VerifyReport},
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
            answer(client.verify(within(3_600)).await)?
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

/// Without a node. A database with damaged pages may not open: then the pages by themselves.
fn offline(g: &Global, data: &std::path::Path) -> Result<VerifyReport, Fault> {
    let (slots, opened) = crate::node::open_slots(data, &g.login()?, &g.passphrase(false)?.0)?;
    let master = crate::node::in_use(data, &slots, &opened);
    let c = match setup::open_db(data, &master, &slots).and_then(|mut db| db.verify()) {
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
