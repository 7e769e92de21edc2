//! Files kept with a record, from key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::id::RecordId,
    node::api::{AttachmentRow, Fault, FaultKind},
    tui::{
        attachment_calls::{AttachmentAnswer, AttachmentCall},
        attachments::{Kept, files},
        files::{Untaken, Unwritten},
        fixtures::{ABEBA, Driver, attached, calls, on_attachments, opened, saved},
        model::Page,
        msg::{Answer, Call},
    },
};

fn answer(d: &mut Driver, a: AttachmentAnswer) -> Vec<crate::tui::msg::Effect> {
    d.answer(Answer::Attachments(a))
}

fn rows(d: &mut Driver) -> &[AttachmentRow] {
    match d.model.page() {
        Some(Page::Attachments(c, _)) => files(c),
        other => panic!("files, not {other:?}"),
    }
}

fn asks(call: AttachmentCall) -> Call {
    Call::Attachments(call)
}

#[test]
fn a_file_goes_to_a_new_one_and_never_over_another() {
    let mut d = on_attachments(true);
    d.press(KeyCode::Enter);
    assert!(d.ctrl('s').is_empty());
    assert!(d.notice().starts_with("say where to write it"), "{}", d.notice());
    d.keys("/stick");
    let of = Kept::from(&attached()[0]);
    let call = asks(AttachmentCall::Save(of, "/stick".into()));
    assert_eq!(calls(&d.ctrl('s')), [&call]);
    assert!(d.press(KeyCode::Esc).is_empty() && d.model.form().is_some(), "it is on its way");
    let there = Untaken::File(Unwritten::Exists("/stick/scan.png".into()));
    answer(&mut d, AttachmentAnswer::Saved(Err(there)));
    assert!(d.notice().contains("is there already and stays as it is"), "{}", d.notice());
    assert_eq!(calls(&d.ctrl('s')), [&call], "what was typed stays");
    answer(&mut d, AttachmentAnswer::Saved(Ok((attached().remove(0), "/stick/scan.png".into()))));
    assert!(d.notice().contains("/stick/scan.png"), "{}", d.notice());
    assert!(d.model.form().is_none());
    assert_eq!(calls(&d.press(KeyCode::Esc)), [&Call::Ledger], "the chart is not read again");
    assert!(matches!(d.model.page(), Some(Page::Chart(_))));
}

#[test]
fn pieces_that_are_elsewhere_are_asked_for_once_at_a_time() {
    let mut d = on_attachments(true);
    assert!(d.keys("w").is_empty() && d.notice().contains("here already"), "{}", d.notice());
    d.press(KeyCode::Down);
    let row = attached().remove(1);
    assert_eq!(calls(&d.keys("w")), [&asks(AttachmentCall::Want(Kept::from(&row)))]);
    assert!(d.keys("w").is_empty(), "it is asked already");
    let some = AttachmentRow { missing: 2, ..row.clone() };
    answer(&mut d, AttachmentAnswer::Wanted(Ok(some)));
    assert!(d.notice().starts_with("2 of its"), "{}", d.notice());
    assert_eq!(rows(&mut d)[1].missing, 2);
    d.keys("w");
    answer(&mut d, AttachmentAnswer::Wanted(Ok(AttachmentRow { missing: 0, ..row.clone() })));
    assert_eq!(rows(&mut d)[1].missing, 0);
    assert!(d.keys("w").is_empty());

    // Nobody answers, and whoever asked is gone by then.
    let mut d = on_attachments(true);
    d.press(KeyCode::Down);
    d.keys("w");
    let gone = Fault::new(FaultKind::Unreachable, "the node does not answer");
    answer(&mut d, AttachmentAnswer::Wanted(Err(gone)));
    assert!(d.notice().contains("does not answer"));
    assert_eq!(calls(&d.keys("w")).len(), 1);
    d.press(KeyCode::Esc);
    answer(&mut d, AttachmentAnswer::Wanted(Ok(row)));
    assert!(matches!(d.model.page(), Some(Page::Chart(_))));
}

#[test]
fn a_file_is_added_by_its_path_and_the_list_read_anew() {
    let mut d = on_attachments(true);
    d.press(KeyCode::Down);
    d.keys("a");
    assert!(d.ctrl('s').is_empty() && d.notice().starts_with("say which file"), "{}", d.notice());
    d.keys("/stick/letter.PDF");
    let call = asks(AttachmentCall::Attach(ABEBA, "/stick/letter.PDF".into(), "application/pdf"));
    assert!(call.in_order(), "a lock waits for it");
    assert_eq!(calls(&d.ctrl('s')), [&call]);
    let fault = Fault::new(FaultKind::Usage, "/stick/letter.PDF: No such file: check the name");
    answer(&mut d, AttachmentAnswer::Attached(ABEBA, Err(fault)));
    assert!(d.notice().contains("check the name") && d.model.form().is_some());
    d.ctrl('s');
    let effects = answer(&mut d, AttachmentAnswer::Attached(ABEBA, Ok(saved())));
    assert_eq!(calls(&effects), [&Call::Chart(ABEBA)]);
    let mut o = opened();
    o.chart.attachments = attached();
    o.chart.attachments.insert(0, AttachmentRow { record: RecordId([9; 16]), ..attached().remove(0) });
    d.answer(Answer::Chart(ABEBA, Ok(o)));
    assert_eq!(rows(&mut d).len(), 4);
    d.press(KeyCode::Enter);
    let Some(Page::Attachments(_, p)) = d.model.page() else { panic!("files") };
    assert!(matches!(&p.task, crate::tui::attachments::Task::Save(of, _) if of.record == RecordId([9; 16])));
}

#[test]
fn nothing_is_added_to_a_record_that_others_keep() {
    let mut d = on_attachments(false);
    assert!(d.keys("a").is_empty() && d.model.form().is_none());
    d.press(KeyCode::Enter);
    assert!(d.model.form().is_some(), "it is written out all the same");
}
