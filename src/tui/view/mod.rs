//! The picture of the model: title, screen, message, keys.

mod attachments;
mod auditing;
mod card;
mod chart;
mod conflict;
mod consent;
mod correcting;
mod emergency;
mod ending;
mod erasing;
mod finding;
mod form;
mod governing;
mod growth;
mod health;
mod help;
mod inviting;
mod keyslots;
mod ledger;
mod menu;
mod mesh;
mod papers;
mod patients;
mod people;
mod photograph;
mod register;
mod requests;
mod retention;
mod sharing;
mod sign_in;
mod turn;
mod twice;
mod visit;
mod vitals;
mod work;

#[cfg(test)]
mod attachments_tests;
#[cfg(test)]
mod auditing_tests;
#[cfg(test)]
mod correcting_tests;
#[cfg(test)]
mod desk_tests;
#[cfg(test)]
mod elsewhere_tests;
#[cfg(test)]
mod growth_tests;
#[cfg(test)]
mod joining_tests;
#[cfg(test)]
mod mouse_tests;
#[cfg(test)]
mod night_tests;
#[cfg(test)]
mod painting_tests;
#[cfg(test)]
mod papers_tests;
#[cfg(test)]
mod places_tests;
#[cfg(test)]
mod proposing_tests;
#[cfg(test)]
mod rights_tests;
#[cfg(test)]
mod script_tests;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod turn_tests;
#[cfg(test)]
mod twice_tests;
#[cfg(test)]
mod vitals_tests;
#[cfg(test)]
mod work_tests;

use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::Block,
};

use crate::{core::rights::reviews, node::api::CardIssued};

use super::{
    attachments::Task,
    cards::CardPage,
    ending::Step,
    erasing::Sealing,
    forms::VisitField,
    keymap::{Binding, Place, hints},
    keyslots::KeysDialog,
    meeting::Work,
    model::{
        Check, Dialog, FaceState, Listed, Load, Model, Over, Page, PeopleDialog, Room, Tone, Unlocking, Way,
    },
    papers::Stage,
    photograph::Paper,
    retention::KeepDialog,
    sharing::Taken,
    sheet::{Sheet, Target, Targets},
    theme::Theme,
    turn::Turn,
    widgets::{clean, placeholder, width, words, wrap},
    words::{Saying, Words, role, say},
};

/// From this width on, screens show a second column.
const WIDE: u16 = 120;

/// Draws everything.
/// Gives what can be clicked, and where.
pub(crate) fn view(model: &Model, w: &Words, theme: &Theme, frame: &mut Frame) -> Targets {
    let mut sheet = Sheet::new(frame, &model.painting);
    all(model, w, theme, &mut sheet);
    sheet.finish()
}

fn all(model: &Model, w: &Words, theme: &Theme, frame: &mut Sheet) {
    let all = frame.area();
    frame.render_widget(Block::new().style(theme.text), all);
    if let (Some(made), None, None) = (made(model), model.help, &model.menu)
        && card::made(made, w, theme, frame)
    {
        return;
    }
    let said = message(model, w, theme, usize::from(all.width).saturating_sub(2));
    let [top, body, bar, near, far] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(0),
        Constraint::Length(said.len() as u16),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(all);
    title(model, w, theme, frame, top);
    screen(model, w, theme, frame, body);
    if let Room::Inside(i) = &model.room {
        people::over(model, &i.over, w, theme, frame, body);
    }
    if let Some(scroll) = model.help {
        help::draw(Place::under_menu(model), w, theme, frame, body, scroll);
    } else if let Some(menu) = &model.menu {
        menu::draw(model, menu, w, theme, frame, body);
    }
    words(frame, bar, said);
    let (here, everywhere) = hints(Place::of(model));
    keys(&here, w, theme, frame, near);
    keys(&everywhere, w, theme, frame, far);
}

/// The card that was just made: its code needs the whole screen. What must be answered first hides it.
fn made(model: &Model) -> Option<&CardIssued> {
    let Room::Inside(i) = &model.room else { return None };
    if !matches!(i.over, Over::None) {
        return None;
    }
    match &i.page {
        Page::Card(c) => match &**c {
            // Where its paper goes is asked over an empty screen: the code stays out of the way.
            CardPage::Made { made, paper: None, .. } => Some(made),
            _ => None,
        },
        _ => None,
    }
}

fn screen(model: &Model, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inside = match &model.room {
        Room::SignIn(s) => return sign_in::draw(model, s, w, theme, frame, area),
        Room::Turn(t) => return turn::draw(t, w, theme, frame, area),
        Room::Inside(inside) => inside,
    };
    match &inside.page {
        Page::Patients => patients::draw(&inside.patients, w, theme, frame, area),
        Page::Register(f) => register::draw(f, w, theme, frame, area),
        Page::Chart(c) => {
            chart::draw(c, w, theme, frame, area);
            if let Some(f) = &c.glass {
                emergency::glass(f, &c.name, w, theme, frame, area);
            }
        }
        Page::Emergency(e) => emergency::draw(e, model.now, w, theme, frame, area),
        Page::Reviews(r) => emergency::reviews(r, w, theme, frame, area),
        Page::Visit(c, f) => visit::draw(c, f, model.today(), w, theme, frame, area),
        Page::Conflict(chart, p) => conflict::draw(chart, p, w, theme, frame, area),
        Page::Correct(chart, f) => correcting::draw(chart, f, w, theme, frame, area),
        Page::History(chart, p) => correcting::history(chart, p, w, theme, frame, area),
        Page::Ending(chart, p) => ending::draw(chart, p, w, theme, frame, area),
        Page::Twice(t) => twice::draw(t, w, theme, frame, area),
        Page::Papers(p) => papers::draw(p, w, theme, frame, area),
        Page::Work(p) => work::draw(p, w, theme, frame, area),
        Page::Audit(p) => auditing::draw(p, w, theme, frame, area),
        Page::Attachments(chart, p) => attachments::draw(chart, p, w, theme, frame, area),
        Page::Growth(chart, g) => growth::draw(chart, g, w, theme, frame, area),
        Page::Vitals(chart, v) => vitals::draw(chart, v, w, theme, frame, area),
        Page::Consent(chart, c) => consent::draw(chart, c, w, theme, frame, area),
        Page::Requests(r) => {
            let own = model.status.as_ref().and_then(|s| s.open.as_ref()).map_or("", |o| &o.org);
            requests::draw(r, own, w, theme, frame, area);
        }
        Page::Erasures(e) => erasing::draw(e, w, theme, frame, area),
        Page::Govern(g) => {
            let org = model.status.as_ref().and_then(|s| s.open.as_ref()).map_or("", |o| &o.org);
            governing::draw(g, (org, inside.who.role), w, theme, frame, area);
        }
        Page::Keys(k) => keyslots::draw(k, inside.who.role, w, theme, frame, area),
        Page::Retention(r) => retention::draw(r, inside.who.role, w, theme, frame, area),
        Page::Health(h) => {
            let open = model.status.as_ref().and_then(|s| s.open.as_ref());
            health::draw(h, open, w, theme, frame, area);
        }
        Page::Invite(p) => inviting::draw(p, w, theme, frame, area),
        Page::Share(s) => sharing::draw(s, inside.who.role, w, theme, frame, area),
        Page::Card(c) if c.shows_code() && (c.form().is_some() || !matches!(inside.over, Over::None)) => {}
        Page::Card(c) => card::draw(c, w, theme, frame, area),
        Page::Ledger(l) => ledger::draw(l, w, theme, frame, area),
        Page::Mesh(m) => mesh::draw(m, w, theme, frame, area),
        Page::People(p) => {
            let faces = model.status.as_ref().and_then(|s| s.faces.as_ref());
            people::draw(p, faces, w, theme, frame, area);
        }
    }
    if let Some(f) = inside.page.form() {
        form::draw(f, w, theme, frame, area);
    }
}

/// Which consortium, whose terminal, who is signed in.
fn title(model: &Model, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    frame.render_widget(Block::new().style(theme.title), area);
    let open = model.status.as_ref().and_then(|s| s.open.as_ref());
    let who = match &model.room {
        Room::Inside(i) => say!("frame-who", name = &i.who.name, role = Saying::from(role(i.who.role))),
        Room::SignIn(_) => "frame-signed-out".into(),
        Room::Turn(_) => "turn-title".into(),
    };
    let who = format!(" {} ", w.text(who));
    let demo = match open {
        Some(o) if o.demo => format!(" {} ", w.text("frame-demo")),
        _ => String::new(),
    };
    // Only whoever may review is told: it is theirs to do.
    let due = match (&model.room, open) {
        (Room::Inside(i), Some(o)) if o.reviews_due > 0 && reviews(i.who.role) => {
            format!(" {} ", w.text(say!("frame-reviews-due", n = o.reviews_due)))
        }
        _ => String::new(),
    };
    let right = u16::try_from(width(&due) + width(&who) + width(&demo)).unwrap_or(u16::MAX);
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
fn message<'a>(model: &Model, w: &Words, theme: &Theme, room: usize) -> Vec<Line<'a>> {
    let (text, style) = match (busy(model, w), &model.notice) {
        (Some(said), _) => (w.text(said), theme.accent),
        (None, Some(n)) => {
            let style = match n.tone {
                Tone::Info => theme.accent,
                Tone::Good => theme.good,
                Tone::Warning => theme.warning,
                Tone::Danger => theme.danger,
            };
            (w.text(n.text.clone()), style)
        }
        (None, None) => (w.text(next_step(model)), theme.muted),
    };
    let rows = wrap(&text, room.max(1)).into_iter().take(3);
    rows.map(|(from, to)| Line::styled(format!(" {}", &text[from..to]), style)).collect()
}

/// The message that says what is under way.
fn busy(model: &Model, w: &Words) -> Option<Saying> {
    let page = match &model.room {
        Room::SignIn(s) => {
            let sent = match &s.way {
                Way::Passphrase(f) => f.state != Unlocking::Typing,
                Way::Pin(f) => f.state != Unlocking::Typing,
                _ => false,
            };
            return sent.then(|| "busy-opening".into());
        }
        Room::Turn(t) => return t.sent().then(|| "busy-turn".into()),
        Room::Inside(i) => &i.page,
    };
    match page {
        Page::Erasures(e) if e.sealing == Sealing::Running => Some("busy-sealing".into()),
        _ if model.writing() => Some("busy-saving".into()),
        Page::Mesh(m) => match m.work {
            Work::Busy(b) => {
                let what = match b.words == "busy-meeting" && b.began > 0 {
                    true => say!("busy-meeting-left", left = w.bytes(m.left()), began = w.bytes(b.began)),
                    false => b.words.into(),
                };
                Some(if b.stops() { say!("busy-stops", what = what) } else { what })
            }
            _ => None,
        },
        Page::Ledger(l) => match l.check {
            Check::Running(None) => Some("busy-verify".into()),
            Check::Running(Some(c)) | Check::Found(c) => {
                let left = w.duration(c.left.div_ceil(1_000));
                Some(say!("busy-verify-far", percent = c.done / 10, left = left))
            }
            Check::None | Check::Done(_) => None,
        },
        Page::Share(s) if matches!(s.taken, Taken::Running(..)) => Some("busy-taking".into()),
        Page::Attachments(_, p) if matches!(p.task, Task::Asking) => Some("busy-pieces".into()),
        _ => None,
    }
}

/// The message that says what to do next.
fn next_step(model: &Model) -> &'static str {
    if model.help.is_some() {
        return "next-help";
    }
    if model.menu.is_some() {
        return "next-menu";
    }
    let inside = match &model.room {
        Room::SignIn(s) => {
            return match &s.way {
                Way::Starting { .. } => "next-starting",
                Way::Face(f) => match &f.state {
                    FaceState::Looking { .. } => "next-look",
                    FaceState::Moving(_) => "next-move",
                    _ => "next-face",
                },
                Way::Pin(_) => "next-pin",
                Way::Passphrase(_) => "next-passphrase",
            };
        }
        Room::Turn(t) => {
            return match t.step {
                Turn::Look { .. } => "next-turn-look",
                Turn::Pin { .. } => "next-turn-pin",
                Turn::Record(_) => "next-turn",
            };
        }
        Room::Inside(i) => i,
    };
    match &inside.over {
        Over::None => {}
        Over::Proof { .. } => return "next-proof",
        Over::NewPin(_) => return "next-new-pin",
        Over::Refresh | Over::Leave(_) => return "next-confirm",
    }
    match &inside.page {
        page if page.form().is_some() => "next-form",
        Page::Patients if inside.patients.listed == Listed::Archive => "next-archive",
        Page::Patients if inside.patients.listed == Listed::Due => "next-due",
        Page::Patients => "next-patients",
        Page::Register(_) => "next-register",
        Page::Chart(c) if c.stale => "next-stale",
        Page::Chart(c) if c.draft.is_some() => "next-draft",
        Page::Chart(c) => match &c.chart {
            Load::Ready(chart) if chart.own => "next-chart",
            Load::Ready(_) => "next-chart-elsewhere",
            Load::Failed(_) if c.glass.is_some() => "next-glass",
            Load::Failed(_) => "next-chart-shut",
            Load::Loading => "frame-loading",
        },
        Page::Visit(_, f) if f.finding() => "next-visit-find",
        Page::Visit(_, f) if f.focus == VisitField::Found && !f.found.picked.is_empty() => "next-visit-found",
        Page::Visit(..) => "next-visit",
        Page::Conflict(..) => "next-conflict",
        Page::Correct(..) => "next-correct",
        Page::History(..) => "next-history",
        Page::Ending(_, p) => match p.step {
            Step::What => "next-ending",
            Step::How(_) => "next-ending-how",
            _ => "next-confirm",
        },
        Page::Twice(t) if t.beside.is_some() => "next-beside",
        Page::Twice(_) => "next-twice",
        Page::Papers(p) => match p.stage {
            Stage::Choosing => "next-papers",
            Stage::Running { .. } => "next-job",
            Stage::Paused(_) => "next-paused",
            Stage::Done(_) => "next-outcome",
        },
        Page::Vitals(..) => "next-vitals",
        Page::Growth(..) => "next-growth",
        Page::Attachments(_, p) if matches!(p.task, Task::Paper(_)) => match &p.task {
            Task::Paper(paper) if matches!(**paper, Paper::Taken(..)) => "next-paper-taken",
            _ => "next-paper-look",
        },
        Page::Attachments(c, _) if c.chart.ready().is_some_and(|chart| chart.own) => "next-attachments",
        Page::Attachments(..) => "next-attachments-read",
        Page::Work(_) => "next-work",
        Page::Audit(p) if p.whole => "next-audit-entry",
        Page::Audit(_) => "next-audit",
        Page::Consent(_, c) => match c.dialog {
            Dialog::Grant(_) => "next-grant",
            Dialog::Stop { .. } => "next-confirm",
            _ => "next-consent",
        },
        Page::Emergency(_) => "next-emergency",
        Page::Reviews(_) => "next-reviews",
        Page::Requests(_) => "next-requests",
        Page::Govern(g) if g.asks() => "next-confirm",
        Page::Govern(_) => "next-govern",
        Page::Erasures(e) if e.sealing == Sealing::Asked => "next-confirm",
        Page::Erasures(_) => "next-erasures",
        Page::Share(s) => match s.taken {
            Taken::Nothing => "next-share",
            _ => "next-taken",
        },
        Page::Card(c) => match **c {
            CardPage::Look { .. } => "next-card-look",
            CardPage::Pin { .. } => "next-card-pin",
            CardPage::Choose { .. } => "next-card-choose",
            CardPage::Made { .. } => "next-card-made",
        },
        Page::Ledger(_) => "next-ledger",
        Page::People(p) => match p.dialog {
            PeopleDialog::Enrol { .. } => "next-enrol",
            PeopleDialog::Forget { .. } | PeopleDialog::Suspend { .. } => "next-confirm",
            _ => "next-people",
        },
        Page::Mesh(m) if matches!(m.work, Work::Folder { .. }) => "notice-folder",
        Page::Mesh(_) => "next-mesh",
        Page::Keys(k) => match k.dialog {
            KeysDialog::Shown(_) => "next-shown",
            KeysDialog::Remove(_) | KeysDialog::Sure => "next-confirm",
            _ => "next-slots",
        },
        Page::Retention(r) if matches!(r.dialog, KeepDialog::Archive) => "next-confirm",
        Page::Retention(_) => "next-retention",
        Page::Health(_) => "next-health",
        Page::Invite(p) if p.asks() => "next-invite-compare",
        Page::Invite(p) if p.undelivered().is_some() => "next-invite-carry",
        Page::Invite(_) => "next-invite",
    }
}

/// As many keys as fit.
fn keys(bindings: &[&Binding], w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let mut spans = Vec::new();
    let mut used = 0;
    for b in bindings {
        let (key, words) = (format!(" {} ", b.key()), format!("{} ", w.text(b.words)));
        let wide = width(&key) + width(&words);
        if used + wide > usize::from(area.width) {
            break;
        }
        // Both fit into the width of the screen.
        let at = Rect { x: area.x + used as u16, width: wide as u16, ..area };
        frame.target(at, Target::Key(b.action));
        used += wide;
        spans.push(Span::styled(key, theme.key));
        spans.push(Span::styled(words, theme.muted));
    }
    frame.render_widget(Line::from(spans), area);
}

/// What stands in for something that isn't there (yet).
fn absent<T>(load: &Load<T>, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    match load {
        Load::Loading => placeholder(frame, theme.muted, area, &w.text("frame-loading")),
        Load::Failed(words) => placeholder(frame, theme.danger, area, &w.node(words)),
        Load::Ready(_) => {}
    }
}

/// Splits into the part of a list that is visible and its first line, so that the selected line is among it.
fn window<T>(rows: &[T], selected: usize, height: u16) -> (usize, &[T]) {
    let height = usize::from(height).max(1);
    let first = (selected + 1).saturating_sub(height);
    (first, &rows[first.min(rows.len())..(first + height).min(rows.len())])
}
