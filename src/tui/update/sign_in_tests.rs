//! Signing in, proving who one is, and faces: from key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::{
        auth::{STEP_UP, Verdict},
        governance::Role,
        id::StaffId,
    },
    node::api::{
        Arrow, EnrolLook, Enrolled, Fault, FaultKind, Look, Passphrase, Pin, Prompt, StaffRow, Status, Took,
        Who,
    },
    tui::{
        fixtures::{Driver, HOSPITAL, NOW, calls, consent, look, moving, preview, staffed, status, who},
        model::{FaceState, Over, PeopleDialog, Room, SignIn, Way},
        msg::{Answer, Call},
    },
};

fn fault(kind: FaultKind, words: &str) -> Fault {
    Fault::new(kind, words)
}

pub(super) fn way(d: &Driver) -> &Way {
    match &d.model.room {
        Room::SignIn(SignIn { way, .. }) => way,
        Room::Inside(_) | Room::Turn(_) => panic!("signed in"),
    }
}

#[test]
fn a_sealed_terminal_asks_for_the_passphrase_and_keeps_the_login_name() {
    let mut d = Driver::start(status(true, true));
    d.keys("amina");
    d.press(KeyCode::Enter);
    d.keys("wrong");
    let effects = d.press(KeyCode::Enter);
    assert_eq!(calls(&effects), [&Call::Unlock("amina".into(), Passphrase("wrong".into()))]);
    assert!(d.press(KeyCode::Enter).is_empty(), "one unlock at a time");
    d.answer(Answer::Unlock(Err(fault(FaultKind::Locked, "the passphrase is wrong: try again"))));
    assert_eq!(d.notice(), "the passphrase is wrong: try again");
    let Way::Passphrase(f) = way(&d) else { panic!() };
    assert_eq!((f.login.text(), f.passphrase.len(), f.on_passphrase), ("amina", 0, true));
    d.keys("right");
    d.press(KeyCode::Enter);
    let effects = d.answer(Answer::Unlock(Ok(who())));
    assert_eq!(calls(&effects), [&Call::Status, &Call::Patients(String::new())]);
    assert!(matches!(d.model.room, Room::Inside(_)));
}

#[test]
fn looking_stops_at_a_verdict_and_only_a_key_looks_again() {
    let mut d = Driver::start(status(false, true));
    let effects = d.answer(Answer::Look(Ok(look())));
    assert_eq!(
        calls(&effects),
        [&Call::Look(false)],
        "a frame that could not be used is followed by another"
    );
    let no = Look { hint: None, verdict: Some(Verdict::NotRecognised { left: 3 }), ..look() };
    assert!(d.answer(Answer::Look(Ok(no))).is_empty());
    assert!(d.wait(60_000).is_empty());
    assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Look(true)]);
    let wait = Look { hint: None, verdict: Some(Verdict::Wait { left: 90_000 }), ..look() };
    assert!(d.answer(Answer::Look(Ok(wait))).is_empty());
    assert!(matches!(way(&d), Way::Face(f) if f.state == FaceState::Wait { until: d.now + 90_000 }));
    d.press(KeyCode::Enter);
    let yes = Look { hint: None, verdict: Some(Verdict::Granted(who().staff)), who: Some(who()), ..look() };
    d.answer(Answer::Look(Ok(yes)));
    assert!(matches!(&d.model.room, Room::Inside(i) if i.who == who()));
}

#[test]
fn a_face_that_needs_the_passphrase_leads_to_it() {
    let mut d = Driver::start(status(false, true));
    let need = Look { hint: None, verdict: Some(Verdict::PassphraseNeeded), ..look() };
    assert!(d.answer(Answer::Look(Ok(need))).is_empty());
    assert!(matches!(way(&d), Way::Passphrase(_)));
    assert!(d.notice().contains("passphrase is needed"));
}

#[test]
fn nobody_is_signed_in_by_a_face_after_turning_to_the_passphrase() {
    let mut d = Driver::start(status(false, true));
    d.press(KeyCode::Tab);
    d.keys("bo");
    d.press(KeyCode::Enter);
    d.keys("pass");
    assert!(d.press(KeyCode::Enter).is_empty(), "the look that is out is waited for");
    let other = Who { name: "Somebody Else".into(), ..who() };
    let yes = Look { hint: None, verdict: None, who: Some(other), ..look() };
    let effects = d.answer(Answer::Look(Ok(yes)));
    let unlock = Call::Unlock("bo".into(), Passphrase("pass".into()));
    assert_eq!(calls(&effects), [&Call::Lock, &unlock]);
    assert!(matches!(d.model.room, Room::SignIn(_)));
}

#[test]
fn turning_back_to_the_camera_never_looks_twice_at_once() {
    let mut d = Driver::start(status(false, true));
    d.press(KeyCode::Tab);
    d.press(KeyCode::Tab);
    assert!(d.press(KeyCode::Tab).is_empty());
    assert!(matches!(way(&d), Way::Face(_)));
    assert_eq!(calls(&d.answer(Answer::Look(Ok(look())))), [&Call::Look(false)]);
}

#[test]
fn a_recognised_face_is_asked_to_move_until_the_verdict() {
    let mut d = Driver::start(staffed(true));
    let effects = d.answer(Answer::Look(Ok(moving(Arrow::Left, "turn your head to the left", 1))));
    assert_eq!(calls(&effects), [&Call::Look(false)]);
    assert!(
        matches!(way(&d), Way::Face(f) if matches!(&f.state, FaceState::Moving(p) if p.arrow == Arrow::Left))
    );
    let no = Look {
        hint: None,
        verdict: Some(Verdict::NotLive { left: 4 }),
        because: Some("turn only as asked, and try again".into()),
        ..look()
    };
    assert!(d.answer(Answer::Look(Ok(no))).is_empty());
    assert!(matches!(way(&d), Way::Face(f) if matches!(f.state, FaceState::NotLive { left: 4, .. })));
    d.press(KeyCode::Enter);
    let took = Some(Took { machine: 640, challenge: 5_300 });
    let yes = Look { verdict: Some(Verdict::Granted(who().staff)), who: Some(who()), took, ..look() };
    d.answer(Answer::Look(Ok(yes)));
    assert_eq!(d.notice(), "signed in as Amina Diallo (0.6 s, and 5.3 s of turning the head)");
}

#[test]
fn letters_find_the_name_and_digits_are_the_pin() {
    let mut d = Driver::start(staffed(false));
    assert!(matches!(way(&d), Way::Pin(_)), "without a camera the PIN is offered");
    d.keys("okoye dav");
    d.keys("274913");
    let effects = d.press(KeyCode::Enter);
    assert_eq!(calls(&effects), [&Call::Pin(StaffId([5; 16]), Pin("274913".into()))]);
    assert!(d.press(KeyCode::Enter).is_empty(), "one attempt at a time");
    let wrong = fault(FaultKind::Locked, "wrong PIN: try again, or sign in with your passphrase");
    assert_eq!(calls(&d.answer(Answer::Pin(Err(wrong)))), [&Call::Status]);
    let Way::Pin(f) = way(&d) else { panic!() };
    assert_eq!((f.name.text(), f.pin.len()), ("okoye dav", 0));
    d.keys("274914");
    d.press(KeyCode::Enter);
    d.answer(Answer::Pin(Ok(who())));
    assert!(d.model.proven());
}

#[test]
fn a_pin_begun_for_one_name_is_not_tried_at_another() {
    let mut d = Driver::start(staffed(false));
    d.keys("2749");
    d.press(KeyCode::Down);
    let Way::Pin(f) = way(&d) else { panic!() };
    assert_eq!((f.selected, f.pin.len()), (1, 0));
    d.keys("13zzz");
    assert!(d.press(KeyCode::Enter).is_empty());
    assert!(d.notice().contains("nobody of that name"));
}

#[test]
fn tab_goes_from_face_to_pin_to_passphrase_and_back() {
    let mut d = Driver::start(staffed(true));
    d.answer(Answer::Look(Err(fault(FaultKind::Unreachable, "unplugged"))));
    d.press(KeyCode::Tab);
    assert!(matches!(way(&d), Way::Pin(_)));
    d.press(KeyCode::Tab);
    assert!(matches!(way(&d), Way::Passphrase(_)));
    d.press(KeyCode::Tab);
    assert_eq!(calls(&d.press(KeyCode::Tab)), [&Call::Look(true)]);
    assert!(matches!(way(&d), Way::Face(_)));
}

#[test]
fn a_face_that_needs_a_pin_leads_to_that_persons() {
    let mut d = Driver::start(staffed(true));
    let need = Look { hint: None, verdict: Some(Verdict::PinNeeded(Some(StaffId([4; 16])))), ..look() };
    d.answer(Answer::Look(Ok(need)));
    let Way::Pin(f) = way(&d) else { panic!() };
    assert_eq!(f.selected, 1);
    assert!(d.notice().contains("PIN is needed"));
}

#[test]
fn whoever_has_no_pin_chooses_one_after_their_passphrase() {
    let mut d = Driver::start(status(true, false));
    d.keys("amina");
    d.press(KeyCode::Tab);
    d.keys("right passphrase");
    d.press(KeyCode::Enter);
    d.answer(Answer::Unlock(Ok(who())));
    let mut here = staffed(false);
    here.signed_in = Some(who());
    here.people[0].pin = false;
    d.answer(Answer::Status(Ok(here.clone())));
    d.keys("2749");
    assert!(d.press(KeyCode::Enter).is_empty());
    assert_eq!(d.notice(), "a PIN has at least 6 digits");
    d.keys("13x");
    d.press(KeyCode::Enter);
    d.keys("274914");
    assert!(d.press(KeyCode::Enter).is_empty());
    assert!(d.notice().contains("the two differ"));
    for _ in 0..2 {
        d.keys("274913");
        let effects = d.press(KeyCode::Enter);
        if !effects.is_empty() {
            assert_eq!(calls(&effects), [&Call::SetPin(Pin("274913".into()))]);
        }
    }
    assert_eq!(calls(&d.answer(Answer::SetPin(Ok(())))), [&Call::Status]);
    assert!(matches!(&d.model.room, Room::Inside(i) if matches!(i.over, Over::None)));
    d.answer(Answer::Status(Ok(here)));
    assert!(matches!(&d.model.room, Room::Inside(i) if matches!(i.over, Over::None)), "asked once");
}

/// Signed in by face among people with PINs, the consent form open.
fn granting() -> Driver {
    let mut d = Driver::consent();
    d.answer(Answer::Status(Ok(Status { signed_in: Some(who()), ..staffed(true) })));
    d.model.inside().unwrap().proof = None;
    d.keys("g");
    d
}

#[test]
fn a_consent_asks_for_the_pin_first_and_then_goes_on_by_itself() {
    let mut d = granting();
    assert!(d.ctrl('s').is_empty());
    assert!(matches!(&d.model.room, Room::Inside(i) if matches!(i.over, Over::Proof { .. })));
    d.keys("27x4913");
    let effects = d.press(KeyCode::Enter);
    assert_eq!(calls(&effects), [&Call::Pin(who().staff, Pin("274913".into()))]);
    let effects = d.answer(Answer::Pin(Ok(who())));
    assert!(matches!(calls(&effects)[..], [Call::Grant(_, ask)] if ask.org == HOSPITAL), "{effects:?}");
    d.answer(Answer::Grant(crate::tui::fixtures::ABEBA, Ok(crate::core::id::GrantId([1; 16]))));
    d.answer(Answer::Consent(crate::tui::fixtures::ABEBA, Ok(consent())));
    d.keys("g");
    assert!(matches!(calls(&d.ctrl('s'))[..], [Call::Grant(..)]), "a PIN lasts for a while");
}

#[test]
fn a_wrong_pin_and_no_pin_grant_nothing() {
    let mut d = granting();
    d.ctrl('s');
    d.keys("111111");
    d.press(KeyCode::Enter);
    d.answer(Answer::Pin(Err(fault(FaultKind::Locked, "wrong PIN: try again"))));
    assert!(matches!(&d.model.room, Room::Inside(i) if matches!(i.over, Over::Proof { .. })));
    assert!(d.press(KeyCode::Esc).is_empty());
    assert!(matches!(&d.model.room, Room::Inside(i) if matches!(i.over, Over::None)));
    let mut d = granting();
    if let Some(s) = &mut d.model.status {
        s.people.clear();
    }
    assert!(d.ctrl('s').is_empty());
    assert!(d.notice().contains("choose a PIN"));
}

#[test]
fn a_proof_lasts_a_little_less_than_the_node_allows() {
    let mut d = Driver::inside();
    d.model.inside().unwrap().proof = Some(NOW);
    d.model.now = NOW + STEP_UP - 21_000;
    assert!(d.model.proven());
    d.model.now = NOW + STEP_UP - 19_000;
    assert!(!d.model.proven());
}

pub(crate) fn people() -> Vec<StaffRow> {
    let row = |n: u8, name: &str, role, face| StaffRow {
        staff: StaffId([n; 16]),
        name: name.into(),
        role,
        face,
        pin: face,
        suspended: n == 5,
    };
    vec![
        row(3, "Amina Diallo", Role::Admin, true),
        row(4, "Bela Mwangi", Role::Nurse, false),
        row(5, "Dr David Okoye", Role::Clinician, true),
    ]
}

pub(crate) fn on_people() -> Driver {
    let mut d = Driver::inside();
    d.answer(Answer::Status(Ok(Status { signed_in: Some(who()), ..staffed(true) })));
    d.model.inside().unwrap().proof = Some(d.now);
    assert_eq!(calls(&d.press(KeyCode::F(6))), [&Call::People]);
    d.answer(Answer::People(Ok(people())));
    d
}

pub(crate) fn enrol_look(arrow: Arrow, words: &str, done: u8) -> EnrolLook {
    let prompt = Prompt { words: words.into(), arrow, done, of: 6 };
    EnrolLook { preview: preview(), prompt, hint: None, enrolled: None }
}

#[test]
fn an_enrolment_goes_frame_by_frame_until_it_is_over_or_stopped() {
    let bela = StaffId([4; 16]);
    let mut d = on_people();
    d.press(KeyCode::Down);
    assert_eq!(calls(&d.keys("e")), [&Call::Enrol(bela, true)]);
    let effects = d.answer(Answer::Enrol(bela, Ok(enrol_look(Arrow::Right, "turn right", 3))));
    assert_eq!(calls(&effects), [&Call::Enrol(bela, false)]);
    let over = EnrolLook {
        enrolled: Some(Enrolled { templates: 6, warning: None }),
        ..enrol_look(Arrow::Ahead, "look ahead", 6)
    };
    assert_eq!(calls(&d.answer(Answer::Enrol(bela, Ok(over)))), [&Call::People, &Call::Status]);
    assert_eq!(d.notice(), "Bela Mwangi is enrolled with 6 pictures");
    d.keys("e");
    d.press(KeyCode::Esc);
    assert!(d.answer(Answer::Enrol(bela, Ok(enrol_look(Arrow::Up, "chin up", 4)))).is_empty());
}

#[test]
fn a_face_is_deleted_only_after_a_yes_and_a_pin() {
    let mut d = on_people();
    d.keys("d");
    d.keys("n");
    assert!(matches!(&d.model.people().unwrap().dialog, PeopleDialog::None));
    d.keys("d");
    d.model.inside().unwrap().proof = None;
    assert!(d.keys("y").is_empty());
    d.keys("274913");
    d.press(KeyCode::Enter);
    let effects = d.answer(Answer::Pin(Ok(who())));
    assert_eq!(calls(&effects), [&Call::ForgetFace(StaffId([3; 16]))]);
    d.answer(Answer::ForgetFace(Ok(())));
    assert!(d.notice().contains("deleted"));
}

#[test]
fn a_fresh_template_is_kept_only_with_consent() {
    for (key, yes) in [("y", true), ("n", false)] {
        let mut d = Driver::start(staffed(true));
        let weak =
            Look { verdict: Some(Verdict::Granted(who().staff)), who: Some(who()), refresh: true, ..look() };
        d.answer(Answer::Look(Ok(weak)));
        assert_eq!(calls(&d.keys(key)), [&Call::RefreshFace(yes)]);
    }
}
