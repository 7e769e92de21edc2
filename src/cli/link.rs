//! How this terminal uses its links.

use clap::Args;

use super::{
    Global,
    join::close,
    open::{answer, within},
};
use crate::node::api::{Fault, LinkPolicy};

/// What it is to be; what isn't given stays, and without anything it is shown.
#[derive(Args)]
pub(crate) struct Link {
    /// Send at most so much, in kbit/s; 0: as much as there is
    #[arg(long, value_name = "KBIT")]
    up: Option<u32>,
    /// Receive at most so much, in kbit/s; 0: as much as there is
    #[arg(long, value_name = "KBIT")]
    down: Option<u32>,
    /// The link is metered: take it up every so many minutes, meet everyone, take it down again
    #[arg(long, value_name = "MINUTES")]
    metered: Option<u32>,
    /// The link is not metered: it stays up
    #[arg(long, conflicts_with = "metered")]
    unmetered: bool,
    /// A relay of your own, as http://IP:PORT, for terminals that cannot reach each other
    #[arg(long, value_name = "URL")]
    relay: Option<String>,
    /// Use no relay
    #[arg(long, conflicts_with = "relay")]
    no_relay: bool,
}

impl Link {
    /// What is asked for, starting from what is.
    fn change(self, mut p: LinkPolicy) -> LinkPolicy {
        let limit = |k: u32| (k > 0).then_some(k);
        p.up = self.up.map_or(p.up, limit);
        p.down = self.down.map_or(p.down, limit);
        p.metered = self.metered.or(p.metered.filter(|_| !self.unmetered));
        p.relay = self.relay.or(p.relay.filter(|_| !self.no_relay));
        p
    }

    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let done = async {
            let before = answer(c.mesh(within(20)).await)?.links;
            let after = self.change(before.clone());
            if after != before {
                answer(c.set_links(within(30), after.clone()).await)?;
            }
            Ok::<_, Fault>(after)
        }
        .await;
        close(reached.node).await;
        g.print(&done?, words);
        Ok(())
    }
}

/// The same words for people, one line each.
pub(super) fn words(p: &LinkPolicy) -> String {
    let limit = |k: Option<u32>| k.map_or_else(|| "no limit".into(), |k| format!("{k} kbit/s"));
    let metered = match p.metered {
        Some(m) => format!("yes: up every {m} minutes for a round of meetings, down in between"),
        None => "no: stays up".into(),
    };
    [
        format!("sends       {}", limit(p.up)),
        format!("receives    {}", limit(p.down)),
        format!("metered     {metered}"),
        format!("relay       {}", p.relay.as_deref().unwrap_or("none")),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_stays() {
        let none =
            || Link { up: None, down: None, metered: None, unmetered: false, relay: None, no_relay: false };
        let relay = Some("http://10.0.0.5:3340".to_owned());
        let p = LinkPolicy { up: Some(44), down: None, metered: Some(60), relay: relay.clone() };
        assert_eq!(none().change(p.clone()), p);
        let off = Link { up: Some(0), down: Some(64), unmetered: true, no_relay: true, ..none() };
        let changed = LinkPolicy { up: None, down: Some(64), metered: None, relay: None };
        assert_eq!(off.change(p.clone()), changed);
        let on = Link { metered: Some(5), relay: relay.clone(), ..none() };
        assert_eq!(on.change(changed), LinkPolicy { down: Some(64), metered: Some(5), relay, up: None });
        assert!(words(&p).contains("44 kbit/s") && words(&p).contains("no limit"));
    }
}
