//! Who is expected back, and when: kept beside the patient list, and in memory once it was asked for.

use std::collections::{BTreeMap, BTreeSet};

use redb::WriteTransaction;

use super::Db;
use crate::{
    core::{codec, expected::Expected, id::PatientId, time::Millis},
    store::{StoreError, tables},
};

/// Everybody who is expected, by patient and by day.
#[derive(Default)]
pub(super) struct Calendar {
    first: BTreeMap<PatientId, Expected>,
    days: BTreeSet<(Millis, PatientId)>,
}

impl Calendar {
    fn put(&mut self, patient: PatientId, all: &[Expected]) {
        if let Some(old) = self.first.remove(&patient) {
            self.days.remove(&(old.from, patient));
        }
        if let Some(first) = all.first() {
            self.first.insert(patient, *first);
            self.days.insert((first.from, patient));
        }
    }
}

/// Writes what is expected of patients; of one of whom nothing is, the row goes.
pub(super) fn insert(tx: &WriteTransaction, rows: &[(PatientId, Vec<Expected>)]) -> Result<(), StoreError> {
    let mut t = tx.open_table(tables::EXPECTED)?;
    for (p, all) in rows {
        match all.is_empty() {
            true => t.remove(&p.0[..])?,
            false => t.insert(&p.0[..], codec::encode(all).as_slice())?,
        };
    }
    Ok(())
}

impl Db {
    pub(super) fn tell_calendar(&mut self, rows: &[(PatientId, Vec<Expected>)]) {
        if let Some(c) = &mut self.calendar {
            rows.iter().for_each(|(p, all)| c.put(*p, all));
        }
    }

    /// The days on which a patient is expected, the earliest first.
    ///
    /// # Errors
    /// A damaged page.
    pub fn expected(&self, patient: PatientId) -> Result<Vec<Expected>, StoreError> {
        Ok(self.get(tables::EXPECTED, &patient.0)?.unwrap_or_default())
    }

    /// The first of them.
    ///
    /// # Errors
    /// A damaged page.
    pub fn first_expected(&mut self, patient: PatientId) -> Result<Option<Expected>, StoreError> {
        Ok(self.calendar()?.first.get(&patient).copied())
    }

    /// Patients whose day has come by `now`, the latest day first: who was to come today stands before who has been away
    /// for long.
    ///
    /// # Errors
    /// A damaged page.
    pub fn due_by(&mut self, now: Millis) -> Result<Vec<PatientId>, StoreError> {
        Ok(self.calendar()?.days.range(..=(now, PatientId([u8::MAX; 16]))).rev().map(|(_, p)| *p).collect())
    }

    fn calendar(&mut self) -> Result<&Calendar, StoreError> {
        if self.calendar.is_none() {
            let mut c = Calendar::default();
            for (k, all) in self.scan::<Vec<Expected>>(tables::EXPECTED, &[])? {
                if let Ok(id) = k.try_into().map(PatientId) {
                    c.put(id, &all);
                }
            }
            self.calendar = Some(c);
        }
        self.calendar.as_ref().ok_or(StoreError::Closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::time::DAY;

    #[test]
    fn each_patient_has_one_place_in_the_calendar() {
        let day = |n: u64| Expected { from: n * DAY, until: (n + 1) * DAY, made: 0 };
        let (a, b) = (PatientId([1; 16]), PatientId([2; 16]));
        let mut c = Calendar::default();
        c.put(a, &[day(5), day(9)]);
        c.put(b, &[day(3)]);
        c.put(a, &[day(9)]);
        assert_eq!(c.days.iter().map(|(d, p)| (d / DAY, *p)).collect::<Vec<_>>(), [(3, b), (9, a)]);
        c.put(b, &[]);
        assert_eq!((c.days.len(), c.first.len()), (1, 1));
    }
}
