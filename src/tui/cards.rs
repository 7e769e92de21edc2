//! The page of a patient's card: one that is read, or one that is made.

use crate::node::api::{CardIssued, Code, Preview};

use super::{
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
    /// The new card, until its code is on paper.
    Made { chart: Box<ChartPage>, made: CardIssued },
}

impl CardPage {
    /// Looking for a card.
    pub(crate) fn look() -> Self {
        Self::Look { picture: None, looking: true, typed: Secret::default() }
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
