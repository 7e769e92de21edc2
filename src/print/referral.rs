//! A referral: who is sent to whom, why, and what the next one must know.

use super::{
    Block, Paper,
    visit::{Heading, Seen},
};

/// What is known of the patient, a line each.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Allergies and intolerances.
    pub allergies: Vec<String>,
    /// Medicines being taken.
    pub medicines: Vec<String>,
    /// Problems.
    pub problems: Vec<String>,
}

/// What is asked.
#[derive(Clone, Debug)]
pub struct Referral {
    /// To whom.
    pub to: String,
    /// Why.
    pub reason: String,
    /// What else to say, may be empty.
    pub note: String,
    /// It can't wait.
    pub urgent: bool,
    /// The last visit, where there was one.
    pub last: Option<Seen>,
    /// What is known.
    pub known: Known,
}

/// The paper.
pub fn referral(h: &Heading<'_>, r: &Referral) -> Paper {
    let mut blocks = h.blocks(if r.urgent { "Referral, urgent" } else { "Referral" });
    blocks.push(Block::Field("To", r.to.clone()));
    blocks.push(Block::Field("Because of", r.reason.clone()));
    if !r.note.trim().is_empty() {
        blocks.push(Block::Field("Note", r.note.clone()));
    }
    blocks.push(Block::Rule);
    let k = &r.known;
    for (title, lines) in
        [("Allergies", &k.allergies), ("Medicines", &k.medicines), ("Problems", &k.problems)]
    {
        let text = match lines.is_empty() {
            // Nobody has said that there is nothing.
            true => "Nothing is written down.".into(),
            false => lines.iter().map(|l| format!("–  {l}")).collect::<Vec<_>>().join("\n"),
        };
        blocks.push(Block::Field(title, text));
    }
    if let Some(v) = &r.last {
        blocks.push(Block::Heading("Last visit".into()));
        blocks.extend(v.blocks());
    }
    blocks.push(Block::Rule);
    blocks.extend(h.foot());
    blocks.push(Block::Answer("Answer", "Name, date, signature"));
    Paper { title: h.titled("Referral"), blocks }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        id::PatientId,
        record::{Gender, Patient},
    };

    #[test]
    fn nothing_known_is_not_nothing_there() {
        let patient = Patient {
            name: "Nila".into(),
            birth_year: None,
            birth_estimated: false,
            gender: Gender::Unknown,
            village: String::new(),
            phone: String::new(),
        };
        let h = Heading { org: "Aruna", id: PatientId([7; 16]), patient: &patient, printed: "x".into() };
        let known = Known { allergies: vec!["penicillin".into()], ..Known::default() };
        let r = Referral {
            to: "Bela".into(),
            reason: "x-ray".into(),
            note: String::new(),
            urgent: true,
            last: None,
            known,
        };
        let p = referral(&h, &r);
        let of = |name: &str| {
            let field = |b: &Block| matches!(b, Block::Field(n, _) if *n == name);
            p.blocks.iter().find(|b| field(b)).cloned()
        };
        assert_eq!(of("Allergies"), Some(Block::Field("Allergies", "–  penicillin".into())));
        for empty in ["Medicines", "Problems"] {
            assert_eq!(of(empty), Some(Block::Field(empty, "Nothing is written down.".into())));
        }
        assert_eq!(p.blocks[1], Block::Title("Referral, urgent".into()));
    }
}
