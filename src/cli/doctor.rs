//! An examination of the terminal, as a table.

use super::{
    Global,
    join::close,
    open::{answer, gone, within},
};
use crate::node::{
    api::{Check, Fault, FaultKind, Status, Verdict},
    doctor::Examined,
};

/// The widest a line may become before it is broken.
const WIDTH: usize = 79;
/// Where what was found begins.
const INDENT: usize = 25;

pub(crate) async fn run(g: &Global) -> Result<(), Fault> {
    let (all, _) = examine(g).await?;
    g.print(&all, |all| words(all));
    match all.iter().filter(|c| c.verdict == Verdict::Bad).count() {
        0 => Ok(()),
        n => Err(Fault::new(
            FaultKind::Failed,
            format!("{n} of {} checks found something bad: see the remedy of each, above", all.len()),
        )),
    }
}

/// By the node, with its state; or without one where none can be made.
pub(super) async fn examine(g: &Global) -> Result<(Vec<Check>, Option<Status>), Fault> {
    let reached = match g.reach().await {
        Ok(r) => r,
        // What keeps a node from being made is itself among what is found.
        Err(_) => {
            let examined = Examined { options: g.options()?, open: None, answering: false, faces: None };
            return Ok((examined.look(), None));
        }
    };
    if g.login.is_some() {
        answer(reached.client.unlock(within(60), g.login()?, g.passphrase(false)?).await)?;
    }
    let all = reached.client.doctor(within(60)).await.map_err(gone);
    let status = reached.client.status(within(10)).await.map_err(gone);
    close(reached.node).await;
    Ok((all?, Some(status?)))
}

fn words(all: &[Check]) -> String {
    let mut out = Vec::new();
    for c in all {
        let verdict = match c.verdict {
            Verdict::Good => "good",
            Verdict::Unknown => "unknown",
            Verdict::Attention => "LOOK",
            Verdict::Bad => "BAD",
        };
        out.extend(broken(&format!("{:<12} {verdict:<8}", c.name), &c.found));
        // The same for all that is unknown: said once, below.
        if let Some(remedy) = c.remedy.as_ref().filter(|_| c.verdict != Verdict::Unknown) {
            out.extend(broken("", &format!("→ {remedy}")));
        }
    }
    let mut unknown: Vec<&str> =
        all.iter().filter(|c| c.verdict == Verdict::Unknown).filter_map(|c| c.remedy.as_deref()).collect();
    unknown.dedup();
    out.extend(unknown.iter().flat_map(|r| broken("unknown", r)));
    out.join("\n")
}

/// A text beside its heading, broken between words.
pub(super) fn broken(heading: &str, text: &str) -> Vec<String> {
    let mut lines = vec![format!("{heading:<INDENT$}")];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |l| l.chars().count());
        if line > INDENT && line + 1 + word.chars().count() > WIDTH {
            lines.push(" ".repeat(INDENT));
        }
        if let Some(last) = lines.last_mut() {
            if last.chars().count() > INDENT {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_that_fits() {
        let all = [
            Check::good("clock", "2026-11-30 08:25 UTC"),
            Check::not(Verdict::Bad, "disk", "5 MB free", "make room ".repeat(20)),
            Check::not(Verdict::Unknown, "peers", "known only of an open store", "give --login"),
            Check::not(Verdict::Unknown, "forks", "known only of an open store", "give --login"),
        ];
        let text = words(&all);
        assert!(text.lines().all(|l| l.chars().count() <= WIDTH), "{text}");
        assert!(text.contains("disk         BAD         5 MB free\n"), "{text}");
        assert_eq!(text.matches("give --login").count(), 1, "{text}");
    }
}
