//! Forms that aren't finished, kept where the drafts of visits are.

use super::findings::StoredDraft;
use crate::{
    core::{id::StaffId, record::MAX_NOTE},
    node::{
        Node,
        api::{Fault, FaultKind, FormDraft, FormOf, VisitDraft, Who},
    },
    store::tables,
};

/// Where the draft of a form is. That of a visit has the patient alone behind the person.
pub(super) fn key(staff: StaffId, of: FormOf) -> Vec<u8> {
    match of {
        // Nobody is called so: identifiers are random.
        FormOf::Registration => [staff.0, [0; 16]].concat(),
        FormOf::Who(patient) => [&staff.0[..], &patient.0, b"who"].concat(),
        FormOf::Visit(patient, record) => [staff.0, patient.0, record.0].concat(),
    }
}

/// As it is stored: in the shape of a visit's, so that all drafts are read alike. A field that holds something, be it nothing
/// typed, begins with a sign.
fn stored(draft: &FormDraft) -> StoredDraft {
    let field = |f: &Option<String>| f.as_ref().map_or_else(String::new, |typed| format!("={typed}"));
    StoredDraft(VisitDraft { vitals: draft.fields.iter().map(field).collect(), ..VisitDraft::default() })
}

fn read(stored: StoredDraft) -> FormDraft {
    let field = |f: String| f.strip_prefix('=').map(str::to_owned);
    FormDraft { fields: stored.0.vitals.into_iter().map(field).collect() }
}

impl Node {
    pub(in crate::node) async fn form_draft(
        &self,
        who: &Who,
        of: FormOf,
    ) -> Result<Option<FormDraft>, Fault> {
        let open = self.opened().await?;
        let key = key(who.staff, of);
        let kept = open.store.call(move |db| db.get::<StoredDraft>(tables::DRAFTS, &key));
        Ok(kept.await?.map(read))
    }

    pub(in crate::node) async fn keep_form(
        &self,
        who: &Who,
        of: FormOf,
        draft: Option<FormDraft>,
    ) -> Result<(), Fault> {
        let long = |f: &Option<String>| f.as_ref().is_some_and(|typed| typed.chars().count() > MAX_NOTE);
        if draft.as_ref().is_some_and(|d| d.fields.len() > FormDraft::MAX_FIELDS || d.fields.iter().any(long))
        {
            return Err(Fault::new(
                FaultKind::Usage,
                format!(
                    "a form has at most {} fields of {MAX_NOTE} characters: shorten it",
                    FormDraft::MAX_FIELDS
                ),
            ));
        }
        let open = self.opened().await?;
        let key = key(who.staff, of);
        let draft = draft.as_ref().map(stored);
        Ok(open.store.call(move |db| db.put(tables::DRAFTS, &key, draft.as_ref())).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::{
        codec,
        id::{PatientId, RecordId},
    };

    #[test]
    fn golden_a_form_is_kept_as_it_was_typed() {
        let draft =
            FormDraft { fields: vec![Some("Nila".into()), None, Some(String::new()), Some("=1".into())] };
        let bytes = codec::encode(&stored(&draft));
        assert_eq!(codec::decode::<StoredDraft>(&bytes, 100).map(read), Ok(draft));
        crate::testing::golden("form_draft_v0.hex", &hex::encode(bytes));
    }

    #[test]
    fn each_form_has_a_place_of_its_own() {
        let (staff, patient) = (StaffId([1; 16]), PatientId([2; 16]));
        let keys = [
            key(staff, FormOf::Registration),
            key(staff, FormOf::Who(patient)),
            key(staff, FormOf::Visit(patient, RecordId([3; 16]))),
            // A visit's draft.
            [staff.0, patient.0].concat(),
        ];
        assert!(keys.iter().enumerate().all(|(i, k)| !keys[i + 1..].contains(k)));
        assert!(keys[1..].iter().all(|k| k[16..].starts_with(&patient.0)), "they go when the patient does");
    }
}
