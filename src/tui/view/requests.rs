//! What organisations asked each other for, and what was answered.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::Line,
    widgets::{Row, Table},
};

use crate::node::api::{AnswerRow, RequestRow};

use super::{
    super::{
        model::Load,
        requests::{Asked, RequestsPage},
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, list, panel, placeholder, words},
        words::{Words, part, purpose, role, say},
    },
    absent,
};

pub(super) fn draw(r: &RequestsPage, own: &str, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [upper, lower] = Layout::vertical([Constraint::Fill(3), Constraint::Fill(2)]).areas(area);
    let title = match &r.asked {
        Load::Ready(a) => say!("requests-count", n = a.rows.len()),
        _ => "requests-title".into(),
    };
    let inner = panel(frame, theme, upper, &w.text(title));
    match &r.asked {
        Load::Ready(a) if a.rows.is_empty() => {
            placeholder(frame, theme.muted, inner, &w.text("requests-none"));
        }
        Load::Ready(a) => table(a, r.selected, own, w, theme, frame, inner),
        other => absent(other, w, theme, frame, inner),
    }
    let inner = panel(frame, theme, lower, &w.text("requests-answers"));
    if let Some(row) = r.rows().get(r.selected) {
        words(frame, inner, answers(row, w, theme));
    }
}

/// Where a request stands: for those made here, what anybody answered; for others', what was answered here.
fn standing(row: &RequestRow, own: &str, theme: &Theme) -> (&'static str, Style) {
    let mut given = row.answers.iter().filter(|a| row.own || a.org == own);
    let (yes, any) = (given.clone().any(|a| a.allow), given.next().is_some());
    match (row.own, yes, any) {
        (true, true, _) => ("requests-released", theme.good),
        (true, false, true) => ("requests-refused", theme.danger),
        (false, true, _) => ("requests-we-released", theme.text),
        (false, false, true) => ("requests-we-refused", theme.text),
        _ if row.lapsed => ("requests-lapsed", theme.muted),
        (true, ..) => ("requests-open", theme.warning),
        (false, ..) => ("requests-we-owe", theme.warning),
    }
}

fn table(asked: &Asked, selected: usize, own: &str, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let cells = |r: &RequestRow| {
        let (state, style) = standing(r, own, theme);
        let who = if r.own { clean(&r.staff) } else { clean(&r.org) };
        let whose = clean(&asked.name(r.patient));
        Row::new([w.time(r.at), who, whose, w.text(purpose(r.purpose)), w.text(state)]).style(style)
    };
    let columns = [
        Constraint::Length(16),
        Constraint::Fill(1),
        Constraint::Fill(1),
        Constraint::Length(13),
        Constraint::Length(16),
    ];
    let head = ["requests-when", "requests-who", "requests-whose", "consent-for", "requests-standing"];
    let table = Table::new(asked.rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, area, selected, asked.rows.len());
}

/// What was asked, and each answer with its reason.
fn answers<'a>(row: &RequestRow, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let parts: Vec<String> = row.compartments.iter().map(|c| w.text(part(*c))).collect();
    let asked = say!(
        "requests-asked",
        staff = &row.staff,
        org = &row.org,
        role = w.text(role(row.role)),
        parts = parts.join(", "),
        purpose = w.text(purpose(row.purpose)),
    );
    let mut lines = vec![Line::styled(w.text(asked), theme.accent)];
    lines.extend(row.answers.iter().map(|a| answer(a, w, theme)));
    match (row.answers.is_empty(), row.lapsed) {
        (true, true) => lines.push(Line::styled(w.text("requests-too-old"), theme.muted)),
        (true, false) => lines.push(Line::styled(w.text("requests-waits"), theme.warning)),
        _ => {}
    }
    lines
}

fn answer<'a>(a: &AnswerRow, w: &Words, theme: &Theme) -> Line<'a> {
    let why = a.because.split("; ").map(|b| w.node(b)).collect::<Vec<_>>().join("; ");
    let (time, org) = (w.time(a.at), &a.org);
    match a.allow {
        true => Line::styled(w.text(say!("requests-yes", time = time, org = org, why = why)), theme.good),
        false => Line::styled(w.text(say!("requests-no", time = time, org = org, why = why)), theme.danger),
    }
}
