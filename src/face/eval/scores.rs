//! Scores of many pairs in bounded memory: histograms of all, and coarser ones of each person.

use super::extraction::{Faces, threads};
use crate::nn::sface::DIMENSIONS;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use zeroize::Zeroizing;

/// Cells of the histograms of all pairs, which divide −1..1.
pub const BINS: usize = 40_000;
const PER_UNIT: f32 = BINS as f32 / 2.0;
/// Cells of a person's histogram: 0.005 wide from −0.2 up to 1; what is lower counts as −0.2.
pub(super) const COARSE: usize = 240;
const COARSE_WIDTH: usize = BINS / 400;
const COARSE_FIRST: usize = BINS * 2 / 5;
/// Embeddings multiplied at a time: they fill four vector registers of any processor with 64 bits.
const LANES: usize = 16;
/// Pictures whose scores are counted before the next block of people is taken.
const BLOCK: usize = 64;

/// The cell of a score.
fn bin(score: f32) -> usize {
    // Casting saturates, so that rounding below −1 gives cell 0.
    (((score + 1.0) * PER_UNIT) as usize).min(BINS - 1)
}

fn coarse(bin: usize) -> usize {
    (bin.saturating_sub(COARSE_FIRST) / COARSE_WIDTH).min(COARSE - 1)
}

/// The lowest score of a cell.
pub(super) fn score_of(bin: usize) -> f32 {
    bin as f32 / PER_UNIT - 1.0
}

/// The pairs that one person is in. A pair of two people is in both people's.
#[derive(Clone, Debug)]
pub(super) struct OwnPairs {
    /// Matched pairs by score.
    pub(super) same: [u64; COARSE],
    /// Mismatched pairs by score.
    pub(super) different: [u64; COARSE],
    /// Matched pairs without a score, because no face was found.
    pub(super) missed: u64,
}

impl OwnPairs {
    const NONE: Self = Self { same: [0; COARSE], different: [0; COARSE], missed: 0 };
}

/// The scores of pairs.
#[derive(Clone, Debug)]
pub struct Scores {
    /// Matched pairs by score.
    pub(super) same: Vec<u64>,
    /// Mismatched pairs by score.
    pub(super) different: Vec<u64>,
    /// Matched pairs without a score.
    pub(super) missed: u64,
    /// Mismatched pairs without a score.
    pub(super) void: u64,
    /// Each person's.
    pub(super) people: Vec<OwnPairs>,
}

impl Scores {
    fn none(people: usize) -> Self {
        Self {
            same: vec![0; BINS],
            different: vec![0; BINS],
            missed: 0,
            void: 0,
            people: vec![OwnPairs::NONE; people],
        }
    }

    /// Compares the given pairs of `faces`, the person of face `i` being `owners[i]`.
    ///
    /// # Panics
    /// If a pair names a face that isn't there, or a face has no owner.
    pub fn of_pairs(faces: &Faces, owners: &[usize], pairs: &[[usize; 2]]) -> Self {
        let mut scores = Self::none(owners.iter().max().map_or(0, |last| last + 1));
        for &[a, b] in pairs {
            let same = owners[a] == owners[b];
            match (&faces[a], &faces[b]) {
                (Ok(one), Ok(other)) => {
                    let bin = bin(one.cosine(other));
                    if same {
                        scores.same[bin] += 1;
                        scores.people[owners[a]].same[coarse(bin)] += 1;
                    } else {
                        scores.different[bin] += 1;
                        for i in [a, b] {
                            scores.people[owners[i]].different[coarse(bin)] += 1;
                        }
                    }
                }
                _ if same => {
                    scores.missed += 1;
                    scores.people[owners[a]].missed += 1;
                }
                _ => scores.void += 1,
            }
        }
        scores
    }

    /// Compares every pair of `faces`; those of person `p` are `people[p]`, one person after the other. `done` is called
    /// with the number of people done so far, from several threads.
    ///
    /// # Panics
    /// If `people` doesn't cover `faces` in order.
    pub fn of_all_pairs(faces: &Faces, people: &[Range<usize>], done: &(dyn Fn(usize) + Sync)) -> Self {
        let table = Table::new(faces, people);
        // A block takes whole people, so that each person's histogram has one writer.
        let (mut blocks, mut held) = (vec![0], 0);
        for (person, pictures) in people.iter().enumerate() {
            if held > 0 && held + pictures.len() > BLOCK {
                blocks.push(person);
                held = 0;
            }
            held += pictures.len();
        }
        let (next, finished) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = || {
            let mut part = Self::none(people.len());
            loop {
                let i = next.fetch_add(1, Ordering::Relaxed);
                let Some(&first) = blocks.get(i) else { return part };
                let last = blocks.get(i + 1).copied().unwrap_or(people.len());
                table.count(first..last, &mut part);
                done(finished.fetch_add(last - first, Ordering::Relaxed) + last - first);
            }
        };
        let mut scores = Self::none(people.len());
        std::thread::scope(|scope| {
            let running: Vec<_> = (0..threads().min(blocks.len())).map(|_| scope.spawn(work)).collect();
            for thread in running {
                scores.add(&thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
            }
        });
        scores.count_failures(faces, people);
        scores
    }

    /// Pairs of which a picture gave no face.
    fn count_failures(&mut self, faces: &Faces, people: &[Range<usize>]) {
        let pairs = |n: u64| n * n.saturating_sub(1) / 2;
        let found = |range: &Range<usize>| faces[range.clone()].iter().filter(|f| f.is_ok()).count() as u64;
        for (p, pictures) in people.iter().enumerate() {
            self.people[p].missed = pairs(pictures.len() as u64) - pairs(found(pictures));
            self.missed += self.people[p].missed;
        }
        let within =
            |count: &dyn Fn(&Range<usize>) -> u64| people.iter().map(|r| pairs(count(r))).sum::<u64>();
        let total = pairs(faces.len() as u64) - within(&|r| r.len() as u64);
        let scored = pairs(found(&(0..faces.len()))) - within(&found);
        self.void = total - scored;
    }

    fn add(&mut self, other: &Self) {
        let sum = |to: &mut [u64], from: &[u64]| to.iter_mut().zip(from).for_each(|(t, f)| *t += f);
        sum(&mut self.same, &other.same);
        sum(&mut self.different, &other.different);
        for (own, more) in self.people.iter_mut().zip(&other.people) {
            sum(&mut own.same, &more.same);
            sum(&mut own.different, &more.different);
        }
    }
}

/// All embeddings, laid out for multiplication.
struct Table {
    /// Faces that were found, row by row.
    rows: Zeroizing<Vec<[f32; DIMENSIONS]>>,
    /// The same, [`LANES`] at a time, coordinate by coordinate.
    panels: Zeroizing<Vec<[f32; LANES]>>,
    /// Whose each row is; filled up to whole panels with nobody.
    owners: Vec<usize>,
    /// The rows of each person.
    people: Vec<Range<usize>>,
}

impl Table {
    fn new(faces: &Faces, people: &[Range<usize>]) -> Self {
        assert_eq!(people.last().map_or(0, |r| r.end), faces.len(), "everybody's pictures, in order");
        let mut table = Self {
            rows: Zeroizing::new(Vec::with_capacity(faces.len())),
            panels: Zeroizing::new(Vec::new()),
            owners: Vec::new(),
            people: Vec::new(),
        };
        for (p, pictures) in people.iter().enumerate() {
            let first = table.rows.len();
            for face in faces[pictures.clone()].iter().flatten() {
                table.rows.push(*face.values());
                table.owners.push(p);
            }
            table.people.push(first..table.rows.len());
        }
        let panels = table.rows.len().div_ceil(LANES);
        table.owners.resize(panels * LANES, usize::MAX);
        table.panels.resize(panels * DIMENSIONS, [0.0; LANES]);
        for (i, row) in table.rows.iter().enumerate() {
            for (k, value) in row.iter().enumerate() {
                table.panels[i / LANES * DIMENSIONS + k][i % LANES] = *value;
            }
        }
        table
    }

    /// Counts the pairs of the people `block` with everybody: a mismatched pair is met twice, once from either side, and
    /// counted for all once.
    fn count(&self, block: Range<usize>, scores: &mut Scores) {
        let rows = self.people[block.start].start..self.people[block.end - 1].end;
        for (panel, columns) in self.panels.chunks_exact(DIMENSIONS).enumerate() {
            let owners = &self.owners[panel * LANES..][..LANES];
            for row in rows.clone() {
                let own = self.owners[row];
                let person = &mut scores.people[own];
                let products = products(&self.rows[row], columns);
                for (lane, (score, other)) in products.into_iter().zip(owners).enumerate() {
                    let (column, bin) = (panel * LANES + lane, bin(score));
                    if *other == own {
                        if column < row {
                            scores.same[bin] += 1;
                            person.same[coarse(bin)] += 1;
                        }
                    } else if *other != usize::MAX {
                        person.different[coarse(bin)] += 1;
                        if column < row {
                            scores.different[bin] += 1;
                        }
                    }
                }
            }
        }
    }
}

fn products(row: &[f32; DIMENSIONS], columns: &[[f32; LANES]]) -> [f32; LANES] {
    let mut sums = [0.0; LANES];
    for (value, lanes) in row.iter().zip(columns) {
        for (sum, lane) in sums.iter_mut().zip(lanes) {
            *sum += value * lane;
        }
    }
    sums
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::face::embed::Embedding;
    use crate::face::eval::extraction::Failure;
    use crate::testing::noise;

    /// `people` people with `each` pictures around a direction of their own, every seventh of which failed.
    pub(in crate::face::eval) fn crowd(people: usize, each: usize) -> (Faces, Vec<Range<usize>>) {
        let mut faces = Faces::new();
        for p in 0..people {
            let own = noise(DIMENSIONS, p as u64 + 1);
            for _ in 0..each {
                let own = own.iter().zip(noise(DIMENSIONS, 1_000 + faces.len() as u64));
                let values: Vec<f32> = own.map(|(o, n)| o + n).collect();
                let face = Embedding::new(values.try_into().unwrap()).ok_or(Failure::NoFace);
                faces.push(if faces.len() % 7 == 6 { Err(Failure::NoFace) } else { face });
            }
        }
        (faces, (0..people).map(|p| p * each..(p + 1) * each).collect())
    }

    /// The blockwise count is that of the pairs one by one, up to a rounding that moves a score into the next cell.
    #[test]
    fn all_pairs_at_once_as_one_by_one() {
        let (faces, people) = crowd(40, 5);
        let owners: Vec<usize> = (0..faces.len()).map(|i| i / 5).collect();
        let pairs: Vec<_> = (0..faces.len()).flat_map(|i| (0..i).map(move |j| [i, j])).collect();
        let expected = Scores::of_pairs(&faces, &owners, &pairs);
        let found = Scores::of_all_pairs(&faces, &people, &|_| ());
        assert_eq!((found.missed, found.void), (expected.missed, expected.void));
        assert!(found.missed > 0 && found.void > 0);
        let cumulated = |bins: &[u64]| -> Vec<u64> {
            bins.iter()
                .scan(0, |sum, n| {
                    *sum += n;
                    Some(*sum)
                })
                .collect()
        };
        let near = |a: &[u64], b: &[u64]| {
            let (a, b) = (cumulated(a), cumulated(b));
            assert_eq!(a.last(), b.last());
            assert!((1..a.len()).all(|i| a[i] + 2 >= b[i - 1] && b[i] + 2 >= a[i - 1]));
        };
        near(&found.same, &expected.same);
        near(&found.different, &expected.different);
        for (a, b) in found.people.iter().zip(&expected.people) {
            near(&a.same, &b.same);
            near(&a.different, &b.different);
            assert_eq!(a.missed, b.missed);
        }
    }

    #[test]
    fn cells_cover_all_scores() {
        assert_eq!((bin(-1.0), bin(-1.5), bin(1.0), bin(2.0)), (0, 0, BINS - 1, BINS - 1));
        assert_eq!((bin(0.0), score_of(BINS / 2)), (BINS / 2, 0.0));
        assert_eq!((coarse(0), coarse(bin(-0.2)), coarse(BINS - 1)), (0, 0, COARSE - 1));
        assert_eq!(coarse(bin(0.001)), 40);
    }
}
