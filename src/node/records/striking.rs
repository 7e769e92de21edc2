//! Striking a visit out that was written by mistake, and letting it stand again: a further version of the same record.

use std::collections::BTreeSet;

use super::{editing::seen, opening::Entry};
use crate::{
    core::{
        id::{OrgId, PatientId, RecordId, VersionId},
        json::Json,
        policy::Action,
        record::{self, Body},
        resource::Resource,
        versions::History,
    },
    fhir::view,
    node::{
        Node,
        api::{Fault, FaultKind, Saved, Who},
    },
};

impl Node {
    /// Strikes a visit out that was written here, for this reason; none: it stands again. `replaces` are the versions that were
    /// seen.
    pub(in crate::node) async fn strike(
        &self,
        who: &Who,
        patient: PatientId,
        of: RecordId,
        replaces: Vec<VersionId>,
        because: Option<String>,
    ) -> Result<Saved, Fault> {
        self.require(who.role, Action::Write).await?;
        let because = because.map(|why| why.trim().to_owned());
        let change = move |h: &History<'_, Entry>| {
            let no = |words: &str| Err(Fault::new(FaultKind::Conflict, words));
            if h.in_conflict() {
                return no(
                    "several versions of that visit stand: decide between them first ('aidpost patient resolve')",
                );
            }
            let body = &seen(h, &replaces)?.record.body;
            let new = match (body, because) {
                (Body::Visit { .. }, None) => return no("that visit stands: nothing was struck out"),
                (Body::Struck { .. }, Some(_)) => return no("that visit is struck out already"),
                (body, because) => body.with_struck(because),
            };
            let Some(new) = new else {
                return no(
                    "only a visit that was written here is struck out: 'aidpost patient show' names them",
                );
            };
            record::validate(&new, u16::MAX)?;
            Ok((new, replaces))
        };
        self.edit(who, patient, Some(of), Box::new(change), None).await
    }
}

/// Visits that are struck out, by whose they are and what resources call them. One of which another version stands isn't.
pub(super) struct Struck(BTreeSet<(OrgId, String)>);

impl Struck {
    pub(super) fn of(histories: &[((OrgId, RecordId), History<'_, Entry>)]) -> Self {
        let struck =
            |h: &History<'_, Entry>| h.standing.first().is_some_and(|e| e.record.body.struck().is_some());
        let all = histories.iter().filter(|(_, h)| struck(h));
        Self(all.map(|((org, record), _)| (*org, format!("Encounter/{record}"))).collect())
    }

    /// It was coded at one of them. What came in may name any visit, and is part of none.
    pub(super) fn holds(&self, org: OrgId, r: &Resource, json: &Json) -> bool {
        if self.0.is_empty() || r.imported {
            return false;
        }
        view::line(&r.kind, json).encounter.is_some_and(|named| self.0.contains(&(org, named)))
    }
}
