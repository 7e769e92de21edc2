//! Who read what, across all patients: as far as the node has been asked.

use crate::node::api::{AuditAsk, AuditMark, AuditPart, AuditRow};

use super::{input::Input, model::Load};

/// The longest text that is searched for, in characters.
const MAX_QUERY: usize = 80;
/// So many rows are there below the selected one before anybody goes to them.
const AHEAD: usize = 50;

/// The screen.
#[derive(Debug)]
pub(crate) struct AuditPage {
    /// Who, whose record, or which day.
    pub(crate) query: Input,
    /// Newest first, as far as the node was asked.
    pub(crate) rows: Load<Vec<AuditRow>>,
    pub(crate) selected: usize,
    /// Where the node goes on; none: that was all.
    pub(crate) next: Option<AuditMark>,
    /// What the node is working on; the next question waits for its answer.
    pub(crate) asked: Option<AuditAsk>,
    /// Entries that were looked at for it.
    pub(crate) looked: u64,
    /// The selected one is shown whole.
    pub(crate) whole: bool,
}

impl Default for AuditPage {
    fn default() -> Self {
        Self {
            query: Input::line(MAX_QUERY),
            rows: Load::Loading,
            selected: 0,
            next: None,
            asked: None,
            looked: 0,
            whole: false,
        }
    }
}

impl AuditPage {
    pub(crate) fn listed(&self) -> &[AuditRow] {
        self.rows.ready().map_or(&[], Vec::as_slice)
    }

    /// The question that begins anew.
    pub(crate) fn wanted(&self) -> AuditAsk {
        AuditAsk { words: self.query.text().to_owned(), ..AuditAsk::default() }
    }

    /// The question that goes on, once the rows below the selected one are few.
    pub(crate) fn further(&self) -> Option<AuditAsk> {
        let from = self.next.clone().filter(|_| self.listed().len() < self.selected + AHEAD)?;
        Some(AuditAsk { from: Some(from), ..self.wanted() })
    }

    /// Takes a part that was asked for: the first one replaces what was there.
    pub(crate) fn take(&mut self, first: bool, part: AuditPart) {
        self.next = part.next;
        match &mut self.rows {
            Load::Ready(rows) if !first => {
                self.looked += part.looked;
                rows.extend(part.rows);
            }
            rows => (*rows, self.looked) = (Load::Ready(part.rows), part.looked),
        }
    }
}
