//! Papers, lists and files.

use crate::{jobs::Job, node::api::FaultKind};

use super::{
    super::{
        files::Untaken,
        keymap::Action,
        model::{Model, Page, Room, Tone},
        msg::{Call, Effect},
        paper_calls::{PaperAnswer, PaperCall, Unbegun},
        papers::{KINDS, Kind, Outcome, PapersPage, Stage, Wanted},
        words::say,
    },
    card, form, go, moved, proof, sharing, subject,
};

fn page(model: &mut Model) -> Option<&mut PapersPage> {
    match model.page()? {
        Page::Papers(p) => Some(p),
        _ => None,
    }
}

/// Opens the screen, for the patient who is on the screen.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if page(model).is_some() {
        return Vec::new();
    }
    let subject = subject::take(model);
    go(model, Page::Papers(Box::new(PapersPage::new(subject))))
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    let no_paper = p.kind() == Kind::Visit && p.struck();
    match (action, &mut p.stage) {
        (Action::Back, Stage::Choosing) => return subject::back(model),
        (Action::Back, Stage::Running { stop, .. }) => {
            *stop = true;
            model.say(Tone::Info, "notice-papers-stopping");
        }
        (Action::Back, stage @ Stage::Paused(_)) => {
            if let Stage::Paused(job) = std::mem::replace(stage, Stage::Choosing) {
                p.done(Outcome::Stopped(job));
            }
        }
        (Action::Back, Stage::Done(_)) => (p.stage, p.row) = (Stage::Choosing, 0),
        (Action::Accept, Stage::Choosing) if no_paper => {
            model.say(Tone::Warning, "notice-visit-struck");
        }
        (Action::Accept, Stage::Choosing) => p.form = Some(p.ask_form()),
        (Action::Accept, stage @ Stage::Paused(_)) => {
            if let Stage::Paused(job) = std::mem::replace(stage, Stage::Choosing) {
                p.stage = Stage::Running { at: job.at(), stop: false };
                return vec![model.ask(Call::Papers(PaperCall::Step(job)))];
            }
        }
        (moving, Stage::Choosing) => p.selected = moved(p.selected, KINDS.len(), moving),
        (moving, Stage::Done(outcome)) => p.row = moved(p.row, outcome.most(), moving),
        _ => {}
    }
    Vec::new()
}

/// Does what the form says, after the PIN where the node wants it.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let who = match &model.room {
        Room::Inside(i) => i.who.clone(),
        Room::SignIn(_) | Room::Turn(_) => return Vec::new(),
    };
    let Some((p, f)) = page(model).and_then(|p| Some((&*p, p.form.as_ref()?))) else { return Vec::new() };
    let wanted = match p.wanted(f) {
        Ok(wanted) => wanted,
        Err(wrong) => return form::wrong(model, wrong),
    };
    if wanted.needs_proof() && proof::first(model, Action::Save) {
        return Vec::new();
    }
    let call = match wanted {
        Wanted::Print(paper, to) => PaperCall::Print(paper, to, who),
        Wanted::Export(patient, form, folder) => PaperCall::Export(patient, form, folder),
        Wanted::Begin(what) => {
            if let Some(p) = page(model) {
                p.begin(&what);
            }
            return vec![model.ask(Call::Papers(PaperCall::Begin(what)))];
        }
    };
    form::sending(model, true);
    vec![model.ask(Call::Papers(call))]
}

pub(super) fn answered(model: &mut Model, answer: PaperAnswer) -> Vec<Effect> {
    match answer {
        PaperAnswer::CardPrinted(r) => card::printed(model, r),
        PaperAnswer::Printed(r) => made(model, r.map(|(to, bytes)| Outcome::Printed(to, bytes))),
        PaperAnswer::Exported(r) => made(model, r.map(Outcome::Exported)),
        PaperAnswer::Begun(r) => begun(model, r),
        PaperAnswer::Stepped(job, r) => stepped(model, job, r),
        PaperAnswer::Wrote(list, Ok(path)) => {
            let lines = list.text().1;
            if let Some(p) = page(model) {
                p.done(Outcome::Listed(path, lines));
            }
            Vec::new()
        }
        PaperAnswer::Wrote(list, Err(why)) => {
            // What was opened for it isn't lost: Enter writes it, once there is room.
            if let Some(p) = page(model) {
                p.stage = Stage::Paused(Box::new(Job::ListOut(*list)));
                sharing::unwritten(model, why);
            }
            Vec::new()
        }
    }
}

/// A paper or a record.
fn made(model: &mut Model, result: Result<Outcome, Untaken>) -> Vec<Effect> {
    form::sending(model, false);
    let Some(p) = page(model) else { return Vec::new() };
    match result {
        Ok(outcome) => p.done(outcome),
        Err(Untaken::File(why)) => sharing::unwritten(model, why),
        Err(Untaken::Node(fault)) => model.fail(&fault),
    }
    Vec::new()
}

fn running(model: &mut Model) -> Option<&mut PapersPage> {
    page(model).filter(|p| matches!(p.stage, Stage::Running { .. }))
}

fn begun(model: &mut Model, result: Result<Box<Job>, Unbegun>) -> Vec<Effect> {
    let Some(p) = running(model) else { return Vec::new() };
    let why = match result {
        Ok(job) => return go_on(model, job),
        Err(Unbegun::Lines(bad)) => {
            p.done(Outcome::Refused(bad));
            return Vec::new();
        }
        Err(why) => why,
    };
    p.again();
    match why {
        Unbegun::File(why) => sharing::unwritten(model, why),
        Unbegun::Node(fault) => model.fail(&fault),
        Unbegun::Lines(_) => {}
    }
    Vec::new()
}

/// The next piece, unless it was to be stopped.
fn go_on(model: &mut Model, job: Box<Job>) -> Vec<Effect> {
    let Some(p) = running(model) else { return Vec::new() };
    if matches!(p.stage, Stage::Running { stop: true, .. }) {
        p.done(Outcome::Stopped(job));
        return Vec::new();
    }
    p.stage = Stage::Running { at: job.at(), stop: false };
    vec![model.ask(Call::Papers(PaperCall::Step(job)))]
}

fn stepped(model: &mut Model, job: Box<Job>, result: Result<bool, crate::node::api::Fault>) -> Vec<Effect> {
    let Some(p) = running(model) else { return Vec::new() };
    match result {
        Ok(false) => go_on(model, job),
        Ok(true) => match *job {
            Job::ListOut(list) => {
                let path = p.path.clone();
                vec![model.ask(Call::Papers(PaperCall::Write(Box::new(list), path)))]
            }
            Job::FhirIn(done) => end(p, Outcome::Took(done.report())),
            Job::PatientsIn(done) => end(p, lines(done.bad(), done.took())),
            Job::VisitsIn(done) => end(p, lines(done.bad(), done.took())),
        },
        Err(fault) => {
            // It goes on where it was: after the PIN by itself, else when asked to.
            p.stage = Stage::Paused(job);
            if fault.kind == FaultKind::Proof {
                model.say(Tone::Warning, say!("notice-papers-proof"));
                proof::first(model, Action::Accept);
            } else {
                model.fail(&fault);
            }
            Vec::new()
        }
    }
}

fn end(p: &mut PapersPage, outcome: Outcome) -> Vec<Effect> {
    p.done(outcome);
    Vec::new()
}

fn lines(bad: &[crate::sheet::table::Refused], (read, new): (usize, usize)) -> Outcome {
    match bad.is_empty() {
        true => Outcome::Lines { read, new },
        false => Outcome::Refused(bad.to_vec()),
    }
}
