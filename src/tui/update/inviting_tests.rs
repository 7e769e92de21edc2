//! Letting a terminal join over the network: from key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::{governance::Role, id::DeviceId},
    node::api::{Fault, FaultKind, InvitationStage, InvitationView, Welcomed},
    tui::{
        desk_calls::{DeskAnswer, DeskCall},
        fixtures::{Driver, calls, governing, invitation, joiner, who},
        input::Secret,
        inviting::Door,
        keymap::{Action, Place},
        model::{Over, Page},
        msg::{Answer, Call, Effect},
    },
};

fn desk(effects: &[Effect]) -> Vec<&DeskCall> {
    let all = calls(effects).into_iter();
    all.filter_map(|c| if let Call::Desk(call) = c { Some(call) } else { None }).collect()
}

fn stands(d: &mut Driver, view: Option<InvitationView>) -> Vec<Effect> {
    d.answer(Answer::Desk(DeskAnswer::Invitation(Ok(view))))
}

/// The door open, and a terminal there.
fn comparing() -> Driver {
    let mut d = governing(Role::Admin);
    assert_eq!(desk(&d.keys("o")), [&DeskCall::OpenInvitation]);
    stands(&mut d, Some(invitation(InvitationStage::Waiting)));
    assert_eq!(
        desk(&stands(&mut d, Some(invitation(InvitationStage::Comparing(joiner(false)))))),
        [&DeskCall::Invitation]
    );
    d
}

fn door(d: &mut Driver) -> &Door {
    match d.model.page() {
        Some(Page::Invite(p)) => &p.door,
        other => panic!("{other:?}"),
    }
}

#[test]
fn nobody_is_let_in_before_both_said_yes_to_the_same_code() {
    let mut d = comparing();
    assert!(desk(&d.keys("y")).is_empty(), "the other one hasn't yet");
    let both = invitation(InvitationStage::Comparing(joiner(true)));
    let effects = stands(&mut d, Some(both.clone()));
    assert_eq!(desk(&effects), [&DeskCall::Welcome("418 203".into()), &DeskCall::Invitation]);
    assert_eq!(desk(&stands(&mut d, Some(both))), [&DeskCall::Invitation], "once is enough");
    assert!(desk(&stands(&mut d, Some(invitation(InvitationStage::Over)))).is_empty(), "it is being signed");
    let done =
        Welcomed { device: DeviceId([9; 16]), name: "hill-1".into(), delivered: true, certificate: None };
    d.answer(Answer::Desk(DeskAnswer::Welcomed(Ok(done))));
    assert!(matches!(door(&mut d), Door::In(..)) && d.notice() == "hill-1 is in");
}

#[test]
fn a_yes_to_one_code_is_none_to_another() {
    let mut d = comparing();
    d.keys("y");
    let mut other = joiner(true);
    other.code = "999 999".into();
    let effects = stands(&mut d, Some(invitation(InvitationStage::Comparing(other))));
    assert_eq!(desk(&effects), [&DeskCall::Invitation]);
    assert_eq!(desk(&d.keys("n")), [&DeskCall::TurnAway("999 999".into())]);
}

#[test]
fn the_pin_is_asked_before_the_yes_and_again_when_it_took_too_long() {
    let mut d = comparing();
    d.model.inside().unwrap().proof = None;
    d.keys("y");
    stands(&mut d, Some(invitation(InvitationStage::Comparing(joiner(true)))));
    d.model.inside().unwrap().over = crate::tui::model::Over::None;
    d.model.inside().unwrap().proof = Some(d.now);
    assert_eq!(desk(&d.keys("y")), [&DeskCall::Welcome("418 203".into())]);
    let late = Fault::new(FaultKind::Proof, "give your PIN again");
    let effects = d.answer(Answer::Desk(DeskAnswer::Welcomed(Err(late))));
    assert_eq!(desk(&effects), [&DeskCall::Invitation]);
    assert!(d.notice().starts_with("that took longer"));
}

#[test]
fn whoever_leaves_shuts_the_door() {
    let mut d = comparing();
    assert_eq!(desk(&d.press(KeyCode::F(5))), [&DeskCall::CloseInvitation]);
    let mut d = comparing();
    assert_eq!(desk(&d.press(KeyCode::Esc)), [&DeskCall::CloseInvitation]);
    assert!(matches!(d.model.page(), Some(Page::Govern(_))));
    let mut d = comparing();
    assert_eq!(desk(&d.ctrl('l')), [&DeskCall::CloseInvitation]);
}

#[test]
fn a_certificate_that_did_not_arrive_is_written_to_a_file() {
    let mut d = comparing();
    d.keys("w");
    assert!(d.model.form().is_none(), "there is none yet");
    let done = Welcomed {
        device: DeviceId([9; 16]),
        name: "kibuye-3".into(),
        delivered: false,
        certificate: Some("line".into()),
    };
    d.answer(Answer::Desk(DeskAnswer::Welcomed(Ok(done))));
    d.keys("w");
    d.keys("/media/c.txt");
    let want = DeskCall::WriteCertificate("/media/c.txt".into(), "line".into());
    assert_eq!(desk(&d.ctrl('s')), [&want]);
    d.answer(Answer::Desk(DeskAnswer::Written(Ok("/media/c.txt".into()))));
    assert!(d.model.form().is_none() && d.notice().starts_with("certified; take /media/c.txt"));
}

fn done(delivered: bool) -> Welcomed {
    let certificate = (!delivered).then(|| "line".into());
    Welcomed { device: DeviceId([9; 16]), name: "kibuye-3".into(), delivered, certificate }
}

#[test]
fn the_pin_counts_for_the_code_that_was_there_when_the_yes_was_said() {
    for (there_then, agreed) in [("418 203", true), ("999 999", false)] {
        let mut d = comparing();
        d.model.inside().unwrap().proof = None;
        d.keys("y");
        let mut other = joiner(true);
        other.code = there_then.into();
        stands(&mut d, Some(invitation(InvitationStage::Comparing(other))));
        d.model.inside().unwrap().over =
            Over::Proof { pin: Secret::default(), then: Action::Yes, sent: true };
        let effects = d.answer(Answer::Pin(Ok(who())));
        if agreed {
            assert_eq!(desk(&effects), [&DeskCall::Welcome("418 203".into())]);
            continue;
        }
        assert!(desk(&effects).is_empty(), "a yes to another code");
        assert!(d.notice().starts_with("another terminal is there now"), "{}", d.notice());
        assert_eq!(desk(&d.keys("y")), [&DeskCall::Welcome("999 999".into())], "said of this one");
    }
}

#[test]
fn nothing_leads_away_while_a_terminal_is_being_let_in() {
    let mut d = comparing();
    d.keys("y");
    stands(&mut d, Some(invitation(InvitationStage::Comparing(joiner(true)))));
    assert!(d.press(KeyCode::Esc).is_empty() && d.press(KeyCode::F(3)).is_empty());
    assert!(d.ctrl('l').is_empty() && d.ctrl('q').is_empty());
    assert!(d.wait(crate::core::auth::IDLE).is_empty() && matches!(d.model.page(), Some(Page::Invite(_))));
    // Where the node signed them out meanwhile, it is said all the same.
    d.model.inside().unwrap().page = Page::Patients;
    d.answer(Answer::Desk(DeskAnswer::Welcomed(Ok(done(true)))));
    assert_eq!(d.notice(), "kibuye-3 is in");
    d.answer(Answer::Desk(DeskAnswer::Welcomed(Ok(done(false)))));
    assert!(d.notice().contains("has no certificate"), "{}", d.notice());
}

#[test]
fn a_certificate_is_not_left_behind_by_mistake() {
    let carrying = || {
        let mut d = comparing();
        d.answer(Answer::Desk(DeskAnswer::Welcomed(Ok(done(false)))));
        d
    };
    let mut d = carrying();
    assert!(d.press(KeyCode::F(3)).is_empty() && d.ctrl('q').is_empty());
    assert!(d.notice().starts_with("the certificate is in no file"), "{}", d.notice());
    assert!(d.press(KeyCode::Esc).is_empty() && d.model.form().is_some(), "it is asked for first");
    d.press(KeyCode::Esc);
    assert_eq!(desk(&d.press(KeyCode::Esc)), [&DeskCall::CloseInvitation]);
    let mut d = carrying();
    d.wait(crate::core::auth::IDLE);
    assert!(d.notice().contains("has no certificate"), "{}", d.notice());
}

#[test]
fn the_keys_are_those_of_where_it_stands() {
    let mut d = governing(Role::Admin);
    d.keys("o");
    stands(&mut d, Some(invitation(InvitationStage::Waiting)));
    assert_eq!(Place::of(&d.model), Place::Invite);
    stands(&mut d, Some(invitation(InvitationStage::Comparing(joiner(false)))));
    assert_eq!(Place::of(&d.model), Place::InviteCompare);
    d.keys("y");
    assert_eq!(Place::of(&d.model), Place::InviteAgreed);
    assert_eq!(desk(&d.keys("n")), [&DeskCall::TurnAway("418 203".into())]);
    d.answer(Answer::Desk(DeskAnswer::Welcomed(Ok(done(false)))));
    assert_eq!(Place::of(&d.model), Place::InviteCarry);
    d.keys("w");
    d.answer(Answer::Desk(DeskAnswer::Written(Ok("/media/c.txt".into()))));
    assert_eq!(Place::of(&d.model), Place::Invite);
}
