//! What the screens about this terminal ask of the node: key slots, how long records are kept, health, backups, the door
//! for who joins.

use std::{path::Path, time::Duration};

use tarpc::context::Context;
use tokio::time::sleep;

use crate::{
    core::{
        id::StaffId,
        retention::{MAX_SCHEDULE, Schedule},
        time::Millis,
    },
    node::{
        api::{
            ArchiveDone, ArchivePlan, BackedUp, Check, Checking, ClinicClient, Code, Fault, FaultKind,
            InvitationView, OrgKit, Passphrase, RetentionChange, RetentionView, Saved, Since, SlotRow,
            Welcomed, Working,
        },
        backup_folder::Folder,
        clock,
    },
};

use super::{
    effects::{flat, plain},
    files::{NewFile, Untaken, Unwritten, read_text},
};

/// Between two looks at how far long work is.
const PERIOD: Duration = Duration::from_millis(300);
/// The longest that long work may take: a deadline for what would never end.
const LONG: Millis = 24 * 3_600_000;

/// A request to the node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DeskCall {
    /// Who can open this terminal, and how.
    Slots,
    /// One's own passphrase: the old one, the new one.
    Passphrase(Passphrase, Passphrase),
    /// Another passphrase for whoever forgot theirs, by login name.
    Reset(String, Passphrase),
    RecoveryCode,
    RemoveSlot(String),
    /// The organisation's recovery kit.
    Kit,
    /// How long records are kept, and who is held.
    Retention,
    /// Looks what is due, or archives it.
    Due(bool),
    /// Reads a schedule from a file and looks whether it could be adopted.
    ReadSchedule(String),
    Retain(RetentionChange),
    /// How far long work is.
    Working,
    /// How far a check of everything is.
    Checking,
    Health,
    /// A backup into this folder.
    Backup(String),
    /// Drops every key and all that was read.
    Seal,
    /// Opens the door for one terminal that joins over the network.
    OpenInvitation,
    /// How that stands, a moment later.
    Invitation,
    CloseInvitation,
    /// Lets in whose screen shows this code.
    Welcome(String),
    TurnAway(String),
    /// A certificate in a new file.
    WriteCertificate(String, String),
}

/// What a [`DeskCall`] gave.
#[derive(Debug)]
pub(crate) enum DeskAnswer {
    Slots(Result<Vec<SlotRow>, Fault>),
    Passphrase(Result<(), Fault>),
    Reset(Result<StaffId, Fault>),
    RecoveryCode(Result<Code, Fault>),
    RemoveSlot(Result<(), Fault>),
    Kit(Result<Box<OrgKit>, Fault>),
    Retention(Result<RetentionView, Fault>),
    Plan(Result<Box<ArchivePlan>, Fault>),
    Archived(Result<Box<ArchiveDone>, Fault>),
    ReadSchedule(Result<NewSchedule, Untaken>),
    Retain(Result<Saved, Fault>),
    Working(Option<Working>),
    Checking(Option<Checking>),
    Health(Result<Vec<Check>, Fault>),
    Backup(Result<Box<BackedUp>, Fault>),
    Seal(Result<(), Fault>),
    Invitation(Result<Option<InvitationView>, Fault>),
    Welcomed(Result<Welcomed, Fault>),
    /// The door is shut, or somebody was turned away.
    Shut(Result<(), Fault>),
    Written(Result<String, Unwritten>),
}

/// A schedule that was read from a file, and could be adopted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NewSchedule {
    pub(crate) path: String,
    /// Its own name.
    pub(crate) name: String,
    pub(crate) text: String,
}

impl DeskCall {
    /// Its place among what writes matters. What takes long waits for nothing, and nothing waits for it.
    pub(crate) fn in_order(&self) -> bool {
        matches!(
            self,
            DeskCall::Passphrase(..)
                | DeskCall::Reset(..)
                | DeskCall::RecoveryCode
                | DeskCall::RemoveSlot(_)
                | DeskCall::Kit
                | DeskCall::Retain(_)
                | DeskCall::OpenInvitation
                | DeskCall::CloseInvitation
                | DeskCall::Welcome(_)
                | DeskCall::TurnAway(_)
                | DeskCall::WriteCertificate(..)
        )
    }

    /// How long the answer may take.
    pub(crate) fn deadline(&self) -> Millis {
        match self {
            DeskCall::Due(_) | DeskCall::Backup(_) => LONG,
            // The other end has to hear of it too.
            DeskCall::Welcome(_) => 90_000,
            _ => 60_000,
        }
    }

    /// Does it.
    pub(crate) async fn run(self, client: &ClinicClient, ctx: Context) -> DeskAnswer {
        use DeskAnswer as A;
        match self {
            DeskCall::Slots => A::Slots(flat(client.slots(ctx)).await),
            DeskCall::Passphrase(old, new) => {
                A::Passphrase(flat(client.change_passphrase(ctx, old, new)).await)
            }
            DeskCall::Reset(login, new) => A::Reset(flat(client.reset_staff(ctx, login, new)).await),
            DeskCall::RecoveryCode => A::RecoveryCode(flat(client.new_recovery_code(ctx)).await),
            DeskCall::RemoveSlot(login) => A::RemoveSlot(flat(client.remove_slot(ctx, login)).await),
            DeskCall::Kit => A::Kit(flat(client.org_kit(ctx)).await.map(Box::new)),
            DeskCall::Retention => A::Retention(flat(client.retention(ctx)).await),
            DeskCall::Due(false) => A::Plan(flat(client.archive_plan(ctx)).await.map(Box::new)),
            DeskCall::Due(true) => A::Archived(flat(client.archive_run(ctx)).await.map(Box::new)),
            DeskCall::ReadSchedule(path) => A::ReadSchedule(read_schedule(&path).await),
            DeskCall::Retain(change) => A::Retain(flat(client.retain(ctx, change)).await),
            DeskCall::Working => {
                sleep(PERIOD).await;
                A::Working(plain(client.working(ctx)).await.ok().flatten())
            }
            DeskCall::Checking => {
                sleep(PERIOD).await;
                A::Checking(flat(client.checking(ctx)).await.ok().flatten())
            }
            DeskCall::Health => A::Health(plain(client.doctor(ctx)).await),
            DeskCall::OpenInvitation => A::Invitation(flat(client.open_invitation(ctx)).await.map(Some)),
            DeskCall::Invitation => {
                sleep(PERIOD).await;
                A::Invitation(flat(client.invitation(ctx)).await)
            }
            DeskCall::CloseInvitation => A::Shut(flat(client.close_invitation(ctx)).await),
            DeskCall::Welcome(code) => A::Welcomed(flat(client.welcome(ctx, code)).await),
            DeskCall::TurnAway(code) => A::Shut(flat(client.turn_away(ctx, code)).await),
            DeskCall::WriteCertificate(path, line) => A::Written(match NewFile::create(&path).await {
                Ok(file) => file.fill(&line).await,
                Err(why) => Err(why),
            }),
            DeskCall::Seal => A::Seal(flat(client.seal(ctx)).await),
            DeskCall::Backup(folder) => A::Backup(backup(client, ctx, &folder).await.map(Box::new)),
        }
    }
}

impl DeskAnswer {
    /// The fault, if the call failed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            DeskAnswer::Slots(r) => r.as_ref().err(),
            DeskAnswer::Passphrase(r) | DeskAnswer::RemoveSlot(r) => r.as_ref().err(),
            DeskAnswer::Reset(r) => r.as_ref().err(),
            DeskAnswer::RecoveryCode(r) => r.as_ref().err(),
            DeskAnswer::Kit(r) => r.as_ref().err(),
            DeskAnswer::Retention(r) => r.as_ref().err(),
            DeskAnswer::Plan(r) => r.as_ref().err(),
            DeskAnswer::Archived(r) => r.as_ref().err(),
            DeskAnswer::ReadSchedule(r) => r.as_ref().err().and_then(Untaken::fault),
            DeskAnswer::Retain(r) => r.as_ref().err(),
            DeskAnswer::Working(_) | DeskAnswer::Checking(_) => None,
            DeskAnswer::Health(r) => r.as_ref().err(),
            DeskAnswer::Backup(r) => r.as_ref().err(),
            DeskAnswer::Seal(r) => r.as_ref().err(),
            DeskAnswer::Invitation(r) => r.as_ref().err(),
            DeskAnswer::Welcomed(r) => r.as_ref().err(),
            DeskAnswer::Shut(r) => r.as_ref().err(),
            DeskAnswer::Written(_) => None,
        }
    }
}

async fn read_schedule(path: &str) -> Result<NewSchedule, Untaken> {
    // One byte more than may be there, so that a longer one is noticed.
    let text = read_text(path, MAX_SCHEDULE as u64 + 1).await.map_err(Untaken::File)?;
    let bad = |e| Untaken::Node(Fault::new(FaultKind::Refused, format!("{path}: {e}")));
    let name = Schedule::parse(&text).map_err(bad)?.name;
    Ok(NewSchedule { path: path.to_owned(), name, text })
}

/// A backup whose name and chain are those of backups on a schedule.
async fn backup(client: &ClinicClient, ctx: Context, folder: &str) -> Result<BackedUp, Fault> {
    // A node that runs already has another working folder.
    let bad = |e| Fault::new(FaultKind::Usage, format!("{folder}: {e}: choose another folder"));
    let dir = std::path::absolute(Path::new(folder)).map_err(bad)?;
    let now = clock::now();
    let next = tokio::task::spawn_blocking(move || Folder::read(&dir).map(|f| f.next(now))).await;
    let (file, since) = next.map_err(|e| Fault::new(FaultKind::Failed, e))??;
    let whole = since == Since::Beginning;
    match flat(client.backup(ctx, file.clone(), since)).await {
        // Another one was made elsewhere meanwhile, or the store is a restored one: a new chain begins.
        Err(f) if f.kind == FaultKind::Conflict && !whole => {
            flat(client.backup(ctx, file, Since::Beginning)).await
        }
        done => done,
    }
}
