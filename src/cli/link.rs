//! How this terminal uses its links.

use clap::{Args, ValueEnum};

use super::{
    Global,
    join::close,
    open::{answer, within},
};
use crate::node::api::{Fault, Kept, LinkPolicy};

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Records {
    /// Everybody's
    All,
    /// Those of patients of whom this organisation has been given a key
    Own,
    /// Those, and all that the organisations named with --of wrote
    District,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Files {
    /// After all records
    Always,
    /// When somebody opens them
    OnDemand,
}

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
    /// Whose records to keep here; of the others only what proves them is kept
    #[arg(long, value_enum, value_name = "WHOSE")]
    records: Option<Records>,
    /// An organisation of the district, by name; once for each
    #[arg(long, value_name = "ORG", required_if_eq("records", "district"), requires = "records")]
    of: Vec<String>,
    /// When to fetch files that are kept with records
    #[arg(long, value_enum, value_name = "WHEN")]
    files: Option<Files>,
}

impl Link {
    /// What is asked for, starting from what is.
    fn change(self, mut p: LinkPolicy) -> LinkPolicy {
        let limit = |k: u32| (k > 0).then_some(k);
        p.up = self.up.map_or(p.up, limit);
        p.down = self.down.map_or(p.down, limit);
        p.metered = self.metered.or(p.metered.filter(|_| !self.unmetered));
        p.relay = self.relay.or(p.relay.filter(|_| !self.no_relay));
        p.records = match self.records {
            None => p.records,
            Some(Records::All) => Kept::All,
            Some(Records::Own) => Kept::Own,
            Some(Records::District) => Kept::District(self.of),
        };
        p.files_on_demand = self.files.map_or(p.files_on_demand, |f| f == Files::OnDemand);
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
    let own = "of patients of whom this organisation has been given a key";
    let records = match &p.records {
        Kept::All => "everybody's".into(),
        Kept::Own => own.to_owned(),
        Kept::District(orgs) => format!("{own}, and all of {}", orgs.join(", ")),
    };
    let files = if p.files_on_demand { "when somebody opens them" } else { "after all records" };
    [
        format!("sends       {}", limit(p.up)),
        format!("receives    {}", limit(p.down)),
        format!("metered     {metered}"),
        format!("relay       {}", p.relay.as_deref().unwrap_or("none")),
        format!("records     {records}"),
        format!("files       {files}"),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_given_stays() {
        let none = || Link {
            up: None,
            down: None,
            metered: None,
            unmetered: false,
            relay: None,
            no_relay: false,
            records: None,
            of: Vec::new(),
            files: None,
        };
        let relay = Some("http://10.0.0.5:3340".to_owned());
        let (metered, records) = (Some(60), Kept::Own);
        let p = LinkPolicy { up: Some(44), metered, relay: relay.clone(), records, ..LinkPolicy::default() };
        assert_eq!(none().change(p.clone()), p);
        let off = Link {
            up: Some(0),
            down: Some(64),
            unmetered: true,
            no_relay: true,
            records: Some(Records::All),
            files: Some(Files::OnDemand),
            ..none()
        };
        let changed = off.change(p.clone());
        assert_eq!(changed, LinkPolicy { down: Some(64), files_on_demand: true, ..LinkPolicy::default() });
        let on = Link { metered: Some(5), relay: relay.clone(), files: Some(Files::Always), ..none() };
        let want = LinkPolicy { down: Some(64), metered: Some(5), relay, ..LinkPolicy::default() };
        assert_eq!(on.change(changed), want);
        let of = vec!["Bela Hospital".to_owned()];
        let near = Link { records: Some(Records::District), of: of.clone(), ..none() }.change(p.clone());
        assert_eq!(near, LinkPolicy { records: Kept::District(of), ..p.clone() });
        assert!(words(&near).contains("and all of Bela Hospital"));
        assert!(words(&p).contains("44 kbit/s") && words(&p).contains("no limit"));
    }
}
