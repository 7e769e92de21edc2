//! Forms about a patient that lie over their consent: the emergency summary, and cards that are lost.

use crate::{
    core::{
        consent::MAX_RELATION,
        id::PatientId,
        summary::{BloodGroup, MAX_LINE, MAX_LINES},
    },
    node::api::{ALLERGIES, Chart, MEDICINES, PROBLEMS, Saved, SummaryDraft, SummaryRow},
};

use super::{
    form::Form,
    input::Input,
    rights_calls::RightsCall,
    words::{Saying, say},
};

/// What parts the lines of a list that is typed in one.
const BETWEEN: char = ';';
/// The most characters of such a list: a summary that was kept elsewhere fits whole.
const LIST: usize = MAX_LINES * (MAX_LINE + 2);
/// Behind a line that was too long.
const CUT: &str = "…";

/// A form, and what it is for.
#[derive(Debug)]
pub(crate) struct PatientForm {
    pub(crate) form: Form,
    what: What,
}

#[derive(Debug)]
enum What {
    Summary,
    RevokeCards,
}

/// A list in one line.
fn joined(lines: &[String]) -> String {
    lines.iter().map(|l| l.replace(BETWEEN, ",")).collect::<Vec<_>>().join("; ")
}

fn split(typed: &str) -> Vec<String> {
    typed.split(BETWEEN).map(str::trim).filter(|l| !l.is_empty()).map(str::to_owned).collect()
}

/// What was written at visits, as far as a summary has room. Every member will be able to open it: what came from
/// elsewhere, perhaps in a part that few may read, is left to whoever signs.
fn from_visits(chart: &Chart) -> SummaryDraft {
    let lines = |kinds: &[&str]| {
        let cut = |t: &str| match t.char_indices().nth(MAX_LINE - 1) {
            Some((at, last)) if at + last.len_utf8() < t.len() => format!("{}{CUT}", &t[..at]),
            _ => t.to_owned(),
        };
        chart.written_here(kinds).into_iter().take(MAX_LINES).map(cut).collect()
    };
    let (allergies, medicines, problems) = (lines(ALLERGIES), lines(MEDICINES), lines(PROBLEMS));
    SummaryDraft { allergies, medicines, problems, blood_group: None }
}

impl PatientForm {
    /// The emergency summary, filled in with what this organisation kept last; before there is one, with what was written
    /// at visits.
    pub(crate) fn summary(name: &str, rows: &[SummaryRow], own_org: &str, chart: Option<&Chart>) -> Self {
        let kept = rows.iter().find(|r| r.org == own_org).map(|r| r.summary.clone());
        let others = rows.iter().filter(|r| r.org != own_org).count();
        let filled = match (&kept, chart.filter(|c| c.own).map(from_visits)) {
            (None, Some(draft)) if draft != SummaryDraft::default() => Some(draft),
            _ => None,
        };
        let told = match (&filled, others) {
            (Some(_), 0) => Some("summary-from-visits".into()),
            (Some(_), n) => Some(say!("summary-from-visits-others", n = n)),
            (None, 0) => None,
            (None, n) => Some(say!("summary-others", n = n)),
        };
        let now = kept.or(filled).unwrap_or_default();
        let mut groups: Vec<Saying> = vec!["summary-not-tested".into()];
        groups.extend(BloodGroup::ALL.map(|(_, word)| Saying::Node(word.to_owned())));
        let group =
            BloodGroup::ALL.iter().position(|(g, _)| now.blood_group == Some(*g)).map_or(0, |i| i + 1);
        let form = Form::new(say!("summary-write-title", name = name), "summary-write-what")
            .warn(told)
            .text("summary-allergies", LIST, "summary-list-hint")
            .filled(&joined(&now.allergies))
            .text("summary-medicines", LIST, "summary-list-hint")
            .filled(&joined(&now.medicines))
            .text("summary-problems", LIST, "summary-list-hint")
            .filled(&joined(&now.problems))
            .choice("summary-blood-group", groups)
            .with(group);
        Self { form, what: What::Summary }
    }

    /// Ends every card of the patient, without a new one.
    pub(crate) fn revoke_cards(name: &str) -> Self {
        let form = Form::new("card-revoke-title", say!("card-revoke-what", name = name));
        let form = form.text("limit-guardian", MAX_RELATION, "limit-guardian-hint");
        Self { form, what: What::RevokeCards }
    }

    /// Where who decides is typed, where that is asked.
    pub(crate) fn guardian(&mut self) -> Option<&mut Input> {
        match self.what {
            What::RevokeCards => self.form.last_text(),
            What::Summary => None,
        }
    }

    /// What the node is asked for.
    pub(crate) fn call(&self, patient: PatientId) -> RightsCall {
        let f = &self.form;
        match self.what {
            What::RevokeCards => RightsCall::RevokeCards(patient, f.typed_if_any(0)),
            What::Summary => {
                let group = f.chosen(3).checked_sub(1).and_then(|i| BloodGroup::ALL.get(i)).map(|(g, _)| *g);
                let draft = SummaryDraft {
                    allergies: split(f.typed(0)),
                    medicines: split(f.typed(1)),
                    problems: split(f.typed(2)),
                    blood_group: group,
                };
                RightsCall::WriteSummary(patient, draft)
            }
        }
    }

    /// What is said once it is done.
    pub(crate) fn done(&self, saved: &Saved) -> Saying {
        let (seq, block) = (saved.seq, saved.block.short());
        match self.what {
            What::Summary => say!("notice-summary-kept", seq = seq, block = block),
            What::RevokeCards => say!("notice-cards-revoked", seq = seq, block = block),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_one_line_is_the_lines_that_were_kept() {
        let lines = ["penicillin: swelling; face".to_owned(), "latex".to_owned()];
        assert_eq!(joined(&lines), "penicillin: swelling, face; latex");
        assert_eq!(split(" latex;; nuts ;"), ["latex", "nuts"]);
        assert!(split("  ").is_empty());
    }
}
