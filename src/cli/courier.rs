//! Bundles on a stick.

use std::path::PathBuf;

use clap::Subcommand;

use super::{
    Global,
    join::close,
    open::{answer, within},
    rotate::watched,
};
use crate::node::api::{Fault, FaultKind};

/// Courier.
#[derive(Subcommand)]
pub(crate) enum Courier {
    /// Write a bundle for all other terminals; whoever carries it cannot read it
    ///
    /// Example: aidpost courier out /media/stick
    Out {
        /// The stick's folder
        folder: PathBuf,
    },
    /// Read every bundle of a folder that is for this terminal
    ///
    /// Example: aidpost courier in /media/stick
    In {
        /// The stick's folder
        folder: PathBuf,
    },
}

impl Courier {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (reached, _) = g.signed_in().await?;
        let whole = |p: PathBuf| std::path::absolute(&p).unwrap_or(p).display().to_string();
        match self {
            Courier::Out { folder } => {
                let c = answer(
                    watched(&reached, "writing", reached.client.courier_out(within(600), whole(folder)))
                        .await,
                )?;
                g.print(&c, |c| {
                    format!("{}: {} blocks for {} terminals, {} bytes", c.path, c.blocks, c.count, c.bytes)
                });
            }
            Courier::In { folder } => {
                let all = answer(
                    watched(&reached, "reading", reached.client.courier_in(within(600), whole(folder))).await,
                )?;
                g.print(&all, |all| {
                    all.iter()
                        .map(|c| match &c.problem {
                            Some(p) => format!("{p} ({} of {} blocks were new)", c.count, c.blocks),
                            None => format!("{}: {} blocks, {} of them new", c.path, c.blocks, c.count),
                        })
                        .collect::<Vec<_>>()
                        .join("\n")
                });
                close(reached.node).await;
                return match all.iter().filter(|c| c.problem.is_some()).count() {
                    0 => Ok(()),
                    n => Err(Fault::new(
                        FaultKind::Damaged,
                        format!("{n} of {} bundles could not be read whole: ask for new ones", all.len()),
                    )),
                };
            }
        }
        close(reached.node).await;
        Ok(())
    }
}
