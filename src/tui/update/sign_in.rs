//! Signing in: by face while the node can, by PIN after the passphrase was given once, by passphrase always.

use crate::{
    core::auth::Verdict,
    node::api::{Fault, Look, Passphrase, Pin, Status, Took, Who},
};

use super::{
    super::{
        input::Edit,
        keymap::Action,
        model::{
            Face, FaceState, Inside, Model, NewPin, Over, Page, PassphraseForm, Patients, PinForm, Room,
            SignIn, Tone, Unlocking, Way,
        },
        msg::{Call, Effect},
        words::{Arg, say},
    },
    card, moved, patients, sign_out,
};

fn screen(model: &mut Model) -> Option<&mut SignIn> {
    match &mut model.room {
        Room::SignIn(s) => Some(s),
        Room::Inside(_) | Room::Turn(_) => None,
    }
}

/// The node said what it is: offers the quickest way that can be enough.
pub(super) fn status(model: &mut Model, status: Status) -> Vec<Effect> {
    let shut = match model.room {
        Room::Inside(_) => status.signed_in.is_none(),
        // Nobody is signed in in a patient's turn.
        Room::Turn(_) => status.sealed,
        Room::SignIn(_) => false,
    };
    if shut {
        model.session += 1;
        sign_out(model, "notice-signed-out");
    }
    if status.sealed {
        // Everything of the terminal was to be forgotten.
        model.unseen = None;
    }
    let (face, pin) = (face_possible(&status), pin_possible(&status));
    model.status = Some(status);
    offer_pin(model);
    let Some(s) = screen(model) else { return Vec::new() };
    let Way::Starting { after_lock } = s.way else { return Vec::new() };
    if face && !after_lock {
        s.way = Way::Face(Face::default());
        return look(model, true);
    }
    s.way = if face {
        Way::Face(Face { state: FaceState::Resting, picture: None })
    } else if pin {
        Way::Pin(PinForm::default())
    } else {
        Way::Passphrase(PassphraseForm::default())
    };
    Vec::new()
}

/// Whoever came in by passphrase and has no PIN here is asked to choose one, once.
fn offer_pin(model: &mut Model) {
    let people = model.status.iter().flat_map(|s| &s.people);
    let without: Vec<_> = people.filter(|p| !p.pin).map(|p| p.staff).collect();
    if let Some(i) = model.inside()
        && std::mem::take(&mut i.by_passphrase)
        && without.contains(&i.who.staff)
    {
        i.over = Over::NewPin(NewPin::default());
    }
}

fn face_possible(status: &Status) -> bool {
    !status.sealed && status.face_possible && status.camera.is_some()
}

fn pin_possible(status: &Status) -> bool {
    status.people.iter().any(|p| p.pin)
}

fn look(model: &mut Model, fresh: bool) -> Vec<Effect> {
    match screen(model) {
        Some(s) if !s.looking => s.looking = true,
        _ => return Vec::new(),
    }
    vec![model.ask(Call::Look(fresh))]
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let face = model.status.as_ref().is_some_and(face_possible);
    let pin = model.status.as_ref().is_some_and(pin_possible);
    let Some(s) = screen(model) else { return Vec::new() };
    match (&mut s.way, action) {
        (Way::Face(_), Action::OtherWay) if pin => s.way = Way::Pin(PinForm::default()),
        (Way::Face(_), Action::OtherWay) => s.way = Way::Passphrase(PassphraseForm::default()),
        (Way::Face(f), Action::Accept) => {
            f.state = FaceState::default();
            return look(model, true);
        }
        (Way::Pin(_), action) => return act_pin(model, action),
        // Nothing changes while the passphrase is on its way.
        (Way::Passphrase(f), _) if f.state != Unlocking::Typing => {}
        (Way::Passphrase(f), Action::OtherWay) if f.on_passphrase && face => {
            s.way = Way::Face(Face::default());
            return look(model, true);
        }
        (Way::Passphrase(f), Action::OtherWay) if f.on_passphrase && pin => {
            s.way = Way::Pin(PinForm::default());
        }
        (Way::Passphrase(f), Action::OtherWay | Action::NextField | Action::PrevField) => {
            f.on_passphrase = !f.on_passphrase;
        }
        (Way::Passphrase(f), Action::Edit(edit)) => {
            if !f.on_passphrase {
                f.login.edit(edit);
            } else if edit == Edit::Backspace {
                f.passphrase.backspace();
            }
        }
        (Way::Passphrase(f), Action::Accept) if f.login.is_empty() => {
            f.on_passphrase = false;
            model.say(Tone::Warning, "notice-login-first");
        }
        (Way::Passphrase(f), Action::Accept) if f.passphrase.len() == 0 => f.on_passphrase = true,
        (Way::Passphrase(f), Action::Accept) if s.looking => f.state = Unlocking::AfterLook,
        (Way::Passphrase(_), Action::Accept) => return send(model),
        _ => {}
    }
    Vec::new()
}

fn act_pin(model: &mut Model, action: Action) -> Vec<Effect> {
    let people = model.status.as_ref().map(|s| s.people.clone()).unwrap_or_default();
    let Some(s) = screen(model) else { return Vec::new() };
    let Way::Pin(f) = &mut s.way else { return Vec::new() };
    if f.state != Unlocking::Typing {
        return Vec::new();
    }
    let fitting = f.fitting(&people).len();
    match action {
        Action::OtherWay => s.way = Way::Passphrase(PassphraseForm::default()),
        Action::Edit(Edit::Backspace) if f.pin.len() > 0 => f.pin.backspace(),
        Action::Edit(edit) => {
            f.name.edit(edit);
            f.selected = 0;
        }
        Action::Accept if fitting == 0 => {
            model.say(Tone::Warning, "notice-pin-nobody");
        }
        Action::Accept if f.pin.len() == 0 => model.say(Tone::Warning, "notice-pin-first"),
        Action::Accept if s.looking => f.state = Unlocking::AfterLook,
        Action::Accept => return send(model),
        moving => {
            f.selected = moved(f.selected, fitting, moving);
            // A PIN begun for one name is not tried at another.
            f.pin.clear();
        }
    }
    Vec::new()
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    match screen(model).map(|s| &mut s.way) {
        Some(Way::Passphrase(f)) if f.state != Unlocking::Typing => {}
        Some(Way::Passphrase(f)) if f.on_passphrase => f.passphrase.insert(text),
        Some(Way::Passphrase(f)) => {
            f.login.insert(text);
        }
        Some(Way::Pin(f)) if f.state == Unlocking::Typing => {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            let letters: String = text.chars().filter(|c| !c.is_ascii_digit()).collect();
            f.pin.insert(&digits);
            if f.name.insert(&letters) {
                f.selected = 0;
            }
        }
        _ => {}
    }
    Vec::new()
}

/// Sends what was typed.
fn send(model: &mut Model) -> Vec<Effect> {
    let people = model.status.as_ref().map(|s| s.people.clone()).unwrap_or_default();
    let call = match screen(model).map(|s| &mut s.way) {
        Some(Way::Passphrase(f)) => {
            f.state = Unlocking::Sent;
            Call::Unlock(f.login.text().trim().to_owned(), Passphrase(f.passphrase.take()))
        }
        Some(Way::Pin(f)) => {
            let Some(who) = f.fitting(&people).get(f.selected).map(|p| p.staff) else {
                f.state = Unlocking::Typing;
                return Vec::new();
            };
            f.state = Unlocking::Sent;
            Call::Pin(who, Pin(f.pin.take()))
        }
        _ => return Vec::new(),
    };
    vec![model.ask(call)]
}

pub(super) fn unlocked(model: &mut Model, result: Result<Who, Fault>) -> Vec<Effect> {
    match result {
        Ok(who) => {
            let effects = enter(model, who, true, None);
            if let Some(i) = model.inside() {
                i.by_passphrase = true;
            }
            effects
        }
        Err(fault) => {
            if let Some(Way::Passphrase(f)) = screen(model).map(|s| &mut s.way) {
                f.state = Unlocking::Typing;
                f.passphrase.clear();
                f.on_passphrase = true;
            }
            model.fail(&fault);
            Vec::new()
        }
    }
}

pub(super) fn pin(model: &mut Model, result: Result<Who, Fault>) -> Vec<Effect> {
    match result {
        Ok(who) => enter(model, who, true, None),
        Err(fault) => {
            if let Some(Way::Pin(f)) = screen(model).map(|s| &mut s.way) {
                f.state = Unlocking::Typing;
                f.pin.clear();
            }
            model.fail(&fault);
            // Ten wrong PINs, and the name is gone from the list.
            vec![model.ask(Call::Status)]
        }
    }
}

/// One look came back. Only a frame without a verdict is followed by another by itself.
pub(super) fn looked(model: &mut Model, result: Result<Look, Fault>) -> Vec<Effect> {
    let Some(s) = screen(model) else { return Vec::new() };
    s.looking = false;
    let waiting = match &s.way {
        Way::Face(_) => None,
        Way::Passphrase(f) => Some(f.state),
        Way::Pin(f) => Some(f.state),
        Way::Starting { .. } => Some(Unlocking::Typing),
    };
    if let Some(state) = waiting {
        // The person turned away from the camera: a face that it still recognised signs nobody in, and it is let go.
        let mut effects = vec![model.ask(Call::Lock)];
        if state == Unlocking::AfterLook {
            effects.extend(send(model));
        }
        return effects;
    }
    let Way::Face(face) = &mut s.way else { return Vec::new() };
    let look = match result {
        Ok(look) => look,
        Err(fault) => {
            face.state = FaceState::Failed(fault.message);
            return Vec::new();
        }
    };
    face.picture = Some(look.preview);
    if let Some(who) = look.who {
        let effects = enter(model, who, false, look.took);
        if let Some(i) = model.inside().filter(|_| look.refresh) {
            i.over = Over::Refresh;
        }
        return effects;
    }
    match look.verdict {
        None | Some(Verdict::Granted(_)) if face.state.running() => {
            face.state = match look.prompt {
                Some(p) => FaceState::Moving(p),
                None => FaceState::Looking { hint: look.hint },
            };
            self::look(model, false)
        }
        None | Some(Verdict::Granted(_)) => Vec::new(),
        Some(verdict) => decided(model, verdict, look.because),
    }
}

fn decided(model: &mut Model, verdict: Verdict, because: Option<String>) -> Vec<Effect> {
    let (now, pin) = (model.now, model.status.as_ref().is_some_and(pin_possible));
    let people = model.status.as_ref().map(|s| s.people.clone()).unwrap_or_default();
    let Some(s) = screen(model) else { return Vec::new() };
    let stopped = match verdict {
        Verdict::NotRecognised { left } => FaceState::NotRecognised { left },
        Verdict::NotLive { left } => FaceState::NotLive { left, because: because.unwrap_or_default() },
        Verdict::Wait { left } => FaceState::Wait { until: now.saturating_add(left) },
        Verdict::PinNeeded(who) if pin => {
            let mut form = PinForm::default();
            let at = form.fitting(&people).iter().position(|p| Some(p.staff) == who);
            form.selected = at.unwrap_or(0);
            s.way = Way::Pin(form);
            model.say(Tone::Warning, "notice-pin-needed");
            return Vec::new();
        }
        _ => {
            s.way = Way::Passphrase(PassphraseForm::default());
            model.say(Tone::Warning, "notice-passphrase-needed");
            return Vec::new();
        }
    };
    if let Way::Face(face) = &mut s.way {
        face.state = stopped;
    }
    Vec::new()
}

fn enter(model: &mut Model, who: Who, proof: bool, took: Option<Took>) -> Vec<Effect> {
    model.session += 1;
    (model.last_key, model.touched) = (model.now, model.now);
    // In tenths of a second.
    let seconds = |ms: u64| Arg::Milli(i64::try_from(ms / 100 * 100).unwrap_or(i64::MAX));
    let welcome = match took {
        None => say!("notice-signed-in", name = &who.name),
        Some(t) => say!(
            "notice-signed-in-took",
            name = &who.name,
            machine = seconds(t.machine),
            challenge = seconds(t.challenge),
        ),
    };
    model.say(Tone::Good, welcome);
    let page = card::bring_back(model, who.staff).unwrap_or(Page::Patients);
    let patients = Patients::default();
    let proof = proof.then_some(model.now);
    model.room = Room::Inside(Box::new(Inside {
        who,
        page,
        patients,
        proof,
        by_passphrase: false,
        over: Over::None,
        looks: false,
    }));
    let mut effects = vec![model.ask(Call::Status)];
    effects.extend(patients::search(model));
    effects
}
