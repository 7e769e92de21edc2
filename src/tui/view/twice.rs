//! Who may be registered twice: the list, and two records side by side.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::node::api::{Chart, VisitRow};

use super::{
    super::{
        model::Load,
        sheet::Sheet,
        theme::Theme,
        twice::{Beside, Entry, Pair, TwicePage, Why},
        widgets::{clean, list, panel, placeholder, words},
        words::{Words, gender, say},
    },
    absent,
};

/// Columns of the labels of what is compared.
const LABEL: u16 = 20;
/// Lines of what is compared, with the heading.
const FIELDS: u16 = 9;

pub(super) fn draw(p: &TwicePage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    if let Some(b) = &p.beside {
        return beside(b, w, theme, frame, area);
    }
    let [upper, lower] = Layout::vertical([Constraint::Fill(1), Constraint::Length(7)]).areas(area);
    let title = match (&p.subject, p.left.is_empty() && !p.pairs.is_loading()) {
        (Some(s), _) => say!("twice-of", name = &s.name),
        (None, true) => say!("twice-count", n = p.pairs.ready().map_or(0, Vec::len), of = p.of),
        (None, false) => say!("twice-comparing", n = p.done(), of = p.of),
    };
    let inner = panel(frame, theme, upper, &w.text(title));
    match &p.pairs {
        Load::Ready(all) if all.is_empty() && p.left.is_empty() => {
            let none = if p.subject.is_some() { "twice-none-like" } else { "twice-none" };
            placeholder(frame, theme.good, inner, &w.text(none));
        }
        Load::Ready(all) if all.is_empty() => {
            placeholder(frame, theme.muted, inner, &w.text("twice-none-yet"));
        }
        Load::Ready(all) => {
            let columns = [Constraint::Length(11), Constraint::Fill(1), Constraint::Fill(1)];
            let head = ["twice-alike", "twice-one", "twice-other"].map(|key| w.text(key));
            let table = Table::new(all.iter().map(|p| row(p, w, theme)), columns)
                .header(Row::new(head).style(theme.muted))
                .row_highlight_style(theme.selection);
            list(frame, table, inner, p.selected, all.len());
        }
        other => absent(other, w, theme, frame, inner),
    }
    let inner = panel(frame, theme, lower, &w.text("twice-why"));
    if let Some(pair) = p.pair() {
        words(frame, inner, told(pair, w, theme));
    }
}

fn likeness(p: &Pair, w: &Words) -> String {
    match &p.why {
        Why::Linked => w.text("twice-linked"),
        Why::Alike(score, _) => format!("{} %", w.number(*score)),
    }
}

fn row<'a>(p: &Pair, w: &Words, theme: &Theme) -> Row<'a> {
    let style = if p.why == Why::Linked { theme.good } else { theme.text };
    let who = |e: &Entry| {
        clean(&format!("{}{}", e.name, e.birth_year.map_or_else(String::new, |y| format!(", {y}"))))
    };
    Row::new([likeness(p, w), who(&p.first), who(&p.second)]).style(style)
}

/// One entry, in full.
fn entry(e: &Entry, w: &Words) -> String {
    let mut parts = vec![e.name.clone()];
    parts.extend(e.birth_year.map(|y| w.text(say!("likely-born", year = y.to_string()))));
    parts.extend([&e.village].into_iter().filter(|v| !v.is_empty()).cloned());
    parts.push(e.id.short());
    parts.extend(e.archived.then(|| w.text("likely-archived")));
    clean(&parts.join(" · "))
}

fn told<'a>(p: &Pair, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let why = match &p.why {
        Why::Linked => Line::styled(w.text("twice-linked-what"), theme.good),
        Why::Alike(_, reasons) => Line::styled(w.nodes(reasons), theme.warning),
    };
    vec![
        Line::from(entry(&p.first, w)),
        Line::from(entry(&p.second, w)),
        why,
        Line::styled(w.text("twice-reading"), theme.muted),
    ]
}

/// What of a record is compared: the message of its label, what is the same or not, and what is shown of it.
fn said(c: &Chart, w: &Words) -> [(&'static str, String, String); 7] {
    let p = &c.patient;
    let year = p.birth_year.map_or_else(String::new, |y| y.to_string());
    let born = match p.birth_year {
        Some(y) if p.birth_estimated => w.text(say!("chart-born-about", year = y.to_string())),
        _ => year.clone(),
    };
    let plain = |label, text: String| (label, text.clone(), text);
    let own = own(c);
    let last = own.first().map_or_else(String::new, |v| w.day(v.at));
    [
        plain("register-name", p.name.clone()),
        ("register-birth-year", year, born),
        plain("register-gender", w.text(gender(p.gender))),
        plain("register-village", p.village.clone()),
        plain("register-phone", p.phone.clone()),
        // Two records of one person have neither in common.
        ("patients-last-visit", String::new(), last),
        ("patients-identifier", String::new(), c.id.short()),
    ]
}

/// The visits of this record alone, without those of who is linked.
fn own(c: &Chart) -> Vec<&VisitRow> {
    c.visits.iter().filter(|v| v.patient == c.id).collect()
}

fn beside(b: &Beside, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let [upper, lower] = Layout::vertical([Constraint::Length(FIELDS + 2), Constraint::Min(0)]).areas(area);
    let inner = panel(frame, theme, upper, &w.text(say!("twice-beside", why = likeness(&b.pair, w))));
    let sides = [&b.first, &b.second];
    if let Some(missing) = sides.into_iter().find(|s| s.ready().is_none()) {
        absent(missing, w, theme, frame, inner);
    }
    if let (Some(first), Some(second)) = (b.first.ready(), b.second.ready()) {
        let rows =
            said(first, w).into_iter().zip(said(second, w)).map(|((label, one, left), (_, other, right))| {
                let (sign, style) = match (one == other, one.is_empty() || other.is_empty()) {
                    (_, true) => ("  ", theme.muted),
                    (true, false) => ("= ", theme.good),
                    (false, false) => ("≠ ", theme.warning),
                };
                Row::new([w.text(label), clean(&left), format!("{sign}{}", clean(&right))]).style(style)
            });
        let columns = [Constraint::Length(LABEL), Constraint::Fill(1), Constraint::Fill(1)];
        let head = [String::new(), w.text("twice-one"), format!("  {}", w.text("twice-other"))];
        let table = Table::new(rows, columns).header(Row::new(head).style(theme.muted));
        let [table_area, why] = Layout::vertical([Constraint::Min(0), Constraint::Length(1)]).areas(inner);
        frame.render_widget(table, table_area);
        let line = match &b.pair.why {
            Why::Linked => Line::styled(w.text("twice-linked-what"), theme.good),
            Why::Alike(_, reasons) => Line::styled(w.nodes(reasons), theme.muted),
        };
        frame.render_widget(line, why);
    }
    let halves = Layout::horizontal([Constraint::Fill(1), Constraint::Fill(1)]).areas::<2>(lower);
    for (side, area) in sides.into_iter().zip(halves) {
        visits(side, w, theme, frame, area);
    }
}

fn visits(side: &Load<Box<Chart>>, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let Some(c) = side.ready() else {
        let inner = panel(frame, theme, area, "");
        return absent(side, w, theme, frame, inner);
    };
    let own = own(c);
    let inner = panel(frame, theme, area, &w.text(say!("chart-visits", n = own.len())));
    let line = |v: &&VisitRow| Line::from(clean(&format!("{}  {}", w.day(v.at), v.reason)));
    let mut lines: Vec<Line> = own.iter().map(line).collect();
    if lines.is_empty() {
        lines.push(Line::styled(w.text("chart-no-visit"), theme.muted));
    }
    words(frame, inner, lines);
}
