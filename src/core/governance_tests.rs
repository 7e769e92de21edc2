use super::*;

fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

fn founded() -> Governance {
    let founder = OrgCert::new("Aruna Clinic", OrgKind::Clinic, &key(1));
    let g = Genesis { version: 0, name: "Valley".into(), demo: true, nonce: [0; 32], founder };
    Governance::found(g).unwrap()
}

fn admission(g: &Governance, org: &OrgCert, by: &[u8]) -> Statement {
    let approvals = by.iter().map(|b| Admission::approve(org, g.last_act(), &key(*b))).collect();
    Statement::Admit(Admission { org: org.clone(), after: g.last_act(), approvals })
}

#[test]
fn golden_genesis() {
    let g = founded();
    crate::testing::golden("genesis_v0.hex", &hex::encode(codec::encode(g.genesis())));
}

#[test]
fn admission_needs_a_quorum_and_the_right_moment() {
    let mut g = founded();
    let b = OrgCert::new("Bela Hospital", OrgKind::Hospital, &key(2));
    let c = OrgCert::new("Chai Clinic", OrgKind::Clinic, &key(3));
    let stale = admission(&g, &c, &[1, 2]);
    assert_eq!(g.apply(&admission(&g, &b, &[3])), Err(Refused::Quorum { got: 0, need: 1 }));
    assert_eq!(g.apply(&admission(&g, &b, &[1])), Ok(true));
    assert_eq!(g.apply(&admission(&g, &b, &[1])), Ok(false));
    assert_eq!(g.apply(&stale), Err(Refused::Stale));
    assert_eq!(g.apply(&admission(&g, &c, &[1])), Err(Refused::Quorum { got: 1, need: 2 }));
    assert_eq!(
        g.apply(&admission(&g, &c, &[1, 1])),
        Err(Refused::Quorum { got: 1, need: 2 }),
        "one organisation's yes counts once"
    );
    assert_eq!(g.apply(&admission(&g, &c, &[1, 2])), Ok(true));
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
    assert_eq!(g.apply(&Statement::Device(forged)), Err(Refused::Certificate("device")));
    let stranger = DeviceCert::new(req.clone(), 0, &key(9));
    assert!(matches!(g.apply(&Statement::Device(stranger)), Err(Refused::NotMember(_))));
    let me = OrgId::of_key(key(1).verifying_key().as_bytes());
    let nurse = StaffCert::new(StaffRequest::new(me, "Nila", Role::Nurse, &key(12)), &key(1));
    let mut promoted = nurse.clone();
    promoted.request.role = Role::Admin;
    assert_eq!(g.apply(&Statement::Staff(nurse.clone())), Ok(true));
    assert_eq!(g.apply(&Statement::Staff(promoted)), Err(Refused::Certificate("staff")));

    // Another member can claim neither the terminal nor the person for itself.
    let b = OrgCert::new("Bela Hospital", OrgKind::Hospital, &key(2));
    g.apply(&admission(&g, &b, &[1])).unwrap();
    let taken = Statement::Device(DeviceCert::new(req, 0, &key(2)));
    assert_eq!(g.apply(&taken), Err(Refused::Certificate("device")));
    let taken = Statement::Staff(StaffCert::new(nurse.request.clone(), &key(2)));
    assert_eq!(g.apply(&taken), Err(Refused::Certificate("staff")));
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
