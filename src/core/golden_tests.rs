//! The bytes of what organisations, terminals and people sign, and of what is wrapped and recorded: a change of any of them
//! is a change of format.

use ed25519_dalek::SigningKey;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    audit::{Access, AuditEntry, Credential, CredentialChange, DOMAIN, Method, Outcome, SignIn},
    block::{Dep, Kind},
    codec,
    finality::Cosignature,
    governance::{
        Adoption, Approval, Claim, DeviceCert, DeviceRequest, Genesis, Governance, OrgCert, OrgKeyCert,
        OrgKind, Proposal, Role, StaffCert, StaffRequest, Statement, Suspended, Suspension, Void, check,
    },
    id::{BlockId, CardId, ConsortiumId, DeviceId, EpochId, GrantId, LogId, OrgId, PatientId},
    keys::{PatientKeyId, Sealed, SealedRecords, Wrap},
    policy::Purpose,
    record::Compartment,
    sign::{Authored, PublicKey},
};
use crate::testing::golden;

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn public(n: u8) -> PublicKey {
    *key(n).verifying_key().as_bytes()
}

fn founded() -> Governance {
    let founder = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &key(1));
    let witness = public(10);
    let g = Genesis { version: 0, name: "Valley".into(), demo: true, nonce: [0; 32], founder, witness };
    Governance::found(g).unwrap()
}

/// One line for each, as it is on the ledger; each is read back as it was.
fn lines<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(name: &str, all: &[T]) {
    let line = |t: &T| {
        let bytes = codec::encode(t);
        assert_eq!(codec::decode::<T>(&bytes, 1 << 16).unwrap(), *t);
        hex::encode(bytes)
    };
    golden(name, &all.iter().map(line).collect::<Vec<_>>().join("\n"));
}

fn head(n: u8) -> Dep {
    let device = DeviceId::of_key(&public(n));
    Dep { log: LogId { device, incarnation: 0 }, seq: u64::from(n), hash: BlockId([n; 32]) }
}

#[test]
fn statements_of_governance() {
    let g = founded();
    let (consortium, era) = (g.consortium(), g.era().id);
    let a = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &key(1)).id();
    let b = OrgCert::new("Bela Hospital", OrgKind::Hospital, &key(2));
    let request = DeviceRequest::new(a, "front desk", &key(10), &key(11), [12; 32]);
    let proposals = [
        Proposal::Admit { org: b.clone(), witness: public(20) },
        Proposal::Expel { org: b.id(), upto: vec![head(20)] },
        Proposal::Witness { org: b.id(), witness: public(21) },
        Proposal::Policy("permit(principal, action, resource);".into()),
    ];
    let admitted = proposals[0].id();
    let nila = StaffRequest::new(a, "Nila Rao", Role::Nurse, &key(30));
    let all: Vec<Statement> = proposals
        .into_iter()
        .map(Statement::Propose)
        .chain([
            Statement::Approve(Approval::new(era, admitted, &key(1))),
            Statement::Void(Void::new(era, Some(admitted), &key(1))),
            Statement::Device(DeviceCert::new(request.clone(), 1, &key(1))),
            Statement::Claim(Claim::new(a, request, &key(30))),
            Statement::Staff(StaffCert::new(nila, &key(1))),
            Statement::OrgKey(OrgKeyCert::new([40; 32], &key(1))),
            Statement::Suspend(Suspension::new(
                consortium,
                Suspended::Device(head(10).log.device),
                vec![head(10)],
                &key(1),
            )),
            Statement::Adopt(Adoption::new(consortium, vec![BlockId([10; 32])], &key(30))),
        ])
        .collect();
    assert!(all.iter().all(|s| check(s, consortium).is_ok()), "each is one that counts");
    lines("statements_v0.hex", &all);
}

#[test]
fn cosignature() {
    let g = founded();
    let c = Cosignature::new(g.consortium(), g.era(), vec![head(12), head(10)], &key(10));
    assert!(c.valid(g.consortium()));
    lines("cosignature_v0.hex", &[c]);
}

#[test]
fn wrapped_keys_and_sealed_records() {
    let sealed = Sealed { enc: [1; 32], ct: vec![2; 48] };
    let (patient, org) = (PatientId([3; 16]), OrgId([4; 16]));
    let id = PatientKeyId { patient, compartment: Compartment::General, epoch: EpochId([5; 16]) };
    let (org_epoch, device) = (EpochId([6; 16]), head(10).log.device);
    let wraps = [
        Wrap::OrgKey { org, epoch: org_epoch, device, sealed: sealed.clone() },
        Wrap::PatientKey { key: id, org, org_epoch, sealed: sealed.clone() },
        Wrap::CardKey { key: id, card: CardId([7; 16]), sealed: sealed.clone() },
        Wrap::CardSecret { secret: EpochId([8; 16]), org, org_epoch, sealed },
    ];
    lines("wraps_v0.hex", &wraps);
    let records = SealedRecords { key: id, salt: [9; 32], sealed: vec![10; 64] };
    assert!(SealedRecords::of(Kind::Records, &codec::encode(&records)).is_some());
    lines("sealed_records_v0.hex", &[records]);
}

#[test]
fn what_the_audit_records() {
    let access = Access {
        patient: PatientId([3; 16]),
        purpose: Purpose::Treatment,
        compartments: vec![Compartment::General, Compartment::Hiv],
        custodians: vec![OrgId([4; 16])],
        grants: vec![GrantId([5; 16])],
        allowed: true,
    };
    let scope: [&[u8]; 1] = [&ConsortiumId([1; 32]).0];
    let signed = Authored::new(&key(30), DOMAIN, &scope, &access);
    let staff = signed.author;
    let all = [
        AuditEntry::Access(signed.clone()),
        AuditEntry::SignIn(SignIn { staff: Some(staff), method: Method::Face, outcome: Outcome::Granted }),
        AuditEntry::SignIn(SignIn { staff: None, method: Method::Pin, outcome: Outcome::Wrong }),
        AuditEntry::Credential(CredentialChange { staff, by: staff, what: Credential::FaceEnrolled }),
        AuditEntry::Export(signed),
    ];
    lines("audit_v0.hex", &all);
}
