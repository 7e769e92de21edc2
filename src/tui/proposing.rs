//! Proposing something that the consortium is to decide: what, about whom, and what would follow from it.

use crate::{
    core::{
        finality::{quorum, tolerated},
        id::{DeviceId, OrgId},
    },
    node::api::ConsortiumView,
};

use super::{
    admin_calls::Overview,
    form::{Form, Wrong},
    sharing::MAX_PATH,
    words::{Saying, say},
};

/// What can be proposed, in the order in which the form offers it.
const KINDS: [&str; 4] = ["propose-admit", "propose-expel", "propose-witness", "propose-policy"];

/// A step on the way.
#[derive(Debug)]
pub(crate) enum Propose {
    /// Which kind of decision.
    Kind(Form),
    /// Which member goes.
    Expel(Vec<(OrgId, String)>, Form),
    /// Which terminal cosigns.
    Witness(Vec<(DeviceId, String)>, Form),
    /// The file with a policy.
    Policy(Form),
    /// What would follow: it is proposed, or not.
    Sure(Proposing, Form),
}

/// What is to be proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proposing {
    Expel(OrgId),
    Witness(DeviceId),
    /// Cedar text.
    Policy(String),
}

/// A policy that was read from a file, is valid, and differs from the one in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewPolicy {
    pub(crate) path: String,
    pub(crate) text: String,
    /// Lines that the one in force hasn't, and lines of it that are gone.
    pub(crate) added: usize,
    pub(crate) gone: usize,
}

impl NewPolicy {
    /// What was read, beside what is in force. Empty lines and comments don't count.
    pub(crate) fn new(path: &str, text: String, now: &str) -> Self {
        fn lines(text: &str) -> Vec<&str> {
            let said = |l: &&str| !l.is_empty() && !l.starts_with("//");
            text.lines().map(str::trim).filter(said).collect()
        }
        let (old, new) = (lines(now), lines(&text));
        let kept = kept(&old, &new);
        let (added, gone) = (new.len() - kept, old.len() - kept);
        Self { path: path.to_owned(), text, added, gone }
    }
}

/// How many lines stay, in their order: the longest sequence that both have. A guard that stands twice and is taken away
/// once is gone, and so is a line that moves from one rule to another.
fn kept(old: &[&str], new: &[&str]) -> usize {
    let same = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[same..], &new[same..]);
    let end = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (&old[..old.len() - end], &new[..new.len() - end]);
    // The lengths for what was looked at of the old lines, by how many of the new ones.
    let mut best = vec![0; new.len() + 1];
    for a in old {
        let mut before = 0;
        for (i, b) in new.iter().enumerate() {
            let above = best[i + 1];
            best[i + 1] = if a == b { before + 1 } else { above.max(best[i]) };
            before = above;
        }
    }
    same + end + best[new.len()]
}

/// What a form is sent for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The next step, by the place of the kind that was chosen.
    Kind(usize),
    /// What would follow is shown.
    Ask(Proposing),
    /// The file is read first.
    Read(String),
    Send(Proposing),
}

/// The step after the first; none: an organisation is admitted by its request, which another form reads.
pub(crate) enum Step {
    Propose(Propose),
    Admit,
    /// There is nobody about whom it could be.
    Nobody(&'static str),
}

/// This terminal, as its organisation sees it.
pub(crate) struct Here {
    pub(crate) org: OrgId,
    pub(crate) org_name: String,
    pub(crate) device: DeviceId,
    pub(crate) device_name: String,
}

/// How many members must agree, how many there are.
fn needed(c: &ConsortiumView) -> (usize, usize) {
    (quorum(c.members.len()), c.members.len())
}

/// This organisation can't say yes to anything in this round.
fn voted(c: &ConsortiumView) -> Option<Saying> {
    c.voted.then(|| "propose-voted".into())
}

impl Propose {
    pub(crate) fn kind(c: &ConsortiumView) -> Self {
        let (yes, of) = needed(c);
        let form = Form::new("propose-title", say!("propose-what", yes = yes, of = of)).warn(voted(c));
        Self::Kind(form.choice("propose-kind", KINDS.map(Saying::from).to_vec()))
    }

    /// What is asked about the kind that was chosen.
    pub(crate) fn about(kind: usize, v: &Overview, here: &Here) -> Step {
        let c = &v.consortium;
        match kind {
            0 => Step::Admit,
            1 => {
                let others = c.members.iter().filter(|m| m.org != here.org);
                let all: Vec<_> = others.map(|m| (m.org, m.name.clone())).collect();
                if all.is_empty() {
                    return Step::Nobody("propose-no-member");
                }
                let names = all.iter().map(|(_, n)| Saying::Node(n.clone())).collect();
                let form = Form::new("propose-expel-title", "propose-expel-what").warn(voted(c));
                Step::Propose(Self::Expel(all, form.choice("grant-org", names)))
            }
            2 => {
                let now = c.members.iter().find(|m| m.org == here.org).and_then(|m| m.witness);
                let own = v.terminals.iter().filter(|t| t.org == here.org_name && !t.suspended);
                let all = own.map(|t| (t.device, t.name.clone()));
                let all: Vec<_> = all
                    .chain([(here.device, here.device_name.clone())])
                    .filter(|(d, _)| Some(*d) != now)
                    .collect();
                if all.is_empty() {
                    return Step::Nobody("propose-no-terminal");
                }
                let names = all.iter().map(|(_, n)| Saying::Node(n.clone())).collect();
                let was = match now {
                    Some(d) if d == here.device => here.device_name.clone(),
                    Some(d) => {
                        let known = v.terminals.iter().find(|t| t.device == d);
                        known.map_or_else(|| d.short(), |t| t.name.clone())
                    }
                    None => "–".into(),
                };
                let what = say!("propose-witness-what", org = &here.org_name, now = was);
                let form = Form::new("propose-witness-title", what).warn(voted(c));
                Step::Propose(Self::Witness(all, form.choice("mesh-terminal", names)))
            }
            _ => {
                let form = Form::new("propose-policy-title", "propose-policy-what").warn(voted(c));
                Step::Propose(Self::Policy(form.text("join-file", MAX_PATH, "propose-policy-hint")))
            }
        }
    }

    /// What would follow, to be read before it is proposed. A policy has its own.
    pub(crate) fn sure(&self, what: Proposing, c: &ConsortiumView, here: &Here) -> Self {
        let (yes, of) = needed(c);
        let words = match (&what, self) {
            (Proposing::Expel(org), Self::Expel(all, _)) => {
                let name = all.iter().find(|(o, _)| o == org).map_or("", |(_, n)| n.as_str());
                let left = of.saturating_sub(1);
                say!(
                    "propose-expel-sure",
                    org = name,
                    yes = yes,
                    of = of,
                    left = left,
                    then = quorum(left),
                    lie = tolerated(left),
                )
            }
            (Proposing::Witness(device), Self::Witness(all, _)) => {
                let name = all.iter().find(|(d, _)| d == device).map_or("", |(_, n)| n.as_str());
                say!("propose-witness-sure", device = name, org = &here.org_name, yes = yes, of = of)
            }
            _ => "propose-policy-title".into(),
        };
        Self::Sure(what, Form::new("propose-sure-title", words).warn(voted(c)))
    }

    /// The same for a policy that was read.
    pub(crate) fn policy(new: NewPolicy, c: &ConsortiumView) -> Self {
        let (yes, of) = needed(c);
        let words = say!(
            "propose-policy-sure",
            path = &new.path,
            added = new.added,
            gone = new.gone,
            yes = yes,
            of = of,
        );
        let form = Form::new("propose-sure-title", words).warn(voted(c));
        Self::Sure(Proposing::Policy(new.text), form)
    }

    pub(crate) fn form(&self) -> &Form {
        match self {
            Self::Kind(f) | Self::Expel(_, f) | Self::Witness(_, f) | Self::Policy(f) | Self::Sure(_, f) => f,
        }
    }

    pub(crate) fn form_mut(&mut self) -> &mut Form {
        match self {
            Self::Kind(f) | Self::Expel(_, f) | Self::Witness(_, f) | Self::Policy(f) | Self::Sure(_, f) => f,
        }
    }

    /// What the form is sent for. The error names the field to go to.
    pub(crate) fn next(&self) -> Result<Next, Wrong> {
        let nobody = || (0, Saying::from("propose-nobody"));
        match self {
            Self::Kind(f) => Ok(Next::Kind(f.chosen(0))),
            Self::Expel(all, f) => {
                let (org, _) = all.get(f.chosen(0)).ok_or_else(nobody)?;
                Ok(Next::Ask(Proposing::Expel(*org)))
            }
            Self::Witness(all, f) => {
                let (device, _) = all.get(f.chosen(0)).ok_or_else(nobody)?;
                Ok(Next::Ask(Proposing::Witness(*device)))
            }
            Self::Policy(f) => f.typed_if_any(0).map(Next::Read).ok_or_else(|| (0, "join-no-file".into())),
            Self::Sure(what, _) => Ok(Next::Send(what.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_changes_in_a_policy_is_counted_in_lines_that_say_something() {
        let now = "// who reads\npermit(a);\n\npermit(b);\n";
        let new = NewPolicy::new("p.cedar", "permit(b);\n// more\nforbid(c);\n".into(), now);
        assert_eq!((new.added, new.gone), (1, 1));
        let same = NewPolicy::new("p.cedar", now.into(), now);
        assert_eq!((same.added, same.gone), (0, 0));
    }

    #[test]
    fn a_guard_that_stands_in_several_rules_and_goes_from_one_is_counted() {
        let now = "permit(a)\nwhen { on_duty };\npermit(b)\nwhen { on_duty };\n";
        let counts = |new: &str| {
            let new = NewPolicy::new("p.cedar", new.into(), now);
            (new.added, new.gone)
        };
        assert_eq!(counts("permit(a)\nwhen { on_duty };\npermit(b)\n"), (0, 1));
        assert_eq!(counts("permit(b)\nwhen { on_duty };\npermit(a)\nwhen { on_duty };\n"), (2, 2));
        assert_eq!(counts("  permit(a)\n when { on_duty };\n//\n\npermit(b)\nwhen { on_duty };"), (0, 0));
        assert_eq!(counts(""), (0, 4));
    }
}
