//! What an admin decided about this terminal, kept in the sealed store.

use serde::{Deserialize, Serialize};

use super::{
    CameraChoice, Node,
    api::{CameraPolicy, Fault, FaultKind, Who},
    locked,
};
use crate::{
    core::policy::Action,
    face::{Camera, CameraId, rebind},
    store::{Db, StoreError, tables},
};

const NAME: &[u8] = b"terminal";

/// Settings of one terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Settings {
    /// Sign-in by face only with an infrared camera.
    pub(super) infrared: bool,
    /// The only camera that is used; none: whichever the node was started with.
    pub(super) camera: Option<CameraId>,
}

impl Settings {
    pub(super) fn load(db: &Db) -> Result<Self, StoreError> {
        Ok(db.get(tables::META, NAME)?.unwrap_or_default())
    }

    /// The camera to open: the bound one wherever it is plugged in now, else the one chosen at the start.
    pub(super) fn choose(&self, chosen: &CameraChoice) -> Result<CameraChoice, Fault> {
        match (&self.camera, chosen) {
            // Recorded frames are refused elsewhere, but in a demonstration.
            (None, _) | (Some(_), CameraChoice::Frames(_) | CameraChoice::None) => Ok(chosen.clone()),
            (Some(bound), CameraChoice::Device(_)) => match rebind(bound) {
                Some(path) => Ok(CameraChoice::Device(path)),
                None => Err(Fault::new(
                    FaultKind::Unreachable,
                    format!(
                        "the camera that an admin bound to this terminal ({bound}) is not there: plug it in, or sign in with your PIN"
                    ),
                )),
            },
        }
    }

    /// Whether faces may be compared through this camera.
    pub(super) fn admits(&self, camera: &Camera) -> Result<(), Fault> {
        if self.infrared && !camera.is_infrared() {
            return Err(Fault::new(
                FaultKind::Unreachable,
                "this terminal signs in by face only with an infrared camera: plug one in, or sign in with your PIN",
            ));
        }
        Ok(())
    }
}

impl Node {
    pub(super) async fn camera_policy(&self, admin: &Who, policy: CameraPolicy) -> Result<(), Fault> {
        self.require_proven(admin.role, Action::Administer).await?;
        let open = self.opened().await?;
        let mut settings = locked(&open.settings).clone();
        if let Some(infrared) = policy.infrared {
            settings.infrared = infrared;
        }
        match policy.bind.as_deref() {
            None => {}
            Some("") => settings.camera = None,
            Some(device) => {
                let id = CameraId::of(device.as_ref()).ok_or_else(|| {
                    Fault::new(
                        FaultKind::Usage,
                        format!(
                            "{device} is not a camera: 'aidpost face cameras' lists those that are there"
                        ),
                    )
                })?;
                settings.camera = Some(id);
            }
        }
        let kept = settings.clone();
        open.store.call(move |db| db.put(tables::META, NAME, Some(&kept))).await?;
        *locked(&open.settings) = settings;
        *locked(&self.bound) = None;
        self.close_eye().await;
        Ok(())
    }
}
