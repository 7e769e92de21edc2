//! Deciding between versions of a record that were written apart: field by field, left or right.

use std::collections::BTreeMap;

use crate::{core::id::VersionId, node::api::ConflictRow};

use super::model::Load;

/// The screen on which somebody decides.
#[derive(Debug)]
pub(crate) struct ConflictPage {
    /// The patient's records that were edited at two places at once.
    pub(crate) rows: Load<Vec<ConflictRow>>,
    /// The decision on the first of them, which is the one shown.
    pub(crate) decision: Option<Decision>,
    pub(crate) sending: bool,
}

impl Default for ConflictPage {
    fn default() -> Self {
        Self { rows: Load::Loading, decision: None, sending: false }
    }
}

/// One field in which versions differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    /// What each version says, in the order of the versions.
    pub(crate) says: Vec<String>,
    /// The version whose words are taken.
    pub(crate) taken: usize,
}

/// What was chosen so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) fields: Vec<Field>,
    pub(crate) selected: usize,
    /// The version on the right; the latest is always on the left.
    pub(crate) right: usize,
    versions: usize,
    /// Fields can be taken by themselves.
    by_field: bool,
}

impl Decision {
    /// Begins with what the latest version says.
    pub(crate) fn new(row: &ConflictRow) -> Self {
        let mut fields: BTreeMap<&str, Vec<Option<&str>>> = BTreeMap::new();
        let n = row.versions.len();
        for (i, v) in row.versions.iter().enumerate() {
            for d in &v.differences {
                let says = fields.entry(&d.field).or_insert_with(|| vec![None; n]);
                says[0] = Some(&d.first);
                says[i] = Some(&d.second);
            }
        }
        let field = |(name, says): (&str, Vec<Option<&str>>)| {
            let first = says.first().copied().flatten().unwrap_or("");
            let says = says.iter().map(|s| s.unwrap_or(first).to_owned()).collect();
            Field { name: name.to_owned(), says, taken: 0 }
        };
        let fields = fields.into_iter().map(field).collect();
        Self { fields, selected: 0, right: 1.min(n.saturating_sub(1)), versions: n, by_field: row.by_field }
    }

    /// Takes the selected field from this version; where fields don't stand for themselves, all of them.
    pub(crate) fn take(&mut self, version: usize) {
        if self.by_field {
            if let Some(f) = self.fields.get_mut(self.selected) {
                f.taken = version;
            }
        } else {
            self.fields.iter_mut().for_each(|f| f.taken = version);
        }
    }

    /// Shows another version on the right, where there are more than two.
    pub(crate) fn turn(&mut self) {
        if self.versions > 2 {
            self.right = self.right % (self.versions - 1) + 1;
        }
    }

    /// The version to keep, with the fields to take from others.
    pub(crate) fn outcome(&self, row: &ConflictRow) -> Option<(VersionId, Vec<(String, VersionId)>)> {
        let version = |i: usize| row.versions.get(i).map(|v| v.version);
        if !self.by_field {
            let taken = self.fields.first().map_or(0, |f| f.taken);
            return Some((version(taken)?, Vec::new()));
        }
        let take = self.fields.iter().filter(|f| f.taken != 0);
        let take = take.map(|f| Some((f.name.clone(), version(f.taken)?))).collect::<Option<_>>()?;
        Some((version(0)?, take))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        core::id::{PatientId, RecordId},
        node::api::{DifferenceRow, VersionRow},
    };

    fn row(by_field: bool, others: &[&[(&str, &str, &str)]]) -> ConflictRow {
        let version = |n: u8, d: &[(&str, &str, &str)]| VersionRow {
            version: VersionId([n; 16]),
            at: 0,
            author: String::new(),
            org: String::new(),
            believed: true,
            differences: d
                .iter()
                .map(|(f, a, b)| DifferenceRow {
                    field: (*f).into(),
                    first: (*a).into(),
                    second: (*b).into(),
                })
                .collect(),
        };
        let mut versions = vec![version(0, &[])];
        versions.extend((1..).zip(others).map(|(n, d)| version(n, d)));
        ConflictRow {
            patient: PatientId([1; 16]),
            record: RecordId([1; 16]),
            kind: "Encounter".into(),
            by_field,
            versions,
        }
    }

    #[test]
    fn fields_are_taken_one_by_one_from_any_version() {
        let r = row(
            true,
            &[&[("note", "rest", "sleep"), ("reason", "cough", "fever")], &[("note", "rest", "walk")]],
        );
        let mut d = Decision::new(&r);
        assert_eq!(d.fields[0].says, ["rest", "sleep", "walk"]);
        assert_eq!(d.fields[1].says, ["cough", "fever", "cough"], "the third says what the first says");
        assert_eq!(d.outcome(&r), Some((VersionId([0; 16]), Vec::new())));
        d.turn();
        assert_eq!(d.right, 2);
        d.take(d.right);
        d.selected = 1;
        d.turn();
        d.take(d.right);
        let take = vec![("note".to_string(), VersionId([2; 16])), ("reason".to_string(), VersionId([1; 16]))];
        assert_eq!(d.outcome(&r), Some((VersionId([0; 16]), take)));
        d.take(0);
        assert_eq!(d.outcome(&r).unwrap().1.len(), 1);
    }

    #[test]
    fn what_came_from_elsewhere_is_taken_whole() {
        let r = row(false, &[&[("a", "1", "2"), ("b", "1", "2")]]);
        let mut d = Decision::new(&r);
        d.take(1);
        assert!(d.fields.iter().all(|f| f.taken == 1));
        assert_eq!(d.outcome(&r), Some((VersionId([1; 16]), Vec::new())));
    }
}
