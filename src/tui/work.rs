//! What waits for whoever is signed in: drafts, patients who are due, reviews, conflicts, requests.

use crate::{
    core::{expected::Due, governance::Role, rights::reviews},
    node::api::{EmergencyRow, PatientRow, RequestRow},
};

use super::model::Load;

/// What the node says, as it came.
#[derive(Debug, Default)]
pub(crate) struct Work {
    /// Patients for whom this person left a visit unfinished.
    pub(crate) drafts: Vec<PatientRow>,
    /// Patients who were to come by today and haven't.
    pub(crate) due: Vec<PatientRow>,
    /// Patients of whom something was edited at two places at once.
    pub(crate) conflicts: Vec<PatientRow>,
    pub(crate) emergencies: Vec<EmergencyRow>,
    pub(crate) requests: Vec<RequestRow>,
}

/// One thing to do.
#[derive(Debug)]
pub(crate) enum Item {
    /// A visit to finish.
    Draft(PatientRow),
    /// An opening in an emergency to review.
    Review(EmergencyRow),
    /// Two versions to decide between.
    Conflict(PatientRow),
    /// Patients who were to come: how many of today, how many of earlier days.
    Due(usize, usize),
    /// Another organisation asks for a record that is kept here, and the patient has not allowed it.
    Asked(RequestRow),
    /// This organisation asked, and nobody has answered.
    Waiting(RequestRow),
}

/// The screen.
#[derive(Debug)]
pub(crate) struct WorkPage {
    pub(crate) rows: Load<Vec<Item>>,
    pub(crate) selected: usize,
}

impl Default for WorkPage {
    fn default() -> Self {
        Self { rows: Load::Loading, selected: 0 }
    }
}

/// What of it somebody in this role has to do: what is overdue first, what others wait for before what one waits for.
pub(crate) fn items(w: Work, role: Role) -> Vec<Item> {
    let due = |e: &EmergencyRow| e.ours && e.reviews.is_empty() && reviews(role);
    let (overdue, later): (Vec<_>, Vec<_>) = w.emergencies.into_iter().filter(due).partition(|e| e.overdue);
    let open = w.requests.into_iter().filter(|r| !r.lapsed && r.answers.iter().all(|a| !a.allow));
    let (own, others): (Vec<_>, Vec<_>) = open.partition(|r| r.own);
    let mut out: Vec<Item> = overdue.into_iter().map(Item::Review).collect();
    out.extend(w.drafts.into_iter().map(Item::Draft));
    if !w.due.is_empty() {
        let overdue = w.due.iter().filter(|r| r.due.is_some_and(|d| d.state == Due::Overdue)).count();
        out.push(Item::Due(w.due.len() - overdue, overdue));
    }
    out.extend(later.into_iter().map(Item::Review));
    out.extend(w.conflicts.into_iter().map(Item::Conflict));
    out.extend(others.into_iter().map(Item::Asked));
    out.extend(own.into_iter().filter(|r| r.answers.is_empty()).map(Item::Waiting));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::fixtures::work;

    #[test]
    fn what_is_overdue_comes_first_and_only_what_one_may_do() {
        let short = |role| {
            let word = |i: &Item| match i {
                Item::Draft(_) => "draft",
                Item::Review(e) if e.overdue => "overdue",
                Item::Review(_) => "review",
                Item::Conflict(_) => "conflict",
                Item::Due(today, before) => {
                    assert_eq!((*today, *before), (1, 1));
                    "due"
                }
                Item::Asked(_) => "asked",
                Item::Waiting(_) => "waiting",
            };
            items(work(), role).iter().map(word).collect::<Vec<_>>()
        };
        let all = ["overdue", "draft", "due", "review", "conflict", "asked", "waiting"];
        assert_eq!(short(Role::Clinician), all);
        assert_eq!(
            short(Role::Nurse),
            ["draft", "due", "conflict", "asked", "waiting"],
            "nurses review nothing"
        );
    }
}
