//! A card from key to effect: read by camera and by scanner, issued, replaced.

use crossterm::event::KeyCode;

use crate::{
    core::{
        auth::IDLE,
        id::{CardId, GrantId, PatientId, StaffId},
    },
    node::api::{CardGranted, CardIssued, CardLook, Code, Fault, FaultKind, Pin, Who},
    tui::{
        cards::CardPage,
        files::{Untaken, Unwritten},
        fixtures::{ABEBA, Driver, calls, preview, status, who},
        model::Page,
        msg::{Answer, Call, Effect},
        paper_calls::{PaperAnswer, PaperCall},
        papers::To,
    },
};

const CODE: &str = "AIDCARD0:EXAMPLE";

fn seen(code: Option<&str>) -> Answer {
    Answer::LookForCard(Ok(CardLook { preview: preview(), code: code.map(|c| Code(c.into())) }))
}

fn page(d: &mut Driver) -> &CardPage {
    match d.model.page() {
        Some(Page::Card(c)) => c,
        other => panic!("a card, not {other:?}"),
    }
}

pub(crate) fn issued() -> CardIssued {
    let card = CardId([0xcd; 16]);
    let code = Code(format!("AIDCARD0{}", "7W1 $A%69 VD92EX0UJ".repeat(6)));
    CardIssued { patient: ABEBA, card, serial: card.short(), code, revoked: 1, ended: 2 }
}

#[test]
fn what_is_no_card_is_said_before_anybody_types_a_pin() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(8));
    d.keys("4006381333931");
    assert!(d.press(KeyCode::Enter).is_empty());
    assert!(d.notice().contains("not an Aidpost card"), "{}", d.notice());
    assert!(matches!(page(&mut d), CardPage::Look { .. }));
    d.keys(CODE);
    d.press(KeyCode::Enter);
    assert!(matches!(page(&mut d), CardPage::Pin { .. }));
}

#[test]
fn a_card_before_the_camera_opens_the_record_with_its_pin() {
    let mut d = Driver::inside();
    assert_eq!(calls(&d.press(KeyCode::F(8))), [&Call::LookForCard]);
    assert_eq!(calls(&d.answer(seen(None))), [&Call::LookForCard], "it goes on looking");
    assert!(d.answer(seen(Some(CODE))).is_empty());
    assert!(d.press(KeyCode::Enter).is_empty(), "no PIN yet");
    let effects = {
        d.keys("27 49x13");
        d.press(KeyCode::Enter)
    };
    let sent = calls(&effects);
    assert!(
        matches!(&sent[..], [Call::OpenCard(ask, code, pin)] if ask.days == Some(30) && code.0 == CODE && *pin == Pin("274913".into())),
        "{sent:?}"
    );
    let wrong = Fault::new(FaultKind::Locked, "wrong PIN: let the patient type it again");
    d.answer(Answer::OpenCard(Err(wrong)));
    assert!(d.notice().contains("wrong PIN"));
    assert!(matches!(page(&mut d), CardPage::Pin { pin, sent: false, .. } if pin.len() == 0));
    d.keys("274914");
    d.press(KeyCode::Enter);
    let patient = PatientId([9; 16]);
    let granted = CardGranted { patient, grant: Some(GrantId([1; 16])) };
    let effects = d.answer(Answer::OpenCard(Ok(granted)));
    assert_eq!(calls(&effects), [&Call::Chart(patient)]);
    assert!(d.notice().contains("30 days"));
}

#[test]
fn a_scanner_that_types_needs_no_camera() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(8));
    d.answer(Answer::LookForCard(Err(Fault::new(FaultKind::Unreachable, "no camera is set up here"))));
    assert!(d.notice().contains("no camera"));
    assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::LookForCard], "a key asks again");
    d.keys(CODE);
    d.press(KeyCode::Enter);
    assert!(matches!(page(&mut d), CardPage::Pin { code, .. } if code.0 == CODE));
    // A look that is still out changes nothing any more.
    assert!(d.answer(seen(Some("AIDCARD0OTHER"))).is_empty());
    assert!(matches!(page(&mut d), CardPage::Pin { code, .. } if code.0 == CODE));
    d.press(KeyCode::Esc);
    assert!(matches!(d.model.page(), Some(Page::Patients)));
}

#[test]
fn a_card_is_issued_once_the_patient_typed_the_same_pin_twice() {
    let mut d = Driver::consent();
    d.keys("k");
    d.keys("2749");
    d.press(KeyCode::Enter);
    assert!(d.notice().contains("at least 6 digits"));
    d.keys("13");
    d.press(KeyCode::Enter);
    d.keys("274914");
    assert!(d.press(KeyCode::Enter).is_empty());
    assert!(d.notice().contains("differ"));
    let twice = |d: &mut Driver| {
        d.keys("274913");
        d.press(KeyCode::Enter);
        d.keys("274913");
        d.press(KeyCode::Enter)
    };
    assert_eq!(calls(&twice(&mut d)), [&Call::IssueCard(ABEBA, Pin("274913".into()), false)]);
    assert!(d.press(KeyCode::Esc).is_empty(), "nothing changes meanwhile");
    let there = Fault::new(FaultKind::Usage, "the patient has a card already");
    d.answer(Answer::IssueCard(Err(there)));
    d.press(KeyCode::Esc);
    assert!(matches!(d.model.page(), Some(Page::Consent(..))));
    d.keys("K");
    assert_eq!(calls(&twice(&mut d)), [&Call::IssueCard(ABEBA, Pin("274913".into()), true)]);
    d.answer(Answer::IssueCard(Ok(issued())));
    // Only the key that says so leaves the code.
    d.press(KeyCode::Esc);
    d.press(KeyCode::Enter);
    assert!(matches!(page(&mut d), CardPage::Made { .. }));
    assert_eq!(calls(&d.keys("y")), [&Call::Consent(ABEBA)]);
    assert!(matches!(d.model.page(), Some(Page::Consent(..))));
}

#[test]
fn issuing_asks_for_the_pin_of_whoever_is_signed_in_first() {
    let mut d = Driver::consent();
    d.model.inside().unwrap().proof = None;
    d.keys("k");
    assert!(d.notice().contains("more than a face"), "{}", d.notice());
    assert!(matches!(d.model.page(), Some(Page::Consent(..))));
}

/// The code of a new card on the screen.
pub(crate) fn made() -> Driver {
    let mut d = Driver::consent();
    d.keys("k274913");
    d.press(KeyCode::Enter);
    d.keys("274913");
    d.press(KeyCode::Enter);
    d.answer(Answer::IssueCard(Ok(issued())));
    assert!(matches!(page(&mut d), CardPage::Made { .. }));
    d
}

#[test]
fn leaving_asks_before_a_code_that_is_nowhere_else_is_lost() {
    for c in ['q', 'c'] {
        let mut d = made();
        assert!(d.ctrl(c).is_empty(), "it asks");
        d.keys("n");
        assert!(matches!(page(&mut d), CardPage::Made { .. }));
        d.ctrl(c);
        assert!(d.keys("y").contains(&Effect::Quit));
    }
    let mut d = made();
    d.keys("y");
    assert!(d.ctrl('q').contains(&Effect::Quit), "it is on paper");
}

/// Somebody types name and passphrase, and is in.
fn enters(d: &mut Driver, who: Who) {
    d.answer(Answer::Status(Ok(status(false, false))));
    d.keys("somebody");
    d.press(KeyCode::Enter);
    d.keys("secret");
    d.press(KeyCode::Enter);
    d.answer(Answer::Unlock(Ok(who)));
}

#[test]
fn a_lock_hides_the_code_until_whoever_made_it_is_back() {
    let mut d = made();
    d.wait(IDLE);
    assert!(d.model.inside().is_none() && d.notice().contains("comes back"), "{}", d.notice());
    enters(&mut d, who());
    assert!(matches!(page(&mut d), CardPage::Made { made, .. } if *made == issued()));
    // A second time too.
    d.wait(IDLE);
    enters(&mut d, who());
    assert!(matches!(page(&mut d), CardPage::Made { .. }));
    d.keys("y");
    assert!(matches!(d.model.page(), Some(Page::Patients)), "the chart was forgotten with the lock");
    d.wait(IDLE);
    enters(&mut d, who());
    assert!(matches!(d.model.page(), Some(Page::Patients)), "it is on paper");
}

#[test]
fn nobody_else_sees_the_code_and_it_does_not_wait_for_ever() {
    let mut d = made();
    d.wait(IDLE);
    enters(&mut d, Who { staff: StaffId([7; 16]), ..who() });
    assert!(matches!(d.model.page(), Some(Page::Patients)) && d.model.unseen.is_none());
    assert!(d.notice().contains("is gone"), "{}", d.notice());
    d.wait(IDLE);
    enters(&mut d, who());
    assert!(matches!(d.model.page(), Some(Page::Patients)));

    let mut d = made();
    d.wait(IDLE);
    d.wait(60 * 60 * 1_000 - 1);
    assert!(d.model.unseen.is_some());
    d.wait(1);
    assert!(d.model.unseen.is_none() && d.notice().contains("is gone"), "{}", d.notice());

    // The node forgot everything, or threw this person out.
    let mut d = made();
    d.answer(Answer::Status(Ok(status(false, false))));
    assert!(d.model.inside().is_none() && d.model.unseen.is_some());
    d.answer(Answer::Status(Ok(status(true, false))));
    assert!(d.model.unseen.is_none());
}

#[test]
fn a_new_card_is_printed_before_its_code_goes() {
    let mut d = Driver::consent();
    d.model.inside().unwrap().proof = Some(d.now);
    d.keys("K274913");
    d.press(KeyCode::Enter);
    d.keys("274913");
    d.press(KeyCode::Enter);
    d.answer(Answer::IssueCard(Ok(issued())));
    d.keys("p");
    assert!(d.model.form().is_some());
    assert!(d.ctrl('s').is_empty(), "where to?");
    d.keys("/media/stick/card.pdf");
    let to = To::File("/media/stick/card.pdf".into());
    let want = Call::Papers(PaperCall::PrintCard(issued().code, to.clone()));
    assert_eq!(calls(&d.ctrl('s')), [&want]);
    assert!(d.ctrl('s').is_empty(), "once");
    let full = Unwritten::Failed { path: "/media/stick/card.pdf".into(), why: "no space".into() };
    d.answer(Answer::Papers(PaperAnswer::CardPrinted(Err(Untaken::File(full)))));
    assert!(d.model.form().is_some_and(|f| !f.sending), "what was typed stays");
    d.ctrl('s');
    d.answer(Answer::Papers(PaperAnswer::CardPrinted(Ok(to))));
    assert!(d.notice().contains("/media/stick/card.pdf"), "{}", d.notice());
    assert!(
        matches!(page(&mut d), CardPage::Made { made, paper: None, .. } if *made == issued()),
        "still there"
    );
    d.keys("p");
    d.press(KeyCode::Esc);
    assert!(matches!(page(&mut d), CardPage::Made { paper: None, .. }));
}
