//! One table: which key does what, where, and which message says so. Footer, help and menu are made from it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

mod action;
mod place;
mod table;

pub(crate) use action::Action;
pub(crate) use place::Place;
pub(crate) use table::TABLE;

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) place: Place,
    key: KeyCode,
    ctrl: bool,
    pub(crate) action: Action,
    /// The message that says what it does.
    pub(crate) words: &'static str,
    /// Shown in the footer, not in the help alone.
    pub(crate) hint: bool,
}

impl Binding {
    /// The key as people call it.
    pub(crate) fn key(&self) -> String {
        let key = match self.key {
            KeyCode::Char(' ') => "Space".into(),
            KeyCode::Char(c) if self.ctrl => c.to_ascii_uppercase().to_string(),
            KeyCode::Char(c) => c.to_string(),
            KeyCode::F(n) => format!("F{n}"),
            KeyCode::BackTab => "Shift-Tab".into(),
            KeyCode::PageUp => "PgUp".into(),
            KeyCode::PageDown => "PgDn".into(),
            KeyCode::Delete => "Del".into(),
            other => format!("{other:?}"),
        };
        if self.ctrl { format!("Ctrl-{key}") } else { key }
    }
}

/// What this key means here; none: it is text, or nothing.
pub(crate) fn action(place: Place, key: &KeyEvent) -> Option<Action> {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    if key.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let code = match key.code {
        KeyCode::Char(c) if ctrl => KeyCode::Char(c.to_ascii_lowercase()),
        KeyCode::Tab if key.modifiers.contains(KeyModifiers::SHIFT) => KeyCode::BackTab,
        c => c,
    };
    place.layers().iter().find_map(|layer| {
        TABLE.iter().find(|b| b.place == *layer && b.key == code && b.ctrl == ctrl).map(|b| b.action)
    })
}

/// True when some key means this here.
pub(crate) fn bound(place: Place, action: Action) -> bool {
    place.layers().iter().any(|layer| TABLE.iter().any(|b| b.place == *layer && b.action == action))
}

/// What can be done in a place, for the menu: each action once, the nearest first. Moving about is left out.
pub(crate) fn entries(place: Place) -> Vec<&'static Binding> {
    let layers = place.layers().iter().filter(|layer| **layer != Place::Text);
    let mut out: Vec<&Binding> = Vec::new();
    for b in layers.flat_map(|layer| TABLE.iter().filter(move |b| b.place == *layer)) {
        let taken = out.iter().any(|o| o.action == b.action || (o.key, o.ctrl) == (b.key, b.ctrl));
        if !b.action.moves() && !taken {
            out.push(b);
        }
    }
    out
}

/// The character that this key types.
pub(crate) fn typed(key: &KeyEvent) -> Option<char> {
    match key.code {
        KeyCode::Char(c) if !key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT) => Some(c),
        _ => None,
    }
}

/// The hints for the footer: what works here alone, and what works in every screen.
pub(crate) fn hints(place: Place) -> (Vec<&'static Binding>, Vec<&'static Binding>) {
    let layers = place.layers();
    let of = |near: bool| {
        let wanted = |p: Place| layers.contains(&p) && matches!(p, Place::Anywhere | Place::Inside) != near;
        TABLE.iter().filter(|b| b.hint && wanted(b.place)).collect()
    };
    (of(true), of(false))
}

#[cfg(test)]
mod tests;
