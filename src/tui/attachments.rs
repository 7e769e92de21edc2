//! Files kept with a patient's record: which there are, and what is being done with one.

use std::path::Path;

use crate::{
    core::id::{PatientId, RecordId},
    node::api::AttachmentRow,
};

use super::{
    form::{Form, Wrong},
    model::ChartPage,
    photograph::Paper,
    sharing::MAX_PATH,
    words::say,
};

/// What files are called that have no name of their own.
const NAMELESS: &str = "file";

/// The screen.
#[derive(Debug, Default)]
pub(crate) struct AttachmentsPage {
    pub(crate) selected: usize,
    pub(crate) task: Task,
}

/// What is being done.
#[derive(Debug, Default)]
pub(crate) enum Task {
    #[default]
    None,
    /// One is written out: which, and where to.
    Save(Kept, Box<Form>),
    /// Another one is kept.
    Add(Box<Form>),
    /// Others are asked for pieces.
    Asking,
    /// A picture of a paper is taken.
    Paper(Box<Paper>),
}

/// A file that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) patient: PatientId,
    pub(crate) record: RecordId,
    /// As whoever kept it called it.
    pub(crate) name: String,
}

impl From<&AttachmentRow> for Kept {
    fn from(row: &AttachmentRow) -> Self {
        Self { patient: row.patient, record: row.record, name: row.name.clone() }
    }
}

impl Kept {
    /// A name for it in a folder of this machine, whatever whoever kept it called it.
    pub(crate) fn file_name(&self) -> String {
        let last = Path::new(&self.name).file_name().map(|n| n.to_string_lossy().into_owned());
        let shown: String = last.unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
        // Nothing that a folder hides, or a shell reads by itself.
        let plain = shown.trim_start_matches(['.', ' ', '-']);
        if plain.is_empty() { NAMELESS.to_owned() } else { plain.to_owned() }
    }
}

impl AttachmentsPage {
    pub(crate) fn form(&self) -> Option<&Form> {
        match &self.task {
            Task::Save(_, f) | Task::Add(f) => Some(f),
            Task::Paper(p) => p.form(),
            Task::None | Task::Asking => None,
        }
    }

    /// A picture was taken that is kept nowhere yet.
    pub(crate) fn picture(&self) -> bool {
        matches!(&self.task, Task::Paper(p) if matches!(**p, Paper::Taken(..)))
    }

    /// Back from the form.
    pub(crate) fn leave_form(&mut self) {
        match &mut self.task {
            Task::Paper(p) => p.leave_form(),
            task => *task = Task::None,
        }
    }

    pub(crate) fn form_mut(&mut self) -> Option<&mut Form> {
        match &mut self.task {
            Task::Save(_, f) | Task::Add(f) => Some(f),
            Task::Paper(p) => p.form_mut(),
            Task::None | Task::Asking => None,
        }
    }
}

/// The files of a chart, the newest first.
pub(crate) fn files(c: &ChartPage) -> &[AttachmentRow] {
    c.chart.ready().map_or(&[], |chart| &chart.attachments)
}

/// Asks where a file is written to.
pub(crate) fn save_form(row: &AttachmentRow) -> Form {
    let missing = (row.missing > 0).then(|| say!("attachments-asks-first", n = row.missing));
    Form::new(say!("attachments-save-title", name = &row.name), "attachments-save-what").warn(missing).text(
        "attachments-where",
        MAX_PATH,
        "papers-folder-hint",
    )
}

/// Asks which file is kept.
pub(crate) fn add_form(patient: &str) -> Form {
    Form::new(say!("attachments-add-title", name = patient), "attachments-add-what").text(
        "papers-file-in",
        MAX_PATH,
        "attachments-file-hint",
    )
}

/// The path in the form's one field.
pub(crate) fn path(f: &Form, missing: &'static str) -> Result<String, Wrong> {
    f.typed_if_any(0).ok_or_else(|| (0, missing.into()))
}

/// Which media type a file has, by its ending; empty where that says nothing.
pub(crate) fn media_type(path: &str) -> &'static str {
    let ending = Path::new(path).extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    match ending.as_deref() {
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("png") => "image/png",
        Some("gif") => "image/gif",
        Some("tif" | "tiff") => "image/tiff",
        Some("webp") => "image/webp",
        Some("heic") => "image/heic",
        Some("pdf") => "application/pdf",
        Some("dcm") => "application/dicom",
        Some("txt") => "text/plain",
        Some("csv") => "text/csv",
        Some("mp3") => "audio/mpeg",
        Some("wav") => "audio/wav",
        Some("ogg" | "oga") => "audio/ogg",
        Some("mp4") => "video/mp4",
        Some("odt") => "application/vnd.oasis.opendocument.text",
        Some("docx") => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => "",
    }
}

/// The message for what kind of thing a media type is.
pub(crate) fn kind(media_type: &str) -> &'static str {
    match media_type.split_once('/') {
        Some(("image", _)) => "attachments-picture",
        Some(("application", "pdf")) => "attachments-pdf",
        Some(("application", "dicom")) => "attachments-dicom",
        Some(("text", _)) => "attachments-text",
        Some(("audio", _)) => "attachments-sound",
        Some(("video", _)) => "attachments-film",
        _ => "attachments-other",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_others_gave_leads_into_no_other_folder() {
        let named = |name: &str| {
            Kept { patient: PatientId([1; 16]), record: RecordId([2; 16]), name: name.into() }.file_name()
        };
        assert_eq!(named("scan.png"), "scan.png");
        assert_eq!(named("../../etc/cron.d/x"), "x");
        assert_eq!(named("/etc/passwd"), "passwd");
        assert_eq!(named("a\u{1b}[2Jb.png"), "a[2Jb.png");
        for nameless in ["..", "/", "", "\n"] {
            assert_eq!(named(nameless), "file");
        }
    }

    #[test]
    fn an_ending_says_the_kind() {
        assert_eq!(kind(media_type("/stick/Scan.PNG")), "attachments-picture");
        assert_eq!(kind(media_type("x.pdf")), "attachments-pdf");
        assert_eq!(kind(media_type("x.dcm")), "attachments-dicom");
        assert_eq!((media_type("x"), kind("")), ("", "attachments-other"));
    }
}
