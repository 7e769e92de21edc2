//! Errors of the rooms below, as one line and a kind for the exit code.

use super::api::{Fault, FaultKind};
use crate::{
    core::record::BadRecord,
    face::{CameraError, FaceError, eval::EvalError, paper::PaperError},
    mesh::{courier::CourierError, endpoint::LinkError, session::MeetError, ticket::BadTicket},
    store::{StoreError, templates::TemplatesError},
    vault::{pin::BadPin, slots::SlotError},
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
        StoreError::Busy(_) => FaultKind::Busy,
        StoreError::Damaged(_) | StoreError::NotAStore(_) => FaultKind::Damaged,
        StoreError::Missing(_) | StoreError::Exists(_) | StoreError::Refused(_) => FaultKind::Usage,
        _ => FaultKind::Failed,
    }
}

fault! {
    StoreError => store,
    SlotError => |e| match e {
        SlotError::Wrong => FaultKind::Locked,
        SlotError::TooShort | SlotError::Taken(_) => FaultKind::Usage,
        SlotError::Damaged(_) => FaultKind::Damaged,
        _ => FaultKind::Failed,
    },
    BadPin => |e| if *e == BadPin::Memory { FaultKind::Failed } else { FaultKind::Usage },
    TemplatesError => |e| if matches!(e, TemplatesError::Damaged(_)) { FaultKind::Damaged } else { FaultKind::Failed },
    CourierError => |e| match e {
        CourierError::Io(..) | CourierError::Write(_) => FaultKind::Unreachable,
        CourierError::Store(e) => store(e),
        _ => FaultKind::Usage,
    },
    LinkError => |_| FaultKind::Unreachable,
    MeetError => |e| match e {
        MeetError::Store(e) => store(e),
        _ => FaultKind::Unreachable,
    },
    BadTicket => |_| FaultKind::Usage,
    BadRecord => |_| FaultKind::Usage,
    FaceError => |_| FaultKind::Damaged,
    EvalError => |e| match e {
        EvalError::Face(_) => FaultKind::Damaged,
        _ => FaultKind::Usage,
    },
    PaperError => |e| match e {
        PaperError::Damaged(_) => FaultKind::Damaged,
        PaperError::Tensors(_) => FaultKind::Failed,
        _ => FaultKind::Usage,
    },
    CameraError => |_| FaultKind::Unreachable,
}
