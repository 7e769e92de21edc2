use ed25519_dalek::SigningKey;

use super::*;
use crate::{
    core::{
        block::{Block, Kind},
        codec,
        governance::{StaffCert, StaffRequest, Statement, Suspended, Suspension},
        id::{EpochId, StaffId},
        keys::{PatientKeyId, Sealed, SealedRecords},
        record::Compartment,
        retention::SHIPPED,
        rights::{DOMAIN, Entry, Marked, SealedWords},
        sign::Authored,
    },
    testing::{Desk, consortium, golden, key},
};

const PATIENT: PatientId = PatientId([7; 16]);

/// Two terminals of A and one of B that know each other, and an admin of A.
fn town() -> ([Desk; 3], SigningKey) {
    let [mut a, mut a2, mut b] = consortium();
    let boss = key(98);
    let firsts = [a.first(), a2.first(), b.first()];
    let cert = StaffCert::new(StaffRequest::new(a.org, "Amina", Role::Admin, &boss), &key(1));
    let certified = a.write(Kind::Governance, codec::encode(&vec![Statement::Staff(cert)]));
    for d in [&mut a, &mut a2, &mut b] {
        take(d, &firsts);
        take(d, std::slice::from_ref(&certified));
    }
    ([a, a2, b], boss)
}

fn take(d: &mut Desk, blocks: &[Block]) {
    for b in blocks {
        d.replica.accept(b).unwrap();
    }
}

fn write(d: &mut Desk, who: &SigningKey, r: Retention) -> Block {
    let consortium = d.replica.governance().consortium();
    let deed = Deed::Retention(r);
    let entry = Entry::Said(Authored::new(who, DOMAIN, &[&consortium.0, &[]], &deed));
    d.write(Kind::Rights, codec::encode(&vec![entry]))
}

fn visit(d: &mut Desk) -> Block {
    let key = PatientKeyId { patient: PATIENT, compartment: Compartment::General, epoch: EpochId([1; 16]) };
    d.write(Kind::Records, codec::encode(&SealedRecords { key, salt: [0; 32], sealed: vec![1; 300] }))
}

fn mark() -> Retention {
    let series = vec![(Series::Care, None), (Series::Attachments, Some(50))];
    Retention::Archive { under: Vec::new(), marked: vec![Marked { patient: PATIENT, series }] }
}

fn id(b: &Block) -> BlockId {
    b.signed.header.id()
}

fn is_away(d: &Desk, org: OrgId, records: &[&Block]) -> bool {
    let records: Vec<BlockId> = records.iter().map(|b| id(b)).collect();
    d.replica.shelf(org, PATIENT).archived(&d.replica, &records).patient().is_some()
}

#[test]
fn a_newer_record_brings_the_patient_back_also_one_that_was_written_meanwhile_elsewhere() {
    let ([mut a, mut a2, _], boss) = town();
    let org = a.org;
    let first = visit(&mut a);
    a2.replica.accept(&first).unwrap();
    let marked = write(&mut a, &boss, mark());
    assert!(is_away(&a, org, &[&first]));
    let files = a.replica.shelf(org, PATIENT).archived(&a.replica, &[id(&first)]);
    assert!(files.record(Series::Attachments, 50, id(&first)), "of that time");
    assert!(!files.record(Series::Attachments, 51, id(&first)), "a later one");
    assert!(!files.record(Series::Billing, 1, id(&first)), "nobody said so");
    // At the other terminal, which knows nothing of the mark.
    let meanwhile = visit(&mut a2);
    let [mut x, mut y] = [a.clone(), a2.clone()];
    x.replica.accept(&meanwhile).unwrap();
    y.replica.accept(&marked).unwrap();
    for d in [&x, &y] {
        assert!(!is_away(d, org, &[&first, &meanwhile]), "the same on both");
        let old = d.replica.shelf(org, PATIENT).archived(&d.replica, &[id(&first), id(&meanwhile)]);
        assert!(old.record(Series::Attachments, 50, id(&first)), "an old file stays where it is");
        assert!(!old.record(Series::Attachments, 50, id(&meanwhile)));
    }
    // Whoever has seen both may archive again.
    let again = write(&mut x, &boss, mark());
    assert!(is_away(&x, org, &[&first, &meanwhile]));
    y.replica.accept(&again).unwrap();
    assert!(is_away(&y, org, &[&first, &meanwhile]));
}

#[test]
fn only_an_admin_of_the_organisation_archives_and_anybody_of_it_restores() {
    let ([mut a, mut a2, mut b], boss) = town();
    let org = a.org;
    let first = visit(&mut a);
    let (nurse, other) = (a.nurse.clone(), b.nurse.clone());
    let nurses = write(&mut a, &nurse, mark());
    assert!(!is_away(&a, org, &[&first]), "a nurse");
    let theirs = write(&mut b, &other, Retention::Hold { patient: PATIENT, words: Vec::new() });
    a.replica.accept(&theirs).unwrap();
    let marked = write(&mut a, &boss, mark());
    assert!(is_away(&a, org, &[&first]), "another organisation's hold is about its own records");
    assert!(!is_away(&a, b.org, &[&first]), "another organisation's list is its own");
    // Asked for at the other terminal at the same time: it is back on both.
    a2.replica.accept(&first).unwrap();
    let nurse2 = a2.nurse.clone();
    let asked = write(&mut a2, &nurse2, Retention::Restore(PATIENT));
    a.replica.accept(&asked).unwrap();
    assert!(!is_away(&a, org, &[&first]));
    take(&mut a2, &[nurses, theirs, marked]);
    assert!(!is_away(&a2, org, &[&first]), "on the other too");
    write(&mut a, &boss, mark());
    assert!(is_away(&a, org, &[&first]), "archived after that");
}

#[test]
fn a_hold_keeps_everything_also_from_a_terminal_that_is_not_trusted() {
    let ([mut a, mut a2, _], boss) = town();
    let org = a.org;
    let first = visit(&mut a);
    write(&mut a, &boss, mark());
    let held = write(&mut a2, &boss, Retention::Hold { patient: PATIENT, words: Vec::new() });
    let release = Retention::Release { patient: PATIENT, holds: vec![id(&held)], words: Vec::new() };
    let freed = write(&mut a2, &boss, release.clone());
    // A2 is suspended before it wrote either: its hold counts, its release doesn't.
    let consortium = a.replica.governance().consortium();
    let upto: Vec<_> = a.replica.frontier().into_iter().filter(|d| d.log == a2.log).collect();
    let suspension = Suspension::new(consortium, Suspended::Device(a2.cert.id()), upto, &key(1));
    a.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(suspension)]));
    assert!(is_away(&a, org, &[&first]));
    take(&mut a, &[held.clone(), freed]);
    assert_eq!(a.replica.shelf(org, PATIENT).holds, [id(&held)]);
    assert_eq!(a.replica.holds(org).len(), 1);
    assert!(!is_away(&a, org, &[&first]));
    let nurse = a.nurse.clone();
    write(&mut a, &nurse, release.clone());
    assert_eq!(a.replica.shelf(org, PATIENT).holds.len(), 1, "a nurse releases nobody");
    write(&mut a, &boss, release);
    assert!(a.replica.shelf(org, PATIENT).holds.is_empty() && a.replica.holds(org).is_empty());
    assert!(is_away(&a, org, &[&first]), "archived as before");
}

#[test]
fn a_mark_of_a_suspended_person_counts_no_more() {
    let ([mut a, ..], boss) = town();
    let org = a.org;
    let first = visit(&mut a);
    let before = a.replica.frontier();
    write(&mut a, &boss, mark());
    assert!(is_away(&a, org, &[&first]));
    let consortium = a.replica.governance().consortium();
    let who = Suspended::Staff(StaffId::of_key(boss.verifying_key().as_bytes()));
    let suspension = Suspension::new(consortium, who, before, &key(1));
    a.write(Kind::Governance, codec::encode(&vec![Statement::Suspend(suspension)]));
    assert!(!is_away(&a, org, &[&first]));
}

#[test]
fn a_later_schedule_replaces_the_one_before_and_two_at_once_both_count() {
    let ([mut a, mut a2, _], boss) = town();
    let org = a.org;
    let adopt = |s: &str| Retention::Adopt(s.into());
    let texts = |d: &Desk| -> Vec<String> {
        d.replica.schedules(org).into_iter().map(|(_, t)| t.to_owned()).collect()
    };
    let nurse = a.nurse.clone();
    write(&mut a, &nurse, adopt("nurse"));
    assert!(texts(&a).is_empty());
    write(&mut a, &boss, adopt("one"));
    write(&mut a, &boss, adopt("two"));
    assert_eq!(texts(&a), ["two"]);
    let elsewhere = write(&mut a2, &boss, adopt("elsewhere"));
    a.replica.accept(&elsewhere).unwrap();
    let mut both = texts(&a);
    both.sort();
    assert_eq!(both, ["elsewhere", "two"]);
    write(&mut a, &boss, adopt(SHIPPED));
    assert_eq!(texts(&a), [SHIPPED]);
}

#[test]
fn a_clock_years_ahead_makes_nothing_due_where_others_can_be_compared() {
    let ([mut a, _, mut b], _) = town();
    let now = a.replica.latest().millis;
    assert_eq!(a.replica.past(now + 10), now + 10);
    let latest = visit(&mut b);
    a.replica.accept(&latest).unwrap();
    visit(&mut a);
    let others = a.replica.moment(0).latest;
    assert!(others > 0 && a.replica.past(others + 30 * YEAR) == others + YEAR);
}

#[test]
fn what_is_outside_its_limits_is_refused() {
    let ([mut a, ..], boss) = town();
    let consortium = a.replica.governance().consortium();
    let marked = |n: usize, series: Vec<(Series, Option<Millis>)>| Retention::Archive {
        under: Vec::new(),
        marked: vec![Marked { patient: PATIENT, series }; n],
    };
    let care = vec![(Series::Care, None)];
    for bad in [
        Retention::Adopt("#".repeat(8 * 1024 + 1)),
        Retention::Adopt("name = \"\u{1b}[2J\"".into()),
        marked(0, care.clone()),
        marked(257, care.clone()),
        marked(1, Vec::new()),
        marked(1, vec![(Series::Care, None); 7]),
        Retention::Release { patient: PATIENT, holds: Vec::new(), words: Vec::new() },
    ] {
        let entry =
            Entry::Said(Authored::new(&boss, DOMAIN, &[&consortium.0, &[]], &Deed::Retention(bad.clone())));
        let b = a.unchecked(Kind::Rights, codec::encode(&vec![entry]));
        assert!(a.replica.clone().accept(&b).is_err(), "{bad:?}");
    }
    write(&mut a, &boss, marked(256, care));
}

#[test]
fn golden_retention_bytes() {
    let words = vec![SealedWords {
        org: OrgId([4; 16]),
        epoch: EpochId([4; 16]),
        sealed: Sealed { enc: [5; 32], ct: vec![6; 40] },
    }];
    let all = [
        Retention::Adopt("version = 0".into()),
        Retention::Archive {
            under: vec![BlockId([1; 32])],
            marked: vec![Marked {
                patient: PATIENT,
                series: vec![(Series::Care, None), (Series::Audit, Some(300))],
            }],
        },
        Retention::Restore(PATIENT),
        Retention::Hold { patient: PATIENT, words: words.clone() },
        Retention::Release { patient: PATIENT, holds: vec![BlockId([2; 32])], words },
    ];
    let deeds = all.map(Deed::Retention).to_vec();
    golden("retention_v0.hex", &hex::encode(codec::encode(&deeds)));
}

/// What somebody did, and what they had seen.
struct Done {
    block: Block,
    seen: BTreeSet<BlockId>,
    what: What,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum What {
    Visit,
    Mark,
    Restore,
    Hold,
    Release(BlockId),
}

/// Two terminals do what they like and meet now and then. What is archived in the end is what follows from what each had
/// seen, in whatever order the blocks come.
#[test]
fn what_is_archived_depends_on_the_blocks_alone() {
    use rand::{RngExt, SeedableRng, rngs::StdRng, seq::SliceRandom};
    let (mut away, mut back, mut held) = (0, 0, 0);
    for seed in 0..60 {
        let mut rng = StdRng::seed_from_u64(seed);
        let ([a, a2, _], boss) = town();
        let (fresh, org) = (a.replica.clone(), a.org);
        let mut desks = [a, a2];
        let mut seen = [BTreeSet::new(), BTreeSet::new()];
        let mut all: Vec<Done> = Vec::new();
        for _ in 0..rng.random_range(3..12) {
            let who = rng.random_range(0..2usize);
            if rng.random_bool(0.4) {
                // They meet: each takes what the other has.
                for d in &all {
                    for (desk, seen) in desks.iter_mut().zip(&mut seen) {
                        desk.replica.accept(&d.block).unwrap();
                        seen.insert(id(&d.block));
                    }
                }
            }
            let desk = &mut desks[who];
            let holds: Vec<BlockId> = desk.replica.shelf(org, PATIENT).holds;
            let (block, what) = match rng.random_range(0..10) {
                0..3 => (visit(desk), What::Visit),
                3..7 => (write(desk, &boss, mark()), What::Mark),
                7 => (write(desk, &boss, Retention::Restore(PATIENT)), What::Restore),
                8 if !holds.is_empty() => {
                    let release =
                        Retention::Release { patient: PATIENT, holds: vec![holds[0]], words: Vec::new() };
                    (write(desk, &boss, release), What::Release(holds[0]))
                }
                _ => {
                    (write(desk, &boss, Retention::Hold { patient: PATIENT, words: Vec::new() }), What::Hold)
                }
            };
            all.push(Done { block: block.clone(), seen: seen[who].clone(), what });
            seen[who].insert(id(&block));
        }
        // From what each had seen, without the ledger.
        let of = |w: What| all.iter().filter(move |d| d.what == w);
        let released = |h: &Done| all.iter().any(|d| d.what == What::Release(id(&h.block)));
        let is_held = of(What::Hold).any(|h| !released(h));
        let knew = |m: &Done, x: &Done| m.seen.contains(&id(&x.block));
        let stands = |m: &&Done| of(What::Visit).all(|v| knew(m, v)) && of(What::Restore).all(|r| knew(m, r));
        let wanted = !is_held && of(What::Mark).any(|m| stands(&m));
        for turn in 0..3 {
            let mut replica = fresh.clone();
            let mut left: Vec<&Done> = all.iter().collect();
            left.shuffle(&mut StdRng::seed_from_u64(seed * 3 + turn));
            while !left.is_empty() {
                let before = left.len();
                left.retain(|d| replica.accept(&d.block).is_err());
                assert!(left.len() < before, "seed {seed}");
            }
            let records: Vec<BlockId> = of(What::Visit).map(|d| id(&d.block)).collect();
            let shelf = replica.shelf(org, PATIENT);
            let got = shelf.archived(&replica, &records).patient().is_some();
            assert_eq!((got, !shelf.holds.is_empty()), (wanted, is_held), "seed {seed}");
        }
        (away, back, held) = (away + u32::from(wanted), back + u32::from(!wanted), held + u32::from(is_held));
    }
    assert!(away > 5 && back > 5 && held > 5, "{away} {back} {held}");
}
