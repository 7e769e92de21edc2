//! Correcting what stands: who a patient is, or a visit that was written here. What stood before stays in the history.

use crate::{
    core::{
        guardian::Guardian,
        id::{PatientId, RecordId, VersionId},
        record::{Observation, Patient, Vital, show_milli},
    },
    node::api::{Chart, ConflictRow, Correction, FormDraft, VisitDraft, VisitRow},
};

use super::{
    conflict::Decision,
    forms::{VisitForm, VisitState},
    input::Input,
    model::Load,
    registering::{PatientField, RegisterForm},
    words::{Saying, gender, relation, say},
};

/// What is being corrected.
#[derive(Debug)]
pub(crate) enum Correcting {
    Who(Box<WhoFix>),
    Visit(Box<VisitFix>),
}

/// Who a patient is.
#[derive(Debug)]
pub(crate) struct WhoFix {
    pub(crate) form: RegisterForm,
    /// As it stands.
    pub(crate) before: Patient,
    /// The versions that say so.
    replaces: Vec<VersionId>,
    /// Who decides as it stands, and the versions that say so.
    guardian: Option<Guardian>,
    guarded: Vec<VersionId>,
}

impl WhoFix {
    /// The form as it stands.
    pub(crate) fn new(chart: &Chart) -> Self {
        let row = chart.guardian.as_ref();
        let guardian = row.map(|r| r.guardian.clone());
        Self {
            form: RegisterForm::of(&chart.patient, guardian.as_ref()),
            before: chart.patient.clone(),
            replaces: chart.versions.clone(),
            guarded: row.map_or_else(Vec::new, |r| r.versions.clone()),
            guardian,
        }
    }

    /// What stood in a field that now holds something else.
    pub(crate) fn was(&self, field: PatientField) -> Option<Saying> {
        let (old, f) = (&self.before, &self.form);
        let text = |old: &str, new: &str| (old != new.trim()).then(|| was(old));
        match field {
            PatientField::Name => text(&old.name, f.name.text()),
            PatientField::Village => text(&old.village, f.village.text()),
            PatientField::Phone => text(&old.phone, f.phone.text()),
            PatientField::BirthYear => {
                let year = old.birth_year.map_or_else(String::new, |y| y.to_string());
                text(&year, f.birth_year.text())
            }
            PatientField::Estimated => {
                let word = Saying::from(if old.birth_estimated { "register-yes" } else { "register-no" });
                (old.birth_estimated != f.estimated).then(|| say!("correct-was", what = word))
            }
            PatientField::Guardian => text(self.guardian.as_ref().map_or("", |g| &g.name), f.guardian.text()),
            PatientField::GuardianPhone => {
                text(self.guardian.as_ref().map_or("", |g| &g.phone), f.guardian_phone.text())
            }
            // Of somebody who is named for the first time it is no change by itself.
            PatientField::Relation => {
                let old = self.guardian.as_ref().map(|g| g.relation).filter(|old| *old != f.relation);
                old.map(|old| say!("correct-was", what = Saying::from(relation(old))))
            }
            PatientField::Gender => {
                (old.gender != f.gender).then(|| say!("correct-was", what = Saying::from(gender(old.gender))))
            }
        }
    }

    /// How many fields hold something else.
    pub(crate) fn changes(&self) -> usize {
        PatientField::ALL.iter().filter(|(f, _)| self.was(*f).is_some()).count()
    }

    fn changed(&self, guardian: bool) -> bool {
        let of = |f: PatientField| f.of_guardian() == guardian;
        PatientField::ALL.iter().any(|(f, _)| of(*f) && self.was(*f).is_some())
    }

    /// What is asked of the node. The error names the field to go to.
    pub(crate) fn correction(&self, year: u16) -> Result<Correction, (PatientField, Saying)> {
        let (patient, guardian) = (self.form.patient(year)?, self.form.decides()?);
        Ok(Correction {
            who: self.changed(false).then(|| (self.replaces.clone(), patient)),
            guardian: self.changed(true).then(|| (self.guarded.clone(), guardian)),
        })
    }

    /// What was changed, as it was typed.
    fn draft(&self) -> FormDraft {
        let named = self.was(PatientField::Guardian).is_some();
        self.form.draft(|f| self.was(f).is_some() || (named && f == PatientField::Relation))
    }
}

fn was(old: &str) -> Saying {
    if old.is_empty() { "correct-was-empty".into() } else { say!("correct-was", what = old) }
}

/// A visit.
#[derive(Debug)]
pub(crate) struct VisitFix {
    pub(crate) form: VisitForm,
    /// As it stands.
    pub(crate) before: VisitRow,
}

impl VisitFix {
    /// The form as the visit stands.
    pub(crate) fn new(before: &VisitRow) -> Self {
        let of = |vital: Vital| {
            before
                .observations
                .iter()
                .find(|o| o.vital == vital)
                .map_or_else(String::new, |o| show_milli(o.milli))
        };
        let draft = VisitDraft {
            reason: before.reason.clone(),
            note: before.note.clone(),
            vitals: Vital::ALL.map(of).into(),
            ..VisitDraft::default()
        };
        let mut form = VisitForm::new(Some(&draft));
        (form.restored, form.anew) = (false, false);
        // Whoever wrote it was asked about these.
        form.asked.clone_from(&before.observations);
        Self { form, before: before.clone() }
    }

    /// What was changed, as it was typed: the reason, the values, the note.
    fn draft(&self) -> FormDraft {
        let kept = |changed: bool, input: &Input| changed.then(|| input.text().to_owned());
        let mut fields = vec![kept(self.reason_was().is_some(), &self.form.reason)];
        let values = self.form.vitals.iter().enumerate();
        fields.extend(values.map(|(i, input)| kept(self.value_was(i).is_some(), input)));
        fields.push(kept(self.note_changed(), &self.form.note));
        FormDraft { fields }
    }

    /// Goes on with what was typed before.
    fn fill(&mut self, draft: &FormDraft) {
        let f = &mut self.form;
        let inputs = std::iter::once(&mut f.reason).chain(&mut f.vitals).chain([&mut f.note]);
        for (input, typed) in inputs.zip(&draft.fields) {
            if let Some(typed) = typed {
                input.clear();
                input.insert(typed);
            }
        }
    }

    /// Whose record it is in: that of somebody linked, perhaps.
    pub(crate) fn patient(&self) -> PatientId {
        self.before.patient
    }

    /// What was measured, by the place of the vital, where something else is typed now; none there: nothing was.
    pub(crate) fn value_was(&self, i: usize) -> Option<Option<Observation>> {
        let old = self.before.observations.iter().find(|o| Vital::ALL.get(i) == Some(&o.vital)).copied();
        let new = self.form.vital(i);
        let same = match (&old, &new) {
            (None, None) => true,
            (Some(old), Some(Ok(new))) => old == new,
            _ => false,
        };
        (!same).then_some(old)
    }

    /// The reason that stood, where another is typed now.
    pub(crate) fn reason_was(&self) -> Option<Saying> {
        (self.before.reason != self.form.reason.text().trim()).then(|| was(&self.before.reason))
    }

    /// The note is another one.
    pub(crate) fn note_changed(&self) -> bool {
        self.before.note != self.form.note.text()
    }

    /// How many fields hold something else.
    pub(crate) fn changes(&self) -> usize {
        let values = (0..Vital::ALL.len()).filter(|i| self.value_was(*i).is_some()).count();
        values + usize::from(self.reason_was().is_some()) + usize::from(self.note_changed())
    }
}

impl Correcting {
    /// The node is writing.
    pub(crate) fn sending(&self) -> bool {
        match self {
            Correcting::Who(f) => f.form.sending,
            Correcting::Visit(f) => f.form.saving(),
        }
    }

    /// The node is writing, or no longer.
    pub(crate) fn set_sending(&mut self, sending: bool) {
        match self {
            Correcting::Who(f) => f.form.sending = sending,
            Correcting::Visit(f) => {
                f.form.state = if sending { VisitState::Saving } else { VisitState::Editing }
            }
        }
    }

    /// What would be kept of it; none: nothing is changed.
    pub(crate) fn draft(&self) -> Option<FormDraft> {
        let draft = || match self {
            Correcting::Who(f) => f.draft(),
            Correcting::Visit(f) => f.draft(),
        };
        (self.changes() > 0).then(draft)
    }

    /// Goes on with what was typed before.
    pub(crate) fn fill(&mut self, draft: &FormDraft) {
        match self {
            Correcting::Who(f) => f.form.fill(draft),
            Correcting::Visit(f) => f.fill(draft),
        }
    }

    /// How many fields hold something else than what stands.
    pub(crate) fn changes(&self) -> usize {
        match self {
            Correcting::Who(f) => f.changes(),
            Correcting::Visit(f) => f.changes(),
        }
    }
}

/// Every version of a record.
#[derive(Debug)]
pub(crate) struct HistoryPage {
    /// Of which record; none: of who the patient is.
    pub(crate) of: Option<RecordId>,
    /// In whose record.
    pub(crate) patient: PatientId,
    pub(crate) row: Load<ConflictRow>,
    /// The version that is shown.
    pub(crate) selected: usize,
}

/// A field that a version changed: what it said before, and what it says since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) field: String,
    pub(crate) before: String,
    pub(crate) now: String,
}

/// What one of the versions, the latest first, changed of the one before it. Of the first one: nothing.
pub(crate) fn changed(row: &ConflictRow, version: usize) -> Vec<Changed> {
    if version + 1 >= row.versions.len() {
        return Vec::new();
    }
    let fields = Decision::new(row).fields.into_iter();
    let apart = fields.filter_map(|f| {
        let (now, before) = (f.says.get(version)?.clone(), f.says.get(version + 1)?.clone());
        (now != before).then_some(Changed { field: f.name, before, now })
    });
    apart.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixtures::{chart, history};

    #[test]
    fn what_changes_is_known_field_by_field() {
        let c = chart();
        let mut f = WhoFix::new(&c);
        assert_eq!(f.changes(), 0, "as it stands");
        f.form.village.clear();
        f.form.estimated = false;
        assert_eq!(f.was(PatientField::Village), Some(say!("correct-was", what = "Upper Kibuye")));
        assert_eq!(f.changes(), 2);
        f.form.village.insert(" Upper Kibuye ");
        assert_eq!(f.changes(), 1, "spaces round it are none");

        let mut v = VisitFix::new(&c.visits[0]);
        assert_eq!(v.changes(), 0);
        v.form.vitals[0].clear();
        v.form.vitals[0].insert("39,4");
        assert_eq!(v.changes(), 0, "the same value, written otherwise");
        v.form.vitals[0].insert("0x");
        assert!(v.value_was(0).flatten().is_some());
        v.form.vitals[5].insert("97");
        assert_eq!(v.value_was(5), Some(None), "nothing was measured");
        v.form.note.clear();
        assert_eq!(v.changes(), 3);
    }

    #[test]
    fn each_version_is_told_by_what_it_changed_of_the_one_before() {
        let row = history();
        let fields = |i| changed(&row, i).into_iter().map(|c| (c.field, c.before, c.now)).collect::<Vec<_>>();
        let note = ("note".into(), "Fever.".into(), "Fever. Test positive.".into());
        assert_eq!(fields(0), [("Temperature".into(), "38.4 °C".into(), "39.4 °C".into())]);
        assert_eq!(fields(1), [note]);
        assert!(fields(2).is_empty() && fields(3).is_empty(), "the first, and none");
    }
}
