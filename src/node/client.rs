//! One client of the node: who is signed in at it, or which patient has it.

use std::sync::{Arc, Mutex};

use super::{
    CameraChoice, Node,
    api::{Fault, FaultKind, Look, Pin, Status, Who},
    clock,
    enrol::Camerawork,
    locked,
    origin::Origin,
    papers::Taken,
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
    /// A picture of a paper that was taken here and is not kept yet.
    pub(super) paper: Arc<Mutex<Option<Taken>>>,
    /// Nobody signs in by face from afar.
    pub(super) origin: Origin,
}

impl Server {
    pub(super) fn new(node: &Arc<Node>, origin: Origin) -> Self {
        let (session, turn, work, paper) = Default::default();
        Self { node: node.clone(), session, turn, work, paper, origin }
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
            self.end_session();
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

    /// What the node tells everybody, and who is signed in here.
    pub(super) async fn told(&self) -> Status {
        let open = self.node.open_status().await;
        // A page that can't be read signs nobody out.
        if open.is_none() && self.node.opened().await.is_err() {
            self.end_session();
        }
        let session = *locked(&self.session);
        let signed_in = match (session, self.node.opened().await) {
            (Some(s), Ok(o)) if self.node.live(&s).is_ok() => self.node.who(&o, s.staff).await.ok(),
            _ => None,
        };
        self.node.end_shifts().await;
        let faces = self.node.face_status().await;
        let usable = faces.as_ref().is_some_and(|f| f.enrolled > 0 && f.problem.is_none());
        let camera = locked(&self.node.camera).name();
        Status {
            version: env!("CARGO_PKG_VERSION").into(),
            sealed: open.is_none(),
            signed_in,
            face_possible: self.may_use_camera()
                && usable
                && camera.is_some()
                && locked(&self.node.auth).face_possible(clock::steady()),
            people: self.node.people_here().await,
            faces,
            camera,
            open,
        }
    }

    /// Signs in by PIN, or proves that it is still the same person.
    pub(super) async fn gave_pin(&self, staff: StaffId, pin: Pin) -> Result<Who, Fault> {
        self.node.end_shifts().await;
        let session = *locked(&self.session);
        let proof = match session {
            Some(s) if self.node.live(&s).is_ok() => {
                if s.staff != staff {
                    return Err(Fault::new(FaultKind::Conflict, "somebody else is signed in: lock first"));
                }
                true
            }
            _ => false,
        };
        let who = self.node.pin(staff, pin, proof).await?;
        self.signed_in(who.staff, true);
        Ok(who)
    }

    /// One look of the camera; a face that is known signs in.
    pub(super) async fn looked(&self, fresh: bool) -> Result<Look, Fault> {
        if !self.may_use_camera() {
            return Err(Fault::new(
                FaultKind::Locked,
                "sign-in by face works only at the terminal itself: use your PIN or passphrase",
            ));
        }
        self.node.end_shifts().await;
        let (look, who) = self.node.look(&self.work, fresh).await?;
        if let Some(staff) = who {
            self.signed_in(staff, false);
        }
        Ok(look)
    }
}
