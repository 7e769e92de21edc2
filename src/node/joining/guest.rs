//! The joining side: calls the terminal of a ticket, shows the code, and becomes a terminal once both people have agreed.
//! Nothing is written before whoever sits here has said that the codes are the same.

use std::time::Duration;

use iroh::endpoint::{RecvStream, SendStream};

use super::{
    Broken, Ends, JoinTicket, MAX_OFFER, Message, Offer, Welcome,
    exchange::{self, Heard},
    heard, say,
};
use crate::{
    core::{
        compare::ShortCode,
        governance::{OrgKind, Role},
    },
    mesh::{
        door::Visit,
        endpoint::{LinkError, Refused},
        relay::Relay,
    },
    node::{
        api::{Fault, FaultKind},
        device::Private,
        setup::{self, Joining, Newcomer},
    },
};

/// The longest that an admin may take: an invitation lasts no longer.
const PATIENCE: Duration = Duration::from_secs(11 * 60);
/// How long the last word may take to arrive.
const ARRIVAL: Duration = Duration::from_secs(5);

/// What a terminal wants to be.
#[derive(Clone, Copy, Debug)]
pub enum Wish<'a> {
    /// A further terminal of the organisation that invites; its first person's role.
    Terminal(Role),
    /// The first of a new organisation.
    Org(&'a str, OrgKind),
}

/// The line to the terminal that invites.
struct Line {
    visit: Visit,
    from: RecvStream,
    to: SendStream,
    ends: Ends,
}

impl Line {
    /// Why the exchange broke, as far as the other side said so.
    async fn why(&self, e: Broken) -> Fault {
        match Refused::by_peer(self.visit.connection()).await {
            Some(r) => Fault::new(FaultKind::Unreachable, r.words()),
            None => e.into(),
        }
    }
}

impl From<Broken> for Fault {
    fn from(e: Broken) -> Self {
        let kind = match e {
            Broken::Lost | Broken::Protocol => FaultKind::Unreachable,
            Broken::Untrue => FaultKind::Failed,
        };
        Fault::new(kind, e)
    }
}

/// A terminal that was let in to ask.
pub struct Guest {
    line: Line,
    heard: Heard,
    keys: Private,
}

impl Guest {
    /// Calls with a ticket, and hears to what it invites.
    ///
    /// # Errors
    /// Nobody answers, or the ticket is not good any more.
    pub async fn knock(ticket: &JoinTicket, relay: Option<Relay>) -> Result<Self, Fault> {
        let keys = Private::random(&mut rand::rng());
        let key = keys.endpoint();
        let called = Visit::call(&key, ticket.to(), relay).await;
        let (visit, mut from, mut to) = match called {
            Ok((visit, to, from)) => (visit, from, to),
            Err(LinkError::Dial(name, _)) => {
                return Err(Fault::new(
                    FaultKind::Unreachable,
                    format!(
                        "{name} does not let terminals join at the moment: is it on the same network, and is its invitation still open? A new ticket: 'aidpost invite' there"
                    ),
                ));
            }
            Err(e) => return Err(e.into()),
        };
        let ends = Ends { inviter: ticket.to().endpoint, joiner: *key.verifying_key().as_bytes() };
        let heard = visit.go_on(exchange::knock((&mut from, &mut to), ends, &ticket.pass)).await;
        let line = Line { visit, from, to, ends };
        match heard {
            Ok(heard) => Ok(Self { line, heard, keys }),
            Err(e) => Err(line.why(e).await),
        }
    }

    /// To what it is invited. True only once the codes were compared.
    pub fn offer(&self) -> &Offer {
        &self.heard.offer
    }

    /// Asks, and gets the code to compare.
    ///
    /// # Errors
    /// A name isn't acceptable, the folder is taken, the link was lost, or the other side isn't honest.
    pub async fn ask(self, new: &Newcomer<'_>, wish: Wish<'_>) -> Result<Asking, Fault> {
        let Self { mut line, heard, keys } = self;
        let joining = match wish {
            Wish::Terminal(role) => {
                Joining::terminal(new, keys, (&heard.offer.invite, role), &mut rand::rng())?
            }
            Wish::Org(name, kind) => Joining::org(new, keys, (name, kind), &mut rand::rng())?,
        };
        let nonce = exchange::nonce(&mut rand::rng());
        let ends = line.ends;
        let asked = exchange::ask((&mut line.from, &mut line.to), ends, (&heard, joining.request()), nonce);
        match line.visit.go_on(asked).await {
            Ok(code) => Ok(Asking { line, heard, joining, code }),
            Err(e) => Err(line.why(e).await),
        }
    }
}

/// A terminal that waits for two people to compare.
pub struct Asking {
    line: Line,
    heard: Heard,
    joining: Joining,
    code: ShortCode,
}

impl Asking {
    /// The code on this screen.
    pub fn code(&self) -> ShortCode {
        self.code
    }

    /// To what it is invited.
    pub fn offer(&self) -> &Offer {
        &self.heard.offer
    }

    /// Whoever sits here says that the codes differ: nothing was written, and the other side sees that nobody is there.
    pub async fn differ(self) {
        self.line.visit.leave().await;
    }

    /// Whoever sits here says that the codes are the same: writes the terminal's store, waits for the admin, keeps the
    /// certificate. Until the admin has answered, `stop` ends it.
    ///
    /// # Errors
    /// The folder can't be written, it was stopped, the admin said no, or the other side broke the rules: then nothing is left behind. When the
    /// link is lost in between, the store stays, because the admin may have said yes.
    pub async fn agree(self, new: &Newcomer<'_>, stop: impl Future<Output = ()>) -> Result<Welcome, Fault> {
        let Self { mut line, heard: Heard { offer, .. }, joining, .. } = self;
        let is_org = joining.request().org.is_some();
        joining.write(new, &offer.invite, &mut rand::rng())?;
        let Line { visit, from, to, .. } = &mut line;
        let decided = visit.go_on(async {
            say(to, &Message::Agreed).await?;
            tokio::time::timeout(PATIENCE, heard(from, MAX_OFFER)).await.map_err(|_| Broken::Lost)?
        });
        let decided = tokio::select! {
            biased;
            decided = decided => decided,
            () = stop => {
                new.undo();
                // Said at once: an admin's yes must not go to somebody who has left.
                line.visit.leave().await;
                return Err(Fault::new(FaultKind::Conflict, "stopped: nothing was changed"));
            }
        };
        let welcome = match decided {
            Ok(Message::Welcome(w)) => w,
            Ok(m) => {
                new.undo();
                line.visit.leave().await;
                return Err(match m {
                    Message::Refused => Fault::new(
                        FaultKind::Locked,
                        "the admin at the other terminal said no: nothing was changed",
                    ),
                    _ => Broken::Protocol.into(),
                });
            }
            Err(e) => {
                let why = Refused::by_peer(line.visit.connection()).await;
                return Err(match (why, e) {
                    // What was written stays, because the admin may have said yes.
                    (None, Broken::Lost) => lost(new, is_org),
                    (why, e) => {
                        new.undo();
                        why.map_or_else(|| e.into(), |r| Fault::new(FaultKind::Unreachable, r.words()))
                    }
                });
            }
        };
        if let Welcome::Certified(certificate) = &welcome {
            // On a full disk it stays as it is: the admin keeps the certificate as a file.
            setup::take_certificate(new.data, new.login, new.passphrase, certificate)?;
        }
        // What was given is kept, whether or not the other side hears of it.
        if say(&mut line.to, &Message::Kept).await.is_ok() && line.to.finish().is_ok() {
            let _ = tokio::time::timeout(ARRIVAL, line.to.stopped()).await;
        }
        line.visit.leave().await;
        Ok(welcome)
    }
}

/// Nobody here knows whether the admin said yes.
fn lost(new: &Newcomer<'_>, is_org: bool) -> Fault {
    let next = match is_org {
        true => "try 'aidpost sync'",
        false => "bring their certificate.txt here ('aidpost join certificate.txt')",
    };
    Fault::new(
        FaultKind::Unreachable,
        format!(
            "the link was lost before the admin's answer came: if they said yes, {next}; otherwise remove {} and start again",
            new.data.display()
        ),
    )
}
