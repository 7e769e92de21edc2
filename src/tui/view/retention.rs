//! How long records are kept, what is due, who is held.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::{
    core::{governance::Role, retention::Schedule},
    node::api::{ArchivePlan, HoldRow, RetentionView, SeriesRow},
};

use super::{
    super::{
        governing::not_admin,
        health::long_work,
        model::Load,
        retention::{Due, KeepDialog, RetentionPage, rules, series},
        sheet::Sheet,
        theme::Theme,
        widgets::{ask, clean, list, panel, placeholder, popup, words},
        words::{Words, say},
    },
    WIDE, absent,
    health::beside,
};

pub(super) fn draw(r: &RetentionPage, own: Role, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [schedule, due, holds] = if area.width >= WIDE {
        let [left, right] = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(area);
        let [due, holds] = Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(right);
        [left, due, holds]
    } else {
        Layout::vertical([Constraint::Length(8), Constraint::Fill(1), Constraint::Length(5)]).areas(area)
    };
    let inner = panel(frame, theme, schedule, &w.text("keep-schedule"));
    let held = panel(frame, theme, holds, &w.text("keep-holds"));
    match &r.view {
        Load::Ready(v) => {
            schedules(v, own, w, theme, frame, inner);
            table(&v.holds, r.selected, w, theme, frame, held);
        }
        other => absent(other, w, theme, frame, inner),
    }
    let inner = panel(frame, theme, due, &w.text("keep-due"));
    match &r.due {
        Due::Unknown => placeholder(frame, theme.muted, inner, &w.text("keep-unknown")),
        Due::Looking(archive, at) => {
            let what = if *archive { "busy-archiving" } else { "busy-looking" };
            words(frame, inner, beside(what, at.as_ref(), w, theme));
        }
        Due::Found(at) => words(frame, inner, beside(long_work(at), Some(at), w, theme)),
        Due::Known(p) => words(frame, inner, part(plan(p, w, theme), r.row, inner.height, w, theme)),
    }
    if let KeepDialog::Archive = r.dialog {
        let inner = popup(frame, theme, area, &w.text("keep-archive-title"), (66, 8));
        let lines = vec![Line::from(w.text("keep-archive-what"))];
        ask(frame, theme, inner, lines, (w.text("keep-archive-yes"), w.text("key-not-now")));
    }
}

fn schedules(v: &RetentionView, own: Role, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let mut lines: Vec<Line> =
        not_admin(own).map(|s| Line::styled(w.text(s), theme.warning)).into_iter().collect();
    if v.schedules.is_empty() {
        lines.push(Line::styled(w.text("keep-no-schedule"), theme.warning));
    }
    if v.schedules.len() > 1 {
        lines.push(Line::styled(w.text(say!("keep-several", n = v.schedules.len())), theme.warning));
    }
    lines.push(Line::from(w.text(say!("keep-archived", n = v.archived))));
    for s in &v.schedules {
        let parsed = Schedule::parse(&s.text).ok();
        let by = match &parsed {
            Some(p) => say!("keep-named", name = &p.name, by = &s.by, time = w.time(s.at)),
            None => say!("keep-adopted", by = &s.by, time = w.time(s.at)),
        };
        lines.push(Line::styled(w.text(by), theme.accent));
        if let Some(why) = &s.problem {
            lines.push(Line::styled(w.node(why), theme.danger));
        }
        let Some(p) = parsed else { continue };
        let rules: Vec<_> = rules(&p).into_iter().map(|r| w.text(r)).collect();
        if area.width > 70 && area.height > 12 {
            lines.extend(rules.into_iter().map(Line::from));
        } else {
            lines.push(Line::from(rules.join("; ")));
        }
    }
    words(frame, area, lines);
}

fn table(rows: &[HoldRow], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    if rows.is_empty() {
        return placeholder(frame, theme.muted, area, &w.text("keep-nobody"));
    }
    let cells = |h: &HoldRow| {
        let why = h.reason.as_deref().map_or_else(|| w.text("keep-sealed"), clean);
        Row::new([h.patient.short(), w.day(h.at), clean(&h.by), why])
    };
    let columns = [Constraint::Length(10), Constraint::Length(11), Constraint::Fill(1), Constraint::Fill(2)];
    let head = ["erasures-whose", "keep-since", "erasures-by", "keep-why"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, area, selected, rows.len());
}

/// What there is room for, from this line on. What is below is counted.
fn part<'a>(mut lines: Vec<Line<'a>>, row: usize, height: u16, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let height = usize::from(height).max(1);
    lines.drain(..row.min(lines.len().saturating_sub(height)));
    if lines.len() > height {
        let more = say!("keep-more", n = lines.len() + 1 - height);
        lines.truncate(height - 1);
        lines.push(Line::styled(w.text(more), theme.muted));
    }
    lines
}

fn plan<'a>(p: &ArchivePlan, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let of = say!("keep-as-of", day = w.day(p.as_of), schedule = &p.schedule, n = p.looked_at);
    let mut lines = vec![Line::styled(w.text(of), theme.muted)];
    let row = |r: &SeriesRow| {
        let words =
            say!("keep-series", what = w.text(series(r.series)), records = r.records, patients = r.patients);
        Line::from(format!("  {}", w.text(words)))
    };
    if !p.adopted {
        lines.push(Line::styled(w.text("keep-not-adopted"), theme.warning));
    }
    // What is to be known first: the series may be more than there is room for.
    if p.disposals > 0 {
        lines.push(Line::styled(w.text(say!("keep-due-disposal", n = p.disposals)), theme.warning));
        let named = p.disposal.iter().take(8).map(|id| id.short()).collect::<Vec<_>>().join(", ");
        lines.push(Line::from(named));
    }
    let notes = [
        (p.held, say!("keep-n-held", n = p.held)),
        (p.unreadable, say!("keep-n-unreadable", n = p.unreadable)),
        (p.ahead, say!("keep-n-ahead", n = p.ahead)),
    ];
    for (n, note) in notes {
        if n > 0 {
            lines.push(Line::styled(w.text(note), theme.warning));
        }
    }
    if p.archive.is_empty() {
        lines.push(Line::styled(w.text("keep-nothing-due"), theme.good));
    } else {
        lines.push(Line::styled(w.text(say!("keep-due-archive", n = p.patients)), theme.accent));
        lines.extend(p.archive.iter().map(row));
    }
    if !p.past.is_empty() {
        lines.push(Line::styled(w.text("keep-past"), theme.accent));
        lines.extend(p.past.iter().map(row));
    }
    lines
}
