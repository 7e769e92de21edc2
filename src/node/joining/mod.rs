//! Joining over the network: an admin invites (`host`), a terminal that has nothing yet but its keys calls (`guest`), both
//! screens show the same short code (`exchange`, `core::compare`), and only then anything is certified.
//!
//! What each side may rely on is in ARCHITECTURE.md, "Joining".

mod exchange;
pub mod guest;
mod host;
mod invitation;

use std::{fmt, str::FromStr, time::Duration};

use rand::CryptoRng;
use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    time::timeout,
};
use zeroize::{Zeroize, ZeroizeOnDrop};

pub(super) use self::invitation::Invitation;
use super::text::{self, Certificate, Invite, JoinRequest};
use crate::{
    core::{
        codec::{self, DecodeError},
        id::hash32,
        sign::PublicKey,
        wire::Introduction,
    },
    mesh::ticket::Ticket,
};

/// Version of the exchange.
const VERSION: u8 = 0;
/// The most bytes of what a stranger says: keys and names.
const MAX_ASK: usize = 4 * 1024;
/// The most bytes of what it is told: what a written invitation may hold.
const MAX_OFFER: usize = text::MAX;
/// How long either side's terminal may take for its next message; a whole invitation over a slow link.
const STEP: Duration = Duration::from_secs(30);
/// First word of a ticket to join with; also its version.
const WORD: &str = "aidpost-join-0:";

/// The one-time secret of a ticket: wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
struct Pass([u8; 16]);

impl Pass {
    fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut p = Self([0; 16]);
        rng.fill_bytes(&mut p.0);
        p
    }

    /// Shows to the inviter that one has the ticket, in a call between these two only.
    fn proof(&self, ends: Ends) -> blake3::Hash {
        blake3::Hash::from(hash32("aidpost v0 joining pass", &[&self.0, &ends.inviter, &ends.joiner]))
    }
}

/// Endpoint keys of the two, as the transport authenticated them.
#[derive(Clone, Copy)]
struct Ends {
    inviter: PublicKey,
    joiner: PublicKey,
}

/// What a terminal joins with: where the inviting one answers, and the secret that opens its door once. As text to copy or
/// to scan: `aidpost-join-0:SECRET/ENDPOINTKEY@ip:port,…`.
#[derive(Clone, PartialEq, Eq)]
pub struct JoinTicket {
    pass: Pass,
    to: Ticket,
}

/// Not such a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this is not a ticket to join with: copy the whole line that 'aidpost invite' shows, from \"{WORD}\" on"
)]
pub struct BadJoinTicket;

impl JoinTicket {
    /// Somebody meant to give a ticket, rather than the name of a file.
    pub fn looks_like_one(text: &str) -> bool {
        text.trim().starts_with(WORD)
    }

    /// The terminal to call.
    pub fn to(&self) -> &Ticket {
        &self.to
    }
}

impl fmt::Display for JoinTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{WORD}{}/{}", hex::encode(self.pass.0), self.to)
    }
}

impl fmt::Debug for JoinTicket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JoinTicket(…)")
    }
}

impl FromStr for JoinTicket {
    type Err = BadJoinTicket;

    fn from_str(s: &str) -> Result<Self, BadJoinTicket> {
        let (secret, to) =
            s.trim().strip_prefix(WORD).and_then(|s| s.split_once('/')).ok_or(BadJoinTicket)?;
        let mut pass = Pass([0; 16]);
        hex::decode_to_slice(secret, &mut pass.0).map_err(|_| BadJoinTicket)?;
        Ok(Self { pass, to: to.parse().map_err(|_| BadJoinTicket)? })
    }
}

/// What the inviter says first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    /// What a newcomer needs to know.
    pub invite: Invite,
    /// The certificates of the terminal that invites.
    pub by: Introduction,
}

/// What is said, in this order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Message {
    /// Joiner: it has a ticket.
    Knock { version: u8, proof: [u8; 32] },
    /// Inviter: who invites to what, and what binds it to its nonce.
    Offer { offer: Box<Offer>, commitment: [u8; 32] },
    /// Joiner: what it asks for.
    Ask { request: Box<JoinRequest>, nonce: [u8; 32] },
    /// Inviter: the nonce it was bound to. Both sides now have the code.
    Reveal { nonce: [u8; 32] },
    /// Joiner: whoever sits there said that the codes are the same, and its keys are durable.
    Agreed,
    /// Inviter: its admin said so too.
    Welcome(Welcome),
    /// Inviter: its admin said no.
    Refused,
    /// Joiner: it has kept what it was given.
    Kept,
}

/// What a terminal is given once both sides have agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Welcome {
    /// A further terminal's certificate.
    Certified(Box<Certificate>),
    /// The new organisation is proposed, and approved by the one that invited.
    Proposed,
}

/// Why an exchange went no further.
#[derive(Debug, thiserror::Error)]
enum Broken {
    /// The link, or nothing came over it in time.
    #[error("the link to the other terminal was lost: start again with a new ticket")]
    Lost,
    /// Something else was said than was due.
    #[error("the other terminal said something that does not belong here: start again with a new ticket")]
    Protocol,
    /// The other side doesn't hold what it committed itself to, or isn't who it says.
    #[error(
        "the other terminal is not what it says it is: somebody may be in between; get the ticket some other way"
    )]
    Untrue,
}

impl From<DecodeError> for Broken {
    fn from(_: DecodeError) -> Self {
        Self::Protocol
    }
}

async fn say(to: &mut (impl AsyncWrite + Unpin), m: &Message) -> Result<(), Broken> {
    let bytes = codec::encode(m);
    let framed = [&(bytes.len() as u32).to_le_bytes()[..], &bytes].concat();
    match timeout(STEP, to.write_all(&framed)).await {
        Ok(Ok(())) => Ok(()),
        _ => Err(Broken::Lost),
    }
}

/// The next message, of at most so many bytes, however long it takes.
async fn heard(from: &mut (impl AsyncRead + Unpin), most: usize) -> Result<Message, Broken> {
    let mut len = [0u8; 4];
    from.read_exact(&mut len).await.map_err(|_| Broken::Lost)?;
    let len = u32::from_le_bytes(len) as usize;
    if len > most {
        return Err(Broken::Protocol);
    }
    let mut bytes = vec![0u8; len];
    from.read_exact(&mut bytes).await.map_err(|_| Broken::Lost)?;
    Ok(codec::decode(&bytes, most)?)
}

/// The next message of a terminal that doesn't wait for a person.
async fn hear(from: &mut (impl AsyncRead + Unpin), most: usize) -> Result<Message, Broken> {
    timeout(STEP, heard(from, most)).await.map_err(|_| Broken::Lost)?
}

/// Reads one message of the exchange, whatever it is: for tests that feed it with anything.
///
/// # Errors
/// The bytes are no such message.
pub fn check(bytes: &[u8]) -> Result<(), DecodeError> {
    codec::decode::<Message>(bytes, MAX_OFFER).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_there_and_back_and_nothing_else() {
        let to: Ticket = format!("{}@127.0.0.1:5,[::1]:9", "07".repeat(32)).parse().unwrap();
        let t = JoinTicket { pass: Pass([0xab; 16]), to };
        let text = t.to_string();
        assert_eq!(text.parse::<JoinTicket>().as_ref(), Ok(&t));
        let relayed: Ticket = format!("{}@10.0.0.5:7,http://10.0.0.5:3340", "07".repeat(32)).parse().unwrap();
        crate::testing::golden("tickets_v0.txt", &format!("{}\n{relayed}\n{text}", t.to));
        assert_eq!(format!("  {text}\n").parse::<JoinTicket>().as_ref(), Ok(&t));
        assert!(JoinTicket::looks_like_one(&text) && !JoinTicket::looks_like_one("invite.txt"));
        assert_eq!(format!("{t:?}"), "JoinTicket(…)");
        // It fits a code that a telephone reads from a screen of 80x24.
        let (columns, _) = crate::qr::Code::new(&text).unwrap().cells();
        assert!(columns <= 80, "{columns}");
        for bad in ["", "invite.txt", &t.to.to_string(), &text[..text.len() - 1], &text.replace("ab", "xy")] {
            assert_eq!(bad.parse::<JoinTicket>(), Err(BadJoinTicket), "{bad}");
        }
    }
}
