//! What `aidpost card` says, in words.

use std::path::PathBuf;

use super::words::{clean, date};
use crate::{
    core::card::CardState,
    node::api::{CardIssued, CardRead, CardRow},
};

/// What stands below the code on paper: nobody's name.
pub(super) fn label(made: &CardIssued) -> Vec<String> {
    vec![
        "AIDPOST CARD".into(),
        format!("PATIENT {}", made.patient.short()),
        format!("SERIAL {}", made.serial),
    ]
}

/// What is said of a new card. The code comes after it, so that it stays on the screen.
pub(super) fn issued(made: &CardIssued, written: &[&PathBuf]) -> String {
    let mut out = vec![format!("Card of patient {}, serial {}.", made.patient, made.serial)];
    if made.revoked > 0 {
        out.push(format!("Revoked with it: {} earlier.", made.revoked));
    }
    if made.ended > 0 {
        out.push(format!(
            "{} consents that the old card signed have ended: let the patient sign them anew.",
            made.ended
        ));
    }
    out.extend(written.iter().map(|p| format!("Print {}, hand it out, then delete the file.", p.display())));
    out.push("The code is kept nowhere: a card that is lost is replaced with 'aidpost card reissue'.".into());
    out.join("\n")
}

fn state(c: &CardRow) -> String {
    let opens = || c.opens.iter().map(|o| clean(o)).collect::<Vec<_>>().join(", ");
    match c.state {
        CardState::Revoked => "REVOKED: lost or copied; it opens nothing".into(),
        CardState::Replaced if c.opens.is_empty() => "replaced by a newer one; it opens nothing".into(),
        CardState::Untrusted if c.opens.is_empty() => {
            "issued by a terminal or a person that is not trusted; it opens nothing".into()
        }
        CardState::InForce => format!("in force: opens what is kept by {}", opens()),
        CardState::Unrecognised | CardState::Replaced | CardState::Untrusted => {
            format!("in force elsewhere: opens what is kept by {}", opens())
        }
    }
}

fn line(c: &CardRow) -> String {
    format!("serial {}  issued {} by {}\n  {}", c.serial, date(c.issued), clean(&c.by), state(c))
}

pub(super) fn rows(all: &[CardRow]) -> String {
    if all.is_empty() {
        return "The patient has no card: 'aidpost card issue' makes one.".into();
    }
    all.iter().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn read(r: &CardRead) -> String {
    let name = r.name.as_deref().map_or_else(String::new, |n| format!(" ({})", clean(n)));
    let parts: Vec<&str> = r.parts.iter().map(|c| c.word()).collect();
    let parts = if parts.is_empty() { "nothing that is here yet".into() } else { parts.join(", ") };
    format!("Card of patient {}{name}\n{}\n  parts: {parts}", r.patient, line(&r.card))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::{CardId, PatientId};

    fn row(state: CardState, opens: &[&str]) -> CardRow {
        CardRow {
            card: CardId([0xab; 16]),
            serial: "abababab".into(),
            state,
            issued: 1_800_000_000_000,
            by: "Nila\u{1b} Rao".into(),
            opens: opens.iter().map(|o| (*o).to_owned()).collect(),
        }
    }

    #[test]
    fn what_a_card_is_worth_is_said_without_doubt() {
        let text = rows(&[
            row(CardState::InForce, &["Aruna Clinic", "Bela Hospital"]),
            row(CardState::Revoked, &[]),
            row(CardState::Replaced, &[]),
            row(CardState::Unrecognised, &["Aruna Clinic"]),
        ]);
        assert_eq!(
            text,
            "serial abababab  issued 2027-01-15 by Nila  Rao\n  in force: opens what is kept by Aruna Clinic, Bela Hospital\n\
             serial abababab  issued 2027-01-15 by Nila  Rao\n  REVOKED: lost or copied; it opens nothing\n\
             serial abababab  issued 2027-01-15 by Nila  Rao\n  replaced by a newer one; it opens nothing\n\
             serial abababab  issued 2027-01-15 by Nila  Rao\n  in force elsewhere: opens what is kept by Aruna Clinic"
        );
        let read = read(&CardRead {
            patient: PatientId([1; 16]),
            name: None,
            card: row(CardState::InForce, &["Aruna Clinic"]),
            parts: Vec::new(),
        });
        assert!(read.contains("nothing that is here yet"), "{read}");
    }
}
