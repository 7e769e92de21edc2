//! A seeded generator of clinic records, of realistic sizes and fields: for benches, for trying things out, and for the
//! dictionary that records are compressed with. Nobody in it lives.

use rand::{RngExt, SeedableRng, rngs::StdRng};

use super::generated_fhir;
use crate::core::{
    json::Json,
    record::{Body, Encounter, Gender, Observation, Patient, Vital},
    time::{DAY, Millis},
};

const GIVEN: [&str; 40] = [
    "Asha",
    "Binta",
    "Chidi",
    "Devika",
    "Esther",
    "Fatou",
    "Gita",
    "Hawa",
    "Ibrahim",
    "Joseph",
    "Kofi",
    "Lakshmi",
    "Mariam",
    "Nila",
    "Omar",
    "Pema",
    "Rosa",
    "Samuel",
    "Tenzin",
    "Wanjiru",
    "Aïssatou",
    "José",
    "Zainab",
    "Anil",
    "Beatriz",
    "Dawa",
    "Emeka",
    "Grace",
    "Hassan",
    "Ines",
    "Juma",
    "Kiran",
    "Luz",
    "Musa",
    "Neema",
    "Paulo",
    "Ram",
    "Sita",
    "Tomás",
    "Yusuf",
];
const FAMILY: [&str; 40] = [
    "Devi", "Diallo", "Okoye", "Rana", "Mwangi", "Traoré", "Sharma", "Kamau", "Bah", "Otieno", "Mensah",
    "Reddy", "Sow", "Gurung", "Haddad", "Lama", "Quispe", "Owusu", "Sherpa", "Njoroge", "Barry", "Ñandú",
    "Bello", "Thapa", "Silva", "Dorji", "Eze", "Achieng", "Ali", "Costa", "Kimani", "Patel", "Flores",
    "Keita", "Mushi", "Sousa", "Magar", "Rai", "Mamani", "Conté",
];
const BEFORE: [&str; 12] = ["Ka", "Mba", "Nya", "Po", "San", "Ki", "Lo", "Bha", "Tam", "Dou", "Ra", "Ju"];
const AFTER: [&str; 16] = [
    "khara", "le", "lira", "tolo", "bwe", "suma", "gaon", "pur", "kuru", "ndi", "beni", "rongo", "dara",
    "mbo", "tiva", "wara",
];
/// Why people come, what is found, what is done.
const VISITS: [(&str, &str); 20] = [
    ("cough for three days", "Chest clear. Fluids and rest. Back if fever or fast breathing."),
    ("fever", "Malaria rapid test negative. Paracetamol 500 mg three times a day for three days."),
    ("fever", "Malaria rapid test positive. Artemether-lumefantrine for three days, first dose taken here."),
    (
        "antenatal visit",
        "Fetal heart heard. Iron and folic acid given. Tetanus vaccine up to date. Next visit in four weeks.",
    ),
    ("diarrhoea", "No signs of dehydration. Oral rehydration salts and zinc for ten days."),
    ("blood pressure check", "Amlodipine 5 mg once a day continued. Less salt. Next check in one month."),
    (
        "diabetes check",
        "Fasting glucose measured. Metformin 500 mg twice a day continued. Feet without wounds.",
    ),
    ("wound of the foot", "Cleaned and dressed. Tetanus vaccine given. Dressing every second day."),
    ("growth check", "Eats well. Weight follows its line. Vitamin A given. Deworming with albendazole."),
    ("vaccination", "Vaccines given as due, no reaction after twenty minutes. Card updated."),
    ("headache", "No neck stiffness, no fever. Paracetamol as needed. Back if vomiting or drowsy."),
    ("back pain", "No weakness of the legs. Ibuprofen 400 mg with food, movement as able."),
    ("skin rash", "Scabies in the household. Permethrin cream for everybody, bedding washed."),
    ("cough for more than two weeks", "Sputum sent for tuberculosis. Household members asked to come."),
    ("joint pain", "Knees swollen on both sides. Paracetamol, exercise explained."),
    ("ear pain", "Left eardrum red. Amoxicillin for five days."),
    ("family planning", "Injection given. Next in twelve weeks."),
    ("burning when passing water", "Urine strip positive for nitrite. Nitrofurantoin for five days."),
    ("follow-up", "Better. Medicines finished. No further visit needed unless symptoms return."),
    ("asthma", "Wheeze on both sides, better after salbutamol. Inhaler technique shown."),
];

/// What a clinic knows of one generated patient.
pub struct Generated {
    /// Who.
    pub patient: Patient,
    /// Visits, the oldest first.
    pub visits: Vec<Body>,
}

/// The generator: the same for the same seed.
pub struct Generator {
    pub(super) rng: StdRng,
    now: Millis,
}

impl Generator {
    /// A generator whose clinic has been open up to `now`.
    pub fn new(seed: u64, now: Millis) -> Self {
        Self { rng: StdRng::seed_from_u64(seed), now }
    }

    pub(super) fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.rng.random_range(0..of.len())]
    }

    /// Somebody.
    pub fn patient(&mut self) -> Patient {
        let mut name = vec![self.one(&GIVEN)];
        if self.rng.random_bool(0.3) {
            name.push(self.one(&GIVEN));
        }
        if self.rng.random_bool(0.95) {
            name.push(self.one(&FAMILY));
        }
        let village = format!("{}{}", self.one(&BEFORE), self.one(&AFTER));
        let known = self.rng.random_bool(0.95);
        let has_phone = self.rng.random_bool(0.7);
        let phone = format!(
            "+{} {}",
            self.rng.random_range(220..270),
            self.rng.random_range(700_000_000u64..799_999_999)
        );
        Patient {
            name: name.join(" "),
            birth_year: known.then(|| self.rng.random_range(1935..2026)),
            birth_estimated: self.rng.random_bool(0.4),
            gender: if self.rng.random_bool(0.5) { Gender::Female } else { Gender::Male },
            village,
            phone: if has_phone { phone } else { String::new() },
        }
    }

    /// A visit at a time.
    pub fn visit(&mut self, at: Millis) -> Body {
        let (reason, note) = VISITS[self.rng.random_range(0..VISITS.len())];
        let mut note = note.to_string();
        if self.rng.random_bool(0.3) {
            note.push(' ');
            note.push_str(VISITS[self.rng.random_range(0..VISITS.len())].1);
        }
        let mut observations = Vec::new();
        for vital in Vital::ALL {
            // The lower value of a blood pressure comes with the upper one.
            let taken =
                if vital == Vital::Diastolic { !observations.is_empty() } else { self.rng.random_bool(0.6) };
            let (low, high) = vital.info().usual;
            let step = if vital == Vital::Temperature || vital == Vital::Weight { 100 } else { 1_000 };
            let mut milli = self.rng.random_range(low / step..=high / step) * step;
            if vital == Vital::Diastolic {
                let upper = observations.iter().find(|o: &&Observation| o.vital == Vital::Systolic);
                let Some(upper) = upper else { continue };
                milli = milli.min(upper.milli - 20_000);
            }
            if taken {
                observations.push(Observation { vital, milli });
            }
        }
        Body::Visit { encounter: Encounter { at, reason: reason.into(), note }, observations }
    }

    /// Somebody with what a clinic wrote about them in `visits` visits.
    pub fn generated(&mut self, visits: usize) -> Generated {
        let patient = self.patient();
        let mut times: Vec<Millis> =
            (0..visits).map(|_| self.now.saturating_sub(self.rng.random_range(0..3_000) * DAY)).collect();
        times.sort_unstable();
        Generated { patient, visits: times.into_iter().map(|at| self.visit(at)).collect() }
    }

    /// What another system would send of somebody: FHIR R4 resources, the patient first.
    pub fn resources(&mut self, encounters: usize) -> Vec<Json> {
        let patient = self.patient();
        generated_fhir::resources(self, &patient, encounters, self.now)
    }

    pub(super) fn uuid(&mut self) -> String {
        let b: [u8; 16] = self.rng.random();
        let h = hex::encode(b);
        format!("{}-{}-{}-{}-{}", &h[..8], &h[8..12], &h[12..16], &h[16..20], &h[20..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::record::validate;
    use crate::fhir::{
        reference::{self, Subject},
        view,
    };

    const NOW: Millis = 1_760_000_000_000;

    #[test]
    fn the_same_seed_gives_the_same_and_all_of_it_is_valid() {
        let (mut a, mut b) = (Generator::new(1, NOW), Generator::new(1, NOW));
        for _ in 0..200 {
            let (x, y) = (a.generated(4), b.generated(4));
            assert_eq!((&x.patient, &x.visits), (&y.patient, &y.visits));
            assert_eq!(validate(&Body::Patient(x.patient), 2026), Ok(()));
            for v in &x.visits {
                assert_eq!(validate(v, 2026), Ok(()));
            }
        }
        assert_ne!(Generator::new(2, NOW).patient(), Generator::new(3, NOW).patient());
    }

    #[test]
    fn generated_resources_belong_to_their_patient_and_can_be_shown() {
        let all = Generator::new(4, NOW).resources(6);
        let id = all[0].text_at(&["id"]).unwrap();
        assert!(view::demographics(&all[0]).birth_year.is_some() || all[0].get("birthDate").is_none());
        let mut kinds = std::collections::BTreeSet::new();
        for r in &all[1..] {
            let kind = r.text_at(&["resourceType"]).unwrap();
            kinds.insert(kind);
            let nobody = matches!(kind, "Practitioner" | "Organization");
            let of = reference::patients(kind, r);
            assert_eq!(matches!(of.first(), Some(Subject::Name(p)) if p.ends_with(id)), !nobody, "{kind}");
            assert_ne!(view::line(kind, r).text, "", "{kind}");
        }
        assert!(kinds.len() >= 12, "{kinds:?}");
    }
}
