//! Meeting the other terminals.

use std::time::{Duration, Instant};

use clap::Args;

use super::{
    Global,
    join::close,
    open::{Reached, answer, within},
    rotate::watched,
};
use crate::node::api::{Fault, FaultKind, Met, Passphrase};

/// Meet.
#[derive(Args)]
pub(crate) struct Sync {
    /// Where another terminal answers: the line that its 'aidpost status' or mesh screen shows
    #[arg(long)]
    ticket: Option<String>,
    /// Go on until everything that is here is with some other terminal too: before leaving with this one
    #[arg(long)]
    until_safe: bool,
    /// With --until-safe: give up after this many minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 10, requires = "until_safe",
          value_parser = clap::value_parser!(u64).range(1..=1440))]
    within: u64,
}

/// Time between two rounds of meetings.
const ROUND: Duration = Duration::from_secs(3);

impl Sync {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let reached = g.reach().await?;
        let (login, passphrase) = (g.login()?, g.passphrase(false)?);
        if self.until_safe {
            return until_safe(g, reached, (login, passphrase), self.ticket, self.within).await;
        }
        let met = match &reached.node {
            // A terminal that has just joined can't sign anybody in before its first meeting.
            Some(node) => {
                let meeting = node.first_meeting(&login, &passphrase, self.ticket.as_deref());
                let met = watched(&reached, "meeting", meeting).await;
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
                answer(watched(&reached, "meeting", reached.client.sync(within(600))).await)?
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

/// How long what still comes in is waited for once everything is safe.
const LAST: Duration = Duration::from_secs(15);

/// Meets the others again and again until none of this terminal's blocks is here alone.
async fn until_safe(
    g: &Global,
    reached: Reached,
    (login, passphrase): (String, Passphrase),
    ticket: Option<String>,
    minutes: u64,
) -> Result<(), Fault> {
    let c = &reached.client;
    answer(c.unlock(within(60), login, passphrase).await)?;
    answer(c.link(within(20), true).await)?;
    if let Some(t) = ticket {
        answer(c.add_peer(within(20), t).await)?;
    }
    let end = Instant::now() + Duration::from_secs(minutes * 60);
    let mut before = None;
    let mut round = Box::pin(watched(&reached, "meeting", c.sync(within(600))));
    let (left, under_way) = loop {
        // One slow terminal keeps nobody from seeing that another has taken everything; and whoever asks stays signed in.
        let met = tokio::time::timeout(ROUND, &mut round).await.ok().map(answer);
        let mesh = answer(c.mesh(within(20)).await)?;
        let left = mesh.only_here;
        if left > 0 && mesh.peers.iter().all(|p| p.address.is_none()) {
            drop(round);
            close(reached.node).await;
            return Err(Fault::new(
                FaultKind::Unreachable,
                format!(
                    "{left} blocks are here alone, and no other terminal's address is known: give --ticket, or take them out with 'aidpost courier out'"
                ),
            ));
        }
        if before != Some(left) && left > 0 {
            eprintln!("{left} blocks are not yet anywhere else");
            before = Some(left);
        }
        if left == 0 || Instant::now() + ROUND > end {
            break (left, met.is_none());
        }
        match met {
            None => {}
            Some(Err(f)) if f.kind != FaultKind::Unreachable => {
                drop(round);
                close(reached.node).await;
                return Err(f);
            }
            // Who can't be met now is tried again.
            Some(_) => {
                tokio::time::sleep(ROUND).await;
                round = Box::pin(watched(&reached, "meeting", c.sync(within(600))));
            }
        }
    };
    if under_way {
        // What still comes in is taken to its end, but for somebody who is slow.
        let _ = tokio::time::timeout(LAST, round).await;
    } else {
        drop(round);
    }
    close(reached.node).await;
    if left > 0 {
        let why = format!(
            "{left} blocks are still nowhere else after {minutes} minutes: stay, or take them out with 'aidpost courier out'"
        );
        return Err(Fault::new(FaultKind::Unreachable, why));
    }
    g.print(&left, |_| "Safe: everything that is here is with another terminal too.".into());
    Ok(())
}

fn words(m: &Met) -> String {
    if let Some(p) = &m.problem {
        return format!("{}: {p}", m.peer);
    }
    format!("{}: sent {}, received {} new, {} bytes in {} ms", m.peer, m.sent, m.received, m.bytes, m.millis)
}
