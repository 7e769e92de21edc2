//! The page of a patient's card: one that is read, or one that is made.

use crate::{
    core::{id::StaffId, time::Millis},
    node::api::{CardIssued, Code, Preview},
};

use super::{
    form::Form,
    input::Secret,
    model::{ChartPage, NewPin},
};

/// How far a card is read or made.
#[derive(Debug)]
pub(crate) enum CardPage {
    /// The camera looks for one, or a scanner types it.
    Look {
        picture: Option<Preview>,
        /// The camera looks; false: it failed, and a key asks again.
        looking: bool,
        typed: Secret,
    },
    /// The patient types the PIN of the card that was read.
    Pin { code: Code, pin: Secret, sent: bool },
    /// The patient chooses the PIN of a new card, twice.
    Choose {
        chart: Box<ChartPage>,
        /// Whatever card there was is revoked with it.
        reissue: bool,
        pins: NewPin,
    },
    /// The new card, until its code is on paper. The chart is gone where the terminal locked meanwhile.
    Made {
        chart: Option<Box<ChartPage>>,
        made: CardIssued,
        /// Where its paper goes is asked.
        paper: Option<Box<Form>>,
    },
}

/// How long the code of a new card waits for whoever made it.
const WAITS: Millis = 60 * 60 * 1_000;

/// The code of a new card that may be on no paper yet, while nobody is signed in: for whoever made it and nobody else. It opens
/// nothing without its PIN, and nothing else of the patient is kept with it.
#[derive(Debug)]
pub(crate) struct Unseen {
    by: StaffId,
    made: CardIssued,
    until: Millis,
    /// Whoever wants to quit was told that it would be lost.
    warned: bool,
}

impl Unseen {
    /// Whether somebody was told before that it would be lost; from now on, yes.
    pub(crate) fn warned(&mut self) -> bool {
        std::mem::replace(&mut self.warned, true)
    }

    /// What is on this page, if it is such a code.
    pub(crate) fn on(page: CardPage, by: StaffId, now: Millis) -> Option<Self> {
        match page {
            CardPage::Made { made, .. } => {
                Some(Self { by, made, until: now.saturating_add(WAITS), warned: false })
            }
            _ => None,
        }
    }

    /// Nobody came back for it.
    pub(crate) fn is_over(&self, now: Millis) -> bool {
        now >= self.until
    }

    /// The page that shows it again, for whoever made it; anybody else ends it.
    pub(crate) fn back(self, who: StaffId) -> Option<CardPage> {
        (self.by == who).then_some(CardPage::Made { chart: None, made: self.made, paper: None })
    }
}

impl CardPage {
    /// Looking for a card.
    pub(crate) fn look() -> Self {
        Self::Look { picture: None, looking: true, typed: Secret::default() }
    }

    /// It shows the code of a new card.
    pub(crate) fn shows_code(&self) -> bool {
        matches!(self, CardPage::Made { .. })
    }

    /// The form that asks where its paper goes.
    pub(crate) fn form(&self) -> Option<&Form> {
        match self {
            CardPage::Made { paper, .. } => paper.as_deref(),
            _ => None,
        }
    }

    /// The same, to be filled in.
    pub(crate) fn form_mut(&mut self) -> Option<&mut Form> {
        match self {
            CardPage::Made { paper, .. } => paper.as_deref_mut(),
            _ => None,
        }
    }

    /// Opens that form, or closes it.
    pub(crate) fn ask_paper(&mut self, form: Option<Form>) {
        if let CardPage::Made { paper, .. } = self {
            *paper = form.map(Box::new);
        }
    }

    /// The node is at work on it.
    pub(crate) fn sent(&self) -> bool {
        match self {
            CardPage::Pin { sent, .. } => *sent,
            CardPage::Choose { pins, .. } => pins.sent,
            CardPage::Look { .. } | CardPage::Made { .. } => false,
        }
    }
}
