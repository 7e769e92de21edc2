use proptest::prelude::*;

use super::*;
use crate::core::{
    id::{PatientId, StaffId},
    record::{Body, Encounter, Gender, Patient},
};

#[derive(Clone, Debug)]
struct V {
    record: Record,
    org: OrgId,
    believed: bool,
    time: Hlc,
}

const ME: StaffId = StaffId([9; 16]);

impl Versioned for V {
    fn version(&self) -> VersionId {
        self.record.version_id(ME)
    }
    fn record(&self) -> &Record {
        &self.record
    }
    fn org(&self) -> OrgId {
        self.org
    }
    fn believed(&self) -> bool {
        self.believed
    }
    fn time(&self) -> Hlc {
        self.time
    }
}

fn named(name: &str, replaces: &[&V], at: u64) -> V {
    let patient = Patient {
        name: name.into(),
        birth_year: None,
        birth_estimated: false,
        gender: Gender::Unknown,
        village: String::new(),
        phone: String::new(),
    };
    let mut record = Record::first(RecordId([1; 16]), PatientId([2; 16]), Body::Patient(patient));
    record.replaces = replaces.iter().map(|v| v.version()).collect();
    V { record, org: OrgId([3; 16]), believed: true, time: Hlc { millis: at, count: 0 } }
}

fn standing(all: &[V]) -> Vec<String> {
    let h = histories(all);
    let one = h.values().next().unwrap();
    one.standing
        .iter()
        .map(|v| match &v.record.body {
            Body::Patient(p) => p.name.clone(),
            _ => String::new(),
        })
        .collect()
}

#[test]
fn both_of_two_concurrent_edits_stand_until_somebody_decides() {
    let first = named("Nila", &[], 1);
    let (a, b) = (named("Nila D", &[&first], 2), named("Nela", &[&first], 3));
    assert_eq!(standing(&[first.clone(), a.clone()]), ["Nila D"]);
    assert_eq!(standing(&[first.clone(), a.clone(), b.clone()]), ["Nela", "Nila D"]);
    let decided = named("Nela D", &[&a, &b], 4);
    assert_eq!(standing(&[first, a, b, decided]), ["Nela D"]);
}

#[test]
fn neither_another_organisation_nor_a_quarantined_terminal_hides_a_version() {
    let first = named("Nila", &[], 1);
    let thief = V { believed: false, ..named("Nobody", &[&first], 9) };
    assert_eq!(standing(&[first.clone(), thief]), ["Nila", "Nobody"]);
    let stranger = V { org: OrgId([4; 16]), ..named("Nobody", &[&first], 9) };
    let both = [first, stranger];
    assert!(histories(&both).values().all(|h| h.standing.len() == 1 && h.replaced.is_empty()));
    assert_eq!(histories(&both).len(), 2);
}

#[test]
fn a_visit_that_stands_comes_before_one_struck_out_at_the_same_time() {
    let with = |because: Option<&str>, replaces: &[&V], at| {
        let encounter = Encounter { at: 0, reason: "cough".into(), note: String::new() };
        let visit = Body::Visit { encounter, observations: Vec::new() };
        let mut v = named("", replaces, at);
        v.record.body = visit.with_struck(because.map(Into::into)).unwrap();
        v
    };
    let first = with(None, &[], 1);
    let mut edited = with(None, &[&first], 2);
    if let Body::Visit { encounter, .. } = &mut edited.record.body {
        encounter.note = "more".into();
    }
    let struck = with(Some("another patient"), &[&first], 3);
    let order = |all: &[V]| -> Vec<bool> {
        let h = histories(all);
        h.values().flat_map(|h| h.standing.iter().map(|v| v.record.body.struck().is_some())).collect()
    };
    assert_eq!(order(&[first.clone(), struck.clone()]), [true]);
    assert_eq!(order(&[struck.clone(), first.clone(), edited.clone()]), [false, true]);
    // What isn't believed brings nothing back.
    let doubted = V { believed: false, ..edited };
    assert_eq!(order(&[first.clone(), struck.clone(), doubted]), [true, false]);
    let back = with(None, &[&struck], 4);
    assert_eq!(order(&[first, struck, back]), [false]);
}

#[test]
fn the_same_version_twice_is_one() {
    let first = named("Nila", &[], 1);
    let doubted = V { believed: false, ..first.clone() };
    assert_eq!(standing(&[doubted.clone(), first.clone()]), ["Nila"]);
    let next = named("Nela", &[&first], 2);
    assert_eq!(standing(&[next, doubted, first]), ["Nela"]);
}

proptest! {
    /// Edits by several who each saw some of the versions before: whatever the order in which they arrive.
    #[test]
    fn what_stands_does_not_depend_on_the_order_of_arrival(
        edits in proptest::collection::vec((any::<u8>(), any::<bool>(), 0u64..4), 1..12),
        seed in any::<u64>(),
    ) {
        let mut all: Vec<V> = Vec::new();
        for (i, (saw, believed, at)) in edits.iter().enumerate() {
            let replaces: Vec<&V> =
                all.iter().enumerate().filter(|(n, _)| saw >> (n % 8) & 1 == 1).map(|(_, v)| v).collect();
            let v = V { believed: *believed, ..named(&format!("v{i}"), &replaces, *at) };
            all.push(v);
        }
        let expected = standing(&all);
        // Nothing is lost: what stands and what was replaced is everything.
        let h = histories(&all);
        let one = h.values().next().unwrap();
        prop_assert_eq!(one.standing.len() + one.replaced.len(), all.len());
        // The last version was seen by nobody.
        let last = format!("v{}", edits.len() - 1);
        prop_assert!(expected.contains(&last));
        let mut mixed = all.clone();
        let n = mixed.len() as u64;
        for i in (1..mixed.len()).rev() {
            let mut x = seed ^ (i as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            x ^= x >> 29;
            mixed.swap(i, (x.wrapping_mul(n) % (i as u64 + 1)) as usize);
        }
        prop_assert_eq!(standing(&mixed), expected);
    }
}
