//! What is usual of a vital sign, and of whom.

use crate::core::reference::{Usual, Whose};

use super::{Arg, Saying, say};

/// The range with whose it is: usual 85 to 205, under 1 year.
pub(crate) fn usual(u: &Usual) -> Saying {
    let range = match (u.low, u.high) {
        (Some(low), Some(high)) => say!("usual-between", low = Arg::Milli(low), high = Arg::Milli(high)),
        (Some(low), None) => say!("usual-from", low = Arg::Milli(low)),
        (None, Some(high)) => say!("usual-to", high = Arg::Milli(high)),
        (None, None) => "usual-any".into(),
    };
    let whose: Saying = match &u.whose {
        Whose::Anybody => return range,
        Whose::Adults => "usual-adults".into(),
        Whose::AgeUnknown => "usual-no-age".into(),
        Whose::Ages(ages) => match (*ages.start(), *ages.end()) {
            (0, 0) => "usual-infant".into(),
            (age, oldest) if age == oldest => say!("usual-age", n = u32::from(age)),
            (from, to) => say!("usual-ages", from = u32::from(from), to = u32::from(to)),
        },
    };
    say!("usual-of", range = range, whose = whose)
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::{
        core::{record::Vital, reference},
        tui::words::{Language, Words},
    };

    #[test]
    fn which_range_and_why() {
        let en = Words::new(Language::English, TimeZone::UTC);
        let of = |v, ages| en.text(usual(&reference::usual(v, ages)));
        assert_eq!(of(Vital::HeartRate, Some(0..=0)), "usual 85 to 205, under 1 year");
        assert_eq!(of(Vital::HeartRate, Some(0..=1)), "usual 85 to 205, age 0 to 1");
        assert_eq!(of(Vital::RespiratoryRate, Some(5..=5)), "usual 22 to 34, age 5");
        assert_eq!(of(Vital::Diastolic, Some(5..=5)), "usual up to 95, age 5");
        assert_eq!(of(Vital::HeartRate, Some(34..=35)), "usual 50 to 110, adult");
        assert_eq!(of(Vital::HeartRate, None), "usual 50 to 110, adult; age unknown");
        assert_eq!(of(Vital::Temperature, None), "usual 35.5 to 38");
    }

    #[test]
    fn question_and_range_fit_beside_a_field_of_the_smallest_screen() {
        const ROOM: usize = 45;
        for language in Language::ALL {
            let w = Words::new(language, TimeZone::UTC);
            for vital in Vital::ALL {
                for ages in [None, Some(0..=0), Some(0..=1), Some(11..=12), Some(30..=30)] {
                    let usual = w.text(usual(&reference::usual(vital, ages)));
                    let words = format!("! {}", w.text(say!("visit-unusual-asked", usual = usual)));
                    assert!(words.chars().count() <= ROOM, "{words}");
                }
            }
        }
    }
}
