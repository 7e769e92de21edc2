//! Taking an extract, counts or a claim.

use crate::{
    core::rights::Shared,
    node::api::{ClaimView, CountsTable, Fault, Working},
};

use super::{
    super::{
        desk_calls::DeskCall,
        files::{Untaken, Unwritten},
        keymap::Action,
        model::{Model, Page, Room, Tone},
        msg::{Call, Effect, Long},
        rights_calls::RightsCall,
        sharing::{Extracted, KINDS, SharePage, Taken, Wanted},
        words::{Saying, say},
    },
    form, go, moved, proof, subject,
};

fn page(model: &mut Model) -> Option<&mut SharePage> {
    match model.page()? {
        Page::Share(s) => Some(s),
        _ => None,
    }
}

/// Opens the screen, for the patient who is on the screen.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if page(model).is_some() {
        return Vec::new();
    }
    let subject = subject::take(model);
    go(model, Page::Share(Box::new(SharePage::new(subject))))
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let own = match &model.room {
        Room::Inside(i) => i.who.role,
        Room::SignIn(_) | Room::Turn(_) => return Vec::new(),
    };
    let Some(s) = page(model) else { return Vec::new() };
    match (action, &s.taken) {
        (Action::Back, Taken::Running(..)) => {
            s.taken = Taken::Nothing;
            model.say(Tone::Info, "notice-taking-stopped");
            return vec![Effect::GiveUp(Long::Taking)];
        }
        (Action::Back, Taken::Nothing) => return subject::back(model),
        (Action::Back, _) => (s.taken, s.row) = (Taken::Nothing, 0),
        (Action::Accept, Taken::Nothing) => s.form = Some(s.ask_form(own)),
        (Action::WriteFile, Taken::Counts(_)) => s.form = Some(SharePage::file_form()),
        (moving, Taken::Nothing) => s.selected = moved(s.selected, KINDS.len(), moving),
        (moving, _) => s.row = moved(s.row, s.lines(), moving),
    }
    Vec::new()
}

/// Asks for what the form says, after the PIN: each is a decision that the ledger keeps.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let zone = model.zone.clone();
    let Some((s, f)) = page(model).and_then(|s| Some((&*s, s.form.as_ref()?))) else { return Vec::new() };
    let wanted = match s.wanted(f, &zone) {
        Ok(wanted) => wanted,
        Err(wrong) => return form::wrong(model, wrong),
    };
    // What is shown was decided already.
    if !matches!(wanted, Wanted::File(..)) && proof::first(model, Action::Save) {
        return Vec::new();
    }
    let call = match wanted {
        Wanted::Extract(ask, path) => RightsCall::Extract(ask, path),
        Wanted::Counts(ask, layout) => RightsCall::Counts(ask, layout),
        Wanted::Claim(patient, ask) => RightsCall::Claim(patient, ask),
        Wanted::File(path, csv) => RightsCall::WriteFile(path, csv),
    };
    let what = match call {
        RightsCall::Extract(..) => Some(Shared::Extract),
        RightsCall::Counts(..) => Some(Shared::Counts),
        _ => None,
    };
    let mut effects = vec![model.ask(Call::Rights(call))];
    match what {
        // Every patient's record is looked at: how far that is shows, and Esc stops it.
        Some(what) => {
            if let Some(s) = page(model) {
                (s.taken, s.row) = (Taken::Running(what, None), 0);
            }
            effects.push(model.ask(Call::Desk(DeskCall::Working)));
        }
        None => form::sending(model, true),
    }
    effects
}

/// How far it is.
pub(super) fn working(model: &mut Model, at: Option<Working>) -> Vec<Effect> {
    match page(model).map(|s| &mut s.taken) {
        Some(Taken::Running(_, far)) => *far = at,
        _ => return Vec::new(),
    }
    vec![model.ask(Call::Desk(DeskCall::Working))]
}

/// It is over; what came of it, if anything, is shown next.
fn over(model: &mut Model) {
    if let Some(s) = page(model)
        && matches!(s.taken, Taken::Running(..))
    {
        s.taken = Taken::Nothing;
    }
}

/// Shows what was taken.
fn show(model: &mut Model, taken: Taken) {
    if let Some(s) = page(model) {
        (s.form, s.taken, s.row) = (None, taken, 0);
    }
}

/// Says why a file wasn't written, or read.
pub(super) fn unwritten(model: &mut Model, why: Unwritten) {
    let words = match why {
        Unwritten::Exists(path) => say!("share-exists", path = path),
        Unwritten::Failed { path, why } => say!("share-unwritten", path = path, why = Saying::Node(why)),
    };
    model.say(Tone::Danger, words);
}

pub(super) fn extracted(model: &mut Model, result: Result<Extracted, Untaken>) -> Vec<Effect> {
    over(model);
    match result {
        Ok(e) => {
            model.say(Tone::Good, say!("notice-extracted", path = &e.path));
            show(model, Taken::Extract(e));
        }
        Err(Untaken::File(why)) => unwritten(model, why),
        Err(Untaken::Node(fault)) => model.fail(&fault),
    }
    Vec::new()
}

pub(super) fn counted(model: &mut Model, result: Result<CountsTable, Fault>) -> Vec<Effect> {
    over(model);
    match result {
        Ok(c) => show(model, Taken::Counts(Box::new(c))),
        Err(fault) => model.fail(&fault),
    }
    Vec::new()
}

pub(super) fn claimed(model: &mut Model, result: Result<ClaimView, Fault>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(v) => show(model, Taken::Claim(Box::new(v))),
        Err(fault) => model.fail(&fault),
    }
    Vec::new()
}

pub(super) fn written(model: &mut Model, result: Result<String, Unwritten>) -> Vec<Effect> {
    form::sending(model, false);
    match result {
        Ok(path) => {
            if let Some(s) = page(model) {
                s.form = None;
            }
            model.say(Tone::Good, say!("notice-file-written", path = path));
        }
        Err(why) => unwritten(model, why),
    }
    Vec::new()
}
