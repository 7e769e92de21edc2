//! The picture of the model: title, screen, message, keys.

mod card;
mod chart;
mod conflict;
mod consent;
mod emergency;
mod help;
mod ledger;
mod mesh;
mod patients;
mod people;
mod register;
mod sign_in;
mod visit;

#[cfg(test)]
mod tests;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::Block,
};

use crate::{core::rights::reviews, node::api::CardIssued};

use super::{
    cards::CardPage,
    keymap::{Binding, Place, hints},
    model::{
        Check, Dialog, FaceState, Load, Model, Over, Page, PeopleDialog, Room, Tone, Unlocking, Way, Work,
    },
    theme::Theme,
    widgets::{clean, placeholder, width, words, wrap},
};

/// From this width on, screens show a second column.
const WIDE: u16 = 120;

/// Draws everything.
pub(crate) fn view(model: &Model, theme: &Theme, frame: &mut Frame) {
    let all = frame.area();
    frame.render_widget(Block::new().style(theme.text), all);
    if let (Some(made), None) = (made(model), model.help)
        && card::made(made, theme, frame)
    {
        return;
    }
    let said = message(model, theme, usize::from(all.width).saturating_sub(2));
    let [top, body, bar, near, far] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(said.len() as u16),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(all);
    title(model, theme, frame, top);
    screen(model, theme, frame, body);
    if let Room::Inside(i) = &model.room {
        people::over(model, &i.over, theme, frame, body);
    }
    if let Some(scroll) = model.help {
        help::draw(theme, frame, body, scroll);
    }
    words(frame, bar, said);
    let (here, everywhere) = hints(Place::of(model));
    frame.render_widget(keys(theme, &here, near.width), near);
    frame.render_widget(keys(theme, &everywhere, far.width), far);
}

/// The card that was just made: its code needs the whole screen.
fn made(model: &Model) -> Option<&CardIssued> {
    let Room::Inside(i) = &model.room else { return None };
    match &i.page {
        Page::Card(c) => match &**c {
            CardPage::Made { made, .. } => Some(made),
            _ => None,
        },
        _ => None,
    }
}

fn screen(model: &Model, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inside = match &model.room {
        Room::SignIn(s) => return sign_in::draw(model, s, theme, frame, area),
        Room::Inside(inside) => inside,
    };
    let zone = &model.zone;
    match &inside.page {
        Page::Patients => patients::draw(&inside.patients, zone, theme, frame, area),
        Page::Register(f) => register::draw(f, theme, frame, area),
        Page::Chart(c) => {
            chart::draw(c, zone, theme, frame, area);
            if let Some(f) = &c.glass {
                emergency::glass(f, &c.name, theme, frame, area);
            }
        }
        Page::Emergency(e) => emergency::draw(e, model.now, zone, theme, frame, area),
        Page::Reviews(r) => emergency::reviews(r, zone, theme, frame, area),
        Page::Visit(c, f) => visit::draw(c, f, zone, theme, frame, area),
        Page::Conflict(chart, p) => conflict::draw(chart, p, zone, theme, frame, area),
        Page::Consent(chart, c) => consent::draw(chart, c, zone, theme, frame, area),
        Page::Card(c) => card::draw(c, theme, frame, area),
        Page::Ledger(l) => ledger::draw(l, zone, theme, frame, area),
        Page::Mesh(m) => mesh::draw(m, zone, theme, frame, area),
        Page::People(p) => {
            let faces = model.status.as_ref().and_then(|s| s.faces.as_ref());
            people::draw(p, faces, theme, frame, area);
        }
    }
}

/// Which consortium, whose terminal, who is signed in.
fn title(model: &Model, theme: &Theme, frame: &mut Frame, area: Rect) {
    frame.render_widget(Block::new().style(theme.title), area);
    let open = model.status.as_ref().and_then(|s| s.open.as_ref());
    let who = match &model.room {
        Room::Inside(i) => format!(" {} ({}) ", clean(&i.who.name), i.who.role.word()),
        Room::SignIn(_) => " signed out ".into(),
    };
    let demo = if open.is_some_and(|o| o.demo) { " DEMO " } else { "" };
    // Only whoever may review is told: it is theirs to do.
    let due = match (&model.room, open) {
        (Room::Inside(i), Some(o)) if o.reviews_due > 0 && reviews(i.who.role) => {
            format!(" {} to review: F7 ", o.reviews_due)
        }
        _ => String::new(),
    };
    let right = u16::try_from(width(&due) + width(&who) + width(demo)).unwrap_or(u16::MAX);
    let [left, right] = Layout::horizontal([Constraint::Min(0), Constraint::Length(right)]).areas(area);
    let place =
        open.map_or_else(String::new, |o| clean(&format!("{} · {} · {}", o.consortium, o.org, o.device)));
    let named = format!(" Aidpost │ {place}");
    let place = match open {
        None => " Aidpost".into(),
        Some(_) if width(&named) <= usize::from(left.width) => named,
        Some(_) => format!(" {place}"),
    };
    frame.render_widget(Line::styled(place, theme.title), left);
    let spans =
        vec![Span::styled(due, theme.demo), Span::styled(who, theme.title), Span::styled(demo, theme.demo)];
    frame.render_widget(Line::from(spans), right);
}

/// The last message, or else what to do next. A long one takes up to three lines: nobody should miss its end.
fn message<'a>(model: &Model, theme: &Theme, room: usize) -> Vec<Line<'a>> {
    let (text, style) = match (busy(model), &model.notice) {
        (Some(words), _) => (words.to_owned(), theme.accent),
        (None, Some(n)) => {
            let style = match n.tone {
                Tone::Info => theme.accent,
                Tone::Good => theme.good,
                Tone::Warning => theme.warning,
                Tone::Danger => theme.danger,
            };
            (clean(&n.text), style)
        }
        (None, None) => (next_step(model).to_owned(), theme.muted),
    };
    let rows = wrap(&text, room.max(1)).into_iter().take(3);
    rows.map(|(from, to)| Line::styled(format!(" {}", &text[from..to]), style)).collect()
}

/// What is under way.
fn busy(model: &Model) -> Option<&'static str> {
    let page = match &model.room {
        Room::SignIn(s) => {
            let sent = match &s.way {
                Way::Passphrase(f) => f.state != Unlocking::Typing,
                Way::Pin(f) => f.state != Unlocking::Typing,
                _ => false,
            };
            return sent.then_some("opening …");
        }
        Room::Inside(i) => &i.page,
    };
    match page {
        _ if model.writing() => Some("saving …"),
        Page::Mesh(m) => match m.work {
            Work::Busy(words) => Some(words),
            _ => None,
        },
        Page::Ledger(l) => {
            matches!(l.check, Check::Running).then_some("checking every page and every block …")
        }
        _ => None,
    }
}

fn next_step(model: &Model) -> &'static str {
    if model.help.is_some() {
        return "every key of this terminal; Esc closes";
    }
    let inside = match &model.room {
        Room::SignIn(s) => {
            return match &s.way {
                Way::Starting { .. } => "starting …",
                Way::Face(f) => match &f.state {
                    FaceState::Looking { .. } => "look into the camera",
                    FaceState::Moving(_) => "do as the arrow shows, at your own pace",
                    _ => "press Enter to sign in by face, or Tab for your PIN or passphrase",
                },
                Way::Pin(_) => "choose your name, type your PIN, then press Enter",
                Way::Passphrase(_) => "type your login name and your passphrase, then press Enter",
            };
        }
        Room::Inside(i) => i,
    };
    match &inside.over {
        Over::None => {}
        Over::Proof { .. } => return "type your PIN, then press Enter",
        Over::NewPin(_) => return "choose a PIN that nobody would guess",
        Over::Refresh => return "press y for yes, n for no",
    }
    match &inside.page {
        Page::Patients if inside.patients.archive => {
            "these left the list of every day; opening one changes nothing"
        }
        Page::Patients => "type part of a name, village, telephone or identifier",
        Page::Register(_) => "fill in what is known, then press Ctrl-S",
        Page::Chart(c) if c.stale => "new entries have come in: press r to reload",
        Page::Chart(c) if c.draft.is_some() => "a draft is waiting: press n to go on with it",
        Page::Chart(c) => match &c.chart {
            Load::Ready(chart) if chart.own => "press n to write a visit",
            Load::Ready(_) => "read only: another organisation keeps this record",
            Load::Failed(_) if c.glass.is_some() => "say why, then press Ctrl-S",
            Load::Failed(_) => "in an emergency press b",
            Load::Loading => "",
        },
        Page::Visit(..) => "values may be left empty; Ctrl-S saves",
        Page::Conflict(..) => "nothing is lost: both versions stay in the history, whatever you take",
        Page::Consent(_, c) => match c.dialog {
            Dialog::Grant(_) => "ask the patient before you allow anything",
            Dialog::Stop { .. } => "press y for yes, n for no",
            _ => "what the patient allows, and who read",
        },
        Page::Emergency(_) => "what must be known in an emergency; every look is recorded",
        Page::Reviews(_) => "who opened a record without consent, and whether it was right",
        Page::Card(c) => match **c {
            CardPage::Look { .. } => "a patient's card opens their record, with their PIN",
            CardPage::Pin { .. } => "the patient types the PIN, then Enter",
            CardPage::Choose { .. } => "nobody but the patient should know the PIN",
            CardPage::Made { .. } => "make the window larger to see the code",
        },
        Page::Ledger(_) => "what this terminal holds of the shared ledger",
        Page::People(p) => match p.dialog {
            PeopleDialog::Enrol { .. } => {
                "the person to be enrolled looks into the camera and does as the arrow shows"
            }
            PeopleDialog::Forget { .. } => "press y for yes, n for no",
            _ => "who signs in here, and how",
        },
        Page::Mesh(_) => "what other terminals hold, and what is only here",
    }
}

/// As many keys as fit.
fn keys<'a>(theme: &Theme, bindings: &[&Binding], room: u16) -> Line<'a> {
    let mut spans = Vec::new();
    let mut used = 0;
    for b in bindings {
        let (key, words) = (format!(" {} ", b.key()), format!("{} ", b.words));
        used += width(&key) + width(&words);
        if used > usize::from(room) {
            break;
        }
        spans.push(Span::styled(key, theme.key));
        spans.push(Span::styled(words, theme.muted));
    }
    Line::from(spans)
}

/// What stands in for something that isn't there (yet).
fn absent<T>(load: &Load<T>, theme: &Theme, frame: &mut Frame, area: Rect) {
    match load {
        Load::Loading => placeholder(frame, theme.muted, area, "loading …"),
        Load::Failed(words) => placeholder(frame, theme.danger, area, words),
        Load::Ready(_) => {}
    }
}

/// Splits into the part of a list that is visible and its first line, so that the selected line is among it.
fn window<T>(rows: &[T], selected: usize, height: u16) -> (usize, &[T]) {
    let height = usize::from(height).max(1);
    let first = (selected + 1).saturating_sub(height);
    (first, &rows[first.min(rows.len())..(first + height).min(rows.len())])
}
