//! A terminal that joins over the network, and forms about a patient, as reviewed pictures.

use crate::{
    core::{governance::Role, id::DeviceId},
    node::api::{InvitationStage, Welcomed},
    tui::{
        desk_calls::DeskAnswer,
        fixtures::{ABEBA, Driver, emergency, governing, invitation, joiner},
        msg::Answer,
        rights_calls::RightsAnswer,
    },
};

use super::tests::shot;

#[test]
fn a_terminal_joins_over_the_network() {
    let mut d = governing(Role::Admin);
    d.keys("o");
    d.answer(Answer::Desk(DeskAnswer::Invitation(Ok(Some(invitation(InvitationStage::Waiting))))));
    shot("invite", &d);
    let there = invitation(InvitationStage::Comparing(joiner(false)));
    d.answer(Answer::Desk(DeskAnswer::Invitation(Ok(Some(there)))));
    shot("invite_compare", &d);
    d.keys("y");
    let certificate = Some("line".into());
    let name = "kibuye-3".into();
    let done = Welcomed { device: DeviceId([9; 16]), name, delivered: false, certificate };
    d.answer(Answer::Desk(DeskAnswer::Welcomed(Ok(done))));
    shot("invite_carry", &d);
}

#[test]
fn what_others_must_know_in_an_emergency() {
    let mut d = Driver::consent();
    d.keys("w");
    d.answer(Answer::Rights(RightsAnswer::Summary(ABEBA, Ok(emergency().summaries))));
    shot("summary_write", &d);
}

#[test]
fn cards_that_are_lost() {
    let mut d = Driver::consent();
    d.keys("X");
    shot("cards_revoke", &d);
}
