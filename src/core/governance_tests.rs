use ed25519_dalek::SigningKey;

use super::*;

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

fn admit(org: &OrgCert) -> Proposal {
    Proposal::Admit { org: org.clone(), witness: public(20) }
}

/// Proposes, and lets these organisations approve in the epoch now.
fn decide(g: &mut Governance, p: &Proposal, by: &[u8]) {
    let era = g.era().id;
    g.apply(&Statement::Propose(p.clone())).unwrap();
    for b in by {
        g.apply(&Statement::Approve(Approval::new(era, p.id(), &key(*b)))).unwrap();
    }
}

#[test]
fn golden_genesis() {
    let g = founded();
    crate::testing::golden("genesis_v0.hex", &hex::encode(codec::encode(g.genesis())));
}

#[test]
fn admission_needs_a_quorum_and_the_right_epoch() {
    let mut g = founded();
    let b = OrgCert::new("Bela Hospital", OrgKind::Hospital, &key(2));
    let c = OrgCert::new("Chai Clinic", OrgKind::Clinic, &key(3));
    let first = g.era().id;
    decide(&mut g, &admit(&b), &[3]);
    assert!(g.org(b.id()).is_none(), "a stranger's yes is none");
    decide(&mut g, &admit(&b), &[1]);
    assert!(g.org(b.id()).is_some());
    g.apply(&Statement::Propose(admit(&c))).unwrap();
    for by in [2, 3] {
        g.apply(&Statement::Approve(Approval::new(first, admit(&c).id(), &key(by)))).unwrap();
    }
    assert!(g.org(c.id()).is_none(), "approved in an epoch that is over");
    decide(&mut g, &admit(&c), &[1, 1]);
    assert!(g.org(c.id()).is_none(), "one organisation's yes counts once");
    decide(&mut g, &admit(&c), &[2]);
    assert!(g.org(c.id()).is_some());
    assert_eq!(g.decisions().eras().len(), 3);
    let forged = Statement::Approve({
        let mut a = Approval::new(first, admit(&c).id(), &key(1));
        a.era = g.era().id;
        a
    });
    assert_eq!(g.apply(&forged), Err(Refused::Certificate("approval")));
}

#[test]
fn certificates_are_the_organisations_own() {
    let mut g = founded();
    let req = DeviceRequest::new(
        OrgId::of_key(key(1).verifying_key().as_bytes()),
        "desk",
        &key(10),
        &key(11),
        [5; 32],
    );
    let cert = DeviceCert::new(req.clone(), 0, &key(1));
    assert_eq!(g.apply(&Statement::Device(cert.clone())), Ok(true));
    assert_eq!(g.device_at(&req.keys.endpoint), Some(&cert));
    let mut forged = cert;
    forged.request.name = "other".into();
    assert_eq!(g.apply(&Statement::Device(forged)), Err(Refused::Certificate("device certificate")));
    let stranger = DeviceCert::new(req.clone(), 0, &key(9));
    assert_eq!(g.apply(&Statement::Device(stranger)), Err(Refused::Certificate("device certificate")));
    let me = OrgId::of_key(key(1).verifying_key().as_bytes());
    let nurse = StaffCert::new(StaffRequest::new(me, "Nila", Role::Nurse, &key(12)), &key(1));
    let mut promoted = nurse.clone();
    promoted.request.role = Role::Admin;
    assert_eq!(g.apply(&Statement::Staff(nurse.clone())), Ok(true));
    assert_eq!(g.apply(&Statement::Staff(promoted)), Err(Refused::Certificate("staff certificate")));

    // Another member can claim neither the terminal nor the person for itself.
    let b = OrgCert::new("Bela Hospital", OrgKind::Hospital, &key(2));
    decide(&mut g, &admit(&b), &[1]);
    let taken = Statement::Device(DeviceCert::new(req, 0, &key(2)));
    assert_eq!(g.apply(&taken), Err(Refused::Certificate("device certificate")));
    let taken = Statement::Staff(StaffCert::new(nurse.request.clone(), &key(2)));
    assert_eq!(g.apply(&taken), Err(Refused::Certificate("staff certificate")));
    assert_eq!(g.staff(nurse.id()).map(|s| s.org), Some(me));
}

#[test]
fn of_two_certificates_of_one_key_all_nodes_keep_the_same() {
    let me = OrgId::of_key(key(1).verifying_key().as_bytes());
    let cert =
        |role| Statement::Staff(StaffCert::new(StaffRequest::new(me, "Nila", role, &key(12)), &key(1)));
    let (mut x, mut y) = (founded(), founded());
    for s in [cert(Role::Nurse), cert(Role::Clinician)] {
        x.apply(&s).unwrap();
    }
    for s in [cert(Role::Clinician), cert(Role::Nurse)] {
        y.apply(&s).unwrap();
    }
    let role = |g: &Governance| g.all_staff().map(|s| s.request.role).collect::<Vec<_>>();
    assert_eq!(role(&x), role(&y));
}
