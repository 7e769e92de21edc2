//! Files kept with a record: written out, asked for, added.

use crate::{
    core::id::PatientId,
    node::api::{AttachmentRow, Fault, Saved},
};

use super::{
    super::{
        attachment_calls::{AttachmentAnswer, AttachmentCall},
        attachments::{AttachmentsPage, Kept, Task, add_form, files, media_type, path, save_form},
        files::Untaken,
        keymap::Action,
        model::{ChartPage, Load, Model, Page, Tone},
        msg::{Call, Effect},
        words::say,
    },
    chart, form, moved, photograph, set_page, sharing,
};

fn page(model: &mut Model) -> Option<(&mut ChartPage, &mut AttachmentsPage)> {
    match model.page()? {
        Page::Attachments(c, p) => Some((c, p)),
        _ => None,
    }
}

/// Opens it from the patient's chart, which has been read already.
pub(super) fn open(model: &mut Model) -> Vec<Effect> {
    match chart::take(model) {
        Some(c) => set_page(model, Page::Attachments(c, Box::default()), Vec::new()),
        None => Vec::new(),
    }
}

fn back(model: &mut Model) -> Vec<Effect> {
    match chart::take(model) {
        Some(c) => {
            // What came in meanwhile is news for the chart.
            let news = model.ask(Call::Ledger);
            set_page(model, Page::Chart(c), vec![news])
        }
        None => Vec::new(),
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some((c, p)) = page(model) else { return Vec::new() };
    let row = files(c).get(p.selected);
    match (action, row) {
        (Action::Back, _) => return back(model),
        (Action::Reload, _) => {
            let id = c.id;
            return vec![model.ask(Call::Chart(id))];
        }
        (Action::Photograph, _) => return photograph::open(model),
        (Action::Attach, _) => p.task = Task::Add(Box::new(add_form(&c.name))),
        (Action::Accept, Some(row)) => p.task = Task::Save(row.into(), Box::new(save_form(row))),
        (Action::WantPieces, Some(row)) if row.missing == 0 => model.say(Tone::Info, "notice-pieces-here"),
        (Action::WantPieces, Some(row)) if !matches!(p.task, Task::Asking) => {
            let call = AttachmentCall::Want(Kept::from(row));
            p.task = Task::Asking;
            return vec![model.ask(Call::Attachments(call))];
        }
        (moving, _) => p.selected = moved(p.selected, files(c).len(), moving),
    }
    Vec::new()
}

/// Writes a file out, or keeps another one.
pub(super) fn send(model: &mut Model) -> Vec<Effect> {
    let Some((c, p)) = page(model) else { return Vec::new() };
    let call = match &p.task {
        Task::Paper(_) => return photograph::send(model),
        Task::Save(of, f) => path(f, "attachments-no-place").map(|to| AttachmentCall::Save(of.clone(), to)),
        Task::Add(f) => path(f, "papers-no-input").map(|from| {
            let kind = media_type(&from);
            AttachmentCall::Attach(c.id, from, kind)
        }),
        Task::None | Task::Asking => return Vec::new(),
    };
    match call {
        Ok(call) => {
            form::sending(model, true);
            vec![model.ask(Call::Attachments(call))]
        }
        Err(wrong) => form::wrong(model, wrong),
    }
}

pub(super) fn answered(model: &mut Model, answer: AttachmentAnswer) -> Vec<Effect> {
    match answer {
        AttachmentAnswer::Saved(r) => saved(model, r),
        AttachmentAnswer::Wanted(r) => wanted(model, r),
        AttachmentAnswer::Attached(of, r) => attached(model, of, r),
        AttachmentAnswer::Looked(of, r) => photograph::looked(model, of, r),
        AttachmentAnswer::Dropped(Ok(())) => Vec::new(),
        AttachmentAnswer::Dropped(Err(fault)) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}

/// How much of this one is here now.
fn show(c: &mut ChartPage, row: &AttachmentRow) {
    if let Load::Ready(chart) = &mut c.chart {
        let same = |a: &&mut AttachmentRow| (a.patient, a.record) == (row.patient, row.record);
        chart.attachments.iter_mut().filter(same).for_each(|a| a.missing = row.missing);
    }
}

fn saved(model: &mut Model, result: Result<(AttachmentRow, String), Untaken>) -> Vec<Effect> {
    form::sending(model, false);
    let Some((c, p)) = page(model) else { return Vec::new() };
    match result {
        Ok((row, path)) => {
            p.task = Task::None;
            show(c, &row);
            model.say(Tone::Good, say!("notice-file-saved", name = row.name, path = path));
        }
        Err(Untaken::File(why)) => sharing::unwritten(model, why),
        Err(Untaken::Node(fault)) => model.fail(&fault),
    }
    Vec::new()
}

fn wanted(model: &mut Model, result: Result<AttachmentRow, Fault>) -> Vec<Effect> {
    let Some((c, p)) = page(model) else { return Vec::new() };
    // The answer to a question of before this page was left.
    if matches!(p.task, Task::Asking) {
        p.task = Task::None;
    }
    match result {
        Ok(row) => {
            show(c, &row);
            match row.missing {
                0 => model.say(Tone::Good, say!("notice-pieces-came", name = row.name)),
                n => model.say(Tone::Warning, say!("notice-pieces-wait", n = n, of = row.pieces)),
            }
        }
        Err(fault) => model.fail(&fault),
    }
    Vec::new()
}

fn attached(model: &mut Model, of: PatientId, result: Result<Saved, Fault>) -> Vec<Effect> {
    form::sending(model, false);
    let Some((c, p)) = page(model) else { return Vec::new() };
    if c.id != of {
        return Vec::new();
    }
    match result {
        Ok(saved) => {
            // It is the newest one, once the chart has been read again.
            (p.task, p.selected) = (Task::None, 0);
            model.say(Tone::Good, say!("notice-file-kept", seq = saved.seq));
            vec![model.ask(Call::Chart(of))]
        }
        Err(fault) => {
            model.fail(&fault);
            Vec::new()
        }
    }
}
