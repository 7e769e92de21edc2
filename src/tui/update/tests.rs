//! From key to effect and from answer to screen, without a terminal or a node.

use crossterm::event::KeyCode;

use crate::{
    core::{
        auth::IDLE,
        block::Kind,
        id::{BlockId, PatientId, RecordId, VersionId},
    },
    node::api::{Change, Changes, Fault, FaultKind, VisitDraft},
    tui::{
        fixtures::{
            ABEBA, Driver, HOSPITAL, asked, calls, consent, deciding, ledger, likely, opened, patients,
            refused_chart, saved, status,
        },
        forms::VisitState,
        keymap::Place,
        model::{Dialog, Page, Room, Tone, Way},
        msg::{Answer, Call, Effect, Msg},
        update::sign_in_tests::way,
    },
};

fn fault(kind: FaultKind, words: &str) -> Fault {
    Fault::new(kind, words)
}

fn draft(reason: &str) -> VisitDraft {
    VisitDraft { reason: reason.into(), vitals: vec![String::new(); 8], ..VisitDraft::default() }
}

#[test]
fn searching_asks_one_question_at_a_time_and_ends_at_the_text_typed() {
    let mut d = Driver::inside();
    assert_eq!(calls(&d.keys("abe")), [&Call::Patients("a".into())]);
    assert!(d.press(KeyCode::Enter).is_empty(), "an older list opens nobody");
    let effects = d.answer(Answer::Patients("a".into(), Ok(patients())));
    assert_eq!(calls(&effects), [&Call::Patients("abe".into())]);
    let only = vec![patients().remove(0)];
    assert!(d.answer(Answer::Patients("abe".into(), Ok(only))).is_empty());
    assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Chart(ABEBA)]);
    assert!(d.keys("n").is_empty(), "no visit in a chart that isn't open");
}

#[test]
fn who_may_be_the_same_is_asked_after_a_pause_and_one_key_opens_them() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(2));
    d.keys("Ab");
    assert!(d.wait(500).is_empty(), "two letters fit everybody");
    assert!(d.keys("eba").is_empty() && d.wait(399).is_empty(), "not while one types");
    let effects = d.wait(1);
    assert!(matches!(calls(&effects)[..], [Call::Likely(p)] if p.name == "Abeba"));
    assert!(d.keys("x").is_empty() && d.wait(500).is_empty(), "one question at a time");
    let first = asked(&d);
    d.answer(Answer::Likely(first, Ok(likely())));
    assert_eq!(calls(&d.wait(1)).len(), 1, "what was typed meanwhile");
    let second = asked(&d);
    d.press(KeyCode::PageDown);
    d.answer(Answer::Likely(second.clone(), Ok(likely())));
    let effects = d.ctrl('o');
    let marked = PatientId([9; 16]);
    assert!(
        matches!(calls(&effects)[..], [Call::KeepForm(..), Call::Chart(id)] if *id == marked),
        "{effects:?}"
    );
    assert!(d.answer(Answer::Likely(second, Ok(likely()))).is_empty(), "a late answer");
    // It was somebody else after all: nothing that was typed is gone.
    d.press(KeyCode::F(3));
    d.press(KeyCode::F(2));
    assert!(matches!(d.model.page(), Some(Page::Register(f)) if f.name.text() == "Abebax"));
    assert!(matches!(calls(&d.ctrl('s'))[..], [Call::Register(..)]), "nothing blocks");
}

#[test]
fn a_decision_is_made_field_by_field_and_signed_once() {
    let mut d = deciding();
    d.press(KeyCode::Down);
    d.press(KeyCode::Right);
    let effects = d.ctrl('s');
    let take = vec![("Weight".to_string(), VersionId([2; 16]))];
    let (record, keep) = (RecordId([0x41; 16]), VersionId([1; 16]));
    assert_eq!(calls(&effects), [&Call::Resolve(ABEBA, record, keep, take.clone())]);
    assert!(d.ctrl('s').is_empty() && d.press(KeyCode::Esc).is_empty(), "it is on its way");
    d.answer(Answer::Resolve(ABEBA, Err(fault(FaultKind::Failed, "the disk is full: make room"))));
    assert_eq!(d.notice(), "the disk is full: make room");
    assert_eq!(calls(&d.ctrl('s')), [&Call::Resolve(ABEBA, record, keep, take)], "what was chosen stays");
    let effects = d.answer(Answer::Resolve(ABEBA, Ok(saved())));
    assert_eq!(calls(&effects), [&Call::Chart(ABEBA)]);
    assert!(d.notice().contains("decided"));
    let mut d = deciding();
    assert!(d.press(KeyCode::Esc).is_empty());
    assert!(matches!(d.model.page(), Some(Page::Chart(_))), "the chart is not read again");
}

#[test]
fn the_archive_is_a_list_of_its_own_and_a_chart_from_it_is_brought_back_on_request() {
    let mut d = Driver::inside();
    assert_eq!(calls(&d.press(KeyCode::F(9))), [&Call::Archived(String::new())]);
    assert!(d.press(KeyCode::Enter).is_empty(), "nobody is listed yet");
    assert_eq!(calls(&d.press(KeyCode::F(9))).len(), 0, "one question at a time");
    let effects = d.answer(Answer::Archived(String::new(), Ok(patients())));
    assert_eq!(calls(&effects), [&Call::Patients(String::new())], "the answer was to the other question");
    d.answer(Answer::Patients(String::new(), Ok(Vec::new())));
    d.press(KeyCode::F(9));
    d.answer(Answer::Archived(String::new(), Ok(patients())));
    assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Chart(ABEBA)]);
    let mut away = opened();
    away.chart.shelved.since = Some(d.now);
    d.answer(Answer::Chart(ABEBA, Ok(away)));
    assert_eq!(calls(&d.keys("a")), [&Call::Unarchive(ABEBA)]);
    d.answer(Answer::Unarchive(ABEBA, Ok(saved())));
    assert!(d.notice().contains("back in the list"), "{}", d.notice());
    assert!(d.keys("a").is_empty(), "it is back already");
    assert_eq!(calls(&d.press(KeyCode::Esc)), [&Call::Patients(String::new())], "the list of every day");
}

#[test]
fn who_is_due_is_a_list_of_its_own_that_one_comes_back_to() {
    let mut d = Driver::inside();
    assert_eq!(calls(&d.ctrl('n')), [&Call::Due(String::new())]);
    d.answer(Answer::Due(String::new(), Ok(patients())));
    assert_eq!(calls(&d.keys("n")), [&Call::Due("n".into())], "typing narrows it");
    d.answer(Answer::Due("n".into(), Ok(patients())));
    assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Chart(ABEBA)]);
    d.answer(Answer::Chart(ABEBA, Ok(opened())));
    assert_eq!(calls(&d.press(KeyCode::Esc)), [&Call::Due("n".into())], "on to the next of them");
    d.answer(Answer::Due("n".into(), Ok(patients())));
    assert_eq!(calls(&d.press(KeyCode::Esc)), [&Call::Due(String::new())]);
    d.answer(Answer::Due(String::new(), Ok(patients())));
    assert_eq!(calls(&d.press(KeyCode::Esc)), [&Call::Patients(String::new())]);
}

#[test]
fn a_registered_patient_is_selected_in_the_list() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(2));
    d.keys("Nyota");
    let effects = d.ctrl('s');
    assert!(matches!(calls(&effects)[..], [Call::Register(p, None)] if p.name == "Nyota"));
    assert!(d.keys("x").is_empty() && d.press(KeyCode::Esc).is_empty(), "nothing changes meanwhile");
    d.answer(Answer::Register(Err(fault(FaultKind::Failed, "the disk is full: make room"))));
    assert_eq!(d.notice(), "the disk is full: make room");
    assert!(matches!(d.model.page(), Some(Page::Register(f)) if f.name.text() == "Nyota"));
    d.ctrl('s');
    let effects = d.answer(Answer::Register(Ok(PatientId([3; 16]))));
    assert_eq!(calls(&effects), [&Call::Patients(String::new())]);
    d.answer(Answer::Patients(String::new(), Ok(patients())));
    assert_eq!(d.model.inside().unwrap().patients.current().unwrap().id, PatientId([3; 16]));
}

#[test]
fn nothing_is_said_to_be_saved_before_the_node_says_so() {
    let mut d = Driver::visit();
    d.keys("cough");
    let effects = d.ctrl('s');
    assert_eq!(calls(&effects), [&Call::WriteVisit(ABEBA, draft("cough"))]);
    assert_eq!(d.notice(), "");
    assert!(d.ctrl('s').is_empty(), "one save at a time");
    assert!(d.keys("more").is_empty() && d.press(KeyCode::Esc).is_empty());
    let effects = d.answer(Answer::WriteVisit(ABEBA, Ok(saved())));
    assert_eq!(calls(&effects), [&Call::KeepDraft(ABEBA, None), &Call::Chart(ABEBA)]);
    assert_eq!(d.notice(), "visit saved: block 32 (77777777), 612 bytes sealed");
    d.answer(Answer::Chart(ABEBA, Ok(opened())));
    assert!(d.notice().contains("visit saved"), "still said when the chart is there");
}

#[test]
fn a_lost_answer_is_never_taken_for_saved_or_not_saved() {
    let mut d = Driver::visit();
    d.keys("cough");
    d.ctrl('s');
    d.answer(Answer::WriteVisit(ABEBA, Err(fault(FaultKind::Unreachable, "the node took too long"))));
    assert!(d.notice().contains("not known whether the visit was saved"), "{}", d.notice());
    assert!(d.notice().contains("took too long"), "{}", d.notice());
    assert_eq!(d.model.visit().unwrap().reason.text(), "cough");
}

#[test]
fn a_failed_save_keeps_all_that_was_typed() {
    let mut d = Driver::visit();
    d.keys("cough");
    d.press(KeyCode::Tab);
    d.keys("36.9");
    d.ctrl('s');
    d.answer(Answer::WriteVisit(ABEBA, Err(fault(FaultKind::Failed, "the disk is full: make room"))));
    assert_eq!(d.model.notice.as_ref().unwrap().tone, Tone::Danger);
    let f = d.model.visit().unwrap();
    assert_eq!((f.reason.text(), f.vitals[0].text(), f.state), ("cough", "36.9", VisitState::Editing));
    assert_eq!(calls(&d.ctrl('s')).len(), 1, "and it can be saved again");
}

#[test]
fn an_unusual_value_asks_and_an_impossible_one_is_refused() {
    let mut d = Driver::visit();
    d.keys("fever");
    d.press(KeyCode::Tab);
    d.keys("394");
    assert!(d.ctrl('s').is_empty());
    assert!(d.notice().contains("Temperature: 394 °C is not possible (24 to 45)"), "{}", d.notice());
    d.press(KeyCode::Backspace);
    d.keys(".4");
    assert!(d.ctrl('s').is_empty());
    assert_eq!(d.notice(), "unusual: Temperature 39.4 °C (usual 35.5 to 38): press Ctrl-S again if right");
    assert_eq!(calls(&d.ctrl('s')).len(), 1);
}

#[test]
fn a_draft_is_kept_after_a_pause_and_offered_again() {
    let mut d = Driver::visit();
    d.keys("cou");
    assert!(d.wait(999).is_empty());
    assert_eq!(calls(&d.wait(1)), [&Call::KeepDraft(ABEBA, Some(draft("cou")))]);
    assert!(d.wait(5_000).is_empty(), "kept once");
    d.keys("gh");
    let effects = d.press(KeyCode::Esc);
    assert_eq!(calls(&effects), [&Call::KeepDraft(ABEBA, Some(draft("cough")))]);
    d.keys("n");
    assert!(d.notice().contains("restored; Ctrl-U discards"));
    assert_eq!(d.model.visit().unwrap().reason.text(), "cough");
}

#[test]
fn a_draft_left_before_a_lock_comes_with_the_chart() {
    let mut d = Driver::inside();
    d.press(KeyCode::Enter);
    let mut o = opened();
    o.draft = Some(draft("burn"));
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    d.keys("n");
    assert_eq!(d.model.visit().unwrap().reason.text(), "burn");
    d.ctrl('u');
    assert!(d.keys("n").is_empty());
    assert_eq!(d.model.visit().unwrap().reason.text(), "burn", "n keeps it");
    d.ctrl('u');
    assert_eq!(calls(&d.keys("y")), [&Call::KeepDraft(ABEBA, None)]);
    assert!(d.model.visit().unwrap().reason.is_empty());
}

#[test]
fn five_idle_minutes_lock_keep_the_draft_and_forget_what_was_read() {
    let mut d = Driver::visit();
    d.keys("cough");
    let effects = d.wait(IDLE);
    assert_eq!(calls(&effects), [&Call::KeepDraft(ABEBA, Some(draft("cough"))), &Call::Lock, &Call::Status]);
    assert!(matches!(d.model.room, Room::SignIn(_)));
    assert!(!format!("{:?}", d.model.room).contains("Abeba"));
}

#[test]
fn a_terminal_does_not_lock_while_it_saves() {
    let mut d = Driver::visit();
    d.keys("cough");
    d.ctrl('s');
    assert!(d.wait(IDLE).is_empty());
    d.ctrl('q');
    assert!(d.model.inside().is_some());
    d.answer(Answer::WriteVisit(ABEBA, Ok(saved())));
    d.now += IDLE;
    assert!(calls(&d.send(Msg::Tick)).contains(&&Call::Lock));
}

#[test]
fn the_node_hears_once_a_minute_that_somebody_is_there() {
    let mut d = Driver::chart();
    assert!(d.press(KeyCode::Down).is_empty());
    assert!(d.wait(60_000).is_empty(), "without a key there is nothing to tell");
    assert_eq!(calls(&d.press(KeyCode::Down)), [&Call::Touch]);
    assert!(d.press(KeyCode::Up).is_empty());
}

#[test]
fn answers_to_an_earlier_person_are_dropped() {
    let mut d = Driver::chart();
    let before = d.model.session;
    d.ctrl('l');
    let late = Msg::Answer { session: before, answer: Box::new(Answer::Chart(ABEBA, Ok(opened()))) };
    assert!(d.send(late).is_empty());
    assert!(matches!(way(&d), Way::Starting { .. }));
}

#[test]
fn after_a_lock_the_camera_rests_until_a_key_is_pressed() {
    let mut d = Driver::inside();
    d.ctrl('l');
    assert!(d.answer(Answer::Status(Ok(status(false, true)))).is_empty());
    assert!(d.wait(60_000).is_empty());
    assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::Look(true)]);
}

#[test]
fn a_node_that_signed_the_person_out_is_believed() {
    let mut d = Driver::visit();
    d.keys("cough");
    let locked = Changes { next: 7, changes: vec![Change::Locked] };
    assert_eq!(calls(&d.answer(Answer::Events(Ok(locked)))), [&Call::Events(7), &Call::Status]);
    d.answer(Answer::Status(Ok(status(false, false))));
    assert!(matches!(way(&d), Way::Passphrase(_)));
}

#[test]
fn a_wait_that_ended_without_news_draws_nothing() {
    let mut d = Driver::inside();
    d.model.dirty = false;
    d.answer(Answer::Events(Ok(Changes { next: 7, changes: Vec::new() })));
    d.wait(250);
    assert!(!d.model.dirty);
    d.answer(Answer::Events(Err(Fault::new(FaultKind::Unreachable, "gone"))));
    assert!(d.model.dirty, "that is said");
}

#[test]
fn stopping_to_share_is_confirmed_first() {
    let mut d = Driver::consent();
    assert!(d.keys("s").is_empty());
    assert!(d.press(KeyCode::Esc).is_empty());
    d.keys("s");
    assert_eq!(calls(&d.keys("y")), [&Call::StopSharing(ABEBA, HOSPITAL)]);
    assert!(matches!(d.model.consent().unwrap().dialog, Dialog::Writing));
    assert_eq!(d.notice(), "");
    let effects = d.answer(Answer::StopSharing(ABEBA, Ok(saved())));
    assert_eq!(calls(&effects), [&Call::Consent(ABEBA)]);
    assert!(d.notice().contains("sharing stopped: block 32"));
    d.press(KeyCode::Down);
    assert!(d.keys("sy").is_empty(), "what ended can't be stopped");
}

#[test]
fn a_grant_is_sent_as_shown_and_kept_when_it_fails() {
    let mut d = Driver::consent();
    d.keys("g");
    let effects = d.ctrl('s');
    assert!(
        matches!(calls(&effects)[..], [Call::Grant(_, ask)] if ask.org == HOSPITAL && ask.days == Some(30))
    );
    d.answer(Answer::Grant(ABEBA, Err(fault(FaultKind::Locked, "a nurse may not do this"))));
    assert!(matches!(&d.model.consent().unwrap().dialog, Dialog::Grant(f) if !f.sending));
    d.press(KeyCode::Esc);
    assert!(matches!(d.model.consent().unwrap().dialog, Dialog::None));
    assert_eq!(d.model.consent().unwrap().view.ready(), Some(&consent()));
}

#[test]
fn changes_reload_what_is_shown_but_never_read_a_chart_again() {
    let mut d = Driver::chart();
    let grown = || Changes { next: 3, changes: vec![Change::Ledger] };
    let effects = d.answer(Answer::Events(Ok(grown())));
    assert_eq!(calls(&effects), [&Call::Events(3), &Call::Ledger]);
    let mut view = ledger();
    view.blocks.retain(|b| b.kind != Kind::Records || b.id == BlockId([0x41; 32]));
    d.answer(Answer::Ledger(Ok(view)));
    assert!(!d.model.chart().unwrap().stale, "the own recorded read is no news");
    d.answer(Answer::Ledger(Ok(ledger())));
    assert!(d.model.chart().unwrap().stale);
    assert_eq!(calls(&d.keys("r")), [&Call::Chart(ABEBA)], "only a key reads it again");
    d.press(KeyCode::F(5));
    let effects = d.answer(Answer::Events(Ok(grown())));
    assert_eq!(calls(&effects), [&Call::Events(3), &Call::Mesh]);
}

#[test]
fn a_lost_node_is_asked_again_after_a_while() {
    let mut d = Driver::inside();
    let gone = fault(FaultKind::Unreachable, "the node does not answer");
    assert!(d.answer(Answer::Events(Err(gone))).is_empty());
    assert!(d.wait(1_000).is_empty());
    assert_eq!(calls(&d.wait(1_000)), [&Call::Events(0)]);
    assert!(d.wait(1_000).is_empty());
}

#[test]
fn a_courier_asks_for_its_folder() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(5));
    d.answer(Answer::Mesh(Ok(crate::tui::fixtures::mesh())));
    d.keys("i");
    assert!(d.press(KeyCode::Enter).is_empty());
    d.keys("/media/stick s");
    assert_eq!(calls(&d.press(KeyCode::Enter)), [&Call::CourierIn("/media/stick s".into())]);
    assert!(d.keys("s").is_empty(), "one thing at a time");
    d.answer(Answer::CourierIn(Ok(Vec::new())));
    assert_eq!(d.notice(), "no bundle for this terminal in that folder");
    d.keys("i");
    d.press(KeyCode::Backspace);
    let sent = d.press(KeyCode::Enter);
    assert_eq!(calls(&sent), [&Call::CourierIn("/media/stick".into())], "it needn't be typed anew");
}

#[test]
fn who_is_being_registered_is_not_lost_without_a_word() {
    let mut d = Driver::inside();
    d.keys("nyota");
    d.press(KeyCode::F(2));
    d.press(KeyCode::Esc);
    assert!(matches!(d.model.page(), Some(Page::Patients)), "what was searched for is in the search still");
    d.press(KeyCode::F(2));
    d.press(KeyCode::Tab);
    d.keys("19");
    assert!(d.press(KeyCode::Esc).is_empty());
    assert_eq!(Place::of(&d.model), Place::Confirm);
    assert!(d.keys("n").is_empty());
    assert!(matches!(d.model.page(), Some(Page::Register(f)) if f.birth_year.text() == "19"));
    let effects = d.press(KeyCode::F(5));
    assert!(matches!(calls(&effects)[..], [Call::KeepForm(..), Call::Mesh]), "{effects:?}");
    assert!(d.notice().contains("is kept"), "{}", d.notice());
    d.press(KeyCode::F(3));
    d.press(KeyCode::F(2));
    d.keys("z");
    d.press(KeyCode::Esc);
    d.keys("y");
    assert!(matches!(d.model.page(), Some(Page::Patients)));
    d.press(KeyCode::F(2));
    d.keys("x");
    d.ctrl('l');
    assert!(d.notice().contains("is kept: F2"), "{}", d.notice());
}

#[test]
fn the_key_of_the_list_begins_another_search_and_esc_goes_on_with_the_last() {
    let mut d = Driver::inside();
    d.keys("abe");
    d.answer(Answer::Patients("abe".into(), Ok(patients())));
    d.press(KeyCode::F(5));
    d.press(KeyCode::Esc);
    assert_eq!(d.model.inside().unwrap().patients.query.text(), "abe");
    d.press(KeyCode::F(5));
    d.press(KeyCode::F(3));
    d.keys("ny");
    assert_eq!(d.model.inside().unwrap().patients.query.text(), "ny");
}

#[test]
fn leaving_keeps_the_draft_and_signs_out() {
    let mut d = Driver::visit();
    d.keys("cough");
    let effects = d.ctrl('q');
    assert_eq!(calls(&effects), [&Call::KeepDraft(ABEBA, Some(draft("cough"))), &Call::Lock]);
    assert_eq!(effects.last(), Some(&Effect::Quit));
}

#[test]
fn pasted_text_goes_to_the_field_without_its_control_characters() {
    let mut d = Driver::visit();
    d.send(Msg::Paste("cough\u{1b}[31m\nsince Monday".into()));
    assert_eq!(d.model.visit().unwrap().reason.text(), "cough[31msince Monday");
    assert!(matches!(d.model.page(), Some(Page::Visit(..))));
}

#[test]
fn a_record_is_opened_in_an_emergency_only_with_a_reason_and_a_pin() {
    use crate::{
        core::rights::Reason,
        tui::fixtures::{emergency, refused_chart, refused_id, reviews},
    };
    // What may be read offers nothing of the kind.
    let mut d = Driver::chart();
    d.keys("b");
    assert!(d.model.chart().unwrap().glass.is_none());
    let mut d = refused_chart();
    d.keys("b");
    d.press(KeyCode::Left);
    assert_eq!(d.ctrl('s'), [], "another reason must be written");
    d.keys("bus crash");
    let effects = d.ctrl('s');
    let want = Call::BreakGlass(refused_id(), Reason::Other, "bus crash".into());
    assert_eq!(calls(&effects), [&want]);
    assert!(d.model.writing(), "nothing is said to be opened before the node did");
    d.answer(Answer::Emergency(refused_id(), Err(fault(FaultKind::Locked, "not allowed"))));
    assert!(matches!(d.model.page(), Some(Page::Chart(_))));
    d.ctrl('s');
    d.answer(Answer::Emergency(refused_id(), Ok(emergency())));
    assert!(matches!(d.model.page(), Some(Page::Emergency(_))));
    assert_eq!(calls(&d.keys("r")), [&Call::Emergency(refused_id())]);

    // A review of one's own is not even offered.
    d.press(KeyCode::F(7));
    let mut rows = reviews();
    rows[0].staff = crate::tui::fixtures::who().name;
    d.answer(Answer::Reviews(Ok(rows)));
    d.keys("j");
    assert!(matches!(d.model.page(), Some(Page::Reviews(r)) if r.form.is_none()));
    d.press(KeyCode::Down);
    d.keys("u");
    d.keys("asleep");
    d.press(KeyCode::Tab);
    d.keys(" ");
    match calls(&d.ctrl('s')).as_slice() {
        [Call::Review(of, ask)] => {
            assert_eq!((*of, ask.told, ask.note.as_str()), (BlockId([9; 32]), true, "asleep"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn before_a_stop_the_draft_is_kept_and_after_a_long_one_it_locks_before_anything_is_drawn() {
    let mut d = Driver::visit();
    d.keys("cough");
    let effects = d.ctrl('z');
    assert!(matches!(calls(&effects)[..], [Call::KeepDraft(ABEBA, Some(_))]), "{effects:?}");
    assert_eq!(effects.last(), Some(&Effect::Suspend));
    d.now += 60_000;
    assert_eq!(d.send(Msg::Continued), [Effect::TakeAgain]);
    assert!(matches!(d.model.page(), Some(Page::Visit(..))), "a minute is nothing");

    assert_eq!(d.send(Msg::Suspend), [Effect::Suspend], "asked from outside, with nothing new typed");
    d.now += IDLE;
    let effects = d.send(Msg::Continued);
    assert_eq!(effects.first(), Some(&Effect::TakeAgain));
    assert!(calls(&effects).contains(&&Call::Lock) && matches!(d.model.room, Room::SignIn(_)));

    // What was asked before the stop is late; that is no fault.
    assert!(d.answer(Answer::Events(Err(fault(FaultKind::Unreachable, "too late")))).is_empty());
    assert!(!d.notice().contains("too late"), "{}", d.notice());
    assert!(calls(&d.wait(0)).contains(&&Call::Events(0)), "it is asked again at once");
}

#[test]
fn a_part_that_failed_is_told_and_the_screen_goes_on() {
    let mut d = Driver::visit();
    d.keys("cough");
    assert!(d.send(Msg::Broken("src/mesh/x.rs:1:1".into())).is_empty());
    assert!(d.notice().contains("src/mesh/x.rs:1:1"));
    d.keys(" for days");
    assert!(d.model.visit().is_some_and(|f| f.reason.text() == "cough for days"));
}

#[test]
fn esc_asks_before_what_was_typed_is_thrown_away() {
    let at = |d: &Driver| Place::of(&d.model);
    let mut d = Driver::consent();
    d.keys("g");
    d.press(KeyCode::Esc);
    assert_eq!(at(&d), Place::Consent, "nothing was typed");
    d.keys("g");
    d.press(KeyCode::BackTab);
    d.keys("mother");
    d.press(KeyCode::Esc);
    assert_eq!(at(&d), Place::Confirm);
    d.keys("n");
    assert!(
        matches!(d.model.consent().map(|c| &c.dialog), Some(Dialog::Grant(f)) if f.guardian.text() == "mother")
    );
    d.ctrl('q');
    assert_eq!(at(&d), Place::Confirm, "nor does Ctrl-Q");
    d.keys("n");
    d.press(KeyCode::Esc);
    d.keys("y");
    assert_eq!(at(&d), Place::Consent);

    let mut d = refused_chart();
    d.keys("b");
    d.press(KeyCode::Tab);
    d.keys("unconscious");
    d.press(KeyCode::Esc);
    assert_eq!(at(&d), Place::Confirm);
    d.keys("n");
    assert_eq!(at(&d), Place::Glass);
    d.press(KeyCode::Esc);
    d.keys("y");
    assert_eq!(at(&d), Place::ChartShut);

    // A form of any other screen, and what the lock says of it.
    let mut d = Driver::chart();
    d.ctrl('k');
    d.keys("p");
    assert_eq!(at(&d), Place::Form);
    d.keys("river stone");
    d.press(KeyCode::Esc);
    assert_eq!(at(&d), Place::Confirm);
    d.keys("n");
    assert_eq!(at(&d), Place::Form);
    d.wait(IDLE);
    assert!(d.notice().contains("half filled in"), "{}", d.notice());
}
