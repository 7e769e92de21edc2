//! The patient list, and the search that every commit keeps up to date.

use std::collections::BTreeSet;

use redb::{ReadableDatabase, ReadableTable};

use super::Db;
use crate::{
    core::id::{OrgId, PatientId},
    store::{
        StoreError,
        search::Search,
        tables::{self, Card},
    },
};

impl Db {
    /// Every patient that some block speaks of.
    ///
    /// # Errors
    /// A damaged page.
    pub fn patients(&self) -> Result<BTreeSet<PatientId>, StoreError> {
        let tx = self.db()?.begin_read()?;
        let mut out = BTreeSet::new();
        let mut last = None;
        for row in tx.open_table(tables::BY_PATIENT)?.iter()? {
            let patient = row?.0.value().first_chunk::<16>().map(|p| PatientId(*p));
            if patient != last {
                out.extend(patient);
                last = patient;
            }
        }
        Ok(out)
    }

    /// True when some key of a patient was wrapped to an organisation, whether it opens or not.
    ///
    /// # Errors
    /// A damaged page.
    pub fn is_wrapped_to(&self, patient: PatientId, org: OrgId) -> Result<bool, StoreError> {
        let prefix = tables::wrap_prefix(patient, org, None);
        let tx = self.db()?.begin_read()?;
        let first = tx.open_table(tables::PATIENT_WRAPS)?.range(prefix.as_slice()..)?.next().transpose()?;
        Ok(first.is_some_and(|(k, _)| k.value().starts_with(&prefix)))
    }

    /// Brings the patient list up to date.
    ///
    /// # Errors
    /// As [`Db::put`].
    pub fn put_cards(&mut self, cards: &[(PatientId, Card)]) -> Result<(), StoreError> {
        let rows: Vec<_> = cards.iter().map(|(p, c)| (p.0.to_vec(), c)).collect();
        self.put_all(tables::CARDS, &rows)?;
        self.tell_search(cards);
        Ok(())
    }

    pub(super) fn tell_search(&mut self, cards: &[(PatientId, Card)]) {
        if let Some(s) = &mut self.search {
            cards.iter().for_each(|(p, c)| s.put(*p, c));
        }
    }

    /// The patients whom a query fits best, the best first.
    ///
    /// # Errors
    /// A damaged page.
    pub fn find_patients(&mut self, query: &str, most: usize) -> Result<Vec<PatientId>, StoreError> {
        Ok(self.search()?.find(query, most))
    }

    /// The same among those in the archive.
    ///
    /// # Errors
    /// A damaged page.
    pub fn find_archived(&mut self, query: &str, most: usize) -> Result<Vec<PatientId>, StoreError> {
        Ok(self.search()?.find_archived(query, most))
    }

    /// The patients who are most like this one, the most alike first.
    ///
    /// # Errors
    /// A damaged page.
    pub fn patients_near(&mut self, card: &Card, most: usize) -> Result<Vec<PatientId>, StoreError> {
        Ok(self.search()?.near(card, most))
    }

    fn search(&mut self) -> Result<&Search, StoreError> {
        if self.search.is_none() {
            let mut search = Search::default();
            for (k, card) in self.scan::<Card>(tables::CARDS, &[])? {
                if let Ok(id) = k.try_into().map(PatientId) {
                    search.put(id, &card);
                }
            }
            self.search = Some(search);
        }
        self.search.as_ref().ok_or(StoreError::Closed)
    }
}
