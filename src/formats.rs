//! Golden bytes of what several rooms sign, send or store, and that every format which is written down has some.

use std::{collections::BTreeSet, fs, path::Path};

use crate::{
    core::{
        audit::{self, Access, AuditEntry, Credential, CredentialChange, Method, Outcome, SignIn},
        block::Dep,
        codec,
        finality::Cosignature,
        governance::{
            Adoption, Approval, Claim, DeviceCert, DeviceRequest, Governance, OrgKeyCert, Proposal, Role,
            StaffCert, StaffRequest, Statement, Suspended, Suspension, Void,
        },
        id::{BlockId, CardId, EpochId, GrantId, LogId, PatientId},
        keys::{PatientKeyId, Sealed, Wrap},
        policy::Purpose,
        record::Compartment,
        sign::Authored,
        summary::{BloodGroup, Summary},
    },
    node::text::{self, Certificate, Invite, JoinRequest},
    testing::{consortium, golden, key},
    vault::kit,
};

/// Where each format's golden bytes are, by its name in ARCHITECTURE.md: files and folders of `tests/golden`.
const FORMATS: [(&str, &[&str]); 23] = [
    ("Block", &["block_v0.hex", "block_id_v0.hex", "block_header_v0.hex"]),
    ("Consent change", &["consent_change_v0.hex"]),
    ("Governance", &["genesis_v0.hex", "statements_v0.hex"]),
    ("Cosignature", &["cosignature_v0.hex"]),
    ("Key wraps", &["wraps_v0.hex"]),
    ("Audit", &["audit_v0.hex", "own_reading_v0.hex"]),
    ("Proof", &["proof_v0.hex"]),
    ("Retention", &["retention_v0.hex"]),
    ("Rights", &["rights_v0.hex"]),
    ("Summary", &["summary_v0.hex"]),
    ("Records", &["record_visits_v0.hex", "packed_v0.hex", "sealed_v0.hex"]),
    ("Sealed file", &["page_forms_v0.hash", "page_slot_v0.hash", "header_slot_v0.hash"]),
    ("Card", &["card_v0.txt"]),
    ("Tables", &["schema-0", "schema-1", "schema-2"]),
    ("Key slots", &["slots_v0.hex"]),
    ("Failed attempts", &["attempts_v0.hex"]),
    ("Backups", &["backup_v0.hex", "backup_gaps_v0.hex"]),
    ("Codes on paper", &["kit_v0.txt"]),
    ("Drafts", &["form_draft_v0.hex"]),
    ("Schema", &["schema-0", "schema-1", "schema-2"]),
    (
        "Messages and bundles",
        &[
            "hello_v0.hex",
            "frontier_v0.hex",
            "frontier_waits_v0.hex",
            "blocks_v0.hex",
            "receipt_v0.hex",
            "late_v0.hex",
            "part_v0.hex",
            "bundle_v0.hex",
            "bundle_part_v0.hex",
            "beacon_v0.hex",
        ],
    ),
    (
        "Joining",
        &[
            "joining_knock_v0.hex",
            "joining_offer_v0.hex",
            "joining_ask_v0.hex",
            "joining_code_v0.txt",
            "joining_lines_v0.txt",
            "tickets_v0.txt",
        ],
    ),
    (
        "FHIR",
        &[
            "fhir_out_v0.ndjson",
            "fhir_struck_v0.ndjson",
            "fhir_audit_v0.ndjson",
            "fhir_own_audit_v0.json",
            "fhir_provenance_v0.json",
            "fhir_findings_v0.ndjson",
            "fhir_guardians_v0.ndjson",
            "fhir_consents_v0.ndjson",
            "fhir_ips_v0.json",
        ],
    ),
];

/// The names in bold in the section on formats.
fn named(architecture: &str) -> BTreeSet<&str> {
    let section = architecture.split("\n## Formats").nth(1).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section.split("**").skip(1).step_by(2).collect()
}

#[test]
fn every_format_that_is_written_down_has_golden_bytes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let architecture = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    let here: BTreeSet<&str> = FORMATS.iter().map(|(name, _)| *name).collect();
    assert_eq!(named(&architecture), here, "ARCHITECTURE.md, Formats, and this list name the same");
    let listed: BTreeSet<String> = FORMATS.iter().flat_map(|(_, f)| f.iter().map(|f| (*f).into())).collect();
    let there = fs::read_dir(root.join("tests/golden")).unwrap();
    let there: BTreeSet<String> = there.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(listed, there, "each golden file belongs to a format, and is there");
}

fn lines<T: serde::Serialize>(all: &[T]) -> String {
    all.iter().map(|x| hex::encode(codec::encode(x))).collect::<Vec<_>>().join("\n")
}

#[test]
fn golden_statements() {
    let [a, _, b] = consortium();
    let g = a.replica.governance();
    let (consortium, era, org) = (g.consortium(), g.era().id, a.org);
    let request = DeviceRequest::new(org, "desk", &key(40), &key(41), [42; 32]);
    let upto = vec![Dep { log: b.log, seq: 3, hash: BlockId([4; 32]) }];
    let proposals = [
        Proposal::Expel { org: b.org, upto: upto.clone() },
        Proposal::Witness { org, witness: [5; 32] },
        Proposal::Policy(crate::core::policy::DEFAULT.into()),
    ];
    let id = proposals[0].id();
    let mut all = g.acts();
    all.extend(proposals.map(Statement::Propose));
    all.extend([
        Statement::Approve(Approval::new(era, id, &key(1))),
        Statement::Void(Void::new(era, Some(id), &key(1))),
        Statement::Void(Void::new(era, None, &key(2))),
        Statement::Device(DeviceCert::new(request.clone(), 2, &key(1))),
        Statement::Claim(Claim::new(org, request, &a.nurse)),
        Statement::Staff(StaffCert::new(StaffRequest::new(org, "Nila", Role::Nurse, &key(43)), &key(1))),
        Statement::OrgKey(OrgKeyCert::new([6; 32], &key(1))),
        Statement::Suspend(Suspension::new(consortium, Suspended::Device(a.log.device), upto, &key(1))),
        Statement::Adopt(Adoption::new(consortium, vec![BlockId([7; 32])], &key(43))),
    ]);
    golden("statements_v0.hex", &lines(&all));
}

#[test]
fn golden_cosignature() {
    let [a, _, b] = consortium();
    let g: &Governance = a.replica.governance();
    let dep = |log: LogId, seq| Dep { log, seq, hash: BlockId([8; 32]) };
    let c = Cosignature::new(g.consortium(), g.era(), vec![dep(a.log, 3), dep(b.log, 300)], &key(10));
    assert!(c.valid(g.consortium()));
    golden("cosignature_v0.hex", &hex::encode(codec::encode(&c)));
}

#[test]
fn golden_wraps() {
    let [a, _, b] = consortium();
    let sealed = || Sealed { enc: [1; 32], ct: vec![2; 48] };
    let key = PatientKeyId {
        patient: PatientId([3; 16]),
        compartment: Compartment::General,
        epoch: EpochId([4; 16]),
    };
    let org_epoch = EpochId([5; 16]);
    let all = [
        Wrap::OrgKey { org: a.org, epoch: org_epoch, device: a.log.device, sealed: sealed() },
        Wrap::PatientKey { key, org: b.org, org_epoch, sealed: sealed() },
        Wrap::CardKey { key, card: CardId([6; 16]), sealed: sealed() },
        Wrap::CardSecret { secret: EpochId([7; 16]), org: a.org, org_epoch, sealed: sealed() },
    ];
    golden("wraps_v0.hex", &hex::encode(codec::encode(&all.to_vec())));
}

#[test]
fn golden_audit_entries() {
    let [a, _, b] = consortium();
    let staff = crate::core::id::StaffId::of_key(a.nurse.verifying_key().as_bytes());
    let access = Access {
        patient: PatientId([3; 16]),
        purpose: Purpose::Treatment,
        compartments: vec![Compartment::General, Compartment::Hiv],
        custodians: vec![a.org, b.org],
        grants: vec![GrantId([9; 16])],
        allowed: true,
    };
    let consortium = a.replica.governance().consortium();
    let signed = Authored::new(&a.nurse, audit::DOMAIN, &[&consortium.0, &[]], &access);
    let all = [
        AuditEntry::Access(signed.clone()),
        AuditEntry::SignIn(SignIn { staff: Some(staff), method: Method::Face, outcome: Outcome::Granted }),
        AuditEntry::Credential(CredentialChange { staff, by: staff, what: Credential::PinSet }),
        AuditEntry::Export(signed),
    ];
    golden("audit_v0.hex", &lines(&all));
}

#[test]
fn golden_summary() {
    let s = Summary {
        version: 0,
        patient: PatientId([3; 16]),
        allergies: vec!["penicillin".into()],
        medicines: vec!["metformin 500 mg".into()],
        problems: Vec::new(),
        blood_group: Some(BloodGroup::ONegative),
    };
    golden("summary_v0.hex", &hex::encode(codec::encode(&s)));
}

#[test]
fn golden_lines_to_paste() {
    let [a, ..] = consortium();
    let g = a.replica.governance();
    let introduction = a.presence().introduction;
    let device = introduction.device.request.clone();
    let staff = StaffRequest::new(a.org, "Nila", Role::Nurse, &a.nurse);
    let invite = Invite {
        genesis: g.genesis().clone(),
        acts: g.acts(),
        org: introduction.org.clone(),
        ticket: "07@10.0.0.5:47500".into(),
    };
    let request = JoinRequest { org: Some(introduction.org), device, staff };
    let certificate = Certificate { device: introduction.device };
    let all = [text::write(&invite), text::write(&request), text::write(&certificate)];
    golden("joining_lines_v0.txt", &all.join("\n"));
}

#[test]
fn golden_code_of_a_kit() {
    golden("kit_v0.txt", kit::write(&key(7)).as_str());
}
