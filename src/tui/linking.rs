//! How this terminal uses its links, as it is changed: limits, metered or not, a relay, what is kept.

use std::collections::BTreeSet;

use crate::{
    core::governance::Role,
    node::api::{Kept, LinkPolicy, MeshView},
};

use super::{
    form::{Form, Wrong},
    governing::not_admin,
    words::{Saying, say},
};

/// The most characters of a number, and of a relay's address.
const NUMBER: usize = 7;
const ADDRESS: usize = 200;
/// The first mark of an organisation.
const ORGS: usize = 5;

/// The form.
#[derive(Debug)]
pub(crate) struct Links {
    pub(crate) form: Form,
    /// Organisations whose records could be kept too, each with a mark.
    orgs: Vec<String>,
}

impl Links {
    /// What is in force, to be changed by somebody of this role in this organisation.
    pub(crate) fn new(v: &MeshView, own_org: &str, role: Role) -> Self {
        let now = &v.links;
        let district: &[String] = match &now.records {
            Kept::District(orgs) => orgs,
            Kept::All | Kept::Own => &[],
        };
        let others = v.peers.iter().map(|p| p.org.as_str()).filter(|o| *o != own_org);
        let orgs: BTreeSet<&str> = others.chain(district.iter().map(String::as_str)).collect();
        let orgs: Vec<String> = orgs.into_iter().map(str::to_owned).collect();
        let typed = |n: Option<u32>| n.map_or_else(String::new, |n| n.to_string());
        let kept = match &now.records {
            Kept::All => 0,
            Kept::Own => 1,
            Kept::District(_) => 2,
        };
        let mut of: Vec<Saying> = vec!["links-all".into(), "links-own".into()];
        if !orgs.is_empty() {
            of.push("links-district".into());
        }
        let mut form = Form::new("links-title", "links-what")
            .warn(not_admin(role))
            .text("links-up", NUMBER, "links-no-limit")
            .filled(&typed(now.up))
            .text("links-down", NUMBER, "links-no-limit")
            .filled(&typed(now.down))
            .text("links-metered", NUMBER, "links-metered-hint")
            .filled(&typed(now.metered))
            .text("links-relay", ADDRESS, "links-relay-hint")
            .filled(now.relay.as_deref().unwrap_or(""))
            .choice("links-records", of)
            .with(kept);
        for (i, name) in orgs.iter().enumerate() {
            let label = (i == 0).then_some("links-of");
            form = form.mark(label, Saying::Node(name.clone()), district.contains(name));
        }
        let form = form
            .choice("links-files", vec!["links-files-always".into(), "links-files-opened".into()])
            .with(now.files_on_demand.into());
        Self { form, orgs }
    }

    /// What was filled in. The error names the field to go to.
    pub(crate) fn policy(&self) -> Result<LinkPolicy, Wrong> {
        let f = &self.form;
        let number = |field: usize| match f.typed(field) {
            "" | "0" => Ok(None),
            typed => typed.parse().map(Some).map_err(|_| (field, say!("links-not-a-number", typed = typed))),
        };
        let records = match f.chosen(ORGS - 1) {
            0 => Kept::All,
            1 => Kept::Own,
            _ => {
                let marked = self.orgs.iter().enumerate().filter(|(i, _)| f.on(ORGS + i));
                let orgs: Vec<String> = marked.map(|(_, o)| o.clone()).collect();
                if orgs.is_empty() {
                    return Err((ORGS, "links-no-org".into()));
                }
                Kept::District(orgs)
            }
        };
        Ok(LinkPolicy {
            up: number(0)?,
            down: number(1)?,
            metered: number(2)?,
            relay: f.typed_if_any(3),
            records,
            files_on_demand: f.chosen(ORGS + self.orgs.len()) == 1,
        })
    }
}
