//! What an admin has opened: who may still try, how far it is, and how an attempt ends.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::sync::oneshot;

use super::{JoinTicket, Pass, Welcome};
use crate::{
    core::compare::ShortCode,
    mesh::{endpoint::Refused, ticket::Ticket},
    node::{
        Node,
        api::{Change, Code, InvitationStage, InvitationView, Joiner},
        locked,
        text::JoinRequest,
    },
};

/// How long an invitation stands: to walk to the other terminal and answer its questions.
pub(super) const LASTS: Duration = Duration::from_secs(10 * 60);
/// How often somebody may try. Each is a chance of one in a million for whoever stands in between.
pub(super) const ATTEMPTS: u8 = 3;

/// What an admin has opened.
pub(in crate::node) struct Invitation {
    pub(super) pass: Pass,
    to: Ticket,
    pub(super) until: Instant,
    /// Attempts that may still be begun; also names the one that is under way.
    left: u8,
    pub(super) stage: Stage,
    /// Why the last attempt came to nothing.
    last: Option<String>,
}

pub(super) enum Stage {
    Waiting,
    /// Somebody with the ticket is there, and there is no code yet.
    Talking,
    /// For people to say.
    Comparing(Box<Compared>),
    /// An admin has said yes: it is being signed.
    Signing,
    /// The door is shut.
    Over,
}

pub(super) struct Compared {
    pub(super) code: ShortCode,
    pub(super) request: JoinRequest,
    pub(super) agreed: bool,
    pub(super) decide: oneshot::Sender<Decision>,
}

/// What an admin decided, for the one who holds the line.
pub(super) enum Decision {
    /// Hand this over, and say whether it was kept.
    Welcome(Welcome, oneshot::Sender<bool>),
    No,
}

impl Invitation {
    /// A fresh one, for whoever calls there.
    pub(super) fn new(pass: Pass, to: Ticket) -> Self {
        let until = Instant::now() + LASTS;
        Self { pass, to, until, left: ATTEMPTS, stage: Stage::Waiting, last: None }
    }

    pub(super) fn is_open(&self) -> bool {
        !matches!(self.stage, Stage::Over) && Instant::now() < self.until
    }

    /// As its admin sees it.
    pub(super) fn view(&self) -> InvitationView {
        let stage = match &self.stage {
            _ if !self.is_open() => InvitationStage::Over,
            Stage::Waiting | Stage::Talking => InvitationStage::Waiting,
            Stage::Signing | Stage::Over => InvitationStage::Over,
            Stage::Comparing(c) => InvitationStage::Comparing(Joiner {
                code: c.code.to_string(),
                org: c.request.org.as_ref().map(|o| (o.name.clone(), o.kind)),
                device: c.request.device.name.clone(),
                name: c.request.staff.name.clone(),
                role: c.request.staff.role,
                agreed: c.agreed,
            }),
        };
        InvitationView {
            ticket: Code(JoinTicket { pass: self.pass.clone(), to: self.to.clone() }.to_string()),
            seconds_left: self.until.saturating_duration_since(Instant::now()).as_secs(),
            attempts_left: self.left,
            stage,
            last: self.last.clone(),
        }
    }
}

/// One attempt to join, until dropped: then the next one may come, if there is one left.
pub(super) struct Attempt {
    pub(super) node: Arc<Node>,
    pass: Pass,
    number: u8,
    /// Why it came to nothing, unless it didn't.
    pub(super) why: &'static str,
}

impl Attempt {
    /// Begins one, where nobody else is at it.
    ///
    /// # Errors
    /// The invitation is over, or somebody else is.
    pub(super) fn begin(node: &Arc<Node>, pass: &Pass) -> Result<Self, Refused> {
        let mut invitation = locked(&node.invitation);
        let i = invitation.as_mut().filter(|i| i.is_open() && i.pass == *pass);
        let i = i.ok_or(Refused::NoInvitation)?;
        if !matches!(i.stage, Stage::Waiting) {
            return Err(Refused::Joining);
        }
        i.left = i.left.checked_sub(1).ok_or(Refused::NoInvitation)?;
        i.stage = Stage::Talking;
        let why = "the link was lost, or somebody there said no";
        Ok(Self { node: node.clone(), pass: pass.clone(), number: i.left, why })
    }

    /// Something with the invitation, where it is still the same one and at this attempt.
    pub(super) fn with<T>(&self, f: impl FnOnce(&mut Invitation) -> T) -> Option<T> {
        let mut invitation = locked(&self.node.invitation);
        let i = invitation.as_mut()?;
        (i.is_open() && i.pass == self.pass && i.left == self.number).then(|| f(i))
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.with(|i| {
            if matches!(i.stage, Stage::Talking | Stage::Comparing(_)) {
                i.stage = if i.left > 0 { Stage::Waiting } else { Stage::Over };
                i.last = Some(self.why.into());
            }
        });
        if locked(&self.node.invitation).as_ref().is_none_or(|i| !i.is_open()) {
            self.node.door.shut();
        }
        self.node.announce(Change::Mesh);
    }
}
