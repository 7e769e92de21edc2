//! Reference ranges of vital signs by age: what a chart draws beside the values. Not a diagnosis, and not what the form
//! refuses or asks about (`record::VitalInfo`): that is about typing errors.
//!
//! Where the numbers come from:
//! - adults' breathing, heart rate, temperature and saturation: the values that score 0 in the National Early Warning Score
//!   NEWS2, Royal College of Physicians, London 2017 (made for 16 years and above; used here from 18);
//! - adults' blood pressure: below 140/90, WHO guideline for the pharmacological treatment of hypertension in adults, 2021; its
//!   lower ends are the form's;
//! - children's heart rate (awake), breathing and lowest systolic pressure: Pediatric Advanced Life Support, American Heart
//!   Association 2006, as compared in Fleming et al., Lancet 2011;377:1011, web appendix. From 13 years on breathing is the
//!   adults': theirs is narrower than that;
//! - children's temperature and saturation: what the form takes as usual.
//!
//! None of these depends on sex. Weight and height have no range here: a child's are judged by growth standards.

use std::ops::RangeInclusive;

use super::record::Vital;

/// From this age, in completed years, a person is an adult here.
pub const ADULT: u16 = 18;

/// Who says what is normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// NEWS2, Royal College of Physicians 2017.
    News2,
    /// WHO, hypertension in adults, 2021.
    WhoPressure,
    /// Pediatric Advanced Life Support 2006.
    Pals,
    /// What the visit form takes as usual.
    Form,
}

/// What is normal for somebody. Thousandths of the vital's unit, both ends included; none: no end is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Lower end.
    pub low: Option<i64>,
    /// Upper end.
    pub high: Option<i64>,
    /// Who says so.
    pub source: Source,
}

/// How a value lies to a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Under its lower end.
    Below,
    /// In it.
    Within,
    /// Over its upper end.
    Above,
}

impl Reference {
    /// How this value, in thousandths of the unit, lies to the range.
    pub fn place(&self, milli: i64) -> Place {
        match (self.low, self.high) {
            (Some(low), _) if milli < low => Place::Below,
            (_, Some(high)) if milli > high => Place::Above,
            _ => Place::Within,
        }
    }

    /// What is normal at either age: an end that one of them lacks is lacking.
    fn or(self, other: Self) -> Self {
        let both = |a: Option<i64>, b: Option<i64>, wider: fn(i64, i64) -> i64| Some(wider(a?, b?));
        Self {
            low: both(self.low, other.low, i64::min),
            high: both(self.high, other.high, i64::max),
            source: other.source,
        }
    }
}

/// The completed years that somebody may have in `year`, of whom only the year of birth is known. None: born later.
pub fn ages(birth_year: u16, year: u16) -> Option<RangeInclusive<u16>> {
    let turned = year.checked_sub(birth_year)?;
    Some(turned.saturating_sub(1)..=turned)
}

/// What is normal at these ages: whatever is normal at one of them. The source is that of the oldest. None: nobody says, or
/// the age would have to be known.
pub fn reference(vital: Vital, ages: Option<RangeInclusive<u16>>) -> Option<Reference> {
    let Some(ages) = ages else {
        return matches!(vital, Vital::Temperature | Vital::OxygenSaturation).then(|| form(vital));
    };
    let all = [*ages.start(), *ages.end()].map(|age| at(vital, age));
    match all {
        [Some(a), Some(b)] => Some(a.or(b)),
        _ => None,
    }
}

fn form(vital: Vital) -> Reference {
    let (low, high) = vital.info().usual;
    Reference { low: Some(low), high: Some(high), source: Source::Form }
}

fn at(vital: Vital, age: u16) -> Option<Reference> {
    let range = |source, low: i64, high: i64| Reference { low: Some(low), high: Some(high), source };
    let adult = age >= ADULT;
    Some(match vital {
        Vital::Temperature if adult => range(Source::News2, 36_100, 38_000),
        Vital::OxygenSaturation if adult => range(Source::News2, 96_000, 100_000),
        Vital::Temperature | Vital::OxygenSaturation => form(vital),
        Vital::RespiratoryRate => match age {
            0 => range(Source::Pals, 30_000, 60_000),
            1..=3 => range(Source::Pals, 24_000, 40_000),
            4..=5 => range(Source::Pals, 22_000, 34_000),
            6..=12 => range(Source::Pals, 18_000, 30_000),
            _ => range(Source::News2, 12_000, 20_000),
        },
        Vital::HeartRate => match age {
            // Of the year of birth nobody knows the month: newborns' and infants' ranges together.
            0 => range(Source::Pals, 85_000, 205_000),
            1 => range(Source::Pals, 100_000, 190_000),
            2..=9 => range(Source::Pals, 60_000, 140_000),
            10..ADULT => range(Source::Pals, 60_000, 100_000),
            _ => range(Source::News2, 51_000, 90_000),
        },
        // Its upper end in childhood depends on height: none.
        Vital::Systolic if !adult => {
            let low = match age {
                0 => 70_000,
                1..=9 => 70_000 + 2_000 * i64::from(age),
                _ => 90_000,
            };
            Reference { low: Some(low), high: None, source: Source::Pals }
        }
        Vital::Systolic => range(Source::WhoPressure, vital.info().usual.0, 139_000),
        Vital::Diastolic if adult => range(Source::WhoPressure, vital.info().usual.0, 89_000),
        Vital::Diastolic | Vital::Weight | Vital::Height => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_normal_depends_on_age() {
        let of = |v, age: u16| reference(v, Some(age..=age)).map(|r| (r.low, r.high, r.source));
        let k = |n: i64| Some(n * 1_000);
        assert_eq!(of(Vital::HeartRate, 35), Some((k(51), k(90), Source::News2)));
        assert_eq!(of(Vital::HeartRate, 5), Some((k(60), k(140), Source::Pals)));
        assert_eq!(of(Vital::RespiratoryRate, 0), Some((k(30), k(60), Source::Pals)));
        assert_eq!(of(Vital::Systolic, 4), Some((k(78), None, Source::Pals)));
        assert_eq!(of(Vital::Systolic, 60), Some((k(90), k(139), Source::WhoPressure)));
        assert_eq!(of(Vital::Diastolic, 4), None);
        assert_eq!(of(Vital::Weight, 4), None);
    }

    #[test]
    fn of_an_age_that_is_not_certain_the_wider_range_counts() {
        assert_eq!(ages(2024, 2026), Some(1..=2));
        assert_eq!(ages(2026, 2026), Some(0..=0));
        assert_eq!(ages(2027, 2026), None, "not born yet");
        let r = reference(Vital::HeartRate, ages(2024, 2026)).unwrap();
        assert_eq!((r.low, r.high), (Some(60_000), Some(190_000)));
        let turning = reference(Vital::Systolic, Some(17..=18)).unwrap();
        assert_eq!((turning.low, turning.high), (Some(90_000), None), "an end that one of them lacks");
        assert_eq!(reference(Vital::HeartRate, None), None);
        assert_eq!(reference(Vital::Temperature, None).unwrap().source, Source::Form);
    }

    #[test]
    fn every_range_lies_in_what_is_possible_and_ends_belong_to_it() {
        for v in Vital::ALL {
            for age in 0..=100 {
                let Some(r) = reference(v, Some(age..=age)) else { continue };
                let (low, high) = v.info().possible;
                let inside = |end: Option<i64>| end.is_none_or(|e| (low..=high).contains(&e));
                assert!(inside(r.low) && inside(r.high), "{v:?} {age}");
                assert!(r.low.zip(r.high).is_none_or(|(l, h)| l < h), "{v:?} {age}");
            }
        }
        let r = reference(Vital::Temperature, Some(30..=30)).unwrap();
        assert_eq!(
            [36_099, 36_100, 38_000, 38_001].map(|m| r.place(m)),
            [Place::Below, Place::Within, Place::Within, Place::Above]
        );
    }
}
