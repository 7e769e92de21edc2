//! Proofs that a block is final: made here, checked anywhere.

use std::path::{Path, PathBuf};

use clap::Args;

use super::{
    Global, input,
    join::close,
    open::{answer, within},
};
use crate::{
    core::{
        id::{BlockId, ConsortiumId},
        proof::{BadProof, MAX_PROOF, Proof, Proven},
    },
    node::api::{Fault, FaultKind},
};

/// Prove that a block is final.
#[derive(Args)]
pub(crate) struct Prove {
    /// The block, as a list shows it
    block: BlockId,
    /// File to write
    #[arg(long, default_value = "proof.aidpost")]
    out: PathBuf,
}

impl Prove {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (reached, _) = g.signed_in().await?;
        let made = answer(reached.client.prove(within(60), self.block).await);
        close(reached.node).await;
        let bytes = made?;
        std::fs::write(&self.out, &bytes).map_err(|e| {
            Fault::new(FaultKind::Failed, format!("{}: {e}: choose another place", self.out.display()))
        })?;
        println!("Wrote {} ({} bytes).", self.out.display(), bytes.len());
        println!("Anyone checks it with 'aidpost verify --proof FILE --consortium FINGERPRINT', offline.");
        Ok(())
    }
}

fn words(p: &Proven) -> String {
    format!(
        "Final in \"{}\": block {}, number {} of log {} ({}), cosigned by {} of {} organisations.",
        p.consortium,
        p.block,
        p.seq,
        p.log,
        p.kind.word(),
        p.cosigned,
        p.members
    )
}

/// Checks a proof, with nothing else at hand.
pub(crate) fn check(g: &Global, file: &Path, consortium: ConsortiumId) -> Result<(), Fault> {
    let bad = |e: std::io::Error| {
        Fault::new(FaultKind::Usage, format!("{}: {e}: check the file's name", file.display()))
    };
    let bytes = input::bytes(file, MAX_PROOF as u64).map_err(bad)?;
    let proven = Proof::from_bytes(&bytes).and_then(|p| p.verify(consortium)).map_err(|e| {
        let kind = if matches!(e, BadProof::Malformed(_)) { FaultKind::Usage } else { FaultKind::Damaged };
        Fault::new(kind, format!("{}: {e}", file.display()))
    })?;
    g.print(&proven, words);
    Ok(())
}
