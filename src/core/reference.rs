//! Vital signs by age: reference ranges, which a chart draws beside the values, and what is usual, outside of which the form asks
//! again and a chart marks ([`Usual`]). Neither is a diagnosis. What the form refuses is `record::VitalInfo::possible`.
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
//!
//! What is usual of an adult is what the form says (`record::VitalInfo::usual`), wider than what is normal: it is about typing errors.
//! Of a child it is the reference range; where that has no upper end, an adult's is usual for nobody younger either. From 13
//! years on what is usual of an adult is usual too.

use std::ops::RangeInclusive;

use jiff::{Timestamp, tz::TimeZone};

use super::record::{Observation, Vital};

/// The completed years that somebody may have; none: nobody knows.
pub type Ages = Option<RangeInclusive<u16>>;

/// From this age, in completed years, a person is an adult here.
pub const ADULT: u16 = 18;
/// From this age on what is usual of an adult is usual too.
const ADOLESCENT: u16 = 13;

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
pub fn ages(birth_year: u16, year: u16) -> Ages {
    let turned = year.checked_sub(birth_year)?;
    Some(turned.saturating_sub(1)..=turned)
}

/// The same at a time, of whom only the year of birth is known. Milliseconds since 1970. The year is that of UTC: a day more or
/// less at its ends makes no difference.
pub fn ages_at(birth_year: u16, at: i64) -> Ages {
    let year = Timestamp::from_millisecond(at).ok()?.to_zoned(TimeZone::UTC).year();
    ages(birth_year, u16::try_from(year).ok()?)
}

/// The same of somebody whose day of birth is known, as midnight UTC. None: born later.
pub fn ages_since(born: i64, at: i64) -> Ages {
    let day = |ms| Some(Timestamp::from_millisecond(ms).ok()?.to_zoned(TimeZone::UTC).date());
    let (born, at) = (day(born)?, day(at)?);
    let early = (at.month(), at.day()) < (born.month(), born.day());
    let years = i32::from(at.year()) - i32::from(born.year()) - i32::from(early);
    let years = u16::try_from(years).ok()?;
    Some(years..=years)
}

/// What is normal at these ages: whatever is normal at one of them. The source is that of the oldest. None: nobody says, or
/// the age would have to be known.
pub fn reference(vital: Vital, ages: Ages) -> Option<Reference> {
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

/// Of whom a range is usual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Of anybody.
    Anybody,
    /// Of adults.
    Adults,
    /// Of adults, because nobody knows the age.
    AgeUnknown,
    /// Of children of these ages, in completed years.
    Ages(RangeInclusive<u16>),
}

/// What is usual: outside of it a person should look twice. Thousandths of the vital's unit, both ends included; none: no end is
/// known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Usual {
    /// Lower end.
    pub low: Option<i64>,
    /// Upper end.
    pub high: Option<i64>,
    /// Of whom.
    pub whose: Whose,
}

/// What is usual at these ages: whatever is usual at one of them.
pub fn usual(vital: Vital, ages: Ages) -> Usual {
    let (low, high) = vital.info().usual;
    let adult = |whose| Usual { low: Some(low), high: Some(high), whose };
    let by_age =
        matches!(vital, Vital::HeartRate | Vital::RespiratoryRate | Vital::Systolic | Vital::Diastolic);
    let ages = match ages {
        _ if !by_age => return adult(Whose::Anybody),
        None => return adult(Whose::AgeUnknown),
        Some(ages) if *ages.start() >= ADULT => return adult(Whose::Adults),
        Some(ages) => ages,
    };
    let child = |age: u16| match at(vital, age) {
        Some(r) => (r.low, r.high.or(Some(high))),
        None => (None, Some(high)),
    };
    let (youngest, oldest) = (child(*ages.start()), child(*ages.end()));
    let (mut lows, mut highs) = (vec![youngest.0, oldest.0], vec![youngest.1, oldest.1]);
    if *ages.end() >= ADOLESCENT {
        lows.push(Some(low));
        highs.push(Some(high));
    }
    let known = |ends: Vec<Option<i64>>| ends.into_iter().collect::<Option<Vec<i64>>>();
    let low = known(lows).and_then(|l| l.into_iter().min());
    let high = known(highs).and_then(|h| h.into_iter().max());
    Usual { low, high, whose: Whose::Ages(ages) }
}

/// Outside of what is usual at these ages, so that a person should look twice.
pub fn unusual(o: &Observation, ages: Ages) -> bool {
    let u = usual(o.vital, ages);
    u.low.is_some_and(|low| o.milli < low) || u.high.is_some_and(|high| o.milli > high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_usual_of_a_child_is_not_what_is_usual_of_an_adult() {
        let strange = |vital, n: i64, ages| unusual(&Observation { vital, milli: n * 1_000 }, ages);
        let baby = Some(0..=0);
        assert!(!strange(Vital::HeartRate, 140, baby.clone()), "a healthy baby");
        assert!(strange(Vital::HeartRate, 140, Some(30..=31)));
        assert!(strange(Vital::HeartRate, 140, None), "of nobody's age an adult's range counts");
        assert!(strange(Vital::HeartRate, 70, baby.clone()), "an adult's heart rate is slow for a baby");
        assert!(!strange(Vital::RespiratoryRate, 40, baby.clone()));
        assert!(strange(Vital::RespiratoryRate, 20, baby.clone()));
        assert!(!strange(Vital::Systolic, 75, baby.clone()) && strange(Vital::Systolic, 75, Some(4..=5)));
        assert!(!strange(Vital::Diastolic, 40, baby.clone()) && strange(Vital::Diastolic, 96, baby.clone()));
        assert!(strange(Vital::Temperature, 39, baby));
        assert_eq!(usual(Vital::HeartRate, Some(16..=17)).high, Some(110_000), "no narrower than an adult's");
    }

    #[test]
    fn whose_range_it_is_is_said() {
        let of = |v, ages| usual(v, ages).whose;
        assert_eq!(of(Vital::HeartRate, None), Whose::AgeUnknown);
        assert_eq!(of(Vital::HeartRate, Some(18..=19)), Whose::Adults);
        assert_eq!(of(Vital::HeartRate, Some(17..=18)), Whose::Ages(17..=18));
        assert_eq!(of(Vital::Weight, Some(3..=4)), Whose::Anybody);
        let r = usual(Vital::HeartRate, Some(0..=1));
        assert_eq!((r.low, r.high), (Some(85_000), Some(205_000)), "whatever is usual at one of the ages");
    }

    #[test]
    fn a_day_of_birth_gives_the_age_to_the_day() {
        let midnight = |d: jiff::civil::Date| d.to_zoned(TimeZone::UTC).unwrap().timestamp();
        let day = |s: &str| midnight(s.parse().unwrap()).as_millisecond();
        let born = day("2024-02-29");
        assert_eq!(ages_since(born, day("2025-02-28")), Some(0..=0));
        assert_eq!(ages_since(born, day("2025-03-01")), Some(1..=1));
        assert_eq!(ages_since(born, day("2024-02-28")), None, "not born yet");
        assert_eq!(ages_since(i64::MIN, 0), None);
        assert_eq!(ages_at(2024, day("2026-01-01")), Some(1..=2));
        assert_eq!(ages_at(2024, i64::MAX), None);
    }

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
