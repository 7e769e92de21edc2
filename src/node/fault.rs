//! Errors of the rooms below, as one line and a kind for the exit code.

use super::{
    api::{Fault, FaultKind},
    joining::BadJoinTicket,
};
use crate::{
    core::record::BadRecord,
    face::{CameraError, FaceError, eval::EvalError, paper::PaperError},
    mesh::{courier::CourierError, endpoint::LinkError, session::MeetError, ticket::BadTicket},
    store::{StoreError, backup::BackupError, templates::TemplatesError},
    vault::{card::BadCard, code::BadCode, pin::BadPin, slots::SlotError},
};

macro_rules! fault {
    ($($error:ty => $kind:expr),* $(,)?) => {$(
        impl From<$error> for Fault {
            fn from(e: $error) -> Self {
                let kind: fn(&$error) -> FaultKind = $kind;
                Fault::new(kind(&e), e)
            }
        }
    )*};
}

fn store(e: &StoreError) -> FaultKind {
    match e {
        // Pages, tables and places of blocks: nothing of what is in them.
        StoreError::Damaged(what) => tracing::error!(target: "aidpost::store", "damaged: {what}"),
        StoreError::Full | StoreError::ReadOnly(_) | StoreError::Io { .. } => {
            tracing::error!(target: "aidpost::store", "the disk does not take what is written");
        }
        _ => {}
    }
    match e {
        StoreError::Busy(_) => FaultKind::Busy,
        StoreError::Damaged(_) => FaultKind::Damaged,
        StoreError::NotAStore(_) => FaultKind::Refused,
        StoreError::Newer(_) => FaultKind::Newer,
        StoreError::Full => FaultKind::Full,
        StoreError::ReadOnly(_) => FaultKind::ReadOnly,
        StoreError::Io { source, .. } => FaultKind::of_io(source),
        StoreError::Missing(_) => FaultKind::Missing,
        StoreError::Exists(_) => FaultKind::Usage,
        StoreError::Refused(_) => FaultKind::Conflict,
        _ => FaultKind::Failed,
    }
}

fn slot(e: &SlotError) -> FaultKind {
    match e {
        SlotError::Wrong | SlotError::WrongCode | SlotError::Last | SlotError::LastRoot => FaultKind::Locked,
        SlotError::Code(_)
        | SlotError::TooShort
        | SlotError::Login(_)
        | SlotError::Taken(_)
        | SlotError::Unknown(_)
        | SlotError::Full => FaultKind::Usage,
        SlotError::Damaged(_) => FaultKind::Damaged,
        SlotError::Foreign(_) => FaultKind::Refused,
        SlotError::Newer(_) => FaultKind::Newer,
        SlotError::Io { source, .. } => FaultKind::of_io(source),
        SlotError::Memory(_) => FaultKind::Failed,
    }
}

fault! {
    StoreError => store,
    SlotError => slot,
    BadCode => |_| FaultKind::Usage,
    BackupError => |e| match e {
        BackupError::NotABackup(_) | BackupError::Foreign(_) => FaultKind::Refused,
        BackupError::Newer(_) => FaultKind::Newer,
        BackupError::Damaged { .. } | BackupError::CutOff(_) => FaultKind::Damaged,
        BackupError::Exists(_) | BackupError::Missing(_) | BackupError::NotAChain(_) | BackupError::WrongKit(_) => FaultKind::Usage,
        BackupError::Io(_, e) => FaultKind::of_io(e),
        BackupError::Unread(_, e) => FaultKind::of_read(e),
        BackupError::Slots(e) => slot(e),
        BackupError::Store(e) => store(e),
    },
    BadPin => |e| if *e == BadPin::Memory { FaultKind::Failed } else { FaultKind::Usage },
    BadCard => |e| match e {
        BadCard::NotACard => FaultKind::Refused,
        BadCard::Newer => FaultKind::Newer,
        BadCard::Damaged => FaultKind::Damaged,
    },
    TemplatesError => |e| if matches!(e, TemplatesError::Damaged(_)) { FaultKind::Damaged } else { FaultKind::Failed },
    CourierError => |e| match e {
        CourierError::Io(_, e) => FaultKind::of_io(e),
        CourierError::Full { .. } => FaultKind::Full,
        CourierError::Store(e) => store(e),
        CourierError::Nobody => FaultKind::Conflict,
        CourierError::Sender(_) | CourierError::Damaged(_) => FaultKind::Damaged,
        CourierError::NotABundle(_) | CourierError::Foreign(_) | CourierError::NotForUs(_) | CourierError::TooLarge(_) => FaultKind::Refused,
    },
    LinkError => |_| FaultKind::Unreachable,
    MeetError => |e| match e {
        MeetError::Store(e) => store(e),
        _ => FaultKind::Unreachable,
    },
    BadTicket => |_| FaultKind::Usage,
    BadJoinTicket => |_| FaultKind::Usage,
    BadRecord => |_| FaultKind::Usage,
    FaceError => |_| FaultKind::Damaged,
    EvalError => |e| match e {
        EvalError::Face(_) => FaultKind::Damaged,
        EvalError::Unreadable { source, .. } => FaultKind::of_read(source),
        EvalError::Missing { .. } => FaultKind::Missing,
        EvalError::NoPictures(_) | EvalError::TooMany { .. } | EvalError::Protocol { .. } | EvalError::TooFew(_) => FaultKind::Refused,
    },
    PaperError => |e| match e {
        PaperError::Damaged(_) => FaultKind::Damaged,
        PaperError::Tensors(_) => FaultKind::Failed,
        PaperError::File { source, .. } => FaultKind::of_io(source),
        PaperError::Classes(_) | PaperError::OtherTraining => FaultKind::Refused,
    },
    CameraError => |_| FaultKind::Unreachable,
}
