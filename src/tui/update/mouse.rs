//! The mouse: what is clicked is what the last drawing put there.

use crossterm::event::{MouseButton, MouseEvent, MouseEventKind};

use super::{
    super::{
        correcting::Correcting,
        forms::{GrantField, GrantForm, VisitState},
        keymap::{self, Action, Place},
        model::{Dialog, Model, Page, Room, Unlocking, Way},
        msg::Effect,
        registering::PatientField,
        sheet::Target,
        words::Words,
    },
    act as dispatch, menu,
};

pub(super) fn event(model: &mut Model, words: &Words, event: &MouseEvent) -> Vec<Effect> {
    let place = Place::of(model);
    let wheel = match event.kind {
        MouseEventKind::Down(MouseButton::Left) => {
            return match model.drawn.at(event.column, event.row) {
                Some(target) => click(model, words, place, target),
                None => Vec::new(),
            };
        }
        MouseEventKind::ScrollUp => Action::Up,
        MouseEventKind::ScrollDown => Action::Down,
        _ => return Vec::new(),
    };
    // Where these keys mean the next field, the wheel means nothing.
    if keymap::bound(place, wheel) { perform(model, words, place, wheel) } else { Vec::new() }
}

fn perform(model: &mut Model, words: &Words, place: Place, action: Action) -> Vec<Effect> {
    if place == Place::Menu { menu::act(model, words, action) } else { dispatch(model, place, action) }
}

fn click(model: &mut Model, words: &Words, place: Place, target: Target) -> Vec<Effect> {
    match target {
        Target::Key(action) => {
            model.notice = None;
            perform(model, words, place, action)
        }
        Target::Row(row) => {
            let again = select(model, place, row) == Some(row);
            // A second click opens, where Enter would; in the menu the first one does.
            match place {
                Place::Menu => menu::act(model, words, Action::Accept),
                Place::Patients
                | Place::Requests
                | Place::Share
                | Place::Work
                | Place::Audit
                | Place::Twice
                | Place::Papers
                | Place::Attachments
                | Place::AttachmentsRead
                | Place::Ending
                | Place::VisitFind
                    if again =>
                {
                    dispatch(model, place, Action::Accept)
                }
                // Where there is nothing to open, what can be done with the row is shown.
                Place::Reviews
                | Place::People
                | Place::Erasures
                | Place::Keys
                | Place::Health
                | Place::Consent
                | Place::Govern
                | Place::Retention
                | Place::Ledger
                | Place::Mesh
                    if again =>
                {
                    dispatch(model, place, Action::Menu)
                }
                _ => Vec::new(),
            }
        }
        Target::Field(field) => {
            focus(model, field);
            Vec::new()
        }
    }
}

/// Selects a row of this place's list; gives the one that was selected before.
fn select(model: &mut Model, place: Place, row: usize) -> Option<usize> {
    let selected = match (place, &mut model.room) {
        (Place::Menu, _) => &mut model.menu.as_mut()?.selected,
        (Place::Pin, Room::SignIn(s)) => match &mut s.way {
            Way::Pin(f) if f.state == Unlocking::Typing => {
                // A PIN begun for one name is not tried at another.
                f.pin.clear();
                &mut f.selected
            }
            _ => return None,
        },
        (Place::Patients, Room::Inside(i)) => &mut i.patients.selected,
        (_, Room::Inside(i)) => match (place, &mut i.page) {
            (Place::Chart | Place::ChartRead, Page::Chart(c)) => {
                c.turned = 0;
                &mut c.selected
            }
            (Place::Consent, Page::Consent(_, c)) => &mut c.selected,
            (Place::Conflict, Page::Conflict(_, p)) => &mut p.decision.as_mut()?.selected,
            (Place::Work, Page::Work(p)) => &mut p.selected,
            (Place::Audit, Page::Audit(p)) => &mut p.selected,
            (Place::VisitFind, Page::Visit(_, f)) => &mut f.found.selected,
            (Place::History, Page::History(_, p)) => &mut p.selected,
            (Place::Ending, Page::Ending(_, p)) => p.cursor().0,
            (Place::Twice, Page::Twice(t)) => &mut t.selected,
            (Place::Papers, Page::Papers(p)) => &mut p.selected,
            (Place::Attachments | Place::AttachmentsRead, Page::Attachments(_, p)) => &mut p.selected,
            (Place::Growth, Page::Growth(_, g)) => {
                g.back = 0;
                &mut g.which
            }
            (Place::Vitals, Page::Vitals(_, v)) => {
                let before = v.measure;
                v.choose(row);
                return Some(before);
            }
            (Place::Ledger, Page::Ledger(l)) => &mut l.selected,
            (Place::Mesh, Page::Mesh(m)) => &mut m.selected,
            (Place::People, Page::People(p)) => &mut p.selected,
            (Place::Reviews, Page::Reviews(r)) => &mut r.selected,
            (Place::Requests, Page::Requests(r)) => &mut r.selected,
            (Place::Erasures, Page::Erasures(e)) => &mut e.selected,
            (Place::Govern, Page::Govern(g)) if g.deciding => &mut g.proposal,
            (Place::Govern, Page::Govern(g)) => &mut g.terminal,
            (Place::Share, Page::Share(s)) => &mut s.selected,
            (Place::Taken | Place::Counted, Page::Share(s)) => &mut s.row,
            (Place::Keys, Page::Keys(k)) => &mut k.selected,
            (Place::Retention, Page::Retention(r)) => &mut r.selected,
            (Place::Health, Page::Health(h)) => &mut h.selected,
            (Place::Register, Page::Register(f)) => &mut f.marked,
            _ => return None,
        },
        _ => return None,
    };
    Some(std::mem::replace(selected, row))
}

/// Goes to a field of the form that is open; a choice that has the cursor already is changed.
fn focus(model: &mut Model, field: usize) {
    let (place, now) = (Place::of(model), model.now);
    match &mut model.room {
        Room::SignIn(s) => {
            if let Way::Passphrase(f) = &mut s.way
                && f.state == Unlocking::Typing
            {
                f.on_passphrase = field == 1;
            }
        }
        Room::Turn(_) => {}
        Room::Inside(i) => match (place, &mut i.page) {
            (Place::Register, Page::Register(f)) => {
                let Some((to, _)) = PatientField::ALL.get(field) else { return };
                if f.click(*to) {
                    (f.typed, f.unkept) = (true, Some(now));
                }
            }
            (Place::Visit | Place::VisitFind, Page::Visit(_, f)) if f.state == VisitState::Editing => {
                if let Some(to) = f.fields().get(field) {
                    f.focus = *to;
                }
            }
            (Place::Correct, Page::Correct(_, what)) => match what {
                Correcting::Who(fix) => {
                    let (f, Some((to, _))) = (&mut fix.form, PatientField::ALL.get(field)) else { return };
                    if f.click(*to) {
                        f.unkept = Some(now);
                    }
                }
                Correcting::Visit(fix) => {
                    if let Some(to) = fix.form.fields().get(field) {
                        fix.form.focus = *to;
                    }
                }
            },
            (Place::Form, page) => {
                if let Some(f) = page.form_mut() {
                    f.click(field);
                }
            }
            (Place::Grant, Page::Consent(_, c)) => {
                if let Dialog::Grant(f) = &mut c.dialog
                    && let Some(to) = GrantForm::fields().get(field)
                {
                    let change = f.focus == *to || matches!(to, GrantField::Part(_));
                    f.focus = *to;
                    if change {
                        f.choose(true);
                    }
                }
            }
            (Place::Glass, Page::Chart(c)) => {
                if let Some(f) = &mut c.glass {
                    if !f.on_note && field == 0 {
                        f.choose(true);
                    }
                    f.on_note = field == 1;
                }
            }
            (Place::Review, Page::Reviews(r)) => {
                if let Some(f) = &mut r.form {
                    f.on_told = field == 1;
                    f.told ^= f.on_told;
                }
            }
            _ => {}
        },
    }
}
