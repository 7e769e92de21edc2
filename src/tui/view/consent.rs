//! Consent: who may read what until when, and who read.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::{
    core::{
        consent::{EmergencySummary, Ended, Grantee},
        governance::Role,
        record::Compartment,
    },
    node::api::{AccessRow, ConsentView, GrantRow},
};

use super::{
    super::{
        forms::{GrantField, GrantForm},
        model::{ChartPage, ConsentPage, Dialog, Load},
        sheet::{Sheet, Target},
        theme::Theme,
        widgets::{ask, clean, cut, field, list, panel, placeholder, popup, words},
        words::{Words, part, purpose, role, say},
    },
    WIDE, absent,
};

pub(super) fn draw(
    chart: &ChartPage,
    c: &ConsentPage,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    let [upper, lower] = if area.width >= WIDE {
        Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas(area)
    } else {
        Layout::vertical([Constraint::Fill(1), Constraint::Fill(1)]).areas(area)
    };
    let inner = panel(frame, theme, upper, &w.text(say!("consent-title", name = &chart.name)));
    let rows = c.view.ready().map_or(0, |v| v.accesses.len());
    let told = c.view.ready().map_or_else(Vec::new, |v| notices(v, w, theme));
    let room = lower.height.saturating_sub(2);
    let above = u16::try_from(told.len()).unwrap_or(u16::MAX).min(room / 2);
    let title = match rows > usize::from(room - above) {
        true => say!("consent-who-read-of", n = rows, from = (c.readers + 1).min(rows)),
        false => "consent-who-read".into(),
    };
    let below = panel(frame, theme, lower, &w.text(title));
    match &c.view {
        Load::Ready(v) => {
            grants(&v.grants, c.selected, w, theme, frame, inner);
            let [above, rest] =
                Layout::vertical([Constraint::Length(above), Constraint::Min(0)]).areas(below);
            words(frame, above, told);
            reads(v.accesses.get(c.readers..).unwrap_or_default(), w, theme, frame, rest);
        }
        other => absent(other, w, theme, frame, inner),
    }
    match &c.dialog {
        Dialog::Grant(f) => grant(f, chart, w, theme, frame, area),
        Dialog::Stop { name, .. } => {
            let inner = popup(frame, theme, area, &w.text("consent-stop-title"), (64, 9));
            let (yes, no) = (w.text(say!("consent-stop-yes", org = name)), w.text("consent-stop-no"));
            let lines = vec![Line::from(w.text(say!("consent-stop-what", org = name, name = &chart.name)))];
            ask(frame, theme, inner, lines, (yes, no));
        }
        Dialog::None | Dialog::Writing | Dialog::Limit(_) | Dialog::Patient(_) => {}
    }
}

/// What the patient must be told.
fn notices<'a>(v: &ConsentView, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    if v.emergency == EmergencySummary::OptedOut {
        lines.push(Line::styled(w.text("consent-opted-out"), theme.accent));
    }
    lines.extend(v.emergencies.iter().filter(|e| !e.told).map(|e| {
        let words = say!("consent-tell", time = w.time(e.at), staff = &e.staff, org = &e.org);
        Line::styled(w.text(words), theme.danger)
    }));
    lines
}

/// The message with a grant's standing.
fn standing(row: &GrantRow) -> &'static str {
    match row.standing.ended {
        None => "standing-in-force",
        Some(Ended::Revoked) => "standing-revoked",
        Some(Ended::Expired) => "standing-expired",
        Some(Ended::NotYet) => "standing-not-yet",
        Some(Ended::Parent) => "standing-parent",
        Some(Ended::Untrusted) => "standing-untrusted",
    }
}

fn grants(rows: &[GrantRow], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    if rows.is_empty() {
        return placeholder(frame, theme.muted, area, &w.text("consent-none"));
    }
    let cells = |r: &GrantRow| {
        let g = &r.standing.grant;
        let org = match g.to {
            Grantee::Org(_) => clean(&r.org),
            Grantee::Role(_, of) => format!("{} ({})", clean(&r.org), w.text(role(of))),
        };
        let parts: Vec<String> = g.compartments.iter().map(|c| w.text(part(*c))).collect();
        let until = g.until.map_or_else(|| w.text("consent-no-end"), |at| w.day(at));
        let style = if r.standing.ended.is_none() { theme.good } else { theme.muted };
        Row::new([org, w.text(purpose(g.purpose)), parts.join(", "), until, w.text(standing(r))]).style(style)
    };
    let columns = [
        Constraint::Fill(3),
        Constraint::Length(13),
        Constraint::Fill(2),
        Constraint::Length(10),
        Constraint::Length(13),
    ];
    let head = ["consent-may-read", "consent-for", "consent-parts", "consent-until", "consent-standing"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, area, selected, rows.len());
}

fn reads(rows: &[AccessRow], w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    if rows.is_empty() {
        return placeholder(frame, theme.muted, area, &w.text("consent-nobody"));
    }
    let cells = |r: &AccessRow| {
        let (what, style) =
            if r.allowed { ("consent-read", theme.text) } else { ("consent-refused", theme.danger) };
        Row::new([w.time(r.at), clean(&r.staff), clean(&r.org), w.text(purpose(r.purpose)), w.text(what)])
            .style(style)
    };
    let columns = [
        Constraint::Length(16),
        Constraint::Fill(2),
        Constraint::Fill(2),
        Constraint::Length(13),
        Constraint::Length(10),
    ];
    frame.render_widget(Table::new(rows.iter().map(cells), columns), area);
}

fn grant(f: &GrantForm, chart: &ChartPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let (name, decides) = (&chart.name, chart.decides());
    let title = match &f.under {
        Some(_) => say!("grant-under-title", name = name),
        None => say!("grant-title", name = name),
    };
    let inner = popup(frame, theme, area, &w.text(title), (64, 18));
    let on = |which| f.focus == which && !f.sending;
    let row = |i: u16| Rect { y: inner.y + i, height: 1, ..inner }.intersection(inner);
    let split = |r: Rect| Layout::horizontal([Constraint::Length(17), Constraint::Min(0)]).areas(r);
    let choice = |frame: &mut Sheet, i: u16, label: Option<&'static str>, value: String, focused: bool| {
        let [name, area] = split(row(i));
        let label = label.map_or_else(String::new, |key| w.text(key));
        frame.render_widget(Line::styled(label, if focused { theme.accent } else { theme.text }), name);
        let style = if focused { theme.focus } else { theme.text };
        frame.render_widget(Line::styled(value, style), area);
    };
    // Organisation, purpose, the parts, days, only whom, passing on, who decides.
    let lines = [1, 3].into_iter().chain(5..).take(2 + Compartment::ALL.len()).chain(12..16);
    for (field, line) in lines.enumerate() {
        frame.target(row(line), Target::Field(field));
    }
    let org = format!("‹ {} ›", clean(&f.orgs[f.org].1));
    choice(frame, 1, Some("grant-org"), org, on(GrantField::Org));
    choice(
        frame,
        3,
        Some("grant-purpose"),
        format!("‹ {} ›", w.text(purpose(f.purpose))),
        on(GrantField::Purpose),
    );
    for (i, (which, _)) in Compartment::ALL.into_iter().enumerate() {
        let label = (i == 0).then_some("consent-parts");
        let mark = if f.parts[i] { 'x' } else { ' ' };
        choice(
            frame,
            5 + i as u16,
            label,
            format!("[{mark}] {}", w.text(part(which))),
            on(GrantField::Part(i)),
        );
    }
    let [name, value] = split(row(12));
    let focused = on(GrantField::Days);
    frame.render_widget(
        Line::styled(w.text("grant-days"), if focused { theme.accent } else { theme.text }),
        name,
    );
    let [days, hint] = Layout::horizontal([Constraint::Length(7), Constraint::Min(0)]).areas(value);
    field(frame, theme, days, &f.days, focused);
    frame.render_widget(Line::styled(format!(" {}", w.text("grant-days-hint")), theme.muted), hint);
    let only = f.only.map_or_else(|| w.text("grant-everybody"), |i| w.text(role(Role::ALL[i].0)));
    choice(frame, 13, Some("grant-only"), format!("‹ {only} ›"), on(GrantField::Only));
    let mark = if f.pass_on { 'x' } else { ' ' };
    choice(frame, 14, None, format!("[{mark}] {}", w.text("grant-pass-on")), on(GrantField::PassOn));
    let [name, value] = split(row(15));
    let focused = on(GrantField::Guardian);
    let style = if focused { theme.accent } else { theme.text };
    frame.render_widget(Line::styled(w.text("limit-guardian"), style), name);
    let [who, hint] = Layout::horizontal([Constraint::Length(14), Constraint::Min(0)]).areas(value);
    field(frame, theme, who, &f.guardian, focused);
    let told = match decides {
        Some(g) => clean(&g.name),
        None => w.text("grant-guardian-hint"),
    };
    let told = cut(&told, usize::from(hint.width).saturating_sub(1));
    frame.render_widget(Line::styled(format!(" {told}"), theme.muted), hint);
}
