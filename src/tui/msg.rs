//! What happens to the workstation, and what it asks to be done. Both are data.

use crossterm::event::{KeyEvent, MouseEvent};

use crate::{
    core::{
        guardian::Guardian,
        id::{BlockId, GrantId, OrgId, PatientId, RecordId, StaffId, VersionId},
        record::Patient,
        rights::Reason,
        time::Millis,
    },
    node::api::{
        AuditAsk, AuditPart, CardGranted, CardIssued, CardLook, Carried, Changes, Chart, Code, ConflictRow,
        ConsentView, DuplicateRow, EmergencyChart, EmergencyRow, EnrolLook, Fault, FormDraft, FormOf,
        GrantAsk, LedgerView, Look, MeshView, Met, OwnRecord, Passphrase, PatientRow, Pin, ReviewAsk, Saved,
        StaffRow, Status, VerifyReport, VisitDraft, Who,
    },
};

use super::work::Work;
use super::{
    admin_calls::{AdminAnswer, AdminCall},
    attachment_calls::{AttachmentAnswer, AttachmentCall},
    desk_calls::{DeskAnswer, DeskCall},
    painting::Painted,
    paper_calls::{PaperAnswer, PaperCall},
    record_calls::{RecordAnswer, RecordCall},
    rights_calls::{RightsAnswer, RightsCall},
};

/// Something happened.
#[derive(Debug)]
pub(crate) enum Msg {
    /// The terminal is ready.
    Start,
    Key(KeyEvent),
    Paste(String),
    Mouse(MouseEvent),
    Resize,
    /// A picture of the camera was encoded for the terminal; none: it can't be.
    Painted {
        /// The session whose picture it is.
        session: u64,
        painted: Option<Box<Painted>>,
    },
    /// Time passed.
    Tick,
    /// The system asks to stop for a while.
    Suspend,
    /// The process goes on after it was stopped.
    Continued,
    /// A part of the program failed, in this place of its source; the screens go on.
    Broken(String),
    /// The terminal went away or the system asks to stop.
    Quit,
    Answer {
        /// The session that asked.
        session: u64,
        answer: Box<Answer>,
    },
}

/// Something to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Call {
        /// The session that asks.
        session: u64,
        call: Call,
    },
    /// Finish what writes, give the terminal back and stop, until somebody lets the process go on.
    Suspend,
    /// Take the terminal again and draw all of it.
    TakeAgain,
    /// Lets go of a call that takes long: its answer isn't waited for, and the node stops working for it.
    GiveUp(Long),
    /// Finish what writes, then leave.
    Quit,
}

/// A call that takes long and can be given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Long {
    /// Checking everything.
    Verify,
    /// An extract, or counts.
    Taking,
    /// Meeting the other terminals, or a courier's bundles.
    Mesh,
}

/// A request to the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Status,
    Events(u64),
    /// A sign of life: the node signs out whoever calls for nothing.
    Touch,
    Unlock(String, Passphrase),
    /// Signs in, or proves anew who is signed in.
    Pin(StaffId, Pin),
    SetPin(Pin),
    /// One frame of an attempt; true begins a new one.
    Look(bool),
    Lock,
    People,
    /// One frame of an enrolment; true begins it.
    Enrol(StaffId, bool),
    RefreshFace(bool),
    ForgetFace(StaffId),
    Patients(String),
    /// The same among those in the archive.
    Archived(String),
    /// The same among those who were to come by today and haven't.
    Due(String),
    Unarchive(PatientId),
    /// Who is here already and may be this person.
    Likely(Patient),
    Conflicts(PatientId),
    /// Keeps one version of a record, with these fields of others.
    Resolve(PatientId, RecordId, VersionId, Vec<(String, VersionId)>),
    /// Somebody new, and who decides for them.
    Register(Patient, Option<Guardian>),
    /// The chart, and the draft left for it. Reading it is recorded.
    Chart(PatientId),
    WriteVisit(PatientId, VisitDraft),
    KeepDraft(PatientId, Option<VisitDraft>),
    /// What was typed into a form that isn't signed.
    KeepForm(FormOf, Option<FormDraft>),
    /// What was typed into it before.
    FormDraft(FormOf),
    Consent(PatientId),
    Grant(PatientId, GrantAsk),
    StopSharing(PatientId, OrgId),
    /// Opens a record in an emergency.
    BreakGlass(PatientId, Reason, String),
    /// Opens it again.
    Emergency(PatientId),
    Reviews,
    Review(BlockId, ReviewAsk),
    /// Who read what, a part.
    Audit(AuditAsk),
    Adopt(BlockId),
    Ledger,
    Verify,
    Mesh,
    Sync,
    Link(bool),
    CourierOut(String),
    CourierIn(String),
    /// One look for a patient's card.
    LookForCard,
    /// The card signs that this organisation may read.
    OpenCard(GrantAsk, Code, Pin),
    /// A new card; true: it replaces what there was.
    IssueCard(PatientId, Pin, bool),
    /// Requests, shares, erasures, changes of consent.
    Rights(RightsCall),
    /// Corrections, versions.
    Record(RecordCall),
    /// Papers, lists and files.
    Papers(PaperCall),
    /// Files kept with records.
    Attachments(AttachmentCall),
    /// What admins do.
    Admin(AdminCall),
    /// Key slots, how long records are kept, health, backups.
    Desk(DeskCall),
    /// What waits for whoever is signed in.
    Work,
    /// Hands the terminal to a patient: whoever is signed in is signed out.
    BeginTurn,
    /// The patient's own record, with card and PIN.
    OwnRecord(Code, Pin),
    /// The patient's card ends sharing.
    OwnStopSharing(OrgId),
}

impl Call {
    /// Calls whose order matters go one after the other: a draft is kept before the lock, and dropped
    /// after the save.
    pub(crate) fn in_order(&self) -> bool {
        match self {
            Call::Rights(call) => return call.in_order(),
            Call::Record(call) => return call.in_order(),
            Call::Papers(call) => return call.in_order(),
            Call::Attachments(call) => return call.in_order(),
            Call::Admin(call) => return call.in_order(),
            Call::Desk(call) => return call.in_order(),
            _ => {}
        }
        matches!(
            self,
            Call::Status
                | Call::Unlock(..)
                | Call::Pin(..)
                | Call::SetPin(_)
                | Call::RefreshFace(_)
                | Call::ForgetFace(_)
                | Call::Lock
                | Call::Register(..)
                | Call::KeepForm(..)
                | Call::WriteVisit(..)
                | Call::KeepDraft(..)
                | Call::Grant(..)
                | Call::StopSharing(..)
                | Call::BreakGlass(..)
                | Call::Review(..)
                | Call::Adopt(_)
                | Call::OpenCard(..)
                | Call::IssueCard(..)
                | Call::BeginTurn
                | Call::OwnRecord(..)
                | Call::OwnStopSharing(_)
                | Call::Unarchive(_)
                | Call::Resolve(..)
        )
    }

    /// As what it can be given up.
    pub(crate) fn long(&self) -> Option<Long> {
        match self {
            Call::Verify => Some(Long::Verify),
            Call::Rights(RightsCall::Extract(..) | RightsCall::Counts(..)) => Some(Long::Taking),
            Call::Sync | Call::CourierOut(_) | Call::CourierIn(_) => Some(Long::Mesh),
            _ => None,
        }
    }

    /// How long the answer may take.
    pub(crate) fn deadline(&self) -> Millis {
        match self {
            Call::Events(_) => 12_000,
            Call::Rights(call) => call.deadline(),
            Call::Desk(call) => call.deadline(),
            Call::Record(call) => call.deadline(),
            Call::Papers(call) => call.deadline(),
            Call::Attachments(call) => call.deadline(),
            Call::Verify => 3_600_000,
            Call::Sync | Call::CourierOut(_) | Call::CourierIn(_) => 180_000,
            _ => 30_000,
        }
    }
}

/// A chart with what belongs to showing it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) chart: Chart,
    /// What this person left unfinished.
    pub(crate) draft: Option<VisitDraft>,
    /// Record blocks held before the read: any other one that comes later is news.
    pub(crate) known: Vec<BlockId>,
}

/// What a [`Call`] gave.
#[derive(Debug)]
pub(crate) enum Answer {
    Status(Result<Status, Fault>),
    Events(Result<Changes, Fault>),
    Touch(Result<(), Fault>),
    Unlock(Result<Who, Fault>),
    Pin(Result<Who, Fault>),
    SetPin(Result<(), Fault>),
    People(Result<Vec<StaffRow>, Fault>),
    Enrol(StaffId, Result<EnrolLook, Fault>),
    RefreshFace(Result<(), Fault>),
    ForgetFace(Result<(), Fault>),
    Look(Result<Look, Fault>),
    Lock(Result<(), Fault>),
    Patients(String, Result<Vec<PatientRow>, Fault>),
    Archived(String, Result<Vec<PatientRow>, Fault>),
    Due(String, Result<Vec<PatientRow>, Fault>),
    Unarchive(PatientId, Result<Saved, Fault>),
    Likely(Patient, Result<Vec<DuplicateRow>, Fault>),
    Conflicts(PatientId, Result<Vec<ConflictRow>, Fault>),
    Resolve(PatientId, Result<Saved, Fault>),
    Register(Result<PatientId, Fault>),
    Chart(PatientId, Result<Opened, Fault>),
    WriteVisit(PatientId, Result<Saved, Fault>),
    KeepDraft(Result<(), Fault>),
    FormDraft(FormOf, Result<Option<FormDraft>, Fault>),
    Consent(PatientId, Result<ConsentView, Fault>),
    Grant(PatientId, Result<GrantId, Fault>),
    StopSharing(PatientId, Result<Saved, Fault>),
    Emergency(PatientId, Result<EmergencyChart, Fault>),
    Reviews(Result<Vec<EmergencyRow>, Fault>),
    Review(Result<Saved, Fault>),
    Audit(AuditAsk, Result<AuditPart, Fault>),
    Adopt(Result<Saved, Fault>),
    Ledger(Result<LedgerView, Fault>),
    Verify(Result<VerifyReport, Fault>),
    Mesh(Result<MeshView, Fault>),
    Sync(Result<Vec<Met>, Fault>),
    Link(bool, Result<(), Fault>),
    CourierOut(Result<Carried, Fault>),
    CourierIn(Result<Vec<Carried>, Fault>),
    LookForCard(Result<CardLook, Fault>),
    OpenCard(Result<CardGranted, Fault>),
    IssueCard(Result<CardIssued, Fault>),
    Rights(RightsAnswer),
    Record(RecordAnswer),
    Papers(PaperAnswer),
    Attachments(AttachmentAnswer),
    Admin(AdminAnswer),
    Desk(DeskAnswer),
    Work(Result<Box<Work>, Fault>),
    BeginTurn(Result<(), Fault>),
    OwnRecord(Result<Box<OwnRecord>, Fault>),
    OwnStopSharing(Result<ConsentView, Fault>),
}

impl Answer {
    /// The fault, if the call failed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            Answer::Status(r) => r.as_ref().err(),
            Answer::Events(r) => r.as_ref().err(),
            Answer::Unlock(r) | Answer::Pin(r) => r.as_ref().err(),
            Answer::People(r) => r.as_ref().err(),
            Answer::Enrol(_, r) => r.as_ref().err(),
            Answer::SetPin(r) | Answer::RefreshFace(r) | Answer::ForgetFace(r) => r.as_ref().err(),
            Answer::Look(r) => r.as_ref().err(),
            Answer::Touch(r) | Answer::Lock(r) | Answer::KeepDraft(r) | Answer::Link(_, r) => {
                r.as_ref().err()
            }
            Answer::Patients(_, r) | Answer::Archived(_, r) | Answer::Due(_, r) => r.as_ref().err(),
            Answer::Register(r) => r.as_ref().err(),
            Answer::FormDraft(_, r) => r.as_ref().err(),
            Answer::Chart(_, r) => r.as_ref().err(),
            Answer::WriteVisit(_, r)
            | Answer::StopSharing(_, r)
            | Answer::Unarchive(_, r)
            | Answer::Resolve(_, r) => r.as_ref().err(),
            Answer::Likely(_, r) => r.as_ref().err(),
            Answer::Conflicts(_, r) => r.as_ref().err(),
            Answer::Emergency(_, r) => r.as_ref().err(),
            Answer::Reviews(r) => r.as_ref().err(),
            Answer::Review(r) | Answer::Adopt(r) => r.as_ref().err(),
            Answer::Audit(_, r) => r.as_ref().err(),
            Answer::Consent(_, r) => r.as_ref().err(),
            Answer::Grant(_, r) => r.as_ref().err(),
            Answer::Ledger(r) => r.as_ref().err(),
            Answer::Verify(r) => r.as_ref().err(),
            Answer::Mesh(r) => r.as_ref().err(),
            Answer::Sync(r) => r.as_ref().err(),
            Answer::CourierOut(r) => r.as_ref().err(),
            Answer::CourierIn(r) => r.as_ref().err(),
            Answer::LookForCard(r) => r.as_ref().err(),
            Answer::OpenCard(r) => r.as_ref().err(),
            Answer::IssueCard(r) => r.as_ref().err(),
            Answer::Rights(a) => a.fault(),
            Answer::Record(a) => a.fault(),
            Answer::Papers(a) => a.fault(),
            Answer::Attachments(a) => a.fault(),
            Answer::Admin(a) => a.fault(),
            Answer::Desk(a) => a.fault(),
            Answer::Work(r) => r.as_ref().err(),
            Answer::BeginTurn(r) => r.as_ref().err(),
            Answer::OwnRecord(r) => r.as_ref().err(),
            Answer::OwnStopSharing(r) => r.as_ref().err(),
        }
    }
}
