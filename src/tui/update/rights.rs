//! Answers about a patient's rights go to the screen that asked.

use super::{
    super::{model::Model, msg::Effect, rights_calls::RightsAnswer},
    requests,
};

pub(super) fn answered(model: &mut Model, answer: RightsAnswer) -> Vec<Effect> {
    match answer {
        RightsAnswer::Requests(r) => requests::listed(model, r),
        RightsAnswer::Request(r) => requests::sent(model, r),
    }
}
