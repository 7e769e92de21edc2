//! The patient for whom a screen is opened: that of the chart, or the selected one of the list.

use crate::core::id::PatientId;

use super::{
    super::{
        model::{Model, Page, Room},
        msg::{Call, Effect},
        subject::Subject,
    },
    chart, go, set_page,
};

/// Who that is here. A chart that is open is taken along, so that going back doesn't read it again.
pub(super) fn take(model: &mut Model) -> Option<Subject> {
    let id = match &model.room {
        Room::SignIn(_) | Room::Turn(_) => return None,
        Room::Inside(i) => match &i.page {
            Page::Chart(_)
            | Page::Consent(..)
            | Page::Conflict(..)
            | Page::Correct(..)
            | Page::History(..)
            | Page::Ending(..)
            | Page::Vitals(..)
            | Page::Growth(..)
            | Page::Attachments(..) => {
                let chart = chart::take(model)?;
                return Some(Subject { id: chart.id, name: chart.name.clone(), chart: Some(chart) });
            }
            Page::Visit(c, _) => (c.id, c.name.clone()),
            Page::Patients => match i.patients.current() {
                Some(row) => (row.id, row.name.clone()),
                // Whoever isn't listed here can be asked about all the same, by their identifier.
                None => match i.patients.query.text().parse::<PatientId>() {
                    Ok(id) => (id, id.short()),
                    Err(_) => return None,
                },
            },
            _ => return None,
        },
    };
    Some(Subject { id: id.0, name: id.1, chart: None })
}

/// Back to where the screen was opened.
pub(super) fn back(model: &mut Model) -> Vec<Effect> {
    let subject = model.page().and_then(Page::subject).and_then(Option::take);
    match subject.and_then(|s| s.chart) {
        Some(chart) => {
            // What came in meanwhile is news for the chart.
            let known = chart.chart.ready().is_some().then(|| model.ask(Call::Ledger));
            set_page(model, Page::Chart(chart), known.into_iter().collect())
        }
        None => go(model, Page::Patients),
    }
}
