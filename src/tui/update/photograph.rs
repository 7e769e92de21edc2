//! A picture of a paper: looking, taking it, keeping it.

use crate::{
    core::id::PatientId,
    node::api::{Fault, PaperLook},
};

use super::{
    super::{
        attachment_calls::AttachmentCall,
        attachments::Task,
        keymap::Action,
        model::{Model, Page, Tone},
        msg::{Call, Effect},
        photograph::{Looking, Paper, Take, name_form, usual_name},
        words::Saying,
    },
    form,
};

fn paper(model: &mut Model) -> Option<&mut Paper> {
    match model.page()? {
        Page::Attachments(_, p) => match &mut p.task {
            Task::Paper(paper) => Some(paper),
            _ => None,
        },
        _ => None,
    }
}

fn set(model: &mut Model, task: Task) {
    if let Some(Page::Attachments(_, p)) = model.page() {
        p.task = task;
    }
}

fn look(model: &mut Model, hold: bool) -> Vec<Effect> {
    let Some(of) = model.chart().map(|c| c.id) else { return Vec::new() };
    if let Some(i) = model.inside() {
        i.looks = true;
    }
    vec![model.ask(Call::Attachments(AttachmentCall::Look(of, hold)))]
}

pub(super) fn put_away(model: &Model) -> Vec<Effect> {
    vec![model.ask(Call::Attachments(AttachmentCall::Drop))]
}

/// Begins to look.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    if model.status.as_ref().is_none_or(|s| s.camera.is_none()) {
        model.say(Tone::Warning, "notice-no-camera");
        return Vec::new();
    }
    set(model, Task::Paper(Box::new(Paper::look())));
    // One that was left is still out: its answer goes on from here.
    if model.inside().is_some_and(|i| i.looks) { Vec::new() } else { look(model, false) }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let (now, zone) = (model.now, model.zone.clone());
    let name = model.chart().map_or_else(String::new, |c| c.name.clone());
    let Some(paper) = paper(model) else { return Vec::new() };
    match (paper, action) {
        (_, Action::Back) => {
            set(model, Task::None);
            return put_away(model);
        }
        (Paper::Looking(l), Action::Accept) if l.stopped => {
            l.stopped = false;
            return look(model, false);
        }
        (Paper::Looking(l), Action::Accept) if l.take == Take::No => l.take = Take::Next,
        (Paper::Taken(_, form), Action::Accept) => {
            *form = Some(Box::new(name_form(&name, &usual_name(now, &zone))));
        }
        (paper @ Paper::Taken(..), Action::TakeAgain) => {
            *paper = Paper::look();
            return look(model, false);
        }
        _ => {}
    }
    Vec::new()
}

/// Keeps the picture under the name that was typed.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some(of) = model.chart().map(|c| c.id) else { return Vec::new() };
    let Some(f) = model.form() else { return Vec::new() };
    match f.typed_if_any(0) {
        Some(name) => {
            form::sending(model, true);
            vec![model.ask(Call::Attachments(AttachmentCall::Keep(of, name)))]
        }
        None => form::wrong(model, (0, "photograph-no-name".into())),
    }
}

/// One look is over: the next begins, until the picture is taken or the camera fails.
pub(super) fn looked(model: &mut Model, of: PatientId, result: Result<PaperLook, Fault>) -> Vec<Effect> {
    if let Some(i) = model.inside() {
        i.looks = false;
    }
    let here = model.chart().is_some_and(|c| c.id == of);
    let l = match paper(model) {
        Some(Paper::Looking(l)) if here => l,
        // Another patient's was asked for since.
        Some(Paper::Looking(_)) => return look(model, false),
        // Whoever looked has left: this look may have opened the camera again.
        Some(Paper::Taken(..)) | None => return put_away(model),
    };
    let took = l.take == Take::Now;
    match result {
        Ok(seen) if took && seen.taken.is_some() => {
            set(model, Task::Paper(Box::new(Paper::Taken(seen, None))));
            Vec::new()
        }
        Ok(seen) => {
            let problem = seen.problem.clone().filter(|_| took);
            let hold = l.take == Take::Next;
            let take = if hold { Take::Now } else { Take::No };
            *l = Looking { seen: Some(seen), take, stopped: false };
            if let Some(words) = problem {
                model.say(Tone::Warning, Saying::Node(words));
            }
            look(model, hold)
        }
        Err(fault) => {
            (l.take, l.stopped) = (Take::No, true);
            model.fail(&fault);
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use super::*;
    use crate::{
        node::api::{FaultKind, Saved},
        tui::{
            attachment_calls::AttachmentAnswer,
            fixtures::{ABEBA, Driver, calls, on_attachments, paper_look, saved},
            msg::Answer,
        },
    };

    fn seen(d: &mut Driver, look: PaperLook) -> Vec<Effect> {
        d.answer(Answer::Attachments(AttachmentAnswer::Looked(ABEBA, Ok(look))))
    }

    fn attached(d: &mut Driver, r: Result<Saved, Fault>) -> Vec<Effect> {
        d.answer(Answer::Attachments(AttachmentAnswer::Attached(ABEBA, r)))
    }

    fn call(call: AttachmentCall) -> Call {
        Call::Attachments(call)
    }

    /// A picture that was taken.
    fn taken() -> Driver {
        let mut d = on_attachments(true);
        d.keys("p");
        seen(&mut d, paper_look(None, None));
        d.press(KeyCode::Enter);
        seen(&mut d, paper_look(None, None));
        assert!(seen(&mut d, paper_look(None, Some(480_000))).is_empty(), "the camera rests");
        d
    }

    #[test]
    fn a_picture_is_taken_looked_at_and_kept_under_a_name() {
        let mut d = on_attachments(true);
        assert_eq!(calls(&d.keys("p")), [&call(AttachmentCall::Look(ABEBA, false))]);
        assert_eq!(calls(&seen(&mut d, paper_look(None, None))), [&call(AttachmentCall::Look(ABEBA, false))]);
        assert!(d.press(KeyCode::Enter).is_empty(), "a look is under way");
        assert_eq!(calls(&seen(&mut d, paper_look(None, None))), [&call(AttachmentCall::Look(ABEBA, true))]);
        assert!(d.press(KeyCode::Enter).is_empty(), "once is enough");
        assert!(seen(&mut d, paper_look(None, Some(480_000))).is_empty());
        d.press(KeyCode::Enter);
        let keep = |name: &str| call(AttachmentCall::Keep(ABEBA, name.into()));
        assert_eq!(calls(&d.ctrl('s')), [&keep("paper 2026-03-02 08.30")]);
        assert!(keep("x").in_order(), "a lock waits for it");
        attached(&mut d, Err(Fault::new(FaultKind::Unreachable, "the disk is full")));
        assert!(d.notice().contains("full") && d.model.form().is_some(), "the picture is still there");
        d.keys(" letter");
        assert_eq!(calls(&d.ctrl('s')), [&keep("paper 2026-03-02 08.30 letter")]);
        assert_eq!(calls(&attached(&mut d, Ok(saved()))), [&Call::Chart(ABEBA)]);
        assert!(paper(&mut d.model).is_none());
    }

    #[test]
    fn one_look_is_out_and_anothers_picture_is_not_this_ones() {
        let mut d = on_attachments(true);
        d.keys("p");
        d.press(KeyCode::Esc);
        assert!(d.keys("p").is_empty(), "the one that is out goes on");
        let other = PatientId([7; 16]);
        let theirs = Answer::Attachments(AttachmentAnswer::Looked(other, Ok(paper_look(None, Some(9)))));
        assert_eq!(calls(&d.answer(theirs)), [&call(AttachmentCall::Look(ABEBA, false))]);
        let held = seen(&mut d, paper_look(None, Some(480_000)));
        assert_eq!(calls(&held), [&call(AttachmentCall::Look(ABEBA, false))], "nobody asked for it here");
        assert!(matches!(paper(&mut d.model), Some(Paper::Looking(_))));
    }

    #[test]
    fn a_picture_is_not_left_behind_without_a_word() {
        let mut d = taken();
        assert!(d.ctrl('q').is_empty());
        d.keys("n");
        assert!(paper(&mut d.model).is_some());
        assert!(d.ctrl('q').is_empty());
        assert!(calls(&d.keys("y")).contains(&&call(AttachmentCall::Drop)));
    }

    #[test]
    fn what_cannot_be_read_is_not_taken_and_says_what_to_do() {
        let mut d = on_attachments(true);
        d.keys("p");
        seen(&mut d, paper_look(Some("more light on the paper"), None));
        assert_eq!(d.notice(), "", "it stands beside the picture");
        d.press(KeyCode::Enter);
        seen(&mut d, paper_look(None, None));
        let effects = seen(&mut d, paper_look(Some("hold the paper still, a little further away"), None));
        assert!(d.notice().contains("further away"), "{}", d.notice());
        assert_eq!(calls(&effects), [&call(AttachmentCall::Look(ABEBA, false))], "it goes on looking");
    }

    #[test]
    fn it_can_be_taken_again_or_left() {
        let mut d = taken();
        assert_eq!(calls(&d.keys("t")), [&call(AttachmentCall::Look(ABEBA, false))]);
        assert!(matches!(paper(&mut d.model), Some(Paper::Looking(_))));
        let mut d = taken();
        d.press(KeyCode::Enter);
        d.press(KeyCode::Esc);
        assert!(
            matches!(paper(&mut d.model), Some(Paper::Taken(_, None))),
            "the name is left, not the picture"
        );
        assert_eq!(calls(&d.press(KeyCode::Esc)), [&call(AttachmentCall::Drop)]);
        assert!(paper(&mut d.model).is_none());
        // A look that was out has perhaps opened the camera again.
        assert_eq!(calls(&seen(&mut d, paper_look(None, None))), [&call(AttachmentCall::Drop)]);
    }

    #[test]
    fn without_a_camera_it_says_so() {
        let mut d = on_attachments(true);
        d.keys("p");
        let fault = Fault::new(FaultKind::Unreachable, "the camera was unplugged: plug it in");
        assert!(d.answer(Answer::Attachments(AttachmentAnswer::Looked(ABEBA, Err(fault)))).is_empty());
        assert!(d.notice().contains("unplugged"));
        assert_eq!(calls(&d.press(KeyCode::Enter)), [&call(AttachmentCall::Look(ABEBA, false))]);

        let mut d = on_attachments(true);
        d.model.status.as_mut().unwrap().camera = None;
        assert!(d.keys("p").is_empty() && d.notice().contains("no camera"), "{}", d.notice());
        let mut d = on_attachments(false);
        assert!(d.keys("p").is_empty() && paper(&mut d.model).is_none(), "others keep this record");
    }
}
