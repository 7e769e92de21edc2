//! A patient's turn: begun by staff, whose session ends with it; ended by the patient, by two idle minutes or by its time.

use crate::{
    core::auth::{TURN, TURN_IDLE},
    node::api::{CardLook, Code, ConsentView, Fault, OwnRecord, Pin},
};

use super::{
    super::{
        input::Edit,
        keymap::Action,
        model::{Model, Room, Tone},
        msg::{Call, Effect},
        turn::{Leaf, OwnPage, Stop, Turn, TurnRoom},
        words::say,
    },
    card, lock, moved, put_down,
};

fn step(model: &mut Model) -> Option<&mut Turn> {
    match &mut model.room {
        Room::Turn(t) => Some(&mut t.step),
        Room::SignIn(_) | Room::Inside(_) => None,
    }
}

/// Staff hand the terminal over. What they were writing is kept.
pub(super) fn begin(model: &mut Model) -> Vec<Effect> {
    let mut effects = put_down(model);
    effects.push(model.ask(Call::BeginTurn));
    effects
}

/// The node has signed them out: the model forgets all that they saw.
pub(super) fn begun(model: &mut Model, result: Result<(), Fault>) -> Vec<Effect> {
    if let Err(fault) = result {
        model.fail(&fault);
        return Vec::new();
    }
    model.session += 1;
    (model.help, model.menu, model.notice) = (None, None, None);
    model.last_key = model.now;
    model.room = Room::Turn(Box::new(TurnRoom::new(model.now)));
    vec![model.ask(Call::LookForCard)]
}

/// Ends a turn whose time is up, or that nobody goes on with.
pub(super) fn tick(model: &mut Model) -> Option<Vec<Effect>> {
    let Room::Turn(t) = &model.room else { return None };
    let idle = model.now.saturating_sub(model.last_key) >= TURN_IDLE;
    if !idle && model.now.saturating_sub(t.since) < TURN {
        return None;
    }
    model.dirty = true;
    Some(lock(model, if idle { "notice-turn-idle" } else { "notice-turn-time" }))
}

pub(super) fn act(model: &mut Model, action: Action) -> Vec<Effect> {
    let Some(step) = step(model) else { return Vec::new() };
    match (step, action) {
        (Turn::Record(page), action) => {
            return act_record(page, action).map_or_else(Vec::new, |act| act(model));
        }
        (_, Action::Back) => return lock(model, "notice-turn-over"),
        (Turn::Look { typed, .. }, Action::Edit(Edit::Backspace)) => typed.backspace(),
        (Turn::Look { typed, looking, .. }, Action::Accept) if typed.len() == 0 => {
            let again = !std::mem::replace(looking, true);
            return if again { vec![model.ask(Call::LookForCard)] } else { Vec::new() };
        }
        (step @ Turn::Look { .. }, Action::Accept) => {
            let Turn::Look { typed, .. } = step else { return Vec::new() };
            let code = Code(typed.take());
            match card::bad(&code) {
                Some(words) => model.say(Tone::Danger, words),
                None => *step = Turn::Pin { code, pin: Default::default(), sent: false },
            }
        }
        (Turn::Pin { pin, .. }, Action::Edit(Edit::Backspace)) => pin.backspace(),
        (Turn::Pin { code, pin, sent }, Action::Accept) if pin.len() > 0 => {
            *sent = true;
            let call = Call::OwnRecord(code.clone(), Pin(pin.take()));
            return vec![model.ask(call)];
        }
        _ => {}
    }
    Vec::new()
}

/// What a key does on the open record, where it needs the whole model.
fn act_record(page: &mut OwnPage, action: Action) -> Option<fn(&mut Model) -> Vec<Effect>> {
    match (&page.stop, action) {
        (Stop::Asked { .. }, Action::Yes) => return Some(stop),
        (Stop::Asked { .. }, _) => page.stop = Stop::No,
        (Stop::Sent { .. }, _) => {}
        (Stop::No, Action::Back) => return Some(|model| lock(model, "notice-turn-over")),
        (Stop::No, Action::Choose) => page.turn(true),
        (Stop::No, Action::ChooseBack) => page.turn(false),
        (Stop::No, Action::StopSharing) => return Some(ask),
        (Stop::No, moving) => page.at = moved(page.at, page.entries(), moving),
    }
    None
}

fn page(model: &mut Model) -> Option<&mut OwnPage> {
    match step(model)? {
        Turn::Record(p) => Some(p),
        _ => None,
    }
}

/// Asks whether sharing with the marked organisation is to end; elsewhere first shows who is meant.
fn ask(model: &mut Model) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    if p.leaf != Leaf::Sharing {
        (p.leaf, p.at) = (Leaf::Sharing, 0);
    } else if let Some(row) = p.shares().get(p.at) {
        p.stop = Stop::Asked { org: row.standing.grant.to.org(), name: row.org.clone() };
    } else {
        model.say(Tone::Info, "notice-turn-nobody");
    }
    Vec::new()
}

fn stop(model: &mut Model) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    let Stop::Asked { org, name } = &p.stop else { return Vec::new() };
    let call = Call::OwnStopSharing(*org);
    p.stop = Stop::Sent { name: name.clone() };
    vec![model.ask(call)]
}

pub(super) fn type_text(model: &mut Model, text: &str) -> Vec<Effect> {
    match step(model) {
        Some(Turn::Look { typed, .. }) => typed.insert(text),
        Some(Turn::Pin { pin, .. }) => {
            pin.insert(&text.chars().filter(char::is_ascii_digit).collect::<String>());
        }
        _ => {}
    }
    Vec::new()
}

/// One look is over: the next begins, until a card is seen or the camera fails.
pub(super) fn looked(model: &mut Model, result: Result<CardLook, Fault>) -> Vec<Effect> {
    let Some(step) = step(model) else { return Vec::new() };
    let Turn::Look { picture, looking, .. } = step else { return Vec::new() };
    match result {
        Ok(CardLook { code: Some(code), .. }) => {
            *step = Turn::Pin { code, pin: Default::default(), sent: false };
            Vec::new()
        }
        Ok(look) => {
            *picture = Some(look.preview);
            vec![model.ask(Call::LookForCard)]
        }
        // What the node says of cameras is for staff.
        Err(_) => {
            *looking = false;
            model.say(Tone::Warning, "notice-turn-no-camera");
            Vec::new()
        }
    }
}

pub(super) fn opened(model: &mut Model, result: Result<OwnRecord, Fault>) -> Vec<Effect> {
    let Some(step) = step(model) else { return Vec::new() };
    let Turn::Pin { pin, sent, .. } = step else { return Vec::new() };
    match result {
        Ok(record) => *step = Turn::Record(Box::new(OwnPage::new(record))),
        Err(fault) => {
            pin.clear();
            *sent = false;
            model.fail(&fault);
        }
    }
    Vec::new()
}

pub(super) fn stopped(model: &mut Model, result: Result<ConsentView, Fault>) -> Vec<Effect> {
    let Some(p) = page(model) else { return Vec::new() };
    let Stop::Sent { name } = std::mem::replace(&mut p.stop, Stop::No) else { return Vec::new() };
    match result {
        Ok(view) => {
            p.record.consent = view;
            p.at = 0;
            model.say(Tone::Good, say!("notice-turn-stopped", org = name));
        }
        Err(fault) => model.fail(&fault),
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use crossterm::event::KeyCode;

    use crate::{
        core::id::OrgId,
        node::api::{CardLook, Code, Fault, FaultKind, Pin},
        tui::{
            fixtures::{Driver, HOSPITAL, calls, consent, handed_over, own_record, preview, reading, status},
            model::Room,
            msg::{Answer, Call},
            turn::{Leaf, Turn},
        },
    };

    const CODE: &str = "AIDCARD0:EXAMPLE";

    fn step(d: &Driver) -> &Turn {
        match &d.model.room {
            Room::Turn(t) => &t.step,
            other => panic!("a patient's turn, not {other:?}"),
        }
    }

    fn leaf(d: &Driver) -> (Leaf, usize) {
        match step(d) {
            Turn::Record(p) => (p.leaf, p.at),
            other => panic!("a record, not {other:?}"),
        }
    }

    /// Nothing of any patient is in the model.
    fn signed_out(d: &Driver) {
        assert!(matches!(d.model.room, Room::SignIn(_)), "{:?}", d.model.room);
        assert!(!format!("{:?}", d.model).contains("Tesfaye"));
    }

    #[test]
    fn staff_hand_the_terminal_over_and_are_forgotten() {
        let mut d = Driver::visit();
        d.keys("cough");
        let effects = d.ctrl('t');
        assert!(matches!(calls(&effects)[..], [Call::KeepDraft(..), Call::BeginTurn]), "{effects:?}");
        let before = d.model.session;
        assert_eq!(calls(&d.answer(Answer::BeginTurn(Ok(())))), [&Call::LookForCard]);
        assert!(matches!(step(&d), Turn::Look { .. }));
        assert!(d.model.session > before, "answers to the staff's calls are dropped");
        assert!(!format!("{:?}", d.model.room).contains("Tesfaye"));
        // Neither help nor menu, nor a way out of the workstation or into the staff's screens.
        for key in [KeyCode::F(1), KeyCode::F(3), KeyCode::F(4), KeyCode::F(10)] {
            assert!(d.press(key).is_empty());
        }
        for key in ['q', 'c', 'l', 'p', 't'] {
            assert!(d.ctrl(key).is_empty());
        }
        assert!(d.model.help.is_none() && d.model.menu.is_none());
        // The node says that nobody is signed in: right.
        d.answer(Answer::Status(Ok(status(false, false))));
        assert!(matches!(step(&d), Turn::Look { .. }));
        assert_eq!(calls(&d.press(KeyCode::Esc)), [&Call::Lock, &Call::Status]);
        signed_out(&d);
    }

    #[test]
    fn a_refusal_leaves_staff_where_they_are() {
        let mut d = Driver::inside();
        d.ctrl('t');
        d.answer(Answer::BeginTurn(Err(Fault::new(FaultKind::Locked, "not allowed: x"))));
        assert!(matches!(d.model.room, Room::Inside(_)) && d.notice().contains("not allowed"));
    }

    #[test]
    fn card_and_pin_open_the_record_by_camera_or_scanner() {
        let mut d = handed_over();
        let look = CardLook { preview: preview(), code: None };
        assert_eq!(calls(&d.answer(Answer::LookForCard(Ok(look)))), [&Call::LookForCard]);
        d.answer(Answer::LookForCard(Err(Fault::new(FaultKind::Unreachable, "no camera"))));
        assert!(d.notice().contains("Scan the card, or ask"), "{}", d.notice());
        assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::LookForCard], "a key asks again");
        d.keys("4006381333931");
        d.press(KeyCode::Enter);
        assert!(d.notice().contains("not an Aidpost card"), "{}", d.notice());
        d.keys(CODE);
        d.press(KeyCode::Enter);
        d.keys("27 4x913");
        let effects = d.press(KeyCode::Enter);
        assert_eq!(calls(&effects), [&Call::OwnRecord(Code(CODE.into()), Pin("274913".into()))]);
        assert!(d.press(KeyCode::Esc).is_empty(), "nothing changes meanwhile");
        d.answer(Answer::OwnRecord(Err(Fault::new(FaultKind::Locked, "wrong PIN"))));
        assert!(matches!(step(&d), Turn::Pin { pin, sent: false, .. } if pin.len() == 0));
        d.keys("274914");
        d.press(KeyCode::Enter);
        d.answer(Answer::OwnRecord(Ok(Box::new(own_record()))));
        assert_eq!(leaf(&d), (Leaf::Record, 0));
        d.press(KeyCode::Right);
        assert_eq!(leaf(&d), (Leaf::Vaccines, 0));
        d.press(KeyCode::Right);
        d.press(KeyCode::Right);
        d.press(KeyCode::Down);
        assert_eq!(leaf(&d), (Leaf::Readers, 1));
        d.press(KeyCode::Left);
        assert_eq!(leaf(&d), (Leaf::Sharing, 0));
        d.press(KeyCode::Esc);
        signed_out(&d);
    }

    #[test]
    fn the_card_stops_sharing_once_the_patient_said_so_twice() {
        let mut d = reading();
        assert!(d.keys("s").is_empty());
        assert_eq!(leaf(&d), (Leaf::Sharing, 0), "first the patient sees with whom");
        d.keys("s");
        assert!(d.keys("n").is_empty());
        d.keys("s");
        assert_eq!(calls(&d.keys("y")), [&Call::OwnStopSharing(HOSPITAL)]);
        let mut none = consent();
        none.grants.clear();
        d.answer(Answer::OwnStopSharing(Ok(none)));
        assert!(d.notice().contains("Lake Hospital may read nothing new"), "{}", d.notice());
        assert!(d.keys("s").is_empty() && d.notice().contains("nobody else"));
        assert_ne!(HOSPITAL, OrgId([0; 16]));
    }

    #[test]
    fn two_idle_minutes_end_it_and_so_does_a_quarter_of_an_hour() {
        let mut d = reading();
        assert!(d.wait(119_000).is_empty());
        d.press(KeyCode::Down);
        assert!(d.wait(119_000).is_empty());
        assert_eq!(calls(&d.wait(1_000)), [&Call::Lock, &Call::Status]);
        signed_out(&d);
        assert!(d.notice().contains("two minutes"));
        let mut d = reading();
        for _ in 0..14 {
            d.press(KeyCode::Down);
            assert!(d.wait(60_000).is_empty());
        }
        d.press(KeyCode::Down);
        assert_eq!(calls(&d.wait(60_000)), [&Call::Lock, &Call::Status]);
        signed_out(&d);
    }

    #[test]
    fn a_terminal_that_is_sealed_ends_it_and_late_answers_show_nothing() {
        let mut d = reading();
        d.answer(Answer::Status(Ok(status(true, false))));
        signed_out(&d);
        let mut d = handed_over();
        let session = d.model.session;
        d.keys(CODE);
        d.press(KeyCode::Enter);
        d.keys("274913");
        d.press(KeyCode::Enter);
        d.wait(120_000);
        let answer = Box::new(Answer::OwnRecord(Ok(Box::new(own_record()))));
        d.send(crate::tui::msg::Msg::Answer { session, answer });
        signed_out(&d);
    }
}
