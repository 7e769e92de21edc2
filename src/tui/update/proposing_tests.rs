//! Proposing, and how links are used: from key to effect and from answer to screen.

use crossterm::event::KeyCode;

use crate::{
    core::{
        governance::Role,
        id::{DeviceId, OrgId, ProposalId},
    },
    node::api::{Kept, LinkPolicy},
    tui::{
        admin_calls::{AdminAnswer, AdminCall},
        files::Untaken,
        fixtures::{Driver, HOSPITAL, calls, governing, mesh, no},
        msg::{Answer, Call, Effect},
        proposing::{NewPolicy, Proposing},
    },
};

fn admin(effects: &[Effect]) -> &AdminCall {
    match calls(effects)[..] {
        [Call::Admin(call)] => call,
        ref other => panic!("{other:?}"),
    }
}

/// The form of this kind of decision.
fn about(kind: usize) -> Driver {
    let mut d = governing(Role::Admin);
    d.keys("p");
    for _ in 0..kind {
        d.press(KeyCode::Right);
    }
    assert!(d.ctrl('s').is_empty());
    d
}

#[test]
fn what_would_follow_is_read_before_a_member_is_proposed_for_expulsion() {
    let mut d = about(1);
    assert!(d.ctrl('s').is_empty(), "what would follow is shown");
    let told = d.model.form().map(|f| d.words.text(f.what.clone())).unwrap();
    assert!(told.starts_with("Lake Hospital would go. 3 members would be left"), "{told}");
    d.model.inside().unwrap().proof = None;
    assert!(d.ctrl('s').is_empty(), "the PIN first");
    d.model.inside().unwrap().proof = Some(d.now);
    assert_eq!(admin(&d.ctrl('s')), &AdminCall::Propose(Proposing::Expel(HOSPITAL)));
    assert!(d.model.writing());
    let why = no("this organisation has approved another proposal");
    d.answer(Answer::Admin(AdminAnswer::Propose(Err(why))));
    assert!(d.model.form().is_some_and(|f| !f.sending) && d.notice().contains("approved another"));
    d.ctrl('s');
    let effects = d.answer(Answer::Admin(AdminAnswer::Propose(Ok(ProposalId([7; 32])))));
    assert_eq!(admin(&effects), &AdminCall::Overview);
    assert!(d.model.form().is_none() && d.notice().starts_with("proposed (0707"));
}

#[test]
fn another_witness_is_a_terminal_of_ones_own_that_is_not_the_witness_now() {
    let mut d = about(2);
    d.press(KeyCode::Right);
    d.ctrl('s');
    let told = d.model.form().map(|f| d.words.text(f.what.clone())).unwrap();
    assert!(
        told.starts_with("kibuye-2 would cosign for Kibuye Health Post"),
        "the suspended one isn't offered"
    );
    let want = AdminCall::Propose(Proposing::Witness(DeviceId([0x21; 16])));
    assert_eq!(admin(&d.ctrl('s')), &want);
}

#[test]
fn a_policy_is_read_and_judged_before_it_is_proposed() {
    let mut d = about(3);
    assert!(d.ctrl('s').is_empty() && d.notice() == "type the path of a file");
    d.keys("/media/p.cedar");
    assert_eq!(admin(&d.ctrl('s')), &AdminCall::ReadPolicy("/media/p.cedar".into()));
    let bad = Untaken::Node(no("/media/p.cedar: no admin could administer any more"));
    d.answer(Answer::Admin(AdminAnswer::ReadPolicy(Err(bad))));
    assert!(d.model.form().is_some_and(|f| f.typed(0) == "/media/p.cedar" && !f.sending));
    d.ctrl('s');
    let read = |text: &str| {
        let now = "permit(principal, action, resource);";
        Answer::Admin(AdminAnswer::ReadPolicy(Ok(NewPolicy::new("/media/p.cedar", text.into(), now))))
    };
    d.answer(read("permit(principal, action, resource);\n"));
    assert!(d.notice().starts_with("that policy says the same"));
    d.ctrl('s');
    d.answer(read("forbid(principal, action, resource);"));
    let want = AdminCall::Propose(Proposing::Policy("forbid(principal, action, resource);".into()));
    assert_eq!(admin(&d.ctrl('s')), &want);
}

#[test]
fn an_organisation_is_admitted_by_its_request() {
    let mut d = about(0);
    d.keys("/media/request.txt");
    assert_eq!(admin(&d.ctrl('s')), &AdminCall::ReadRequest("/media/request.txt".into()));
}

#[test]
fn without_another_member_nobody_is_expelled() {
    let mut d = governing(Role::Admin);
    let mut alone = crate::tui::fixtures::overview();
    alone.consortium.members.retain(|m| m.org == OrgId([1; 16]));
    d.answer(Answer::Admin(AdminAnswer::Overview(Ok(alone))));
    d.keys("p");
    d.press(KeyCode::Right);
    d.ctrl('s');
    assert_eq!(d.notice(), "there is no other member");
}

/// The mesh, and the form of how links are used over it.
fn links() -> Driver {
    let mut d = Driver::inside();
    d.press(KeyCode::F(5));
    d.answer(Answer::Mesh(Ok(mesh())));
    d.keys("u");
    d
}

#[test]
fn how_links_are_used_begins_with_what_is_in_force_and_changes_only_what_is_typed() {
    let mut d = links();
    d.model.inside().unwrap().proof = None;
    assert!(d.ctrl('s').is_empty(), "the PIN first");
    d.model.inside().unwrap().proof = Some(d.now);
    assert_eq!(admin(&d.ctrl('s')), &AdminCall::SetLinks(mesh().links));
    d.answer(Answer::Admin(AdminAnswer::SetLinks(Err(no("not allowed")))));
    assert!(d.model.form().is_some_and(|f| !f.sending));
    for _ in 0..2 {
        d.press(KeyCode::Backspace);
    }
    d.keys("x");
    assert!(d.ctrl('s').is_empty() && d.notice().starts_with("x is not a number"));
    d.press(KeyCode::Backspace);
    for _ in 0..4 {
        d.press(KeyCode::Tab);
    }
    d.press(KeyCode::Left);
    assert!(d.ctrl('s').is_empty() && d.notice().starts_with("mark at least one"));
    d.keys(" ");
    let records = Kept::District(vec!["Insurer Union".into()]);
    let want = LinkPolicy { up: None, records, ..mesh().links };
    assert_eq!(admin(&d.ctrl('s')), &AdminCall::SetLinks(want));
    let effects = d.answer(Answer::Admin(AdminAnswer::SetLinks(Ok(()))));
    assert_eq!(calls(&effects), [&Call::Mesh]);
    assert!(d.model.form().is_none() && d.notice().starts_with("set;"));
}
