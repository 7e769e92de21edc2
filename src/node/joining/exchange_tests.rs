//! The exchange between honest ends, and with somebody in between who has the ticket.

use tokio::io::{DuplexStream, ReadHalf, WriteHalf, duplex, split};

use super::*;
use crate::{
    core::{
        governance::{DeviceRequest, Role, StaffRequest},
        id::OrgId,
        sign::PublicKey,
    },
    node::text::Invite,
    testing::{Desk, consortium, golden, key},
};

const PASS: Pass = Pass([7; 16]);

fn endpoint(n: u8) -> PublicKey {
    *key(n).verifying_key().as_bytes()
}

/// What this desk offers; its endpoint key is one above its ledger key.
fn offer(desk: &Desk) -> Offer {
    let g = desk.replica.governance();
    let by = desk.presence().introduction;
    let invite =
        Invite { genesis: g.genesis().clone(), acts: g.acts(), org: by.org.clone(), ticket: String::new() };
    Offer { invite, by }
}

/// A terminal that wants to be the clinic's, with the endpoint key `n`.
fn request(org: OrgId, n: u8) -> JoinRequest {
    JoinRequest {
        org: None,
        device: DeviceRequest::new(org, "tablet", &key(n - 1), &key(n), [9; 32]),
        staff: StaffRequest::new(org, "Omar", Role::Nurse, &key(n + 1)),
    }
}

type Half = (ReadHalf<DuplexStream>, WriteHalf<DuplexStream>);

fn stream() -> (Half, Half) {
    let (a, b) = duplex(64 * 1024);
    (split(a), split(b))
}

async fn inviter(
    mut at: Half,
    ends: Ends,
    offer: Offer,
    n: [u8; 32],
) -> Result<(JoinRequest, ShortCode), Broken> {
    assert!(knocked(&mut at.0, ends, &PASS).await?);
    invite((&mut at.0, &mut at.1), ends, offer, n).await
}

async fn joiner(mut at: Half, ends: Ends, request: &JoinRequest, n: [u8; 32]) -> Result<ShortCode, Broken> {
    let heard = knock((&mut at.0, &mut at.1), ends, &PASS).await?;
    ask((&mut at.0, &mut at.1), ends, (&heard, request), n).await
}

#[tokio::test]
async fn honest_ends_see_one_code_and_another_each_time() {
    let [a, ..] = consortium();
    let ends = Ends { inviter: endpoint(11), joiner: endpoint(51) };
    let r = request(a.org, 51);
    let mut codes = Vec::new();
    for n in 0..3 {
        let (x, y) = stream();
        let (i, j) = tokio::join!(inviter(x, ends, offer(&a), [n; 32]), joiner(y, ends, &r, [9; 32]));
        let ((got, code), other) = (i.unwrap(), j.unwrap());
        assert_eq!((code, &got), (other, &r));
        codes.push(code.to_string());
    }
    codes.dedup();
    assert_eq!(codes.len(), 3);
}

#[tokio::test]
async fn golden_messages() {
    let [a, ..] = consortium();
    let ends = Ends { inviter: endpoint(11), joiner: endpoint(51) };
    let message = |m: &Message| hex::encode(codec::encode(m));
    let proof = *PASS.proof(ends).as_bytes();
    golden("joining_knock_v0.hex", &message(&Message::Knock { version: 0, proof }));
    let o = Message::Offer { offer: Box::new(offer(&a)), commitment: [1; 32] };
    golden("joining_offer_v0.hex", &message(&o));
    let asks = Message::Ask { request: Box::new(request(a.org, 51)), nonce: [2; 32] };
    assert!(codec::encode(&asks).len() < MAX_ASK / 4, "names may still be long");
    golden("joining_ask_v0.hex", &message(&asks));
}

#[tokio::test]
async fn without_the_ticket_nobody_is_told_anything() {
    let ends = Ends { inviter: endpoint(11), joiner: endpoint(51) };
    for (pass, called) in [
        (Pass([8; 16]), ends),
        // Somebody else's knock, said again from another terminal or at another one.
        (PASS, Ends { joiner: endpoint(61), ..ends }),
        (PASS, Ends { inviter: endpoint(21), ..ends }),
    ] {
        let (mut x, mut y) = stream();
        let proof = *pass.proof(called).as_bytes();
        say(&mut y.1, &Message::Knock { version: VERSION, proof }).await.unwrap();
        assert!(!knocked(&mut x.0, ends, &PASS).await.unwrap());
    }
    // Nor whoever says something else, or too much.
    let (mut x, mut y) = stream();
    say(&mut y.1, &Message::Agreed).await.unwrap();
    assert!(matches!(knocked(&mut x.0, ends, &PASS).await, Err(Broken::Protocol)));
    tokio::io::AsyncWriteExt::write_all(&mut y.1, &(MAX_ASK as u32 + 1).to_le_bytes()).await.unwrap();
    assert!(matches!(knocked(&mut x.0, ends, &PASS).await, Err(Broken::Protocol)));
}

/// Somebody who has the ticket stands between: a call to the inviter, and one from the joiner whose ticket was swapped.
struct Between {
    to_inviter: Half,
    to_joiner: Half,
}

impl Between {
    /// Passes on what either side says, as it is.
    async fn relay(mut self, inviter: PublicKey, me: PublicKey) {
        // Its own knock: that of the joiner was made for another call.
        let _ = hear(&mut self.to_joiner.0, MAX_ASK).await;
        let proof = *PASS.proof(Ends { inviter, joiner: me }).as_bytes();
        let _ = say(&mut self.to_inviter.1, &Message::Knock { version: VERSION, proof }).await;
        loop {
            tokio::select! {
                m = hear(&mut self.to_inviter.0, MAX_OFFER) => {
                    let Ok(m) = m else { return };
                    let _ = say(&mut self.to_joiner.1, &m).await;
                }
                m = hear(&mut self.to_joiner.0, MAX_OFFER) => {
                    let Ok(m) = m else { return };
                    let _ = say(&mut self.to_inviter.1, &m).await;
                }
            }
        }
    }
}

#[tokio::test]
async fn who_only_passes_on_is_found_out_at_once() {
    let [a, ..] = consortium();
    let ((x, to_inviter), (to_joiner, y)) = (stream(), stream());
    let between = tokio::spawn(Between { to_inviter, to_joiner }.relay(endpoint(11), endpoint(61)));
    let r = request(a.org, 51);
    // The offer names the inviter's endpoint, and the call goes to another.
    let at_joiner = Ends { inviter: endpoint(61), joiner: endpoint(51) };
    let invites =
        tokio::spawn(inviter(x, Ends { inviter: endpoint(11), joiner: endpoint(61) }, offer(&a), [1; 32]));
    assert!(matches!(joiner(y, at_joiner, &r, [2; 32]).await, Err(Broken::Untrue)));
    between.abort();
    assert!(invites.await.unwrap().is_err());
    // The other way round: the request names the joiner's endpoint.
    let (x, mut y) = stream();
    let at_inviter = Ends { inviter: endpoint(11), joiner: endpoint(61) };
    let passes_on = async {
        knock((&mut y.0, &mut y.1), at_inviter, &PASS).await?;
        say(&mut y.1, &Message::Ask { request: Box::new(r.clone()), nonce: [2; 32] }).await
    };
    let (i, _) = tokio::join!(inviter(x, at_inviter, offer(&a), [1; 32]), passes_on);
    assert!(matches!(i, Err(Broken::Untrue)));
}

#[tokio::test]
async fn a_member_in_between_with_keys_of_its_own_sees_two_codes() {
    // The clinic's second terminal is in the wrong hands: what it offers is as true as what the first one offers.
    let [a, stolen, ..] = consortium();
    let honest = request(a.org, 51);
    for n in 0..200u8 {
        let ((x, mut p), (mut q, y)) = (stream(), stream());
        let at_inviter = Ends { inviter: endpoint(11), joiner: endpoint(61) };
        let at_joiner = Ends { inviter: endpoint(21), joiner: endpoint(51) };
        let own = request(a.org, 61);
        let between = async {
            assert!(knocked(&mut q.0, at_joiner, &PASS).await.unwrap());
            let heard = knock((&mut p.0, &mut p.1), at_inviter, &PASS).await.unwrap();
            // It waits with everything for as long as it can: it has the joiner's nonce before it must choose its own for the
            // inviter, and is bound towards the joiner by then.
            let invites = invite((&mut q.0, &mut q.1), at_joiner, offer(&stolen), [n; 32]);
            let (_, shown_at_joiner) = invites.await.unwrap();
            let shown_at_inviter = ask((&mut p.0, &mut p.1), at_inviter, (&heard, &own), [!n; 32]);
            (shown_at_joiner, shown_at_inviter.await.unwrap())
        };
        let (i, j, m) = tokio::join!(
            inviter(x, at_inviter, offer(&a), [1; 32]),
            joiner(y, at_joiner, &honest, [2; 32]),
            between
        );
        let ((_, at_i), at_j) = (i.unwrap(), j.unwrap());
        assert_eq!(m, (at_j, at_i), "it sees both codes");
        assert_ne!(at_i, at_j, "and can't make them one");
    }
}

#[tokio::test]
async fn another_nonce_than_the_one_it_was_bound_to_is_refused() {
    let [a, ..] = consortium();
    let ends = Ends { inviter: endpoint(11), joiner: endpoint(51) };
    let (mut x, y) = stream();
    let lies = async {
        assert!(knocked(&mut x.0, ends, &PASS).await.unwrap());
        let offer = offer(&a);
        let bound = commitment(&offered(&offer), &[1; 32]);
        say(&mut x.1, &Message::Offer { offer: Box::new(offer), commitment: bound }).await.unwrap();
        // It has tried nonces until one gives the code that it wants.
        let _ = hear(&mut x.0, MAX_ASK).await;
        say(&mut x.1, &Message::Reveal { nonce: [3; 32] }).await.unwrap();
    };
    let r = request(a.org, 51);
    let (j, ()) = tokio::join!(joiner(y, ends, &r, [2; 32]), lies);
    assert!(matches!(j, Err(Broken::Untrue)));
}

#[tokio::test]
async fn forged_requests_and_offers_are_not_taken() {
    let [a, _, b] = consortium();
    let ends = Ends { inviter: endpoint(11), joiner: endpoint(51) };
    // Made for another organisation.
    let (x, y) = stream();
    let other = request(b.org, 51);
    let (i, _) = tokio::join!(inviter(x, ends, offer(&a), [1; 32]), joiner(y, ends, &other, [2; 32]));
    assert!(matches!(i, Err(Broken::Untrue)));
    // An organisation that is no member of what it invites to.
    let mut o = offer(&b);
    o.invite.acts.clear();
    let ends = Ends { inviter: endpoint(31), joiner: endpoint(51) };
    let (x, y) = stream();
    let (_, j) = tokio::join!(inviter(x, ends, o, [1; 32]), joiner(y, ends, &other, [2; 32]));
    assert!(matches!(j, Err(Broken::Untrue)));
}
