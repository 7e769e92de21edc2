//! Correcting what stands, and the versions that there were.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::node::api::ConflictRow;

use super::{
    super::{
        correcting::{Correcting, HistoryPage, VisitFix, WhoFix, changed},
        model::{ChartPage, Load},
        registering::PatientField,
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, list, panel, words, wrap},
        words::{Words, field_name, say},
    },
    WIDE, absent, chart, conflict, register, visit,
};

pub(super) fn draw(
    c: &ChartPage,
    what: &Correcting,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    match what {
        Correcting::Who(f) => who(c, f, w, theme, frame, area),
        Correcting::Visit(f) => seen(c, f, w, theme, frame, area),
    }
}

/// What saving would do.
fn outcome<'a>(changes: usize, w: &Words, theme: &Theme) -> Line<'a> {
    match changes {
        0 => Line::styled(w.text("correct-nothing"), theme.muted),
        n => Line::styled(w.text(say!("correct-changes", n = n)), theme.warning),
    }
}

fn who(c: &ChartPage, f: &WhoFix, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text(say!("correct-who", name = &c.name)));
    let most = inner.height.saturating_sub(4).min(register::FIELDS);
    let [_, rows, note] =
        Layout::vertical([Constraint::Length(1), Constraint::Length(most), Constraint::Min(0)]).areas(inner);
    // What stood is below its field: where there are few lines, only fields that are changed have a line for it, or of those
    // the one that has the cursor.
    let wide = rows.height >= register::FIELDS;
    let room = usize::from(rows.height) >= PatientField::ALL.len() + f.changes();
    let was = PatientField::ALL.map(|(field, _)| f.was(field).filter(|_| room || field == f.form.focus));
    let line = |i: u16| {
        let above = was.iter().take(usize::from(i));
        i + above.filter(|was| wide || was.is_some()).count() as u16
    };
    register::fields(&f.form, line, w, theme, frame, rows);
    for (i, was) in was.iter().enumerate() {
        let Some(was) = was.clone() else { continue };
        let y = rows.y + line(i as u16) + 1;
        let line = Rect { x: rows.x + register::LABEL, y, height: 1, ..rows }.intersection(rows);
        frame.render_widget(Line::styled(clean(&w.text(was)), theme.warning), line);
    }
    let told = if f.form.focus.of_guardian() { "register-guardian-why" } else { "correct-kept" };
    let lines = vec![Line::from(""), outcome(f.changes(), w, theme), Line::styled(w.text(told), theme.muted)];
    words(frame, note, lines);
}

fn seen(c: &ChartPage, f: &VisitFix, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [left, right] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Min(0), Constraint::Length(66)]).areas(area)
    } else {
        [area, Rect::default()]
    };
    let title = say!("correct-visit", time = w.time(f.before.at), name = &c.name);
    let inner = panel(frame, theme, left, &w.text(title));
    let [form, note] = Layout::vertical([Constraint::Min(0), Constraint::Length(1)]).areas(inner);
    let with = visit::With { today: None, fix: Some(f), last: false };
    visit::form(c, &f.form, &with, w, theme, frame, form);
    frame.render_widget(outcome(f.changes(), w, theme), note);
    if !right.is_empty() {
        let [before, rest] = Layout::vertical([Constraint::Min(0), Constraint::Length(20)]).areas(right);
        chart::visit(&f.before, c.ages(f.before.at), w, theme, frame, before);
        if let Load::Ready(chart) = &c.chart {
            chart::courses(chart, w, theme, frame, rest);
        }
    }
}

pub(super) fn history(
    c: &ChartPage,
    p: &HistoryPage,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    let Some(row) = p.row.ready() else {
        let inner = panel(frame, theme, area, &c.name);
        return absent(&p.row, w, theme, frame, inner);
    };
    let n = row.versions.len();
    let height = u16::try_from(n).unwrap_or(u16::MAX).saturating_add(3).min(area.height / 2).max(4);
    let [upper, lower] = Layout::vertical([Constraint::Length(height), Constraint::Min(0)]).areas(area);
    let title = match p.of {
        Some(_) => say!("history-visit", name = &c.name, n = n),
        None => say!("history-who", name = &c.name, n = n),
    };
    let inner = panel(frame, theme, upper, &w.text(title));
    let cells = |(i, v): (usize, &crate::node::api::VersionRow)| {
        let (word, style) = match (v.believed, i) {
            (false, _) => ("conflict-not-trusted", theme.danger),
            (true, 0) => ("history-stands", theme.good),
            (true, _) => ("history-replaced", theme.muted),
        };
        Row::new([w.time(v.at), clean(&format!("{}, {}", v.author, v.org)), w.text(word)]).style(style)
    };
    let columns = [Constraint::Length(17), Constraint::Fill(1), Constraint::Length(16)];
    let head = ["history-when", "history-by", "history-state"].map(|key| w.text(key));
    let table = Table::new(row.versions.iter().enumerate().map(cells), columns)
        .header(Row::new(head).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, inner, p.selected, n);
    let inner = panel(frame, theme, lower, &w.text("history-changed"));
    let lines = told(row, p.selected, usize::from(inner.width), w, theme);
    words(frame, inner, lines);
}

/// What a version changed, field by field: on one line where it fits.
fn told<'a>(row: &ConflictRow, version: usize, room: usize, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    if version + 1 >= row.versions.len() {
        let words = if row.versions.len() == 1 { "history-only" } else { "history-first" };
        return vec![Line::styled(w.text(words), theme.muted)];
    }
    let all = changed(row, version);
    if all.is_empty() {
        return vec![Line::styled(w.text("history-same"), theme.muted)];
    }
    let mut lines = Vec::new();
    for c in all {
        let name = w.text(field_name(&c.field));
        let (before, now) = (conflict::shown(&c.field, &c.before, w), conflict::shown(&c.field, &c.now, w));
        let short = format!("{name}: {before} → {now}");
        if !c.before.contains('\n') && !c.now.contains('\n') && wrap(&short, room.max(1)).len() == 1 {
            lines.push(Line::from(short));
            continue;
        }
        lines.push(Line::styled(name, theme.accent));
        for (label, said, style) in
            [("history-before", &c.before, theme.muted), ("history-now", &c.now, theme.text)]
        {
            lines.push(Line::styled(w.text(label), theme.muted));
            let text: Vec<String> = match said.contains('\n') {
                true => said.lines().map(clean).collect(),
                false => vec![conflict::shown(&c.field, said, w)],
            };
            lines.extend(text.into_iter().map(|t| Line::styled(format!("  {t}"), style)));
        }
    }
    lines
}
