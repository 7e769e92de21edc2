//! Papers, lists and files: what leaves for the printer or a file, and what comes in from one.

use std::path::Path;

use crate::{
    core::id::{PatientId, RecordId},
    jobs::{At, Bad, Job, List, Phase, Report},
    node::api::{ExportForm, Exported, VisitRow},
};

use super::{
    form::{Form, Wrong},
    listed::{Listed, listed},
    sharing::MAX_PATH,
    subject::Subject,
    words::{Arg, Saying, say},
};

/// The most characters of what a referral says.
const MAX_WORDS: usize = 500;

/// What can be done, in the order of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Visit,
    Referral,
    Card,
    Record,
    Summary,
    List(List),
    FhirIn,
    PatientsIn,
    VisitsIn,
}

pub(crate) const KINDS: [Kind; 11] = [
    Kind::Visit,
    Kind::Referral,
    Kind::Card,
    Kind::Record,
    Kind::Summary,
    Kind::List(List::Patients),
    Kind::List(List::Visits),
    Kind::List(List::Accesses),
    Kind::FhirIn,
    Kind::PatientsIn,
    Kind::VisitsIn,
];

/// A paper.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Paper {
    /// A visit; the latest without a record.
    Visit(PatientId, Option<RecordId>),
    Referral {
        patient: PatientId,
        whom: String,
        reason: String,
        note: String,
        urgent: bool,
    },
    /// A card, from the file with its picture or text.
    Card(String),
}

/// Where a paper goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// A new PDF file.
    File(String),
    /// A printer of this machine; the usual one without a name.
    Printer(String),
}

/// Long work that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Begin {
    /// A list of these patients, or of all, into a new file.
    List(List, Option<Vec<PatientId>>, String),
    /// A file or a folder, of this sender.
    FhirIn(String, String),
    /// A list; true: also who is likely here already.
    PatientsIn(String, bool),
    VisitsIn(String),
}

/// What a form asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Print(Paper, To),
    /// A record as a file in this folder.
    Export(PatientId, ExportForm, String),
    Begin(Begin),
}

impl Wanted {
    /// The node wants a PIN or passphrase for it.
    pub(crate) fn needs_proof(&self) -> bool {
        !matches!(
            self,
            Wanted::Print(Paper::Card(_), _)
                | Wanted::Begin(Begin::List(List::Accesses, ..) | Begin::PatientsIn(..) | Begin::VisitsIn(_))
        )
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Outcome {
    Printed(To, usize),
    Exported(Exported),
    /// A list of so many lines.
    Listed(String, usize),
    Took(Report),
    /// Lines read, and what was new of them.
    Lines {
        read: usize,
        new: usize,
    },
    /// Nothing was taken: these lines stand in the way.
    Refused(Bad),
    /// It was stopped; what was done by then is done.
    Stopped(Box<Job>),
}

impl Outcome {
    /// How far it can be scrolled at most: the view goes no further than there is something to see.
    pub(crate) fn most(&self) -> usize {
        // What is told takes two lines each where there is little room.
        2 * match self {
            Outcome::Printed(..) | Outcome::Listed(..) | Outcome::Lines { .. } => 0,
            Outcome::Exported(e) => e.unreadable.len(),
            Outcome::Took(r) => r.kinds.len() + r.refused.len(),
            Outcome::Refused(bad) => bad.len(),
            Outcome::Stopped(job) => match &**job {
                Job::FhirIn(j) => j.report().refused.len(),
                _ => 0,
            },
        }
    }
}

/// Where the screen stands.
#[derive(Debug)]
pub(crate) enum Stage {
    Choosing,
    /// Work is under way; it ends with the piece that is being done, if that was asked for.
    Running {
        at: At,
        stop: bool,
    },
    /// It can go on: the node wanted a PIN again, or didn't answer.
    Paused(Box<Job>),
    Done(Outcome),
}

/// The screen.
#[derive(Debug)]
pub(crate) struct PapersPage {
    /// Whose papers they are; none: whose identifier is typed.
    pub(crate) subject: Option<Subject>,
    /// Which of [`KINDS`].
    pub(crate) selected: usize,
    pub(crate) form: Option<Form>,
    pub(crate) stage: Stage,
    /// The form of what has begun: it comes back if that could not begin.
    kept: Option<Form>,
    /// The file of what has begun.
    pub(crate) path: String,
    /// The first line of the outcome that is shown.
    pub(crate) row: usize,
}

impl Kind {
    /// What it is called.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Kind::Visit => "papers-visit",
            Kind::Referral => "papers-referral",
            Kind::Card => "papers-card",
            Kind::Record => "papers-record",
            Kind::Summary => "papers-summary",
            Kind::List(List::Patients) => "papers-list-patients",
            Kind::List(List::Visits) => "papers-list-visits",
            Kind::List(List::Accesses) => "papers-list-accesses",
            Kind::FhirIn => "papers-fhir-in",
            Kind::PatientsIn => "papers-patients-in",
            Kind::VisitsIn => "papers-visits-in",
        }
    }

    /// What to know of it.
    pub(crate) fn what(self) -> &'static str {
        match self {
            Kind::Visit => "papers-visit-what",
            Kind::Referral => "papers-referral-what",
            Kind::Card => "papers-card-what",
            Kind::Record => "papers-record-what",
            Kind::Summary => "papers-summary-what",
            Kind::List(List::Accesses) => "papers-list-accesses-what",
            Kind::List(_) => "papers-list-what",
            Kind::FhirIn => "papers-fhir-in-what",
            Kind::PatientsIn => "papers-patients-in-what",
            Kind::VisitsIn => "papers-visits-in-what",
        }
    }

    /// Printer, file out, file in.
    pub(crate) fn way(self) -> &'static str {
        match self {
            Kind::Visit | Kind::Referral | Kind::Card => "papers-way-paper",
            Kind::Record | Kind::Summary | Kind::List(_) => "papers-way-out",
            Kind::FhirIn | Kind::PatientsIn | Kind::VisitsIn => "papers-way-in",
        }
    }

    /// It is about one patient.
    fn of_one(self) -> bool {
        matches!(self, Kind::Visit | Kind::Referral | Kind::Record | Kind::Summary)
    }
}

impl PapersPage {
    pub(crate) fn new(subject: Option<Subject>) -> Self {
        let (form, kept, path) = Default::default();
        Self { subject, selected: 0, form, stage: Stage::Choosing, kept, path, row: 0 }
    }

    /// Which is selected.
    pub(crate) fn kind(&self) -> Kind {
        KINDS[self.selected.min(KINDS.len() - 1)]
    }

    /// The visit that was selected in the chart. It may be in the record of somebody linked.
    pub(crate) fn visit(&self) -> Option<&VisitRow> {
        let c = self.subject.as_ref()?.chart.as_ref()?;
        match listed(c.chart.ready()?).get(c.selected)? {
            Listed::Stands(v) => Some(v),
            _ => None,
        }
    }

    /// The visit that was selected is struck out: it is no paper.
    pub(crate) fn struck(&self) -> bool {
        let chart = self.subject.as_ref().and_then(|s| s.chart.as_ref());
        let lines = chart.and_then(|c| Some((c.selected, listed(c.chart.ready()?))));
        lines.is_some_and(|(selected, lines)| matches!(lines.get(selected), Some(Listed::Struck(_))))
    }

    /// As whose paper it is printed.
    fn visit_of(&self, v: &VisitRow) -> Option<&str> {
        let s = self.subject.as_ref()?;
        let chart = s.chart.as_ref()?.chart.ready()?;
        let linked = chart.linked.iter().find(|l| l.id == v.patient);
        Some(linked.map_or(&s.name, |l| &l.name))
    }

    /// The form for what is selected.
    pub(crate) fn ask_form(&self) -> Form {
        let kind = self.kind();
        if let (Kind::Visit, Some(v)) = (kind, self.visit()) {
            let name = self.visit_of(v).unwrap_or_default();
            let title = say!("papers-visit-of", time = Arg::Time(v.at), name = name);
            return place(Form::new(title, kind.what()));
        }
        let title: Saying = match &self.subject {
            Some(s) if kind.of_one() => say!("papers-of", what = Saying::from(kind.name()), name = &s.name),
            _ => kind.name().into(),
        };
        let form = Form::new(title, kind.what());
        let form = if kind.of_one() && self.subject.is_none() { form.patient_field() } else { form };
        let no_or_yes = || vec!["papers-no".into(), "papers-yes".into()];
        match kind {
            Kind::Visit => place(form),
            Kind::Referral => place(
                form.text("papers-for", MAX_WORDS, "papers-for-hint")
                    .text("papers-reason", MAX_WORDS, "papers-reason-hint")
                    .text("papers-note", MAX_WORDS, "papers-note-hint")
                    .choice("papers-urgent", no_or_yes()),
            ),
            Kind::Card => place(form.text("papers-file-in", MAX_PATH, "papers-card-hint")),
            Kind::Record => form.choice("papers-evidence", no_or_yes()).text(
                "papers-folder",
                MAX_PATH,
                "papers-folder-hint",
            ),
            Kind::Summary => form.text("papers-folder", MAX_PATH, "papers-folder-hint"),
            Kind::List(_) => {
                let all = Saying::from("papers-everybody");
                let whose = match &self.subject {
                    Some(s) => vec![say!("papers-only", name = &s.name), all],
                    None => vec![all],
                };
                form.choice("papers-whose", whose).text("share-file", MAX_PATH, "papers-list-hint")
            }
            Kind::FhirIn => form.text("papers-file-in", MAX_PATH, "papers-fhir-hint").text(
                "papers-source",
                80,
                "papers-source-hint",
            ),
            Kind::PatientsIn => {
                form.text("papers-file-in", MAX_PATH, "papers-csv-hint").choice("papers-anyway", no_or_yes())
            }
            Kind::VisitsIn => form.text("papers-file-in", MAX_PATH, "papers-csv-hint"),
        }
    }

    /// What the form asks for. The error names the field to go to.
    pub(crate) fn wanted(&self, f: &Form) -> Result<Wanted, Wrong> {
        let kind = self.kind();
        // The fields after that of the patient.
        let (patient, at) = match &self.subject {
            Some(s) => (Ok(s.id), 0),
            None if kind.of_one() => (f.patient(0), 1),
            // No form but those of one patient asks for one.
            None => (Err((0, "share-no-file".into())), 0),
        };
        Ok(match kind {
            Kind::Visit => {
                let of = self.visit();
                let patient = of.map_or(patient, |v| Ok(v.patient))?;
                Wanted::Print(Paper::Visit(patient, of.map(|v| v.record)), to(f, at)?)
            }
            Kind::Referral => {
                let paper = Paper::Referral {
                    patient: patient?,
                    whom: needed(f, at, "papers-no-whom")?,
                    reason: needed(f, at + 1, "papers-no-reason")?,
                    note: f.typed(at + 2).to_owned(),
                    urgent: f.chosen(at + 3) == 1,
                };
                Wanted::Print(paper, to(f, at + 4)?)
            }
            Kind::Card => Wanted::Print(Paper::Card(needed(f, 0, "papers-no-input")?), to(f, 1)?),
            Kind::Record => {
                let all = f.chosen(at) == 1;
                let form = ExportForm::Record { accesses: all, signatures: all, consents: all };
                Wanted::Export(patient?, form, needed(f, at + 1, "papers-no-folder")?)
            }
            Kind::Summary => {
                Wanted::Export(patient?, ExportForm::Summary, needed(f, at, "papers-no-folder")?)
            }
            Kind::List(list) => {
                let one = patient.ok().filter(|_| f.chosen(0) == 0).map(|id| vec![id]);
                Wanted::Begin(Begin::List(list, one, needed(f, 1, "share-no-file")?))
            }
            Kind::FhirIn => {
                Wanted::Begin(Begin::FhirIn(needed(f, 0, "papers-no-input")?, f.typed(1).to_owned()))
            }
            Kind::PatientsIn => {
                Wanted::Begin(Begin::PatientsIn(needed(f, 0, "papers-no-input")?, f.chosen(1) == 1))
            }
            Kind::VisitsIn => Wanted::Begin(Begin::VisitsIn(needed(f, 0, "papers-no-input")?)),
        })
    }

    /// Work begins.
    pub(crate) fn begin(&mut self, what: &Begin) {
        self.path = match what {
            Begin::List(_, _, path)
            | Begin::FhirIn(path, _)
            | Begin::PatientsIn(path, _)
            | Begin::VisitsIn(path) => path.clone(),
        };
        let phase = match what {
            Begin::List(..) => Phase::Opening,
            Begin::FhirIn(..) => Phase::Importing,
            Begin::PatientsIn(..) | Begin::VisitsIn(_) => Phase::Checking,
        };
        (self.kept, self.row) = (self.form.take(), 0);
        self.stage = Stage::Running { at: At { phase, done: 0, of: 0 }, stop: false };
    }

    /// It could not begin: the form again.
    pub(crate) fn again(&mut self) {
        (self.form, self.stage) = (self.kept.take(), Stage::Choosing);
    }

    /// Shows what came of it.
    pub(crate) fn done(&mut self, what: Outcome) {
        (self.form, self.kept) = (None, None);
        (self.row, self.stage) = (0, Stage::Done(what));
    }
}

/// The same form, with where the paper goes.
fn place(f: Form) -> Form {
    f.choice("papers-to", vec!["papers-to-file".into(), "papers-to-printer".into()]).text(
        "papers-where",
        MAX_PATH,
        "papers-where-hint",
    )
}

fn needed(f: &Form, field: usize, words: &'static str) -> Result<String, Wrong> {
    f.typed_if_any(field).ok_or_else(|| (field, words.into()))
}

/// The form that asks where the paper of a new card goes.
pub(crate) fn card_form() -> Form {
    place(Form::new("card-print-title", "card-print-what"))
}

/// Where a paper goes, by the two fields from here on.
pub(crate) fn to(f: &Form, field: usize) -> Result<To, Wrong> {
    match f.chosen(field) {
        0 => needed(f, field + 1, "share-no-file").map(To::File),
        _ => Ok(To::Printer(f.typed(field + 1).to_owned())),
    }
}

/// The last part of a path: where there is little room.
pub(crate) fn short(path: &str) -> String {
    Path::new(path).file_name().map_or_else(|| path.to_owned(), |n| n.to_string_lossy().into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixtures::ABEBA;

    fn page(kind: Kind, subject: bool) -> (PapersPage, Form) {
        let subject = subject.then(|| Subject { id: ABEBA, name: "Abeba".into(), chart: None });
        let mut p = PapersPage::new(subject);
        p.selected = KINDS.iter().position(|k| *k == kind).unwrap();
        let f = p.ask_form();
        (p, f)
    }

    #[test]
    fn each_form_says_what_is_missing_and_where() {
        for kind in KINDS {
            for subject in [true, false] {
                let (p, f) = page(kind, subject);
                let (field, _) = p.wanted(&f).unwrap_err();
                assert!(field < f.fields.len(), "{kind:?}");
            }
        }
    }

    #[test]
    fn a_printer_needs_no_name_and_a_list_is_of_one_or_of_all() {
        let (p, mut f) = page(Kind::Visit, true);
        assert!(f.choose(true));
        assert_eq!(p.wanted(&f), Ok(Wanted::Print(Paper::Visit(ABEBA, None), To::Printer(String::new()))));
        let (p, mut f) = page(Kind::List(List::Visits), true);
        f.step(true);
        f.insert("/x/v.csv");
        let list = |of| Ok(Wanted::Begin(Begin::List(List::Visits, of, "/x/v.csv".into())));
        assert_eq!(p.wanted(&f), list(Some(vec![ABEBA])));
        f.step(false);
        f.choose(true);
        assert_eq!(p.wanted(&f), list(None));
        let (p, mut f) = page(Kind::List(List::Visits), false);
        f.step(true);
        f.insert("/x/v.csv");
        assert_eq!(p.wanted(&f), list(None), "nobody is on the screen");
        assert!(p.wanted(&f).unwrap().needs_proof());
    }
}
