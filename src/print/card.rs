//! A patient's card: the square code, and what to do with it. No name: whoever finds it learns nothing.

use super::{Block, Paper};

/// Millimetres a side: a module is 0.8 mm, which any telephone reads.
const SIDE: u16 = 38;

/// The paper around the code of a card.
pub fn card(code: &str) -> Paper {
    let blocks = vec![
        Block::Title("Patient card".into()),
        Block::Code(code.into(), SIDE),
        Block::Text(
            "Show this card at any clinic of the consortium and type your PIN: it opens your record there, and says \
             that they may read it."
                .into(),
        ),
        Block::Text("Never write the PIN on it. If you lose the card, tell your clinic: it makes a new one.".into()),
        Block::Rule,
    ];
    Paper { title: "Patient card".into(), blocks }
}
