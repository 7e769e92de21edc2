//! The note of a visit.

use super::{Block, Paper};
use crate::core::{
    id::{BlockId, PatientId},
    record::{Observation, Patient, show_milli},
    reference::{Ages, Whose, unusual, usual},
};

/// What stands above every paper about a patient.
#[derive(Clone, Debug)]
pub struct Heading<'a> {
    /// The organisation that prints.
    pub org: &'a str,
    /// Whose record.
    pub id: PatientId,
    /// Who that is.
    pub patient: &'a Patient,
    /// Who prints, and when, in words.
    pub printed: String,
}

impl Heading<'_> {
    pub(super) fn blocks(&self, title: &str) -> Vec<Block> {
        let p = self.patient;
        let born = p.birth_year.map(|y| match p.birth_estimated {
            true => format!("about {y}"),
            false => y.to_string(),
        });
        let mut out = vec![
            Block::Small(self.org.to_string()),
            Block::Title(title.into()),
            Block::Field("Patient", p.name.clone()),
            Block::Field("Born", born.unwrap_or_else(|| "not known".into())),
            Block::Field("Gender", p.gender.word().into()),
        ];
        let filled = |s: &str| !s.trim().is_empty();
        out.extend(filled(&p.village).then(|| Block::Field("Village", p.village.clone())));
        out.extend(filled(&p.phone).then(|| Block::Field("Telephone", p.phone.clone())));
        out.push(Block::Field("Identifier", self.id.to_string()));
        out.push(Block::Rule);
        out
    }

    pub(super) fn foot(&self) -> Vec<Block> {
        vec![Block::Sign("Name, date, signature"), Block::Small(self.printed.clone())]
    }

    pub(super) fn titled(&self, what: &str) -> String {
        format!("{what}: {}", self.patient.name)
    }
}

/// One visit.
#[derive(Clone, Debug)]
pub struct Seen {
    /// When, in words.
    pub when: String,
    /// Why the patient came.
    pub reason: String,
    /// What was found and done.
    pub note: String,
    /// What was measured.
    pub observations: Vec<Observation>,
    /// The completed years that the patient may have had then.
    pub ages: Ages,
    /// What was coded: problems, medicines, vaccines, allergies, the next visit; a line each.
    pub done: Vec<String>,
    /// Who wrote it, of which organisation.
    pub by: String,
    /// The block that holds it.
    pub block: BlockId,
}

impl Seen {
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut out = vec![
            Block::Field("Date", self.when.clone()),
            Block::Field("Reason", self.reason.clone()),
            Block::Field("Written by", self.by.clone()),
        ];
        if !self.observations.is_empty() {
            out.push(Block::Heading("Measured".into()));
        }
        out.extend(self.observations.iter().map(|o| {
            let i = o.vital.info();
            let look = match usual(o.vital, self.ages.clone()).whose {
                _ if !unusual(o, self.ages.clone()) => "",
                Whose::Anybody => "  (outside what is usual)",
                Whose::Adults | Whose::AgeUnknown => "  (outside what is usual for adults)",
                Whose::Ages(_) => "  (outside what is usual at this age)",
            };
            Block::Field(i.label, format!("{} {}{look}", show_milli(o.milli), i.shown))
        }));
        let note = !self.note.trim().is_empty();
        if note || !self.done.is_empty() {
            out.push(Block::Heading("Found and done".into()));
        }
        out.extend(note.then(|| Block::Text(self.note.clone())));
        if !self.done.is_empty() {
            let lines: Vec<String> = self.done.iter().map(|l| format!("–  {l}")).collect();
            out.push(Block::Text(lines.join("\n")));
        }
        out
    }
}

/// The paper.
pub fn visit(h: &Heading<'_>, v: &Seen) -> Paper {
    let mut blocks = h.blocks("Visit");
    blocks.extend(v.blocks());
    blocks.push(Block::Rule);
    blocks.push(Block::Small(format!("Block {} of the ledger.", v.block)));
    blocks.extend(h.foot());
    Paper { title: h.titled("Visit"), blocks }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::record::{Gender, Vital};

    #[test]
    fn what_stands_on_it() {
        let patient = Patient {
            name: "Nila Devi".into(),
            birth_year: Some(1988),
            birth_estimated: true,
            gender: Gender::Female,
            village: "Pokhara".into(),
            phone: String::new(),
        };
        let h =
            Heading { org: "Aruna Clinic", id: PatientId([7; 16]), patient: &patient, printed: "x".into() };
        let seen = Seen {
            when: "2026-03-01 09:30".into(),
            reason: "cough".into(),
            note: String::new(),
            observations: vec![
                Observation { vital: Vital::Temperature, milli: 39_400 },
                Observation { vital: Vital::HeartRate, milli: 140_000 },
            ],
            ages: Some(37..=38),
            done: Vec::new(),
            by: "Nila Rao, Aruna Clinic".into(),
            block: BlockId([4; 32]),
        };
        let p = visit(&h, &seen);
        assert!(p.blocks.contains(&Block::Field("Born", "about 1988".into())));
        assert!(
            p.blocks
                .iter()
                .any(|b| matches!(b, Block::Field("Temperature", t) if t.starts_with("39.4 °C  (outside")))
        );
        assert!(!p.blocks.iter().any(|b| matches!(b, Block::Field("Telephone", _) | Block::Text(_))));
        let pulse = |look: &str| Block::Field("Heart rate", format!("140 /min{look}"));
        assert!(p.blocks.contains(&pulse("  (outside what is usual for adults)")));
        let baby = visit(&h, &Seen { ages: Some(0..=0), ..seen.clone() });
        assert!(baby.blocks.contains(&pulse("")), "a healthy baby");
        let coded = Seen { done: vec!["Problem: B".into(), "Next visit: 2026-08-19".into()], ..seen };
        let lines = Block::Text("–  Problem: B\n–  Next visit: 2026-08-19".into());
        assert!(visit(&h, &coded).blocks.contains(&lines));
    }
}
