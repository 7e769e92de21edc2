//! Who read what: searched while typing, gone on with as one goes down.

use crate::node::api::{AuditAsk, AuditPart, Fault};

use super::{
    super::{
        auditing::AuditPage,
        keymap::Action,
        model::{Load, Model, Page},
        msg::{Call, Effect},
    },
    go, moved, settle,
};

fn page(model: &mut Model) -> Option<&mut AuditPage> {
    match model.page()? {
        Page::Audit(p) => Some(p),
        _ => None,
    }
}

/// Asks the node. One question at a time: its answer sends the next one if the text changed meanwhile.
fn ask(model: &mut Model, ask: AuditAsk) -> Vec<Effect> {
    match page(model) {
        Some(p) if p.asked.is_none() => p.asked = Some(ask.clone()),
        _ => return Vec::new(),
    }
    vec![model.ask(Call::Audit(ask))]
}

/// Asks for what is typed, from the newest on.
pub(super) fn search(model: &mut Model) -> Vec<Effect> {
    let Some(wanted) = page(model).map(|p| p.wanted()) else { return Vec::new() };
    ask(model, wanted)
}

/// Something was recorded: what is looked through stays as it is, the newest are shown anew.
pub(super) fn changed(model: &mut Model) -> Vec<Effect> {
    match page(model) {
        Some(p) if p.selected == 0 && !p.whole && p.query.is_empty() => search(model),
        _ => Vec::new(),
    }
}

/// Asks for more where few rows are left below.
fn further(model: &mut Model) -> Vec<Effect> {
    match page(model).and_then(|p| p.further()) {
        Some(more) => ask(model, more),
        None => Vec::new(),
    }
}

fn typed(model: &mut Model) -> Vec<Effect> {
    if let Some(p) = page(model) {
        p.selected = 0;
    }
    search(model)
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    match action {
        Action::Accept => {
            p.whole = !p.whole && !p.listed().is_empty();
            Vec::new()
        }
        Action::Back if p.whole => {
            p.whole = false;
            Vec::new()
        }
        Action::Back if p.query.is_empty() => go(model, Page::Patients),
        Action::Back => {
            p.query.clear();
            typed(model)
        }
        Action::Edit(edit) => {
            if p.query.edit(edit) {
                return typed(model);
            }
            Vec::new()
        }
        moving => {
            p.selected = moved(p.selected, p.listed().len(), moving);
            further(model)
        }
    }
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    let changed = page(model).is_some_and(|p| p.query.insert(text));
    if changed { typed(model) } else { Vec::new() }
}

pub(super) fn listed(model: &mut Model, asked: AuditAsk, result: Result<AuditPart, Fault>) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    // The page was left and opened again meanwhile: its own answer comes.
    if p.asked.as_ref() != Some(&asked) {
        return Vec::new();
    }
    p.asked = None;
    if asked.words != p.query.text() {
        return search(model);
    }
    match result {
        Ok(part) => {
            p.take(asked.from.is_none(), part);
            p.selected = moved(p.selected, p.listed().len(), Action::Reload);
            further(model)
        }
        Err(fault) => {
            let kept = matches!(p.rows, Load::Ready(_));
            p.next = p.next.take().filter(|_| kept);
            if let Some(f) = settle(&mut p.rows, Err(fault)) {
                model.fail(&f);
            }
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use crate::{
        node::api::{AuditAsk, AuditMark, AuditPart},
        tui::{
            fixtures::{Driver, audit, calls, on_audit},
            model::Page,
            msg::{Answer, Call},
        },
    };

    fn asked(d: &mut Driver) -> Option<AuditAsk> {
        match d.model.page() {
            Some(Page::Audit(p)) => p.asked.clone(),
            _ => None,
        }
    }

    fn shown(d: &mut Driver) -> (usize, usize, bool) {
        let Some(Page::Audit(p)) = d.model.page() else { panic!("not there") };
        (p.listed().len(), p.selected, p.whole)
    }

    fn answer(d: &mut Driver, part: AuditPart) -> Vec<crate::tui::msg::Effect> {
        let ask = asked(d).unwrap();
        d.answer(Answer::Audit(ask, Ok(part)))
    }

    #[test]
    fn what_is_typed_narrows_and_only_the_last_answer_counts() {
        let mut d = on_audit();
        assert_eq!(shown(&mut d), (audit().rows.len(), 0, false));
        let first = d.keys("oke");
        // One question at a time.
        assert_eq!(calls(&first).len(), 1);
        let rows = audit().rows[..1].to_vec();
        let again = answer(&mut d, AuditPart { rows: rows.clone(), next: None, looked: 9 });
        let [Call::Audit(ask)] = calls(&again)[..] else { panic!("{again:?}") };
        assert_eq!(ask.words, "oke");
        assert_eq!(shown(&mut d).0, audit().rows.len(), "an answer to another text is not shown");
        assert!(answer(&mut d, AuditPart { rows, next: None, looked: 9 }).is_empty());
        assert_eq!(shown(&mut d).0, 1);
        // Esc first clears, then leaves.
        assert_eq!(calls(&d.press(KeyCode::Esc)).len(), 1);
        d.press(KeyCode::Esc);
        assert!(matches!(d.model.page(), Some(Page::Patients)));
    }

    #[test]
    fn going_down_asks_for_more_and_what_fits_nowhere_is_looked_for_to_the_end() {
        let mut d = on_audit();
        let mark = |n| Some(AuditMark(vec![(crate::tui::fixtures::log(), n)]));
        let many: Vec<_> = (0..80).flat_map(|_| audit().rows).collect();
        d.keys("x");
        let more = answer(&mut d, AuditPart { rows: Vec::new(), next: mark(9), looked: 4_000 });
        let [Call::Audit(ask)] = calls(&more)[..] else { panic!("{more:?}") };
        assert_eq!((&ask.words[..], &ask.from), ("x", &mark(9)), "nothing fits yet: it goes on by itself");
        let enough = answer(&mut d, AuditPart { rows: many.clone(), next: mark(5), looked: 4_000 });
        assert!(enough.is_empty(), "enough is there");
        let mut downs = (0..many.len() / 10).map(|_| d.press(KeyCode::PageDown));
        let first = downs.find(|e| !e.is_empty()).unwrap_or_default();
        let [Call::Audit(ask)] = calls(&first)[..] else { panic!("{first:?}") };
        assert_eq!(ask.from, mark(5));
        let before = shown(&mut d);
        answer(&mut d, audit());
        assert_eq!(shown(&mut d), (before.0 + audit().rows.len(), before.1, false), "they follow below");
    }

    #[test]
    fn an_entry_is_shown_whole_and_news_does_not_move_what_is_read() {
        let mut d = on_audit();
        d.press(KeyCode::Down);
        d.press(KeyCode::Enter);
        assert_eq!(shown(&mut d), (audit().rows.len(), 1, true));
        let news = |d: &mut Driver| {
            let changes =
                crate::node::api::Changes { next: 7, changes: vec![crate::node::api::Change::Ledger] };
            let e = d.answer(Answer::Events(Ok(changes)));
            calls(&e).iter().filter(|c| matches!(c, Call::Audit(_))).count()
        };
        assert_eq!(news(&mut d), 0);
        d.press(KeyCode::Down);
        assert_eq!(shown(&mut d).1, 2, "the next one, whole");
        d.press(KeyCode::Esc);
        assert!(!shown(&mut d).2);
        d.press(KeyCode::Up);
        d.press(KeyCode::Up);
        assert_eq!(news(&mut d), 1, "at the top the newest are shown");
    }
}
