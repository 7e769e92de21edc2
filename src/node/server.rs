//! The node's service for one client: its own sign-in, the node shared. In-process and over a Unix socket alike
//! (`serving`).

use std::path::{Path, PathBuf};

use tarpc::context::Context;

pub use super::client::Server;
pub use super::serving::{listen, local, local_from, remote, serve, socket};
use super::{
    api::{
        ArchiveDone, ArchivePlan, AttachmentRow, BackedUp, CameraPolicy, CardGranted, CardIssued, CardLook,
        CardRead, CardRow, Carried, Changes, Chart, Check, CheckAnswer, CheckAsk, Checking, ClaimView,
        Clinic, Code, ConflictRow, ConsentChange, ConsentView, ConsortiumView, CountsTable, DuplicateRow,
        EmergencyChart, EmergencyRow, EnrolLook, ErasureRow, ExportForm, Exported, ExtractFile, Fault,
        FaultKind, GrantAsk, Imported, InvitationView, Layout, LedgerView, LinkPolicy, Look, LostView,
        MeshView, Met, OrgKit, OwnRecord, Passphrase, PatientPage, PatientRow, Pin, ProposalRow, RequestAsk,
        RequestRow, RetentionChange, RetentionView, ReviewAsk, Saved, ShareAsk, Since, SlotRow, StaffRow,
        Status, SummaryDraft, SummaryRow, VerifyReport, VisitDraft, Welcomed, Who, Working,
    },
    enrol::Camerawork,
    locked,
    turn::Turn,
};
use crate::core::{
    codes::Ending,
    governance::Role,
    id::{BlockId, DeviceId, GrantId, OrgId, PatientId, ProposalId, RecordId, StaffId, VersionId},
    policy::{Action, Purpose},
    record::Patient,
    rights::{ErasureReason, Reason},
    time::Millis,
};

/// How long an answer may take to leave before the node is sealed.
const ANSWERED: std::time::Duration = std::time::Duration::from_millis(100);

impl Clinic for Server {
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

    async fn set_pin(self, _: Context, pin: Pin) -> Result<(), Fault> {
        let who = self.need_proof().await?;
        self.node.set_pin(&who, pin).await
    }

    async fn look(self, _: Context, fresh: bool) -> Result<Look, Fault> {
        self.looked(fresh).await
    }

    async fn lock(self, _: Context) -> Result<(), Fault> {
        *locked(&self.session) = None;
        *locked(&self.turn) = None;
        *locked(&self.work) = Camerawork::default();
        self.node.close_eye().await;
        Ok(())
    }

    async fn patients(self, _: Context, query: String) -> Result<Vec<PatientRow>, Fault> {
        let who = self.need().await?;
        self.node.patients(&who, &query).await
    }

    async fn register(self, _: Context, patient: Patient) -> Result<PatientId, Fault> {
        let who = self.need().await?;
        self.node.register(&who, patient).await
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

    async fn draft(self, _: Context, patient: PatientId) -> Result<Option<VisitDraft>, Fault> {
        let who = self.need().await?;
        self.node.draft(&who, patient).await
    }

    async fn drafts(self, _: Context) -> Result<Vec<PatientRow>, Fault> {
        let who = self.need().await?;
        self.node.drafts(&who).await
    }

    async fn keep_draft(
        self,
        _: Context,
        patient: PatientId,
        draft: Option<VisitDraft>,
    ) -> Result<(), Fault> {
        let who = self.need().await?;
        self.node.keep_draft(&who, patient, draft).await
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

    async fn edit_patient(
        self,
        _: Context,
        patient: PatientId,
        replaces: Vec<VersionId>,
        new: Patient,
    ) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.edit_patient(&who, patient, replaces, new).await
    }

    async fn edit_visit(
        self,
        _: Context,
        patient: PatientId,
        record: RecordId,
        replaces: Vec<VersionId>,
        draft: VisitDraft,
    ) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.edit_visit(&who, patient, record, replaces, draft).await
    }

    async fn end(
        self,
        _: Context,
        patient: PatientId,
        record: RecordId,
        how: Ending,
    ) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.end(&who, patient, record, how).await
    }

    async fn conflicts(self, _: Context, patient: PatientId) -> Result<Vec<ConflictRow>, Fault> {
        let who = self.need().await?;
        self.node.conflicts(&who, patient).await
    }

    async fn in_conflict(self, _: Context) -> Result<Vec<PatientRow>, Fault> {
        let who = self.need().await?;
        self.node.in_conflict(&who).await
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

    async fn history(
        self,
        _: Context,
        patient: PatientId,
        record: Option<RecordId>,
    ) -> Result<ConflictRow, Fault> {
        let who = self.need().await?;
        self.node.history(&who, patient, record).await
    }

    async fn attach(
        self,
        _: Context,
        patient: PatientId,
        path: String,
        media_type: String,
    ) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.attach(&who, patient, path, media_type).await
    }

    async fn attachment(
        self,
        _: Context,
        patient: PatientId,
        record: RecordId,
        to: String,
    ) -> Result<AttachmentRow, Fault> {
        let who = self.need().await?;
        self.node.attachment(&who, patient, record, to).await
    }

    async fn import_file(self, _: Context, path: String, source: String) -> Result<Imported, Fault> {
        let who = self.need_proof().await?;
        self.node.import_file(&who, Path::new(&path), source).await
    }

    async fn export(
        self,
        _: Context,
        patient: PatientId,
        purpose: Purpose,
        form: ExportForm,
        folder: String,
    ) -> Result<Exported, Fault> {
        let who = self.need_proof().await?;
        self.node.export(&who, patient, purpose, form, folder).await
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

    async fn consent(self, _: Context, patient: PatientId) -> Result<ConsentView, Fault> {
        let who = self.need().await?;
        self.node.consent(&who, patient).await
    }

    async fn consent_check(
        self,
        _: Context,
        patient: PatientId,
        ask: CheckAsk,
    ) -> Result<CheckAnswer, Fault> {
        let who = self.need().await?;
        self.node.consent_check(&who, patient, ask).await
    }

    async fn grant(self, _: Context, patient: PatientId, ask: GrantAsk) -> Result<GrantId, Fault> {
        let who = self.need_proof().await?;
        self.node.grant(&who, patient, ask).await
    }

    async fn stop_sharing(self, _: Context, patient: PatientId, org: OrgId) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.stop_sharing(&who, patient, org).await
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

    async fn write_summary(
        self,
        _: Context,
        patient: PatientId,
        summary: SummaryDraft,
    ) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.write_summary(&who, patient, summary).await
    }

    async fn read_summary(self, _: Context, patient: PatientId) -> Result<Vec<SummaryRow>, Fault> {
        let who = self.need().await?;
        self.node.read_summary(&who, patient).await
    }

    async fn break_glass(
        self,
        _: Context,
        patient: PatientId,
        reason: Reason,
        note: String,
    ) -> Result<EmergencyChart, Fault> {
        let who = self.need_proof().await?;
        self.node.break_glass(&who, patient, reason, note).await
    }

    async fn emergency(self, _: Context, patient: PatientId) -> Result<EmergencyChart, Fault> {
        let who = self.need().await?;
        self.node.emergency(&who, patient).await
    }

    async fn emergencies(self, _: Context) -> Result<Vec<EmergencyRow>, Fault> {
        let who = self.need().await?;
        self.node.emergencies(&who).await
    }

    async fn review(self, _: Context, of: BlockId, review: ReviewAsk) -> Result<Saved, Fault> {
        let who = self.need_proof().await?;
        self.node.review(&who, of, review).await
    }

    async fn request(self, _: Context, patient: PatientId, ask: RequestAsk) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.request(&who, patient, ask).await
    }

    async fn requests(self, _: Context) -> Result<Vec<RequestRow>, Fault> {
        self.need().await?;
        self.node.requests().await
    }

    async fn extract(self, _: Context, ask: ShareAsk) -> Result<ExtractFile, Fault> {
        let who = self.need_proof().await?;
        self.node.extract(&who, ask).await
    }

    async fn counts(self, _: Context, ask: ShareAsk, layout: Layout) -> Result<CountsTable, Fault> {
        let who = self.need_proof().await?;
        self.node.counts(&who, ask, layout).await
    }

    async fn claim(self, _: Context, patient: PatientId, ask: ShareAsk) -> Result<ClaimView, Fault> {
        let who = self.need_proof().await?;
        self.node.claim(&who, patient, ask).await
    }

    async fn erase(
        self,
        _: Context,
        patient: PatientId,
        reason: ErasureReason,
        reference: String,
    ) -> Result<Saved, Fault> {
        let who = self.need_proof().await?;
        self.node.erase(&who, patient, reason, reference).await
    }

    async fn erasures(self, _: Context) -> Result<Vec<ErasureRow>, Fault> {
        self.need().await?;
        self.node.erasures().await
    }

    async fn carry_out_erasures(self, _: Context) -> Result<u64, Fault> {
        let who = self.need_proof().await?;
        self.node.carry_out_erasures(&who).await
    }

    async fn adopt(self, _: Context, blocks: Vec<BlockId>) -> Result<Saved, Fault> {
        let who = self.need_proof().await?;
        self.node.adopt(&who, blocks).await
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

    async fn approve(self, _: Context, proposal: ProposalId) -> Result<(), Fault> {
        let who = self.need_proof().await?;
        self.node.approve(&who, proposal).await
    }

    async fn void(self, _: Context) -> Result<(), Fault> {
        let who = self.need_proof().await?;
        self.node.void(&who).await
    }

    async fn propose_expulsion(self, _: Context, org: OrgId) -> Result<ProposalId, Fault> {
        let who = self.need_proof().await?;
        self.node.propose_expulsion(&who, org).await
    }

    async fn propose_witness(self, _: Context, device: DeviceId) -> Result<ProposalId, Fault> {
        let who = self.need_proof().await?;
        self.node.propose_witness(&who, device).await
    }

    async fn propose_policy(self, _: Context, text: String) -> Result<ProposalId, Fault> {
        let who = self.need_proof().await?;
        self.node.propose_policy(&who, text).await
    }

    async fn suspend_device(self, _: Context, device: DeviceId) -> Result<(), Fault> {
        let who = self.need_proof().await?;
        self.node.suspend_device(&who, device).await
    }

    async fn lose_device(self, _: Context, name: String) -> Result<LostView, Fault> {
        let who = self.need_proof().await?;
        self.node.lose_device(&who, name).await
    }

    async fn suspend_staff(self, _: Context, staff: StaffId) -> Result<(), Fault> {
        let who = self.need_proof().await?;
        self.node.suspend_staff(&who, staff).await
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

    async fn set_links(self, _: Context, policy: LinkPolicy) -> Result<(), Fault> {
        let who = self.need_proof().await?;
        self.node.set_links(&who, policy).await
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

    async fn open_invitation(self, _: Context) -> Result<InvitationView, Fault> {
        let who = self.need_proof().await?;
        self.node.open_invitation(&who).await
    }

    async fn invitation(self, _: Context) -> Result<Option<InvitationView>, Fault> {
        let who = self.need().await?;
        self.node.invitation(&who).await
    }

    async fn close_invitation(self, _: Context) -> Result<(), Fault> {
        let who = self.need().await?;
        self.node.close_invitation(&who).await
    }

    async fn welcome(self, _: Context, code: String) -> Result<Welcomed, Fault> {
        let who = self.need_proof().await?;
        self.node.welcome(&who, &code).await
    }

    async fn turn_away(self, _: Context, code: String) -> Result<(), Fault> {
        let who = self.need().await?;
        self.node.turn_away(&who, &code).await
    }

    async fn add_staff(
        self,
        _: Context,
        login: String,
        name: String,
        role: Role,
        passphrase: Passphrase,
    ) -> Result<StaffId, Fault> {
        let who = self.need_proof().await?;
        self.node.add_staff(&who, login, name, role, passphrase).await
    }

    async fn slots(self, _: Context) -> Result<Vec<SlotRow>, Fault> {
        self.need().await?;
        self.node.slots().await
    }

    async fn change_passphrase(self, _: Context, old: Passphrase, new: Passphrase) -> Result<(), Fault> {
        let who = self.need().await?;
        self.node.change_passphrase(&who, old, new).await
    }

    async fn new_recovery_code(self, _: Context) -> Result<Code, Fault> {
        let who = self.need_proof().await?;
        self.node.new_recovery_code(&who).await
    }

    async fn recover(self, _: Context, login: String, code: Code, new: Passphrase) -> Result<Who, Fault> {
        let who = self.node.recover(login, code, new).await?;
        self.signed_in(who.staff, true);
        Ok(who)
    }

    async fn remove_slot(self, _: Context, login: String) -> Result<(), Fault> {
        let who = self.need_proof().await?;
        self.node.remove_slot(&who, login).await
    }

    async fn reset_staff(self, _: Context, login: String, new: Passphrase) -> Result<StaffId, Fault> {
        let who = self.need_proof().await?;
        self.node.reset_staff(&who, login, new).await
    }

    async fn change_master_key(self, _: Context) -> Result<(), Fault> {
        let who = self.need_proof().await?;
        self.node.change_master_key(&who).await
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

    async fn org_kit(self, _: Context) -> Result<OrgKit, Fault> {
        let who = self.need_proof().await?;
        self.node.org_kit(&who).await
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
            return Err(Fault::new(FaultKind::Usage, "no enrolment of that person is under way: begin anew"));
        }
        self.node.enrol(&who, &self.work, staff, fresh).await
    }

    async fn refresh_face(self, _: Context, yes: bool) -> Result<(), Fault> {
        let who = self.need().await?;
        self.node.refresh_face(&who, &self.work, yes).await
    }

    async fn forget_face(self, _: Context, staff: StaffId) -> Result<(), Fault> {
        let who = self.need_proof().await?;
        self.node.forget_face(&who, staff).await
    }

    async fn camera_policy(self, _: Context, policy: CameraPolicy) -> Result<(), Fault> {
        let who = self.need_proof().await?;
        self.node.camera_policy(&who, policy).await
    }

    async fn courier_out(self, _: Context, folder: String) -> Result<Carried, Fault> {
        self.need().await?;
        self.node.courier_out(folder).await
    }

    async fn courier_in(self, _: Context, folder: String) -> Result<Vec<Carried>, Fault> {
        self.need().await?;
        self.node.courier_in(folder).await
    }

    async fn issue_card(
        self,
        _: Context,
        patient: PatientId,
        pin: Pin,
        guardian: Option<String>,
        reissue: bool,
    ) -> Result<CardIssued, Fault> {
        let who = self.need_proof().await?;
        self.node.issue_card(&who, patient, pin, guardian, reissue).await
    }

    async fn revoke_card(self, _: Context, patient: PatientId, by: Option<String>) -> Result<Saved, Fault> {
        let who = self.need().await?;
        self.node.revoke_card(&who, patient, by).await
    }

    async fn cards(self, _: Context, patient: PatientId) -> Result<Vec<CardRow>, Fault> {
        let who = self.need().await?;
        self.node.cards(&who, patient).await
    }

    async fn read_card(self, _: Context, code: Code, pin: Pin) -> Result<CardRead, Fault> {
        let who = self.need().await?;
        self.node.read_card(&who, code, pin).await
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
        *locked(&self.session) = None;
        Turn::begin(&self.turn, who);
        Ok(())
    }

    async fn own_record(self, _: Context, code: Code, pin: Pin) -> Result<OwnRecord, Fault> {
        let turn = self.turn()?;
        if turn.card.is_some() {
            return Err(Fault::new(FaultKind::Usage, "a card is open already: end this turn first"));
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

    async fn archive_plan(self, _: Context) -> Result<ArchivePlan, Fault> {
        let who = self.need().await?;
        self.node.archive_plan(&who).await
    }

    async fn archive_run(self, _: Context) -> Result<ArchiveDone, Fault> {
        let who = self.need_proof().await?;
        self.node.archive_run(&who).await
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
