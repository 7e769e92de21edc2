//! Answers about a patient's rights go to the screen that asked.

use super::{
    super::{model::Model, msg::Effect, rights_calls::RightsAnswer},
    erasing, limiting, patient_forms, requests, sharing,
};

pub(super) fn answered(model: &mut Model, answer: RightsAnswer) -> Vec<Effect> {
    match answer {
        RightsAnswer::Requests(r) => requests::listed(model, r),
        RightsAnswer::Request(r) => requests::sent(model, r),
        RightsAnswer::Change(id, r) => limiting::changed(model, id, r),
        RightsAnswer::Summary(id, r) => patient_forms::read(model, id, r),
        RightsAnswer::Kept(id, r) => patient_forms::kept(model, id, r),
        RightsAnswer::Erasures(r) => erasing::listed(model, r),
        RightsAnswer::Erase(r) => erasing::ordered(model, r),
        RightsAnswer::CarryOut(r) => erasing::carried_out(model, r),
        RightsAnswer::Extract(r) => sharing::extracted(model, r),
        RightsAnswer::Counts(r) => sharing::counted(model, r),
        RightsAnswer::Claim(r) => sharing::claimed(model, r),
        RightsAnswer::WriteFile(r) => sharing::written(model, r),
    }
}
