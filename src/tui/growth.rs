//! The growth of a child under five: which indicators can be judged, and the child's measurements on their curves.

use crate::{
    core::{
        growth::{Curve, Indicator, MAX_AGE, Sex, age_in_days, lms},
        record::Vital,
        reference::ages_at,
    },
    node::api::{Chart, Measured},
};

/// The indicators in the order of the screen.
pub(crate) const ALL: [Indicator; 3] =
    [Indicator::WeightForStature, Indicator::WeightForAge, Indicator::StatureForAge];

/// The screen.
#[derive(Debug, Default)]
pub(crate) struct GrowthPage {
    /// Its place in [`ALL`].
    pub(crate) which: usize,
    /// The measurement under the cursor, counted from the newest.
    pub(crate) back: usize,
}

/// One measurement on a curve.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spot {
    /// When: milliseconds since 1970.
    pub(crate) when: i64,
    pub(crate) curve: Curve,
    /// Thousandths of a centimetre or of a day.
    pub(crate) at: i64,
    /// Thousandths of a kilogram or of a centimetre.
    pub(crate) value: i64,
    /// Hundredths. None: outside of the table.
    pub(crate) z: Option<i32>,
}

/// The ages in days, youngest and oldest, that the child may have had; none: not known, or five already.
fn days(chart: &Chart, at: i64) -> Option<(u32, u32)> {
    if let Some(born) = chart.born_on {
        return age_in_days(born, at).map(|d| (d.into(), d.into()));
    }
    let years = ages_at(chart.patient.birth_year?, at)?;
    (*years.start() < 5).then(|| (u32::from(*years.start()) * 365, u32::from(*years.end() + 1) * 366))
}

/// What was measured of a child under five, the oldest first.
pub(crate) fn spots(chart: &Chart, indicator: Indicator) -> Vec<Spot> {
    let Some(sex) = Sex::of(chart.patient.gender) else { return Vec::new() };
    chart.measured().iter().rev().filter_map(|m| one(chart, sex, indicator, m)).collect()
}

fn one(chart: &Chart, sex: Sex, indicator: Indicator, measured: &Measured<'_>) -> Option<Spot> {
    let (youngest, oldest) = days(chart, measured.at)?;
    let of = |vital| measured.of(vital);
    let age = || chart.born_on.map(|_| i64::from(youngest) * 1_000);
    let (curve, at, value) = match indicator {
        Indicator::WeightForStature => {
            let stature = of(Vital::Height)?;
            (Curve::weight_for(youngest, oldest, stature), stature, of(Vital::Weight)?)
        }
        Indicator::WeightForAge => (Curve::WeightForAge, age()?, of(Vital::Weight)?),
        Indicator::StatureForAge => (Curve::StatureForAge, age()?, of(Vital::Height)?),
    };
    Some(Spot { when: measured.at, curve, at, value, z: lms(curve, sex, at).map(|r| r.z(value)) })
}

/// The last measurement that each indicator can judge.
pub(crate) fn latest(chart: &Chart) -> Vec<(Indicator, i32)> {
    let last = |i: Indicator| spots(chart, i).last().and_then(|s| s.z).map(|z| (i, z));
    ALL.into_iter().filter_map(last).collect()
}

impl GrowthPage {
    /// Opens on the first indicator that has a measurement; none: there is nothing to show.
    pub(crate) fn new(chart: &Chart) -> Option<Self> {
        let which = ALL.iter().position(|i| !spots(chart, *i).is_empty())?;
        Some(Self { which, back: 0 })
    }

    pub(crate) fn indicator(&self) -> Indicator {
        ALL[self.which.min(ALL.len() - 1)]
    }

    /// The measurement under the cursor.
    pub(crate) fn current<'s>(&self, spots: &'s [Spot]) -> Option<&'s Spot> {
        spots.get(spots.len().checked_sub(self.back + 1)?)
    }
}

/// The part of a curve that is drawn: all of it by stature; by age at least two years, and half a year more than the child has.
pub(crate) fn shown(curve: Curve, spots: &[Spot]) -> (i64, i64) {
    let (from, to) = curve.range();
    match curve {
        Curve::WeightForLength | Curve::WeightForHeight => (from, to),
        Curve::WeightForAge | Curve::StatureForAge => {
            let last = spots.iter().map(|s| s.at).max().unwrap_or(0) + 183_000;
            (from, last.clamp(731_000, i64::from(MAX_AGE) * 1_000))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::{record::Gender, time::DAY},
        tui::fixtures::{NOW, chart, child},
    };

    #[test]
    fn without_a_date_of_birth_weight_is_judged_by_stature_alone() {
        let mut c = child();
        c.born_on = None;
        let z: Vec<i32> = spots(&c, Indicator::WeightForStature).iter().filter_map(|s| s.z).collect();
        assert_eq!(z.len(), 3);
        assert!(spots(&c, Indicator::WeightForAge).is_empty());
        assert_eq!(GrowthPage::new(&c).map(|p| p.which), Some(0));
        c.patient.gender = Gender::Unknown;
        assert!(GrowthPage::new(&c).is_none(), "girls and boys have tables of their own");
        assert!(GrowthPage::new(&chart()).is_none(), "grown up");
    }

    #[test]
    fn with_a_date_of_birth_everything_is_judged_until_the_fifth_birthday() {
        let mut c = child();
        assert_eq!(latest(&c).len(), 3);
        c.born_on = Some((NOW - 1_900 * DAY) as i64);
        let left = spots(&c, Indicator::WeightForAge);
        assert!(left.iter().all(|s| s.at <= i64::from(MAX_AGE) * 1_000), "{left:?}");
        assert!(left.len() < 3);
        c.visits[0].at = i64::MIN;
        c.visits[1].at = i64::MAX;
        assert!(spots(&c, Indicator::WeightForAge).len() < 2);
    }
}
