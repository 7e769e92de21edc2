//! The patient for whom a screen was opened.

use crate::core::id::PatientId;

use super::model::ChartPage;

/// Who it is, and the chart to go back to: reading it again would be recorded.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) id: PatientId,
    pub(crate) name: String,
    pub(crate) chart: Option<Box<ChartPage>>,
}
