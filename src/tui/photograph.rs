//! A paper before the camera, to be kept with a record: looked at, its picture taken, named.

use jiff::{Timestamp, tz::TimeZone};

use crate::{core::time::Millis, node::api::PaperLook};

use super::{form::Form, words::say};

/// The most characters of a name.
const MAX_NAME: usize = 80;

/// How far it is.
#[derive(Debug)]
pub(crate) enum Paper {
    Looking(Looking),
    /// The picture was taken; the form asks for its name.
    Taken(PaperLook, Option<Box<Form>>),
}

/// The camera looks.
#[derive(Debug, Default)]
pub(crate) struct Looking {
    /// What it saw last.
    pub(crate) seen: Option<PaperLook>,
    pub(crate) take: Take,
    /// The camera failed, and a key asks again.
    pub(crate) stopped: bool,
}

/// Whether the picture is to be taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Take {
    #[default]
    No,
    /// With the next look: one is under way.
    Next,
    /// With the one that is under way.
    Now,
}

impl Paper {
    pub(crate) fn look() -> Self {
        Self::Looking(Looking::default())
    }

    pub(crate) fn form(&self) -> Option<&Form> {
        match self {
            Paper::Taken(_, form) => form.as_deref(),
            Paper::Looking(_) => None,
        }
    }

    pub(crate) fn form_mut(&mut self) -> Option<&mut Form> {
        match self {
            Paper::Taken(_, form) => form.as_deref_mut(),
            Paper::Looking(_) => None,
        }
    }

    /// Back from the form to the picture.
    pub(crate) fn leave_form(&mut self) {
        if let Paper::Taken(_, form) = self {
            *form = None;
        }
    }
}

/// What a picture is called where nobody says otherwise. Sticks hold no colons in names.
pub(crate) fn usual_name(now: Millis, zone: &TimeZone) -> String {
    let at = i64::try_from(now).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    at.map_or_else(
        || "paper".to_owned(),
        |t| t.to_zoned(zone.clone()).strftime("paper %Y-%m-%d %H.%M").to_string(),
    )
}

/// Asks what the picture is called.
pub(crate) fn name_form(patient: &str, name: &str) -> Form {
    Form::new(say!("attachments-add-title", name = patient), "attachments-add-what")
        .text("attachments-name", MAX_NAME, "photograph-name-hint")
        .filled(name)
}
