//! Long work over the node's API, a step at a time: lists out, lists and FHIR in. Whoever drives it shows how far it is, and can
//! stop between two steps.
//!
//! - `lists_out`: every patient's record is opened, then there is a list.
//! - `lists_in`: a list is checked whole, then written line by line.
//! - `due`: who is due, however many they are.
//! - `fhir_in`: file by file, those that wait for others again after them.

mod due;
mod fhir_in;
mod lists_in;
mod lists_out;

use std::time::{Duration, Instant};

use tarpc::{client::RpcError, context::Context};

pub(crate) use self::{
    due::due,
    fhir_in::{FhirIn, Report, files},
    lists_in::{PatientsIn, VisitsIn, text},
    lists_out::{List, ListOut},
};
use crate::{
    node::api::{ClinicClient, Fault, FaultKind},
    sheet::table::Refused,
};

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    Opening,
    Checking,
    Registering,
    Writing,
    Importing,
}

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct At {
    pub(crate) phase: Phase,
    pub(crate) done: usize,
    pub(crate) of: usize,
}

/// Any of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Job {
    ListOut(ListOut),
    FhirIn(FhirIn),
    PatientsIn(PatientsIn),
    VisitsIn(VisitsIn),
}

impl Job {
    /// Does the next piece. True: there is none left.
    ///
    /// # Errors
    /// The node refused or is gone. What was done is done, and the same piece can be tried again.
    pub(crate) async fn step(&mut self, c: &ClinicClient) -> Result<bool, Fault> {
        match self {
            Job::ListOut(j) => j.step(c).await,
            Job::FhirIn(j) => j.step(c).await,
            Job::PatientsIn(j) => j.step(c).await,
            Job::VisitsIn(j) => j.step(c).await,
        }
    }

    /// How far it is.
    pub(crate) fn at(&self) -> At {
        match self {
            Job::ListOut(j) => j.at(),
            Job::FhirIn(j) => j.at(),
            Job::PatientsIn(j) => j.at(),
            Job::VisitsIn(j) => j.at(),
        }
    }

    /// Steps for about so long, so that whoever waits hears of it. True: it is done.
    ///
    /// # Errors
    /// As [`Job::step`].
    #[cfg(feature = "tui")]
    pub(crate) async fn steps(&mut self, c: &ClinicClient, about: Duration) -> Result<bool, Fault> {
        let start = Instant::now();
        while !self.step(c).await? {
            if start.elapsed() >= about {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Lines of a list that stand in its way: nothing of it was taken.
pub(crate) type Bad = Vec<Refused>;

fn within(seconds: u64) -> Context {
    let mut c = tarpc::context::current();
    c.deadline = Instant::now() + Duration::from_secs(seconds);
    c
}

fn answer<T>(r: Result<Result<T, Fault>, RpcError>) -> Result<T, Fault> {
    r.map_err(|e| {
        Fault::new(FaultKind::Unreachable, format!("the node does not answer ({e}): is it still running?"))
    })?
}
