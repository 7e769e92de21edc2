//! Paper: what a patient is given in the hand, as PDF.
//!
//! `visit`, `referral` and `card` say what stands on the paper, `fonts` finds a font for every letter, `lines` breaks
//! text into lines, `pdf` draws, `record` takes what is printed out of a record, `printer` is the system's printing. Nothing here opens a record: whoever prints has put the export on the ledger.

mod card;
mod card_file;
mod fonts;
mod lines;
mod pdf;
mod printer;
pub mod record;
mod referral;
mod visit;

pub use self::{
    card::card,
    card_file::card_in_file,
    fonts::{Fonts, NoFont},
    pdf::{Unprintable, pdf},
    printer::send,
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
    /// Room for whoever answers, with its heading and what stands under the signature; never over two pages.
    Answer(&'static str, &'static str),
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
