//! How long records stay in everyday use, and how long they must be kept: an organisation's schedule by series, what is due
//! under it, and what of a patient is archived.
//!
//! Archiving moves nothing and destroys nothing: a record that is archived leaves the patient list, the search and the chart
//! until it is asked for. Destroying is an erasure order, and never follows from a date alone.

mod due;
mod schedule;
mod series;
mod shelf;

pub use due::{Due, Item, Known, due};
pub use schedule::{BadSchedule, MAX_SCHEDULE, Rule, SHIPPED, Schedule};
pub use series::Series;
pub use shelf::{Archived, Shelf};

use super::time::{DAY, Millis};

/// A year of a schedule: never shorter than one of the calendar.
pub const YEAR: Millis = 366 * DAY;
