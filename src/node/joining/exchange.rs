//! The exchange that ends with a code on both screens: each side over its half of a stream, knowing the endpoint keys that
//! the transport authenticated. What is agreed afterwards is for people.

use rand::CryptoRng;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Broken, Ends, MAX_ASK, MAX_OFFER, Message, Offer, Pass, VERSION, hear, say};
use crate::{
    core::{
        codec,
        compare::{ShortCode, Transcript, commitment},
        governance::OrgCert,
        id::hash32,
        ledger::Replica,
    },
    node::text::JoinRequest,
};

fn hash<T: serde::Serialize>(domain: &str, what: &T) -> [u8; 32] {
    hash32(domain, &[&codec::encode(what)])
}

fn offered(offer: &Offer) -> [u8; 32] {
    hash("aidpost v0 joining offer", offer)
}

fn asked(request: &JoinRequest) -> [u8; 32] {
    hash("aidpost v0 joining ask", request)
}

/// What one side adds to the code; fresh for every attempt.
pub(super) fn nonce(rng: &mut dyn CryptoRng) -> [u8; 32] {
    let mut n = [0u8; 32];
    rng.fill_bytes(&mut n);
    n
}

/// The inviter hears whether the caller has the ticket.
pub(super) async fn knocked(
    from: &mut (impl AsyncRead + Unpin),
    ends: Ends,
    pass: &Pass,
) -> Result<bool, Broken> {
    match hear(from, MAX_ASK).await? {
        // Hashes compare in constant time.
        Message::Knock { version: VERSION, proof } => Ok(pass.proof(ends) == proof),
        _ => Err(Broken::Protocol),
    }
}

/// The inviter's side after that: what the joiner asks for, and the code.
pub(super) async fn invite(
    (from, to): (&mut (impl AsyncRead + Unpin), &mut (impl AsyncWrite + Unpin)),
    ends: Ends,
    offer: Offer,
    inviter_nonce: [u8; 32],
) -> Result<(JoinRequest, ShortCode), Broken> {
    let (hash, by) = (offered(&offer), offer.by.org.clone());
    let bound = commitment(&hash, &inviter_nonce);
    say(to, &Message::Offer { offer: Box::new(offer), commitment: bound }).await?;
    let Message::Ask { request, nonce } = hear(from, MAX_ASK).await? else { return Err(Broken::Protocol) };
    if request.device.keys.endpoint != ends.joiner || !stands(&request, &by) {
        return Err(Broken::Untrue);
    }
    // Not before the joiner has said everything.
    say(to, &Message::Reveal { nonce: inviter_nonce }).await?;
    let said = Transcript {
        inviter: ends.inviter,
        joiner: ends.joiner,
        offer: hash,
        ask: asked(&request),
        inviter_nonce,
        joiner_nonce: nonce,
    };
    Ok((*request, said.code()))
}

/// The request is signed by the keys in it, for the organisation that it names or for the one that invites.
fn stands(r: &JoinRequest, by: &OrgCert) -> bool {
    let org = r.org.as_ref().unwrap_or(by);
    org.valid() && r.device.valid(org.id()) && r.staff.valid(org.id())
}

/// An offer that the joiner has got, and what the inviter is bound to.
pub(super) struct Heard {
    pub(super) offer: Offer,
    commitment: [u8; 32],
}

/// The joiner knocks, and is told to what it is invited.
pub(super) async fn knock(
    (from, to): (&mut (impl AsyncRead + Unpin), &mut (impl AsyncWrite + Unpin)),
    ends: Ends,
    pass: &Pass,
) -> Result<Heard, Broken> {
    say(to, &Message::Knock { version: VERSION, proof: *pass.proof(ends).as_bytes() }).await?;
    let Message::Offer { offer, commitment } = hear(from, MAX_OFFER).await? else {
        return Err(Broken::Protocol);
    };
    let (invite, by) = (&offer.invite, &offer.by);
    let device = &by.device;
    let own =
        device.request.keys.endpoint == ends.inviter && device.org == by.org.id() && invite.org == by.org;
    let replica = Replica::new(invite.genesis.clone(), &invite.acts).map_err(|_| Broken::Untrue)?;
    if !own || !device.valid() || replica.governance().org(by.org.id()) != Some(&by.org) {
        return Err(Broken::Untrue);
    }
    Ok(Heard { offer: *offer, commitment })
}

/// The joiner asks, and gets the code.
pub(super) async fn ask(
    (from, to): (&mut (impl AsyncRead + Unpin), &mut (impl AsyncWrite + Unpin)),
    ends: Ends,
    (heard, request): (&Heard, &JoinRequest),
    joiner_nonce: [u8; 32],
) -> Result<ShortCode, Broken> {
    say(to, &Message::Ask { request: Box::new(request.clone()), nonce: joiner_nonce }).await?;
    let Message::Reveal { nonce: inviter_nonce } = hear(from, MAX_ASK).await? else {
        return Err(Broken::Protocol);
    };
    let offer = offered(&heard.offer);
    if commitment(&offer, &inviter_nonce) != heard.commitment {
        return Err(Broken::Untrue);
    }
    let said = Transcript {
        inviter: ends.inviter,
        joiner: ends.joiner,
        offer,
        ask: asked(request),
        inviter_nonce,
        joiner_nonce,
    };
    Ok(said.code())
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
