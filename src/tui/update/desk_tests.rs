//! This terminal: its key slots, how long records are kept, its health. From key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::id::PatientId,
    node::api::{ArchivePlan, BackedUp, Code, Passphrase, RetentionChange, Verdict, Working},
    store::backup::Missing,
    tui::{
        desk_calls::{DeskAnswer, DeskCall, NewSchedule},
        fixtures::{ABEBA, Driver, calls, no, on_health, on_retention, on_slots, plan, saved},
        health::BackingUp,
        keymap::Place,
        model::Page,
        msg::{Answer, Call, Effect},
    },
};

fn desk(effects: &[Effect]) -> Vec<&DeskCall> {
    let all = calls(effects).into_iter();
    all.filter_map(|c| if let Call::Desk(call) = c { Some(call) } else { None }).collect()
}

fn answer(d: &mut Driver, answer: DeskAnswer) -> Vec<Effect> {
    d.answer(Answer::Desk(answer))
}

#[test]
fn ones_own_passphrase_is_changed_with_the_one_of_now() {
    let mut d = on_slots();
    d.keys("p");
    d.keys("the one of now");
    d.press(KeyCode::Tab);
    d.keys("another one altogether");
    d.press(KeyCode::Tab);
    d.keys("another one altogethe");
    assert!(d.ctrl('s').is_empty() && d.notice().starts_with("the two passphrases differ"));
    for _ in 0..2 {
        d.keys("another one altogether");
        d.press(KeyCode::Tab);
    }
    let effects = d.ctrl('s');
    let (old, new) = (Passphrase("the one of now".into()), Passphrase("another one altogether".into()));
    assert_eq!(desk(&effects), [&DeskCall::Passphrase(old, new)]);
    assert!(!format!("{effects:?}{:?}", d.model).contains("altogether"), "never printed");
    answer(
        &mut d,
        DeskAnswer::Passphrase(Err(no("that is not your passphrase of now: nothing was changed"))),
    );
    assert!(d.model.form().is_some_and(|f| f.focus == 0 && !f.sending));
    answer(&mut d, DeskAnswer::Passphrase(Ok(())));
    assert!(d.model.form().is_none() && d.notice().starts_with("changed"));
}

#[test]
fn a_recovery_code_stays_on_the_screen_until_it_is_said_to_be_on_paper() {
    let mut d = on_slots();
    d.model.inside().unwrap().proof = None;
    assert!(
        d.keys("cn").is_empty() && d.keys("c").is_empty(),
        "it is asked first: the one of before is dead then"
    );
    assert!(d.keys("y").is_empty(), "the PIN first");
    d.model.inside().unwrap().proof = Some(d.now);
    assert_eq!(desk(&d.keys("y")), [&DeskCall::RecoveryCode]);
    assert!(d.model.writing());
    answer(&mut d, DeskAnswer::RecoveryCode(Ok(Code("ABCDE-FGHIJ".into()))));
    d.press(KeyCode::Esc);
    d.press(KeyCode::F(5));
    assert_eq!(Place::of(&d.model), Place::Shown, "no other key leads away");
    assert!(!format!("{:?}", d.model).contains("ABCDE"), "never printed");
    assert!(d.ctrl('c').is_empty() && d.ctrl('q').is_empty());
    assert!(d.notice().starts_with("the code is shown once"), "{}", d.notice());
    d.keys("y");
    assert_eq!(Place::of(&d.model), Place::Keys);
    d.keys("cy");
    answer(&mut d, DeskAnswer::RecoveryCode(Ok(Code("ABCDE-FGHIJ".into()))));
    d.wait(crate::core::auth::IDLE);
    assert_eq!(d.notice(), "a code was made, and nobody saw it: make another");
}

#[test]
fn a_way_in_is_taken_away_and_another_passphrase_given() {
    let mut d = on_slots();
    d.press(KeyCode::Down);
    d.press(KeyCode::Down);
    d.keys("xn");
    d.keys("x");
    assert_eq!(desk(&d.keys("y")), [&DeskCall::RemoveSlot("bela".into())]);
    assert_eq!(desk(&answer(&mut d, DeskAnswer::RemoveSlot(Ok(())))), [&DeskCall::Slots]);
    d.keys("n");
    for _ in 0..2 {
        d.keys("one two three");
        d.press(KeyCode::Tab);
    }
    let want = DeskCall::Reset("bela".into(), Passphrase("one two three".into()));
    assert_eq!(desk(&d.ctrl('s')), [&want]);
    answer(&mut d, DeskAnswer::Reset(Err(no("too short"))));
    d.press(KeyCode::Esc);
    d.press(KeyCode::Down);
    d.keys("x");
    assert!(d.notice().starts_with("this slot was not made here"));
}

#[test]
fn what_is_due_is_looked_at_before_it_is_archived() {
    let mut d = on_retention();
    d.keys("a");
    assert!(d.notice().starts_with("look first"));
    assert_eq!(desk(&d.keys("l")), [&DeskCall::Due(false), &DeskCall::Working]);
    let far = Working { what: "looking".into(), done: 3, total: 8 };
    assert_eq!(desk(&answer(&mut d, DeskAnswer::Working(Some(far)))), [&DeskCall::Working]);
    d.keys("l");
    assert!(d.notice().starts_with("still busy"));
    answer(&mut d, DeskAnswer::Plan(Ok(Box::new(plan()))));
    assert!(desk(&answer(&mut d, DeskAnswer::Working(None))).is_empty(), "nobody waits any more");
    d.keys("an");
    d.keys("a");
    d.model.inside().unwrap().proof = None;
    assert!(d.keys("y").is_empty(), "the PIN first");
    d.model.inside().unwrap().proof = Some(d.now);
    assert_eq!(desk(&d.keys("y"))[0], &DeskCall::Due(true));
    answer(&mut d, DeskAnswer::Plan(Ok(Box::new(ArchivePlan { adopted: false, ..plan() }))));
    d.keys("a");
    assert!(d.notice().starts_with("This schedule is a proposal"));
}

#[test]
fn a_schedule_is_read_before_it_is_adopted_and_a_hold_has_a_reason() {
    let mut d = on_retention();
    d.keys("s");
    d.keys("/media/s.toml");
    assert_eq!(desk(&d.ctrl('s')), [&DeskCall::ReadSchedule("/media/s.toml".into())]);
    let (path, name) = ("/media/s.toml".into(), "District".into());
    answer(&mut d, DeskAnswer::ReadSchedule(Ok(NewSchedule { path, name, text: "text".into() })));
    assert_eq!(desk(&d.ctrl('s')), [&DeskCall::Retain(RetentionChange::Adopt("text".into()))]);
    assert_eq!(desk(&answer(&mut d, DeskAnswer::Retain(Ok(saved())))), [&DeskCall::Retention]);

    d.keys("s");
    d.ctrl('s');
    let shipped = RetentionChange::Adopt(crate::core::retention::SHIPPED.into());
    assert_eq!(desk(&d.ctrl('s')), [&DeskCall::Retain(shipped)], "without a file the one that comes with it");
    answer(&mut d, DeskAnswer::Retain(Ok(saved())));

    d.keys("u");
    assert!(d.ctrl('s').is_empty() && d.notice().starts_with("say why"));
    d.keys("case closed");
    let (patient, reason) = (PatientId([2; 16]), "case closed".into());
    assert_eq!(desk(&d.ctrl('s')), [&DeskCall::Retain(RetentionChange::Release { patient, reason })]);

    let mut d = Driver::chart();
    d.ctrl('a');
    d.keys("h");
    d.keys("court");
    let reason = "court".into();
    assert_eq!(
        desk(&d.ctrl('s')),
        [&DeskCall::Retain(RetentionChange::Hold { patient: ABEBA, reason })],
        "whoever is on the screen"
    );
    d.answer(Answer::Desk(DeskAnswer::Retain(Ok(saved()))));
    d.press(KeyCode::Esc);
    assert!(matches!(d.model.page(), Some(Page::Chart(_))), "back without another read");
}

fn health(d: &mut Driver) -> &crate::tui::health::HealthPage {
    match d.model.page() {
        Some(Page::Health(h)) => h,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_terminal_is_sealed_once_that_was_confirmed() {
    let mut d = on_health();
    assert!(desk(&d.keys("s")).is_empty(), "nobody is signed out by one key");
    d.press(KeyCode::Esc);
    assert!(d.model.form().is_none());
    d.keys("s");
    assert_eq!(desk(&d.ctrl('s')), [&DeskCall::Seal]);
    answer(&mut d, DeskAnswer::Seal(Err(no("the node is busy"))));
    assert!(d.notice().contains("busy") && d.model.form().is_some_and(|f| !f.sending));
}

#[test]
fn the_worst_stands_first_and_a_backup_is_made_into_a_folder() {
    let mut d = on_health();
    assert_eq!(health(&mut d).listed()[0].verdict, Verdict::Bad);
    assert_eq!(health(&mut d).listed()[1].verdict, Verdict::Attention);
    d.keys("b");
    assert!(d.ctrl('s').is_empty() && d.notice().starts_with("type the folder"));
    d.keys("/media/b");
    assert_eq!(desk(&d.ctrl('s')), [&DeskCall::Backup("/media/b".into()), &DeskCall::Working]);
    d.keys("b");
    assert!(d.notice().starts_with("still busy") && !d.model.writing(), "one can go elsewhere");
    d.press(KeyCode::F(5));
    let made = BackedUp {
        path: "/media/b/aidpost-2026-03-02-083000.backup".into(),
        bytes: 41_000,
        blocks: 58,
        from: 0,
        to: 58,
        kit_printed: false,
        missing: Missing::default(),
    };
    answer(&mut d, DeskAnswer::Backup(Ok(Box::new(made.clone()))));
    assert!(d.notice().starts_with("backup written: /media/b/aidpost-2026"), "wherever one is");
    let mut d = on_health();
    d.keys("b");
    d.keys("/media/b");
    d.ctrl('s');
    answer(&mut d, DeskAnswer::Backup(Err(no("/media/b: not there: make the folder"))));
    assert!(matches!(health(&mut d).backup, BackingUp::No));
    d.keys("b");
    assert!(d.model.form().is_some_and(|f| f.typed(0) == "/media/b"), "it needn't be typed anew");
    d.press(KeyCode::Esc);
    answer(&mut d, DeskAnswer::Backup(Ok(Box::new(made))));
    assert!(matches!(health(&mut d).backup, BackingUp::Made(_)));
}

#[test]
fn what_runs_already_is_found_and_typing_stays_typing() {
    let far = |what: &str| Some(Working { what: what.into(), done: 3, total: 8 });
    let mut d = on_health();
    assert_eq!(desk(&answer(&mut d, DeskAnswer::Working(far("backing up")))), [&DeskCall::Working]);
    d.keys("b");
    assert!(d.notice().starts_with("still busy") && d.model.form().is_none(), "no second one");
    assert!(desk(&answer(&mut d, DeskAnswer::Working(None))).contains(&&DeskCall::Health), "it is done");
    d.keys("b");
    d.keys("/media");
    answer(&mut d, DeskAnswer::Backup(Err(no("/media/b: not there: make the folder"))));
    d.keys("/b");
    assert!(matches!(&health(&mut d).backup, BackingUp::Asked(f) if f.typed(0) == "/media/b"));

    let mut d = on_retention();
    assert_eq!(desk(&answer(&mut d, DeskAnswer::Working(far("backing up")))), [&DeskCall::Working]);
    d.keys("l");
    assert!(d.notice().starts_with("still busy"));
    answer(&mut d, DeskAnswer::Working(None));
    assert_eq!(desk(&d.keys("l"))[0], &DeskCall::Due(false));
    let mut d = Driver::inside();
    assert!(desk(&d.ctrl('d')).contains(&&DeskCall::Working));
    assert!(desk(&d.ctrl('a')).contains(&&DeskCall::Working));
}

#[test]
fn the_rules_of_a_schedule_are_seen_before_it_is_adopted() {
    let mut d = on_retention();
    d.keys("s");
    d.ctrl('s');
    let seen: Vec<String> = {
        let f = d.model.form().unwrap();
        let details = f.details.clone();
        details.into_iter().map(|s| d.words.text(s)).collect()
    };
    assert_eq!(seen.len(), crate::core::retention::Series::ALL.len());
    assert!(seen[0].starts_with("care: archive "), "{seen:?}");
}
