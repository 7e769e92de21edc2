//! Every key, from the table that the keyboard obeys.

use ratatui::{
    layout::{Constraint, Layout, Rect},
    text::{Line, Span},
    widgets::{Block, Clear, Paragraph},
};

use super::{
    super::{
        keymap::{Action, Place, TABLE},
        sheet::Sheet,
        theme::Theme,
        widgets::{pad, panel, width, wrap},
        words::Words,
    },
    WIDE,
};

/// The order of the help: what is needed most first.
const ORDER: &[Place] = &[
    Place::Anywhere,
    Place::Inside,
    Place::Patients,
    Place::ChartAny,
    Place::ChartRead,
    Place::Chart,
    Place::Correct,
    Place::History,
    Place::Ending,
    Place::Papers,
    Place::Job,
    Place::Paused,
    Place::Outcome,
    Place::Twice,
    Place::Beside,
    Place::Vitals,
    Place::Growth,
    Place::Attachments,
    Place::AttachmentsRead,
    Place::PaperLook,
    Place::PaperTaken,
    Place::ChartShut,
    Place::Glass,
    Place::Emergency,
    Place::Visit,
    Place::VisitFind,
    Place::Consent,
    Place::Grant,
    Place::Form,
    Place::Confirm,
    Place::Requests,
    Place::CardLook,
    Place::CardPin,
    Place::CardMade,
    Place::TurnLook,
    Place::TurnPin,
    Place::TurnRecord,
    Place::TurnAsk,
    Place::Conflict,
    Place::Register,
    Place::Ledger,
    Place::Checking,
    Place::Mesh,
    Place::Folder,
    Place::Work,
    Place::Audit,
    Place::AuditEntry,
    Place::Reviews,
    Place::Review,
    Place::People,
    Place::Enrol,
    Place::Govern,
    Place::Invite,
    Place::InviteCompare,
    Place::InviteAgreed,
    Place::InviteCarry,
    Place::Keys,
    Place::Shown,
    Place::Retention,
    Place::Health,
    Place::Share,
    Place::Taking,
    Place::Taken,
    Place::Counted,
    Place::Erasures,
    Place::AskPin,
    Place::Face,
    Place::FaceStopped,
    Place::Pin,
    Place::Passphrase,
    Place::Text,
    Place::Menu,
];

/// What works in many places.
const EVERYWHERE: &[Place] = &[Place::Anywhere, Place::Inside, Place::Text];

/// Columns of the keys.
const KEYS: usize = 16;

/// The places of the help: those whose keys work here come first.
fn order(here: Place) -> Vec<Place> {
    let near = here.layers().iter().filter(|p| ORDER.contains(p) && !EVERYWHERE.contains(p));
    let first: Vec<Place> = near.copied().collect();
    let rest: Vec<Place> = ORDER.iter().filter(|p| !first.contains(p)).copied().collect();
    [first, rest].concat()
}

/// Every key; first those of the place under the help.
pub(super) fn draw(here: Place, w: &Words, theme: &Theme, frame: &mut Sheet, area: Rect, scroll: u16) {
    frame.cover(area);
    frame.render_widget(Clear, area);
    frame.render_widget(Block::new().style(theme.text), area);
    let inner = panel(frame, theme, area, &w.text("help-title"));
    let columns = if area.width >= WIDE { 3 } else { 2 };
    let room = usize::from(inner.width) / columns;
    let groups: Vec<Vec<Line>> = order(here).into_iter().map(|p| group(p, room, w, theme)).collect();
    let total: usize = groups.iter().map(Vec::len).sum();
    let mut filled: Vec<Vec<Line>> = vec![Vec::new()];
    for g in groups {
        let full = filled.last().is_some_and(|c| c.len() + g.len() / 2 > total / columns);
        if full && filled.len() < columns {
            filled.push(Vec::new());
        }
        if let Some(last) = filled.last_mut() {
            last.extend(g);
        }
    }
    let longest = filled.iter().map(Vec::len).max().unwrap_or(0);
    let most = u16::try_from(longest).unwrap_or(u16::MAX).saturating_sub(inner.height);
    let areas = Layout::horizontal(vec![Constraint::Fill(1); columns]).split(inner);
    for (column, area) in filled.into_iter().zip(areas.iter()) {
        frame.render_widget(Paragraph::new(column).scroll((scroll.min(most), 0)), *area);
    }
}

/// The keys of a place, in lines of so many columns.
fn group<'a>(place: Place, room: usize, w: &Words, theme: &Theme) -> Vec<Line<'a>> {
    let mut rows: Vec<(Action, String, &'static str)> = Vec::new();
    for b in TABLE.iter().filter(|b| b.place == place) {
        match rows.iter_mut().find(|(action, _, words)| *action == b.action && *words == b.words) {
            Some((_, keys, _)) => *keys = format!("{keys} {}", b.key()),
            None => rows.push((b.action, b.key(), b.words)),
        }
    }
    let mut lines = vec![Line::styled(w.text(place.title()), theme.accent)];
    for (_, keys, words) in rows {
        let text = w.text(words);
        let mut keys = format!("  {}", pad(&keys, KEYS - 2));
        for (from, to) in wrap(&text, room.saturating_sub(width(&keys) + 1).max(1)) {
            let behind = " ".repeat(width(&keys));
            let before = std::mem::replace(&mut keys, behind);
            lines.push(Line::from(vec![
                Span::styled(before, theme.key),
                Span::raw(text[from..to].trim_end().to_owned()),
            ]));
        }
    }
    lines.push(Line::from(""));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_missing() {
        for b in TABLE {
            assert!(b.place == Place::Help || ORDER.contains(&b.place), "{:?}", b.place);
        }
    }

    #[test]
    fn the_keys_of_the_place_come_first_and_none_twice() {
        let all = order(Place::Chart);
        assert_eq!(all[..4], [Place::Chart, Place::ChartRead, Place::ChartAny, Place::Anywhere]);
        assert_eq!(all.len(), ORDER.len());
        assert_eq!(order(Place::Busy), ORDER);
    }
}
