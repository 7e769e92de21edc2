//! Every place of the keyboard has a picture: a new one without fails.

use std::path::Path;

use crossterm::event::KeyCode;
use jiff::tz::TimeZone;

use crate::{
    core::{auth::Verdict, governance::Role},
    jobs::{FhirIn, Job},
    node::api::{CardLook, Checking, Code, InvitationStage, Look, Working},
};

use super::{
    super::{
        desk_calls::DeskAnswer,
        fixtures::{
            ABEBA, Driver, NOW, governing, handed_over, invitation, joiner, ledger, look, no, on_attachments,
            on_retention, opened, plan, preview, sharing, status,
        },
        keymap::{Place, TABLE},
        model::{Load, Model, Page},
        msg::{Answer, Msg},
        paper_calls::PaperAnswer,
        words::{Language, Words},
    },
    tests::{draw, shot, text},
};

/// A picture on which the keyboard is there. None: parts of the table that only ever apply along with another place.
fn picture(place: Place) -> Option<&'static str> {
    Some(match place {
        Place::Anywhere | Place::Inside | Place::Text => return None,
        Place::Face => "sign_in_face",
        Place::FaceStopped => "sign_in_face_not_recognised",
        Place::Passphrase => "sign_in_passphrase",
        Place::Pin => "sign_in_pin",
        Place::Patients => "patients",
        Place::Register => "register",
        Place::ChartAny => "chart_loading",
        Place::ChartShut => "chart_refused",
        Place::Glass => "emergency_glass",
        Place::Emergency => "emergency",
        Place::Reviews => "reviews",
        Place::Work => "work",
        Place::Audit => "audit",
        Place::AuditEntry => "audit_entry",
        Place::Review => "review",
        Place::ChartRead => "chart_elsewhere",
        Place::Chart => "chart",
        Place::Visit => "visit_found",
        Place::VisitFind => "visit_find",
        Place::Consent => "consent",
        Place::Grant => "consent_grant",
        Place::Confirm => "visit_discard",
        Place::Conflict => "conflict",
        Place::Correct => "correct_who",
        Place::History => "history",
        Place::AttachmentsRead => "attachments_elsewhere",
        Place::Attachments => "attachments",
        Place::PaperLook => "paper_look",
        Place::PaperTaken => "paper_taken",
        Place::Ending => "ending_what",
        Place::Papers => "papers",
        Place::Job => "papers_running",
        Place::Paused => "papers_paused",
        Place::Outcome => "papers_took",
        Place::Twice => "twice",
        Place::Beside => "twice_beside",
        Place::Vitals => "vitals_few",
        Place::Growth => "growth_weight_for_age",
        Place::Ledger => "ledger",
        Place::Checking => "ledger_checking",
        Place::Mesh => "mesh",
        Place::Folder => "mesh_courier",
        Place::People => "people",
        Place::Enrol => "people_enrol",
        Place::AskPin => "ask_pin",
        Place::Help => "help",
        Place::Menu => "menu",
        Place::CardLook => "card_look",
        Place::CardPin => "card_pin",
        Place::CardMade => "card_made",
        Place::Requests => "requests",
        Place::Share => "share",
        Place::Taking => "share_taking",
        Place::Taken => "share_extract",
        Place::Counted => "share_counts",
        Place::Erasures => "erasures",
        Place::Govern => "govern",
        Place::Keys => "slots",
        Place::Shown => "slots_code",
        Place::Retention => "retention",
        Place::Health => "health",
        Place::Invite => "invite",
        Place::InviteCompare => "invite_compare",
        Place::InviteAgreed => "invite_agreed",
        Place::InviteCarry => "invite_carry",
        Place::Form => "people_add",
        Place::TurnLook => "turn_look",
        Place::TurnPin => "turn_pin",
        Place::TurnRecord => "turn_record",
        Place::TurnAsk => "turn_stop",
        Place::TurnWait => "turn_wait",
        Place::Busy => "visit_saving",
    })
}

/// Every place: those with keys of their own, and where one only waits.
fn places() -> Vec<Place> {
    TABLE.iter().map(|b| b.place).chain([Place::Busy, Place::TurnWait]).collect()
}

/// Where the keyboard is on the picture of this name, where it is the picture of a place.
pub(super) fn pictured(name: &str) -> Option<Place> {
    places().into_iter().find(|p| picture(*p) == Some(name))
}

#[test]
fn every_place_has_its_pictures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tui/view/snapshots");
    for place in places() {
        let Some(name) = picture(place) else { continue };
        for size in ["80x24", "160x48"] {
            let file = folder.join(format!("aidpost__tui__view__tests__{name}_{size}.snap"));
            assert!(file.exists(), "{place:?}: no picture {name}_{size}: make one with shot()");
        }
    }
}

#[test]
fn before_and_between_sign_ins() {
    let mut d = Driver {
        model: Model::new(TimeZone::UTC, NOW),
        now: NOW,
        words: Words::new(Language::English, TimeZone::UTC),
    };
    d.send(Msg::Start);
    shot("sign_in_starting", &d);
    let mut d = Driver::start(status(false, true));
    let verdict = Some(Verdict::Wait { left: 90_000 });
    d.answer(Answer::Look(Ok(Look { hint: None, verdict, ..look() })));
    shot("sign_in_waiting", &d);
    let mut d = Driver::inside();
    d.ctrl('l');
    d.answer(Answer::Lock(Ok(())));
    d.answer(Answer::Status(Ok(status(false, true))));
    shot("sign_in_resting", &d);
}

#[test]
fn what_is_still_being_read() {
    let mut d = Driver::inside();
    d.press(KeyCode::Enter);
    shot("chart_loading", &d);
    let mut o = opened();
    o.chart.own = false;
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    shot("chart_elsewhere", &d);
    let mut d = Driver::inside();
    if let Some(i) = d.model.inside() {
        i.patients.rows = Load::Loading;
    }
    shot("patients_loading", &d);
    for (key, name) in [(KeyCode::F(4), "ledger"), (KeyCode::F(5), "mesh"), (KeyCode::F(6), "people")] {
        let mut d = Driver::inside();
        d.press(key);
        let shown = text(&draw(&d, "dark", (80, 24)));
        assert!(shown.contains("loading"), "{name}: {shown}");
    }
    shot("attachments_elsewhere", &on_attachments(false));
}

#[test]
fn what_must_be_answered_first() {
    let mut d = Driver::visit();
    d.keys("fever again");
    d.ctrl('u');
    shot("visit_discard", &d);
    let mut d = Driver::chart();
    d.keys("i");
    d.keys(" Wolde");
    d.press(KeyCode::Esc);
    shot("correct_leave", &d);
    let mut d = Driver::inside();
    d.press(KeyCode::F(2));
    d.keys("Amara");
    d.press(KeyCode::Esc);
    shot("register_leave", &d);
    let mut d = governing(Role::Admin);
    d.keys("v");
    shot("govern_void", &d);
    let mut d = on_retention();
    d.keys("l");
    d.answer(Answer::Desk(DeskAnswer::Plan(Ok(Box::new(plan())))));
    d.keys("a");
    shot("retention_archive", &d);
}

#[test]
fn what_goes_on_by_itself() {
    let mut d = Driver::visit();
    d.keys("fever again");
    d.ctrl('s');
    shot("visit_saving", &d);
    let mut d = Driver::inside();
    d.press(KeyCode::F(4));
    d.answer(Answer::Ledger(Ok(ledger())));
    d.keys("v");
    let far = Checking { done: 420, left: 95_000 };
    d.answer(Answer::Desk(DeskAnswer::Checking(Some(far))));
    shot("ledger_checking", &d);
    let mut d = sharing(Role::Researcher, 0);
    d.press(KeyCode::Enter);
    d.model.inside().unwrap().proof = Some(d.now);
    // What is missing is gone to.
    d.ctrl('s');
    d.keys("/media/stick/extract.csv");
    d.ctrl('s');
    let far = Working { what: "taking out".into(), done: 300, total: 804 };
    d.answer(Answer::Desk(DeskAnswer::Working(Some(far))));
    shot("share_taking", &d);
    let mut d = crate::tui::fixtures::erasing();
    d.keys("c");
    d.model.inside().unwrap().proof = Some(d.now);
    d.keys("y");
    let far = Working { what: "sealing anew".into(), done: 3_000, total: 12_000 };
    d.answer(Answer::Desk(DeskAnswer::Working(Some(far))));
    shot("erase_sealing", &d);
    let mut d = handed_over();
    let look = CardLook { preview: preview(), code: Some(Code("AIDCARD0".into())) };
    d.answer(Answer::LookForCard(Ok(look)));
    d.keys("274913");
    d.press(KeyCode::Enter);
    shot("turn_wait", &d);
    let mut d = governing(Role::Admin);
    d.keys("o");
    let there = invitation(InvitationStage::Comparing(joiner(false)));
    d.answer(Answer::Desk(DeskAnswer::Invitation(Ok(Some(there)))));
    d.keys("y");
    shot("invite_agreed", &d);
}

#[test]
fn work_that_waits() {
    let mut d = Driver::chart();
    d.model.inside().unwrap().proof = Some(d.now);
    d.keys("p");
    let Some(Page::Papers(p)) = d.model.page() else { panic!("not that screen") };
    p.selected =
        super::super::papers::KINDS.iter().position(|k| *k == super::super::papers::Kind::FhirIn).unwrap();
    d.press(KeyCode::Enter);
    d.keys("/media/stick/in");
    d.ctrl('s');
    let job = || Box::new(Job::FhirIn(FhirIn::new(vec!["a.json".into(), "b.json".into()], "")));
    d.answer(Answer::Papers(PaperAnswer::Begun(Ok(job()))));
    d.answer(Answer::Papers(PaperAnswer::Stepped(job(), Err(no("the disk is full: free some space")))));
    shot("papers_paused", &d);
}
