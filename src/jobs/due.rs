//! Who is due: all of them, answer by answer.

use tarpc::context::Context;

use super::answer;
use crate::node::api::{ClinicClient, Fault, PatientRow};

/// Patients who were to come by today and haven't, the latest day first: whoever has been away for longest stands last, and
/// must not be cut off.
pub(crate) async fn due(c: &ClinicClient, ctx: Context, query: &str) -> Result<Vec<PatientRow>, Fault> {
    let mut all: Vec<PatientRow> = Vec::new();
    loop {
        let page = answer(c.due(ctx, query.to_owned(), all.len()).await)?;
        let none = page.rows.is_empty();
        all.extend(page.rows);
        if none || all.len() >= page.total {
            return Ok(all);
        }
    }
}
