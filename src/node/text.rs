//! Invitations, requests and certificates as one line of text: to a file, through a chat, read out loud if need be.

use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::api::{Fault, FaultKind};
use crate::{
    core::{
        codec,
        governance::{DeviceCert, DeviceRequest, Genesis, OrgCert, StaffRequest, Statement},
        id::hash32,
    },
    vault::code,
};

/// The most bytes that such a line stands for.
pub const MAX: usize = 64 * 1024;

/// Something that travels as a line of text.
pub trait Line: Serialize + DeserializeOwned {
    /// First word of the line; also its version.
    const WORD: &'static str;
    /// What people call it.
    const NAME: &'static str;
}

/// What a newcomer needs to know of a consortium.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invite {
    /// The founding document; its hash is the fingerprint to compare.
    pub genesis: Genesis,
    /// What was decided since.
    pub acts: Vec<Statement>,
    /// The organisation that invites.
    pub org: OrgCert,
    /// Where the inviting terminal answers.
    pub ticket: String,
}

/// A newcomer's request: a new organisation, or (without `org`) a terminal of the organisation that invited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequest {
    /// The new organisation.
    pub org: Option<OrgCert>,
    /// The terminal's keys.
    pub device: DeviceRequest,
    /// Its first person.
    pub staff: StaffRequest,
}

/// Bytes of a fingerprint. Whoever carries the file could try to make another with the same one, and has as long as the file
/// takes: 80 bits are out of reach, where the six digits of `core::compare` are enough only because both sides are there.
const FINGERPRINT: usize = 10;

/// Four groups of five characters that two people can compare, each with a check of its own.
fn fingerprint(domain: &str, bytes: &[u8]) -> String {
    code::write(&hash32(domain, &[bytes])[..FINGERPRINT]).to_string()
}

impl Invite {
    /// What both sides can compare: the founding document, and who invites. What was decided since proves itself.
    pub fn fingerprint(&self) -> String {
        fingerprint("aidpost v0 invitation", &codec::encode(&(self.genesis.id(), &self.org)))
    }
}

impl JoinRequest {
    /// What both sides can compare: all of it.
    pub fn fingerprint(&self) -> String {
        fingerprint("aidpost v0 join request", &codec::encode(self))
    }
}

/// The answer to a terminal's request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Its certificate.
    pub device: DeviceCert,
}

impl Line for Invite {
    const WORD: &'static str = "aidpost-invite-0";
    const NAME: &'static str = "an invitation";
}
impl Line for JoinRequest {
    const WORD: &'static str = "aidpost-request-0";
    const NAME: &'static str = "a join request";
}
impl Line for Certificate {
    const WORD: &'static str = "aidpost-certificate-0";
    const NAME: &'static str = "a terminal's certificate";
}

/// As text.
pub fn write<T: Line>(value: &T) -> String {
    format!("{} {}", T::WORD, hex::encode(codec::encode(value)))
}

/// From text.
///
/// # Errors
/// When the line is something else.
pub fn read<T: Line>(line: &str) -> Result<T, Fault> {
    let bad = || Fault::new(FaultKind::Refused, format!("this is not {}: copy the whole line", T::NAME));
    let hex = line.trim().strip_prefix(T::WORD).ok_or_else(bad)?.trim();
    if hex.len() > 2 * MAX {
        return Err(bad());
    }
    codec::decode(&hex::decode(hex).map_err(|_| bad())?, MAX).map_err(|_| bad())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_line_is_read() {
        let [a, ..] = crate::testing::consortium();
        let c = Certificate { device: a.presence().introduction.device };
        let line = write(&c);
        assert_eq!(read::<Certificate>(&line), Ok(c));
        assert!(read::<JoinRequest>(&line).is_err());
        assert!(read::<Certificate>(&line[..line.len() - 2]).is_err());
        assert!(read::<Certificate>("").unwrap_err().message.contains("copy the whole line"));
    }
}
