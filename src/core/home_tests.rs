use crate::core::{
    block::{Block, Dep, Draft, Kind, Links, Payload},
    cert::{DeviceCert, DeviceRequest},
    codec,
    governance::Statement,
    id::OrgId,
    ledger::Replica,
    suspension::{Suspended, Suspension},
    time::Hlc,
};
use crate::testing::{Desk, consortium, key};

/// What a member states who has a terminal of another one sign a second request, for a later life than its own.
fn anothers(of: &Desk, by: &Desk, root: u8) -> Vec<u8> {
    let request = DeviceRequest::new(by.org, "ours now", &of.ledger, &key(90), [9; 32]);
    codec::encode(&vec![Statement::Device(DeviceCert::new(request, 7, &key(root)))])
}

fn org_of(r: &Replica, d: &Desk) -> Option<OrgId> {
    r.governance().writer(d.log.device).map(|(org, _)| org)
}

fn give(blocks: &[&Block], to: &mut Replica) {
    for b in blocks {
        to.accept(b).unwrap();
    }
}

#[test]
fn a_terminal_stays_where_it_began_whoever_certifies_its_key_later() {
    let [a, a2, mut b] = consortium();
    let taken = b.write(Kind::Governance, anothers(&a2, &b, 2));
    let orders: [[&Block; 3]; 2] = [[&a2.first(), &b.first(), &taken], [&b.first(), &taken, &a2.first()]];
    for order in orders {
        let mut r = a.replica.clone();
        give(&order, &mut r);
        assert_eq!(org_of(&r, &a2), Some(a.org));
        let known: Vec<_> = r.governance().devices().filter(|d| d.id() == a2.log.device).collect();
        assert_eq!(known, [&a2.cert]);
        assert!(r.governance().in_good_standing(a2.log.device));
        // The member's own certificate opens no door.
        let Ok(said) = codec::decode::<Vec<Statement>>(&taken.payload.as_ref().unwrap().bytes, 1 << 16)
        else {
            panic!("statements")
        };
        let Statement::Device(cert) = &said[0] else { panic!("a certificate") };
        assert!(!r.governance().welcomes(cert));
        assert!(r.governance().device_at(&cert.request.keys.endpoint).is_none());
    }
}

#[test]
fn who_begins_twice_answers_to_both() {
    let [mut a, a2, mut b] = consortium();
    let taken = b.write(Kind::Governance, anothers(&a2, &b, 2));
    let knows = Dep { log: b.log, seq: taken.signed.header.seq, hash: taken.signed.header.id() };
    // A second first block, that knows of the other member's certificate only.
    let fork = Draft {
        links: Links { deps: vec![knows], ..Links::first(b.replica.governance().consortium(), a2.log) },
        time: Hlc { millis: 9_000, count: 0 },
        kind: Kind::Audit,
        payload: Payload { salt: [3; 32], bytes: codec::encode::<Vec<u8>>(&Vec::new()) },
    };
    let fork = fork.seal(&a2.ledger);
    give(&[&a2.first(), &b.first(), &taken], &mut a.replica);
    give(&[&fork], &mut a.replica);
    let c = a.replica.governance().consortium();
    let stop = Suspension::new(c, Suspended::Device(a2.log.device), Vec::new(), &key(1));
    a.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(stop)]));
    let g = a.replica.governance();
    assert!(!g.in_good_standing(a2.log.device));
    assert_eq!(g.suspensions(a2.log.device).count(), 1);
    assert!(g.is_of(a2.log.device, a.org) && g.is_of(a2.log.device, b.org));
}
