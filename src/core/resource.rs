//! What is kept besides what is written here: FHIR resources from elsewhere, files, and links between patients.

use serde::{Deserialize, Serialize};

use super::{
    id::{ChunkId, PatientId, hash32},
    record::Compartment,
};

/// The most bytes of a file, and of a resource.
pub const MAX_FILE: u64 = 32 * 1024 * 1024;
/// The most bytes of one sealed piece: with padding and seal it fits a block.
pub const CHUNK: usize = 60 * 1024;
/// The most bytes of a resource that is kept beside others in one block; a longer one is kept in pieces.
pub const MAX_INLINE: usize = 96 * 1024;
const MAX_CHUNKS: usize = MAX_FILE.div_ceil(CHUNK as u64) as usize;
const MAX_KIND: usize = 64;
const MAX_NAME: usize = 2_048;

/// Something long, kept as sealed pieces, each in a block of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    /// Bytes of the whole.
    pub size: u64,
    /// BLAKE3 of the whole.
    pub hash: [u8; 32],
    /// Its pieces in order.
    pub chunks: Vec<ChunkId>,
}

impl Parts {
    /// The hash that [`Parts::hash`] must be.
    pub fn hash_of(whole: &[u8]) -> [u8; 32] {
        hash32("aidpost v0 file", &[whole])
    }

    /// Whether size and number of pieces fit together, within the limits.
    ///
    /// # Errors
    /// In words.
    pub fn check(&self) -> Result<(), &'static str> {
        if self.size > MAX_FILE {
            return Err("is larger than 32 MiB");
        }
        if self.chunks.len() > MAX_CHUNKS || self.chunks.len() as u64 != self.size.div_ceil(CHUNK as u64) {
            return Err("has another number of pieces than its size needs");
        }
        Ok(())
    }
}

/// The text of a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Text {
    /// Canonical JSON.
    Inline(String),
    /// The same, in pieces.
    Parts(Parts),
}

/// A FHIR R4 resource as it came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// `resourceType`.
    pub kind: String,
    /// The sender, as the importer named it: identifiers of two senders don't mix. Empty where there is one.
    pub source: String,
    /// `id`, or what stands in for it.
    pub id: String,
    /// What references within its bundle call it.
    pub full_url: Option<String>,
    /// False: changed here since it came in.
    pub imported: bool,
    /// What it says.
    pub json: Text,
}

impl Resource {
    /// Its limits.
    ///
    /// # Errors
    /// In words.
    pub fn check(&self) -> Result<(), &'static str> {
        let kind = &self.kind;
        if kind.is_empty() || kind.len() > MAX_KIND || !kind.chars().all(|c| c.is_ascii_alphanumeric()) {
            return Err("resourceType is not a name");
        }
        let long = |s: &String| s.len() > MAX_NAME;
        if long(&self.source) || long(&self.id) || self.full_url.as_ref().is_some_and(long) {
            return Err("an identifier is too long");
        }
        match &self.json {
            Text::Inline(s) if s.len() > MAX_INLINE => Err("a resource is too long"),
            Text::Inline(_) => Ok(()),
            Text::Parts(p) => p.check(),
        }
    }

    /// The part of the record that a kind of resource belongs to: claims aren't care.
    pub fn compartment_of(kind: &str) -> Compartment {
        match kind {
            "Account"
            | "ChargeItem"
            | "Claim"
            | "ClaimResponse"
            | "Coverage"
            | "CoverageEligibilityRequest"
            | "CoverageEligibilityResponse"
            | "EnrollmentRequest"
            | "EnrollmentResponse"
            | "ExplanationOfBenefit"
            | "InsurancePlan"
            | "Invoice"
            | "PaymentNotice"
            | "PaymentReconciliation" => Compartment::Administrative,
            _ => Compartment::General,
        }
    }

    /// What names it, whatever its content: equal for every version that its sender sends.
    pub fn identity(kind: &str, source: &str, id: &str) -> [u8; 16] {
        short(
            "aidpost v0 resource identity",
            &[source.as_bytes(), &[0], kind.as_bytes(), &[0], id.as_bytes()],
        )
    }

    /// What its content is told by.
    pub fn content(canonical: &str) -> [u8; 16] {
        short("aidpost v0 resource content", &[canonical.as_bytes()])
    }
}

fn short(domain: &str, parts: &[&[u8]]) -> [u8; 16] {
    let mut out = [0; 16];
    out.copy_from_slice(&hash32(domain, parts)[..16]);
    out
}

/// Whether another patient is the same person. Undone by a version that says otherwise; nothing is moved or lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The other.
    pub other: PatientId,
    /// They are one person.
    pub same: bool,
    /// Why somebody thinks so.
    pub reason: String,
}

/// A file kept with a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Its name, without folders.
    pub name: String,
    /// Media type (RFC 6838), may be empty.
    pub media_type: String,
    /// Its content.
    pub parts: Parts,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identities_of_two_senders_or_kinds_never_meet() {
        let a = Resource::identity("Patient", "", "1");
        assert_ne!(a, Resource::identity("Patient", "other", "1"));
        assert_ne!(a, Resource::identity("Person", "", "1"));
        assert_ne!(
            Resource::identity("A", "", "B"),
            Resource::identity("", "A", "B"),
            "what is hashed is kept apart"
        );
    }

    #[test]
    fn pieces_and_size_must_fit() {
        let parts = |size, n| Parts { size, hash: [0; 32], chunks: vec![ChunkId([0; 16]); n] };
        assert_eq!(parts(0, 0).check(), Ok(()));
        assert_eq!(parts(CHUNK as u64 + 1, 2).check(), Ok(()));
        assert!(parts(CHUNK as u64, 2).check().is_err());
        assert_eq!(parts(MAX_FILE, MAX_CHUNKS).check(), Ok(()));
        assert!(parts(MAX_FILE + 1, MAX_CHUNKS + 1).check().is_err());
    }
}
