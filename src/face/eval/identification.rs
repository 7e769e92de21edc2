//! Searching a gallery (ISO/IEC 19795-1: one-to-many): who is it, closed set and open set.
//!
//! The first pictures of everybody who has more are enrolled, the others searched for. Closed set: the person searched
//! for is enrolled; rank 1 is right when their own template is the most alike. Open set: the same picture is searched
//! for once more among everybody else only, as a stranger's; so are all pictures of people who aren't enrolled.

use super::EvalError;
use super::extraction::Faces;
use super::interval::Interval;
use serde::Serialize;
use std::ops::Range;

/// What a search may answer in the open set.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct OpenSet {
    /// Score from which the most alike person is named.
    pub threshold: f32,
    /// False positive identification rate: strangers for whom somebody is named.
    pub fpir: f64,
    /// 95% interval (Wilson, over searches).
    pub fpir_interval: Interval,
    /// False negative identification rate: enrolled people who aren't named, or as somebody else.
    pub fnir: f64,
    /// 95% interval (Wilson, over searches).
    pub fnir_interval: Interval,
}

/// Figures of one gallery.
#[derive(Clone, Debug, Serialize)]
pub struct Identification {
    /// People enrolled.
    pub enrolled: usize,
    /// Templates of each.
    pub templates: usize,
    /// Searches for somebody who is enrolled.
    pub mated: u64,
    /// Searches for a stranger.
    pub nonmated: u64,
    /// Part of the mated searches whose most alike template is their own person's; those without a face are wrong.
    pub rank1: f64,
    /// 95% interval (Wilson, over searches).
    pub rank1_interval: Interval,
    /// At the given thresholds.
    pub at_threshold: Vec<OpenSet>,
    /// At the lowest threshold that keeps to a false positive identification rate, for each that the searches allow.
    pub at_fpir: Vec<OpenSet>,
    /// False positive identification rates asked for that the searches are too few for.
    pub unsupported_fpir: Vec<f64>,
}

/// The best score of a search among the own person's templates, and among the others'.
struct Search {
    own: Option<f32>,
    other: Option<f32>,
}

/// Enrols the first `templates` pictures of each person who has more, and searches for the rest.
///
/// # Errors
/// When fewer than two people have pictures enough.
pub fn identify(
    faces: &Faces,
    people: &[Range<usize>],
    templates: usize,
    thresholds: &[f32],
    fpirs: &[f64],
) -> Result<Identification, EvalError> {
    let is_enrolled = |range: &Range<usize>| range.len() > templates;
    let enrolled = people.iter().filter(|r| is_enrolled(r)).count();
    if enrolled < 2 || templates == 0 {
        return Err(EvalError::TooFew(
            "identification needs two people or more with more pictures than are enrolled of each: give a larger folder or a smaller --gallery",
        ));
    }
    let mut mated = Vec::new();
    let mut strangers: Vec<Option<f32>> = Vec::new();
    for (person, range) in people.iter().enumerate() {
        let first = if is_enrolled(range) { range.start + templates } else { range.start };
        for probe in first..range.end {
            let found = search(faces, people, templates, person, probe);
            strangers.push(found.other);
            if is_enrolled(range) {
                mated.push(found);
            }
        }
    }
    let right = mated.iter().filter(|s| is_right(s, f32::MIN)).count() as u64;
    let all = mated.len() as u64;
    let mut others: Vec<f32> = strangers.iter().flatten().copied().collect();
    others.sort_by(f32::total_cmp);
    let open = |threshold: f32| open_set(threshold, &mated, &others);
    let supported = |rate: &f64| others.len() as f64 * rate >= 3.0;
    let threshold_for = |rate: f64| {
        let most = (others.len() as f64 * rate) as usize;
        // Just above the first score that must not pass.
        others[others.len() - 1 - most.min(others.len() - 1)].next_up()
    };
    Ok(Identification {
        enrolled,
        templates,
        mated: all,
        nonmated: others.len() as u64,
        rank1: right as f64 / all as f64,
        rank1_interval: Interval::wilson(right, all),
        at_threshold: thresholds.iter().map(|t| open(*t)).collect(),
        at_fpir: fpirs.iter().filter(|r| supported(r)).map(|r| open(threshold_for(*r))).collect(),
        unsupported_fpir: fpirs.iter().copied().filter(|r| !supported(r)).collect(),
    })
}

fn search(faces: &Faces, people: &[Range<usize>], templates: usize, person: usize, probe: usize) -> Search {
    let mut found = Search { own: None, other: None };
    let Ok(face) = &faces[probe] else { return found };
    for (candidate, range) in people.iter().enumerate().filter(|(_, r)| r.len() > templates) {
        let enrolled = faces[range.start..range.start + templates].iter().flatten();
        let Some(best) = enrolled.map(|t| t.cosine(face)).max_by(f32::total_cmp) else { continue };
        let place = if candidate == person { &mut found.own } else { &mut found.other };
        *place = Some(place.map_or(best, |b| b.max(best)));
    }
    found
}

/// The own person is the most alike, and reaches the threshold.
fn is_right(search: &Search, threshold: f32) -> bool {
    search.own.is_some_and(|own| own >= threshold && search.other.is_none_or(|other| own > other))
}

/// `strangers` holds the best score of each stranger's search, sorted; failures to find a face are not in it.
fn open_set(threshold: f32, mated: &[Search], strangers: &[f32]) -> OpenSet {
    let named = (strangers.len() - strangers.partition_point(|s| *s < threshold)) as u64;
    let missed = mated.iter().filter(|s| !is_right(s, threshold)).count() as u64;
    let (all_strangers, all_mated) = (strangers.len() as u64, mated.len() as u64);
    OpenSet {
        threshold,
        fpir: named as f64 / all_strangers.max(1) as f64,
        fpir_interval: Interval::wilson(named, all_strangers),
        fnir: missed as f64 / all_mated.max(1) as f64,
        fnir_interval: Interval::wilson(missed, all_mated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::embed::Embedding;
    use crate::face::eval::extraction::Failure;
    use crate::face::eval::scores::tests::crowd;

    /// In the plane of the first two axes, at `degrees`.
    fn at(degrees: f32) -> Result<Embedding, Failure> {
        let mut values = [0.0; 128];
        (values[0], values[1]) = (degrees.to_radians().cos(), degrees.to_radians().sin());
        Ok(Embedding::new(values).unwrap())
    }

    #[test]
    fn closed_and_open_set_of_a_small_gallery() {
        // Two enrolled people at 0° and 90°; the second probe of the first is nearer to the second person.
        let faces = vec![at(0.0), at(10.0), at(60.0), at(90.0), at(95.0), Err(Failure::NoFace), at(180.0)];
        let people = [0..3, 3..6, 6..7];
        let cosine = |degrees: f32| degrees.to_radians().cos();
        let found = identify(&faces, &people, 1, &[cosine(20.0)], &[1e-3]).unwrap();
        assert_eq!((found.enrolled, found.mated, found.nonmated), (2, 4, 4));
        assert_eq!(found.rank1, 0.5);
        let open = found.at_threshold[0];
        // Strangers' best scores are those at 80°, 30°, 95° and 90°: none reaches 20°.
        assert_eq!((open.fpir, open.fnir), (0.0, 0.5));
        assert_eq!(identify(&faces, &people, 1, &[cosine(31.0)], &[]).unwrap().at_threshold[0].fpir, 0.25);
        assert_eq!((found.at_fpir.len(), found.unsupported_fpir), (0, vec![1e-3]));
    }

    #[test]
    fn a_rate_asked_for_is_kept_to() {
        let (faces, people) = crowd(60, 4);
        let found = identify(&faces, &people, 2, &[], &[0.1, 0.05]).unwrap();
        assert_eq!(found.at_fpir.len(), 2);
        for (open, rate) in found.at_fpir.iter().zip([0.1, 0.05]) {
            assert!(open.fpir <= rate && open.fpir > rate - 0.02, "{open:?}");
        }
        assert!(found.at_fpir[0].fnir <= found.at_fpir[1].fnir);
    }

    #[test]
    fn a_gallery_of_nobody_is_refused() {
        let (faces, people) = crowd(5, 2);
        for templates in [0, 2, 9] {
            assert!(identify(&faces, &people, templates, &[], &[]).is_err());
        }
    }
}
