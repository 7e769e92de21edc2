//! Saying that something is over: what was coded at visits here and stands, and how it can end.

use crate::{
    core::{
        codes::Ending,
        expected::Expected,
        time::{DAY, Millis},
    },
    fhir::ending::endings,
    node::api::{Chart, ItemRow},
};

/// Kinds in the order of the list.
const KINDS: [&str; 5] =
    ["Condition", "MedicationRequest", "AllergyIntolerance", "Immunization", "Appointment"];

/// Something that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stands {
    pub(crate) item: ItemRow,
    /// When the visit was at which it was written.
    pub(crate) at: i64,
}

impl Stands {
    /// How it can end.
    pub(crate) fn ends(&self) -> &'static [Ending] {
        endings(&self.item.kind)
    }
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// One is picked from what stands.
    What,
    /// One of its ends is picked: by its place.
    How(usize),
    /// Whether it is to be signed.
    Sure(Ending),
    /// The node is writing.
    Sending(Ending),
}

/// The screen on which something is said to be over.
#[derive(Debug)]
pub(crate) struct EndingPage {
    pub(crate) all: Vec<Stands>,
    pub(crate) selected: usize,
    pub(crate) step: Step,
}

impl EndingPage {
    /// Begins with what stands.
    pub(crate) fn new(all: Vec<Stands>) -> Self {
        Self { all, selected: 0, step: Step::What }
    }

    /// What is picked.
    pub(crate) fn picked(&self) -> Option<&Stands> {
        self.all.get(self.selected)
    }

    /// The line that has the cursor, and how many there are.
    pub(crate) fn cursor(&mut self) -> (&mut usize, usize) {
        let ends = self.picked().map_or(0, |s| s.ends().len());
        match &mut self.step {
            Step::How(at) => (at, ends),
            _ => (&mut self.selected, self.all.len()),
        }
    }
}

/// What was coded at visits of this organisation and isn't over: by kind, the newest first. Only its writer ends it.
pub(crate) fn stands(chart: &Chart) -> Vec<Stands> {
    let own = chart.visits.iter().filter(|v| v.written && v.org == chart.custodian);
    let items = own.flat_map(|v| v.done.iter().map(|i| Stands { item: i.clone(), at: v.at }));
    let rank = |s: &Stands| KINDS.iter().position(|k| *k == s.item.kind);
    let mut all: Vec<Stands> = items
        .filter(|s| rank(s).is_some() && s.item.ended().is_none() && !s.ends().is_empty() && !met(chart, s))
        .collect();
    all.sort_by_key(rank);
    all
}

/// A visit to come that has come: there is nothing left to call off.
fn met(chart: &Chart, s: &Stands) -> bool {
    let time = |at: i64| Millis::try_from(at).ok();
    let (Some(from), Some(made)) = (s.item.planned().and_then(time), time(s.at)) else { return false };
    let day = Expected { from, until: from.saturating_add(DAY), made };
    chart.visits.iter().filter_map(|v| time(v.at)).any(|at| day.met_by(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixtures::coded;

    #[test]
    fn what_stands_is_listed_by_kind_and_what_is_over_is_not() {
        let texts = |c: &Chart| stands(c).into_iter().map(|s| s.item.text).collect::<Vec<_>>();
        let mut c = coded();
        assert_eq!(texts(&c), ["Malaria", "Artemether", "Penicillin", "BCG", "fever"]);
        // Another visit came on the day that was set.
        let mut next = c.visits[1].clone();
        next.at = c.visits[0].done.iter().find_map(ItemRow::planned).unwrap();
        c.visits.insert(0, next);
        assert_eq!(texts(&c), ["Malaria", "Artemether", "Penicillin", "BCG"]);
        c.visits.iter_mut().for_each(|v| v.org = "Lake Hospital".into());
        assert!(texts(&c).is_empty(), "theirs to end");
    }
}
