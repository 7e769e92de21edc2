//! What waits for whoever is signed in.

use ratatui::{
    layout::{Constraint, Rect},
    widgets::{Row, Table},
};

use super::{
    super::{
        model::Load,
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, list, panel, placeholder},
        words::{Words, purpose, say},
        work::{Item, WorkPage},
    },
    absent,
};

pub(super) fn draw(p: &WorkPage, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let title = match p.rows.ready() {
        Some(rows) => w.text(say!("work-count", n = rows.len())),
        None => w.text("work-title"),
    };
    let inner = panel(frame, theme, area, &title);
    match &p.rows {
        Load::Ready(rows) if rows.is_empty() => placeholder(frame, theme.good, inner, &w.text("work-none")),
        Load::Ready(rows) => {
            let cells = |i: &Item| {
                let (what, whose, more, style) = said(i, w, theme);
                Row::new([w.text(what), clean(&whose), clean(&more)]).style(style)
            };
            let columns = [Constraint::Length(22), Constraint::Fill(2), Constraint::Fill(3)];
            let head = ["work-what", "work-whose", "work-more"].map(|key| w.text(key));
            let table = Table::new(rows.iter().map(cells), columns)
                .header(Row::new(head).style(theme.muted))
                .row_highlight_style(theme.selection);
            list(frame, table, inner, p.selected, rows.len());
        }
        other => absent(other, w, theme, frame, inner),
    }
}

/// What it is, whose record it is about, and what else is to know.
fn said(i: &Item, w: &Words, theme: &Theme) -> (&'static str, String, String, ratatui::style::Style) {
    match i {
        Item::Draft(r) => ("work-draft", r.name.clone(), r.village.clone(), theme.text),
        Item::Conflict(r) => ("work-conflict", r.name.clone(), r.village.clone(), theme.warning),
        Item::Due(today, before) => {
            let whose = w.text(say!("work-due-today", n = *today));
            let more = w.text(say!("work-due-before", n = *before));
            ("work-due", whose, more, if *before > 0 { theme.warning } else { theme.text })
        }
        Item::Review(e) => {
            let whose = e.name.clone().unwrap_or_else(|| e.patient.short());
            let more = w.text(say!("work-opened", staff = &e.staff, org = &e.org, day = w.day(e.at)));
            let (what, style) = match e.overdue {
                true => ("work-overdue", theme.danger),
                false => ("work-review", theme.warning),
            };
            (what, whose, more, style)
        }
        Item::Asked(r) => {
            let more =
                say!("work-asks", org = &r.org, purpose = w.text(purpose(r.purpose)), day = w.day(r.at));
            ("work-asked", r.patient.short(), w.text(more), theme.text)
        }
        Item::Waiting(r) => {
            let more = w.text(say!("work-asked-on", day = w.day(r.at)));
            ("work-waiting", r.patient.short(), more, theme.muted)
        }
    }
}
