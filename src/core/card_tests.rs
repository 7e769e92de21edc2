use ed25519_dalek::SigningKey;

use super::*;
use crate::{
    core::{
        block::{Block, Kind},
        codec,
        consent::{self, By, CardSignature, Effective, Ended, Entry, Grant, Grantee, Scope, Wish, standing},
        id::{GrantId, PatientId},
        keys::{Sealed, Wrap},
        policy::Purpose,
        record::Compartment,
        sign::Authored,
        trust::Moment,
    },
    testing::{Desk, consortium, key},
};

const PATIENT: PatientId = PatientId([7; 16]);

fn card(n: u8) -> CardKeys {
    CardKeys { signing: *key(n).verifying_key().as_bytes(), encryption: [n; 32] }
}

fn writes(d: &mut Desk, act: Act, card: Option<&SigningKey>) -> Block {
    let (consortium, nurse) = (d.replica.governance().consortium(), d.nurse.clone());
    let scope: [&[u8]; 2] = [&consortium.0, &PATIENT.0];
    let act = Authored::new(&nurse, consent::DOMAIN, &scope, &Wish { act, by: By::Patient });
    let card = card.map(|c| CardSignature::new(consortium, PATIENT, &act, c));
    let entry = Entry { patient: PATIENT, act, card };
    let seq = d.replica.head(d.log).map_or(0, |h| h.seq + 1);
    let bytes = consent::change(&entry, d.log, seq).unwrap();
    d.write(Kind::Consent, bytes)
}

fn take(d: &mut Desk, blocks: &[&Block]) {
    for b in blocks {
        d.replica.accept(b).unwrap();
    }
}

fn cards(d: &Desk) -> Cards {
    Cards::of(d.replica.consents(PATIENT), &d.replica)
}

fn grant(to: OrgId) -> Act {
    Act::Grant(Grant {
        id: GrantId([1; 16]),
        to: Grantee::Org(to),
        purpose: Purpose::Treatment,
        compartments: vec![Compartment::General],
        from: 0,
        until: None,
        parent: None,
        delegable: false,
    })
}

fn met() -> [Desk; 3] {
    let [mut a, mut a2, mut b] = consortium();
    let (fa, fa2, fb) = (a.first(), a2.first(), b.first());
    take(&mut a, &[&fa2, &fb]);
    take(&mut a2, &[&fa, &fb]);
    take(&mut b, &[&fa, &fa2]);
    [a, a2, b]
}

#[test]
fn a_card_counts_for_whoever_issued_it_until_it_is_revoked() {
    let [mut a, _, mut b] = met();
    let id = card(50).id();
    let issued = writes(&mut a, Act::CardIssue(card(50)), None);
    take(&mut b, &[&issued]);
    for d in [&a, &b] {
        let all = cards(d);
        assert_eq!(all.in_force(a.org).map(|c| c.keys), Some(card(50)));
        assert_eq!(all.state(id, a.org), Some(CardState::InForce));
        assert_eq!(all.state(id, b.org), Some(CardState::Unrecognised));
        assert_eq!(all.state(CardId([0; 16]), a.org), None);
        assert_eq!(all.believing(&card(50).signing), [a.org]);
    }
    // Anybody who is certified may say that it is lost.
    let lost = writes(&mut b, Act::CardRevoke(id), None);
    take(&mut a, &[&lost]);
    assert_eq!(cards(&a).state(id, a.org), Some(CardState::Revoked));
    assert!(cards(&a).in_force(a.org).is_none() && cards(&a).is_revoked(id));
    // For ever, also when it is issued again.
    writes(&mut a, Act::CardIssue(card(50)), None);
    assert_eq!(cards(&a).state(id, a.org), Some(CardState::Revoked));
}

#[test]
fn a_new_card_replaces_the_one_before_and_never_gives_it_back() {
    let [mut a, ..] = met();
    writes(&mut a, Act::CardIssue(card(50)), None);
    writes(&mut a, Act::CardIssue(card(51)), None);
    let all = cards(&a);
    assert_eq!(all.state(card(50).id(), a.org), Some(CardState::Replaced));
    assert_eq!(all.in_force(a.org).map(|c| c.id), Some(card(51).id()));
    writes(&mut a, Act::CardRevoke(card(51).id()), None);
    assert!(cards(&a).in_force(a.org).is_none());
}

#[test]
fn of_two_issued_apart_all_choose_the_same_one() {
    let [mut a, mut a2, mut b] = met();
    let first = writes(&mut a, Act::CardIssue(card(50)), None);
    let second = writes(&mut a2, Act::CardIssue(card(51)), None);
    take(&mut a, &[&second]);
    take(&mut a2, &[&first]);
    take(&mut b, &[&second, &first]);
    let low = card(50).id().min(card(51).id());
    for d in [&a, &a2, &b] {
        let all = cards(d);
        assert_eq!(all.in_force(a.org).map(|c| c.id), Some(low));
        assert_eq!(
            all.all().iter().filter(|c| all.state(c.id, a.org) == Some(CardState::InForce)).count(),
            1
        );
    }
    writes(&mut a, Act::CardRevoke(low), None);
    assert_ne!(cards(&a).in_force(a.org).map(|c| c.id), Some(low), "the other one is left");
}

#[test]
fn another_organisation_recognises_a_card_only_by_its_own_signature() {
    let [mut a, _, mut b] = met();
    let issued = writes(&mut a, Act::CardIssue(card(50)), None);
    take(&mut b, &[&issued]);
    let id = card(50).id();
    // Without the card, or with another one.
    writes(&mut b, Act::CardAccept, None);
    writes(&mut b, Act::CardAccept, Some(&key(51)));
    assert_eq!(cards(&b).state(id, b.org), Some(CardState::Unrecognised));
    writes(&mut b, Act::CardAccept, Some(&key(50)));
    assert_eq!(cards(&b).state(id, b.org), Some(CardState::InForce));
    assert_eq!(cards(&b).recognising(id).count(), 2);
}

#[test]
fn nobody_opens_anothers_records_with_a_card_of_their_own_making() {
    let [mut a, _, mut b] = met();
    let issued = writes(&mut a, Act::CardIssue(card(50)), None);
    take(&mut b, &[&issued]);
    // B makes a card for A's patient, and signs with it that B may read everything.
    writes(&mut b, Act::CardIssue(card(60)), None);
    let own = b.org;
    writes(&mut b, grant(own), Some(&key(60)));
    let all = standing(b.replica.consents(PATIENT), &b.replica, Moment::exact(10));
    assert_eq!(all.iter().map(|s| s.custodians.clone()).collect::<Vec<_>>(), [vec![b.org]]);
    assert!(!all[0].opens(a.org));
    assert_eq!(cards(&b).state(card(50).id(), a.org), Some(CardState::InForce), "and A's own stays in force");
    // What the patient's real card signs opens what A wrote.
    let [_, _, mut other] = met();
    take(&mut other, &[&issued]);
    writes(&mut other, grant(own), Some(&key(50)));
    let all = standing(other.replica.consents(PATIENT), &other.replica, Moment::exact(10));
    assert!(all[0].opens(a.org) && all[0].by_card && all[0].ended.is_none());
}

#[test]
fn what_a_lost_card_signed_counts_no_more_and_its_restrictions_do() {
    let [mut a, _, b] = met();
    writes(&mut a, Act::CardIssue(card(50)), None);
    writes(&mut a, grant(b.org), Some(&key(50)));
    let ended = |d: &Desk| {
        standing(d.replica.consents(PATIENT), &d.replica, Moment::exact(10)).first().and_then(|s| s.ended)
    };
    assert_eq!(ended(&a), None);
    let mut stopped = a.clone();
    writes(&mut a, Act::CardRevoke(card(50).id()), None);
    assert_eq!(ended(&a), Some(Ended::Untrusted));
    let effective = Effective::of(a.replica.consents(PATIENT), &a.replica);
    assert!(effective.cards().is_revoked(card(50).id()));
    writes(&mut stopped, Act::RevokeAll(Scope::Everyone), Some(&key(99)));
    assert_eq!(ended(&stopped), Some(Ended::Revoked), "a restriction counts whatever card signed it");
}

#[test]
fn a_secret_is_sound_while_only_members_in_good_standing_hold_it() {
    let [mut a, ..] = met();
    let secret = EpochId([5; 16]);
    let sealed = || Sealed { enc: [0; 32], ct: vec![0; 48] };
    let to = |org, n| Wrap::CardSecret { secret, org, org_epoch: EpochId([n; 16]), sealed: sealed() };
    assert!(!a.replica.card_secret_is_sound(secret), "nobody has it");
    let own = a.org;
    let wraps = vec![to(own, 1)];
    a.write(Kind::Keys, codec::encode(&wraps));
    assert!(a.replica.card_secret_is_sound(secret));
    assert_eq!(a.replica.card_secrets().collect::<Vec<_>>(), [secret]);
    assert_eq!(a.replica.card_secret_holders(secret), [own].into());
    let mut stranger = a.clone();
    stranger.write(Kind::Keys, codec::encode(&vec![to(OrgId([9; 16]), 2)]));
    assert!(!stranger.replica.card_secret_is_sound(secret), "somebody who is no member");
    // The organisation's key that it was wrapped to lies on a terminal that isn't certified.
    let lost = Wrap::OrgKey {
        org: own,
        epoch: EpochId([1; 16]),
        device: crate::core::id::DeviceId([8; 16]),
        sealed: sealed(),
    };
    a.write(Kind::Keys, codec::encode(&vec![lost]));
    assert!(!a.replica.card_secret_is_sound(secret));
}
