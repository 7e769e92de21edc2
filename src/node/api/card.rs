//! Patients' cards.

use serde::{Deserialize, Serialize};

use super::{Chart, Code, ConsentView, Preview};
use crate::core::{
    card::CardState,
    id::{CardId, GrantId, PatientId},
    record::Compartment,
    time::Millis,
};

/// A card that was just made. Its code is kept nowhere: who loses it gets another card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardIssued {
    /// Whose.
    pub patient: PatientId,
    /// The card.
    pub card: CardId,
    /// As it is printed on the card.
    pub serial: String,
    /// What the square code says.
    pub code: Code,
    /// Cards that were revoked with it.
    pub revoked: u32,
    /// Consents that those had signed, and that have ended with them.
    pub ended: u32,
}

/// A card of a patient, as this organisation sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardRow {
    /// The card.
    pub card: CardId,
    /// As it is printed on the card.
    pub serial: String,
    /// What it is worth here.
    pub state: CardState,
    /// When it was issued, by the clock of the terminal that did.
    pub issued: Millis,
    /// Who signed that.
    pub by: String,
    /// Organisations whose records it opens, and for which it signs.
    pub opens: Vec<String>,
}

/// A card that was read and opened with its PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardRead {
    /// Whose.
    pub patient: PatientId,
    /// Their name, where this organisation may see it.
    pub name: Option<String>,
    /// The card.
    pub card: CardRow,
    /// Parts of the record whose keys are here and that it opens.
    pub parts: Vec<Compartment>,
}

/// What a card was made to sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardGranted {
    /// Whose.
    pub patient: PatientId,
    /// The consent; none when the organisation that reads keeps all of the record itself.
    pub grant: Option<GrantId>,
}

/// One look for a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardLook {
    /// What the camera sees.
    pub preview: Preview,
    /// A card's code, when one is seen.
    pub code: Option<Code>,
}

/// What a patient sees with their own card: their record, who may read it, and who did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRecord {
    /// All parts that the card opens.
    pub chart: Chart,
    /// Who may read and who read.
    pub consent: ConsentView,
}
