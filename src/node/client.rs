//! One client of the node: who is signed in at it, or which patient has it.

use std::sync::{Arc, Mutex};

use super::{
    CameraChoice, Node,
    api::{Fault, FaultKind, Who},
    clock,
    enrol::Camerawork,
    locked,
    origin::Origin,
    turn::Turn,
};
use crate::core::{auth::Session, id::StaffId};

/// One client's side of the node.
#[derive(Clone)]
pub struct Server {
    pub(super) node: Arc<Node>,
    pub(super) session: Arc<Mutex<Option<Session>>>,
    /// A patient has the terminal: nobody else is signed in.
    pub(super) turn: Arc<Mutex<Option<Turn>>>,
    pub(super) work: Arc<Mutex<Camerawork>>,
    /// Nobody signs in by face from afar.
    pub(super) origin: Origin,
}

impl Server {
    pub(super) fn new(node: &Arc<Node>, origin: Origin) -> Self {
        let (session, turn, work) = Default::default();
        Self { node: node.clone(), session, turn, work, origin }
    }

    /// A camera shows who sits at the terminal; a demonstration's recorded frames show the same to everybody.
    pub(super) fn may_use_camera(&self) -> bool {
        self.origin == Origin::Here || matches!(*locked(&self.node.camera), CameraChoice::Frames(_))
    }

    /// Who is signed in at this client; a call is a key press.
    pub(super) async fn need(&self) -> Result<Who, Fault> {
        self.node.end_shifts().await;
        let session = *locked(&self.session);
        let Some(session) = session else {
            return Err(Fault::new(FaultKind::Locked, "sign in first"));
        };
        if let Err(e) = self.node.live(&session) {
            *locked(&self.session) = None;
            return Err(e);
        }
        let open = self.node.opened().await?;
        let who = self.node.who(&open, session.staff).await?;
        self.node.is_used();
        *locked(&self.session) = Some(Session { active: clock::steady(), ..session });
        Ok(who)
    }

    /// The same for what must not happen behind somebody's back: a PIN or passphrase was given a moment ago.
    pub(super) async fn need_proof(&self) -> Result<Who, Fault> {
        let who = self.need().await?;
        let proven = locked(&self.session).is_some_and(|s| s.proven(clock::steady()));
        if proven {
            return Ok(who);
        }
        Err(Fault::new(FaultKind::Proof, "type your PIN first: this needs more than a face"))
    }

    /// The patient's turn that is going on here; a call is a key press.
    pub(super) fn turn(&self) -> Result<Turn, Fault> {
        let turn = locked(&self.turn).clone().filter(Turn::goes_on);
        let over = || {
            Fault::new(FaultKind::Locked, "the patient's turn is over: a member of staff begins a new one")
        };
        let turn = turn.ok_or_else(over)?;
        self.node.is_used();
        Ok(turn)
    }

    /// This person is signed in from now on.
    pub(super) fn signed_in(&self, staff: StaffId, proof: bool) {
        let now = clock::steady();
        *locked(&self.turn) = None;
        *locked(&self.session) = Some(Session { staff, active: now, proof: proof.then_some(now) });
    }
}
