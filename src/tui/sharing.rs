//! What leaves for research, health bureaus and insurers: what is taken, and what came of it.

use jiff::tz::TimeZone;

use crate::{
    core::{
        governance::Role,
        id::{BlockId, PatientId},
        record::Compartment,
        rights::Shared,
        share::counts::Dimension,
    },
    node::api::{ClaimView, CountsTable, Layout, ShareAsk, Working},
};

use super::{
    form::{Form, Wrong, all_parts},
    subject::Subject,
    words::{Saying, dimension, role, say},
};

/// What can be taken, in the order of the screen.
pub(crate) const KINDS: [Shared; 3] = [Shared::Extract, Shared::Counts, Shared::Claim];
/// The most characters of a file's path.
pub(crate) const MAX_PATH: usize = 400;

/// The screen on which something is taken.
#[derive(Debug)]
pub(crate) struct SharePage {
    /// Whose claim it is; none: whose identifier is typed.
    pub(crate) subject: Option<Subject>,
    /// Which of [`KINDS`].
    pub(crate) selected: usize,
    pub(crate) form: Option<Form>,
    pub(crate) taken: Taken,
    /// The line of what was taken.
    pub(crate) row: usize,
}

/// What was taken last. Its decision is on the ledger.
#[derive(Debug)]
pub(crate) enum Taken {
    Nothing,
    /// It is being taken; how far that is, once it is known.
    Running(Shared, Option<Working>),
    Extract(Extracted),
    Counts(Box<CountsTable>),
    Claim(Box<ClaimView>),
}

/// An extract that was written to a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Extracted {
    pub(crate) path: String,
    pub(crate) patients: u32,
    /// Measurements.
    pub(crate) rows: u32,
    pub(crate) recorded: BlockId,
    pub(crate) because: Vec<String>,
}

/// What the form asks the node for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Extract(ShareAsk, String),
    Counts(ShareAsk, Layout),
    Claim(PatientId, ShareAsk),
    /// The counts that are shown, as a file.
    File(String, String),
}

/// The roles to which policies give this, unless a consortium decides otherwise.
fn usual(what: Shared) -> &'static [Role] {
    match what {
        Shared::Extract => &[Role::Researcher],
        Shared::Counts => &[Role::Bureau, Role::Admin],
        Shared::Claim => &[Role::Insurer],
    }
}

/// What it is called.
pub(crate) fn kind(what: Shared) -> &'static str {
    match what {
        Shared::Extract => "share-extract",
        Shared::Counts => "share-counts",
        Shared::Claim => "share-claim",
    }
}

/// Who has it.
pub(crate) fn whose(what: Shared) -> &'static str {
    match what {
        Shared::Extract => "share-who-extract",
        Shared::Counts => "share-who-counts",
        Shared::Claim => "share-who-claim",
    }
}

/// What it holds and what it leaves out.
pub(crate) fn explained(what: Shared) -> &'static str {
    match what {
        Shared::Extract => "share-what-extract",
        Shared::Counts => "share-what-counts",
        Shared::Claim => "share-what-claim",
    }
}

/// Who has it, for somebody of a role that doesn't; the node judges by the policy in force.
pub(crate) fn not_yours(what: Shared, own: Role) -> Option<Saying> {
    (!usual(what).contains(&own))
        .then(|| say!("share-not-yours", role = Saying::from(role(own)), who = Saying::from(whose(what))))
}

impl SharePage {
    pub(crate) fn new(subject: Option<Subject>) -> Self {
        Self { subject, selected: 0, form: None, taken: Taken::Nothing, row: 0 }
    }

    /// Which is selected.
    pub(crate) fn what(&self) -> Shared {
        KINDS[self.selected.min(KINDS.len() - 1)]
    }

    /// The form, which waits while what it asks for is being taken.
    pub(crate) fn form(&self) -> Option<&Form> {
        self.form.as_ref().filter(|_| !matches!(self.taken, Taken::Running(..)))
    }

    /// The same, to be filled in.
    pub(crate) fn form_mut(&mut self) -> Option<&mut Form> {
        self.form.as_mut().filter(|_| !matches!(self.taken, Taken::Running(..)))
    }

    /// Lines of what was taken.
    pub(crate) fn lines(&self) -> usize {
        match &self.taken {
            Taken::Nothing | Taken::Running(..) | Taken::Extract(_) => 0,
            Taken::Counts(c) => Shown::new(c).rows.len(),
            Taken::Claim(v) => v.visits.len(),
        }
    }

    /// The form for what is selected, as somebody of this role sees it.
    pub(crate) fn ask_form(&self, own: Role) -> Form {
        let what = self.what();
        let title: Saying = match (what, &self.subject) {
            (Shared::Claim, Some(s)) => say!("share-claim-about", name = &s.name),
            _ => kind(what).into(),
        };
        let form = Form::new(title, explained(what)).warn(not_yours(what, own));
        let form = match what {
            Shared::Counts => {
                let all = || Dimension::ALL.map(|(d, _)| dimension(d).into()).to_vec();
                // Age by gender to begin with.
                form.choice("share-rows", all()).with(1).choice("share-columns", all())
            }
            Shared::Claim if self.subject.is_none() => form.patient_field(),
            _ => form,
        };
        let form = form.parts(&all_parts(), |c| c == Compartment::General);
        match what {
            Shared::Extract => form.period("share-from-hint", "share-to-hint").text(
                "share-file",
                MAX_PATH,
                "share-file-hint",
            ),
            Shared::Counts => form.period("share-from-hint", "share-to-hint"),
            Shared::Claim => form.period("share-day-hint", "share-day-hint"),
        }
    }

    /// The form that writes counts to a file.
    pub(crate) fn file_form() -> Form {
        Form::new("share-write-title", "share-write-what").text("share-file", MAX_PATH, "share-file-hint")
    }

    /// What the form asks for; `zone` is that of its days. The error names the field to go to.
    pub(crate) fn wanted(&self, form: &Form, zone: &TimeZone) -> Result<Wanted, Wrong> {
        if let Taken::Counts(c) = &self.taken {
            return Ok(Wanted::File(path(form, 0)?, c.table.csv()));
        }
        let what = self.what();
        let first = match what {
            Shared::Counts => 2,
            Shared::Claim if self.subject.is_none() => 1,
            _ => 0,
        };
        let compartments = form.marked(first, &all_parts())?;
        let period = first + all_parts().len();
        let (from, until) = form.days(period, zone)?;
        let ask = ShareAsk { compartments, from, until };
        let along = |field: usize| Dimension::ALL[form.chosen(field) % Dimension::ALL.len()].0;
        match what {
            Shared::Extract => Ok(Wanted::Extract(ask, path(form, period + 2)?)),
            Shared::Counts if form.chosen(0) == form.chosen(1) => Err((1, "share-same".into())),
            Shared::Counts => Ok(Wanted::Counts(ask, Layout { rows: along(0), columns: along(1) })),
            Shared::Claim => {
                let patient = match &self.subject {
                    Some(s) => s.id,
                    None => form.patient(0)?,
                };
                for field in [period, period + 1] {
                    if form.typed(field).is_empty() {
                        return Err((field, "share-no-period".into()));
                    }
                }
                Ok(Wanted::Claim(patient, ask))
            }
        }
    }
}

fn path(form: &Form, field: usize) -> Result<String, Wrong> {
    form.typed_if_any(field).ok_or_else(|| (field, "share-no-file".into()))
}

/// Counts as the screen lays them out: what has more headings goes down, because a screen is higher than it is wide.
pub(crate) struct Shown {
    pub(crate) columns: Vec<String>,
    /// Heading, cells, sum; a number that is none is suppressed.
    pub(crate) rows: Vec<(String, Vec<Option<u32>>, Option<u32>)>,
    pub(crate) sums: Vec<Option<u32>>,
}

impl Shown {
    pub(crate) fn new(c: &CountsTable) -> Self {
        let t = &c.table;
        let turned = t.columns.len() > t.rows.len();
        let (down, across) = if turned { (&t.columns, &t.rows) } else { (&t.rows, &t.columns) };
        let (right, below) =
            if turned { (&t.column_totals, &t.row_totals) } else { (&t.row_totals, &t.column_totals) };
        let cell = |r: usize, c: usize| {
            let (r, c) = if turned { (c, r) } else { (r, c) };
            t.cells.get(r).and_then(|row| row.get(c)).copied().flatten()
        };
        let row = |(r, head): (usize, &String)| {
            let cells = (0..across.len()).map(|c| cell(r, c)).collect();
            (head.clone(), cells, right.get(r).copied().flatten())
        };
        Self {
            columns: across.clone(),
            rows: down.iter().enumerate().map(row).collect(),
            sums: below.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        policy::{Ask, Policies},
        share::counts::Published,
    };

    #[test]
    fn who_has_what_is_what_the_first_policies_say() {
        for what in KINDS {
            for (role, _) in Role::ALL {
                let ask = Ask {
                    role,
                    action: what.action(),
                    purpose: what.purpose(),
                    own: true,
                    granted: true,
                    proven: true,
                    opted_out: false,
                };
                let allowed = Policies::default_set().decide(&ask).allow;
                assert_eq!(allowed, not_yours(what, role).is_none(), "{what:?} {role:?}");
            }
        }
    }

    #[test]
    fn the_longer_side_of_a_table_goes_down() {
        let table = Published {
            rows: vec!["female".into()],
            columns: vec!["0-4".into(), "5-9".into()],
            cells: vec![vec![Some(7), None]],
            row_totals: vec![None],
            column_totals: vec![Some(7), None],
            total: 12,
        };
        let s = Shown::new(&CountsTable { table, recorded: BlockId([1; 32]), because: Vec::new() });
        assert_eq!(s.columns, ["female"]);
        assert_eq!(s.rows[0], ("0-4".into(), vec![Some(7)], Some(7)));
        assert_eq!(s.rows[1], ("5-9".into(), vec![None], None));
        assert_eq!(s.sums, [None]);
    }
}
