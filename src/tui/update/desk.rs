//! Answers about this terminal go to the screen that asked.

use super::{
    super::{desk_calls::DeskAnswer, keyslots::Shown, model::Model, msg::Effect},
    erasing, health, inviting, keyslots, ledger, retention, sharing,
};

pub(super) fn answered(model: &mut Model, answer: DeskAnswer) -> Vec<Effect> {
    use DeskAnswer as A;
    match answer {
        A::Slots(r) => keyslots::listed(model, r),
        A::Passphrase(r) => keyslots::changed(model, r, "notice-passphrase-changed"),
        A::Reset(r) => keyslots::changed(model, r.map(drop), "notice-passphrase-reset"),
        A::RemoveSlot(r) => keyslots::changed(model, r, "notice-slot-removed"),
        A::RecoveryCode(r) => keyslots::made(model, r.map(Shown::Recovery)),
        A::Kit(r) => keyslots::made(model, r.map(Shown::Kit)),
        A::Retention(r) => retention::listed(model, r),
        A::Plan(r) => retention::planned(model, r),
        A::Archived(r) => retention::archived(model, r),
        A::ReadSchedule(r) => retention::read(model, r),
        A::Retain(r) => retention::retained(model, r),
        A::Working(at) => {
            let mut effects = retention::working(model, at.clone());
            effects.extend(health::working(model, at.clone()));
            effects.extend(sharing::working(model, at.clone()));
            effects.extend(erasing::working(model, at));
            effects
        }
        A::Checking(at) => ledger::checking(model, at),
        A::Health(r) => health::examined(model, r),
        A::Backup(r) => health::backed_up(model, r),
        A::Seal(r) => health::sealing(model, r),
        A::Invitation(r) => inviting::stands(model, r),
        A::Welcomed(r) => inviting::welcomed(model, r),
        A::Shut(r) => inviting::done(model, r),
        A::Written(r) => inviting::written(model, r),
    }
}
