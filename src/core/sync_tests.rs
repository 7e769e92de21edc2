use std::collections::VecDeque;

use super::*;
use crate::{
    core::{audit::AuditEntry, block::Kind, codec},
    testing::{Desk, consortium},
};

/// Blocks as a store would keep them, beside the replica that vouches for them.
struct Node {
    desk: Desk,
    blocks: Vec<Block>,
    peer_holds: Vec<Dep>,
    report: Option<Report>,
}

impl Node {
    fn new(desk: Desk) -> Self {
        let first = desk.first();
        Self { desk, blocks: vec![first], peer_holds: vec![], report: None }
    }

    fn write(&mut self) {
        let b = self.desk.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
        self.blocks.push(b);
    }

    fn run(&mut self, s: &mut Session, e: Event, wire: &mut VecDeque<Vec<u8>>) -> Result<(), Refusal> {
        for o in s.on(e, &self.desk.replica)? {
            match o {
                Output::Send(m) => wire.push_back(wire::encode(&m)),
                Output::Load(ranges) => {
                    let mut blocks = Vec::new();
                    for b in &self.blocks {
                        let h = &b.signed.header;
                        if ranges.iter().any(|(a, z)| a.log == h.log && (a.seq..=*z).contains(&h.seq)) {
                            blocks.push(b.clone());
                        }
                    }
                    self.run(s, Event::Loaded(blocks), wire)?;
                }
                Output::Store(batch) => {
                    let mut new = 0;
                    for b in batch {
                        if let Ok(crate::core::ledger::Accepted::New(_)) = self.desk.replica.accept(&b) {
                            new += 1;
                            self.blocks.push(b);
                        }
                    }
                    let frontier = self.desk.replica.frontier();
                    self.run(s, Event::Stored { frontier, new }, wire)?;
                }
                Output::PeerHolds(_, f) => self.peer_holds = f,
                Output::Finished(r) => self.report = Some(r),
            }
        }
        Ok(())
    }
}

/// A meeting that is cut after `cut` messages have been delivered.
fn meet(a: &mut Node, b: &mut Node, cut: usize) -> Result<(), Refusal> {
    let key = |n: &Node| n.desk.hello().device.request.keys.endpoint;
    let (mut sa, mut sb) = (Session::new(key(b), Side::Calls), Session::new(key(a), Side::Answers));
    let (mut to_a, mut to_b) = (VecDeque::new(), VecDeque::new());
    a.run(&mut sa, Event::Opened(Box::new(a.desk.hello())), &mut to_b)?;
    b.run(&mut sb, Event::Opened(Box::new(b.desk.hello())), &mut to_a)?;
    for _ in 0..cut {
        if let Some(m) = to_b.pop_front() {
            b.run(&mut sb, Event::Received(wire::decode(&m).unwrap()), &mut to_a)?;
        } else if let Some(m) = to_a.pop_front() {
            a.run(&mut sa, Event::Received(wire::decode(&m).unwrap()), &mut to_b)?;
        } else {
            break;
        }
    }
    Ok(())
}

#[test]
fn two_nodes_converge_and_know_what_the_other_holds() {
    let [a, _, b] = consortium().map(Node::new);
    let (mut a, mut b) = (a, b);
    for _ in 0..5 {
        a.write();
        b.write();
    }
    meet(&mut a, &mut b, 100).unwrap();
    assert_eq!(a.desk.replica.frontier(), b.desk.replica.frontier());
    assert_eq!(a.report, Some(Report { sent: 6, received: 6 }));
    assert_eq!(a.peer_holds, b.desk.replica.frontier());
    // Nothing new: hello, end, receipt.
    a.report = None;
    meet(&mut a, &mut b, 6).unwrap();
    assert_eq!(a.report, Some(Report::default()));
}

#[test]
fn a_meeting_cut_anywhere_harms_nothing_and_the_next_one_finishes() {
    for cut in 0..10 {
        let [a, _, b] = consortium().map(Node::new);
        let (mut a, mut b) = (a, b);
        for _ in 0..3 {
            a.write();
            b.write();
        }
        meet(&mut a, &mut b, cut).unwrap();
        for (n, peer) in [(&a, &b), (&b, &a)] {
            let held = peer.desk.replica.frontier();
            assert!(
                n.peer_holds.iter().all(|d| held.iter().any(|h| h.log == d.log && h.seq >= d.seq)),
                "cut {cut}"
            );
        }
        meet(&mut a, &mut b, 100).unwrap();
        assert_eq!(a.desk.replica.frontier(), b.desk.replica.frontier(), "cut {cut}");
    }
}

#[test]
fn strangers_and_broken_protocol_are_refused() {
    let [a, a2, b] = consortium();
    let mut s = Session::new([0; 32], Side::Calls);
    s.on(Event::Opened(Box::new(a.hello())), &a.replica).unwrap();
    let other_endpoint = s.on(Event::Received(Message::Hello(Box::new(b.hello()))), &a.replica);
    assert_eq!(other_endpoint, Err(Refusal::NotCertified), "a certificate that isn't this endpoint's");
    let endpoint = b.hello().device.request.keys.endpoint;
    let mut s = Session::new(endpoint, Side::Answers);
    s.on(Event::Opened(Box::new(a.hello())), &a.replica).unwrap();
    assert!(matches!(s.on(Event::Received(Message::End), &a.replica), Err(Refusal::Protocol(_))));
    let mut forged = b.hello();
    forged.device.request.name = "else".into();
    assert_eq!(
        s.on(Event::Received(Message::Hello(Box::new(forged))), &a.replica),
        Err(Refusal::NotCertified)
    );
    let mut old = a2.hello();
    old.version = 9;
    assert_eq!(s.on(Event::Received(Message::Hello(Box::new(old))), &a.replica), Err(Refusal::Version(9)));
}

#[test]
fn golden_messages() {
    let [a, ..] = consortium();
    let m = Message::Hello(Box::new(a.hello()));
    crate::testing::golden("hello_v0.hex", &hex::encode(wire::encode(&m)));
    let m = Message::Blocks(vec![a.first()]);
    crate::testing::golden("blocks_v0.hex", &hex::encode(wire::encode(&m)));
}
