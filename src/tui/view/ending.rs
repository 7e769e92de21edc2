//! Saying that something is over.

use ratatui::{
    layout::{Constraint, Rect},
    text::Line,
    widgets::{Row, Table},
};

use super::{
    super::{
        ending::{EndingPage, Stands, Step},
        model::ChartPage,
        sheet::Sheet,
        theme::Theme,
        widgets::{ask, clean, list, panel, popup},
        words::{self as said, Words, ends, say},
    },
    chart,
};

/// Columns of the questions.
const ASKED: u16 = 66;

pub(super) fn draw(c: &ChartPage, p: &EndingPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let inner = panel(frame, theme, area, &w.text(say!("ending-title", name = &c.name, n = p.all.len())));
    let row = |s: &Stands| {
        let kind = w.text(said::done(&s.item.kind));
        Row::new([clean(&kind), clean(&chart::named(&s.item, w)), w.day(s.at)])
    };
    let columns = [Constraint::Length(23), Constraint::Fill(1), Constraint::Length(14)];
    let head = ["ending-kind", "ending-what", "ending-since"].map(|key| w.text(key));
    let table = Table::new(p.all.iter().map(row), columns)
        .header(Row::new(head).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, inner, p.selected, p.all.len());
    let Some(s) = p.picked() else { return };
    match p.step {
        Step::What => {}
        Step::How(at) => {
            let all = s.ends().iter().map(|how| Row::new([w.text(ends(*how))]));
            let title = clean(&chart::named(&s.item, w));
            // What lies under it isn't asked about any more.
            frame.cover(area);
            let n = s.ends().len();
            let inner = popup(frame, theme, area, &title, (ASKED, n as u16 + 3));
            let table = Table::new(all, [Constraint::Fill(1)])
                .header(Row::new([w.text("ending-how")]).style(theme.muted))
                .row_highlight_style(theme.selection);
            list(frame, table, inner, at, n);
        }
        Step::Sure(how) | Step::Sending(how) => {
            let inner = popup(frame, theme, area, &w.text("ending-sure"), (ASKED, 8));
            let what = format!("{}: {}", w.text(said::done(&s.item.kind)), chart::named(&s.item, w));
            let lines = vec![
                Line::styled(clean(&what), theme.accent),
                Line::from(w.text(ends(how))),
                Line::styled(w.text("ending-kept"), theme.muted),
            ];
            ask(frame, theme, inner, lines, (w.text("key-save-correction"), w.text("key-not-now")));
        }
    }
}
