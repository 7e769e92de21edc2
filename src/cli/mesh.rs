//! Meeting the other terminals.

use clap::Args;

use super::{
    Global,
    join::close,
    open::{answer, link, within},
};
use crate::node::api::{Fault, Met};

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
        // A terminal that has just joined can't sign anybody in before its first meeting.
        if let (Some(node), Some(t)) = (&reached.node, &self.ticket) {
            let who = node.first_meeting(&login, &passphrase, t).await;
            node.close().await;
            println!("Met. Signed in as {}.", who?.name);
            return Ok(());
        }
        answer(reached.client.unlock(within(60), login, passphrase).await)?;
        if reached.node.is_some() {
            link(&reached).await?;
        }
        if let Some(t) = self.ticket {
            answer(reached.client.add_peer(within(20), t).await)?;
        }
        let met = answer(reached.client.sync(within(600)).await)?;
        g.print(&met, |all| all.iter().map(words).collect::<Vec<_>>().join("\n"));
        close(reached.node).await;
        Ok(())
    }
}

fn words(m: &Met) -> String {
    format!("{}: sent {}, received {} new, {} bytes in {} ms", m.peer, m.sent, m.received, m.bytes, m.millis)
}
