//! The emergency summary, opening a record in an emergency, and the reviews that follow.

use clap::Subcommand;

use super::{
    Global,
    join::close,
    open::{answer, within},
    words::{clean, time, word},
};
use crate::{
    core::{
        id::{BlockId, PatientId},
        rights::{Reason, Verdict},
        summary::BloodGroup,
    },
    node::api::{EmergencyChart, EmergencyRow, Fault, ReviewAsk, Saved, SummaryDraft, SummaryRow},
};

/// Emergencies.
#[derive(Subcommand)]
pub(crate) enum Emergency {
    /// Keep a patient's emergency summary; every organisation can open it in an emergency, unless the patient opted out
    ///
    /// Example: aidpost emergency set PATIENT --allergy "penicillin: swelling" --medicine "insulin" --blood O-
    Set {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// An allergy or intolerance; may be given several times
        #[arg(long, value_name = "TEXT")]
        allergy: Vec<String>,
        /// A medicine being taken; may be given several times
        #[arg(long, value_name = "TEXT")]
        medicine: Vec<String>,
        /// A problem that matters; may be given several times
        #[arg(long, value_name = "TEXT")]
        problem: Vec<String>,
        /// Blood group, where it was tested: A+, A-, B+, B-, AB+, AB-, O+ or O-
        #[arg(long, value_name = "GROUP")]
        blood: Option<String>,
    },
    /// Show the emergency summary of a patient whose record may be read anyway
    ///
    /// Example: aidpost emergency show PATIENT
    Show {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
    },
    /// Open a record without consent, in an emergency: recorded first, told to the patient, reviewed by somebody else
    ///
    /// Example: aidpost emergency open PATIENT --reason cannot-answer --note "found unconscious at the market"
    Open {
        /// Which patient: the identifier that 'aidpost patient list' shows
        patient: PatientId,
        /// cannot-answer, danger-to-life, no-guardian or other
        #[arg(long)]
        reason: String,
        /// What happened; only the organisations concerned can read it
        #[arg(long, default_value = "")]
        note: String,
    },
}

/// The audit.
#[derive(Subcommand)]
pub(crate) enum Audit {
    /// List who read whose record, newest first, refused ones too
    ///
    /// Example: aidpost audit list --by "Lake Hospital" --since 2026-03-01
    List(super::who_read::List),
    /// List records that were opened in emergencies, and what reviewers found
    ///
    /// Example: aidpost audit reviews
    Reviews,
    /// Review one that somebody else opened (clinician or admin)
    ///
    /// Example: aidpost audit review BLOCK --verdict justified --note "ambulance report seen" --told
    Review {
        /// The opening, as 'aidpost audit reviews' lists it
        block: BlockId,
        /// justified or unjustified
        #[arg(long)]
        verdict: String,
        /// Why; only the organisations concerned can read it
        #[arg(long, default_value = "")]
        note: String,
        /// The patient, or who decides for them, has been told
        #[arg(long)]
        told: bool,
    },
}

fn summary(r: &SummaryRow) -> String {
    let mut out = vec![format!("{}, {} ({}):", clean(&r.org), time(r.at), clean(&r.author))];
    let s = &r.summary;
    for (name, lines) in [("allergies", &s.allergies), ("medicines", &s.medicines), ("problems", &s.problems)]
    {
        let words = if lines.is_empty() { "none written".into() } else { clean(&lines.join("; ")) };
        out.push(format!("  {name:<11} {words}"));
    }
    out.push(format!("  {:<11} {}", "blood group", s.blood_group.map_or("not tested", BloodGroup::word)));
    out.join("\n")
}

fn summaries(rows: &[SummaryRow]) -> String {
    if rows.is_empty() {
        return "No emergency summary that opens here.".into();
    }
    rows.iter().map(summary).collect::<Vec<_>>().join("\n")
}

fn chart(c: &EmergencyChart) -> String {
    let mut out = vec![summaries(&c.summaries)];
    for v in &c.visits {
        out.push(format!("{}  {} ({}): {}", time(v.at), clean(&v.reason), clean(&v.org), clean(&v.note)));
    }
    out.extend(c.unreadable.iter().map(|u| format!("NOT READABLE: {}", clean(u))));
    out.push(format!(
        "Recorded as block {}. The patient will be told, and somebody else reviews it.",
        c.recorded
    ));
    out.join("\n")
}

fn reviews(rows: &[EmergencyRow]) -> String {
    if rows.is_empty() {
        return "No record was opened in an emergency.".into();
    }
    let row = |r: &EmergencyRow| {
        let whose = r.name.as_deref().map_or_else(|| r.patient.to_string(), clean);
        let mut out = vec![format!(
            "{}\n  {}  {} of {} opened the record of {whose}: {}",
            r.block,
            time(r.at),
            clean(&r.staff),
            clean(&r.org),
            r.reason.words()
        )];
        out.extend(r.note.iter().map(|n| format!("  \"{}\"", clean(n))));
        if r.reviews.is_empty() {
            let late = if r.overdue { ", and overdue" } else { "" };
            let whose = if r.ours { "a review by this organisation is due" } else { "a review is due" };
            out.push(format!("  {whose}{late}"));
        }
        out.extend(r.reviews.iter().map(|v| {
            let note = v.note.as_deref().map_or_else(String::new, |n| format!(": \"{}\"", clean(n)));
            let word = v.verdict.word();
            format!("  {}  {word}, says {} of {}{note}", time(v.at), clean(&v.staff), clean(&v.org))
        }));
        if !r.told {
            out.push("  the patient has not been told yet".into());
        }
        out.join("\n")
    };
    rows.iter().map(row).collect::<Vec<_>>().join("\n")
}

fn reason(given: &str) -> Result<Reason, Fault> {
    let all: Vec<&str> = Reason::ALL.iter().map(|(_, w, _)| *w).collect();
    word("reason", given, &all, Reason::from_word(given))
}

fn blood(given: &str) -> Result<BloodGroup, Fault> {
    let all: Vec<&str> = BloodGroup::ALL.iter().map(|(_, w)| *w).collect();
    word("blood group", given, &all, BloodGroup::from_word(given))
}

impl Emergency {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        // What was typed wrongly is said before anybody is asked for a passphrase.
        let (mut group, mut why) = (None, Reason::Other);
        match &self {
            Emergency::Set { blood: Some(b), .. } => group = Some(blood(b)?),
            Emergency::Open { reason: r, .. } => why = reason(r)?,
            _ => {}
        }
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let done = match self {
            Emergency::Set { patient, allergy, medicine, problem, .. } => {
                let draft = SummaryDraft {
                    allergies: allergy,
                    medicines: medicine,
                    problems: problem,
                    blood_group: group,
                };
                answer(c.write_summary(within(30), patient, draft).await)
                    .map(|s| g.print(&s, |s: &Saved| format!("Kept: block {}.", s.block)))
            }
            Emergency::Show { patient } => {
                answer(c.read_summary(within(30), patient).await).map(|r| g.print(&r, |r| summaries(r)))
            }
            Emergency::Open { patient, note, .. } => {
                answer(c.break_glass(within(30), patient, why, note).await).map(|v| g.print(&v, chart))
            }
        };
        close(reached.node).await;
        done
    }
}

impl Audit {
    pub(crate) async fn run(self, g: &Global) -> Result<(), Fault> {
        let all: Vec<&str> = Verdict::ALL.iter().map(|(_, w)| *w).collect();
        let found = match &self {
            Audit::Review { verdict, .. } => {
                Some(word("verdict", verdict, &all, Verdict::from_word(verdict))?)
            }
            Audit::Reviews => None,
            Audit::List(list) => return list.run(g).await,
        };
        let (reached, _) = g.signed_in().await?;
        let c = &reached.client;
        let done = match (self, found) {
            (Audit::Review { block, note, told, .. }, Some(verdict)) => {
                answer(c.review(within(30), block, ReviewAsk { verdict, told, note }).await)
                    .map(|s| g.print(&s, |s: &Saved| format!("Reviewed: block {}.", s.block)))
            }
            _ => answer(c.emergencies(within(30)).await).map(|r| g.print(&r, |r| reviews(r))),
        };
        close(reached.node).await;
        done
    }
}
