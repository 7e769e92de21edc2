//! QR codes (ISO/IEC 18004): drawn for a screen or for paper, and read from a picture. What they say is the caller's.

mod binary;
pub mod draw;
mod label;
pub mod read;

pub use draw::{Code, TooLong};
pub use read::texts;
