//! What admins do: from key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::{
        governance::Role,
        id::{DeviceId, ProposalId, StaffId},
    },
    node::api::Passphrase,
    tui::{
        admin_calls::{AdminAnswer, AdminCall, Invited, NewStaff},
        files::{Untaken, Unwritten},
        fixtures::{Driver, calls, governing, joining, lost, no},
        governing::GovernDialog,
        model::{Page, PeopleDialog},
        msg::{Answer, Call, Effect},
        update::sign_in_tests::on_people,
    },
};

/// The one call of admins among effects.
fn admin(effects: &[Effect]) -> &AdminCall {
    match calls(effects)[..] {
        [Call::Admin(call)] => call,
        ref other => panic!("{other:?}"),
    }
}

fn dialog(d: &mut Driver) -> &GovernDialog {
    match d.model.page() {
        Some(Page::Govern(g)) => &g.dialog,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_lost_terminal_is_suspended_when_it_is_said_so_and_shown_with_what_it_alone_holds() {
    let mut d = governing(Role::Admin);
    d.keys("ln");
    assert!(matches!(dialog(&mut d), GovernDialog::None), "not yet");
    d.keys("l");
    d.model.inside().unwrap().proof = None;
    assert!(d.keys("y").is_empty(), "the PIN first");
    d.model.inside().unwrap().proof = Some(d.now);
    assert_eq!(admin(&d.keys("y")), &AdminCall::Lose(DeviceId([0x21; 16])));
    assert!(d.model.writing() && d.keys("y").is_empty());
    let effects = d.answer(Answer::Admin(AdminAnswer::Lose(Ok(lost()))));
    assert_eq!(admin(&effects), &AdminCall::Overview);
    assert!(matches!(dialog(&mut d), GovernDialog::Lost(_)));
    d.press(KeyCode::Esc);
    assert!(matches!(dialog(&mut d), GovernDialog::None));
    d.keys("ly");
    d.answer(Answer::Admin(AdminAnswer::Lose(Err(no("not allowed: a nurse may not do this for treatment")))));
    assert!(d.notice().starts_with("not allowed") && matches!(dialog(&mut d), GovernDialog::None));
}

#[test]
fn a_proposal_is_approved_and_a_split_round_ended() {
    let mut d = governing(Role::Admin);
    d.press(KeyCode::Tab);
    d.press(KeyCode::Down);
    d.keys("l");
    assert!(d.notice().starts_with("select a terminal"), "the cursor is among decisions");
    d.keys("a");
    assert_eq!(admin(&d.keys("y")), &AdminCall::Approve(ProposalId([2; 32])));
    d.answer(Answer::Admin(AdminAnswer::Approve(Ok(()))));
    assert!(d.notice().starts_with("said yes"));
    d.keys("v");
    assert_eq!(admin(&d.keys("y")), &AdminCall::Void);
    d.answer(Answer::Admin(AdminAnswer::Void(Ok(()))));
    assert!(!d.model.writing());
}

#[test]
fn a_newcomer_is_signed_only_after_it_was_shown() {
    let mut d = governing(Role::Admin);
    d.keys("i");
    assert!(d.ctrl('s').is_empty() && d.notice() == "type the path of a file");
    d.keys("/media/a b");
    assert_eq!(admin(&d.ctrl('s')), &AdminCall::Invite("/media/a b".into()));
    let there = Untaken::File(Unwritten::Exists("/media/a b".into()));
    d.answer(Answer::Admin(AdminAnswer::Invite(Err(there))));
    assert!(d.notice().starts_with("/media/a b is there already") && d.model.form().is_some());
    d.ctrl('s');
    let invited = Invited { path: "/media/a b".into(), fingerprint: "ABCDE-FGHIJ".into() };
    d.answer(Answer::Admin(AdminAnswer::Invite(Ok(invited))));
    assert!(d.model.form().is_none() && d.notice().contains("/media/a b"));
    assert!(d.notice().contains("ABCDE-FGHIJ"), "both people compare it");

    d.keys("j");
    d.keys("/media/request.txt");
    assert_eq!(admin(&d.ctrl('s')), &AdminCall::ReadRequest("/media/request.txt".into()));
    d.answer(Answer::Admin(AdminAnswer::ReadRequest(Ok(joining(true)))));
    d.model.inside().unwrap().proof = None;
    assert!(d.ctrl('s').is_empty(), "the PIN first");
    d.model.inside().unwrap().proof = Some(d.now);
    assert_eq!(admin(&d.ctrl('s')), &AdminCall::Admit(joining(true).line));
    d.answer(Answer::Admin(AdminAnswer::Admit(Err(no(
        "the organisation's root key is not in your key slot",
    )))));
    assert!(d.model.form().is_some_and(|f| !f.sending));
    d.press(KeyCode::Esc);

    d.keys("j");
    d.keys("x");
    d.ctrl('s');
    d.answer(Answer::Admin(AdminAnswer::ReadRequest(Ok(joining(false)))));
    assert!(d.ctrl('s').is_empty(), "a certificate needs a file");
    d.keys("/media/c.txt");
    let want = AdminCall::Certify(joining(false).line, "/media/c.txt".into());
    assert_eq!(admin(&d.ctrl('s')), &want);
    d.answer(Answer::Admin(AdminAnswer::Certify(Ok("/media/c.txt".into()))));
    assert!(d.notice().starts_with("certified; take /media/c.txt"));
}

#[test]
fn a_person_is_added_with_a_passphrase_typed_twice() {
    let mut d = on_people();
    d.keys("a");
    assert!(d.ctrl('s').is_empty() && d.notice().contains("login name"));
    d.keys("nila");
    d.press(KeyCode::Tab);
    d.keys("Nila Rao");
    d.press(KeyCode::Tab);
    d.press(KeyCode::Right);
    d.press(KeyCode::Tab);
    d.keys("one two three");
    assert!(d.ctrl('s').is_empty() && d.notice().starts_with("the two passphrases differ"));
    d.keys("one two three");
    d.press(KeyCode::Tab);
    d.keys("one two three");
    let new = NewStaff {
        login: "nila".into(),
        name: "Nila Rao".into(),
        role: Role::Clinician,
        passphrase: Passphrase("one two three".into()),
    };
    let effects = d.ctrl('s');
    assert_eq!(admin(&effects), &AdminCall::AddStaff(new));
    assert!(!format!("{effects:?}{:?}", d.model).contains("one two three"), "never printed");
    let late = no("the passphrase is too short: use at least 12 characters");
    d.answer(Answer::Admin(AdminAnswer::AddStaff("Nila Rao".into(), Err(late))));
    assert!(matches!(d.model.form(), Some(f) if f.focus == 3 && f.typed(1) == "Nila Rao"));
    d.answer(Answer::Admin(AdminAnswer::AddStaff("Nila Rao".into(), Ok(StaffId([9; 16])))));
    assert!(d.model.form().is_none() && d.notice().starts_with("Nila Rao can sign in"));
}

#[test]
fn a_person_is_suspended_but_nobody_themselves() {
    let mut d = on_people();
    d.keys("x");
    assert!(d.notice().starts_with("nobody suspends themselves"));
    d.press(KeyCode::Down);
    d.keys("x");
    assert_eq!(admin(&d.keys("y")), &AdminCall::SuspendStaff(StaffId([4; 16])));
    assert!(d.model.writing());
    let effects = d.answer(Answer::Admin(AdminAnswer::SuspendStaff(Ok(()))));
    assert_eq!(calls(&effects), [&Call::People]);
    assert!(matches!(d.model.people().unwrap().dialog, PeopleDialog::None));
}
