use std::collections::VecDeque;

use super::*;
use crate::{
    core::{audit::AuditEntry, block::Kind, branches::Place, ledger::Accepted},
    testing::{Desk, consortium},
};

/// Blocks as a store would keep them, beside the replica that vouches for them.
struct Node {
    desk: Desk,
    blocks: Vec<Block>,
    peer_holds: Vec<Dep>,
    report: Option<Report>,
    half: Option<HalfBlock>,
    known: bool,
}

impl Node {
    fn new(desk: Desk) -> Self {
        let first = desk.first();
        Self { desk, blocks: vec![first], peer_holds: vec![], report: None, half: None, known: false }
    }

    fn write(&mut self) {
        self.write_of(1);
    }

    /// A block of about so many entries of 3 bytes.
    fn write_of(&mut self, entries: usize) {
        let entry = AuditEntry::SignIn(crate::core::audit::SignIn {
            staff: Some(self.desk.nurse_id()),
            method: crate::core::audit::Method::Face,
            outcome: crate::core::audit::Outcome::Granted,
        });
        let b = self.desk.write(Kind::Audit, codec::encode(&vec![entry; entries]));
        self.blocks.push(b);
    }

    fn key(&self) -> PublicKey {
        self.desk.presence().introduction.device.request.keys.endpoint
    }

    fn opening(&self) -> Event {
        let opening = Opening { presence: self.desk.presence(), known: self.known, half: self.half.clone() };
        Event::Opened(Box::new(opening))
    }

    fn at(&self, p: &Place) -> Block {
        let id = self.desk.replica.tree().id(*p).unwrap();
        self.blocks.iter().find(|b| b.signed.header.id() == id).unwrap().clone()
    }

    fn run(&mut self, s: &mut Session, e: Event, wire: &mut VecDeque<Vec<u8>>) -> Result<(), Refusal> {
        for o in s.on(e, &self.desk.replica)? {
            match o {
                Output::Send(m) => wire.push_back(wire::encode(&m)),
                Output::Load(places) => {
                    let blocks = places.iter().map(|p| self.at(p)).collect();
                    self.run(s, Event::Loaded(blocks), wire)?;
                }
                Output::Store(batch) => {
                    let results: Vec<_> = batch.iter().map(|b| self.desk.replica.accept(b)).collect();
                    let taken = Taken::of(&batch, &results);
                    for (b, r) in batch.into_iter().zip(results) {
                        match r {
                            Ok(Accepted::New(_)) => self.blocks.push(b),
                            Ok(Accepted::Filled(id)) => {
                                let at = self.blocks.iter().position(|x| x.signed.header.id() == id);
                                self.blocks[at.unwrap()] = b;
                            }
                            _ => {}
                        }
                    }
                    let frontier = self.desk.replica.frontier();
                    self.run(s, Event::Stored { frontier, taken }, wire)?;
                }
                Output::PeerHolds(_, heads) => {
                    self.peer_holds.retain(|d| !heads.iter().any(|h| h.log == d.log));
                    self.peer_holds.extend(heads);
                    self.peer_holds.sort_by_key(|d| d.log);
                }
                Output::Finished(r) => self.report = Some(r),
            }
        }
        Ok(())
    }
}

/// What a meeting took.
#[derive(Default, Debug, PartialEq)]
struct Took {
    messages: usize,
    bytes: usize,
    /// Bytes of each message, in the order of delivery.
    sizes: Vec<usize>,
    /// Blocks in them, whole or in parts.
    blocks: Vec<BlockId>,
}

/// A meeting that is cut after `cut` messages have been delivered.
fn meet(a: &mut Node, b: &mut Node, cut: usize) -> Result<Took, Refusal> {
    (a.report, b.report) = (None, None);
    let (mut sa, mut sb) = (Session::new(b.key(), Side::Calls), Session::new(a.key(), Side::Answers));
    let (mut to_a, mut to_b) = (VecDeque::new(), VecDeque::new());
    a.run(&mut sa, a.opening(), &mut to_b)?;
    b.run(&mut sb, b.opening(), &mut to_a)?;
    let mut took = Took::default();
    while took.messages < cut {
        let m = if let Some(m) = to_b.pop_front() {
            b.run(&mut sb, Event::Received(wire::decode(&m).unwrap()), &mut to_a)?;
            m
        } else if let Some(m) = to_a.pop_front() {
            a.run(&mut sa, Event::Received(wire::decode(&m).unwrap()), &mut to_b)?;
            m
        } else {
            for (n, s, out) in [(&mut *a, &mut sa, &mut to_b), (&mut *b, &mut sb, &mut to_a)] {
                n.run(s, Event::Idle, out)?;
                if s.has_more() {
                    n.run(s, Event::Ready(wire::PIECE), out)?;
                }
            }
            if to_a.is_empty() && to_b.is_empty() {
                break;
            }
            continue;
        };
        took.messages += 1;
        took.bytes += m.len() + 4;
        took.sizes.push(m.len());
        match wire::decode(&m).unwrap() {
            Message::Blocks(all) => took.blocks.extend(all.iter().map(|b| b.signed.header.id())),
            Message::Part(p) => took.blocks.push(p.block),
            _ => {}
        }
    }
    // Whoever loses the link keeps what has come.
    let mut lost = VecDeque::new();
    a.run(&mut sa, Event::Idle, &mut lost)?;
    b.run(&mut sb, Event::Idle, &mut lost)?;
    (a.half, b.half) = (sa.half().cloned(), sb.half().cloned());
    Ok(took)
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
    assert_eq!(b.peer_holds, a.desk.replica.frontier());
}

#[test]
fn nothing_new_takes_one_message_each_way() {
    let [a, _, b] = consortium().map(Node::new);
    let (mut a, mut b) = (a, b);
    meet(&mut a, &mut b, 100).unwrap();
    (a.known, a.peer_holds, b.peer_holds) = (true, vec![], vec![]);
    let took = meet(&mut a, &mut b, 100).unwrap();
    assert_eq!((a.report, b.report), (Some(Report::default()), Some(Report::default())));
    assert_eq!((took.messages, took.bytes), (2, 144), "both ways, with the lengths before");
    assert_eq!(a.peer_holds, b.desk.replica.frontier());
    assert_eq!(b.peer_holds, a.desk.replica.frontier());
}

#[test]
fn a_caller_who_left_its_certificates_out_is_asked_for_them() {
    let [a, _, b] = consortium().map(Node::new);
    let (mut a, mut b) = (a, b);
    a.known = true;
    meet(&mut a, &mut b, 100).unwrap();
    assert_eq!(a.desk.replica.frontier(), b.desk.replica.frontier());
}

#[test]
fn a_meeting_cut_anywhere_harms_nothing_and_the_next_one_finishes() {
    for cut in 0..14 {
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
fn of_a_large_block_nothing_that_came_is_sent_again() {
    let fresh = || {
        let [a, _, b] = consortium().map(Node::new);
        let (mut a, mut b) = (a, b);
        meet(&mut a, &mut b, 100).unwrap();
        a.write_of(2_500);
        a.known = true;
        (a, b)
    };
    let (mut a, mut b) = fresh();
    let whole = meet(&mut a, &mut b, 1_000).unwrap();
    assert!(whole.bytes > 45_000, "{whole:?}");
    assert!(whole.sizes.iter().all(|n| *n < wire::PIECE + 64), "small pieces: {:?}", whole.sizes);
    for cut in 1..whole.messages {
        let (mut a, mut b) = fresh();
        let first = meet(&mut a, &mut b, cut).unwrap();
        // The two greetings and the receipts come twice; of the block, nothing.
        let second = meet(&mut a, &mut b, 1_000).unwrap();
        assert!(first.bytes + second.bytes < whole.bytes + 500, "cut {cut}: {first:?} {second:?}");
        assert_eq!(a.desk.replica.frontier(), b.desk.replica.frontier(), "cut {cut}");
    }
}

#[test]
fn parts_that_do_not_fit_are_refused() {
    let part = |block: u8, at: u32, len: usize, last: bool| {
        Message::Part(Part { block: BlockId([block; 32]), at, last, bytes: vec![0; len] })
    };
    let bad: [&[Message]; 4] = [
        &[part(1, 5, 10, false)],
        &[part(1, 0, 10, false), part(2, 10, 10, false)],
        &[part(1, 0, 10, false), part(1, 11, 10, false)],
        &[part(1, 0, 10, true)],
    ];
    for messages in bad {
        let [a, _, b] = consortium().map(Node::new);
        let mut s = Session::new(b.key(), Side::Calls);
        s.on(a.opening(), &a.desk.replica).unwrap();
        s.on(hello(&b), &a.desk.replica).unwrap();
        let end =
            messages.iter().map(|m| s.on(Event::Received(m.clone()), &a.desk.replica)).next_back().unwrap();
        assert!(matches!(end, Err(Refusal::Protocol(_))), "{messages:?}");
        assert_eq!(s.half(), None, "kept, it would be in the way for ever");
    }
    let [a, _, b] = consortium().map(Node::new);
    let mut s = Session::new(b.key(), Side::Calls);
    s.on(a.opening(), &a.desk.replica).unwrap();
    s.on(hello(&b), &a.desk.replica).unwrap();
    let endless = (0..).map(|i| part(1, i * 4_096, 4_096, false));
    let refused = endless.map(|m| s.on(Event::Received(m), &a.desk.replica)).position(|r| r.is_err());
    assert_eq!(refused, Some(MAX_BLOCK / 4_096));
}

#[test]
fn what_was_acknowledged_is_never_sent_again_wherever_a_meeting_is_cut() {
    let fresh = || {
        let [a, _, b] = consortium().map(Node::new);
        let (mut a, mut b) = (a, b);
        meet(&mut a, &mut b, usize::MAX).unwrap();
        for _ in 0..150 {
            a.write();
        }
        (a, b)
    };
    let (mut a, mut b) = fresh();
    let whole = meet(&mut a, &mut b, usize::MAX).unwrap();
    assert!(whole.messages > 15, "{} messages", whole.messages);
    let mut partly = 0;
    for cut in 0..whole.messages {
        let (mut a, mut b) = fresh();
        meet(&mut a, &mut b, cut).unwrap();
        let held = a.peer_holds.iter().find(|d| d.log == a.desk.log).map_or(0, |d| d.seq);
        let acknowledged: Vec<BlockId> =
            (0..=held).filter_map(|n| a.desk.replica.id_at(a.desk.log, n)).collect();
        partly += usize::from(held > 1 && held < 150);
        let again = meet(&mut a, &mut b, usize::MAX).unwrap();
        assert!(again.blocks.iter().all(|id| !acknowledged.contains(id)), "cut {cut}");
        assert_eq!(a.desk.replica.frontier(), b.desk.replica.frontier(), "cut {cut}");
    }
    assert!(partly > 0, "some cuts came after a receipt on the way");
}

/// A session in which `of` has told `peer` what it holds, and the other way round.
fn greeted(of: &Node, peer: &Node) -> Session {
    let mut s = Session::new(peer.key(), Side::Calls);
    s.on(of.opening(), &of.desk.replica).unwrap();
    s.on(hello(peer), &of.desk.replica).unwrap();
    let heads = peer.desk.replica.frontier();
    let frontier = Frontier { heads, half: None, lacks: Vec::new() };
    s.on(Event::Received(Message::Frontier(frontier)), &of.desk.replica).unwrap();
    s
}

#[test]
fn who_sends_what_nobody_signed_or_what_it_was_told_is_here_is_refused() {
    let [a, _, b] = consortium().map(Node::new);
    let (mut a, mut b) = (a, b);
    for _ in 0..5 {
        a.write();
    }
    b.write();
    let mut out = VecDeque::new();
    let mut give = |n: &mut Node, s: &mut Session, blocks: Vec<Block>| {
        n.run(s, Event::Received(Message::Blocks(blocks)), &mut out)?;
        n.run(s, Event::Idle, &mut out)
    };
    // One changed byte of the content: what came before it stays.
    let mut s = greeted(&a, &b);
    let mut forged = b.blocks[1].clone();
    forged.payload.as_mut().unwrap().bytes[0] ^= 1;
    let refused = give(&mut a, &mut s, vec![b.blocks[0].clone(), forged]);
    assert!(matches!(refused, Err(Refusal::Protocol(_))), "{refused:?}");
    assert_eq!(a.desk.replica.head(b.desk.log).map(|h| h.seq), Some(0));
    // What refers to a block that isn't here is only early.
    let mut s = greeted(&a, &b);
    let mut later = b.desk.clone();
    let _missing = later.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    let early = later.write(Kind::Audit, codec::encode(&Vec::<AuditEntry>::new()));
    assert_eq!(give(&mut a, &mut s, vec![early]), Ok(()));
    // Another peer may have brought it meanwhile, any number of times.
    let mut s = greeted(&a, &b);
    assert_eq!(give(&mut a, &mut s, vec![b.blocks[1].clone()]), Ok(()));
    for _ in 0..2 * MAX_REPEATED {
        assert_eq!(give(&mut a, &mut s, vec![b.blocks[1].clone()]), Ok(()), "it was not told of at first");
    }
    // What it was told is here may not come for ever.
    let mut s = greeted(&a, &b);
    let own = a.blocks[2].clone();
    let taken = (0..).map(|_| give(&mut a, &mut s, vec![own.clone()])).position(|r| r.is_err());
    assert_eq!(taken, Some(MAX_REPEATED as usize));
}

#[test]
fn receipts_that_acknowledge_nothing_are_refused() {
    let [a, _, b] = consortium().map(Node::new);
    let mut s = greeted(&a, &b);
    let receipt = || Event::Received(Message::Receipt { heads: Vec::new(), last: false });
    assert!(s.on(receipt(), &a.desk.replica).is_ok());
    assert!(matches!(s.on(receipt(), &a.desk.replica), Err(Refusal::Protocol(_))));
}

#[test]
fn a_terminal_is_told_nothing_more_once_its_suspension_is_known() {
    use crate::core::governance::{Statement, Suspended, Suspension};
    let [a, a2, _] = consortium().map(Node::new);
    let (mut a, mut a2) = (a, a2);
    meet(&mut a, &mut a2, 100).unwrap();
    for _ in 0..40 {
        a.write();
    }
    let mut s = greeted(&a, &a2);
    let mut sent = VecDeque::new();
    a.run(&mut s, Event::Ready(wire::PIECE), &mut sent).unwrap();
    let is_blocks = |m: &Vec<u8>| matches!(wire::decode(m), Ok(Message::Blocks(_) | Message::Part(_)));
    assert!(sent.iter().any(is_blocks) && s.has_more());
    let who = Suspended::Device(a2.desk.cert.id());
    let root = crate::testing::key(1);
    let word = Suspension::new(a.desk.replica.governance().consortium(), who, Vec::new(), &root);
    a.desk.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(word)]));
    let mut sent = VecDeque::new();
    a.run(&mut s, Event::Ready(wire::PIECE), &mut sent).unwrap();
    assert!(!sent.iter().any(is_blocks), "{} messages", sent.len());
    assert!(!s.has_more());
    // The next meeting begins without a word of what is held here.
    let mut s = Session::new(a2.key(), Side::Answers);
    a.run(&mut s, a.opening(), &mut sent).unwrap();
    let mut said = VecDeque::new();
    a.run(&mut s, hello(&a2), &mut said).unwrap();
    let said: Vec<Message> = said.iter().map(|m| wire::decode(m).unwrap()).collect();
    assert!(matches!(&said[0], Message::Hello(h) if h.holds == [0; 32]), "{said:?}");
    assert!(matches!(&said[1], Message::Frontier(f) if f.heads.is_empty()), "{said:?}");
}

/// The HELLO that a node answers with.
fn hello(n: &Node) -> Event {
    let p = n.desk.presence();
    let introduction = Some(Box::new(p.introduction));
    Event::Received(Message::Hello(Hello {
        version: p.version,
        consortium: p.consortium,
        knows: false,
        introduction,
        holds: wire::digest(&p.frontier, &[]),
    }))
}

#[test]
fn strangers_and_broken_protocol_are_refused() {
    let [a, a2, b] = consortium().map(Node::new);
    let say = |s: &mut Session, e: Event| s.on(e, &a.desk.replica);
    let answering = |to: &Node| {
        let mut s = Session::new(to.key(), Side::Answers);
        s.on(a.opening(), &a.desk.replica).unwrap();
        s
    };
    let mut s = Session::new([0; 32], Side::Calls);
    say(&mut s, a.opening()).unwrap();
    assert_eq!(
        say(&mut s, hello(&b)),
        Err(Refusal::NotCertified),
        "a certificate that isn't this endpoint's"
    );
    let mut s = answering(&b);
    assert!(matches!(say(&mut s, Event::Received(Message::End)), Err(Refusal::Protocol(_))));
    let changed = |n: &Node, f: fn(&mut Hello)| {
        let Event::Received(Message::Hello(mut h)) = hello(n) else { unreachable!() };
        f(&mut h);
        Event::Received(Message::Hello(h))
    };
    let forged = changed(&b, |h| h.introduction.as_mut().unwrap().device.request.name = "else".into());
    assert_eq!(say(&mut answering(&b), forged), Err(Refusal::NotCertified));
    let old = changed(&a2, |h| h.version = 9);
    assert_eq!(say(&mut answering(&a2), old), Err(Refusal::Version(9)));
    // One who isn't known is asked once.
    let mut s = answering(&b);
    let silent = || changed(&b, |h| h.introduction = None);
    assert_eq!(say(&mut s, silent()), Ok(vec![Output::Send(Message::WhoAreYou)]));
    assert_eq!(say(&mut s, silent()), Err(Refusal::NotCertified));
}

#[test]
fn golden_messages() {
    let [a, ..] = consortium().map(Node::new);
    let Event::Received(m) = hello(&a) else { unreachable!() };
    crate::testing::golden("hello_v0.hex", &hex::encode(wire::encode(&m)));
    let frontier = Frontier {
        heads: a.desk.replica.frontier(),
        half: Some((a.blocks[0].signed.header.id(), 300)),
        lacks: Vec::new(),
    };
    crate::testing::golden("frontier_v0.hex", &hex::encode(wire::encode(&Message::Frontier(frontier))));
    let m = Message::Blocks(vec![a.desk.first()]);
    crate::testing::golden("blocks_v0.hex", &hex::encode(wire::encode(&m)));
    let part = Part { block: BlockId([3; 32]), at: 4_096, last: true, bytes: vec![1, 2, 3] };
    crate::testing::golden("part_v0.hex", &hex::encode(wire::encode(&Message::Part(part))));
}

/// A block with an organisation's key for one of its terminals, as it would be with real ciphertext.
fn key_block(n: &mut Node) -> (Block, crate::core::id::EpochId) {
    let epoch = crate::core::id::EpochId([6; 16]);
    let sealed = crate::core::keys::Sealed { enc: [1; 32], ct: vec![2; 48] };
    let wrap = crate::core::keys::Wrap::OrgKey { org: n.desk.org, epoch, device: n.desk.cert.id(), sealed };
    let b = n.desk.write(Kind::Keys, codec::encode(&vec![wrap]));
    n.blocks.push(b.clone());
    (b, epoch)
}

#[test]
fn a_payload_that_somebody_left_out_is_asked_of_the_next() {
    let [a, a2, b] = consortium();
    let [mut a, mut a2, mut b] = [a, a2, b].map(Node::new);
    let (block, epoch) = key_block(&mut a);
    let id = block.signed.header.id();
    meet(&mut a, &mut b, usize::MAX).unwrap();
    // B passes it on without the payload, although nobody ordered that.
    let stripped = Block { payload: None, ..block.clone() };
    for x in &mut b.blocks {
        if x.signed.header.id() == id {
            *x = stripped.clone();
        }
    }
    meet(&mut b, &mut a2, usize::MAX).unwrap();
    assert_eq!(a2.desk.replica.lacks(), vec![id]);
    assert_eq!(a2.desk.replica.frontier(), b.desk.replica.frontier(), "the log goes on without it");
    assert_eq!(a2.desk.replica.holders(a.desk.org, epoch).count(), 0);
    // A forged payload isn't taken for it.
    let mut forged = block.clone();
    forged.payload.as_mut().unwrap().bytes[9] ^= 1;
    assert!(a2.desk.replica.accept(&forged).is_err());
    meet(&mut a2, &mut a, usize::MAX).unwrap();
    assert_eq!(a2.report, Some(Report { sent: 1, received: 1 }));
    assert!(a2.desk.replica.lacks().is_empty() && !a2.desk.replica.is_bare(id));
    assert_eq!(a2.desk.replica.holders(a.desk.org, epoch).count(), 1);
    // Nothing is left to say.
    assert_eq!(meet(&mut a2, &mut a, usize::MAX).unwrap().messages, 2);
}

#[test]
fn a_payload_is_not_asked_for_once_enough_organisations_say_that_it_was_destroyed() {
    let [a, a2, b] = consortium();
    let [mut a, mut a2, mut b] = [a, a2, b].map(Node::new);
    let (block, _) = key_block(&mut a);
    let id = block.signed.header.id();
    let stripped = Block { payload: None, ..block.clone() };
    let receipt = || {
        let erased = crate::core::rights::Erased {
            order: BlockId([1; 32]),
            patient: crate::core::id::PatientId([2; 16]),
            wraps: 1,
            blocks: vec![id],
            backups: 0,
        };
        codec::encode(&vec![crate::core::rights::Entry::Did(crate::core::rights::Deed::Erased(erased))])
    };
    for n in [&mut a, &mut a2] {
        n.desk.replica.destroyed([id]);
        assert!(n.desk.replica.lacks().is_empty(), "what was destroyed here isn't asked for");
        for x in &mut n.blocks {
            if x.signed.header.id() == id {
                *x = stripped.clone();
            }
        }
    }
    meet(&mut a, &mut a2, usize::MAX).unwrap();
    assert!(a2.desk.replica.is_bare(id));
    assert_eq!(a2.desk.replica.accept(&block), Ok(Accepted::Known), "and isn't taken again");
    for n in [&mut a, &mut a2] {
        let r = n.desk.write(Kind::Rights, receipt());
        n.blocks.push(r);
    }
    meet(&mut a, &mut a2, usize::MAX).unwrap();
    meet(&mut a2, &mut b, usize::MAX).unwrap();
    assert_eq!(b.desk.replica.lacks(), vec![id], "two terminals of one organisation are one voice");
    let r = b.desk.write(Kind::Rights, receipt());
    b.blocks.push(r);
    assert!(b.desk.replica.lacks().is_empty());
}

#[test]
fn nothing_but_wrapped_keys_may_lack_its_payload() {
    let [a, .., b] = consortium();
    let [mut a, mut b] = [a, b].map(Node::new);
    meet(&mut a, &mut b, usize::MAX).unwrap();
    let consent = Block { payload: None, ..a.desk.unchecked(Kind::Audit, vec![0]) };
    let refused = b.desk.replica.accept(&consent);
    assert!(matches!(refused, Err(crate::core::block::Invalid::NoPayload("audit"))), "{refused:?}");
}
