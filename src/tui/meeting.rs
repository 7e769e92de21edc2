//! The mesh: who is there, and what of it is under way.

use crate::{
    core::time::Millis,
    node::api::{MeshView, Met},
};

use super::{form::Form, input::Input, linking::Links, model::Load};

/// The most characters of a ticket, with what was copied around it.
const MAX_TICKET: usize = 2_000;

/// Asks for a ticket.
pub(crate) fn ticket_form() -> Form {
    Form::new("reach-title", "reach-what").text("reach-ticket", MAX_TICKET, "reach-ticket-hint")
}

/// The mesh.
#[derive(Debug)]
pub(crate) struct MeshPage {
    pub(crate) view: Load<MeshView>,
    pub(crate) selected: usize,
    pub(crate) work: Work,
    /// The folder of a courier that was named last: one that was mistyped needn't be typed anew.
    pub(crate) folder: String,
    /// What the last sync did.
    pub(crate) met: Vec<Met>,
}

impl Default for MeshPage {
    fn default() -> Self {
        let (folder, met) = Default::default();
        Self { view: Load::Loading, selected: 0, work: Work::None, folder, met }
    }
}

impl MeshPage {
    /// Bytes that are left to send to those who are met.
    pub(crate) fn left(&self) -> u64 {
        let peers = self.view.ready().map_or(&[][..], |v| &v.peers);
        peers.iter().filter(|p| p.address.is_some() && !p.suspended).map(|p| p.bytes_left).sum()
    }

    /// Something is under way from now on.
    pub(crate) fn begin(&mut self, words: &'static str, now: Millis) {
        self.work = Work::Busy(Busy { words, began: self.left(), asked: now });
    }
}

/// What the mesh screen is doing.
#[derive(Debug)]
pub(crate) enum Work {
    None,
    /// Asking for the folder of a courier.
    Folder {
        out: bool,
        path: Input,
    },
    /// What is under way.
    Busy(Busy),
    /// How links are used is changed.
    Links(Box<Links>),
    /// Asking for the ticket of a terminal that is to be met.
    Reach(Box<Form>),
    /// The ticket as a code, for a telephone or another terminal to read.
    Ticket,
}

/// Work of the mesh that is under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Busy {
    /// The message that says what it is.
    pub(crate) words: &'static str,
    /// Bytes that were left to send when it began.
    pub(crate) began: u64,
    /// When it was last asked how much is left.
    pub(crate) asked: Millis,
}

impl Busy {
    /// It can be given up: what was done so far stays, and nothing is half done.
    pub(crate) fn stops(&self) -> bool {
        matches!(self.words, "busy-meeting" | "busy-courier-out" | "busy-courier-in")
    }
}
