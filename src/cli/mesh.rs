//! Meeting the other terminals.

use clap::Args;

use super::{
    Global,
    open::{answer, within},
};
use crate::node::api::{Fault, FaultKind, Met};

/// Meet.
#[derive(Args)]
pub(crate) struct Sync {
    /// Where another terminal answers: the line that its 'aidpost status' or mesh screen shows
    #[arg(long)]
    ticket: Option<String>,
}

impl Sync {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let reached = g.reach().await?;
        let (login, passphrase) = (g.login()?, g.passphrase(false)?);
        let met = match &reached.node {
            // A terminal that has just joined can't sign anybody in before its first meeting.
            Some(node) => {
                let met = node.first_meeting(&login, &passphrase, self.ticket.as_deref()).await;
                node.close().await;
                let (who, met) = met?;
                eprintln!("Signed in as {}.", who.name);
                met
            }
            None => {
                answer(reached.client.unlock(within(60), login, passphrase).await)?;
                if let Some(t) = self.ticket {
                    answer(reached.client.add_peer(within(20), t).await)?;
                }
                answer(reached.client.sync(within(600)).await)?
            }
        };
        g.print(&met, |all| all.iter().map(words).collect::<Vec<_>>().join("\n"));
        match met.iter().filter(|m| m.problem.is_some()).count() {
            0 => Ok(()),
            n => Err(Fault::new(
                FaultKind::Unreachable,
                format!("{n} of {} terminals were not met: try again when they are on", met.len()),
            )),
        }
    }
}

fn words(m: &Met) -> String {
    if let Some(p) = &m.problem {
        return format!("{}: {p}", m.peer);
    }
    format!("{}: sent {}, received {} new, {} bytes in {} ms", m.peer, m.sent, m.received, m.bytes, m.millis)
}
