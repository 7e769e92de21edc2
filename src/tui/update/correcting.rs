//! Correcting who a patient is or what was written of a visit, and the versions that there were.

use crate::{
    core::id::{PatientId, RecordId},
    node::api::{Chart, ConflictRow, Fault, FaultKind, Saved, VisitRow},
};

use super::{
    super::{
        correcting::{Correcting, HistoryPage, VisitFix, WhoFix},
        forms::{Ready, VisitField},
        input::Edit,
        keymap::Action,
        listed::{Listed, listed},
        model::{ChartPage, Load, Model, Page, Tone},
        msg::{Call, Effect},
        record_calls::{RecordAnswer, RecordCall},
        words::{Saying, bad_visit, say},
    },
    chart, drafting, ending, moved, open_chart, proof, set_page, settle, striking, twice, visit,
};

fn page(model: &mut Model) -> Option<(&mut ChartPage, &mut Correcting)> {
    match model.page()? {
        Page::Correct(c, f) => Some((c, f)),
        _ => None,
    }
}

/// Opens the form with who the patient is as it stands.
pub(super) fn open_who(model: &mut Model) -> Vec<Effect> {
    let Some(chart) = model.chart().and_then(|c| c.chart.ready()) else { return Vec::new() };
    let fix = WhoFix::new(chart);
    begin(model, Correcting::Who(Box::new(fix)))
}

/// Opens the form with the selected visit as it stands.
pub(super) fn open_visit(model: &mut Model) -> Vec<Effect> {
    let Some(c) = model.chart() else { return Vec::new() };
    let Some(chart) = c.chart.ready() else { return Vec::new() };
    let words = match listed(chart).get(c.selected) {
        None => "notice-no-visit".into(),
        Some(Listed::Struck(_)) => "notice-visit-struck".into(),
        Some(Listed::Apart(_) | Listed::Vaccines(_)) => "notice-names-no-visit".into(),
        Some(Listed::Stands(v)) => match kept_from(chart, v) {
            Some(why) => why,
            None => {
                let fix = VisitFix::new(v);
                return begin(model, Correcting::Visit(Box::new(fix)));
            }
        },
    };
    model.say(Tone::Info, words);
    Vec::new()
}

/// Why a visit isn't changed here.
pub(super) fn kept_from(chart: &Chart, v: &VisitRow) -> Option<Saying> {
    if v.org != chart.custodian {
        Some(say!("notice-visit-not-ours", org = &v.org))
    } else if !v.written {
        Some("notice-visit-from-elsewhere".into())
    } else if v.versions.len() > 1 {
        Some("notice-decide-first".into())
    } else {
        None
    }
}

fn begin(model: &mut Model, what: Correcting) -> Vec<Effect> {
    match chart::take(model) {
        Some(c) => {
            set_page(model, Page::Correct(c, what), Vec::new());
            drafting::look(model)
        }
        None => Vec::new(),
    }
}

/// Back to the chart, which isn't read again.
fn leave(model: &mut Model) -> Vec<Effect> {
    let effects = drafting::drop(model);
    match chart::take(model) {
        Some(c) => set_page(model, Page::Chart(c), effects),
        None => effects,
    }
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    match action {
        Action::Back => return leave(model),
        Action::Save => return save(model),
        _ => {}
    }
    let changes = matches!(action, Action::Choose | Action::Edit(_) | Action::Newline);
    match page(model) {
        Some((_, Correcting::Who(fix))) => {
            let f = &mut fix.form;
            match action {
                Action::NextField | Action::Newline => f.step(true),
                Action::PrevField => f.step(false),
                Action::Choose => match f.field() {
                    Some(field) => drop(field.insert(" ")),
                    None => f.choose(true),
                },
                Action::Edit(edit) => match f.field() {
                    Some(field) => drop(field.edit(edit)),
                    None => f.choose(!matches!(edit, Edit::Left)),
                },
                _ => {}
            }
        }
        Some((_, Correcting::Visit(fix))) => {
            let f = &mut fix.form;
            match action {
                Action::Newline if f.focus == VisitField::Note => drop(f.note.insert("\n")),
                Action::NextField | Action::Newline => f.step(true),
                Action::PrevField => f.step(false),
                Action::Choose => drop(f.field().insert(" ")),
                Action::Edit(edit) => drop(f.field().edit(edit)),
                _ => {}
            }
        }
        None => {}
    }
    if changes {
        drafting::typed(model);
    }
    Vec::new()
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    match page(model) {
        Some((_, Correcting::Who(f))) => {
            if let Some(field) = f.form.field() {
                field.insert(text);
            }
        }
        Some((_, Correcting::Visit(f))) => drop(f.form.field().insert(text)),
        None => {}
    }
    drafting::typed(model);
    Vec::new()
}

/// What the form asks the node for; none: why not is said.
fn asked(model: &mut Model) -> Option<RecordCall> {
    let (now, year, today) = (model.now, model.this_year(), model.today());
    let (c, what) = page(model)?;
    let words = match what {
        _ if what.changes() == 0 => "notice-nothing-changed".into(),
        Correcting::Who(f) => match f.correction(year) {
            Ok(correction) => return Some(RecordCall::Correct(c.id, Box::new(correction))),
            Err((field, words)) => {
                f.form.focus = field;
                words
            }
        },
        Correcting::Visit(f) => {
            let ages = c.ages(f.before.at);
            match f.form.check(now, &ages, year, today) {
                Ok(Ready::Write(draft)) => {
                    let (record, versions) = (f.before.record, f.before.versions.clone());
                    return Some(RecordCall::EditVisit(f.patient(), record, versions, draft));
                }
                Ok(Ready::Ask(strange)) => {
                    let words = visit::question(&mut f.form, strange, &ages);
                    model.say(Tone::Warning, words);
                    return None;
                }
                Err((field, bad)) => {
                    f.form.focus = field;
                    bad_visit(&bad)
                }
            }
        }
    };
    model.say(Tone::Danger, words);
    None
}

fn save(model: &mut Model) -> Vec<Effect> {
    let Some(call) = asked(model) else { return Vec::new() };
    if let Some((_, what)) = page(model) {
        what.set_sending(true);
    }
    vec![model.ask(Call::Record(call))]
}

/// Answers about records go to the screen that asked.
pub(super) fn answered(model: &mut Model, answer: RecordAnswer) -> Vec<Effect> {
    match answer {
        RecordAnswer::Edited(id, r) => edited(model, id, r),
        RecordAnswer::Ended(id, r) => ending::ended(model, id, r),
        RecordAnswer::Struck(id, r) => striking::struck(model, id, r),
        RecordAnswer::History(id, of, r) => loaded(model, (id, of), r),
        RecordAnswer::Everybody(r) => twice::everybody(model, r),
        RecordAnswer::Alike(of, r) => twice::found(model, &of, r),
        RecordAnswer::Side(id, r) => twice::read(model, id, r),
        RecordAnswer::Join(r) => twice::joined(model, r),
    }
}

fn edited(model: &mut Model, id: PatientId, result: Result<Saved, Fault>) -> Vec<Effect> {
    let Some((c, what)) = page(model) else { return Vec::new() };
    let of = match what {
        Correcting::Who(_) => c.id,
        Correcting::Visit(f) => f.patient(),
    };
    if of != id || !what.sending() {
        return Vec::new();
    }
    what.set_sending(false);
    match result {
        Ok(saved) => {
            let (id, name, selected) = (c.id, c.name.clone(), c.selected);
            let block = saved.block.short();
            model.say(Tone::Good, say!("notice-corrected", seq = saved.seq, block = block));
            // What was typed is signed: it is no draft any more.
            if let Some(c) = chart::take(model) {
                set_page(model, Page::Chart(c), Vec::new());
            }
            let effects = open_chart(model, id, &name);
            if let Some(c) = model.chart() {
                c.selected = selected;
            }
            effects
        }
        // The policy wants more than a face for this: the PIN first, then the same again.
        Err(fault) if fault.kind == FaultKind::Proof => {
            proof::first(model, Action::Save);
            Vec::new()
        }
        Err(fault) if fault.kind == FaultKind::Unreachable => {
            let words = say!("notice-perhaps-corrected", why = Saying::Node(fault.message));
            model.say(Tone::Danger, words);
            Vec::new()
        }
        Err(fault) => {
            // What was read is perhaps no longer what stands: the chart says so once one is back.
            c.stale |= fault.kind == FaultKind::Conflict;
            model.fail(&fault);
            Vec::new()
        }
    }
}

/// Opens the versions of the selected visit, or of who the patient is. The reading is recorded.
pub(super) fn history(model: &mut Model, who: bool) -> Vec<Effect> {
    let Some(c) = model.chart() else { return Vec::new() };
    let line = c.chart.ready().and_then(|chart| listed(chart).into_iter().nth(c.selected));
    let (any, visit) = (line.is_some(), line.and_then(|l| l.visit()));
    let (patient, of): (PatientId, Option<RecordId>) = match (who, visit) {
        (true, _) => (c.id, None),
        (false, Some(v)) => (v.patient, Some(v.record)),
        (false, None) => {
            model.say(Tone::Info, if any { "notice-names-no-visit" } else { "notice-no-visit" });
            return Vec::new();
        }
    };
    let Some(c) = chart::take(model) else { return Vec::new() };
    let page = HistoryPage { of, patient, row: Load::Loading, selected: 0 };
    let effects = vec![model.ask(Call::Record(RecordCall::History(patient, of)))];
    set_page(model, Page::History(c, Box::new(page)), effects)
}

fn loaded(
    model: &mut Model,
    (id, of): (PatientId, Option<RecordId>),
    result: Result<ConflictRow, Fault>,
) -> Vec<Effect> {
    let Some(Page::History(_, p)) = model.page() else { return Vec::new() };
    if (p.patient, p.of) != (id, of) {
        return Vec::new();
    }
    if let Some(f) = settle(&mut p.row, result) {
        model.fail(&f);
    }
    Vec::new()
}

pub(super) fn act_history(model: &mut Model, action: Action) -> Vec<Effect> {
    if action == Action::Back {
        return leave(model);
    }
    if let Some(Page::History(_, p)) = model.page() {
        p.selected = moved(p.selected, p.row.ready().map_or(0, |r| r.versions.len()), action);
    }
    Vec::new()
}
