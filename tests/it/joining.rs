//! Joining over the network, node to node over the loopback: one code on both screens, and what comes of it when somebody
//! stands in between.

use std::path::Path;

use aidpost::{
    core::governance::{OrgKind, Role},
    node::{
        api::{Fault, FaultKind, InvitationStage, InvitationView, Joiner, Passphrase},
        joining::{
            JoinTicket, Welcome,
            guest::{Guest, Wish},
        },
        origin::Origin,
        server::local_from,
        setup::Newcomer,
    },
    vault::slots::Cost,
};

use crate::town::{Site, clinic, no, node, ok, within};

/// Somebody with a terminal that has nothing yet.
struct Person {
    data: std::path::PathBuf,
    login: &'static str,
    passphrase: Passphrase,
}

impl Person {
    fn new(dir: &Path, login: &'static str) -> Self {
        Self { data: dir.join(login), login, passphrase: Passphrase(format!("the passphrase of {login}")) }
    }

    fn newcomer(&self) -> Newcomer<'_> {
        Newcomer {
            data: &self.data,
            device: "tablet",
            login: self.login,
            name: "Omar Haddad",
            passphrase: &self.passphrase,
            cost: Cost::LEAST,
        }
    }

    /// Nothing of a terminal is here.
    fn has_nothing(&self) -> bool {
        !self.data.join("store").exists() && !self.data.join("slots").exists()
    }
}

async fn invited(site: &Site) -> JoinTicket {
    ok(site.admin.open_invitation(within()).await).ticket.0.parse().unwrap()
}

async fn stands(site: &Site) -> InvitationView {
    ok(site.admin.invitation(within()).await).unwrap()
}

/// Who is put to the admin, once `ready`.
async fn put(site: &Site, ready: impl Fn(&Joiner) -> bool) -> Joiner {
    for _ in 0..600 {
        if let InvitationStage::Comparing(j) = stands(site).await.stage
            && ready(&j)
        {
            return j;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("nobody came");
}

/// The attempt that was under way is over.
async fn alone(site: &Site) -> InvitationView {
    for _ in 0..600 {
        let view = stands(site).await;
        if !matches!(view.stage, InvitationStage::Comparing(_)) && view.last.is_some() {
            return view;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("the attempt goes on");
}

async fn call(ticket: &JoinTicket) -> Result<Guest, Fault> {
    Guest::knock(ticket, None).await
}

/// Terminals that the clinic knows besides its own.
async fn others(site: &Site) -> usize {
    ok(site.admin.mesh(within()).await).peers.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_screens_show_one_code_and_the_terminal_joins() {
    let dir = tempfile::tempdir().unwrap();
    let site = clinic(dir.path()).await;
    let (nurse, _) = site.hire("nila", Role::Nurse).await;
    assert_eq!(no(nurse.open_invitation(within()).await).kind, FaultKind::Locked, "not a nurse's to open");
    let ticket = invited(&site).await;
    let omar = Person::new(dir.path(), "omar");
    let new = omar.newcomer();

    let guest = call(&ticket).await.unwrap();
    assert_eq!(guest.offer().invite.genesis.name, "Valley");
    assert_eq!(guest.offer().by.device.request.name, "front desk");
    let asking = guest.ask(&new, Wish::Terminal(Role::Nurse)).await.unwrap();
    let joiner = put(&site, |_| true).await;
    assert_eq!(joiner.code, asking.code().to_string());
    assert_eq!((joiner.device.as_str(), joiner.name.as_str()), ("tablet", "Omar Haddad"));
    assert!(joiner.org.is_none() && joiner.role == Role::Nurse && !joiner.agreed);

    // Nobody else may say yes, nor to another code, nor before the other side has.
    assert_eq!(no(nurse.welcome(within(), joiner.code.clone()).await).kind, FaultKind::Locked);
    assert_eq!(no(site.admin.welcome(within(), "000 000".into()).await).kind, FaultKind::Conflict);
    let early = no(site.admin.welcome(within(), joiner.code.clone()).await);
    assert!(early.message.contains("has not said yet"), "{early}");
    // And nobody else comes in meanwhile.
    let second = call(&ticket).await.err().unwrap();
    assert!(second.message.contains("another terminal is joining"), "{second}");
    assert!(omar.has_nothing() && others(&site).await == 0);

    let admin = async {
        let j = put(&site, |j| j.agreed).await;
        ok(site.admin.welcome(within(), j.code).await)
    };
    let (welcome, welcomed) = tokio::join!(asking.agree(&new, std::future::pending()), admin);
    assert!(matches!(welcome.unwrap(), Welcome::Certified(_)));
    assert!(welcomed.delivered && welcomed.name == "tablet" && welcomed.certificate.is_some());

    // The ticket is used up.
    let again = call(&ticket).await.err().unwrap();
    assert!(again.kind == FaultKind::Unreachable && again.message.contains("'aidpost invite'"), "{again}");
    assert_eq!(stands(&site).await.stage, InvitationStage::Over);

    let tablet = node(&omar.data);
    let (who, _) = tablet.first_meeting("omar", &omar.passphrase, None).await.unwrap();
    assert_eq!((who.name.as_str(), who.role), ("Omar Haddad", Role::Nurse));
    let client = local_from(&tablet, Origin::Here);
    ok(client.unlock(within(), "omar".into(), omar.passphrase.clone()).await);
    assert_eq!(others(&site).await, 1);
    assert!(ok(client.verify(within()).await).damage.is_empty());
    tablet.close().await;
    site.node.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_organisation_joins_the_same_way() {
    let dir = tempfile::tempdir().unwrap();
    let site = clinic(dir.path()).await;
    let ticket = invited(&site).await;
    let bela = Person::new(dir.path(), "bela");
    let new = bela.newcomer();
    let wish = Wish::Org("Bela Hospital", OrgKind::Hospital);
    let asking = call(&ticket).await.unwrap().ask(&new, wish).await.unwrap();
    let admin = async {
        let j = put(&site, |j| j.agreed).await;
        assert_eq!(j.org, Some(("Bela Hospital".into(), OrgKind::Hospital)));
        ok(site.admin.welcome(within(), j.code).await)
    };
    let (welcome, welcomed) = tokio::join!(asking.agree(&new, std::future::pending()), admin);
    assert_eq!(welcome.unwrap(), Welcome::Proposed);
    assert!(welcomed.delivered && welcomed.certificate.is_none());
    let ward = node(&bela.data);
    let (who, _) = ward.first_meeting("bela", &bela.passphrase, None).await.unwrap();
    assert_eq!(who.role, Role::Admin);
    assert_eq!(others(&site).await, 1);
    ward.close().await;
    site.node.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_swapped_ticket_shows_two_codes_and_nothing_is_certified() {
    let dir = tempfile::tempdir().unwrap();
    let site = clinic(dir.path()).await;
    let ticket = invited(&site).await;
    // Mallory has seen the ticket, gives the newcomer one of her own, and joins in the newcomer's place.
    let false_friend = clinic(&dir.path().join("mallory")).await;
    let swapped = invited(&false_friend).await;
    let (omar, mallory) = (Person::new(dir.path(), "omar"), Person::new(dir.path(), "mal"));
    let (victim, thief) = (omar.newcomer(), mallory.newcomer());

    let at_omar = call(&swapped).await.unwrap().ask(&victim, Wish::Terminal(Role::Nurse)).await.unwrap();
    let at_mallory = call(&ticket).await.unwrap().ask(&thief, Wish::Terminal(Role::Nurse)).await.unwrap();
    let shown = put(&site, |_| true).await;
    assert_eq!(shown.code, at_mallory.code().to_string());
    assert_ne!(shown.code, at_omar.code().to_string(), "the two people see that");

    // Omar says no: nothing is written. The admin says no: nothing is certified, and what Mallory wrote is gone.
    at_omar.differ().await;
    let admin = async {
        put(&site, |j| j.agreed).await;
        ok(site.admin.turn_away(within(), shown.code.clone()).await);
    };
    let (refused, ()) = tokio::join!(at_mallory.agree(&thief, std::future::pending()), admin);
    assert!(refused.unwrap_err().message.contains("said no"));
    assert!(omar.has_nothing() && mallory.has_nothing());
    assert_eq!(no(site.admin.welcome(within(), shown.code).await).kind, FaultKind::Conflict);
    assert_eq!(others(&site).await, 0);

    // She may try twice more, and then the ticket opens nothing, whoever has it.
    for left in [1, 0] {
        let asking = call(&ticket).await.unwrap().ask(&thief, Wish::Terminal(Role::Nurse)).await.unwrap();
        put(&site, |_| true).await;
        asking.differ().await;
        assert_eq!(alone(&site).await.attempts_left, left);
    }
    assert_eq!(stands(&site).await.stage, InvitationStage::Over);
    assert!(call(&ticket).await.is_err());
    assert_eq!(others(&site).await, 0);
    false_friend.node.close().await;
    site.node.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_no_ticket_of_this_invitation_is_not_let_in() {
    let dir = tempfile::tempdir().unwrap();
    let site = clinic(dir.path()).await;
    let old = invited(&site).await;
    let new = invited(&site).await;
    assert_ne!(old, new);
    let refused = call(&old).await.err().unwrap();
    assert!(refused.message.contains("not good any more"), "{refused}");
    assert_eq!(stands(&site).await.attempts_left, 3, "that costs nobody an attempt");
    ok(site.admin.close_invitation(within()).await);
    assert!(call(&new).await.is_err());
    assert!(ok(site.admin.invitation(within()).await).is_none());
    site.node.close().await;
}
