//! How long records are kept: the schedule in force, what is due under it, and who is held whatever it says.

use crate::{
    core::{
        id::PatientId,
        retention::{Rule, Schedule, Series},
    },
    node::api::{ArchivePlan, HoldRow, RetentionView, Working},
};

use super::{
    desk_calls::NewSchedule,
    form::{Form, Wrong},
    model::Load,
    sharing::MAX_PATH,
    subject::Subject,
    words::{Saying, say},
};

/// The most characters of a reason.
const REASON: usize = 200;

/// The screen.
#[derive(Debug)]
pub(crate) struct RetentionPage {
    /// Who would be held; none: whose identifier is typed.
    pub(crate) subject: Option<Subject>,
    pub(crate) view: Load<RetentionView>,
    /// The line among those who are held.
    pub(crate) selected: usize,
    pub(crate) due: Due,
    /// The first line of what is due that is shown.
    pub(crate) row: usize,
    pub(crate) dialog: KeepDialog,
}

/// What is due, as far as somebody looked.
#[derive(Debug)]
pub(crate) enum Due {
    Unknown,
    /// All records are looked through; how far that is. True: what is due is archived.
    Looking(bool, Option<Working>),
    /// Long work that was under way when this was opened.
    Found(Working),
    Known(Box<ArchivePlan>),
}

/// What is open over it.
#[derive(Debug)]
pub(crate) enum KeepDialog {
    None,
    /// The file of a schedule.
    File(Box<Form>),
    /// The schedule that was read: it is adopted, or not.
    Adopt(String, Box<Form>),
    Hold(Box<Form>),
    Release(PatientId, Box<Form>),
    /// Archive what is due?
    Archive,
}

/// What a form is sent for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    Read(String),
    /// The schedule that comes with Aidpost is shown.
    Shipped,
    Adopt(String),
    Hold(PatientId, String),
    Release(PatientId, String),
}

/// How long each series is kept, in words.
pub(crate) fn rules(s: &Schedule) -> Vec<Saying> {
    Series::ALL.iter().map(|(which, _)| rule(*which, s.rule(*which))).collect()
}

fn rule(which: Series, r: Rule) -> Saying {
    let what = Saying::from(series(which));
    let archive = r.archive.map_or_else(|| "keep-never".into(), |n| say!("keep-after", n = u64::from(n)));
    let keep = r.keep.map_or_else(|| "keep-for-ever".into(), |n| say!("keep-for", n = u64::from(n)));
    match r.child {
        Some(age) => {
            say!("keep-rule-child", what = what, archive = archive, keep = keep, age = u64::from(age))
        }
        None => say!("keep-rule", what = what, archive = archive, keep = keep),
    }
}

/// The message with the name of a series.
pub(crate) fn series(s: Series) -> &'static str {
    match s {
        Series::Care => "series-care",
        Series::Sensitive => "series-sensitive",
        Series::Immunizations => "series-immunizations",
        Series::Billing => "series-billing",
        Series::Attachments => "series-attachments",
        Series::Audit => "series-audit",
    }
}

impl RetentionPage {
    pub(crate) fn new(subject: Option<Subject>) -> Self {
        let (view, due) = (Load::Loading, Due::Unknown);
        Self { subject, view, selected: 0, due, row: 0, dialog: KeepDialog::None }
    }

    pub(crate) fn holds(&self) -> &[HoldRow] {
        self.view.ready().map_or(&[], |v| &v.holds)
    }

    /// How far what is due can be scrolled at most: the view goes no further than there is something to see.
    pub(crate) fn most(&self) -> usize {
        match &self.due {
            Due::Known(p) => 8 + p.archive.len() + p.past.len(),
            Due::Unknown | Due::Looking(..) | Due::Found(_) => 0,
        }
    }

    /// Long work is under way.
    pub(crate) fn looking(&self) -> bool {
        matches!(self.due, Due::Looking(..) | Due::Found(_))
    }

    pub(crate) fn form(&self) -> Option<&Form> {
        match &self.dialog {
            KeepDialog::File(f)
            | KeepDialog::Adopt(_, f)
            | KeepDialog::Hold(f)
            | KeepDialog::Release(_, f) => Some(f),
            KeepDialog::None | KeepDialog::Archive => None,
        }
    }

    pub(crate) fn form_mut(&mut self) -> Option<&mut Form> {
        match &mut self.dialog {
            KeepDialog::File(f)
            | KeepDialog::Adopt(_, f)
            | KeepDialog::Hold(f)
            | KeepDialog::Release(_, f) => Some(f),
            KeepDialog::None | KeepDialog::Archive => None,
        }
    }

    /// Asks for the file of a schedule.
    pub(crate) fn file_form() -> KeepDialog {
        let form = Form::new("keep-file-title", "keep-file-what");
        KeepDialog::File(Box::new(form.text("join-file", MAX_PATH, "keep-file-hint")))
    }

    /// Asks whether the schedule that was read is adopted.
    pub(crate) fn adopt_form(new: NewSchedule) -> KeepDialog {
        let what = say!("keep-adopt-what", path = &new.path, name = &new.name);
        let rules = Schedule::parse(&new.text).map(|s| rules(&s)).unwrap_or_default();
        KeepDialog::Adopt(new.text, Box::new(Form::new("keep-adopt-title", what).about(rules)))
    }

    /// Asks why somebody is held.
    pub(crate) fn hold_form(&self) -> KeepDialog {
        let form = match &self.subject {
            Some(s) => Form::new(say!("keep-hold-of", name = &s.name), "keep-hold-what"),
            None => Form::new("keep-hold-title", "keep-hold-what").patient_field(),
        };
        KeepDialog::Hold(Box::new(form.text("keep-why", REASON, "keep-why-hint")))
    }

    /// Asks why somebody is held no longer.
    pub(crate) fn release_form(patient: PatientId) -> KeepDialog {
        let form = Form::new(say!("keep-release-title", sign = patient.short()), "keep-release-what");
        KeepDialog::Release(patient, Box::new(form.text("keep-why", REASON, "keep-why-hint")))
    }

    /// What the form is sent for; none: there is none. The error names the field to go to.
    pub(crate) fn asked(&self) -> Option<Result<Keep, Wrong>> {
        let why = |f: &Form, at: usize| f.typed_if_any(at).ok_or_else(|| (at, "keep-no-why".into()));
        Some(match &self.dialog {
            KeepDialog::None | KeepDialog::Archive => return None,
            KeepDialog::File(f) => Ok(f.typed_if_any(0).map_or(Keep::Shipped, Keep::Read)),
            KeepDialog::Adopt(text, _) => Ok(Keep::Adopt(text.clone())),
            KeepDialog::Release(patient, f) => why(f, 0).map(|w| Keep::Release(*patient, w)),
            KeepDialog::Hold(f) => match &self.subject {
                Some(s) => why(f, 0).map(|w| Keep::Hold(s.id, w)),
                None => f.patient(0).and_then(|id| why(f, 1).map(|w| Keep::Hold(id, w))),
            },
        })
    }
}
