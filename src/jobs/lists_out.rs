//! A list of patients, of their visits, or of who read them.

use std::collections::VecDeque;

use super::{At, Phase, answer, within};
use crate::{
    core::{id::PatientId, policy::Purpose},
    node::api::{ClinicClient, Fault},
    sheet::{
        accesses::{self, Accessed},
        patients::{self, Listed},
        record,
        visits::{self, Visited},
    },
};

/// Which list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    Patients,
    Visits,
    Accesses,
}

/// Its lines, put together from each patient's record. Each opening is on the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListOut {
    list: List,
    left: VecDeque<PatientId>,
    of: usize,
    patients: Vec<Listed>,
    visits: Vec<Visited>,
    accesses: Vec<Accessed>,
}

impl ListOut {
    /// Of these patients; of every one of this organisation without any.
    ///
    /// # Errors
    /// The node refused or is gone.
    pub(crate) async fn begin(
        c: &ClinicClient,
        list: List,
        of: Option<Vec<PatientId>>,
    ) -> Result<Self, Fault> {
        let of = match of {
            Some(of) => of,
            None => answer(c.own_patients(within(60)).await)?,
        };
        let (patients, visits, accesses) = Default::default();
        Ok(Self { list, of: of.len(), left: of.into(), patients, visits, accesses })
    }

    pub(super) async fn step(&mut self, c: &ClinicClient) -> Result<bool, Fault> {
        let Some(id) = self.left.front().copied() else { return Ok(true) };
        if self.list == List::Accesses {
            let mut rows = answer(c.consent(within(60), id).await)?.accesses;
            rows.reverse();
            self.accesses.extend(rows.into_iter().map(|a| record::accessed(id, a)));
        } else {
            let chart = answer(c.hand_out(within(120), id, Purpose::Treatment).await)?;
            match self.list {
                List::Patients => self.patients.push(record::listed(&chart)),
                _ => self.visits.extend(record::visited(&chart)),
            }
        }
        self.left.pop_front();
        Ok(self.left.is_empty())
    }

    pub(super) fn at(&self) -> At {
        At { phase: Phase::Opening, done: self.of - self.left.len(), of: self.of }
    }

    /// The list, and how many lines it has below its heading.
    pub(crate) fn text(&self) -> (String, usize) {
        match self.list {
            List::Patients => (patients::write(&self.patients), self.patients.len()),
            List::Visits => (visits::write(&self.visits), self.visits.len()),
            List::Accesses => (accesses::write(&self.accesses), self.accesses.len()),
        }
    }
}
