//! How this terminal uses its links: bandwidth, metered links, a relay. An admin's word, kept in the sealed store.

use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use super::{
    Node,
    api::{Change, Fault, FaultKind, Kept, LinkPolicy, Met, Who},
    locked,
};
use crate::{
    core::{
        codec,
        governance::{Governance, OrgCert},
        interest::{MAX_DISTRICT, Wants, Whose},
        policy::Action,
        sign::PublicKey,
    },
    mesh::{
        endpoint::Way,
        limit::{self, Limits, Meter},
        relay::Relay,
        session::WANTS,
    },
    store::{Db, StoreError, tables},
};

const NAME: &[u8] = b"links";
/// The longest time between two rounds over a metered link, in minutes: a week.
const MOST_MINUTES: u32 = 7 * 24 * 60;

/// What an admin decided about this terminal's links; nothing yet: no limits, not metered, no relay.
pub(super) fn load(db: &Db) -> Result<LinkPolicy, StoreError> {
    Ok(db.get(tables::META, NAME)?.unwrap_or_default())
}

/// Which payloads this terminal wants of others.
pub(super) fn wants(db: &Db) -> Result<Wants, StoreError> {
    Ok(db.get(tables::META, WANTS)?.unwrap_or_default())
}

/// Whose records that is.
fn whose(g: &Governance, kept: &Kept) -> Result<Whose, Fault> {
    let named = |name: &String| {
        let mut orgs = g.orgs().filter(|o| o.name == *name).map(OrgCert::id);
        match (orgs.next(), orgs.next()) {
            (Some(org), None) => Ok(org),
            (None, _) => Err(format!("no member is called {name:?}: 'aidpost org list' lists them")),
            (Some(_), Some(_)) => {
                Err(format!("two members are called {name:?}: keep the records of all instead"))
            }
        }
    };
    let usage = |m: String| Fault::new(FaultKind::Usage, m);
    match kept {
        Kept::All => Ok(Whose::All),
        Kept::Own => Ok(Whose::Own),
        Kept::District(names) if names.is_empty() || names.len() > MAX_DISTRICT => {
            Err(usage(format!("a district is 1 to {MAX_DISTRICT} organisations: name each with --of")))
        }
        Kept::District(names) => {
            let orgs = names.iter().map(named).collect::<Result<_, _>>();
            orgs.map(Whose::District).map_err(usage)
        }
    }
}

impl LinkPolicy {
    pub(super) fn limits(&self) -> Limits {
        Limits { up: self.up, down: self.down }
    }

    /// Time between two rounds, where the link is metered.
    pub(super) fn every(&self) -> Option<Duration> {
        self.metered.map(|minutes| Duration::from_secs(u64::from(minutes) * 60))
    }

    pub(super) fn relay(&self) -> Option<Relay> {
        self.relay.as_ref().and_then(|r| r.parse().ok())
    }

    fn check(&self) -> Result<(), Fault> {
        let usage = |m: String| Err(Fault::new(FaultKind::Usage, m));
        let outside = |k: &u32| !(limit::LEAST..=limit::MOST).contains(k);
        if let Some(k) = self.up.iter().chain(&self.down).find(|k| outside(k)) {
            return usage(format!(
                "{k} kbit/s is no limit that works: choose from {} to {}",
                limit::LEAST,
                limit::MOST
            ));
        }
        if self.metered.is_some_and(|m| m == 0 || m > MOST_MINUTES) {
            return usage(format!("a metered link is used every 1 to {MOST_MINUTES} minutes"));
        }
        if let Some(Err(e)) = self.relay.as_ref().map(|r| r.parse::<Relay>()) {
            return usage(e.to_string());
        }
        Ok(())
    }
}

/// A meeting that is being measured, until this is dropped.
pub(super) struct Measured<'a> {
    node: &'a Node,
    peer: PublicKey,
}

impl Drop for Measured<'_> {
    fn drop(&mut self) {
        locked(&self.node.meters).remove(&self.peer);
    }
}

impl Node {
    /// Counts what goes to a peer, for whoever asks how fast that is.
    pub(super) fn measure(&self, peer: PublicKey) -> (Meter, Measured<'_>) {
        let meter = Meter::default();
        locked(&self.meters).insert(peer, meter.clone());
        (meter, Measured { node: self, peer })
    }

    /// Bytes a second to each peer that is being met.
    pub(super) fn rates(&self) -> BTreeMap<PublicKey, u64> {
        let meters = locked(&self.meters);
        meters.iter().filter_map(|(k, m)| Some((*k, m.per_second()?))).collect()
    }

    /// How the link comes up, by what an admin decided.
    pub(super) fn way(&self, policy: &LinkPolicy) -> Way {
        Way {
            listen: *locked(&self.listen),
            relay: policy.relay(),
            // Fifty bytes every three seconds are a megabyte a day.
            beacon: policy.metered.is_none(),
            door: self.door.clone(),
            lanes: self.lanes.clone(),
        }
    }

    /// Changes how this terminal uses its links (admin); meetings that are under way are cut when relay or metering change.
    pub(super) async fn set_links(self: &Arc<Self>, admin: &Who, policy: LinkPolicy) -> Result<(), Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        policy.check()?;
        let open = self.opened().await?;
        let kept = policy.clone();
        let records = policy.records.clone();
        let records = open.store.call(move |db| Ok(whose(db.replica().governance(), &records))).await??;
        let keep = move |db: &mut Db| {
            let asked = wants(db)?.asked;
            let rows = [
                (NAME, codec::encode(&kept)),
                (
                    WANTS,
                    codec::encode(&Wants { records: records.clone(), files: !kept.files_on_demand, asked }),
                ),
            ];
            db.put_rows(&rows.map(|(name, value)| (tables::META, name.to_vec(), value)))
        };
        open.store.call(keep).await?;
        self.lanes.set(policy.limits());
        let old = std::mem::replace(&mut *locked(&open.links), policy.clone());
        if (&old.relay, old.metered.is_some()) != (&policy.relay, policy.metered.is_some()) {
            let was_up = self.lower().await;
            if was_up && policy.metered.is_none() {
                self.raise().await?;
            }
        }
        *locked(&self.next_round) = None;
        self.announce(Change::Mesh);
        Ok(())
    }

    /// Over a metered link: up, meet everyone, down again. Nothing is sent in between.
    pub(super) async fn metered_round(self: &Arc<Self>) -> Result<Vec<Met>, Fault> {
        // Whoever ends a round takes the link down for everyone.
        let _turn = self.metered_turn.lock().await;
        if !self.wanted.load(Ordering::Relaxed) {
            return Err(Fault::new(FaultKind::Unreachable, "the link is off: turn it on first"));
        }
        self.raise().await?;
        let met = self.meet_known().await;
        if !self.door.is_open() {
            self.lower().await;
        }
        met
    }

    /// Over a metered link: down, unless a round is under way or somebody is being waited for at the door. A round that was
    /// given up, or an invitation that has ended, leaves it up.
    pub(super) async fn lower_between_rounds(&self) {
        let Ok(_turn) = self.metered_turn.try_lock() else { return };
        if !self.door.is_open() {
            self.lower().await;
        }
    }

    /// The round that is due over a metered link, if one is.
    pub(super) async fn metered_round_if_due(self: &Arc<Self>, every: Duration) {
        let due = locked(&self.next_round).is_none_or(|at| Instant::now() >= at);
        if due && self.wanted.load(Ordering::Relaxed) {
            // Who wasn't met shows on the mesh screen, and is tried in the next round.
            let _ = self.metered_round().await;
            *locked(&self.next_round) = Some(Instant::now() + every);
        }
    }

    /// Seconds to the next round over a metered link.
    pub(super) fn to_next_round(&self) -> Option<u64> {
        locked(&self.next_round).map(|at| at.saturating_duration_since(Instant::now()).as_secs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_work_is_refused() {
        let ok = LinkPolicy {
            up: Some(44),
            down: Some(64),
            metered: Some(60),
            relay: Some("http://10.0.0.5:3340".into()),
            ..LinkPolicy::default()
        };
        assert!(ok.check().is_ok() && LinkPolicy::default().check().is_ok());
        for bad in [
            LinkPolicy { up: Some(1), ..ok.clone() },
            LinkPolicy { down: Some(2_000_000), ..ok.clone() },
            LinkPolicy { metered: Some(0), ..ok.clone() },
            LinkPolicy { metered: Some(MOST_MINUTES + 1), ..ok.clone() },
            LinkPolicy { relay: Some("http://relay.example:3340".into()), ..ok.clone() },
        ] {
            assert_eq!(bad.check().unwrap_err().kind, FaultKind::Usage, "{bad:?}");
        }
    }
}
