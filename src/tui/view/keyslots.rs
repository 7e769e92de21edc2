//! Key slots, and a code for paper on the whole of the screen.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::Line,
    widgets::{Row, Table},
};

use crate::{core::governance::Role, node::api::SlotRow, vault::LockKind};

use super::{
    super::{
        governing::not_admin,
        keyslots::{KeysDialog, KeysPage, Shown},
        model::Load,
        sheet::Sheet,
        theme::Theme,
        widgets::{ask, clean, list, panel, placeholder, popup, words},
        words::{Words, say},
    },
    absent,
};

/// Groups of a code in a line.
const GROUPS: usize = 5;

pub(super) fn draw(k: &KeysPage, own: Role, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    if let Some(shown) = k.shown() {
        return code(shown, w, theme, frame, area);
    }
    let [upper, lower] = Layout::vertical([Constraint::Min(5), Constraint::Length(7)]).areas(area);
    let inner = panel(frame, theme, upper, &w.text("slots-title"));
    match &k.rows {
        Load::Ready(rows) if rows.is_empty() => {
            placeholder(frame, theme.muted, inner, &w.text("slots-none"));
        }
        Load::Ready(rows) => table(rows, k.selected, w, theme, frame, inner),
        other => absent(other, w, theme, frame, inner),
    }
    let inner = panel(frame, theme, lower, &w.text("slots-about"));
    let mut lines: Vec<Line> =
        not_admin(own).map(|s| Line::styled(w.text(s), theme.warning)).into_iter().collect();
    lines.extend([
        Line::from(w.text("slots-what-code")),
        Line::from(w.text("slots-what-kit")),
        Line::styled(w.text("slots-what-copy"), theme.muted),
    ]);
    words(frame, inner, lines);
    if let KeysDialog::Sure = k.dialog {
        let inner = popup(frame, theme, area, &w.text("slots-sure-title"), (66, 8));
        let lines = vec![Line::from(w.text("slots-sure-what"))];
        ask(frame, theme, inner, lines, (w.text("slots-sure-yes"), w.text("key-not-now")));
    }
    if let KeysDialog::Remove(login) = &k.dialog {
        let inner = popup(frame, theme, area, &w.text(say!("slots-remove-title", name = login)), (66, 9));
        let lines = vec![Line::from(w.text(say!("slots-remove-what", name = login)))];
        ask(frame, theme, inner, lines, (w.text("slots-remove-yes"), w.text("key-not-now")));
    }
}

fn table(rows: &[SlotRow], selected: usize, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let cells = |r: &SlotRow| {
        let what = match r.kind {
            LockKind::Passphrase => "slots-passphrase",
            LockKind::Recovery => "slots-recovery",
            LockKind::Unknown => "slots-newer",
        };
        let login = r.login.as_deref().map_or_else(|| w.text("slots-foreign"), clean);
        let name = r.name.as_deref().map_or_else(|| "–".into(), clean);
        let made = r.made.map_or_else(|| "–".into(), |at| w.day(at));
        let root = if r.root { w.text("slots-root") } else { String::new() };
        Row::new([login, w.text(what), name, made, root]).style(theme.text)
    };
    let columns = [
        Constraint::Length(14),
        Constraint::Length(17),
        Constraint::Fill(1),
        Constraint::Length(11),
        Constraint::Length(15),
    ];
    let head = ["slots-login", "slots-opens", "people-name", "slots-made", "slots-signs"];
    let table = Table::new(rows.iter().map(cells), columns)
        .header(Row::new(head.map(|key| w.text(key))).style(theme.muted))
        .row_highlight_style(theme.selection);
    list(frame, table, area, selected, rows.len());
}

/// What is shown once: nothing else is on the screen, and the groups stand apart so that they can be copied.
fn code(shown: &Shown, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect) {
    let (title, code, about, then) = match shown {
        Shown::Recovery(code) => {
            ("slots-code-title", code, vec![Line::from(w.text("slots-code-what"))], "slots-code-then")
        }
        Shown::Kit(kit) => {
            let of = say!(
                "slots-kit-of",
                org = &kit.org,
                id = kit.id.to_string(),
                consortium = &kit.consortium,
                print = kit.fingerprint.to_string(),
            );
            let about = vec![Line::from(w.text("slots-kit-what")), Line::styled(w.text(of), theme.muted)];
            ("slots-kit-title", &kit.code, about, "slots-kit-then")
        }
    };
    let inner = panel(frame, theme, area, &w.text(title));
    let mut lines = about;
    lines.push(Line::from(""));
    let groups: Vec<&str> = code.0.split('-').collect();
    for row in groups.chunks(GROUPS) {
        lines.extend([Line::styled(format!("    {}", row.join("  -  ")), theme.accent), Line::from("")]);
    }
    lines.extend([
        Line::styled(w.text("slots-once"), theme.warning),
        Line::from(w.text(then)),
        Line::from(""),
        Line::styled(format!("y  {}", w.text("key-written-down")), theme.key),
    ]);
    words(frame, inner, lines);
}
