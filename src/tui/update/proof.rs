//! What lies over every page: the PIN that is asked before something goes on, choosing a PIN, refreshing a face.

use crate::{
    core::auth::MIN_DIGITS,
    node::api::{Fault, Pin, Who},
};

use super::{
    super::{
        input::Edit,
        keymap::{Action, Place},
        model::{Model, NewPin, Over, Tone},
        msg::{Call, Effect},
        words::say,
    },
    act as dispatch,
};

/// True when the PIN must be given first: it is asked, and `then` goes on once it was.
pub(super) fn first(model: &mut Model, then: Action) -> bool {
    if model.proven() {
        return false;
    }
    if !model.own_pin() {
        model.say(Tone::Warning, "notice-more-than-face");
        return true;
    }
    if let Some(i) = model.inside() {
        i.over = Over::Proof { pin: Default::default(), then, sent: false };
    }
    true
}

/// Opens the choice of a PIN.
pub(super) fn choose_pin(model: &mut Model) {
    if let Some(i) = model.inside() {
        i.over = Over::NewPin(NewPin::default());
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(i) = model.inside() else { return Vec::new() };
    let who = i.who.staff;
    match (&mut i.over, action) {
        (over, Action::Back) => *over = Over::None,
        (Over::Proof { pin, .. }, Action::Edit(Edit::Backspace)) => pin.backspace(),
        (Over::Proof { pin, .. }, Action::Accept) if pin.len() == 0 => {}
        (Over::Proof { pin, sent, .. }, Action::Accept) => {
            *sent = true;
            let call = Call::Pin(who, Pin(pin.take()));
            return vec![model.ask(call)];
        }
        (Over::NewPin(f), Action::Edit(Edit::Backspace)) => {
            if f.on_second {
                f.second.backspace()
            } else {
                f.first.backspace()
            }
        }
        (Over::NewPin(f), Action::Accept) if !f.on_second => {
            if f.first.len() >= MIN_DIGITS {
                f.on_second = true;
            } else {
                model.say(Tone::Warning, say!("notice-pin-digits", n = MIN_DIGITS));
            }
        }
        (Over::NewPin(f), Action::Accept) => {
            let (first, second) = (Pin(f.first.take()), Pin(f.second.take()));
            if first == second {
                f.sent = true;
                return vec![model.ask(Call::SetPin(first))];
            }
            *f = NewPin::default();
            model.say(Tone::Warning, "notice-pin-differs");
        }
        _ => {}
    }
    Vec::new()
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match model.inside().map(|i| &mut i.over) {
        Some(Over::Proof { pin, .. }) => pin.insert(&digits),
        Some(Over::NewPin(f)) if f.on_second => f.second.insert(&digits),
        Some(Over::NewPin(f)) => f.first.insert(&digits),
        _ => {}
    }
    Vec::new()
}

/// The PIN was right or wrong; a right one lets go on what waited for it.
pub(super) fn given(model: &mut Model, result: Result<Who, Fault>) -> Vec<Effect> {
    let now = model.now;
    let Some(i) = model.inside() else { return Vec::new() };
    match result {
        Ok(_) => {
            i.proof = Some(now);
            let over = std::mem::replace(&mut i.over, Over::None);
            let Over::Proof { then, .. } = over else { return Vec::new() };
            let place = Place::of(model);
            dispatch(model, place, then)
        }
        Err(fault) => {
            if let Over::Proof { pin, sent, .. } = &mut i.over {
                pin.clear();
                *sent = false;
            }
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn chosen(model: &mut Model, result: Result<(), Fault>) -> Vec<Effect> {
    let Some(i) = model.inside() else { return Vec::new() };
    match result {
        Ok(()) => {
            i.over = Over::None;
            model.say(Tone::Good, "notice-pin-set");
            vec![model.ask(Call::Status)]
        }
        Err(fault) => {
            i.over = Over::NewPin(NewPin::default());
            model.fail(&fault);
            Vec::new()
        }
    }
}

/// Answers "keep a fresh picture?".
pub(super) fn refresh(model: &mut Model, action: Action) -> Vec<Effect> {
    if let Some(i) = model.inside() {
        i.over = Over::None;
    }
    vec![model.ask(Call::RefreshFace(action == Action::Yes))]
}

pub(super) fn refreshed(model: &mut Model, result: Result<(), Fault>) -> Vec<Effect> {
    if let Err(fault) = result {
        model.fail(&fault);
    }
    Vec::new()
}
