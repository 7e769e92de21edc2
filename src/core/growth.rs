//! How a child under five grows, by the WHO Child Growth Standards of 2006: z-scores by the LMS method, and what they mean.
//!
//! Tables: `growth/who.txt`, which says where they come from and under which licence. The formula, its straight line beyond
//! three standard deviations, the names of the verdicts and the limits of what can be right: WHO, "Child growth standards:
//! methods and development" (2006) and "Training course on child growth assessment" (2008).

use std::sync::OnceLock;

use super::{record::Gender, time::DAY};

/// The tables end here, in days of age.
pub const MAX_AGE: u16 = 1_856;
/// From this age on, in days, a child is measured standing: height, not length.
pub const STANDING: u16 = 731;
/// Below this length, in thousandths of a centimetre, a child whose age isn't known is taken to be measured lying.
const LYING_BELOW: i64 = 87_000;

/// What of a child's growth is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indicator {
    /// Weight for length or height: wasting. Needs no age.
    WeightForStature,
    /// Weight for age: underweight.
    WeightForAge,
    /// Length or height for age: stunting.
    StatureForAge,
}

/// Girls and boys have tables of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sex {
    /// A girl.
    Girl,
    /// A boy.
    Boy,
}

impl Sex {
    /// None: there is no table.
    pub fn of(gender: Gender) -> Option<Self> {
        match gender {
            Gender::Female => Some(Sex::Girl),
            Gender::Male => Some(Sex::Boy),
            Gender::Other | Gender::Unknown => None,
        }
    }
}

/// A curve of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Curve {
    /// Kilograms by centimetres, lying.
    WeightForLength,
    /// Kilograms by centimetres, standing.
    WeightForHeight,
    /// Kilograms by days.
    WeightForAge,
    /// Centimetres by days.
    StatureForAge,
}

impl Curve {
    /// Which of the two a child is measured by: lying before the second birthday, standing after it; where the age isn't
    /// certain, by the length itself. Ages in days, length in thousandths of a centimetre.
    pub fn weight_for(youngest: u32, oldest: u32, stature: i64) -> Self {
        let standing = u32::from(STANDING);
        match (oldest < standing, youngest >= standing) {
            (true, _) => Curve::WeightForLength,
            (_, true) => Curve::WeightForHeight,
            _ if stature < LYING_BELOW => Curve::WeightForLength,
            _ => Curve::WeightForHeight,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Curve::WeightForLength => "wfl",
            Curve::WeightForHeight => "wfh",
            Curve::WeightForAge => "wfa",
            Curve::StatureForAge => "lfa",
        }
    }

    /// Where the curve begins and ends: thousandths of a centimetre, or of a day.
    pub fn range(self) -> (i64, i64) {
        match self {
            Curve::WeightForLength => (45_000, 110_000),
            Curve::WeightForHeight => (65_000, 120_000),
            Curve::WeightForAge | Curve::StatureForAge => (0, i64::from(MAX_AGE) * 1_000),
        }
    }
}

/// One row: Box-Cox power, median, coefficient of variation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lms {
    l: f64,
    m: f64,
    s: f64,
}

struct Row {
    curve: &'static str,
    sex: Sex,
    at: f64,
    lms: Lms,
}

fn rows() -> &'static [Row] {
    static ROWS: OnceLock<Vec<Row>> = OnceLock::new();
    // A line that doesn't parse is left out here, and fails a test.
    ROWS.get_or_init(|| include_str!("growth/who.txt").lines().filter_map(row).collect())
}

fn row(line: &'static str) -> Option<Row> {
    let mut words = line.split(' ');
    let (curve, sex) = (words.next().filter(|w| *w != "#")?, words.next()?);
    let sex = match sex {
        "f" => Sex::Girl,
        "m" => Sex::Boy,
        _ => return None,
    };
    let mut number = || words.next()?.parse::<f64>().ok();
    Some(Row { curve, sex, at: number()?, lms: Lms { l: number()?, m: number()?, s: number()? } })
}

/// The row for a child: `at` in thousandths of a centimetre or of a day. None: outside of the table.
pub fn lms(curve: Curve, sex: Sex, at: i64) -> Option<Lms> {
    let (from, to) = curve.range();
    if !(from..=to).contains(&at) {
        return None;
    }
    // Whole thousandths of a table this short are exact in a float.
    let at = at as f64 / 1_000.0;
    let mut before: Option<&Row> = None;
    for r in rows().iter().filter(|r| r.curve == curve.name() && r.sex == sex) {
        if r.at >= at {
            let Some(b) = before.filter(|_| r.at > at) else { return Some(r.lms) };
            let t = (at - b.at) / (r.at - b.at);
            let mix = |a: f64, b: f64| a + (b - a) * t;
            let (a, b) = (b.lms, r.lms);
            return Some(Lms { l: mix(a.l, b.l), m: mix(a.m, b.m), s: mix(a.s, b.s) });
        }
        before = Some(r);
    }
    None
}

impl Lms {
    /// The value at so many standard deviations from the median, within three.
    fn within(self, z: f64) -> f64 {
        if self.l == 0.0 {
            self.m * (self.s * z).exp()
        } else {
            self.m * (1.0 + self.l * self.s * z).powf(1.0 / self.l)
        }
    }

    /// The value at so many whole standard deviations, from -3 to 3; in thousandths of its unit.
    pub fn value(self, z: i8) -> i64 {
        (self.within(f64::from(z.clamp(-3, 3))) * 1_000.0).round() as i64
    }

    /// The z-score of a value in thousandths of its unit; hundredths, so that -240 is -2.4.
    pub fn z(self, milli: i64) -> i32 {
        let y = milli as f64 / 1_000.0;
        let plain = if self.l == 0.0 {
            (y / self.m).ln() / self.s
        } else {
            ((y / self.m).powf(self.l) - 1.0) / (self.l * self.s)
        };
        // Beyond three, what lies between two and three is one step. Of lengths (L = 1) that is the same line.
        let z = if plain > 3.0 {
            let (two, three) = (self.within(2.0), self.within(3.0));
            3.0 + (y - three) / (three - two)
        } else if plain < -3.0 {
            let (two, three) = (self.within(-2.0), self.within(-3.0));
            -3.0 + (y - three) / (two - three)
        } else {
            plain
        };
        // A float that is no number becomes nought, and a huge one the largest: both are out of what can be right.
        (z * 100.0).round() as i32
    }
}

/// What a z-score means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// So far off that a measurement, or the date of birth, must be wrong.
    Implausible,
    /// Weight for stature under -3.
    SeverelyWasted,
    /// Under -2.
    Wasted,
    /// Weight for age under -3.
    SeverelyUnderweight,
    /// Under -2.
    Underweight,
    /// Stature for age under -3.
    SeverelyStunted,
    /// Under -2.
    Stunted,
    /// Within.
    Normal,
    /// Weight for stature over 1.
    RiskOfOverweight,
    /// Over 2.
    Overweight,
    /// Over 3.
    Obese,
    /// Weight for age over 1: judged by weight for stature.
    SeeWeightForStature,
}

/// What a z-score, in hundredths, means.
pub fn verdict(indicator: Indicator, z: i32) -> Verdict {
    match (indicator, z) {
        (Indicator::WeightForStature, ..-500 | 501..)
        | (Indicator::WeightForAge, ..-600 | 501..)
        | (Indicator::StatureForAge, ..-600 | 601..) => Verdict::Implausible,
        (Indicator::WeightForStature, ..-300) => Verdict::SeverelyWasted,
        (Indicator::WeightForStature, ..-200) => Verdict::Wasted,
        (Indicator::WeightForStature, 301..) => Verdict::Obese,
        (Indicator::WeightForStature, 201..) => Verdict::Overweight,
        (Indicator::WeightForStature, 101..) => Verdict::RiskOfOverweight,
        (Indicator::WeightForAge, ..-300) => Verdict::SeverelyUnderweight,
        (Indicator::WeightForAge, ..-200) => Verdict::Underweight,
        (Indicator::WeightForAge, 101..) => Verdict::SeeWeightForStature,
        (Indicator::StatureForAge, ..-300) => Verdict::SeverelyStunted,
        (Indicator::StatureForAge, ..-200) => Verdict::Stunted,
        _ => Verdict::Normal,
    }
}

/// Days between birth and a visit, both milliseconds since 1970. None: born later, or too old for the tables.
pub fn age_in_days(born: i64, at: i64) -> Option<u16> {
    let days = at.checked_sub(born)?.div_euclid(DAY as i64);
    u16::try_from(days).ok().filter(|d| *d <= MAX_AGE)
}

#[cfg(test)]
#[path = "growth_tests.rs"]
mod tests;
