//! Who may do what: Cedar policies over roles, purposes and consent (the consortium's "chaincode").
//!
//! Default deny, and so does any evaluation error: Cedar skips a policy that errs, `forbid` too, so an error here is a no.

use std::{collections::BTreeMap, str::FromStr, sync::OnceLock};

use cedar_policy::{
    Authorizer, Context, Decision as CedarDecision, Entities, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};
use serde::{Deserialize, Serialize};

use super::governance::Role;

/// What a read or an export is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Purpose {
    /// Care of this patient.
    Treatment,
    /// Claims.
    Payment,
    /// Research, de-identified.
    Research,
    /// Public-health reporting, counts only.
    PublicHealth,
    /// Emergency.
    Emergency,
}

impl Purpose {
    /// Every purpose with its word.
    pub const ALL: [(Purpose, &'static str); 5] = [
        (Purpose::Treatment, "treatment"),
        (Purpose::Payment, "payment"),
        (Purpose::Research, "research"),
        (Purpose::PublicHealth, "public-health"),
        (Purpose::Emergency, "emergency"),
    ];

    /// The purpose's word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(p, _)| *p == self).map_or("", |(_, w)| w)
    }

    /// The purpose of a word.
    pub fn from_word(w: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, x)| *x == w).map(|(p, _)| *p)
    }
}

/// What someone wants to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// Open records.
    Read,
    /// Write a visit.
    Write,
    /// Register a patient.
    Register,
    /// Record a patient's consent or its withdrawal.
    Consent,
    /// Admit organisations, certify terminals and staff, enrol faces.
    Administer,
}

impl Action {
    fn word(self) -> &'static str {
        match self {
            Action::Read => "read",
            Action::Write => "write",
            Action::Register => "register",
            Action::Consent => "consent",
            Action::Administer => "administer",
        }
    }
}

/// A question for the policy.
#[derive(Clone, Copy, Debug)]
pub struct Ask {
    /// What the person is.
    pub role: Role,
    /// What they want.
    pub action: Action,
    /// What for.
    pub purpose: Purpose,
    /// The records are the person's own organisation's.
    pub own: bool,
    /// An effective grant covers organisation, role, purpose and compartment.
    pub granted: bool,
}

/// The answer, with the reasons that the screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Yes or no.
    pub allow: bool,
    /// Words of the policies that decided, or what is missing.
    pub reasons: Vec<String>,
}

/// A validated policy set.
pub struct Policies {
    set: PolicySet,
    schema: Schema,
}

/// Why a policy text can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BadPolicy {
    /// Doesn't parse.
    #[error("the policy does not parse: {0}")]
    Parse(String),
    /// Doesn't fit the schema.
    #[error("the policy does not fit the schema: {0}")]
    Schema(String),
}

/// The default policy text.
pub const DEFAULT: &str = include_str!("policy/default.cedar");
const SCHEMA: &str = include_str!("policy/schema.cedarschema");

impl Policies {
    /// Parses a policy text and validates it strictly against the schema.
    ///
    /// # Errors
    /// What doesn't parse or doesn't fit.
    pub fn new(text: &str) -> Result<Self, BadPolicy> {
        let (schema, _) =
            Schema::from_cedarschema_str(SCHEMA).map_err(|e| BadPolicy::Schema(e.to_string()))?;
        let set = PolicySet::from_str(text).map_err(|e| BadPolicy::Parse(e.to_string()))?;
        let result = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
        if !result.validation_passed() {
            let all: Vec<String> = result.validation_errors().map(ToString::to_string).collect();
            return Err(BadPolicy::Schema(all.join("; ")));
        }
        Ok(Self { set, schema })
    }

    /// The policies that every consortium begins with.
    pub fn default_set() -> &'static Policies {
        static SET: OnceLock<Policies> = OnceLock::new();
        // A test validates the text that is compiled in.
        SET.get_or_init(|| Self::new(DEFAULT).expect("the default policies are valid"))
    }

    /// Decides. Any error is a no.
    pub fn decide(&self, ask: &Ask) -> Decision {
        self.evaluate(ask).unwrap_or_else(|e| Decision {
            allow: false,
            reasons: vec![format!("the policy could not be evaluated: {e}")],
        })
    }

    fn evaluate(&self, ask: &Ask) -> Result<Decision, String> {
        let uid = |kind: &str, id: &str| {
            EntityUid::from_str(&format!("Aidpost::{kind}::\"{id}\"")).map_err(|e| e.to_string())
        };
        let facts = BTreeMap::from([
            ("purpose".to_string(), RestrictedExpression::new_string(ask.purpose.word().into())),
            ("own".to_string(), RestrictedExpression::new_bool(ask.own)),
            ("granted".to_string(), RestrictedExpression::new_bool(ask.granted)),
        ]);
        let context = Context::from_pairs(facts).map_err(|e| e.to_string())?;
        let request = Request::new(
            uid("Role", ask.role.word())?,
            uid("Action", ask.action.word())?,
            uid("Records", "these")?,
            context,
            Some(&self.schema),
        )
        .map_err(|e| e.to_string())?;
        let response = Authorizer::new().is_authorized(&request, &self.set, &Entities::empty());
        if let Some(e) = response.diagnostics().errors().next() {
            return Err(e.to_string());
        }
        let allow = response.decision() == CedarDecision::Allow;
        let mut reasons: Vec<String> = response
            .diagnostics()
            .reason()
            .map(|id| self.set.annotation(id, "because").unwrap_or("an unnamed policy").to_string())
            .collect();
        reasons.sort();
        if reasons.is_empty() {
            reasons.push(missing(ask));
        }
        Ok(Decision { allow, reasons })
    }
}

/// Words for a no that no policy gave: what would have to be there.
fn missing(ask: &Ask) -> String {
    match (ask.own, ask.granted) {
        (false, false) => format!(
            "no consent in force lets this organisation read for {}: ask the patient",
            ask.purpose.word()
        ),
        _ => format!("a {} may not do this for {}", ask.role.word(), ask.purpose.word()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ask(role: Role, action: Action, own: bool, granted: bool) -> Decision {
        Policies::default_set().decide(&Ask { role, action, purpose: Purpose::Treatment, own, granted })
    }

    #[test]
    fn the_default_set_is_valid_and_says_why() {
        let d = ask(Role::Nurse, Action::Read, true, false);
        assert!(d.allow);
        assert!(d.reasons[0].contains("own organisation"), "{:?}", d.reasons);
        let d = ask(Role::Nurse, Action::Read, false, true);
        assert!(d.allow && d.reasons[0].contains("consent"), "{:?}", d.reasons);
        let d = ask(Role::Nurse, Action::Read, false, false);
        assert!(!d.allow && d.reasons[0].contains("no consent"), "{:?}", d.reasons);
    }

    #[test]
    fn roles_do_what_they_are_for() {
        assert!(ask(Role::Registrar, Action::Register, true, false).allow);
        assert!(!ask(Role::Registrar, Action::Write, true, false).allow);
        assert!(!ask(Role::Nurse, Action::Write, false, false).allow);
        assert!(!ask(Role::Nurse, Action::Administer, true, false).allow);
        assert!(ask(Role::Admin, Action::Administer, true, false).allow);
        assert!(!ask(Role::Researcher, Action::Read, false, true).allow);
        for (role, _) in Role::ALL {
            assert!(!ask(role, Action::Read, false, false).allow, "{role:?}");
        }
    }

    #[test]
    fn a_bad_text_is_refused_before_it_decides_anything() {
        assert!(matches!(Policies::new("permit (principal"), Err(BadPolicy::Parse(_))));
        let unknown = "permit (principal, action, resource) when { context.nothing };";
        assert!(matches!(Policies::new(unknown), Err(BadPolicy::Schema(_))));
    }
}
