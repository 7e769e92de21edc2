//! The ledger as held here: what is doubtful, and adopting what was genuine.

use clap::Subcommand;

use super::{
    Global,
    join::close,
    open::{answer, within},
    words::{clean, time},
};
use crate::{
    core::{id::BlockId, trust::Bracket},
    node::api::{Fault, LedgerView, Saved},
};

/// The ledger.
#[derive(Subcommand)]
pub(crate) enum Ledger {
    /// Show logs, forks, quarantine, gaps and wrong clocks
    ///
    /// Example: aidpost ledger show
    Show {
        /// So many of the newest blocks
        #[arg(long, default_value_t = 0)]
        blocks: u32,
    },
    /// Countersign quarantined blocks of the own organisation, so that they count again (clinician)
    ///
    /// Example: aidpost ledger adopt BLOCK
    Adopt {
        /// The blocks, as 'aidpost ledger show' lists them
        #[arg(required = true)]
        blocks: Vec<BlockId>,
    },
}

/// When something was written, as far as it can be known.
pub(crate) fn bracket(b: &Bracket) -> String {
    let after = b.after.map_or_else(String::new, |a| format!("after {}, ", time(a)));
    let before = b.before.map_or_else(String::new, |x| format!(", before {}", time(x)));
    let wrong = if b.clock_is_wrong() { " (its clock is wrong)" } else { "" };
    format!("{after}says {}{before}{wrong}", time(b.said))
}

fn words(v: &LedgerView) -> String {
    let mut out = vec![format!("{} blocks. {}", v.total, v.trust)];
    out.extend(v.logs.iter().map(|l| {
        format!(
            "  {} ({}): {} blocks, last {} by its clock",
            clean(&l.device),
            clean(&l.org),
            l.blocks,
            time(l.last)
        )
    }));
    out.extend(v.forks.iter().map(|f| format!("FORK: {}", clean(f))));
    out.extend(v.doubts.equivocations.iter().map(|e| format!("TWO WORDS: {}", clean(e))));
    out.extend(v.doubts.gaps.iter().map(|g| {
        format!(
            "GAP: {} blocks of {} ({}) are here, {} says there are at least {}: meet it, or it withholds them",
            g.held,
            clean(&g.device),
            clean(&g.org),
            clean(&g.by),
            g.known
        )
    }));
    out.extend(v.doubts.clocks.iter().map(|c| {
        format!("CLOCK: {} ({}): {}; set it right", clean(&c.device), clean(&c.org), bracket(&c.time))
    }));
    if v.doubts.withheld > 0 {
        out.push(format!(
            "WITHHELD: {} blocks came without the wrapped keys in them, for no known order; whoever is met next is asked",
            v.doubts.withheld
        ));
    }
    if v.doubts.quarantined > 0 {
        out.push(format!("{} blocks in quarantine; they give no permission:", v.doubts.quarantined));
    }
    out.extend(v.doubts.quarantine.iter().map(|q| {
        format!(
            "{}\n  {} of {} ({}), {}: {}",
            q.id,
            q.kind.word(),
            clean(&q.device),
            clean(&q.org),
            q.doubt.words(),
            bracket(&q.time)
        )
    }));
    let clean_bill = v.forks.is_empty()
        && v.doubts.equivocations.is_empty()
        && v.doubts.quarantined == 0
        && v.doubts.gaps.is_empty()
        && v.doubts.withheld == 0
        && v.doubts.clocks.is_empty();
    if clean_bill {
        out.push("Nothing is doubtful.".into());
    }
    out.extend(v.blocks.iter().map(|b| {
        format!("{}  {:<11} {} no. {}, {}", b.id, b.kind.word(), clean(&b.device), b.seq, time(b.at))
    }));
    out.join("\n")
}

impl Ledger {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let done = match self {
            Ledger::Show { blocks } => answer(c.ledger(within(60), blocks).await).map(|v| g.print(&v, words)),
            Ledger::Adopt { blocks } => answer(c.adopt(within(30), blocks).await)
                .map(|s| g.print(&s, |s: &Saved| format!("Adopted: block {}.", s.block))),
        };
        close(reached.node).await;
        done
    }
}
