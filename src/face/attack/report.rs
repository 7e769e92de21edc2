//! What the bench found, in numbers and in words.

use super::interval::clopper_pearson;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

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
        Self { species, presented, accepted, rate, interval: clopper_pearson(accepted, presented), refused_for }
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
        let mut broken: Vec<String> =
            passed.map(|t| format!("{} of {} attacks '{}' passed", t.accepted, t.presented, t.species)).collect();
        let missed = self.bona_fide.iter().filter(|t| t.presented > 0 && t.missed().0 > MAX_BPCER);
        broken.extend(missed.map(|t| {
            let refused = t.presented - t.accepted;
            format!("{refused} of {} bona fide presentations '{}' were refused", t.presented, t.species)
        }));
        broken
    }

    /// A table of 80 columns.
    pub fn words(&self) -> String {
        let mut out = String::new();
        let percent = |v: f64| format!("{:.1}%", 100.0 * v);
        let mut line = |name: &str, counts: &str, rate: f64, (low, high): (f64, f64), more: &str| {
            let interval = format!("{} to {}", percent(low), percent(high));
            let _ = writeln!(out, "  {name:<24} {counts:>10} {:>7}  {interval:<16} {more}", percent(rate));
        };
        let head = |line: &mut dyn FnMut(&str, &str, f64, (f64, f64), &str), tallies: &[Tally]| {
            for t in tallies {
                line(t.species, &format!("{}/{}", t.accepted, t.presented), t.rate, t.interval, &reasons(t));
            }
        };
        head(&mut line, &self.refused);
        head(&mut line, &self.shaped);
        head(&mut line, std::slice::from_ref(&self.same));
        let mut bona_fide = String::new();
        for t in self.bona_fide.iter().filter(|t| t.presented > 0) {
            let (rate, (low, high)) = t.missed();
            let interval = format!("{} to {}", percent(low), percent(high));
            let counts = format!("{}/{}", t.presented - t.accepted, t.presented);
            let _ = writeln!(
                bona_fide,
                "  {:<24} {counts:>10} {:>7}  {interval:<16} {}",
                t.species,
                percent(rate),
                reasons(t)
            );
        }
        format!(
            "attacks                      accepted   APCER  95% interval     refused for\n{out}\n\
             bona fide                     refused   BPCER  95% interval     refused for\n{bona_fide}\n\
             {} attacks, {} different challenges ({} drawn), {} frames",
            self.attacks(),
            self.challenges,
            self.drawn,
            self.frames
        )
    }
}

/// The most frequent reason.
fn reasons(t: &Tally) -> String {
    let all: Vec<String> = t.refused_for.iter().map(|(r, n)| format!("{r} {n}")).collect();
    all.join(", ")
}
