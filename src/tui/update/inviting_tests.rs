//! Letting a terminal join over the network: from key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::{governance::Role, id::DeviceId},
    node::api::{Fault, FaultKind, InvitationStage, InvitationView, Welcomed},
    tui::{
        desk_calls::{DeskAnswer, DeskCall},
        fixtures::{Driver, calls, governing, invitation, joiner},
        inviting::Door,
        model::Page,
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
