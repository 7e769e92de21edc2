//! The node in a few words.

use std::{io::IsTerminal, path::PathBuf};

use clap::Args;
use serde::Serialize;

use super::{
    Global,
    doctor::broken,
    open::{gone, within},
    prometheus,
    words::clean,
};
use crate::{
    node::{
        api::{Check, Fault, FaultKind, LinkPolicy, OpenStatus, PeerRow, Status, Verdict, bytes, duration},
        clock,
    },
    qr::Code,
};

/// Refused terminals that are shown; '--json' has all that are remembered.
const REFUSED: usize = 3;
/// Checks whose figures are wanted also when they are good: the last backup, the last meeting, room, ways in.
const FIGURES: [&str; 5] = ["backups", "peers", "disk", "memory", "slots"];

/// Status.
#[derive(Args)]
pub(crate) struct Show {
    /// As Prometheus text, for the textfile folder of a node exporter; no names are in it
    #[arg(long, conflicts_with = "json")]
    prometheus: bool,
    /// With --prometheus: write this file instead, whole or not at all
    #[arg(long, value_name = "FILE", requires = "prometheus")]
    out: Option<PathBuf>,
    /// Draw the ticket as a QR code too, for a telephone to read
    #[arg(long, conflicts_with_all = ["json", "prometheus"])]
    qr: bool,
}

impl Show {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let reached = g.reach().await?;
        let running = reached.node.is_none();
        let status = reached.client.status(within(10)).await.map_err(gone)?;
        let mut health = reached.client.doctor(within(30)).await.map_err(gone)?;
        if self.prometheus {
            let text = prometheus::text(&status, running, &health, clock::now());
            return match &self.out {
                None => {
                    println!("{}", text.trim_end());
                    Ok(())
                }
                Some(file) => prometheus::write(file, &text),
            };
        }
        // Sorting keeps the order of those that are alike.
        health.sort_by_key(|c| std::cmp::Reverse(c.verdict));
        let told = Told { status, health };
        g.print(&told, |t| {
            let lines = [words(&t.status, running)];
            lines.into_iter().chain(health_words(&t.health)).collect::<Vec<_>>().join("\n")
        });
        if self.qr {
            println!("{}", code(&told.status)?);
        }
        Ok(())
    }
}

/// What is told of a node, and how it is.
#[derive(Serialize)]
struct Told {
    #[serde(flatten)]
    status: Status,
    /// What the doctor found, the worst first.
    health: Vec<Check>,
}

/// The ticket, drawn.
fn code(s: &Status) -> Result<String, Fault> {
    let ticket = s.open.as_ref().and_then(|o| o.ticket.as_deref()).ok_or_else(|| {
        Fault::new(FaultKind::Unreachable, "there is no ticket: a node must run here with its link up")
    })?;
    let code = Code::new(ticket).map_err(|e| Fault::new(FaultKind::Failed, e))?;
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    Ok(code.half_blocks(colour).join("\n"))
}

fn words(s: &Status, running: bool) -> String {
    let mut out = vec![format!("Aidpost {}", s.version)];
    out.push(format!(
        "node        {}",
        if running { "running" } else { "not running (the workstation starts its own)" }
    ));
    match &s.open {
        None => out.push("store       sealed: nobody has signed in since the start".into()),
        Some(o) => {
            let demo = if o.demo { " (demonstration)" } else { "" };
            out.push(format!("consortium  {}{demo}, fingerprint {}", o.consortium, o.fingerprint));
            out.push(format!("terminal    {} of {}, {}", o.device, o.org, o.device_id.short()));
            out.push(format!(
                "ledger      {} blocks, {} forks, {} not yet anywhere else",
                o.blocks, o.forks, o.only_here
            ));
            let doubts = [
                (o.equivocations, "two words at once"),
                (o.quarantined, "blocks in quarantine"),
                (o.gaps, "logs with gaps"),
                (o.clocks_wrong, "wrong clocks"),
                (o.withheld, "blocks without their keys"),
            ];
            let doubts: Vec<String> =
                doubts.iter().filter(|(n, _)| *n > 0).map(|(n, w)| format!("{n} {w}")).collect();
            if !doubts.is_empty() {
                out.push(format!("doubtful    {}: see 'aidpost ledger show'", doubts.join(", ")));
            }
            if o.waiting > 0 {
                out.push(format!("headers     {} blocks are here as headers only", o.waiting));
            }
            if o.reviews_due > 0 {
                out.push(format!("reviews     {} due: see 'aidpost audit reviews'", o.reviews_due));
            }
            out.push(format!("peers       {} remembered", o.peers));
            for r in o.refused.iter().take(REFUSED) {
                out.push(format!("refused     {}: {} ({} times)", r.who, r.why, r.times));
            }
            out.extend(o.others.iter().filter(|r| r.lacks > 0).map(lacks));
            out.extend(links(o));
            out.push(format!("ticket      {}", o.ticket.as_deref().unwrap_or("none: the link is off")));
            out.push(format!("faces       {} enrolled", o.enrolled));
        }
    }
    out.push(format!("camera      {}", s.camera.as_deref().unwrap_or("none")));
    out.join("\n")
}

/// What isn't good, what is of interest also when it is, and the names of the rest.
fn health_words(all: &[Check]) -> Vec<String> {
    let mut out = Vec::new();
    let named = |heading: &str, which: Verdict, but: &[&str]| {
        let of = all.iter().filter(|c| c.verdict == which && !but.contains(&c.name.as_str()));
        let names: Vec<&str> = of.map(|c| c.name.as_str()).collect();
        if names.is_empty() { Vec::new() } else { broken(heading, &names.join(", ")) }
    };
    let (good, unknown) = (
        named("health      good", Verdict::Good, &FIGURES),
        named("health      unknown", Verdict::Unknown, &[]),
    );
    for c in all {
        let verdict = match c.verdict {
            Verdict::Bad => "BAD",
            Verdict::Attention => "LOOK",
            Verdict::Good if FIGURES.contains(&c.name.as_str()) => "good",
            Verdict::Good | Verdict::Unknown => continue,
        };
        out.extend(broken(&format!("health      {verdict}"), &format!("{}: {}", c.name, c.found)));
    }
    out.extend(good);
    out.extend(unknown);
    if all.iter().any(|c| c.verdict != Verdict::Good) {
        out.push("remedies    'aidpost doctor' names one for each".into());
    }
    out
}

fn lacks(r: &PeerRow) -> String {
    let left = match (r.rate, r.seconds_left) {
        (Some(rate), Some(s)) => format!("{} left at {}/s", duration(s), bytes(rate)),
        _ => "not being met now".into(),
    };
    format!("lacks       {}: {} blocks, about {}, {left}", clean(&r.name), r.lacks, bytes(r.bytes_left))
}

/// How the links are used, where that was changed.
fn links(o: &OpenStatus) -> Option<String> {
    let next = o.next_round.map_or_else(String::new, |s| format!("; next round in {}", duration(s)));
    (o.links != LinkPolicy::default()).then(|| format!("links       {}{next}", o.links.words()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn health_is_what_to_look_at_and_the_figures() {
        let mut all = [
            Check::good("clock", "2026-11-30 08:25 UTC"),
            Check::good("disk", "9.1 GB free, the store takes 12 MB"),
            Check::not(Verdict::Attention, "slots", "one slot opens this terminal", "print a code"),
            Check::good("models", "both as shipped, in a folder"),
            Check::not(Verdict::Unknown, "forks", "known only of an open store", "give --login"),
            Check::not(Verdict::Bad, "backups", "none was made at this terminal", "make one"),
        ];
        all.sort_by_key(|c| std::cmp::Reverse(c.verdict));
        let text = health_words(&all).join("\n");
        let wanted = "\
health      BAD          backups: none was made at this terminal
health      LOOK         slots: one slot opens this terminal
health      good         disk: 9.1 GB free, the store takes 12 MB
health      good         clock, models
health      unknown      forks
remedies    'aidpost doctor' names one for each";
        assert_eq!(text, wanted);
        let good = [Check::good("clock", "x"), Check::good("disk", "y")];
        assert_eq!(health_words(&good).len(), 2, "nothing is to be remedied");
    }
}
