//! A patient's turn at one client, between the key with which staff hand it over and its end.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use super::{api::Who, clock, locked, patient_cards::Unlocked};
use crate::core::{auth::TURN, time::Millis};

/// Who handed the terminal over, and the card once it is open.
#[derive(Clone)]
pub(super) struct Turn {
    /// Witnesses what the card signs.
    pub(super) who: Who,
    /// By the steady clock.
    pub(super) began: Millis,
    /// Wiped with the turn.
    pub(super) card: Option<Unlocked>,
}

impl Turn {
    /// Begins one. It ends by itself, also when the client never calls again.
    pub(super) fn begin(place: &Arc<Mutex<Option<Turn>>>, who: Who) {
        let began = clock::steady();
        *locked(place) = Some(Self { who, began, card: None });
        let place = Arc::downgrade(place);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(TURN)).await;
            if let Some(place) = place.upgrade() {
                locked(&place).take_if(|t| t.began == began);
            }
        });
    }

    /// True before its time is up.
    pub(super) fn goes_on(&self) -> bool {
        clock::steady().saturating_sub(self.began) < TURN
    }
}
