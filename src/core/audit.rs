//! Who read what, and who signed in how. Entries hold identifiers, never names or clinical content.

use serde::{Deserialize, Serialize};

use super::{
    id::{GrantId, OrgId, PatientId, StaffId},
    own::OwnReading,
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
    /// PIN.
    Pin,
}

impl Method {
    /// One word.
    pub fn word(self) -> &'static str {
        match self {
            Method::Passphrase => "passphrase",
            Method::Face => "face",
            Method::Pin => "PIN",
        }
    }
}

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Outcome {
    /// Signed in.
    Granted,
    /// Signed in already, and proved anew who they are.
    Proved,
    /// Wrong passphrase or PIN.
    Wrong,
    /// Nobody enrolled looks like this.
    NotRecognised,
    /// The movements asked for were not seen.
    NotLive,
    /// Right, but something stronger is needed: a PIN or a passphrase.
    NotEnough,
}

impl Outcome {
    /// A few words.
    pub fn word(self) -> &'static str {
        match self {
            Outcome::Granted => "signed in",
            Outcome::Proved => "confirmed",
            Outcome::Wrong => "wrong",
            Outcome::NotRecognised => "not recognised",
            Outcome::NotLive => "not live",
            Outcome::NotEnough => "more was needed",
        }
    }
}

/// An attempt to sign in. The device vouches for it; there may be no person to sign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Who it was, where that is known; for a failed attempt, who was claimed.
    pub staff: Option<StaffId>,
    /// How.
    pub method: Method,
    /// What came of it.
    pub outcome: Outcome,
}

/// What was done with a person's means of signing in at this device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Credential {
    /// Face templates were taken.
    FaceEnrolled,
    /// One more template, with the person's consent.
    FaceRefreshed,
    /// The templates were destroyed.
    FaceForgotten,
    /// A PIN was chosen.
    PinSet,
    /// A passphrase was changed by whoever knew it.
    PassphraseChanged,
    /// A recovery code was printed.
    RecoveryCodeMade,
    /// A recovery code was used, and a passphrase chosen.
    RecoveryCodeUsed,
    /// The person can't sign in at this terminal any more.
    SlotRemoved,
    /// An admin gave a new passphrase to someone who had forgotten theirs.
    StaffReset,
    /// The organisation's recovery kit was printed.
    KitPrinted,
    /// The organisation's root key was put into the person's key slot, with the kit.
    KitUsed,
    /// The store was sealed under another master key.
    MasterKeyChanged,
}

/// A change of credentials, by whoever was signed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CredentialChange {
    /// Whose.
    pub staff: StaffId,
    /// By whom.
    pub by: StaffId,
    /// What.
    pub what: Credential,
}

/// One entry of an audit block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditEntry {
    /// An [`Access`], signed by the reader.
    Access(Authored),
    /// An attempt to sign in.
    SignIn(SignIn),
    /// A face or a PIN was enrolled, refreshed or destroyed.
    Credential(CredentialChange),
    /// An [`Access`] whose records left as a file, signed by whoever took them.
    Export(Authored),
    /// A patient read their own record, signed by their card.
    Own(OwnReading),
}

impl AuditEntry {
    /// The signed [`Access`] of an entry that is about one patient's records.
    pub fn access(&self) -> Option<&Authored> {
        match self {
            AuditEntry::Access(a) | AuditEntry::Export(a) => Some(a),
            AuditEntry::SignIn(_) | AuditEntry::Credential(_) | AuditEntry::Own(_) => None,
        }
    }
}
