//! A terminal of the own organisation is lost: it is suspended, and what it alone may hold is told.

use super::{
    Node,
    api::{Fault, FaultKind, LostLog, LostView, Who},
    locked,
    trust::known_elsewhere,
};
use crate::{
    core::{governance::DeviceCert, id::DeviceId, sign::PublicKey},
    store::{Db, StoreError, tables, tables::Peer},
};

/// The one terminal of this organisation with this name or identifier.
fn named(own: &[&DeviceCert], name: &str) -> Result<DeviceId, Fault> {
    let found: Vec<DeviceId> =
        own.iter().filter(|d| d.request.name == name || d.id().to_string() == name).map(|d| d.id()).collect();
    let usage = |m: String| Err(Fault::new(FaultKind::Usage, m));
    match found[..] {
        [one] => Ok(one),
        [] => usage(format!(
            "no terminal of this organisation is called '{name}': choose one of {}",
            own.iter().map(|d| format!("{} ({})", d.request.name, d.id())).collect::<Vec<_>>().join(", ")
        )),
        _ => usage(format!(
            "several terminals are called '{name}': give the identifier, one of {}",
            found.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        )),
    }
}

fn view(db: &Db, device: DeviceId, endpoint: &PublicKey, name: String) -> Result<LostView, StoreError> {
    let replica = db.replica();
    let more = known_elsewhere(replica);
    let own = replica.tree().logs().filter(|l| l.device == device);
    let logs = own
        .filter_map(|log| {
            let head = replica.head(log)?;
            let (held, known) = (head.seq + 1, more.get(&log).map_or(0, |(n, _)| *n));
            Some(LostLog { held, known: known.max(held), last: head.time.millis })
        })
        .collect();
    let peer: Option<Peer> = db.get(tables::PEERS, endpoint)?;
    let lacked = peer
        .as_ref()
        .map_or(0, |p| replica.missing_for(&p.holds).iter().map(|(from, to)| to - from.seq + 1).sum());
    Ok(LostView { device, name, last_met: peer.and_then(|p| p.last_met), logs, lacked })
}

impl Node {
    /// Suspends a terminal that is lost (admin, after their PIN), and says what nobody else may have of it.
    pub(super) async fn lose_device(&self, admin: &Who, name: String) -> Result<LostView, Fault> {
        let open = self.opened().await?;
        let org = locked(&open.device).org_id();
        let wanted = name.clone();
        let found = open.store.call(move |db| {
            let own: Vec<&DeviceCert> =
                db.replica().governance().devices().filter(|d| d.org == org).collect();
            let found = named(&own, &wanted);
            Ok(found.map(|id| {
                let cert = own.iter().find(|d| d.id() == id);
                let endpoint = cert.map_or([0; 32], |d| d.request.keys.endpoint);
                (id, endpoint, cert.map_or(wanted, |d| d.request.name.clone()))
            }))
        });
        let (device, endpoint, name) = found.await??;
        self.suspend_device(admin, device).await?;
        Ok(open.store.call(move |db| view(db, device, &endpoint, name)).await?)
    }
}
