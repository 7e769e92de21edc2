//! The field of the visit form in which problems, medicines, vaccines and allergies are found by a few letters.

use crate::core::codes::{Entry, Finding, Kind, MAX_FINDINGS, MAX_TEXT, search};

use super::input::{Edit, Input};

/// The most lines of the lists that are offered.
const MOST: usize = 20;

/// One line that can be picked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Offer {
    /// A line of the lists.
    Listed(&'static Entry),
    /// What is typed, as words of one's own.
    Words(Kind),
}

/// What is picked, and what is being looked for.
#[derive(Debug)]
pub(crate) struct Findings {
    pub(crate) query: Input,
    pub(crate) picked: Vec<Finding>,
    offers: Vec<Offer>,
    pub(crate) selected: usize,
}

/// What a pick came to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Picked {
    /// It is on the visit now.
    Added(Finding),
    /// It was there already.
    Twice(Finding),
    /// There are as many as fit.
    Full,
}

impl Findings {
    pub(crate) fn new(picked: &[Finding]) -> Self {
        let picked = picked.to_vec();
        Self { query: Input::line(MAX_TEXT), picked, offers: Vec::new(), selected: 0 }
    }

    /// Something is typed and not picked yet.
    pub(crate) fn looking(&self) -> bool {
        !self.query.text().trim().is_empty()
    }

    pub(crate) fn offers(&self) -> &[Offer] {
        &self.offers
    }

    pub(crate) fn insert(&mut self, text: &str) {
        if self.query.insert(text) {
            self.look();
        }
    }

    pub(crate) fn edit(&mut self, edit: Edit) {
        if self.query.edit(edit) {
            self.look();
        }
    }

    pub(crate) fn clear(&mut self) {
        self.query.clear();
        self.look();
    }

    /// What fits what is typed; last of all the words themselves, for when no code fits.
    fn look(&mut self) {
        self.selected = 0;
        self.offers.clear();
        if self.looking() {
            self.offers.extend(search(self.query.text(), MOST).into_iter().map(Offer::Listed));
            self.offers.extend(Kind::ALL.map(Offer::Words));
        }
    }

    /// Puts the selected line on the visit.
    pub(crate) fn pick(&mut self) -> Option<Picked> {
        let finding = match self.offers.get(self.selected)? {
            Offer::Listed(e) => e.finding(),
            Offer::Words(kind) => Finding::words(*kind, self.query.text()),
        };
        if self.picked.len() >= MAX_FINDINGS {
            return Some(Picked::Full);
        }
        self.clear();
        if self.picked.contains(&finding) {
            return Some(Picked::Twice(finding));
        }
        self.picked.push(finding.clone());
        Some(Picked::Added(finding))
    }

    /// Takes the last one off the visit; its words are typed again, so that nothing is lost by a slip.
    pub(crate) fn take_back(&mut self) -> Option<Finding> {
        let last = self.picked.pop()?;
        self.clear();
        self.insert(&last.text);
        Some(last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_picked_and_taken_back() {
        let mut f = Findings::new(&[]);
        assert_eq!(f.pick(), None, "nothing is offered");
        f.insert("malar");
        let Some(Picked::Added(first)) = f.pick() else { panic!("must be added") };
        assert_eq!((first.kind, first.code.as_deref()), (Kind::Problem, Some("B54")));
        assert!(!f.looking() && f.offers().is_empty());
        f.insert("b54");
        assert_eq!(f.pick(), Some(Picked::Twice(first.clone())));
        assert_eq!(f.picked.len(), 1);
        assert_eq!(f.take_back(), Some(first));
        assert_eq!((f.query.text(), f.picked.len()), ("Unspecified malaria", 0));
        assert!(f.pick().is_some(), "and can be picked again at once");
    }

    #[test]
    fn words_of_ones_own_are_offered_last_as_each_kind() {
        let mut f = Findings::new(&[]);
        f.insert(" qat chewing ");
        assert!(f.offers().iter().all(|o| matches!(o, Offer::Words(_))));
        f.selected = 1;
        assert_eq!(f.pick(), Some(Picked::Added(Finding::words(Kind::Medicine, "qat chewing"))));
        f.insert("   ");
        assert!(!f.looking() && f.offers().is_empty(), "spaces are nothing");
    }

    #[test]
    fn no_more_than_fit() {
        let mut f = Findings::new(&vec![Finding::words(Kind::Problem, "x"); MAX_FINDINGS]);
        f.insert("cough");
        assert_eq!(f.pick(), Some(Picked::Full));
        assert!(f.looking(), "what is typed stays");
    }
}
