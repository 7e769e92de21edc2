//! Signing in: by face while the node can, by passphrase always.

use crate::{
    core::auth::Verdict,
    node::api::{Fault, Look, Passphrase, Status, Who},
};

use super::{
    super::{
        input::Edit,
        keymap::Action,
        model::{
            Face, FaceState, Inside, Model, Page, PassphraseForm, Patients, Room, SignIn, Tone, Unlocking,
            Way,
        },
        msg::{Call, Effect},
    },
    patients, sign_out,
};

fn screen(model: &mut Model) -> Option<&mut SignIn> {
    match &mut model.room {
        Room::SignIn(s) => Some(s),
        Room::Inside(_) => None,
    }
}

fn form(model: &mut Model) -> Option<&mut PassphraseForm> {
    match &mut screen(model)?.way {
        Way::Passphrase(f) => Some(f),
        _ => None,
    }
}

/// The node said what it is: offers the face when that can be enough.
pub(super) fn status(model: &mut Model, status: Status) -> Vec<Effect> {
    if matches!(model.room, Room::Inside(_)) && status.signed_in.is_none() {
        model.session += 1;
        sign_out(model, "signed out by the node: sign in again");
    }
    let face = face_possible(&status);
    model.status = Some(status);
    match screen(model) {
        Some(s) if matches!(s.way, Way::Starting { after_lock: true }) && face => {
            s.way = Way::Face(Face { state: FaceState::Resting, picture: None });
            Vec::new()
        }
        Some(s) if matches!(s.way, Way::Starting { .. }) && face => {
            s.way = Way::Face(Face::default());
            look(model)
        }
        Some(s) if matches!(s.way, Way::Starting { .. }) => {
            s.way = Way::Passphrase(PassphraseForm::default());
            Vec::new()
        }
        _ => Vec::new(),
    }
}

fn face_possible(status: &Status) -> bool {
    !status.sealed && status.face_possible && status.camera.is_some()
}

fn look(model: &mut Model) -> Vec<Effect> {
    match screen(model) {
        Some(s) if !s.looking => s.looking = true,
        _ => return Vec::new(),
    }
    vec![model.ask(Call::Look)]
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let face = model.status.as_ref().is_some_and(face_possible);
    let Some(s) = screen(model) else { return Vec::new() };
    match (&mut s.way, action) {
        (Way::Face(_), Action::OtherWay) => {
            s.way = Way::Passphrase(PassphraseForm::default());
            Vec::new()
        }
        (Way::Face(f), Action::Accept) => {
            f.state = FaceState::default();
            look(model)
        }
        // Nothing changes while the passphrase is on its way.
        (Way::Passphrase(f), _) if f.state != Unlocking::Typing => Vec::new(),
        (Way::Passphrase(f), Action::OtherWay) if f.on_passphrase && face => {
            s.way = Way::Face(Face::default());
            look(model)
        }
        (Way::Passphrase(f), Action::OtherWay | Action::NextField | Action::PrevField) => {
            f.on_passphrase = !f.on_passphrase;
            Vec::new()
        }
        (Way::Passphrase(f), Action::Edit(edit)) => {
            if !f.on_passphrase {
                f.login.edit(edit);
            } else if edit == Edit::Backspace {
                f.passphrase.backspace();
            }
            Vec::new()
        }
        (Way::Passphrase(f), Action::Accept) if f.login.is_empty() => {
            f.on_passphrase = false;
            model.say(Tone::Warning, "type your login name first");
            Vec::new()
        }
        (Way::Passphrase(f), Action::Accept) if f.passphrase.len() == 0 => {
            f.on_passphrase = true;
            Vec::new()
        }
        (Way::Passphrase(f), Action::Accept) if s.looking => {
            f.state = Unlocking::AfterLook;
            Vec::new()
        }
        (Way::Passphrase(_), Action::Accept) => unlock(model),
        _ => Vec::new(),
    }
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    match form(model) {
        Some(f) if f.state != Unlocking::Typing => {}
        Some(f) if f.on_passphrase => f.passphrase.insert(text),
        Some(f) => {
            f.login.insert(text);
        }
        None => {}
    }
    Vec::new()
}

fn unlock(model: &mut Model) -> Vec<Effect> {
    let Some(f) = form(model) else { return Vec::new() };
    f.state = Unlocking::Sent;
    let call = Call::Unlock(f.login.text().trim().to_owned(), Passphrase(f.passphrase.take()));
    vec![model.ask(call)]
}

pub(super) fn unlocked(model: &mut Model, result: Result<Who, Fault>) -> Vec<Effect> {
    match result {
        Ok(who) => enter(model, who),
        Err(fault) => {
            if let Some(f) = form(model) {
                f.state = Unlocking::Typing;
                f.passphrase.clear();
                f.on_passphrase = true;
            }
            model.fail(&fault);
            Vec::new()
        }
    }
}

/// One look came back. Only a frame without a verdict is followed by another by itself.
pub(super) fn looked(model: &mut Model, result: Result<Look, Fault>) -> Vec<Effect> {
    let Some(s) = screen(model) else { return Vec::new() };
    s.looking = false;
    let face = match &mut s.way {
        Way::Face(face) => face,
        way => {
            let resume = matches!(way, Way::Passphrase(f) if f.state == Unlocking::AfterLook);
            // The person turned away from the camera: a face that it still recognised signs nobody in.
            let mut effects = Vec::new();
            if result.is_ok_and(|l| l.who.is_some()) {
                effects.push(model.ask(Call::Lock));
            }
            if resume {
                effects.extend(unlock(model));
            }
            return effects;
        }
    };
    let look = match result {
        Ok(look) => look,
        Err(fault) => {
            face.state = FaceState::Failed(fault.message);
            return Vec::new();
        }
    };
    face.picture = Some(look.preview);
    match (look.who, look.verdict) {
        (Some(who), _) => return enter(model, who),
        (None, Some(Verdict::NotRecognised { left })) => face.state = FaceState::NotRecognised { left },
        (None, Some(Verdict::Wait { until })) => face.state = FaceState::Wait { until },
        (None, Some(Verdict::PassphraseNeeded | Verdict::Wrong)) => {
            s.way = Way::Passphrase(PassphraseForm::default());
            model.say(Tone::Warning, "your passphrase is needed this time");
        }
        (None, None | Some(Verdict::Granted(_))) if matches!(face.state, FaceState::Looking { .. }) => {
            face.state = FaceState::Looking { hint: look.hint };
            return self::look(model);
        }
        (None, None | Some(Verdict::Granted(_))) => {}
    }
    Vec::new()
}

fn enter(model: &mut Model, who: Who) -> Vec<Effect> {
    model.session += 1;
    (model.last_key, model.touched) = (model.now, model.now);
    model.say(Tone::Good, format!("signed in as {}", who.name));
    let (page, patients) = (Page::Patients, Patients::default());
    model.room = Room::Inside(Box::new(Inside { who, page, patients }));
    let mut effects = vec![model.ask(Call::Status)];
    effects.extend(patients::search(model));
    effects
}
