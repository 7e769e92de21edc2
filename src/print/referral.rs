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
        blocks.push(Block::Text(r.note.clone()));
    }
    let k = &r.known;
    for (title, lines) in
        [("Allergies", &k.allergies), ("Medicines", &k.medicines), ("Problems", &k.problems)]
    {
        blocks.push(Block::Heading(title.into()));
        match lines.is_empty() {
            // Nobody has said that there is nothing.
            true => blocks.push(Block::Text("Nothing is written down.".into())),
            false => blocks.extend(lines.iter().map(|l| Block::Text(format!("–  {l}")))),
        }
    }
    if let Some(v) = &r.last {
        blocks.push(Block::Heading("Last visit".into()));
        blocks.extend(v.blocks());
    }
    blocks.push(Block::Rule);
    blocks.extend(h.foot());
    blocks.push(Block::Heading("Answer".into()));
    blocks.push(Block::Text("\n\n\n".into()));
    blocks.push(Block::Sign("Name, date, signature"));
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
        let texts: Vec<&str> = p
            .blocks
            .iter()
            .filter_map(|b| if let Block::Text(t) = b { Some(t.as_str()) } else { None })
            .collect();
        assert_eq!(texts[..3], ["–  penicillin", "Nothing is written down.", "Nothing is written down."]);
        assert_eq!(p.blocks[1], Block::Title("Referral, urgent".into()));
    }
}
