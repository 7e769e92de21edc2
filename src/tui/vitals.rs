//! The chart of one measurement over time: what is chosen, and which part of the time is seen.

use crate::{
    core::{
        record::Vital,
        reference::{Ages, Reference, reference},
        time::DAY,
    },
    node::api::{Chart, Measured, VisitRow},
};

use super::model::ChartPage;

/// The shortest time that the chart shows, in milliseconds.
const SHORTEST: i64 = DAY as i64;
/// Each step in halves the time that is seen; that many at most.
const MOST_STEPS: u32 = 12;

/// What is drawn together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Measure {
    Temperature,
    HeartRate,
    Breathing,
    /// Systolic and diastolic.
    Pressure,
    Oxygen,
    Weight,
    Height,
}

impl Measure {
    /// All, in the order of the visit form.
    pub(crate) const ALL: [Measure; 7] = [
        Measure::Temperature,
        Measure::HeartRate,
        Measure::Breathing,
        Measure::Pressure,
        Measure::Oxygen,
        Measure::Weight,
        Measure::Height,
    ];

    /// Its vital signs; the first is drawn filled, the second hollow. They share a unit.
    pub(crate) fn vitals(self) -> &'static [Vital] {
        match self {
            Measure::Temperature => &[Vital::Temperature],
            Measure::HeartRate => &[Vital::HeartRate],
            Measure::Breathing => &[Vital::RespiratoryRate],
            Measure::Pressure => &[Vital::Systolic, Vital::Diastolic],
            Measure::Oxygen => &[Vital::OxygenSaturation],
            Measure::Weight => &[Vital::Weight],
            Measure::Height => &[Vital::Height],
        }
    }

    /// The unit as people write it.
    pub(crate) fn unit(self) -> &'static str {
        self.vitals().first().map_or("", |v| v.info().shown)
    }

    /// The message with its name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Measure::Temperature => "vital-temperature",
            Measure::HeartRate => "vital-heart-rate",
            Measure::Breathing => "vital-breathing",
            Measure::Pressure => "vitals-pressure",
            Measure::Oxygen => "vital-oxygen",
            Measure::Weight => "vital-weight",
            Measure::Height => "vital-height",
        }
    }
}

/// One time at which it was measured.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point<'a> {
    /// Milliseconds since 1970.
    pub(crate) at: i64,
    /// None: it came from elsewhere and names no visit.
    pub(crate) visit: Option<&'a VisitRow>,
    /// Thousandths, in the order of [`Measure::vitals`].
    pub(crate) values: [Option<i64>; 2],
}

/// What was measured, the oldest first.
pub(crate) fn points(chart: &Chart, measure: Measure) -> Vec<Point<'_>> {
    let point = |m: Measured<'_>| {
        let mut values = [None; 2];
        for (value, vital) in values.iter_mut().zip(measure.vitals()) {
            *value = m.of(*vital);
        }
        (m.at, values)
    };
    chart
        .measured()
        .into_iter()
        .rev()
        .filter_map(|m| {
            let visit = m.visit;
            let (at, values) = point(m);
            values.iter().any(Option::is_some).then_some(Point { at, visit, values })
        })
        .collect()
}

/// What is normal for this patient at that time, milliseconds since 1970.
pub(crate) fn normal(vital: Vital, chart: &Chart, at: i64) -> Option<Reference> {
    reference(vital, chart.ages(at))
}

impl ChartPage {
    /// The completed years that the patient may have had at that time, as far as the chart is read.
    pub(crate) fn ages(&self, at: i64) -> Ages {
        self.chart.ready()?.ages(at)
    }
}

/// The screen.
#[derive(Debug)]
pub(crate) struct VitalsPage {
    /// Its place in [`Measure::ALL`].
    pub(crate) measure: usize,
    /// The value under the cursor, counted from the newest.
    pub(crate) back: usize,
    /// How often the time was halved.
    zoom: u32,
    /// The middle of what is seen, milliseconds since 1970.
    middle: i64,
}

impl VitalsPage {
    /// Opens on the first measurement that there is.
    pub(crate) fn new(chart: &Chart) -> Self {
        let measured = |m: &Measure| !points(chart, *m).is_empty();
        let measure = Measure::ALL.iter().position(measured).unwrap_or(0);
        Self { measure, back: 0, zoom: 0, middle: 0 }
    }

    pub(crate) fn measure(&self) -> Measure {
        Measure::ALL[self.measure.min(Measure::ALL.len() - 1)]
    }

    /// Another measurement, its whole time, its newest value.
    pub(crate) fn choose(&mut self, measure: usize) {
        *self = Self { measure: measure.min(Measure::ALL.len() - 1), back: 0, zoom: 0, middle: 0 };
    }

    /// The one after it or before it, round and round.
    pub(crate) fn step(&mut self, forward: bool) {
        let n = Measure::ALL.len();
        self.choose((self.measure + if forward { 1 } else { n - 1 }) % n);
    }

    /// The value under the cursor.
    pub(crate) fn current<'p, 'v>(&self, points: &'p [Point<'v>]) -> Option<&'p Point<'v>> {
        points.get(points.len().checked_sub(self.back + 1)?)
    }

    /// From when to when is seen. A single value lies in the middle of two days.
    pub(crate) fn window(&self, points: &[Point<'_>]) -> (i64, i64) {
        let (Some(first), Some(last)) = (points.first(), points.last()) else { return (0, SHORTEST) };
        let (first, last) = (first.at, last.at);
        let all = last.saturating_sub(first);
        if all < SHORTEST {
            return (first.saturating_sub(SHORTEST), last.saturating_add(SHORTEST));
        }
        let seen = (all >> self.zoom).max(SHORTEST);
        if seen >= all {
            return (first, last);
        }
        let from = self.middle.saturating_sub(seen / 2).clamp(first, last.saturating_sub(seen));
        (from, from.saturating_add(seen))
    }

    /// Moves the cursor to an older or a newer value; what is seen follows it.
    pub(crate) fn walk(&mut self, points: &[Point<'_>], older: bool) {
        let last = points.len().saturating_sub(1);
        self.back = if older { (self.back + 1).min(last) } else { self.back.min(last).saturating_sub(1) };
        let (from, to) = self.window(points);
        if let Some(at) = self.current(points).map(|p| p.at)
            && !(from..=to).contains(&at)
        {
            self.middle = at;
        }
    }

    /// Halves what is seen, round the cursor, or doubles it.
    pub(crate) fn zoom(&mut self, points: &[Point<'_>], closer: bool) {
        let (from, to) = self.window(points);
        if !closer {
            self.zoom = self.zoom.saturating_sub(1);
        } else if to.saturating_sub(from) > SHORTEST {
            self.zoom = (self.zoom + 1).min(MOST_STEPS);
        }
        if let Some(p) = self.current(points) {
            self.middle = p.at;
        }
    }

    /// The whole time.
    pub(crate) fn whole(&mut self) {
        self.zoom = 0;
    }

    /// Goes on by half of what is seen; the cursor goes along, to the nearest value there.
    pub(crate) fn pan(&mut self, points: &[Point<'_>], earlier: bool) {
        let (from, to) = self.window(points);
        let half = to.saturating_sub(from) / 2;
        let middle = from.saturating_add(half);
        self.middle = if earlier { middle.saturating_sub(half) } else { middle.saturating_add(half) };
        let (from, to) = self.window(points);
        self.middle = from.saturating_add(half);
        let seen = |p: &Point| (from..=to).contains(&p.at);
        if self.current(points).is_some_and(seen) {
            return;
        }
        let near = if earlier { points.iter().rposition(seen) } else { points.iter().position(seen) };
        if let Some(i) = near {
            self.back = points.len() - 1 - i;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixtures::{NOW, chart, elsewhere};

    const D: i64 = DAY as i64;

    #[test]
    fn what_belongs_together_is_one_measurement_and_values_are_in_the_order_of_time() {
        let c = chart();
        let pressure = points(&c, Measure::Pressure);
        assert_eq!(
            pressure.iter().map(|p| p.values).collect::<Vec<_>>(),
            [[Some(122_000), Some(80_000)], [Some(118_000), Some(76_000)]]
        );
        let all: Vec<Vital> = Measure::ALL.iter().flat_map(|m| m.vitals()).copied().collect();
        assert_eq!(all, Vital::ALL);
        for m in Measure::ALL {
            assert!(m.vitals().iter().all(|v| v.info().shown == m.unit()), "{m:?}");
        }
    }

    #[test]
    fn what_names_no_visit_is_drawn_at_its_own_time() {
        let c = elsewhere();
        let p = points(&c, Measure::HeartRate);
        let at: Vec<_> =
            p.iter().map(|p| ((NOW as i64 - p.at) / D, p.values[0], p.visit.is_some())).collect();
        assert_eq!(
            at,
            [
                (120, Some(78_000), true),
                (60, Some(82_000), true),
                (30, Some(96_000), false),
                (3, Some(104_000), true)
            ]
        );
    }

    #[test]
    fn what_is_normal_follows_the_age_at_the_time() {
        let mut c = chart();
        let at = NOW as i64;
        c.patient.birth_year = Some(2021);
        let (now, before) =
            (normal(Vital::HeartRate, &c, at), normal(Vital::HeartRate, &c, at - 4 * 365 * D));
        assert_eq!(now.and_then(|r| r.high), Some(140_000));
        assert_eq!(before.and_then(|r| r.high), Some(205_000));
        c.patient.birth_year = None;
        assert_eq!(normal(Vital::HeartRate, &c, at), None);
        assert_eq!(normal(Vital::HeartRate, &chart(), i64::MIN), None);
    }

    #[test]
    fn zooming_halves_the_time_round_the_cursor_and_panning_takes_it_along() {
        let c = chart();
        let p = points(&c, Measure::Temperature);
        let days = |(from, to): (i64, i64)| ((NOW as i64 - from) / D, (NOW as i64 - to) / D);
        let mut v = VitalsPage::new(&c);
        assert_eq!(days(v.window(&p)), (120, 3));
        v.zoom(&p, true);
        assert_eq!((days(v.window(&p)), v.back), ((61, 3), 0));
        v.pan(&p, true);
        assert_eq!((days(v.window(&p)), v.back), ((90, 32), 1), "the nearest value there");
        v.walk(&p, true);
        assert_eq!((days(v.window(&p)), v.back), ((120, 61), 2), "what is seen follows the cursor");
        v.walk(&p, true);
        assert_eq!(v.back, 2, "there is none before");
        for _ in 0..40 {
            v.zoom(&p, true);
        }
        let (from, to) = v.window(&p);
        assert_eq!(to - from, SHORTEST);
        assert_eq!(v.current(&p).map(|p| (from..=to).contains(&p.at)), Some(true));
        v.whole();
        assert_eq!(days(v.window(&p)), (120, 3));
    }

    #[test]
    fn times_that_make_no_sense_and_few_values_do_no_harm() {
        let mut c = chart();
        c.visits[0].at = i64::MAX;
        c.visits[2].at = i64::MIN;
        for n in [3, 1, 0] {
            c.visits.truncate(n);
            for m in Measure::ALL {
                let p = points(&c, m);
                let mut v = VitalsPage::new(&c);
                for closer in [true, true, false] {
                    v.zoom(&p, closer);
                    v.pan(&p, closer);
                    v.walk(&p, closer);
                    let (from, to) = v.window(&p);
                    assert!(from < to, "{m:?}");
                }
            }
        }
    }
}
