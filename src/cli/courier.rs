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
    /// What does not fit into one file goes in numbered parts. A stick that is full keeps the parts that are whole; the
    /// same command goes on there, or on another stick.
    ///
    /// Example: aidpost courier out /media/stick
    Out {
        /// The stick's folder
        folder: PathBuf,
    },
    /// Read every bundle of a folder that is for this terminal
    ///
    /// Parts are read in any order, from one stick or several; which ones are still to come is said.
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
                    let parts = match c.part {
                        Some((_, of)) => format!(
                            ", {} of {of} parts{}",
                            of - c.before,
                            if c.before > 0 { "; the others were written before" } else { "" }
                        ),
                        None => String::new(),
                    };
                    format!(
                        "{}: {} blocks for {} terminals, {} bytes{parts}",
                        c.path, c.blocks, c.count, c.bytes
                    )
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
                            None => {
                                let part =
                                    c.part.map_or(String::new(), |(n, of)| format!(", part {n} of {of}"));
                                let waits = c.waits.as_ref().map_or(String::new(), |w| format!("; {w}"));
                                format!(
                                    "{}: {} blocks, {} of them new{part}{waits}",
                                    c.path, c.blocks, c.count
                                )
                            }
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
