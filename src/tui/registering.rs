//! The form about who somebody is and who decides for them: of somebody new, or as it is corrected.

use crate::{
    core::{
        guardian::{self, Guardian, Relation, may_be_minor},
        record::{BadRecord, Body, Gender, Patient, validate},
        time::Millis,
    },
    node::api::{DuplicateRow, FormDraft},
};

use super::{
    forms::step,
    input::Input,
    words::{Saying, bad_record, say},
};

/// A field of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PatientField {
    Name,
    BirthYear,
    Estimated,
    Gender,
    Village,
    Phone,
    /// Who decides for a child, or for somebody who can't.
    Guardian,
    Relation,
    GuardianPhone,
}

impl PatientField {
    /// All, in the order of the form, with the messages of their labels.
    pub(crate) const ALL: [(PatientField, &'static str); 9] = [
        (PatientField::Name, "register-name"),
        (PatientField::BirthYear, "register-birth-year"),
        (PatientField::Estimated, "register-estimated"),
        (PatientField::Gender, "register-gender"),
        (PatientField::Village, "register-village"),
        (PatientField::Phone, "register-phone"),
        (PatientField::Guardian, "register-guardian"),
        (PatientField::Relation, "register-relation"),
        (PatientField::GuardianPhone, "register-guardian-phone"),
    ];

    /// It is about who decides.
    pub(crate) fn of_guardian(self) -> bool {
        matches!(self, PatientField::Guardian | PatientField::Relation | PatientField::GuardianPhone)
    }
}

/// Who is asked for.
#[derive(Debug)]
pub(crate) struct RegisterForm {
    pub(crate) name: Input,
    pub(crate) birth_year: Input,
    pub(crate) estimated: bool,
    pub(crate) gender: Gender,
    pub(crate) village: Input,
    pub(crate) phone: Input,
    pub(crate) guardian: Input,
    pub(crate) relation: Relation,
    pub(crate) guardian_phone: Input,
    pub(crate) focus: PatientField,
    pub(crate) sending: bool,
    /// Something was typed or chosen that isn't signed.
    pub(crate) typed: bool,
    /// The last change that isn't kept as a draft yet.
    pub(crate) unkept: Option<Millis>,
    /// It was said that somebody so young should have a guardian.
    pub(crate) told: bool,
    /// Who is here already and may be this person.
    pub(crate) likely: Vec<DuplicateRow>,
    /// Which of them is marked.
    pub(crate) marked: usize,
    /// The question about them that the node is working on.
    pub(crate) asked: Option<Patient>,
    /// When something was typed that hasn't been asked about.
    pub(crate) typed_at: Option<Millis>,
}

/// The genders in the order in which the form offers them.
const GENDERS: [Gender; 4] = [Gender::Female, Gender::Male, Gender::Other, Gender::Unknown];
/// A mark that is set, as a draft keeps it.
const SET: &str = "x";

impl RegisterForm {
    /// A form that begins with the name that was searched for.
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: Input::line(120).with(name),
            birth_year: Input::line(4),
            estimated: false,
            gender: Gender::Unknown,
            village: Input::line(120),
            phone: Input::line(40),
            guardian: Input::line(guardian::MAX_NAME),
            relation: Relation::default(),
            guardian_phone: Input::line(guardian::MAX_PHONE),
            focus: PatientField::Name,
            sending: false,
            typed: false,
            unkept: None,
            told: false,
            likely: Vec::new(),
            marked: 0,
            asked: None,
            typed_at: None,
        }
    }

    /// A form that holds who somebody is, and who decides for them, as it stands.
    pub(crate) fn of(p: &Patient, guardian: Option<&Guardian>) -> Self {
        let year = p.birth_year.map_or_else(String::new, |y| y.to_string());
        let mut f = Self::new(&p.name);
        f.birth_year.insert(&year);
        (f.estimated, f.gender) = (p.birth_estimated, p.gender);
        f.village.insert(&p.village);
        f.phone.insert(&p.phone);
        if let Some(g) = guardian {
            f.guardian.insert(&g.name);
            f.relation = g.relation;
            f.guardian_phone.insert(&g.phone);
        }
        // Whoever registered them was told.
        f.told = true;
        f
    }

    pub(crate) fn step(&mut self, forward: bool) {
        self.focus = step(&PatientField::ALL.map(|(f, _)| f), self.focus, forward);
    }

    /// The text of a field; none for a choice.
    fn input(&mut self, field: PatientField) -> Option<&mut Input> {
        match field {
            PatientField::Name => Some(&mut self.name),
            PatientField::BirthYear => Some(&mut self.birth_year),
            PatientField::Village => Some(&mut self.village),
            PatientField::Phone => Some(&mut self.phone),
            PatientField::Guardian => Some(&mut self.guardian),
            PatientField::GuardianPhone => Some(&mut self.guardian_phone),
            PatientField::Estimated | PatientField::Gender | PatientField::Relation => None,
        }
    }

    /// The text of the focused field; none for a choice.
    pub(crate) fn field(&mut self) -> Option<&mut Input> {
        self.input(self.focus)
    }

    /// Goes to a field that was clicked; a choice that has the cursor already is changed. True: it was.
    pub(crate) fn click(&mut self, to: PatientField) -> bool {
        let again = self.focus == to;
        self.focus = to;
        if again {
            self.choose(true);
        }
        again && self.field().is_none()
    }

    /// Changes the focused choice.
    pub(crate) fn choose(&mut self, forward: bool) {
        match self.focus {
            PatientField::Estimated => self.estimated = !self.estimated,
            PatientField::Gender => self.gender = step(&GENDERS, self.gender, forward),
            PatientField::Relation => {
                self.relation = step(&Relation::ALL.map(|(r, _, _)| r), self.relation, forward);
            }
            _ => {}
        }
    }

    /// What a field holds, as a draft keeps it.
    pub(crate) fn holds(&self, field: PatientField) -> &str {
        match field {
            PatientField::Name => self.name.text(),
            PatientField::BirthYear => self.birth_year.text(),
            PatientField::Estimated if self.estimated => SET,
            PatientField::Estimated => "",
            PatientField::Gender => self.gender.word(),
            PatientField::Village => self.village.text(),
            PatientField::Phone => self.phone.text(),
            PatientField::Guardian => self.guardian.text(),
            PatientField::Relation => self.relation.word(),
            PatientField::GuardianPhone => self.guardian_phone.text(),
        }
    }

    /// What is typed, of those fields that are `wanted`.
    pub(crate) fn draft(&self, wanted: impl Fn(PatientField) -> bool) -> FormDraft {
        let field = |(f, _): (PatientField, _)| wanted(f).then(|| self.holds(f).to_owned());
        FormDraft { fields: PatientField::ALL.into_iter().map(field).collect() }
    }

    /// Goes on with what was typed before.
    pub(crate) fn fill(&mut self, draft: &FormDraft) {
        for ((field, _), typed) in PatientField::ALL.into_iter().zip(&draft.fields) {
            let Some(typed) = typed else { continue };
            match field {
                PatientField::Estimated => self.estimated = typed == SET,
                PatientField::Gender => {
                    self.gender = GENDERS.into_iter().find(|g| g.word() == typed).unwrap_or(self.gender);
                }
                PatientField::Relation => {
                    self.relation = Relation::from_word(typed).unwrap_or(self.relation);
                }
                text => {
                    if let Some(input) = self.input(text) {
                        input.clear();
                        input.insert(typed);
                    }
                }
            }
        }
        self.typed = true;
    }

    /// What is known of them so far, as far as it makes sense.
    pub(crate) fn so_far(&self) -> Patient {
        let birth_year = self.birth_year.text().trim().parse::<u16>().ok().filter(|y| *y >= 1880);
        Patient {
            name: self.name.text().trim().to_owned(),
            birth_year,
            birth_estimated: self.estimated && birth_year.is_some(),
            gender: self.gender,
            village: self.village.text().trim().to_owned(),
            phone: self.phone.text().trim().to_owned(),
        }
    }

    /// A guardian is missing whom somebody so young should have.
    pub(crate) fn lacks_guardian(&self, this_year: u16) -> bool {
        may_be_minor(self.so_far().birth_year, this_year) && self.guardian.text().trim().is_empty()
    }

    /// The patient as typed. The error names the field to go to.
    pub(crate) fn patient(&self, this_year: u16) -> Result<Patient, (PatientField, Saying)> {
        let year = self.birth_year.text().trim();
        let birth_year = match year {
            "" => None,
            y => Some(
                y.parse::<u16>()
                    .map_err(|_| (PatientField::BirthYear, say!("register-not-a-year", typed = y)))?,
            ),
        };
        let patient =
            Patient { birth_year, birth_estimated: self.estimated && birth_year.is_some(), ..self.so_far() };
        match validate(&Body::Patient(patient.clone()), this_year) {
            Ok(()) => Ok(patient),
            Err(e @ BadRecord::BirthYear(_)) => Err((PatientField::BirthYear, bad_record(&e))),
            Err(e) => Err((PatientField::Name, bad_record(&e))),
        }
    }

    /// The guardian as typed, if somebody is. The error names the field to go to.
    pub(crate) fn decides(&self) -> Result<Option<Guardian>, (PatientField, Saying)> {
        let text = |i: &Input| i.text().trim().to_owned();
        let g = Guardian {
            name: text(&self.guardian),
            relation: self.relation,
            phone: text(&self.guardian_phone),
        };
        match (g.name.is_empty(), g.phone.is_empty()) {
            (true, true) => Ok(None),
            (true, false) => Err((PatientField::Guardian, "register-guardian-name".into())),
            (false, _) => match g.check() {
                Ok(()) => Ok(Some(g)),
                Err(e) => Err((PatientField::Guardian, bad_record(&e))),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_needs_a_name_and_a_possible_year() {
        let mut f = RegisterForm::new("");
        assert!(matches!(f.patient(2026), Err((PatientField::Name, _))));
        f.name.insert(" Abeba ");
        f.birth_year.insert("2091");
        assert!(matches!(f.patient(2026), Err((PatientField::BirthYear, _))));
        f.birth_year = Input::line(4).with("19x7");
        assert!(matches!(f.patient(2026), Err((PatientField::BirthYear, _))));
        f.birth_year = Input::line(4).with("1987");
        assert_eq!(f.patient(2026).unwrap().name, "Abeba");
    }

    #[test]
    fn a_guardian_is_asked_for_of_the_young_and_needs_a_name() {
        let mut f = RegisterForm::new("Abeba");
        assert_eq!(f.decides(), Ok(None));
        assert!(!f.lacks_guardian(2026), "nobody knows the age");
        f.birth_year.insert("2016");
        assert!(f.lacks_guardian(2026));
        f.guardian_phone.insert("080");
        assert!(matches!(f.decides(), Err((PatientField::Guardian, _))));
        f.guardian.insert(" Sita Rao ");
        f.focus = PatientField::Relation;
        f.choose(true);
        let sita = Guardian { name: "Sita Rao".into(), relation: Relation::Father, phone: "080".into() };
        assert_eq!(f.decides(), Ok(Some(sita)));
        assert!(!f.lacks_guardian(2026));
    }

    #[test]
    fn a_draft_comes_back_as_it_was_typed() {
        let mut f = RegisterForm::new("Abeba");
        f.birth_year.insert("19x");
        (f.estimated, f.gender, f.relation) = (true, Gender::Male, Relation::Other);
        f.village.insert("Upper Kibuye ");
        f.guardian.insert("Sita");
        let draft = f.draft(|_| true);
        assert!(draft.fields.len() <= FormDraft::MAX_FIELDS);
        let mut again = RegisterForm::new("somebody else");
        again.fill(&draft);
        assert_eq!(again.draft(|_| true), draft);
        let mut some = RegisterForm::new("Sana");
        some.fill(&f.draft(|f| f == PatientField::Village));
        assert_eq!((some.name.text(), some.village.text()), ("Sana", "Upper Kibuye "));
    }
}
