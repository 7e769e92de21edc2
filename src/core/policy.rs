//! Who may do what: Cedar policies over roles, purposes and consent (the consortium's "chaincode").
//!
//! Default deny, and so does any evaluation error: Cedar skips a policy that errs, `forbid` too, so an error here is a no.

use std::{str::FromStr, sync::OnceLock};

use cedar_policy::{
    Authorizer, Context, Decision as CedarDecision, Entities, EntityUid, PolicySet, Request,
    RestrictedExpression, Schema, ValidationMode, Validator,
};
use miette::Diagnostic;
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
    /// Take a de-identified extract.
    Extract,
    /// Count patients; small cells are suppressed.
    Count,
    /// See what a claim is about.
    Claim,
    /// Open the emergency summary without consent, for 30 minutes.
    BreakGlass,
    /// Countersign quarantined blocks.
    Adopt,
    /// Have a patient's keys destroyed.
    Erase,
    /// Judge what was opened in an emergency.
    Review,
    /// Take in records from elsewhere.
    Import,
    /// Write a patient's records to a file.
    Export,
}

impl Action {
    /// Every action with the word that policies and the command line use.
    pub const ALL: [(Action, &'static str); 14] = [
        (Action::Read, "read"),
        (Action::Write, "write"),
        (Action::Register, "register"),
        (Action::Consent, "consent"),
        (Action::Administer, "administer"),
        (Action::Extract, "extract"),
        (Action::Count, "count"),
        (Action::Claim, "claim"),
        (Action::BreakGlass, "break-glass"),
        (Action::Adopt, "adopt"),
        (Action::Erase, "erase"),
        (Action::Review, "review"),
        (Action::Import, "import"),
        (Action::Export, "export"),
    ];

    /// The action's word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(a, _)| *a == self).map_or("", |(_, w)| w)
    }

    /// The action of a word.
    pub fn from_word(w: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, x)| *x == w).map(|(a, _)| *a)
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
    /// A PIN or passphrase was given within five minutes, not only a face.
    pub proven: bool,
    /// The patient has opted out of the emergency summary.
    pub opted_out: bool,
}

/// The answer, with the reasons that the screen shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Yes or no.
    pub allow: bool,
    /// Words of the policies that decided, or what is missing.
    pub reasons: Vec<String>,
}

/// A validated policy set, with everything that a request can name.
pub struct Policies {
    set: PolicySet,
    schema: Schema,
    authorizer: Authorizer,
    nothing: Entities,
    roles: Vec<EntityUid>,
    actions: Vec<EntityUid>,
    records: EntityUid,
}

/// How deep brackets may lie in each other: Cedar's parser descends once for each, on whatever stack there is.
const MAX_NESTING: usize = 32;

/// Why a policy text can't be used.
#[derive(Debug, thiserror::Error)]
pub enum BadPolicy {
    /// Brackets in brackets in brackets.
    #[error(
        "the policy has brackets more than {MAX_NESTING} deep in each other: write it as several policies"
    )]
    Nested,
    /// Doesn't parse.
    #[error(
        "the policy does not parse ({0}): correct it there, or begin with the one that 'aidpost org policy' shows"
    )]
    Parse(String),
    /// Doesn't fit the schema.
    #[error(
        "the policy does not fit the schema ({0}): correct it there, or begin with the one that 'aidpost org policy' shows"
    )]
    Schema(String),
}

/// How deep brackets lie in each other at most. Those in strings and comments count too: nobody writes that many.
fn nesting(text: &str) -> usize {
    let (mut depth, mut most) = (0usize, 0);
    for c in text.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        most = most.max(depth);
    }
    most
}

/// The default policy text.
pub const DEFAULT: &str = include_str!("policy/default.cedar");
const SCHEMA: &str = include_str!("policy/schema.cedarschema");

/// What is wrong, with the line where, from 1.
fn placed(text: &str, e: &impl Diagnostic) -> String {
    let at = e.labels().and_then(|mut all| all.next()).map(|l| l.offset());
    match at {
        Some(at) => {
            let line = text.bytes().take(at).filter(|b| *b == b'\n').count() + 1;
            format!("line {line}: {e}")
        }
        None => e.to_string(),
    }
}

impl Policies {
    /// Parses a policy text and validates it strictly against the schema.
    ///
    /// # Errors
    /// What doesn't parse or doesn't fit.
    pub fn new(text: &str) -> Result<Self, BadPolicy> {
        let (schema, _) =
            Schema::from_cedarschema_str(SCHEMA).map_err(|e| BadPolicy::Schema(e.to_string()))?;
        if nesting(text) > MAX_NESTING {
            return Err(BadPolicy::Nested);
        }
        let set = PolicySet::from_str(text).map_err(|e| BadPolicy::Parse(placed(text, &e)))?;
        let result = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
        if !result.validation_passed() {
            let all: Vec<String> = result.validation_errors().map(|e| placed(text, e)).collect();
            return Err(BadPolicy::Schema(all.join("; ")));
        }
        let uid = |kind: &str, id: &str| {
            EntityUid::from_str(&format!("Aidpost::{kind}::\"{id}\""))
                .map_err(|e| BadPolicy::Schema(e.to_string()))
        };
        Ok(Self {
            set,
            schema,
            authorizer: Authorizer::new(),
            nothing: Entities::empty(),
            roles: Role::ALL.iter().map(|(_, w)| uid("Role", w)).collect::<Result<_, _>>()?,
            actions: Action::ALL.iter().map(|(_, w)| uid("Action", w)).collect::<Result<_, _>>()?,
            records: uid("Records", "these")?,
        })
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

    /// False for a policy that would lock everyone out: it could never be replaced.
    pub fn lets_admins_govern(&self) -> bool {
        let ask = Ask {
            role: Role::Admin,
            action: Action::Administer,
            purpose: Purpose::Treatment,
            own: true,
            granted: false,
            proven: true,
            opted_out: false,
        };
        self.decide(&ask).allow
    }

    fn evaluate(&self, ask: &Ask) -> Result<Decision, String> {
        let yes = RestrictedExpression::new_bool;
        let facts = [
            ("purpose".to_string(), RestrictedExpression::new_string(ask.purpose.word().into())),
            ("own".to_string(), yes(ask.own)),
            ("granted".to_string(), yes(ask.granted)),
            ("proven".to_string(), yes(ask.proven)),
            ("opted_out".to_string(), yes(ask.opted_out)),
        ];
        let role = Role::ALL.iter().position(|(r, _)| *r == ask.role).and_then(|i| self.roles.get(i));
        let action = Action::ALL.iter().position(|(a, _)| *a == ask.action).and_then(|i| self.actions.get(i));
        let (Some(role), Some(action)) = (role, action) else {
            return Err("an unknown role or action".into());
        };
        let context = Context::from_pairs(facts).map_err(|e| e.to_string())?;
        let request =
            Request::new(role.clone(), action.clone(), self.records.clone(), context, Some(&self.schema))
                .map_err(|e| e.to_string())?;
        let response = self.authorizer.is_authorized(&request, &self.set, &self.nothing);
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

    fn asked(role: Role, action: Action, own: bool, granted: bool) -> Ask {
        let purpose = Purpose::Treatment;
        Ask { role, action, purpose, own, granted, proven: false, opted_out: false }
    }

    fn ask(role: Role, action: Action, own: bool, granted: bool) -> Decision {
        Policies::default_set().decide(&asked(role, action, own, granted))
    }

    /// Every role, action, purpose and fact: what the defaults allow is this, and no more.
    #[test]
    fn the_defaults_as_a_table() {
        let care = [Role::Nurse, Role::Clinician, Role::Pharmacist, Role::Lab];
        let desk = [Role::Registrar, Role::Nurse, Role::Clinician];
        let set = Policies::default_set();
        let mut n = 0;
        for (role, _) in Role::ALL {
            for (action, _) in Action::ALL {
                for (purpose, _) in Purpose::ALL {
                    for bits in 0..16u8 {
                        let [own, granted, proven, opted_out] = [1, 2, 4, 8].map(|b| bits & b != 0);
                        let treatment = purpose == Purpose::Treatment;
                        let want = match action {
                            Action::Read => {
                                treatment
                                    && (own && (care.contains(&role) || role == Role::Registrar)
                                        || granted && care.contains(&role))
                            }
                            Action::Write => {
                                own && treatment && [Role::Nurse, Role::Clinician].contains(&role)
                            }
                            Action::Register | Action::Consent => own && desk.contains(&role),
                            Action::Administer => own && role == Role::Admin,
                            Action::Extract => {
                                granted && purpose == Purpose::Research && role == Role::Researcher
                            }
                            Action::Count => {
                                purpose == Purpose::PublicHealth
                                    && (role == Role::Bureau || own && role == Role::Admin)
                            }
                            Action::Claim => granted && purpose == Purpose::Payment && role == Role::Insurer,
                            Action::BreakGlass => {
                                purpose == Purpose::Emergency
                                    && proven
                                    && !opted_out
                                    && [Role::Nurse, Role::Clinician].contains(&role)
                            }
                            Action::Adopt => own && proven && role == Role::Clinician,
                            Action::Erase => own && proven && role == Role::Admin,
                            Action::Review => own && proven && [Role::Clinician, Role::Admin].contains(&role),
                            Action::Import => {
                                own && proven && [Role::Admin, Role::Nurse, Role::Clinician].contains(&role)
                            }
                            Action::Export => {
                                (own || granted)
                                    && proven
                                    && treatment
                                    && [Role::Nurse, Role::Clinician].contains(&role)
                            }
                        };
                        let ask = Ask { role, action, purpose, own, granted, proven, opted_out };
                        let got = set.decide(&ask);
                        assert_eq!(got.allow, want, "{ask:?}");
                        assert!(got.reasons.iter().all(|r| !r.is_empty() && !r.contains("unnamed")));
                        n += 1;
                    }
                }
            }
        }
        assert_eq!(n, 9 * 14 * 5 * 16);
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

    /// On a stack as small as any thread's here.
    #[test]
    fn brackets_in_brackets_end_no_process() {
        let asked = |open: &str, n: usize| {
            let text = format!("permit (principal, action, resource) when {{ {}", open.repeat(n));
            std::thread::spawn(move || Policies::new(&text).map(drop)).join().unwrap()
        };
        for open in ["(", "!(", "{a:", "[", "if (", "a.b("] {
            for n in [MAX_NESTING, 1_000, 5_000] {
                assert!(matches!(asked(open, n), Err(BadPolicy::Nested)), "{n} of {open}");
            }
            assert!(matches!(asked(open, MAX_NESTING - 1), Err(BadPolicy::Parse(_))), "{open}");
        }
        for chain in ["!", "-", "true || ", "1 + ", "true && "] {
            let text =
                format!("permit (principal, action, resource) when {{ {}true }};", chain.repeat(4_000));
            assert!(std::thread::spawn(move || drop(Policies::new(&text))).join().is_ok(), "{chain}");
        }
    }
}
