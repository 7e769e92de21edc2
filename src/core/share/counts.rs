//! Counts for health bureaus, with small cells suppressed.
//!
//! A cell of 1 to [`LIMIT`] - 1 patients is suppressed. So that nothing published brings it back, the total of every row
//! and column that holds a suppressed cell is suppressed too, and the total of all unless each suppressed cell can still
//! have at least two values. A test tries every way in which the suppressed cells could be filled.

use std::collections::BTreeMap;

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

/// A table that may be handed out; none: suppressed.
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
    pub total: Option<u32>,
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

    /// What of it may be handed out.
    pub fn publish(&self) -> Published {
        let small = |n: &u32| (1..LIMIT).contains(n);
        let sum = |line: &[u32]| (!line.iter().any(small)).then(|| line.iter().sum());
        let column = |i: usize| self.cells.iter().filter_map(|r| r.get(i).copied()).collect::<Vec<u32>>();
        let hidden: Vec<u32> = self.cells.iter().flatten().filter(|n| small(n)).copied().collect();
        let (k, together) = (hidden.len() as u32, hidden.iter().sum::<u32>());
        // With k cells of 1 to LIMIT - 1 that sum to less than the most and more than the least, each can be two values.
        let safe = k == 0 || (k >= 2 && together > k && together < k * (LIMIT - 1));
        Published {
            cells: self.cells.iter().map(|r| r.iter().map(|n| (!small(n)).then_some(*n)).collect()).collect(),
            row_totals: self.cells.iter().map(|r| sum(r)).collect(),
            column_totals: (0..self.columns.len()).map(|i| sum(&column(i))).collect(),
            total: safe.then(|| self.cells.iter().flatten().sum()),
            rows: self.rows.clone(),
            columns: self.columns.clone(),
        }
    }
}

impl Published {
    /// As comma-separated values; a suppressed number is "<5", a suppressed total "-".
    pub fn csv(&self) -> String {
        let cell = |n: &Option<u32>| n.map_or_else(|| format!("<{LIMIT}"), |n| n.to_string());
        let total = |n: &Option<u32>| n.map_or_else(|| "-".to_owned(), |n| n.to_string());
        let line = |head: &str, cells: Vec<String>, last: String| {
            format!("{head},{}{}{last}\r\n", cells.join(","), if cells.is_empty() { "" } else { "," })
        };
        let mut out = line("", self.columns.clone(), "total".into());
        for ((head, cells), sum) in self.rows.iter().zip(&self.cells).zip(&self.row_totals) {
            out.push_str(&line(head, cells.iter().map(cell).collect(), total(sum)));
        }
        out.push_str(&line("total", self.column_totals.iter().map(total).collect(), total(&self.total)));
        out
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn table(cells: Vec<Vec<u32>>) -> Table {
        let names = |n: usize| (0..n).map(|i| format!("n{i}")).collect();
        Table { rows: names(cells.len()), columns: names(cells.first().map_or(0, Vec::len)), cells }
    }

    /// Every value that each suppressed cell can have, for somebody who knows all that is published and the rule.
    fn possible(p: &Published) -> Vec<BTreeSet<u32>> {
        let hidden: Vec<(usize, usize)> = p
            .cells
            .iter()
            .enumerate()
            .flat_map(|(r, row)| {
                row.iter().enumerate().filter(|(_, n)| n.is_none()).map(move |(c, _)| (r, c))
            })
            .collect();
        let mut found = vec![BTreeSet::new(); hidden.len()];
        let ways = (LIMIT - 1).pow(hidden.len() as u32);
        for way in 0..ways {
            let values: Vec<u32> =
                (0..hidden.len()).map(|i| way / (LIMIT - 1).pow(i as u32) % (LIMIT - 1) + 1).collect();
            let mut cells: Vec<Vec<u32>> =
                p.cells.iter().map(|r| r.iter().map(|n| n.unwrap_or(0)).collect()).collect();
            for ((r, c), v) in hidden.iter().zip(&values) {
                cells[*r][*c] = *v;
            }
            let row = |r: usize| cells[r].iter().sum::<u32>();
            let column = |c: usize| cells.iter().map(|r| r[c]).sum::<u32>();
            let fits = p.row_totals.iter().enumerate().all(|(i, t)| t.is_none_or(|t| t == row(i)))
                && p.column_totals.iter().enumerate().all(|(i, t)| t.is_none_or(|t| t == column(i)))
                && p.total.is_none_or(|t| t == cells.iter().flatten().sum::<u32>());
            if fits {
                for (set, v) in found.iter_mut().zip(values) {
                    set.insert(v);
                }
            }
        }
        found
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn no_small_cell_is_shown_or_can_be_worked_out(
            cells in (1usize..4, 1usize..4).prop_flat_map(|(r, c)| {
                proptest::collection::vec(proptest::collection::vec(0u32..12, c..=c), r..=r)
            }),
        ) {
            let t = table(cells);
            let p = t.publish();
            for (shown, truth) in p.cells.iter().flatten().zip(t.cells.iter().flatten()) {
                prop_assert!(shown.is_none() == (1..LIMIT).contains(truth));
                prop_assert!(shown.is_none_or(|n| n == *truth));
            }
            prop_assume!(p.cells.iter().flatten().filter(|n| n.is_none()).count() <= 8);
            for set in possible(&p) {
                prop_assert!(set.len() >= 2, "{p:?}");
            }
        }
    }

    #[test]
    fn the_attack_finds_what_a_careless_table_tells() {
        let t = table(vec![vec![7, 2], vec![9, 30]]);
        let mut p = t.publish();
        assert_eq!(p.cells[0][1], None);
        assert_eq!((p.row_totals[0], p.column_totals[1], p.total), (None, None, None));
        p.row_totals[0] = Some(9);
        assert_eq!(possible(&p)[0].len(), 1, "a shown row total gives the cell away");
        // Two ones: their sum alone would tell both.
        assert_eq!(table(vec![vec![1, 1, 20]]).publish().total, None);
        assert_eq!(table(vec![vec![1, 3, 20]]).publish().total, Some(24));
        assert_eq!(table(vec![vec![0, 20]]).publish().row_totals, [Some(20)]);
    }

    #[test]
    fn as_a_file() {
        let p = table(vec![vec![7, 2], vec![9, 30]]).publish();
        assert_eq!(p.csv(), ",n0,n1,total\r\nn0,7,<5,-\r\nn1,9,30,39\r\ntotal,16,-,-\r\n");
    }
}
