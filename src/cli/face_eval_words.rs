//! What `aidpost face eval` prints for people.

use super::face_eval::Report;
use super::plot::{Axis, Series, plot};
use crate::face::eval::identification::{Identification, OpenSet};
use crate::face::eval::interval::Interval;
use crate::face::eval::report::Verification;

/// Failed pictures that are named; all of them are in the JSON.
const NAMED: usize = 10;

/// The whole report.
pub(super) fn words(r: &Report) -> String {
    let mut out = vec![pictures(r)];
    if let Some(v) = &r.pairs {
        out.push(verification("Pairs of the protocol", v));
    }
    if let Some(v) = &r.all_pairs {
        out.push(verification("Every pair of the folder", v));
    }
    out.extend(r.identify.as_ref().map(identification));
    out.push(
        "In brackets: 95% intervals. Accuracy and identification: Wilson's, over pairs or\n\
         searches. EER and TAR: people drawn anew (subsets bootstrap), widened to\n\
         Wilson's over pairs where that is wider."
            .to_owned(),
    );
    out.join("\n\n")
}

fn pictures(r: &Report) -> String {
    let count = |kind: &str| r.failures.iter().filter(|f| f.kind == kind).count();
    let mut lines = vec![format!(
        "{} pictures; no face found in {}, not readable {}; none refused for its quality.",
        thousands(r.pictures as u64),
        count("no_face"),
        count("unreadable")
    )];
    lines.extend(r.failures.iter().take(NAMED).map(|f| format!("  {}: {}", f.picture, f.why)));
    if r.failures.len() > NAMED {
        lines.push(format!("  and {} more (--json lists all)", r.failures.len() - NAMED));
    }
    lines.join("\n")
}

fn verification(title: &str, v: &Verification) -> String {
    let mut lines = vec![format!(
        "{title}: {} of one person, {} of two people",
        thousands(v.same_pairs),
        thousands(v.different_pairs)
    )];
    if v.same_pairs_without_face + v.different_pairs_without_face > 0 {
        lines.push(format!(
            "  without a face, counted as errors: {} of one person, {} more of two",
            thousands(v.same_pairs_without_face),
            thousands(v.different_pairs_without_face)
        ));
    }
    if let Some(a) = &v.accuracy {
        let folds = if a.held_out {
            format!("± {:.2} over {} folds, {} wrong", 100.0 * a.deviation, a.folds.len(), a.wrong)
        } else {
            format!("one fold: threshold chosen on itself, {} wrong", a.wrong)
        };
        lines.push(row("accuracy", a.mean, &a.interval, &folds));
    }
    lines.push(row("equal error rate", v.eer.far, &v.eer_interval, &format!("at {:.3}", v.eer.threshold)));
    for at in &v.tar_at_far {
        let name = format!("TAR at FAR {:e}", at.far);
        lines.push(match &at.measured {
            Some(m) => row(&name, m.point.tar, &m.interval, &format!("at {:.3}", m.point.threshold)),
            None => {
                format!("  {name:<18} too few pairs of two people: {} needed", thousands(at.pairs_needed))
            }
        });
    }
    let s = &v.shipped;
    let name = format!("sign-in's {:.3}", s.point.threshold);
    lines.push(row(
        &name,
        s.point.tar,
        &s.tar_interval,
        &format!("TAR; FAR {}", rate(s.point.far, &s.far_interval)),
    ));
    lines.push(String::new());
    lines.push(roc(v));
    lines.join("\n")
}

fn identification(i: &Identification) -> String {
    let mut lines = vec![
        format!(
            "Identification: {} people enrolled with {} picture{} each (the first by name)",
            thousands(i.enrolled as u64),
            i.templates,
            if i.templates == 1 { "" } else { "s" }
        ),
        format!(
            "  {} searches for the enrolled by their other pictures; {} for strangers: the\n  \
             same with the own person taken out, and people with too few pictures",
            thousands(i.mated),
            thousands(i.nonmated)
        ),
        row("rank 1, closed set", i.rank1, &i.rank1_interval, ""),
        "  open set    FPIR  strangers named            FNIR  enrolled not named".to_owned(),
    ];
    let line = |o: &OpenSet| {
        format!(
            "  at {:.3}   {:<32}  {}",
            o.threshold,
            rate(o.fpir, &o.fpir_interval),
            rate(o.fnir, &o.fnir_interval)
        )
    };
    lines.extend(i.at_threshold.iter().map(|o| format!("{}  sign-in's", line(o))));
    lines.extend(i.at_fpir.iter().map(line));
    lines.extend(i.unsupported_fpir.iter().map(|r| {
        format!("  FPIR {r:e}: too few searches for strangers, {} needed", thousands((3.0 / r).ceil() as u64))
    }));
    lines.join("\n")
}

/// The receiver operating characteristic, the false match rate on a logarithmic axis.
fn roc(v: &Verification) -> String {
    // No rate between 0 and that of one pair can be measured: 0 is drawn there.
    let least = (1.0 / v.different_pairs as f64).log10().max(-4.0);
    let log = |far: f64| far.log10().max(least);
    let mut points: Vec<(f64, f64)> = v.roc.iter().map(|p| (log(p.far), p.tar)).collect();
    // Of several thresholds at the left end the best one counts.
    let first = points.iter().rposition(|p| p.0 <= least).unwrap_or(0);
    points.drain(..first);
    let lowest = points.first().map_or(0.0, |p| p.1);
    let low = [0.99, 0.95, 0.9, 0.8, 0.5].into_iter().find(|l| *l < lowest - 1e-3).unwrap_or(0.0);
    points.push((0.0, points.last().map_or(1.0, |p| p.1)));
    let percent = |tar: f64| format!("{:.1}%", 100.0 * tar);
    let y = Axis { low, high: 1.0, ticks: [low, (low + 1.0) / 2.0, 1.0].map(|t| (t, percent(t))).to_vec() };
    let names = ["1e-4", "1e-3", "1e-2", "0.1", "1"];
    let x =
        Axis { low: -4.0, high: 0.0, ticks: (-4..=0).map(f64::from).zip(names.map(str::to_owned)).collect() };
    let drawn = plot(&[Series { points, dotted: false }], &x, &y, 66, 10);
    format!("  TAR against FAR\n{drawn}")
}

/// A percentage with its interval, aligned.
fn row(name: &str, value: f64, interval: &Interval, note: &str) -> String {
    let range = format!("[{:.2} .. {:.2}]", 100.0 * interval.low, 100.0 * interval.high);
    format!("  {name:<18} {:>6.2}%  {range:<18} {note}", 100.0 * value).trim_end().to_owned()
}

/// A rate that may be small, with its interval.
fn rate(value: f64, interval: &Interval) -> String {
    format!("{} [{} .. {}]", short(value), short(interval.low), short(interval.high))
}

fn short(value: f64) -> String {
    match value {
        0.0 => "0".to_owned(),
        v if v < 1e-3 => format!("{v:.1e}"),
        v => format!("{:.2}%", 100.0 * v),
    }
}

/// 12345 as 12,345.
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(
            (thousands(7), thousands(1_234), thousands(29_648_850)),
            ("7".into(), "1,234".into(), "29,648,850".into())
        );
        assert_eq!((short(0.0), short(0.00005), short(0.01)), ("0".into(), "5.0e-5".into(), "1.00%".into()));
        let interval = Interval { low: 0.9921, high: 0.996 };
        assert_eq!(row("accuracy", 0.9943, &interval, ""), "  accuracy            99.43%  [99.21 .. 99.60]");
    }
}
