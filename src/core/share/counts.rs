//! Counts for health bureaus, with small cells suppressed.
//!
//! A cell of 1 to [`LIMIT`] - 1 patients is suppressed (primary suppression). The total of all must be taken as known: every
//! member sees how many records were looked at. So further cells are suppressed (complementary suppression), the
//! smallest first, until each small one could still have at least two values; the total of every row and column that
//! holds a suppressed cell is left out. Where that can't be reached, nothing is handed out. A test tries every way in
//! which the suppressed cells could be filled.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Subject, year};
use crate::core::record::Vital;

/// Fewer patients than this are not shown.
pub const LIMIT: u32 = 5;
/// The temperature that counts as fever, in thousandths of a degree Celsius (WHO: 38 °C and above).
pub const FEVER: i64 = 38_000;

/// What a table can be laid out by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dimension {
    /// Administrative gender.
    Gender,
    /// Five-year age band.
    Age,
    /// Year of a visit; a patient counts once in each.
    Year,
    /// Whether fever was measured in the period.
    Fever,
    /// All together.
    All,
}

impl Dimension {
    /// Every dimension with its word.
    pub const ALL: [(Dimension, &'static str); 5] = [
        (Dimension::Gender, "gender"),
        (Dimension::Age, "age"),
        (Dimension::Year, "year"),
        (Dimension::Fever, "fever"),
        (Dimension::All, "all"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(d, _)| *d == self).map_or("", |(_, w)| w)
    }

    /// The dimension of a word.
    pub fn from_word(w: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, x)| *x == w).map(|(d, _)| *d)
    }

    /// Where a patient belongs.
    fn of(self, s: &Subject) -> Vec<String> {
        let fever = |s: &Subject| {
            let all = s.visits.iter().flat_map(|(_, o)| o);
            all.into_iter().any(|o| o.vital == Vital::Temperature && o.milli >= FEVER)
        };
        match self {
            Dimension::Gender => vec![s.gender().into()],
            Dimension::Age => vec![s.band()],
            Dimension::Year => {
                let mut all: Vec<String> = s.visits.iter().map(|(at, _)| year(*at).to_string()).collect();
                all.sort();
                all.dedup();
                all
            }
            Dimension::Fever => vec![if fever(s) { "fever" } else { "no fever" }.into()],
            Dimension::All => vec!["all".into()],
        }
    }
}

/// How many patients fall where. Never shown as it is: see [`Table::publish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    rows: Vec<String>,
    columns: Vec<String>,
    cells: Vec<Vec<u32>>,
}

/// A table that may be handed out; a number that is none is suppressed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Headings of the rows.
    pub rows: Vec<String>,
    /// Headings of the columns.
    pub columns: Vec<String>,
    /// Row by row.
    pub cells: Vec<Vec<Option<u32>>>,
    /// Sum of each row.
    pub row_totals: Vec<Option<u32>>,
    /// Sum of each column.
    pub column_totals: Vec<Option<u32>>,
    /// Sum of all.
    pub total: u32,
}

impl Table {
    /// Counts patients with at least one visit.
    pub fn count(subjects: &[Subject], rows: Dimension, columns: Dimension) -> Self {
        let mut all: BTreeMap<(String, String), u32> = BTreeMap::new();
        for s in subjects.iter().filter(|s| !s.visits.is_empty()) {
            for r in rows.of(s) {
                for c in columns.of(s) {
                    *all.entry((r.clone(), c)).or_default() += 1;
                }
            }
        }
        let mut names: (Vec<String>, Vec<String>) = all.keys().cloned().unzip();
        names.1.sort();
        for n in [&mut names.0, &mut names.1] {
            n.dedup();
        }
        let at = |r: &String, c: &String| all.get(&(r.clone(), c.clone())).copied().unwrap_or(0);
        let cells = names.0.iter().map(|r| names.1.iter().map(|c| at(r, c)).collect()).collect();
        Self { rows: names.0, columns: names.1, cells }
    }

    /// What of it may be handed out; none: whatever was handed out would show how few there are.
    pub fn publish(&self) -> Option<Published> {
        let hidden = self.hidden()?;
        let shown = |r: usize, c: usize| (!hidden.contains(&(r, c))).then_some(self.cells[r][c]);
        let (height, width) = (self.rows.len(), self.columns.len());
        let cells: Vec<Vec<Option<u32>>> =
            (0..height).map(|r| (0..width).map(|c| shown(r, c)).collect()).collect();
        Some(Published {
            row_totals: cells.iter().map(|row| row.iter().copied().sum()).collect(),
            column_totals: (0..width).map(|c| cells.iter().map(|row| row[c]).sum()).collect(),
            total: self.cells.iter().flatten().sum(),
            cells,
            rows: self.rows.clone(),
            columns: self.columns.clone(),
        })
    }

    /// The cells that are suppressed.
    fn hidden(&self) -> Option<BTreeSet<(usize, usize)>> {
        let all = self.cells.iter().enumerate();
        let mut all: Vec<(u32, (usize, usize))> =
            all.flat_map(|(r, row)| row.iter().enumerate().map(move |(c, n)| (*n, (r, c)))).collect();
        all.sort_unstable();
        let small: Vec<_> = all.iter().filter(|(n, _)| (1..LIMIT).contains(n)).collect();
        let (k, mut sum) = (small.len() as u32, small.iter().map(|(n, _)| n).sum::<u32>());
        let mut hidden: BTreeSet<(usize, usize)> = small.iter().map(|(_, at)| *at).collect();
        if k == 0 || k >= 2 && sum > k && sum < k * (LIMIT - 1) {
            return Some(hidden);
        }
        // With m cells of at least LIMIT beside them, each small one can be 1 or 2 when so many are together in all.
        let mut m = 0;
        for (n, at) in all.iter().filter(|(n, _)| *n >= LIMIT) {
            hidden.insert(*at);
            (sum, m) = (sum + n, m + 1);
            if sum > k + LIMIT * m {
                return Some(hidden);
            }
        }
        None
    }
}

impl Published {
    /// As comma-separated values; what is suppressed is "*".
    pub fn csv(&self) -> String {
        let cell = |n: &Option<u32>| n.map_or_else(|| "*".to_owned(), |n| n.to_string());
        let line = |head: &str, cells: Vec<String>, last: String| {
            format!("{head},{}{}{last}\r\n", cells.join(","), if cells.is_empty() { "" } else { "," })
        };
        let mut out = line("", self.columns.clone(), "total".into());
        for ((head, cells), sum) in self.rows.iter().zip(&self.cells).zip(&self.row_totals) {
            out.push_str(&line(head, cells.iter().map(cell).collect(), cell(sum)));
        }
        out.push_str(&line("total", self.column_totals.iter().map(cell).collect(), self.total.to_string()));
        out
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(cells: Vec<Vec<u32>>) -> Table {
        let names = |n: usize| (0..n).map(|i| format!("n{i}")).collect();
        Table { rows: names(cells.len()), columns: names(cells.first().map_or(0, Vec::len)), cells }
    }

    /// Every value that each small cell can have, for somebody who knows all that is published, the rule, and even which of
    /// the suppressed cells are small.
    fn possible(t: &Table, p: &Published) -> Vec<BTreeSet<u32>> {
        let mut hidden: Vec<(usize, usize)> = Vec::new();
        for (r, row) in p.cells.iter().enumerate() {
            hidden.extend(row.iter().enumerate().filter(|(_, n)| n.is_none()).map(|(c, _)| (r, c)));
        }
        let is_small = |(r, c): &(usize, usize)| (1..LIMIT).contains(&t.cells[*r][*c]);
        let (small, large): (Vec<_>, Vec<_>) = hidden.into_iter().partition(is_small);
        let mut found = vec![BTreeSet::new(); small.len()];
        for way in 0..(LIMIT - 1).pow(small.len() as u32) {
            let values: Vec<u32> =
                (0..small.len()).map(|i| way / (LIMIT - 1).pow(i as u32) % (LIMIT - 1) + 1).collect();
            let known: u32 = p.cells.iter().flatten().flatten().sum();
            let left = p.total.checked_sub(known + values.iter().sum::<u32>());
            // What is left must fit into the others, each at least the limit.
            let fits = match (left, large.len() as u32) {
                (Some(0), 0) => true,
                (Some(left), m) => m > 0 && left >= m * LIMIT,
                (None, _) => false,
            };
            // A total that is shown beside a suppressed cell would say more.
            let row = |r: usize| small.iter().chain(&large).any(|(x, _)| *x == r);
            let column = |c: usize| small.iter().chain(&large).any(|(_, x)| *x == c);
            assert!(p.row_totals.iter().enumerate().all(|(r, t)| t.is_none() == row(r)));
            assert!(p.column_totals.iter().enumerate().all(|(c, t)| t.is_none() == column(c)));
            if fits {
                for (set, v) in found.iter_mut().zip(values) {
                    set.insert(v);
                }
            }
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]
        #[test]
        fn no_small_cell_is_shown_or_can_be_worked_out(
            cells in (1usize..4, 1usize..4).prop_flat_map(|(r, c)| {
                proptest::collection::vec(proptest::collection::vec(0u32..12, c..=c), r..=r)
            }),
        ) {
            let t = table(cells);
            let Some(p) = t.publish() else {
                // Only where the small ones are all there is, or next to nothing lies beside them.
                let large = t.cells.iter().flatten().filter(|n| **n > LIMIT).count();
                let small = t.cells.iter().flatten().filter(|n| (1..LIMIT).contains(*n)).count();
                prop_assert!(small > 0 && large == 0, "{t:?}");
                return Ok(());
            };
            for (shown, truth) in p.cells.iter().flatten().zip(t.cells.iter().flatten()) {
                prop_assert!(!(1..LIMIT).contains(truth) || shown.is_none());
                prop_assert!(shown.is_none_or(|n| n == *truth));
            }
            prop_assert_eq!(p.total, t.cells.iter().flatten().sum::<u32>());
            for set in possible(&t, &p) {
                prop_assert!(set.len() >= 2, "{p:?}");
            }
        }
    }

    #[test]
    fn a_small_cell_takes_others_with_it() {
        let t = table(vec![vec![7, 2], vec![9, 30]]);
        let p = t.publish().unwrap();
        assert_eq!(p.cells, [[None, None], [Some(9), Some(30)]]);
        assert_eq!((p.row_totals, p.column_totals, p.total), (vec![None, Some(39)], vec![None, None], 48));
        // Alone with the total, it would be told.
        let mut careless = t.publish().unwrap();
        careless.cells[0][0] = Some(7);
        careless.column_totals[0] = Some(16);
        assert_eq!(possible(&t, &careless)[0].len(), 1, "the attack works");
        // Two ones: their sum alone would tell both.
        assert_eq!(table(vec![vec![1, 1, 20]]).publish().unwrap().cells, [[None, None, None]]);
        assert_eq!(table(vec![vec![1, 3, 20]]).publish().unwrap().cells, [[None, None, Some(20)]]);
        assert_eq!(table(vec![vec![0, 20]]).publish().unwrap().row_totals, [Some(20)]);
        // Where nothing else is there, nothing is handed out.
        assert_eq!(table(vec![vec![2]]).publish(), None);
        assert_eq!(table(vec![vec![1, 5]]).publish(), None);
    }

    #[test]
    fn as_a_file() {
        let p = table(vec![vec![7, 2], vec![9, 30]]).publish().unwrap();
        assert_eq!(p.csv(), ",n0,n1,total\r\nn0,*,*,*\r\nn1,9,30,39\r\ntotal,*,*,48\r\n");
    }
}
