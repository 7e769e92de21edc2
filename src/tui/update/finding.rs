//! Keys in the field of the visit form where codes are found.

use jiff::{Timestamp, civil::Date};

use crate::core::codes::Finding;

use super::{
    super::{
        finding::Picked,
        forms::{VisitField, VisitForm},
        input::Edit,
        keymap::Action,
        model::{Model, Tone},
        words::{Saying, finding, say},
    },
    moved,
};

impl Model {
    /// Today, where the clinic is.
    pub(in crate::tui) fn today(&self) -> Option<Date> {
        let now = i64::try_from(self.now).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
        now.map(|t| t.to_zoned(self.zone.clone()).date())
    }
}

/// What was done, to be said; `None`: the key means here what it means in the rest of the form.
pub(super) fn act(f: &mut VisitForm, action: Action) -> Option<Option<(Tone, Saying)>> {
    if f.focus != VisitField::Found {
        return None;
    }
    let said = match action {
        Action::Accept => picked(f),
        Action::Back if f.found.looking() => {
            f.found.clear();
            None
        }
        Action::Edit(Edit::Backspace | Edit::Delete) if f.found.query.is_empty() => {
            let back = f.found.take_back()?;
            Some((Tone::Info, say!("notice-finding-back", what = &back.text)))
        }
        Action::Edit(edit) => {
            f.found.edit(edit);
            None
        }
        Action::Up | Action::Down | Action::PageUp | Action::PageDown => {
            f.found.selected = moved(f.found.selected, f.found.offers().len(), action);
            None
        }
        _ => return None,
    };
    Some(said)
}

fn picked(f: &mut VisitForm) -> Option<(Tone, Saying)> {
    Some(match f.found.pick()? {
        Picked::Added(what) => {
            (Tone::Good, say!("notice-finding-added", kind = kind(&what), what = titled(&what)))
        }
        Picked::Twice(what) => {
            (Tone::Info, say!("notice-finding-twice", kind = kind(&what), what = titled(&what)))
        }
        Picked::Full => (Tone::Warning, "notice-finding-full".into()),
    })
}

/// A problem or a medicine: the words alone don't always tell.
fn kind(f: &Finding) -> Saying {
    finding(f.kind).into()
}

/// A finding in one line: words, and the code where there is one.
fn titled(f: &Finding) -> String {
    match &f.code {
        Some(code) => format!("{} ({code})", f.text),
        None => f.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use crate::{
        core::codes::Kind,
        tui::{
            fixtures::{ABEBA, Driver, calls},
            forms::VisitField,
            model::Page,
            msg::Call,
        },
    };

    /// The form with the cursor where codes are found.
    fn finding() -> Driver {
        let mut d = Driver::visit();
        d.keys("fever");
        for _ in 0..9 {
            d.press(KeyCode::Tab);
        }
        assert_eq!(d.model.visit().unwrap().focus, VisitField::Found);
        d
    }

    #[test]
    fn what_is_picked_is_written_with_the_visit() {
        let mut d = finding();
        d.keys("malar");
        d.press(KeyCode::Enter);
        assert_eq!(d.notice(), "on the visit: Problem: Unspecified malaria (B54); Backspace takes it back");
        d.keys("artem lum");
        d.press(KeyCode::Down);
        d.press(KeyCode::Enter);
        d.press(KeyCode::Tab);
        d.keys("2w");
        match calls(&d.ctrl('s')).as_slice() {
            [Call::WriteVisit(ABEBA, v)] => {
                assert_eq!(v.findings.len(), 2);
                assert_eq!(v.findings[0].code.as_deref(), Some("B54"));
                assert_eq!(v.findings[1].kind, Kind::Medicine);
                assert_eq!(v.next, "2w");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_typed_and_not_picked_is_never_lost_in_silence() {
        let mut d = finding();
        d.keys("mala");
        assert!(d.ctrl('s').is_empty());
        assert!(d.notice().contains("'mala'") && d.notice().contains("Enter"), "{}", d.notice());
        d.press(KeyCode::Esc);
        assert!(matches!(d.model.page(), Some(Page::Visit(..))), "Esc clears what is typed first");
        assert!(!d.model.visit().unwrap().found.looking());
        assert_eq!(calls(&d.ctrl('s')).len(), 1);
    }

    #[test]
    fn a_pick_is_taken_back_by_backspace_and_dropped_by_esc() {
        let mut d = finding();
        d.keys("cough");
        d.press(KeyCode::Enter);
        d.press(KeyCode::Backspace);
        let f = d.model.visit().unwrap();
        assert_eq!((f.found.picked.len(), f.found.query.text()), (0, "Cough"));
        d.press(KeyCode::Esc);
        assert_eq!(d.model.visit().unwrap().draft().unwrap().findings, []);
        d.press(KeyCode::Backspace);
        assert!(d.model.visit().unwrap().found.picked.is_empty(), "nothing is left to take back");
    }

    #[test]
    fn picks_and_the_next_visit_are_part_of_the_draft() {
        let mut d = finding();
        d.keys("bcg");
        d.press(KeyCode::Enter);
        d.press(KeyCode::Tab);
        d.keys("14d");
        let effects = d.wait(1_100);
        let all = calls(&effects);
        let kept = all.iter().find_map(|c| match c {
            Call::KeepDraft(ABEBA, Some(v)) => Some(v),
            _ => None,
        });
        let kept = kept.unwrap();
        assert_eq!((kept.findings.len(), kept.next.as_str()), (1, "14d"));
    }

    #[test]
    fn a_next_visit_that_is_none_is_refused_where_it_stands() {
        let mut d = finding();
        d.press(KeyCode::Tab);
        d.keys("soon");
        assert!(d.ctrl('s').is_empty());
        assert!(d.notice().contains("14d"), "{}", d.notice());
        assert_eq!(d.model.visit().unwrap().focus, VisitField::Next);
    }
}
