//! How this terminal is: each check with its verdict, the remedy of the selected one, and the backups.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    style::Style,
    text::Line,
    widgets::{Row, Table},
};

use crate::node::api::{Check, OpenStatus, Verdict, Working};

use super::{
    super::{
        health::{BackingUp, HealthPage, long_work, name, remedy},
        model::Load,
        sheet::Sheet,
        theme::Theme,
        widgets::{clean, list, panel, words},
        words::{Saying, Words, say},
    },
    absent,
};

/// Columns of the bar that shows how far long work is.
const BAR: u64 = 40;
/// Up to so many rows, nothing stands empty.
const SMALL: u16 = 22;

pub(super) fn draw(
    h: &HealthPage,
    open: Option<&OpenStatus>,
    w: &Words,
    theme: &Theme,
    frame: &mut Sheet,
    area: Rect,
) {
    // On a small screen the checks need the room more.
    let middle = if area.height > SMALL { 6 } else { 5 };
    let heights = [Constraint::Min(5), Constraint::Length(middle), Constraint::Length(7)];
    let [upper, middle, lower] = Layout::vertical(heights).areas(area);
    let bad = h.listed().iter().filter(|c| c.verdict >= Verdict::Attention).count();
    let title = if h.listed().is_empty() { "health-title".into() } else { say!("health-count", n = bad) };
    let inner = panel(frame, theme, upper, &w.text(title));
    match &h.checks {
        Load::Ready(rows) => table(rows, h.selected, w, theme, frame, inner),
        other => absent(other, w, theme, frame, inner),
    }
    if let Some(c) = h.listed().get(h.selected) {
        let inner = panel(frame, theme, middle, &w.text(name(&c.name)));
        let remedy = match &c.remedy {
            Some(r) => Line::styled(w.text(remedy(&c.name, r)), theme.accent),
            None => Line::styled(w.text("health-nothing"), theme.muted),
        };
        words(frame, inner, vec![Line::from(w.node(&c.found)), remedy]);
    } else {
        panel(frame, theme, middle, &w.text("health-remedy"));
    }
    let inner = panel(frame, theme, lower, &w.text("health-backups"));
    words(frame, inner, backups(h, open, w, theme));
}

/// How far long work is.
pub(super) fn progress<'a>(
    what: impl Into<Saying>,
    at: Option<&Working>,
    w: &Words,
    theme: &Theme,
) -> Vec<Line<'a>> {
    let mut lines = vec![Line::styled(w.text(what), theme.accent)];
    if let Some(at) = at.filter(|at| at.total > 0) {
        let done = at.done.min(at.total);
        // Both are small: at most the columns of the bar.
        let full = (u128::from(done) * u128::from(BAR) / u128::from(at.total)) as usize;
        let bar = format!("{}{}", "█".repeat(full), "░".repeat(BAR as usize - full));
        let far = say!("health-far", done = done, total = at.total);
        lines.push(Line::styled(format!("{bar}  {}", w.text(far)), theme.text));
    }
    lines
}

/// The same, where one can go elsewhere meanwhile.
pub(super) fn beside<'a>(
    what: impl Into<Saying>,
    at: Option<&Working>,
    w: &Words,
    theme: &Theme,
) -> Vec<Line<'a>> {
    let mut lines = progress(what, at, w, theme);
    lines.push(Line::styled(w.text("health-go-on"), theme.muted));
    lines
}

fn backups<'a>(h: &HealthPage, open: Option<&OpenStatus>, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    if let BackingUp::Running(at) = &h.backup {
        return beside("busy-backup", at.as_ref(), w, theme);
    }
    if let BackingUp::Found(at) = &h.backup {
        return beside(long_work(at), Some(at), w, theme);
    }
    let mut lines = Vec::new();
    if let BackingUp::Made(made) = &h.backup {
        let words = match made.from {
            0 => say!("backup-whole", path = &made.path, bytes = w.bytes(made.bytes), n = made.blocks),
            _ => say!("backup-since", path = &made.path, bytes = w.bytes(made.bytes), n = made.blocks),
        };
        if !made.missing.is_empty() {
            lines.push(Line::styled(w.text("backup-lacks"), theme.danger));
        }
        lines.push(Line::styled(w.text(words), theme.good));
    }
    match open.and_then(|o| o.last_backup) {
        Some(at) => lines.push(Line::from(w.text(say!("health-last-backup", time = w.time(at))))),
        None => lines.push(Line::styled(w.text("health-no-backup"), theme.danger)),
    }
    if open.is_some_and(|o| !o.kit_printed) {
        lines.push(Line::styled(w.text("health-no-kit"), theme.warning));
    }
    lines
}

fn verdict(v: Verdict, theme: &Theme) -> (&'static str, Style) {
    match v {
        Verdict::Good => ("health-good", theme.good),
        Verdict::Unknown => ("health-unknown", theme.muted),
        Verdict::Attention => ("health-look", theme.warning),
        Verdict::Bad => ("health-bad", theme.danger),
    }
}

fn table(rows: &[Check], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let cells = |c: &Check| {
        let (key, style) = verdict(c.verdict, theme);
        Row::new([clean(&w.text(name(&c.name))), w.text(key), w.node(&c.found)]).style(style)
    };
    let columns = [Constraint::Length(22), Constraint::Length(10), Constraint::Fill(1)];
    let head = ["health-what", "health-verdict", "health-found"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, area, selected, rows.len());
}
