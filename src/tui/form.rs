//! A form of choices, marks and texts, as it is filled in. The screen that opened it knows what its fields mean, by their
//! number.

use jiff::{civil::Date, tz::TimeZone};

use crate::core::{id::PatientId, record::Compartment, time::Millis};

use super::{
    input::{Edit, Input, Secret},
    words::{Saying, part, say},
};

/// The most characters of a day.
const DAY: usize = 10;

/// The parts of a record that consent can open, in the order in which forms offer them.
pub(crate) fn all_parts() -> [Compartment; Compartment::ALL.len()] {
    Compartment::ALL.map(|(c, _)| c)
}

/// What a field holds.
#[derive(Debug)]
pub(crate) enum Value {
    /// One of several; never none.
    Choice {
        of: Vec<Saying>,
        at: usize,
    },
    /// Yes or no.
    Mark {
        words: Saying,
        on: bool,
    },
    Text(Input),
    /// Typed and never shown.
    Secret(Secret),
}

/// One field.
#[derive(Debug)]
pub(crate) struct Field {
    /// The message before it; none: it belongs to the field above.
    pub(crate) label: Option<&'static str>,
    pub(crate) value: Value,
    /// What stands behind a text that is empty.
    pub(crate) hint: Option<&'static str>,
}

/// What is wrong with a form: the field to go to, and why.
pub(crate) type Wrong = (usize, Saying);

/// A form.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) title: Saying,
    /// What sending it does.
    pub(crate) what: Saying,
    /// What it is about, one after the other.
    pub(crate) details: Vec<Saying>,
    /// What should be known before it is filled in.
    pub(crate) warning: Option<Saying>,
    pub(crate) fields: Vec<Field>,
    pub(crate) focus: usize,
    /// The node is at work on it.
    pub(crate) sending: bool,
    /// Whoever fills it in has typed something, or taken something away.
    written: bool,
}

impl Form {
    /// A form without fields.
    pub(crate) fn new(title: impl Into<Saying>, what: impl Into<Saying>) -> Self {
        let (title, what) = (title.into(), what.into());
        let (details, fields) = Default::default();
        Self { title, what, details, warning: None, fields, focus: 0, sending: false, written: false }
    }

    /// The same with what it is about.
    pub(crate) fn about(mut self, details: Vec<Saying>) -> Self {
        self.details = details;
        self
    }

    /// The same with a warning.
    pub(crate) fn warn(mut self, words: Option<Saying>) -> Self {
        self.warning = words;
        self
    }

    fn add(mut self, label: Option<&'static str>, value: Value, hint: Option<&'static str>) -> Self {
        self.fields.push(Field { label, value, hint });
        self
    }

    /// The same with a choice of one of several, the first to begin with.
    pub(crate) fn choice(self, label: &'static str, of: Vec<Saying>) -> Self {
        self.add(Some(label), Value::Choice { of, at: 0 }, None)
    }

    /// The same with another one chosen in the last choice.
    pub(crate) fn with(mut self, chosen: usize) -> Self {
        if let Some(Value::Choice { of, at }) = self.fields.last_mut().map(|f| &mut f.value) {
            *at = chosen.min(of.len().saturating_sub(1));
        }
        self
    }

    /// The same with a text of at most so many characters.
    pub(crate) fn text(self, label: &'static str, most: usize, hint: &'static str) -> Self {
        self.add(Some(label), Value::Text(Input::line(most)), Some(hint))
    }

    /// The same with this in the last text.
    pub(crate) fn filled(mut self, typed: &str) -> Self {
        if let Some(input) = self.last_text() {
            input.insert(typed);
        }
        self
    }

    /// The last field, where it is a text.
    pub(crate) fn last_text(&mut self) -> Option<&mut Input> {
        match self.fields.last_mut().map(|f| &mut f.value) {
            Some(Value::Text(input)) => Some(input),
            _ => None,
        }
    }

    /// The same with a mark; without a label it belongs to the field above.
    pub(crate) fn mark(self, label: Option<&'static str>, words: impl Into<Saying>, on: bool) -> Self {
        self.add(label, Value::Mark { words: words.into(), on }, None)
    }

    /// The same with a text that is not shown.
    pub(crate) fn secret(self, label: &'static str) -> Self {
        self.add(Some(label), Value::Secret(Secret::default()), None)
    }

    /// The same with a mark for each of these parts of a record.
    pub(crate) fn parts(mut self, of: &[Compartment], on: impl Fn(Compartment) -> bool) -> Self {
        for (i, c) in of.iter().enumerate() {
            let value = Value::Mark { words: part(*c).into(), on: on(*c) };
            self = self.add((i == 0).then_some("consent-parts"), value, None);
        }
        self
    }

    /// The same with the first and the last day of a period.
    pub(crate) fn period(self, first: &'static str, last: &'static str) -> Self {
        self.text("form-from", DAY, first).text("form-to", DAY, last)
    }

    /// The same with a field for a patient's identifier.
    pub(crate) fn patient_field(self) -> Self {
        self.text("form-patient", 40, "form-patient-hint")
    }

    /// The field after or before, round the ends.
    pub(crate) fn step(&mut self, forward: bool) {
        let n = self.fields.len().max(1);
        self.focus = if forward { (self.focus + 1) % n } else { (self.focus + n - 1) % n };
    }

    /// Changes the choice or mark that has the cursor; false: it is a text.
    pub(crate) fn choose(&mut self, forward: bool) -> bool {
        match self.fields.get_mut(self.focus).map(|f| &mut f.value) {
            Some(Value::Choice { of, at }) => {
                let n = of.len().max(1);
                *at = if forward { (*at + 1) % n } else { (*at + n - 1) % n };
            }
            Some(Value::Mark { on, .. }) => *on = !*on,
            _ => return false,
        }
        true
    }

    /// Types into the text that has the cursor; from a choice or a mark, into the next text: that is what is meant.
    pub(crate) fn insert(&mut self, typed: &str) {
        if matches!(
            self.fields.get(self.focus).map(|f| &f.value),
            Some(Value::Choice { .. } | Value::Mark { .. })
        ) {
            let texts = |f: &Field| matches!(f.value, Value::Text(_));
            let next = self.fields.iter().skip(self.focus).position(texts);
            self.focus += next.unwrap_or(0);
        }
        match self.fields.get_mut(self.focus).map(|f| &mut f.value) {
            Some(Value::Text(input)) => self.written |= input.insert(typed),
            Some(Value::Secret(secret)) => {
                secret.insert(typed);
                self.written = true;
            }
            _ => {}
        }
    }

    /// Edits the text that has the cursor; the arrows change a choice.
    pub(crate) fn edit(&mut self, edit: Edit) {
        match self.fields.get_mut(self.focus).map(|f| &mut f.value) {
            Some(Value::Text(input)) => self.written |= input.edit(edit),
            Some(Value::Secret(secret)) if edit == Edit::Backspace => secret.backspace(),
            Some(Value::Choice { .. } | Value::Mark { .. }) if matches!(edit, Edit::Left | Edit::Right) => {
                self.choose(edit == Edit::Right);
            }
            _ => {}
        }
    }

    /// Whoever fills it in has typed something that still stands there.
    pub(crate) fn holds_typed(&self) -> bool {
        let holds = |f: &Field| match &f.value {
            Value::Text(input) => !input.is_empty(),
            Value::Secret(secret) => secret.len() > 0,
            Value::Choice { .. } | Value::Mark { .. } => false,
        };
        self.written && self.fields.iter().any(holds)
    }

    /// Goes to a field that was clicked; a choice that has the cursor already is changed.
    pub(crate) fn click(&mut self, field: usize) {
        if self.focus == field {
            self.choose(true);
        } else if field < self.fields.len() {
            self.focus = field;
        }
    }

    /// Which of a choice.
    pub(crate) fn chosen(&self, field: usize) -> usize {
        match self.fields.get(field).map(|f| &f.value) {
            Some(Value::Choice { at, .. }) => *at,
            _ => 0,
        }
    }

    /// Whether a mark is set.
    pub(crate) fn on(&self, field: usize) -> bool {
        matches!(self.fields.get(field).map(|f| &f.value), Some(Value::Mark { on: true, .. }))
    }

    /// What is typed in a field, without the spaces round it.
    pub(crate) fn typed(&self, field: usize) -> &str {
        match self.fields.get(field).map(|f| &f.value) {
            Some(Value::Text(input)) => input.text().trim(),
            _ => "",
        }
    }

    /// The same; none where nothing is typed.
    pub(crate) fn typed_if_any(&self, field: usize) -> Option<String> {
        Some(self.typed(field)).filter(|t| !t.is_empty()).map(str::to_owned)
    }

    /// What is typed where it isn't shown; the field is empty after this.
    pub(crate) fn take_secret(&mut self, field: usize) -> String {
        match self.fields.get_mut(field).map(|f| &mut f.value) {
            Some(Value::Secret(secret)) => secret.take(),
            _ => String::new(),
        }
    }

    /// The marked ones of these parts, whose marks begin at this field.
    ///
    /// # Errors
    /// None is marked.
    pub(crate) fn marked(&self, first: usize, of: &[Compartment]) -> Result<Vec<Compartment>, Wrong> {
        let on = |(i, _): &(usize, &Compartment)| self.on(first + i);
        let all: Vec<_> = of.iter().enumerate().filter(on).map(|(_, c)| *c).collect();
        if all.is_empty() { Err((first, "grant-no-part".into())) } else { Ok(all) }
    }

    /// The patient whose identifier is typed.
    ///
    /// # Errors
    /// It is none.
    pub(crate) fn patient(&self, field: usize) -> Result<PatientId, Wrong> {
        let typed = self.typed(field);
        typed.parse().map_err(|_| (field, say!("form-not-a-patient", typed = typed)))
    }

    /// The beginning of the first day and the end of the last one, in this zone; none where nothing is typed.
    ///
    /// # Errors
    /// What is typed is no day.
    pub(crate) fn days(
        &self,
        first: usize,
        zone: &TimeZone,
    ) -> Result<(Option<Millis>, Option<Millis>), Wrong> {
        let at = |field: usize, end: bool| match self.typed(field) {
            "" => Ok(None),
            typed => day(typed)
                .and_then(|d| begins(if end { d.tomorrow().ok()? } else { d }, zone))
                .map(Some)
                .ok_or_else(|| (field, say!("form-not-a-day", typed = typed))),
        };
        Ok((at(first, false)?, at(first + 1, true)?))
    }
}

/// A day as people write it: 2026-03-01 everywhere, and 01/03/2026 where the day comes first.
fn day(typed: &str) -> Option<Date> {
    if let Ok(date) = typed.parse() {
        return Some(date);
    }
    let mut parts = typed.split('/').map(|p| p.parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next()??);
    let whole = parts.next().is_none() && year >= 1_000;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok().filter(|_| whole)
}

fn begins(day: Date, zone: &TimeZone) -> Option<Millis> {
    Millis::try_from(day.to_zoned(zone.clone()).ok()?.timestamp().as_millisecond()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::DAY as A_DAY;

    fn form() -> Form {
        Form::new("form-from", "form-to")
            .choice("form-patient", vec!["part-hiv".into(), "part-general".into()])
            .parts(&[Compartment::General, Compartment::Hiv], |c| c == Compartment::General)
            .period("form-day-hint", "form-day-hint")
    }

    #[test]
    fn choices_and_marks_are_changed_and_texts_typed() {
        let mut f = form();
        f.edit(Edit::Left);
        assert_eq!(f.chosen(0), 1, "round the end");
        f.step(true);
        assert!(f.choose(true));
        let parts = [Compartment::General, Compartment::Hiv];
        assert_eq!(f.marked(1, &parts), Err((1, "grant-no-part".into())));
        f.click(2);
        f.click(2);
        assert_eq!(f.marked(1, &parts), Ok(vec![Compartment::Hiv]));
        f.step(true);
        f.insert("1970-01-02");
        assert!(!f.choose(true), "a space is typed there");
        assert_eq!(f.days(3, &TimeZone::UTC), Ok((Some(A_DAY), None)));
        f.step(true);
        f.insert("02/01/1970");
        assert_eq!(
            f.days(3, &TimeZone::UTC),
            Ok((Some(A_DAY), Some(2 * A_DAY))),
            "the last day is meant whole"
        );
    }

    #[test]
    fn what_stands_there_from_the_beginning_was_typed_by_nobody() {
        let mut f = Form::new("form-from", "form-to").text("form-from", 20, "form-day-hint").filled("2026");
        f.choose(true);
        assert!(!f.holds_typed());
        f.insert("-");
        assert!(f.holds_typed());
        (0..5).for_each(|_| f.edit(Edit::Backspace));
        assert!(!f.holds_typed(), "taken back");
    }

    #[test]
    fn what_is_typed_on_a_choice_goes_into_the_next_text() {
        let mut f = form();
        f.insert("2026");
        assert_eq!((f.focus, f.typed(3), f.typed(4)), (3, "2026", ""));
        let mut last = Form::new("form-from", "form-to").choice("form-patient", vec!["part-hiv".into()]);
        last.insert("x");
        assert_eq!(last.focus, 0, "there is none");
    }

    #[test]
    fn what_is_no_day_is_named_with_its_field() {
        for typed in ["yesterday", "2026-13-01", "31/02/2026", "1/2/26", "1/2/2026/3", "1960-01-01"] {
            let mut f = form();
            f.focus = 4;
            f.insert(typed);
            assert!(matches!(f.days(3, &TimeZone::UTC), Err((4, _))), "{typed}");
        }
    }
}
