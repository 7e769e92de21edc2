//! The node as a service, and what it tells the service manager (sd_notify(3)); without one these words go nowhere.

use std::{fs, future::pending, time::Duration};

use clap::Args;
use sd_notify::NotifyState;
use tokio::{
    signal::unix::{SignalKind, signal},
    time::sleep,
};

use super::{
    Global,
    open::{answer, within},
};
use crate::node::{
    Node,
    api::{Fault, FaultKind},
    server,
};

/// Service.
#[derive(Args)]
pub(crate) struct Service {
    /// Sign in at the start (with --login and --passphrase-file), so that the node syncs without anybody at the screen
    #[arg(long)]
    unsealed: bool,
    /// Let the members of this group use the node's socket too: a name of /etc/group, or a number
    #[arg(long, value_name = "GROUP")]
    socket_group: Option<String>,
}

impl Service {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let group = self.socket_group.as_deref().map(group).transpose()?;
        let node = Node::new(g.options()?)?;
        let own = server::local(&node);
        if self.unsealed {
            answer(own.unlock(within(60), g.login()?, g.passphrase(false)?).await)?;
            answer(own.link(within(20), true).await)?;
            answer(own.lock(within(10)).await)?;
        }
        let stop = |k| signal(k).map_err(|e| Fault::new(FaultKind::Failed, e));
        let (mut term, mut int) = (stop(SignalKind::terminate())?, stop(SignalKind::interrupt())?);
        let listening = server::listen(node.data(), group).await?;
        eprintln!("aidpost: node over {} answers; stop it with SIGTERM or Ctrl-C", g.data()?.display());
        tell(&NotifyState::Ready);
        tracing::info!(version = env!("CARGO_PKG_VERSION"), unsealed = self.unsealed, "the node answers");
        let mut seal = false;
        tokio::select! {
            () = server::serve(node.clone(), &listening) => {}
            () = node.keep_meeting() => {}
            () = watchdog() => {}
            () = log(&node) => {}
            _ = term.recv() => {}
            _ = int.recv() => {}
            () = node.seal.notified() => seal = true,
        }
        tracing::info!(sealing = seal, "the node stops");
        if seal {
            // The same process goes on, sealed: to the service manager it never stopped.
            node.close().await;
            return Err(super::rotate::start_anew());
        }
        tell(&NotifyState::Stopping);
        node.close().await;
        Ok(())
    }
}

fn tell(state: &NotifyState<'_>) {
    // A service manager that doesn't listen is no reason to stop working.
    let _ = sd_notify::notify(std::slice::from_ref(state));
}

/// Says twice in the time that the service manager allows that tasks still get their turn. Work on the store may take longer
/// than that (an import, sealing anew) and is no reason to be started anew, so it isn't asked.
async fn watchdog() {
    let Some(limit) = sd_notify::watchdog_enabled().filter(|l| *l > Duration::ZERO) else {
        return pending().await;
    };
    loop {
        tell(&NotifyState::Watchdog);
        sleep(limit / 2).await;
    }
}

/// One line for each terminal that was refused or dropped for what it did.
async fn log(node: &Node) {
    loop {
        eprintln!("aidpost: {}", node.next_refusal().await);
    }
}

/// The number of a group (group(5)).
fn group(name: &str) -> Result<u32, Fault> {
    if let Ok(number) = name.parse() {
        return Ok(number);
    }
    let text = fs::read_to_string("/etc/group").unwrap_or_default();
    number_of(name, &text).ok_or_else(|| {
        Fault::new(
            FaultKind::Usage,
            format!("no group '{name}' is in /etc/group: make it, or give its number"),
        )
    })
}

fn number_of(name: &str, groups: &str) -> Option<u32> {
    groups.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next() == Some(name)).then(|| fields.nth(1)?.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_is_found_by_its_whole_name_or_its_number() {
        let groups = "root:x:0:\nclinic-old:x:7:\nclinic:x:990:nila,amina\nbroken\nodd:x:many:\n";
        assert_eq!(number_of("clinic", groups), Some(990));
        assert_eq!(number_of("root", groups), Some(0));
        for none in ["clin", "", "broken", "odd", "nila"] {
            assert_eq!(number_of(none, groups), None, "{none}");
        }
        assert_eq!(group("123").ok(), Some(123));
        assert!(group("no such group").unwrap_err().message.contains("/etc/group"));
    }
}
