//! The master key is changed, with a bar; the terminal is sealed.

use std::{
    os::unix::process::CommandExt,
    process::Command,
    time::{Duration, Instant},
};

use clap::Args;
use serde_json::json;

use super::{
    Global,
    join::close,
    open::{Reached, answer, gone, within},
    progress::Progress,
};
use crate::node::{
    api::{Fault, FaultKind},
    server,
};

/// The longest that long work may take: a deadline for what would never end.
const LONG: u64 = 24 * 3_600;
/// How often long work is asked how far it is.
const PERIOD: Duration = Duration::from_millis(200);
/// How long a node may take to be there again, sealed.
const SEALING: Duration = Duration::from_secs(30);

/// Change the master key.
#[derive(Args)]
pub(crate) struct Rotate {}

impl Rotate {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let (reached, _) = g.signed_in().await?;
        let done = watched(&reached, "sealing anew", reached.client.change_master_key(within(LONG))).await;
        close(reached.node).await;
        answer(done)?;
        g.tell(
            &json!({ "rotated": true }),
            "Everything on this terminal is sealed under a new master key. Passphrases and recovery codes stay the same.\n\
             Copies of the folder made before still open with the passphrases of then.",
        );
        Ok(())
    }
}

/// Waits for long work, with a bar.
pub(crate) async fn watched<T>(reached: &Reached, what: &'static str, work: impl Future<Output = T>) -> T {
    let mut bar: Option<(u64, Progress)> = None;
    tokio::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => {
                if let Some((_, bar)) = bar {
                    bar.finish();
                }
                return done;
            }
            () = tokio::time::sleep(PERIOD) => {}
        }
        let Ok(Some(w)) = reached.client.working(within(10)).await else { continue };
        let (_, bar) = match &mut bar {
            Some(b) if b.0 == w.total => b,
            _ => {
                let begun = Progress::new(what, usize::try_from(w.total).unwrap_or(usize::MAX));
                begun.begin();
                bar.insert((w.total, begun))
            }
        };
        bar.set(usize::try_from(w.done).unwrap_or(usize::MAX), "");
    }
}

/// Seals the node that runs over this folder.
pub(crate) async fn seal(g: &Global) -> Result<(), Fault> {
    let data = g.data()?;
    let Some(client) = server::remote(&data).await? else {
        // Says when there is no store at all.
        g.reach().await?;
        g.tell(
            &json!({ "sealed": true, "node": false }),
            format_args!("No node runs over {}: it is sealed.", data.display()),
        );
        return Ok(());
    };
    answer(client.seal(within(10)).await)?;
    drop(client);
    let start = Instant::now();
    while start.elapsed() < SEALING {
        tokio::time::sleep(PERIOD).await;
        let Ok(Some(client)) = server::remote(&data).await else { continue };
        if client.status(within(10)).await.map_err(gone).is_ok_and(|s| s.sealed) {
            g.tell(
                &json!({ "sealed": true, "node": true }),
                "Sealed: every key and all that was read is gone from memory. The next passphrase opens it.",
            );
            return Ok(());
        }
    }
    Err(Fault::new(FaultKind::Unreachable, "the node does not come back: look at it, and start it anew"))
}

/// Starts this program anew in its own place, sealed: the system takes everything back that it held in memory.
pub(crate) fn start_anew() -> Fault {
    let again = || -> std::io::Result<std::convert::Infallible> {
        let args = std::env::args_os().skip(1).filter(|a| a != "--unsealed");
        Err(Command::new(std::env::current_exe()?).args(args).exec())
    };
    let Err(e) = again();
    Fault::new(
        FaultKind::Failed,
        format!("the program could not be started anew ({e}): it has ended instead"),
    )
}
