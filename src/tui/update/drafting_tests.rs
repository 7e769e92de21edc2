//! Forms that aren't finished: kept, found again, thrown away; and who decides, asked for and proposed.

use crossterm::event::KeyCode;

use super::super::{
    fixtures::{ABEBA, Driver, NOW, calls, consent, opened},
    leaving::Loss,
    model::{Dialog, Page},
    msg::{Answer, Call, Effect, Msg},
    record_calls::RecordCall,
    registering::{PatientField, RegisterForm},
};
use crate::{
    core::{
        guardian::{Guardian, Relation},
        id::{PatientId, VersionId},
    },
    node::api::{Correction, Fault, FaultKind, FormDraft, FormOf, GuardianRow},
};

const NEW: FormOf = FormOf::Registration;

fn form(d: &mut Driver) -> &mut RegisterForm {
    match d.model.page() {
        Some(Page::Register(f)) => f,
        other => panic!("{other:?}"),
    }
}

fn registering() -> Driver {
    let mut d = Driver::inside();
    assert_eq!(calls(&d.press(KeyCode::F(2))), [&Call::FormDraft(NEW)]);
    d
}

/// The draft that is kept, if one is.
fn kept(effects: &[Effect]) -> Option<Option<FormDraft>> {
    effects.iter().find_map(|e| match e {
        Effect::Call { call: Call::KeepForm(_, draft), .. } => Some(draft.clone()),
        _ => None,
    })
}

fn sita() -> Guardian {
    Guardian { name: "Sita Rao".into(), relation: Relation::Grandparent, phone: "080 1".into() }
}

/// A chart of somebody for whom she decides.
fn guarded(decides: bool) -> Driver {
    let mut d = Driver::chart();
    let mut o = opened();
    o.chart.versions = vec![VersionId([7; 16])];
    o.chart.guardian =
        Some(GuardianRow { guardian: sita(), record: None, versions: vec![VersionId([8; 16])], decides });
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    d
}

#[test]
fn a_registration_is_kept_a_second_after_the_last_key_and_before_everything_that_ends_it() {
    let mut d = registering();
    d.answer(Answer::FormDraft(NEW, Ok(None)));
    assert!(d.wait(5_000).is_empty(), "nothing is typed");
    d.keys("Nyota");
    assert!(kept(&d.wait(999)).is_none());
    let draft = kept(&d.wait(1)).flatten().unwrap();
    assert_eq!(draft.fields[0].as_deref(), Some("Nyota"));
    assert!(kept(&d.wait(10_000)).is_none(), "once");
    for (end, last) in [(Msg::Quit, "a hang-up"), (Msg::Suspend, "a stop")] {
        d.keys("x");
        assert!(kept(&d.send(end)).is_some(), "{last}");
    }
    d.keys("y");
    let effects = d.ctrl('l');
    assert!(matches!(calls(&effects)[..], [Call::KeepForm(NEW, Some(_)), Call::Lock, Call::Status]));
    assert!(d.notice().contains("is kept: F2"), "{}", d.notice());
}

#[test]
fn what_was_typed_before_comes_back_and_what_is_typed_meanwhile_counts_more() {
    let mut before = RegisterForm::new("Nyota");
    before.village.insert("Kaski");
    let draft = before.draft(|_| true);
    let mut d = registering();
    d.answer(Answer::FormDraft(NEW, Ok(Some(draft.clone()))));
    assert!(d.notice().contains("going on with what you typed"), "{}", d.notice());
    let f = form(&mut d);
    assert_eq!((f.name.text(), f.village.text()), ("Nyota", "Kaski"));
    assert_eq!(d.model.loses(), Some(Loss::Registration));
    assert!(d.wait(400).iter().any(|e| matches!(e, Effect::Call { call: Call::Likely(_), .. })));
    // Esc throws it away, once that was asked.
    d.press(KeyCode::Esc);
    let effects = d.keys("y");
    assert!(matches!(calls(&effects)[..], [Call::KeepForm(NEW, None), Call::Patients(_)]), "{effects:?}");
    assert!(!d.notice().contains("kept"), "{}", d.notice());

    let mut d = registering();
    d.keys("S");
    d.answer(Answer::FormDraft(NEW, Ok(Some(draft.clone()))));
    assert_eq!(form(&mut d).name.text(), "S");
    let mut d = registering();
    d.answer(Answer::FormDraft(FormOf::Who(ABEBA), Ok(Some(draft))));
    assert_eq!(form(&mut d).name.text(), "", "that of another form");
    d.answer(Answer::FormDraft(NEW, Err(Fault::new(FaultKind::Failed, "the disk is gone"))));
    assert!(d.notice().contains("the disk is gone"));
}

#[test]
fn what_is_signed_is_no_draft() {
    let mut d = registering();
    d.keys("Nyota");
    d.ctrl('s');
    assert!(kept(&d.wait(5_000)).is_none(), "on its way");
    let effects = d.answer(Answer::Register(Ok(PatientId([3; 16]))));
    assert!(
        kept(&effects).is_none() && kept(&d.wait(5_000)).is_none(),
        "the node drops it with the signature"
    );
}

#[test]
fn a_correction_goes_on_over_what_stands_now() {
    let mut fields = vec![None; PatientField::ALL.len()];
    fields[4] = Some("Kaski".into());
    let of = FormOf::Who(ABEBA);
    let mut d = guarded(true);
    d.keys("i");
    d.answer(Answer::FormDraft(of, Ok(Some(FormDraft { fields }))));
    let Some(Page::Correct(_, what)) = d.model.page() else { panic!("the form") };
    assert_eq!(what.changes(), 1, "the name is as it stands");
    assert!(d.notice().contains("going on"));
    let effects = d.ctrl('s');
    let [Call::Record(RecordCall::Correct(ABEBA, c))] = calls(&effects)[..] else { panic!("{effects:?}") };
    assert!(c.guardian.is_none() && c.who.as_ref().is_some_and(|(_, p)| p.village == "Kaski"));
    // Somebody made the same correction meanwhile.
    let mut d = guarded(true);
    d.keys("i");
    let mut fields = vec![None; PatientField::ALL.len()];
    fields[4] = Some("Upper Kibuye".into());
    d.answer(Answer::FormDraft(of, Ok(Some(FormDraft { fields }))));
    assert_eq!((d.notice().as_str(), d.model.loses()), ("", None));
}

#[test]
fn a_guardian_is_asked_for_once_of_somebody_young() {
    let mut d = registering();
    d.keys("Nyota");
    d.press(KeyCode::Tab);
    d.keys("2019");
    assert!(calls(&d.ctrl('s')).is_empty());
    assert!(d.notice().contains("who decides"), "{}", d.notice());
    assert_eq!(form(&mut d).focus, PatientField::Guardian);
    assert!(matches!(calls(&d.ctrl('s'))[..], [Call::Register(_, None)]), "nobody knows");

    let mut d = registering();
    d.keys("Nyota");
    d.press(KeyCode::Tab);
    d.keys("2019");
    d.ctrl('s');
    d.keys("Sita Rao");
    d.press(KeyCode::Tab);
    d.keys(" ");
    let effects = d.ctrl('s');
    let [Call::Register(_, Some(g))] = calls(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((g.name.as_str(), g.relation), ("Sita Rao", Relation::Father));
}

#[test]
fn a_guardian_is_corrected_and_taken_away() {
    let mut d = guarded(true);
    d.keys("i");
    (0..6).for_each(|_| drop(d.press(KeyCode::Tab)));
    d.keys("l");
    let changed = |guardian| Correction { who: None, guardian: Some((vec![VersionId([8; 16])], guardian)) };
    let rao = Guardian { name: "Sita Raol".into(), ..sita() };
    let call = |c| Call::Record(RecordCall::Correct(ABEBA, Box::new(c)));
    assert_eq!(calls(&d.ctrl('s')), [&call(changed(Some(rao)))]);

    let mut d = guarded(true);
    d.keys("i");
    (0..6).for_each(|_| drop(d.press(KeyCode::Tab)));
    (0..8).for_each(|_| drop(d.press(KeyCode::Backspace)));
    assert!(d.ctrl('s').is_empty());
    assert!(d.notice().contains("telephone"), "{}", d.notice());
    (0..2).for_each(|_| drop(d.press(KeyCode::Tab)));
    (0..5).for_each(|_| drop(d.press(KeyCode::Backspace)));
    assert_eq!(calls(&d.ctrl('s')), [&call(changed(None))]);
}

#[test]
fn a_consent_proposes_what_the_guardian_is_and_not_the_name() {
    let opened = |decides, key: &str| {
        let mut d = guarded(decides);
        d.keys("c");
        d.answer(Answer::Consent(ABEBA, Ok(consent())));
        d.keys(key);
        d
    };
    let typed = |d: &mut Driver| match &mut d.model.consent().unwrap().dialog {
        Dialog::Grant(f) => f.guardian.text().to_owned(),
        Dialog::Limit(l) => l.guardian().unwrap().text().to_owned(),
        Dialog::Patient(p) => p.guardian().unwrap().text().to_owned(),
        other => panic!("{other:?}"),
    };
    for key in ["g", "n", "S", "o", "X"] {
        let mut d = opened(true, key);
        assert_eq!(typed(&mut d), "grandparent", "{key}");
        assert_eq!(d.model.loses(), None, "{key}: nobody typed anything");
    }
    assert_eq!(typed(&mut opened(false, "g")), "", "grown since");
    // Taken out again it stays out; another form proposes it again.
    let mut d = opened(true, "g");
    d.model.consent().iter_mut().for_each(|c| {
        if let Dialog::Grant(f) = &mut c.dialog {
            f.guardian.clear();
        }
    });
    d.wait(1_000);
    assert_eq!(typed(&mut d), "");
    d.press(KeyCode::Esc);
    d.keys("g");
    assert_eq!(typed(&mut d), "grandparent");
    assert!(d.now > NOW);
}
