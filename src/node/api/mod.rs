//! The one service that a node offers, in-process and over its Unix socket: the screens and the command line use the same.

mod archive;
mod audit;
mod card;
mod doctor;
mod emergency;
mod face;
mod fault;
mod forms;
mod joining;
mod keys;
mod ledger;
mod measured;
mod mesh;
mod records;
mod requests;
mod secret;
mod shares;
mod sharing;
mod status;
mod trust;

pub use archive::{
    ArchiveDone, ArchivePlan, HoldRow, MOST_DISPOSALS, RetentionChange, RetentionView, ScheduleRow,
    SeriesRow, Shelved,
};
pub use audit::{AuditAsk, AuditMark, AuditPart, AuditReader, AuditRow, MAX_AUDIT_WORDS};
pub use card::{CardGranted, CardIssued, CardLook, CardRead, CardRow, OwnRecord};
pub use doctor::{Check, Verdict};
pub use emergency::{EmergencyChart, EmergencyRow, ReviewAsk, ReviewRow, SummaryDraft, SummaryRow};
pub use face::{Arrow, CameraPolicy, EnrolLook, Enrolled, Look, PaperLook, Preview, Prompt, Took};
pub use fault::{Fault, FaultKind};
pub use forms::{Correction, FormDraft, FormOf, GuardianRow};
pub use joining::{InvitationStage, InvitationView, Joiner, Welcomed};
pub use keys::{BackedUp, Code, OrgKit, Since, SlotRow};
pub use ledger::{
    BlockRow, Checking, ConsortiumView, LedgerView, LogRow, MemberRow, ProposalRow, VerifyReport,
};
pub use measured::Measured;
pub use mesh::{
    Carried, Kept, LinkPolicy, LostLog, LostView, MeshView, Met, PeerRow, RefusedRow, bytes, duration,
};
pub use records::{
    ALLERGIES, AttachmentRow, Chart, ConflictRow, DifferenceRow, DueRow, DuplicateRow, ExportForm, Exported,
    ImportCounts, Imported, ItemRow, KindCount, LinkedRow, MEDICINES, MOST_ROWS, PROBLEMS, PatientPage,
    PatientRow, Saved, StruckRow, VersionRow, VisitDraft, VisitRow,
};
pub use requests::{AnswerRow, ConsentChange, ErasedHere, ErasureRow, RequestAsk, RequestRow};
pub use secret::{Passphrase, Pin};
pub use shares::{ClaimView, CountsTable, ExtractFile, Layout, ShareAsk};
pub use sharing::{AccessRow, CheckAnswer, CheckAsk, ConsentView, GrantAsk, GrantRow};
pub use status::{Change, Changes, FaceStatus, OpenStatus, PersonHere, StaffRow, Status, Who, Working};
pub use trust::{ClockRow, DoubtRow, GapRow, MOST_DOUBTS, TrustView};

use crate::core::{
    codes::Ending, governance::Role, guardian::Guardian, id::BlockId, id::DeviceId, id::GrantId, id::OrgId,
    id::PatientId, id::ProposalId, id::RecordId, id::StaffId, id::VersionId, policy::Purpose,
    record::Patient, rights::ErasureReason, rights::Reason, time::Millis,
};

/// What a node does for its clients. Every call but `status`, `unlock`, `pin`, `look` and `events` needs a signed-in person,
/// and those of a patient's turn the patient whom that person handed the terminal to.
#[tarpc::service]
pub trait Clinic {
    /// The node in a few words.
    async fn status() -> Status;
    /// An examination of the terminal, as far as it is open. Needs nobody signed in: no names are in it.
    async fn doctor() -> Vec<Check>;
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
    /// The same with who decides for them, at once.
    async fn register_guarded(patient: Patient, guardian: Guardian) -> Result<PatientId, Fault>;
    /// The same of whoever a form holds, with who decides for them. The draft of that form is gone with it.
    async fn register_form(patient: Patient, guardian: Option<Guardian>) -> Result<PatientId, Fault>;
    /// Corrects who a patient is and who decides for them: new versions that replace those that were seen. The draft of that
    /// form is gone with it.
    async fn correct(patient: PatientId, correction: Correction) -> Result<Saved, Fault>;
    /// What this person left in a form about who somebody is, or in the correction of a visit.
    async fn form_draft(of: FormOf) -> Result<Option<FormDraft>, Fault>;
    /// Keeps it; none removes it.
    async fn keep_form(of: FormOf, draft: Option<FormDraft>) -> Result<(), Fault>;
    /// Opens a patient's records; the read is durable on the ledger before this returns.
    async fn chart(patient: PatientId, purpose: Purpose) -> Result<Chart, Fault>;
    /// Signs, seals and stores a visit in one durable transaction.
    async fn write_visit(patient: PatientId, draft: VisitDraft) -> Result<Saved, Fault>;
    /// The same for a visit that was written down elsewhere at the time: `at`, milliseconds since 1970, not later than now.
    async fn write_past_visit(patient: PatientId, at: Millis, draft: VisitDraft) -> Result<Saved, Fault>;
    /// The draft that this person left for this patient.
    async fn draft(patient: PatientId) -> Result<Option<VisitDraft>, Fault>;
    /// Patients for whom this person left one.
    async fn drafts() -> Result<Vec<PatientRow>, Fault>;
    /// Keeps a draft; none removes it.
    async fn keep_draft(patient: PatientId, draft: Option<VisitDraft>) -> Result<(), Fault>;
    /// Who is here and may be this registered patient.
    async fn duplicates(patient: PatientId) -> Result<Vec<DuplicateRow>, Fault>;
    /// Who is here and may be this person, before they are registered.
    async fn likely(patient: Patient) -> Result<Vec<DuplicateRow>, Fault>;
    /// Says that two patients are one person, or that they are not: charts show both records, or no longer.
    async fn link_patients(
        first: PatientId,
        second: PatientId,
        same: bool,
        reason: String,
    ) -> Result<Saved, Fault>;
    /// Changes who a patient is: a new version that replaces those that were seen.
    async fn edit_patient(patient: PatientId, replaces: Vec<VersionId>, new: Patient)
    -> Result<Saved, Fault>;
    /// Changes a visit that was written here: a new version that replaces those that were seen.
    async fn edit_visit(
        patient: PatientId,
        record: RecordId,
        replaces: Vec<VersionId>,
        draft: VisitDraft,
    ) -> Result<Saved, Fault>;
    /// Strikes a visit out that was written here by mistake, for a reason; none: it stands again. A new version that replaces
    /// those that were seen.
    async fn strike(
        patient: PatientId,
        record: RecordId,
        replaces: Vec<VersionId>,
        because: Option<String>,
    ) -> Result<Saved, Fault>;
    /// Ends something that was coded at a visit here: a new version of it, as FHIR says that it is over or never was.
    async fn end(patient: PatientId, record: RecordId, how: Ending) -> Result<Saved, Fault>;
    /// Records of a patient that were edited at two places at once, field by field.
    async fn conflicts(patient: PatientId) -> Result<Vec<ConflictRow>, Fault>;
    /// Patients with such records.
    async fn in_conflict() -> Result<Vec<PatientRow>, Fault>;
    /// Decides: keeps one version, with single fields of others; the others are replaced and kept.
    async fn resolve(
        patient: PatientId,
        record: RecordId,
        keep: VersionId,
        take: Vec<(String, VersionId)>,
    ) -> Result<Saved, Fault>;
    /// Every version of a record, the latest first; without one, of who the patient is by the own organisation's word.
    async fn history(patient: PatientId, record: Option<RecordId>) -> Result<ConflictRow, Fault>;
    /// Keeps a file of at most 32 MiB with a patient's record.
    async fn attach(patient: PatientId, path: String, media_type: String) -> Result<Saved, Fault>;
    /// Writes a kept file to a new one; the read is on the ledger before it is opened.
    async fn attachment(patient: PatientId, record: RecordId, to: String) -> Result<AttachmentRow, Fault>;
    /// Asks whoever can be met for the pieces of a kept file that are not here, and at every later meeting for those that
    /// nobody had; what is here then. The read is on the ledger before the record is opened.
    async fn want_attachment(patient: PatientId, record: RecordId) -> Result<AttachmentRow, Fault>;
    /// One look at a paper before the camera; `hold` takes the picture, if it can be read, and lets the camera go. It is in the
    /// node's memory alone, until it is kept, another one is looked at, or this client signs out.
    async fn look_at_paper(patient: PatientId, hold: bool) -> Result<PaperLook, Fault>;
    /// Keeps the picture that was taken with a patient's record, under this name.
    async fn keep_paper(patient: PatientId, name: String) -> Result<Saved, Fault>;
    /// Lets go of the picture and of the camera.
    async fn drop_paper();
    /// Takes in a file of FHIR resources, whole or not at all; what came in before adds nothing.
    async fn import_file(path: String, source: String) -> Result<Imported, Fault>;
    /// Writes a patient's record as a FHIR Bundle into a folder; the export is on the ledger before anything is opened.
    async fn export(
        patient: PatientId,
        purpose: Purpose,
        form: ExportForm,
        folder: String,
    ) -> Result<Exported, Fault>;
    /// A patient's record, to be written into a list or on paper; the export is on the ledger before anything is opened.
    async fn hand_out(patient: PatientId, purpose: Purpose) -> Result<Chart, Fault>;
    /// Every patient of the own organisation.
    async fn own_patients() -> Result<Vec<PatientId>, Fault>;
    /// Under whose name this terminal keeps what came in and is nobody's record: practitioners, organisations.
    async fn directory() -> Result<Option<PatientId>, Fault>;
    /// A patient's consent and who read.
    async fn consent(patient: PatientId) -> Result<ConsentView, Fault>;
    /// Says what would be decided, and why, without doing it.
    async fn consent_check(patient: PatientId, ask: CheckAsk) -> Result<CheckAnswer, Fault>;
    /// Records what the patient allows, and wraps the keys for it.
    async fn grant(patient: PatientId, ask: GrantAsk) -> Result<GrantId, Fault>;
    /// Ends everything granted to an organisation, also what is granted elsewhere meanwhile.
    async fn stop_sharing(patient: PatientId, org: OrgId) -> Result<Saved, Fault>;
    /// Changes consent other than by a plain grant; `guardian` says who decides for the patient.
    async fn change_consent(
        patient: PatientId,
        change: ConsentChange,
        guardian: Option<String>,
    ) -> Result<Saved, Fault>;
    /// Keeps a new emergency summary.
    async fn write_summary(patient: PatientId, summary: SummaryDraft) -> Result<Saved, Fault>;
    /// The emergency summary of a patient whose record may be read anyway.
    async fn read_summary(patient: PatientId) -> Result<Vec<SummaryRow>, Fault>;
    /// Opens a record in an emergency; reason and reader are durable on the ledger before this returns.
    async fn break_glass(patient: PatientId, reason: Reason, note: String) -> Result<EmergencyChart, Fault>;
    /// Opens it again within the half hour.
    async fn emergency(patient: PatientId) -> Result<EmergencyChart, Fault>;
    /// Openings in emergencies that concern this organisation, with their reviews.
    async fn emergencies() -> Result<Vec<EmergencyRow>, Fault>;
    /// Who read whose records, newest first, a part at a time: each looks at a limited number of blocks.
    async fn audit(ask: AuditAsk) -> Result<AuditPart, Fault>;
    /// Reviews one that somebody else made.
    async fn review(of: BlockId, review: ReviewAsk) -> Result<Saved, Fault>;
    /// Asks those who keep a patient's records for their keys.
    async fn request(patient: PatientId, ask: RequestAsk) -> Result<Saved, Fault>;
    /// Requests made here, and those about patients whose records are kept here.
    async fn requests() -> Result<Vec<RequestRow>, Fault>;
    /// A de-identified extract for research; the decision is durable on the ledger before this returns.
    async fn extract(ask: ShareAsk) -> Result<ExtractFile, Fault>;
    /// Counts for a health bureau, small cells suppressed; likewise.
    async fn counts(ask: ShareAsk, layout: Layout) -> Result<CountsTable, Fault>;
    /// What a claim is about; likewise.
    async fn claim(patient: PatientId, ask: ShareAsk) -> Result<ClaimView, Fault>;
    /// Orders that a patient's keys be destroyed (admin).
    async fn erase(patient: PatientId, reason: ErasureReason, reference: String) -> Result<Saved, Fault>;
    /// Such orders, with their receipts and who has not been heard from.
    async fn erasures() -> Result<Vec<ErasureRow>, Fault>;
    /// Seals this terminal anew and signs the receipts that it owes (admin); how many. Takes as long as copying the store.
    async fn carry_out_erasures() -> Result<u64, Fault>;
    /// Countersigns quarantined blocks of the own organisation (clinician).
    async fn adopt(blocks: Vec<BlockId>) -> Result<Saved, Fault>;
    /// The ledger as held here, with the newest blocks.
    async fn ledger(newest: u32) -> Result<LedgerView, Fault>;
    /// A proof that a block is final: a file that verifies anywhere.
    async fn prove(block: BlockId) -> Result<Vec<u8>, Fault>;
    /// Who belongs to the consortium, and by what it decides.
    async fn consortium() -> Result<ConsortiumView, Fault>;
    /// What is to be decided, and who has approved it.
    async fn proposals() -> Result<Vec<ProposalRow>, Fault>;
    /// Approves a proposal for the own organisation (admin).
    async fn approve(proposal: ProposalId) -> Result<(), Fault>;
    /// Ends a round whose votes have split (admin).
    async fn void() -> Result<(), Fault>;
    /// Proposes to expel a member, and approves it (admin).
    async fn propose_expulsion(org: OrgId) -> Result<ProposalId, Fault>;
    /// Proposes that another terminal cosigns for its organisation, and approves it (admin).
    async fn propose_witness(device: DeviceId) -> Result<ProposalId, Fault>;
    /// Proposes another policy, and approves it (admin).
    async fn propose_policy(text: String) -> Result<ProposalId, Fault>;
    /// Suspends another terminal of the own organisation (admin).
    async fn suspend_device(device: DeviceId) -> Result<(), Fault>;
    /// Suspends a terminal of the own organisation that was lost, by name or identifier (admin), and says what it alone may
    /// hold.
    async fn lose_device(name: String) -> Result<LostView, Fault>;
    /// Suspends a person of the own organisation (admin).
    async fn suspend_staff(staff: StaffId) -> Result<(), Fault>;
    /// Checks every page and every block anew.
    async fn verify() -> Result<VerifyReport, Fault>;
    /// How far that has come; none when nothing is being checked.
    async fn checking() -> Result<Option<Checking>, Fault>;
    /// Terminals, addresses, what is where.
    async fn mesh() -> Result<MeshView, Fault>;
    /// Remembers where another terminal answers, from its ticket.
    async fn add_peer(ticket: String) -> Result<DeviceId, Fault>;
    /// Meets every terminal whose address is known.
    async fn sync() -> Result<Vec<Met>, Fault>;
    /// Takes the link up or down.
    async fn link(up: bool) -> Result<(), Fault>;
    /// Changes how this terminal uses its links (admin).
    async fn set_links(policy: LinkPolicy) -> Result<(), Fault>;
    /// An invitation: what another terminal needs to join this consortium. One line of text.
    async fn invite() -> Result<String, Fault>;
    /// Admits the organisation of a join request (admin).
    async fn admit(request: String) -> Result<OrgId, Fault>;
    /// Certifies the terminal of a join request for this organisation (admin); returns its certificate, one line.
    async fn certify(request: String) -> Result<String, Fault>;
    /// Opens the door for one terminal that joins over the network (admin); an earlier invitation ends.
    async fn open_invitation() -> Result<InvitationView, Fault>;
    /// How it stands (admin); none when none was opened.
    async fn invitation() -> Result<Option<InvitationView>, Fault>;
    /// Ends it (admin).
    async fn close_invitation() -> Result<(), Fault>;
    /// The other screen shows this code: certifies the terminal, or proposes its organisation (admin).
    async fn welcome(code: String) -> Result<Welcomed, Fault>;
    /// It doesn't, or that terminal isn't wanted (admin).
    async fn turn_away(code: String) -> Result<(), Fault>;
    /// Adds a person who can sign in at this terminal (admin).
    async fn add_staff(
        login: String,
        name: String,
        role: Role,
        passphrase: Passphrase,
    ) -> Result<StaffId, Fault>;
    /// Key slots: who can open this terminal, and how.
    async fn slots() -> Result<Vec<SlotRow>, Fault>;
    /// Changes one's own passphrase.
    async fn change_passphrase(old: Passphrase, new: Passphrase) -> Result<(), Fault>;
    /// Makes one's own recovery code, in place of an earlier one. It is kept nowhere.
    async fn new_recovery_code() -> Result<Code, Fault>;
    /// Chooses another passphrase with one's recovery code, which is used up; signs in.
    async fn recover(login: String, code: Code, new: Passphrase) -> Result<Who, Fault>;
    /// Takes somebody's way into this terminal away (admin).
    async fn remove_slot(login: String) -> Result<(), Fault>;
    /// Gives someone who forgot their passphrase another one, and a fresh key (admin).
    async fn reset_staff(login: String, new: Passphrase) -> Result<StaffId, Fault>;
    /// Seals everything of this terminal under a fresh master key (admin). Takes long: see `working`.
    async fn change_master_key() -> Result<(), Fault>;
    /// Writes a backup to a file of the node's machine. Takes long: see `working`.
    async fn backup(path: std::path::PathBuf, since: Since) -> Result<BackedUp, Fault>;
    /// Long work that is under way, and how far it is.
    async fn working() -> Option<Working>;
    /// Drops every key and all that was opened: nothing can be read until somebody gives their passphrase again. Needs
    /// nobody signed in: it takes nothing from anyone but the way in.
    async fn seal() -> Result<(), Fault>;
    /// The organisation's recovery kit (admin).
    async fn org_kit() -> Result<OrgKit, Fault>;
    /// Puts the organisation's root key, from the kit, behind one's own passphrase: makes an admin. Who one is now.
    async fn use_org_kit(code: Code) -> Result<StaffId, Fault>;
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
    /// Issues a patient's card under the PIN that the patient chose; `reissue` ends every earlier one with it.
    async fn issue_card(
        patient: PatientId,
        pin: Pin,
        guardian: Option<String>,
        reissue: bool,
    ) -> Result<CardIssued, Fault>;
    /// Ends every card of a patient, for ever.
    async fn revoke_card(patient: PatientId, guardian: Option<String>) -> Result<Saved, Fault>;
    /// Every card of a patient, the latest first.
    async fn cards(patient: PatientId) -> Result<Vec<CardRow>, Fault>;
    /// Opens a card with its PIN and says what it is.
    async fn read_card(code: Code, pin: Pin) -> Result<CardRead, Fault>;
    /// The patient allows something with their card; `patient`, where it is known whose card it should be.
    async fn grant_by_card(
        patient: Option<PatientId>,
        ask: GrantAsk,
        code: Code,
        pin: Pin,
    ) -> Result<CardGranted, Fault>;
    /// One look for a card through the camera.
    async fn look_for_card() -> Result<CardLook, Fault>;
    /// Signs out whoever is signed in at this client and hands it to a patient, for 15 minutes at most: until `lock` or
    /// another sign-in it looks for a card, opens one record with it, and nothing else.
    async fn begin_turn() -> Result<(), Fault>;
    /// Opens the record of the patient whose card and PIN these are; the reading is on the ledger, as the patient's own, before
    /// this returns.
    async fn own_record(code: Code, pin: Pin) -> Result<OwnRecord, Fault>;
    /// That patient's card ends everything granted to an organisation.
    async fn own_stop_sharing(org: OrgId) -> Result<ConsentView, Fault>;
    /// Retention schedules in force, holds.
    async fn retention() -> Result<RetentionView, Fault>;
    /// What is due for the archive, and what for disposal; changes nothing (admin). Takes long: see `working`.
    async fn archive_plan() -> Result<ArchivePlan, Fault>;
    /// Archives what is due (admin). Likewise.
    async fn archive_run() -> Result<ArchiveDone, Fault>;
    /// Adopts a schedule, holds and releases patients (admin); takes a patient out of the archive.
    async fn retain(change: RetentionChange) -> Result<Saved, Fault>;
    /// Patients in the archive whose name, village, phone or identifier fits.
    async fn archived_patients(query: String) -> Result<Vec<PatientRow>, Fault>;
    /// Patients of this organisation who were to come by today and haven't, of those who fit: the latest day first;
    /// so many as one answer takes, after the first `skip`.
    async fn due(query: String, skip: usize) -> Result<PatientPage, Fault>;
}
