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

/// The most bytes that such a line stands for: an invitation holds a quorum's approvals of every decision so far, 143 KB where
/// fifty organisations came in one after the other, and some policies besides.
pub const MAX: usize = 512 * 1024;
/// The most characters of such a line: two hex digits a byte, and the word before them.
pub const MAX_LINE: u64 = 2 * MAX as u64 + 64;

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
    use crate::{
        core::governance::{Approval, Governance, OrgKind, Proposal},
        testing::key,
    };

    fn invitation(orgs: u8) -> Invite {
        let cert = |n| OrgCert::new(&format!("Clinic of the valley number {n}"), OrgKind::Clinic, &key(n));
        let (founder, witness) = (cert(1), *key(100).verifying_key().as_bytes());
        let genesis =
            Genesis { version: 0, name: "Valley".into(), demo: true, nonce: [0; 32], founder, witness };
        let mut g = Governance::found(genesis.clone()).unwrap();
        for n in 2..=orgs {
            let p = Proposal::Admit { org: cert(n), witness: *key(100 + n).verifying_key().as_bytes() };
            let era = g.era().id;
            g.apply(&Statement::Propose(p.clone())).unwrap();
            for by in 1..n {
                g.apply(&Statement::Approve(Approval::new(era, p.id(), &key(by)))).unwrap();
            }
            assert_eq!(g.orgs().count(), usize::from(n));
        }
        let ticket = format!("{}@10.77.0.1:47500", "07".repeat(32));
        Invite { genesis, acts: g.acts(), org: cert(1), ticket }
    }

    #[test]
    fn an_invitation_of_fifty_organisations_is_read() {
        let i = invitation(50);
        let line = write(&i);
        assert!(line.len() as u64 <= MAX_LINE);
        println!("an invitation of 50 organisations: {} bytes", line.len() / 2);
        assert_eq!(read::<Invite>(&line), Ok(i));
        // As many again and it is too long, which is said rather than cut.
        let long = format!("{line}{}", "0".repeat(MAX_LINE as usize));
        assert!(read::<Invite>(&long).is_err());
    }

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
