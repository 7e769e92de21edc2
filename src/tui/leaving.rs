//! What stands in the way of leaving a screen: a write that is under way, or something that is nowhere else.

use super::{
    ending::Step,
    erasing::Sealing,
    governing::GovernDialog,
    keyslots::KeysDialog,
    model::{Dialog, Model, Over, Page, PeopleDialog, Room},
    papers::Stage,
    sharing::Taken,
};

/// Something that isn't signed, and but for drafts nowhere but on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Loss {
    /// A code for paper, shown once.
    Code,
    /// The code of a patient's new card.
    Card,
    /// The certificate of the terminal of this name.
    Certificate(String),
    /// What was typed into a correction: it is kept as a draft, unless whoever typed it throws it away.
    Correction,
    /// What was typed of somebody who isn't registered yet: likewise.
    Registration,
    /// A picture of a paper.
    Picture,
    /// What was typed into a form that was not sent.
    Typed,
}

impl Model {
    /// Work that goes on by itself, in pieces, is under way on the screen: nothing but how far it is shows.
    pub(crate) fn working(&self) -> bool {
        let Room::Inside(i) = &self.room else { return false };
        match &i.page {
            Page::Papers(p) => matches!(p.stage, Stage::Running { .. }),
            Page::Share(s) => matches!(s.taken, Taken::Running(..)),
            _ => false,
        }
    }

    /// What leaving now would lose.
    pub(crate) fn loses(&self) -> Option<Loss> {
        let Room::Inside(i) = &self.room else { return None };
        match &i.page {
            Page::Keys(k) if k.shown().is_some() => Some(Loss::Code),
            Page::Card(c) if c.shows_code() => Some(Loss::Card),
            Page::Invite(p) if !p.offered => p.undelivered().map(|(name, _)| Loss::Certificate(name.into())),
            Page::Register(f) if f.typed && !f.sending => Some(Loss::Registration),
            Page::Attachments(_, p) if p.picture() => Some(Loss::Picture),
            Page::Correct(_, f) if f.changes() > 0 && !f.sending() => Some(Loss::Correction),
            page => page.typed().then_some(Loss::Typed),
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
                Page::Ending(_, p) => matches!(p.step, Step::Sending(_)),
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

impl Page {
    /// Something was typed into what lies over it, and not sent.
    fn typed(&self) -> bool {
        let note = match self {
            Page::Chart(c) => c.glass.as_ref().map(|f| (&f.note, f.sending)),
            Page::Reviews(r) => r.form.as_ref().map(|f| (&f.note, f.sending)),
            _ => None,
        };
        let granted = match self {
            Page::Consent(_, c) => matches!(&c.dialog, Dialog::Grant(f) if f.typed && !f.sending),
            _ => false,
        };
        note.is_some_and(|(note, sending)| !note.is_empty() && !sending)
            || granted
            || self.form().is_some_and(|f| f.holds_typed() && !f.sending)
    }
}
