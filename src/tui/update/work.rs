//! The list of what is to be done.

use crate::node::api::Fault;

use super::{
    super::{
        keymap::Action,
        model::{Listed, Load, Model, Page, ReviewsPage, Room},
        msg::{Call, Effect},
        work::{Item, Work, WorkPage, items},
    },
    go, moved, open_chart, settle,
};

fn page(model: &mut Model) -> Option<&mut WorkPage> {
    match model.page()? {
        Page::Work(p) => Some(p),
        _ => None,
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    match action {
        Action::Back => go(model, Page::Patients),
        Action::Reload => vec![model.ask(Call::Work)],
        Action::Accept => open(model),
        moving => {
            p.selected = moved(p.selected, p.rows.ready().map_or(0, Vec::len), moving);
            Vec::new()
        }
    }
}

/// Goes to where the selected thing is done.
fn open(model: &mut Model) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    let Some(item) = p.rows.ready().and_then(|rows| rows.get(p.selected)) else { return Vec::new() };
    let (id, name) = match item {
        Item::Due(..) => {
            if let Some(i) = model.inside() {
                i.patients.list(Listed::Due);
                i.patients.query.clear();
            }
            return go(model, Page::Patients);
        }
        Item::Review(_) => return go(model, Page::Reviews(Box::<ReviewsPage>::default())),
        Item::Draft(row) | Item::Conflict(row) => (row.id, row.name.clone()),
        Item::Asked(r) | Item::Waiting(r) => (r.patient, r.patient.short()),
    };
    open_chart(model, id, &name)
}

pub(super) fn listed(model: &mut Model, result: Result<Work, Fault>) -> Vec<Effect> {
    let Room::Inside(i) = &mut model.room else { return Vec::new() };
    let role = i.who.role;
    let Page::Work(p) = &mut i.page else { return Vec::new() };
    let fault = settle(&mut p.rows, result.map(|w| items(w, role)));
    if let Load::Ready(rows) = &p.rows {
        p.selected = moved(p.selected, rows.len(), Action::Reload);
    }
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use crate::{
        core::governance::Role,
        tui::{
            fixtures::{ABEBA, Driver, calls, work},
            model::{Page, Room},
            msg::{Answer, Call},
        },
    };

    #[test]
    fn each_thing_leads_to_where_it_is_done() {
        let mut d = Driver::inside();
        if let Room::Inside(i) = &mut d.model.room {
            i.who.role = Role::Clinician;
        }
        assert_eq!(calls(&d.ctrl('w')), [&Call::Work]);
        d.answer(Answer::Work(Ok(Box::new(work()))));
        assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Reviews]);
        d.ctrl('w');
        d.answer(Answer::Work(Ok(Box::new(work()))));
        d.press(KeyCode::Down);
        assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Chart(ABEBA)]);
        d.ctrl('w');
        d.answer(Answer::Work(Ok(Box::new(work()))));
        d.press(KeyCode::Down);
        d.press(KeyCode::Down);
        assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Due(String::new())]);
        d.ctrl('w');
        d.answer(Answer::Work(Ok(Box::default())));
        assert!(d.press(KeyCode::Enter).is_empty(), "nothing to open");
        assert_eq!(calls(&d.keys("r")), [&Call::Work]);
        d.press(KeyCode::Esc);
        assert!(matches!(d.model.page(), Some(Page::Patients)));
    }
}
