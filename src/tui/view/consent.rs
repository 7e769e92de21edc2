//! Consent: who may read what until when, and who read.

use jiff::tz::TimeZone;
use ratatui::{
    Frame,
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::{Row, Table, TableState},
};

use crate::{
    core::{
        consent::{EmergencySummary, Ended, Grantee},
        record::Compartment,
    },
    node::api::{AccessRow, ConsentView, GrantRow},
};

use super::{
    super::{
        forms::{GrantField, GrantForm},
        model::{ChartPage, ConsentPage, Dialog, Load},
        theme::Theme,
        widgets::{clean, day, field, panel, placeholder, popup, time, words},
    },
    WIDE, absent,
};

pub(super) fn draw(
    chart: &ChartPage,
    c: &ConsentPage,
    zone: &TimeZone,
    theme: &Theme,
    frame: &mut Frame,
    area: Rect,
) {
    let [upper, lower] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(area)
    } else {
        Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(area)
    };
    let inner = panel(frame, theme, upper, &format!("Consent of {}", chart.name));
    let below = panel(frame, theme, lower, "Who read");
    match &c.view {
        Load::Ready(v) => {
            grants(&v.grants, c.selected, zone, theme, frame, inner);
            let told = notices(v, zone, theme);
            let rows = u16::try_from(told.len()).unwrap_or(u16::MAX).min(below.height / 2);
            let [above, rest] = Layout::vertical([Constraint::Length(rows), Constraint::Min(0)]).areas(below);
            words(frame, above, told);
            reads(&v.accesses, zone, theme, frame, rest);
        }
        other => absent(other, theme, frame, inner),
    }
    match &c.dialog {
        Dialog::Grant(f) => grant(f, &chart.name, theme, frame, area),
        Dialog::Stop { name, .. } => {
            let inner = popup(frame, theme, area, "Stop sharing?", (64, 8));
            let name = clean(name);
            let lines = vec![
                Line::from(format!(
                    "{name} may then read nothing of {} any more, also not by what is being allowed elsewhere \
                     at this moment. What was read before cannot be taken back.",
                    clean(&chart.name)
                )),
                Line::from(""),
                Line::styled(format!("y stop sharing with {name}     n keep"), theme.key),
            ];
            words(frame, inner, lines);
        }
        Dialog::None | Dialog::Writing => {}
    }
}

/// What the patient must be told.
fn notices<'a>(v: &ConsentView, zone: &TimeZone, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    if v.emergency == EmergencySummary::OptedOut {
        lines.push(Line::styled("No emergency summary for other organisations.", theme.accent));
    }
    lines.extend(v.emergencies.iter().filter(|e| !e.told).map(|e| {
        let words = format!("TELL THE PATIENT: emergency {}, {} of {}", time(e.at, zone), e.staff, e.org);
        Line::styled(clean(&words), theme.danger)
    }));
    lines
}

/// A grant's standing in words.
fn standing(row: &GrantRow) -> &'static str {
    match row.standing.ended {
        None => "in force",
        Some(Ended::Revoked) => "stopped",
        Some(Ended::Expired) => "over",
        Some(Ended::NotYet) => "not yet",
        Some(Ended::Parent) => "ended above",
        Some(Ended::Untrusted) => "not trusted",
    }
}

fn grants(rows: &[GrantRow], selected: usize, zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    if rows.is_empty() {
        return placeholder(frame, theme.muted, area, "Nothing is shared. g allows an organisation to read.");
    }
    let cells = |r: &GrantRow| {
        let g = &r.standing.grant;
        let org = match g.to {
            Grantee::Org(_) => clean(&r.org),
            Grantee::Role(_, role) => format!("{} ({})", clean(&r.org), role.word()),
        };
        let parts: Vec<&str> = g.compartments.iter().map(|c| c.word()).collect();
        let until = g.until.map_or_else(|| "no end".into(), |at| day(at, zone));
        let style = if r.standing.ended.is_none() { theme.good } else { theme.muted };
        Row::new([org, g.purpose.word().into(), parts.join(", "), until, standing(r).into()]).style(style)
    };
    let columns = [
        Constraint::Fill(3),
        Constraint::Length(13),
        Constraint::Fill(2),
        Constraint::Length(10),
        Constraint::Length(11),
    ];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(["May read", "For", "Parts", "Until", "Standing"]).style(theme.muted))
        .row_highlight_style(theme.selection);
    let mut state = TableState::new().with_selected(selected);
    frame.render_stateful_widget(table, area, &mut state);
}

fn reads(rows: &[AccessRow], zone: &TimeZone, theme: &Theme, frame: &mut Frame, area: Rect) {
    if rows.is_empty() {
        return placeholder(frame, theme.muted, area, "nobody yet");
    }
    let cells = |r: &AccessRow| {
        let (words, style) = if r.allowed { ("read", theme.text) } else { ("refused", theme.danger) };
        Row::new([time(r.at, zone), clean(&r.staff), clean(&r.org), r.purpose.word().into(), words.into()])
            .style(style)
    };
    let columns = [
        Constraint::Length(16),
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Length(13),
        Constraint::Length(7),
    ];
    frame.render_widget(Table::new(rows.iter().map(cells), columns), area);
}

fn grant(f: &GrantForm, name: &str, theme: &Theme, frame: &mut Frame, area: Rect) {
    let inner = popup(frame, theme, area, &format!("{name} allows reading"), (64, 16));
    let on = |which| f.focus == which && !f.sending;
    let row = |i: u16| Rect { y: inner.y + i, height: 1, ..inner }.intersection(inner);
    let split = |r: Rect| Layout::horizontal([Constraint::Length(14), Constraint::Min(0)]).areas(r);
    let choice = |frame: &mut Frame, i: u16, label: &'static str, value: String, focused: bool| {
        let [name, area] = split(row(i));
        frame.render_widget(Line::styled(label, if focused { theme.accent } else { theme.text }), name);
        let style = if focused { theme.focus } else { theme.text };
        frame.render_widget(Line::styled(value, style), area);
    };
    let org = format!("‹ {} ›", clean(&f.orgs[f.org].1));
    choice(frame, 1, "Organisation", org, on(GrantField::Org));
    choice(frame, 3, "What for", format!("‹ {} ›", f.purpose.word()), on(GrantField::Purpose));
    for (i, (_, word)) in Compartment::ALL.into_iter().enumerate() {
        let label = if i == 0 { "Parts" } else { "" };
        let mark = if f.parts[i] { 'x' } else { ' ' };
        choice(frame, 5 + i as u16, label, format!("[{mark}] {word}"), on(GrantField::Part(i)));
    }
    let [name, value] = split(row(12));
    let focused = on(GrantField::Days);
    frame.render_widget(Line::styled("For days", if focused { theme.accent } else { theme.text }), name);
    let [days, hint] = Layout::horizontal([Constraint::Length(7), Constraint::Min(0)]).areas(value);
    field(frame, theme, days, &f.days, focused);
    frame.render_widget(Line::from(Span::styled(" empty: until it is stopped", theme.muted)), hint);
}
