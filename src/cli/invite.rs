//! Letting one terminal join over the network: the admin's side.

use std::{
    io::IsTerminal,
    path::Path,
    time::{Duration, Instant},
};

use clap::Args;
use serde_json::json;

use super::{
    Global, ask,
    join::{close, write},
    open::{Reached, answer, within},
};
use crate::{
    core::id::DeviceId,
    node::api::{Fault, FaultKind, InvitationStage, InvitationView, Joiner, Welcomed},
    qr::Code,
};

/// Invite.
#[derive(Args)]
pub(crate) struct Invite {
    /// Draw the ticket as a QR code too, to carry it as a picture ('aidpost join' reads one); it takes about 30 lines
    #[arg(long)]
    qr: bool,
}

/// How often the node is asked how it stands.
const LOOK: Duration = Duration::from_millis(300);
/// How often the node hears that somebody is here while they are asked: it locks after five minutes.
const STAY: Duration = Duration::from_secs(60);
/// How long a node that was started for this stays for the new terminal's first meeting.
const MEETING: Duration = Duration::from_secs(60);
/// Where a certificate goes that the other terminal didn't get.
const CERTIFICATE: &str = "certificate.txt";

/// What came of an invitation.
enum End {
    Welcomed(Welcomed, bool),
    Lapsed,
    Stopped,
}

impl Invite {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        if !ask::possible() {
            return Err(Fault::new(
                FaultKind::Usage,
                "two people must compare a code: run this on a terminal, or use files in a script ('aidpost org invite')",
            ));
        }
        let (reached, _) = g.signed_in().await?;
        let view = answer(reached.client.open_invitation(within(30)).await)?;
        say(
            g,
            format_args!(
                "On the other terminal: 'aidpost join'. It asks for this ticket:\n\n{}\n",
                view.ticket.0
            ),
        );
        if self.qr && !g.json {
            let code = Code::new(&view.ticket.0).map_err(|e| Fault::new(FaultKind::Failed, e))?;
            let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            super::output::raw(&code.half_blocks(colour).join("\n"));
        }
        say(
            g,
            format_args!(
                "It is good for {} minutes and one terminal. Waiting; Ctrl-C ends it.",
                minutes(&view)
            ),
        );
        let end = attend(g, &reached).await;
        // Also after a failure nobody else shall come in.
        let shut = answer(reached.client.close_invitation(within(20)).await);
        let done = match end? {
            End::Welcomed(w, org) => welcomed(g, &reached, &w, org).await.map(|met| {
                if g.json {
                    g.tell(&json!({ "device": w.device, "name": w.name, "met": met }), "");
                }
            }),
            End::Lapsed => Err(Fault::new(
                FaultKind::Failed,
                "nobody was let in, and the ticket is not good any more: 'aidpost invite' makes a new one",
            )),
            End::Stopped => shut.and(Err(Fault::new(FaultKind::Conflict, "stopped: nobody was let in"))),
        };
        close(reached.node).await;
        done
    }
}

fn minutes(v: &InvitationView) -> u64 {
    v.seconds_left.div_ceil(60)
}

/// Waits for terminals and puts each to the admin, until one is in or the ticket is not good any more.
async fn attend(g: &Global, reached: &Reached) -> Result<End, Fault> {
    let mut stop = ask::interrupted()?;
    let mut told = None;
    loop {
        let view = answer(reached.client.invitation(within(20)).await)?;
        let Some(view) = view else { return Ok(End::Lapsed) };
        match view.stage {
            InvitationStage::Over => {
                if let Some(why) = view.last {
                    eprintln!("The last attempt came to nothing: {why}.");
                }
                return Ok(End::Lapsed);
            }
            InvitationStage::Comparing(joiner) => match put(g, reached, &joiner).await? {
                Put::Welcomed(w) => return Ok(End::Welcomed(w, joiner.org.is_some())),
                Put::Stopped => return Ok(End::Stopped),
                Put::Gone => told = Some(view.attempts_left),
            },
            InvitationStage::Waiting => {
                if let Some(why) =
                    view.last.filter(|_| told.replace(view.attempts_left) != Some(view.attempts_left))
                {
                    eprintln!(
                        "That attempt came to nothing: {why}. Waiting for another; {} left.",
                        view.attempts_left
                    );
                }
            }
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.recv() => return Ok(End::Stopped),
        }
    }
}

/// What came of one attempt.
enum Put {
    Welcomed(Welcomed),
    Gone,
    Stopped,
}

/// Shows who wants to join, and asks.
async fn put(g: &Global, reached: &Reached, j: &Joiner) -> Result<Put, Fault> {
    eprintln!("\n{}\n\n    Code    {}\n", words(j), j.code);
    // Whoever sits here is at work, however long they look.
    let stays = async {
        loop {
            tokio::time::sleep(STAY).await;
            let _ = reached.client.invitation(within(20)).await;
        }
    };
    let decided = tokio::select! {
        d = ask::decide("Does the other screen show this code, and shall it join?") => d?,
        () = stays => None,
    };
    match decided {
        Some(true) => {}
        given => {
            // The attempt may be over already.
            let _ = reached.client.turn_away(within(20), j.code.clone()).await;
            return Ok(given.map_or(Put::Stopped, |_| Put::Gone));
        }
    }
    let mut stop = ask::interrupted()?;
    let mut told = false;
    loop {
        let view = answer(reached.client.invitation(within(20)).await)?;
        match view.map(|v| v.stage) {
            Some(InvitationStage::Comparing(now)) if now.code == j.code && now.agreed => break,
            Some(InvitationStage::Comparing(now)) if now.code == j.code => {}
            _ => {
                eprintln!("The other terminal is not there any more: nobody was let in.");
                return Ok(Put::Gone);
            }
        }
        if !std::mem::replace(&mut told, true) {
            eprintln!("Now the person at the other terminal says yes too…");
        }
        tokio::select! {
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.recv() => {
                let _ = reached.client.turn_away(within(20), j.code.clone()).await;
                return Ok(Put::Stopped);
            }
        }
    }
    loop {
        match answer(reached.client.welcome(within(90), j.code.clone()).await) {
            // It took longer than a passphrase counts.
            Err(f) if f.kind == FaultKind::Proof => {
                eprintln!("Your passphrase was given a while ago.");
                let (login, passphrase) = (g.login()?, g.passphrase(false)?);
                if let Err(f) = answer(reached.client.unlock(within(60), login, passphrase).await) {
                    eprintln!("  {}", f.message);
                }
            }
            w => return Ok(Put::Welcomed(w?)),
        }
    }
}

fn words(j: &Joiner) -> String {
    let what = match &j.org {
        Some((org, kind)) => {
            format!("the new organisation \"{org}\" ({kind:?}), with its terminal \"{}\"", j.device)
        }
        None => format!("a further terminal of this organisation, \"{}\"", j.device),
    };
    format!("Wants to join: {what}.\nFirst person:  {} ({}).", j.name, j.role.word())
}

/// What two people read while they compare; with `--json` standard output is for what came of it.
fn say(g: &Global, words: std::fmt::Arguments<'_>) {
    if g.json {
        eprintln!("{words}");
    } else {
        println!("{words}");
    }
}

/// Says so, and stays for the first meeting where the node is ours; whether it has met this terminal.
async fn welcomed(g: &Global, reached: &Reached, w: &Welcomed, org: bool) -> Result<bool, Fault> {
    match &w.certificate {
        Some(line) if !w.delivered => {
            write(Path::new(CERTIFICATE), line)?;
            say(
                g,
                format_args!(
                    "Certified, but the link was lost before the other terminal had it: bring {CERTIFICATE} there, for 'aidpost join {CERTIFICATE}'."
                ),
            );
            return Ok(false);
        }
        _ if org && !w.delivered => {
            say(
                g,
                format_args!(
                    "Admitted, but the link was lost before the other terminal heard of it: if it is still there, 'aidpost sync' there goes on."
                ),
            );
            return Ok(false);
        }
        _ if org => {
            say(
                g,
                format_args!(
                    "Admitted by this organisation. Where there are other members, they approve it too: 'aidpost org proposals'."
                ),
            );
        }
        _ => say(g, format_args!("\"{}\" is certified.", w.name)),
    }
    if reached.node.is_some() {
        eprintln!("Stay: it fetches what is here…");
        if !met(reached, w.device).await? {
            say(
                g,
                format_args!(
                    "It has not met this terminal yet: leave the workstation or 'aidpost node' on, and 'aidpost sync' there."
                ),
            );
            return Ok(false);
        }
        say(g, format_args!("It has met this terminal."));
    }
    Ok(reached.node.is_some())
}

/// Whether the new terminal has met this one before long.
async fn met(reached: &Reached, device: DeviceId) -> Result<bool, Fault> {
    let (start, mut stop) = (Instant::now(), ask::interrupted()?);
    let mut seen = false;
    while start.elapsed() < MEETING {
        let mesh = answer(reached.client.mesh(within(20)).await)?;
        let now = mesh.peers.iter().any(|p| p.device == device && p.last_met.is_some() && p.lacks == 0);
        // Once more, because its first blocks come with a second meeting.
        if now && std::mem::replace(&mut seen, true) {
            return Ok(true);
        }
        tokio::select! {
            () = tokio::time::sleep(4 * LOOK) => {}
            _ = stop.recv() => return Ok(seen),
        }
    }
    Ok(seen)
}
