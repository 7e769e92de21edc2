//! Paper: what a patient is given in the hand, as PDF.
//!
//! `visit`, `referral` and `card` say what stands on the paper, `fonts` finds a font for every letter, `lines` breaks
//! text into lines, `pdf` draws. Nothing here opens a record: whoever prints has put the export on the ledger.

mod card;
mod fonts;
mod lines;
mod pdf;
mod referral;
mod visit;

pub use self::{
    card::card,
    fonts::{Fonts, NoFont},
    pdf::{Unprintable, pdf},
    referral::{Known, Referral, referral},
    visit::{Heading, Seen, visit},
};

/// What stands on paper, from top to bottom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// The largest letters.
    Title(String),
    /// Above a part.
    Heading(String),
    /// A word and what it says.
    Field(&'static str, String),
    /// Text as it was written, line by line.
    Text(String),
    /// Small print.
    Small(String),
    /// A line across.
    Rule,
    /// Room for a signature, with what stands under it.
    Sign(&'static str),
    /// A QR code of this text, so many millimetres wide.
    Code(String, u16),
}

/// A document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// What the file is called inside.
    pub title: String,
    /// From top to bottom; it goes on over as many pages as it takes.
    pub blocks: Vec<Block>,
}
