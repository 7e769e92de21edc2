//! A paper before the camera, kept with a patient's record as a picture: looked at, held fast, kept. Until it is kept it is in
//! memory alone, at the client that took it.

use std::path::Path;

use zeroize::Zeroizing;

use super::{
    api::{Fault, FaultKind, PaperLook, Preview, Saved},
    client::Server,
    locked,
};
use crate::{
    core::id::{PatientId, StaffId},
    face::{Frame, document},
};

/// Most pixels of what the screen is shown, width and height.
const PREVIEW: (u32, u32) = (128, 96);
/// What a picture of a paper is.
const MEDIA_TYPE: &str = "image/jpeg";
/// What its name ends with.
const ENDING: &str = ".jpg";

/// A picture as a file. Wiped when it goes.
type Jpeg = Zeroizing<Vec<u8>>;

/// A picture that was taken and is not kept yet.
pub(super) struct Taken {
    /// Who took it.
    by: StaffId,
    /// Of whom it is.
    of: PatientId,
    jpeg: Jpeg,
}

/// What the camera saw, and the picture where it was held fast.
fn seen(frame: &Frame, hold: bool) -> Result<(PaperLook, Option<Jpeg>), Fault> {
    let problem = document::problem(frame);
    let unwritable = || Fault::new(FaultKind::Failed, "the picture could not be made: take it again");
    let jpeg = match hold && problem.is_none() {
        true => Some(Zeroizing::new(document::jpeg(frame).ok_or_else(unwritable)?)),
        false => None,
    };
    let small = document::reduced(frame, PREVIEW);
    let preview = Preview {
        width: small.width() as u16,
        height: small.height() as u16,
        rgb: small.rgb().to_vec(),
        face: None,
    };
    let look = PaperLook {
        preview,
        width: frame.width(),
        height: frame.height(),
        problem: problem.map(|p| p.to_string()),
        taken: jpeg.as_ref().map(|j| j.len() as u64),
    };
    Ok((look, jpeg))
}

impl Server {
    /// One look at a paper of a patient; `hold` keeps the picture in memory, if it can be read.
    pub(super) async fn paper(&self, patient: PatientId, hold: bool) -> Result<PaperLook, Fault> {
        let who = self.need().await?;
        if !self.may_use_camera() {
            let words = "the camera is read only at the terminal itself: keep the paper as a file";
            return Err(Fault::new(FaultKind::Locked, words));
        }
        *locked(&self.paper) = None;
        let open = self.node.opened().await?;
        let looked = self.node.look_at_desk(&open, move |frame| seen(frame, hold)).await;
        if locked(&self.session).is_none_or(|s| s.staff != who.staff) {
            self.put_paper_away().await;
            return Err(Fault::new(FaultKind::Locked, "sign in first"));
        }
        let (look, jpeg) = looked??;
        if let Some(jpeg) = jpeg {
            *locked(&self.paper) = Some(Taken { by: who.staff, of: patient, jpeg });
            self.node.close_eye().await;
        }
        Ok(look)
    }

    /// Keeps the picture that was taken with a patient's record. When that fails, it can be tried again.
    pub(super) async fn keep_taken(&self, patient: PatientId, name: &str) -> Result<Saved, Fault> {
        let who = self.need().await?;
        let taken = locked(&self.paper)
            .as_ref()
            .filter(|t| t.by == who.staff && t.of == patient)
            .map(|t| t.jpeg.clone());
        let Some(jpeg) = taken else {
            return Err(Fault::new(FaultKind::Conflict, "no picture was taken: take one first"));
        };
        let saved = self.node.keep_file(&who, patient, named(name), MEDIA_TYPE.into(), jpeg).await?;
        *locked(&self.paper) = None;
        Ok(saved)
    }

    /// The sign-in is over, and with it what was taken.
    pub(super) fn end_session(&self) {
        *locked(&self.session) = None;
        *locked(&self.paper) = None;
    }

    /// Lets go of picture and camera.
    pub(super) async fn put_paper_away(&self) {
        *locked(&self.paper) = None;
        self.node.close_eye().await;
    }
}

/// A file name of what was typed: the last part of it, with its ending.
fn named(typed: &str) -> String {
    let typed = typed.trim();
    let last = Path::new(typed).file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned());
    let ends = |e: &str| last.to_lowercase().ends_with(e);
    if last.is_empty() || ends(ENDING) || ends(".jpeg") { last } else { format!("{last}{ENDING}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::document::tests::page;

    #[test]
    fn only_what_can_be_read_is_held_fast() {
        let page = page(1280, 720, 9, 0.8);
        let (look, jpeg) = seen(&page, true).unwrap();
        assert_eq!((look.width, look.height, look.problem), (1280, 720, None));
        assert_eq!((look.preview.width, look.preview.height), (128, 72));
        let jpeg = jpeg.unwrap();
        assert_eq!(look.taken, Some(jpeg.len() as u64));
        let back = Frame::from_file_bytes(&jpeg).unwrap();
        assert_eq!((back.width(), back.height()), (1280, 720), "in full");
        assert!(seen(&page, false).unwrap().1.is_none());
        let (look, jpeg) = seen(&Frame::from_fn(640, 480, |_, _| [9; 3]), true).unwrap();
        assert_eq!(look.problem.as_deref(), Some("more light on the paper"));
        assert!(jpeg.is_none() && look.taken.is_none());
    }

    #[test]
    fn a_paper_is_not_shown_as_in_a_mirror() {
        let half = Frame::from_fn(640, 480, |x, _| [if x < 320 { 200 } else { 60 }; 3]);
        let p = seen(&half, false).unwrap().0.preview;
        assert_eq!((p.rgb[0], p.rgb[127 * 3]), (200, 60));
    }

    #[test]
    fn a_name_gets_its_ending_and_leads_into_no_folder() {
        assert_eq!(named("paper 2026-11-30 14:05"), "paper 2026-11-30 14:05.jpg");
        assert_eq!(named(" Letter.JPG "), "Letter.JPG");
        assert_eq!(named("../x"), "x.jpg");
        assert_eq!(named(" "), "");
    }
}
