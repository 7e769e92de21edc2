//! Who read what, and who signed in how. Entries hold identifiers, never names or clinical content.

use serde::{Deserialize, Serialize};

use super::{
    id::{GrantId, OrgId, PatientId, StaffId},
    policy::Purpose,
    record::Compartment,
    sign::Authored,
};

/// Signature domain of audit entries.
pub const DOMAIN: &str = "aidpost v0 audit";

/// A read of a patient's records, durable before anything is displayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// Whose records.
    pub patient: PatientId,
    /// What for.
    pub purpose: Purpose,
    /// Which parts.
    pub compartments: Vec<Compartment>,
    /// Whose records they are.
    pub custodians: Vec<OrgId>,
    /// The consent that allowed it; none for an organisation's own records.
    pub grants: Vec<GrantId>,
    /// False: policy said no, and nothing was opened.
    pub allowed: bool,
}

/// How someone tried to sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Method {
    /// Passphrase.
    Passphrase,
    /// Face.
    Face,
}

impl Method {
    /// One word.
    pub fn word(self) -> &'static str {
        match self {
            Method::Passphrase => "passphrase",
            Method::Face => "face",
        }
    }
}

/// An attempt to sign in. The device vouches for it; there may be no person to sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Who it was, where that is known.
    pub staff: Option<StaffId>,
    /// How.
    pub method: Method,
    /// Whether it worked.
    pub granted: bool,
}

/// One entry of an audit block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditEntry {
    /// An [`Access`], signed by the reader.
    Access(Authored),
    /// An attempt to sign in.
    SignIn(SignIn),
}
