//! The lines of a chart's list: visits, what came from elsewhere and names none, the vaccines, what is struck out.

use crate::node::api::{Chart, ItemRow, StruckRow, VisitRow};

/// A line in a chart's list.
#[derive(Clone, Debug)]
pub(crate) enum Listed<'a> {
    Stands(&'a VisitRow),
    /// What of one day names no visit.
    Apart(Vec<&'a ItemRow>),
    /// All vaccines, those of visits too.
    Vaccines(Vec<&'a ItemRow>),
    /// It counts in nothing.
    Struck(&'a StruckRow),
}

impl<'a> Listed<'a> {
    /// The visit that it is.
    pub(crate) fn visit(&self) -> Option<&'a VisitRow> {
        match self {
            Listed::Stands(v) => Some(v),
            Listed::Struck(s) => Some(&s.visit),
            Listed::Apart(_) | Listed::Vaccines(_) => None,
        }
    }

    /// When it was: milliseconds since 1970.
    fn at(&self) -> Option<i64> {
        match self {
            Listed::Apart(items) => items.first().and_then(|i| i.at),
            other => other.visit().map(|v| v.at),
        }
    }
}

/// What happened, newest first; what nobody knows the time of comes last.
pub(crate) fn happened(chart: &Chart) -> Vec<Listed<'_>> {
    let apart = chart.apart().into_iter().map(Listed::Apart);
    let mut all: Vec<Listed<'_>> = chart.visits.iter().map(Listed::Stands).chain(apart).collect();
    // Of one time, visits come first, and stay in their order.
    all.sort_by_key(|l| std::cmp::Reverse(l.at()));
    all
}

/// The lines of the list: what is struck out comes last.
pub(crate) fn listed(chart: &Chart) -> Vec<Listed<'_>> {
    let mut all = happened(chart);
    let vaccines = chart.vaccines();
    all.extend((!vaccines.is_empty()).then_some(Listed::Vaccines(vaccines)));
    all.extend(chart.struck.iter().map(Listed::Struck));
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixtures::{elsewhere, struck};

    #[test]
    fn what_names_no_visit_lies_among_the_visits_at_its_day() {
        let c = elsewhere();
        let kinds: Vec<&str> = listed(&c)
            .iter()
            .map(|l| match l {
                Listed::Stands(_) => "visit",
                Listed::Apart(_) => "apart",
                Listed::Vaccines(_) => "vaccines",
                Listed::Struck(_) => "struck",
            })
            .collect();
        assert_eq!(kinds, ["visit", "apart", "visit", "visit", "apart", "vaccines"]);
        assert!(matches!(listed(&c).last(), Some(Listed::Vaccines(all)) if all.len() == 7));
        let c = struck();
        assert!(matches!(listed(&c).last(), Some(Listed::Struck(_))), "no vaccines, no line for them");
    }
}
