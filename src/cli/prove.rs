//! Proofs that a block is final: made here, checked anywhere.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

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
    /// The block, as 'aidpost ledger show --blocks 20' lists the newest
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
        std::fs::write(&self.out, &bytes)
            .map_err(|e| Fault::unwritten(&self.out, &e, "choose another place with --out"))?;
        let (file, size) = (self.out.display().to_string(), bytes.len());
        g.tell(
            &json!({ "file": file, "bytes": size }),
            format_args!(
                "Wrote {file} ({size} bytes).\n\
                 Anyone checks it with 'aidpost verify --proof FILE --consortium FINGERPRINT', offline."
            ),
        );
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
    let bytes =
        input::bytes(file, MAX_PROOF as u64).map_err(|e| Fault::unread(file, &e, "check the file's name"))?;
    let proven = Proof::from_bytes(&bytes).and_then(|p| p.verify(consortium)).map_err(|e| {
        let (kind, remedy) = match e {
            BadProof::Malformed(_) => {
                (FaultKind::Refused, "check the file's name, or ask for the proof anew")
            }
            BadProof::Consortium(_) => {
                (FaultKind::Refused, "check the fingerprint, or ask for another proof")
            }
            _ => (FaultKind::Damaged, "it proves nothing; ask for the proof anew"),
        };
        Fault::new(kind, format!("{}: {e}: {remedy}", file.display()))
    })?;
    g.print(&proven, words);
    Ok(())
}
