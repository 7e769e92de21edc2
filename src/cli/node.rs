//! The node as a service.

use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

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
}

impl Service {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let node = Node::new(g.options()?)?;
        let own = server::local(&node);
        if self.unsealed {
            answer(own.unlock(within(60), g.login()?, g.passphrase(false)?).await)?;
            answer(own.link(within(20), true).await)?;
            answer(own.lock(within(10)).await)?;
        }
        let stop = |k| signal(k).map_err(|e| Fault::new(FaultKind::Failed, e));
        let (mut term, mut int) = (stop(SignalKind::terminate())?, stop(SignalKind::interrupt())?);
        eprintln!("aidpost: node over {} answers; stop it with SIGTERM or Ctrl-C", g.data()?.display());
        tracing::info!(version = env!("CARGO_PKG_VERSION"), unsealed = self.unsealed, "the node answers");
        let mut seal = false;
        let done = tokio::select! {
            r = server::serve(node.clone()) => r,
            () = node.keep_meeting() => Ok(()),
            _ = term.recv() => Ok(()),
            _ = int.recv() => Ok(()),
            () = node.seal.notified() => {
                seal = true;
                Ok(())
            }
        };
        tracing::info!(sealing = seal, "the node stops");
        node.close().await;
        if seal {
            return Err(super::rotate::start_anew());
        }
        if done.is_ok() {
            // Whoever looks for a running node must not find this one's socket.
            let _ = std::fs::remove_file(server::socket(&g.data()?));
        }
        done
    }
}
