//! The node's service for one client: its own sign-in, the node shared. In-process and over a Unix socket alike
//! (`serving`).

use std::path::{Path, PathBuf};

use tarpc::context::Context;

pub use super::client::Server;
pub use super::serving::{listen, local, local_from, remote, serve, socket};
use super::{
    api::{
        ArchiveDone, ArchivePlan, AttachmentRow, AuditAsk, AuditPart, BackedUp, CameraPolicy, CardGranted,
        CardIssued, CardLook, CardRead, CardRow, Carried, Changes, Chart, Check, CheckAnswer, CheckAsk,
        Checking, ClaimView, Clinic, Code, ConflictRow, ConsentChange, ConsentView, ConsortiumView,
        Correction, CountsTable, DuplicateRow, EmergencyChart, EmergencyRow, EnrolLook, ErasureRow,
        ExportForm, Exported, ExtractFile, Fault, FaultKind, FormDraft, FormOf, GrantAsk, Imported,
        InvitationView, Layout, LedgerView, LinkPolicy, Look, LostView, MeshView, Met, OrgKit, OwnRecord,
        PaperLook, Passphrase, PatientPage, PatientRow, Pin, ProposalRow, RequestAsk, RequestRow,
        RetentionChange, RetentionView, ReviewAsk, Saved, ShareAsk, Since, SlotRow, StaffRow, Status,
        SummaryDraft, SummaryRow, VerifyReport, VisitDraft, Welcomed, Who, Working,
    },
    enrol::Camerawork,
    locked,
    turn::Turn,
};
use crate::core::{
    codes::Ending,
    governance::Role,
    guardian::Guardian,
    id::{BlockId, DeviceId, GrantId, OrgId, PatientId, ProposalId, RecordId, StaffId, VersionId},
    policy::{Action, Purpose},
    record::Patient,
    rights::{ErasureReason, Reason},
    time::Millis,
};

/// How long an answer may take to leave before the node is sealed.
const ANSWERED: std::time::Duration = std::time::Duration::from_millis(100);

/// Calls that the node answers for whoever is signed in: `need` a sign-in, or `need_proof`, a PIN or passphrase a moment ago.
macro_rules! calls {
    ($need:ident: $(async fn $call:ident($($arg:ident: $type:ty),*) -> $answer:ty;)*) => {
        $(async fn $call(self, _: Context, $($arg: $type),*) -> Result<$answer, Fault> {
            let who = self.$need().await?;
            self.node.$call(&who, $($arg),*).await
        })*
    };
}

impl Clinic for Server {
    calls! { need:
        async fn register(patient: Patient) -> PatientId;
        async fn register_guarded(patient: Patient, guardian: Guardian) -> PatientId;
        async fn register_form(patient: Patient, guardian: Option<Guardian>) -> PatientId;
        async fn correct(patient: PatientId, correction: Correction) -> Saved;
        async fn form_draft(of: FormOf) -> Option<FormDraft>;
        async fn keep_form(of: FormOf, draft: Option<FormDraft>) -> ();
        async fn draft(patient: PatientId) -> Option<VisitDraft>;
        async fn drafts() -> Vec<PatientRow>;
        async fn keep_draft(patient: PatientId, draft: Option<VisitDraft>) -> ();
        async fn edit_patient(patient: PatientId, replaces: Vec<VersionId>, new: Patient) -> Saved;
        async fn edit_visit(patient: PatientId, record: RecordId, replaces: Vec<VersionId>, draft: VisitDraft)
            -> Saved;
        async fn strike(patient: PatientId, record: RecordId, replaces: Vec<VersionId>, because: Option<String>)
            -> Saved;
        async fn end(patient: PatientId, record: RecordId, how: Ending) -> Saved;
        async fn conflicts(patient: PatientId) -> Vec<ConflictRow>;
        async fn in_conflict() -> Vec<PatientRow>;
        async fn history(patient: PatientId, record: Option<RecordId>) -> ConflictRow;
        async fn attach(patient: PatientId, path: String, media_type: String) -> Saved;
        async fn attachment(patient: PatientId, record: RecordId, to: String) -> AttachmentRow;
        async fn want_attachment(patient: PatientId, record: RecordId) -> AttachmentRow;
        async fn consent(patient: PatientId) -> ConsentView;
        async fn consent_check(patient: PatientId, ask: CheckAsk) -> CheckAnswer;
        async fn stop_sharing(patient: PatientId, org: OrgId) -> Saved;
        async fn write_summary(patient: PatientId, summary: SummaryDraft) -> Saved;
        async fn read_summary(patient: PatientId) -> Vec<SummaryRow>;
        async fn emergency(patient: PatientId) -> EmergencyChart;
        async fn emergencies() -> Vec<EmergencyRow>;
        async fn audit(ask: AuditAsk) -> AuditPart;
        async fn request(patient: PatientId, ask: RequestAsk) -> Saved;
        async fn invitation() -> Option<InvitationView>;
        async fn close_invitation() -> ();
        async fn change_passphrase(old: Passphrase, new: Passphrase) -> ();
        async fn revoke_card(patient: PatientId, by: Option<String>) -> Saved;
        async fn cards(patient: PatientId) -> Vec<CardRow>;
        async fn read_card(code: Code, pin: Pin) -> CardRead;
        async fn archive_plan() -> ArchivePlan;
    }

    calls! { need_proof:
        async fn set_pin(pin: Pin) -> ();
        async fn export(patient: PatientId, purpose: Purpose, form: ExportForm, folder: String) -> Exported;
        async fn grant(patient: PatientId, ask: GrantAsk) -> GrantId;
        async fn break_glass(patient: PatientId, reason: Reason, note: String) -> EmergencyChart;
        async fn review(of: BlockId, review: ReviewAsk) -> Saved;
        async fn extract(ask: ShareAsk) -> ExtractFile;
        async fn counts(ask: ShareAsk, layout: Layout) -> CountsTable;
        async fn claim(patient: PatientId, ask: ShareAsk) -> ClaimView;
        async fn erase(patient: PatientId, reason: ErasureReason, reference: String) -> Saved;
        async fn carry_out_erasures() -> u64;
        async fn adopt(blocks: Vec<BlockId>) -> Saved;
        async fn approve(proposal: ProposalId) -> ();
        async fn void() -> ();
        async fn propose_expulsion(org: OrgId) -> ProposalId;
        async fn propose_witness(device: DeviceId) -> ProposalId;
        async fn propose_policy(text: String) -> ProposalId;
        async fn suspend_device(device: DeviceId) -> ();
        async fn lose_device(name: String) -> LostView;
        async fn suspend_staff(staff: StaffId) -> ();
        async fn set_links(policy: LinkPolicy) -> ();
        async fn open_invitation() -> InvitationView;
        async fn add_staff(login: String, name: String, role: Role, passphrase: Passphrase) -> StaffId;
        async fn new_recovery_code() -> Code;
        async fn remove_slot(login: String) -> ();
        async fn reset_staff(login: String, new: Passphrase) -> StaffId;
        async fn change_master_key() -> ();
        async fn org_kit() -> OrgKit;
        async fn forget_face(staff: StaffId) -> ();
        async fn camera_policy(policy: CameraPolicy) -> ();
        async fn issue_card(patient: PatientId, pin: Pin, guardian: Option<String>, reissue: bool)
            -> CardIssued;
        async fn archive_run() -> ArchiveDone;
    }

    async fn status(self, _: Context) -> Status {
        self.told().await
    }

    async fn doctor(self, context: Context) -> Vec<Check> {
        let node = self.node.clone();
        let status = self.status(context).await;
        node.doctor(&status).await
    }

    async fn events(self, _: Context, since: u64) -> Changes {
        self.node.poll(since).await
    }

    async fn unlock(self, _: Context, login: String, passphrase: Passphrase) -> Result<Who, Fault> {
        let who = self.node.unlock(login, passphrase).await?;
        self.signed_in(who.staff, true);
        Ok(who)
    }

    async fn pin(self, _: Context, staff: StaffId, pin: Pin) -> Result<Who, Fault> {
        self.gave_pin(staff, pin).await
    }

    async fn look(self, _: Context, fresh: bool) -> Result<Look, Fault> {
        self.looked(fresh).await
    }

    async fn lock(self, _: Context) -> Result<(), Fault> {
        self.end_session();
        *locked(&self.turn) = None;
        *locked(&self.work) = Camerawork::default();
        self.put_paper_away().await;
        Ok(())
    }

    async fn patients(self, _: Context, query: String) -> Result<Vec<PatientRow>, Fault> {
        let who = self.need().await?;
        self.node.patients(&who, &query).await
    }

    async fn chart(self, _: Context, patient: PatientId, purpose: Purpose) -> Result<Chart, Fault> {
        let who = self.need().await?;
        self.node.chart(&who, patient, purpose, Action::Read).await
    }

    async fn write_visit(self, _: Context, patient: PatientId, draft: VisitDraft) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.write_visit(&who, patient, draft, None).await
    }

    async fn write_past_visit(
        self,
        _: Context,
        patient: PatientId,
        at: Millis,
        draft: VisitDraft,
    ) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.write_visit(&who, patient, draft, Some(at)).await
    }

    async fn duplicates(self, _: Context, patient: PatientId) -> Result<Vec<DuplicateRow>, Fault> {
        let who = self.need().await?;
        self.node.duplicates(&who, Some(patient), None).await
    }

    async fn likely(self, _: Context, patient: Patient) -> Result<Vec<DuplicateRow>, Fault> {
        let who = self.need().await?;
        self.node.duplicates(&who, None, Some(patient)).await
    }

    async fn link_patients(
        self,
        _: Context,
        first: PatientId,
        second: PatientId,
        same: bool,
        reason: String,
    ) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.link_patients(&who, (first, second), same, reason).await
    }

    async fn resolve(
        self,
        _: Context,
        patient: PatientId,
        record: RecordId,
        keep: VersionId,
        take: Vec<(String, VersionId)>,
    ) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.resolve(&who, patient, record, keep, take).await
    }

    async fn look_at_paper(self, _: Context, patient: PatientId, hold: bool) -> Result<PaperLook, Fault> {
        self.paper(patient, hold).await
    }

    async fn keep_paper(self, _: Context, patient: PatientId, name: String) -> Result<Saved, Fault> {
        self.keep_taken(patient, &name).await
    }

    async fn drop_paper(self, _: Context) {
        // The camera may be somebody else's by now.
        if locked(&self.session).is_some() {
            self.put_paper_away().await;
        }
    }

    async fn import_file(self, _: Context, path: String, source: String) -> Result<Imported, Fault> {
        let who = self.need_proof().await?;
        self.node.import_file(&who, Path::new(&path), source).await
    }

    async fn hand_out(self, _: Context, patient: PatientId, purpose: Purpose) -> Result<Chart, Fault> {
        let who = self.need_proof().await?;
        self.node.chart(&who, patient, purpose, Action::Export).await
    }

    async fn own_patients(self, _: Context) -> Result<Vec<PatientId>, Fault> {
        self.need().await?;
        self.node.own_patients().await
    }

    async fn directory(self, _: Context) -> Result<Option<PatientId>, Fault> {
        self.need().await?;
        self.node.directory().await
    }

    async fn change_consent(
        self,
        _: Context,
        patient: PatientId,
        change: ConsentChange,
        guardian: Option<String>,
    ) -> Result<Saved, Fault> {
        // What only takes away needs no more than being signed in.
        let who = match change {
            ConsentChange::OptIn => self.need_proof().await?,
            _ => self.need().await?,
        };
        self.node.change_consent(&who, patient, change, guardian).await
    }

    async fn requests(self, _: Context) -> Result<Vec<RequestRow>, Fault> {
        self.need().await?;
        self.node.requests().await
    }

    async fn erasures(self, _: Context) -> Result<Vec<ErasureRow>, Fault> {
        self.need().await?;
        self.node.erasures().await
    }

    async fn ledger(self, _: Context, newest: u32) -> Result<LedgerView, Fault> {
        self.need().await?;
        self.node.ledger(newest).await
    }

    async fn prove(self, _: Context, block: BlockId) -> Result<Vec<u8>, Fault> {
        self.need().await?;
        self.node.prove(block).await
    }

    async fn consortium(self, _: Context) -> Result<ConsortiumView, Fault> {
        self.need().await?;
        self.node.consortium().await
    }

    async fn proposals(self, _: Context) -> Result<Vec<ProposalRow>, Fault> {
        self.need().await?;
        self.node.proposals().await
    }

    async fn verify(self, _: Context) -> Result<VerifyReport, Fault> {
        self.need().await?;
        self.node.verify().await
    }

    async fn checking(self, _: Context) -> Result<Option<Checking>, Fault> {
        self.need().await?;
        Ok(*locked(&self.node.checking))
    }

    async fn mesh(self, _: Context) -> Result<MeshView, Fault> {
        self.need().await?;
        self.node.mesh().await
    }

    async fn add_peer(self, _: Context, ticket: String) -> Result<DeviceId, Fault> {
        self.need().await?;
        self.node.add_peer(&ticket).await
    }

    async fn sync(self, _: Context) -> Result<Vec<Met>, Fault> {
        self.need().await?;
        self.node.sync().await
    }

    async fn link(self, _: Context, up: bool) -> Result<(), Fault> {
        self.need().await?;
        if up {
            return self.node.link_up().await;
        }
        self.node.link_down().await;
        Ok(())
    }

    async fn invite(self, _: Context) -> Result<String, Fault> {
        self.need().await?;
        self.node.invite().await
    }

    async fn admit(self, _: Context, request: String) -> Result<OrgId, Fault> {
        let who = self.need_proof().await?;
        self.node.admit(&who, &request).await
    }

    async fn certify(self, _: Context, request: String) -> Result<String, Fault> {
        let who = self.need_proof().await?;
        self.node.certify(&who, &request).await
    }

    async fn welcome(self, _: Context, code: String) -> Result<Welcomed, Fault> {
        let who = self.need_proof().await?;
        self.node.welcome(&who, &code).await
    }

    async fn turn_away(self, _: Context, code: String) -> Result<(), Fault> {
        let who = self.need().await?;
        self.node.turn_away(&who, &code).await
    }

    async fn slots(self, _: Context) -> Result<Vec<SlotRow>, Fault> {
        self.need().await?;
        self.node.slots().await
    }

    async fn recover(self, _: Context, login: String, code: Code, new: Passphrase) -> Result<Who, Fault> {
        let who = self.node.recover(login, code, new).await?;
        self.signed_in(who.staff, true);
        Ok(who)
    }

    async fn backup(self, _: Context, path: PathBuf, since: Since) -> Result<BackedUp, Fault> {
        self.need().await?;
        self.node.backup(path, since).await
    }

    async fn working(self, _: Context) -> Option<Working> {
        locked(&self.node.working).clone()
    }

    async fn seal(self, _: Context) -> Result<(), Fault> {
        let node = self.node.clone();
        tokio::spawn(async move {
            // Whoever asked gets the answer first.
            tokio::time::sleep(ANSWERED).await;
            node.seal.notify_one();
        });
        Ok(())
    }

    async fn use_org_kit(self, _: Context, code: Code) -> Result<StaffId, Fault> {
        let who = self.need_proof().await?;
        self.node.use_org_kit(&who, &code).await
    }

    async fn staff(self, _: Context) -> Result<Vec<StaffRow>, Fault> {
        self.need().await?;
        self.node.staff().await
    }

    async fn enrol(self, _: Context, staff: StaffId, fresh: bool) -> Result<EnrolLook, Fault> {
        // Proof is asked once, at the beginning: the enrolment itself may take longer than it lasts.
        let who = if fresh { self.need_proof().await? } else { self.need().await? };
        if !fresh && !locked(&self.work).enrolling(staff) {
            return Err(Fault::new(
                FaultKind::Conflict,
                "no enrolment of that person is under way: begin anew",
            ));
        }
        self.node.enrol(&who, &self.work, staff, fresh).await
    }

    async fn refresh_face(self, _: Context, yes: bool) -> Result<(), Fault> {
        let who = self.need().await?;
        self.node.refresh_face(&who, &self.work, yes).await
    }

    async fn courier_out(self, _: Context, folder: String) -> Result<Carried, Fault> {
        self.need().await?;
        self.node.courier_out(folder).await
    }

    async fn courier_in(self, _: Context, folder: String) -> Result<Vec<Carried>, Fault> {
        self.need().await?;
        self.node.courier_in(folder).await
    }

    async fn grant_by_card(
        self,
        _: Context,
        patient: Option<PatientId>,
        ask: GrantAsk,
        code: Code,
        pin: Pin,
    ) -> Result<CardGranted, Fault> {
        // The patient has just proven who they are: no PIN of the staff's besides.
        let who = self.need().await?;
        self.node.grant_by_card(&who, patient, ask, (code, pin)).await
    }

    async fn look_for_card(self, _: Context) -> Result<CardLook, Fault> {
        if self.turn().is_err() {
            self.need().await?;
        }
        if !self.may_use_camera() {
            let words =
                "the camera is read only at the terminal itself: give a picture of the card as a file";
            return Err(Fault::new(FaultKind::Locked, words));
        }
        self.node.look_for_card().await
    }

    async fn begin_turn(self, _: Context) -> Result<(), Fault> {
        let who = self.need().await?;
        self.node.may_hand_over(&who).await?;
        self.end_session();
        Turn::begin(&self.turn, who);
        Ok(())
    }

    async fn own_record(self, _: Context, code: Code, pin: Pin) -> Result<OwnRecord, Fault> {
        let turn = self.turn()?;
        if turn.card.is_some() {
            return Err(Fault::new(FaultKind::Conflict, "a card is open already: end this turn first"));
        }
        let (record, card) = self.node.own_record(&turn.who, code, pin).await?;
        // Ended meanwhile: nothing stays.
        if let Some(t) = locked(&self.turn).as_mut().filter(|t| t.began == turn.began) {
            t.card = Some(card);
        }
        Ok(record)
    }

    async fn own_stop_sharing(self, _: Context, org: OrgId) -> Result<ConsentView, Fault> {
        let turn = self.turn()?;
        let card =
            turn.card.ok_or_else(|| Fault::new(FaultKind::Locked, "no card is open: show it first"))?;
        self.node.own_stop_sharing(&turn.who, card, org).await
    }

    async fn retention(self, _: Context) -> Result<RetentionView, Fault> {
        self.need().await?;
        self.node.retention().await
    }

    async fn retain(self, _: Context, change: RetentionChange) -> Result<Saved, Fault> {
        let who = match change {
            RetentionChange::Restore(_) => self.need().await?,
            _ => self.need_proof().await?,
        };
        self.node.retain(&who, change).await
    }

    async fn archived_patients(self, _: Context, query: String) -> Result<Vec<PatientRow>, Fault> {
        let who = self.need().await?;
        self.node.archived_patients(&who, &query).await
    }

    async fn due(self, _: Context, query: String, skip: usize) -> Result<PatientPage, Fault> {
        let who = self.need().await?;
        self.node.due(&who, &query, skip).await
    }
}
