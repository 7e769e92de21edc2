//! The screens about a patient's rights, as reviewed pictures.

use crossterm::event::KeyCode;

use crate::{
    core::governance::Role,
    tui::{
        admin_calls::AdminAnswer,
        fixtures::{Driver, claim, counts, erasing, extracted, governing, joining, lost, requests, sharing},
        msg::Answer,
        rights_calls::RightsAnswer,
        update::sign_in_tests::on_people,
    },
};

use super::tests::{draw, shot, text};

fn answer(d: &mut Driver, answer: RightsAnswer) {
    d.answer(Answer::Rights(answer));
}

#[test]
fn questions_between_organisations() {
    let mut d = requests();
    d.press(KeyCode::Down);
    shot("requests", &d);
    d.keys("n");
    d.press(KeyCode::Tab);
    d.press(KeyCode::Tab);
    d.keys(" ");
    shot("requests_ask", &d);
    let mut d = Driver::inside();
    d.press(KeyCode::F(4));
    d.ctrl('r');
    answer(&mut d, RightsAnswer::Requests(Ok(Default::default())));
    d.keys("n");
    assert!(text(&draw(&d, "dark", (80, 24))).contains("Identifier"), "nobody was on the screen");
}

#[test]
fn what_leaves() {
    shot("share", &sharing(Role::Nurse, 0));
    let mut d = sharing(Role::Nurse, 0);
    d.press(KeyCode::Enter);
    shot("share_extract_ask", &d);
    let mut d = sharing(Role::Bureau, 1);
    d.press(KeyCode::Enter);
    shot("share_counts_ask", &d);
    answer(&mut d, RightsAnswer::Counts(Ok(counts())));
    d.press(KeyCode::Down);
    shot("share_counts", &d);
    d.keys("w");
    shot("share_counts_file", &d);
    let mut d = sharing(Role::Insurer, 2);
    d.press(KeyCode::Enter);
    answer(&mut d, RightsAnswer::Claim(Ok(claim())));
    shot("share_claim", &d);
    let mut d = sharing(Role::Researcher, 0);
    d.press(KeyCode::Enter);
    answer(&mut d, RightsAnswer::Extract(Ok(extracted())));
    shot("share_extract", &d);
}

#[test]
fn what_a_patient_takes_back() {
    let mut d = Driver::consent();
    d.keys("n");
    shot("consent_narrow", &d);
    d.press(KeyCode::Esc);
    d.keys("o");
    shot("consent_opt_out", &d);
}

#[test]
fn keys_that_are_destroyed() {
    let mut d = erasing();
    shot("erasures", &d);
    d.keys("o");
    shot("erase", &d);
    d.press(KeyCode::Esc);
    d.keys("c");
    shot("erase_seal", &d);
}

#[test]
fn terminals_and_decisions() {
    let mut d = governing(Role::Admin);
    shot("govern", &d);
    d.keys("l");
    shot("govern_lose", &d);
    d.answer(Answer::Admin(AdminAnswer::Lose(Ok(lost()))));
    shot("govern_lost", &d);
    let mut d = governing(Role::Nurse);
    d.press(KeyCode::Tab);
    d.keys("a");
    shot("govern_approve", &d);
}

#[test]
fn newcomers() {
    let mut d = governing(Role::Admin);
    d.keys("i");
    shot("join_invite", &d);
    d.press(KeyCode::Esc);
    for (new, name) in [(true, "join_admit"), (false, "join_certify")] {
        d.keys("j");
        d.answer(Answer::Admin(AdminAnswer::ReadRequest(Ok(joining(new)))));
        shot(name, &d);
        d.press(KeyCode::Esc);
    }
}

#[test]
fn people_added_and_suspended() {
    let mut d = on_people();
    d.keys("a");
    d.keys("nila");
    d.press(KeyCode::BackTab);
    d.keys("not shown");
    shot("people_add", &d);
    assert!(!text(&draw(&d, "dark", (80, 24))).contains("not shown"));
    d.press(KeyCode::Esc);
    shot("form_leave", &d);
    d.keys("y");
    d.press(KeyCode::Down);
    d.keys("x");
    shot("people_suspend", &d);
}

/// A form that is higher than the window shows the field that has the cursor.
#[test]
fn in_a_low_window_the_field_with_the_cursor_is_visible() {
    let mut d = sharing(Role::Researcher, 0);
    d.press(KeyCode::Enter);
    d.press(KeyCode::BackTab);
    d.keys("/media/x.csv");
    for height in [12, 16, 24] {
        let shown = text(&draw(&d, "dark", (80, height)));
        assert!(shown.contains("/media/x.csv"), "{height}: {shown}");
    }
}
