use super::*;
use crate::{
    core::{
        block::{Invalid, Kind},
        governance::{StaffCert, StaffRequest, Statement},
        id::{BlockId, EpochId},
        keys::{PatientKeyId, SealedRecords},
        policy::{Policies, Purpose},
        record::Compartment,
    },
    testing::{Desk, consortium, golden, key},
};

const PATIENT: PatientId = PatientId([7; 16]);

fn said(d: &Desk, staff: &ed25519_dalek::SigningKey, deed: &Deed) -> Vec<u8> {
    let consortium = d.replica.governance().consortium();
    codec::encode(&vec![Entry::Said(Authored::new(staff, DOMAIN, &[&consortium.0, &[]], deed))])
}

fn glass(d: &Desk, others: &[&Desk]) -> Deed {
    let reviewers = std::iter::once(d.org).chain(others.iter().map(|o| o.org)).collect();
    Deed::BreakGlass(BreakGlass {
        patient: PATIENT,
        reason: Reason::CannotAnswer,
        reviewers,
        words: Vec::new(),
    })
}

fn review(of: BlockId, verdict: Verdict) -> Deed {
    Deed::Review(Review { of, patient: PATIENT, verdict, told: true, words: Vec::new() })
}

/// A clinician of A, certified by a block of A1.
fn clinician(a: &mut Desk) -> ed25519_dalek::SigningKey {
    let k = key(99);
    let cert = StaffCert::new(StaffRequest::new(a.org, "Kofi", Role::Clinician, &k), &key(1));
    a.write(Kind::Governance, codec::encode(&vec![Statement::Staff(cert)]));
    k
}

#[test]
fn somebody_elses_review_counts_and_nobodys_own() {
    let [mut a, _, b] = consortium();
    let kofi = clinician(&mut a);
    let opened = a.write(Kind::Rights, said(&a, &kofi, &glass(&a, &[&b]))).signed.header.id();
    assert!(a.replica.emergencies()[0].is_due());
    a.write(Kind::Rights, said(&a, &kofi, &review(opened, Verdict::Justified)));
    assert!(a.replica.emergencies()[0].is_due(), "one's own");
    let nurse = a.nurse.clone();
    a.write(Kind::Rights, said(&a, &nurse, &review(opened, Verdict::Justified)));
    assert!(a.replica.emergencies()[0].is_due(), "a nurse reviews nothing");
    assert!(!a.replica.emergencies()[0].is_overdue(opened_at(&a)));
    assert!(a.replica.emergencies()[0].is_overdue(opened_at(&a) + REVIEW_WITHIN + 1));
    // The nurse opens, the clinician judges.
    let other = a.write(Kind::Rights, said(&a, &nurse, &glass(&a, &[]))).signed.header.id();
    a.write(Kind::Rights, said(&a, &kofi, &review(other, Verdict::Unjustified)));
    let all = a.replica.emergencies();
    let e = all.iter().find(|e| e.noted.block == other).unwrap();
    assert_eq!(e.reviews.iter().map(|(_, r)| r.verdict).collect::<Vec<_>>(), [Verdict::Unjustified]);
}

fn opened_at(d: &Desk) -> u64 {
    d.replica.emergencies().last().unwrap().noted.time.millis
}

#[test]
fn what_is_no_deed_within_its_limits_is_refused() {
    let [mut a, ..] = consortium();
    let nurse = a.nurse.clone();
    let refused = |a: &mut Desk, bytes: Vec<u8>| {
        let b = a.unchecked(Kind::Rights, bytes);
        let mut replica = a.replica.clone();
        assert!(matches!(replica.accept(&b), Err(Invalid::Content("rights", _))), "taken");
    };
    // Signed by nobody, or by the terminal what a person must sign, and the other way round.
    let deed = glass(&a, &[]);
    refused(&mut a, codec::encode(&vec![Entry::Did(deed)]));
    let answer = Deed::Answer(Answer {
        request: BlockId([1; 32]),
        patient: PATIENT,
        allow: true,
        because: String::new(),
        keys: 0,
    });
    let bytes = said(&a, &nurse, &answer);
    refused(&mut a, bytes);
    let nothing = Deed::Request(Request {
        patient: PATIENT,
        role: Role::Nurse,
        purpose: Purpose::Treatment,
        compartments: Vec::new(),
    });
    let bytes = said(&a, &nurse, &nothing);
    refused(&mut a, bytes);
    let long = Deed::Erase(ErasureOrder {
        patient: PATIENT,
        reason: ErasureReason::Court,
        reference: "x".repeat(MAX_REFERENCE + 1),
    });
    let bytes = said(&a, &nurse, &long);
    refused(&mut a, bytes);
    let many = codec::encode(&vec![Entry::Did(answer); MAX_ENTRIES + 1]);
    refused(&mut a, many);
    refused(&mut a, vec![0xff; 40]);
    // Another's key, or another consortium.
    let forged = Entry::Said(Authored::new(&nurse, DOMAIN, &[&[0; 32], &[]], &glass(&a, &[])));
    refused(&mut a, codec::encode(&vec![forged]));
}

#[test]
fn a_summary_is_sealed_under_its_own_key_and_nothing_else_is() {
    let [mut a, ..] = consortium();
    let sealed = |compartment| {
        let key = PatientKeyId { patient: PATIENT, compartment, epoch: EpochId([1; 16]) };
        codec::encode(&SealedRecords { key, salt: [0; 32], sealed: vec![1; 300] })
    };
    for (kind, part, good) in [
        (Kind::Summary, Compartment::Emergency, true),
        (Kind::Summary, Compartment::General, false),
        (Kind::Records, Compartment::General, true),
    ] {
        let b = a.unchecked(kind, sealed(part));
        assert_eq!(a.replica.clone().accept(&b).is_ok(), good, "{kind:?} {part:?}");
    }
    // A payload of records may come after its header, which decides: under the wrong key nobody finds it.
    let odd = sealed(Compartment::Emergency);
    let b = a.unchecked(Kind::Records, odd.clone());
    assert!(a.replica.clone().accept(&b).is_ok());
    assert_eq!(SealedRecords::of(Kind::Records, &odd), None);
    assert!(SealedRecords::of(Kind::Summary, &odd).is_some());
}

#[test]
fn an_order_to_destroy_keys_is_an_admins_and_only_receipts_of_terminals_count() {
    let [mut a, mut a2, mut b] = consortium();
    let boss = key(98);
    let cert = StaffCert::new(StaffRequest::new(a.org, "Amina", Role::Admin, &boss), &key(1));
    let blocks = [a.first(), a2.first(), b.first()];
    let certified = a.write(Kind::Governance, codec::encode(&vec![Statement::Staff(cert)]));
    for d in [&mut a, &mut a2, &mut b] {
        for x in blocks.iter().chain([&certified]) {
            d.replica.accept(x).unwrap();
        }
    }
    let order = Deed::Erase(ErasureOrder {
        patient: PATIENT,
        reason: ErasureReason::Patient,
        reference: "2026/114".into(),
    });
    let nurse = a.nurse.clone();
    a.write(Kind::Rights, said(&a, &nurse, &order));
    let a_org = a.org;
    let policies = Policies::default_set();
    assert!(a.replica.erasures(policies).is_empty(), "a nurse orders nothing");
    let given = a.write(Kind::Rights, said(&a, &boss, &order));
    let id = given.signed.header.id();
    let receipt = |order, n| {
        codec::encode(&vec![Entry::Did(Deed::Erased(Erased {
            order,
            patient: PATIENT,
            wraps: 2,
            blocks: vec![BlockId([8; 32]); n],
            backups: 3,
        }))])
    };
    assert!(a.replica.clone().accept(&a.unchecked(Kind::Rights, receipt(id, MAX_NAMED + 1))).is_err());
    a.write(Kind::Rights, receipt(id, MAX_NAMED));
    a.write(Kind::Rights, receipt(BlockId([3; 32]), 0));
    let p = a.replica.erasures(policies).remove(0);
    assert_eq!((p.by, p.orgs_done, p.quorum, p.backups), (a_org, 0, 2, 3), "A has a second terminal");
    assert_eq!(p.done, [a.log.device].into());
    assert_eq!(p.waiting, [a2.log.device, b.log.device].into());
}

#[test]
fn golden_rights_bytes() {
    let [a, ..] = consortium();
    let words = vec![SealedWords {
        org: a.org,
        epoch: EpochId([4; 16]),
        sealed: Sealed { enc: [5; 32], ct: vec![6; 40] },
    }];
    let deeds = [
        Deed::BreakGlass(BreakGlass {
            patient: PATIENT,
            reason: Reason::Other,
            reviewers: vec![a.org],
            words: words.clone(),
        }),
        Deed::Review(Review {
            of: BlockId([1; 32]),
            patient: PATIENT,
            verdict: Verdict::Unjustified,
            told: true,
            words,
        }),
        Deed::Request(Request {
            patient: PATIENT,
            role: Role::Clinician,
            purpose: Purpose::Treatment,
            compartments: vec![Compartment::General, Compartment::Hiv],
        }),
        Deed::Answer(Answer {
            request: BlockId([2; 32]),
            patient: PATIENT,
            allow: true,
            because: "consent".into(),
            keys: 3,
        }),
        Deed::Disclosure(Disclosure {
            what: Shared::Extract,
            patient: None,
            patients: Some(12),
            compartments: vec![Compartment::General],
            from: Some(1),
            until: None,
            rows: 40,
            digest: [8; 32],
        }),
        Deed::Erase(ErasureOrder {
            patient: PATIENT,
            reason: ErasureReason::Court,
            reference: "2026/114".into(),
        }),
        Deed::Erased(Erased {
            order: BlockId([3; 32]),
            patient: PATIENT,
            wraps: 2,
            blocks: vec![BlockId([4; 32])],
            backups: 1,
        }),
    ];
    golden("rights_v0.hex", &hex::encode(codec::encode(&deeds.to_vec())));
}
