//! What the bench found, in numbers and in words.

use super::interval::clopper_pearson;
use serde::Serialize;
use std::collections::BTreeMap;

/// Most bona fide presentations that may be refused.
pub const MAX_BPCER: f64 = 0.05;

/// One species.
#[derive(Clone, Debug, Serialize)]
pub struct Tally {
    /// In a few words.
    pub species: &'static str,
    /// How many were presented.
    pub presented: usize,
    /// How many passed.
    pub accepted: usize,
    /// Accepted over presented: of an attack its APCER, of bona fide presentations 1 − BPCER.
    pub rate: f64,
    /// The exact 95% interval of `rate`.
    pub interval: (f64, f64),
    /// Why the others were refused, and how many for each reason.
    pub refused_for: BTreeMap<String, usize>,
}

impl Tally {
    pub(super) fn new(
        species: &'static str,
        presented: usize,
        accepted: usize,
        refused_for: BTreeMap<String, usize>,
    ) -> Self {
        let rate = if presented == 0 { 0.0 } else { accepted as f64 / presented as f64 };
        Self {
            species,
            presented,
            accepted,
            rate,
            interval: clopper_pearson(accepted, presented),
            refused_for,
        }
    }

    /// BPCER with its interval.
    fn missed(&self) -> (f64, (f64, f64)) {
        (1.0 - self.rate, (1.0 - self.interval.1, 1.0 - self.interval.0))
    }
}

/// The whole bench.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Species of which none may pass.
    pub refused: Vec<Tally>,
    /// Pictures bent or folded: the aim is none.
    pub shaped: Vec<Tally>,
    /// A recording of the very challenge that was drawn.
    pub same: Tally,
    /// Bona fide presentations.
    pub bona_fide: Vec<Tally>,
    /// Number of different challenges.
    pub challenges: usize,
    /// How many of them were drawn here.
    pub drawn: usize,
    /// Frames that went through the detector.
    pub frames: usize,
}

impl Report {
    /// Number of attacks, those with the same challenge left out.
    pub fn attacks(&self) -> usize {
        self.refused.iter().chain(&self.shaped).map(|t| t.presented).sum()
    }

    /// The limits that weren't kept, in words; none when all is well.
    pub fn broken(&self) -> Vec<String> {
        let passed = self.refused.iter().filter(|t| t.accepted > 0);
        let mut broken: Vec<String> = passed
            .map(|t| format!("{} of {} attacks '{}' passed", t.accepted, t.presented, t.species))
            .collect();
        // In whole numbers: 1 − 0.95 is a little more than 0.05.
        let refused = |t: &Tally| (t.presented - t.accepted) as f64;
        let missed = self.bona_fide.iter().filter(|t| refused(t) > MAX_BPCER * t.presented as f64);
        broken.extend(missed.map(|t| {
            let refused = t.presented - t.accepted;
            format!("{refused} of {} bona fide presentations '{}' were refused", t.presented, t.species)
        }));
        broken
    }

    /// A table of 80 columns.
    pub fn words(&self) -> String {
        let mut out = format!(
            "{:<25}{:>9}{:>8}  {:<16}  mostly refused for\n",
            "attacks", "accepted", "APCER", "95% interval"
        );
        for t in self.refused.iter().chain(&self.shaped).chain([&self.same]) {
            out += &line(t, t.accepted, t.rate, t.interval);
        }
        out += &format!("\n{:<25}{:>9}{:>8}  {:<16}\n", "bona fide", "refused", "BPCER", "95% interval");
        for t in self.bona_fide.iter().filter(|t| t.presented > 0) {
            let (rate, interval) = t.missed();
            out += &line(t, t.presented - t.accepted, rate, interval);
        }
        let (attacks, frames) = (self.attacks(), self.frames);
        out + &format!(
            "\n{attacks} attacks, {} challenges ({} drawn), {frames} frames",
            self.challenges, self.drawn
        )
    }
}

fn line(t: &Tally, counted: usize, rate: f64, (low, high): (f64, f64)) -> String {
    let percent = |v: f64| format!("{:.1}%", 100.0 * v);
    let counts = format!("{counted}/{}", t.presented);
    let interval = format!("{} to {}", percent(low), percent(high));
    let row =
        format!("  {:<23}{counts:>9}{:>8}  {interval:<16}  {}", t.species, percent(rate), main_reason(t));
    format!("{}\n", row.trim_end())
}

/// The most frequent reason, and how many were refused for it.
fn main_reason(t: &Tally) -> String {
    let most = t.refused_for.iter().max_by_key(|(_, n)| **n);
    most.map(|(reason, n)| format!("{reason} {n}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(species: &'static str, presented: usize, accepted: usize) -> Tally {
        Tally::new(
            species,
            presented,
            accepted,
            BTreeMap::from([("TimedOut".to_owned(), presented - accepted)]),
        )
    }

    fn report(flat: usize, heads: usize) -> Report {
        Report {
            refused: vec![tally("photo rotated", 500, flat)],
            shaped: vec![tally("photo folded", 500, 3)],
            same: tally("replay, same challenge", 100, 90),
            bona_fide: vec![tally("rendered heads", 100, heads), tally("recorded head turns", 0, 0)],
            challenges: 136,
            drawn: 130,
            frames: 12_345,
        }
    }

    #[test]
    fn a_flat_picture_that_passes_breaks_the_limit_and_a_bent_one_does_not() {
        assert_eq!(report(0, 95).broken(), Vec::<String>::new());
        assert_eq!(report(1, 100).broken(), ["1 of 500 attacks 'photo rotated' passed"]);
    }

    #[test]
    fn heads_refused_too_often_break_the_limit() {
        assert_eq!(
            report(0, 94).broken(),
            ["6 of 100 bona fide presentations 'rendered heads' were refused"]
        );
    }

    #[test]
    fn the_table_fits_80_columns() {
        let words = report(0, 95).words();
        assert!(words.lines().all(|l| l.chars().count() <= 80), "{words}");
        assert!(
            words.contains("0/500") && words.contains("5/100") && words.contains("1000 attacks"),
            "{words}"
        );
        assert!(!words.contains("recorded head turns"));
    }
}
