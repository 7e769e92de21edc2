//! What the system asks of the workstation: to end, to stop for a while, to go on.

use std::{io, time::Duration};

use rustix::process::{Signal, kill_current_process_group};
use tokio::{
    signal::unix::{self, SignalKind, signal},
    sync::mpsc::UnboundedSender,
    time::timeout,
};

use super::msg::Msg;

/// Where nothing can bring the process back, it isn't stopped; this long is waited to see which.
const STOPPED: Duration = Duration::from_millis(500);

/// The signals that the workstation answers itself.
pub(super) struct Signals {
    continued: unix::Signal,
}

impl Signals {
    /// A hangup or a request to end keeps the draft and gives the terminal back, like Ctrl-Q; a request to stop does the
    /// same as Ctrl-Z.
    ///
    /// # Errors
    /// The system refuses a handler.
    pub(super) fn listen(sender: &UnboundedSender<Msg>) -> io::Result<Self> {
        let (end, hangup) = (SignalKind::terminate(), SignalKind::hangup());
        let stop = SignalKind::from_raw(Signal::TSTP.as_raw());
        for kind in [end, hangup, stop] {
            let (mut stream, sender) = (signal(kind)?, sender.clone());
            tokio::spawn(async move {
                let msg = || if kind == stop { Msg::Suspend } else { Msg::Quit };
                while stream.recv().await.is_some() && sender.send(msg()).is_ok() {}
            });
        }
        Ok(Self { continued: signal(SignalKind::from_raw(Signal::CONT.as_raw()))? })
    }

    /// Waits until the process goes on after somebody stopped it.
    pub(super) async fn continued(&mut self) -> Msg {
        // The stream has no end.
        let _ = self.continued.recv().await;
        Msg::Continued
    }

    /// Stops the process, and those that it runs under in the same job, until somebody lets it go on.
    ///
    /// The signal of Ctrl-Z has a handler here, which can't be taken away again. That of reading in the background does the
    /// same where it has none: it stops the job, but not where nothing could bring it back, as in a kiosk without a shell.
    pub(super) async fn stop(&mut self) -> Msg {
        if let Err(e) = kill_current_process_group(Signal::TTIN) {
            tracing::warn!(code = e.raw_os_error(), "the workstation can't be suspended");
        }
        let _ = timeout(STOPPED, self.continued.recv()).await;
        Msg::Continued
    }
}
