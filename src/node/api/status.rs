//! The node in a few words, and who is here.

use serde::{Deserialize, Serialize};

use super::mesh::{LinkPolicy, PeerRow, RefusedRow};
use crate::core::{
    governance::Role,
    id::{ConsortiumId, DeviceId, OrgId, StaffId},
    time::Millis,
};

/// Who is signed in at this client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Who {
    /// Identifier.
    pub staff: StaffId,
    /// Name as colleagues know it.
    pub name: String,
    /// Role.
    pub role: Role,
}

/// The node in a few words. Answered even when the store is sealed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// Version of the program.
    pub version: String,
    /// No passphrase since the start: nothing can be read, sync waits.
    pub sealed: bool,
    /// What is known only of an open store.
    pub open: Option<OpenStatus>,
    /// Who is signed in at this client.
    pub signed_in: Option<Who>,
    /// The camera, e.g. "/dev/video0" or "demo frames"; none: no camera bound.
    pub camera: Option<String>,
    /// A face alone could sign someone in now, at this client.
    pub face_possible: bool,
    /// Who has given their passphrase since the start, so that a PIN signs them in.
    pub people: Vec<PersonHere>,
    /// How faces are compared here; none while the store is sealed.
    pub faces: Option<FaceStatus>,
}

/// Someone who can sign in with a PIN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonHere {
    /// Identifier.
    pub staff: StaffId,
    /// Name.
    pub name: String,
    /// They have chosen a PIN at this terminal.
    pub pin: bool,
    /// Within their shift: a live face is enough.
    pub on_shift: bool,
}

/// How faces are compared at this terminal (ISO/IEC 19795-1 terms).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FaceStatus {
    /// People enrolled.
    pub enrolled: u32,
    /// The score (cosine) that a face must reach.
    pub threshold: f32,
    /// False match rate of one comparison at that score.
    pub fmr: f64,
    /// The same for a stranger before this terminal: each attempt compares with everybody enrolled.
    pub fmr_attempt: f64,
    /// Two people enrolled here look more alike than the shipped threshold allows for, so it was raised.
    pub raised: bool,
    /// The policy asks for an infrared camera.
    pub infrared: bool,
    /// The camera that an admin bound; others are refused.
    pub bound: Option<String>,
    /// Why faces can't be used, if they can't.
    pub problem: Option<String>,
}

/// What an open store knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenStatus {
    /// The consortium's name.
    pub consortium: String,
    /// Its fingerprint.
    pub fingerprint: ConsortiumId,
    /// Founded as a demonstration.
    pub demo: bool,
    /// This terminal's organisation.
    pub org: String,
    /// Its identifier.
    pub org_id: OrgId,
    /// This terminal's name.
    pub device: String,
    /// Its identifier.
    pub device_id: DeviceId,
    /// Blocks held.
    pub blocks: u64,
    /// Forks proven.
    pub forks: u64,
    /// Terminals and organisations proven to say two things at once.
    pub equivocations: u64,
    /// Blocks in quarantine.
    pub quarantined: u64,
    /// Logs of which blocks are missing or withheld.
    pub gaps: u64,
    /// Terminals whose clock is off by more than a day.
    pub clocks_wrong: u64,
    /// Blocks that came without the wrapped keys in them, for no known order; the next peer is asked for them.
    pub withheld: u64,
    /// Blocks of which only the header is here so far: their payload is asked for at each meeting, or isn't wanted.
    pub waiting: u64,
    /// Records opened in an emergency that wait for a review by this organisation.
    pub reviews_due: u64,
    /// Blocks of this node that no other is known to hold.
    pub only_here: u64,
    /// People whose face is enrolled here.
    pub enrolled: u32,
    /// Peers met so far.
    pub peers: u32,
    /// Whose meetings were refused or dropped for what they did, since the node started; the newest first.
    pub refused: Vec<RefusedRow>,
    /// When one of them acknowledged last.
    pub last_met: Option<Millis>,
    /// When the last backup was made at this terminal.
    pub last_backup: Option<Millis>,
    /// The organisation's recovery kit was printed at this terminal.
    pub kit_printed: bool,
    /// The time of the newest block that this terminal wrote.
    pub written: Millis,
    /// The time that more organisations than may lie have written at.
    pub others_wrote: Millis,
    /// Where this terminal answers, for others to dial; none while the link is off.
    pub ticket: Option<String>,
    /// Every certified terminal but this one, and what it lacks.
    pub others: Vec<PeerRow>,
    /// How this terminal uses its links.
    pub links: LinkPolicy,
    /// Seconds to the next round over a metered link.
    pub next_round: Option<u64>,
}

/// Something changed: reload what you show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// The ledger grew.
    Ledger,
    /// A peer was met or lost.
    Mesh,
    /// The terminal was locked.
    Locked,
}

/// Answer of the long poll.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// Ask with this next time.
    pub next: u64,
    /// What changed since; empty when the poll ran out.
    pub changes: Vec<Change>,
}

/// A person of this organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRow {
    /// Identifier.
    pub staff: StaffId,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// A face is enrolled at this terminal.
    pub face: bool,
    /// A PIN was chosen at this terminal.
    pub pin: bool,
    /// What they sign gives no permission any more.
    pub suspended: bool,
}

/// Long work that is under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Working {
    /// What, in a word or two.
    pub what: String,
    /// Steps that are done.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}
