//! What a chart says beside its visits: what was measured at any time, vaccines, and what names no visit.

use crate::core::{
    record::{Compartment, Observation, Vital},
    reference::{Ages, ages_at, ages_since},
    resource::Resource,
};

use super::{Chart, ItemRow, VisitRow};

/// FHIR's resource type of a vaccine that was given, or wasn't.
const VACCINE: &str = "Immunization";

/// What was measured at one time: each vital once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured<'a> {
    /// When: milliseconds since 1970, negative before it.
    pub at: i64,
    /// What.
    pub observations: Vec<Observation>,
    /// At which visit; none: it came from elsewhere and names none of this chart.
    pub visit: Option<&'a VisitRow>,
}

impl Measured<'_> {
    /// The value of one vital, in thousandths of its unit.
    pub fn of(&self, vital: Vital) -> Option<i64> {
        self.observations.iter().find(|o| o.vital == vital).map(|o| o.milli)
    }
}

impl Chart {
    /// Everything that was measured, newest first: at visits and apart from them. What says no time isn't in it.
    pub fn measured(&self) -> Vec<Measured<'_>> {
        let at_visits = self.visits.iter().filter(|v| !v.observations.is_empty());
        let mut out: Vec<Measured<'_>> = Vec::new();
        for (at, observations) in
            self.items.iter().filter(|i| i.apart).filter_map(|i| Some((i.at?, &i.observations)))
        {
            // Two resources of one time are one measurement, as pressure's two values are, unless both measure the same.
            let fits = |m: &&mut Measured<'_>| observations.iter().all(|o| m.of(o.vital).is_none());
            match out.iter_mut().rev().take_while(|m| m.at == at).find(fits) {
                Some(m) => m.observations.extend(observations),
                None if observations.is_empty() => {}
                None => out.push(Measured { at, observations: observations.clone(), visit: None }),
            }
        }
        out.extend(at_visits.map(|v| Measured {
            at: v.at,
            observations: v.observations.clone(),
            visit: Some(v),
        }));
        out.sort_by_key(|m| std::cmp::Reverse(m.at));
        out
    }

    /// The completed years that the patient may have had at that time, milliseconds since 1970; none: nobody knows.
    pub fn ages(&self, at: i64) -> Ages {
        match self.born_on {
            Some(born) => ages_since(born, at),
            None => ages_at(self.patient.birth_year?, at),
        }
    }

    /// The vaccines that were given, newest first, each once: one that two senders tell of is one.
    pub fn vaccines(&self) -> Vec<&ItemRow> {
        let given =
            |i: &&ItemRow| i.kind == VACCINE && !matches!(i.status.as_str(), "entered-in-error" | "not-done");
        let mut seen = std::collections::BTreeSet::new();
        let day = |i: &ItemRow| i.at.and_then(crate::fhir::date::day);
        let mut all: Vec<&ItemRow> =
            self.items.iter().filter(given).filter(|i| seen.insert((day(i), i.text.as_str()))).collect();
        // Those without a date come last.
        all.sort_by_key(|i| std::cmp::Reverse(i.at));
        all
    }

    /// What names no visit, by day (UTC), the newest first; what says no time comes last. Without vaccines, which have their
    /// own list, bills, and what is about nobody.
    pub fn apart(&self) -> Vec<Vec<&ItemRow>> {
        let mut out: Vec<Vec<&ItemRow>> = Vec::new();
        let mut all: Vec<&ItemRow> = self.items.iter().filter(|i| i.stands_apart()).collect();
        all.sort_by_key(|i| std::cmp::Reverse(i.at));
        let day = |i: &ItemRow| i.at.and_then(crate::fhir::date::day);
        for item in all {
            match out.last_mut().filter(|d| d.first().is_some_and(|first| day(first) == day(item))) {
                Some(same) => same.push(item),
                None => out.push(vec![item]),
            }
        }
        out
    }
}

impl ItemRow {
    /// It is a line of its own in a list of visits.
    fn stands_apart(&self) -> bool {
        // What says who wrote or allowed something is on the ledger; next visits are expected elsewhere.
        const AROUND: [&str; 7] =
            ["Provenance", "AuditEvent", "Consent", "RelatedPerson", "Device", "Appointment", VACCINE];
        let kind = self.kind.as_str();
        self.apart
            && !matches!(self.status.as_str(), "entered-in-error" | "refuted")
            && !AROUND.contains(&kind)
            && !crate::fhir::reference::nobodys(kind)
            && Resource::compartment_of(kind) != Compartment::Administrative
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::{PatientId, RecordId};
    use crate::tui::fixtures::{NOW, chart};

    fn item(kind: &str, text: &str, at: Option<i64>, observations: &[(Vital, i64)]) -> ItemRow {
        let observations =
            observations.iter().map(|(vital, milli)| Observation { vital: *vital, milli: *milli });
        ItemRow {
            kind: kind.into(),
            text: text.into(),
            at,
            status: "final".into(),
            record: RecordId([1; 16]),
            patient: PatientId([2; 16]),
            apart: true,
            observations: observations.collect(),
        }
    }

    #[test]
    fn what_names_no_visit_is_measured_too() {
        let at = NOW as i64;
        let mut c = chart();
        let before = c.measured().len();
        c.items = vec![
            item("Observation", "sys", Some(at), &[(Vital::Systolic, 120_000)]),
            item("Observation", "dia", Some(at), &[(Vital::Diastolic, 80_000)]),
            item("Observation", "sys again", Some(at), &[(Vital::Systolic, 130_000)]),
            item("Observation", "no time", None, &[(Vital::Weight, 60_000)]),
        ];
        let all = c.measured();
        assert_eq!(all.len(), before + 2);
        assert_eq!((all[0].of(Vital::Systolic), all[0].of(Vital::Diastolic)), (Some(120_000), Some(80_000)));
        assert_eq!((all[1].of(Vital::Systolic), all[1].visit), (Some(130_000), None));
        assert!(all.windows(2).all(|w| w[0].at >= w[1].at) && all.iter().any(|m| m.visit.is_some()));
        c.items.iter_mut().for_each(|i| i.apart = false);
        assert_eq!(c.measured().len(), before);
    }

    #[test]
    fn every_other_thing_stands_at_its_day_and_vaccines_in_their_list() {
        const DAY: i64 = 86_400_000;
        let at = NOW as i64;
        let mut c = chart();
        c.items = vec![
            item("Procedure", "suture", Some(at), &[]),
            item("DiagnosticReport", "blood count", Some(at - 1_000), &[]),
            item("CarePlan", "asthma", Some(at - DAY), &[]),
            item("DocumentReference", "letter", None, &[]),
            item("Immunization", "BCG", Some(at - 9 * DAY), &[]),
            item("Immunization", "measles", Some(at), &[]),
            item("Immunization", "BCG", Some(at - 9 * DAY), &[]),
            item("Claim", "bill", Some(at), &[]),
            item("Practitioner", "Dr. Okello", Some(at), &[]),
        ];
        c.items[5].apart = false;
        let texts = |all: &[&ItemRow]| all.iter().map(|i| i.text.clone()).collect::<Vec<_>>();
        let days: Vec<_> = c.apart().iter().map(|d| texts(d)).collect();
        assert_eq!(days, [vec!["suture", "blood count"], vec!["asthma"], vec!["letter"]]);
        assert_eq!(texts(&c.vaccines()), ["measles", "BCG"], "newest first, each once, also those of visits");
        c.items[5].status = "not-done".into();
        c.items[0].status = "entered-in-error".into();
        assert_eq!((c.vaccines().len(), texts(&c.apart()[0])), (1, vec!["blood count".to_owned()]));
    }

    #[test]
    fn the_age_is_that_at_the_time() {
        let mut c = chart();
        c.patient.birth_year = Some(2025);
        assert_eq!(c.ages(NOW as i64), Some(0..=1));
        c.born_on = Some(NOW as i64 - 400 * 86_400_000);
        assert_eq!(c.ages(NOW as i64), Some(1..=1), "the day of birth says it better");
        (c.born_on, c.patient.birth_year) = (None, None);
        assert_eq!(c.ages(NOW as i64), None);
    }
}
