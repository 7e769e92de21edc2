//! What a patient takes back: a part of a grant, a whole one, all of them; and the emergency summary.

use crate::{
    core::{
        consent::{EmergencySummary, MAX_RELATION},
        id::GrantId,
        record::Compartment,
    },
    node::api::{ConsentChange, GrantRow},
};

use super::{
    form::{Form, Wrong},
    input::Input,
    words::say,
};

/// A change of consent as it is filled in.
#[derive(Debug)]
pub(crate) struct Limit {
    pub(crate) form: Form,
    what: What,
}

#[derive(Debug)]
enum What {
    /// Which grant, and the parts that it opens now.
    Narrow(GrantId, Vec<Compartment>),
    Revoke(GrantId),
    StopAll,
    OptOut,
    OptIn,
}

/// The same form, asking at its end who decides.
fn decided(form: Form) -> Form {
    form.text("limit-guardian", MAX_RELATION, "limit-guardian-hint")
}

impl Limit {
    /// Leaves less of a grant.
    pub(crate) fn narrow(row: &GrantRow, name: &str) -> Self {
        let g = &row.standing.grant;
        let form = Form::new(say!("narrow-title", org = &row.org), say!("narrow-what", name = name))
            .parts(&g.compartments, |_| true)
            .text("grant-days", 5, "narrow-days-hint");
        Self { form: decided(form), what: What::Narrow(g.id, g.compartments.clone()) }
    }

    /// Ends one grant.
    pub(crate) fn revoke(row: &GrantRow, name: &str) -> Self {
        let what = say!("revoke-what", org = &row.org, name = name);
        let form = Form::new(say!("revoke-title", org = &row.org), what);
        Self { form: decided(form), what: What::Revoke(row.standing.grant.id) }
    }

    /// Ends everything.
    pub(crate) fn stop_all(name: &str) -> Self {
        let form = Form::new("stop-all-title", say!("stop-all-what", name = name));
        Self { form: decided(form), what: What::StopAll }
    }

    /// Turns the emergency summary for others off, or on again.
    pub(crate) fn summary(now: EmergencySummary, name: &str) -> Self {
        let (form, what) = match now {
            EmergencySummary::Shared => {
                (Form::new("opt-out-title", say!("opt-out-what", name = name)), What::OptOut)
            }
            EmergencySummary::OptedOut => {
                (Form::new("opt-in-title", say!("opt-in-what", name = name)), What::OptIn)
            }
        };
        Self { form: decided(form), what }
    }

    /// Where who decides is typed.
    pub(crate) fn guardian(&mut self) -> Option<&mut Input> {
        self.form.last_text()
    }

    /// It gives a permission, and so needs a PIN.
    pub(crate) fn gives(&self) -> bool {
        matches!(self.what, What::OptIn)
    }

    /// The change, and who decides if not the patient. The error names the field to go to.
    pub(crate) fn change(&self) -> Result<(ConsentChange, Option<String>), Wrong> {
        let f = &self.form;
        let guardian = f.typed_if_any(f.fields.len().saturating_sub(1));
        let change = match &self.what {
            What::Revoke(id) => ConsentChange::Revoke(*id),
            What::StopAll => ConsentChange::StopAll,
            What::OptOut => ConsentChange::OptOut,
            What::OptIn => ConsentChange::OptIn,
            What::Narrow(grant, parts) => {
                let left = f.marked(0, parts)?;
                let field = parts.len();
                let days = match f.typed(field) {
                    "" => None,
                    typed => Some(
                        typed
                            .parse::<u32>()
                            .ok()
                            .filter(|d| *d > 0)
                            .ok_or_else(|| (field, say!("grant-not-days", typed = typed)))?,
                    ),
                };
                let compartments = (left != *parts).then_some(left);
                if compartments.is_none() && days.is_none() {
                    return Err((0, "narrow-nothing".into()));
                }
                ConsentChange::Narrow { grant: *grant, compartments, days }
            }
        };
        Ok((change, guardian))
    }
}
