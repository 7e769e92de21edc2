use super::*;
use crate::core::{
    cert::OrgKind,
    governance::{Genesis, Governance, Statement},
};

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn org(n: u8) -> OrgCert {
    OrgCert::new(&format!("Clinic {n}"), OrgKind::Clinic, &key(n))
}

fn admit(n: u8) -> Proposal {
    Proposal::Admit { org: org(n), witness: *key(n + 100).verifying_key().as_bytes() }
}

/// A consortium of organisations 1 to n.
fn of(n: u8) -> Governance {
    let witness = *key(101).verifying_key().as_bytes();
    let genesis =
        Genesis { version: 0, name: "Valley".into(), demo: true, nonce: [0; 32], founder: org(1), witness };
    let mut g = Governance::found(genesis).unwrap();
    for next in 2..=n {
        let (era, p) = (g.era().id, admit(next));
        g.apply(&Statement::Propose(p.clone())).unwrap();
        for by in 1..next {
            g.apply(&Statement::Approve(Approval::new(era, p.id(), &key(by)))).unwrap();
        }
    }
    assert_eq!(g.orgs().count(), usize::from(n));
    g
}

fn approve(g: &mut Governance, p: &Proposal, by: &[u8]) {
    let era = g.era().id;
    g.apply(&Statement::Propose(p.clone())).unwrap();
    for b in by {
        g.apply(&Statement::Approve(Approval::new(era, p.id(), &key(*b)))).unwrap();
    }
}

fn void(g: &mut Governance, by: &[(u8, Option<&Proposal>)]) {
    let era = g.era().id;
    for (b, said) in by {
        g.apply(&Statement::Void(Void::new(era, said.map(Proposal::id), &key(*b)))).unwrap();
    }
}

#[test]
fn an_expelled_organisation_is_no_member_and_what_it_wrote_before_stays() {
    let mut g = of(4);
    let p = Proposal::Expel { org: org(4).id(), upto: vec![] };
    approve(&mut g, &p, &[1, 2]);
    assert_eq!(g.orgs().count(), 4);
    approve(&mut g, &p, &[3]);
    assert_eq!(g.orgs().count(), 3);
    assert!(g.was_member(org(4).id()) && g.era().expelled.contains_key(&org(4).id()));
    // It can come back.
    approve(&mut g, &admit(4), &[1, 2]);
    assert!(g.org(org(4).id()).is_some() && g.era().expelled.is_empty());
}

#[test]
fn split_approvals_are_voided_and_what_could_have_passed_comes_first() {
    let mut g = of(4);
    let (x, y) = (admit(8), admit(9));
    approve(&mut g, &x, &[1, 2]);
    approve(&mut g, &y, &[3]);
    let split = g.era().id;
    // Organisation 4 hasn't been heard: with its yes x would have passed, y could with a liar's help.
    void(&mut g, &[(1, Some(&x)), (2, Some(&x))]);
    assert_eq!(g.era().id, split);
    void(&mut g, &[(3, Some(&y))]);
    assert_ne!(g.era().id, split);
    assert!(g.era().carried.contains(&x.id()));
    let z = admit(10);
    approve(&mut g, &z, &[1, 2, 3, 4]);
    assert!(g.org(org(10).id()).is_none(), "what was carried over comes first");
    approve(&mut g, &x, &[1, 2, 3]);
    assert!(g.org(org(8).id()).is_some());
    assert!(g.era().carried.is_empty());
}

#[test]
fn a_decision_that_turns_up_late_leads_to_the_same_members() {
    let x = admit(8);
    let mut early = of(4);
    approve(&mut early, &x, &[1, 2, 4]);
    let mut late = of(4);
    let era = late.era().id;
    approve(&mut late, &x, &[1, 2]);
    void(&mut late, &[(1, Some(&x)), (2, Some(&x)), (3, None)]);
    approve(&mut late, &x, &[1, 2, 3]);
    assert!(late.org(org(8).id()).is_some());
    assert_eq!(late.era().id, early.era().id);
    // What is decided on top of it stays, whatever turns up of the epoch that was voided.
    let y = admit(9);
    approve(&mut late, &y, &[1, 2, 3, 8]);
    let decided = late.era().clone();
    assert!(late.org(org(9).id()).is_some());
    let voting = |g: &Governance| g.decisions().voting().iter().map(|e| e.id).collect::<Vec<_>>();
    let (before, epochs) = (voting(&late), late.decisions().eras().len());
    late.apply(&Statement::Approve(Approval::new(era, x.id(), &key(4)))).unwrap();
    assert_eq!(late.era(), &decided);
    assert_eq!(late.decisions().eras().len(), epochs - 1);
    assert_eq!(voting(&late), before, "what was cosigned after the void counts as before");
    approve(&mut early, &y, &[1, 2, 4, 8]);
    assert_eq!(late.era(), early.era());
}

#[test]
fn what_was_carried_through_two_voids_is_decided_as_in_the_first_epoch() {
    let (mut g, x) = (of(4), admit(8));
    let mut passed = g.clone();
    approve(&mut passed, &x, &[1, 2, 3]);
    let first = g.era().id;
    void(&mut g, &[(1, Some(&x)), (2, Some(&x)), (3, None)]);
    let second = g.era().id;
    approve(&mut g, &x, &[1, 2]);
    void(&mut g, &[(1, Some(&x)), (2, Some(&x)), (4, None)]);
    assert!(g.era().carried.contains(&x.id()) && g.era().origin == first && g.era().id != second);
    approve(&mut g, &x, &[1, 2, 3]);
    assert_eq!(g.era(), passed.era());
    // And once it has passed in the second after all.
    g.apply(&Statement::Approve(Approval::new(second, x.id(), &key(3)))).unwrap();
    assert_eq!(g.era(), passed.era());
}

#[test]
fn the_order_of_votes_changes_nothing() {
    let (x, y) = (admit(8), admit(9));
    let g = of(4);
    let era = g.era().id;
    let mut votes: Vec<Statement> =
        [1, 2, 3].map(|b| Statement::Approve(Approval::new(era, x.id(), &key(b)))).into();
    votes.push(Statement::Approve(Approval::new(era, y.id(), &key(2))));
    votes.extend([Statement::Propose(x), Statement::Propose(y)]);
    let after = |order: &[Statement]| {
        let mut g = g.clone();
        for s in order {
            g.apply(s).unwrap();
        }
        assert_eq!(g.decisions().equivocations().map(|(o, _)| o).collect::<Vec<_>>(), [org(2).id()]);
        g.era().clone()
    };
    let first = after(&votes);
    for _ in 0..votes.len() {
        votes.rotate_left(1);
        assert_eq!(after(&votes), first);
    }
}

#[test]
fn a_policy_is_validated_before_it_can_be_proposed() {
    let mut g = of(2);
    let bad = Statement::Propose(Proposal::Policy("permit (principal".into()));
    assert!(g.apply(&bad).is_err());
    // One under which nobody could ever change it again is none.
    let lockout = Statement::Propose(Proposal::Policy("forbid (principal, action, resource);".into()));
    assert!(g.apply(&lockout).is_err());
    let text = "permit (principal == Aidpost::Role::\"admin\", action, resource);";
    approve(&mut g, &Proposal::Policy(text.into()), &[1, 2]);
    assert_eq!(g.policy(), text);
}
