//! What stands in the way of leaving a screen: a write that is under way, or something that is nowhere else.

use super::{
    erasing::Sealing,
    governing::GovernDialog,
    keyslots::KeysDialog,
    model::{Dialog, Model, Over, Page, PeopleDialog, Room},
    papers::Stage,
};

/// Something that is nowhere but on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// A code for paper, shown once.
    Code,
    /// The certificate of the terminal of this name.
    Certificate(String),
    /// What was typed into a correction.
    Correction,
}

impl Model {
    /// Work that goes on by itself, in pieces, is under way on the screen: nothing but how far it is shows.
    pub(crate) fn working(&self) -> bool {
        let Room::Inside(i) = &self.room else { return false };
        matches!(&i.page, Page::Papers(p) if matches!(p.stage, Stage::Running { .. }))
    }

    /// What leaving now would lose.
    pub(crate) fn loses(&self) -> Option<Loss> {
        let Room::Inside(i) = &self.room else { return None };
        match &i.page {
            Page::Keys(k) if k.shown().is_some() => Some(Loss::Code),
            Page::Invite(p) if !p.offered => p.undelivered().map(|(name, _)| Loss::Certificate(name.into())),
            Page::Correct(_, f) if f.changes() > 0 && !f.sending() => Some(Loss::Correction),
            _ => None,
        }
    }

    /// A write is on its way to the node: leaving now would hide how it ended.
    pub(crate) fn writing(&self) -> bool {
        match &self.room {
            Room::SignIn(_) => false,
            Room::Turn(t) => t.sent(),
            Room::Inside(i) if matches!(&i.over, Over::Proof { sent: true, .. }) => true,
            Room::Inside(i) if matches!(&i.over, Over::NewPin(f) if f.sent) => true,
            Room::Inside(i) if i.page.form().is_some_and(|f| f.sending) => true,
            Room::Inside(i) => match &i.page {
                Page::People(p) => matches!(p.dialog, PeopleDialog::Writing),
                Page::Visit(_, f) => f.saving(),
                Page::Register(f) => f.sending,
                Page::Conflict(_, p) => p.sending,
                Page::Correct(_, f) => f.sending(),
                Page::Chart(c) => c.glass.as_ref().is_some_and(|f| f.sending),
                Page::Reviews(r) => r.form.as_ref().is_some_and(|f| f.sending),
                Page::Consent(_, c) => matches!(c.dialog, Dialog::Writing) || c.sending(),
                Page::Card(c) => c.sent(),
                Page::Govern(g) => matches!(g.dialog, GovernDialog::Writing),
                Page::Keys(k) => matches!(k.dialog, KeysDialog::Writing),
                Page::Invite(p) => p.welcoming,
                Page::Erasures(e) => e.sealing == Sealing::Running,
                _ => false,
            },
        }
    }
}
