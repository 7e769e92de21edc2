//! Proposing, and how links are used, as reviewed pictures.

use crossterm::event::KeyCode;

use crate::{
    core::governance::Role,
    tui::{
        admin_calls::AdminAnswer,
        fixtures::{Driver, governing, mesh},
        msg::Answer,
        proposing::NewPolicy,
    },
};

use super::tests::shot;

#[test]
fn what_is_proposed() {
    let mut d = governing(Role::Admin);
    d.keys("p");
    shot("propose", &d);
    d.press(KeyCode::Right);
    d.ctrl('s');
    d.ctrl('s');
    shot("propose_expel", &d);
    let mut d = governing(Role::Admin);
    d.keys("p");
    d.press(KeyCode::Left);
    d.ctrl('s');
    d.keys("/media/p.cedar");
    let now = "permit(principal, action, resource);";
    let read = NewPolicy::new("/media/p.cedar", "forbid(principal, action, resource);".into(), now);
    d.answer(Answer::Admin(AdminAnswer::ReadPolicy(Ok(read))));
    shot("propose_policy", &d);
}

#[test]
fn how_links_are_used() {
    let mut d = Driver::inside();
    d.press(KeyCode::F(5));
    d.answer(Answer::Mesh(Ok(mesh())));
    d.keys("u");
    shot("links", &d);
}
