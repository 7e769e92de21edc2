//! The table of keys as a whole.

use super::*;

fn key(code: KeyCode) -> KeyEvent {
    KeyEvent::new(code, KeyModifiers::NONE)
}

#[test]
fn letters_are_text_where_text_is_typed() {
    for place in [Place::Patients, Place::Visit, Place::Passphrase, Place::Folder] {
        for c in ('a'..='z').chain(' '..='@') {
            assert_eq!(action(place, &key(KeyCode::Char(c))), None, "{place:?} {c}");
        }
    }
    assert_eq!(action(Place::Chart, &key(KeyCode::Char('n'))), Some(Action::NewVisit));
}

#[test]
fn the_menu_does_what_a_key_would_do() {
    for b in TABLE {
        for entry in entries(b.place) {
            let mut event = key(entry.key);
            if entry.ctrl {
                event.modifiers = KeyModifiers::CONTROL;
            }
            assert_eq!(action(b.place, &event), Some(entry.action), "{:?} {}", b.place, entry.key());
        }
    }
    assert!(entries(Place::Chart).iter().any(|b| b.action == Action::NewVisit));
    assert!(entries(Place::Patients).iter().all(|b| b.action != Action::Down));
}

#[test]
fn no_key_means_two_things_in_one_place() {
    for (i, a) in TABLE.iter().enumerate() {
        for b in &TABLE[i + 1..] {
            assert!(
                (a.place, a.key, a.ctrl) != (b.place, b.key, b.ctrl),
                "{:?} {} is there twice",
                a.place,
                a.key()
            );
        }
    }
}

#[test]
fn every_place_names_the_keys_for_help_and_leaving() {
    for b in TABLE {
        let (near, far) = hints(b.place);
        // A patient's turn has an end of its own, and nothing else.
        if b.place.title().starts_with("place-turn") {
            assert!(bound(b.place, Action::Back) && !bound(b.place, Action::Quit), "{:?}", b.place);
            continue;
        }
        assert!(far.iter().any(|h| h.action == Action::Help), "{:?}", b.place);
        assert!(near.len() <= 7, "{:?}", b.place);
    }
}
