//! The door for terminals that want to join: a protocol of its own, answered only while somebody here holds it open, and the
//! call of a terminal that has nothing yet but its keys and a ticket.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use ed25519_dalek::SigningKey;
use iroh::endpoint::{Connection, RecvStream, SendStream};
use tokio::time::timeout;

use super::{
    endpoint::{Answer, DIAL, Dialler, LinkError, bind},
    limit::Lanes,
    pace::paced,
    relay::Relay,
    seen::Seen,
    ticket::Ticket,
};

/// The protocol's name in the handshake.
pub(super) const ALPN: &[u8] = b"aidpost-join/0";

/// Who answers those that want to join; nobody while it is shut.
#[derive(Clone, Default)]
pub struct Door(Arc<Mutex<Option<Answer>>>);

impl std::fmt::Debug for Door {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Door(open: {})", self.is_open())
    }
}

impl Door {
    /// Answers from now on.
    pub fn open(&self, answer: Answer) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(answer);
    }

    /// No more; whoever is inside stays until the answer is done.
    pub fn shut(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether somebody is let in.
    pub fn is_open(&self) -> bool {
        self.answer().is_some()
    }

    /// Whoever answers now.
    pub(super) fn answer(&self) -> Option<Answer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A call of somebody who isn't a member yet: it answers nobody and is known nowhere.
pub struct Visit {
    dialler: Dialler,
    connection: Connection,
    lanes: Lanes,
}

impl Visit {
    /// Calls the terminal of a ticket, with the endpoint key that is to be certified.
    ///
    /// # Errors
    /// No port to be had, or nobody there answers to tickets.
    pub async fn call(
        key: &SigningKey,
        to: &Ticket,
        relay: Option<Relay>,
    ) -> Result<(Self, SendStream, RecvStream), LinkError> {
        let lanes = Lanes::default();
        let anywhere = match to.addresses.iter().all(|a| a.ip().is_loopback()) && !to.addresses.is_empty() {
            true => SocketAddr::from(([127, 0, 0, 1], 0)),
            false => SocketAddr::from(([0, 0, 0, 0], 0)),
        };
        let endpoint = bind(key, anywhere, relay.or(to.relay), Vec::new(), &[]).await?;
        let dialler = Dialler::new(endpoint, Seen::default(), relay);
        let (connection, send, recv) = dialler.dial_for(to, ALPN).await?;
        Ok((Self { dialler, connection, lanes }, send, recv))
    }

    /// Goes on with something as long as it takes, at a pace that suits the link.
    pub async fn go_on<T>(&self, done: impl Future<Output = T>) -> T {
        paced(&self.connection, &self.lanes, done).await
    }

    /// The connection, which says why the other side ended it.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Takes leave: what was said last has arrived.
    pub async fn leave(self) {
        self.connection.close(0u32.into(), b"done");
        let _ = timeout(DIAL, self.dialler.close()).await;
    }
}
