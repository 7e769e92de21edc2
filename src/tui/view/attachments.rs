//! Files kept with a record: the list, and the selected one in full.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::node::api::{AttachmentRow, Chart};

use super::{
    super::{
        attachments::{AttachmentsPage, Task, files, kind},
        model::ChartPage,
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, list, panel, placeholder, words},
        words::{Saying, Words, say},
    },
    absent, photograph,
};

/// Lines of the selected one, its frame included.
const FULL: u16 = 8;

pub(super) fn draw(
    c: &ChartPage,
    p: &AttachmentsPage,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    if let Task::Paper(paper) = &p.task {
        return photograph::draw(paper, w, theme, frame, area);
    }
    let [upper, lower] = Layout::vertical([Constraint::Fill(1), Constraint::Length(FULL)]).areas(area);
    let all = files(c);
    let title = say!("attachments-title", n = all.len(), name = &c.name);
    let inner = panel(frame, theme, upper, &w.text(title));
    let Some(chart) = c.chart.ready() else { return absent(&c.chart, w, theme, frame, inner) };
    if all.is_empty() {
        let none = if chart.own { "attachments-none-own" } else { "attachments-none" };
        placeholder(frame, theme.muted, inner, &w.text(none));
    } else {
        let head = ["attachments-name", "attachments-kind", "attachments-size", "attachments-when"];
        let head = head.into_iter().chain(["attachments-held"]).map(|key| w.text(key));
        let columns = [
            Constraint::Fill(1),
            Constraint::Length(13),
            Constraint::Length(8),
            Constraint::Length(10),
            Constraint::Length(11),
        ];
        let table = Table::new(all.iter().map(|a| row(a, w, theme)), columns)
            .header(Row::new(head).style(theme.muted))
            .row_highlight_style(theme.selection);
        list(frame, table, inner, p.selected, all.len());
    }
    let inner = panel(frame, theme, lower, &w.text("attachments-selected"));
    if let Some(a) = all.get(p.selected) {
        words(frame, inner, full(a, chart, w, theme));
    }
}

/// How much of it is here, in a word or two.
fn held(a: &AttachmentRow) -> &'static str {
    match a.missing {
        0 => "attachments-here",
        n if n < a.pieces => "attachments-partly",
        _ => "attachments-elsewhere",
    }
}

fn row<'a>(a: &AttachmentRow, w: &Words, theme: &Theme) -> Row<'a> {
    let style = if a.missing == 0 { theme.text } else { theme.muted };
    let cells = [clean(&a.name), w.text(kind(&a.media_type)), w.bytes(a.size), w.day(a.at), w.text(held(a))];
    Row::new(cells).style(style)
}

fn full<'a>(a: &AttachmentRow, chart: &Chart, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let what = match a.media_type.as_str() {
        "" => w.text(kind("")),
        named => format!("{} ({})", w.text(kind(named)), clean(named)),
    };
    let by = say!("attachments-by", time = w.time(a.at), who = &a.author, org = &a.org);
    let (state, style): (Saying, _) = match a.missing {
        0 => ("attachments-whole".into(), theme.good),
        n => (say!("attachments-missing", n = n, of = a.pieces), theme.warning),
    };
    let mut lines = vec![
        Line::styled(clean(&a.name), theme.accent),
        Line::styled(w.text(state), style),
        Line::from(format!("{what}, {}", w.bytes(a.size))),
        Line::styled(w.text(by), theme.muted),
    ];
    if let Some(l) = chart.linked.iter().find(|l| l.id == a.patient) {
        lines.push(Line::styled(w.text(say!("attachments-linked", name = &l.name)), theme.muted));
    }
    if a.patient == chart.id && chart.shelved.records.contains(&a.record) {
        lines.push(Line::styled(w.text("attachments-archived"), theme.muted));
    }
    lines
}
