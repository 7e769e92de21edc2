//! Who read what: a search, what was read, and one reading whole.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::Line,
    widgets::{Row, Table},
};

use crate::{
    core::policy::Purpose,
    node::api::{AuditReader, AuditRow},
};

use super::{
    super::{
        auditing::AuditPage,
        model::Load,
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{clean, field, pad, panel, placeholder, popup, words},
        words::{Words, part, purpose, say},
    },
    WIDE, absent, window,
};

/// Columns of the labels.
const LABEL: usize = 17;

pub(super) fn draw(p: &AuditPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [search, rest] = Layout::vertical([Constraint::Length(3), Constraint::Min(0)]).areas(area);
    let inner = panel(frame, theme, search, &w.text("audit-search"));
    field(frame, theme, inner, &p.query, !p.whole);
    let title = match &p.rows {
        Load::Ready(rows) if p.next.is_some() => say!("audit-count-more", n = rows.len(), looked = p.looked),
        Load::Ready(rows) => say!("audit-count", n = rows.len()),
        _ => "audit-title".into(),
    };
    let inner = panel(frame, theme, rest, &w.text(title));
    match &p.rows {
        Load::Ready(rows) if rows.is_empty() => {
            let none = match (p.asked.is_some(), p.query.is_empty()) {
                (true, _) => "audit-looking",
                (false, true) => "audit-none",
                (false, false) => "audit-unfit",
            };
            placeholder(frame, theme.muted, inner, &w.text(none));
        }
        Load::Ready(rows) => table(rows, p.selected, w, theme, frame, inner),
        other => absent(other, w, theme, frame, inner),
    }
    if let Some(row) = p.listed().get(p.selected).filter(|_| p.whole) {
        whole(row, w, theme, frame, area);
    }
}

/// Who read, and of which organisation.
fn reader(r: &AuditRow, w: &Words) -> (String, String) {
    match &r.reader {
        AuditReader::Staff { name, org } => (clean(name), clean(org)),
        AuditReader::Patient => (w.text("audit-patient"), String::new()),
    }
}

/// What happened, the gravest first: by a word as well as by colour.
fn what(r: &AuditRow, theme: &Theme) -> (&'static str, Style) {
    match r {
        r if !r.allowed => ("audit-refused", theme.danger),
        r if r.purpose == Purpose::Emergency => ("audit-emergency", theme.warning),
        r if r.exported => ("audit-file", theme.accent),
        _ => ("audit-read", theme.text),
    }
}

fn table(rows: &[AuditRow], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let wide = area.width >= WIDE;
    let (first, shown) = window(rows, selected, area.height.saturating_sub(1));
    let cells = |(i, r): (usize, &AuditRow)| {
        let (who, org) = reader(r, w);
        let (key, style) = what(r, theme);
        let whose = r.name.as_deref().map_or_else(|| r.patient.short(), clean);
        let mut cells = vec![w.time(r.at), who];
        cells.extend(wide.then_some(org));
        cells.extend([whose, w.text(purpose(r.purpose)), w.text(key)]);
        Row::new(cells).style(if first + i == selected { theme.selection } else { style })
    };
    let mut columns = vec![Constraint::Length(16), Constraint::Fill(2)];
    columns.extend(wide.then_some(Constraint::Fill(2)));
    columns.extend([Constraint::Fill(2), Constraint::Length(13), Constraint::Length(10)]);
    let mut head = vec!["audit-when", "audit-who"];
    head.extend(wide.then_some("audit-of"));
    head.extend(["audit-whose", "audit-for", "audit-what"]);
    let table = Table::new(shown.iter().enumerate().map(cells), columns)
        .header(Row::new(head.into_iter().map(|key| w.text(key))).style(theme.muted));
    frame.render_widget(table, area);
    // Only what is seen is drawn: there may be very many.
    for (y, i) in (area.y.saturating_add(1)..area.bottom()).zip(first..first + shown.len()) {
        frame.target(Rect { y, height: 1, ..area }, Target::Row(i));
    }
}

/// By which right it was read.
fn because(r: &AuditRow, w: &Words) -> String {
    match (&r.reader, &r.grants[..]) {
        _ if !r.allowed => w.text("audit-by-nothing"),
        (AuditReader::Patient, _) => w.text("audit-by-card"),
        _ if r.purpose == Purpose::Emergency => w.text("audit-by-emergency"),
        (_, []) => w.text("audit-by-own"),
        (_, grants) => {
            let all: Vec<String> = grants.iter().map(|g| g.short()).collect();
            w.text(say!("audit-by-consent", all = all.join(", ")))
        }
    }
}

fn whole(r: &AuditRow, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = popup(frame, theme, area, &w.text("audit-entry"), (74, 14));
    let (who, org) = reader(r, w);
    let (key, style) = what(r, theme);
    let of = |name: &str| match r.name.as_deref() {
        Some(n) => format!("{} ({name})", clean(n)),
        None => name.to_owned(),
    };
    let parts: Vec<String> = r.compartments.iter().map(|c| w.text(part(*c))).collect();
    let custodians: Vec<String> = r.custodians.iter().map(|c| clean(c)).collect();
    let entry = |label: &'static str, value: String| {
        (!value.is_empty()).then(|| Line::from(format!("{}{value}", pad(&w.text(label), LABEL))))
    };
    let lines = [
        Some(Line::styled(format!("{}{}", pad(&w.text("audit-what"), LABEL), w.text(key)), style)),
        entry("audit-when", w.time(r.at)),
        entry("audit-who", who),
        entry("audit-of", org),
        entry("audit-whose", of(&r.patient.short())),
        entry("audit-for", w.text(purpose(r.purpose))),
        entry("audit-by", because(r, w)),
        entry("audit-parts", parts.join(", ")),
        entry("audit-kept-by", custodians.join(", ")),
        entry("audit-block", r.block.short()),
    ];
    words(frame, inner, lines.into_iter().flatten().collect());
}
