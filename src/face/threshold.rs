//! What a score means: the table `models/thresholds.toml` of false accept rates (FAR), and the threshold of one site.

use serde::{Deserialize, Serialize};
use std::fmt::Write;

/// The rate that a comparison is allowed (DESIGN: FAR ≤ 1e-5).
pub const TARGET_FAR: f64 = 1e-5;
/// How far above the highest score between two enrolled people a site's threshold stays.
///
/// Scores of one pair of people differ from picture to picture: over LFW's pictures of ten people by a standard deviation
/// of 0.05 within a pair of people.
pub const HEADROOM: f32 = 0.05;

const SHIPPED: &str = include_str!("../../models/thresholds.toml");

/// Why a table can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BadTable {
    /// It is no TOML of this form.
    #[error("the table of thresholds is not as expected: {0}")]
    Form(#[from] toml::de::Error),
    /// Its points contradict each other.
    #[error(
        "the table of thresholds needs points of falling FAR and rising score, with rates between 0 and 1"
    )]
    Order,
}

/// What a table was measured on.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Which pictures.
    pub data: String,
    /// How many.
    pub pictures: u64,
    /// Pairs of them that were compared.
    pub pairs: u64,
    /// How.
    pub method: String,
    /// What the table doesn't tell.
    pub limits: String,
}

/// One line of a table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// False accept rate of one comparison.
    pub far: f64,
    /// Cosine from which two faces match.
    pub score: f32,
    /// True accept rate of one comparison.
    pub tar: f64,
}

/// A table of thresholds and what it was measured on.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    /// What it was measured on.
    pub source: Source,
    /// Falling FAR, rising score; at least one.
    #[serde(rename = "point")]
    levels: Vec<Level>,
}

/// The threshold of one site, and what it means there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SiteThreshold {
    /// Score from which a face is taken for an enrolled person.
    pub score: f32,
    /// At most this part of the comparisons with a stranger match.
    pub far_per_comparison: f64,
    /// At most this part of a stranger's attempts match one of the enrolled.
    pub far_per_attempt: f64,
    /// True when two of the enrolled are so alike that the threshold had to be raised: expect more refusals.
    pub raised: bool,
}

impl Thresholds {
    /// The table that this version ships.
    pub fn shipped() -> Self {
        // A test parses this constant text.
        Self::parse(SHIPPED).expect("models/thresholds.toml is a table of thresholds")
    }

    /// Reads a table.
    ///
    /// # Errors
    /// When the text is no table, or its points are out of order.
    pub fn parse(text: &str) -> Result<Self, BadTable> {
        Self::checked(toml::from_str(text)?)
    }

    /// A table from its parts.
    ///
    /// # Errors
    /// When the points are out of order.
    pub fn new(source: Source, levels: Vec<Level>) -> Result<Self, BadTable> {
        Self::checked(Self { source, levels })
    }

    fn checked(table: Self) -> Result<Self, BadTable> {
        let sound = |l: &Level| {
            l.far > 0.0 && l.far < 1.0 && (0.0..=1.0).contains(&l.tar) && (-1.0..=1.0).contains(&l.score)
        };
        let ordered = table.levels.windows(2).all(|w| w[0].far > w[1].far && w[0].score <= w[1].score);
        if table.levels.is_empty() || !ordered || !table.levels.iter().all(sound) {
            return Err(BadTable::Order);
        }
        Ok(table)
    }

    /// The table's lines, falling FAR.
    pub fn levels(&self) -> &[Level] {
        &self.levels
    }

    /// The score that keeps the false accept rate to `far`; `None` below the lowest rate that the table supports. Between
    /// two lines the logarithm of the rate is interpolated; above the first one its score is given, which is stricter
    /// than asked.
    pub fn score_for(&self, far: f64) -> Option<f32> {
        let after = self.levels.iter().position(|l| l.far <= far)?;
        let low = self.levels[after];
        let Some(high) = after.checked_sub(1).map(|i| self.levels[i]) else { return Some(low.score) };
        let share = (high.far / far).ln() / (high.far / low.far).ln();
        Some(high.score + (low.score - high.score) * share as f32)
    }

    /// The false accept rate at a score, as far as the table supports one: never below its lowest, and 1 for a score below
    /// its first.
    pub fn far_of(&self, score: f32) -> f64 {
        let Some(before) = self.levels.iter().rposition(|l| l.score <= score) else { return 1.0 };
        let high = self.levels[before];
        let Some(low) = self.levels.get(before + 1) else { return high.far };
        let share = f64::from((score - high.score) / (low.score - high.score));
        high.far * (low.far / high.far).powf(share)
    }

    /// The threshold of a site with `enrolled` people: the score for [`TARGET_FAR`], raised to [`HEADROOM`] above
    /// `highest_between_people`, the highest score between templates of two of them, where that is more.
    pub fn for_site(&self, enrolled: usize, highest_between_people: Option<f32>) -> SiteThreshold {
        let lowest = self.levels[self.levels.len() - 1].score;
        let base = self.score_for(TARGET_FAR).unwrap_or(lowest);
        let needed =
            highest_between_people.filter(|h| h.is_finite()).map_or(base, |h| (h + HEADROOM).min(1.0));
        let score = base.max(needed);
        let far = self.far_of(score);
        SiteThreshold {
            score,
            far_per_comparison: far,
            far_per_attempt: (far * enrolled as f64).min(1.0),
            raised: score > base,
        }
    }

    /// The table in the form that [`Thresholds::parse`] reads.
    pub fn to_toml(&self) -> String {
        // Without control characters a JSON string is a TOML string.
        let quoted = |text: &str| serde_json::Value::from(text.replace(char::is_control, " ")).to_string();
        let Source { data, pictures, pairs, method, limits } = &self.source;
        let mut out = format!(
            "[source]\ndata = {}\npictures = {pictures}\npairs = {pairs}\nmethod = {}\nlimits = {}\n",
            quoted(data),
            quoted(method),
            quoted(limits)
        );
        for Level { far, score, tar } in &self.levels {
            // Writing to a String cannot fail.
            let _ = write!(out, "\n[[point]]\nfar = {far:e}\nscore = {score:.4}\ntar = {tar:.5}\n");
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::auth::FACE_THRESHOLD;

    #[test]
    fn the_shipped_table_is_sound_and_sign_in_uses_its_score() {
        let table = Thresholds::shipped();
        assert_eq!(table.score_for(TARGET_FAR), Some(FACE_THRESHOLD));
        assert_eq!(table.source.pairs, table.source.pictures * (table.source.pictures - 1) / 2);
        // Thirty false matches at the lowest rate, so that its score is more than chance.
        let lowest = table.levels().last().unwrap().far;
        assert!(table.source.pairs as f64 * lowest > 30.0);
    }

    #[test]
    fn between_lines_the_logarithm_is_interpolated_and_beyond_nothing_is_claimed() {
        let table = Thresholds::shipped();
        for level in table.levels() {
            assert_eq!(table.score_for(level.far), Some(level.score));
            assert!((table.far_of(level.score) / level.far - 1.0).abs() < 1e-6);
        }
        let middle = table.score_for(10f64.powf(-3.5)).unwrap();
        assert!((middle - 0.392).abs() < 1e-4, "{middle}");
        assert!((table.far_of(0.392).log10() + 3.5).abs() < 1e-3);
        assert_eq!(table.score_for(0.5), Some(0.364));
        assert_eq!(table.score_for(9e-6), None);
        assert_eq!((table.far_of(0.9), table.far_of(0.3)), (1e-5, 1.0));
    }

    #[test]
    fn a_site_with_two_alike_people_raises_its_threshold() {
        let table = Thresholds::shipped();
        let quiet = table.for_site(60, Some(0.3));
        assert_eq!((quiet.score, quiet.raised), (0.472, false));
        assert!((quiet.far_per_attempt - 6e-4).abs() < 1e-9);
        let alike = table.for_site(3, Some(0.46));
        assert!((alike.score - 0.51).abs() < 1e-6 && alike.raised);
        assert_eq!(alike.far_per_comparison, 1e-5);
        assert_eq!(table.for_site(1, None), table.for_site(1, Some(f32::NAN)));
        assert_eq!(table.for_site(2, Some(0.99)).score, 1.0);
        assert_eq!(table.for_site(0, None).far_per_attempt, 0.0);
        assert_eq!(table.for_site(usize::MAX, None).far_per_attempt, 1.0);
    }

    #[test]
    fn tables_out_of_order_are_refused() {
        let text = |points: &str| {
            format!("[source]\ndata='d'\npictures=2\npairs=1\nmethod='m'\nlimits='l'\n{points}")
        };
        for points in [
            "point = []",
            "[[point]]\nfar=1e-3\nscore=0.4\ntar=1.0\n[[point]]\nfar=1e-4\nscore=0.3\ntar=1.0",
            "[[point]]\nfar=1e-4\nscore=0.3\ntar=1.0\n[[point]]\nfar=1e-3\nscore=0.4\ntar=1.0",
            "[[point]]\nfar=0.0\nscore=0.4\ntar=1.0",
            "[[point]]\nfar=1e-3\nscore=nan\ntar=1.0",
        ] {
            assert!(matches!(Thresholds::parse(&text(points)), Err(BadTable::Order)), "{points}");
        }
        assert!(matches!(Thresholds::parse("x = 1"), Err(BadTable::Form(_))));
    }

    #[test]
    fn what_is_written_is_read_again() {
        let table = Thresholds::shipped();
        assert_eq!(Thresholds::parse(&table.to_toml()).unwrap(), table);
    }
}
