//! Who may be registered twice: pairs with their reasons, two records side by side, and what a person says of them.

use std::collections::VecDeque;

use crate::{
    core::id::PatientId,
    node::api::{Chart, DuplicateRow, LinkedRow, PatientRow},
};

use super::{form::Form, model::Load, subject::Subject, words::say};

/// Patients that are compared with all others in one go, between two signs of progress.
pub(crate) const AT_ONCE: usize = 20;
/// The most characters of a reason, as the record has it.
const MAX_REASON: usize = 200;

/// An entry of the patient list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) id: PatientId,
    pub(crate) name: String,
    pub(crate) birth_year: Option<u16>,
    pub(crate) village: String,
    pub(crate) archived: bool,
}

impl Entry {
    /// Somebody of whom nothing but this is known here.
    pub(crate) fn named(id: PatientId, name: &str) -> Self {
        Self { id, name: name.into(), birth_year: None, village: String::new(), archived: false }
    }
}

impl From<PatientRow> for Entry {
    fn from(r: PatientRow) -> Self {
        Self { id: r.id, name: r.name, birth_year: r.birth_year, village: r.village, archived: false }
    }
}

/// Why two entries stand together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// Somebody said that they are one person.
    Linked,
    /// They are alike: 0 to 100, and why, in the node's words.
    Alike(u8, Vec<String>),
}

/// Two entries that are or may be one person's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) first: Entry,
    pub(crate) second: Entry,
    pub(crate) why: Why,
}

impl Pair {
    /// What the node says of somebody who is like the first.
    pub(crate) fn alike(first: Entry, d: DuplicateRow) -> Self {
        let (id, name, birth_year, village) = (d.id, d.name, d.birth_year, d.village);
        let second = Entry { id, name, birth_year, village, archived: d.archived };
        Self { first, second, why: Why::Alike(d.score, d.reasons) }
    }

    /// Two whom a link joins.
    pub(crate) fn linked(first: Entry, l: &LinkedRow) -> Self {
        Self { first, second: Entry::named(l.id, &l.name), why: Why::Linked }
    }

    /// The most alike first, after those that are linked.
    fn order(&self) -> std::cmp::Reverse<u8> {
        std::cmp::Reverse(match self.why {
            Why::Linked => u8::MAX,
            Why::Alike(score, _) => score,
        })
    }
}

/// Two records side by side. Each reading is on the ledger.
#[derive(Debug)]
pub(crate) struct Beside {
    pub(crate) pair: Pair,
    pub(crate) first: Load<Box<Chart>>,
    pub(crate) second: Load<Box<Chart>>,
}

impl Beside {
    /// The record of one of the two.
    pub(crate) fn side(&mut self, id: PatientId) -> Option<&mut Load<Box<Chart>>> {
        match id {
            id if id == self.pair.first.id => Some(&mut self.first),
            id if id == self.pair.second.id => Some(&mut self.second),
            _ => None,
        }
    }
}

/// What a form over the screen says, if it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Same,
    NotSame,
}

/// The screen.
#[derive(Debug)]
pub(crate) struct TwicePage {
    /// Who is compared with everybody; none: everybody is.
    pub(crate) subject: Option<Subject>,
    /// Those found so far.
    pub(crate) pairs: Load<Vec<Pair>>,
    /// Those who are still to be compared, and how many there were at the beginning.
    pub(crate) left: VecDeque<PatientId>,
    pub(crate) of: usize,
    pub(crate) selected: usize,
    pub(crate) beside: Option<Box<Beside>>,
    pub(crate) form: Option<Form>,
    pub(crate) verdict: Verdict,
}

impl TwicePage {
    pub(crate) fn new(subject: Option<Subject>) -> Self {
        let pairs = match &subject {
            Some(s) => Load::Ready(s.linked()),
            None => Load::Loading,
        };
        let (left, form, beside) = Default::default();
        Self { subject, pairs, left, of: 0, selected: 0, beside, form, verdict: Verdict::Same }
    }

    /// Whose turn it is to be compared.
    pub(crate) fn next(&self) -> Vec<PatientId> {
        self.left.iter().take(AT_ONCE).copied().collect()
    }

    /// How many have been compared.
    pub(crate) fn done(&self) -> usize {
        self.of - self.left.len()
    }

    /// Adds pairs that were found; the selected one stays selected.
    pub(crate) fn add(&mut self, found: Vec<Pair>) {
        if !matches!(self.pairs, Load::Ready(_)) {
            self.pairs = Load::Ready(Vec::new());
        }
        let Load::Ready(all) = &mut self.pairs else { return };
        let keep = all.get(self.selected).map(|p| (p.first.id, p.second.id));
        all.extend(found);
        all.sort_by_key(Pair::order);
        self.selected = all.iter().position(|p| Some((p.first.id, p.second.id)) == keep).unwrap_or(0);
    }

    /// The pair that keys speak of.
    pub(crate) fn pair(&self) -> Option<&Pair> {
        match &self.beside {
            Some(b) => Some(&b.pair),
            None => self.pairs.ready()?.get(self.selected),
        }
    }

    /// The form that says so of the pair.
    pub(crate) fn say_form(&self, verdict: Verdict) -> Option<Form> {
        let p = self.pair()?;
        let (first, second) = (&p.first.name, &p.second.name);
        let (title, what, hint) = match (verdict, &p.why) {
            (Verdict::Same, _) => {
                (say!("twice-same", first = first, second = second), "twice-same-what", "twice-same-hint")
            }
            (Verdict::NotSame, Why::Linked) => {
                (say!("twice-back", first = first, second = second), "twice-back-what", "twice-not-hint")
            }
            (Verdict::NotSame, Why::Alike(..)) => {
                (say!("twice-not", first = first, second = second), "twice-not-what", "twice-not-hint")
            }
        };
        Some(Form::new(title, what).text("twice-reason", MAX_REASON, hint))
    }

    /// What was said is durable: the list says so without being made anew.
    pub(crate) fn said(&mut self) {
        let said = self.pair().map(|p| (p.first.id, p.second.id));
        let verdict = self.verdict;
        if let Load::Ready(all) = &mut self.pairs {
            let of = |p: &Pair| Some((p.first.id, p.second.id)) == said;
            match verdict {
                Verdict::Same => all.iter_mut().filter(|p| of(p)).for_each(|p| p.why = Why::Linked),
                Verdict::NotSame => all.retain(|p| !of(p)),
            }
            self.selected = self.selected.min(all.len().saturating_sub(1));
        }
        (self.form, self.beside) = (None, None);
        // What the chart shows has changed.
        if let Some(c) = self.subject.as_mut().and_then(|s| s.chart.as_mut()) {
            c.stale = true;
        }
    }
}

impl Subject {
    /// Their entry, as far as the chart that is open tells.
    fn entry(&self) -> Entry {
        let mut e = Entry::named(self.id, &self.name);
        if let Some(p) = self.chart.as_ref().and_then(|c| c.chart.ready()).map(|c| &c.patient) {
            (e.birth_year, e.village) = (p.birth_year, p.village.clone());
        }
        e
    }

    /// Those whom a link joins with them.
    fn linked(&self) -> Vec<Pair> {
        let chart = self.chart.as_ref().and_then(|c| c.chart.ready());
        let linked = chart.into_iter().flat_map(|c| &c.linked);
        linked.map(|l| Pair::linked(self.entry(), l)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixtures::pairs;

    #[test]
    fn the_most_alike_come_first_and_what_is_selected_stays_so() {
        let mut p = TwicePage::new(None);
        let mut all = pairs();
        let best = all.remove(0);
        p.add(all.clone());
        p.add(vec![best.clone()]);
        assert_eq!(p.pairs.ready().unwrap()[0], best);
        assert_eq!(p.selected, 1, "the one that was there");
        p.selected = 0;
        p.verdict = Verdict::Same;
        p.said();
        assert_eq!(p.pair().unwrap().why, Why::Linked);
        p.verdict = Verdict::NotSame;
        p.said();
        assert_eq!(p.pairs.ready().unwrap().len(), all.len());
    }
}
