//! The patient list, searched while typing, and registering a patient.

use crate::{
    core::id::PatientId,
    node::api::{Fault, PatientRow},
};

use super::{
    super::{
        input::Edit,
        keymap::Action,
        model::{Listed, Model, Page, Tone},
        msg::{Call, Effect},
        registering::{PatientField, RegisterForm},
        words::say,
    },
    drafting, go, likely, moved, open_chart, set_page, settle,
};

/// The list, where the next letters begin another search: nobody wants them behind those of before.
pub(super) fn anew(model: &mut Model) -> Vec<Effect> {
    if let Some(inside) = model.inside() {
        inside.patients.query.clear();
    }
    go(model, Page::Patients)
}

/// Asks for what is typed. One question at a time: its answer sends the next one if the text changed meanwhile.
pub(super) fn search(model: &mut Model) -> Vec<Effect> {
    let Some(inside) = model.inside() else { return Vec::new() };
    if inside.patients.asked.is_some() {
        return Vec::new();
    }
    let (query, listed) = inside.patients.wanted();
    inside.patients.asked = Some((query.clone(), listed));
    vec![model.ask(match listed {
        Listed::Everyday => Call::Patients(query),
        Listed::Due => Call::Due(query),
        Listed::Archive => Call::Archived(query),
    })]
}

pub(super) fn listed(
    model: &mut Model,
    asked: (String, Listed),
    result: Result<Vec<PatientRow>, Fault>,
) -> Vec<Effect> {
    let Some(inside) = model.inside() else { return Vec::new() };
    let p = &mut inside.patients;
    p.asked = None;
    if p.wanted() != asked {
        return search(model);
    }
    let keep = p.show.take().or_else(|| p.current().map(|r| r.id));
    let fault = settle(&mut p.rows, result);
    let rows = p.rows.ready().map_or(&[][..], Vec::as_slice);
    p.selected = rows.iter().position(|r| Some(r.id) == keep).unwrap_or(0);
    if let Some(f) = fault {
        model.fail(&f);
    }
    Vec::new()
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(inside) = model.inside() else { return Vec::new() };
    let p = &mut inside.patients;
    match action {
        Action::Accept if p.asked.as_ref().is_some_and(|asked| *asked != p.wanted()) => {
            // The list is still that of an earlier text: opening from it could open somebody else.
            model.say(Tone::Info, "notice-still-searching");
            Vec::new()
        }
        Action::Accept => match p.current() {
            Some(row) => {
                let (id, name) = (row.id, row.name.clone());
                open_chart(model, id, &name)
            }
            // Who isn't listed may be known all the same: an identifier, from a card or a paper, opens a chart or says why not.
            None => match p.query.text().parse::<PatientId>() {
                Ok(id) => open_chart(model, id, &id.short()),
                Err(_) => Vec::new(),
            },
        },
        Action::ReadCard => super::card::read(model),
        Action::Register => {
            let form = RegisterForm::new(p.query.text());
            if let Some(effects) = likely::resume(model) {
                return effects;
            }
            let mut effects = go(model, Page::Register(Box::new(form)));
            effects.extend(drafting::look(model));
            likely::typed(model);
            effects
        }
        Action::Back => {
            // Back to those of every day once there is nothing more to clear.
            if p.query.is_empty() {
                p.listed = Listed::Everyday;
            }
            p.query.clear();
            p.selected = 0;
            search(model)
        }
        Action::Shelf => {
            p.list(if p.listed == Listed::Archive { Listed::Everyday } else { Listed::Archive });
            search(model)
        }
        Action::Due => {
            p.list(if p.listed == Listed::Due { Listed::Everyday } else { Listed::Due });
            search(model)
        }
        Action::Edit(edit) => {
            if p.query.edit(edit) {
                p.selected = 0;
                return search(model);
            }
            Vec::new()
        }
        moving => {
            p.selected = moved(p.selected, p.rows.ready().map_or(0, Vec::len), moving);
            Vec::new()
        }
    }
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    let Some(inside) = model.inside() else { return Vec::new() };
    if !inside.patients.query.insert(text) {
        return Vec::new();
    }
    inside.patients.selected = 0;
    search(model)
}

fn form(model: &mut Model) -> Option<&mut RegisterForm> {
    match model.page()? {
        Page::Register(f) => Some(f),
        _ => None,
    }
}

pub(super) fn act_register(model: &mut Model, action: Action) -> Vec<Effect> {
    let year = model.this_year();
    let changes = matches!(action, Action::Choose | Action::Edit(_));
    let Some(f) = form(model) else { return Vec::new() };
    match action {
        Action::Back => {
            let mut effects = drafting::drop(model);
            effects.extend(go(model, Page::Patients));
            return effects;
        }
        Action::OpenLikely => return likely::open(model),
        Action::PageDown | Action::PageUp => likely::mark(model, action),
        Action::NextField => f.step(true),
        Action::PrevField => f.step(false),
        Action::Choose => match f.field() {
            Some(field) => {
                field.insert(" ");
            }
            None => f.choose(true),
        },
        Action::Edit(edit) => match f.field() {
            Some(field) => {
                field.edit(edit);
            }
            None => f.choose(!matches!(edit, Edit::Left)),
        },
        Action::Save => match f.patient(year).and_then(|p| Ok((p, f.decides()?))) {
            // Asked once: nobody may be at hand who knows.
            Ok(_) if f.lacks_guardian(year) && !f.told => {
                (f.told, f.focus) = (true, PatientField::Guardian);
                model.say(Tone::Warning, "notice-no-guardian");
            }
            Ok((patient, guardian)) => {
                f.sending = true;
                return vec![model.ask(Call::Register(patient, guardian))];
            }
            Err((field, words)) => {
                f.focus = field;
                model.say(Tone::Danger, words);
            }
        },
        _ => {}
    }
    if changes {
        typed(model);
    }
    Vec::new()
}

fn typed(model: &mut Model) {
    if let Some(f) = form(model) {
        f.typed = true;
    }
    drafting::typed(model);
    likely::typed(model);
}

pub(super) fn type_register(model: &mut Model, text: &str) -> Vec<Effect> {
    if let Some(field) = form(model).and_then(RegisterForm::field)
        && field.insert(text)
    {
        typed(model);
    }
    Vec::new()
}

pub(super) fn registered(model: &mut Model, result: Result<PatientId, Fault>) -> Vec<Effect> {
    let Some(f) = form(model) else { return Vec::new() };
    f.sending = false;
    match result {
        Ok(id) => {
            let name = f.name.text().trim().to_owned();
            model.say(Tone::Good, say!("notice-registered", name = name, id = id.short()));
            if let Some(inside) = model.inside() {
                inside.patients.query.clear();
                inside.patients.show = Some(id);
            }
            let effects = set_page(model, Page::Patients, Vec::new());
            effects.into_iter().chain(search(model)).collect()
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}
