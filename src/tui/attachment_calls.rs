//! What the screen of kept files asks to be done, and what came of it.

use std::path::{Path, PathBuf, absolute};

use tarpc::context::Context;
use tokio::fs::{metadata, try_exists};

use crate::{
    core::{id::PatientId, time::Millis},
    node::api::{AttachmentRow, ClinicClient, Fault, PaperLook, Saved},
};

use super::{
    attachments::Kept,
    effects::{flat, plain},
    files::{Untaken, Unwritten},
};

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum AttachmentCall {
    /// Writes one out, to this new file or into this folder.
    Save(Kept, String),
    /// Asks others for the pieces of one that aren't here.
    Want(Kept),
    /// Keeps the file of this path, and its media type.
    Attach(PatientId, String, &'static str),
    /// One look at a paper; true takes the picture.
    Look(PatientId, bool),
    /// Keeps the picture that was taken under this name.
    Keep(PatientId, String),
    /// Lets go of picture and camera.
    Drop,
}

/// What an [`AttachmentCall`] gave.
#[derive(Debug)]
pub(crate) enum AttachmentAnswer {
    /// The file, and where it is now.
    Saved(Result<(AttachmentRow, String), Untaken>),
    Wanted(Result<AttachmentRow, Fault>),
    /// Of which patient.
    Attached(PatientId, Result<Saved, Fault>),
    Looked(PatientId, Result<PaperLook, Fault>),
    Dropped(Result<(), Fault>),
}

impl AttachmentCall {
    /// Its place among what writes matters.
    pub(crate) fn in_order(&self) -> bool {
        matches!(self, AttachmentCall::Attach(..) | AttachmentCall::Keep(..))
    }

    /// How long the answer may take: others are met for it.
    pub(crate) fn deadline(&self) -> Millis {
        180_000
    }

    /// Does it.
    pub(crate) async fn run(self, client: &ClinicClient, ctx: Context) -> AttachmentAnswer {
        match self {
            AttachmentCall::Save(of, to) => AttachmentAnswer::Saved(saved(client, ctx, &of, &to).await),
            AttachmentCall::Want(of) => {
                AttachmentAnswer::Wanted(flat(client.want_attachment(ctx, of.patient, of.record)).await)
            }
            AttachmentCall::Attach(patient, path, media_type) => {
                let path = whole(&path).display().to_string();
                let kept = flat(client.attach(ctx, patient, path, media_type.into())).await;
                AttachmentAnswer::Attached(patient, kept)
            }
            AttachmentCall::Look(patient, hold) => {
                AttachmentAnswer::Looked(patient, flat(client.look_at_paper(ctx, patient, hold)).await)
            }
            AttachmentCall::Keep(patient, name) => {
                AttachmentAnswer::Attached(patient, flat(client.keep_paper(ctx, patient, name)).await)
            }
            AttachmentCall::Drop => AttachmentAnswer::Dropped(plain(client.drop_paper(ctx)).await),
        }
    }
}

impl AttachmentAnswer {
    /// The fault, if the call failed.
    pub(crate) fn fault(&self) -> Option<&Fault> {
        match self {
            AttachmentAnswer::Saved(r) => r.as_ref().err().and_then(Untaken::fault),
            AttachmentAnswer::Wanted(r) => r.as_ref().err(),
            AttachmentAnswer::Attached(_, r) => r.as_ref().err(),
            AttachmentAnswer::Looked(_, r) => r.as_ref().err(),
            AttachmentAnswer::Dropped(r) => r.as_ref().err(),
        }
    }
}

/// The node reads and writes from a folder of its own.
fn whole(path: &str) -> PathBuf {
    absolute(path).unwrap_or_else(|_| path.into())
}

/// A path that names a folder takes the name that the file has.
async fn place(of: &Kept, to: &str) -> PathBuf {
    let to = whole(to);
    match metadata(&to).await {
        Ok(m) if m.is_dir() => to.join(of.file_name()),
        _ => to,
    }
}

/// The node writes the file: what is there already is never written over.
async fn saved(
    client: &ClinicClient,
    ctx: Context,
    of: &Kept,
    to: &str,
) -> Result<(AttachmentRow, String), Untaken> {
    let to: PathBuf = place(of, to).await;
    let named = Path::new(&to).display().to_string();
    if try_exists(&to).await.unwrap_or(false) {
        return Err(Untaken::File(Unwritten::Exists(named)));
    }
    let row = flat(client.attachment(ctx, of.patient, of.record, named.clone())).await;
    row.map(|r| (r, named)).map_err(Untaken::Node)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::id::RecordId;

    #[tokio::test]
    async fn a_folder_takes_the_file_under_its_own_name() {
        let dir = tempfile::tempdir().unwrap();
        let of = Kept { patient: PatientId([1; 16]), record: RecordId([2; 16]), name: "../scan.png".into() };
        let folder = dir.path().to_str().unwrap();
        assert_eq!(place(&of, folder).await, dir.path().join("scan.png"));
        let new = dir.path().join("new.png");
        assert_eq!(place(&of, new.to_str().unwrap()).await, new);
    }
}
