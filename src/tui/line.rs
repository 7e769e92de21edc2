//! The line to the node. A node that runs apart may be stopped and started anew under its screens: they find it again.

use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

use crate::node::{
    api::{Change, Changes, ClinicClient},
    server,
};

/// The node's client, as it is now.
pub(crate) struct Line {
    client: Mutex<ClinicClient>,
    /// Where another node would answer; none: the node is this process's own and ends with it.
    data: Option<PathBuf>,
}

impl Line {
    pub(crate) fn new(client: ClinicClient, data: Option<PathBuf>) -> Self {
        Self { client: Mutex::new(client), data }
    }

    pub(crate) fn client(&self) -> ClinicClient {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Looks whether a node answers again; if so, what has changed for its screens: nobody is signed in there, and its count
    /// of changes begins anew.
    pub(crate) async fn again(&self) -> Option<Changes> {
        let client = server::remote(self.data.as_deref()?).await.ok()??;
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
        Some(Changes { next: 0, changes: vec![Change::Locked] })
    }

    /// What to say when the node doesn't answer any more.
    pub(crate) fn stopped(&self) -> &'static str {
        match self.data {
            Some(_) => "the node has stopped: this screen goes on when it is started again",
            None => "the node has stopped: start Aidpost again",
        }
    }
}
