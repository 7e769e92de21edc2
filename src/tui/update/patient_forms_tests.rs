//! The emergency summary, cards that are lost, passing on: from key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::{
        consent::Grantee,
        id::{GrantId, OrgId, RecordId},
        policy::Purpose,
        record::Compartment,
        summary::BloodGroup,
    },
    node::api::{ItemRow, SummaryDraft, SummaryRow},
    tui::{
        fixtures::{ABEBA, Driver, HOSPITAL, NOW, calls, consent, emergency, no, opened, saved},
        model::Dialog,
        msg::{Answer, Call, Effect},
        rights_calls::{RightsAnswer, RightsCall},
    },
};

fn rights(effects: &[Effect]) -> &RightsCall {
    match calls(effects)[..] {
        [Call::Rights(call)] => call,
        ref other => panic!("{other:?}"),
    }
}

/// What this organisation kept, and what another did.
fn kept() -> Vec<SummaryRow> {
    let theirs = emergency().summaries.remove(0);
    let summary = SummaryDraft {
        allergies: vec!["latex".into()],
        blood_group: Some(BloodGroup::APositive),
        ..SummaryDraft::default()
    };
    vec![theirs.clone(), SummaryRow { org: "Kibuye Health Post".into(), summary, at: NOW, ..theirs }]
}

#[test]
fn the_emergency_summary_begins_with_what_was_kept() {
    let mut d = Driver::consent();
    assert_eq!(rights(&d.keys("w")), &RightsCall::ReadSummary(ABEBA));
    assert!(d.model.writing());
    d.answer(Answer::Rights(RightsAnswer::Summary(ABEBA, Ok(kept()))));
    d.keys("; penicillin: swelling");
    for _ in 0..3 {
        d.press(KeyCode::Tab);
    }
    d.press(KeyCode::Right);
    let want = SummaryDraft {
        allergies: vec!["latex".into(), "penicillin: swelling".into()],
        blood_group: Some(BloodGroup::ANegative),
        ..SummaryDraft::default()
    };
    assert_eq!(rights(&d.ctrl('s')), &RightsCall::WriteSummary(ABEBA, want));
    d.answer(Answer::Rights(RightsAnswer::Kept(ABEBA, Err(no("a registrar may not do this")))));
    assert!(d.model.form().is_some_and(|f| f.typed(0) == "latex; penicillin: swelling"));
    let effects = d.answer(Answer::Rights(RightsAnswer::Kept(ABEBA, Ok(saved()))));
    assert_eq!(calls(&effects), [&Call::Consent(ABEBA)]);
    assert!(d.model.form().is_none() && d.notice().starts_with("emergency summary kept: block 32"));
}

#[test]
fn the_first_summary_begins_with_what_was_written_at_visits() {
    let mut d = Driver::chart();
    let mut opened = opened();
    let item = |kind: &str, text: &str, status: &str| ItemRow {
        kind: kind.into(),
        text: text.into(),
        at: None,
        status: status.into(),
        record: RecordId([1; 16]),
        patient: ABEBA,
        apart: false,
        observations: Vec::new(),
    };
    let long = "é".repeat(200);
    opened.chart.visits[0].done = vec![
        item("AllergyIntolerance", "penicillin", "active"),
        item("Condition", "Malaria", "resolved"),
        item("Condition", &long, "active"),
    ];
    opened.chart.visits[1].done = vec![item("AllergyIntolerance", "penicillin", "active")];
    // It came from elsewhere, perhaps in a part that few may read.
    opened.chart.items = vec![item("MedicationRequest", "dolutegravir", "active")];
    d.answer(Answer::Chart(ABEBA, Ok(opened)));
    d.keys("c");
    d.answer(Answer::Consent(ABEBA, Ok(consent())));
    d.keys("w");
    d.answer(Answer::Rights(RightsAnswer::Summary(ABEBA, Ok(Vec::new()))));
    let form = d.model.form().unwrap();
    assert_eq!((form.typed(0), form.typed(1)), ("penicillin", ""));
    assert_eq!(form.typed(2).chars().count(), 120, "what is too long for a line is cut, and says so");
    assert!(form.typed(2).ends_with('…') && form.warning.is_some());
}

#[test]
fn a_summary_that_may_not_be_read_is_not_written_over() {
    let mut d = Driver::consent();
    d.keys("w");
    d.answer(Answer::Rights(RightsAnswer::Summary(ABEBA, Err(no("no consent")))));
    assert!(d.model.form().is_none() && d.notice() == "no consent");
}

#[test]
fn lost_cards_are_ended_without_a_new_one() {
    let mut d = Driver::consent();
    d.keys("X");
    d.keys("mother");
    assert_eq!(rights(&d.ctrl('s')), &RightsCall::RevokeCards(ABEBA, Some("mother".into())));
    d.answer(Answer::Rights(RightsAnswer::Kept(ABEBA, Ok(saved()))));
    assert!(d.notice().starts_with("every card of before is ended"));
}

#[test]
fn what_may_be_passed_on_is_passed_on_and_no_more() {
    let mut d = Driver::consent();
    d.keys("p");
    assert!(d.notice().starts_with("select a consent in force for your own"));
    let mut view = consent();
    let g = &mut view.grants[0].standing.grant;
    (g.to, g.delegable, g.until) = (Grantee::Org(OrgId([1; 16])), true, Some(NOW + 21 * 86_400_000));
    d.answer(Answer::Consent(ABEBA, Ok(view)));
    d.keys("p");
    // Another purpose, another part: neither can be.
    d.press(KeyCode::Tab);
    d.keys(" ");
    d.press(KeyCode::Tab);
    d.press(KeyCode::Tab);
    d.keys(" ");
    let effects = d.ctrl('s');
    let [Call::Grant(_, ask)] = calls(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((ask.org, ask.parent, ask.days), (HOSPITAL, Some(GrantId([1; 16])), Some(21)));
    assert_eq!((ask.purpose, &ask.compartments[..]), (Purpose::Treatment, &[Compartment::General][..]));
}

#[test]
fn a_guardian_allows_for_somebody_and_says_whether_it_may_be_passed_on() {
    let mut d = Driver::consent();
    d.keys("g");
    d.press(KeyCode::BackTab);
    d.keys("mother");
    d.press(KeyCode::BackTab);
    d.keys(" ");
    d.press(KeyCode::BackTab);
    d.press(KeyCode::Right);
    assert!(matches!(&d.model.consent().unwrap().dialog, Dialog::Grant(f) if f.pass_on && f.only == Some(0)));
    let effects = d.ctrl('s');
    let [Call::Grant(_, ask)] = calls(&effects)[..] else { panic!("{effects:?}") };
    assert!(ask.delegable && ask.role.is_some());
    assert_eq!(ask.guardian.as_deref(), Some("mother"));
}
