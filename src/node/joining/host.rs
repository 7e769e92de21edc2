//! The inviting side: one invitation at a time, open for minutes, for one terminal.

use std::sync::Arc;

use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::oneshot,
};

use super::{
    Broken, Ends, Invitation, MAX_ASK, Message, Offer, Pass, Welcome, exchange, hear, heard,
    invitation::{Attempt, Compared, Decision, LASTS, Stage},
    say,
};
use crate::{
    core::{id::DeviceId, policy::Action, sign::PublicKey, wire::Introduction},
    mesh::{
        endpoint::{Answer, Refused},
        ticket::Ticket,
    },
    node::{
        Node,
        api::{Change, Fault, FaultKind, InvitationView, Welcomed, Who},
        locked,
        sync::uncertified,
        text::{self, Invite},
    },
};

impl Node {
    /// Opens the door for one terminal (admin); an earlier invitation ends.
    pub(in crate::node) async fn open_invitation(
        self: &Arc<Self>,
        admin: &Who,
    ) -> Result<InvitationView, Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        // Said before somebody walks to the other terminal.
        let open = self.opened().await?;
        open.root(admin.staff)?;
        open.presence().await?;
        self.raise().await?;
        let to = self.ticket().await.filter(Ticket::leads_somewhere).ok_or_else(|| {
            Fault::new(
                FaultKind::Unreachable,
                "this terminal has no address that another could call: plug in its network, or take a request by stick ('aidpost org invite')",
            )
        })?;
        let pass = Pass::random(&mut rand::rng());
        let invitation = Invitation::new(pass.clone(), to);
        let view = invitation.view();
        *locked(&self.invitation) = Some(invitation);
        let node = Arc::downgrade(self);
        let answer: Answer = Arc::new(move |peer, send, recv| {
            let node = node.clone();
            Box::pin(async move { node.upgrade()?.knocked_at(peer, recv, send).await })
        });
        self.door.open(answer);
        let node = Arc::downgrade(self);
        tokio::spawn(async move {
            tokio::time::sleep(LASTS).await;
            let Some(node) = node.upgrade() else { return };
            if locked(&node.invitation).as_ref().is_some_and(|i| i.pass == pass) {
                node.door.shut();
            }
        });
        tracing::info!(minutes = LASTS.as_secs() / 60, "an invitation is open");
        Ok(view)
    }

    /// How it stands.
    pub(in crate::node) async fn invitation(&self, admin: &Who) -> Result<Option<InvitationView>, Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        Ok(locked(&self.invitation).as_ref().map(Invitation::view))
    }

    /// Shuts the door; who is inside is sent away.
    pub(in crate::node) async fn close_invitation(&self, admin: &Who) -> Result<(), Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        self.shut_door();
        Ok(())
    }

    /// The same without a question: the store is being closed.
    pub(in crate::node) fn shut_door(&self) {
        self.door.shut();
        // Whoever holds the line hears that nobody will decide any more.
        *locked(&self.invitation) = None;
    }

    /// An admin says that this is the code on the other screen: the terminal is certified, or its organisation proposed.
    pub(in crate::node) async fn welcome(&self, admin: &Who, code: &str) -> Result<Welcomed, Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let Compared { request, decide, .. } = self.compared(code, true)?;
        let line = text::write(&request);
        let signed = match &request.org {
            None => self.certify(admin, &line).await.and_then(|certificate| {
                let c = text::read(&certificate)?;
                Ok((Welcome::Certified(Box::new(c)), Some(certificate)))
            }),
            Some(_) => self.admit(admin, &line).await.map(|_| (Welcome::Proposed, None)),
        };
        // Whether it worked or not, this ticket is used up.
        if let Some(i) = locked(&self.invitation).as_mut().filter(|i| matches!(i.stage, Stage::Signing)) {
            i.stage = Stage::Over;
            self.door.shut();
        }
        let (welcome, certificate) = signed?;
        let (kept, was_kept) = oneshot::channel();
        // The line may have been lost meanwhile: then nobody answers.
        let delivered =
            decide.send(Decision::Welcome(welcome, kept)).is_ok() && was_kept.await.unwrap_or(false);
        tracing::info!(delivered, "a terminal has joined");
        Ok(Welcomed {
            device: DeviceId::of_key(&request.device.keys.ledger),
            name: request.device.name,
            delivered,
            certificate,
        })
    }

    /// An admin says that the codes differ, or that they don't want this one.
    pub(in crate::node) async fn turn_away(&self, admin: &Who, code: &str) -> Result<(), Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let c = self.compared(code, false)?;
        // Whoever holds the line tells the other side, and the attempt ends with it.
        let _ = c.decide.send(Decision::No);
        tracing::warn!("an admin refused a terminal that wanted to join");
        Ok(())
    }

    /// Takes the attempt with this code out of the hands of people.
    fn compared(&self, code: &str, welcome: bool) -> Result<Compared, Fault> {
        let gone = || {
            Fault::new(
                FaultKind::Conflict,
                "that attempt to join is over: let the other terminal start again, and compare the new code",
            )
        };
        let mut invitation = locked(&self.invitation);
        let i = invitation.as_mut().filter(|i| i.is_open()).ok_or_else(gone)?;
        let Stage::Comparing(c) = &i.stage else { return Err(gone()) };
        if c.code.to_string() != code {
            return Err(gone());
        }
        if welcome && !c.agreed {
            return Err(Fault::new(
                FaultKind::Conflict,
                "the person at the other terminal has not said yet that the codes are the same: let them answer first",
            ));
        }
        let next = if welcome { Stage::Signing } else { Stage::Talking };
        match std::mem::replace(&mut i.stage, next) {
            Stage::Comparing(c) => Ok(*c),
            _ => Err(gone()),
        }
    }

    async fn offer(&self) -> Result<Offer, Fault> {
        let open = self.opened().await?;
        let device = locked(&open.device).clone();
        let cert = device.cert.clone().ok_or_else(uncertified)?;
        let line = self.invite().await?;
        let invite: Invite = text::read(&line)?;
        Ok(Offer { invite, by: Introduction { device: cert, org: device.org.clone() } })
    }

    /// Somebody calls at the door.
    async fn knocked_at(
        self: &Arc<Self>,
        joiner: PublicKey,
        mut from: impl AsyncRead + Unpin,
        mut to: impl AsyncWrite + Unpin,
    ) -> Option<Refused> {
        let Some(place) = self.places.take(joiner, false) else { return Some(Refused::Busy) };
        let inviter = *locked(&self.opened().await.ok()?.device).endpoint().verifying_key().as_bytes();
        let ends = Ends { inviter, joiner };
        let pass = locked(&self.invitation).as_ref().filter(|i| i.is_open()).map(|i| i.pass.clone());
        let Some(pass) = pass else { return Some(Refused::NoInvitation) };
        match exchange::knocked(&mut from, ends, &pass).await {
            Ok(true) => {}
            Ok(false) => return Some(Refused::NoInvitation),
            Err(e) => return refused(&e),
        }
        let mut attempt = match Attempt::begin(self, &pass) {
            Ok(a) => a,
            Err(r) => return Some(r),
        };
        drop(place);
        let offer = self.offer().await.ok()?;
        let nonce = exchange::nonce(&mut rand::rng());
        let asked = exchange::invite((&mut from, &mut to), ends, offer, nonce).await;
        let (request, code) = match asked {
            Ok(a) => a,
            Err(e) => {
                attempt.why = "what came was not a terminal's honest request";
                return refused(&e);
            }
        };
        let (decide, decided) = oneshot::channel();
        let compared = Box::new(Compared { code, request, agreed: false, decide });
        let until = attempt.with(|i| {
            i.stage = Stage::Comparing(compared);
            i.until
        })?;
        self.announce(Change::Mesh);
        let end = decision(&attempt, (&mut from, &mut to), decided);
        let lapsed = tokio::time::sleep_until(until.into());
        let ended = tokio::select! {
            ended = end => ended,
            () = lapsed => Err(Refused::NoInvitation),
        };
        match ended {
            Ok(why) => {
                attempt.why = why.unwrap_or(attempt.why);
                None
            }
            Err(refused) => Some(refused),
        }
    }
}

/// Waits for both people, and hands over what was decided; why it came to nothing, if that is known.
///
/// # Errors
/// The invitation ended before anybody decided.
async fn decision(
    attempt: &Attempt,
    (from, to): (&mut (impl AsyncRead + Unpin), &mut (impl AsyncWrite + Unpin)),
    mut decided: oneshot::Receiver<Decision>,
) -> Result<Option<&'static str>, Refused> {
    loop {
        tokio::select! {
            biased;
            d = &mut decided => return match d {
                Ok(Decision::Welcome(w, kept)) => {
                    let said = say(to, &Message::Welcome(w)).await.is_ok();
                    let was_kept = said && matches!(hear(from, MAX_ASK).await, Ok(Message::Kept));
                    // Whoever asked may have gone.
                    let _ = kept.send(was_kept);
                    Ok(None)
                }
                Ok(Decision::No) => {
                    // Who isn't there any more needn't be told.
                    let _ = say(to, &Message::Refused).await;
                    Ok(Some("an admin here said no"))
                }
                Err(_) => Err(Refused::NoInvitation),
            },
            m = heard(from, MAX_ASK) => match m {
                Ok(Message::Agreed) => {
                    attempt.with(|i| if let Stage::Comparing(c) = &mut i.stage { c.agreed = true });
                    attempt.node.announce(Change::Mesh);
                }
                _ => return Ok(None),
            },
        }
    }
}

/// What the other side is told.
fn refused(e: &Broken) -> Option<Refused> {
    match e {
        Broken::Lost => None,
        Broken::Protocol | Broken::Untrue => Some(Refused::Protocol),
    }
}

#[cfg(test)]
#[path = "host_tests.rs"]
mod tests;
