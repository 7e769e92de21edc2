//! The one service that a node offers, in-process and over its Unix socket: the screens and the command line use the same.

use std::fmt;

use serde::{Deserialize, Serialize};
use zeroize::Zeroize;

use crate::core::{
    auth::Verdict,
    block::Kind,
    consent::Standing,
    governance::Role,
    id::{BlockId, ConsortiumId, DeviceId, GrantId, OrgId, PatientId, ProposalId, StaffId},
    policy::{Action, Purpose},
    record::{Compartment, Observation, Patient},
    time::Millis,
};

/// What went wrong, as a kind; the command line turns it into its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FaultKind {
    /// Something failed. Exit code 1.
    Failed,
    /// The request makes no sense. Exit code 2.
    Usage,
    /// Locked, sealed, not signed in, or policy says no. Exit code 3.
    Locked,
    /// Stored data or weights are damaged or missing. Exit code 4.
    Damaged,
    /// A peer, the camera or the node isn't reachable. Exit code 5.
    Unreachable,
    /// Another process holds the database. Exit code 6.
    Busy,
    /// Signed in, but a PIN or passphrase must have been given a moment ago. Exit code 3.
    Proof,
}

/// One clear line that names the remedy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// What happened and what to do.
    pub message: String,
}

impl Fault {
    /// A fault of this kind.
    pub fn new(kind: FaultKind, message: impl fmt::Display) -> Self {
        Self { kind, message: message.to_string() }
    }
}

/// A passphrase on its way to the node: wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passphrase(pub String);

impl Drop for Passphrase {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(…)")
    }
}

/// A PIN on its way to the node: wiped when dropped, never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin(pub String);

impl Drop for Pin {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

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
    /// Blocks of this node that no other is known to hold.
    pub only_here: u64,
    /// People whose face is enrolled here.
    pub enrolled: u32,
    /// Peers met so far.
    pub peers: u32,
    /// Where this terminal answers, for others to dial; none while the link is off.
    pub ticket: Option<String>,
}

/// A small picture of what the camera sees, to draw on the screen. Never stored.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// Pixels a row.
    pub width: u16,
    /// Rows.
    pub height: u16,
    /// RGB, 3 bytes a pixel, row by row.
    pub rgb: Vec<u8>,
    /// The face, in pixels of the preview: x, y, width, height.
    pub face: Option<[u16; 4]>,
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Preview({}x{})", self.width, self.height)
    }
}

/// Which way to turn the head, as the person sees themselves in a mirror.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arrow {
    /// To their left.
    Left,
    /// To their right.
    Right,
    /// Chin up.
    Up,
    /// Chin down.
    Down,
    /// Straight into the camera.
    Ahead,
}

/// What the person before the camera is asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prompt {
    /// In words.
    pub words: String,
    /// As a direction.
    pub arrow: Arrow,
    /// Parts done.
    pub done: u8,
    /// Parts in all.
    pub of: u8,
}

/// How long a sign-in by face took, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Took {
    /// Finding, comparing, deciding and recording.
    pub machine: u64,
    /// Turning the head as asked.
    pub challenge: u64,
}

/// What one look through the camera gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Look {
    /// What the camera saw, as in a mirror.
    pub preview: Preview,
    /// What the person is asked to do, once they were recognised.
    pub prompt: Option<Prompt>,
    /// Words to act on when the frame could not be used: "come closer".
    pub hint: Option<String>,
    /// The decision, when the attempt is over.
    pub verdict: Option<Verdict>,
    /// Why an attempt failed, in words to act on.
    pub because: Option<String>,
    /// Who signed in, when somebody did.
    pub who: Option<Who>,
    /// How long the attempt took, when it is over.
    pub took: Option<Took>,
    /// The match was weak: with the person's consent their templates should be refreshed.
    pub refresh: bool,
}

/// What one look during an enrolment gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EnrolLook {
    /// What the camera saw, as in a mirror.
    pub preview: Preview,
    /// What the person is asked to do.
    pub prompt: Prompt,
    /// Words to act on when the frame could not be used.
    pub hint: Option<String>,
    /// What was kept, when it is over.
    pub enrolled: Option<Enrolled>,
}

/// An enrolment that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// Templates kept.
    pub templates: u32,
    /// What an admin should know: two people look alike.
    pub warning: Option<String>,
}

/// What an admin decided about this terminal's camera. Where a field is none, it stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CameraPolicy {
    /// Sign-in by face only with an infrared camera.
    pub infrared: Option<bool>,
    /// The one camera that is used, as `aidpost face cameras` names it; empty: any.
    pub bind: Option<String>,
}

/// One line of the patient list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientRow {
    /// Identifier.
    pub id: PatientId,
    /// Name.
    pub name: String,
    /// Year of birth, where known.
    pub birth_year: Option<u16>,
    /// Village.
    pub village: String,
    /// The organisation that registered the patient.
    pub custodian: String,
    /// It is this one.
    pub own: bool,
    /// Last visit in the records that may be read here.
    pub last_visit: Option<Millis>,
    /// Organisations that read by consent in force.
    pub shared_with: Vec<String>,
}

/// One visit of a chart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitRow {
    /// When the patient was seen.
    pub at: Millis,
    /// Why they came.
    pub reason: String,
    /// What was found and done.
    pub note: String,
    /// What was measured.
    pub observations: Vec<Observation>,
    /// Who wrote it.
    pub author: String,
    /// Their organisation.
    pub org: String,
    /// The block that holds it.
    pub block: BlockId,
    /// No other node is known to hold it.
    pub only_here: bool,
}

/// A patient's records as they may be read here. The read is on the ledger before this is returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// Identifier.
    pub id: PatientId,
    /// Demographics.
    pub patient: Patient,
    /// The organisation that registered the patient.
    pub custodian: String,
    /// It is this one: visits can be written.
    pub own: bool,
    /// Newest first.
    pub visits: Vec<VisitRow>,
    /// Why this may be read, in words.
    pub because: Vec<String>,
    /// The block that records this read.
    pub recorded: BlockId,
    /// Stored records of this patient that could not be opened (damaged or no key): each with its reason.
    pub unreadable: Vec<String>,
}

/// A visit being written; kept across locks and crashes until it is signed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VisitDraft {
    /// Why the patient came.
    pub reason: String,
    /// What was found and done.
    pub note: String,
    /// As typed, in the order of `Vital::ALL`.
    pub vitals: Vec<String>,
}

/// A durable block: nothing was said to be saved before this.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Saved {
    /// The block.
    pub block: BlockId,
    /// Its number in this terminal's log.
    pub seq: u64,
    /// Bytes sealed.
    pub bytes: u32,
}

/// What a patient allows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantAsk {
    /// Who may read.
    pub org: OrgId,
    /// Only these of them.
    pub role: Option<Role>,
    /// What for.
    pub purpose: Purpose,
    /// Which parts.
    pub compartments: Vec<Compartment>,
    /// For how many days; none: until revoked.
    pub days: Option<u32>,
}

/// One grant, as the screen shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantRow {
    /// The grant and its standing.
    pub standing: Standing,
    /// The organisation's name.
    pub org: String,
}

/// Someone read, or was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRow {
    /// When, by the clock of the terminal that read.
    pub at: Millis,
    /// Who.
    pub staff: String,
    /// Of which organisation.
    pub org: String,
    /// What for.
    pub purpose: Purpose,
    /// False: refused.
    pub allowed: bool,
}

/// A patient's consent, and who read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentView {
    /// Identifier.
    pub patient: PatientId,
    /// All grants, in force and ended.
    pub grants: Vec<GrantRow>,
    /// Newest first.
    pub accesses: Vec<AccessRow>,
    /// Organisations that could be granted something: identifier and name.
    pub others: Vec<(OrgId, String)>,
    /// Changes in the merged document.
    pub changes: u32,
}

/// One block of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockRow {
    /// Identifier.
    pub id: BlockId,
    /// Terminal's name.
    pub device: String,
    /// Organisation's name.
    pub org: String,
    /// Number in its log.
    pub seq: u64,
    /// What it carries.
    pub kind: Kind,
    /// By the writer's clock.
    pub at: Millis,
    /// Payload bytes.
    pub bytes: u32,
    /// No other node is known to hold it.
    pub only_here: bool,
}

/// One log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogRow {
    /// Terminal's name.
    pub device: String,
    /// Organisation's name.
    pub org: String,
    /// Blocks held.
    pub blocks: u64,
    /// Last block's time by its writer's clock.
    pub last: Millis,
}

/// The ledger as held here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerView {
    /// Newest first, at most as many as asked for.
    pub blocks: Vec<BlockRow>,
    /// All blocks held.
    pub total: u64,
    /// Every log.
    pub logs: Vec<LogRow>,
    /// Proven forks, in words.
    pub forks: Vec<String>,
    /// What the number of organisations means for trust, in words.
    pub trust: String,
}

/// What `verify` found. Empty `damage`: everything checked out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifyReport {
    /// Pages of the file whose seal was checked.
    pub pages: u64,
    /// Blocks whose signature, links and payload were checked.
    pub blocks: u64,
    /// Each damage by name.
    pub damage: Vec<String>,
}

/// What the dry run is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAsk {
    /// Role of whoever would ask.
    pub role: Role,
    /// Their organisation; none: this one.
    pub org: Option<OrgId>,
    /// Whose records; none: this organisation's.
    pub custodian: Option<OrgId>,
    /// What they would do.
    pub action: Action,
    /// What for.
    pub purpose: Purpose,
    /// Which part.
    pub compartment: Compartment,
}

/// What the dry run answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAnswer {
    /// Yes or no.
    pub allow: bool,
    /// Words of the policies that decided, or what is missing.
    pub reasons: Vec<String>,
    /// The grants that would be used.
    pub grants: Vec<GrantId>,
}

/// Something that the consortium is to decide.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposalRow {
    /// Its name: what is approved.
    pub id: ProposalId,
    /// What, in a few words.
    pub words: String,
    /// Organisations that have approved it.
    pub approved: Vec<String>,
    /// How many must.
    pub needed: u32,
}

/// A terminal that this one could meet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeerRow {
    /// Identifier.
    pub device: DeviceId,
    /// Its name.
    pub name: String,
    /// Its organisation.
    pub org: String,
    /// Where it answered last, if anywhere.
    pub address: Option<String>,
    /// When it acknowledged last.
    pub last_met: Option<Millis>,
    /// Blocks held here that it isn't known to hold.
    pub lacks: u64,
}

/// The mesh as seen from here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MeshView {
    /// Where this node answers; empty: the link is off.
    pub addresses: Vec<String>,
    /// Ticket for another terminal to dial: endpoint key and addresses.
    pub ticket: String,
    /// Every certified terminal but this one.
    pub peers: Vec<PeerRow>,
    /// Blocks that no other terminal is known to hold.
    pub only_here: u64,
}

/// One meeting.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// With whom.
    pub peer: String,
    /// Blocks sent.
    pub sent: u64,
    /// New blocks received.
    pub received: u64,
    /// Milliseconds it took.
    pub millis: u64,
    /// Bytes of ours and theirs on the stream.
    pub bytes: u64,
    /// Why it wasn't met, or not to the end.
    pub problem: Option<String>,
}

/// One bundle written or read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    /// File.
    pub path: String,
    /// Blocks in it.
    pub blocks: u64,
    /// New ones (reading), or terminals that can open it (writing).
    pub count: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Why it couldn't be read, or not to the end.
    pub problem: Option<String>,
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
}

/// What a node does for its clients. Every call but `status`, `unlock`, `pin`, `look` and `events` needs a signed-in person.
#[tarpc::service]
pub trait Clinic {
    /// The node in a few words.
    async fn status() -> Status;
    /// What changed since `since`; waits up to 8 seconds for something to change.
    async fn events(since: u64) -> Changes;
    /// Opens the store, if it is sealed, and the person's key; signs them in at this client.
    async fn unlock(login: String, passphrase: Passphrase) -> Result<Who, Fault>;
    /// Signs someone in with their PIN, after their passphrase was given once since the start; or, for whoever is signed
    /// in, proves anew who they are.
    async fn pin(staff: StaffId, pin: Pin) -> Result<Who, Fault>;
    /// Chooses one's own PIN at this terminal.
    async fn set_pin(pin: Pin) -> Result<(), Fault>;
    /// One frame of an attempt to sign in by face; `fresh` begins a new attempt.
    async fn look(fresh: bool) -> Result<Look, Fault>;
    /// Signs out at this client. The node goes on syncing.
    async fn lock() -> Result<(), Fault>;
    /// Patients whose name, village, phone or identifier fits; all, newest first, for an empty query.
    async fn patients(query: String) -> Result<Vec<PatientRow>, Fault>;
    /// Registers a patient.
    async fn register(patient: Patient) -> Result<PatientId, Fault>;
    /// Opens a patient's records; the read is durable on the ledger before this returns.
    async fn chart(patient: PatientId, purpose: Purpose) -> Result<Chart, Fault>;
    /// Signs, seals and stores a visit in one durable transaction.
    async fn write_visit(patient: PatientId, draft: VisitDraft) -> Result<Saved, Fault>;
    /// The draft that this person left for this patient.
    async fn draft(patient: PatientId) -> Result<Option<VisitDraft>, Fault>;
    /// Keeps a draft; none removes it.
    async fn keep_draft(patient: PatientId, draft: Option<VisitDraft>) -> Result<(), Fault>;
    /// A patient's consent and who read.
    async fn consent(patient: PatientId) -> Result<ConsentView, Fault>;
    /// Says what would be decided, and why, without doing it.
    async fn consent_check(patient: PatientId, ask: CheckAsk) -> Result<CheckAnswer, Fault>;
    /// Records what the patient allows, and wraps the keys for it.
    async fn grant(patient: PatientId, ask: GrantAsk) -> Result<GrantId, Fault>;
    /// Ends everything granted to an organisation, also what is granted elsewhere meanwhile.
    async fn stop_sharing(patient: PatientId, org: OrgId) -> Result<Saved, Fault>;
    /// The ledger as held here, with the newest blocks.
    async fn ledger(newest: u32) -> Result<LedgerView, Fault>;
    /// A proof that a block is final: a file that verifies anywhere.
    async fn prove(block: BlockId) -> Result<Vec<u8>, Fault>;
    /// What is to be decided, and who has approved it.
    async fn proposals() -> Result<Vec<ProposalRow>, Fault>;
    /// Approves a proposal for the own organisation (admin).
    async fn approve(proposal: ProposalId) -> Result<(), Fault>;
    /// Ends a round whose votes have split (admin).
    async fn void() -> Result<(), Fault>;
    /// Proposes to expel a member, and approves it (admin).
    async fn propose_expulsion(org: OrgId) -> Result<ProposalId, Fault>;
    /// Proposes another policy, and approves it (admin).
    async fn propose_policy(text: String) -> Result<ProposalId, Fault>;
    /// Suspends another terminal of the own organisation (admin).
    async fn suspend_device(device: DeviceId) -> Result<(), Fault>;
    /// Suspends a person of the own organisation (admin).
    async fn suspend_staff(staff: StaffId) -> Result<(), Fault>;
    /// Checks every page and every block anew.
    async fn verify() -> Result<VerifyReport, Fault>;
    /// Terminals, addresses, what is where.
    async fn mesh() -> Result<MeshView, Fault>;
    /// Remembers where another terminal answers, from its ticket.
    async fn add_peer(ticket: String) -> Result<DeviceId, Fault>;
    /// Meets every terminal whose address is known.
    async fn sync() -> Result<Vec<Met>, Fault>;
    /// Takes the link up or down.
    async fn link(up: bool) -> Result<(), Fault>;
    /// An invitation: what another terminal needs to join this consortium. One line of text.
    async fn invite() -> Result<String, Fault>;
    /// Admits the organisation of a join request (admin).
    async fn admit(request: String) -> Result<OrgId, Fault>;
    /// Certifies the terminal of a join request for this organisation (admin); returns its certificate, one line.
    async fn certify(request: String) -> Result<String, Fault>;
    /// Adds a person who can sign in at this terminal (admin).
    async fn add_staff(
        login: String,
        name: String,
        role: Role,
        passphrase: Passphrase,
    ) -> Result<StaffId, Fault>;
    /// People of this organisation.
    async fn staff() -> Result<Vec<StaffRow>, Fault>;
    /// One frame of a person's enrolment (admin); `fresh` begins anew.
    async fn enrol(staff: StaffId, fresh: bool) -> Result<EnrolLook, Fault>;
    /// Adds a template from the sign-in that has just asked for it, or not: the person says.
    async fn refresh_face(yes: bool) -> Result<(), Fault>;
    /// Destroys a person's face templates (admin, or the person).
    async fn forget_face(staff: StaffId) -> Result<(), Fault>;
    /// Changes what this terminal's camera must be (admin).
    async fn camera_policy(policy: CameraPolicy) -> Result<(), Fault>;
    /// Writes a bundle for all other terminals into a folder.
    async fn courier_out(folder: String) -> Result<Carried, Fault>;
    /// Reads every bundle of a folder.
    async fn courier_in(folder: String) -> Result<Vec<Carried>, Fault>;
}
