//! The forms as they are typed, and what they make of it. `core::record` judges the values; its words are shown.

use jiff::civil::Date;

use crate::{
    core::{
        consent::{Grant, MAX_RELATION},
        governance::Role,
        id::{BlockId, GrantId, OrgId},
        next_visit::{self, BadNext, MAX_TYPED},
        policy::Purpose,
        record::{
            BadRecord, Body, Compartment, Encounter, MAX_NOTE, Observation, Vital, parse_vital, validate,
        },
        reference::{Ages, unusual},
        rights::{MAX_WORDS, Reason, Verdict},
        time::{DAY, Millis},
    },
    node::api::{GrantAsk, VisitDraft},
};

use super::{
    finding::Findings,
    input::Input,
    words::{Saying, say},
};

/// The next or previous of a form's fields, round the ends.
pub(super) fn step<F: Copy + PartialEq>(fields: &[F], at: F, forward: bool) -> F {
    let i = fields.iter().position(|f| *f == at).unwrap_or(0);
    let n = fields.len();
    fields[if forward { (i + 1) % n } else { (i + n - 1) % n }]
}

/// A field of the visit form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VisitField {
    Reason,
    Vital(usize),
    /// Where codes are found.
    Found,
    /// When to come back.
    Next,
    Note,
}

/// Where a visit form stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VisitState {
    Editing,
    /// Asked whether to throw the draft away.
    Discarding,
    /// The node is writing: nothing can be changed, nothing is said to be saved.
    Saving,
}

/// A visit being written.
#[derive(Debug)]
pub(crate) struct VisitForm {
    pub(crate) reason: Input,
    pub(crate) note: Input,
    /// In the order of `Vital::ALL`.
    pub(crate) vitals: [Input; Vital::ALL.len()],
    pub(crate) found: Findings,
    pub(crate) next: Input,
    /// What was found and when to come back is asked for too: of a visit that is written, not of one that is corrected.
    pub(crate) anew: bool,
    pub(crate) focus: VisitField,
    pub(crate) state: VisitState,
    /// Unusual values that the person was asked about; the same value isn't asked about again.
    pub(crate) asked: Vec<Observation>,
    /// The last change that isn't yet kept as a draft.
    pub(crate) unkept: Option<Millis>,
    /// It began as a draft left earlier.
    pub(crate) restored: bool,
}

/// Why a form can't be saved.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum BadVisit {
    Record(BadRecord),
    /// Something is typed among the codes and not picked.
    Unpicked(String),
    Next(BadNext),
}

/// What saving the form would do.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    /// These values are unusual: ask first.
    Ask(Vec<Observation>),
    Write(VisitDraft),
}

impl VisitForm {
    /// A form, empty or from a draft.
    pub(crate) fn new(draft: Option<&VisitDraft>) -> Self {
        let empty = VisitDraft::default();
        let d = draft.unwrap_or(&empty);
        Self {
            reason: Input::line(200).with(&d.reason),
            note: Input::lines(MAX_NOTE).with(&d.note),
            vitals: std::array::from_fn(|i| Input::line(12).with(d.vitals.get(i).map_or("", String::as_str))),
            found: Findings::new(&d.findings),
            next: Input::line(MAX_TYPED).with(&d.next),
            anew: true,
            focus: VisitField::Reason,
            state: VisitState::Editing,
            asked: Vec::new(),
            unkept: None,
            restored: draft.is_some(),
        }
    }

    pub(crate) fn saving(&self) -> bool {
        self.state == VisitState::Saving
    }

    pub(crate) fn fields(&self) -> Vec<VisitField> {
        let mut all = vec![VisitField::Reason];
        all.extend((0..Vital::ALL.len()).map(VisitField::Vital));
        if self.anew {
            all.extend([VisitField::Found, VisitField::Next]);
        }
        all.push(VisitField::Note);
        all
    }

    pub(crate) fn step(&mut self, forward: bool) {
        self.focus = step(&self.fields(), self.focus, forward);
    }

    pub(crate) fn field(&mut self) -> &mut Input {
        match self.focus {
            VisitField::Reason => &mut self.reason,
            VisitField::Note => &mut self.note,
            VisitField::Vital(i) => &mut self.vitals[i],
            VisitField::Found => &mut self.found.query,
            VisitField::Next => &mut self.next,
        }
    }

    /// Lines are offered for what is typed.
    pub(crate) fn finding(&self) -> bool {
        self.state == VisitState::Editing && self.focus == VisitField::Found && self.found.looking()
    }

    /// The day to come back on, if something is typed there.
    pub(crate) fn next_day(&self, today: Option<Date>) -> Option<Result<Date, BadNext>> {
        let typed = self.next.text().trim();
        if typed.is_empty() {
            return None;
        }
        Some(next_visit::parse(typed, today?))
    }

    /// The draft as typed; none when nothing is.
    pub(crate) fn draft(&self) -> Option<VisitDraft> {
        let d = VisitDraft {
            reason: self.reason.text().to_owned(),
            note: self.note.text().to_owned(),
            vitals: self.vitals.iter().map(|v| v.text().to_owned()).collect(),
            findings: self.found.picked.clone(),
            next: self.next.text().trim().to_owned(),
        };
        let typed = [&d.reason, &d.note, &d.next].into_iter().chain(&d.vitals).any(|t| !t.trim().is_empty());
        (typed || !d.findings.is_empty()).then_some(d)
    }

    /// The value of a vital, if something is typed there.
    pub(crate) fn vital(&self, i: usize) -> Option<Result<Observation, BadRecord>> {
        let typed = self.vitals[i].text();
        (!typed.trim().is_empty()).then(|| parse_vital(Vital::ALL[i], typed))
    }

    /// Judges the whole form; what is usual is that of these `ages`. The error names the field to go to.
    pub(crate) fn check(
        &self,
        now: Millis,
        ages: &Ages,
        this_year: u16,
        today: Option<Date>,
    ) -> Result<Ready, (VisitField, BadVisit)> {
        let mut observations = Vec::new();
        for i in 0..Vital::ALL.len() {
            if let Some(o) = self.vital(i) {
                observations.push(o.map_err(|e| (VisitField::Vital(i), BadVisit::Record(e)))?);
            }
        }
        let strange: Vec<_> = observations
            .iter()
            .filter(|o| unusual(o, ages.clone()) && !self.asked.contains(o))
            .copied()
            .collect();
        let encounter =
            Encounter { at: now, reason: self.reason.text().into(), note: self.note.text().into() };
        validate(&Body::Visit { encounter, observations }, this_year).map_err(|e| {
            let diastolic = Vital::ALL.iter().position(|v| *v == Vital::Diastolic).unwrap_or(0);
            let field = match &e {
                BadRecord::Pressure => VisitField::Vital(diastolic),
                BadRecord::TooLong("note", _) | BadRecord::Unprintable("note") => VisitField::Note,
                _ => VisitField::Reason,
            };
            (field, BadVisit::Record(e))
        })?;
        if self.found.looking() {
            let typed = self.found.query.text().trim().to_owned();
            return Err((VisitField::Found, BadVisit::Unpicked(typed)));
        }
        if let Some(Err(e)) = self.next_day(today) {
            return Err((VisitField::Next, BadVisit::Next(e)));
        }
        if strange.is_empty() {
            Ok(Ready::Write(self.draft().unwrap_or_default()))
        } else {
            Ok(Ready::Ask(strange))
        }
    }
}

/// Why a record is opened in an emergency.
#[derive(Debug)]
pub(crate) struct GlassForm {
    reason: usize,
    pub(crate) note: Input,
    pub(crate) on_note: bool,
    pub(crate) sending: bool,
}

impl Default for GlassForm {
    fn default() -> Self {
        Self { reason: 0, note: Input::line(MAX_WORDS), on_note: false, sending: false }
    }
}

impl GlassForm {
    pub(crate) fn reason(&self) -> Reason {
        Reason::ALL[self.reason].0
    }

    pub(crate) fn choose(&mut self, forward: bool) {
        let all: [usize; Reason::ALL.len()] = std::array::from_fn(|i| i);
        self.reason = step(&all, self.reason, forward);
    }
}

/// What somebody found of an emergency that another declared.
#[derive(Debug)]
pub(crate) struct ReviewForm {
    pub(crate) of: BlockId,
    pub(crate) verdict: Verdict,
    pub(crate) told: bool,
    pub(crate) note: Input,
    pub(crate) on_told: bool,
    pub(crate) sending: bool,
}

impl ReviewForm {
    pub(crate) fn new(of: BlockId, verdict: Verdict) -> Self {
        Self { of, verdict, told: false, note: Input::line(MAX_WORDS), on_told: false, sending: false }
    }
}

/// A field of the grant form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GrantField {
    Org,
    Purpose,
    Part(usize),
    Days,
    /// Only those of them who have a role.
    Only,
    /// They may pass it on.
    PassOn,
    /// Who decides, if not the patient.
    Guardian,
}

/// What a patient is about to allow.
#[derive(Debug)]
pub(crate) struct GrantForm {
    /// Organisations to choose from; never empty.
    pub(crate) orgs: Vec<(OrgId, String)>,
    pub(crate) org: usize,
    pub(crate) purpose: Purpose,
    pub(crate) parts: [bool; Compartment::ALL.len()],
    pub(crate) days: Input,
    /// A place in [`Role::ALL`]; none: everybody there.
    pub(crate) only: Option<usize>,
    pub(crate) pass_on: bool,
    pub(crate) guardian: Input,
    /// What this organisation passes on: that grant, and the parts that it opens.
    pub(crate) under: Option<(GrantId, Vec<Compartment>)>,
    pub(crate) focus: GrantField,
    pub(crate) sending: bool,
    /// Something was typed.
    pub(crate) typed: bool,
}

impl GrantForm {
    /// A form to pass on a grant to this organisation: the same purpose, the same parts or fewer, and no longer.
    pub(crate) fn under(orgs: Vec<(OrgId, String)>, grant: &Grant, now: Millis) -> Option<Self> {
        let days = grant.until.map(|until| (until.saturating_sub(now) / DAY).to_string());
        Some(Self {
            purpose: grant.purpose,
            parts: Compartment::ALL.map(|(c, _)| grant.compartments.contains(&c)),
            days: Input::line(5).with(days.as_deref().unwrap_or("")),
            under: Some((grant.id, grant.compartments.clone())),
            ..Self::new(orgs)?
        })
    }

    /// A form for general care during 30 days; none when there is nobody to share with.
    pub(crate) fn new(orgs: Vec<(OrgId, String)>) -> Option<Self> {
        (!orgs.is_empty()).then(|| Self {
            orgs,
            org: 0,
            purpose: Purpose::Treatment,
            parts: Compartment::ALL.map(|(c, _)| c == Compartment::General),
            days: Input::line(5).with("30"),
            only: None,
            pass_on: false,
            guardian: Input::line(MAX_RELATION),
            under: None,
            focus: GrantField::Org,
            sending: false,
            typed: false,
        })
    }

    pub(crate) fn fields() -> Vec<GrantField> {
        let mut fields = vec![GrantField::Org, GrantField::Purpose];
        fields.extend((0..Compartment::ALL.len()).map(GrantField::Part));
        fields.extend([GrantField::Days, GrantField::Only, GrantField::PassOn, GrantField::Guardian]);
        fields
    }

    pub(crate) fn step(&mut self, forward: bool) {
        self.focus = step(&Self::fields(), self.focus, forward);
    }

    /// Changes the focused choice.
    pub(crate) fn choose(&mut self, forward: bool) {
        match self.focus {
            GrantField::Org => {
                let all: Vec<usize> = (0..self.orgs.len()).collect();
                self.org = step(&all, self.org, forward);
            }
            // What is passed on is for the same.
            GrantField::Purpose if self.under.is_some() => {}
            GrantField::Purpose => {
                self.purpose = step(&Purpose::ALL.map(|(p, _)| p), self.purpose, forward);
            }
            GrantField::Part(i) => {
                let opens = |(_, parts): &(_, Vec<Compartment>)| parts.contains(&Compartment::ALL[i].0);
                self.parts[i] = !self.parts[i] && self.under.as_ref().is_none_or(opens);
            }
            GrantField::Only => {
                let all: Vec<Option<usize>> =
                    std::iter::once(None).chain((0..Role::ALL.len()).map(Some)).collect();
                self.only = step(&all, self.only, forward);
            }
            GrantField::PassOn => self.pass_on = !self.pass_on,
            GrantField::Days | GrantField::Guardian => {}
        }
    }

    /// The text that has the cursor.
    pub(crate) fn text(&mut self) -> Option<&mut Input> {
        match self.focus {
            GrantField::Days => Some(&mut self.days),
            GrantField::Guardian => Some(&mut self.guardian),
            _ => None,
        }
    }

    /// The request. The error names the field to go to.
    pub(crate) fn ask(&self) -> Result<GrantAsk, (GrantField, Saying)> {
        let compartments: Vec<_> =
            Compartment::ALL.iter().zip(self.parts).filter(|(_, on)| *on).map(|((c, _), _)| *c).collect();
        if compartments.is_empty() {
            return Err((GrantField::Part(0), "grant-no-part".into()));
        }
        let days = match self.days.text().trim() {
            "" => None,
            d => Some(
                d.parse::<u32>()
                    .ok()
                    .filter(|d| *d > 0)
                    .ok_or_else(|| (GrantField::Days, say!("grant-not-days", typed = d)))?,
            ),
        };
        Ok(GrantAsk {
            org: self.orgs[self.org].0,
            role: self.only.map(|i| Role::ALL[i].0),
            purpose: self.purpose,
            compartments,
            days,
            parent: self.under.as_ref().map(|(id, _)| *id),
            delegable: self.pass_on,
            guardian: Some(self.guardian.text().trim().to_owned()).filter(|g| !g.is_empty()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_visit_form_names_the_field_to_go_to() {
        let mut f = VisitForm::new(None);
        assert!(matches!(
            f.check(0, &None, 2026, None),
            Err((VisitField::Reason, BadVisit::Record(BadRecord::Empty(_))))
        ));
        f.reason.insert("cough");
        f.vitals[0].insert("375");
        assert!(matches!(
            f.check(0, &None, 2026, None),
            Err((VisitField::Vital(0), BadVisit::Record(BadRecord::Impossible { .. })))
        ));
        f.vitals[0].clear();
        f.vitals[3].insert("80");
        f.vitals[4].insert("120");
        assert!(matches!(
            f.check(0, &None, 2026, None),
            Err((VisitField::Vital(4), BadVisit::Record(BadRecord::Pressure)))
        ));
    }

    #[test]
    fn an_unusual_value_is_asked_about_once_and_a_changed_one_again() {
        let mut f = VisitForm::new(None);
        f.reason.insert("fever");
        f.vitals[0].insert("39.4");
        let Ok(Ready::Ask(strange)) = f.check(0, &None, 2026, None) else { panic!("must ask") };
        f.asked = strange;
        assert!(matches!(f.check(0, &None, 2026, None), Ok(Ready::Write(_))));
        f.vitals[0].clear();
        f.vitals[0].insert("40.4");
        assert!(matches!(f.check(0, &None, 2026, None), Ok(Ready::Ask(_))));
    }

    #[test]
    fn a_healthy_baby_is_not_asked_about_and_an_adult_is() {
        let mut f = VisitForm::new(None);
        f.reason.insert("vaccination");
        f.vitals[1].insert("140");
        f.vitals[2].insert("40");
        assert!(matches!(f.check(0, &Some(0..=0), 2026, None), Ok(Ready::Write(_))));
        for ages in [None, Some(30..=31)] {
            assert!(matches!(f.check(0, &ages, 2026, None), Ok(Ready::Ask(s)) if s.len() == 2), "{ages:?}");
        }
    }

    #[test]
    fn a_draft_comes_back_as_it_was_and_an_empty_form_is_none() {
        assert_eq!(VisitForm::new(None).draft(), None);
        let mut f = VisitForm::new(None);
        f.note.insert("slept badly\nno fever");
        f.vitals[7].insert("abc");
        let d = f.draft().unwrap();
        assert_eq!(VisitForm::new(Some(&d)).draft(), Some(d));
    }

    #[test]
    fn a_grant_is_for_general_care_unless_chosen_otherwise() {
        assert!(GrantForm::new(Vec::new()).is_none());
        let mut f = GrantForm::new(vec![(OrgId([1; 16]), "A".into()), (OrgId([2; 16]), "B".into())]).unwrap();
        f.choose(true);
        let ask = f.ask().unwrap();
        assert_eq!((ask.org, ask.days), (OrgId([2; 16]), Some(30)));
        assert_eq!(ask.compartments, [Compartment::General]);
        f.days = Input::line(5).with("0");
        assert!(matches!(f.ask(), Err((GrantField::Days, _))));
        f.parts = [false; 6];
        assert!(matches!(f.ask(), Err((GrantField::Part(0), _))));
    }
}
